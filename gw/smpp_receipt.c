/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * smpp_receipt.c - delivery receipts for what an ESME has submitted
 */

#include "smpp_receipt.h"

#include "smpp_msg.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

enum { DELIVERED = 1, FAILED = 2, BUFFERED = 4, ACCEPTED = 8, REJECTED = 16 };
enum { STAT = 7, ERR = 3 };

void smpp_receipt_url(const struct smpp_ref *ref, char out[SMPP_URL_OCTETS])
{
    snprintf(out, SMPP_URL_OCTETS, "smppbox:%s:%lld:%s", ref->id,
             (long long)ref->when_s, ref->system_id);
}

bool smpp_receipt_read(const struct box_frame *f, struct smpp_ref *ref)
{
    size_t n;
    const uint8_t *p = smpp_msg_text(f, BOX_SMS_DLR_URL, &n);
    char url[SMPP_URL_OCTETS];
    long long when;

    if (f->field[BOX_SMS_TYPE].num != SMPP_REPORT_MO || n == 0 ||
        n >= sizeof(url))
        return false;
    memcpy(url, p, n);
    url[n] = '\0';
    memset(ref, 0, sizeof(*ref));
    if (sscanf(url, "smppbox:%32[0-9a-f]:%lld:%15[ -~]", ref->id, &when,
               ref->system_id) != 3)
        return false;
    ref->when_s = when;
    return true;
}

/* The word behind `key' in the SMSC's receipt; false: it has none. */
static bool word(const struct box_frame *f, const char *key, char *out,
                 size_t len)
{
    size_t n, k = strlen(key), at = 0;
    const uint8_t *p = smpp_msg_text(f, BOX_SMS_MSGDATA, &n);

    while (at + k + len <= n && memcmp(p + at, key, k) != 0)
        at++;
    if (at + k + len > n)
        return false;
    for (size_t i = 0; i < len; i++) {
        if (!isalnum(p[at + k + i]))
            return false;
        out[i] = (char)p[at + k + i];
    }
    out[len] = '\0';
    return true;
}

static const char *by_mask(int32_t mask)
{
    switch (mask) {
    case DELIVERED:
        return "DELIVRD";
    case FAILED:
        return "UNDELIV";
    case BUFFERED:
        return "ENROUTE";
    case ACCEPTED:
        return "ACCEPTD";
    case REJECTED:
        return "REJECTD";
    default:
        return "UNKNOWN";
    }
}

static void date(int64_t when_s, char out[11])
{
    time_t t = (time_t)when_s;
    struct tm tm;

    if (gmtime_r(&t, &tm) == NULL || strftime(out, 11, "%y%m%d%H%M", &tm) == 0)
        strcpy(out, "0000000000");
}

void smpp_receipt_text(const struct box_frame *f, const struct smpp_ref *ref,
                       int64_t now_s, char out[SMPP_RECEIPT_OCTETS])
{
    int32_t mask = f->field[BOX_SMS_DLR_MASK].num;
    char stat[STAT + 1], err[ERR + 1], from[11], to[11];

    if (!word(f, "stat:", stat, STAT))
        strcpy(stat, by_mask(mask));
    if (!word(f, "err:", err, ERR))
        strcpy(err, "000");
    date(ref->when_s, from);
    date(now_s, to);
    snprintf(out, SMPP_RECEIPT_OCTETS,
             "id:%s sub:001 dlvrd:%s submit date:%s done date:%s stat:%s "
             "err:%s text:",
             ref->id, mask == DELIVERED ? "001" : "000", from, to, stat, err);
}
