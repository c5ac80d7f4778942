/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * corr_test.c - correlation IMSIs: made, read, forgotten, guessed
 */

#include "hlr/corr.h"

#include "check.h"

#include <time.h>

#define SC "447700900321"

enum { LIFE_S = 3600, NOW_S = 1000 * LIFE_S + 100 };

static struct corr_keys keys(unsigned newest, unsigned n)
{
    struct corr_keys k = { .n = n };

    for (unsigned i = 0; i < n; i++)
        memset(k.key[i].octet, (int)(newest - i), sizeof(k.key[i].octet));
    return k;
}

static struct corr *made(const char *prefix, bool bind, unsigned newest,
                         unsigned n)
{
    struct corr *c = corr_new(prefix, LIFE_S, bind);
    struct corr_keys k = keys(newest, n);

    CHECK(c != NULL);
    corr_set_keys(c, &k);
    return c;
}

static bool reads_as(const struct corr *c, const char *imsi, const char *sc,
                     uint64_t now_s, uint64_t expect)
{
    uint64_t cid = 0;

    return corr_read(c, imsi, sc, now_s, &cid) == CORR_READ && cid == expect;
}

static enum corr_is what(const struct corr *c, const char *imsi, const char *sc,
                         uint64_t now_s)
{
    uint64_t cid;

    return corr_read(c, imsi, sc, now_s, &cid);
}

static void makes_imsis_behind_its_prefix_that_read(void)
{
    static const char *const prefix[] = { "23415", "234159", "2341599",
                                          "23415990" };
    char imsi[16];

    for (unsigned i = 0; i < 4; i++) {
        struct corr *c = made(prefix[i], true, 1, 1);
        uint64_t max = corr_numbers(c), expect = 10000000;

        for (unsigned k = 0; k < i; k++)
            expect /= 10;
        CHECK(max == expect);
        for (uint64_t cid = 0; cid < max; cid += max / 1000 - 1) {
            CHECK(corr_make(c, cid, SC, NOW_S, imsi));
            CHECK(strlen(imsi) == 15 && strncmp(imsi, prefix[i], 5 + i) == 0);
            CHECK(reads_as(c, imsi, SC, NOW_S, cid));
        }
        CHECK(corr_make(c, max - 1, SC, NOW_S, imsi));
        CHECK(!corr_make(c, max, SC, NOW_S, imsi));
        corr_free(c);
    }
}

/* All tags of many numbers, so whole stretches of what is permuted: no IMSI
 * is made twice, by whatever lives and numbers. */
static void makes_no_imsi_twice(void)
{
    enum { NUMBERS = 10000, LIVES = 20, SPACE = 10000000 };
    struct corr *c = made("23415990", true, 1, 1);
    static uint32_t owner[SPACE]; /* cid + 1 */
    unsigned twice = 0;
    char imsi[16];

    for (uint32_t cid = 0; cid < NUMBERS; cid++)
        for (uint64_t life = 0; life < LIVES; life++) {
            unsigned long at;

            CHECK(corr_make(c, cid, SC, NOW_S + life * LIFE_S, imsi));
            at = strtoul(imsi + 8, NULL, 10);
            twice += owner[at] != 0 && owner[at] != cid + 1;
            owner[at] = cid + 1;
        }
    CHECK(twice == 0);
    corr_free(c);
}

static void gives_the_same_imsi_within_a_life(void)
{
    struct corr *c = made("23415", true, 1, 1);
    char a[16], b[16];

    CHECK(corr_make(c, 7, SC, 1000 * LIFE_S, a));
    CHECK(corr_make(c, 7, SC, 1001 * LIFE_S - 1, b) && strcmp(a, b) == 0);
    CHECK(corr_make(c, 7, SC, 1001 * LIFE_S, b) && strcmp(a, b) != 0);
    CHECK(corr_make(c, 7, "447700900322", 1000 * LIFE_S, b));
    CHECK(strcmp(a, b) != 0);
    corr_free(c);
}

/* Not next to each other, no digit that stays, no step that repeats. */
static void neighbours_are_not_related(void)
{
    enum { NUMBERS = 20000 };
    struct corr *c = made("23415", true, 1, 1);
    uint64_t before = 0, step = 0;
    unsigned same = 0, near = 0, steps = 0, count[10][10] = { 0 };
    char imsi[16];

    for (uint64_t cid = 1; cid <= NUMBERS; cid++) {
        uint64_t n;

        CHECK(corr_make(c, cid, SC, NOW_S, imsi));
        n = strtoull(imsi + 5, NULL, 10);
        same += n / 100000 == before / 100000 || n % 100000 == before % 100000;
        near += (n > before ? n - before : before - n) < 100000;
        steps += n - before == step;
        step = n - before;
        before = n;
        for (unsigned i = 0; i < 10; i++)
            count[i][imsi[5 + i] - '0']++;
    }
    /* what chance gives: 0.4, 0.4, 0 */
    CHECK(same < 6 && near < 6 && steps == 0);
    for (unsigned i = 0; i < 10; i++)
        for (unsigned d = 0; d < 10; d++)
            CHECK(count[i][d] > 1750 && count[i][d] < 2250);
    corr_free(c);
}

