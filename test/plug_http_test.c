/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * plug_http_test.c - the plug-in http against services of every kind
 */

#include "plug_stub.h"

#include "check.h"
#include "fake_service.h"

#include <openssl/hmac.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

static int port; /* of the service */

static bool starts(const char *p, const char *with)
{
    return strncmp(p, with, strlen(with)) == 0;
}

/* ---- one plug-in, one message ---- */

/* Keys: the URL of this path, and more, NULL at the end. */
static struct stub *with(const char *path, const char *k1, const char *k2)
{
    char url[512];
    const char *keys[] = { url, "timeout-ms=400", k1, k2, NULL };
    struct stub *s;

    if (k1 != NULL && starts(k1, "timeout-ms"))
        keys[1] = "ask=sms";
    snprintf(url, sizeof(url), "url=http://127.0.0.1:%d/%s", port, path);
    s = stub_open("http", keys, NULL, 0);
    if (s == NULL)
        abort();
    return s;
}

static struct plug_msg *sms(void)
{
    return stub_msg(PLUG_KIND, "sms", PLUG_ID,
                    "00112233445566778899aabbccddeeff", PLUG_SENDER,
                    "+447700900123", PLUG_RECEIVER, "+447700900456", PLUG_TEXT,
                    "a \xe2\x82\xac & b", PLUG_CODING, "0", PLUG_SC,
                    "447700900000", PLUG_ROUTE, "first", -1);
}

static enum plug_verdict ask(struct stub *s, struct plug_msg *m)
{
    enum plug_verdict v = stub_sms(s, m);

    return v == PLUG_HOLD ? stub_wait(s, m, 5000) : v;
}

static enum plug_verdict verdict_of(const char *path, const char *key)
{
    struct stub *s = with(path, key, NULL);
    struct plug_msg *m = sms();
    enum plug_verdict v = ask(s, m);

    stub_close(s);
    plug_msg_free(m);
    return v;
}

static void sends_the_message_as_json(void)
{
    struct stub *s = with("say?x=1", "header=Authorization: Bearer t", NULL);
    struct plug_msg *m = sms();

    service_says("");
    CHECK(ask(s, m) == PLUG_NEXT);
    CHECK(starts(service_seen(), "POST /say?x=1 HTTP/1.1\r\n"));
    CHECK(strstr(service_seen(), "Content-Type: application/json\r\n") != NULL);
    CHECK(strstr(service_seen(), "Authorization: Bearer t\r\n") != NULL);
    CHECK(strstr(service_seen(),
                 "Idempotency-Key: 00112233445566778899aabbccddeeff\r\n"));
    CHECK(strstr(service_seen(), "Expect") == NULL);
    CHECK(strstr(service_seen(), "\"kind\":\"sms\"") != NULL);
    CHECK(strstr(service_seen(), "\"sender\":\"+447700900123\"") != NULL);
    CHECK(strstr(service_seen(), "\"text\":\"a \xe2\x82\xac & b\"") != NULL);
    plug_msg_free(m);
    stub_close(s);
}

static void puts_the_message_into_an_url(void)
{
    struct stub *s = with("say?p=%p&P=%P&t=%b&s=%{sc}&k=%{kind}&h=100%%&u=%u",
                          "method=get", NULL);
    struct plug_msg *m = sms();

    service_says("");
    CHECK(ask(s, m) == PLUG_NEXT);
    CHECK(starts(service_seen(),
                 "GET /say?p=%2B447700900123&P=%2B447700900456&"
                 "t=a%20%E2%82%AC%20%26%20b&s=447700900000&k=sms&h=100%&u= "
                 "HTTP/1.1\r\n"));
    plug_msg_free(m);
    stub_close(s);
}

