/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * dlv_msg.c - a message of the network as the sms a Kannel box expects
 */

#include "dlv_msg.h"

#include "box_frame.h"
#include "crypto.h"
#include "dlv_receipt.h"
#include "sigtran-box/utf8.h"

#include <gw/msg.h>
#include <gw/sms.h>
#include <gwlib/gwlib.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

enum { TP_MMS = 0x04 };
enum {
    TEXT_MAX = 160 * 3 + 1, /* a septet is at most 3 octets of UTF-8 */
    META_MAX = 320,
};

static void digest_of(const uint8_t *p, size_t n, struct dedup_key *key)
{
    uint8_t digest[CRYPTO_SHA256_OCTETS];

    if (!crypto_sha256(p, n, digest))
        panic(0, "OpenSSL has no SHA-256.");
    memcpy(key->octet, digest, sizeof(key->octet));
}

void dlv_msg_set_key(const struct ss7_sms *m, const struct tpdu_deliver *d,
                     bool sc, struct dedup_key *key)
{
    uint8_t name[CONCAT_NAME_MAX];

    digest_of(name, concat_name(m, d, sc, name), key);
}

void dlv_msg_whole_key(const struct concat_set *set, struct dedup_key *key)
{
    uint8_t all[UINT8_MAX * sizeof(*key)];
    size_t n = 0;

    for (unsigned i = 0; i < set->n && i < UINT8_MAX; i++, n += sizeof(*key))
        memcpy(all + n, set->part[i].key.octet, sizeof(*key));
    digest_of(all, n, key);
}

void dlv_msg_key(const struct ss7_sms *m, bool sc, struct dedup_key *key)
{
    /* Each part stands behind its length: no two messages look alike. */
    uint8_t buf[2 + sizeof(m->vmn) + sizeof(m->sc) + sizeof(m->tpdu)];
    uint8_t *p = buf;
    size_t vmn_len = strlen(m->vmn), sc_len = sc ? strlen(m->sc) : 0;

    *p++ = (uint8_t)vmn_len;
    p = (uint8_t *)memcpy(p, m->vmn, vmn_len) + vmn_len;
    *p++ = (uint8_t)sc_len;
    p = (uint8_t *)memcpy(p, m->sc, sc_len) + sc_len;
    if (m->tpdu_len > 0) {
        memcpy(p, m->tpdu, m->tpdu_len);
        *p &= (uint8_t)~TP_MMS;
        p += m->tpdu_len;
    }
    digest_of(buf, (size_t)(p - buf), key);
}

void dlv_msg_foreign_id(const struct dedup_key *key,
                        char out[DLV_FOREIGN_ID_OCTETS])
{
    static const char hex[] = "0123456789abcdef";
    size_t i;

    for (i = 0; i < sizeof(key->octet); i++) {
        *out++ = hex[key->octet[i] >> 4];
        *out++ = hex[key->octet[i] & 15];
    }
    *out = '\0';
}

void dlv_msg_sender(const struct tpdu_addr *oa, const struct num_plan *plan,
                    char out[DLV_SENDER_MAX + 1])
{
    bool intl = oa->ton == TPDU_TON_INTERNATIONAL;
    char number[NUM_MAX + 1];
    const char *text = oa->text;
    size_t prefix;

    if (oa->ton == TPDU_TON_NATIONAL && plan != NULL && plan->cc[0] != '\0' &&
        num_international(plan, MAP_NOA_NATIONAL, oa->text, number)) {
        text = number;
        intl = true;
    } else if (oa->ton == TPDU_TON_UNKNOWN && plan != NULL) {
        /* Short codes are of unknown type too: only 00... is a number. */
        prefix = strlen(plan->intl);
        if (prefix > 0 && strncmp(text, plan->intl, prefix) == 0 &&
            text[prefix] != '\0') {
            text += prefix;
            intl = true;
        }
    }
    snprintf(out, DLV_SENDER_MAX + 1, "%s%s", intl ? "+" : "", text);
}

