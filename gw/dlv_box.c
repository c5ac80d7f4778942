/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * dlv_box.c - delivery: what boxes say
 */

#include "dlv.h"

#include "box_route.h"
#include "dlv_part.h"
#include "dlv_route.h"
#include "dlv_token.h"
#include "reply.h"
#include "stat.h"

#include <gw/msg.h>
#include <gwlib/gwlib.h>
#include <string.h>

static bool same_box(struct box_ref a, struct box_ref b)
{
    return a.slot == b.slot && a.epoch == b.epoch;
}

static void ack_in(struct dlv *d, int32_t nack)
{
    if (nack == ack_buffered) /* it will decide later: no confirmation */
        return;
    d->acked = true;
    box_route_release(d->box);
    if (d->decided)
        dlv_release(d);
    else if (nack == ack_failed)
        dlv_settle(d, VERDICT_PERMFAIL, "refused by the box");
    else if (nack != ack_success)
        dlv_settle(d, VERDICT_TEMPFAIL, "failed in the box");
    else if (!d->reply)
        dlv_settle(d, VERDICT_OK, "acked");
}

enum dlv_ack dlv_ack(struct box_ref box, const uint8_t uuid[16], int32_t nack)
{
    enum dlv_ack result = DLV_ACK_TAKEN;
    struct dlv *d;
    uint64_t id;

    if (!dlv_uuid_read(uuid, &id))
        return DLV_ACK_FOREIGN;
    pthread_mutex_lock(&dlv_own.lock);
    d = dlv_own.tab == NULL ? NULL : dlv_find(dlv_own.tab, id);
    if (d != NULL && same_box(d->box, box) && !d->acked) {
        if (d->reply && !d->decided && nack == ack_success)
            result = DLV_ACK_REPLY_DUE;
        ack_in(d, nack);
    } else {
        stat_inc(STAT_box_ack_unknown);
    }
    pthread_mutex_unlock(&dlv_own.lock);
    return result;
}

/* A token of some route: even one that says nothing must be swallowed. */
static bool token_read(const uint8_t *p, size_t n, uint64_t *id,
                       uint64_t *secret)
{
    unsigned i;

    for (i = 0; i < dlv_own.conf->n_routes; i++) {
        if (dlv_route_by_reply((uint16_t)i) &&
            dlv_token_read(p, n, dlv_own.conf->route[i].smsc_id, id, secret))
            return true;
    }
    return false;
}

static void reply_in(struct dlv *d, const uint8_t *text, size_t len)
{
    const struct dlv_route *r = &dlv_own.conf->route[d->route];
    const struct reply_texts texts = {
        .couldnotfetch = r->reply_couldnotfetch,
        .couldnotrepresent = r->reply_couldnotrepresent,
        .requestfailed = r->reply_requestfailed,
        .emptymessage = r->reply_emptymessage,
    };
    enum reply_says says = reply_read(&texts, text, len);

    dlv_route_heard(d->route);
    dlv_settle(d, reply_verdict(says), reply_str(says));
}

bool dlv_reply(struct box_ref box, const uint8_t *smsc_id, size_t n,
               const uint8_t *text, size_t len)
{
    uint64_t id, secret;
    struct dlv *d;

    if (!token_read(smsc_id, n, &id, &secret))
        return false;
    pthread_mutex_lock(&dlv_own.lock);
    d = dlv_own.tab == NULL ? NULL : dlv_find(dlv_own.tab, id);
    if (d != NULL && d->reply && !d->decided && same_box(d->box, box) &&
        d->secret == secret)
        reply_in(d, text, len);
    else
        stat_inc(STAT_dlv_reply_late);
    pthread_mutex_unlock(&dlv_own.lock);
    return true;
}

bool dlv_may_reply(const char *from, const char *to)
{
    bool closes;

    pthread_mutex_lock(&dlv_own.lock);
    closes = dlv_loop_closes(&dlv_own.loop, from, to, dlv_now_ms());
    pthread_mutex_unlock(&dlv_own.lock);
    return !closes;
}

void dlv_box_lost(struct box_ref box)
{
    struct dlv *d, *next;

    pthread_mutex_lock(&dlv_own.lock);
    d = dlv_own.tab == NULL ? NULL : dlv_first_of_box(dlv_own.tab, box.slot);
    for (; d != NULL; d = next) {
        next = dlv_next_of_box(dlv_own.tab, d);
        if (!same_box(d->box, box))
            continue;
        if (!d->decided)
            stat_inc(STAT_dlv_lost);
        dlv_give_up(d, "box lost");
    }
    pthread_mutex_unlock(&dlv_own.lock);
}
