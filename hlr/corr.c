/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * corr.c - IMSIs made for one question (MT correlation id, TS 23.040)
 *
 * The permutation is a Feistel network on two halves of decimal digits, in
 * the manner of FF1 (NIST SP 800-38G): ten rounds, each adds a keyed function
 * of one half to the other, modulo what that other can hold. So it is exact
 * on the digits that there are, and nothing has to be drawn again.
 */

#include "corr.h"

#include "gw/crypto.h"

#include <stdlib.h>
#include <string.h>

enum { ROUNDS = 10, IMSI_DIGITS = 15, PREFIX_MIN = 5, PREFIX_MAX = 8 };
enum { SC_DIGITS = 2 * (CRYPTO_AES_BLOCK - 1) };
/* What a block of the keyed function is for. */
enum { FOR_ROUND = 1, FOR_TAG = 2 };

struct corr {
    char prefix[PREFIX_MAX + 1];
    unsigned prefix_len;
    uint64_t left, right; /* what the two halves can hold */
    uint32_t life_s;
    bool bind;
    unsigned keys, maker; /* maker < keys, if there is any */
    struct crypto_aes *key[CORR_KEYS];
    bool (*taken)(void *ctx, const char *imsi);
    void *ctx;
};

static uint64_t power10(unsigned n)
{
    return n == 0 ? 1 : 10 * power10(n - 1);
}

struct corr *corr_new(const char *prefix, uint32_t life_s, bool bind)
{
    size_t len = strlen(prefix);
    unsigned behind = IMSI_DIGITS - (unsigned)len;
    struct corr *c;

    if (len < PREFIX_MIN || len > PREFIX_MAX || life_s == 0 ||
        strspn(prefix, "0123456789") != len)
        return NULL;
    c = calloc(1, sizeof(*c));
    if (c == NULL)
        return NULL;
    memcpy(c->prefix, prefix, len + 1);
    c->prefix_len = (unsigned)len;
    c->left = power10(behind / 2);
    c->right = power10(behind - behind / 2);
    c->life_s = life_s;
    c->bind = bind;
    return c;
}

static void forget_keys(struct corr *c)
{
    for (unsigned i = 0; i < CORR_KEYS; i++)
        crypto_aes_free(c->key[i]);
    memset(c->key, 0, sizeof(c->key));
    c->keys = c->maker = 0;
}

void corr_free(struct corr *c)
{
    if (c == NULL)
        return;
    forget_keys(c);
    free(c);
}

/* Each prefix has a permutation of its own, whatever shares the key. */
static struct crypto_aes *derive(const struct corr *c, const uint8_t key[32])
{
    uint8_t in[32 + PREFIX_MAX] = { 0 }, out[CRYPTO_SHA256_OCTETS];
    struct crypto_aes *aes = NULL;

    memcpy(in, key, 32);
    memcpy(in + 32, c->prefix, c->prefix_len);
    if (crypto_sha256(in, sizeof(in), out))
        aes = crypto_aes_new(out);
    explicit_bzero(in, sizeof(in));
    explicit_bzero(out, sizeof(out));
    return aes;
}

void corr_set_keys(struct corr *c, const struct corr_keys *keys)
{
    forget_keys(c);
    for (unsigned i = 0; i < keys->n && i < CORR_KEYS; i++) {
        c->key[i] = derive(c, keys->key[i].octet);
        if (c->key[i] == NULL)
            return;
        c->keys++;
    }
}

void corr_set_maker(struct corr *c, unsigned key)
{
    c->maker = key < c->keys ? key : 0;
}

void corr_set_taken(struct corr *c, bool (*taken)(void *ctx, const char *imsi),
                    void *ctx)
{
    c->taken = taken;
    c->ctx = ctx;
}

uint64_t corr_numbers(const struct corr *c)
{
    return c->left * c->right / CORR_TAGS;
}

/* ---- the keyed functions ---- */

static void put_be(uint8_t *p, unsigned octets, uint64_t n)
{
    for (unsigned i = octets; i-- > 0; n >>= 8)
        p[i] = (uint8_t)n;
}

static uint64_t first_eight(const uint8_t block[CRYPTO_AES_BLOCK])
{
    uint64_t n = 0;

    for (unsigned i = 0; i < 8; i++)
        n = n << 8 | block[i];
    return n;
}

static uint64_t round_of(struct crypto_aes *key, unsigned no, uint64_t half)
{
    uint8_t block[CRYPTO_AES_BLOCK] = { FOR_ROUND, (uint8_t)no };

    put_be(block + 8, 8, half);
    return crypto_aes_block(key, block) ? first_eight(block) : 0;
}

/* The tag of one life: a CBC-MAC of two blocks, always as many. */
static unsigned tag_of(const struct corr *c, struct crypto_aes *key,
                       uint64_t cid, const char *sc, uint64_t life)
{
    uint8_t block[CRYPTO_AES_BLOCK] = { FOR_TAG };
    size_t len = c->bind ? strlen(sc) : 0;

    put_be(block + 1, 7, cid);
    put_be(block + 8, 8, life);
    crypto_aes_block(key, block);
    block[0] ^= (uint8_t)len;
    for (size_t i = 0; i < len && i < SC_DIGITS; i++)
        block[1 + i / 2] ^= (uint8_t)((sc[i] & 0x0f) << (i % 2 * 4));
    crypto_aes_block(key, block);
    return (unsigned)(first_eight(block) % CORR_TAGS);
}

/* The halves take turns: an even round changes the left one. */
static uint64_t permute(const struct corr *c, struct crypto_aes *key,
                        uint64_t x)
{
    uint64_t l = x / c->right, r = x % c->right;

    for (unsigned i = 0; i < ROUNDS; i++)
        if (i % 2 == 0)
            l = (l + round_of(key, i, r) % c->left) % c->left;
        else
            r = (r + round_of(key, i, l) % c->right) % c->right;
    return l * c->right + r;
}

