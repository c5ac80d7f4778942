/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * http.c - plug-in: an HTTP service is asked about each message
 *
 *     group = plugin
 *     path = http.so
 *     url = "https://app.example/verdict"
 *
 * The hook makes a request and holds the message; the answer comes in the
 * thread of http_curl.c, which resumes it. Whatever goes wrong between ends in
 * the verdict of `default'.
 */

#include "http_answer.h"
#include "http_breaker.h"
#include "http_form.h"
#include "plug_key.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MAX_WAITING = 10000 };

struct http {
    const struct plug_host *host;
    const struct plug_conf *conf;
    bool ask_sms, ask_sri;
    uint32_t timeout_ms;
    enum plug_verdict without; /* an answer */
    struct http_form form;     /* the hooks' */
    struct http_curl *curl;
    pthread_mutex_t lock; /* of the breaker */
    struct http_breaker breaker;
};

/* ---- an answer ---- */

static void tell_change(struct http *h, enum http_change change)
{
    if (change == HTTP_OPENED)
        h->host->log(h->conf, PLUG_LOG_ERROR,
                     "%u failures in a row: the service is not asked for %u s",
                     h->breaker.limit, h->breaker.pause_ms / 1000);
    if (change == HTTP_CLOSED)
        h->host->log(h->conf, PLUG_LOG_INFO, "the service answers again");
}

/* How it went. True: the first failure in a row. */
static bool went(struct http *h, const struct http_ask *a, bool ok)
{
    enum http_change change;
    bool first;

    pthread_mutex_lock(&h->lock);
    change = http_breaker_told(&h->breaker, http_now_ms(), a->probe, ok);
    first = h->breaker.failures == 1;
    pthread_mutex_unlock(&h->lock);
    tell_change(h, change);
    return first;
}

static void failed(struct http *h, const struct http_ask *a, const char *why)
{
    char note[64 + HTTP_WHY_MAX];

    h->host->count(h->conf, "failed", 1);
    h->host->log(h->conf, went(h, a, false) ? PLUG_LOG_WARNING : PLUG_LOG_DEBUG,
                 "no verdict of the service: %s", why);
    snprintf(note, sizeof(note), "http: no verdict: %s", why);
    h->host->note_held(a->id, note);
    h->host->resume(a->id, h->without);
}

/* The values of fields that an answer may change: one that cannot be obeyed to
 * its end must leave nothing behind. */
static bool keep_fields(const struct http *h, struct http_ask *a,
                        const struct plug_msg *m)
{
    struct plug_buf b = { .len = 0 };

    for (int i = 0; i < HTTP_ANSWER_FIELDS; i++) {
        const void *p = h->host->get(m, http_answer_field[i], &a->was_len[i]);

        plug_buf_add(&b, p, a->was_len[i]);
    }
    a->was = b.p;
    return !b.failed;
}

/* The first n fields of the answer. */
static void put_back(struct http *h, const struct http_ask *a,
                     const struct http_answer *answer, unsigned n)
{
    const char *was = a->was != NULL ? a->was : "";

    for (int i = 0; i < HTTP_ANSWER_FIELDS; was += a->was_len[i++])
        for (unsigned k = 0; k < n; k++)
            if (answer->field[k].field == http_answer_field[i])
                h->host->set_held(a->id, http_answer_field[i], was,
                                  a->was_len[i]);
}

/* Is there a field that cannot be so? Its name, or NULL. */
static const char *set_fields(struct http *h, const struct http_ask *a,
                              const struct http_answer *answer)
{
    for (unsigned i = 0; i < answer->n_fields; i++) {
        if ((!a->binary || answer->field[i].field != PLUG_TEXT) &&
            h->host->set_held(a->id, answer->field[i].field, answer->field[i].p,
                              answer->field[i].len) == 0)
            continue;
        put_back(h, a, answer, i);
        return answer->field[i].name;
    }
    return NULL;
}

static void obey(struct http *h, const struct http_ask *a)
{
    struct http_answer answer;
    char why[HTTP_WHY_MAX];
    const char *bad;

    if (!http_answer_read(&answer, a->reply, a->reply_len, a->sri, why,
                          sizeof(why))) {
        failed(h, a, why);
        return;
    }
    bad = set_fields(h, a, &answer);
    if (bad != NULL) {
        snprintf(why, sizeof(why), "its %s cannot be set", bad);
        failed(h, a, why);
    } else {
        went(h, a, true);
        if (answer.note != NULL)
            h->host->note_held(a->id, answer.note);
        h->host->resume(a->id, answer.verdict);
    }
    http_answer_free(&answer);
}

static bool is_blank(const struct http_ask *a)
{
    return a->reply_len == 0 || strspn(a->reply, " \t\r\n") == a->reply_len;
}

/* In the thread of http_curl.c, with the lock of nobody. */
static void on_answer(void *ctx, struct http_ask *a)
{
    struct http *h = ctx;
    char why[32];

    if (a->status == 0) {
        failed(h, a, a->why);
    } else if (a->status < 200 || a->status > 299) {
        snprintf(why, sizeof(why), "status %d", a->status);
        failed(h, a, why);
    } else if (is_blank(a)) {
        went(h, a, true);
        h->host->resume(a->id, PLUG_NEXT);
    } else {
        obey(h, a);
    }
    http_ask_free(a);
}

/* ---- a question ---- */

static enum plug_verdict at_once(struct http *h, struct plug_msg *m,
                                 const char *counter, const char *note)
{
    h->host->count(h->conf, counter, 1);
    h->host->note(m, note);
    return h->without;
}

static enum plug_verdict ask(struct http *h, struct plug_msg *m, bool sri)
{
    struct http_ask *a = http_ask_new();
    const char *coding;
    size_t len;
    bool lets, put;

    if (a == NULL || !http_form_fill(&h->form, a, m) || !keep_fields(h, a, m)) {
        http_ask_free(a);
        return at_once(h, m, "failed", "http: no memory");
    }
    coding = h->host->get(m, PLUG_CODING, &len);
    a->binary = len == 1 && coding[0] == '1';
    a->sri = sri;
    a->id = h->host->id(m);
    a->due_ms = http_now_ms() + h->timeout_ms;
    pthread_mutex_lock(&h->lock);
    lets = http_breaker_lets(&h->breaker, http_now_ms(), &a->probe);
    put = lets && http_curl_put(h->curl, a);
    if (!put && a->probe)
        h->breaker.probing = false;
    pthread_mutex_unlock(&h->lock);
    if (put) {
        h->host->count(h->conf, "asked", 1);
        return PLUG_HOLD;
    }
    http_ask_free(a);
    if (!lets)
        return at_once(h, m, "open", "http: the service is failing");
    return at_once(h, m, "full", "http: too many wait for the service");
}

static enum plug_verdict http_on_sms(void *self, struct plug_msg *m)
{
    struct http *h = self;

    return h->ask_sms ? ask(h, m, false) : PLUG_NEXT;
}

static enum plug_verdict http_on_sri(void *self, struct plug_msg *m)
{
    struct http *h = self;

    return h->ask_sri ? ask(h, m, true) : PLUG_NEXT;
}

/* ---- start and end ---- */

static void http_close(void *self)
{
    struct http *h = self;

    http_curl_free(h->curl);
    http_form_fini(&h->form);
    pthread_mutex_destroy(&h->lock);
    free(h);
}

static void read_hooks(struct http *h, struct plug_key *k)
{
    static const char *const words[] = { "sms", "sri", "sms sri", "sri sms",
                                         NULL };
    int which = plug_key_word(k, "ask", 0, words);

    h->ask_sms = which != 1;
    h->ask_sri = which != 0;
}

static void read_form(struct http *h, struct plug_key *k)
{
    static const char *const methods[] = { "post", "get", NULL };
    struct http_form *f = &h->form;

    f->host = h->host;
    f->url = plug_key_need(k, "url");
    f->get = plug_key_word(k, "method", 0, methods) == 1;
    f->header = plug_key_text(k, "header");
    f->secret = plug_key_text(k, "sign-secret");
    if (f->secret != NULL && strlen(f->secret) > 127)
        plug_key_bad(k, "sign-secret", "at most 127 octets");
    if (f->header != NULL &&
        (strpbrk(f->header, "\r\n") != NULL || f->header[0] == ':' ||
         strchr(f->header, ':') == NULL ||
         strlen(f->header) >= HTTP_HEADER_MAX))
        plug_key_bad(k, "header", "as \"Name: value\"");
    if (!k->failed && !http_form_check(f, k->why, k->why_len))
        k->failed = true;
}

static void read_keys(struct http *h, struct plug_key *k, struct http_conf *c)
{
    static const char *const verdicts[] = { "next", "tempfail", "permfail",
                                            NULL };
    static const enum plug_verdict verdict[] = { PLUG_NEXT, PLUG_TEMPFAIL,
                                                 PLUG_PERMFAIL };

    read_form(h, k);
    read_hooks(h, k);
    h->timeout_ms = plug_key_number(k, "timeout-ms", 2000, 10, 60000);
    h->without = verdict[plug_key_word(k, "default", 1, verdicts)];
    h->breaker.limit = plug_key_number(k, "breaker-failures", 10, 0, 100000);
    h->breaker.pause_ms =
        plug_key_number(k, "breaker-seconds", 5, 1, 3600) * 1000;
    c->max_calls = plug_key_number(k, "max-pending-requests", 100, 1, 1000);
    c->max_waiting = MAX_WAITING;
    c->no_verify = !plug_key_yes(k, "ssl-verify", true);
    c->ca_file = plug_key_file(k, "ssl-ca-file");
    c->cert_file = plug_key_file(k, "ssl-client-cert-file");
    c->key_file = plug_key_file(k, "ssl-client-key-file");
}

static void *http_open(const struct plug_host *host,
                       const struct plug_conf *conf, int check, char *why,
                       size_t why_len)
{
    struct plug_key k = {
        .host = host, .conf = conf, .why = why, .why_len = why_len
    };
    struct http_conf c = { .max_calls = 0 };
    struct http *h = calloc(1, sizeof(*h));

    if (h == NULL)
        abort();
    h->host = host;
    h->conf = conf;
    pthread_mutex_init(&h->lock, NULL);
    read_keys(h, &k, &c);
    if (!k.failed && !check) {
        h->curl = http_curl_new(&c, on_answer, h);
        if (h->curl == NULL)
            plug_key_bad(&k, "url", "asked, and libcurl cannot");
    }
    if (!k.failed)
        return h;
    http_close(h);
    return NULL;
}

static unsigned http_wants(void *self)
{
    const struct http *h = self;

    return (h->ask_sms ? PLUG_WANT_SMS : 0u) |
           (h->ask_sri ? PLUG_WANT_SRI : 0u);
}

static const char *const keys[] = {
    "url",
    "method",
    "ask",
    "header",
    "sign-secret",
    "timeout-ms",
    "default",
    "breaker-failures",
    "breaker-seconds",
    "max-pending-requests",
    "ssl-verify",
    "ssl-ca-file",
    "ssl-client-cert-file",
    "ssl-client-key-file",
    NULL,
};

const struct plug sigtran_plugin = {
    PLUG_HEAD("http", "1.0"), .keys = keys,          .open = http_open,
    .close = http_close,      .on_sri = http_on_sri, .on_sms = http_on_sms,
    .wants = http_wants,
};
