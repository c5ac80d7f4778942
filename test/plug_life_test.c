/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * plug_life_test.c - plug-ins from the start to the stop, reports, log lines
 */

#include "plug_world.h"

static void costs_nothing_without_plugins(void)
{
    struct plug_cdr cdr = { .size = sizeof(cdr) };
    struct plug_info info[PLUG_INSTANCES];

    world(0);
    begin();
    CHECK(!plug_filters(PLUG_WHAT_SMS) && !plug_filters(PLUG_WHAT_SRI));
    CHECK(!plug_wants_done() && !plug_wants_cdr() && !plug_wants_text());
    CHECK(ask(0, "x") == PLUG_NEXT && ask_sri(1) == PLUG_NEXT);
    plug_done("id", PLUG_DONE);
    plug_cdr(&cdr);
    plug_reload();
    CHECK(plug_list(info) == 0);
    end();
}

static void refuses_what_is_held_at_the_stop(void)
{
    world(2);
    puppet[0].sms = say_hold;
    group[0].bypass = true;
    begin();
    for (unsigned i = 0; i < 3; i++)
        CHECK(ask(i, "x") == PLUG_HOLD);
    UNTIL(info_of(0).held == 3);
    plug_stop();
    for (unsigned i = 0; i < 3; i++)
        CHECK(times(i) == 1 && outcome[i].v == PLUG_TEMPFAIL);
    CHECK(ask(3, "x") == PLUG_TEMPFAIL);
    puppet[0].host->resume(puppet[0].id, PLUG_DONE);
    end();
}

/* plugins/obey.so does what the text says, here in another process. */
static void runs_an_isolated_one_as_any_other(void)
{
    char folder[200];

    world(2);
    groups.n = 1;
    if (getcwd(folder, sizeof(folder)) == NULL)
        return;
    snprintf(group[0].path, sizeof(group[0].path), "%s/test/plugins/obey.so",
             folder);
    snprintf(group[0].child_path, sizeof(group[0].child_path),
             "%s/sigtran-box/plughost", folder);
    group[0].isolate = true;
    group[0].n_keys = 0;
    begin();
    UNTIL(info_of(0).up);
    CHECK(info_of(0).isolated && strcmp(info_of(0).name, "obey") == 0);
    CHECK(ask(0, "sender=Bank;note=so it is;next") == PLUG_HOLD);
    CHECK(wait_for(0) == PLUG_NEXT);
    CHECK(strcmp(plug_msg_text(outcome[0].m, PLUG_SENDER), "Bank") == 0);
    CHECK(strcmp(plug_msg_notes(outcome[0].m), "so it is") == 0);
    CHECK(ask(1, "later=perm") == PLUG_HOLD);
    CHECK(wait_for(1) == PLUG_PERMFAIL);
    CHECK(strcmp(plug_msg_text(outcome[1].m, PLUG_META), "held=1") == 0);
    CHECK(strcmp(plug_msg_notes(outcome[1].m), "later") == 0);
    CHECK(info_of(0).failed == 0 && info_of(0).asked == 2);
    plug_stop();
    CHECK(!plug_stuck());
    for (unsigned i = 0; i < MAX; i++)
        CHECK(outcome[i].times <= 1);
    group[0].n_keys = 1;
    groups.n = 2;
    forget();
}

/* ---- reports ---- */

static void slowly(struct puppet *p, const char *id, enum plug_verdict v)
{
    (void)p;
    CHECK(strcmp(id, "0123456789abcdef0123456789abcdef") == 0);
    CHECK(v == PLUG_PERMFAIL);
    sleep_ms(2);
}

static void delivers_reports_that_wait_at_the_stop(void)
{
    world(2);
    puppet[0].done = slowly;
    begin();
    for (int i = 0; i < 100; i++)
        plug_done("0123456789abcdef0123456789abcdef", PLUG_PERMFAIL);
    plug_stop();
    CHECK(puppet[0].dones == 100 && puppet[1].dones == 100);
    end();
}

static void check_record(struct puppet *p, const struct plug_cdr *c)
{
    CHECK(c->size == sizeof(*c) && c->kind == PLUG_CDR_SMS);
    CHECK(strcmp(c->id, "id") == 0 && strcmp(c->notes, "notes") == 0);
    CHECK(strcmp(c->box, "") == 0 && c->decided_ms == 77 && c->cause == -1);
    if (p->ctx == NULL)
        CHECK(c->text == NULL);
    else
        CHECK(c->text != NULL && strcmp(c->text, "secret") == 0);
}

