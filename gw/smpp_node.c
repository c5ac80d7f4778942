/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * smpp_node.c - ESMEs on one side, the box server on the other
 */

#include "smpp_node.h"

#include "slog.h"
#include "smpp_receipt.h"
#include "smpp_submit.h"
#include "stat.h"

#include <stdlib.h>
#include <string.h>

struct smpp_node {
    const struct smpp_node_conf *conf;
    const struct smpp_node_ops *ops;
    void *ctx;
    struct timer_wheel *wheel;
    struct smpp_accts *accts;
    struct smpp_submits *submits;
    struct slog_rate failed;
    struct smpp_work work;
    uint8_t body[SMPP_PDU_MAX];
};

/* ---- the end of a message ---- */

static void settled(void *ctx, const struct smpp_held *m, enum verdict v,
                    const char *why)
{
    static const char *const word[] = {
        [VERDICT_OK] = "ok",
        [VERDICT_TEMPFAIL] = "tempfail",
        [VERDICT_PERMFAIL] = "permfail",
    };
    struct smpp_node *n = ctx;
    char id[SMPP_ID_OCTETS];

    n->ops->ack(n->ctx, m->box, &m->key, v);
    if (!slog_on(SLOG_INFO))
        return;
    smpp_submits_id(m->key.id, id);
    slog(SLOG_INFO, "smpp",
         "message <%s> account <%s> from <%s>: %s (%s), %u ms", id,
         smpp_acct_conf(m->acct)->system_id,
         m->sess != NULL ? m->sess->peer : "", word[v], why,
         (unsigned)(n->wheel->now_ms - m->came_ms));
}

static void ready(void *ctx, uint8_t box, bool is)
{
    struct smpp_node *n = ctx;

    n->ops->suspend(n->ctx, box, !is);
}

static bool check(void *ctx, uint64_t id, const char *hash,
                  const char *password)
{
    struct smpp_node *n = ctx;

    return n->ops->check(n->ctx, id, hash, password);
}

static const struct smpp_accts_ops accts_ops = { settled, ready, check };

/* ---- submit_sm ---- */

static struct box_field text(const char *s)
{
    return (struct box_field){ .num = (int32_t)strlen(s),
                               .p = (const uint8_t *)s };
}

static void address_it(struct box_frame *f, const struct smpp_acct_conf *c,
                       int64_t now_s)
{
    const struct box_field id = text(c->system_id);

    f->field[BOX_SMS_TYPE].num = SMPP_MT_PUSH;
    f->field[BOX_SMS_TIME].num = (int32_t)now_s;
    f->field[BOX_SMS_ACCOUNT] = id;
    f->field[BOX_SMS_SERVICE] = id;
    if (c->submit_smsc[0] != '\0')
        f->field[BOX_SMS_SMSC_ID] = text(c->submit_smsc);
    /* a gateway gives its reports back to the box of this name */
    if (c->box_id[0] != '\0')
        f->field[BOX_SMS_BOXC_ID] = text(c->box_id);
}

/* Send it, with the way back for its receipts. */
static uint32_t send_mt(struct smpp_node *n, const struct smpp_acct_conf *c,
                        struct box_frame *f, int64_t now_s)
{
    struct smpp_ref ref = { .when_s = now_s };
    char url[SMPP_URL_OCTETS];
    uint32_t epoch;

    memcpy(ref.system_id, c->system_id, sizeof(ref.system_id));
    smpp_submits_id(f->id, ref.id);
    smpp_receipt_url(&ref, url);
    if (f->field[BOX_SMS_DLR_MASK].num > 0)
        f->field[BOX_SMS_DLR_URL] = text(url);
    epoch = n->ops->sms(n->ctx, c->box, f);
    smpp_submits_sent(n->submits, f->id, epoch);
    return epoch != 0 ? SMPP_LATER : SMPP_RSYSERR;
}

