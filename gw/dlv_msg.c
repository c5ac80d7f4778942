/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * dlv_msg.c - a message of the network as the sms a Kannel box expects
 */

#include "dlv_msg.h"

#include "crypto.h"

#include <gw/sms.h>
#include <gwlib/gwlib.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

enum { TP_MMS = 0x04 };
enum { TEXT_MAX = 160 * 3 + 1 }; /* a septet is at most 3 octets of UTF-8 */

void dlv_msg_key(const struct ss7_sms *m, bool sc, struct dedup_key *key)
{
    /* Each part stands behind its length: no two messages look alike. */
    uint8_t buf[2 + sizeof(m->vmn) + sizeof(m->sc) + sizeof(m->tpdu)];
    uint8_t digest[CRYPTO_SHA256_OCTETS], *p = buf;
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
    if (!crypto_sha256(buf, (size_t)(p - buf), digest))
        panic(0, "OpenSSL has no SHA-256.");
    memcpy(key->octet, digest, sizeof(key->octet));
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

/* "+" and the digits, or NULL if there are none. */
static Octstr *international(const char *digits)
{
    char text[NUM_MAX + 2];

    if (digits[0] == '\0')
        return NULL;
    snprintf(text, sizeof(text), "+%s", digits);
    return octstr_create(text);
}

static Octstr *octets(const uint8_t *p, size_t n)
{
    return octstr_create_from_data((const char *)p, (long)n);
}

static void fill_text(Msg *msg, const struct tpdu_deliver *d)
{
    char text[TEXT_MAX];
    size_t n;

    if (d->enc.compressed) {
        msg->sms.coding = DC_8BIT;
        msg->sms.compress = COMPRESS_ON;
        msg->sms.msgdata = octets(d->ud, d->ud_len);
        return;
    }
    switch (d->enc.alphabet) {
    case TPDU_GSM7:
        msg->sms.coding = DC_7BIT;
        n = tpdu_text(d, text, sizeof(text));
        msg->sms.msgdata = octets((const uint8_t *)text, n);
        return;
    case TPDU_8BIT:
        msg->sms.coding = DC_8BIT;
        break;
    case TPDU_UCS2:
        msg->sms.coding = DC_UCS2;
        break;
    }
    msg->sms.msgdata = octets(d->ud, d->ud_len);
}

/* TP-DCS as gwlib's dcs_to_fields() tells it, where that one is right. */
static void fill_dcs(Msg *msg, const struct tpdu_deliver *d)
{
    uint8_t group = d->dcs >> 4;
    int mclass = d->enc.mclass, mwi = d->enc.mwi;

    if (group < 4 && !d->enc.compressed)
        msg->sms.compress = COMPRESS_OFF;
    msg->sms.alt_dcs = group == 0xf;
    if (mclass >= 0)
        msg->sms.mclass = mclass;
    if (mwi >= 0)
        msg->sms.mwi = mwi + (d->enc.mwi_active ? 0 : MWI_VOICE_OFF);
}

static size_t put(char *out, size_t at, size_t size, const char *key,
                  const char *value)
{
    int n;

    if (value[0] == '\0')
        return at;
    n = snprintf(out + at, size - at, "%s=%s&", key, value);
    return n > 0 && (size_t)n < size - at ? at + (size_t)n : at;
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

static Octstr *meta_data(const struct ss7_sms *m, const struct tpdu_deliver *d,
                         const struct ss7_network *network)
{
    char out[320] = "?sigtran?", text[72];
    size_t at = strlen(out), first = at;
    Octstr *name;

    at = put(out, at, sizeof(out), "imsi", m->imsi);
    at = put(out, at, sizeof(out), "sc", m->sc);
    at = put(out, at, sizeof(out), "gt", m->smsc_gt);
    snprintf(text, sizeof(text), "%u", m->version);
    at = put(out, at, sizeof(out), "version", text);
    if (network != NULL) {
        name = octstr_create(network->id);
        octstr_url_encode(name);
        at = put(out, at, sizeof(out), "network", octstr_get_cstr(name));
        octstr_destroy(name);
    } else {
        snprintf(text, sizeof(text), "%u", m->network);
        at = put(out, at, sizeof(out), "network", text);
    }
    scts_text(&d->scts, text, sizeof(text));
    at = put(out, at, sizeof(out), "scts", text);
    return at > first ? octstr_create(out) : NULL;
}

Msg *dlv_msg(const struct ss7_sms *m, const struct tpdu_deliver *d,
             const struct dlv_msg_about *about)
{
    char foreign_id[DLV_FOREIGN_ID_OCTETS];
    Msg *msg = msg_create(sms);

    msg->sms.sms_type = mo;
    msg->sms.sender = octstr_create(about->sender);
    msg->sms.receiver = international(m->vmn);
    if (d->udh_len > 0)
        msg->sms.udhdata = octets(d->udh, d->udh_len);
    fill_text(msg, d);
    fill_dcs(msg, d);
    msg->sms.pid = d->pid;
    if (d->rp)
        msg->sms.rpi = RPI_ON;
    msg->sms.time = (long)(m->received_ms / 1000);
    msg->sms.smsc_id = octstr_create(about->smsc_id);
    msg->sms.smsc_number = international(m->sc);
    memcpy(msg->sms.id, about->uuid, sizeof(msg->sms.id));
    dlv_msg_foreign_id(about->key, foreign_id);
    msg->sms.foreign_id = octstr_create(foreign_id);
    if (about->route->account[0] != '\0')
        msg->sms.account = octstr_create(about->route->account);
    if (about->route->service[0] != '\0')
        msg->sms.service = octstr_create(about->route->service);
    msg->sms.meta_data = meta_data(m, d, about->network);
    return msg;
}
