/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * bounds.h - every built-in bound of the boxes, with its reason
 *
 * The constants stand in the headers of the modules they bound; these are the
 * lists of them that `sigtran-box --limits' and those of the application boxes
 * print. What an operator can change is in their manuals instead.
 */

#ifndef BOUNDS_H
#define BOUNDS_H

#include <stdio.h>

void bounds_print(FILE *f);
void bounds_print_httpbox(FILE *f);
void bounds_print_smppbox(FILE *f);

#endif
