/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * smpp_login_test.c - accounts of a database: passwords that are looked at
 * elsewhere, accounts that come, change and go
 */

#include "check.h"
#include "gw/crypto.h"
#include "gw/smpp_check.h"
#include "gw/smpp_login.h"
#include "smpp_world.h"

#include <pthread.h>
#include <unistd.h>

static struct world w;

static void give_hash(struct smpp_acct_conf *a, const char *hash)
{
    memset(a->password, 0, sizeof(a->password));
    snprintf(a->hash, sizeof(a->hash), "%s", hash);
}

/* Both accounts of the world, of a database. */
static void begin(void)
{
    world_init(&w);
    give_hash(&w.acct[0], "hash of app");
    give_hash(&w.acct[1], "hash of two");
    w.conf.accts.n_accts = 0;
    w.conf.accts.database = true;
    memset(w.conf.accts.key, 7, sizeof(w.conf.accts.key));
    world_start(&w);
    smpp_node_accounts(w.node, w.acct, 2);
    smpp_node_sure(w.node, true);
}

static struct smpp_sess *asks(const char *id, const char *password)
{
    struct smpp_sess *s = smpp_node_session(w.node, "192.0.2.1");

    esme_bind(s, SMPP_BIND_TRX, id, password);
    return s;
}

/* Bound, after its password was found right. */
static struct smpp_sess *bound(const char *id)
{
    struct smpp_sess *s = asks(id, "secret");

    if (s->state == SMPP_ASKED)
        smpp_node_checked(w.node, w.check.id, true);
    CHECK(esme_got(s, SMPP_BIND_TRX | SMPP_RESP, SMPP_ROK));
    return s;
}

static void is_refused(struct smpp_sess *s, uint32_t status)
{
    CHECK(esme_got(s, SMPP_BIND_TRX | SMPP_RESP, status));
    CHECK(s->state == SMPP_OVER);
    smpp_sess_free(s);
}

static void end(void)
{
    world_stop(&w);
}

/* ---- passwords ---- */

static void waits_until_its_password_was_looked_at(void)
{
    struct smpp_sess *s;
    struct pdu p;

    begin();
    s = asks("app", "secret");
    CHECK(s->state == SMPP_ASKED && !esme_get(s, &p));
    CHECK(w.checks == 1 && strcmp(w.check.hash, "hash of app") == 0);
    CHECK(strcmp(w.check.password, "secret") == 0);
    smpp_node_checked(w.node, w.check.id + SMPP_ASKS, true); /* another one */
    CHECK(s->state == SMPP_ASKED);
    smpp_node_checked(w.node, w.check.id, true);
    CHECK(esme_got(s, SMPP_BIND_TRX | SMPP_RESP, SMPP_ROK));
    smpp_node_checked(w.node, w.check.id, true); /* once more: nothing */
    CHECK(!esme_get(s, &p) && !w.suspended[0]);
    smpp_sess_free(s);
    end();
}

static void refuses_a_wrong_password_and_a_wrong_name_alike(void)
{
    struct smpp_sess *s;

    begin();
    s = asks("app", "wrong");
    smpp_node_checked(w.node, w.check.id, false);
    is_refused(s, SMPP_RINVPASWD);
    s = asks("nobody", "secret");
    CHECK(w.checks == 2 && s->state == SMPP_ASKED);
    CHECK(crypto_password_text(w.check.hash)); /* it takes as long */
    CHECK(!crypto_password_is(w.check.hash, "secret"));
    smpp_node_checked(w.node, w.check.id, false);
    is_refused(s, SMPP_RINVPASWD);
    s = asks("nobody", "secret"); /* even if it were right */
    smpp_node_checked(w.node, w.check.id, true);
    is_refused(s, SMPP_RINVPASWD);
    end();
}

static void takes_no_hash_for_a_password(void)
{
    struct smpp_sess *s;

    begin();
    w.acct[0].hash[0] = '\0';
    smpp_node_accounts(w.node, w.acct, 2);
    s = asks("app", "");
    CHECK(s->state == SMPP_ASKED);
    smpp_node_checked(w.node, w.check.id, false);
    is_refused(s, SMPP_RINVPASWD);
    end();
}

static void who_comes_again_does_not_wait(void)
{
    struct smpp_sess *s[3];

    begin();
    s[0] = bound("app");
    s[1] = asks("app", "secret");
    CHECK(w.checks == 1 && esme_got(s[1], SMPP_BIND_TRX | SMPP_RESP, SMPP_ROK));
    s[2] = asks("app", "wrong");
    CHECK(w.checks == 2 && s[2]->state == SMPP_ASKED);
    for (int i = 0; i < 3; i++)
        smpp_sess_free(s[i]);
    end();
}

