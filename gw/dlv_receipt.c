/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * dlv_receipt.c - an SMS-STATUS-REPORT in the words that boxes know
 */

#include "dlv_receipt.h"

#include <stdio.h>
#include <time.h>

enum { DATE_MAX = 16 };

/* TP-ST, 9.2.3.15. */
enum {
    ST_EXPIRED = 0x46,
    ST_DELETED_BY_SENDER = 0x47,
    ST_DELETED_BY_SC = 0x48,
    ST_REJECTED = 0x63,
};

/* Reserved values are read as "service rejected", as a mobile must. */
static uint8_t known(uint8_t st)
{
    static const struct {
        uint8_t first, last;
    } is[] = {
        { 0x00, 0x02 }, { 0x10, 0x1f }, { 0x20, 0x25 }, { 0x30, 0x3f },
        { 0x40, 0x49 }, { 0x50, 0x5f }, { 0x60, 0x65 }, { 0x70, 0x7f },
    };

    for (size_t i = 0; i < sizeof(is) / sizeof(is[0]); i++)
        if (st >= is[i].first && st <= is[i].last)
            return st;
    return ST_REJECTED;
}

int dlv_receipt_mask(uint8_t st)
{
    switch (known(st) >> 5) {
    case 0:
        return DLV_RECEIPT_DELIVERED;
    case 1:
        return DLV_RECEIPT_BUFFERED;
    default:
        return DLV_RECEIPT_FAILED;
    }
}

static const char *stat_str(uint8_t st)
{
    switch (dlv_receipt_mask(st)) {
    case DLV_RECEIPT_DELIVERED:
        return "DELIVRD";
    case DLV_RECEIPT_BUFFERED:
        return "ENROUTE";
    default:
        break;
    }
    switch (known(st)) {
    case ST_EXPIRED:
        return "EXPIRED";
    case ST_DELETED_BY_SENDER:
    case ST_DELETED_BY_SC:
        return "DELETED";
    case ST_REJECTED:
        return "REJECTD";
    default:
        return "UNDELIV";
    }
}

/* YYMMDDhhmm */
static void date_text(const struct tpdu_scts *t, char out[DATE_MAX])
{
    time_t when = (time_t)tpdu_scts_unix(t);
    struct tm tm;

    if (when < 0 || gmtime_r(&when, &tm) == NULL ||
        strftime(out, DATE_MAX, "%y%m%d%H%M", &tm) == 0)
        snprintf(out, DATE_MAX, "0000000000");
}

void dlv_receipt_text(const struct tpdu_status *s, char out[DLV_RECEIPT_MAX])
{
    bool delivered = dlv_receipt_mask(s->st) == DLV_RECEIPT_DELIVERED;
    char submitted[DATE_MAX], done[DATE_MAX];

    date_text(&s->sm.scts, submitted);
    date_text(&s->dt, done);
    snprintf(out, DLV_RECEIPT_MAX,
             "id:%u sub:001 dlvrd:%s submit date:%s done date:%s stat:%s "
             "err:%03u text:",
             s->mr, delivered ? "001" : "000", submitted, done, stat_str(s->st),
             s->st);
}
