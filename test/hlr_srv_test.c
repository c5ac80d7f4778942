/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * hlr_srv_test.c - what the register answers, to SRI-SM and to mt-ForwardSM
 */

#include "hlr/hlr_srv.h"

#include "check.h"
#include "gw/stat.h"
#include "hlr/hlr_rate.h"

#define NUMBER "447700900123"
#define IMSI   "234150000000123"
#define SC     "447700900321"
#define OWN_GT "447700970777"

enum { NOW_S = 1700000000, LIFE_S = 3600 };

static const char mccmnc[2][7] = { "23415", "26201" };
static const struct hlr_srv_conf plain = {
    .networks = 2,
    .net = {
        { .mccmnc = "23415", .msc_gt = OWN_GT, .corr_life_s = LIFE_S,
          .corr_bind = true },
        { .mccmnc = "26201", .msc_gt = "491710000001" },
    },
    .node_id = "a",
};
static const struct hlr_row row = {
    .first = NUMBER,
    .last = NUMBER,
    .imsi = IMSI,
    .status = HLR_ACTIVE,
    .route = 3,
};
static struct hlr_srv *srv;
static struct hlr_answer got;
static struct hlr_sms_answer sms;

static void put(struct hlr_srv *h, const struct hlr_row *r)
{
    const char *why = "";

    CHECK(hlr_table_put(hlr_srv_table(h), r, &why) == 0);
}

static struct hlr_srv *fresh_as(const struct hlr_srv_conf *conf)
{
    struct hlr_srv *h = hlr_srv_new(conf);
    struct hlr_table *t = hlr_table_new(mccmnc, 2, 1000);

    CHECK(h != NULL && t != NULL);
    CHECK(hlr_srv_swap(h, t) == NULL);
    put(h, &row);
    hlr_table_set_complete(t, true);
    return h;
}

static void fresh(void)
{
    srv = fresh_as(&plain);
}

static void drop(struct hlr_srv *h)
{
    hlr_table_free(hlr_srv_swap(h, NULL));
    hlr_srv_free(h);
}

static void done(void)
{
    drop(srv);
}

static enum map_error ask_of(struct hlr_srv *h, struct hlr_question q)
{
    hlr_srv_sri(h, &q, &got);
    CHECK(got.why != NULL);
    return got.err.code;
}

static enum map_error ask_at(const char *msisdn, const char *sc, uint64_t now_s)
{
    return ask_of(srv, (struct hlr_question){ .msisdn = msisdn,
                                              .sc = sc,
                                              .now_ms = now_s * 1000 });
}

static enum map_error ask(const char *msisdn)
{
    return ask_at(msisdn, SC, NOW_S);
}

static enum map_error send_at(struct hlr_srv *h, const char *imsi,
                              const char *sc, uint64_t now_s)
{
    hlr_srv_sms(h, 0, imsi, sc, now_s * 1000, &sms);
    CHECK(sms.why != NULL);
    return sms.err.code;
}

static enum map_error send(const char *imsi)
{
    return send_at(srv, imsi, SC, NOW_S);
}

static void use_keys(struct hlr_srv *h, unsigned newest, unsigned n)
{
    struct corr_keys k = { .n = n };

    for (unsigned i = 0; i < n; i++)
        memset(k.key[i].octet, (int)(newest - i), sizeof(k.key[i].octet));
    hlr_srv_set_keys(h, &k);
}

/* ---- plain answers ---- */

