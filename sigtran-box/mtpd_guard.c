/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * mtpd_guard.c - what may pass between the network and libosmo-sigtran
 */

#include "mtpd_guard.h"

#include "octets.h"

#include <string.h>

enum {
    HEAD = 8,   /* version, reserved, class, type, length */
    LABEL = 12, /* OPC, DPC, SI, NI, MP, SLS in Protocol Data */
    DIAG_MAX = 40,
};

enum {
    TAG_INFO = 0x0004,
    TAG_RC = 0x0006,
    TAG_DIAG = 0x0007,
    TAG_BEAT = 0x0009,
    TAG_MODE = 0x000b,
    TAG_ERROR = 0x000c,
    TAG_STATUS = 0x000d,
    TAG_ASP_ID = 0x0011,
    TAG_PCS = 0x0012,
    TAG_CORRELATION = 0x0013,
    TAG_NA = 0x0200,
    TAG_USER_CAUSE = 0x0204,
    TAG_LEVEL = 0x0205,
    TAG_CONCERNED = 0x0206,
    TAG_DATA = 0x0210,
};

/* Lengths of values: at least `min', at most `max', in steps of `step'. */
static const struct rule {
    uint16_t tag, min, max, step;
    size_t at; /* in struct m3ua_msg; 0: not kept */
} rules[] = {
#define KEPT(field) offsetof(struct m3ua_msg, field)
    { TAG_DATA, LABEL, LABEL + MTP_RX_MAX, 1, KEPT(data) },
    { TAG_RC, 4, 1024, 4, KEPT(rc) },
    { TAG_NA, 4, 4, 4, KEPT(na) },
    { TAG_CORRELATION, 4, 4, 4, 0 },
    { TAG_INFO, 0, 255, 1, KEPT(info) },
    { TAG_DIAG, 0, 65535, 1, KEPT(diag) },
    { TAG_BEAT, 0, 65535, 1, KEPT(beat) },
    { TAG_MODE, 4, 4, 4, KEPT(mode) },
    { TAG_ERROR, 4, 4, 4, KEPT(error) },
    { TAG_STATUS, 4, 4, 4, KEPT(status) },
    { TAG_ASP_ID, 4, 4, 4, KEPT(asp_id) },
    { TAG_PCS, 4, 65532, 4, KEPT(pcs) },
    { TAG_USER_CAUSE, 4, 4, 4, KEPT(user_cause) },
    { TAG_LEVEL, 4, 4, 4, KEPT(level) },
    { TAG_CONCERNED, 4, 4, 4, KEPT(concerned) },
#undef KEPT
};

/* Messages we know; `need' is a mandatory parameter's place, or 0. */
static const struct {
    uint16_t kind;
    const char *name;
    size_t need, need_too;
} kinds[] = {
#define NEED(field) offsetof(struct m3ua_msg, field)
    { M3UA_DATA, "DATA", NEED(data), 0 },
    { M3UA_ERR, "ERR", NEED(error), 0 },
    { M3UA_NTFY, "NTFY", NEED(status), 0 },
    { M3UA_DUNA, "DUNA", NEED(pcs), 0 },
    { M3UA_DAVA, "DAVA", NEED(pcs), 0 },
    { M3UA_DAUD, "DAUD", NEED(pcs), 0 },
    { M3UA_SCON, "SCON", NEED(pcs), 0 },
    { M3UA_DUPU, "DUPU", NEED(pcs), NEED(user_cause) },
    { M3UA_DRST, "DRST", NEED(pcs), 0 },
    { M3UA_ASPUP, "ASPUP", 0, 0 },
    { M3UA_ASPDN, "ASPDN", 0, 0 },
    { M3UA_BEAT, "BEAT", 0, 0 },
    { M3UA_ASPUP_ACK, "ASPUP ACK", 0, 0 },
    { M3UA_ASPDN_ACK, "ASPDN ACK", 0, 0 },
    { M3UA_BEAT_ACK, "BEAT ACK", 0, 0 },
    { M3UA_ASPAC, "ASPAC", 0, 0 },
    { M3UA_ASPIA, "ASPIA", 0, 0 },
    { M3UA_ASPAC_ACK, "ASPAC ACK", 0, 0 },
    { M3UA_ASPIA_ACK, "ASPIA ACK", 0, 0 },
#undef NEED
};