static void what_it_sends_meanwhile_waits(void)
{
    struct smpp_sess *s;
    struct pdu p;

    begin();
    s = asks("app", "secret");
    esme_put(s, SMPP_ENQUIRE_LINK, 0, 8, NULL, 0);
    esme_put(s, SMPP_ENQUIRE_LINK, 0, 9, NULL, 0);
    CHECK(!esme_get(s, &p) && smpp_sess_may_read(s));
    smpp_node_checked(w.node, w.check.id, true);
    CHECK(esme_got(s, SMPP_BIND_TRX | SMPP_RESP, SMPP_ROK));
    CHECK(esme_got(s, SMPP_ENQUIRE_LINK | SMPP_RESP, SMPP_ROK));
    CHECK(esme_get(s, &p) && p.h.sequence == 9);
    smpp_sess_free(s);
    end();
}

static void keeps_no_more_of_it_than_it_may(void)
{
    static const uint8_t octets[SMPP_PDU_MAX];
    struct smpp_sess *s;

    begin();
    s = asks("app", "secret");
    smpp_sess_in(s, octets, sizeof(octets));
    CHECK(!smpp_sess_may_read(s));
    smpp_node_checked(w.node, w.check.id, true);
    CHECK(esme_got(s, SMPP_BIND_TRX | SMPP_RESP, SMPP_ROK));
    CHECK(s->state == SMPP_OVER); /* it was no PDU */
    smpp_sess_free(s);
    end();
}

static void forgets_who_has_gone_meanwhile(void)
{
    struct smpp_sess *s, *late;

    begin();
    s = asks("app", "secret");
    smpp_sess_free(s);
    smpp_node_checked(w.node, w.check.id, true);
    late = asks("app", "secret");
    world_pass(&w, 11000); /* no bind in time */
    CHECK(late->state == SMPP_OVER);
    smpp_node_checked(w.node, w.check.id, true);
    CHECK(late->state == SMPP_OVER && w.suspended[0]);
    smpp_sess_free(late);
    end();
}

static void one_address_keeps_nobody_out(void)
{
    struct smpp_sess *s[SMPP_ASKS_OF_PEER + 1], *other;

    begin();
    for (int i = 0; i <= SMPP_ASKS_OF_PEER; i++)
        s[i] = asks("nobody", "guess");
    CHECK(w.checks == SMPP_ASKS_OF_PEER);
    is_refused(s[SMPP_ASKS_OF_PEER], SMPP_RSYSERR);
    other = smpp_node_session(w.node, "192.0.2.2");
    esme_bind(other, SMPP_BIND_TRX, "app", "secret");
    CHECK(other->state == SMPP_ASKED);
    smpp_sess_free(other);
    smpp_sess_free(s[0]);
    s[0] = asks("app", "secret"); /* there is room again */
    CHECK(s[0]->state == SMPP_ASKED);
    for (int i = 0; i < SMPP_ASKS_OF_PEER; i++)
        smpp_sess_free(s[i]);
    end();
}

/* ---- the database ---- */

static void without_a_database_only_known_ones_may_bind(void)
{
    struct smpp_sess *s;

    begin();
    smpp_node_sure(w.node, false);
    s = asks("new", "secret");
    is_refused(s, SMPP_RSYSERR);
    s = bound("app");
    smpp_sess_free(s);
    smpp_node_sure(w.node, true);
    s = asks("new", "secret");
    CHECK(s->state == SMPP_ASKED);
    smpp_sess_free(s);
    end();
}

/* ---- accounts that change ---- */

static void a_new_account_can_bind(void)
{
    struct smpp_acct_conf acct[3];
    struct smpp_sess *app, *s;

    begin();
    app = bound("app");
    memcpy(acct, w.acct, sizeof(w.acct));
    acct[2] = w.acct[1];
    strcpy(acct[2].system_id, "new");
    acct[2].box = 5;
    smpp_node_accounts(w.node, acct, 3);
    s = bound("new");
    CHECK(!w.suspended[5] && w.suspended[1]);
    CHECK(app->state == SMPP_BOUND); /* he did not notice */
    smpp_sess_free(s);
    CHECK(w.suspended[5]);
    smpp_sess_free(app);
    end();
}

