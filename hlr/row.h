/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * row.h - the values of a row of the register as text, and back
 *
 * One set of checks for every source: vmnctl, CSV, REST. Plain.
 */

#ifndef ROW_H
#define ROW_H

#include "reg.h"

/* The columns, in the order in which they are written. */
enum row_column {
    ROW_FIRST,
    ROW_LAST,
    ROW_IMSI,
    ROW_NETWORK,
    ROW_STATUS,
    ROW_ROUTE,
    ROW_OWNER,
    ROW_RATE,
    ROW_FROM,
    ROW_TO,
    ROW_MODE,
    ROW_NOTE,
    ROW_COLUMNS
};
extern const char *const row_column_name[ROW_COLUMNS];

/* A row with what is not said: active, by prefix. */
struct hlr_stored row_new(void);

/*
 * Set one value; "" is what is not said. The result is NULL or what is wrong.
 * A "+" before a number is dropped. Times are ISO 8601 in UTC
 * ("2026-11-24T10:00:00Z", or a day alone: its beginning).
 */
const char *row_set(struct hlr_stored *row, enum row_column column,
                    const char *text);
enum { ROW_TEXT_MAX = 256 };
/* The value as row_set() takes it back; a literal, the row's, or in buf. */
const char *row_get(const struct hlr_stored *row, enum row_column column,
                    char buf[ROW_TEXT_MAX]);

const char *row_set_number(char out[HLR_MSISDN_MAX + 1], const char *text);
const char *row_set_imsi(struct hlr_stored *row, const char *text);
/* Of a network, a route, a node: letters, digits and "-_.:". */
const char *row_set_name(char out[REG_NAME_MAX + 1], const char *text);
const char *row_set_status(struct hlr_stored *row, const char *text);
/* For people: an owner's name, a note. UTF-8, size - 1 octets, no controls, no
 * white space at its ends. */
const char *row_set_text(char *out, size_t size, const char *text);
const char *row_set_rate(struct hlr_stored *row, const char *text);
const char *row_set_mode(struct hlr_stored *row, const char *text);
const char *row_set_time(uint32_t *out, const char *text);
/* "" for 0. */
enum { ROW_TIME_STR = 24 };
const char *row_time_str(uint32_t s, char buf[ROW_TIME_STR]);

/* Do the values agree with each other? Without a last number it becomes the
 * first. */
const char *row_check(struct hlr_stored *row);

#endif
