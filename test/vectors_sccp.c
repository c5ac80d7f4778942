/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * vectors_sccp.c - SCCP vectors: struct sccp_msg to JSON
 */

#include "vectors.h"

#include <string.h>

#include "sccp_msg.h"

/* Octets of the title before its address signals, by indicator. */
static const uint8_t gt_head[5] = { 0, 1, 1, 2, 3 };

static json_t *gt_json(const struct sccp_addr *a)
{
    const struct sccp_gt *gt = &a->gt;
    size_t head =
        1U + (a->has_pc ? 2U : 0) + (a->has_ssn ? 1U : 0) + gt_head[gt->gti];
    json_t *o = json_pack("{s:i, s:o}", "gti", gt->gti, "addr-hex",
                          vec_hex(a->wire + head, a->wire_len - head));

    if (gt->gti >= 2)
        json_object_set_new(o, "tt", json_integer(gt->tt));
    if (gt->gti >= 3)
        json_object_set_new(o, "np", json_integer(gt->np));
    if (gt->gti != 2)
        json_object_set_new(o, "es", json_integer(gt->es));
    if (gt->gti == 1 || gt->gti == 4)
        json_object_set_new(o, "nai", json_integer(gt->nai));
    if (gt->gti != 2) /* its encoding is not told */
        json_object_set_new(o, "digits", json_string(gt->digits));
    return o;
}

static json_t *addr_json(const struct sccp_addr *a)
{
    json_t *o = json_pack("{s:s}", "ri", a->on_ssn ? "ssn" : "gt");

    if (a->has_pc)
        json_object_set_new(o, "pc", json_integer(a->pc));
    if (a->has_ssn)
        json_object_set_new(o, "ssn", json_integer(a->ssn));
    if (a->gt.gti != 0 && a->gt.gti <= 4)
        json_object_set_new(o, "gt", gt_json(a));
    return o;
}

static bool is_service(const struct sccp_msg *m)
{
    return m->type == SCCP_UDTS || m->type == SCCP_XUDTS ||
           m->type == SCCP_LUDTS;
}

static json_t *msg_json(const struct sccp_msg *m)
{
    json_t *o = json_pack(
        "{s:s, s:o, s:o, s:o}", "type", sccp_type_str((uint8_t)m->type),
        "called", addr_json(&m->called), "calling", addr_json(&m->calling),
        "data", vec_hex(m->data, m->data_len));

    if (is_service(m)) {
        json_object_set_new(o, "return-cause", json_integer(m->cause));
    } else {
        json_object_set_new(o, "class", json_integer(m->pclass));
        json_object_set_new(o, "return-on-error", json_integer(m->return_opt));
    }
    if (m->type != SCCP_UDT && m->type != SCCP_UDTS)
        json_object_set_new(o, "hop-counter", json_integer(m->hops));
    if (m->has_seg)
        json_object_set_new(o, "segmentation",
                            json_pack("{s:i, s:i, s:i, s:o}", "first",
                                      m->seg_first, "class", m->seg_class1,
                                      "remaining", m->seg_left, "ref",
                                      vec_hex(m->seg_ref, sizeof(m->seg_ref))));
    if (m->importance >= 0)
        json_object_set_new(o, "importance", json_integer(m->importance));
    return o;
}

static bool msg_read(struct vec *v, const uint8_t *p, size_t n,
                     struct sccp_msg *m)
{
    struct rd_err err;
    struct rd r = rd_init(p, n, &err);

    if (sccp_msg_read(&r, m))
        return true;
    return vec_fail(v, "SCCP: %s refused at octet %zu",
                    err.what != NULL ? err.what : "message type", err.at);
}

json_t *vec_sccp_json(struct vec *v, const uint8_t *p, size_t n)
{
    struct sccp_msg m;

    return msg_read(v, p, n, &m) ? msg_json(&m) : NULL;
}

/* An address made of its fields again must mean the same. */
static bool address_again(struct vec *v, const struct sccp_addr *a)
{
    struct sccp_addr fields = *a, back;
    struct rd_err err;
    struct rd r;
    uint8_t buf[64];
    struct wr w = wr_init(buf, sizeof(buf));

    fields.wire_len = 0;
    sccp_addr_write(&w, &fields);
    if (!wr_ok(&w))
        return vec_fail(v, "address cannot be written");
    r = rd_init(buf + 1, w.len - 1, &err);
    sccp_addr_read(&r, &back);
    if (!rd_ok(&r) || !sccp_addr_equal(a, &back))
        return vec_fail(v, "address is another one when written again");
    return true;
}

static bool written_again(struct vec *v, const uint8_t *p, size_t n)
{
    struct sccp_msg m;
    uint8_t buf[VEC_OCTETS];
    struct wr w = wr_init(buf, sizeof(buf));

    if (!msg_read(v, p, n, &m))
        return false;
    sccp_msg_write(&w, &m);
    return vec_written(v, &w, p, n) && address_again(v, &m.called) &&
           address_again(v, &m.calling);
}

bool vec_sccp(struct vec *v)
{
    const json_t *want = json_object_get(v->line, "decoded");
    json_t *got;
    bool ok;

    if (strcmp(v->layer, "full") == 0)
        want = json_object_get(want, "sccp");
    got = vec_sccp_json(v, v->octet, v->len);
    ok = got != NULL && vec_same(v, want, got) &&
         written_again(v, v->octet, v->len);
    json_decref(got);
    return ok;
}

bool vec_full(struct vec *v)
{
    const json_t *want =
        json_object_get(json_object_get(v->line, "decoded"), "tcap");
    int version = vec_int(json_object_get(v->line, "context"), "version", 0);
    struct sccp_msg m;
    json_t *got;
    bool ok;

    if (!vec_sccp(v) || !msg_read(v, v->octet, v->len, &m))
        return false;
    got = vec_tcap_json(v, m.data, m.data_len, want, version);
    ok = got != NULL && vec_same(v, want, got);
    json_decref(got);
    return ok;
}
