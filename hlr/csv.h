/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * csv.h - rows of the register as comma-separated text
 *
 * The first line names the columns, in any order: number, or first and last;
 * and those of row_column_name, which may be missing. Fields may stand in
 * double quotes. Empty lines and lines that begin with "#" are skipped. Every
 * line must end, so that a file that was cut off is not taken for whole.
 * Plain, reads memory only.
 */

#ifndef CSV_H
#define CSV_H

#include "row.h"

struct csv {
    const char *at, *end;
    unsigned line; /* of the row read last, from 1 */
    enum row_column column[ROW_COLUMNS];
    unsigned columns;
    const char *why;          /* what is wrong with that line */
    char field[ROW_TEXT_MAX]; /* ... and with which field's text, or "" */
};

/* Reads the heading. -1: it is wrong, see why. text is lent. */
int csv_open(struct csv *c, const char *text, size_t len);

/* 1: a row; 0: the end; -1: this line is wrong, go on with the next. */
int csv_next(struct csv *c, struct hlr_stored *row);

#endif
