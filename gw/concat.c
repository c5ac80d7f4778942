/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * concat.c - which parts are one message, and that message
 */

#include "concat.h"

#include <string.h>

/* Information element identifiers, TS 23.040 9.2.3.24. */
enum {
    IE_CONCAT_8 = 0x00,
    IE_CONCAT_16 = 0x08,
    IE_SINGLE_SHIFT = 0x24,
    IE_LOCKING_SHIFT = 0x25,
};

bool concat_is_part(const struct tpdu_deliver *d)
{
    return d->concat.present && d->concat.max > 1;
}

static uint8_t *put_text(uint8_t *p, const char *text)
{
    size_t n = strlen(text);

    *p++ = (uint8_t)n;
    memcpy(p, text, n);
    return p + n;
}

size_t concat_name(const struct ss7_sms *m, const struct tpdu_deliver *d,
                   bool sc, uint8_t out[CONCAT_NAME_MAX])
{
    const struct tpdu_concat *c = &d->concat;
    uint8_t *p = out;

    _Static_assert(5 + 3 + sizeof(m->vmn) + sizeof(m->sc) +
                           sizeof(d->oa.text) <=
                       CONCAT_NAME_MAX,
                   "every name has room");
    *p++ = c->ref16;
    *p++ = (uint8_t)(c->ref >> 8);
    *p++ = (uint8_t)c->ref;
    *p++ = c->max;
    *p++ = (uint8_t)(d->oa.ton << 4 | (d->oa.npi & 15));
    p = put_text(p, m->vmn);
    p = put_text(p, sc ? m->sc : "");
    p = put_text(p, d->oa.text);
    return (size_t)(p - out);
}

/* A time stamp that is no date proves nothing. */
static bool far_apart(const struct tpdu_deliver *a,
                      const struct tpdu_deliver *b)
{
    int64_t at = tpdu_scts_unix(&a->scts), bt = tpdu_scts_unix(&b->scts);

    if (at < 0 || bt < 0)
        return false;
    return (at > bt ? at - bt : bt - at) > CONCAT_APART_S;
}

static bool same_key(const struct concat_part *a, const struct concat_part *b)
{
    return memcmp(&a->key, &b->key, sizeof(a->key)) == 0;
}

bool concat_fits(const struct concat_set *set, const struct concat_part *p)
{
    for (unsigned i = 0; i < set->n; i++) {
        const struct concat_part *have = &set->part[i];

        if (same_key(have, p))
            return true;
        if (have->tpdu.concat.seq == p->tpdu.concat.seq ||
            far_apart(&have->tpdu, &p->tpdu))
            return false;
    }
    return true;
}

/*
 * Elements of a header that are not of these kinds, behind an UDHL. Only
 * called with headers that tpdu_mt_read() found in order.
 */
static uint8_t header_without(const struct tpdu_deliver *d, const uint8_t *kind,
                              size_t kinds, uint8_t out[TPDU_UD_OCTETS])
{
    uint8_t n = 1;

    for (size_t at = 1; at + 2 <= d->udh_len;) {
        size_t len = 2U + d->udh[at + 1];

        if (at + len > d->udh_len)
            break;
        if (memchr(kind, d->udh[at], kinds) == NULL) {
            memcpy(out + n, d->udh + at, len);
            n = (uint8_t)(n + len);
        }
        at += len;
    }
    out[0] = (uint8_t)(n - 1);
    return n > 1 ? n : 0;
}

uint8_t concat_header(const struct tpdu_deliver *d, uint8_t out[TPDU_UD_OCTETS])
{
    static const uint8_t kind[] = { IE_CONCAT_8, IE_CONCAT_16 };

    return header_without(d, kind, sizeof(kind), out);
}

/* Languages are those of one part's septets; ports must be the same in all. */
static bool same_header(const struct tpdu_deliver *a,
                        const struct tpdu_deliver *b)
{
    static const uint8_t kind[] = { IE_CONCAT_8, IE_CONCAT_16, IE_SINGLE_SHIFT,
                                    IE_LOCKING_SHIFT };
    uint8_t one[TPDU_UD_OCTETS], two[TPDU_UD_OCTETS];
    uint8_t n = header_without(a, kind, sizeof(kind), one);

    return header_without(b, kind, sizeof(kind), two) == n &&
           memcmp(one, two, n) == 0;
}

static bool alike(const struct tpdu_deliver *a, const struct tpdu_deliver *b)
{
    return a->enc.alphabet == b->enc.alphabet && !a->enc.compressed &&
           !b->enc.compressed && a->pid == b->pid && same_header(a, b) &&
           !far_apart(a, b);
}

enum concat_is concat_is(const struct concat_set *set)
{
    if (set->n == 0 || set->n < set->part[0].tpdu.concat.max)
        return CONCAT_MISSING;
    for (unsigned i = 0; i < set->n; i++) {
        const struct tpdu_deliver *d = &set->part[i].tpdu;

        if (d->concat.seq != i + 1 || d->concat.max != set->n ||
            !alike(&set->part[0].tpdu, d))
            return CONCAT_UNLIKE;
    }
    return CONCAT_WHOLE;
}

size_t concat_text(const struct concat_set *set, uint8_t *out, size_t size)
{
    size_t at = 0;

    for (unsigned i = 0; i < set->n; i++) {
        const struct tpdu_deliver *d = &set->part[i].tpdu;

        if (d->enc.alphabet == TPDU_GSM7) {
            at += tpdu_text(d, (char *)out + at, size - at);
        } else if (d->ud_len <= size - at) {
            memcpy(out + at, d->ud, d->ud_len);
            at += d->ud_len;
        }
    }
    return at;
}

uint32_t concat_backoff_ms(uint32_t tries)
{
    uint32_t ms = CONCAT_RETRY_MS;

    while (tries-- > 0 && ms < CONCAT_RETRY_MAX_MS)
        ms *= 2;
    return ms < CONCAT_RETRY_MAX_MS ? ms : CONCAT_RETRY_MAX_MS;
}
