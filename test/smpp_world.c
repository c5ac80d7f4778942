/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * smpp_world.c - the SMPP side of smppbox with nothing real around it
 */

#include "smpp_world.h"

#include "slog.h"

#include <stdio.h>
#include <string.h>

enum { VERSION = 0x34, NOW_S = 1790000000 };

static void ack(void *ctx, uint8_t box, const struct box_key *key,
                enum verdict v)
{
    struct world *w = ctx;

    (void)box;
    w->ack[w->acks % WORLD_ACKS].mark = key->id[0];
    w->ack[w->acks++ % WORLD_ACKS].v = v;
}

static uint32_t sms(void *ctx, uint8_t box, const struct box_frame *f)
{
    struct world *w = ctx;
    size_t n;

    (void)box;
    if (w->epoch == 0)
        return 0;
    n = box_frame_write(w->frame, sizeof(w->frame), f);
    if (n > 0 && box_frame_read(w->frame, n, &w->f))
        w->sms++;
    return w->epoch;
}

static void suspend(void *ctx, uint8_t box, bool suspended)
{
    struct world *w = ctx;

    w->suspended[box] = suspended;
}

static int64_t now_s(void *ctx)
{
    const struct world *w = ctx;

    return NOW_S + (int64_t)(w->wheel.now_ms / 1000);
}

static void dirty(void *ctx, struct smpp_sess *s)
{
    (void)ctx, (void)s;
}

static bool check(void *ctx, uint64_t id, const char *hash,
                  const char *password)
{
    struct world *w = ctx;

    w->checks++;
    w->check.id = id;
    snprintf(w->check.hash, sizeof(w->check.hash), "%s", hash);
    snprintf(w->check.password, sizeof(w->check.password), "%s", password);
    return true;
}

static const struct smpp_node_ops ops = {
    ack, sms, suspend, check, now_s, dirty
};

static void account(struct smpp_acct_conf *a, const char *id, uint8_t box)
{
    *a = (struct smpp_acct_conf){
        .password = "secret",
        .modes = SMPP_MODE_TRX,
        .max_binds = 10,
        .window = 10,
        .submit_window = 10,
        .max_queue = 100,
        .style = { .with = SMPP_WITH_ALL,
                   .tag_sc = 0x1400,
                   .tag_imsi = 0x1401,
                   .tag_id = 0x1402,
                   .source_ton = SMPP_BY_NUMBER,
                   .source_npi = SMPP_BY_NUMBER,
                   .dest_ton = SMPP_BY_NUMBER,
                   .dest_npi = SMPP_BY_NUMBER },
        .box = box,
    };
    strcpy(a->box_id, "apps");
    snprintf(a->system_id, sizeof(a->system_id), "%s", id);
}

void world_init(struct world *w)
{
    memset(w, 0, sizeof(*w));
    slog_set(NULL, SLOG_ERROR);
    account(&w->acct[0], "app", 0);
    account(&w->acct[1], "two", 1);
    w->conf = (struct smpp_node_conf){
        .accts = { .n_accts = 2,
                   .acct = w->acct,
                   .deadline_ms = 20000,
                   .response_ms = 10000,
                   .max_held = 200 },
        .sess = { .bind_ms = 10000,
                  .enquire_ms = 30000,
                  .response_ms = 10000,
                  .server_id = "smppbox" },
        .max_submits = 8,
        .secret = 0x0123456789abcdef,
    };
    w->epoch = 1;
    timer_wheel_init(&w->wheel, 1000);
}

void world_start(struct world *w)
{
    w->node = smpp_node_new(&w->conf, &ops, w, &w->wheel);
}

void world_stop(struct world *w)
{
    smpp_node_free(w->node);
}

void world_pass(struct world *w, uint64_t ms)
{
    timer_run(&w->wheel, w->wheel.now_ms + ms);
}

/* ---- ESMEs ---- */

void esme_put(struct smpp_sess *s, uint32_t command, uint32_t status,
              uint32_t sequence, const void *body, size_t n)
{
    uint8_t pdu[SMPP_HEAD + WORLD_PDU_MAX];
    struct smpp_head h = { (uint32_t)(SMPP_HEAD + n), command, status,
                           sequence };

    smpp_head_write(pdu, &h);
    if (n > 0)
        memcpy(pdu + SMPP_HEAD, body, n);
    smpp_sess_in(s, pdu, SMPP_HEAD + n);
}

