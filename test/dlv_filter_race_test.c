/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * dlv_filter_race_test.c - filters' verdicts, acks, retries, parts, deadlines,
 * aborts and the stop, at once
 *
 * Texts tell the plug-in what to do (test/plugins/obey.c), boxes ack, refuse
 * or hang up. Whatever they do, each message gets exactly one verdict, or none
 * if the network gave it up first, and exactly one record.
 */

#define _GNU_SOURCE /* memmem() */

#include "check.h"
#include "db_place.h"
#include "dlv_world.h"
#include "gw/cdr.h"
#include "gw/dlv_filter.h"
#include "gw/plug.h"
#include "gw/stat.h"

#include <gw/msg.h>
#include <gwlib/gwlib.h>
#include <poll.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { MESSAGES = 2000, BOXES = 3, RESUMED_MS = 200 };

enum fate { NOT_SENT, WAITING, GIVEN_UP, ANSWERED };

static const char *const says[] = {
    "next;",      "done;",      "temp;",      "perm;",
    "hold;",      "later=next", "later=done", "later=temp",
    "later=perm", "text=other", "route=box2", "error=absentSubscriber;temp;",
};

static unsigned char fate[4 * MESSAGES + 100];
static uint64_t first, last;
static unsigned twice, unknown;
static atomic_bool over;
static char log_file[] = "/tmp/dlv_filter_race_test.XXXXXX";
static char log_key[] = "log";
static struct plug_conf instance;
static struct plugs_conf plugs = { .n = 1, .conf = &instance };

static void decided(enum plug_what what, uint64_t ref, enum plug_verdict v,
                    struct plug_msg *m)
{
    (void)what;
    dlv_filtered(ref, v, m);
}

static const struct plug_ops ops = { .decided = decided, .after = dlv_flush };

/* False: it hangs up. */
static bool one_frame(struct fake_box *b, unsigned *seed)
{
    if (b->f.type != BOX_SMS)
        return b->f.type != BOX_ADMIN;
    switch (rand_r(seed) % 8) {
    case 0:
        fake_ack(b, b->f.id, ack_failed);
        break;
    case 1:
        fake_ack(b, b->f.id, ack_failed_tmp);
        break;
    case 2:
        return rand_r(seed) % 20 != 0;
    default:
        fake_ack(b, b->f.id, ack_success);
        break;
    }
    return true;
}

static void *box_run(void *arg)
{
    unsigned seed = (unsigned)(uintptr_t)arg;
    struct fake_box b;

    while (!atomic_load(&over)) {
        if (fake_connect(&b, box_conf.smsbox_port)) {
            fake_identify(&b, "box");
            while (fake_read(&b, 20) ? one_frame(&b, &seed)
                                     : !atomic_load(&over))
                ;
        }
        fake_close(&b);
    }
    return NULL;
}

/* As the border: what is not in time is not told as answered. */
static void take_verdicts(int wait_ms)
{
    struct verdict_seen seen;

    while (next_verdict(&seen, wait_ms)) {
        uint64_t n = seen.id >> 32;

        wait_ms = 0;
        if (n <= first || n > last) {
            unknown++;
        } else if (fate[n] == ANSWERED) {
            twice++;
        } else if (fate[n] == WAITING) {
            fate[n] = ANSWERED;
            if (n % 50 != 0) /* or it is lost on its way */
                cdr_answered(seen.id, seen.v, seen.err);
        }
    }
}

static struct ss7_sms some_message(unsigned *seed)
{
    unsigned what = (unsigned)rand_r(seed) % 12, no = (unsigned)rand_r(seed);
    bool part = rand_r(seed) % 3 == 0;
    struct tpdu_deliver d = {
        .oa = { .len = 12, .ton = 1, .npi = 1, .text = "447700900001" },
    };
    struct ss7_sms m = an_sms(part ? "447700300001" : "447800900123", 0);
    struct wr w = wr_init(m.tpdu, sizeof(m.tpdu));
    char text[80];

    snprintf(text, sizeof(text), "%s;%u", says[what], no % 40);
    if (part) {
        const uint8_t udh[] = { 5, 0,
                                3, (uint8_t)(no / 2 % 250),
                                2, (uint8_t)(1 + no % 2) };

        d.udh_len = sizeof(udh);
        memcpy(d.udh, udh, sizeof(udh));
        if (no % 2 == 1)
            strcpy(text, ";");
        else
            snprintf(text, sizeof(text), "%s", says[no / 2 % 250 % 12]);
    }
    d.ud_len = (uint16_t)gsm7_from_utf8(text, d.ud, sizeof(d.ud));
    tpdu_deliver_write(&w, &d);
    m.tpdu_len = (uint8_t)w.len;
    return m;
}