static void who_is_removed_leaves_in_order(void)
{
    struct smpp_sess *s, *two;
    uint32_t n;

    begin();
    w.acct[0].window = 1;
    smpp_node_accounts(w.node, w.acct, 2);
    s = bound("app");
    two = bound("two");
    world_sms(&w, 1, "is out");
    world_sms(&w, 2, "waits");
    n = esme_deliver(s, NULL);
    smpp_node_accounts(w.node, &w.acct[1], 1);
    CHECK(world_verdict(&w, 2) == VERDICT_TEMPFAIL);
    CHECK(s->state == SMPP_LEAVING && world_verdict(&w, 1) == -1);
    CHECK(esme_got(s, SMPP_UNBIND, SMPP_ROK));
    esme_resp(s, n, SMPP_ROK);
    CHECK(world_verdict(&w, 1) == VERDICT_OK);
    esme_put(s, SMPP_UNBIND | SMPP_RESP, SMPP_ROK, 2, NULL, 0);
    CHECK(s->state == SMPP_OVER && w.suspended[0]);
    CHECK(two->state == SMPP_BOUND);
    smpp_sess_free(s);
    world_pass(&w, 2000);
    world_sms(&w, 3, "nobody's");
    CHECK(world_verdict(&w, 3) == VERDICT_TEMPFAIL);
    s = asks("app", "secret");
    smpp_node_checked(w.node, w.check.id, true);
    is_refused(s, SMPP_RINVPASWD);
    smpp_sess_free(two);
    end();
}

static void who_does_not_leave_is_made_to(void)
{
    struct smpp_sess *s;

    begin();
    s = bound("app");
    world_sms(&w, 1, "is out");
    CHECK(esme_deliver(s, NULL) != 0);
    smpp_node_accounts(w.node, NULL, 0);
    CHECK(esme_got(s, SMPP_UNBIND, SMPP_ROK));
    world_pass(&w, 11000);
    CHECK(s->state == SMPP_OVER);
    CHECK(world_verdict(&w, 1) == VERDICT_TEMPFAIL);
    smpp_sess_free(s);
    world_pass(&w, 2000);
    CHECK(smpp_node_held(w.node) == 0);
    end();
}

static void a_change_asks_for_a_new_bind(void)
{
    struct smpp_sess *s, *again;

    begin();
    s = bound("app");
    smpp_node_accounts(w.node, w.acct, 2); /* nothing is different */
    CHECK(s->state == SMPP_BOUND);
    give_hash(&w.acct[0], "another hash");
    w.acct[0].window = 3;
    smpp_node_accounts(w.node, w.acct, 2);
    CHECK(s->state == SMPP_LEAVING);
    again = asks("app", "secret"); /* what was right is looked at anew */
    CHECK(again->state == SMPP_ASKED &&
          strcmp(w.check.hash, "another hash") == 0);
    smpp_node_checked(w.node, w.check.id, true);
    CHECK(again->state == SMPP_BOUND && again->window == 3);
    world_sms(&w, 1, "goes by the new one");
    CHECK(again->open == 1 && s->open == 0);
    smpp_sess_free(s);
    CHECK(!w.suspended[0]);
    smpp_sess_free(again);
    end();
}

static void a_password_that_was_changed_meanwhile_is_no_proof(void)
{
    struct smpp_sess *s;

    begin();
    s = asks("app", "secret");
    give_hash(&w.acct[0], "another hash");
    smpp_node_accounts(w.node, w.acct, 2);
    smpp_node_checked(w.node, w.check.id, true);
    is_refused(s, SMPP_RSYSERR);
    end();
}

/* ---- hashes ---- */

/* RFC 7914, section 12 (p = 16, N = 1024), and what Python's hashlib makes. */
static void reads_what_others_write(void)
{
    static const char rfc[] = "$scrypt$ln=10,r=8,p=16$TmFDbA"
                              "$/bq+HJ00cgB4VucZDQHp/nxq18vII3gw53N2Y0s3MWI";
    static const char python[] = "$scrypt$ln=14,r=8,p=1$MDEyMzQ1Njc4OWFiY2RlZg"
                                 "$41uBuEIHgVau41v1q9BTZzisnSi/olB0DbA83e36fiY";

    CHECK(crypto_password_is(rfc, "password"));
    CHECK(!crypto_password_is(rfc, "passwore"));
    CHECK(crypto_password_is(python, "secret"));
    CHECK(!crypto_password_is(python, ""));
}

static void writes_another_text_each_time(void)
{
    char a[CRYPTO_PASSWORD_TEXT], b[CRYPTO_PASSWORD_TEXT];

    CHECK(crypto_password("secret", a) && crypto_password("secret", b));
    CHECK(strcmp(a, b) != 0 && strstr(a, "secret") == NULL);
    CHECK(crypto_password_text(a));
    CHECK(crypto_password_is(a, "secret") && crypto_password_is(b, "secret"));
    CHECK(!crypto_password_is(a, "Secret"));
}

