/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * tcap_comp.c - TCAP components: invoke, results, error, reject (Q.773)
 *
 * What cannot be taken apart as BER is "badly structured", what is good BER
 * but not the elements of Q.773 is "mistyped".
 */

#include "tcap_comp.h"

enum {
    TAG_INTEGER = 0x02,
    TAG_NULL = 0x05,
    TAG_OID = 0x06,
    TAG_SEQUENCE = 0x30,
    TAG_LINKED_ID = 0x80,
};

/* General problems, Q.773. */
enum { UNRECOGNIZED_COMPONENT, MISTYPED_COMPONENT, BADLY_STRUCTURED };

static bool read_id(struct rd *body, uint32_t tag, int8_t *id)
{
    struct rd content;

    if (!ber_opt(body, tag, &content) || rd_left(&content) != 1)
        return false;
    *id = (int8_t)content.p[0];
    return true;
}

/* Operation code: local INTEGER or global OBJECT IDENTIFIER. */
static bool read_op(struct rd *body, struct tcap_comp *c)
{
    struct rd content;

    if (ber_opt(body, TAG_INTEGER, &content))
        c->op = ber_int(&content, "operation code");
    else if (ber_opt(body, TAG_OID, &c->op_oid))
        c->global_op = true;
    else
        return false;
    c->has_op = true;
    return true;
}

/* What is left is one parameter, or none. */
static bool read_param(struct rd *body, struct tcap_comp *c)
{
    struct rd whole = *body;
    struct ber_el el;

    if (!ber_next(body, &el))
        return rd_ok(body);
    c->has_param = true;
    c->param.p = whole.p;
    c->param.end = body->p;
    return rd_left(body) == 0;
}

static bool read_invoke(struct rd *body, struct tcap_comp *c)
{
    struct rd ahead;
    struct ber_el el;

    c->has_id = read_id(body, TAG_INTEGER, &c->id);
    if (!c->has_id)
        return false;
    ahead = *body;
    if (ber_next(&ahead, &el) && el.tag == TAG_LINKED_ID) {
        c->has_linked = read_id(body, TAG_LINKED_ID, &c->linked);
        if (!c->has_linked)
            return false;
    }
    return read_op(body, c) && read_param(body, c);
}

/* A SEQUENCE of operation code and parameter, or nothing at all. */
static bool read_result(struct rd *body, struct tcap_comp *c)
{
    struct rd seq;

    c->has_id = read_id(body, TAG_INTEGER, &c->id);
    if (!c->has_id)
        return false;
    if (!ber_opt(body, TAG_SEQUENCE, &seq))
        return rd_left(body) == 0;
    if (rd_left(body) > 0)
        return false;
    if (rd_left(&seq) == 0)
        return true; /* seen, for a result without a parameter */
    return read_op(&seq, c) && read_param(&seq, c);
}

static bool read_error(struct rd *body, struct tcap_comp *c)
{
    struct rd content;

    c->has_id = read_id(body, TAG_INTEGER, &c->id);
    if (!c->has_id)
        return false;
    if (ber_opt(body, TAG_INTEGER, &content))
        c->error = ber_int(&content, "error code");
    else if (ber_opt(body, TAG_OID, &content))
        c->error = -1;
    else
        return false;
    return read_param(body, c);
}

static bool read_reject(struct rd *body, struct tcap_comp *c)
{
    struct ber_el el;
    struct rd null;

    if (!ber_opt(body, TAG_NULL, &null)) {
        c->has_id = read_id(body, TAG_INTEGER, &c->id);
        if (!c->has_id)
            return false;
    }
    if (!ber_next(body, &el) || el.tag < TCAP_PROBLEM_GENERAL ||
        el.tag > TCAP_PROBLEM_ERROR)
        return false;
    c->problem = (uint8_t)el.tag;
    c->problem_code = (uint8_t)ber_int(&el.body, "problem code");
    return true;
}

static bool read_component(struct ber_el *el, struct tcap_comp *c)
{
    switch (el->tag) {
    case TCAP_INVOKE:
        return read_invoke(&el->body, c);
    case TCAP_RESULT_LAST:
    case TCAP_RESULT_NOT_LAST:
        return read_result(&el->body, c);
    case TCAP_ERROR:
        return read_error(&el->body, c);
    case TCAP_REJECT:
        return read_reject(&el->body, c);
    default:
        return false;
    }
}

