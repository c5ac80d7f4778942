/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * m3ua_msg.c - the messages of M3UA (RFC 4666 3), for the tools
 */

#include "m3ua_msg.h"

enum { VERSION = 1, LONGEST = 65536, LABEL = 12 };

int m3ua_length(const uint8_t *p, size_t n)
{
    uint32_t len;

    if (n < M3UA_HEADER)
        return 0;
    len = (uint32_t)p[4] << 24 | (uint32_t)p[5] << 16 | (uint32_t)p[6] << 8 |
          p[7];
    if (p[0] != VERSION || len < M3UA_HEADER || len > LONGEST)
        return -1;
    return (int)len;
}

/* Protocol Data, RFC 4666 3.3.1: the routing label and what follows it. */
static void read_data(struct rd r, struct m3ua_msg *m)
{
    m->data.opc = rd_u32be(&r, "OPC");
    m->data.dpc = rd_u32be(&r, "DPC");
    m->data.si = rd_u8(&r, "SI");
    m->data.ni = rd_u8(&r, "NI");
    m->data.mp = rd_u8(&r, "MP");
    m->data.sls = rd_u8(&r, "SLS");
    m->data.len = (uint16_t)rd_left(&r);
    m->data.data = r.p;
    m->has_data = rd_ok(&r);
}

static struct m3ua_u32 *number_for(struct m3ua_msg *m, uint16_t tag)
{
    switch (tag) {
    case M3UA_P_ROUTING_CONTEXT:
        return &m->rc;
    case M3UA_P_NETWORK_APPEARANCE:
        return &m->na;
    case M3UA_P_TRAFFIC_MODE:
        return &m->mode;
    case M3UA_P_ASP_ID:
        return &m->asp_id;
    case M3UA_P_STATUS:
        return &m->status;
    case M3UA_P_ERROR_CODE:
        return &m->error;
    case M3UA_P_AFFECTED_PC:
        return &m->affected;
    default:
        return NULL;
    }
}

/* One parameter, RFC 4666 3.2: its length counts its header, not its pad. */
static void read_param(struct rd *r, struct m3ua_msg *m)
{
    uint16_t tag = rd_u16be(r, "parameter tag");
    uint16_t len = rd_u16be(r, "parameter length");
    struct m3ua_u32 *number = number_for(m, tag);
    struct rd body;

    if (len < 4)
        rd_fail(r, "parameter length");
    body = rd_sub(r, rd_ok(r) ? len - 4u : 0, "parameter");
    if (number != NULL && !number->present) {
        number->v = rd_u32be(&body, "parameter value");
        number->present = rd_ok(&body);
    } else if (tag == M3UA_P_DATA) {
        read_data(body, m);
    } else if (tag == M3UA_P_HEARTBEAT) {
        m->heartbeat = body.p;
        m->heartbeat_len = (uint16_t)rd_left(&body);
    }
    /* the pad of the last parameter may not be counted, 3.1.4 */
    if (len % 4 != 0 && rd_left(r) > 0)
        rd_take(r, 4u - len % 4u, "parameter pad");
}

bool m3ua_msg_read(const uint8_t *p, size_t n, struct m3ua_msg *m)
{
    struct rd_err err;
    struct rd r = rd_init(p, n, &err);

    *m = (struct m3ua_msg){ 0 };
    rd_u16be(&r, "version");
    m->type = rd_u16be(&r, "type");
    rd_u32be(&r, "length");
    while (rd_left(&r) > 0)
        read_param(&r, m);
    return rd_ok(&r) && (m->type != M3UA_DATA || m->has_data);
}

static void put_u32(struct wr *w, uint32_t v)
{
    wr_u16be(w, (uint16_t)(v >> 16));
    wr_u16be(w, (uint16_t)v);
}

size_t m3ua_open(struct wr *w, uint16_t type)
{
    size_t mark = w->len;

    wr_u16be(w, VERSION << 8);
    wr_u16be(w, type);
    put_u32(w, 0); /* the length, once it is known */
    return mark;
}

void m3ua_close(struct wr *w, size_t mark)
{
    size_t len = w->len - mark;

    if (w->full)
        return;
    w->buf[mark + 4] = (uint8_t)(len >> 24);
    w->buf[mark + 5] = (uint8_t)(len >> 16);
    w->buf[mark + 6] = (uint8_t)(len >> 8);
    w->buf[mark + 7] = (uint8_t)len;
}

static void put_header(struct wr *w, uint16_t tag, size_t n)
{
    wr_u16be(w, tag);
    wr_u16be(w, (uint16_t)(n + 4));
}