static void answers_what_it_knows(void)
{
    fresh();
    CHECK(ask(NUMBER) == MAP_ERR_NONE && !got.relay && got.found);
    CHECK(strcmp(got.imsi, IMSI) == 0 && strcmp(got.node, OWN_GT) == 0);
    CHECK(got.entry.route == 3 && got.err.cause == -1);
    CHECK(ask("447700900124") == MAP_ERR_UNKNOWN_SUBSCRIBER && !got.found);
    CHECK(ask("") == MAP_ERR_UNKNOWN_SUBSCRIBER);
    CHECK(ask_of(srv, (struct hlr_question){ .network = 1,
                                             .msisdn = NUMBER,
                                             .sc = SC }) ==
          MAP_ERR_UNKNOWN_SUBSCRIBER);
    CHECK(send(IMSI) == MAP_ERR_NONE);
    CHECK(strcmp(sms.entry.msisdn, NUMBER) == 0 && sms.entry.route == 3);
    CHECK(send("234150000000124") == MAP_ERR_UNIDENTIFIED_SUBSCRIBER);
    hlr_srv_sms(srv, 1, IMSI, SC, NOW_S, &sms);
    CHECK(sms.err.code == MAP_ERR_UNIDENTIFIED_SUBSCRIBER);
    done();
}

static void says_what_a_status_means(void)
{
    static const struct {
        uint8_t status;
        enum map_error sri, sms;
    } expect[] = {
        { HLR_BARRED, MAP_ERR_CALL_BARRED, MAP_ERR_ILLEGAL_SUBSCRIBER },
        { HLR_ABSENT, MAP_ERR_ABSENT_SUBSCRIBER_SM,
          MAP_ERR_ABSENT_SUBSCRIBER_SM },
        { HLR_NO_SMS, MAP_ERR_TELESERVICE_NOT_PROVISIONED,
          MAP_ERR_ILLEGAL_SUBSCRIBER },
        { HLR_UNUSABLE, MAP_ERR_SYSTEM_FAILURE, MAP_ERR_SYSTEM_FAILURE },
    };
    struct hlr_row r = row;

    fresh();
    for (size_t i = 0; i < sizeof(expect) / sizeof(expect[0]); i++) {
        r.status = expect[i].status;
        put(srv, &r);
        CHECK(ask(NUMBER) == expect[i].sri);
        CHECK(send(IMSI) == expect[i].sms);
    }
    done();
}

/* Its row is broken, so nobody knows which network it was meant for. */
static void what_cannot_be_used_is_of_every_network(void)
{
    struct hlr_row r = row;

    fresh();
    r.status = HLR_UNUSABLE;
    r.network = HLR_NETWORK_NONE;
    put(srv, &r);
    for (uint8_t n = 0; n < 2; n++)
        CHECK(ask_of(srv, (struct hlr_question){ .network = n,
                                                 .msisdn = NUMBER,
                                                 .sc = SC }) ==
              MAP_ERR_SYSTEM_FAILURE);
    CHECK(send(IMSI) == MAP_ERR_SYSTEM_FAILURE);
    done();
}

static void never_denies_before_it_is_complete(void)
{
    struct hlr_srv_conf c = plain;
    uint64_t before = stat_get(STAT_sri_loading);

    c.net[0].relay = true;
    srv = hlr_srv_new(&c);
    CHECK(ask(NUMBER) == MAP_ERR_SYSTEM_FAILURE && !got.relay);
    CHECK(send(IMSI) == MAP_ERR_SYSTEM_FAILURE);
    hlr_srv_free(srv);
    srv = fresh_as(&c);
    hlr_table_set_complete(hlr_srv_table(srv), false);
    CHECK(ask(NUMBER) == MAP_ERR_NONE);
    CHECK(ask("447700900124") == MAP_ERR_SYSTEM_FAILURE && !got.relay);
    CHECK(stat_get(STAT_sri_loading) == before + 2);
    CHECK(send(IMSI) == MAP_ERR_NONE);
    CHECK(send("234150000000124") == MAP_ERR_SYSTEM_FAILURE);
    hlr_table_set_complete(hlr_srv_table(srv), true);
    CHECK(ask("447700900124") == MAP_ERR_SYSTEM_FAILURE && got.relay);
    CHECK(send("234150000000124") == MAP_ERR_UNIDENTIFIED_SUBSCRIBER);
    done();
}

