/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * csv.c - rows of the register as comma-separated text
 */

#include "csv.h"

#include <ctype.h>
#include <string.h>

enum { FIELD_MAX = ROW_TEXT_MAX - 1 };

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

/* Behind this line, which must have an end. */
static void end_line(struct csv *c)
{
    skip_line(c);
    if (c->at < c->end) {
        c->at++;
    } else if (c->why == NULL) {
        c->why = "the line has no end: the file is torn";
        c->field[0] = '\0';
    }
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

static bool has_column(const struct csv *c, enum row_column column)
{
    for (unsigned i = 0; i < c->columns; i++)
        if (c->column[i] == column)
            return true;
    return false;
}

static const char *take_heading(struct csv *c, const char *name)
{
    int column = ROW_COLUMNS;

    if (strcmp(name, "number") == 0)
        column = ROW_FIRST;
    for (int i = 0; i < ROW_COLUMNS; i++)
        if (strcmp(row_column_name[i], name) == 0)
            column = i;
    if (column == ROW_COLUMNS)
        return "there is no such column";
    if (has_column(c, (enum row_column)column))
        return column == ROW_FIRST
                   ? "the heading must name either number or first, once"
                   : "a column is there twice";
    c->column[c->columns++] = (enum row_column)column;
    return NULL;
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
    if (c->why == NULL && !has_column(c, ROW_FIRST)) {
        c->why = "the heading must name either number or first";
        c->field[0] = '\0';
    }
    end_line(c);
    return c->why == NULL ? 0 : -1;
}

int csv_next(struct csv *c, struct hlr_stored *row)
{
    unsigned n = 0;
    bool more = true;

    *row = row_new();
    c->why = NULL;
    if (!next_line(c))
        return 0;
    while (more && c->why == NULL) {
        c->why = next_field(c, c->field, &more);
        if (c->why == NULL && n == c->columns)
            c->why = "there are more fields than in the heading";
        if (c->why == NULL)
            c->why = row_set(row, c->column[n++], c->field);
    }
    if (c->why == NULL) {
        c->field[0] = '\0';
        c->why = n < c->columns ? "there are fewer fields than in the heading"
                                : row_check(row);
    }
    end_line(c);
    return c->why == NULL ? 1 : -1;
}
