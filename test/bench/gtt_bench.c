/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * gtt_bench.c - what a lookup of a global title costs, and a rule
 *
 * usage: gtt_bench RULES [LOOKUPS]
 *
 * Prints four numbers: nanoseconds of CPU a lookup, octets a rule, and
 * milliseconds to add all rules; first the lookups that found a rule, all of
 * them. Prefixes have 6 to 10 digits and are spread over all numbers, and
 * each lookup is of another one, so that a table larger than the processor's
 * caches is not helped by them. Of RULES the same prefix is made twice at
 * times; then it counts once.
 */

#include "gtt.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { SHORTEST = 6, LENGTHS = 5, TITLE = 13 };

static double now_ns(void)
{
    struct timespec t;

    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return (double)t.tv_sec * 1e9 + (double)t.tv_nsec;
}

/* The digits that rule `i' begins with, and titles for it. */
static void make_digits(char digits[TITLE + 1], unsigned long i)
{
    unsigned long n = i * 0x9e3779b97f4a7c15u >> 20;

    for (unsigned k = 0; k < TITLE; k++, n /= 10)
        digits[k] = (char)('0' + n % 10);
    digits[TITLE] = '\0';
}

static struct gtt *make_table(unsigned long rules)
{
    struct gtt *g = gtt_new();
    struct gtt_rule r = {
        .tt = GTT_ANY, .np = GTT_ANY, .nai = GTT_ANY, .action = GTT_PC, .pc = 7
    };

    for (unsigned long i = 0; i < rules; i++) {
        make_digits(r.prefix, i);
        r.prefix[SHORTEST + i % LENGTHS] = '\0';
        gtt_add(g, &r);
    }
    return g;
}

static unsigned long find_all(const struct gtt *g, unsigned long rules,
                              unsigned long lookups)
{
    struct sccp_gt title = { .gti = 4, .np = 1, .es = 1, .nai = 4 };
    unsigned long found = 0;
    bool nature;

    for (unsigned long i = 0; i < lookups; i++) {
        make_digits(title.digits, i * 2654435761u % rules);
        found += gtt_find(g, &title, &nature) != NULL;
    }
    return found;
}

int main(int argc, char **argv)
{
    unsigned long rules = argc > 1 ? strtoul(argv[1], NULL, 10) : 0;
    unsigned long lookups = argc > 2 ? strtoul(argv[2], NULL, 10) : 1000000;
    unsigned long found;
    double start = now_ns(), built, best = 0;
    struct gtt *g;

    if (rules == 0 || lookups == 0) {
        fprintf(stderr, "usage: gtt_bench RULES [LOOKUPS]\n");
        return 2;
    }
    g = make_table(rules);
    built = now_ns() - start;
    for (int round = 0; round < 3; round++) {
        double ns;

        start = now_ns();
        found = find_all(g, rules, lookups);
        ns = (now_ns() - start) / (double)lookups;
        best = round == 0 || ns < best ? ns : best;
    }
    printf("%lu %.0f %.0f %.0f\n", found, best,
           (double)gtt_octets(g) / (double)gtt_count(g), built / 1e6);
    gtt_free(g);
    return found == lookups ? 0 : 1;
}
