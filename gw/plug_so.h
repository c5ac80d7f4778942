/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * plug_so.h - the shared object of a plug-in
 *
 * Loaded and looked at, nothing of it called. Plain code, for the box, for the
 * process of an isolated plug-in and for tests. Main thread.
 */

#ifndef PLUG_SO_H
#define PLUG_SO_H

#include <stdbool.h>

#include "plugins/sigtran-plugin.h"

/*
 * Its struct plug, copied: members that it does not know are NULL. False: a
 * sentence is in `why'. It stays loaded, since its threads may outlive close().
 */
bool plug_so_load(const char *path, struct plug *plug, char *why,
                  size_t why_len);

/* Is this a key of the plug-in's own? */
bool plug_so_has_key(const struct plug *plug, const char *key);

#endif
