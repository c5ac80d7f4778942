/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * bad_name.c - a plug-in whose name would break a line of the log
 */

#include "plugins/sigtran-plugin.h"

static void *never_open(const struct plug_host *host,
                        const struct plug_conf *conf, int check, char *why,
                        size_t why_len)
{
    (void)host, (void)conf, (void)check, (void)why, (void)why_len;
    return NULL;
}

static void never_close(void *self)
{
    (void)self;
}

const struct plug sigtran_plugin = {
    PLUG_HEAD("bad\nname", "1"),
    .open = never_open,
    .close = never_close,
};
