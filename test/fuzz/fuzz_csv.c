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

static void must_be_fit(const struct hlr_stored *s)
{
    const struct hlr_row *r = &s->row;

    must(is_digits(r->first, 3, HLR_MSISDN_MAX));
    must(strlen(r->first) == strlen(r->last) && strcmp(r->first, r->last) <= 0);
    must(is_digits(r->imsi, 0, HLR_IMSI_MAX));
    must(strlen(s->network) < sizeof(s->network));
    must(strlen(s->route) < sizeof(s->route));
    must(strlen(s->owner) < sizeof(s->owner));
    must(strlen(s->note) < sizeof(s->note));
    must(!r->correlation || r->imsi[0] == '\0');
    must(r->to_s == 0 || r->from_s < r->to_s);
}

static size_t put(char *out, const char *text)
{
    size_t n = 0;

    out[n++] = '"';
    for (; *text != '\0'; text++) {
        if (*text == '"')
            out[n++] = '"';
        out[n++] = *text;
    }
    out[n++] = '"';
    return n;
}

/* Two lines: the columns from the last to the first, and their values. */
static void must_come_back(const struct hlr_stored *s)
{
    char line[2000], buf[ROW_TEXT_MAX], again[ROW_TEXT_MAX];
    struct hlr_stored back;
    struct csv c;
    size_t n = 0;

    for (int i = ROW_COLUMNS - 1; i >= 0; i--) {
        n += put(line + n, row_column_name[i]);
        line[n++] = i > 0 ? ',' : '\n';
    }
    for (int i = ROW_COLUMNS - 1; i >= 0; i--) {
        n += put(line + n, row_get(s, (enum row_column)i, buf));
        line[n++] = i > 0 ? ',' : '\n';
    }
    must(n < sizeof(line) && csv_open(&c, line, n) == 0);
    must(csv_next(&c, &back) == 1);
    for (int i = 0; i < ROW_COLUMNS; i++)
        must(strcmp(row_get(s, (enum row_column)i, buf),
                    row_get(&back, (enum row_column)i, again)) == 0);
    must(csv_next(&c, &back) == 0);
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
