/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * vectors_steps.c - scenarios: several messages, an application, time
 */

#include "vectors_node.h"

#include <stdlib.h>
#include <string.h>

#include "tcap_msg.h"
#include "tpdu.h"

struct play {
    struct vec *v;
    struct node *node;
    unsigned outs, answered; /* how many of the node's have been looked at */
    uint8_t ssn;             /* that the first message was for */
    struct tcap_tid our_tid; /* learnt from an answer */
};

static bool is_step(const json_t *step, const char *dir)
{
    return strcmp(vec_str(step, "dir"), dir) == 0;
}

static struct tcap_tid tid_of(const struct play *p, const json_t *tcap,
                              const char *key)
{
    const char *hex = vec_str(tcap, key);
    struct tcap_tid tid = { .len = 0 };
    int n;

    if (strcmp(hex, "$our_tid") == 0)
        return p->our_tid;
    n = vec_unhex(hex, tid.octet, sizeof(tid.octet));
    tid.len = n > 0 ? (uint8_t)n : 0;
    return tid;
}

static uint8_t type_of(const char *name)
{
    if (strcmp(name, "begin") == 0)
        return TCAP_BEGIN;
    if (strcmp(name, "end") == 0)
        return TCAP_END;
    return strcmp(name, "abort") == 0 ? TCAP_ABORT : TCAP_CONTINUE;
}

/* A message of the transaction that is open, around one component. */
static bool feed_template(struct play *p, const json_t *step)
{
    const json_t *tcap = json_object_get(step, "tcap");
    struct tcap_tid otid = tid_of(p, tcap, "otid");
    struct tcap_tid dtid = tid_of(p, tcap, "dtid");
    uint8_t component[1024], buf[2048];
    struct wr w = wr_init(buf, sizeof(buf));
    int n = vec_unhex(vec_str(step, "component"), component, sizeof(component));
    size_t message, comps;

    if (n < 0)
        return vec_fail(p->v, "a component that is not hexadecimal");
    message = tcap_open(&w, type_of(vec_str(tcap, "type")), &otid, &dtid);
    comps = tcap_comps_open(&w);
    wr_bytes(&w, component, (size_t)n);
    tcap_comps_close(&w, comps);
    tcap_close(&w, message);
    node_tcap(p->node, p->ssn, buf, w.len);
    return true;
}

/* A ready message, in which our transaction id is put. */
static bool feed_patched(struct play *p, const json_t *step)
{
    uint8_t octet[2048];
    int n = vec_unhex(vec_str(step, "tcap_hex"), octet, sizeof(octet));

    for (int i = 0; i + 6 <= n; i++) {
        if (octet[i] != 0x49 || octet[i + 1] != 4 || p->our_tid.len != 4)
            continue;
        memcpy(octet + i + 2, p->our_tid.octet, 4);
        node_tcap(p->node, p->ssn, octet, (size_t)n);
        return true;
    }
    return vec_fail(p->v, "no transaction id to patch");
}

static bool feed(struct play *p, const json_t *step)
{
    uint8_t octet[VEC_OCTETS];
    struct sccp_msg m;
    struct rd_err err;
    struct rd r;
    int n;

    if (json_object_get(step, "tcap_hex") != NULL)
        return feed_patched(p, step);
    if (json_object_get(step, "template") != NULL)
        return feed_template(p, step);
    n = vec_unhex(vec_str(step, "hex"), octet, sizeof(octet));
    if (n < 0)
        return vec_fail(p->v, "a message that is not hexadecimal");
    r = rd_init(octet, (size_t)n, &err);
    if (sccp_msg_read(&r, &m))
        p->ssn = m.called.ssn;
    node_sccp(p->node, octet, (size_t)n);
    return true;
}

static bool application(struct play *p, const json_t *step)
{
    bool refuse = strcmp(vec_str(step, "answer"), "refuse") == 0;
    const struct node_sms *sms;

    if (p->answered == p->node->n_sms)
        return vec_fail(p->v, "the application got nothing");
    sms = &p->node->sms[p->answered];
    if (strcmp(sms->text, vec_str(step, "text")) != 0)
        return vec_fail(p->v, "the application got <%.100s>", sms->text);
    node_answer(p->node, p->answered++, refuse ? VERDICT_TEMPFAIL : VERDICT_OK);
    return true;
}

