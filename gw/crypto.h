/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * crypto.h - what we ask of OpenSSL ourselves; TLS itself is gwlib's
 */

#ifndef CRYPTO_H
#define CRYPTO_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { CRYPTO_SHA256_OCTETS = 32 };

/* FIPS 180-4. False, and out zeroes: the library cannot do it. */
bool crypto_sha256(const void *p, size_t n, uint8_t out[CRYPTO_SHA256_OCTETS]);

/*
 * Are a certificate and its key good? Asked before gwlib loads them, which
 * panics if they are not. PEM files; the key must be the certificate's and have no
 * passphrase.
 */
bool crypto_cert(const char *cert);
bool crypto_key(const char *cert, const char *key);

#endif
