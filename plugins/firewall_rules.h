/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * firewall_rules.h - rules about originators, words, links and text
 *
 *     deny     sender   PayPal
 *     deny     sender   +88213*
 *     allow    keyword  stop
 *     deny     url      prizes.example
 *     monitor  text     claim your prize
 *     deny     text     /verify.{1,20}account/i
 *
 * The first rule of the file that is `allow' or `deny' and fits decides;
 * `monitor' rules before it are told. Tables make the number of rules nearly
 * free; only regular expressions cost something each, so they are few.
 *
 * One thread: a match needs memory that belongs to the rules.
 */

#ifndef FIREWALL_RULES_H
#define FIREWALL_RULES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct rules;

enum { RULES_REGEX_MAX = 256 };

enum rule_action { RULE_ALLOW, RULE_MONITOR, RULE_DENY };
enum rule_scope { RULE_SENDER, RULE_KEYWORD, RULE_URL, RULE_TEXT, RULE_SCOPES };

struct rule {
    uint32_t line;
    uint32_t also; /* a later one of the same pattern; 0: none */
    uint8_t action, scope;
};

struct rules_hit {
    const struct rule *decides; /* allow or deny; NULL: none */
    const struct rule *monitor; /* the first one before that */
    const struct rule *gave_up; /* a regular expression took too long */
};

/* NULL: why says which line is wrong and how. */
struct rules *rules_read(const char *file, char *why, size_t why_len);
void rules_free(struct rules *r);
uint32_t rules_count(const struct rules *r);

/* Any octets; text NULL: there is none to look at. */
void rules_match(struct rules *r, const char *sender, size_t sender_len,
                 const char *text, size_t text_len, struct rules_hit *hit);

const char *rule_scope_name(const struct rule *rule);

#endif
