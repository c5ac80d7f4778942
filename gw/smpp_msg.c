/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * smpp_msg.c - a Kannel sms as a deliver_sm
 */

#include "smpp_msg.h"

#include "gsm7.h"
#include "smpp_text.h"

#include <ctype.h>
#include <string.h>

/* sms.coding */
enum { CODING_7BIT, CODING_8BIT, CODING_UCS2 };
enum { DATA_LATIN1 = 0x03, DATA_UCS2 = 0x08 };
enum { TON_INTERNATIONAL = 1, TON_ALPHANUMERIC = 5, NPI_E164 = 1 };
enum { MWI_OFF = 4 }; /* sms.mwi: from here on the indication is off */
enum { UDH_MAX = 140, IEI_CONCAT8 = 0x00, IEI_CONCAT16 = 0x08 };

const uint8_t *smpp_msg_text(const struct box_frame *f, int field, size_t *n)
{
    const struct box_field *s = &f->field[field];

    *n = s->num > 0 ? (size_t)s->num : 0;
    return s->num >= 0 ? s->p : NULL;
}

static int32_t num(const struct box_frame *f, int field)
{
    return f->field[field].num;
}

/* ---- addresses ---- */

static void address(struct smpp_addr *a, const struct box_frame *f, int field,
                    int ton, int npi)
{
    size_t n, i = 0;
    const uint8_t *p = smpp_msg_text(f, field, &n);
    bool plus = n > 1 && p[0] == '+', digits = true;

    if (plus) {
        p++;
        n--;
    }
    if (n > sizeof(a->digits) - 1)
        n = sizeof(a->digits) - 1;
    for (; i < n && p[i] != '\0'; i++) {
        digits = digits && isdigit(p[i]);
        a->digits[i] = (char)p[i];
    }
    a->digits[i] = '\0';
    if (plus)
        a->ton = TON_INTERNATIONAL;
    else
        a->ton = digits ? 0 : TON_ALPHANUMERIC;
    a->npi = plus || digits ? NPI_E164 : 0;
    if (ton != SMPP_BY_NUMBER)
        a->ton = (uint8_t)ton;
    if (npi != SMPP_BY_NUMBER)
        a->npi = (uint8_t)npi;
}

/* ---- text ---- */

/* TS 23.038 4, of what an sms can say; 0: nothing but the alphabet 7 bit. */
static uint8_t dcs_of(const struct box_frame *f, int coding, bool empty)
{
    int32_t mclass = num(f, BOX_SMS_MCLASS), mwi = num(f, BOX_SMS_MWI);
    bool compressed = num(f, BOX_SMS_COMPRESS) == 1;
    uint8_t dcs;

    if (mwi >= 0 && mwi < 2 * MWI_OFF && coding != CODING_8BIT) {
        dcs = empty ? 0xc0 : 0xd0;
        if (coding == CODING_UCS2)
            dcs = 0xe0;
        return (uint8_t)(dcs | (mwi < MWI_OFF ? 8 : 0) | (mwi & 3));
    }
    if (mclass < 0 || mclass > 3)
        mclass = -1;
    if (num(f, BOX_SMS_ALT_DCS) == 1 && mclass >= 0 && coding != CODING_UCS2 &&
        !compressed)
        return (uint8_t)(0xf0 | coding << 2 | mclass);
    dcs = (uint8_t)(coding << 2 | (compressed ? 0x20 : 0));
    return mclass < 0 ? dcs : (uint8_t)(dcs | 0x10 | mclass);
}

/* The text with a NUL; one inside would end it. */
static bool copy_utf8(struct smpp_work *w, const uint8_t *p, size_t n)
{
    if (n >= sizeof(w->utf8))
        return false;
    for (size_t i = 0; i < n; i++)
        w->utf8[i] = (char)(p[i] != '\0' ? p[i] : ' ');
    w->utf8[n] = '\0';
    return true;
}

/* Octets of the text at w->text behind `at', -1: not in this alphabet. */
static long encode(struct smpp_work *w, size_t at, enum smpp_charset charset)
{
    uint8_t *out = w->text + at;
    size_t size = sizeof(w->text) - at, n;

    switch (charset) {
    case SMPP_GSM7:
        return gsm7_from_utf8(w->utf8, out, size);
    case SMPP_LATIN1:
    case SMPP_DEFAULT_LATIN1:
        return smpp_text_to_latin1(w->utf8, out, size);
    case SMPP_DEFAULT_UTF8:
        n = strlen(w->utf8);
        if (n > size)
            return -1;
        memcpy(out, w->utf8, n);
        return (long)n;
    case SMPP_UCS2:
        break;
    }
    return -1;
}

