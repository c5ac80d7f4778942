/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * diff_tcap.c - TCAP messages with dialogue portion and components for
 * asn1_diff
 */

#include "diff.h"

#include <string.h>

/* Octets of v->room that will be filled by `w'. */
static struct wr room_open(struct diff_tcap *v)
{
    return wr_init(v->room + v->used, sizeof(v->room) - v->used);
}

static struct rd room_close(struct diff_tcap *v, const struct wr *w)
{
    struct rd r = rd_init(v->room + v->used, w->len, &v->err);

    v->used += w->len;
    return r;
}

/* A random element: what is in a parameter is nothing to TCAP. */
static void make_element(struct rng *g, struct wr *w, unsigned depth)
{
    static const uint32_t tags[] = { 0x02, 0x04,   0x05,     0x0a, 0x80,
                                     0x87, 0x9f1f, 0x9f8101, 0x5e, 0xc3 };
    static const uint32_t constructed[] = { 0x30, 0xa0, 0xaf, 0xbf22,
                                            0x7e, 0xe1, 0x31 };
    uint8_t octets[150];
    size_t n = rng_below(g, rng_below(g, 8) == 0 ? sizeof(octets) : 12);
    size_t mark;

    if (depth == 0 || rng_coin(g)) {
        rng_octets(g, octets, n);
        ber_put(w, tags[rng_below(g, 10)], octets, n);
        return;
    }
    mark = ber_open(w, constructed[rng_below(g, 7)]);
    for (n = rng_below(g, 4); n > 0; n--)
        make_element(g, w, depth - 1);
    ber_close(w, mark);
}

static struct rd make_param(struct rng *g, struct diff_tcap *v)
{
    struct wr w = room_open(v);

    make_element(g, &w, 4);
    return room_close(v, &w);
}

/* An OBJECT IDENTIFIER: every subidentifier in its shortest form. */
static struct rd make_oid(struct rng *g, struct diff_tcap *v)
{
    struct wr w = room_open(v);

    wr_u8(&w, (uint8_t)rng_below(g, 120));
    for (uint32_t n = rng_below(g, 6); n > 0; n--) {
        if (rng_coin(g))
            wr_u8(&w, (uint8_t)(0x81 + rng_below(g, 127)));
        wr_u8(&w, (uint8_t)rng_below(g, 128));
    }
    return room_close(v, &w);
}

static void make_tid(struct rng *g, struct tcap_tid *tid)
{
    tid->len = (uint8_t)(1 + rng_below(g, 4));
    rng_octets(g, tid->octet, tid->len);
}

static int32_t make_int(struct rng *g)
{
    static const int32_t most[] = { 127, 255, 32767, 1 << 23, INT32_MAX };
    int32_t v = (int32_t)rng_below(g, (uint32_t)most[rng_below(g, 5)]);

    return rng_coin(g) ? v : -v - 2; /* -1 tells of a global error code */
}

static void make_reject(struct rng *g, struct tcap_comp *c)
{
    c->has_id = rng_coin(g);
    c->problem = (uint8_t)(TCAP_PROBLEM_GENERAL + rng_below(g, 4));
    c->problem_code = (uint8_t)rng_below(g, 8);
}

static void make_component(struct rng *g, struct diff_tcap *v,
                           struct tcap_comp *c)
{
    static const uint8_t types[] = { TCAP_INVOKE, TCAP_RESULT_LAST, TCAP_ERROR,
                                     TCAP_REJECT, TCAP_RESULT_NOT_LAST };

    c->type = types[rng_below(g, 5)];
    c->has_id = true;
    c->id = (int8_t)rng_below(g, 256);
    if (c->type == TCAP_REJECT) {
        make_reject(g, c);
        return;
    }
    c->has_linked = c->type == TCAP_INVOKE && rng_below(g, 4) == 0;
    c->linked = (int8_t)rng_below(g, 256);
    c->has_op = c->type != TCAP_ERROR;
    /* a result is an operation and its parameter, or neither */
    c->has_param = rng_below(g, 4) > 0;
    if (c->type == TCAP_RESULT_LAST || c->type == TCAP_RESULT_NOT_LAST)
        c->has_op = c->has_param;
    c->global_op = c->has_op && rng_below(g, 4) == 0;
    if (c->global_op)
        c->op_oid = make_oid(g, v);
    else
        c->op = make_int(g);
    c->error = make_int(g);
    if (c->has_param)
        c->param = make_param(g, v);
}

