/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * smpp_mt.c - a submit_sm as a Kannel sms
 */

#include "smpp_msg.h"

#include "smpp_status.h"
#include "smpp_text.h"
#include "tpdu_dcs.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

enum { TON_INTERNATIONAL = 1 };
enum { MESSAGE_TYPE = 0x3c }; /* of esm_class: acknowledgements and receipts */
enum { MWI_OFF = 4, DATA_IA5 = 1, DATA_8BIT = 2, DATA_LATIN1 = 3 };
enum { DATA_8BIT_TOO = 4, DATA_UCS2 = 8, DATA_DCS = 0x10 };
enum { RECEIPT_ALWAYS = 1, RECEIPT_FAILED = 2, RECEIPT_INTERMEDIATE = 0x10 };
/* sms.dlr_mask */
enum { DLR_DELIVERED = 1, DLR_FAILED = 2, DLR_BUFFERED = 4, DLR_REJECTED = 16 };

static void set_num(struct box_frame *f, int field, int32_t n)
{
    f->field[field].num = n;
}

static void set(struct box_frame *f, int field, const void *p, size_t n)
{
    f->field[field] = (struct box_field){ .num = (int32_t)n, .p = p };
}

static bool has_only(const char *text, int (*is)(int), const char *more)
{
    for (; *text != '\0'; text++)
        if (!is((unsigned char)*text) && strchr(more, *text) == NULL)
            return false;
    return true;
}

static void address(struct box_frame *f, int field, const struct smpp_addr *a,
                    char out[24])
{
    bool plus = a->ton == TON_INTERNATIONAL && a->digits[0] != '+';

    snprintf(out, 24, "%s%s", plus ? "+" : "", a->digits);
    set(f, field, out, strlen(out));
}

static uint32_t addresses(struct smpp_mt *mt, const struct smpp_sm *sm)
{
    if (sm->source.digits[0] == '\0' ||
        !has_only(sm->source.digits, isprint, ""))
        return SMPP_RINVSRCADR;
    if (sm->dest.digits[0] == '\0' || !has_only(sm->dest.digits, isdigit, "+"))
        return SMPP_RINVDSTADR;
    address(&mt->f, BOX_SMS_SENDER, &sm->source, mt->sender);
    address(&mt->f, BOX_SMS_RECEIVER, &sm->dest, mt->receiver);
    return SMPP_ROK;
}

/* The header, from the text or from sar_*; *took: octets of the text. */
static uint32_t header(struct smpp_mt *mt, const struct smpp_sm *sm,
                       size_t *took)
{
    const struct smpp_sar *sar = &sm->sar;

    *took = 0;
    if ((sm->esm_class & SMPP_ESM_UDHI) != 0) {
        if (sm->text_len == 0 || sm->text[0] >= sm->text_len)
            return SMPP_RINVMSGLEN;
        *took = 1u + sm->text[0];
        set(&mt->f, BOX_SMS_UDHDATA, sm->text, *took);
    } else if (sar->total > 0) {
        const uint8_t udh[] = { 6,
                                8,
                                4,
                                (uint8_t)(sar->ref >> 8),
                                (uint8_t)sar->ref,
                                sar->total,
                                sar->part };

        memcpy(mt->udh, udh, sizeof(udh));
        set(&mt->f, BOX_SMS_UDHDATA, mt->udh, sizeof(udh));
    }
    return SMPP_ROK;
}

/* What class and indication a DCS says beside the alphabet. */
static void classes(struct box_frame *f, const struct tpdu_dcs *enc,
                    uint8_t dcs)
{
    if (enc->mclass >= 0)
        set_num(f, BOX_SMS_MCLASS, enc->mclass);
    if (enc->mwi >= 0)
        set_num(f, BOX_SMS_MWI, enc->mwi + (enc->mwi_active ? 0 : MWI_OFF));
    if (enc->compressed)
        set_num(f, BOX_SMS_COMPRESS, 1);
    if (dcs >= 0xf0)
        set_num(f, BOX_SMS_ALT_DCS, 1);
}

/* data_coding (5.2.19) as an alphabet; false: one that no handset has. */
static bool alphabet(struct box_frame *f, uint8_t dcs, struct tpdu_dcs *enc)
{
    *enc = (struct tpdu_dcs){ .alphabet = TPDU_GSM7, .mclass = -1, .mwi = -1 };
    switch (dcs) {
    case 0:
    case DATA_IA5:
    case DATA_LATIN1:
        break;
    case DATA_8BIT:
    case DATA_8BIT_TOO:
        enc->alphabet = TPDU_8BIT;
        break;
    case DATA_UCS2:
        enc->alphabet = TPDU_UCS2;
        break;
    default:
        if (dcs < DATA_DCS)
            return false;
        tpdu_dcs_read(dcs, enc);
        classes(f, enc, dcs);
        break;
    }
    return true;
}