enum { KINDS = sizeof(kinds) / sizeof(kinds[0]) };

static struct m3ua_par *par_at(struct m3ua_msg *m, size_t at)
{
    return (struct m3ua_par *)(void *)((char *)m + at);
}

static uint32_t be32(const uint8_t *p)
{
    return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 |
           p[3];
}

uint32_t m3ua_u32(struct m3ua_par p, size_t index)
{
    return p.p && index < p.len / 4 ? be32(p.p + 4 * index) : 0;
}

const char *m3ua_kind_str(uint16_t kind)
{
    for (size_t i = 0; i < KINDS; i++)
        if (kinds[i].kind == kind)
            return kinds[i].name;
    return "unknown message";
}

/* Parameters nobody here knows are passed over (RFC 4666 3.1.4). */
static void keep_par(struct rd *r, struct m3ua_msg *m, uint16_t tag,
                     struct rd v)
{
    size_t n = rd_left(&v);

    for (size_t i = 0; i < sizeof(rules) / sizeof(rules[0]); i++) {
        const struct rule *u = &rules[i];

        if (u->tag != tag)
            continue;
        if (n < u->min || n > u->max || n % u->step != 0)
            rd_fail(r, "length of a parameter's value");
        else if (u->at != 0 && !par_at(m, u->at)->p)
            *par_at(m, u->at) = (struct m3ua_par){ v.p, n };
        return;
    }
}

/* The padding of the last parameter may be missing (RFC 4666 3.1.4). */
static bool read_pars(struct rd *r, struct m3ua_msg *m)
{
    while (rd_left(r) > 0) {
        uint16_t tag = rd_u16be(r, "parameter tag");
        uint16_t len = rd_u16be(r, "parameter length");
        size_t pad = (4u - len % 4u) % 4u;
        struct rd v;

        if (len < 4)
            rd_fail(r, "parameter length");
        v = rd_sub(r, len - 4u, "parameter length");
        if (!rd_ok(r))
            break;
        keep_par(r, m, tag, v);
        if (pad > rd_left(r))
            pad = rd_left(r);
        rd_take(r, pad, "padding");
    }
    return rd_ok(r);
}

static void read_label(struct m3ua_msg *m)
{
    const uint8_t *p = m->data.p;

    m->mtp = (struct mtp_transfer){
        .opc = be32(p),
        .dpc = be32(p + 4),
        .si = p[8],
        .ni = p[9] & 3,
        .mp = p[10] & 3,
        .sls = p[11],
        .len = (uint16_t)(m->data.len - LABEL),
        .data = p + LABEL,
    };
}

static enum m3ua_error check_kind(struct m3ua_msg *m, const char **why)
{
    bool class_known = false;

    for (size_t i = 0; i < KINDS; i++) {
        if (kinds[i].kind >> 8 == m->kind >> 8)
            class_known = true;
        if (kinds[i].kind != m->kind)
            continue;
        if ((kinds[i].need && !par_at(m, kinds[i].need)->p) ||
            (kinds[i].need_too && !par_at(m, kinds[i].need_too)->p)) {
            *why = "a mandatory parameter is missing";
            return M3UA_E_MISSING;
        }
        return M3UA_E_NONE;
    }
    *why = class_known ? "message type" : "message class";
    return class_known ? M3UA_E_TYPE : M3UA_E_CLASS;
}

