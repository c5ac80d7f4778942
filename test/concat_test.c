/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * concat_test.c - which parts are one message, and that message
 */

#include "gw/concat.h"

#include "check.h"
#include "sigtran-box/tpdu_text.h"

static const struct tpdu_addr somebody = {
    .len = 12,
    .ton = TPDU_TON_INTERNATIONAL,
    .npi = 1,
    .text = "447700900001",
};

static void stamp(struct tpdu_deliver *d, uint8_t minute)
{
    /* 2026-01-02 03:00 + minute, UTC; semi-octets are swapped */
    uint8_t octet[7] = { 0x62, 0x10, 0x20, 0x30, 0, 0, 0 };
    struct rd_err err;
    struct rd r;

    octet[4] = (uint8_t)(minute % 10 << 4 | minute / 10);
    r = rd_init(octet, sizeof(octet), &err);
    tpdu_scts_read(&r, &d->scts);
}

/* All parts of a text, read as they come from the network. */
static struct concat_set *parts_of(const char *text, int alphabet,
                                   const uint8_t *ie, uint8_t ie_octets)
{
    static struct tpdu_parts cut;
    struct concat_set *set;
    unsigned n;

    cut = (struct tpdu_parts){ .ref = 77, .ie = ie, .ie_octets = ie_octets };
    n = tpdu_text_cut(&cut, text, alphabet);
    set = calloc(1, sizeof(*set) + n * sizeof(set->part[0]));
    set->n = n;
    for (unsigned i = 0; i < n; i++) {
        struct tpdu_deliver d = { .oa = somebody };
        struct concat_part *p = &set->part[i];
        enum tpdu_mti mti;
        struct rd_err err;
        struct wr w = wr_init(p->m.tpdu, sizeof(p->m.tpdu));
        struct rd r;

        stamp(&d, 1);
        tpdu_text_next(&cut, &d);
        tpdu_deliver_write(&w, &d);
        p->m.tpdu_len = (uint8_t)w.len;
        r = rd_init(p->m.tpdu, w.len, &err);
        CHECK(tpdu_mt_read(&r, &mti, &p->tpdu));
        p->key.octet[0] = (uint8_t)(i + 1);
        strcpy(p->m.vmn, "447700900123");
        strcpy(p->m.sc, "447785016005");
    }
    return set;
}

static char text[2000];

static const char *long_text(const char *word, size_t n)
{
    size_t len = strlen(word);

    text[0] = '\0';
    for (size_t i = 0; i < n; i++)
        memcpy(text + i * len, word, len + 1);
    return text;
}

static bool joins_to(const struct concat_set *set, const char *want, size_t n)
{
    static uint8_t out[CONCAT_TEXT(20)];

    return concat_is(set) == CONCAT_WHOLE &&
           concat_text(set, out, sizeof(out)) == n && memcmp(out, want, n) == 0;
}

static void joins_the_text_of_all_parts(void)
{
    const char *gsm = long_text("The {quick} brown fox, \u20ac5. ", 20);
    struct concat_set *set = parts_of(gsm, -1, NULL, 0);
    uint8_t header[TPDU_UD_OCTETS];

    CHECK(set->n > 3);
    CHECK(concat_is_part(&set->part[0].tpdu));
    CHECK(joins_to(set, gsm, strlen(gsm)));
    CHECK(concat_header(&set->part[0].tpdu, header) == 0);
    free(set);
    /* a pair of surrogates stays one, wherever the parts are cut */
    set = parts_of(long_text("\u65e5\U0001f600", 60), -1, NULL, 0);
    CHECK(set->n > 1 && set->part[0].tpdu.enc.alphabet == TPDU_UCS2);
    CHECK(concat_is(set) == CONCAT_WHOLE);
    CHECK(concat_text(set, (uint8_t *)text, sizeof(text)) == 60 * 6);
    CHECK(memcmp(text + 59 * 6, "\x65\xe5\xd8\x3d\xde\x00", 6) == 0);
    free(set);
    set = parts_of(long_text("octets", 50), TPDU_8BIT, NULL, 0);
    CHECK(joins_to(set, text, 300));
    free(set);
}

static void keeps_the_other_elements_of_the_header(void)
{
    static const uint8_t ports[] = { 0x05, 4, 0x0b, 0x84, 0x23, 0xf0 };
    struct concat_set *set =
        parts_of(long_text("octets", 50), TPDU_8BIT, ports, sizeof(ports));
    uint8_t header[TPDU_UD_OCTETS];

    CHECK(concat_header(&set->part[0].tpdu, header) == 1 + sizeof(ports));
    CHECK(header[0] == sizeof(ports));
    CHECK(memcmp(header + 1, ports, sizeof(ports)) == 0);
    CHECK(concat_is(set) == CONCAT_WHOLE);
    /* another port: another application */
    for (size_t i = 0; i < set->part[1].tpdu.udh_len; i++)
        if (set->part[1].tpdu.udh[i] == 0x84)
            set->part[1].tpdu.udh[i]++;
    CHECK(concat_is(set) == CONCAT_UNLIKE);
    free(set);
}

