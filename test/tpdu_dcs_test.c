/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * tpdu_dcs_test.c - all 256 values of TP-DCS
 */

#include "tpdu_dcs.h"

#include "check.h"

/*
 * Row 4 bits, column 4 bits. Alphabet: 7 bit, 8 bit, U(CS2), or the same in
 * small letters (s, e, u) if compressed.
 */
static const char *const alphabet[16] = {
    "77778888UUUU7777", /* 0: general */
    "77778888UUUU7777", /* 1: with a class */
    "sssseeeeuuuussss", /* 2: compressed */
    "sssseeeeuuuussss", /* 3 */
    "77778888UUUU7777", /* 4: automatic deletion */
    "77778888UUUU7777", /* 5 */
    "sssseeeeuuuussss", /* 6 */
    "sssseeeeuuuussss", /* 7 */
    "7777777777777777", /* 8 to b: reserved */
    "7777777777777777", /* 9 */
    "7777777777777777", /* a */
    "7777777777777777", /* b */
    "7777777777777777", /* c: message waiting, discard */
    "7777777777777777", /* d: message waiting, store */
    "UUUUUUUUUUUUUUUU", /* e: message waiting, store, UCS2 */
    "7777888877778888", /* f: with a class */
};

static const char *const mclass[16] = {
    "................", "0123012301230123", "................",
    "0123012301230123", "................", "0123012301230123",
    "................", "0123012301230123", "................",
    "................", "................", "................",
    "................", "................", "................",
    "0123012301230123",
};

/* Which one waits: small letters if none does any more. */
static const char *const waiting[16] = {
    [0xc] = "vfeovfeoVFEOVFEO",
    [0xd] = "vfeovfeoVFEOVFEO",
    [0xe] = "vfeovfeoVFEOVFEO",
};

static char alphabet_of(const struct tpdu_dcs *c)
{
    static const char plain[] = "78U", compressed[] = "seu";

    return (c->compressed ? compressed : plain)[c->alphabet];
}

static char class_of(const struct tpdu_dcs *c)
{
    return c->mclass < 0 ? '.' : (char)('0' + c->mclass);
}

static char waiting_of(const struct tpdu_dcs *c)
{
    static const char on[] = "VFEO", off[] = "vfeo";

    if (c->mwi < 0)
        return '.';
    return (c->mwi_active ? on : off)[c->mwi & 3];
}

static void takes_all_256_values_apart(void)
{
    for (unsigned dcs = 0; dcs < 256; dcs++) {
        unsigned row = dcs >> 4, column = dcs & 15;
        struct tpdu_dcs c;

        tpdu_dcs_read((uint8_t)dcs, &c);
        CHECK(alphabet_of(&c) == alphabet[row][column]);
        CHECK(class_of(&c) == mclass[row][column]);
        CHECK(waiting_of(&c) ==
              (waiting[row] != NULL ? waiting[row][column] : '.'));
        CHECK(c.mwi_discard == (row == 0xc));
        CHECK(c.auto_delete == (row >= 4 && row <= 7));
    }
}

int main(void)
{
    SHOWS("TP-03", takes_all_256_values_apart);
    return CHECK_DONE();
}