static void knows_a_number_only_while_it_is_valid(void)
{
    struct hlr_row r = row;

    fresh();
    r.from_s = NOW_S;
    r.to_s = NOW_S + 10;
    put(srv, &r);
    CHECK(ask_at(NUMBER, SC, NOW_S - 1) == MAP_ERR_UNKNOWN_SUBSCRIBER);
    CHECK(got.found && !got.relay);
    CHECK(send_at(srv, IMSI, SC, NOW_S - 1) == MAP_ERR_UNIDENTIFIED_SUBSCRIBER);
    CHECK(ask_at(NUMBER, SC, NOW_S) == MAP_ERR_NONE);
    CHECK(ask_at(NUMBER, SC, NOW_S + 9) == MAP_ERR_NONE);
    CHECK(send_at(srv, IMSI, SC, NOW_S + 9) == MAP_ERR_NONE);
    CHECK(ask_at(NUMBER, SC, NOW_S + 10) == MAP_ERR_UNKNOWN_SUBSCRIBER);
    CHECK(send_at(srv, IMSI, SC, NOW_S + 10) ==
          MAP_ERR_UNIDENTIFIED_SUBSCRIBER);
    r.to_s = 0;
    put(srv, &r);
    CHECK(ask_at(NUMBER, SC, NOW_S + 10) == MAP_ERR_NONE);
    done();
}

static void passes_on_what_it_does_not_know(void)
{
    struct hlr_srv_conf c = plain;
    struct hlr_row r = row;

    c.net[0].relay = true;
    srv = fresh_as(&c);
    CHECK(ask("447700900124") != MAP_ERR_NONE && got.relay);
    CHECK(ask(NUMBER) == MAP_ERR_NONE && !got.relay);
    r.status = HLR_BARRED;
    put(srv, &r);
    CHECK(ask(NUMBER) == MAP_ERR_CALL_BARRED && !got.relay);
    r.to_s = NOW_S; /* whose is it now? */
    put(srv, &r);
    CHECK(ask(NUMBER) != MAP_ERR_NONE && got.relay);
    done();
}

/* ---- rates ---- */

static void refuses_what_is_above_the_rate(void)
{
    struct hlr_row r = row;
    uint64_t before = stat_get(STAT_sri_rate);
    uint64_t minute = NOW_S / 60;

    fresh();
    r.rate = 3;
    put(srv, &r);
    for (int i = 0; i < 3; i++)
        CHECK(ask_at(NUMBER, SC, minute * 60 + 59) == MAP_ERR_NONE);
    CHECK(ask_at(NUMBER, SC, minute * 60) == MAP_ERR_SYSTEM_FAILURE);
    CHECK(stat_get(STAT_sri_rate) == before + 1);
    CHECK(ask_at(NUMBER, SC, minute * 60 + 60) == MAP_ERR_NONE);
    CHECK(send(IMSI) == MAP_ERR_NONE); /* whose SRI was answered */
    done();
}

static void counts_more_numbers_than_it_has_room_for(void)
{
    enum { SLOTS = 256 };
    struct hlr_rate *r = hlr_rate_new(SLOTS);
    unsigned more = 0;
    char number[16];

    /* a busy number is not forgotten for many that are asked for once */
    for (int i = 0; i < 20; i++)
        CHECK(hlr_rate_may(r, NUMBER, 20, NOW_S));
    for (unsigned i = 0; i < 20 * SLOTS; i++) {
        snprintf(number, sizeof(number), "4477%08u", i);
        CHECK(hlr_rate_may(r, number, 1, NOW_S));
    }
    CHECK(!hlr_rate_may(r, NUMBER, 20, NOW_S));
    for (unsigned i = 0; i < SLOTS / 4; i++) {
        snprintf(number, sizeof(number), "4477%08u", i);
        CHECK(hlr_rate_may(r, number, 1, NOW_S + 60));
        more += hlr_rate_may(r, number, 1, NOW_S + 60);
    }
    CHECK(more == 0);
    hlr_rate_free(r);
}

/* It goes on with what it counts, and those that were counted in the minutes
 * that are to come again are no better than others. */