static bool known_component(uint32_t tag)
{
    return (tag >= TCAP_INVOKE && tag <= TCAP_REJECT) ||
           tag == TCAP_RESULT_NOT_LAST;
}

int tcap_comp_next(struct rd *components, struct tcap_comp *c)
{
    struct rd_err err = { 0 };
    struct rd r = *components;
    struct ber_el el;
    uint8_t code = MISTYPED_COMPONENT;
    bool good = false;

    *c = (struct tcap_comp){ 0 };
    c->param = c->op_oid = rd_init(r.p, 0, &c->param_err);
    if (rd_left(components) == 0)
        return 0;
    r.err = &err;
    if (ber_next(&r, &el)) {
        components->p = r.p;
        if (known_component(el.tag)) {
            c->type = (uint8_t)el.tag;
            good = read_component(&el, c) && rd_ok(&r);
            c->op_oid.err = &c->param_err;
        } else {
            code = UNRECOGNIZED_COMPONENT;
            c->has_id = read_id(&el.body, TAG_INTEGER, &c->id);
        }
    }
    if (good)
        return 1;
    if (code == MISTYPED_COMPONENT && !rd_ok(&r))
        code = BADLY_STRUCTURED;
    c->problem = TCAP_PROBLEM_GENERAL;
    c->problem_code = code;
    components->p = components->end;
    return -1;
}

void tcap_comp_write(struct wr *w, const struct tcap_comp *c)
{
    bool result =
        c->type == TCAP_RESULT_LAST || c->type == TCAP_RESULT_NOT_LAST;
    size_t comp = ber_open(w, c->type);
    size_t seq = 0;

    if (c->has_id)
        ber_put_int(w, TAG_INTEGER, c->id);
    else
        ber_put(w, TAG_NULL, NULL, 0);
    if (c->has_linked)
        ber_put_int(w, TAG_LINKED_ID, c->linked);
    if (result && c->has_op)
        seq = ber_open(w, TAG_SEQUENCE);
    if (c->has_op && c->global_op)
        ber_put(w, TAG_OID, c->op_oid.p, rd_left(&c->op_oid));
    else if (c->has_op)
        ber_put_int(w, TAG_INTEGER, c->op);
    if (c->type == TCAP_ERROR)
        ber_put_int(w, TAG_INTEGER, c->error);
    if (c->type == TCAP_REJECT)
        ber_put_int(w, c->problem, c->problem_code);
    if (c->has_param)
        wr_bytes(w, c->param.p, rd_left(&c->param));
    if (result && c->has_op)
        ber_close(w, seq);
    ber_close(w, comp);
}

void tcap_invoke_write(struct wr *w, int8_t id, int32_t op,
                       const uint8_t *param, size_t n)
{
    size_t comp = ber_open(w, TCAP_INVOKE);

    ber_put_int(w, TAG_INTEGER, id);
    ber_put_int(w, TAG_INTEGER, op);
    wr_bytes(w, param, param != NULL ? n : 0);
    ber_close(w, comp);
}

void tcap_result_write(struct wr *w, int8_t id, int32_t op,
                       const uint8_t *param, size_t n)
{
    size_t comp = ber_open(w, TCAP_RESULT_LAST);
    size_t seq;

    ber_put_int(w, TAG_INTEGER, id);
    if (param != NULL) {
        seq = ber_open(w, TAG_SEQUENCE);
        ber_put_int(w, TAG_INTEGER, op);
        wr_bytes(w, param, n);
        ber_close(w, seq);
    }
    ber_close(w, comp);
}

void tcap_error_write(struct wr *w, int8_t id, int32_t error,
                      const uint8_t *param, size_t n)
{
    size_t comp = ber_open(w, TCAP_ERROR);

    ber_put_int(w, TAG_INTEGER, id);
    ber_put_int(w, TAG_INTEGER, error);
    wr_bytes(w, param, param != NULL ? n : 0);
    ber_close(w, comp);
}

void tcap_reject_write(struct wr *w, bool has_id, int8_t id, uint8_t problem,
                       uint8_t code)
{
    const struct tcap_comp c = {
        .type = TCAP_REJECT,
        .has_id = has_id,
        .id = id,
        .problem = problem,
        .problem_code = code,
    };

    tcap_comp_write(w, &c);
}
