/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * plug_record.h - a CDR as a row of named columns, for whoever writes it down
 *
 * One list of columns for files, tables and queues, in one order. A record has
 * a name of its own beside what the box tells: `boot', made anew each time that
 * the plug-in is opened, and `seq', counted from 1.
 */

#ifndef PLUG_RECORD_H
#define PLUG_RECORD_H

#include "plug_json.h"
#include "sigtran-plugin.h"

enum { PLUG_BOOT_SIZE = 17 };

struct plug_record {
    const char *node; /* name of this box */
    const char *boot;
    uint64_t seq;
    const struct plug_cdr *cdr;
};

enum plug_value_type {
    PLUG_VALUE_NONE, /* it has none */
    PLUG_VALUE_TEXT,
    PLUG_VALUE_OCTETS, /* to be written in base64 */
    PLUG_VALUE_NUMBER,
    PLUG_VALUE_FLAG,
    PLUG_VALUE_TIME /* UTC ms */
};

struct plug_value {
    enum plug_value_type type;
    const char *text;
    uint64_t n;
};

unsigned plug_record_columns(void);
const char *plug_record_name(unsigned column);
/* "name TYPE" in SQL, where times are numbers; NULL: not in tables. And how
 * many characters a text may have there; 0: any. */
const char *plug_record_sql(unsigned column);
unsigned plug_record_width(unsigned column);

struct plug_value plug_record_value(const struct plug_record *r,
                                    unsigned column);

const char *plug_record_kind(const struct plug_cdr *cdr);    /* "sms", .. */
const char *plug_record_verdict(const struct plug_cdr *cdr); /* "done", .. */

/* 16 hexadecimal digits that nobody had before. */
void plug_record_boot(char boot[PLUG_BOOT_SIZE]);

/* One object, open to further members and to plug_json_end(). */
void plug_record_json(struct plug_json *j, const struct plug_record *r);

#endif