static void counts_on_when_the_clock_was_set_back(void)
{
    enum { SLOTS = 256 };
    struct hlr_rate *r = hlr_rate_new(SLOTS);
    unsigned more = 0;
    char number[16];

    for (unsigned i = 0; i < 4 * SLOTS; i++) {
        snprintf(number, sizeof(number), "4478%08u", i);
        hlr_rate_may(r, number, 1, NOW_S);
    }
    for (int again = 0; again < 2; again++)
        for (unsigned i = 0; i < SLOTS / 2; i++) {
            snprintf(number, sizeof(number), "4477%08u", i);
            more += hlr_rate_may(r, number, 1, NOW_S - 3600) && again == 1;
        }
    CHECK(more < SLOTS / 4); /* 32: chance fills some places more */
    hlr_rate_free(r);
}

/* Numbers that push each other out of one table do not do it in another. */
static void nobody_can_choose_who_is_forgotten(void)
{
    enum { NUMBERS = 40, TABLES = 200 };
    struct hlr_rate *r[TABLES];
    unsigned forgot[NUMBERS] = { 0 }, always = 0, any = 0;
    char number[16];

    for (unsigned t = 0; t < TABLES; t++) {
        r[t] = hlr_rate_new(32);
        for (unsigned again = 0; again < 2; again++)
            for (unsigned i = 0; i < NUMBERS; i++) {
                snprintf(number, sizeof(number), "4477%08u", i);
                if (hlr_rate_may(r[t], number, 1, NOW_S) && again == 1)
                    forgot[i]++, any++;
            }
        hlr_rate_free(r[t]);
    }
    for (unsigned i = 0; i < NUMBERS; i++)
        always += forgot[i] == TABLES;
    CHECK(any > 0 && always == 0);
}

/* ---- probes ---- */

static enum map_error probe(void)
{
    return ask_of(srv, (struct hlr_question){ .msisdn = NUMBER,
                                              .sc = SC,
                                              .probe = true,
                                              .now_ms = NOW_S * 1000ull });
}

static void tells_a_probe_nothing_of_use(void)
{
    struct hlr_row r = row, c = row;
    uint64_t before = stat_get(STAT_sri_probe);

    fresh();
    use_keys(srv, 1, 1);
    CHECK(probe() == MAP_ERR_NONE);
    CHECK(strcmp(got.imsi, "234150000000000") == 0);
    CHECK(strcmp(got.node, OWN_GT) == 0);
    CHECK(send(got.imsi) == MAP_ERR_UNIDENTIFIED_SUBSCRIBER);
    c.correlation = true;
    c.cid = 1;
    put(srv, &c);
    CHECK(probe() == MAP_ERR_NONE);
    CHECK(strcmp(got.imsi, "234150000000000") == 0);
    CHECK(send(got.imsi) == MAP_ERR_UNIDENTIFIED_SUBSCRIBER);
    /* the register has that one */
    strcpy(r.first, "447700900124");
    strcpy(r.last, "447700900124");
    strcpy(r.imsi, "234150000000000");
    put(srv, &r);
    CHECK(probe() == MAP_ERR_NONE);
    CHECK(strcmp(got.imsi, "234159999999999") == 0);
    CHECK(send(got.imsi) == MAP_ERR_UNIDENTIFIED_SUBSCRIBER);
    CHECK(send("234150000000000") == MAP_ERR_NONE);
    strcpy(r.first, "447700900125");
    strcpy(r.last, "447700900125");
    strcpy(r.imsi, "234159999999999");
    put(srv, &r);
    CHECK(probe() == MAP_ERR_SYSTEM_FAILURE);
    CHECK(stat_get(STAT_sri_probe) == before + 4);
    done();
}

/* ---- correlation IMSIs ---- */

static void put_correlation(struct hlr_srv *h)
{
    struct hlr_row r = row;

    r.imsi[0] = '\0';
    r.correlation = true;
    r.cid = 42;
    put(h, &r);
}

