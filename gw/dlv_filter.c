/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * dlv_filter.c - delivery: a message on its way through the plug-ins
 *
 *     known not to be out nor decided, its parts joined if it has any
 *       -> filters, without the lock -> as they left it to a box, or decided
 *
 * What is changed is what boxes get; log and dedup know it as it came.
 */

#include "dlv_filter.h"

#include "dlv_log.h"
#include "dlv_msg.h"
#include "dlv_part.h"
#include "dlv_route.h"
#include "sigtran-box/utf8.h"

#include <gwlib/gwlib.h>
#include <stdlib.h>
#include <string.h>

enum { TEXT_OCTETS = 160 * 3 + 1 };

static void put(struct plug_msg *m, enum plug_field f, const char *text)
{
    plug_msg_put_text(m, f, text);
}

/* Where it came from, and what MAP says beside the message. */
static void put_origin(struct plug_msg *m, const struct ss7_sms *s)
{
    if (s->network < dlv_own.conf->n_networks)
        put(m, PLUG_NETWORK, dlv_own.conf->network[s->network].id);
    plug_msg_put_number(m, PLUG_VERSION, s->version);
    plug_msg_put_plus(m, PLUG_RECEIVER, s->vmn);
    plug_msg_put_plus(m, PLUG_SC, s->sc);
    put(m, PLUG_GT, s->smsc_gt);
    put(m, PLUG_IMSI, s->imsi);
    plug_msg_put_number(m, PLUG_GT_PLAN, s->smsc_gt_np);
    plug_msg_put_number(m, PLUG_OWNER, s->owner);
}

static const char *coding_of(const struct tpdu_deliver *d)
{
    if (d->enc.compressed || d->enc.alphabet == TPDU_8BIT)
        return "1";
    return d->enc.alphabet == TPDU_UCS2 ? "2" : "0";
}

/* What a box gets as text, in UTF-8 unless it is 8-bit. */
static void put_joined(struct plug_msg *m, const struct concat_set *set)
{
    size_t room = CONCAT_TEXT(set->n), len;
    uint8_t *text = gw_malloc(room);
    char *utf8;

    len = concat_text(set, text, room);
    if (set->part[0].tpdu.enc.alphabet == TPDU_UCS2) {
        utf8 = gw_malloc(2 * len + 1);
        len = utf8_of_utf16(text, len, utf8, 2 * len + 1);
        plug_msg_put(m, PLUG_TEXT, utf8, len);
        gw_free(utf8);
    } else {
        plug_msg_put(m, PLUG_TEXT, text, len);
    }
    gw_free(text);
}

static void put_tpdu(struct plug_msg *m, const struct dlv_taken *t)
{
    const struct tpdu_deliver *d = &t->tpdu.sm;
    char text[TEXT_OCTETS];

    put(m, PLUG_SENDER, t->sender);
    if (t->report)
        return;
    put(m, PLUG_CODING, coding_of(d));
    plug_msg_put(m, PLUG_DCS, &d->dcs, 1);
    plug_msg_put(m, PLUG_PID, &d->pid, 1);
    plug_msg_put(m, PLUG_UDH, d->udh, d->udh_len);
    if (t->set != NULL)
        put_joined(m, t->set);
    else
        plug_msg_put(m, PLUG_TEXT, text, tpdu_text(d, text, sizeof(text)));
}

static struct plug_msg *message_of(const struct dlv_taken *t)
{
    struct plug_msg *m = plug_msg_new();
    char id[DLV_FOREIGN_ID_OCTETS];

    if (m == NULL)
        return NULL;
    dlv_msg_foreign_id(&t->key, id);
    put(m, PLUG_ID, id);
    put(m, PLUG_KIND, t->report ? "report" : "sms");
    put_origin(m, t->m);
    put_tpdu(m, t);
    put(m, PLUG_ROUTE, dlv_own.conf->route[t->route].id);
    return m;
}

/* ---- what they say ---- */

/* False: there is no such route. */
static bool take_route(struct dlv *d, struct dlv_taken *t,
                       const struct plug_msg *m)
{
    const char *id = plug_msg_text(m, PLUG_ROUTE);

    if (!plug_msg_changed(m, PLUG_ROUTE))
        return true;
    for (unsigned i = 0; i < dlv_own.conf->n_routes; i++) {
        if (strcmp(dlv_own.conf->route[i].id, id) != 0)
            continue;
        d->route = t->route = (uint16_t)i;
        d->rule = t->rule = 0;
        return true;
    }
    warning(0, "dlv: a plug-in sends <%s> by route <%s>, and there is none.",
            plug_msg_text(m, PLUG_ID), id);
    return false;
}

static void take_notes(struct dlv *d, const struct plug_msg *m)
{
    d->filtered_ms = dlv_utc_ms();
    dlv_note(d, plug_msg_notes(m));
}

static enum verdict verdict_of(enum plug_verdict v)
{
    if (v == PLUG_DONE)
        return VERDICT_OK;
    return v == PLUG_PERMFAIL ? VERDICT_PERMFAIL : VERDICT_TEMPFAIL;
}

/* Not for a box. `m' is done with. */
static void decide(struct dlv *d, enum plug_verdict v, struct plug_msg *m)
{
    static const enum stat_id count[] = {
        [VERDICT_OK] = STAT_plug_done,
        [VERDICT_TEMPFAIL] = STAT_plug_tempfail,
        [VERDICT_PERMFAIL] = STAT_plug_permfail,
    };
    enum verdict as = verdict_of(v);

    stat_inc(count[as]);
    if (as != VERDICT_OK)
        map_err_named(plug_msg_text(m, PLUG_ERROR), false, &d->err);
    plug_msg_free(m);
    dlv_settle(d, as,
               as == VERDICT_OK ? "confirmed by a plug-in"
                                : "refused by a plug-in");
}

bool dlv_go(struct dlv *d, struct dlv_taken *t)
{
    enum plug_verdict v;
    struct plug_msg *m;

    d->fresh = true;
    if (!plug_filters(PLUG_WHAT_SMS))
        return dlv_place(d, t);
    m = message_of(t);
    if (m == NULL) {
        dlv_refuse(d, STAT_dlv_full);
        return false;
    }
    v = plug_ask(PLUG_WHAT_SMS, d->id, m);
    if (v == PLUG_HOLD) {
        dlv_hold(d, t, DLV_WAITS_FILTER);
        return false;
    }
    if (v != PLUG_NEXT) {
        dlv_unhold(d); /* what the store was asked with */
        decide(d, v, m);
        return false;
    }
    plug_msg_free(m); /* nobody has seen it */
    return dlv_place(d, t);
}

/* Without dedup the retry knows nothing of it, and would be a second one. */
static bool is_in_vain(const struct dlv *d)
{
    return dlv_own.conf->dedup == DLV_DEDUP_OFF && d->waiter == 0 &&
           d->set == NULL;
}

void dlv_filtered(uint64_t id, enum plug_verdict v, struct plug_msg *m)
{
    struct dlv *d;

    pthread_mutex_lock(&dlv_own.lock);
    d = dlv_held(id, DLV_WAITS_FILTER);
    if (d == NULL) {
        plug_msg_free(m);
    } else {
        take_notes(d, m);
        if (v == PLUG_NEXT &&
            (is_in_vain(d) || !take_route(d, &d->asked->t, m)))
            v = PLUG_TEMPFAIL;
        if (v == PLUG_NEXT) {
            d->asked->t.edit = m;
            dlv_resume(d, dlv_place);
        } else {
            dlv_unhold(d);
            decide(d, v, m);
        }
    }
    pthread_mutex_unlock(&dlv_own.lock);
}