/* Text of the 7 bit alphabet; -1: too long. */
static long text_7bit(struct smpp_sm *sm, const struct box_frame *f,
                      const struct smpp_style *style, size_t at,
                      struct smpp_work *w)
{
    size_t n;
    const uint8_t *p = smpp_msg_text(f, BOX_SMS_MSGDATA, &n);
    uint8_t dcs = dcs_of(f, CODING_7BIT, n == 0);
    /* A class or an indication is said by a DCS of GSM only. */
    enum smpp_charset charset = dcs != 0 ? SMPP_GSM7 : style->charset;
    long did;

    if (!copy_utf8(w, p, n))
        return -1;
    sm->data_coding = charset == SMPP_LATIN1 ? DATA_LATIN1 : dcs;
    did = encode(w, at, charset);
    if (did >= 0)
        return did;
    sm->data_coding = dcs_of(f, CODING_UCS2, n == 0);
    return smpp_text_to_ucs2(w->utf8, w->text + at, sizeof(w->text) - at);
}

static long text_as_is(struct smpp_sm *sm, const struct box_frame *f, size_t at,
                       struct smpp_work *w)
{
    size_t n;
    const uint8_t *p = smpp_msg_text(f, BOX_SMS_MSGDATA, &n);

    sm->data_coding = dcs_of(f, num(f, BOX_SMS_CODING), n == 0);
    if (n > sizeof(w->text) - at)
        return -1;
    if (n > 0)
        memcpy(w->text + at, p, n);
    return (long)n;
}

/* ---- header ---- */

/* Concatenation in a header, its length octet first (TS 23.040 9.2.3.24). */
static struct smpp_sar concat_of(const uint8_t *udh, size_t n)
{
    struct smpp_sar sar = { 0 };
    size_t at = 1;

    while (n >= 2 && at <= n - 2 && udh[at + 1] <= n - at - 2) {
        const uint8_t *ie = udh + at;

        if (ie[0] == IEI_CONCAT8 && ie[1] == 3)
            sar = (struct smpp_sar){ ie[2], ie[3], ie[4] };
        else if (ie[0] == IEI_CONCAT16 && ie[1] == 4)
            sar = (struct smpp_sar){ (uint16_t)(ie[2] << 8 | ie[3]), ie[4],
                                     ie[5] };
        at += 2u + ie[1];
    }
    if (sar.part == 0 || sar.part > sar.total)
        sar.total = 0;
    return sar;
}

/* Is there nothing else in it? */
static bool only_concat(const uint8_t *udh, size_t n)
{
    return (n == 6 && udh[1] == IEI_CONCAT8) ||
           (n == 7 && udh[1] == IEI_CONCAT16);
}

/* The header to w->text, or as sar_*; octets of it there. */
static size_t header(struct smpp_sm *sm, const struct box_frame *f,
                     const struct smpp_style *style, struct smpp_work *w)
{
    size_t n;
    const uint8_t *udh = smpp_msg_text(f, BOX_SMS_UDHDATA, &n);

    if (n == 0 || n > UDH_MAX)
        return 0;
    if (style->sar && only_concat(udh, n)) {
        sm->sar = concat_of(udh, n);
        if (sm->sar.total > 0)
            return 0;
    }
    memcpy(w->text, udh, n);
    sm->esm_class |= SMPP_ESM_UDHI;
    return n;
}

static uint32_t mix(uint32_t h, const uint8_t *p, size_t n)
{
    for (size_t i = 0; i < n; i++)
        h = (h ^ p[i]) * 16777619u; /* FNV-1a */
    return h;
}

uint32_t smpp_msg_concat(const struct box_frame *f)
{
    size_t n;
    const uint8_t *p = smpp_msg_text(f, BOX_SMS_UDHDATA, &n);
    struct smpp_sar sar = concat_of(p, n);
    uint32_t h = 2166136261u;

    if (sar.total < 2)
        return 0;
    p = smpp_msg_text(f, BOX_SMS_SENDER, &n);
    h = mix(h, p, n);
    p = smpp_msg_text(f, BOX_SMS_RECEIVER, &n);
    h = mix(h, p, n);
    h = mix(h, (const uint8_t *)&sar.ref, sizeof(sar.ref));
    h = mix(h, &sar.total, 1);
    return h != 0 ? h : 1;
}

/* ---- TLVs ---- */

static void add(struct smpp_sm *sm, uint16_t tag, const void *p, size_t n)
{
    if (n > 0 && sm->n_tlvs < SMPP_TLVS)
        sm->tlv[sm->n_tlvs++] =
            (struct smpp_tlv){ .tag = tag, .n = (uint16_t)n, .p = p };
}