static void makes_an_imsi_for_each_question(void)
{
    char first[16];

    fresh();
    put_correlation(srv);
    CHECK(ask(NUMBER) == MAP_ERR_SYSTEM_FAILURE); /* no key yet */
    use_keys(srv, 1, 1);
    CHECK(ask(NUMBER) == MAP_ERR_NONE);
    CHECK(strlen(got.imsi) == 15 && strncmp(got.imsi, "23415", 5) == 0);
    strcpy(first, got.imsi);
    CHECK(ask_at(NUMBER, "447700900322", NOW_S) == MAP_ERR_NONE);
    CHECK(strcmp(got.imsi, first) != 0);
    CHECK(ask_at(NUMBER, SC, NOW_S + 3 * LIFE_S) == MAP_ERR_NONE);
    CHECK(strcmp(got.imsi, first) != 0);
    CHECK(send(first) == MAP_ERR_NONE);
    CHECK(strcmp(sms.entry.msisdn, NUMBER) == 0 && sms.entry.route == 3);
    done();
}

/* A lost race must not lose a message: another try brings a new SRI. */
static void fails_for_now_what_reads_no_more(void)
{
    uint64_t before = stat_get(STAT_sms_corr_stale);
    char imsi[16];

    fresh();
    put_correlation(srv);
    use_keys(srv, 1, 1);
    CHECK(ask(NUMBER) == MAP_ERR_NONE);
    strcpy(imsi, got.imsi);
    CHECK(send_at(srv, imsi, SC, NOW_S + 3 * LIFE_S) == MAP_ERR_SYSTEM_FAILURE);
    CHECK(send_at(srv, imsi, "447700900322", NOW_S) == MAP_ERR_SYSTEM_FAILURE);
    hlr_table_del(hlr_srv_table(srv), NUMBER, NUMBER);
    CHECK(send(imsi) == MAP_ERR_SYSTEM_FAILURE);
    CHECK(stat_get(STAT_sms_corr_stale) == before + 3);
    done();
}

/* ... also right after a start, when no question has come yet. */
static void knows_a_stale_one_from_a_foreign_one(void)
{
    char imsi[16];

    fresh();
    use_keys(srv, 1, 1);
    CHECK(send("234151234567890") == MAP_ERR_UNIDENTIFIED_SUBSCRIBER);
    put_correlation(srv);
    CHECK(ask(NUMBER) == MAP_ERR_NONE);
    strcpy(imsi, got.imsi);
    CHECK(send("234151234567890") == MAP_ERR_SYSTEM_FAILURE);
    CHECK(send("262011234567890") == MAP_ERR_UNIDENTIFIED_SUBSCRIBER);
    done();
    fresh();
    put_correlation(srv);
    use_keys(srv, 1, 1);
    CHECK(send_at(srv, imsi, SC, NOW_S + 3 * LIFE_S) == MAP_ERR_SYSTEM_FAILURE);
    done();
}

static void another_node_honours_it_at_once(void)
{
    struct hlr_srv_conf other = plain;
    struct hlr_srv *b;
    char imsi[16];

    strcpy(other.node_id, "b");
    strcpy(other.net[0].msc_gt, "447700970778");
    b = fresh_as(&other);
    fresh();
    put_correlation(srv);
    put_correlation(b);
    use_keys(srv, 1, 1);
    use_keys(b, 1, 1);
    hlr_srv_sri(srv,
                &(struct hlr_question){
                    .msisdn = NUMBER, .sc = SC, .now_ms = NOW_S * 1000ull },
                &got);
    CHECK(got.err.code == MAP_ERR_NONE);
    strcpy(imsi, got.imsi);
    hlr_srv_sms(b, 0, imsi, SC, NOW_S * 1000ull + 10, &sms);
    CHECK(sms.err.code == MAP_ERR_NONE);
    CHECK(strcmp(sms.entry.msisdn, NUMBER) == 0);
    /* b is killed and started again */
    drop(b);
    b = fresh_as(&other);
    put_correlation(b);
    use_keys(b, 1, 1);
    CHECK(send_at(b, imsi, SC, NOW_S + 5) == MAP_ERR_NONE);
    drop(b);
    done();
}