static void signs_as_httpbox_does(void)
{
    struct stub *s = with("say?x", "sign-secret=hush", NULL);
    struct plug_msg *m = sms();
    char text[SERVICE_REQUEST], want[65], *stamp, *mac, *body;
    unsigned char octets[EVP_MAX_MD_SIZE];
    unsigned n;

    service_says("");
    CHECK(ask(s, m) == PLUG_NEXT);
    stamp = strstr(service_seen(), "X-Sigtran-Timestamp: ");
    mac = strstr(service_seen(), "X-Sigtran-Signature: sha256=");
    body = strstr(service_seen(), "\r\n\r\n");
    CHECK(stamp != NULL && mac != NULL && body != NULL);
    if (stamp == NULL || mac == NULL || body == NULL)
        return;
    CHECK(llabs(atoll(stamp + 21) - (long long)time(NULL)) < 10);
    snprintf(text, sizeof(text),
             "%.*s\nPOST\n/say?x\n00112233445566778899aabbccddeeff\n%s",
             (int)strcspn(stamp + 21, "\r"), stamp + 21, body + 4);
    HMAC(EVP_sha256(), "hush", 4, (unsigned char *)text, strlen(text), octets,
         &n);
    for (unsigned i = 0; i < n; i++)
        snprintf(want + 2 * i, 3, "%02x", octets[i]);
    CHECK(strncmp(mac + 28, want, 64) == 0);
    plug_msg_free(m);
    stub_close(s);
}

static enum plug_verdict told(const char *json)
{
    service_says(json);
    return verdict_of("say", "default=permfail");
}

static void takes_each_verdict(void)
{
    CHECK(told("{\"verdict\":\"next\"}") == PLUG_NEXT);
    CHECK(told("{\"verdict\":\"done\"}") == PLUG_DONE);
    CHECK(told("{\"verdict\":\"tempfail\"}") == PLUG_TEMPFAIL);
    CHECK(told("{\"verdict\":\"permfail\"}") == PLUG_PERMFAIL);
    CHECK(told("{}") == PLUG_NEXT);
    CHECK(told("{\"verdict\":null,\"more\":[1]}") == PLUG_NEXT);
    CHECK(told(" \r\n") == PLUG_NEXT);
    CHECK(verdict_of("status/204", "default=permfail") == PLUG_NEXT);
}

static void sets_what_the_service_says(void)
{
    struct stub *s = with("say", NULL, NULL);
    struct plug_msg *m = sms();

    service_says(
        "{\"verdict\":\"next\",\"sender\":\"+49170\",\"text\":\"\\u20ac\","
        "\"route\":\"other\",\"receiver\":\"+1\",\"meta\":\"a=1\","
        "\"error\":null,\"note\":\"checked\"}");
    CHECK(ask(s, m) == PLUG_NEXT);
    CHECK(strcmp(plug_msg_text(m, PLUG_SENDER), "+49170") == 0);
    CHECK(strcmp(plug_msg_text(m, PLUG_TEXT), "\xe2\x82\xac") == 0);
    CHECK(strcmp(plug_msg_text(m, PLUG_ROUTE), "other") == 0);
    CHECK(strcmp(plug_msg_text(m, PLUG_RECEIVER), "+1") == 0);
    CHECK(strcmp(plug_msg_text(m, PLUG_META), "a=1") == 0);
    CHECK(strcmp(plug_msg_notes(m), "checked") == 0);
    plug_msg_free(m);
    stub_close(s);
}

/* An answer with one value that cannot be is none: nothing of it stays. */
static void takes_back_what_a_bad_answer_has_set(void)
{
    struct stub *s = with("say", "default=next", NULL);
    struct plug_msg *m = sms();

    service_says("{\"error\":\"subscriberBusy\",\"route\":\"other\","
                 "\"sender\":\"X\",\"text\":\"y\",\"receiver\":\"no\"}");
    CHECK(ask(s, m) == PLUG_NEXT);
    CHECK(strstr(plug_msg_notes(m), "its receiver cannot be set") != NULL);
    CHECK(plug_msg_text(m, PLUG_ERROR)[0] == '\0');
    CHECK(strcmp(plug_msg_text(m, PLUG_ROUTE), "first") == 0);
    CHECK(strcmp(plug_msg_text(m, PLUG_SENDER), "+447700900123") == 0);
    CHECK(strcmp(plug_msg_text(m, PLUG_TEXT), "a \xe2\x82\xac & b") == 0);
    plug_msg_free(m);
    stub_close(s);
}

