/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * no_symbol.c - a shared object that is no plug-in
 */

#include <stddef.h>

extern const char no_symbol[] __attribute__((visibility("default")));
const char no_symbol[] = "no plug-in";
