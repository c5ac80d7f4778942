/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * concat_store_test.c - parts in the store, whatever happens meanwhile
 *
 * The property: a part that was acknowledged reaches its application, joined
 * with the others of its message or alone, in whatever order parts come, are
 * lost and come again, references are used again, and the process is killed.
 * Jobs of the store are done here one by one in any order, which is also what
 * several nodes would do; time is virtual, the database in memory.
 */

#include "gw/concat_store.h"

#include "check.h"
#include "gw/dedup_store.h"
#include "gw/dlv.h"
#include "gw/dlv_msg.h"

#include <gwlib/gwlib.h>

enum { MESSAGES = 10, TOTAL_MAX = 4, JOBS = 4000, OUT = 200 };
enum { STEPS = 500, TIMEOUT_S = 3600 };

static struct dlv_conf conf = { .dedup = DLV_DEDUP_STORE,
                                .concat_timeout_s = TIMEOUT_S };
static struct db *db;
static int64_t now = 1000000;
static uint32_t seed;
static unsigned at_random(unsigned n)
{
    seed = seed * 1664525 + 1013904223;
    return (seed >> 10) % n;
}

static int64_t clock_now(struct db *of)
{
    (void)of;
    return now;
}

/* ---- what SMSCs have ---- */

enum answer { NONE, ACKED, REFUSED };

struct sent {
    struct concat_part p;
    struct dedup_key set_key;
    bool lost; /* its SMSC never sends it */
    bool asked;
    enum answer answer;
    unsigned confirmed, refused; /* by the application */
    unsigned may_be_doubled;     /* kills after its confirmation */
};

static struct message {
    unsigned total;
    struct sent part[TOTAL_MAX];
} message[MESSAGES];

/* What is with the application. */
static struct out {
    uint64_t id;
    struct concat_set *set;
    bool due;
} out[OUT];
static unsigned outs;
static bool fails; /* the next verdicts: not OK */

static void make_part(unsigned m, unsigned no, unsigned total)
{
    struct sent *s = &message[m].part[no - 1];
    struct tpdu_deliver d = {
        .oa = { .len = 12, .ton = 1, .npi = 1 },
        .udh_len = 6,
        .udh = { 5, 0, 3, (uint8_t)(m % 2), (uint8_t)total, (uint8_t)no },
        .scts.octet = { 0x62, 0x10, (uint8_t)((m + 1) % 10 << 4 | (m + 1) / 10),
                        0, 0, 0, 0 },
    };
    struct ss7_sms *sms = &s->p.m;
    struct wr w = wr_init(sms->tpdu, sizeof(sms->tpdu));
    enum tpdu_mti mti;
    struct rd_err err;
    struct rd r;
    char text[20];

    *s = (struct sent){ .lost = at_random(12) == 0 };
    strcpy(d.oa.text, m % 3 == 0 ? "447700900001" : "447700900002");
    snprintf(text, sizeof(text), "[%u.%u]", m, no);
    d.ud_len = (uint16_t)gsm7_from_utf8(text, d.ud, sizeof(d.ud));
    tpdu_deliver_write(&w, &d);
    sms->tpdu_len = (uint8_t)w.len;
    sms->route = HLR_ROUTE_NONE;
    strcpy(sms->vmn, "447700900123");
    strcpy(sms->sc, "447785016005");
    r = rd_init(sms->tpdu, w.len, &err);
    CHECK(tpdu_mt_read(&r, &mti, &s->p.tpdu));
    dlv_msg_key(sms, true, &s->p.key);
    dlv_msg_set_key(sms, &s->p.tpdu, true, &s->set_key);
}

static void make_messages(void)
{
    for (unsigned m = 0; m < MESSAGES; m++) {
        message[m].total = 2 + at_random(TOTAL_MAX - 1);
        for (unsigned no = 1; no <= message[m].total; no++)
            make_part(m, no, message[m].total);
    }
}

static struct sent *sent_of(const struct dedup_key *k)
{
    for (unsigned m = 0; m < MESSAGES; m++)
        for (unsigned i = 0; i < message[m].total; i++)
            if (memcmp(&message[m].part[i].p.key, k, sizeof(*k)) == 0)
                return &message[m].part[i];
    CHECK(false);
    return &message[0].part[0];
}

