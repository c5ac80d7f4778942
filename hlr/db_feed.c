/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * db_feed.c - rows as the octets that LOAD DATA reads
 */

#include "db_feed.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void put(struct db_feed *f, const char *p, size_t len)
{
    if (f->len + len > f->size) {
        f->size = 2 * (f->len + len);
        f->buf = realloc(f->buf, f->size);
        if (f->buf == NULL)
            abort();
    }
    if (len > 0)
        memcpy(f->buf + f->len, p, len);
    f->len += len;
}

static void put_escaped(struct db_feed *f, const char *p, size_t len)
{
    size_t from = 0;

    for (size_t i = 0; i < len; i++) {
        const char *as = p[i] == '\\'   ? "\\\\"
                         : p[i] == '\t' ? "\\t"
                         : p[i] == '\n' ? "\\n"
                         : p[i] == '\0' ? "\\0"
                                        : NULL;

        if (as == NULL)
            continue;
        put(f, p + from, i - from);
        put(f, as, 2);
        from = i + 1;
    }
    if (from < len)
        put(f, p + from, len - from);
}

static void put_row(struct db_feed *f, const struct db_val *val)
{
    char num[24];

    for (unsigned i = 0; i < f->n; i++) {
        if (val[i].type == DB_NULL)
            put(f, "\\N", 2);
        else if (val[i].type == DB_INT)
            put(f, num,
                (size_t)snprintf(num, sizeof(num), "%lld",
                                 (long long)val[i].n));
        else
            put_escaped(f, val[i].p, val[i].len);
        put(f, i + 1 < f->n ? "\t" : "\n", 1);
    }
    f->rows++;
}

size_t db_feed_read(struct db_feed *f, char *out, size_t size)
{
    struct db_val val[DB_COLUMNS];
    size_t n;

    if (f->at == f->len) {
        f->at = f->len = 0;
        while (!f->end && f->len < size) {
            f->end = !f->next(f->ctx, val);
            if (!f->end)
                put_row(f, val);
        }
    }
    n = f->len - f->at < size ? f->len - f->at : size;
    if (n > 0)
        memcpy(out, f->buf + f->at, n);
    f->at += n;
    return n;
}

void db_feed_fini(struct db_feed *f)
{
    free(f->buf);
    f->buf = NULL;
}