/* A new key reads everywhere before anybody makes IMSIs with it. */
static void a_new_key_waits_for_the_other_nodes(void)
{
    struct hlr_srv *b = fresh_as(&plain);
    char imsi[16];

    fresh();
    put_correlation(srv);
    put_correlation(b);
    use_keys(srv, 1, 1);
    use_keys(b, 1, 1);
    use_keys(srv, 2, 2); /* b has not heard of it */
    CHECK(ask(NUMBER) == MAP_ERR_NONE);
    strcpy(imsi, got.imsi);
    CHECK(send_at(b, imsi, SC, NOW_S) == MAP_ERR_NONE);
    CHECK(ask_at(NUMBER, SC, NOW_S + 9) == MAP_ERR_NONE);
    CHECK(strcmp(got.imsi, imsi) == 0);
    CHECK(ask_at(NUMBER, SC, NOW_S + 10) == MAP_ERR_NONE);
    CHECK(strcmp(got.imsi, imsi) != 0);
    CHECK(send_at(b, got.imsi, SC, NOW_S + 10) == MAP_ERR_SYSTEM_FAILURE);
    use_keys(b, 2, 2);
    CHECK(send_at(b, got.imsi, SC, NOW_S + 11) == MAP_ERR_NONE);
    /* the first key reads until three newer ones are there */
    CHECK(send(imsi) == MAP_ERR_NONE);
    use_keys(srv, 3, 3);
    CHECK(send(imsi) == MAP_ERR_NONE);
    use_keys(srv, 4, 3);
    CHECK(send(imsi) == MAP_ERR_SYSTEM_FAILURE);
    drop(b);
    done();
}

static void a_new_key_waits_for_them_at_a_start_too(void)
{
    struct hlr_srv *b = fresh_as(&plain);

    fresh();
    put_correlation(srv);
    put_correlation(b);
    use_keys(b, 1, 1);
    use_keys(srv, 2, 2);
    CHECK(ask(NUMBER) == MAP_ERR_NONE);
    CHECK(send_at(b, got.imsi, SC, NOW_S) == MAP_ERR_NONE);
    use_keys(b, 2, 2);
    CHECK(ask_at(NUMBER, SC, NOW_S + 10) == MAP_ERR_NONE);
    CHECK(send_at(b, got.imsi, SC, NOW_S + 10) == MAP_ERR_NONE);
    drop(b);
    done();
}

static void a_new_key_does_not_wait_for_a_clock_that_was_wrong(void)
{
    char imsi[16];

    fresh();
    put_correlation(srv);
    use_keys(srv, 1, 1);
    use_keys(srv, 2, 2);
    CHECK(ask_at(NUMBER, SC, NOW_S + 100 * LIFE_S) == MAP_ERR_NONE);
    CHECK(ask(NUMBER) == MAP_ERR_NONE); /* it was set back */
    strcpy(imsi, got.imsi);
    CHECK(ask_at(NUMBER, SC, NOW_S + 10) == MAP_ERR_NONE);
    CHECK(strcmp(got.imsi, imsi) != 0);
    done();
}

static void steps_over_the_imsis_of_numbers(void)
{
    struct hlr_row r = row;

    fresh();
    put_correlation(srv);
    use_keys(srv, 1, 1);
    CHECK(ask(NUMBER) == MAP_ERR_NONE);
    strcpy(r.first, "447700900124");
    strcpy(r.last, "447700900124");
    strcpy(r.imsi, got.imsi);
    put(srv, &r);
    CHECK(ask(NUMBER) == MAP_ERR_NONE && strcmp(got.imsi, r.imsi) != 0);
    CHECK(send(got.imsi) == MAP_ERR_NONE);
    CHECK(strcmp(sms.entry.msisdn, NUMBER) == 0);
    CHECK(send(r.imsi) == MAP_ERR_NONE);
    CHECK(strcmp(sms.entry.msisdn, "447700900124") == 0);
    done();
}

