/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * crypto.c - what we ask of OpenSSL ourselves
 */

#include "crypto.h"

#include <limits.h>
#include <openssl/crypto.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/rand.h>
#include <openssl/ssl.h>
#include <stdio.h>
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

/* ---- passwords ---- */

enum {
    SALT_MAX = 32,
    SALT = 16,
    HASH = 32,
    LN = 14,
    LN_MAX = 17,
    R = 8,
    P = 1,
    R_MAX = 16,
    P_MAX = 16,
    MEMORY_MAX = 129 << 20,
};

/* A text of crypto_password(), in parts. */
struct kept {
    unsigned ln, r, p;
    uint8_t salt[SALT_MAX], hash[HASH];
    size_t salt_len;
};

static bool scrypt(const struct kept *k, const char *password,
                   uint8_t out[HASH])
{
    bool good = EVP_PBE_scrypt(password, strlen(password), k->salt, k->salt_len,
                               (uint64_t)1 << k->ln, k->r, k->p, MEMORY_MAX,
                               out, HASH) == 1;

    ERR_clear_error();
    return good;
}

/* OpenSSL's base64 has padding. */
static void to_base64(char *out, const uint8_t *p, size_t n)
{
    int len = EVP_EncodeBlock((unsigned char *)out, p, (int)n);

    while (len > 0 && out[len - 1] == '=')
        len--;
    out[len] = '\0';
}

/* n characters to at most size octets; 0: they are none. */
static size_t from_base64(const char *p, size_t n, uint8_t *out, size_t size)
{
    static const char alphabet[] =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    unsigned char text[64], octets[48];
    size_t whole = (n + 3) / 4 * 4, len = n * 3 / 4;

    if (n % 4 == 1 || whole > sizeof(text) || len > size ||
        strspn(p, alphabet) < n)
        return 0;
    memcpy(text, p, n);
    memset(text + n, '=', whole - n);
    if (EVP_DecodeBlock(octets, text, (int)whole) < 0)
        return 0;
    memcpy(out, octets, len);
    return len;
}

static bool read_kept(const char *text, struct kept *k)
{
    const char *salt, *hash;
    int at = 0;

    if (sscanf(text, "$scrypt$ln=%2u,r=%2u,p=%2u$%n", &k->ln, &k->r, &k->p,
               &at) != 3 ||
        at == 0)
        return false;
    if (k->ln < 1 || k->ln > LN_MAX || k->r < 1 || k->r > R_MAX || k->p < 1 ||
        k->p > P_MAX ||
        ((uint64_t)k->r << k->ln) * k->p > (uint64_t)(R * P) << LN << 4 ||
        ((uint64_t)k->r << k->ln) > (uint64_t)1 << 20)
        return false;
    salt = text + at;
    hash = strchr(salt, '$');
    if (hash == NULL)
        return false;
    k->salt_len =
        from_base64(salt, (size_t)(hash - salt), k->salt, sizeof(k->salt));
    hash++;
    return k->salt_len > 0 &&
           from_base64(hash, strlen(hash), k->hash, HASH) == HASH;
}

bool crypto_password(const char *password, char out[CRYPTO_PASSWORD_TEXT])
{
    struct kept k = { .ln = LN, .r = R, .p = P, .salt_len = SALT };
    char salt[4 * SALT_MAX / 3 + 4], hash[4 * HASH / 3 + 4];

    out[0] = '\0';
    if (RAND_bytes(k.salt, SALT) != 1 || !scrypt(&k, password, k.hash))
        return false;
    to_base64(salt, k.salt, SALT);
    to_base64(hash, k.hash, HASH);
    snprintf(out, CRYPTO_PASSWORD_TEXT, "$scrypt$ln=%d,r=%d,p=%d$%s$%s", LN, R,
             P, salt, hash);
    return true;
}

bool crypto_password_text(const char *text)
{
    struct kept k;

    return read_kept(text, &k);
}

bool crypto_password_is(const char *text, const char *password)
{
    struct kept k;
    uint8_t hash[HASH];

    return read_kept(text, &k) && scrypt(&k, password, hash) &&
           CRYPTO_memcmp(hash, k.hash, HASH) == 0;
}

/* ---- certificates ---- */

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