static void expires_after_one_to_two_lives(void)
{
    struct corr *c = made("23415", true, 1, 1);
    const uint64_t begin = 1000 * (uint64_t)LIFE_S;
    char early[16], late[16];

    CHECK(corr_make(c, 7, SC, begin, early));
    CHECK(corr_make(c, 8, SC, begin + LIFE_S - 1, late));
    CHECK(reads_as(c, early, SC, begin + 2 * LIFE_S - 1, 7));
    CHECK(reads_as(c, late, SC, begin + 2 * LIFE_S - 1, 8));
    CHECK(what(c, early, SC, begin + 2 * LIFE_S) == CORR_STALE);
    CHECK(what(c, late, SC, begin + 2 * LIFE_S) == CORR_STALE);
    corr_free(c);
}

/* Another node's clock may be a little ahead. */
static void reads_what_a_faster_clock_made(void)
{
    struct corr *c = made("23415", true, 1, 1);
    const uint64_t turn = 1000 * (uint64_t)LIFE_S;
    char imsi[16];

    CHECK(corr_make(c, 7, SC, turn + 5, imsi));
    CHECK(reads_as(c, imsi, SC, turn - 5, 7));
    CHECK(what(c, imsi, SC, turn - CORR_SKEW_S - 1) == CORR_STALE);
    corr_free(c);
}

static void reads_old_keys_until_they_are_forgotten(void)
{
    struct corr *old = made("23415", true, 1, 1);
    struct corr *three = made("23415", true, 3, 3);
    struct corr *four = made("23415", true, 4, 3);
    char imsi[16], again[16];

    CHECK(corr_make(old, 7, SC, NOW_S, imsi));
    CHECK(reads_as(three, imsi, SC, NOW_S, 7));
    CHECK(what(four, imsi, SC, NOW_S) == CORR_STALE);
    CHECK(corr_make(three, 7, SC, NOW_S, again) && strcmp(imsi, again) != 0);
    CHECK(what(old, again, SC, NOW_S) == CORR_STALE);
    CHECK(reads_as(four, again, SC, NOW_S, 7));
    corr_free(old);
    corr_free(three);
    corr_free(four);
}

/* An IMSI of one key may be one of another number with another key. None is
 * read as that: not the old one's when there is a new one, nor the new one's. */
static void keys_are_not_taken_for_each_other(void)
{
    enum { NUMBERS = 30000 };
    struct corr *before = made("23415990", true, 2, 2); /* 2, 1 */
    struct corr *after = made("23415990", true, 3, 3);  /* 3, 2, 1 */
    const uint64_t later = NOW_S + LIFE_S;
    unsigned wrong = 0;
    char imsi[16];

    for (uint64_t i = 0; i < NUMBERS; i++) {
        uint64_t cid = i % 10000;

        corr_set_maker(before, (unsigned)(i / 10000 % 2));
        wrong += !corr_make(before, cid, SC, NOW_S, imsi) ||
                 !reads_as(before, imsi, SC, later, cid) ||
                 !reads_as(after, imsi, SC, NOW_S, cid) ||
                 !reads_as(after, imsi, SC, later, cid);
        corr_set_maker(after, (unsigned)(i / 10000));
        wrong += !corr_make(after, cid, SC, NOW_S, imsi) ||
                 !reads_as(after, imsi, SC, NOW_S - 120, cid) ||
                 !reads_as(after, imsi, SC, NOW_S, cid) ||
                 !reads_as(after, imsi, SC, later + LIFE_S - 101, cid);
    }
    CHECK(wrong == 0);
    corr_free(before);
    corr_free(after);
}

static void is_for_the_service_centre_that_asked(void)
{
    struct corr *bound = made("23415", true, 1, 1);
    struct corr *loose = made("23415", false, 1, 1);
    char imsi[16];
    uint64_t cid[CORR_KEYS];

    CHECK(corr_make(bound, 7, SC, NOW_S, imsi));
    CHECK(what(bound, imsi, "447700900322", NOW_S) == CORR_STALE);
    CHECK(what(bound, imsi, "", NOW_S) == CORR_STALE);
    CHECK(what(bound, imsi, "44770090032", NOW_S) == CORR_STALE);
    CHECK(corr_stale(bound, imsi, cid) == 1 && cid[0] == 7);
    CHECK(corr_make(loose, 7, SC, NOW_S, imsi));
    CHECK(reads_as(loose, imsi, "447700900322", NOW_S, 7));
    CHECK(reads_as(loose, imsi, "", NOW_S, 7));
    corr_free(bound);
    corr_free(loose);
}

