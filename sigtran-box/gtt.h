/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * gtt.h - global title translation (Q.714 2.4)
 *
 * A table of rules, one per network. A rule applies if all it names agree:
 * translation type, numbering plan, nature of address, and a prefix of the
 * digits; the longest prefix wins, among equals the one that names more.
 * Digits may be hexadecimal. The table is built once and then only read; a
 * million rules are none too many for it, and cost a lookup no more steps
 * than a dozen.
 *
 * A rule may lead to several nodes, and may change the title on the way: so
 * becomes E.214 E.164. Which of the nodes it is, is for SCCP to choose.
 */

#ifndef GTT_H
#define GTT_H

#include "sccp_addr.h"

enum { GTT_ANY = -1 };

enum gtt_action {
    GTT_LOCAL, /* to a subsystem of ours: `ssn', 0 = the one in the address */
    GTT_PC,    /* to point code `pc', routed on GT there; SSN as GTT_LOCAL */
    GTT_PC_SSN /* to point code `pc' and SSN `ssn', routed on SSN there */
};

enum { GTT_MORE = 7 /* point codes beside the first */ };
enum { GTT_PREPEND = 15 /* digits */ };

/* What becomes of the title; all zero: it stays as it is. */
struct gtt_change {
    bool set_tt, set_np, set_nai;
    uint8_t tt, np, nai;
    uint8_t strip;                 /* leading digits taken away, then ... */
    char prepend[GTT_PREPEND + 1]; /* ... these put before the rest */
};

struct gtt_rule {
    char prefix[SCCP_GT_DIGITS + 1]; /* "" matches every number */
    int16_t tt, np, nai;             /* GTT_ANY or the value */
    enum gtt_action action;
    uint32_t pc;
    uint8_t ssn;
    /*
     * Other nodes that do as well: each is the backup of those before it, or
     * with `share' the SLS chooses. A node named twice has twice the share.
     */
    bool share;
    uint8_t n_more;
    uint16_t more[GTT_MORE];
    struct gtt_change change; /* not for GTT_LOCAL */
};

struct gtt;

struct gtt *gtt_new(void);
void gtt_free(struct gtt *g);

/* Copies the rule. -1: the same match is there already, or bad digits. */
int gtt_add(struct gtt *g, const struct gtt_rule *rule);

/*
 * A title of our own: it leads to the subsystem in the address, and gives way
 * to a rule with the same match, whichever of them is added first.
 */
void gtt_add_own(struct gtt *g, const char *digits);

/* A rule leads to a subsystem of ours; own titles do not count. */
bool gtt_has_local(const struct gtt *g);

size_t gtt_count(const struct gtt *g); /* rules; own titles do not count */
size_t gtt_octets(const struct gtt *g);

/*
 * What the rule for this title says (what it matches is not kept with it), or
 * NULL. *nature is set to true if some rule matches the digits but not TT, NP
 * and NAI (UDTS cause 0 instead of 1). Cost: one step for each length that
 * prefixes have, whatever the size of the table.
 */
const struct gtt_rule *gtt_find(const struct gtt *g, const struct sccp_gt *gt,
                                bool *nature);

/*
 * Change a title as the rule says. To set TT, NP or NAI makes it one that
 * has all three (GTI 4): what it did not have and the rule does not set is
 * TT 0, E.164, international. False: no digit would be left, or more than
 * 32, or fewer are there than are to be taken away; `gt' is as it was.
 */
bool gtt_modify(const struct gtt_rule *rule, struct sccp_gt *gt);

#endif
