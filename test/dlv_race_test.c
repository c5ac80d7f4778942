/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * dlv_race_test.c - ack, reply, deadline, abort, lost box and stop, at once
 *
 * Boxes with a mind of their own run in threads: they ack, reply, refuse,
 * answer twice or hang up. Whatever they do, each message gets exactly one
 * verdict, or none if the network gave it up first.
 */

#include "dlv_world.h"

#include "check.h"

#include <gw/msg.h>
#include <gwlib/gwlib.h>
#include <poll.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

enum { MESSAGES = 4000, BOXES = 3 };

enum fate { WAITING, GIVEN_UP, ANSWERED };

static unsigned char fate[MESSAGES + 1];
static unsigned twice, unknown;
static atomic_bool over;

static void reply_to(struct fake_box *b, const char *text)
{
    const struct box_field *f = &b->f.field[BOX_SMS_SMSC_ID];
    char smsc_id[100] = "";

    if (f->num > 0 && (size_t)f->num < sizeof(smsc_id))
        memcpy(smsc_id, f->p, (size_t)f->num);
    fake_sms(b, mt_reply, smsc_id, text, 1);
}

/* False: it hangs up. */
static bool one_frame(struct fake_box *b, unsigned *seed)
{
    uint8_t id[16];

    if (b->f.type != BOX_SMS)
        return b->f.type != BOX_ADMIN;
    memcpy(id, b->f.id, sizeof(id));
    switch (rand_r(seed) % 8) {
    case 0:
        fake_ack(b, id, ack_failed);
        break;
    case 1:
        fake_ack(b, id, ack_failed_tmp);
        break;
    case 2:
        fake_ack(b, id, ack_success);
        fake_ack(b, id, ack_failed);
        break;
    case 3:
        reply_to(b, "thank you");
        fake_ack(b, id, ack_success);
        break;
    case 4:
        fake_ack(b, id, ack_success);
        reply_to(b, "Could not fetch content, sorry.");
        reply_to(b, "thank you");
        break;
    case 5:
        return rand_r(seed) % 20 != 0;
    default:
        fake_ack(b, id, ack_success);
        break;
    }
    return true;
}

/* Hang up at times, and come again until it is over. */
static void *box_run(void *arg)
{
    unsigned seed = (unsigned)(uintptr_t)arg;
    struct fake_box b;

    while (!atomic_load(&over)) {
        if (!fake_connect(&b, box_conf.smsbox_port)) {
            fake_close(&b);
            poll(NULL, 0, 1);
            continue;
        }
        fake_identify(&b, "box");
        while (fake_read(&b, 20) ? one_frame(&b, &seed) : !atomic_load(&over))
            ;
        fake_close(&b);
    }
    return NULL;
}

static void take_verdicts(int wait_ms)
{
    struct verdict_seen seen;

    while (next_verdict(&seen, wait_ms)) {
        uint64_t n = seen.id >> 32;

        if (n == 0 || n > MESSAGES)
            unknown++;
        else if (fate[n] == ANSWERED)
            twice++;
        else if (fate[n] == WAITING)
            fate[n] = ANSWERED;
        wait_ms = 0;
    }
}

static void one_message(unsigned *seed)
{
    const char *vmn = rand_r(seed) % 2 ? "33123" : "44770020001";
    struct ss7_sms m = an_sms(vmn, (unsigned)rand_r(seed) % 2000);
    uint64_t n;

    /* Slots are not used again: a verdict on its way meets its message. */
    n = m.id >> 32;
    m.id = n << 32 | n;
    dlv_take(&m);
    if (rand_r(seed) % 4 == 0)
        dlv_flush();
    if (rand_r(seed) % 3 != 0 || n < 20)
        return;
    n -= (uint64_t)rand_r(seed) % 20;
    take_verdicts(0);
    if (fate[n] == WAITING) { /* as the SS7 side: it never asks again */
        fate[n] = GIVEN_UP;
        dlv_gone(n << 32 | n,
                 rand_r(seed) % 2 ? MAP_GONE_DEADLINE : MAP_GONE_ABORT);
    }
}

static void every_message_has_one_end(void)
{
    pthread_t thread[BOXES];
    unsigned seed = 1, i, open = 0;

    conf.dedup_max = 100;
    conf.max_deliveries = 1000;
    box_conf.max_pending = 200;
    route[BY_REPLY].reply_max_held = 300;
    start();
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
    take_verdicts(100);
    dlv_stop();
    take_verdicts(0);
    atomic_store(&over, true);
    box_server_stop();
    for (i = 0; i < BOXES; i++)
        pthread_join(thread[i], NULL);
    for (i = 1; i <= MESSAGES; i++)
        open += fate[i] == WAITING;
    CHECK(open == 0);
    CHECK(twice == 0);
    CHECK(unknown == 0);
}

int main(void)
{
    gwlib_init();
    log_set_output_level(GW_PANIC);
    SHOWS("FM-11", every_message_has_one_end);
    gwlib_shutdown();
    return CHECK_DONE();
}