/* A message's fields, and the octets of those that are made here. */
struct fields {
    struct box_frame f;
    char receiver[NUM_MAX + 2], smsc_number[NUM_MAX + 2];
    char text[TEXT_MAX], foreign_id[DLV_FOREIGN_ID_OCTETS], meta[META_MAX];
};

static void set_num(struct fields *f, int field, int32_t num)
{
    f->f.field[field].num = num;
}

static void set(struct fields *f, int field, const void *p, size_t n)
{
    f->f.field[field] = (struct box_field){ .num = (int32_t)n, .p = p };
}

static void set_text(struct fields *f, int field, const char *text)
{
    set(f, field, text, strlen(text));
}

/* "+" and the digits; undefined if there are none. */
static void set_number(struct fields *f, int field, const char *digits,
                       char text[NUM_MAX + 2])
{
    if (digits[0] == '\0')
        return;
    snprintf(text, NUM_MAX + 2, "+%s", digits);
    set_text(f, field, text);
}

static void set_coding(struct fields *f, int32_t coding, const void *p,
                       size_t n)
{
    set_num(f, BOX_SMS_CODING, coding);
    set(f, BOX_SMS_MSGDATA, p, n);
}

static int32_t coding_of(const struct tpdu_deliver *d)
{
    switch (d->enc.alphabet) {
    case TPDU_GSM7:
        return DC_7BIT;
    case TPDU_UCS2:
        return DC_UCS2;
    default:
        return DC_8BIT;
    }
}

static void fill_text(struct fields *f, const struct tpdu_deliver *d)
{
    size_t n;

    if (d->enc.compressed) {
        set_coding(f, DC_8BIT, d->ud, d->ud_len);
    } else if (d->enc.alphabet == TPDU_GSM7) {
        n = tpdu_text(d, f->text, sizeof(f->text));
        set_coding(f, DC_7BIT, f->text, n);
    } else {
        set_coding(f, coding_of(d), d->ud, d->ud_len);
    }
}

/* TP-DCS as gwlib's dcs_to_fields() tells it, where that one is right. */
static void fill_dcs(struct fields *f, const struct tpdu_deliver *d)
{
    uint8_t group = d->dcs >> 4;
    int mclass = d->enc.mclass, mwi = d->enc.mwi;

    if (d->enc.compressed)
        set_num(f, BOX_SMS_COMPRESS, COMPRESS_ON);
    else if (group < 4)
        set_num(f, BOX_SMS_COMPRESS, COMPRESS_OFF);
    set_num(f, BOX_SMS_ALT_DCS, group == 0xf);
    if (mclass >= 0)
        set_num(f, BOX_SMS_MCLASS, mclass);
    if (mwi >= 0)
        set_num(f, BOX_SMS_MWI, mwi + (d->enc.mwi_active ? 0 : MWI_VOICE_OFF));
}

static size_t put(char out[META_MAX], size_t at, const char *key,
                  const char *value)
{
    int n;

    if (value[0] == '\0')
        return at;
    n = snprintf(out + at, META_MAX - at, "%s=%s&", key, value);
    return n > 0 && (size_t)n < META_MAX - at ? at + (size_t)n : at;
}

static void scts_text(const struct tpdu_scts *scts, char *out, size_t size)
{
    int64_t when = tpdu_scts_unix(scts);
    struct tm tm;

    out[0] = '\0';
    if (when < 0)
        return;
    tm = gw_gmtime((time_t)when);
    snprintf(out, size, "%04d%02d%02dT%02d%02d%02dZ", tm.tm_year + 1900,
             tm.tm_mon + 1, tm.tm_mday, tm.tm_hour, tm.tm_min, tm.tm_sec);
}

static size_t put_number(char out[META_MAX], size_t at, const char *key,
                         unsigned value)
{
    char text[12];

    snprintf(text, sizeof(text), "%u", value);
    return put(out, at, key, text);
}

