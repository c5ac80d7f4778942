/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * hlr_backend.h - where the loader gets the register from
 *
 * A backend is a struct of functions. Rules:
 * 1) open() MUST say in *why what is wrong and where (file, host, group, key),
 *    and in *wait whether trying again later may help.
 * 2) load() MUST call row() for every row and stop if it returns false.
 * 3) follow() MUST tell every change since load() or the last follow(), in any
 *    order, each with what the register says now, at least once; it is asked
 *    every hlr_conf.poll_ms and MUST be cheap when nothing changed. It stops if
 *    change() returns false, or fails; what is left is told the next time.
 * 4) All of one handle are called by one thread at a time and MAY wait, for
 *    as long as the time-outs of the configuration say.
 * 5) Names of networks and routes are resolved by the caller.
 */

#ifndef HLR_BACKEND_H
#define HLR_BACKEND_H

#include "reg.h"

struct hlr_conf; /* hlr.h */

struct hlr_change {
    enum {
        HLR_PUT,   /* s */
        HLR_DEL,   /* s->row.first, last */
        HLR_ALL,   /* load() must be called again */
        HLR_SMALL, /* owners, nodes or keys changed */
    } what;
    const struct hlr_stored *s;
};

struct hlr_backend {
    const char *name; /* register-type */
    void *(*open)(const struct hlr_conf *conf, bool *wait, char *why,
                  size_t size);
    void (*close)(void *self);
    int (*count)(void *self, uint64_t *n, char *why, size_t size);
    int (*load)(void *self, reg_row *row, void *ctx, char *why, size_t size);
    int (*follow)(void *self, uint64_t now_ms,
                  bool (*change)(void *ctx, const struct hlr_change *c),
                  void *ctx, char *why, size_t size);
    struct reg *(*reg)(void *self); /* for nodes and keys; NULL: has none */
};

extern const struct hlr_backend hlr_static, hlr_db;

#endif