static void sets_no_text_of_octets(void)
{
    struct stub *s = with("say", "default=permfail", NULL);
    struct plug_msg *m = stub_msg(PLUG_TEXT, "\x01\xff", PLUG_CODING, "1", -1);

    service_says("{\"text\":\"x\"}");
    CHECK(ask(s, m) == PLUG_PERMFAIL);
    CHECK(strcmp(plug_msg_text(m, PLUG_TEXT), "\x01\xff") == 0);
    CHECK(strstr(service_seen(), "\"data_base64\":\"Af8=\"") != NULL);
    plug_msg_free(m);
    stub_close(s);
}

static void asks_about_questions_if_told_so(void)
{
    struct stub *s = with("say", "ask=sri", "default=permfail");
    struct plug_msg *q = stub_msg(PLUG_KIND, "sri", PLUG_RECEIVER, "+44", -1);
    struct plug_msg *m = sms();

    service_says("{\"verdict\":\"tempfail\",\"error\":\"systemFailure\"}");
    CHECK(stub_sms(s, m) == PLUG_NEXT);
    CHECK(stub_sri(s, q) == PLUG_HOLD);
    CHECK(stub_wait(s, q, 5000) == PLUG_TEMPFAIL);
    CHECK(strstr(service_seen(), "\"kind\":\"sri\"") != NULL);
    CHECK(strcmp(plug_msg_text(q, PLUG_ERROR), "systemFailure") == 0);
    service_says("{\"verdict\":\"done\"}");
    CHECK(stub_sri(s, q) == PLUG_HOLD);
    CHECK(stub_wait(s, q, 5000) == PLUG_PERMFAIL);
    plug_msg_free(q);
    plug_msg_free(m);
    stub_close(s);
}

static void asks_about_no_question_otherwise(void)
{
    struct stub *s = with("say", NULL, NULL);
    struct plug_msg *q = stub_msg(PLUG_KIND, "sri", -1);

    CHECK(stub_sri(s, q) == PLUG_NEXT);
    plug_msg_free(q);
    stub_close(s);
}

static void takes_nonsense_for_no_answer(void)
{
    static char deep[3000];

    CHECK(told("{\"verdict\":\"maybe\"}") == PLUG_PERMFAIL);
    CHECK(told("{\"verdict\":1}") == PLUG_PERMFAIL);
    CHECK(told("{\"verdict\":\"next\"} x") == PLUG_PERMFAIL);
    CHECK(told("{\"verdict\":\"next\",\"verdict\":\"done\"}") == PLUG_PERMFAIL);
    CHECK(told("[\"next\"]") == PLUG_PERMFAIL);
    CHECK(told("next") == PLUG_PERMFAIL);
    CHECK(told("<html>") == PLUG_PERMFAIL);
    CHECK(told("{\"sender\":17}") == PLUG_PERMFAIL);
    CHECK(told("{\"sender\":\"a name that is too long\"}") == PLUG_PERMFAIL);
    CHECK(told("{\"receiver\":\"\"}") == PLUG_PERMFAIL);
    CHECK(told("{\"error\":\"noSuchError\"}") == PLUG_PERMFAIL);
    CHECK(told("{\"text\":\"\\u0000\"}") == PLUG_PERMFAIL);
    CHECK(told("{\"text\":\"\xff\"}") == PLUG_PERMFAIL);
    CHECK(told("{\"note\":{}}") == PLUG_PERMFAIL);
    memset(deep, '[', sizeof(deep) - 1);
    CHECK(told(deep) == PLUG_PERMFAIL);
}

static void falls_back_on_its_default(void)
{
    static const char *const paths[] = {
        "status/500", "status/404", "status/301", "drop", "cut",
        "garbage",    "silent",     "drip",       "huge"
    };

    for (size_t i = 0; i < sizeof(paths) / sizeof(paths[0]); i++) {
        enum plug_verdict v = verdict_of(paths[i], NULL);

        if (v != PLUG_TEMPFAIL)
            printf("%s: %d\n", paths[i], v);
        CHECK(v == PLUG_TEMPFAIL);
    }
    CHECK(verdict_of("drop", "default=next") == PLUG_NEXT);
    CHECK(verdict_of("drop", "default=permfail") == PLUG_PERMFAIL);
}