/* ---- the store, without its thread ---- */

static struct store_job *job[JOBS];
static unsigned jobs;
static bool dead; /* nobody is told any more */

bool store_put(struct store_job *j)
{
    CHECK(jobs < JOBS);
    job[jobs++] = j;
    return true;
}

static enum db_rc run_job(struct db *of, void *ctx)
{
    struct store_job *j = ctx;

    j->next = NULL;
    return j->kind->run(of, j);
}

/* The process ends: what was not committed was never there. Claims of it end
 * when the next one begins. */
static void killed(struct store_job *running)
{
    dead = true;
    if (running != NULL)
        running->kind->end(running, STORE_FAILED);
    while (jobs > 0) {
        struct store_job *j = job[--jobs];

        j->kind->end(j, STORE_FAILED);
    }
    while (outs > 0)
        gw_free(out[--outs].set);
    dead = false;
    for (unsigned m = 0; m < MESSAGES; m++)
        for (unsigned i = 0; i < message[m].total; i++)
            message[m].part[i].asked = false;
    concat_store_fini();
    concat_store_tick(db);
}

static void do_job(bool kill_before, bool kill_after)
{
    unsigned i = at_random(jobs);
    struct store_job *j = job[i];

    job[i] = job[--jobs];
    if (kill_before) {
        killed(j);
        return;
    }
    CHECK(db_transaction(db, true, run_job, j) == DB_OK);
    if (kill_after)
        killed(j);
    else
        j->kind->end(j, STORE_DONE);
}

/* ---- this process ---- */

static void deliver(uint64_t id, struct concat_set *set)
{
    CHECK(outs < OUT);
    out[outs++] = (struct out){ id, set, set->due };
}

static void added(uint64_t id, enum concat_added how, struct concat_set *set)
{
    struct sent *s = &message[id / 10].part[id % 10];

    if (dead)
        return;
    CHECK((how == CONCAT_JOIN) == (set != NULL));
    s->asked = how == CONCAT_JOIN;
    if (how == CONCAT_STORED || how == CONCAT_OK)
        s->answer = ACKED;
    else if (how == CONCAT_REFUSED)
        s->answer = REFUSED;
    else if (how == CONCAT_JOIN)
        deliver(id, set);
}

static void due(struct concat_set *set)
{
    deliver(UINT64_MAX, set);
}

/* The outcome is written: now the SMSC is answered. */
static void ended(uint64_t id, enum store_end how, struct concat_set *set)
{
    if (dead) {
        gw_free(set);
        return;
    }
    CHECK(how == STORE_DONE);
    if (set != NULL)
        deliver(UINT64_MAX, set);
    if (id / 10 >= MESSAGES)
        return;
    message[id / 10].part[id % 10].asked = false;
    message[id / 10].part[id % 10].answer = ACKED;
}

static const struct concat_store_ops ops = { .added = added,
                                             .due = due,
                                             .ended = ended };

/* The SMSC sends it; what dedup knows is answered. */
static void send_part(unsigned m, unsigned i)
{
    struct sent *s = &message[m].part[i];
    struct db_val key = db_blob(&s->p.key, sizeof(s->p.key));
    int64_t v;

    if (s->asked)
        return; /* joins */
    db_ask_int(db, "SELECT verdict FROM dedup WHERE k = ?", &key, 1, -1, &v);
    if (v >= 0) {
        s->answer = v == VERDICT_OK ? ACKED : REFUSED;
        return;
    }
    s->asked = true;
    CHECK(concat_store_add(&s->p, &s->set_key, m * 10 + i));
}

/* ---- the application ---- */

static void check_text(const struct concat_set *set)
{
    uint8_t text[CONCAT_TEXT(TOTAL_MAX)];
    char want[40] = "";
    size_t n = concat_text(set, text, sizeof(text));
    unsigned m = 0;

    while (m < MESSAGES && memcmp(&message[m].part[0].p.key, &set->part[0].key,
                                  sizeof(struct dedup_key)) != 0)
        m++;
    CHECK(m < MESSAGES);
    if (m == MESSAGES)
        return;
    CHECK(set->n == message[m].total);
    for (unsigned no = 1; no <= set->n; no++)
        snprintf(want + strlen(want), 10, "[%u.%u]", m, no);
    CHECK(n == strlen(want) && memcmp(text, want, n) == 0);
}

