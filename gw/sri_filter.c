/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * sri_filter.c - questions where to send a message, on their way through the
 * plug-ins
 */

#include "sri_filter.h"

#include "cdr.h"
#include "stat.h"

#include <stdio.h>

static const struct ss7_network *networks;
static unsigned n_networks;

void sri_filter_start(const struct ss7_network *network, unsigned n)
{
    networks = network;
    n_networks = n;
}

static struct plug_msg *question_of(const struct ss7_sri *q)
{
    struct plug_msg *m = plug_msg_new();

    if (m == NULL)
        return NULL;
    plug_msg_put_text(m, PLUG_KIND, "sri");
    if (q->network < n_networks)
        plug_msg_put_text(m, PLUG_NETWORK, networks[q->network].id);
    plug_msg_put_number(m, PLUG_VERSION, q->version);
    plug_msg_put_plus(m, PLUG_RECEIVER, q->msisdn);
    plug_msg_put_plus(m, PLUG_SC, q->sc);
    plug_msg_put_plus(m, PLUG_NODE, q->node);
    plug_msg_put_text(m, PLUG_GT, q->smsc_gt);
    plug_msg_put_text(m, PLUG_IMSI, q->imsi);
    plug_msg_put_number(m, PLUG_GT_PLAN, q->smsc_gt_np);
    plug_msg_put_number(m, PLUG_OWNER, q->owner);
    return m;
}

void sri_filter_ask(const struct ss7_sri *q)
{
    struct plug_msg *m = question_of(q);
    enum plug_verdict v = PLUG_TEMPFAIL;

    cdr_question(q);
    if (m != NULL)
        v = plug_ask(PLUG_WHAT_SRI, q->id, m);
    if (v != PLUG_HOLD)
        sri_filter_decided(q->id, v, m);
}

void sri_filter_decided(uint64_t id, enum plug_verdict v, struct plug_msg *m)
{
    struct map_err err = { .code = MAP_ERR_NONE, .cause = -1 };
    enum verdict as = VERDICT_OK;

    if (v == PLUG_PERMFAIL) {
        as = VERDICT_PERMFAIL;
        err.code = MAP_ERR_CALL_BARRED;
        stat_inc(STAT_plug_sri_permfail);
    } else if (v != PLUG_NEXT) {
        as = VERDICT_TEMPFAIL;
        err.code = MAP_ERR_SYSTEM_FAILURE;
        stat_inc(STAT_plug_sri_tempfail);
    }
    if (as != VERDICT_OK && m != NULL)
        map_err_named(plug_msg_text(m, PLUG_ERROR), true, &err);
    cdr_noted(id, m != NULL ? plug_msg_notes(m) : "");
    ss7_verdict(id, as, err);
    plug_msg_free(m);
}
