/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * dlv_loop.c - whom nothing may be sent automatically, for a while
 */

#include "dlv_loop.h"

#include <stdio.h>
#include <string.h>

static const char *digits(const char *number)
{
    return number + (number[0] == '+');
}

static void keep(char out[DLV_LOOP_NUMBER], const char *number)
{
    snprintf(out, DLV_LOOP_NUMBER, "%s", digits(number));
}

void dlv_loop_add(struct dlv_loop *l, const char *from, const char *to,
                  uint64_t now_ms)
{
    uint32_t i = l->next++ % DLV_LOOP_MAX;

    keep(l->entry[i].from, from);
    keep(l->entry[i].to, to);
    l->entry[i].until_ms = now_ms + DLV_LOOP_MS;
}

bool dlv_loop_closes(const struct dlv_loop *l, const char *from, const char *to,
                     uint64_t now_ms)
{
    for (uint32_t i = 0; i < DLV_LOOP_MAX; i++)
        if (l->entry[i].until_ms > now_ms &&
            strcmp(l->entry[i].from, digits(to)) == 0 &&
            strcmp(l->entry[i].to, digits(from)) == 0)
            return true;
    return false;
}
