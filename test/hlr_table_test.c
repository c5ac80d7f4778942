/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * hlr_table_test.c - the register in memory against a slow model of it
 */

#include "check.h"
#include "hlr/hlr_table.h"

#include <stdlib.h>

static const char mccmnc[3][7] = { "23415", "310260", "" };
static const char *why;

static struct hlr_row row(const char *first, const char *last, const char *imsi)
{
    struct hlr_row r = { .network = 0, .status = HLR_ACTIVE, .route = 7 };

    strcpy(r.first, first);
    strcpy(r.last, last);
    strcpy(r.imsi, imsi);
    return r;
}

static int put(struct hlr_table *t, const char *first, const char *last,
               const char *imsi)
{
    struct hlr_row r = row(first, last, imsi);

    why = "";
    return hlr_table_put(t, &r, &why);
}

static bool refuses(struct hlr_table *t, const char *first, const char *last,
                    const char *imsi, const char *because)
{
    size_t before = hlr_table_rows(t);
    bool right = put(t, first, last, imsi) == -1 && strstr(why, because) &&
                 hlr_table_rows(t) == before;

    if (!right)
        printf("%s to %s: <%s>\n", first, last, why);
    return right;
}

static bool number_is(const struct hlr_table *t, const char *n,
                      const char *imsi)
{
    struct hlr_entry e;

    return hlr_find_msisdn(t, n, &e) && strcmp(e.msisdn, n) == 0 &&
           strcmp(e.imsi, imsi) == 0;
}

static bool imsi_is(const struct hlr_table *t, const char *imsi, const char *n)
{
    struct hlr_entry e;

    return hlr_find_imsi(t, imsi, &e) && strcmp(e.msisdn, n) == 0 &&
           strcmp(e.imsi, imsi) == 0;
}

static void finds_a_number_and_its_imsi(void)
{
    struct hlr_table *t = hlr_table_new(mccmnc, 3, 0);
    struct hlr_row r = row("447700900123", "447700900123", "234150000000017");
    struct hlr_entry e;

    r.network = 2;
    r.status = HLR_NO_SMS;
    r.route = HLR_ROUTE_NONE;
    CHECK(hlr_table_put(t, &r, &why) == 0);
    CHECK(hlr_find_msisdn(t, "447700900123", &e));
    CHECK(strcmp(e.imsi, "234150000000017") == 0);
    CHECK(e.network == 2 && e.status == HLR_NO_SMS);
    CHECK(e.route == HLR_ROUTE_NONE);
    CHECK(hlr_find_imsi(t, "234150000000017", &e));
    CHECK(strcmp(e.msisdn, "447700900123") == 0 && e.network == 2);
    CHECK(!hlr_find_msisdn(t, "447700900124", &e));
    CHECK(!hlr_find_msisdn(t, "44770090012", &e));
    CHECK(!hlr_find_msisdn(t, "4477009001230", &e));
    CHECK(!hlr_find_msisdn(t, "0447700900123", &e));
    CHECK(!hlr_find_imsi(t, "234150000000018", &e));
    hlr_table_free(t);
}

static void an_empty_table_finds_nothing(void)
{
    struct hlr_table *t = hlr_table_new(mccmnc, 3, 0);
    struct hlr_entry e;

    CHECK(hlr_table_rows(t) == 0);
    CHECK(!hlr_find_msisdn(t, "1", &e) && !hlr_find_imsi(t, "1", &e));
    hlr_table_free(t);
    hlr_table_free(NULL);
}

static void takes_no_digits_that_are_none(void)
{
    static const char *const bad[] = { "",     "44a",
                                       "+447", "1234567890123456",
                                       "44 7", "12345678901234567890123456" };
    struct hlr_table *t = hlr_table_new(mccmnc, 3, 0);
    struct hlr_entry e;

    CHECK(put(t, "447", "447", "001010000000001") == 0);
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        CHECK(!hlr_find_msisdn(t, bad[i], &e));
        CHECK(!hlr_find_imsi(t, bad[i], &e));
    }
    CHECK(imsi_is(t, "001010000000001", "447"));
    hlr_table_free(t);
}