static void refuses_texts_that_are_none_or_too_dear(void)
{
    static const char *const bad[] = {
        "",
        "secret",
        "$scrypt$",
        "$scrypt$ln=14,r=8,p=1$",
        "$scrypt$ln=14,r=8,p=1$TmFDbA",
        "$scrypt$ln=14,r=8,p=1$TmFDbA$",
        "$scrypt$ln=14,r=8,p=1$TmFDbA$AAAA",
        "$scrypt$ln=14,r=8,p=1$T$41uBuEIHgVau41v1q9BTZzisnSi/olB0DbA83e36fiY",
        "$scrypt$ln=14,r=8,p=1$Tm!DbA"
        "$41uBuEIHgVau41v1q9BTZzisnSi/olB0DbA83e36fiY",
        "$scrypt$ln=0,r=8,p=1$TmFDbA"
        "$41uBuEIHgVau41v1q9BTZzisnSi/olB0DbA83e36fiY",
        "$scrypt$ln=18,r=8,p=1$TmFDbA"
        "$41uBuEIHgVau41v1q9BTZzisnSi/olB0DbA83e36fiY",
        "$scrypt$ln=17,r=16,p=1$TmFDbA"
        "$41uBuEIHgVau41v1q9BTZzisnSi/olB0DbA83e36fiY",
        "$scrypt$ln=17,r=8,p=16$TmFDbA"
        "$41uBuEIHgVau41v1q9BTZzisnSi/olB0DbA83e36fiY",
        "$scrypt$ln=-1,r=8,p=1$TmFDbA"
        "$41uBuEIHgVau41v1q9BTZzisnSi/olB0DbA83e36fiY",
    };

    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
        CHECK(!crypto_password_text(bad[i]));
    CHECK(crypto_password_text("$scrypt$ln=17,r=8,p=1$TmFDbA"
                               "$41uBuEIHgVau41v1q9BTZzisnSi/olB0DbA83e36fiY"));
}

/* ---- the thread ---- */

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static unsigned answers;
static bool answer[4];

static void checked(void *ctx, uint64_t id, bool right)
{
    (void)ctx;
    pthread_mutex_lock(&lock);
    if (id < 4)
        answer[id] = right;
    answers++;
    pthread_mutex_unlock(&lock);
}

static unsigned answered(void)
{
    unsigned n;

    pthread_mutex_lock(&lock);
    n = answers;
    pthread_mutex_unlock(&lock);
    return n;
}

static void looks_at_passwords_in_order(void)
{
    static const char hash[] = "$scrypt$ln=10,r=8,p=16$TmFDbA"
                               "$/bq+HJ00cgB4VucZDQHp/nxq18vII3gw53N2Y0s3MWI";
    struct smpp_check *c = smpp_check_start(checked, NULL);
    unsigned put = 0;

    CHECK(c != NULL);
    CHECK(smpp_check_put(c, 1, hash, "password"));
    CHECK(smpp_check_put(c, 2, hash, "wrong"));
    CHECK(smpp_check_put(c, 3, "no hash", "password"));
    for (int i = 0; i < 3000 && answered() < 3; i++)
        usleep(10000);
    CHECK(answered() == 3 && answer[1] && !answer[2] && !answer[3]);
    while (put < 4 * SMPP_CHECK_MAX && smpp_check_put(c, 9, hash, "x"))
        put++;
    CHECK(put >= SMPP_CHECK_MAX && put < 4 * SMPP_CHECK_MAX);
    smpp_check_stop(c); /* does not wait for them */
}

int main(void)
{
    waits_until_its_password_was_looked_at();
    refuses_a_wrong_password_and_a_wrong_name_alike();
    takes_no_hash_for_a_password();
    who_comes_again_does_not_wait();
    what_it_sends_meanwhile_waits();
    keeps_no_more_of_it_than_it_may();
    forgets_who_has_gone_meanwhile();
    one_address_keeps_nobody_out();
    without_a_database_only_known_ones_may_bind();
    a_new_account_can_bind();
    who_is_removed_leaves_in_order();
    who_does_not_leave_is_made_to();
    a_change_asks_for_a_new_bind();
    a_password_that_was_changed_meanwhile_is_no_proof();
    reads_what_others_write();
    writes_another_text_each_time();
    refuses_texts_that_are_none_or_too_dear();
    looks_at_passwords_in_order();
    return CHECK_DONE();
}
