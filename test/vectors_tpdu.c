/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * vectors_tpdu.c - TPDU vectors: struct tpdu_deliver to JSON
 */

#include "vectors.h"

#include <string.h>

#include "tpdu.h"

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

static json_t *oa_json(const struct tpdu_addr *a, const uint8_t *octets)
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

static json_t *ud_json(const struct tpdu_deliver *d, const uint8_t *octets)
{
    const char *alphabet = alphabet_str(&d->enc);
    bool septets = strcmp(alphabet, "gsm7") == 0;
    size_t n = septets ? (d->udl * 7U + 7) / 8 : d->udl;
    char text[600];
    json_t *o = json_pack("{s:i, s:o, s:s}", "udl", d->udl, "ud",
                          vec_hex(octets, n), "alphabet", alphabet);

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

json_t *vec_tpdu_json(struct vec *v, const uint8_t *p, size_t n)
{
    struct tpdu_deliver d;
    struct rd_err err;
    struct rd r = rd_init(p, n, &err);
    enum tpdu_mti mti;
    json_t *o;
    size_t oa;

    if (!tpdu_mt_read(&r, &mti, &d)) {
        vec_fail(v, "%s refused at octet %zu", err.what, err.at);
        return NULL;
    }
    if (mti == TPDU_STATUS_REPORT)
        return json_pack("{s:s, s:i}", "type", "SMS-STATUS-REPORT", "mti", 2);
    oa = 2U + (d.oa.len + 1U) / 2;
    o = json_pack("{s:s, s:i, s:i, s:i, s:i, s:i, s:i}", "type", "SMS-DELIVER",
                  "mti", p[0] & 3, "rp", d.rp, "udhi", d.udh_len > 0, "sri",
                  d.sri, "lp", d.lp, "mms", !d.more);
    json_object_set_new(o, "oa", oa_json(&d.oa, p + 1));
    json_object_set_new(o, "pid", json_integer(d.pid));
    json_object_set_new(o, "dcs", json_integer(d.dcs));
    json_object_set_new(o, "scts", scts_json(&d.scts));
    json_object_set_new(o, "user-data", ud_json(&d, p + 1 + oa + 10));
    if (rd_left(&r) > 0)
        json_object_set_new(o, "trailing", vec_hex(r.p, rd_left(&r)));
    return o;
}

static bool written_again(struct vec *v)
{
    struct tpdu_deliver d;
    struct rd_err err;
    struct rd r = rd_init(v->octet, v->len, &err);
    enum tpdu_mti mti;
    uint8_t buf[256];
    struct wr w = wr_init(buf, sizeof(buf));

    if (!tpdu_mt_read(&r, &mti, &d) || mti != TPDU_DELIVER)
        return true;
    tpdu_deliver_write(&w, &d);
    return vec_written(v, &w, v->octet, v->len);
}

bool vec_tpdu(struct vec *v)
{
    const json_t *want = json_object_get(v->line, "decoded");
    const json_t *context = json_object_get(v->line, "context");
    const char *type = vec_str(want, "type");
    json_t *got;
    bool ok;

    if (strcmp(type, "SMS-DELIVER") != 0 ||
        strcmp(vec_str(context, "direction"), "mt") != 0)
        return vec_fail(v, "%s is not implemented", type);
    got = vec_tpdu_json(v, v->octet, v->len);
    ok = got != NULL && vec_same(v, want, got) && written_again(v);
    json_decref(got);
    return ok;
}