/* Where a scenario has no word of the application, it confirms. */
static void confirm_rest(struct play *p)
{
    while (p->answered < p->node->n_sms)
        node_answer(p->node, p->answered++, VERDICT_OK);
}

static bool has_keys(const json_t *keys, const json_t *o)
{
    for (size_t i = 0; i < json_array_size(keys); i++)
        if (json_object_get(o, json_string_value(json_array_get(keys, i))) ==
            NULL)
            return false;
    return true;
}

/* "map-has": the parameter decodes and has these elements. */
static bool map_has(struct vec *v, const json_t *want, const json_t *got)
{
    const json_t *keys = json_object_get(want, "map-has");
    struct vec_map m = { .component = "result",
                         .code = vec_int(want, "opcode", 0),
                         .version = 3 };
    uint8_t octet[512];
    int n = vec_unhex(vec_str(got, "param"), octet, sizeof(octet));
    struct rd_err err;
    json_t *map;
    bool ok;

    if (keys == NULL)
        return true;
    if (n <= 0)
        return vec_fail(v, "a result without a parameter");
    map = vec_map_json(v, &m, rd_init(octet, (size_t)n, &err));
    ok = map != NULL && has_keys(keys, map);
    json_decref(map);
    return ok || vec_fail(v, "an element of the result is missing");
}

/* "param": words about it. */
static bool param_is(struct vec *v, const json_t *want, const json_t *got)
{
    const char *words = vec_str(want, "param");
    const char *param = vec_str(got, "param");

    if (strncmp(words, "absent", 6) != 0 || param[0] == '\0')
        return true;
    if (strstr(words, "SEQUENCE") != NULL && strncmp(param, "30", 2) == 0)
        return true;
    return vec_fail(v, "parameter %.40s, want %s", param, words);
}

/* Components hold words that are not to be compared as values. */
static bool components_ok(struct vec *v, json_t *want, const json_t *got)
{
    json_t *list = json_object_get(json_object_get(want, "tcap"), "components");
    const json_t *have =
        json_object_get(json_object_get(got, "tcap"), "components");

    for (size_t i = 0; i < json_array_size(list); i++) {
        json_t *c = json_array_get(list, i);
        const json_t *g = json_array_get(have, i);

        if (!map_has(v, c, g) || !param_is(v, c, g))
            return false;
        json_object_del(c, "map-has");
        json_object_del(c, "param");
    }
    return true;
}

static void bind_tid(struct play *p, const json_t *step, const json_t *expect,
                     const json_t *got)
{
    const json_t *bind = json_object_get(expect, "bind");
    const char *key;
    int n;

    if (bind == NULL)
        bind = json_object_get(step, "bind");
    key = vec_str(bind, "our_tid");
    if (key[0] == '\0')
        return;
    n = vec_unhex(vec_str(json_object_get(got, "tcap"), key), p->our_tid.octet,
                  sizeof(p->our_tid.octet));
    p->our_tid.len = n > 0 ? (uint8_t)n : 0;
}

static bool compare_out(struct play *p, const json_t *step, json_t *want)
{
    json_t *got = node_out_json(p->v, p->node, p->outs++);
    bool ok;

    bind_tid(p, step, want, got);
    ok = components_ok(p->v, want, got);
    json_object_del(want, "bind");
    json_object_del(want, "or");
    ok = ok && vec_has(p->v, want, got);
    json_decref(got);
    return ok;
}

static bool output(struct play *p, const json_t *step)
{
    const json_t *expect = json_object_get(step, "expect");
    int count = vec_int(step, "count", -1);
    json_t *want;
    bool ok;

    confirm_rest(p);
    if (json_object_get(step, "after_timer") != NULL)
        node_wait(p->node, NODE_REASM_MS + 1000);
    if (count >= 0) {
        count -= (int)(p->node->n_out - p->outs);
        p->outs = p->node->n_out;
        return count == 0 || vec_fail(p->v, "%d messages too few", count);
    }
    if (p->outs == p->node->n_out)
        return json_object_get(expect, "nothing") != NULL ||
               strcmp(vec_str(expect, "or"), "nothing") == 0 ||
               vec_fail(p->v, "nothing was sent");
    if (json_object_get(expect, "nothing") != NULL)
        return vec_fail(p->v, "something was sent");
    want = json_deep_copy(expect);
    ok = compare_out(p, step, want);
    json_decref(want);
    return ok;
}