static void take_outcome(const struct out *o, enum verdict v, bool kill)
{
    unsigned first = o->set->whole ? 0 : o->set->at;
    unsigned last = o->set->whole ? o->set->n - 1 : o->set->at;

    for (unsigned i = first; i <= last; i++) {
        struct sent *s = sent_of(&o->set->part[i].key);

        s->confirmed += v == VERDICT_OK;
        s->refused += v == VERDICT_PERMFAIL;
        s->may_be_doubled += kill && v == VERDICT_OK;
    }
}

static void decide(enum verdict v, bool kill)
{
    unsigned i = at_random(outs);
    struct out o = out[i];
    bool one = o.due && !o.set->whole;
    const struct dedup_key *last = NULL;

    out[i] = out[--outs];
    if (o.set->whole)
        check_text(o.set);
    take_outcome(&o, v, kill);
    if (kill) {
        gw_free(o.set);
        killed(NULL);
        return;
    }
    if (!o.due)
        last = &message[o.id / 10].part[o.id % 10].p.key;
    if (v == VERDICT_TEMPFAIL) {
        if (!o.due)
            message[o.id / 10].part[o.id % 10].asked = false;
        concat_store_end(o.set, o.due ? CONCAT_END_LATER : CONCAT_END_RELEASE,
                         v, NULL, o.id);
        return;
    }
    concat_store_end(o.set, one ? CONCAT_END_ONE : CONCAT_END_ALL,
                     one ? VERDICT_OK : v, last, o.id);
}

/* ---- all of it at random ---- */

static enum verdict any_verdict(void)
{
    unsigned n = fails ? at_random(10) : 9;

    return n < 3 ? VERDICT_TEMPFAIL : n == 3 ? VERDICT_PERMFAIL : VERDICT_OK;
}

/* Long only while nobody has a claim that he would prolong. */
static void pass_time(void)
{
    now += outs + jobs == 0 ? at_random(TIMEOUT_S * 700) : at_random(15000);
    concat_store_tick(db);
}

/* The end of a job may be committed, and the process killed before it tells:
 * the application had it, and nobody gives it to it again. */
static bool step(bool kills)
{
    bool kill = kills && at_random(40) == 0;
    unsigned m = at_random(MESSAGES), i = at_random(message[m].total);

    switch (at_random(6)) {
    case 0:
    case 1:
        if (!message[m].part[i].lost)
            send_part(m, i);
        return false;
    case 2:
    case 3:
        if (jobs == 0)
            return false;
        do_job(kill && at_random(2) == 0, kill);
        return kill;
    case 4:
        if (outs == 0)
            return false;
        decide(any_verdict(), kill);
        return kill;
    default:
        pass_time();
        return false;
    }
}

/* Kills before an outcome is committed let it happen again. */
static void count_uncommitted(void)
{
    for (unsigned m = 0; m < MESSAGES; m++)
        for (unsigned i = 0; i < message[m].total; i++)
            message[m].part[i].may_be_doubled++;
}

static int64_t parts_left(void)
{
    int64_t n;

    db_ask_int(db, "SELECT count(*) FROM part", NULL, 0, -1, &n);
    return n;
}

/* SMSCs go on until they have an answer; then all time passes. */
static void come_to_rest(void)
{
    for (int round = 0; round < 400; round++) {
        for (unsigned m = 0; m < MESSAGES; m++)
            for (unsigned i = 0; i < message[m].total; i++)
                if (!message[m].part[i].lost &&
                    message[m].part[i].answer == NONE)
                    send_part(m, i);
        while (jobs + outs > 0)
            if (jobs > 0)
                do_job(false, false);
            else
                decide(VERDICT_OK, false);
        if (round > 3)
            pass_time();
        if (round > 10 && jobs + outs == 0 && parts_left() == 0)
            return;
    }
    CHECK(parts_left() == 0);
}

