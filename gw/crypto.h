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

/* RFC 2104 with SHA-256. False, and out zeroes: the library cannot do it. */
bool crypto_hmac_sha256(const void *key, size_t key_len, const void *p,
                        size_t n, uint8_t out[CRYPTO_SHA256_OCTETS]);

/*
 * AES-256, a block at a time (FIPS 197): a keyed function of sixteen octets,
 * cheap enough for the SS7 thread. One thread at a time uses a key. NULL,
 * false: the library cannot do it.
 */
enum { CRYPTO_AES_BLOCK = 16, CRYPTO_AES_KEY = 32 };
struct crypto_aes;
struct crypto_aes *crypto_aes_new(const uint8_t key[CRYPTO_AES_KEY]);
void crypto_aes_free(struct crypto_aes *a);
bool crypto_aes_block(struct crypto_aes *a, uint8_t block[CRYPTO_AES_BLOCK]);

/*
 * A password as it may be kept: scrypt (RFC 7914) with a salt of its own, as
 * the text "$scrypt$ln=14,r=8,p=1$SALT$HASH" that other programs write and read
 * too (base64 without padding). It takes 16 MB and some 30 ms. False: the
 * library cannot do it.
 */
enum { CRYPTO_PASSWORD_TEXT = 128 };
bool crypto_password(const char *password, char out[CRYPTO_PASSWORD_TEXT]);
/* Is it such a text, and one that costs no more than 128 MB and 16 times as
 * long as ours? */
bool crypto_password_text(const char *text);
/* Is this the password? False too for what is no such text. */
bool crypto_password_is(const char *text, const char *password);

/*
 * Are a certificate and its key good? Asked before gwlib loads them, which
 * panics if they are not. PEM files; the key must be the certificate's and have no
 * passphrase.
 */
bool crypto_cert(const char *cert);
bool crypto_key(const char *cert, const char *key);

#endif
