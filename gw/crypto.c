/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * crypto.c - what we ask of OpenSSL ourselves
 */

#include "crypto.h"

#include <limits.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/ssl.h>
#include <string.h>

bool crypto_sha256(const void *p, size_t n, uint8_t out[CRYPTO_SHA256_OCTETS])
{
    memset(out, 0, CRYPTO_SHA256_OCTETS);
    return EVP_Digest(p, n, out, NULL, EVP_sha256(), NULL) == 1;
}

/* The context is all there is to it. */
static EVP_CIPHER_CTX *context(struct crypto_aes *a)
{
    return (void *)a;
}

struct crypto_aes *crypto_aes_new(const uint8_t key[CRYPTO_AES_KEY])
{
    EVP_CIPHER_CTX *ctx = EVP_CIPHER_CTX_new();

    if (ctx == NULL)
        return NULL;
    if (EVP_EncryptInit_ex(ctx, EVP_aes_256_ecb(), NULL, key, NULL) == 1 &&
        EVP_CIPHER_CTX_set_padding(ctx, 0) == 1)
        return (void *)ctx;
    EVP_CIPHER_CTX_free(ctx);
    return NULL;
}

void crypto_aes_free(struct crypto_aes *a)
{
    EVP_CIPHER_CTX_free(context(a));
}

bool crypto_aes_block(struct crypto_aes *a, uint8_t block[CRYPTO_AES_BLOCK])
{
    int n = 0;

    return EVP_EncryptUpdate(context(a), block, &n, block, CRYPTO_AES_BLOCK) ==
               1 &&
           n == CRYPTO_AES_BLOCK;
}

bool crypto_hmac_sha256(const void *key, size_t key_len, const void *p,
                        size_t n, uint8_t out[CRYPTO_SHA256_OCTETS])
{
    memset(out, 0, CRYPTO_SHA256_OCTETS);
    return key_len <= INT_MAX &&
           HMAC(EVP_sha256(), key, (int)key_len, p, n, out, NULL) != NULL;
}

/* A key behind a passphrase is refused; nobody is asked for it. */
static int no_passphrase(char *buf, int size, int writing, void *ctx)
{
    (void)buf, (void)size, (void)writing, (void)ctx;
    return 0;
}

static bool done(SSL_CTX *ctx, bool good)
{
    SSL_CTX_free(ctx);
    ERR_clear_error();
    return good;
}

bool crypto_cert(const char *cert)
{
    SSL_CTX *ctx = SSL_CTX_new(TLS_server_method());

    if (ctx == NULL)
        return false;
    return done(ctx,
                SSL_CTX_use_certificate_file(ctx, cert, SSL_FILETYPE_PEM) == 1);
}

bool crypto_key(const char *cert, const char *key)
{
    SSL_CTX *ctx = SSL_CTX_new(TLS_server_method());
    const int pem = SSL_FILETYPE_PEM;

    if (ctx == NULL)
        return false;
    SSL_CTX_set_default_passwd_cb(ctx, no_passphrase);
    return done(ctx, SSL_CTX_use_certificate_file(ctx, cert, pem) == 1 &&
                         SSL_CTX_use_PrivateKey_file(ctx, key, pem) == 1 &&
                         SSL_CTX_check_private_key(ctx) == 1);
}