static struct plug_cdr record(char id[8])
{
    strcpy(id, "id");
    return (struct plug_cdr){
        .size = sizeof(struct plug_cdr),
        .kind = PLUG_CDR_SMS,
        .cause = -1,
        .id = id,
        .network = "n",
        .sc = "",
        .gt = "",
        .imsi = "",
        .receiver = "+49",
        .sender = "Bank",
        .node = "",
        .route = "shop",
        .box = "",
        .why = "",
        .notes = "notes",
        .text = "secret",
        .decided_ms = 77,
    };
}

static void copies_records_and_shows_the_text_to_some(void)
{
    char id[8];
    struct plug_cdr cdr = record(id);

    world(2);
    puppet[0].cdr = puppet[1].cdr = check_record;
    group[1].text = true;
    puppet[1].ctx = &cdr;
    begin();
    CHECK(plug_wants_cdr() && plug_wants_text());
    plug_cdr(&cdr);
    strcpy(id, "else"); /* it was lent */
    UNTIL(puppet[0].cdrs == 1 && puppet[1].cdrs == 1);
    end();
}

static void drops_reports_where_a_queue_is_full(void)
{
    static struct trap trap;
    uint64_t dropped = stat_get(STAT_plug_dropped);
    char id[8];
    struct plug_cdr cdr = record(id);

    trap.in = trap.out = false;
    world(2);
    group[0].queue = 2;
    puppet[0].sms = hang;
    puppet[0].ctx = &trap;
    begin();
    CHECK(ask(0, "x") == PLUG_HOLD);
    UNTIL(trap.in);
    for (int i = 0; i < 5; i++)
        plug_cdr(&cdr);
    UNTIL(puppet[1].cdrs == 5);
    CHECK(stat_get(STAT_plug_dropped) == dropped + 3);
    trap.out = true;
    UNTIL(puppet[0].cdrs == 2);
    end();
}

static void reloads_and_ticks(void)
{
    world(2);
    begin();
    plug_reload();
    UNTIL(puppet[0].reloads == 1 && puppet[1].reloads == 1);
    UNTIL(puppet[0].ticks == 1 && puppet[1].ticks == 1);
    end();
}

/* ---- counters and log ---- */

static uint64_t counted;

static void add_up(void *ctx, const char *id, const char *name, uint64_t value)
{
    (void)ctx;
    if (strcmp(id, "b") == 0 && strcmp(name, "refused") == 0)
        counted += value;
    else
        counted += 1000;
}

static void *count_some(void *arg)
{
    struct puppet *p = arg;

    for (int i = 0; i < 10; i++)
        p->host->count(p->conf, "refused", 3);
    p->host->count(p->conf, "not a word", 3);
    p->host->count(p->conf, "", 3);
    return NULL;
}

static void counts_by_instance_and_name(void)
{
    world(2);
    begin();
    in_another_thread(count_some, &puppet[1]);
    counted = 0;
    plug_counts(add_up, NULL);
    CHECK(counted == 30);
    end();
}

static void *talk(void *arg)
{
    struct puppet *p = arg;

    p->host->log(p->conf, PLUG_LOG_WARNING, "two\nlines of %s", "it");
    return NULL;
}

static void start_talk_stop(void *arg)
{
    (void)arg;
    begin();
    in_another_thread(talk, &puppet[0]);
    plug_stop();
}

static void writes_log_lines_of_other_threads(void)
{
    world(1);
    capture(start_talk_stop, NULL);
    CHECK(strstr(captured, "Plug-in <a>: two?lines of it\n") != NULL);
    end();
}

/* ---- what does not start ---- */

static int started;

static void start(void *arg)
{
    started = plug_start(&groups, &ops, arg != NULL);
}

static bool refuses(const char *line)
{
    capture(start, NULL);
    if (started == -1 && strstr(captured, line) != NULL)
        return true;
    printf("start: %d, expected <%s>, got: %s", started, line, captured);
    return false;
}