static void a_range_counts_numbers_and_imsis_together(void)
{
    struct hlr_table *t = hlr_table_new(mccmnc, 3, 0);
    struct hlr_entry e;

    CHECK(put(t, "447700900100", "447700900299", "234150000000950") == 0);
    CHECK(number_is(t, "447700900100", "234150000000950"));
    CHECK(number_is(t, "447700900150", "234150000001000"));
    CHECK(number_is(t, "447700900299", "234150000001149"));
    CHECK(imsi_is(t, "234150000001149", "447700900299"));
    CHECK(imsi_is(t, "234150000000950", "447700900100"));
    CHECK(!hlr_find_msisdn(t, "447700900099", &e));
    CHECK(!hlr_find_msisdn(t, "447700900300", &e));
    CHECK(!hlr_find_imsi(t, "234150000000949", &e));
    CHECK(!hlr_find_imsi(t, "234150000001150", &e));
    hlr_table_free(t);
}

static void makes_imsis_of_the_last_digits(void)
{
    struct hlr_table *t = hlr_table_new(mccmnc, 3, 0);
    struct hlr_row r = row("15550001000", "15550001999", "");

    CHECK(put(t, "447700900123", "447700900123", "") == 0);
    CHECK(put(t, "447700901000", "447700901999", "") == 0);
    CHECK(put(t, "7301", "7305", "") == 0);
    r.network = 1;
    CHECK(hlr_table_put(t, &r, &why) == 0);
    CHECK(number_is(t, "447700900123", "234157700900123"));
    CHECK(imsi_is(t, "234157700900123", "447700900123"));
    CHECK(number_is(t, "447700901500", "234157700901500"));
    CHECK(imsi_is(t, "234157700901500", "447700901500"));
    CHECK(number_is(t, "7303", "234150000007303"));
    CHECK(imsi_is(t, "234150000007303", "7303"));
    CHECK(number_is(t, "15550001234", "310260550001234"));
    CHECK(imsi_is(t, "310260550001234", "15550001234"));
    hlr_table_free(t);
}

static void a_number_in_a_range_comes_first(void)
{
    struct hlr_table *t = hlr_table_new(mccmnc, 3, 0);
    struct hlr_row r = row("447700900150", "447700900150", "");
    struct hlr_entry e;

    r.status = HLR_BARRED;
    CHECK(put(t, "447700900100", "447700900199", "") == 0);
    CHECK(hlr_table_put(t, &r, &why) == 0);
    CHECK(put(t, "447700900160", "447700900160", "999990000000000") == 0);
    CHECK(hlr_find_msisdn(t, "447700900150", &e) && e.status == HLR_BARRED);
    CHECK(hlr_find_imsi(t, "234157700900150", &e) && e.status == HLR_BARRED);
    CHECK(hlr_find_msisdn(t, "447700900151", &e) && e.status == HLR_ACTIVE);
    CHECK(number_is(t, "447700900160", "999990000000000"));
    CHECK(imsi_is(t, "999990000000000", "447700900160"));
    /* what was handed out before it got an IMSI of its own */
    CHECK(imsi_is(t, "234157700900160", "447700900160"));
    hlr_table_free(t);
}