static void says_why_in_the_cdr(void)
{
    struct stub *s = with("status/503?token=sesame", NULL, NULL);
    struct plug_msg *m = sms();

    CHECK(ask(s, m) == PLUG_TEMPFAIL);
    CHECK(strstr(plug_msg_notes(m), "status 503") != NULL);
    CHECK(stub_logged(s, "status 503"));
    CHECK(!stub_logged(s, "sesame"));
    CHECK(stub_counter(s, "failed") == 1);
    plug_msg_free(m);
    stub_close(s);
}

static uint64_t now_ms(void)
{
    struct timespec t;

    clock_gettime(CLOCK_MONOTONIC, &t);
    return (uint64_t)t.tv_sec * 1000 + (uint64_t)t.tv_nsec / 1000000;
}

static void is_patient_for_its_time(void)
{
    uint64_t t = now_ms();

    CHECK(verdict_of("silent", "timeout-ms=200") == PLUG_TEMPFAIL);
    CHECK(now_ms() - t >= 190 && now_ms() - t < 1400);
    CHECK(verdict_of("sleep/300", "timeout-ms=3000") == PLUG_NEXT);
}

static void falls_back_if_nobody_listens(void)
{
    int there = port;

    close(service_listen(&port));
    CHECK(verdict_of("say", NULL) == PLUG_TEMPFAIL);
    port = there;
}

static void does_not_wait_for_names(void)
{
    const char *keys[] = { "url=http://no.such.host.invalid/", "timeout-ms=300",
                           NULL };
    struct stub *s = stub_open("http", keys, NULL, 0);
    struct plug_msg *m = sms();
    uint64_t t = now_ms();

    CHECK(ask(s, m) == PLUG_TEMPFAIL);
    stub_close(s);
    CHECK(now_ms() - t < 2000);
    plug_msg_free(m);
}

/* ---- a service with a certificate that nobody knows ---- */

static char pem[] = "/tmp/plug_http_test.XXXXXX";
static EVP_PKEY *tls_key;
static X509 *tls_cert;
static int tls_listener;

static void make_certificate(void)
{
    X509_NAME *name;
    X509_EXTENSION *alt =
        X509V3_EXT_conf_nid(NULL, NULL, NID_subject_alt_name, "IP:127.0.0.1");
    int fd = mkstemp(pem);
    FILE *f = fd >= 0 ? fdopen(fd, "w") : NULL;

    tls_key = EVP_EC_gen("P-256");
    tls_cert = X509_new();
    if (f == NULL || tls_key == NULL || tls_cert == NULL || alt == NULL)
        abort();
    X509_set_version(tls_cert, 2);
    ASN1_INTEGER_set(X509_get_serialNumber(tls_cert), 1);
    X509_gmtime_adj(X509_getm_notBefore(tls_cert), -3600);
    X509_gmtime_adj(X509_getm_notAfter(tls_cert), 3600);
    X509_set_pubkey(tls_cert, tls_key);
    name = X509_get_subject_name(tls_cert);
    X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_ASC,
                               (const unsigned char *)"test", -1, -1, 0);
    X509_set_issuer_name(tls_cert, name);
    X509_add_ext(tls_cert, alt, -1);
    X509_EXTENSION_free(alt);
    if (X509_sign(tls_cert, tls_key, EVP_sha256()) == 0 ||
        PEM_write_X509(f, tls_cert) == 0)
        abort();
    fclose(f);
}

/* One connection after the other, one request in each. */
static void *serve_tls(void *arg)
{
    static const char ok[] = "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n";
    SSL_CTX *ctx = SSL_CTX_new(TLS_server_method());
    char in[SERVICE_REQUEST];
    SSL *ssl;
    int fd;

    (void)arg;
    SSL_CTX_use_certificate(ctx, tls_cert);
    SSL_CTX_use_PrivateKey(ctx, tls_key);
    while ((fd = accept(tls_listener, NULL, NULL)) >= 0) {
        ssl = SSL_new(ctx);
        SSL_set_fd(ssl, fd);
        if (SSL_accept(ssl) == 1 && SSL_read(ssl, in, sizeof(in)) > 0)
            SSL_write(ssl, ok, sizeof(ok) - 1);
        SSL_free(ssl);
        close(fd);
    }
    SSL_CTX_free(ctx);
    return NULL;
}

