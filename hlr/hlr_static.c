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

static void *static_open(const struct hlr_conf *conf, bool *wait, char *why,
                         size_t size)
{
    struct ranges *self = malloc(sizeof(*self));

    (void)wait, (void)why, (void)size;
    if (self == NULL)
        abort();
    *self = (struct ranges){ conf->range, conf->ranges };
    return self;
}

static void static_close(void *self)
{
    free(self);
}

static int static_count(void *self, uint64_t *n, char *why, size_t size)
{
    const struct ranges *r = self;

    (void)why, (void)size;
    *n = r->n;
    return 0;
}

static int static_load(void *self, reg_row *row, void *ctx, char *why,
                       size_t size)
{
    const struct ranges *r = self;

    (void)why, (void)size;
    for (unsigned i = 0; i < r->n; i++)
        if (!row(ctx, &r->range[i]))
            break;
    return 0;
}

static int static_follow(void *self, uint64_t now_ms,
                         bool (*change)(void *ctx, const struct hlr_change *c),
                         void *ctx, char *why, size_t size)
{
    (void)self, (void)now_ms, (void)change, (void)ctx, (void)why, (void)size;
    return 0;
}

static struct reg *static_reg(void *self)
{
    (void)self;
    return NULL;
}

const struct hlr_backend hlr_static = {
    .name = "static",
    .open = static_open,
    .close = static_close,
    .count = static_count,
    .load = static_load,
    .follow = static_follow,
    .reg = static_reg,
};