static void make_acn(struct rng *g, struct diff_tcap *v, struct tcap_acn *acn)
{
    struct rd oid;

    if (rng_coin(g)) {
        *acn = tcap_acn_map((uint8_t)rng_below(g, 128),
                            (uint8_t)(1 + rng_below(g, 3)));
        return;
    }
    oid = make_oid(g, v);
    acn->oid_len = (uint8_t)rd_left(&oid);
    memcpy(acn->oid, oid.p, acn->oid_len);
}

/* Which dialogue PDU may be in which message (Q.774 3.2). */
static void make_dialogue(struct rng *g, struct diff_tcap *v)
{
    struct tcap_dialogue *d = &v->msg.dlg;

    switch (v->msg.type) {
    case TCAP_UNIDIRECTIONAL:
        d->pdu = TCAP_DLG_OTHER;
        d->unidirectional = true;
        break;
    case TCAP_BEGIN:
        d->pdu = TCAP_DLG_AARQ;
        break;
    case TCAP_ABORT:
        d->pdu = rng_coin(g) ? TCAP_DLG_AARE : TCAP_DLG_ABRT;
        break;
    default:
        d->pdu = TCAP_DLG_AARE;
    }
    d->has_version = rng_coin(g);
    d->version1 = !d->has_version || rng_below(g, 4) > 0;
    make_acn(g, v, &d->acn);
    d->result = (uint8_t)rng_below(g, 2);
    d->diag_source = rng_coin(g) ? TCAP_DIAG_USER : TCAP_DIAG_PROVIDER;
    d->diag = (uint8_t)rng_below(g, 3);
    d->abort_source = (uint8_t)rng_below(g, 2);
    d->has_user_info = d->map_dialogue = rng_coin(g);
    if (d->has_user_info)
        d->user_info = make_param(g, v);
}

static void make_tcap(const struct diff_row *row, struct rng *g,
                      union diff_value *value)
{
    struct diff_tcap *v = &value->tcap;
    struct tcap_msg *m = &v->msg;

    m->type = row->code;
    if (m->type == TCAP_BEGIN || m->type == TCAP_CONTINUE)
        make_tid(g, &m->otid);
    if (m->type != TCAP_BEGIN && m->type != TCAP_UNIDIRECTIONAL)
        make_tid(g, &m->dtid);
    m->has_p_abort = m->type == TCAP_ABORT && rng_below(g, 4) == 0;
    m->p_abort = (uint8_t)rng_below(g, 5);
    if (!m->has_p_abort && rng_below(g, 4) > 0)
        make_dialogue(g, v);
    if (m->type == TCAP_ABORT)
        return;
    v->components = rng_below(g, 4);
    if (v->components == 0 && m->type == TCAP_UNIDIRECTIONAL)
        v->components = 1;
    m->has_components = v->components > 0;
    for (size_t i = 0; i < v->components; i++)
        make_component(g, v, &v->comp[i]);
}

/* By the function that the box has for this kind, if there is one. */
static void write_component(struct wr *w, const struct tcap_comp *c)
{
    const uint8_t *param = c->has_param ? c->param.p : NULL;
    size_t n = c->has_param ? rd_left(&c->param) : 0;

    if (c->global_op || c->has_linked)
        tcap_comp_write(w, c);
    else if (c->type == TCAP_INVOKE)
        tcap_invoke_write(w, c->id, c->op, param, n);
    else if (c->type == TCAP_RESULT_LAST)
        tcap_result_write(w, c->id, c->op, param, n);
    else if (c->type == TCAP_ERROR)
        tcap_error_write(w, c->id, c->error, param, n);
    else if (c->type == TCAP_REJECT)
        tcap_reject_write(w, c->has_id, c->id, c->problem, c->problem_code);
    else
        tcap_comp_write(w, c);
}

static void write_tcap(const struct diff_row *row, struct wr *w,
                       const union diff_value *value)
{
    const struct diff_tcap *v = &value->tcap;
    size_t message = tcap_open(w, row->code, &v->msg.otid, &v->msg.dtid);
    size_t components;

    if (v->msg.has_p_abort)
        tcap_p_abort_write(w, v->msg.p_abort);
    tcap_dialogue_write(w, &v->msg.dlg);
    if (v->components > 0) {
        components = tcap_comps_open(w);
        for (size_t i = 0; i < v->components; i++)
            write_component(w, &v->comp[i]);
        tcap_comps_close(w, components);
    }
    tcap_close(w, message);
}