/* Nothing here needs to be encoded: the network's name is a word. */
static size_t put_meta(char out[META_MAX], const struct ss7_sms *m,
                       const struct tpdu_deliver *d,
                       const struct ss7_network *network)
{
    char scts[72];
    size_t at;

    strcpy(out, "?sigtran?");
    at = strlen(out);
    at = put(out, at, "imsi", m->imsi);
    at = put(out, at, "sc", m->sc);
    at = put(out, at, "gt", m->smsc_gt);
    at = put_number(out, at, "version", m->version);
    if (network != NULL)
        at = put(out, at, "network", network->id);
    else
        at = put_number(out, at, "network", m->network);
    scts_text(&d->scts, scts, sizeof(scts));
    at = put(out, at, "scts", scts);
    if (d->lp)
        at = put(out, at, "lp", "1");
    return at;
}

static void fill_of_route(struct fields *f, const struct dlv_route *r)
{
    if (r->account[0] != '\0')
        set_text(f, BOX_SMS_ACCOUNT, r->account);
    if (r->service[0] != '\0')
        set_text(f, BOX_SMS_SERVICE, r->service);
}

/* All undefined, as msg_create() leaves them. */
static void fields_init(struct fields *f)
{
    int i;

    f->f.type = BOX_SMS;
    for (i = 0; i < BOX_FIELDS; i++)
        set_num(f, i, -1);
}

/* What messages and reports have in common. */
static void fill_common(struct fields *f, const struct ss7_sms *m,
                        const struct dlv_msg_about *about)
{
    fields_init(f);
    memcpy(f->f.id, about->uuid, sizeof(f->f.id));
    set_text(f, BOX_SMS_SENDER, about->sender);
    set_number(f, BOX_SMS_RECEIVER, m->vmn, f->receiver);
    set_num(f, BOX_SMS_TIME, (int32_t)(m->received_ms / 1000));
    set_text(f, BOX_SMS_SMSC_ID, about->smsc_id);
    set_number(f, BOX_SMS_SMSC_NUMBER, m->sc, f->smsc_number);
    dlv_msg_foreign_id(about->key, f->foreign_id);
    set_text(f, BOX_SMS_FOREIGN_ID, f->foreign_id);
    fill_of_route(f, about->route);
}

/* ---- what plug-ins changed ---- */

/* Text of twice its octets as UTF-16BE, and the meta data that it adds to. */
size_t dlv_msg_edit_octets(const struct plug_msg *edit)
{
    size_t text, all = META_MAX + 2, len;

    plug_msg_get(edit, PLUG_TEXT, &text);
    for (int i = 0; i < PLUG_NFIELDS; i++) {
        plug_msg_get(edit, (enum plug_field)i, &len);
        all += len;
    }
    return all + 2 * text;
}

static void edit_field(struct fields *f, int field, const struct plug_msg *edit,
                       enum plug_field from)
{
    size_t len;
    const void *p = plug_msg_get(edit, from, &len);

    if (plug_msg_changed(edit, from))
        set(f, field, p, len);
}

/* PLUG_TEXT is UTF-8, unless it is octets. NULL: as it was; else to be freed. */
static uint8_t *edit_text(struct fields *f, const struct plug_msg *edit)
{
    size_t len, size;
    const char *p = plug_msg_get(edit, PLUG_TEXT, &len);
    uint8_t *octets;

    if (!plug_msg_changed(edit, PLUG_TEXT))
        return NULL;
    size = 2 * len + 4;
    octets = gw_malloc(size);
    if (f->f.field[BOX_SMS_CODING].num == DC_UCS2) {
        len = utf8_to_utf16(p, len, octets, size);
    } else {
        memcpy(octets, p, len);
    }
    set(f, BOX_SMS_MSGDATA, octets, len);
    return octets;
}

/* Behind the meta data of ours, in a group of its own. */
static char *edit_meta(struct fields *f, const struct plug_msg *edit)
{
    size_t len, own = (size_t)f->f.field[BOX_SMS_META_DATA].num;
    const char *p = plug_msg_get(edit, PLUG_META, &len);
    char *all;

    if (!plug_msg_changed(edit, PLUG_META) || len == 0)
        return NULL;
    all = gw_malloc(own + len + sizeof("?plugin?&"));
    memcpy(all, f->f.field[BOX_SMS_META_DATA].p, own);
    own += (size_t)sprintf(all + own, "?plugin?%.*s%s", (int)len, p,
                           p[len - 1] == '&' ? "" : "&");
    set(f, BOX_SMS_META_DATA, all, own);
    return all;
}