static void refuses_what_cannot_be(void)
{
    struct hlr_table *t = hlr_table_new(mccmnc, 3, 0);
    struct hlr_row r = row("4477", "4477", "");

    CHECK(refuses(t, "", "1", "", "15 decimal digits"));
    CHECK(refuses(t, "44x", "44x", "", "15 decimal digits"));
    CHECK(refuses(t, "1234567890123456", "1", "", "15 decimal digits"));
    CHECK(refuses(t, "447", "4477", "", "as long as"));
    CHECK(refuses(t, "4478", "4477", "", "as long as"));
    CHECK(refuses(t, "4477", "4477", "12345", "6 to 15"));
    CHECK(refuses(t, "4477", "4477", "23415x", "6 to 15"));
    CHECK(refuses(t, "4470", "4479", "999995", "run over"));
    CHECK(refuses(t, "449999999999", "450000000000", "", "run over"));
    r.network = 3;
    CHECK(hlr_table_put(t, &r, &why) == -1 && strstr(why, "network"));
    r.network = 2;
    CHECK(hlr_table_put(t, &r, &why) == -1 && strstr(why, "mcc-mnc"));
    r.network = 0;
    r.status = 0;
    CHECK(hlr_table_put(t, &r, &why) == -1 && strstr(why, "status"));
    r.status = 6;
    CHECK(hlr_table_put(t, &r, &why) == -1 && strstr(why, "status"));
    hlr_table_free(t);
}

static void refuses_what_is_there(void)
{
    struct hlr_table *t = hlr_table_new(mccmnc, 3, 0);

    CHECK(put(t, "447700900100", "447700900199", "234150000000100") == 0);
    CHECK(refuses(t, "447700900199", "447700900299", "234151000000000",
                  "overlaps another range"));
    CHECK(refuses(t, "447700900000", "447700900100", "234151000000000",
                  "overlaps another range"));
    CHECK(refuses(t, "447700900120", "447700900130", "234151000000000",
                  "overlaps another range"));
    CHECK(refuses(t, "447700900000", "447700900999", "234151000000000",
                  "overlaps another range"));
    CHECK(refuses(t, "447700900200", "447700900299", "234150000000199",
                  "IMSIs of the range"));
    CHECK(refuses(t, "447700900200", "447700900299", "234150000000001",
                  "IMSIs of the range"));
    CHECK(put(t, "447700900200", "447700900299", "234150000000000") == 0);
    CHECK(put(t, "447700900500", "447700900500", "234150000000200") == 0);
    CHECK(refuses(t, "447700900501", "447700900501", "234150000000200",
                  "another number's"));
    CHECK(refuses(t, "447700900502", "447700900502", "234150000000150",
                  "number in a range"));
    CHECK(put(t, "447700900150", "447700900150", "234150000000150") == 0);
    hlr_table_free(t);
}

/* Both would be right alone; a message must not go to the wrong one. */
static void a_late_range_gives_no_imsi_of_another_number(void)
{
    struct hlr_table *t = hlr_table_new(mccmnc, 3, 0);
    struct hlr_entry e;

    CHECK(put(t, "447700900500", "447700900500", "234150000000150") == 0);
    CHECK(put(t, "447700900100", "447700900199", "234150000000100") == 0);
    CHECK(imsi_is(t, "234150000000150", "447700900500"));
    CHECK(hlr_find_msisdn(t, "447700900150", &e) && e.status == HLR_UNUSABLE);
    CHECK(hlr_find_msisdn(t, "447700900151", &e) && e.status == HLR_ACTIVE);
    CHECK(hlr_table_del(t, "447700900500", "447700900500"));
    CHECK(hlr_find_msisdn(t, "447700900150", &e) && e.status == HLR_ACTIVE);
    CHECK(imsi_is(t, "234150000000150", "447700900150"));
    hlr_table_free(t);
}

