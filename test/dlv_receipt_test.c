/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * dlv_receipt_test.c - what becomes of TP-ST, and the text of a receipt
 */

#include "gw/dlv_receipt.h"

#include "check.h"

static struct tpdu_scts at(uint8_t day, uint8_t hour)
{
    return (struct tpdu_scts){ .valid = true,
                               .year = 2026,
                               .month = 1,
                               .day = day,
                               .hour = hour,
                               .minute = 4,
                               .second = 5 };
}

static bool says(uint8_t st, int mask, const char *stat)
{
    struct tpdu_status s = { .st = st };
    char text[DLV_RECEIPT_MAX], want[20];

    dlv_receipt_text(&s, text);
    snprintf(want, sizeof(want), " stat:%s ", stat);
    return dlv_receipt_mask(st) == mask && strstr(text, want) != NULL;
}

static void knows_every_status(void)
{
    for (unsigned st = 0; st < 256; st++) {
        uint8_t low = st & 0x1f;
        bool own_words = low >= 0x10;

        if (st < 0x20 && (own_words || low <= 0x02))
            CHECK(says((uint8_t)st, 1, "DELIVRD"));
        else if (st >= 0x20 && st < 0x40 && (own_words || low <= 0x05))
            CHECK(says((uint8_t)st, 4, "ENROUTE"));
        else if (st == 0x46)
            CHECK(says((uint8_t)st, 2, "EXPIRED"));
        else if (st == 0x47 || st == 0x48)
            CHECK(says((uint8_t)st, 2, "DELETED"));
        else if (st >= 0x40 && st < 0x60 && (own_words || low <= 0x09))
            CHECK(says((uint8_t)st, 2, "UNDELIV"));
        else if (st >= 0x60 && st < 0x80 && st != 0x63 &&
                 (own_words || low <= 0x05))
            CHECK(says((uint8_t)st, 2, "UNDELIV"));
        else /* 63, and what is reserved */
            CHECK(says((uint8_t)st, 2, "REJECTD"));
    }
}

static void writes_a_receipt(void)
{
    struct tpdu_status s = { .mr = 7, .sm.scts = at(2, 3), .dt = at(2, 5) };
    char text[DLV_RECEIPT_MAX];

    s.dt.tz_quarters = -4; /* 06:04 UTC */
    dlv_receipt_text(&s, text);
    CHECK(strcmp(text, "id:7 sub:001 dlvrd:001 submit date:2601020304 done "
                       "date:2601020604 stat:DELIVRD err:000 text:") == 0);
    s.mr = 255;
    s.st = 0x46;
    s.dt.valid = false;
    dlv_receipt_text(&s, text);
    CHECK(strcmp(text, "id:255 sub:001 dlvrd:000 submit date:2601020304 done "
                       "date:0000000000 stat:EXPIRED err:070 text:") == 0);
}

int main(void)
{
    SHOWS("FM-14", knows_every_status);
    SHOWS("FM-14", writes_a_receipt);
    return CHECK_DONE();
}
