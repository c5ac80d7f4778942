/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * dlv_token.c - the smsc-id by which a reply finds its message
 */

#include "dlv_token.h"

#include <stdio.h>
#include <string.h>

void dlv_token_write(char out[DLV_SMSC_ID_MAX], const char *smsc_id,
                     uint64_t id, uint64_t secret)
{
    snprintf(out, DLV_SMSC_ID_MAX, "%s/%016llx%016llx", smsc_id,
             (unsigned long long)id, (unsigned long long)secret);
}

static bool hex64(const uint8_t *p, uint64_t *v)
{
    int i;

    *v = 0;
    for (i = 0; i < 16; i++) {
        uint8_t c = p[i];

        if (c >= '0' && c <= '9')
            *v = *v << 4 | (uint64_t)(c - '0');
        else if (c >= 'a' && c <= 'f')
            *v = *v << 4 | (uint64_t)(c - 'a' + 10);
        else
            return false;
    }
    return true;
}

bool dlv_token_read(const uint8_t *p, size_t n, const char *smsc_id,
                    uint64_t *id, uint64_t *secret)
{
    size_t len = strlen(smsc_id);

    return n == len + 1 + DLV_TOKEN_DIGITS && memcmp(p, smsc_id, len) == 0 &&
           p[len] == '/' && hex64(p + len + 1, id) &&
           hex64(p + len + 1 + 16, secret);
}
