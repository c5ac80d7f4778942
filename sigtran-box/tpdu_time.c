/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * tpdu_time.c - time stamps of a TPDU (TS 23.040 9.2.3.11)
 */

#include "tpdu_time.h"

#include <string.h>

static bool leap(unsigned year)
{
    return (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
}

static unsigned month_days(unsigned year, unsigned month)
{
    static const uint8_t days[13] = { 0,  31, 28, 31, 30, 31, 30,
                                      31, 31, 30, 31, 30, 31 };

    if (month > 12)
        return 0;
    return days[month] + (month == 2 && leap(year) ? 1U : 0U);
}

void tpdu_scts_read(struct rd *r, struct tpdu_scts *t)
{
    const uint8_t *p = rd_take(r, sizeof(t->octet), "time stamp");
    uint8_t v[7];
    bool bcd = true;

    if (p == NULL)
        return;
    memcpy(t->octet, p, sizeof(t->octet));
    for (size_t i = 0; i < 7; i++) {
        /* In the last one, bit 3 is the sign (9.2.3.11). */
        unsigned tens = p[i] & (i < 6 ? 0x0f : 0x07);

        if (tens > 9 || p[i] >> 4 > 9)
            bcd = false;
        v[i] = (uint8_t)(tens * 10 + (p[i] >> 4));
    }
    t->year = (uint16_t)(2000 + v[0]);
    t->month = v[1];
    t->day = v[2];
    t->hour = v[3];
    t->minute = v[4];
    t->second = v[5];
    t->tz_quarters = (int8_t)(p[6] & 8 ? -v[6] : v[6]);
    t->valid = bcd && v[2] >= 1 && v[2] <= month_days(t->year, v[1]) &&
               v[3] < 24 && v[4] < 60 && v[5] < 60;
}

int64_t tpdu_scts_unix(const struct tpdu_scts *t)
{
    int64_t days;

    if (!t->valid)
        return -1;
    days = (t->year - 1970) * 365LL + (t->year - 1969) / 4;
    for (unsigned m = 1; m < t->month; m++)
        days += month_days(t->year, m);
    days += t->day - 1;
    return ((days * 24 + t->hour) * 60 + t->minute - t->tz_quarters * 15) * 60 +
           t->second;
}