void esme_bind(struct smpp_sess *s, uint32_t command, const char *system_id,
               const char *password)
{
    uint8_t body[128];
    struct wr w = wr_init(body, sizeof(body));

    wr_bytes(&w, system_id, strlen(system_id) + 1);
    wr_bytes(&w, password, strlen(password) + 1);
    wr_u8(&w, 0); /* system_type */
    wr_u8(&w, VERSION);
    wr_u16be(&w, 0); /* addr_ton, addr_npi */
    wr_u8(&w, 0);    /* address_range */
    esme_put(s, command, 0, 1, body, w.len);
}

struct smpp_sess *esme_bound(struct world *w)
{
    struct smpp_sess *s = smpp_node_session(w->node, "192.0.2.1");

    esme_bind(s, SMPP_BIND_TRX, "app", "secret");
    esme_got(s, SMPP_BIND_TRX | SMPP_RESP, SMPP_ROK);
    return s;
}

void esme_resp(struct smpp_sess *s, uint32_t sequence, uint32_t status)
{
    esme_put(s, SMPP_DELIVER_SM | SMPP_RESP, status, sequence, "", 1);
}

bool esme_get(struct smpp_sess *s, struct pdu *p)
{
    const uint8_t *out = s->out.p + s->out.at;
    size_t left = s->out.len - s->out.at;

    if (left < SMPP_HEAD)
        return false;
    p->h = smpp_head_read(out);
    if (p->h.length < SMPP_HEAD || p->h.length > left ||
        p->h.length - SMPP_HEAD > sizeof(p->body))
        return false;
    p->n = p->h.length - SMPP_HEAD;
    memcpy(p->body, out + SMPP_HEAD, p->n);
    smpp_sess_wrote(s, p->h.length);
    return true;
}

bool esme_got(struct smpp_sess *s, uint32_t command, uint32_t status)
{
    struct pdu p;

    return esme_get(s, &p) && p.h.command == command && p.h.status == status;
}

uint32_t esme_deliver(struct smpp_sess *s, struct smpp_sm *sm)
{
    static struct pdu p; /* sm points into it */
    struct smpp_sm unused;

    if (!esme_get(s, &p) || p.h.command != SMPP_DELIVER_SM ||
        smpp_sm_read(p.body, p.n, sm != NULL ? sm : &unused) != SMPP_ROK)
        return 0;
    return p.h.sequence;
}

/* ---- the box server ---- */

void field_text(struct box_frame *f, int field, const char *text)
{
    f->field[field] = (struct box_field){ .num = (int32_t)strlen(text),
                                          .p = (const uint8_t *)text };
}

bool field_is(const struct box_frame *f, int field, const char *text)
{
    return f->field[field].num == (int32_t)strlen(text) &&
           memcmp(f->field[field].p, text, strlen(text)) == 0;
}

void world_blank(struct box_frame *f, const char *text)
{
    memset(f, 0, sizeof(*f));
    f->type = BOX_SMS;
    for (int i = 0; i < BOX_FIELDS; i++)
        f->field[i].num = -1;
    field_text(f, BOX_SMS_SENDER, "+447700900001");
    field_text(f, BOX_SMS_RECEIVER, "+447700900123");
    field_text(f, BOX_SMS_MSGDATA, text);
    field_text(f, BOX_SMS_SMSC_ID, "ss7");
    field_text(f, BOX_SMS_SMSC_NUMBER, "+447700900002");
    field_text(f, BOX_SMS_FOREIGN_ID, "beef5678901234567890123456789012");
    field_text(f, BOX_SMS_META_DATA,
               "?sigtran?imsi=234157700900123&sc=447700900002&gt=1&");
    f->field[BOX_SMS_TYPE].num = SMPP_MO;
    f->field[BOX_SMS_CODING].num = 0;
    f->field[BOX_SMS_PID].num = 0;
}

void world_frame(struct world *w, uint8_t box, uint8_t mark,
                 struct box_frame *f)
{
    struct box_key key = { .epoch = w->epoch };

    memset(key.id, mark, sizeof(key.id));
    memcpy(f->id, key.id, sizeof(f->id));
    smpp_node_sms(w->node, box, &key, f);
}

void world_sms(struct world *w, uint8_t mark, const char *text)
{
    struct box_frame f;

    world_blank(&f, text);
    world_frame(w, 0, mark, &f);
}

void world_sms_udh(struct world *w, uint8_t mark, const void *udh, size_t n)
{
    struct box_frame f;

    world_blank(&f, "part");
    f.field[BOX_SMS_UDHDATA] = (struct box_field){ (int32_t)n, udh };
    world_frame(w, 0, mark, &f);
}

int world_verdict(const struct world *w, uint8_t mark)
{
    for (unsigned i = 0; i < w->acks && i < WORLD_ACKS; i++)
        if (w->ack[i].mark == mark)
            return (int)w->ack[i].v;
    return -1;
}