static void put_pad(struct wr *w, size_t n)
{
    static const uint8_t zero[4];

    wr_bytes(w, zero, (4 - n % 4) % 4);
}

void m3ua_put(struct wr *w, uint16_t tag, const void *p, size_t n)
{
    put_header(w, tag, n);
    wr_bytes(w, p, n);
    put_pad(w, n);
}

void m3ua_put_u32(struct wr *w, uint16_t tag, uint32_t v)
{
    put_header(w, tag, 4);
    put_u32(w, v);
}

void m3ua_put_opt(struct wr *w, uint16_t tag, const struct m3ua_u32 *v)
{
    if (v->present)
        m3ua_put_u32(w, tag, v->v);
}

void m3ua_data_write(struct wr *w, const struct m3ua_u32 *na,
                     const struct m3ua_u32 *rc, const struct mtp_transfer *t)
{
    const uint8_t label[4] = { t->si, t->ni, t->mp, t->sls };
    size_t mark = m3ua_open(w, M3UA_DATA);

    m3ua_put_opt(w, M3UA_P_NETWORK_APPEARANCE, na);
    m3ua_put_opt(w, M3UA_P_ROUTING_CONTEXT, rc);
    put_header(w, M3UA_P_DATA, LABEL + (size_t)t->len);
    put_u32(w, t->opc);
    put_u32(w, t->dpc);
    wr_bytes(w, label, sizeof(label));
    wr_bytes(w, t->data, t->len);
    put_pad(w, t->len);
    m3ua_close(w, mark);
}

struct word {
    uint32_t v;
    const char *name;
};

static const char *find_word(const struct word *t, uint32_t v,
                             const char *other)
{
    for (; t->name != NULL; t++) {
        if (t->v == v)
            return t->name;
    }
    return other;
}

const char *m3ua_type_str(uint16_t type)
{
    static const struct word words[] = {
        { M3UA_ERR, "ERR" },
        { M3UA_NTFY, "NTFY" },
        { M3UA_DATA, "DATA" },
        { M3UA_DUNA, "DUNA" },
        { M3UA_DAVA, "DAVA" },
        { M3UA_DAUD, "DAUD" },
        { M3UA_SCON, "SCON" },
        { M3UA_DUPU, "DUPU" },
        { M3UA_DRST, "DRST" },
        { M3UA_ASPUP, "ASPUP" },
        { M3UA_ASPDN, "ASPDN" },
        { M3UA_BEAT, "BEAT" },
        { M3UA_ASPUP_ACK, "ASPUP_ACK" },
        { M3UA_ASPDN_ACK, "ASPDN_ACK" },
        { M3UA_BEAT_ACK, "BEAT_ACK" },
        { M3UA_ASPAC, "ASPAC" },
        { M3UA_ASPIA, "ASPIA" },
        { M3UA_ASPAC_ACK, "ASPAC_ACK" },
        { M3UA_ASPIA_ACK, "ASPIA_ACK" },
        { 0, NULL },
    };

    return find_word(words, type, "unknown message");
}

/* RFC 4666 3.8.1 */
const char *m3ua_error_str(uint32_t code)
{
    static const struct word words[] = {
        { 0x01, "invalid version" },
        { 0x03, "unsupported message class" },
        { 0x04, "unsupported message type" },
        { 0x05, "unsupported traffic mode type" },
        { 0x06, "unexpected message" },
        { 0x07, "protocol error" },
        { 0x09, "invalid stream identifier" },
        { 0x0d, "refused - management blocking" },
        { 0x0e, "ASP identifier required" },
        { 0x0f, "invalid ASP identifier" },
        { 0x11, "invalid parameter value" },
        { 0x12, "parameter field error" },
        { 0x13, "unexpected parameter" },
        { 0x14, "destination status unknown" },
        { 0x15, "invalid network appearance" },
        { 0x16, "missing parameter" },
        { 0x19, "invalid routing context" },
        { 0x1a, "no configured AS for ASP" },
        { 0, NULL },
    };

    return find_word(words, code, "unknown error");
}

/* RFC 4666 3.8.2: status type << 16 | status information */
const char *m3ua_status_str(uint32_t status)
{
    static const struct word words[] = {
        { 0x00010002, "AS-INACTIVE" },
        { 0x00010003, "AS-ACTIVE" },
        { 0x00010004, "AS-PENDING" },
        { 0x00020001, "insufficient ASP resources active in AS" },
        { 0x00020002, "alternate ASP active" },
        { 0x00020003, "ASP failure" },
        { 0, NULL },
    };

    return find_word(words, status, "unknown status");
}