enum m3ua_error mtpd_guard_read(const uint8_t *p, size_t n, struct m3ua_msg *m,
                                const char **why)
{
    struct rd_err err;
    struct rd r = rd_init(p, n, &err);
    uint8_t version = rd_u8(&r, "version");
    enum m3ua_error e;
    uint32_t len;

    memset(m, 0, sizeof(*m));
    rd_u8(&r, "reserved");
    m->kind = rd_u16be(&r, "class and type");
    len = rd_u32be(&r, "message length");
    *why = "header";
    if (!rd_ok(&r))
        return M3UA_E_PROTOCOL;
    *why = "version";
    if (version != 1)
        return M3UA_E_VERSION;
    /* The length may leave the last padding out (RFC 4666 3.1.4). */
    *why = "message length";
    if (len < HEAD || len > n || n - len > 3)
        return M3UA_E_PROTOCOL;
    r = rd_init(p, len, &err);
    rd_take(&r, HEAD, "header");
    if (!read_pars(&r, m)) {
        *why = err.what;
        return M3UA_E_PARAM_FIELD;
    }
    e = check_kind(m, why);
    if (e == M3UA_E_NONE && m->kind == M3UA_DATA && m->data.p)
        read_label(m);
    return e;
}

/*
 * One context may stand among others in SSNM and ASPTM, where a list is
 * allowed; in DATA there is one (RFC 4666 3.3.1).
 */
static bool context_fits(const struct m3ua_msg *m,
                         const struct mtp_assoc_conf *c)
{
    bool all = m->kind == M3UA_ASPAC || m->kind == M3UA_ASPIA;
    size_t n = m->rc.len / 4, same = 0;

    /* A peer may name what it has for us although we were told none: only a
     * demand to activate it would be refused by the library. */
    if (!c->has_rc)
        return !all;
    for (size_t i = 0; i < n; i++)
        same += m3ua_u32(m->rc, i) == c->rc;
    if (m->kind == M3UA_DATA)
        return n == 1 && same == 1;
    return all ? same == n : same > 0;
}

enum m3ua_error mtpd_guard_fits(const struct m3ua_msg *m,
                                const struct mtp_assoc_conf *c,
                                const char **why)
{
    bool counts = m->kind == M3UA_DATA || m->kind == M3UA_ASPAC ||
                  m->kind == M3UA_ASPIA || m->kind >> 8 == 2;

    if (counts && m->rc.p && !context_fits(m, c)) {
        *why = "its routing context is not ours, compare routing-context";
        return M3UA_E_CONTEXT;
    }
    if (counts && c->has_na && m->na.p && m3ua_u32(m->na, 0) != c->na) {
        *why = "its network appearance is not ours, compare network-appearance";
        return M3UA_E_APPEARANCE;
    }
    if (m->kind == M3UA_ASPAC && m->mode.p) {
        uint32_t mode = m3ua_u32(m->mode, 0);

        *why = "its traffic mode is not ours, compare traffic-mode";
        if (mode < MTP_MODE_OVERRIDE || mode > MTP_MODE_BROADCAST ||
            (c->mode != MTP_MODE_NONE && mode != c->mode))
            return M3UA_E_TRAFFIC_MODE;
    }
    return M3UA_E_NONE;
}

bool mtpd_guard_ours(const struct m3ua_msg *m, const struct mtp_conf *c)
{
    if (m->mtp.si != MTP_SI_SCCP || m->mtp.opc > 0x3fff)
        return false;
    for (uint8_t i = 0; i < c->n_pc; i++)
        if (c->pc[i] == m->mtp.dpc)
            return true;
    return false;
}

/* ---- writers ---- */

static void wr_u32(struct wr *w, uint32_t v)
{
    wr_u16be(w, (uint16_t)(v >> 16));
    wr_u16be(w, (uint16_t)v);
}

static void wr_head(struct wr *w, uint16_t kind)
{
    wr_u8(w, 1);
    wr_u8(w, 0);
    wr_u16be(w, kind);
    wr_u32(w, 0); /* finish() */
}