static void changes_what_is_there(void)
{
    struct hlr_table *t = hlr_table_new(mccmnc, 3, 0);
    struct hlr_row r = row("447700900100", "447700900199", "234150000000150");
    struct hlr_entry e;

    CHECK(put(t, "447700900500", "447700900500", "001010000000001") == 0);
    CHECK(put(t, "447700900500", "447700900500", "001010000000002") == 0);
    CHECK(!hlr_find_imsi(t, "001010000000001", &e));
    CHECK(imsi_is(t, "001010000000002", "447700900500"));
    CHECK(put(t, "447700900100", "447700900199", "234150000000100") == 0);
    r.status = HLR_BARRED; /* over its own old IMSIs */
    CHECK(hlr_table_put(t, &r, &why) == 0);
    CHECK(hlr_find_imsi(t, "234150000000249", &e) && e.status == HLR_BARRED);
    CHECK(!hlr_find_imsi(t, "234150000000149", &e));
    CHECK(hlr_table_rows(t) == 2);
    CHECK(!hlr_table_del(t, "447700900100", "447700900198"));
    CHECK(hlr_table_del(t, "447700900100", "447700900199"));
    CHECK(!hlr_table_del(t, "447700900100", "447700900199"));
    CHECK(!hlr_find_msisdn(t, "447700900100", &e) && hlr_table_rows(t) == 1);
    hlr_table_free(t);
}

static void a_change_that_does_not_fit_changes_nothing(void)
{
    struct hlr_table *t = hlr_table_new(mccmnc, 3, 0);

    CHECK(put(t, "447700900100", "447700900199", "234150000000100") == 0);
    CHECK(put(t, "447700900200", "447700900299", "234150000000200") == 0);
    CHECK(refuses(t, "447700900100", "447700900199", "234150000000150",
                  "IMSIs of the range"));
    CHECK(number_is(t, "447700900199", "234150000000199"));
    CHECK(put(t, "447700900500", "447700900500", "001010000000001") == 0);
    CHECK(put(t, "447700900501", "447700900501", "001010000000002") == 0);
    CHECK(refuses(t, "447700900501", "447700900501", "001010000000001",
                  "another number's"));
    CHECK(number_is(t, "447700900501", "001010000000002"));
    hlr_table_free(t);
}

static void correlation_numbers_are_no_imsis(void)
{
    struct hlr_table *t = hlr_table_new(mccmnc, 3, 0);
    struct hlr_row a = row("4471", "4471", "001010000000001"),
                   b = row("4480", "4489", "");
    struct hlr_entry e;

    a.correlation = b.correlation = true;
    a.cid = 7;
    b.cid = 8;
    CHECK(hlr_table_put(t, &a, &why) == 0 && hlr_table_put(t, &b, &why) == 0);
    CHECK(hlr_find_msisdn(t, "4471", &e) && e.correlation && e.cid == 7);
    CHECK(e.imsi[0] == '\0' && !hlr_find_imsi(t, "001010000000001", &e));
    CHECK(hlr_find_cid(t, 7, &e) && strcmp(e.msisdn, "4471") == 0);
    CHECK(hlr_find_cid(t, 17, &e) && strcmp(e.msisdn, "4489") == 0);
    CHECK(e.correlation && e.cid == 17);
    CHECK(!hlr_find_cid(t, 18, &e) && !hlr_find_cid(t, 0, &e));
    CHECK(!hlr_find_cid(t, UINT64_MAX, &e));
    strcpy(a.first, "4472");
    strcpy(a.last, "4472");
    a.cid = 12;
    CHECK(hlr_table_put(t, &a, &why) == -1 && strstr(why, "in a range"));
    a.cid = 0;
    CHECK(hlr_table_put(t, &a, &why) == -1 && strstr(why, "correlation"));
    a.cid = UINT64_C(1) << 51;
    CHECK(hlr_table_put(t, &a, &why) == -1 && strstr(why, "correlation"));
    hlr_table_free(t);
}

static void keeps_what_a_row_says(void)
{
    struct hlr_table *t = hlr_table_new(mccmnc, 3, 0);
    struct hlr_row r = row("4471", "4471", ""), s = row("4480", "4489", "");
    struct hlr_entry e;

    r.owner = UINT32_MAX, r.rate = UINT16_MAX, r.to_s = UINT32_MAX;
    r.network = 1;
    s.owner = 3, s.rate = 60, s.from_s = 1700000000, s.to_s = 1800000000;
    CHECK(hlr_table_put(t, &r, &why) == 0 && hlr_table_put(t, &s, &why) == 0);
    CHECK(hlr_find_msisdn(t, "4471", &e) && e.owner == UINT32_MAX);
    CHECK(e.rate == UINT16_MAX && e.from_s == 0 && e.to_s == UINT32_MAX);
    CHECK(e.network == 1 && e.route == 7);
    CHECK(hlr_find_msisdn(t, "4485", &e) && e.owner == 3 && e.rate == 60);
    CHECK(e.from_s == 1700000000 && e.to_s == 1800000000);
    hlr_table_free(t);
}

