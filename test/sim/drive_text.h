/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * drive_text.h - from a text to the SMS-DELIVERs that carry it
 *
 * The alphabet, and the parts of what is too long for one message, are those
 * of tpdu_text.h.
 */

#ifndef DRIVE_TEXT_H
#define DRIVE_TEXT_H

#include "map_mt_sm.h"
#include "tpdu_text.h"

enum { TEXT_PARTS_MAX = TPDU_PARTS_MAX };

struct text_conf {
    const char *text;     /* UTF-8; or one of the two below */
    const char *ud_hex;   /* user data, octets */
    const char *tpdu_hex; /* the whole TPDU as it is */
    const char *udh_hex;  /* more information elements, without UDHL */
    const char *from;     /* "+44..", digits, or letters */
    int alphabet;         /* enum tpdu_alphabet; -1: what the text needs */
    int dcs;              /* -1: of the alphabet */
    uint8_t pid;
    bool lp;         /* TP-LP */
    int ref;         /* concatenation reference; -1: at random for each text */
    bool ref16;      /* 16 bits of it, not 8 */
    uint8_t scts[7]; /* as on the wire */
};

struct text_part {
    uint8_t len;
    uint8_t tpdu[MAP_TPDU_MAX];
};

/*
 * `more': of the parts all but the last say that more are waiting. `parts'
 * has room for TEXT_PARTS_MAX. Returns how many were filled, or -1 and a
 * reason. Not to be called by two threads.
 */
int text_parts(const struct text_conf *c, bool more, struct text_part *parts,
               const char **why);

/* Hexadecimal digits, spaces between octets allowed: octets, or -1. */
int text_hex(const char *hex, uint8_t *out, size_t size);

/*
 * TP-SCTS from "2024-01-31T12:00:00" (UTC), from fourteen digits as on the
 * wire, or from the clock if `when' is NULL. -1: cannot be read.
 */
int text_scts(const char *when, uint8_t scts[7]);

/* Copy `text' with "{n}" replaced by the number. */
void text_number(const char *text, uint64_t n, char *out, size_t size);

#endif
