/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * dlv_rule.h - group = box-route: rules that choose a message's route and boxes
 *
 * A rule has conditions, which must all hold, and says which route the message
 * takes, which boxes share it, and how many may be out at once. The first rule
 * that fits is the message's. A table finds it by the number and the first
 * word; only rules that have neither a number nor a word for condition are
 * tried one after the other.
 *
 * Plain; the table is made once and only read, by any thread.
 */

#ifndef DLV_RULE_H
#define DLV_RULE_H

#include <stddef.h>

#include "box_share.h"
#include "hlr/hlr_table.h"
#include "sigtran-box/map_err.h"

enum {
    DLV_RULES_MAX = 20000,
    DLV_WORD_MAX = 63,         /* octets of a keyword */
    DLV_RULE_PARTS = 4096,     /* messages whose first part is remembered */
    DLV_RULE_PART_MS = 600000, /* for so long */
};

/*
 * Lists are words, each with its NUL, an empty one at their end; NULL: any.
 * What they point at is the configuration's.
 */
struct dlv_rule {
    char id[32];
    uint32_t priority; /* the lowest first, then as in the file: */
    unsigned order;

    const char *vmn_prefix, *sc_prefix;
    char first[HLR_MSISDN_MAX + 1], last[HLR_MSISDN_MAX + 1]; /* "": any */
    uint32_t owner;                                           /* 0: any */
    uint8_t network; /* HLR_NETWORK_NONE: any */
    const char *network_id;
    const char *sender;  /* "+44", "44": prefixes; else the whole name */
    const char *smsc_id; /* of the number's own route */
    const char *keyword; /* upper and lower case of ASCII are the same */

    int route;                 /* -1: the number's own */
    struct box_share boxes[2]; /* none: those of the route; the second ones get
                                  what none of the first can take */
    uint32_t max_open;         /* 0: any number */
    struct map_err overload;   /* code NONE: that of the route */
};

/* What the conditions ask about; NULL: not known, but for vmn. */
struct dlv_rule_about {
    const char *vmn, *sc;
    const char *sender; /* as boxes see it */
    bool name;          /* the sender is one, not a number */
    const char *smsc_id;
    const char *word; /* the first of the text; "": there is none */
    uint32_t owner;   /* 0: none */
    uint8_t network;
};

enum dlv_rule_fits { DLV_RULE_FITS_NOT, DLV_RULE_MAY_FIT, DLV_RULE_FITS };

/* It may fit if what is not known does. */
enum dlv_rule_fits dlv_rule_fits(const struct dlv_rule *r,
                                 const struct dlv_rule_about *m);

/* Its conditions, for people: "vmn-prefix 44 or 49, keyword win". */
void dlv_rule_str(const struct dlv_rule *r, char *out, size_t size);
/* Its boxes: "a (3 of 4), b (1 of 4), else c"; "" if it names none. */
void dlv_rule_boxes_str(const struct dlv_rule *r, char *out, size_t size);

struct dlv_rules;

/* In the order in which they are tried; lent. NULL: no memory. */
struct dlv_rules *dlv_rules_new(const struct dlv_rule *rule, unsigned n);
void dlv_rules_free(struct dlv_rules *rs);
/* The number, from 1, of the rule of a message, all of which is known; 0: none
 * fits. */
uint16_t dlv_rules_find(const struct dlv_rules *rs,
                        const struct dlv_rule_about *m);
/* Has any a keyword? Else `word' is never looked at. */
bool dlv_rules_want_word(const struct dlv_rules *rs);

/* The first word of a text; "" if there is none or it is too long. */
void dlv_rule_word(const char *text, size_t len, char out[DLV_WORD_MAX + 1]);

/*
 * The rule of a first part is that of the parts behind it, which have no
 * keyword. One thread at a time. dlv_rule_kept(): false: the first part has not
 * come, or long ago.
 */
struct dlv_rule_parts {
    struct {
        uint64_t name, until_ms;
        uint16_t rule;
    } at[DLV_RULE_PARTS];
};
void dlv_rule_keep(struct dlv_rule_parts *p, uint64_t name, uint16_t rule,
                   uint64_t now_ms);
bool dlv_rule_kept(const struct dlv_rule_parts *p, uint64_t name,
                   uint64_t now_ms, uint16_t *rule);

#endif
