/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * check.h - the whole test framework
 *
 * A test is a program: it runs its checks, prints one line per failed check
 * and exits non-zero if there was one. No registry, no fixtures, no mocks.
 *
 * What shows a row of the conformance table (test/conformance/rows) is run by
 * SHOWS() and tells so when CONFORMANCE is set in the environment.
 */

#ifndef CHECK_H
#define CHECK_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int check_failures;

#define CHECK(cond)                                                            \
    do {                                                                       \
        if (!(cond)) {                                                         \
            printf("%s:%d: %s: not so: %s\n", __FILE__, __LINE__, __func__,    \
                   #cond);                                                     \
            check_failures++;                                                  \
        }                                                                      \
    } while (0)

/* SHOWS("SC-01 SC-02", reads_every_type); */
#define SHOWS(rows, test)                                                      \
    do {                                                                       \
        int check_before = check_failures;                                     \
        test();                                                                \
        if (getenv("CONFORMANCE") != NULL)                                     \
            printf("row %s: %s %s\n", rows,                                    \
                   check_failures == check_before ? "passed" : "failed",       \
                   #test);                                                     \
    } while (0)

#define CHECK_DONE() (check_failures ? 1 : 0)

#endif
