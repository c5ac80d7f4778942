/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * abi_minor.c - a plug-in that needs what this host does not have
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
    .abi_major = PLUG_ABI_MAJOR,
    .abi_minor = PLUG_ABI_MINOR + 1,
    .size = sizeof(struct plug) + sizeof(void *),
    .name = "abi_minor",
    .version = "1",
    .open = never_open,
    .close = never_close,
};
