/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * bounds.h - every built-in bound of the box, with its reason
 *
 * The constants stand in the headers of the modules they bound; this is the
 * list of them that `sigtran-box --limits' prints. What an operator can
 * change is in sigtran-box.conf(5) instead.
 */

#ifndef BOUNDS_H
#define BOUNDS_H

#include <stdio.h>

void bounds_print(FILE *f);

#endif