static void what_cannot_be_used_is_known_all_the_same(void)
{
    struct hlr_table *t = hlr_table_new(mccmnc, 3, 0), *c;
    struct hlr_row r = row("4471", "4471", "001010000000001");
    struct hlr_entry e;

    CHECK(put(t, "4470", "4470", "001010000000001") == 0);
    r.status = HLR_UNUSABLE;
    r.network = HLR_NETWORK_NONE;
    CHECK(hlr_table_put(t, &r, &why) == 0);
    CHECK(hlr_find_msisdn(t, "4471", &e) && e.status == HLR_UNUSABLE);
    CHECK(e.network == HLR_NETWORK_NONE && e.imsi[0] == '\0');
    CHECK(imsi_is(t, "001010000000001", "4470"));
    strcpy(r.imsi, "001010000000002");
    CHECK(hlr_table_put(t, &r, &why) == 0);
    CHECK(hlr_find_imsi(t, "001010000000002", &e) && e.status == HLR_UNUSABLE);
    r = row("4480", "4489", "");
    r.network = 2; /* without mcc-mnc */
    r.status = HLR_UNUSABLE;
    CHECK(hlr_table_put(t, &r, &why) == 0 && hlr_table_put(t, &r, &why) == 0);
    CHECK(hlr_find_msisdn(t, "4485", &e) && e.status == HLR_UNUSABLE);
    r.imsi[0] = '\0';
    c = hlr_table_clone(t, 0);
    CHECK(hlr_table_unusable(t) == 2 && hlr_table_unusable(c) == 2);
    hlr_table_free(c);
    CHECK(hlr_table_del(t, "4480", "4489") && hlr_table_del(t, "4471", "4471"));
    CHECK(hlr_table_unusable(t) == 0 && hlr_table_rows(t) == 1 &&
          !hlr_find_msisdn(t, "4485", &e));
    hlr_table_free(t);
}

static void is_complete_when_told_so(void)
{
    struct hlr_table *t = hlr_table_new(mccmnc, 3, 0), *c;

    CHECK(!hlr_table_complete(t));
    hlr_table_set_complete(t, true);
    CHECK(hlr_table_complete(t));
    c = hlr_table_clone(t, 0);
    CHECK(hlr_table_complete(c));
    hlr_table_free(t);
    hlr_table_free(c);
}

static void has_the_room_that_it_was_made_with(void)
{
    struct hlr_table *t = hlr_table_new(mccmnc, 3, 20000), *c;
    size_t octets = hlr_table_octets(t);
    struct hlr_row r = row("", "", "");
    struct hlr_entry e;
    unsigned n;

    /* every row with an owner of its own: the worst there is */
    for (n = 0; hlr_table_room(t) > 0; n++) {
        snprintf(r.first, sizeof(r.first), "4477%06u", n);
        strcpy(r.last, r.first);
        r.owner = n;
        CHECK(hlr_table_put(t, &r, &why) == 0);
    }
    CHECK(hlr_table_octets(t) == octets && n >= 1000);
    c = hlr_table_clone(t, n + 500);
    CHECK(hlr_table_room(c) == 500);
    CHECK(hlr_find_msisdn(c, "4477000007", &e) && e.owner == 7);
    hlr_table_free(t);
    hlr_table_free(c);
}

/* ---- any steps, against a model that is searched from end to end ---- */

