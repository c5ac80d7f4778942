/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * smpp_wire.c - SMPP 3.4 PDUs as octets
 */

#include "smpp_wire.h"

#include "smpp_status.h"

#include <string.h>

static uint32_t get32(const uint8_t *p)
{
    return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 |
           p[3];
}

static void put32(uint8_t *p, uint32_t v)
{
    p[0] = (uint8_t)(v >> 24);
    p[1] = (uint8_t)(v >> 16);
    p[2] = (uint8_t)(v >> 8);
    p[3] = (uint8_t)v;
}

struct smpp_head smpp_head_read(const uint8_t p[SMPP_HEAD])
{
    return (struct smpp_head){
        .length = get32(p),
        .command = get32(p + 4),
        .status = get32(p + 8),
        .sequence = get32(p + 12),
    };
}

void smpp_head_write(uint8_t p[SMPP_HEAD], const struct smpp_head *h)
{
    put32(p, h->length);
    put32(p + 4, h->command);
    put32(p + 8, h->status);
    put32(p + 12, h->sequence);
}

/* A C-octet string of at most size - 1 characters. */
static void rd_text(struct rd *r, char *out, size_t size, const char *what)
{
    size_t left = rd_left(r), max = left < size ? left : size, n;

    n = strnlen((const char *)r->p, max);
    out[0] = '\0';
    if (n == max)
        rd_fail(r, what);
    else
        memcpy(out, rd_take(r, n + 1, what), n + 1);
}

static void wr_text(struct wr *w, const char *text)
{
    wr_bytes(w, text, strlen(text) + 1);
}

bool smpp_bind_read(const uint8_t *p, size_t n, struct smpp_bind *b)
{
    struct rd_err err;
    struct rd r = rd_init(p, n, &err);

    memset(b, 0, sizeof(*b));
    rd_text(&r, b->system_id, sizeof(b->system_id), "system_id");
    rd_text(&r, b->password, sizeof(b->password), "password");
    rd_text(&r, b->system_type, sizeof(b->system_type), "system_type");
    b->version = rd_u8(&r, "interface_version");
    b->ton = rd_u8(&r, "addr_ton");
    b->npi = rd_u8(&r, "addr_npi");
    rd_text(&r, b->range, sizeof(b->range), "address_range");
    return rd_ok(&r);
}

static void rd_addr(struct rd *r, struct smpp_addr *a, const char *what)
{
    a->ton = rd_u8(r, "ton");
    a->npi = rd_u8(r, "npi");
    rd_text(r, a->digits, sizeof(a->digits), what);
}

static void rd_short(struct rd *r, struct smpp_sm *sm)
{
    uint8_t n = rd_u8(r, "sm_length");

    if (n > SMPP_SHORT_MAX)
        rd_fail(r, "short_message");
    sm->text = rd_take(r, n, "short_message");
    sm->text_len = sm->text != NULL ? n : 0;
}

/* A number of one or two octets; others make *ok false. */
static uint16_t number(const struct smpp_tlv *t, bool *ok)
{
    if (t->n == 2)
        return (uint16_t)(t->p[0] << 8 | t->p[1]);
    if (t->n == 1)
        return t->p[0];
    *ok = false;
    return 0;
}

/* False: its length is not good. */
static bool tlv_read(struct smpp_sm *sm, const struct smpp_tlv *t)
{
    bool ok = true;

    switch (t->tag) {
    case SMPP_TLV_SAR_REF:
        sm->sar.ref = number(t, &ok);
        break;
    case SMPP_TLV_SAR_TOTAL:
        sm->sar.total = (uint8_t)number(t, &ok);
        break;
    case SMPP_TLV_SAR_PART:
        sm->sar.part = (uint8_t)number(t, &ok);
        break;
    case SMPP_TLV_PAYLOAD:
        /* either this or short_message (5.3.2.32) */
        if (sm->text_len > 0)
            return false;
        sm->payload = true;
        sm->text = t->p;
        sm->text_len = t->n;
        break;
    default:
        break;
    }
    return ok;
}

static uint32_t tlvs_read(struct rd *r, struct smpp_sm *sm)
{
    struct smpp_tlv t;

    while (rd_left(r) > 0) {
        t.tag = rd_u16be(r, "tag");
        t.n = rd_u16be(r, "length");
        t.p = rd_take(r, t.n, "value");
        if (t.p == NULL)
            return SMPP_RINVOPTPARSTREAM;
        if (!tlv_read(sm, &t))
            return SMPP_RINVPARLEN;
    }
    /* sar_* go together; what has a wrong part number is no segment */
    if (sm->sar.part == 0 || sm->sar.part > sm->sar.total)
        sm->sar.total = 0;
    return rd_ok(r) ? SMPP_ROK : SMPP_RINVOPTPARSTREAM;
}