static uint64_t unpermute(const struct corr *c, struct crypto_aes *key,
                          uint64_t x)
{
    uint64_t l = x / c->right, r = x % c->right;

    for (unsigned i = ROUNDS; i-- > 0;)
        if (i % 2 == 0)
            l = (l + c->left - round_of(key, i, r) % c->left) % c->left;
        else
            r = (r + c->right - round_of(key, i, l) % c->right) % c->right;
    return l * c->right + r;
}

/* ---- IMSIs ---- */

static void write_imsi(const struct corr *c, uint64_t n,
                       char imsi[HLR_IMSI_MAX + 1])
{
    memcpy(imsi, c->prefix, c->prefix_len);
    for (unsigned i = IMSI_DIGITS; i-- > c->prefix_len; n /= 10)
        imsi[i] = (char)('0' + n % 10);
    imsi[IMSI_DIGITS] = '\0';
}

static bool read_imsi(const struct corr *c, const char *imsi, uint64_t *n)
{
    if (strlen(imsi) != IMSI_DIGITS ||
        strspn(imsi, "0123456789") != IMSI_DIGITS ||
        strncmp(imsi, c->prefix, c->prefix_len) != 0)
        return false;
    *n = 0;
    for (const char *p = imsi + c->prefix_len; *p != '\0'; p++)
        *n = *n * 10 + (uint64_t)(*p - '0');
    return true;
}

/* What the permutation of that key makes of a number's try-th tag. */
static uint64_t make_try(const struct corr *c, unsigned key, uint64_t cid,
                         unsigned tag)
{
    return permute(c, c->key[key], cid * CORR_TAGS + tag % CORR_TAGS);
}

static bool is_taken(const struct corr *c, unsigned key, const char *sc,
                     uint64_t life, uint64_t n);

/*
 * Was x made with this key in that life? If its tag is a few further, only if
 * those before it had to be stepped over: else a guess would read so much
 * sooner.
 */
static bool fits(const struct corr *c, unsigned key, const char *sc,
                 uint64_t life, uint64_t x)
{
    uint64_t cid = x / CORR_TAGS;
    unsigned tag = tag_of(c, c->key[key], cid, sc, life);
    unsigned steps = (unsigned)(x % CORR_TAGS + CORR_TAGS - tag) % CORR_TAGS;

    if (steps >= CORR_TRIES)
        return false;
    for (unsigned i = 0; i < steps; i++)
        if (!is_taken(c, key, sc, life, make_try(c, key, cid, tag + i)))
            return false;
    return true;
}

/* Does it read with this key in any of these lives? */
static bool reads(const struct corr *c, unsigned key, const char *sc,
                  uint64_t first, uint64_t last, uint64_t n, uint64_t *cid)
{
    uint64_t x = unpermute(c, c->key[key], n);

    *cid = x / CORR_TAGS;
    for (uint64_t life = last + 1; life-- > first;)
        if (fits(c, key, sc, life, x))
            return true;
    return false;
}

/*
 * By a number, or by an older key, which would read it as another number's in
 * one of the lives that count, by anybody's clock, while it is good. Newer keys
 * do not matter: they are asked later.
 */
static bool is_taken(const struct corr *c, unsigned key, const char *sc,
                     uint64_t life, uint64_t n)
{
    char imsi[HLR_IMSI_MAX + 1];
    uint64_t cid;

    write_imsi(c, n, imsi);
    if (c->taken != NULL && c->taken(c->ctx, imsi))
        return true;
    for (unsigned older = key + 1; older < c->keys; older++)
        if (reads(c, older, sc, life < 2 ? 0 : life - 2, life + 2, n, &cid))
            return true;
    return false;
}

bool corr_make(const struct corr *c, uint64_t cid, const char *sc,
               uint64_t now_s, char imsi[HLR_IMSI_MAX + 1])
{
    uint64_t life = now_s / c->life_s, n;
    unsigned tag;

    if (c->keys == 0 || cid >= corr_numbers(c))
        return false;
    tag = tag_of(c, c->key[c->maker], cid, sc, life);
    for (unsigned i = 0; i < CORR_TRIES; i++) {
        n = make_try(c, c->maker, cid, tag + i);
        write_imsi(c, n, imsi);
        if (!is_taken(c, c->maker, sc, life, n))
            return true;
    }
    return false;
}

enum corr_is corr_read(const struct corr *c, const char *imsi, const char *sc,
                       uint64_t now_s, uint64_t *cid)
{
    uint32_t early = c->life_s / 2 < CORR_SKEW_S ? c->life_s / 2 : CORR_SKEW_S;
    uint64_t last = (now_s + early) / c->life_s, now = now_s / c->life_s;
    uint64_t first = now > 0 ? now - 1 : 0, n;

    if (c->keys == 0 || !read_imsi(c, imsi, &n))
        return CORR_FOREIGN;
    /* The oldest first: what it made nobody could keep clear of newer ones. */
    for (unsigned key = c->keys; key-- > 0;)
        if (reads(c, key, sc, first, last, n, cid))
            return CORR_READ;
    return CORR_STALE;
}

unsigned corr_stale(const struct corr *c, const char *imsi,
                    uint64_t cid[CORR_KEYS])
{
    uint64_t n;

    if (!read_imsi(c, imsi, &n))
        return 0;
    for (unsigned i = 0; i < c->keys; i++)
        cid[i] = unpermute(c, c->key[i], n) / CORR_TAGS;
    return c->keys;
}
