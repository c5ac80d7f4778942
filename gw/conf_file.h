/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * conf_file.h - a configuration file in Kannel's syntax, with groups of ours
 *
 * Each program has a table of the groups and keys it knows. Everything else
 * that is wrong with a file is told at once, with file and line; then its
 * groups can be read with conf_get.h. Main thread.
 */

#ifndef CONF_FILE_H
#define CONF_FILE_H

#include "conf_get.h"

struct conf_group_def {
    const char *name; /* NULL ends a table */
    bool single;
    const char *const *key; /* ends with NULL; "*": any other as well */
};

/*
 * Read `file'. False: it cannot be looked at any further. Else in->errors
 * tells how much was wrong so far; end it with conf_file_close().
 */
bool conf_file_open(struct conf_in *in, const char *file,
                    const struct conf_group_def *groups);
void conf_file_close(struct conf_in *in);

#endif
