/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * csv.h - rows of the register as comma-separated text
 *
 * The first line names the columns, in any order: number, or first and last;
 * imsi, network, status, route. Fields may stand in double quotes. Empty
 * lines and lines that begin with "#" are skipped. Plain, reads memory only.
 */

#ifndef CSV_H
#define CSV_H

#include "hlr_backend.h"

enum { CSV_COLUMNS = 7 };

struct csv {
    const char *at, *end;
    unsigned line; /* of the row read last, from 1 */
    int column[CSV_COLUMNS];
    unsigned columns;
    const char *why; /* what is wrong with that line */
    char field[40];  /* ... and with which field's text, or "" */
};

/* Reads the heading. -1: it is wrong, see why. text is lent. */
int csv_open(struct csv *c, const char *text, size_t len);

/* 1: a row; 0: the end; -1: this line is wrong, go on with the next. */
int csv_next(struct csv *c, struct hlr_stored *row);

/*
 * Set one value of a row; the same checks for every source. A "+" before a
 * number is dropped. The result is NULL or what is wrong.
 */
const char *row_set_number(char out[HLR_MSISDN_MAX + 1], const char *text);
const char *row_set_imsi(struct hlr_stored *row, const char *text);
const char *row_set_name(char out[32], const char *text);
const char *row_set_status(struct hlr_stored *row, const char *text);
const char *row_check(struct hlr_stored *row);

#endif
