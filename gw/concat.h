/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * concat.h - which parts are one message, and that message
 *
 * The rules of joining (concat = join), without a database: parts are kept in
 * sets, a set is all that came under one name, which is number, sender,
 * service centre, reference, its size, and total (TS 23.040 9.2.3.24.1 and
 * .8). A reference is used again and again, so a set is not yet a message:
 * two parts with the same number, or with time stamps that are far apart,
 * belong to different ones.
 *
 * What is not sure to be one message is none: its parts go out singly, as
 * they would without joining. Plain values; any thread.
 */

#ifndef CONCAT_H
#define CONCAT_H

#include "dedup.h"
#include "sigtran-box/ss7.h"
#include "sigtran-box/tpdu.h"

enum {
    CONCAT_APART_S = 600, /* TP-SCTS of parts of one message */
    CONCAT_NAME_MAX = 96, /* octets of a name */
    CONCAT_RETRY_MS = 10000,
    CONCAT_RETRY_MAX_MS = 600000,
};

struct concat_part {
    struct dedup_key key;
    struct ss7_sms m; /* read back: id 0 */
    struct tpdu_deliver tpdu;
};

/* Parts of one set, in the order of their numbers. */
struct concat_set {
    uint64_t claim; /* whose it is */
    bool whole;     /* to be joined; else they go out one by one */
    bool due;       /* its time is over: nobody waits for it */
    uint32_t tries; /* so far, since it was due */
    unsigned at;    /* one by one: the next to go */
    unsigned n;
    struct concat_part part[];
};

/* Part of a message of more than one. */
bool concat_is_part(const struct tpdu_deliver *d);

/* The name of its set, not readable; its octets. `sc': with the SC address. */
size_t concat_name(const struct ss7_sms *m, const struct tpdu_deliver *d,
                   bool sc, uint8_t out[CONCAT_NAME_MAX]);

/*
 * May it be of the same message as these, all of the same name? False: the
 * reference is used again, and these are to be closed. A part that is there
 * already fits.
 */
bool concat_fits(const struct concat_set *set, const struct concat_part *p);

enum concat_is {
    CONCAT_MISSING, /* not all of them are there */
    CONCAT_WHOLE,   /* one message */
    CONCAT_UNLIKE,  /* all there, but no one message comes of them */
};
enum concat_is concat_is(const struct concat_set *set);

/*
 * The text of a whole set as a box gets it: UTF-8 of septets, else the octets
 * one after the other. At most CONCAT_TEXT(set->n) octets; how many.
 */
#define CONCAT_TEXT(n) ((size_t)(n)*TPDU_UD_SEPTETS * 3 + 1)
size_t concat_text(const struct concat_set *set, uint8_t *out, size_t size);

/* The header of a message without concatenation; 0: nothing else is in it. */
uint8_t concat_header(const struct tpdu_deliver *d,
                      uint8_t out[TPDU_UD_OCTETS]);

/* How long after so many failures the next try is. */
uint32_t concat_backoff_ms(uint32_t tries);

#endif
