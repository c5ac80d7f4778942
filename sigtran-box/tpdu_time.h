/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * tpdu_time.h - time stamps of a TPDU (TS 23.040 9.2.3.11)
 */

#ifndef TPDU_TIME_H
#define TPDU_TIME_H

#include "octets.h"

/* TP-SCTS, TP-DT or an absolute TP-VP: the octets, and what they say. */
struct tpdu_scts {
    uint8_t octet[7];
    bool valid; /* digits and ranges are those of a date */
    uint16_t year;
    uint8_t month, day, hour, minute, second;
    int8_t tz_quarters; /* east of UTC, quarters of an hour */
};

/* Only too few octets fail: a message is worth more than its date. */
void tpdu_scts_read(struct rd *r, struct tpdu_scts *t);

/* Seconds since 1970 of the time stamp, or -1 if it is not valid. */
int64_t tpdu_scts_unix(const struct tpdu_scts *t);

#endif