static uint32_t submit(struct smpp_sess *s, uint32_t sequence,
                       const struct smpp_sm *sm)
{
    struct smpp_node *n = s->ctx;
    const struct smpp_acct_conf *c = smpp_acct_conf(s->acct);
    int64_t now_s = n->ops->now_s(n->ctx);
    uint32_t status = smpp_accts_may_submit(n->accts, s);
    struct smpp_mt mt;

    if (status == SMPP_ROK)
        status = smpp_msg_submit(sm, &c->style, now_s, &mt, &n->work);
    if (status != SMPP_ROK)
        return status;
    if (!smpp_submits_add(n->submits, s, sm->data, sequence, c->box, mt.f.id)) {
        stat_inc(STAT_smpp_throttled);
        return SMPP_RTHROTTLED;
    }
    address_it(&mt.f, c, now_s);
    return send_mt(n, c, &mt.f, now_s);
}

/* What a box server says of a message, to the ESME: without a bearerbox it
 * refuses for good, with one that is away for now. */
static uint32_t status_of(int32_t nack)
{
    switch (nack) {
    case BOX_NACK_SUCCESS:
    case BOX_NACK_BUFFERED: /* stored */
        return SMPP_ROK;
    case BOX_NACK_FAILED:
        return SMPP_RSUBMITFAIL;
    default:
        return SMPP_RMSGQFUL;
    }
}

void smpp_node_ack(struct smpp_node *n, uint8_t box, const uint8_t id[16],
                   int32_t nack)
{
    smpp_submits_ack(n->submits, box, id, status_of(nack));
}

/* ---- sessions ---- */

static uint32_t bind(struct smpp_sess *s, const struct smpp_bind *b,
                     uint16_t *window)
{
    struct smpp_node *n = s->ctx;

    return smpp_accts_bind(n->accts, s, b, window);
}

static void forget(struct smpp_sess *s)
{
    struct smpp_node *n = s->ctx;

    smpp_accts_forget(n->accts, s);
}

static void bound(struct smpp_sess *s)
{
    static const char *const mode[] = { "", "transmitter", "receiver",
                                        "transceiver" };
    struct smpp_node *n = s->ctx;

    slog(SLOG_INFO, "smpp", "ESME <%s> from <%s> is bound as %s.", s->system_id,
         s->peer, mode[s->mode]);
    smpp_accts_bound(n->accts, s);
}

static void answered(struct smpp_sess *s, struct smpp_held *m, uint32_t status)
{
    struct smpp_node *n = s->ctx;

    smpp_accts_answered(n->accts, s, m, status);
}

static void ended(struct smpp_sess *s)
{
    struct smpp_node *n = s->ctx;

    slog(SLOG_INFO, "smpp",
         "ESME <%s> from <%s> has gone: %s; %u messages "
         "were out.",
         s->system_id, s->peer, s->why, (unsigned)s->open);
    smpp_submits_ended(n->submits, s);
    smpp_accts_ended(n->accts, s);
}

static void dirty(struct smpp_sess *s)
{
    struct smpp_node *n = s->ctx;

    n->ops->dirty(n->ctx, s);
}

static const struct smpp_sess_ops sess_ops = { bind,  bound, submit, answered,
                                               ended, dirty, forget };

struct smpp_sess *smpp_node_session(struct smpp_node *n, const char *peer)
{
    return smpp_sess_new(&n->conf->sess, &sess_ops, n, n->wheel, peer);
}

/* ---- accounts ---- */

void smpp_node_accounts(struct smpp_node *n, const struct smpp_acct_conf *acct,
                        unsigned n_accts)
{
    smpp_accts_set(n->accts, acct, n_accts);
}

void smpp_node_sure(struct smpp_node *n, bool sure)
{
    smpp_accts_sure(n->accts, sure);
}

void smpp_node_checked(struct smpp_node *n, uint64_t id, bool right)
{
    smpp_accts_checked(n->accts, id, right);
}

/* ---- messages of the box server ---- */

static void fail(struct smpp_node *n, uint8_t box, const struct box_key *key,
                 enum verdict v, const char *why)
{
    uint32_t hidden;

    if (v == VERDICT_PERMFAIL)
        stat_inc(STAT_smpp_permfail);
    else
        stat_inc(STAT_smpp_tempfail);
    n->ops->ack(n->ctx, box, key, v);
    if (slog_may(&n->failed, n->wheel->now_ms, &hidden))
        slog(SLOG_WARNING, "smpp",
             "A message could not be taken: %s. %u more like it were not "
             "logged.",
             why, (unsigned)hidden);
}

