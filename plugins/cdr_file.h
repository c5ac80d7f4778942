/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * cdr_file.h - records in a file, one to a line, that is rotated
 *
 * Lines are kept until the next tick, or until there are enough of them. What
 * the disk does not take stays here and is tried again at each tick; when there
 * is no room any more records are dropped, and counted. What a full disk took
 * of a line is taken back.
 *
 * Rotated files are called FILE.20261124T130405Z-0001; none is ever written
 * over. All calls from one thread at a time.
 */

#ifndef CDR_FILE_H
#define CDR_FILE_H

#include "plug_record.h"

struct cdr_file;

struct cdr_file_conf {
    const char *path; /* lent until close */
    bool csv;         /* else JSON */
    bool fsync;
    uint32_t rotate_octets;     /* 0: never */
    uint32_t rotate_interval_s; /* aligned with 1970, UTC; 0: never */
    uint32_t buffer_octets;
};

/* NULL, with a sentence in why: it cannot be opened. */
struct cdr_file *cdr_file_open(const struct cdr_file_conf *c,
                               const struct plug_host *host,
                               const struct plug_conf *conf, char *why,
                               size_t why_len);
void cdr_file_write(struct cdr_file *f, const struct plug_record *r);
void cdr_file_tick(struct cdr_file *f);
void cdr_file_reload(struct cdr_file *f); /* open it anew by its name */
void cdr_file_close(struct cdr_file *f);

/* The two ways to write a line, its end included. */
void cdr_csv_header(struct plug_buf *b);
void cdr_csv_line(struct plug_buf *b, const struct plug_record *r);

#endif
