/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * vectors_tpdu.c - TPDU vectors: what the readers of tpdu*.h give, to JSON
 */

#include "vectors.h"

#include <string.h>

#include "tpdu_command.h"
#include "tpdu_report.h"
#include "tpdu_status.h"
#include "tpdu_submit.h"

enum { PI_PID = 1, PI_DCS = 2, PI_UDL = 4 };

/* A TPDU to be read, and what is known about it from outside. */
struct way {
    const json_t *want;
    bool error; /* a report in an error */
    const uint8_t *p;
    size_t n;
};

/* What the octets say, nibble by nibble, even if it is no time. */
static void nibbles_str(const uint8_t octet[6], char *out, size_t size)
{
    static const char *const after[6] = { "-", "-", "T", ":", ":", "" };

    snprintf(out, size, "20");
    for (size_t i = 0; i < 6; i++) {
        size_t n = strlen(out);

        snprintf(out + n, size - n, "%u%u%s", octet[i] & 15, octet[i] >> 4,
                 after[i]);
    }
}

static json_t *scts_json(const struct tpdu_scts *t)
{
    char time[80];

    if (t->valid)
        snprintf(time, sizeof(time), "%04u-%02u-%02uT%02u:%02u:%02u", t->year,
                 t->month, t->day, t->hour, t->minute, t->second);
    else
        nibbles_str(t->octet, time, sizeof(time));
    return json_pack("{s:o, s:s, s:i}", "hex",
                     vec_hex(t->octet, sizeof(t->octet)), "time", time,
                     "tz-quarters", t->tz_quarters);
}

static json_t *addr_json(const struct tpdu_addr *a, const uint8_t *octets)
{
    const char *key = a->ton == TPDU_TON_ALPHANUMERIC ? "text" : "digits";

    return json_pack("{s:i, s:i, s:i, s:o, s:s}", "len", a->len, "ton", a->ton,
                     "npi", a->npi, "hex",
                     vec_hex(octets, 2U + (a->len + 1U) / 2), key, a->text);
}

static json_t *udh_json(const struct tpdu_deliver *d)
{
    json_t *list = json_array();
    size_t at = 1;

    while (at + 2 <= d->udh_len && at + 2U + d->udh[at + 1] <= d->udh_len) {
        json_array_append_new(
            list, json_pack("{s:i, s:o}", "iei", d->udh[at], "data",
                            vec_hex(d->udh + at + 2, d->udh[at + 1])));
        at += 2U + d->udh[at + 1];
    }
    return list;
}

static const char *alphabet_str(const struct tpdu_dcs *c)
{
    if (c->compressed)
        return "compressed";
    if (c->alphabet == TPDU_GSM7)
        return "gsm7";
    return c->alphabet == TPDU_UCS2 ? "ucs2" : "8bit";
}

/* `end' is behind TP-UD. */
static json_t *ud_json(const struct tpdu_deliver *d, const uint8_t *end)
{
    bool septets = tpdu_has_septets(d);
    size_t n = septets ? (d->udl * 7U + 7) / 8 : d->udl;
    const char *alphabet = alphabet_str(&d->enc);
    char text[600];
    json_t *o = json_pack("{s:i, s:o, s:s}", "udl", d->udl, "ud",
                          vec_hex(end - n, n), "alphabet", alphabet);

    if (d->udh_len > 0)
        json_object_set_new(o, "udh", udh_json(d));
    if (septets) {
        json_object_set_new(o, "septets", json_integer(d->ud_len));
        json_object_set_new(o, "fill-bits",
                            json_integer((7 - d->udh_len * 8 % 7) % 7));
    }
    if (septets || strcmp(alphabet, "ucs2") == 0) {
        n = tpdu_text(d, text, sizeof(text));
        json_object_set_new(o, "text", json_stringn(text, n));
    } else {
        json_object_set_new(o, "data", vec_hex(d->ud, d->ud_len));
    }
    return o;
}

static void set(json_t *o, const char *key, int value)
{
    json_object_set_new(o, key, json_integer(value));
}

/* What TP-PI announced; `r' is behind it. */
static void set_announced(json_t *o, uint8_t pi, const struct tpdu_deliver *d,
                          const struct rd *r)
{
    if (pi & PI_PID)
        set(o, "pid", d->pid);
    if (pi & PI_DCS)
        set(o, "dcs", d->dcs);
    if (pi & PI_UDL)
        json_object_set_new(o, "user-data", ud_json(d, r->p));
}

static json_t *deliver_json(const struct way *way, struct rd *r)
{
    struct tpdu_deliver d;
    enum tpdu_mti mti;
    json_t *o;

    if (!tpdu_mt_read(r, &mti, &d) || mti != TPDU_DELIVER)
        return NULL;
    o = json_pack("{s:i, s:i, s:i, s:i}", "rp", d.rp, "sri", d.sri, "lp", d.lp,
                  "mms", !d.more);
    json_object_set_new(o, "oa", addr_json(&d.oa, way->p + 1));
    json_object_set_new(o, "scts", scts_json(&d.scts));
    set_announced(o, PI_PID | PI_DCS | PI_UDL, &d, r);
    return o;
}