static enum plug_verdict tls_verdict(int tls_port, const char *key)
{
    char url[64];
    const char *keys[] = { url, "timeout-ms=5000", key, NULL };
    struct plug_msg *m = sms();
    enum plug_verdict v;
    struct stub *s;

    snprintf(url, sizeof(url), "url=https://127.0.0.1:%d/", tls_port);
    s = stub_open("http", keys, NULL, 0);
    if (s == NULL)
        abort();
    v = ask(s, m);
    if (v == PLUG_TEMPFAIL)
        CHECK(strstr(plug_msg_notes(m), "certificate") != NULL);
    plug_msg_free(m);
    stub_close(s);
    return v;
}

static void trusts_no_unknown_certificate(void)
{
    char ca[128];
    pthread_t thread;
    int tls_port;

    make_certificate();
    tls_listener = service_listen(&tls_port);
    pthread_create(&thread, NULL, serve_tls, NULL);
    snprintf(ca, sizeof(ca), "ssl-ca-file=%s", pem);
    CHECK(tls_verdict(tls_port, NULL) == PLUG_TEMPFAIL);
    CHECK(tls_verdict(tls_port, ca) == PLUG_NEXT);
    CHECK(tls_verdict(tls_port, "ssl-verify=no") == PLUG_NEXT);
    shutdown(tls_listener, SHUT_RDWR);
    pthread_join(thread, NULL);
    close(tls_listener);
    unlink(pem);
    X509_free(tls_cert);
    EVP_PKEY_free(tls_key);
}

enum { MANY = 400 };

static void asks_for_many_at_a_time(void)
{
    struct stub *s =
        with("sleep/20", "timeout-ms=30000", "max-pending-requests=20");
    static struct plug_msg *m[MANY];
    unsigned before = service_connections();
    int next = 0;

    service_forget();
    for (int i = 0; i < MANY; i++) {
        m[i] = sms();
        CHECK(stub_sms(s, m[i]) == PLUG_HOLD);
    }
    for (int i = 0; i < MANY; i++)
        next += stub_wait(s, m[i], 30000) == PLUG_NEXT;
    CHECK(next == MANY);
    CHECK(service_requests() == MANY);
    CHECK(service_most() > 10 && service_most() <= 20);
    CHECK(service_connections() - before <= 20); /* they are kept */
    stub_close(s);
    for (int i = 0; i < MANY; i++)
        plug_msg_free(m[i]);
}

static void forgets_nobody_who_waits_for_his_turn(void)
{
    struct stub *s = with("silent", "timeout-ms=150", "max-pending-requests=1");
    struct plug_msg *m[5];

    for (int i = 0; i < 5; i++) {
        m[i] = sms();
        CHECK(stub_sms(s, m[i]) == PLUG_HOLD);
    }
    for (int i = 0; i < 5; i++)
        CHECK(stub_wait(s, m[i], 1200) == PLUG_TEMPFAIL);
    stub_close(s);
    for (int i = 0; i < 5; i++)
        plug_msg_free(m[i]);
}

static void answers_all_when_it_is_closed(void)
{
    struct stub *s = with("silent", "timeout-ms=60000", "default=permfail");
    struct plug_msg *m[3];

    for (int i = 0; i < 3; i++) {
        m[i] = sms();
        CHECK(stub_sms(s, m[i]) == PLUG_HOLD);
    }
    stub_close(s); /* a leak or a race would be seen by the sanitizers */
    for (int i = 0; i < 3; i++)
        plug_msg_free(m[i]);
}

static void asks_no_more_who_fails_always(void)
{
    struct stub *s = with("sick", "breaker-failures=3", "breaker-seconds=1");
    struct plug_msg *m = sms();

    service_be_sick(true);
    service_forget();
    for (int i = 0; i < 3; i++)
        CHECK(ask(s, m) == PLUG_TEMPFAIL);
    CHECK(stub_logged(s, "3 failures in a row"));
    for (int i = 0; i < 5; i++)
        CHECK(stub_sms(s, m) == PLUG_TEMPFAIL); /* at once */
    CHECK(service_requests() == 3);
    CHECK(stub_counter(s, "open") == 5);
    poll(NULL, 0, 1050);
    CHECK(ask(s, m) == PLUG_TEMPFAIL); /* the probe fails */
    CHECK(stub_sms(s, m) == PLUG_TEMPFAIL);
    CHECK(service_requests() == 4);
    service_be_sick(false);
    poll(NULL, 0, 1050);
    CHECK(ask(s, m) == PLUG_NEXT);
    CHECK(stub_logged(s, "answers again"));
    CHECK(ask(s, m) == PLUG_NEXT);
    CHECK(service_requests() == 6);
    plug_msg_free(m);
    stub_close(s);
}

