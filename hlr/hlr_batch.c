/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * hlr_batch.c - changes of the table on their way to its owner
 */

#include "hlr_batch.h"

#include <stdlib.h>

struct hlr_batch *hlr_batch_new(void)
{
    struct hlr_batch *b = malloc(sizeof(*b));

    if (b == NULL)
        abort();
    b->n = b->done = b->failed = 0;
    b->complete = false;
    b->next = NULL;
    return b;
}

void hlr_batch_free(struct hlr_batch *b)
{
    free(b);
}

const char *hlr_put(struct hlr_table *t, const struct hlr_row *row)
{
    struct hlr_row unusable = *row;
    const char *why, *ignored;

    if (hlr_table_put(t, row, &why) == 0)
        return NULL;
    unusable.status = HLR_UNUSABLE;
    hlr_table_put(t, &unusable, &ignored);
    return why;
}

unsigned hlr_batch_apply(struct hlr_batch *b, struct hlr_table *t, unsigned max)
{
    unsigned from = b->done;

    for (; b->done < b->n && b->done - from < max; b->done++) {
        struct hlr_step *s = &b->step[b->done];

        s->why = NULL;
        if (s->del)
            hlr_table_del(t, s->row.first, s->row.last);
        else
            s->why = hlr_put(t, &s->row);
        b->failed += s->why != NULL;
    }
    if (b->complete && b->done == b->n)
        hlr_table_set_complete(t, true);
    return b->done - from;
}

bool hlr_batch_applied(const struct hlr_batch *b)
{
    return b->done == b->n;
}
