/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * conf_get.h - values of a configuration group, checked as they are read
 *
 * Each conf_get_*() leaves *out alone if the key is absent (so the caller
 * presets the default) or wrong; what is wrong is logged with file, line,
 * group, key, value and what would be right, and counted. The result is true
 * only if a good value was stored.
 */

#ifndef CONF_GET_H
#define CONF_GET_H

#include "conf_scan.h"

#include <gwlib/gwlib.h>
#include <stdint.h>

/* A line of a table whose columns are named as the keys of a group. */
struct conf_row {
    const char *file;
    unsigned line, columns;
    char **name, **value; /* an empty value is none */
    /* Is told what is wrong with it; NULL: the log is. */
    void (*tell)(void *ctx, const char *line);
    void *ctx;
};

struct conf_in {
    Cfg *cfg;
    const struct conf_scan *scan;
    unsigned errors;
};

struct conf_group {
    struct conf_in *in;
    CfgGroup *cfg; /* NULL: the group is not there, all keys are absent */
    const struct conf_row *row; /* not NULL: instead of cfg */
    const char *name;
    unsigned no;
    char label[48]; /* for log lines: group sales, or its ordinal */
};

struct conf_word {
    const char *word;
    int value;
};

/* Call fn for every group of that name, in the order of the files. */
void conf_each(struct conf_in *in, const char *name,
               void (*fn)(struct conf_group *g, void *ctx), void *ctx);
struct conf_group conf_single(struct conf_in *in, const char *name);

/* Text that is known to fit; a longer one is cut. */
void conf_copy(char *out, size_t size, const char *text);

bool conf_has(const struct conf_group *g, const char *key);

/* One line of the log; control characters are not passed on. */
void conf_error(const char *file, unsigned line, const char *text);

/* About a key's value, about a key that should be there, about the group. */
void conf_bad(struct conf_group *g, const char *key, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));
void conf_missing(struct conf_group *g, const char *key, const char *why);
void conf_wrong(struct conf_group *g, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));

/* Printable text of at most size - 1 octets. */
bool conf_get_text(struct conf_group *g, const char *key, char *out,
                   size_t size);
/* The same of any length, in gwlib's memory. */
char *conf_get_dup(struct conf_group *g, const char *key);
/* An id or a name: letters, digits, "-", "_", ".", ":". */
bool conf_get_name(struct conf_group *g, const char *key, char *out,
                   size_t size);
/* A file that can be read by us now. */
bool conf_get_file(struct conf_group *g, const char *key, char *out,
                   size_t size);
bool conf_get_uint(struct conf_group *g, const char *key, uint32_t *out,
                   uint32_t min, uint32_t max);
bool conf_get_u8(struct conf_group *g, const char *key, uint8_t *out,
                 uint8_t min, uint8_t max);
bool conf_get_port(struct conf_group *g, const char *key, uint16_t *out);
/* Written in seconds, kept in milliseconds. */
bool conf_get_seconds(struct conf_group *g, const char *key, uint32_t *ms,
                      uint32_t min_s, uint32_t max_s);
bool conf_get_bool(struct conf_group *g, const char *key, bool *out);
bool conf_get_word(struct conf_group *g, const char *key,
                   const struct conf_word *words, int *out);
/* Words with blanks, "," or ";" between; the values are or-ed. */
bool conf_get_flags(struct conf_group *g, const char *key,
                    const struct conf_word *words, int *out);
/* Decimal digits; a leading "+" is dropped. */
bool conf_get_digits(struct conf_group *g, const char *key, char *out,
                     size_t min, size_t max);
/* Up to `max' global titles, 3 to 15 digits. */
bool conf_get_titles(struct conf_group *g, const char *key, char (*out)[21],
                     uint8_t *n, uint8_t max);
/* Up to `max' point codes, 14 bit: 1234 or 3-8-3 as 1-20-3. */
bool conf_get_pcs(struct conf_group *g, const char *key, uint32_t *pc,
                  uint8_t *n, uint8_t max);
/* Up to `max' IP addresses. */
bool conf_get_hosts(struct conf_group *g, const char *key, char (*host)[46],
                    uint8_t *n, uint8_t max);

#endif