/* The status that tells which field was wrong. */
static uint32_t status_of(const char *what)
{
    static const struct {
        const char *what;
        uint32_t status;
    } field[] = {
        { "service_type", SMPP_RINVSERTYP },
        { "source_addr", SMPP_RINVSRCADR },
        { "destination_addr", SMPP_RINVDSTADR },
        { "schedule_delivery_time", SMPP_RINVSCHED },
        { "validity_period", SMPP_RINVEXPIRY },
        { "short_message", SMPP_RINVMSGLEN },
    };

    for (unsigned i = 0; i < sizeof(field) / sizeof(field[0]); i++)
        if (strcmp(what, field[i].what) == 0)
            return field[i].status;
    return SMPP_RINVCMDLEN;
}

uint32_t smpp_sm_read(const uint8_t *p, size_t n, struct smpp_sm *sm)
{
    struct rd_err err;
    struct rd r = rd_init(p, n, &err);

    memset(sm, 0, sizeof(*sm));
    rd_text(&r, sm->service, sizeof(sm->service), "service_type");
    rd_addr(&r, &sm->source, "source_addr");
    rd_addr(&r, &sm->dest, "destination_addr");
    sm->esm_class = rd_u8(&r, "esm_class");
    sm->pid = rd_u8(&r, "protocol_id");
    sm->priority = rd_u8(&r, "priority_flag");
    rd_text(&r, sm->schedule, sizeof(sm->schedule), "schedule_delivery_time");
    rd_text(&r, sm->validity, sizeof(sm->validity), "validity_period");
    sm->registered = rd_u8(&r, "registered_delivery");
    sm->replace = rd_u8(&r, "replace_if_present_flag");
    sm->data_coding = rd_u8(&r, "data_coding");
    sm->default_id = rd_u8(&r, "sm_default_msg_id");
    rd_short(&r, sm);
    if (!rd_ok(&r))
        return status_of(err.what);
    return tlvs_read(&r, sm);
}

uint32_t smpp_data_read(const uint8_t *p, size_t n, struct smpp_sm *sm)
{
    struct rd_err err;
    struct rd r = rd_init(p, n, &err);

    memset(sm, 0, sizeof(*sm));
    sm->data = true;
    rd_text(&r, sm->service, sizeof(sm->service), "service_type");
    rd_addr(&r, &sm->source, "source_addr");
    rd_addr(&r, &sm->dest, "destination_addr");
    sm->esm_class = rd_u8(&r, "esm_class");
    sm->registered = rd_u8(&r, "registered_delivery");
    sm->data_coding = rd_u8(&r, "data_coding");
    if (!rd_ok(&r))
        return status_of(err.what);
    return tlvs_read(&r, sm);
}

static void wr_addr(struct wr *w, const struct smpp_addr *a)
{
    wr_u8(w, a->ton);
    wr_u8(w, a->npi);
    wr_text(w, a->digits);
}

static void wr_tlv(struct wr *w, uint16_t tag, const void *p, size_t n)
{
    if (n > UINT16_MAX)
        w->full = true;
    wr_u16be(w, tag);
    wr_u16be(w, (uint16_t)n);
    wr_bytes(w, p, n);
}

static void wr_sar(struct wr *w, const struct smpp_sar *sar)
{
    const uint8_t ref[] = { (uint8_t)(sar->ref >> 8), (uint8_t)sar->ref };

    if (sar->total == 0)
        return;
    wr_tlv(w, SMPP_TLV_SAR_REF, ref, sizeof(ref));
    wr_tlv(w, SMPP_TLV_SAR_TOTAL, &sar->total, 1);
    wr_tlv(w, SMPP_TLV_SAR_PART, &sar->part, 1);
}

size_t smpp_sm_write(uint8_t *out, size_t size, const struct smpp_sm *sm)
{
    struct wr w = wr_init(out, size);

    wr_text(&w, sm->service);
    wr_addr(&w, &sm->source);
    wr_addr(&w, &sm->dest);
    wr_u8(&w, sm->esm_class);
    wr_u8(&w, sm->pid);
    wr_u8(&w, sm->priority);
    wr_text(&w, sm->schedule);
    wr_text(&w, sm->validity);
    wr_u8(&w, sm->registered);
    wr_u8(&w, sm->replace);
    wr_u8(&w, sm->data_coding);
    wr_u8(&w, sm->default_id);
    if (!sm->payload && sm->text_len > SMPP_SHORT_MAX)
        return 0;
    wr_u8(&w, sm->payload ? 0 : (uint8_t)sm->text_len);
    if (!sm->payload)
        wr_bytes(&w, sm->text, sm->text_len);
    wr_sar(&w, &sm->sar);
    for (unsigned i = 0; i < sm->n_tlvs; i++)
        wr_tlv(&w, sm->tlv[i].tag, sm->tlv[i].p, sm->tlv[i].n);
    if (sm->payload)
        wr_tlv(&w, SMPP_TLV_PAYLOAD, sm->text, sm->text_len);
    return wr_ok(&w) ? w.len : 0;
}