/* A value of "?group?key=value&key=value&"; nothing in ours is encoded. */
static const uint8_t *meta(const struct box_frame *f, const char *key,
                           size_t *len)
{
    size_t n, k = strlen(key), i, from;
    const uint8_t *p = smpp_msg_text(f, BOX_SMS_META_DATA, &n);

    *len = 0;
    for (i = 1; i + k < n; i++) {
        if ((p[i - 1] != '?' && p[i - 1] != '&') || p[i + k] != '=' ||
            memcmp(p + i, key, k) != 0)
            continue;
        from = i + k + 1;
        for (i = from; i < n && p[i] != '&' && p[i] != '?';)
            i++;
        *len = i - from;
        return p + from;
    }
    return NULL;
}

static unsigned hex(uint8_t c)
{
    return (unsigned)(isdigit(c) ? c - '0' : tolower(c) - 'a' + 10) & 15;
}

static void tlvs(struct smpp_sm *sm, const struct box_frame *f,
                 const struct smpp_style *s, uint8_t reference[2])
{
    size_t n;
    const uint8_t *p;

    if ((s->with & SMPP_WITH_SC) != 0) {
        p = smpp_msg_text(f, BOX_SMS_SMSC_NUMBER, &n);
        add(sm, s->tag_sc, p, n);
    }
    if ((s->with & SMPP_WITH_IMSI) != 0) {
        p = meta(f, "imsi", &n);
        add(sm, s->tag_imsi, p, n);
    }
    p = smpp_msg_text(f, BOX_SMS_FOREIGN_ID, &n);
    if ((s->with & SMPP_WITH_ID) != 0)
        add(sm, s->tag_id, p, n);
    if ((s->with & SMPP_WITH_REFERENCE) == 0 || n < 4)
        return;
    reference[0] = (uint8_t)(hex(p[0]) << 4 | hex(p[1]));
    reference[1] = (uint8_t)(hex(p[2]) << 4 | hex(p[3]));
    add(sm, SMPP_TLV_REFERENCE, reference, 2);
}

/* message_state (5.2.28) by the words of a receipt. */
static uint8_t state_of(const uint8_t *text, size_t n)
{
    enum { UNKNOWN = 7, WORD = 7 };
    static const char *const word[] = { "ENROUTE", "DELIVRD", "EXPIRED",
                                        "DELETED", "UNDELIV", "ACCEPTD",
                                        "UNKNOWN", "REJECTD" };
    size_t at = 0;

    while (at + 5 + WORD <= n && memcmp(text + at, "stat:", 5) != 0)
        at++;
    if (at + 5 + WORD > n)
        return UNKNOWN;
    for (uint8_t i = 0; i < sizeof(word) / sizeof(word[0]); i++)
        if (memcmp(text + at + 5, word[i], WORD) == 0)
            return (uint8_t)(i + 1);
    return UNKNOWN;
}

/* ---- all of it ---- */

static void receipt(struct smpp_sm *sm, const struct smpp_receipt *r,
                    uint8_t *state)
{
    sm->esm_class |= SMPP_ESM_RECEIPT;
    if (r != NULL) {
        sm->text = (const uint8_t *)r->text;
        sm->text_len = strlen(r->text);
        sm->data_coding = 0;
        add(sm, SMPP_TLV_RECEIPTED_ID, r->id, strlen(r->id) + 1);
    }
    *state = state_of(sm->text, sm->text_len);
    add(sm, SMPP_TLV_STATE, state, 1);
}

size_t smpp_msg_deliver(uint8_t *out, size_t size, const struct box_frame *f,
                        const struct smpp_style *style,
                        const struct smpp_receipt *r, struct smpp_work *w)
{
    struct smpp_sm sm = { .text = w->text };
    int32_t pid = num(f, BOX_SMS_PID), coding = num(f, BOX_SMS_CODING);
    uint8_t reference[2], state;
    size_t at;
    long n;

    address(&sm.source, f, BOX_SMS_SENDER, style->source_ton,
            style->source_npi);
    address(&sm.dest, f, BOX_SMS_RECEIVER, style->dest_ton, style->dest_npi);
    sm.pid = (uint8_t)(pid > 0 ? pid : 0);
    if (num(f, BOX_SMS_RPI) == 1)
        sm.esm_class |= SMPP_ESM_REPLY_PATH;
    at = header(&sm, f, style, w);
    if (coding == CODING_8BIT || coding == CODING_UCS2)
        n = text_as_is(&sm, f, at, w);
    else
        n = text_7bit(&sm, f, style, at, w);
    if (n < 0)
        return 0;
    sm.text_len = at + (size_t)n;
    tlvs(&sm, f, style, reference);
    if (num(f, BOX_SMS_TYPE) == SMPP_REPORT_MO)
        receipt(&sm, r, &state);
    sm.payload = style->payload || sm.text_len > SMPP_SHORT_MAX;
    return smpp_sm_write(out, size, &sm);
}