enum { STEPS = 1000000, SPACE = 400, MODEL_RANGES = 40 };

/* idents: 1.. are IMSIs, from SPACE * 2 on correlation numbers; 0: none */
struct model_row {
    bool there;
    unsigned first, last, ident, owner;
    uint8_t status;
};

static struct model_row model[SPACE], range[MODEL_RANGES];
static uint32_t seed = 1;

static uint32_t any(uint32_t below)
{
    seed = seed * 1664525 + 1013904223;
    return (uint32_t)((uint64_t)(seed >> 4) * below >> 28);
}

static const char *number_str(unsigned n)
{
    static char text[2][16];
    static unsigned at;

    snprintf(text[++at % 2], 16, "44%04u", n);
    return text[at % 2];
}

static void ident_of(unsigned ident, struct hlr_row *r)
{
    r->correlation = ident >= SPACE * 2;
    r->cid = r->correlation ? ident - SPACE * 2 + 1 : 0;
    if (!r->correlation && ident > 0)
        snprintf(r->imsi, sizeof(r->imsi), "00101%010u", ident);
}

static bool meets(unsigned a, unsigned b, unsigned c, unsigned d)
{
    return a <= d && c <= b;
}

static bool model_fits(const struct model_row *m)
{
    unsigned span = m->last - m->first;

    for (unsigned i = 0; i < SPACE; i++)
        if (span == 0 && model[i].there && i != m->first &&
            model[i].ident == m->ident)
            return false;
    for (unsigned i = 0; i < MODEL_RANGES; i++) {
        const struct model_row *r = &range[i];

        if (!r->there || (r->first == m->first && r->last == m->last))
            continue;
        if (span > 0 && meets(m->first, m->last, r->first, r->last))
            return false;
        if (r->ident == 0 || !meets(m->ident, m->ident + span, r->ident,
                                    r->ident + r->last - r->first))
            continue;
        if (span > 0 || r->first + (m->ident - r->ident) != m->first)
            return false;
    }
    return true;
}

/* Where the model keeps it; NULL: it has no room. */
static struct model_row *model_place(const struct model_row *m)
{
    struct model_row *free_one = NULL;

    if (m->first == m->last)
        return &model[m->first];
    for (unsigned i = 0; i < MODEL_RANGES; i++) {
        if (range[i].there && range[i].first == m->first &&
            range[i].last == m->last)
            return &range[i];
        if (!range[i].there)
            free_one = &range[i];
    }
    return free_one;
}

static bool step_put(struct hlr_table *t)
{
    struct model_row m = { .there = true,
                           .owner = any(50),
                           .first = any(SPACE) };
    struct model_row *at;
    struct hlr_row r = { .network = 2, .route = 7 };
    bool fits;

    m.last = m.first + (any(3) == 0 ? any(20) : 0);
    m.last = m.last < SPACE ? m.last : SPACE - 1;
    m.ident = 1 + any(SPACE * 3 - 30);
    if (m.ident < SPACE * 2 && m.ident + 20 >= SPACE * 2)
        m.ident -= 20;
    m.status = (uint8_t)(1 + any(4));
    at = model_place(&m);
    if (at == NULL)
        return true;
    strcpy(r.first, number_str(m.first));
    strcpy(r.last, number_str(m.last));
    ident_of(m.ident, &r);
    r.status = m.status;
    r.owner = m.owner;
    fits = model_fits(&m);
    if (fits)
        *at = m;
    return (hlr_table_put(t, &r, &why) == 0) == fits;
}

static bool step_del(struct hlr_table *t)
{
    struct model_row m = { .first = any(SPACE) };
    struct model_row *at;
    bool there;

    m.last = m.first;
    if (any(3) == 0)
        m = range[any(MODEL_RANGES)];
    at = model_place(&m);
    there = at != NULL && at->there && at->last == m.last;
    if (there)
        at->there = false;
    return hlr_table_del(t, number_str(m.first), number_str(m.last)) == there;
}