/* ---- nodes ---- */

static void add_node(struct hlr_nodes *n, const char *id, uint16_t weight)
{
    struct hlr_node *e = &n->node[n->n++];

    *e = (struct hlr_node){ .alive = true, .weight = weight };
    strcpy(e->id, id);
    snprintf(e->msc_gt[0], sizeof(e->msc_gt[0]), "44770097%s", id);
}

static const char *chosen(const struct hlr_nodes *n, unsigned i)
{
    const struct hlr_node *e;
    char number[16];

    snprintf(number, sizeof(number), "4477%08u", i);
    e = hlr_node_choose(n, 0, number);
    return e != NULL ? e->id : "";
}

static void shares_numbers_as_the_weights_say(void)
{
    enum { NUMBERS = 100000 };
    static const uint16_t weight[] = { 100, 100, 50, 250 };
    struct hlr_nodes n = { 0 };
    unsigned count[4] = { 0 };

    for (unsigned i = 0; i < 4; i++)
        add_node(&n, (const char *[]){ "1", "2", "3", "4" }[i], weight[i]);
    for (unsigned i = 0; i < NUMBERS; i++)
        count[chosen(&n, i)[0] - '1']++;
    for (unsigned i = 0; i < 4; i++) {
        unsigned expect = NUMBERS / 500 * weight[i];

        CHECK(count[i] > expect * 97 / 100 && count[i] < expect * 103 / 100);
    }
}

static void a_number_keeps_its_node_when_others_come_and_go(void)
{
    enum { NUMBERS = 20000 };
    struct hlr_nodes three = { 0 }, two, four;
    unsigned lost = 0, won = 0, other = 0;

    add_node(&three, "1", 100);
    add_node(&three, "2", 100);
    add_node(&three, "3", 100);
    two = four = three;
    two.node[1].alive = false;
    add_node(&four, "4", 100);
    for (unsigned i = 0; i < NUMBERS; i++) {
        const char *was = chosen(&three, i), *less = chosen(&two, i);
        const char *more = chosen(&four, i);

        lost += strcmp(was, "2") == 0;
        other += strcmp(was, less) != 0 && strcmp(was, "2") != 0;
        won += strcmp(more, "4") == 0;
        other += strcmp(was, more) != 0 && strcmp(more, "4") != 0;
        CHECK(strcmp(less, "2") != 0);
    }
    CHECK(other == 0);
    CHECK(lost > NUMBERS * 30 / 100 && lost < NUMBERS * 36 / 100);
    CHECK(won > NUMBERS * 23 / 100 && won < NUMBERS * 27 / 100);
}

static void names_no_node_that_cannot_take_it(void)
{
    struct hlr_nodes n = { 0 };

    CHECK(strcmp(chosen(&n, 1), "") == 0);
    add_node(&n, "1", 100);
    add_node(&n, "2", 100);
    add_node(&n, "3", 0);
    add_node(&n, "4", 100);
    n.node[0].drain = true;
    n.node[1].alive = false;
    n.node[3].msc_gt[0][0] = '\0';
    for (unsigned i = 0; i < 100; i++)
        CHECK(strcmp(chosen(&n, i), "") == 0);
    n.node[1].alive = true;
    for (unsigned i = 0; i < 100; i++)
        CHECK(strcmp(chosen(&n, i), "2") == 0);
}

static unsigned named_own(void)
{
    unsigned own = 0;
    char number[16];

    for (unsigned i = 0; i < 100; i++) {
        snprintf(number, sizeof(number), "4477009%05u", i);
        CHECK(ask(number) == MAP_ERR_NONE);
        own += strcmp(got.node, OWN_GT) == 0;
        CHECK(strcmp(got.node, OWN_GT) == 0 ||
              strcmp(got.node, "44770097b") == 0);
    }
    return own;
}

