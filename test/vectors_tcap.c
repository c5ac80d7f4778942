/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * vectors_tcap.c - TCAP vectors: struct tcap_msg and its components to JSON
 */

#include "vectors.h"

#include <string.h>

#include "tcap_msg.h"

struct name {
    uint8_t value;
    const char *name;
};

static const struct name types[] = {
    { TCAP_UNIDIRECTIONAL, "uni" },
    { TCAP_BEGIN, "begin" },
    { TCAP_END, "end" },
    { TCAP_CONTINUE, "continue" },
    { TCAP_ABORT, "abort" },
    { 0, NULL },
};

static const struct name components[] = {
    { TCAP_INVOKE, "invoke" },
    { TCAP_RESULT_LAST, "result-last" },
    { TCAP_RESULT_NOT_LAST, "result-not-last" },
    { TCAP_ERROR, "error" },
    { TCAP_REJECT, "reject" },
    { 0, NULL },
};

static const struct name problems[] = {
    { TCAP_PROBLEM_GENERAL, "general" },
    { TCAP_PROBLEM_INVOKE, "invoke" },
    { TCAP_PROBLEM_RESULT, "returnResult" },
    { TCAP_PROBLEM_ERROR, "returnError" },
    { 0, NULL },
};

static const struct name pdus[] = {
    { TCAP_DLG_AARQ, "AARQ" },
    { TCAP_DLG_AARE, "AARE" },
    { TCAP_DLG_ABRT, "ABRT" },
    { TCAP_DLG_OTHER, "AUDT" },
    { 0, NULL },
};

static const char *name_of(const struct name *n, unsigned value)
{
    while (n->name != NULL && n->value != value)
        n++;
    return n->name != NULL ? n->name : "?";
}

static void set_version(json_t *o, const struct tcap_dialogue *d)
{
    if (d->has_version)
        json_object_set_new(o, "protocol-version",
                            json_string(d->version1 ? "1" : "0"));
}

static json_t *user_info_json(struct vec *v, const struct tcap_dialogue *d)
{
    static const char map_as[] = "0.4.0.0.1.1.1.1";
    uint8_t buf[1024];
    struct wr w = wr_init(buf, sizeof(buf));
    json_t *o;

    if (vec_ber_shortest(&w, d->user_info))
        o = json_pack("{s:o}", "hex", vec_hex(buf, w.len));
    else
        o = json_pack("{s:o}", "hex",
                      vec_hex(d->user_info.p, rd_left(&d->user_info)));
    if (d->map_dialogue) {
        json_object_set_new(o, "direct-reference", json_string(map_as));
        json_object_set_new(o, "map", vec_dialogue_json(v, d->user_info));
    }
    return o;
}

/* An Abort may carry user information without a dialogue PDU around it. */
static json_t *bare_json(struct vec *v, const struct tcap_dialogue *d)
{
    json_t *o = user_info_json(v, d);
    json_t *as = json_object_get(o, "direct-reference");

    if (as != NULL)
        json_object_set(o, "as", as);
    json_object_del(o, "direct-reference");
    return o;
}

static json_t *dialogue_json(struct vec *v, const struct tcap_dialogue *d)
{
    json_t *o;

    if (d->pdu == TCAP_DLG_OTHER && !d->unidirectional)
        return bare_json(v, d);
    o = json_pack("{s:s, s:s}", "as",
                  d->unidirectional ? "0.0.17.773.1.2.1" : "0.0.17.773.1.1.1",
                  "pdu", name_of(pdus, d->pdu));
    if (d->pdu == TCAP_DLG_ABRT) {
        json_object_set_new(o, "abort-source", json_integer(d->abort_source));
    } else {
        set_version(o, d);
        json_object_set_new(o, "acn", vec_oid(d->acn.oid, d->acn.oid_len));
    }
    if (d->pdu == TCAP_DLG_AARE) {
        json_object_set_new(o, "result", json_integer(d->result));
        json_object_set_new(o, "diag-source",
                            json_string(d->diag_source == TCAP_DIAG_USER
                                            ? "user"
                                            : "provider"));
        json_object_set_new(o, "diag", json_integer(d->diag));
    }
    if (d->has_user_info)
        json_object_set_new(o, "user-information",
                            json_pack("[o]", user_info_json(v, d)));
    return o;
}

static void set_problem(json_t *o, const struct tcap_comp *c)
{
    if (!c->has_id)
        json_object_set_new(o, "invoke-id", json_null());
    json_object_set_new(o, "problem",
                        json_pack("{s:s, s:i}", "class",
                                  name_of(problems, c->problem), "code",
                                  c->problem_code));
}

/* The TPDU of a forwardSM that was read, if the vector shows it. */
static bool set_tpdu(struct vec *v, json_t *o, const json_t *want)
{
    const json_t *shown = json_object_get(want, "tpdu");
    uint8_t octet[256];
    json_t *tpdu;
    int n;

    if (shown == NULL)
        return true;
    n = vec_unhex(vec_str(json_object_get(o, "map"), "sm-RP-UI"), octet,
                  sizeof(octet));
    tpdu = n > 0 ? vec_tpdu_typed_json(v, shown, octet, (size_t)n) : NULL;
    json_object_set_new(o, "tpdu", tpdu);
    return tpdu != NULL;
}

