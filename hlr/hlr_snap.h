/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * hlr_snap.h - the table in a file, to start without the database
 *
 * An image is the copy of a table, made in one go while nobody changes it,
 * and written at leisure. The file is of this machine and this version only
 * (the copy of what lies in memory), has a checksum, and is replaced as a
 * whole: it is the old one or the new one. With it go the keys of correlation
 * IMSIs: it is readable for its owner alone. Plain.
 */

#ifndef HLR_SNAP_H
#define HLR_SNAP_H

#include "hlr.h"

#include <stdatomic.h>

struct hlr_image;

struct hlr_image *hlr_image_new(const struct hlr_conf *conf,
                                const struct hlr_table *t,
                                const struct corr_keys *keys);
void hlr_image_free(struct hlr_image *i);
/* -1 and *why: the old file is still there. `stop' ends it early, with -1. */
int hlr_image_write(const struct hlr_image *i, const char *file,
                    const atomic_bool *stop, char *why, size_t size);

/*
 * The table of a file, not complete. Networks and routes are found by their
 * names: what has a route that is no more is HLR_UNUSABLE. NULL and *why: no
 * such file, torn, of another version, a network is gone or has another
 * mcc-mnc.
 */
struct hlr_table *hlr_snap_read(const char *file, const struct hlr_conf *conf,
                                struct corr_keys *keys, char *why, size_t size);

#endif