static bool refuses_file(const char *file, const char *why)
{
    char line[400];
    bool ok;

    world(2);
    snprintf(group[1].path, sizeof(group[1].path), "test/plugins/%s.so", file);
    snprintf(line, sizeof(line),
             "x.conf:5: group plugin b: path = <test/plugins/%s.so>: %s", file,
             why);
    ok = refuses(line);
    CHECK(puppet[0].closed == 1);
    forget();
    return ok;
}

static void refuses_shared_objects_that_are_not_for_it(void)
{
    CHECK(refuses_file("abi_major", "it was built for version 2.0"));
    CHECK(refuses_file("abi_minor", "it needs version 1.1"));
    CHECK(refuses_file("abi_size", "its sigtran_plugin has "));
    CHECK(refuses_file("bad_name", "its name and version must be words"));
    CHECK(refuses_file("no_symbol", "it is not a plug-in"));
    CHECK(refuses_file("not_there", "it cannot be loaded: "));
}

static void tells_keys_that_nobody_knows(void)
{
    world(1);
    add_key(&group[0], "colour", "red");
    group[0].key[1].file = group[0].id;
    add_key(&group[0], "size", "big");
    CHECK(refuses("a:7: group plugin a: colour: there is no such key, and "
                  "plug-in puppet has none either\n"));
    CHECK(strstr(captured, "x.conf:7: group plugin a: size: ") != NULL);
    CHECK(strstr(captured, "red") == NULL && puppet[0].host == NULL);
    forget();
}

static void tells_why_open_refused(void)
{
    world(2);
    puppet[1].refusal = "there is no rule in it";
    CHECK(refuses("x.conf:5: group plugin b: puppet does not start: there is "
                  "no rule in it\n"));
    CHECK(puppet[0].closed == 1 && puppet[1].closed == 0);
    forget();
}

/* One that begins with a `key', or with the file that it names, is told with
 * the line of that key. */
static void tells_where_the_key_is_that_open_refused(void)
{
    world(1);
    puppet[0].refusal = "`puppet' must be a number";
    CHECK(refuses("x.conf:7: group plugin a: puppet does not start: `puppet' "
                  "must be a number\n"));
    add_key(&group[0], "puppet", "/rules");
    group[0].key[1].line = 9;
    puppet[0].refusal = "/rules:3: a word is missing";
    CHECK(refuses("x.conf:9: group plugin a: puppet does not start: puppet: "
                  "/rules:3: a word is missing\n"));
    puppet[0].refusal = "`other' must be there";
    CHECK(refuses("x.conf:5: group plugin a: puppet does not start: `other' "
                  "must be there\n"));
    forget();
}

static void only_looks_when_it_shall_check(void)
{
    world(2);
    started = plug_start(&groups, &ops, true);
    CHECK(started == 0 && puppet[0].check == 1 && puppet[1].closed == 1);
    CHECK(!plug_filters(PLUG_WHAT_SMS) && ask(0, "x") == PLUG_NEXT);
    forget();
}

/* Last: it stays. */
static void leaves_a_worker_that_does_not_come_back(void)
{
    static struct trap trap;

    world(2);
    puppet[0].sms = hang;
    puppet[0].ctx = &trap;
    begin();
    CHECK(ask(0, "x") == PLUG_HOLD);
    UNTIL(trap.in);
    plug_stop();
    CHECK(plug_stuck() && puppet[0].closed == 0 && puppet[1].closed == 1);
    CHECK(times(0) == 1 && outcome[0].v == PLUG_TEMPFAIL);
    trap.out = true;
    sleep_ms(50);
    CHECK(times(0) == 1);
    forget();
}

int main(void)
{
    gwlib_init();
    log_set_output_level(GW_WARNING);
    costs_nothing_without_plugins();
    refuses_what_is_held_at_the_stop();
    runs_an_isolated_one_as_any_other();
    delivers_reports_that_wait_at_the_stop();
    copies_records_and_shows_the_text_to_some();
    drops_reports_where_a_queue_is_full();
    reloads_and_ticks();
    counts_by_instance_and_name();
    writes_log_lines_of_other_threads();
    refuses_shared_objects_that_are_not_for_it();
    tells_keys_that_nobody_knows();
    tells_why_open_refused();
    tells_where_the_key_is_that_open_refused();
    only_looks_when_it_shall_check();
    leaves_a_worker_that_does_not_come_back();
    gwlib_shutdown();
    return CHECK_DONE();
}
