/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * vectors_session.c - messages that others sent to each other must be read
 */

#include "vectors.h"

#include <string.h>

#include "map_op.h"
#include "sccp_msg.h"
#include "tcap_msg.h"
#include "tpdu.h"

/* Which version the dialogues of the session have, by transaction id. */
static struct {
    struct tcap_tid tid;
    uint8_t version;
} seen[256];

static unsigned n_seen;

static void remember(const struct tcap_tid *tid, uint8_t version)
{
    if (tid->len == 0)
        return;
    seen[n_seen % 256].tid = *tid;
    seen[n_seen % 256].version = version;
    n_seen++;
}

static uint8_t recall(const struct tcap_tid *tid)
{
    for (unsigned i = n_seen; i > 0 && i + 256 > n_seen; i--) {
        const struct tcap_tid *t = &seen[(i - 1) % 256].tid;

        if (t->len == tid->len && memcmp(t->octet, tid->octet, t->len) == 0)
            return seen[(i - 1) % 256].version;
    }
    return 1;
}

static uint8_t version_of(const struct tcap_msg *m)
{
    uint8_t version;

    if (m->dlg.acn.oid_len > 0)
        version = m->dlg.acn.version;
    else if (m->type == TCAP_BEGIN)
        version = 1;
    else
        version = recall(&m->dtid);
    remember(&m->otid, version);
    return version;
}

static bool tpdu_ok(struct vec *v, const json_t *map)
{
    uint8_t octet[256];
    int n = vec_unhex(vec_str(map, "sm-RP-UI"), octet, sizeof(octet));
    json_t *tpdu;

    /* to a service centre it is an SMS-SUBMIT */
    if (n <= 0 || json_object_get(json_object_get(map, "sm-RP-DA"),
                                  "serviceCentreAddressDA") != NULL)
        return true;
    tpdu = vec_tpdu_json(v, octet, (size_t)n);
    json_decref(tpdu);
    return tpdu != NULL;
}

static bool component_ok(struct vec *v, const struct tcap_comp *c,
                         uint8_t version)
{
    struct vec_map m = { .component = "invoke",
                         .code = c->op,
                         .version = version };
    json_t *map;
    bool ok;

    if (c->type == TCAP_REJECT || !c->has_param)
        return true;
    if (c->type == TCAP_ERROR) {
        m.component = "error";
        m.code = c->error;
    } else if (c->type != TCAP_INVOKE) {
        m.component = "result";
    }
    if (c->type != TCAP_ERROR && c->op != 44 && c->op != 45 && c->op != 46)
        return true; /* of an operation that is not ours */
    map = vec_map_json(v, &m, c->param);
    ok = map != NULL && (c->type != TCAP_INVOKE || tpdu_ok(v, map));
    json_decref(map);
    return ok;
}

static bool tcap_ok(struct vec *v, const uint8_t *p, size_t n)
{
    struct tcap_msg m;
    struct tcap_comp c;
    struct rd_err err;
    struct rd r = rd_init(p, n, &err);
    uint8_t version;
    int got;

    if (tcap_msg_read(&r, &m) >= 0)
        return vec_fail(v, "TCAP: %s refused at octet %zu",
                        err.what != NULL ? err.what : "?", err.at);
    version = version_of(&m);
    if (!m.has_components)
        return true;
    while ((got = tcap_comp_next(&m.components, &c)) == 1)
        if (!component_ok(v, &c, version))
            return false;
    return got == 0 || vec_fail(v, "component refused");
}

bool vec_session(struct vec *v, const char *text)
{
    char hex[4000];
    unsigned si;
    struct sccp_msg m;
    struct rd_err err;
    struct rd r;
    int n;

    if (sscanf(text, "%*u %*u %*u %*u %u %3999s", &si, hex) != 2)
        return vec_fail(v, "not a line of a session");
    n = vec_unhex(hex, v->octet, sizeof(v->octet));
    if (n < 0)
        return vec_fail(v, "its octets are not hexadecimal");
    r = rd_init(v->octet, (size_t)n, &err);
    if (!sccp_msg_read(&r, &m))
        return vec_fail(v, "SCCP: %s refused at octet %zu",
                        err.what != NULL ? err.what : "message type", err.at);
    /* a segment is not a message yet; management is not TCAP */
    if ((m.has_seg && (!m.seg_first || m.seg_left > 0)) ||
        m.called.ssn == SCCP_SSN_MANAGEMENT)
        return true;
    return tcap_ok(v, m.data, m.data_len);
}