static bool read_tcap(const struct diff_row *row, struct rd *r,
                      union diff_value *value)
{
    struct diff_tcap *v = &value->tcap;
    int more = 0;

    if (tcap_msg_read(r, &v->msg) >= 0 || v->msg.type != row->code)
        return false;
    while (v->components < DIFF_COMPONENTS) {
        more = tcap_comp_next(&v->msg.components, &v->comp[v->components]);
        if (more <= 0)
            break;
        v->components++;
    }
    return more == 0 && rd_ok(r);
}

static void text_tid(struct text *t, const char *name,
                     const struct tcap_tid *tid)
{
    text_put(t, "%s=", name);
    text_hex(t, tid->octet, tid->len);
}

static void text_user_info(struct text *t, const struct tcap_dialogue *d)
{
    if (!d->has_user_info) {
        text_put(t, " info=-");
    } else if (!d->map_dialogue) {
        text_put(t, " info=foreign");
    } else {
        text_put(t, " info=map:");
        text_tree(t, d->user_info);
    }
}

static void text_dialogue(struct text *t, const struct tcap_dialogue *d)
{
    static const char *const names[] = {
        [TCAP_DLG_NONE] = "-",        [TCAP_DLG_AARQ] = "aarq",
        [TCAP_DLG_AARE] = "aare",     [TCAP_DLG_ABRT] = "abrt",
        [TCAP_DLG_OTHER] = "foreign",
    };
    bool associate =
        d->pdu == TCAP_DLG_AARQ || d->pdu == TCAP_DLG_AARE || d->unidirectional;

    text_put(t, " dlg=%s", d->unidirectional ? "audt" : names[d->pdu]);
    if (associate) {
        text_put(t, " version1=%d acn=", d->version1);
        text_hex(t, d->acn.oid, d->acn.oid_len);
    }
    if (d->pdu == TCAP_DLG_AARE)
        text_put(t, " result=%d diagnostic=%d:%d", d->result, d->diag_source,
                 d->diag);
    if (d->pdu == TCAP_DLG_ABRT)
        text_put(t, " source=%d", d->abort_source);
    if (d->pdu != TCAP_DLG_NONE)
        text_user_info(t, d);
}

static void text_code(struct text *t, const struct tcap_comp *c)
{
    if (c->has_op && c->global_op) {
        text_put(t, " op=oid:");
        text_hex(t, c->op_oid.p, rd_left(&c->op_oid));
    } else if (c->has_op) {
        text_put(t, " op=%d", c->op);
    }
    if (c->type == TCAP_ERROR && c->error == -1)
        text_put(t, " error=oid");
    else if (c->type == TCAP_ERROR)
        text_put(t, " error=%d", c->error);
    if (c->type == TCAP_REJECT)
        text_put(t, " problem=%x:%d", c->problem, c->problem_code);
}

static void text_component(struct text *t, const struct tcap_comp *c)
{
    text_put(t, " [%x", c->type);
    if (c->has_id)
        text_put(t, " id=%d", c->id);
    if (c->has_linked)
        text_put(t, " linked=%d", c->linked);
    text_code(t, c);
    if (c->has_param) {
        text_put(t, " param=");
        text_tree(t, c->param);
    }
    text_put(t, "]");
}

static void text_tcap(const struct diff_row *row, struct text *t,
                      const union diff_value *value)
{
    const struct diff_tcap *v = &value->tcap;

    (void)row;
    text_tid(t, "otid", &v->msg.otid);
    text_tid(t, " dtid", &v->msg.dtid);
    if (v->msg.has_p_abort)
        text_put(t, " p-abort=%d", v->msg.p_abort);
    text_dialogue(t, &v->msg.dlg);
    for (size_t i = 0; i < v->components; i++)
        text_component(t, &v->comp[i]);
}

#define TCAP                                                                   \
    .make = make_tcap, .write = write_tcap, .read = read_tcap, .text = text_tcap

const struct diff_row diff_tcap_rows[] = {
    { .name = "unidirectional", .code = TCAP_UNIDIRECTIONAL, TCAP },
    { .name = "begin", .code = TCAP_BEGIN, TCAP },
    { .name = "end", .code = TCAP_END, TCAP },
    { .name = "continue", .code = TCAP_CONTINUE, TCAP },
    { .name = "abort", .code = TCAP_ABORT, TCAP },
};
const size_t diff_tcap_row_count =
    sizeof(diff_tcap_rows) / sizeof(diff_tcap_rows[0]);
