/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * empty.c - a filter that lets everything pass: what one costs
 */

#include "plugins/sigtran-plugin.h"

static void *empty_open(const struct plug_host *host,
                        const struct plug_conf *conf, int check, char *why,
                        size_t why_len)
{
    static char self;

    (void)host, (void)conf, (void)check, (void)why, (void)why_len;
    return &self;
}

static void empty_close(void *self)
{
    (void)self;
}

static enum plug_verdict empty_on_sms(void *self, struct plug_msg *m)
{
    (void)self, (void)m;
    return PLUG_NEXT;
}

const struct plug sigtran_plugin = {
    PLUG_HEAD("empty", "1.0"),
    .open = empty_open,
    .close = empty_close,
    .on_sms = empty_on_sms,
};