static bool is(const struct hlr_entry *e, unsigned number, unsigned ident,
               const struct model_row *m, uint8_t status)
{
    struct hlr_row r = { .cid = 0 };

    ident_of(ident, &r);
    return strcmp(e->msisdn, number_str(number)) == 0 &&
           e->correlation == r.correlation && e->cid == r.cid &&
           strcmp(e->imsi, r.imsi) == 0 && e->owner == m->owner &&
           e->status == status;
}

static const struct model_row *range_of(unsigned number)
{
    for (unsigned i = 0; i < MODEL_RANGES; i++)
        if (range[i].there && range[i].first <= number &&
            number <= range[i].last)
            return &range[i];
    return NULL;
}

static bool taken(unsigned ident)
{
    for (unsigned i = 0; i < SPACE; i++)
        if (model[i].there && model[i].ident == ident)
            return true;
    return false;
}

static bool step_find_number(const struct hlr_table *t)
{
    unsigned n = any(SPACE), ident;
    const struct model_row *r = range_of(n);
    struct hlr_entry e;
    bool found = hlr_find_msisdn(t, number_str(n), &e);

    if (model[n].there)
        return found && is(&e, n, model[n].ident, &model[n], model[n].status);
    if (r == NULL)
        return !found;
    ident = r->ident + n - r->first;
    return found &&
           is(&e, n, ident, r, taken(ident) ? HLR_UNUSABLE : r->status);
}

static bool step_find_ident(const struct hlr_table *t)
{
    unsigned ident = 1 + any(SPACE * 3 - 10), n;
    struct hlr_row q = { .cid = 0 };
    struct hlr_entry e;
    bool found;

    ident_of(ident, &q);
    found = q.correlation ? hlr_find_cid(t, q.cid, &e)
                          : hlr_find_imsi(t, q.imsi, &e);
    for (unsigned i = 0; i < SPACE; i++)
        if (model[i].there && model[i].ident == ident)
            return found && is(&e, i, ident, &model[i], model[i].status);
    for (unsigned i = 0; i < MODEL_RANGES; i++) {
        const struct model_row *r = &range[i];

        if (!r->there || ident < r->ident ||
            ident > r->ident + r->last - r->first)
            continue;
        n = r->first + ident - r->ident;
        r = model[n].there ? &model[n] : r;
        return found && is(&e, n, ident, r, r->status);
    }
    return !found;
}

static size_t model_rows(void)
{
    size_t n = 0;

    for (unsigned i = 0; i < SPACE; i++)
        n += model[i].there;
    for (unsigned i = 0; i < MODEL_RANGES; i++)
        n += range[i].there;
    return n;
}

static bool count_row(void *ctx, const struct hlr_row *row)
{
    size_t *n = ctx;
    unsigned first = (unsigned)atoi(row->first + 2);
    struct model_row m = { .first = first,
                           .last = (unsigned)atoi(row->last + 2) };
    const struct model_row *at = model_place(&m);

    ++*n;
    return at != NULL && at->there && at->owner == row->owner &&
           at->status == row->status;
}

static bool step_whole(struct hlr_table **t)
{
    struct hlr_table *c = hlr_table_clone(*t, any(2 * SPACE));
    size_t n = 0;

    hlr_table_free(*t);
    *t = c;
    hlr_table_each(c, count_row, &n);
    return n == model_rows() && hlr_table_rows(c) == n;
}

static void agrees_with_a_model_through_a_million_steps(void)
{
    struct hlr_table *t = hlr_table_new(mccmnc, 3, 0);
    bool right = true;
    unsigned i;

    for (i = 0; i < STEPS && right; i++) {
        uint32_t what = any(100);

        right = what < 25   ? step_put(t)
                : what < 50 ? step_del(t)
                : what < 75 ? step_find_number(t)
                : any(5000) ? step_find_ident(t)
                            : step_whole(&t);
    }
    if (!right)
        printf("step %u differs\n", i);
    CHECK(right);
    hlr_table_free(t);
}

