/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * dlv_token.h - the smsc-id by which a reply finds its message
 *
 * smsbox keeps nothing of a message in its reply but the smsc-id. So that of
 * a route that confirms by reply is `<smsc-id>/<id><secret>': the delivery,
 * and octets nobody can guess, both in hexadecimal. Plain.
 */

#ifndef DLV_TOKEN_H
#define DLV_TOKEN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { DLV_TOKEN_DIGITS = 32, DLV_SMSC_ID_MAX = 64 + 1 + DLV_TOKEN_DIGITS };

void dlv_token_write(char out[DLV_SMSC_ID_MAX], const char *smsc_id,
                     uint64_t id, uint64_t secret);

/* Is this `smsc_id' with a token? No real smsc-id looks like that. */
bool dlv_token_read(const uint8_t *p, size_t n, const char *smsc_id,
                    uint64_t *id, uint64_t *secret);

#endif