static bool set_map(struct vec *v, json_t *o, struct tcap_comp *c,
                    const json_t *want, int version)
{
    struct vec_map m = { .code = c->type == TCAP_ERROR ? c->error : c->op,
                         .version = version };
    const char *name;
    json_t *map;

    m.component = c->type == TCAP_ERROR    ? "error"
                  : c->type == TCAP_INVOKE ? "invoke"
                                           : "result";
    name = vec_map_name(&m);
    if (name != NULL && (c->has_op || c->type == TCAP_ERROR))
        json_object_set_new(o, "name", json_string(name));
    if (json_object_get(want, "map") == NULL)
        return true;
    map = vec_map_json(v, &m, c->param);
    json_object_set_new(o, "map", map);
    return map != NULL && set_tpdu(v, o, want);
}

static json_t *component_json(struct vec *v, struct tcap_comp *c,
                              const json_t *want, int version)
{
    json_t *o = json_pack("{s:s}", "type", name_of(components, c->type));

    if (c->has_id)
        json_object_set_new(o, "invoke-id", json_integer(c->id));
    if (c->has_linked)
        json_object_set_new(o, "linked-id", json_integer(c->linked));
    if (c->has_op)
        json_object_set_new(o, "opcode",
                            c->global_op
                                ? vec_oid(c->op_oid.p, rd_left(&c->op_oid))
                                : json_integer(c->op));
    if (c->type == TCAP_ERROR)
        json_object_set_new(o, "error", json_integer(c->error));
    if (c->type == TCAP_REJECT)
        set_problem(o, c);
    if (c->has_param)
        json_object_set_new(o, "param",
                            vec_hex(c->param.p, rd_left(&c->param)));
    if (set_map(v, o, c, want, version))
        return o;
    json_decref(o);
    return NULL;
}

static json_t *components_json(struct vec *v, struct tcap_msg *m,
                               const json_t *want, int version)
{
    json_t *list = json_array();
    struct tcap_comp c;
    int got;

    while ((got = tcap_comp_next(&m->components, &c)) == 1) {
        const json_t *w = json_array_get(want, json_array_size(list));
        int decoded_as = vec_int(w, "map-decoded-as", version);
        json_t *o = component_json(v, &c, w, decoded_as);

        if (o == NULL)
            goto fail;
        json_array_append_new(list, o);
    }
    if (got == 0)
        return list;
    vec_fail(v, "component refused: problem %02x %u", c.problem,
             c.problem_code);
fail:
    json_decref(list);
    return NULL;
}

/* Version 1 has no dialogue portion; of a later message nobody can tell. */
static int version_of(const struct tcap_msg *m, int version)
{
    if (m->dlg.acn.oid_len > 0)
        return m->dlg.acn.version;
    return version == 0 && m->type == TCAP_BEGIN ? 1 : version;
}

static bool written_again(struct vec *v, const uint8_t *p, size_t n)
{
    struct tcap_msg m;
    struct tcap_comp c;
    struct rd_err err;
    struct rd r = rd_init(p, n, &err);
    uint8_t buf[VEC_OCTETS];
    struct wr w = wr_init(buf, sizeof(buf));
    size_t message, comps;

    tcap_msg_read(&r, &m);
    message = tcap_open(&w, m.type, &m.otid, &m.dtid);
    if (m.has_p_abort)
        tcap_p_abort_write(&w, m.p_abort);
    if (m.dlg.pdu != TCAP_DLG_NONE)
        tcap_dialogue_write(&w, &m.dlg);
    if (m.has_components) {
        comps = tcap_comps_open(&w);
        while (tcap_comp_next(&m.components, &c) == 1)
            tcap_comp_write(&w, &c);
        tcap_comps_close(&w, comps);
    }
    tcap_close(&w, message);
    return vec_written(v, &w, p, n);
}

static json_t *msg_json(struct vec *v, struct tcap_msg *m, const json_t *want,
                        int version)
{
    json_t *o = json_pack("{s:s}", "type", name_of(types, m->type));
    json_t *list;

    version = version_of(m, version);
    json_object_set_new(o, "map-version",
                        version > 0 ? json_integer(version) : json_null());
    if (m->otid.len > 0)
        json_object_set_new(o, "otid", vec_hex(m->otid.octet, m->otid.len));
    if (m->dtid.len > 0)
        json_object_set_new(o, "dtid", vec_hex(m->dtid.octet, m->dtid.len));
    if (m->has_p_abort)
        json_object_set_new(o, "p-abort", json_integer(m->p_abort));
    if (m->dlg.pdu != TCAP_DLG_NONE)
        json_object_set_new(o, "dialogue", dialogue_json(v, &m->dlg));
    if (!m->has_components)
        return o;
    list = components_json(v, m, json_object_get(want, "components"), version);
    json_object_set_new(o, "components", list);
    if (list != NULL)
        return o;
    json_decref(o);
    return NULL;
}

json_t *vec_tcap_json(struct vec *v, const uint8_t *p, size_t n,
                      const json_t *want, int version)
{
    struct tcap_msg m;
    struct rd_err err;
    struct rd r = rd_init(p, n, &err);
    int cause = tcap_msg_read(&r, &m);
    json_t *o;

    if (cause >= 0) {
        vec_fail(v, "TCAP: P-Abort %d, %s at octet %zu", cause,
                 err.what != NULL ? err.what : "order of elements", err.at);
        return NULL;
    }
    o = msg_json(v, &m, want, version);
    if (o == NULL || written_again(v, p, n))
        return o;
    json_decref(o);
    return NULL;
}

bool vec_tcap(struct vec *v)
{
    const json_t *want = json_object_get(v->line, "decoded");
    json_t *got = vec_tcap_json(v, v->octet, v->len, want, 0);
    bool ok = got != NULL && vec_same(v, want, got);

    json_decref(got);
    return ok;
}