/* For whom it is; *receipt: about one of its submit_sm. */
static struct smpp_acct *account_of(struct smpp_node *n, uint8_t box,
                                    const struct box_frame *f,
                                    struct smpp_ref *ref, bool *receipt)
{
    *receipt = smpp_receipt_read(f, ref);
    if (*receipt) {
        stat_inc(STAT_smpp_receipt);
        return smpp_accts_named(n->accts, ref->system_id);
    }
    return smpp_accts_find(n->accts, box, f);
}

/* Octets of its deliver_sm in n->body. */
static size_t write_body(struct smpp_node *n, const struct smpp_acct *acct,
                         const struct box_frame *f, const struct smpp_ref *ref)
{
    const struct smpp_style *style = &smpp_acct_conf(acct)->style;
    const size_t size = SMPP_PDU_MAX - SMPP_HEAD;
    char text[SMPP_RECEIPT_OCTETS];
    struct smpp_receipt r;

    if (ref == NULL)
        return smpp_msg_deliver(n->body, size, f, style, NULL, &n->work);
    smpp_receipt_text(f, ref, n->ops->now_s(n->ctx), text);
    r = (struct smpp_receipt){ .text = text, .id = ref->id };
    return smpp_msg_deliver(n->body, size, f, style, &r, &n->work);
}

void smpp_node_sms(struct smpp_node *n, uint8_t box, const struct box_key *key,
                   const struct box_frame *f)
{
    struct smpp_take take = { .key = *key, .box = box, .body = n->body };
    struct smpp_ref ref;
    struct smpp_acct *acct = account_of(n, box, f, &ref, &take.receipt);
    /* A gateway gives a receipt that failed for now again at once, for ever. */
    enum verdict give_up = take.receipt ? VERDICT_PERMFAIL : VERDICT_TEMPFAIL;
    const char *why;

    stat_inc(STAT_smpp_in);
    if (acct == NULL) {
        stat_inc(STAT_smpp_no_account);
        fail(n, box, key, give_up, "no account takes it");
        return;
    }
    take.n = write_body(n, acct, f, take.receipt ? &ref : NULL);
    if (take.n == 0) {
        stat_inc(STAT_smpp_long);
        fail(n, box, key, VERDICT_PERMFAIL, "it is too long for a PDU");
        return;
    }
    take.concat = smpp_msg_concat(f);
    why = smpp_accts_take(n->accts, acct, &take);
    if (why != NULL)
        fail(n, box, key, give_up, why);
}

void smpp_node_box_lost(struct smpp_node *n, uint8_t box, uint32_t epoch)
{
    smpp_accts_box_lost(n->accts, box, epoch);
    smpp_submits_box_lost(n->submits, box, epoch);
}

/* ---- life ---- */

struct smpp_node *smpp_node_new(const struct smpp_node_conf *conf,
                                const struct smpp_node_ops *ops, void *ctx,
                                struct timer_wheel *wheel)
{
    struct smpp_node *n = calloc(1, sizeof(*n));

    if (n == NULL)
        abort();
    n->conf = conf;
    n->ops = ops;
    n->ctx = ctx;
    n->wheel = wheel;
    n->accts = smpp_accts_new(&conf->accts, &accts_ops, n, wheel);
    n->submits = smpp_submits_new(conf->max_submits, conf->accts.deadline_ms,
                                  conf->secret, wheel);
    for (unsigned i = 0; i < SMPP_BOXES; i++)
        ops->suspend(ctx, (uint8_t)i, true);
    return n;
}

void smpp_node_free(struct smpp_node *n)
{
    if (n == NULL)
        return;
    smpp_accts_free(n->accts);
    smpp_submits_free(n->submits);
    free(n);
}

void smpp_node_drain(struct smpp_node *n)
{
    for (unsigned i = 0; i < SMPP_BOXES; i++)
        n->ops->suspend(n->ctx, (uint8_t)i, true);
    smpp_accts_drain(n->accts);
}

uint32_t smpp_node_held(const struct smpp_node *n)
{
    return smpp_accts_held(n->accts);
}

void smpp_node_fail_all(struct smpp_node *n)
{
    smpp_accts_fail_all(n->accts, "the box stops");
}
