/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * hlr_static.c - the register in the configuration: group = vmn-range
 */

#include "hlr.h"

#include <stdlib.h>

struct ranges {
    const struct hlr_stored *range;
    unsigned n;
};

static void *static_open(const struct hlr_conf *conf, char *why, size_t size)
{
    struct ranges *self = malloc(sizeof(*self));

    (void)why, (void)size;
    if (self == NULL)
        abort();
    *self = (struct ranges){ conf->range, conf->ranges };
    return self;
}

static void static_close(void *self)
{
    free(self);
}

static int static_load(void *self,
                       bool (*row)(void *ctx, const struct hlr_stored *row),
                       void *ctx, char *why, size_t size)
{
    const struct ranges *r = self;

    (void)why, (void)size;
    for (unsigned i = 0; i < r->n; i++)
        if (!row(ctx, &r->range[i]))
            break;
    return 0;
}

static bool static_changed(void *self)
{
    (void)self;
    return false;
}

const struct hlr_backend hlr_static = {
    .name = "static",
    .open = static_open,
    .close = static_close,
    .load = static_load,
    .changed = static_changed,
};