static void tells_what_is_missing(void)
{
    struct concat_set *set = parts_of(long_text("abcdefgh", 50), -1, NULL, 0);
    unsigned n = set->n;

    set->n--;
    CHECK(concat_is(set) == CONCAT_MISSING);
    set->n = 0;
    CHECK(concat_is(set) == CONCAT_MISSING);
    set->n = n;
    CHECK(concat_is(set) == CONCAT_WHOLE);
    set->part[1] = set->part[0]; /* not the second, whatever the count says */
    CHECK(concat_is(set) == CONCAT_UNLIKE);
    free(set);
}

static void takes_no_mixture_for_one_message(void)
{
    struct concat_set *set = parts_of(long_text("abcdefgh", 50), -1, NULL, 0);
    struct tpdu_deliver *d = &set->part[1].tpdu;
    struct tpdu_deliver was = *d;

    d->enc.alphabet = TPDU_UCS2;
    CHECK(concat_is(set) == CONCAT_UNLIKE);
    *d = was;
    d->enc.compressed = true;
    CHECK(concat_is(set) == CONCAT_UNLIKE);
    *d = was;
    d->pid = 0x41;
    CHECK(concat_is(set) == CONCAT_UNLIKE);
    *d = was;
    stamp(d, 11);
    CHECK(concat_is(set) == CONCAT_WHOLE);
    stamp(d, 12);
    CHECK(concat_is(set) == CONCAT_UNLIKE);
    d->scts.valid = false;
    CHECK(concat_is(set) == CONCAT_WHOLE);
    *d = was;
    d->single_shift = 1; /* of that part's septets alone */
    CHECK(concat_is(set) == CONCAT_WHOLE);
    free(set);
}

static void sees_a_reference_used_again(void)
{
    struct concat_set *set = parts_of(long_text("abcdefgh", 50), -1, NULL, 0);
    struct concat_part other = set->part[1];

    CHECK(concat_fits(set, &other)); /* the very same */
    other.key.octet[0] = 99;
    CHECK(!concat_fits(set, &other)); /* another content */
    set->n = 1;
    CHECK(concat_fits(set, &other));
    stamp(&other.tpdu, 12);
    CHECK(!concat_fits(set, &other)); /* another time */
    set->n = 0;
    CHECK(concat_fits(set, &other));
    free(set);
}

static void names_a_set_by_all_that_tells_messages_apart(void)
{
    struct concat_set *set = parts_of(long_text("abcdefgh", 50), -1, NULL, 0);
    const struct concat_part *p = &set->part[0];
    uint8_t a[CONCAT_NAME_MAX], b[CONCAT_NAME_MAX];
    size_t n = concat_name(&p->m, &p->tpdu, true, a);
    struct concat_part q[7];

    CHECK(concat_name(&set->part[1].m, &set->part[1].tpdu, true, b) == n);
    CHECK(memcmp(a, b, n) == 0);
    for (int i = 0; i < 7; i++)
        q[i] = *p;
    q[0].m.vmn[11]++;
    q[1].m.sc[11]++;
    q[2].tpdu.oa.text[11]++;
    q[3].tpdu.oa.ton = TPDU_TON_NATIONAL;
    q[4].tpdu.concat.ref++;
    q[5].tpdu.concat.ref16 = true;
    q[6].tpdu.concat.max++;
    for (int i = 0; i < 7; i++) {
        CHECK(concat_name(&q[i].m, &q[i].tpdu, true, b) == n);
        CHECK(memcmp(a, b, n) != 0);
    }
    n = concat_name(&p->m, &p->tpdu, false, a);
    CHECK(concat_name(&q[1].m, &q[1].tpdu, false, b) == n);
    CHECK(memcmp(a, b, n) == 0); /* another node of the same centre */
    free(set);
}

static void one_of_one_is_no_part(void)
{
    struct tpdu_deliver d = { .concat = { .present = true, .max = 1 } };

    CHECK(!concat_is_part(&d));
    d.concat.max = 2;
    CHECK(concat_is_part(&d));
    d.concat.present = false;
    CHECK(!concat_is_part(&d));
}

static void waits_longer_after_each_failure(void)
{
    CHECK(concat_backoff_ms(0) == 10000);
    CHECK(concat_backoff_ms(1) == 20000);
    CHECK(concat_backoff_ms(5) == 320000);
    CHECK(concat_backoff_ms(6) == 600000);
    CHECK(concat_backoff_ms(4000000000) == 600000);
}

int main(void)
{
    joins_the_text_of_all_parts();
    keeps_the_other_elements_of_the_header();
    tells_what_is_missing();
    takes_no_mixture_for_one_message();
    sees_a_reference_used_again();
    names_a_set_by_all_that_tells_messages_apart();
    one_of_one_is_no_part();
    waits_longer_after_each_failure();
    return CHECK_DONE();
}