static void sends_one_probe_at_a_time(void)
{
    struct stub *s =
        with("sick/300", "breaker-failures=1", "breaker-seconds=1");
    struct plug_msg *m[2] = { sms(), sms() };

    service_be_sick(true);
    CHECK(ask(s, m[0]) == PLUG_TEMPFAIL);
    service_be_sick(false);
    service_forget();
    poll(NULL, 0, 1050);
    CHECK(stub_sms(s, m[0]) == PLUG_HOLD);
    CHECK(stub_sms(s, m[1]) == PLUG_TEMPFAIL);
    CHECK(stub_wait(s, m[0], 5000) == PLUG_NEXT);
    CHECK(service_requests() == 1);
    CHECK(ask(s, m[1]) == PLUG_NEXT);
    stub_close(s);
    plug_msg_free(m[0]);
    plug_msg_free(m[1]);
}

static void is_refused(const char *k1, const char *k2, const char *word)
{
    const char *keys[] = { k1, k2, NULL };
    char why[256];

    CHECK(stub_open("http", keys, why, sizeof(why)) == NULL);
    if (strstr(why, word) == NULL)
        printf("%s: %s\n", word, why);
    CHECK(strstr(why, word) != NULL);
    CHECK(!stub_check("http", keys, why, sizeof(why)));
}

static void refuses_keys_that_are_wrong(void)
{
    static const char url[] = "url=http://127.0.0.1/";

    is_refused(NULL, NULL, "`url'");
    is_refused("url=ftp://127.0.0.1/", NULL, "http or https");
    is_refused("url=http://", NULL, "http or https");
    is_refused("url=http://x/%z", "method=get", "%z");
    is_refused("url=http://x/%{no}", "method=get", "%{no}");
    is_refused("url=http://x/%", "method=get", "escape");
    is_refused(url, "method=put", "post, get");
    is_refused(url, "ask=cdr", "sms");
    is_refused(url, "timeout-ms=0", "timeout-ms");
    is_refused(url, "default=done", "default");
    is_refused(url, "max-pending-requests=x", "max-pending-requests");
    is_refused(url, "header=x", "header");
    is_refused(url, "ssl-verify=maybe", "ssl-verify");
    is_refused(url, "ssl-ca-file=/no/such/file", "ssl-ca-file");
    is_refused(url, "nonsense=1", "nonsense");
}

static void does_not_reach_out_for_a_check(void)
{
    char url[64];
    const char *keys[] = { url, NULL };
    unsigned before = service_connections();

    snprintf(url, sizeof(url), "url=http://127.0.0.1:%d/say", port);
    CHECK(stub_check("http", keys, NULL, 0));
    CHECK(service_connections() == before);
}

int main(void)
{
    signal(SIGPIPE, SIG_IGN);
    port = service_start();
    sends_the_message_as_json();
    puts_the_message_into_an_url();
    signs_as_httpbox_does();
    takes_each_verdict();
    sets_what_the_service_says();
    takes_back_what_a_bad_answer_has_set();
    sets_no_text_of_octets();
    asks_about_questions_if_told_so();
    asks_about_no_question_otherwise();
    takes_nonsense_for_no_answer();
    falls_back_on_its_default();
    says_why_in_the_cdr();
    is_patient_for_its_time();
    falls_back_if_nobody_listens();
    does_not_wait_for_names();
    trusts_no_unknown_certificate();
    asks_for_many_at_a_time();
    forgets_nobody_who_waits_for_his_turn();
    answers_all_when_it_is_closed();
    asks_no_more_who_fails_always();
    sends_one_probe_at_a_time();
    refuses_keys_that_are_wrong();
    does_not_reach_out_for_a_check();
    service_stop();
    return CHECK_DONE();
}