static json_t *status_json(const struct way *way, struct rd *r)
{
    struct tpdu_status s;
    json_t *o;

    if (!tpdu_status_read(r, &s))
        return NULL;
    o = json_pack("{s:i, s:i, s:i, s:i, s:i}", "srq", s.srq, "lp", s.sm.lp,
                  "mms", !s.sm.more, "mr", s.mr, "st", s.st);
    json_object_set_new(o, "ra", addr_json(&s.sm.oa, way->p + 2));
    json_object_set_new(o, "scts", scts_json(&s.sm.scts));
    json_object_set_new(o, "dt", scts_json(&s.dt));
    if (s.has_pi)
        set(o, "pi", s.pi);
    set_announced(o, s.pi, &s.sm, r);
    return o;
}

/* An absolute one as octets or as a time, as the vector has it. */
static json_t *vp_json(const struct tpdu_submit *s, const json_t *want)
{
    struct tpdu_scts t;
    struct rd_err err;
    struct rd r = rd_init(s->vp, sizeof(s->vp), &err);

    if (s->vpf == TPDU_VP_RELATIVE)
        return json_integer(s->vp[0]);
    if (s->vpf == TPDU_VP_ABSOLUTE && json_is_object(want)) {
        tpdu_scts_read(&r, &t);
        return scts_json(&t);
    }
    return vec_hex(s->vp, sizeof(s->vp));
}

static json_t *submit_json(const struct way *way, struct rd *r)
{
    struct tpdu_submit s;
    json_t *o;

    if (!tpdu_submit_read(r, &s))
        return NULL;
    o = json_pack("{s:i, s:i, s:i, s:i, s:i}", "rp", s.sm.rp, "srr", s.srr,
                  "vpf", s.vpf, "rd", s.rd, "mr", s.mr);
    json_object_set_new(o, "da", addr_json(&s.sm.oa, way->p + 2));
    if (s.vpf != TPDU_VP_NONE)
        json_object_set_new(o, "vp",
                            vp_json(&s, json_object_get(way->want, "vp")));
    set_announced(o, PI_PID | PI_DCS | PI_UDL, &s.sm, r);
    return o;
}

static json_t *report_json(const struct tpdu_report *p, const struct way *way,
                           const struct rd *r)
{
    json_t *o = json_object();

    if (p->error)
        set(o, "fcs", p->fcs);
    if (p->has_pi)
        set(o, "pi", p->pi);
    if (json_object_get(way->want, "rp") != NULL)
        json_object_set_new(o, "rp", json_string(p->error ? "error" : "ack"));
    set_announced(o, p->pi, &p->sm, r);
    return o;
}

static json_t *deliver_report_json(const struct way *way, struct rd *r)
{
    struct tpdu_report p;

    if (!tpdu_deliver_report_read(r, way->error, &p))
        return NULL;
    return report_json(&p, way, r);
}

static json_t *submit_report_json(const struct way *way, struct rd *r)
{
    struct tpdu_report p;
    json_t *o;

    if (!tpdu_submit_report_read(r, way->error, &p))
        return NULL;
    o = report_json(&p, way, r);
    json_object_set_new(o, "scts", scts_json(&p.sm.scts));
    return o;
}

static json_t *command_json(const struct way *way, struct rd *r)
{
    struct tpdu_command c;
    json_t *o;

    if (!tpdu_command_read(r, &c))
        return NULL;
    o = json_pack("{s:i, s:i, s:i, s:i, s:i, s:i}", "srr", c.srr, "mr", c.mr,
                  "pid", c.pid, "ct", c.ct, "mn", c.mn, "cdl", c.cdl);
    json_object_set_new(o, "da", addr_json(&c.da, way->p + 5));
    json_object_set_new(o, "cd", vec_hex(c.cd, c.cdl));
    return o;
}

static void deliver_again(const struct way *way, struct rd *r, struct wr *w)
{
    struct tpdu_deliver d;
    enum tpdu_mti mti;

    (void)way;
    if (tpdu_mt_read(r, &mti, &d))
        tpdu_deliver_write(w, &d);
}

static void status_again(const struct way *way, struct rd *r, struct wr *w)
{
    struct tpdu_status s;

    (void)way;
    if (tpdu_status_read(r, &s))
        tpdu_status_write(w, &s);
}

static void submit_again(const struct way *way, struct rd *r, struct wr *w)
{
    struct tpdu_submit s;

    (void)way;
    if (tpdu_submit_read(r, &s))
        tpdu_submit_write(w, &s);
}

static void deliver_report_again(const struct way *way, struct rd *r,
                                 struct wr *w)
{
    struct tpdu_report p;

    if (tpdu_deliver_report_read(r, way->error, &p))
        tpdu_deliver_report_write(w, &p);
}