/* Text of a 7 bit alphabet to UTF-8. */
static size_t decode(const uint8_t *p, size_t n, uint8_t dcs,
                     enum smpp_charset charset, struct smpp_work *w)
{
    bool latin1 = dcs == DATA_IA5 || dcs == DATA_LATIN1;

    if (dcs == 0 && charset == SMPP_DEFAULT_UTF8) {
        memcpy(w->utf8, p, n);
        return n;
    }
    if (latin1 || (dcs == 0 && charset == SMPP_DEFAULT_LATIN1))
        return smpp_text_from_latin1(p, n, w->utf8, sizeof(w->utf8));
    memcpy(w->text, p, n);
    return smpp_text_from_gsm7(w->text, n, w->utf8, sizeof(w->utf8));
}

static uint32_t text(struct smpp_mt *mt, const struct smpp_sm *sm,
                     enum smpp_charset charset, struct smpp_work *w)
{
    struct tpdu_dcs enc;
    const uint8_t *p;
    size_t took, n;
    uint32_t status = header(mt, sm, &took);

    if (status != SMPP_ROK)
        return status;
    if (!alphabet(&mt->f, sm->data_coding, &enc))
        return SMPP_RINVDCS;
    set_num(&mt->f, BOX_SMS_CODING,
            enc.compressed ? TPDU_8BIT : (int32_t)enc.alphabet);
    n = sm->text_len - took;
    if (n == 0) {
        set(&mt->f, BOX_SMS_MSGDATA, "", 0);
        return SMPP_ROK;
    }
    p = sm->text + took;
    if (enc.alphabet == TPDU_GSM7 && !enc.compressed) {
        n = decode(p, n, sm->data_coding, charset, w);
        p = (const uint8_t *)w->utf8;
    }
    set(&mt->f, BOX_SMS_MSGDATA, p, n);
    return SMPP_ROK;
}

static bool when(struct box_frame *f, int field, const char *text_of,
                 int64_t now_s)
{
    int64_t at;

    if (!smpp_time_read(text_of, now_s, &at))
        return false;
    if (at >= 0 && at <= INT32_MAX)
        set_num(f, field, (int32_t)at);
    return true;
}

/* registered_delivery (5.2.17) */
static uint32_t receipts(struct box_frame *f, uint8_t registered)
{
    int32_t mask = 0;

    switch (registered & 3) {
    case RECEIPT_ALWAYS:
        mask = DLR_DELIVERED | DLR_FAILED | DLR_REJECTED;
        break;
    case RECEIPT_FAILED:
        mask = DLR_FAILED | DLR_REJECTED;
        break;
    case RECEIPT_ALWAYS | RECEIPT_FAILED:
        return SMPP_RINVREGDLVFLG;
    default:
        break;
    }
    if ((registered & RECEIPT_INTERMEDIATE) != 0)
        mask |= DLR_BUFFERED;
    if (mask != 0)
        set_num(f, BOX_SMS_DLR_MASK, mask);
    return SMPP_ROK;
}

uint32_t smpp_msg_submit(const struct smpp_sm *sm,
                         const struct smpp_style *style, int64_t now_s,
                         struct smpp_mt *mt, struct smpp_work *work)
{
    struct box_frame *f = &mt->f;
    uint32_t status;

    *f = (struct box_frame){ .type = BOX_SMS };
    for (int i = 0; i < BOX_FIELDS; i++)
        set_num(f, i, -1);
    if ((sm->esm_class & MESSAGE_TYPE) != 0)
        return SMPP_RINVESMCLASS;
    status = addresses(mt, sm);
    if (status == SMPP_ROK)
        status = text(mt, sm, style->charset, work);
    if (status == SMPP_ROK)
        status = receipts(f, sm->registered);
    if (status != SMPP_ROK)
        return status;
    if (!when(f, BOX_SMS_DEFERRED, sm->schedule, now_s))
        return SMPP_RINVSCHED;
    if (!when(f, BOX_SMS_VALIDITY, sm->validity, now_s))
        return SMPP_RINVEXPIRY;
    set_num(f, BOX_SMS_PID, sm->pid);
    if ((sm->esm_class & SMPP_ESM_REPLY_PATH) != 0)
        set_num(f, BOX_SMS_RPI, 1);
    if (sm->priority > 0)
        set_num(f, BOX_SMS_PRIORITY, sm->priority > 3 ? 3 : sm->priority);
    return SMPP_ROK;
}
