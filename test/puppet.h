/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * puppet.h - a plug-in whose hooks are functions of the test
 *
 * plugins/puppet.so has every hook; its key `puppet' is the address of one of
 * these, so that a test can misbehave in it as it likes.
 */

#ifndef PUPPET_H
#define PUPPET_H

#include <stdatomic.h>

#include "plugins/sigtran-plugin.h"

struct puppet {
    /* NULL: PLUG_NEXT */
    enum plug_verdict (*sms)(struct puppet *p, struct plug_msg *m);
    enum plug_verdict (*sri)(struct puppet *p, struct plug_msg *m);
    /* NULL: counted only */
    void (*done)(struct puppet *p, const char *id, enum plug_verdict v);
    void (*cdr)(struct puppet *p, const struct plug_cdr *cdr);
    const char *refusal; /* of open() */
    void *ctx;           /* the test's */

    const struct plug_host *host;
    const struct plug_conf *conf;
    int check;
    atomic_int asked, dones, cdrs, reloads, ticks, closed;
    _Atomic uint64_t id; /* of the last message */
};

#endif