static void one_message(unsigned *seed)
{
    struct ss7_sms m = some_message(seed);
    uint64_t n = m.id >> 32;

    /* Slots are not used again: a verdict on its way meets its message. */
    m.id = n << 32 | n;
    last = n;
    fate[n] = WAITING;
    dlv_take(&m);
    if (rand_r(seed) % 4 == 0)
        dlv_flush();
    if (rand_r(seed) % 3 != 0 || n <= first + 40)
        return;
    n -= (uint64_t)rand_r(seed) % 40;
    take_verdicts(0);
    if (fate[n] == WAITING) {
        enum map_gone why =
            rand_r(seed) % 2 ? MAP_GONE_DEADLINE : MAP_GONE_ABORT;

        fate[n] = GIVEN_UP;
        dlv_gone(n << 32 | n, why);
        if (n % 50 != 1)
            cdr_gone(n << 32 | n, why);
    }
}

static unsigned records(void)
{
    char line[2000];
    unsigned n = 0;
    FILE *f = fopen(log_file, "r");

    while (f != NULL && fgets(line, sizeof(line), f) != NULL)
        n += strncmp(line, "cdr ", 4) == 0;
    if (f != NULL)
        fclose(f);
    return n;
}

static void begin(void)
{
    instance = (struct plug_conf){
        .id = "obey",
        .path = "test/plugins/obey.so",
        .timeout_ms = 120,
        .queue = 50000,
        .n_keys = 1,
        .key = { { .key = log_key, .value = log_file } },
    };
    first = last = next_id() >> 32;
    twice = unknown = 0;
    atomic_store(&over, false);
    CHECK(truncate(log_file, 0) == 0);
    if (plug_start(&plugs, &ops, false) != 0)
        panic(0, "cannot start the plug-in");
    cdr_start(NULL, 0, MESSAGES);
    start();
}

static void every_message_has_one_end_and_one_record(enum dlv_dedup dedup)
{
    pthread_t thread[BOXES];
    unsigned seed = 1 + (unsigned)dedup, i, open = 0;
    uint64_t n;

    conf.dedup = dedup;
    begin();
    for (i = 0; i < BOXES; i++)
        pthread_create(&thread[i], NULL, box_run, (void *)(uintptr_t)(i + 1));
    CHECK(wait_boxes(BOXES));
    for (i = 0; i < MESSAGES; i++) {
        one_message(&seed);
        take_verdicts(i % 4 == 0 ? 1 : 0);
        if (i % 500 == 0)
            dlv_sweep(now_ms());
    }
    dlv_flush();
    take_verdicts(20); /* some are with the filter still */
    dlv_stop();
    take_verdicts(0);
    atomic_store(&over, true);
    box_server_stop();
    for (i = 0; i < BOXES; i++)
        pthread_join(thread[i], NULL);
    poll(NULL, 0, RESUMED_MS); /* its threads are gone before it is */
    cdr_stop();
    plug_stop();
    for (n = first + 1; n <= last; n++)
        open += fate[n] == WAITING;
    CHECK(last - first == MESSAGES && open == 0);
    CHECK(twice == 0 && unknown == 0);
    CHECK(records() == MESSAGES);
}

static void whatever_is_remembered(void)
{
    uint64_t dropped = stat_get(STAT_plug_dropped);

    every_message_has_one_end_and_one_record(DLV_DEDUP_OFF);
    every_message_has_one_end_and_one_record(DLV_DEDUP_MEMORY);
    place_file(&conf.store);
    every_message_has_one_end_and_one_record(DLV_DEDUP_STORE);
    every_message_has_one_end_and_one_record(DLV_DEDUP_STORE);
    CHECK(stat_get(STAT_plug_dropped) == dropped);
    /* else the above says little */
    CHECK(stat_get(STAT_concat_joined) > 0 && stat_get(STAT_dedup_found) > 0);
    CHECK(stat_get(STAT_dlv_joined) > 0 && stat_get(STAT_plug_late) > 0);
}

int main(void)
{
    gwlib_init();
    log_set_output_level(GW_PANIC);
    close(mkstemp(log_file));
    conf.dedup_max = 100;
    conf.max_deliveries = 1000;
    conf.concat_timeout_s = 1;
    box_conf.max_pending = 200;
    route[SHORT_TIME].join = true;
    route[SHORT_TIME].deadline_ms = 40;
    whatever_is_remembered();
    place_end();
    unlink(log_file);
    gwlib_shutdown();
    return CHECK_DONE();
}
