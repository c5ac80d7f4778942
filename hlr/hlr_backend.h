/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * hlr_backend.h - where the register is kept
 *
 * A backend is a struct of functions. Rules:
 * 1) open() MUST say in *why what is wrong and where (file, group, key).
 * 2) load() MUST call row() for every row and stop if it returns false.
 * 3) changed() MUST be cheap: it is asked every half second. A backend that
 *    cannot tell returns false.
 * 4) All are called in the loader's thread only and MAY wait.
 * 5) Names of networks and routes are resolved by the caller of load().
 */

#ifndef HLR_BACKEND_H
#define HLR_BACKEND_H

#include "hlr_table.h"

/* A row as it is stored: names instead of indexes. */
struct hlr_stored {
    struct hlr_row row; /* network and route are not set */
    char network[32];   /* "": the first one */
    char route[32];     /* "": by prefix */
};

struct hlr_conf; /* hlr.h */

struct hlr_backend {
    const char *name; /* register-type */
    void *(*open)(const struct hlr_conf *conf, char *why, size_t size);
    void (*close)(void *self);
    int (*load)(void *self,
                bool (*row)(void *ctx, const struct hlr_stored *row), void *ctx,
                char *why, size_t size);
    bool (*changed)(void *self);
};

extern const struct hlr_backend hlr_static, hlr_sqlite;

#endif
