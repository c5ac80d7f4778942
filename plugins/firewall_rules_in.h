/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * firewall_rules_in.h - what firewall_rules.c and firewall_match.c share
 */

#ifndef FIREWALL_RULES_IN_H
#define FIREWALL_RULES_IN_H

#include "firewall_fold.h"
#include "firewall_grams.h"
#include "firewall_regex.h"
#include "firewall_rules.h"
#include "firewall_words.h"

/* The numbers in all of these are places in rule[]: the lower, the earlier in
 * the file. */
struct rules {
    struct rule *rule;
    uint32_t n;
    struct words *sender, *prefix, *keyword, *domain;
    struct grams *literal;
    struct rule_regex {
        struct regex *regex;
        uint32_t rule;
        enum rule_scope scope;
    } regex[RULES_REGEX_MAX];
    uint32_t n_regex;
    char *plain; /* the text that is looked at, after fold_signs() */
    char *low;   /* the same in small letters */
    size_t size; /* of each */
};

/* May it stand in the name of a host? */
bool rules_is_host(char c);
/* The next word at or behind *at, which is moved there: its length, 0: none. */
size_t rules_word(const char *p, size_t len, size_t *at);

#endif