static void submit_report_again(const struct way *way, struct rd *r,
                                struct wr *w)
{
    struct tpdu_report p;

    if (tpdu_submit_report_read(r, way->error, &p))
        tpdu_submit_report_write(w, &p);
}

static void command_again(const struct way *way, struct rd *r, struct wr *w)
{
    struct tpdu_command c;

    (void)way;
    if (tpdu_command_read(r, &c))
        tpdu_command_write(w, &c);
}

static const struct kind {
    const char *type;
    bool mo, report;
    uint8_t mti;
    json_t *(*json)(const struct way *way, struct rd *r);
    void (*again)(const struct way *way, struct rd *r, struct wr *w);
} kinds[] = {
    { "SMS-DELIVER", false, false, 0, deliver_json, deliver_again },
    { "SMS-DELIVER", false, false, 3, deliver_json, deliver_again },
    { "SMS-STATUS-REPORT", false, false, 2, status_json, status_again },
    { "SMS-SUBMIT-REPORT", false, true, 1, submit_report_json,
      submit_report_again },
    { "SMS-SUBMIT", true, false, 1, submit_json, submit_again },
    { "SMS-COMMAND", true, false, 2, command_json, command_again },
    { "SMS-DELIVER-REPORT", true, true, 0, deliver_report_json,
      deliver_report_again },
};

/* Direction, carrier and TP-MTI tell what it is; NULL: nothing. */
static const struct kind *kind_of(bool mo, bool report, const uint8_t *p,
                                  size_t n)
{
    for (size_t i = 0; n > 0 && i < sizeof(kinds) / sizeof(kinds[0]); i++)
        if (kinds[i].mo == mo && kinds[i].report == report &&
            kinds[i].mti == (p[0] & 3))
            return &kinds[i];
    return NULL;
}

static json_t *read_json(struct vec *v, const struct kind *k,
                         const struct way *way)
{
    struct rd_err err;
    struct rd r = rd_init(way->p, way->n, &err);
    json_t *o = NULL;

    if (k != NULL)
        o = k->json(way, &r);
    else
        rd_fail(&r, "TP-MTI");
    if (o == NULL) {
        vec_fail(v, "%s refused at octet %zu", err.what, err.at);
        return NULL;
    }
    json_object_set_new(o, "type", json_string(k->type));
    set(o, "mti", way->p[0] & 3);
    set(o, "udhi", way->p[0] >> 6 & 1);
    if (rd_left(&r) > 0)
        json_object_set_new(o, "trailing", vec_hex(r.p, rd_left(&r)));
    return o;
}

json_t *vec_tpdu_json(struct vec *v, const uint8_t *p, size_t n)
{
    const struct way way = { .p = p, .n = n };

    return read_json(v, kind_of(false, false, p, n), &way);
}

json_t *vec_tpdu_typed_json(struct vec *v, const json_t *want, const uint8_t *p,
                            size_t n)
{
    const struct way way = { .want = want,
                             .error = json_object_get(want, "fcs") != NULL,
                             .p = p,
                             .n = n };
    const char *type = vec_str(want, "type");

    for (size_t i = 0; n > 0 && i < sizeof(kinds) / sizeof(kinds[0]); i++)
        if (strcmp(kinds[i].type, type) == 0 && kinds[i].mti == (p[0] & 3))
            return read_json(v, &kinds[i], &way);
    vec_fail(v, "it cannot be an %.30s", type);
    return NULL;
}

static bool written_again(struct vec *v, const struct kind *k,
                          const struct way *way)
{
    struct rd_err err;
    struct rd r = rd_init(way->p, way->n, &err);
    uint8_t buf[300];
    struct wr w = wr_init(buf, sizeof(buf));

    k->again(way, &r, &w);
    return vec_written(v, &w, way->p, way->n);
}

static struct way way_of(const struct vec *v, const struct kind **k)
{
    const json_t *context = json_object_get(v->line, "context");
    const char *rp = vec_str(context, "rp");
    bool mo = strcmp(vec_str(context, "direction"), "mo") == 0;
    bool report = strcmp(rp, "ack") == 0 || strcmp(rp, "error") == 0;

    *k = kind_of(mo, report, v->octet, v->len);
    return (struct way){ .want = json_object_get(v->line, "decoded"),
                         .error = strcmp(rp, "error") == 0,
                         .p = v->octet,
                         .n = v->len };
}

bool vec_tpdu(struct vec *v)
{
    const struct kind *k;
    const struct way way = way_of(v, &k);
    json_t *got = read_json(v, k, &way);
    bool ok =
        got != NULL && vec_same(v, way.want, got) && written_again(v, k, &way);

    json_decref(got);
    return ok;
}

bool vec_tpdu_refused(struct vec *v)
{
    const struct kind *k;
    const struct way way = way_of(v, &k);
    json_t *got = read_json(v, k, &way);

    if (got == NULL)
        return true;
    json_decref(got);
    return vec_fail(v, "it is accepted");
}