static void knows_what_is_not_its_own(void)
{
    static const char *const other[] = {
        "",
        "23415",
        "234160000000001",
        "23415000000000",
        "2341500000000001",
        "23415000000000a",
    };
    struct corr *c = made("23415", true, 1, 1);
    struct corr *none = corr_new("23415", LIFE_S, true);
    char imsi[16];

    for (size_t i = 0; i < sizeof(other) / sizeof(other[0]); i++)
        CHECK(what(c, other[i], SC, NOW_S) == CORR_FOREIGN);
    CHECK(!corr_make(none, 7, SC, NOW_S, imsi));
    CHECK(what(none, "234150000000001", SC, NOW_S) == CORR_FOREIGN);
    CHECK(corr_new("2341", LIFE_S, true) == NULL);
    CHECK(corr_new("234151234", LIFE_S, true) == NULL);
    CHECK(corr_new("2341x", LIFE_S, true) == NULL);
    CHECK(corr_new("23415", 0, true) == NULL);
    corr_free(c);
    corr_free(none);
}

/* Networks may share a key: what one hands out tells nothing of the other. */
static void prefixes_do_not_share_a_permutation(void)
{
    struct corr *a = made("23415", true, 1, 1), *b = made("23416", true, 1, 1);
    char x[16], y[16];

    CHECK(corr_make(a, 7, SC, NOW_S, x) && corr_make(b, 7, SC, NOW_S, y));
    CHECK(strcmp(x + 5, y + 5) != 0);
    corr_free(a);
    corr_free(b);
}

struct list {
    unsigned n;
    char imsi[CORR_TRIES][16];
};

static bool is_listed(void *ctx, const char *imsi)
{
    const struct list *l = ctx;

    for (unsigned i = 0; i < l->n; i++)
        if (strcmp(l->imsi[i], imsi) == 0)
            return true;
    return false;
}

static void steps_over_imsis_in_use(void)
{
    struct corr *c = made("23415", true, 1, 1);
    struct list l = { 0 };
    char imsi[16];

    corr_set_taken(c, is_listed, &l);
    while (l.n < CORR_TRIES) {
        CHECK(corr_make(c, 7, SC, NOW_S, imsi) && !is_listed(&l, imsi));
        CHECK(reads_as(c, imsi, SC, NOW_S, 7));
        memcpy(l.imsi[l.n++], imsi, sizeof(imsi));
    }
    CHECK(!corr_make(c, 7, SC, NOW_S, imsi));
    /* the last of them reads only because those before it are taken */
    l.n = 1;
    CHECK(what(c, l.imsi[3], SC, NOW_S) == CORR_STALE);
    l.n = 3;
    CHECK(reads_as(c, l.imsi[3], SC, NOW_S, 7));
    corr_free(c);
}

/* All numbers in use: lives * keys / CORR_TAGS, whoever guesses. */
static void guesses_read_as_seldom_as_documented(void)
{
    enum { GUESSES = 100000 };
    uint32_t x = 12345;
    char imsi[16];

    for (unsigned n = 1; n <= CORR_KEYS; n++) {
        struct corr *c = made("23415", true, 9, n);
        unsigned hits = 0, expect = GUESSES * 2 * n / CORR_TAGS;

        for (unsigned i = 0; i < GUESSES; i++) {
            x = x * 1664525 + 1013904223;
            snprintf(imsi, sizeof(imsi), "23415%05u%05u", x >> 16,
                     (x >> 8) % 100000);
            hits += what(c, imsi, SC, NOW_S) == CORR_READ;
        }
        CHECK(hits > expect * 7 / 10 && hits < expect * 13 / 10);
        corr_free(c);
    }
}

/* It is done for each SRI and each message: told, and not allowed to become
 * a burden even on a slow or instrumented machine. */
static void costs_little(void)
{
    enum { TIMES = 20000 };
    struct corr *c = made("23415", true, 3, 3);
    struct timespec a, b;
    char imsi[16];
    double us;

    clock_gettime(CLOCK_MONOTONIC, &a);
    for (uint64_t cid = 0; cid < TIMES; cid++) {
        CHECK(corr_make(c, cid, SC, NOW_S, imsi));
        CHECK(reads_as(c, imsi, SC, NOW_S, cid));
    }
    clock_gettime(CLOCK_MONOTONIC, &b);
    us = ((double)(b.tv_sec - a.tv_sec) * 1e9 +
          (double)(b.tv_nsec - a.tv_nsec)) /
         1e3 / TIMES;
    printf("made and read in %.2f us\n", us);
    CHECK(us < 100);
    corr_free(c);
}

int main(void)
{
    SHOWS("HL-04", makes_imsis_behind_its_prefix_that_read);
    SHOWS("HL-04", makes_no_imsi_twice);
    SHOWS("HL-04", gives_the_same_imsi_within_a_life);
    SHOWS("HL-04", neighbours_are_not_related);
    SHOWS("HL-04", expires_after_one_to_two_lives);
    reads_what_a_faster_clock_made();
    reads_old_keys_until_they_are_forgotten();
    SHOWS("HL-04", keys_are_not_taken_for_each_other);
    SHOWS("HL-13", is_for_the_service_centre_that_asked);
    knows_what_is_not_its_own();
    prefixes_do_not_share_a_permutation();
    steps_over_imsis_in_use();
    SHOWS("HL-04", guesses_read_as_seldom_as_documented);
    costs_little();
    return CHECK_DONE();
}
