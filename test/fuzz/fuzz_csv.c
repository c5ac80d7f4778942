/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * fuzz_csv.c - any text at all as rows of the register
 *
 * Every row that is accepted must be fit for the register, and must be read
 * from a line of our own as the same row; every one that is refused says why.
 */

#include "hlr/csv.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void must(bool so)
{
    if (!so)
        abort();
}

static bool is_digits(const char *s, size_t min, size_t max)
{
    size_t n = strspn(s, "0123456789");

    return s[n] == '\0' && n >= min && n <= max;
}

static const char *status_word(uint8_t status)
{
    static const char *const words[] = { "active", "barred", "absent",
                                         "no-sms" };
    struct hlr_stored row;

    for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
        row.row.status = 0;
        must(row_set_status(&row, words[i]) == NULL);
        if (row.row.status == status)
            return words[i];
    }
    abort();
}

static void must_be_fit(const struct hlr_stored *s)
{
    const struct hlr_row *r = &s->row;

    must(is_digits(r->first, 3, HLR_MSISDN_MAX));
    must(strlen(r->first) == strlen(r->last) && strcmp(r->first, r->last) <= 0);
    must(is_digits(r->imsi, 0, HLR_IMSI_MAX));
    must(strlen(s->network) < sizeof(s->network));
    must(strlen(s->route) < sizeof(s->route));
}

static void must_come_back(const struct hlr_stored *s)
{
    char line[400];
    int n = snprintf(line, sizeof(line),
                     "route,status,\"network\",imsi,last,first\n"
                     "%s,%s,%s,%s,\"%s\",+%s\n",
                     s->route, status_word(s->row.status), s->network,
                     s->row.imsi, s->row.last, s->row.first);
    struct hlr_stored back;
    struct csv c;

    must(n > 0 && csv_open(&c, line, (size_t)n) == 0);
    must(csv_next(&c, &back) == 1);
    must(strcmp(back.row.first, s->row.first) == 0);
    must(strcmp(back.row.last, s->row.last) == 0);
    must(strcmp(back.row.imsi, s->row.imsi) == 0);
    must(strcmp(back.network, s->network) == 0);
    must(strcmp(back.route, s->route) == 0);
    must(back.row.status == s->row.status && csv_next(&c, &back) == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char *exact = malloc(size + 1);
    struct hlr_stored row;
    struct csv c;
    unsigned line = 0;
    int got;

    must(exact != NULL);
    if (size > 0)
        memcpy(exact, data, size);
    if (csv_open(&c, exact, size) == 0) {
        while ((got = csv_next(&c, &row)) != 0) {
            must(c.line > line && c.line <= size + 1);
            line = c.line;
            must((got == 1) == (c.why == NULL));
            must(strlen(c.field) < sizeof(c.field));
            if (got != 1)
                continue;
            must_be_fit(&row);
            must_come_back(&row);
        }
    } else {
        must(c.why != NULL);
    }
    free(exact);
    return 0;
}