/* ---- many rows, against arrays that are searched from end to end ---- */

enum { RANGES = 50, NUMBERS = 3000, SPAN = 100 };

static void agrees_with_a_slow_model(void)
{
    static char number[NUMBERS][16], imsi[NUMBERS][16];
    struct hlr_table *t = hlr_table_new(mccmnc, 3, 0);
    struct hlr_entry e;
    unsigned n = 0;

    for (unsigned i = 0; i < RANGES; i++) {
        char first[16], last[16], from[16];
        /* out of order, so that each is put between others */
        unsigned at = (i * 37 % RANGES) * 1000;

        snprintf(first, sizeof(first), "4479%08u", at);
        snprintf(last, sizeof(last), "4479%08u", at + SPAN - 1);
        snprintf(from, sizeof(from), "20601%010u", (RANGES - i) * 500);
        CHECK(put(t, first, last, from) == 0);
    }
    while (n < NUMBERS) {
        int digits = 6 + (int)any(4);

        snprintf(number[n], 16, "%0*u", digits, any(999999));
        snprintf(imsi[n], 16, "90170%010u", n * 7);
        if (hlr_find_msisdn(t, number[n], &e))
            continue; /* a second put would change it */
        CHECK(put(t, number[n], number[n], imsi[n]) == 0);
        n++;
    }
    CHECK(hlr_table_rows(t) == RANGES + NUMBERS);
    for (unsigned i = 0; i < n; i++) {
        CHECK(number_is(t, number[i], imsi[i]));
        CHECK(imsi_is(t, imsi[i], number[i]));
    }
    for (unsigned i = 0; i < RANGES * 1000; i += 3) {
        char text[16], from[16];
        unsigned at = i / 1000, k = 0;

        while (k * 37 % RANGES != at)
            k++;
        snprintf(text, sizeof(text), "4479%08u", i);
        snprintf(from, sizeof(from), "20601%010u",
                 (RANGES - k) * 500 + i % 1000);
        if (i % 1000 < SPAN)
            CHECK(number_is(t, text, from) && imsi_is(t, from, text));
        else
            CHECK(!hlr_find_msisdn(t, text, &e));
    }
    hlr_table_free(t);
}

static void a_million_numbers_are_small(void)
{
    struct hlr_table *t = hlr_table_new(mccmnc, 3, 1000000);
    struct hlr_row r = row("", "", "");
    unsigned failed = 0;

    for (unsigned i = 0; i < 1000000; i++) {
        snprintf(r.first, sizeof(r.first), "4477%08u", i * 7 % 10000000);
        strcpy(r.last, r.first);
        failed += hlr_table_put(t, &r, &why) != 0;
    }
    CHECK(failed == 0);
    CHECK(hlr_table_octets(t) < 64000000);
    CHECK(number_is(t, "447700000007", "234157700000007"));
    CHECK(imsi_is(t, "234157706999993", "447706999993"));
    hlr_table_free(t);
}

int main(void)
{
    SHOWS("HL-02", finds_a_number_and_its_imsi);
    an_empty_table_finds_nothing();
    takes_no_digits_that_are_none();
    a_range_counts_numbers_and_imsis_together();
    makes_imsis_of_the_last_digits();
    SHOWS("HL-02", a_number_in_a_range_comes_first);
    refuses_what_cannot_be();
    refuses_what_is_there();
    a_late_range_gives_no_imsi_of_another_number();
    changes_what_is_there();
    a_change_that_does_not_fit_changes_nothing();
    correlation_numbers_are_no_imsis();
    keeps_what_a_row_says();
    what_cannot_be_used_is_known_all_the_same();
    is_complete_when_told_so();
    has_the_room_that_it_was_made_with();
    agrees_with_a_model_through_a_million_steps();
    agrees_with_a_slow_model();
    a_million_numbers_are_small();
    return CHECK_DONE();
}
