/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * csv.c - rows of the register as comma-separated text
 */

#include "csv.h"

#include "hlr_build.h"

#include <ctype.h>
#include <string.h>

enum { NUMBER_MIN = 3, IMSI_MIN = 6, FIELD_MAX = 39 };

enum column {
    COL_NUMBER,
    COL_FIRST,
    COL_LAST,
    COL_IMSI,
    COL_NETWORK,
    COL_STATUS,
    COL_ROUTE,
};

static const char *const names[CSV_COLUMNS] = { "number", "first",   "last",
                                                "imsi",   "network", "status",
                                                "route" };

static bool is_digits(const char *s)
{
    return s[0] != '\0' && s[strspn(s, "0123456789")] == '\0';
}

const char *row_set_number(char out[HLR_MSISDN_MAX + 1], const char *text)
{
    size_t n;

    if (*text == '+')
        text++;
    n = strlen(text);
    if (!is_digits(text) || n < NUMBER_MIN || n > HLR_MSISDN_MAX)
        return "a number must have 3 to 15 decimal digits";
    memcpy(out, text, n + 1);
    return NULL;
}

const char *row_set_imsi(struct hlr_stored *row, const char *text)
{
    size_t n = strlen(text);

    if (n == 0)
        return NULL;
    if (!is_digits(text) || n < IMSI_MIN || n > HLR_IMSI_MAX)
        return "an IMSI must have 6 to 15 decimal digits";
    memcpy(row->row.imsi, text, n + 1);
    return NULL;
}

const char *row_set_name(char out[32], const char *text)
{
    size_t n = strlen(text);

    for (const char *p = text; *p != '\0'; p++)
        if (!isalnum((unsigned char)*p) && strchr("-_.:", *p) == NULL)
            n = 32;
    if (n > 31)
        return "a name must be at most 31 letters, digits or \"-\", \"_\", "
               "\".\", \":\"";
    memcpy(out, text, n + 1);
    return NULL;
}

const char *row_set_status(struct hlr_stored *row, const char *text)
{
    if (text[0] != '\0')
        row->row.status = hlr_status_of(text);
    if (row->row.status == 0)
        return "a status must be active, barred, absent or no-sms";
    return NULL;
}

const char *row_check(struct hlr_stored *row)
{
    struct hlr_row *r = &row->row;

    if (r->first[0] == '\0')
        return "there is no number";
    if (r->last[0] == '\0')
        memcpy(r->last, r->first, sizeof(r->last));
    if (strlen(r->first) != strlen(r->last) || strcmp(r->first, r->last) > 0)
        return "the last number must be as long as the first and not less";
    return NULL;
}

/*
 * One field, without its quotes; *more is false behind the last one of the
 * line. What is too long is cut and makes the field wrong.
 */
static const char *next_field(struct csv *c, char out[FIELD_MAX + 1],
                              bool *more)
{
    bool quoted = c->at < c->end && *c->at == '"';
    const char *why = NULL;
    size_t n = 0;

    if (quoted)
        c->at++;
    for (; c->at < c->end && *c->at != '\n'; c->at++) {
        if (quoted && *c->at == '"') {
            if (c->at + 1 == c->end || c->at[1] != '"') {
                quoted = false;
                continue;
            }
            c->at++;
        } else if (!quoted && *c->at == ',') {
            break;
        }
        if (n < FIELD_MAX) {
            out[n] = *c->at;
            if (out[n] == '\0')
                out[n] = '?';
            n++;
        } else
            why = "a field is too long";
    }
    if (quoted)
        why = "a quote is not closed";
    *more = c->at < c->end && *c->at == ',';
    if (*more)
        c->at++;
    while (n > 0 && isspace((unsigned char)out[n - 1]))
        n--;
    out[n] = '\0';
    return why;
}

static void skip_line(struct csv *c)
{
    while (c->at < c->end && *c->at != '\n')
        c->at++;
}

/* To the next line that is not empty. False: there is none. */
static bool next_line(struct csv *c)
{
    while (c->at < c->end) {
        const char *p = c->at;

        c->line++;
        while (p < c->end && *p != '\n' && isspace((unsigned char)*p))
            p++;
        if (p < c->end && *p != '\n' && *p != '#')
            return true;
        skip_line(c);
        if (c->at < c->end)
            c->at++;
    }
    return false;
}

static const char *take_heading(struct csv *c, const char *name)
{
    for (int i = 0; i < CSV_COLUMNS; i++) {
        if (strcmp(names[i], name) != 0)
            continue;
        for (unsigned k = 0; k < c->columns; k++)
            if (c->column[k] == i)
                return "a column is there twice";
        c->column[c->columns++] = i;
        return NULL;
    }
    return "there is no such column";
}

static bool has_column(const struct csv *c, int column)
{
    for (unsigned i = 0; i < c->columns; i++)
        if (c->column[i] == column)
            return true;
    return false;
}

int csv_open(struct csv *c, const char *text, size_t len)
{
    bool more = true;

    *c = (struct csv){ .at = text, .end = text + len };
    if (len >= 3 && memcmp(text, "\xef\xbb\xbf", 3) == 0)
        c->at += 3; /* byte order mark */
    if (!next_line(c)) {
        c->why = "it is empty";
        return -1;
    }
    while (more && c->why == NULL) {
        c->why = next_field(c, c->field, &more);
        if (c->why == NULL)
            c->why = take_heading(c, c->field);
    }
    if (c->why == NULL &&
        has_column(c, COL_NUMBER) == has_column(c, COL_FIRST)) {
        c->why = "the heading must name either number or first";
        c->field[0] = '\0';
    }
    skip_line(c);
    if (c->at < c->end)
        c->at++;
    return c->why == NULL ? 0 : -1;
}

static const char *take_value(struct hlr_stored *row, int column,
                              const char *text)
{
    switch (column) {
    case COL_NUMBER:
    case COL_FIRST:
        return row_set_number(row->row.first, text);
    case COL_LAST:
        return text[0] == '\0' ? NULL : row_set_number(row->row.last, text);
    case COL_IMSI:
        return row_set_imsi(row, text);
    case COL_NETWORK:
        return row_set_name(row->network, text);
    case COL_STATUS:
        return row_set_status(row, text);
    default:
        return row_set_name(row->route, text);
    }
}

int csv_next(struct csv *c, struct hlr_stored *row)
{
    unsigned n = 0;
    bool more = true;

    *row = (struct hlr_stored){ .row = { .status = HLR_ACTIVE,
                                         .route = HLR_ROUTE_NONE } };
    c->why = NULL;
    if (!next_line(c))
        return 0;
    while (more && c->why == NULL) {
        c->why = next_field(c, c->field, &more);
        if (c->why == NULL && n == c->columns)
            c->why = "there are more fields than in the heading";
        if (c->why == NULL)
            c->why = take_value(row, c->column[n++], c->field);
    }
    if (c->why == NULL) {
        c->field[0] = '\0';
        c->why = n < c->columns ? "there are fewer fields than in the heading"
                                : row_check(row);
    }
    skip_line(c);
    if (c->at < c->end)
        c->at++;
    return c->why == NULL ? 1 : -1;
}
