/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * plug_secret.h - a password from the configuration, or from a file of its own
 *
 * The file is read each time that the password is needed, so that it may be
 * changed while the box runs.
 */

#ifndef PLUG_SECRET_H
#define PLUG_SECRET_H

#include "plug_key.h"

enum { PLUG_SECRET_SIZE = 512 };

struct plug_secret {
    const char *text; /* lent; NULL: none */
    const char *file; /* lent; NULL: none */
};

/* Keys `text_key' and `file_key', one of them at most; the file must be
 * readable. */
struct plug_secret plug_secret_key(struct plug_key *k, const char *text_key,
                                   const char *file_key);
/* False: the file cannot be read, see errno. Its first line counts; the buffer
 * is the caller's to wipe. */
bool plug_secret_read(const struct plug_secret *s, char out[PLUG_SECRET_SIZE]);

#endif