static size_t finish(struct wr *w)
{
    struct wr len = wr_init(w->buf + 4, 4);

    if (!wr_ok(w) || w->len < HEAD)
        return 0;
    wr_u32(&len, (uint32_t)w->len);
    return w->len;
}

static void wr_pad(struct wr *w, size_t n)
{
    static const uint8_t zero[3];

    wr_bytes(w, zero, (4 - n % 4) % 4);
}

static void wr_par(struct wr *w, uint16_t tag, const void *v, size_t n)
{
    wr_u16be(w, tag);
    wr_u16be(w, (uint16_t)(n + 4));
    wr_bytes(w, v, n);
    wr_pad(w, n);
}

static void wr_par_u32(struct wr *w, uint16_t tag, uint32_t v)
{
    wr_u16be(w, tag);
    wr_u16be(w, 8);
    wr_u32(w, v);
}

size_t m3ua_write_data(const struct mtp_transfer *t,
                       const struct mtp_assoc_conf *c, uint8_t *out,
                       size_t size)
{
    struct wr w = wr_init(out, size);

    if (t->len > MTP_DATA_MAX)
        return 0;
    wr_head(&w, M3UA_DATA);
    if (c->has_na)
        wr_par_u32(&w, TAG_NA, c->na);
    if (c->has_rc)
        wr_par_u32(&w, TAG_RC, c->rc);
    wr_u16be(&w, TAG_DATA);
    wr_u16be(&w, (uint16_t)(4 + LABEL + t->len));
    wr_u32(&w, t->opc);
    wr_u32(&w, t->dpc);
    wr_u8(&w, t->si);
    wr_u8(&w, t->ni);
    wr_u8(&w, t->mp);
    wr_u8(&w, t->sls);
    wr_bytes(&w, t->data, t->len);
    wr_pad(&w, t->len);
    return finish(&w);
}

size_t m3ua_write_error(enum m3ua_error code, const uint8_t *cause, size_t n,
                        uint8_t *out, size_t size)
{
    struct wr w = wr_init(out, size);

    wr_head(&w, M3UA_ERR);
    wr_par_u32(&w, TAG_ERROR, code);
    wr_par(&w, TAG_DIAG, cause, n < DIAG_MAX ? n : DIAG_MAX);
    return finish(&w);
}

size_t m3ua_write_beat(enum m3ua_kind kind, struct m3ua_par v, uint8_t *out,
                       size_t size)
{
    struct wr w = wr_init(out, size);

    wr_head(&w, (uint16_t)kind);
    if (v.p)
        wr_par(&w, TAG_BEAT, v.p, v.len);
    return finish(&w);
}

size_t m3ua_write_ssnm(enum m3ua_kind kind, const struct mtp_assoc_conf *c,
                       const uint32_t *pcs, size_t n, uint8_t *out, size_t size)
{
    struct wr w = wr_init(out, size);

    wr_head(&w, (uint16_t)kind);
    if (c->has_na)
        wr_par_u32(&w, TAG_NA, c->na);
    if (c->has_rc)
        wr_par_u32(&w, TAG_RC, c->rc);
    wr_u16be(&w, TAG_PCS);
    wr_u16be(&w, (uint16_t)(4 + 4 * n));
    for (size_t i = 0; i < n; i++)
        wr_u32(&w, pcs[i]);
    return finish(&w);
}

size_t m3ua_strip_context(const uint8_t *p, size_t n,
                          const struct mtp_assoc_conf *c, uint8_t *out,
                          size_t size)
{
    struct m3ua_msg m;
    struct wr w = wr_init(out, size);
    const char *why;
    size_t at;

    if (c->has_rc || mtpd_guard_read(p, n, &m, &why) != M3UA_E_NONE || !m.rc.p)
        return 0;
    at = (size_t)(m.rc.p - 4 - p);
    wr_bytes(&w, p, at);
    at += 4 + m.rc.len; /* a multiple of 4: no padding */
    wr_bytes(&w, p + at, n - at);
    return finish(&w);
}
