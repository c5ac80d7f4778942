/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * map_client.c - the dialogues that this node begins
 *
 *     map_srv_alert -> map_alert_dlg -> Begin
 *     Continue, End, Abort, notice -> what it says -> map_alert_dlg
 *
 * The peer is a guess until something comes back: a service centre may
 * answer from another title than it is called by.
 */

#include "map_client.h"

#include "gw/stat.h"

#include <string.h>

enum { INVOKE = 1, WAIT_MS = 8000, REMEMBER_MS = 6 * 3600 * 1000 };

/* ---- map_alert_dlg's neighbours ---- */

static struct map_trans *dlg_of(struct map_alert_dlg *alert)
{
    return (void *)((char *)alert - offsetof(struct map_trans, alert));
}

static void aim(struct map_trans *d, uint8_t version)
{
    struct tcap_peer *p = &d->talk.peer;
    uint8_t network = p->network;

    *p = (struct tcap_peer){
        .open = true,
        .network = network,
        .sls = d->tcap.tid & 0x0f,
        .addr = sccp_addr_e164(d->alert.arg.sc_addr.digits, SCCP_SSN_MSC),
        .local = d->srv->own[network][0],
    };
    d->talk.version = version;
    d->talk.ac = MAP_AC_SHORT_MSG_ALERT;
    d->talk.acn = tcap_acn_map(MAP_AC_SHORT_MSG_ALERT, version);
}

static bool on_begin(struct map_alert_dlg *alert, uint8_t version)
{
    struct map_trans *d = dlg_of(alert);
    struct map_comps c;

    /* an id that has been used must not be: its last word may be under way */
    if (!tcap_dlg_renew(d->srv->tab, &d->tcap))
        return false;
    aim(d, version);
    map_comps_init(&c);
    map_comps_alert(&c, INVOKE, &alert->arg, version);
    return map_send_begin(d, &c);
}

static void on_close(struct map_alert_dlg *alert, bool owes)
{
    struct map_trans *d = dlg_of(alert);

    if (d->talk.peer.tid.len == 0)
        return; /* our end of it is all there is */
    if (owes)
        map_send_abort(d->srv, &d->talk,
                       d->srv->stopping ? MAP_WHY_STOPPING
                                        : MAP_WHY_NO_MESSAGE);
    else
        map_send_end(d->srv, &d->talk, NULL);
}

static void on_done(struct map_alert_dlg *alert, enum verdict v)
{
    struct map_trans *d = dlg_of(alert);
    struct map_srv *m = d->srv;
    uint64_t ref = alert->ref;

    tcap_dlg_close(m->tab, &d->tcap);
    m->ops->alerted(m->ctx, ref, v);
}

static const struct map_alert_ops alert_ops = {
    .begin = on_begin,
    .close = on_close,
    .done = on_done,
};

void map_client_init(struct map_srv *m)
{
    m->alert.wheel = m->wheel;
    m->alert.ops = &alert_ops;
    m->alert.wait_ms = WAIT_MS;
    m->alert.remember_ms = REMEMBER_MS;
}

static bool is_number(const char *digits)
{
    size_t n = strspn(digits, "0123456789");

    return n > 0 && n <= NUM_MAX && digits[n] == '\0';
}

bool map_srv_alert(struct map_srv *m, uint8_t network,
                   const struct map_alert_arg *arg, uint64_t ref)
{
    struct map_trans *d;

    if (network >= MAP_NETWORKS || m->stopping ||
        m->own[network][0].gt.digits[0] == '\0' ||
        !is_number(arg->sc_addr.digits))
        return false;
    d = tcap_dlg_open(m->tab, network);
    if (d == NULL) {
        stat_inc(STAT_tcap_full);
        return false;
    }
    d->srv = m;
    d->ours = true;
    d->talk = (struct map_talk){ .peer = { .network = network } };
    d->alert = (struct map_alert_dlg){ .arg = *arg, .ref = ref };
    if (map_alert_dlg_start(&d->alert, &m->alert))
        return true;
    tcap_dlg_close(m->tab, &d->tcap);
    return false;
}

/* ---- what comes back ---- */

/*
 * Does an Abort say that the peer does not know our version? (TS 29.002
 * 15.1.3; the last two are what a peer of version 1 makes of an AARQ.)
 */
static bool says_older(const struct tcap_msg *msg)
{
    enum { REJECTED = 1, NO_CONTEXT = 2, NO_COMMON_DIALOGUE = 2 };
    const struct tcap_dialogue *dlg = &msg->dlg;

    if (msg->has_p_abort)
        return msg->p_abort == TCAP_P_INCORRECT;
    if (dlg->pdu == TCAP_DLG_AARE)
        return dlg->result == REJECTED &&
               (dlg->diag_source == TCAP_DIAG_USER
                    ? dlg->diag == NO_CONTEXT
                    : dlg->diag == NO_COMMON_DIALOGUE);
    return dlg->pdu == TCAP_DLG_NONE;
}

static enum verdict verdict_of_error(const struct tcap_comp *c)
{
    /* dataMissing and unexpectedDataValue stay so however often we say it */
    return c->error == MAP_ERR_DATA_MISSING ||
                   c->error == MAP_ERR_UNEXPECTED_DATA_VALUE
               ? VERDICT_PERMFAIL
               : VERDICT_TEMPFAIL;
}

static enum verdict verdict_of_reject(const struct tcap_comp *c)
{
    enum { RESOURCE_LIMITATION = 3 };

    return c->problem == TCAP_PROBLEM_INVOKE &&
                   c->problem_code == RESOURCE_LIMITATION
               ? VERDICT_TEMPFAIL
               : VERDICT_PERMFAIL;
}

/* True: this component answers our invoke. */
static bool answers(const struct tcap_comp *c, enum verdict *v)
{
    bool about_it = c->has_id && c->id == INVOKE;

    switch (c->type) {
    case TCAP_RESULT_LAST:
        *v = VERDICT_OK;
        return about_it;
    case TCAP_ERROR:
        *v = verdict_of_error(c);
        return about_it;
    case TCAP_REJECT: /* without an id it can only be about this one */
        *v = verdict_of_reject(c);
        return about_it || !c->has_id;
    default:
        return false;
    }
}

static bool find_answer(const struct tcap_msg *msg, enum verdict *v)
{
    struct rd_err err;
    struct rd comps =
        rd_init(msg->components.p, rd_left(&msg->components), &err);
    struct tcap_comp c;

    while (msg->has_components && tcap_comp_next(&comps, &c) == 1) {
        if (answers(&c, v))
            return true;
        stat_inc(STAT_map_comp_ignored);
    }
    return false;
}

void map_client_message(struct map_trans *d, const struct tcap_msg *msg)
{
    enum verdict v;

    if (msg->type == TCAP_ABORT) {
        if (says_older(msg))
            map_alert_dlg_older(&d->alert);
        else
            map_alert_dlg_lost(&d->alert);
        return;
    }
    if (find_answer(msg, &v))
        map_alert_dlg_answered(&d->alert, v, msg->type == TCAP_END);
    else if (msg->type == TCAP_END)
        map_alert_dlg_ended(&d->alert);
    else
        map_alert_dlg_taken(&d->alert);
}

void map_client_lost(struct map_trans *d)
{
    map_alert_dlg_lost(&d->alert);
}