static size_t write_edited(uint8_t *out, size_t size, struct fields *f,
                           const struct plug_msg *edit)
{
    uint8_t *text;
    char *meta;
    size_t n;

    if (edit == NULL)
        return box_frame_write(out, size, &f->f);
    edit_field(f, BOX_SMS_SENDER, edit, PLUG_SENDER);
    edit_field(f, BOX_SMS_RECEIVER, edit, PLUG_RECEIVER);
    text = edit_text(f, edit);
    meta = edit_meta(f, edit);
    n = box_frame_write(out, size, &f->f);
    gw_free(text);
    gw_free(meta);
    return n;
}

/* ---- whole messages ---- */

size_t dlv_msg(uint8_t *out, size_t size, const struct ss7_sms *m,
               const struct tpdu_deliver *d, const struct dlv_msg_about *about)
{
    struct fields f;

    fill_common(&f, m, about);
    set_num(&f, BOX_SMS_TYPE, mo);
    if (d->udh_len > 0)
        set(&f, BOX_SMS_UDHDATA, d->udh, d->udh_len);
    fill_text(&f, d);
    fill_dcs(&f, d);
    set_num(&f, BOX_SMS_PID, d->pid);
    if (d->rp)
        set_num(&f, BOX_SMS_RPI, RPI_ON);
    set(&f, BOX_SMS_META_DATA, f.meta, put_meta(f.meta, m, d, about->network));
    return write_edited(out, size, &f, about->edit);
}

size_t dlv_msg_joined(uint8_t *out, size_t size, const struct concat_set *parts,
                      const struct dlv_msg_about *about)
{
    const struct ss7_sms *m = &parts->part[0].m;
    const struct tpdu_deliver *d = &parts->part[0].tpdu;
    uint8_t header[TPDU_UD_OCTETS], header_len = concat_header(d, header);
    size_t room = CONCAT_TEXT(parts->n), at;
    uint8_t *text = gw_malloc(room);
    struct fields f;

    fill_common(&f, m, about);
    set_num(&f, BOX_SMS_TYPE, mo);
    if (header_len > 0)
        set(&f, BOX_SMS_UDHDATA, header, header_len);
    set_coding(&f, coding_of(d), text, concat_text(parts, text, room));
    fill_dcs(&f, d);
    set_num(&f, BOX_SMS_PID, d->pid);
    if (d->rp)
        set_num(&f, BOX_SMS_RPI, RPI_ON);
    at = put_meta(f.meta, m, d, about->network);
    at = put_number(f.meta, at, "parts", parts->n);
    set(&f, BOX_SMS_META_DATA, f.meta, at);
    at = write_edited(out, size, &f, about->edit);
    gw_free(text);
    return at;
}

size_t dlv_msg_report(uint8_t *out, size_t size, const struct ss7_sms *m,
                      const struct tpdu_status *s,
                      const struct dlv_msg_about *about)
{
    struct fields f;
    size_t at;

    fill_common(&f, m, about);
    set_num(&f, BOX_SMS_TYPE, report_mo);
    dlv_receipt_text(s, f.text);
    set_coding(&f, DC_7BIT, f.text, strlen(f.text));
    set_num(&f, BOX_SMS_DLR_MASK, dlv_receipt_mask(s->st));
    if (about->route->dlr_url[0] != '\0')
        set_text(&f, BOX_SMS_DLR_URL, about->route->dlr_url);
    at = put_meta(f.meta, m, &s->sm, about->network);
    at = put_number(f.meta, at, "mr", s->mr);
    at = put_number(f.meta, at, "st", s->st);
    if (s->srq)
        at = put(f.meta, at, "srq", "1");
    set(&f, BOX_SMS_META_DATA, f.meta, at);
    return write_edited(out, size, &f, about->edit);
}