static void names_itself_and_its_partner(void)
{
    struct hlr_row r = { .first = "447700900000",
                         .last = "447700999999",
                         .status = HLR_ACTIVE,
                         .route = HLR_ROUTE_NONE };
    struct hlr_nodes n = { 0 };

    fresh();
    put(srv, &r);
    CHECK(named_own() == 100);
    add_node(&n, "b", 100);
    hlr_srv_set_nodes(srv, &n); /* the register knows us not yet */
    CHECK(named_own() > 30 && named_own() < 70);
    add_node(&n, "a", 100);
    n.node[1].alive = false; /* nor that we live */
    hlr_srv_set_nodes(srv, &n);
    CHECK(named_own() > 30 && named_own() < 70);
    n.node[1].weight = 900;
    hlr_srv_set_nodes(srv, &n);
    CHECK(named_own() > 80 && named_own() < 98);
    n.node[1].drain = true;
    hlr_srv_set_nodes(srv, &n);
    CHECK(named_own() == 0);
    n.node[0].alive = false;
    hlr_srv_set_nodes(srv, &n);
    CHECK(ask(NUMBER) == MAP_ERR_SYSTEM_FAILURE);
    n.node[1].drain = false;
    hlr_srv_set_nodes(srv, &n);
    CHECK(named_own() == 100);
    done();
}

static void names_others_while_it_drains(void)
{
    struct hlr_srv_conf c = plain;
    struct hlr_nodes n = { 0 };

    add_node(&n, "b", 100);
    fresh();
    hlr_srv_drain(srv);
    CHECK(ask(NUMBER) == MAP_ERR_SYSTEM_FAILURE);
    hlr_srv_set_nodes(srv, &n);
    CHECK(ask(NUMBER) == MAP_ERR_NONE && strcmp(got.node, "44770097b") == 0);
    CHECK(send(IMSI) == MAP_ERR_NONE);
    done();
    strcpy(c.net[0].drain_node_gt, "447700970999");
    srv = fresh_as(&c);
    CHECK(ask(NUMBER) == MAP_ERR_NONE && strcmp(got.node, OWN_GT) == 0);
    hlr_srv_drain(srv);
    hlr_srv_set_nodes(srv, &n);
    CHECK(ask(NUMBER) == MAP_ERR_NONE && strcmp(got.node, "447700970999") == 0);
    done();
    strcpy(c.net[0].node_gt, "447700970888");
    srv = fresh_as(&c);
    hlr_srv_drain(srv);
    CHECK(ask(NUMBER) == MAP_ERR_NONE && strcmp(got.node, "447700970888") == 0);
    done();
}

int main(void)
{
    answers_what_it_knows();
    says_what_a_status_means();
    what_cannot_be_used_is_of_every_network();
    never_denies_before_it_is_complete();
    knows_a_number_only_while_it_is_valid();
    passes_on_what_it_does_not_know();
    refuses_what_is_above_the_rate();
    counts_more_numbers_than_it_has_room_for();
    counts_on_when_the_clock_was_set_back();
    nobody_can_choose_who_is_forgotten();
    SHOWS("HL-07", tells_a_probe_nothing_of_use);
    SHOWS("HL-04 HL-13", makes_an_imsi_for_each_question);
    SHOWS("HL-04", fails_for_now_what_reads_no_more);
    knows_a_stale_one_from_a_foreign_one();
    SHOWS("HL-04", another_node_honours_it_at_once);
    SHOWS("HL-04", a_new_key_waits_for_the_other_nodes);
    a_new_key_waits_for_them_at_a_start_too();
    a_new_key_does_not_wait_for_a_clock_that_was_wrong();
    steps_over_the_imsis_of_numbers();
    SHOWS("HL-05", shares_numbers_as_the_weights_say);
    SHOWS("HL-05", a_number_keeps_its_node_when_others_come_and_go);
    SHOWS("HL-05", names_no_node_that_cannot_take_it);
    SHOWS("HL-05", names_itself_and_its_partner);
    SHOWS("HL-05", names_others_while_it_drains);
    return CHECK_DONE();
}