static void check_parts(bool killed_ever)
{
    for (unsigned m = 0; m < MESSAGES; m++)
        for (unsigned i = 0; i < message[m].total; i++) {
            const struct sent *s = &message[m].part[i];

            CHECK(s->lost || s->answer != NONE);
            CHECK(s->answer != ACKED || s->confirmed + s->refused > 0);
            CHECK(s->answer != REFUSED || s->refused > 0);
            CHECK(killed_ever || s->confirmed + s->refused <= 1);
            CHECK(s->confirmed <= 1 + s->may_be_doubled);
        }
}

static void one_run(bool kills)
{
    struct db_conf memory = { .kind = DB_SQLITE, .file = ":memory:" };
    bool killed_ever = false;
    char why[400];

    db = db_open(&memory, true, why, sizeof(why));
    if (db == NULL)
        panic(0, "%s", why);
    concat_store_init(&ops, &conf, clock_now);
    jobs = outs = 0;
    concat_store_tick(db);
    make_messages();
    fails = true;
    for (int i = 0; i < STEPS; i++)
        if (step(kills)) {
            killed_ever = true;
            count_uncommitted();
        }
    fails = false;
    come_to_rest();
    check_parts(killed_ever);
    concat_store_fini();
    db_close(db);
}

static void what_was_acknowledged_arrives_whatever_happens(void)
{
    const char *runs = getenv("RUNS");
    unsigned n = runs != NULL ? (unsigned)atoi(runs) : 150;

    for (unsigned i = 1; i <= n; i++) {
        int before = check_failures;

        seed = i * 7919;
        one_run(i % 2 == 0);
        if (check_failures != before) {
            printf("in run %u\n", i);
            break;
        }
    }
}

/* ---- one after the other ---- */

static enum concat_added told;
static struct concat_set *told_set;

static void told_added(uint64_t id, enum concat_added how,
                       struct concat_set *set)
{
    (void)id;
    told = how;
    told_set = set;
}

static const struct concat_store_ops telling = { .added = told_added,
                                                 .due = due,
                                                 .ended = ended };

static enum concat_added add(unsigned m, unsigned no)
{
    const struct sent *s = &message[m].part[no - 1];

    concat_store_add(&s->p, &s->set_key, 0);
    while (jobs > 0)
        do_job(false, false);
    return told;
}

static void a_claim_holds_until_its_node_dies(void)
{
    struct db_conf memory = { .kind = DB_SQLITE, .file = ":memory:" };
    struct concat_set *mine, *other;
    char why[400];

    db = db_open(&memory, true, why, sizeof(why));
    concat_store_init(&telling, &conf, clock_now);
    jobs = outs = 0;
    for (unsigned no = 1; no <= 2; no++)
        make_part(0, no, 2);
    concat_store_tick(db);
    CHECK(add(0, 1) == CONCAT_STORED);
    CHECK(add(0, 2) == CONCAT_JOIN);
    mine = told_set;
    /* from another node, as far as the database knows */
    CHECK(add(0, 2) == CONCAT_ELSEWHERE);
    for (int i = 0; i < 4; i++) {
        now += CONCAT_LEASE_MS / 2;
        concat_store_tick(db); /* it lives */
        CHECK(add(0, 2) == CONCAT_ELSEWHERE);
    }
    now += CONCAT_LEASE_MS + 1;
    CHECK(add(0, 2) == CONCAT_JOIN && told_set->claim != mine->claim);
    other = told_set;
    /* it was only away, and has no claim any more */
    concat_store_end(mine, CONCAT_END_RELEASE, VERDICT_TEMPFAIL, NULL, 99);
    do_job(false, false);
    CHECK(add(0, 2) == CONCAT_ELSEWHERE);
    concat_store_end(other, CONCAT_END_ALL, VERDICT_OK, NULL, 990);
    do_job(false, false);
    CHECK(parts_left() == 0);
    concat_store_fini();
    db_close(db);
}

int main(void)
{
    gwlib_init();
    log_set_output_level(GW_PANIC);
    a_claim_holds_until_its_node_dies();
    SHOWS("TP-08", what_was_acknowledged_arrives_whatever_happens);
    gwlib_shutdown();
    return CHECK_DONE();
}