static bool step_ok(struct play *p, const json_t *step)
{
    if (is_step(step, "in"))
        return feed(p, step);
    if (is_step(step, "app"))
        return application(p, step);
    return output(p, step);
}

/* A scenario whose first word is the node's is about an alert. */
static bool start(const struct play *p, const json_t *list)
{
    if (p->node == NULL)
        return vec_fail(p->v, "no node");
    return !is_step(json_array_get(list, 0), "out") || node_alert(p->node) ||
           vec_fail(p->v, "the node cannot begin");
}

static bool steps(struct vec *v, const json_t *list)
{
    struct play p = { .v = v, .node = node_new(), .ssn = SCCP_SSN_MSC };
    bool ok = start(&p, list);

    for (size_t i = 0; ok && i < json_array_size(list); i++) {
        char why[sizeof(v->why)];

        ok = step_ok(&p, json_array_get(list, i));
        if (!ok) {
            snprintf(why, sizeof(why), "%s", v->why);
            vec_fail(v, "step %zu: %.350s", i + 1, why);
        }
    }
    if (ok && p.outs < p.node->n_out)
        ok = vec_fail(v, "more was sent than the scenario says");
    node_free(p.node);
    return ok;
}

enum { PARTS = 16 };

static bool is_high(const struct tpdu_deliver *d)
{
    return d->enc.alphabet == TPDU_UCS2 && d->ud_len >= 2 &&
           d->ud[d->ud_len - 2] >> 2 == 0x36;
}

/* A surrogate pair that was cut goes to the later part whole. */
static void mend_pair(struct tpdu_deliver *a, struct tpdu_deliver *b)
{
    if (!is_high(a) || b->ud_len + 2U > sizeof(b->ud))
        return;
    memmove(b->ud + 2, b->ud, b->ud_len);
    memcpy(b->ud, a->ud + a->ud_len - 2, 2);
    b->ud_len = (uint16_t)(b->ud_len + 2);
    a->ud_len = (uint16_t)(a->ud_len - 2);
}

static bool part_read(struct vec *v, const char *hex,
                      struct tpdu_deliver parts[PARTS], uint8_t *max)
{
    uint8_t octet[256];
    int n = vec_unhex(hex, octet, sizeof(octet));
    struct tpdu_deliver d;
    struct rd_err err;
    struct rd r = rd_init(octet, n > 0 ? (size_t)n : 0, &err);
    enum tpdu_mti mti;

    if (!tpdu_mt_read(&r, &mti, &d) || mti != TPDU_DELIVER)
        return vec_fail(v, "%s refused", err.what);
    if (!d.concat.present || d.concat.max > PARTS)
        return vec_fail(v, "it is no part of a longer message");
    *max = d.concat.max;
    parts[d.concat.seq - 1] = d;
    return true;
}

/* Parts in any order, some twice: what a box would put together. */
static bool concat(struct vec *v, const json_t *tpdus)
{
    static struct tpdu_deliver parts[PARTS];
    char text[4000] = "";
    size_t len = 0;
    uint8_t max = 0;

    memset(parts, 0, sizeof(parts));
    for (size_t i = 0; i < json_array_size(tpdus); i++)
        if (!part_read(v, json_string_value(json_array_get(tpdus, i)), parts,
                       &max))
            return false;
    for (unsigned i = 0; i < max; i++) {
        if (!parts[i].concat.present)
            return vec_fail(v, "part %u is missing", i + 1);
        if (i + 1 < max)
            mend_pair(&parts[i], &parts[i + 1]);
        len += tpdu_text(&parts[i], text + len, sizeof(text) - len);
    }
    return strcmp(text, vec_str(v->line, "text")) == 0 ||
           vec_fail(v, "put together: %.300s", text);
}

bool vec_scenario(struct vec *v)
{
    const json_t *tpdus = json_object_get(v->line, "tpdus");

    if (tpdus != NULL)
        return concat(v, tpdus);
    return steps(v, json_object_get(v->line, "steps"));
}
