/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * amqp.c - plug-in: messages and records to RabbitMQ
 *
 *     group = plugin
 *     id = amqp
 *     path = amqp.so
 *     host = broker.example.net
 *     username = sms
 *     password-file = /etc/kannel/amqp.password
 *     mode = route
 *     exchange = sms
 *     routing-key = "mo.%P"
 */

#include "amqp_work.h"
#include "plug_record.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum mode { MODE_OFF, MODE_ROUTE, MODE_COPY };

struct conf {
    enum mode mode;
    const char *exchange, *key, *cdr_exchange, *cdr_key, *node;
    struct amqp_link_conf link;
    struct amqp_jobs_conf jobs;
};

struct amqp {
    const struct plug_host *host;
    const struct plug_conf *group;
    struct conf conf;
    char host_name[65];
    char boot[PLUG_BOOT_SIZE];
    uint64_t seq;
    struct plug_json json;
    struct amqp_jobs *jobs;
    struct amqp_work *work;
};

/* ---- keys ---- */

static const char *const keys[] = { "node",
                                    "host",
                                    "port",
                                    "vhost",
                                    "username",
                                    "password",
                                    "password-file",
                                    "ssl",
                                    "ssl-verify",
                                    "ssl-trusted-ca-file",
                                    "ssl-client-cert-file",
                                    "ssl-client-key-file",
                                    "connect-timeout",
                                    "heartbeat",
                                    "app-id",
                                    "mode",
                                    "exchange",
                                    "routing-key",
                                    "confirm-timeout",
                                    "window",
                                    "queue-length",
                                    "cdr-exchange",
                                    "cdr-routing-key",
                                    "cdr-queue-length",
                                    NULL };

static const char message_letters[] = "pPrnok", cdr_letters[] = "pPrnkv";

static const char *text_or(struct plug_key *k, const char *key,
                           const char *without)
{
    const char *value = plug_key_text(k, key);

    return value != NULL ? value : without;
}

static void read_ssl(struct plug_key *k, struct amqp_link_conf *c)
{
    c->ssl = plug_key_yes(k, "ssl", false);
    c->verify = plug_key_yes(k, "ssl-verify", true);
    c->ca = plug_key_file(k, "ssl-trusted-ca-file");
    c->cert = plug_key_file(k, "ssl-client-cert-file");
    c->key = plug_key_file(k, "ssl-client-key-file");
    if ((c->cert == NULL) != (c->key == NULL))
        plug_key_bad(k, "ssl-client-cert-file",
                     "there together with ssl-client-key-file");
    if (!c->ssl && (c->ca != NULL || c->cert != NULL))
        plug_key_bad(k, "ssl", "yes with certificate files");
    if (c->ca == NULL)
        c->ca = "/etc/ssl/certs/ca-certificates.crt";
}

static void read_link(struct plug_key *k, struct amqp_link_conf *c)
{
    c->host = text_or(k, "host", "127.0.0.1");
    c->vhost = text_or(k, "vhost", "/");
    c->user = plug_key_need(k, "username");
    c->password = plug_secret_key(k, "password", "password-file");
    c->connect_s = plug_key_number(k, "connect-timeout", 5, 1, 60);
    c->heartbeat_s = plug_key_number(k, "heartbeat", 10, 1, 600);
    c->app_id = text_or(k, "app-id", "sigtran-box");
    if (strlen(c->app_id) > 100)
        plug_key_bad(k, "app-id", "at most 100 octets long");
    read_ssl(k, c);
    c->port = plug_key_number(k, "port", c->ssl ? 5671 : 5672, 1, 65535);
}

static void check_exchange(struct plug_key *k, const char *key,
                           const char *value)
{
    if (value != NULL && strlen(value) > 127)
        plug_key_bad(k, key, "at most 127 octets long");
}

static void read_messages(struct plug_key *k, struct conf *c)
{
    static const char *const modes[] = { "off", "route", "copy", NULL };

    c->mode = (enum mode)plug_key_word(k, "mode", MODE_OFF, modes);
    c->exchange = text_or(k, "exchange", "");
    c->key = text_or(k, "routing-key", "");
    check_exchange(k, "exchange", c->exchange);
    if (!amqp_key_valid(c->key, message_letters))
        plug_key_bad(k, "routing-key",
                     "with no other escapes than %p %P %r %n %o %k %%");
    if (c->mode != MODE_OFF && c->exchange[0] == '\0' && c->key[0] == '\0')
        plug_key_bad(k, "routing-key",
                     "there, the name of a queue, if there is no exchange");
    c->jobs.timeout_ms =
        1000 * plug_key_number(k, "confirm-timeout", 4, 1, 600);
    c->jobs.window = plug_key_number(k, "window", 500, 1, 10000);
    c->jobs.queue = plug_key_number(k, "queue-length", 10000, 1, 1000000);
}

static void read_records(struct plug_key *k, struct conf *c)
{
    c->cdr_exchange = plug_key_text(k, "cdr-exchange");
    c->cdr_key = plug_key_text(k, "cdr-routing-key");
    c->jobs.records =
        plug_key_number(k, "cdr-queue-length", 100000, 1, 10000000);
    check_exchange(k, "cdr-exchange", c->cdr_exchange);
    if (c->cdr_key != NULL && !amqp_key_valid(c->cdr_key, cdr_letters))
        plug_key_bad(k, "cdr-routing-key",
                     "with no other escapes than %p %P %r %n %k %v %%");
}

static bool wants_records(const struct conf *c)
{
    return c->cdr_exchange != NULL || c->cdr_key != NULL;
}

static bool read_conf(struct plug_key *k, struct conf *c)
{
    c->node = text_or(k, "node", c->node);
    read_link(k, &c->link);
    read_messages(k, c);
    read_records(k, c);
    if (c->mode == MODE_OFF && !wants_records(c))
        plug_key_bad(k, "mode",
                     "route or copy, if there is no cdr-routing-key");
    if (c->mode != MODE_OFF)
        c->link.exchange = c->exchange;
    c->link.record_exchange = c->cdr_exchange;
    return !k->failed;
}

/* ---- open and close ---- */

static void amqp_close(void *self)
{
    struct amqp *a = self;

    amqp_work_stop(a->work);
    amqp_jobs_free(a->jobs);
    plug_json_free(&a->json);
    free(a);
}

static bool start(struct amqp *a, const struct plug_key *k)
{
    a->jobs = amqp_jobs_new(&a->conf.jobs, k->host, k->conf);
    if (a->jobs != NULL)
        a->work = amqp_work_start(&a->conf.link, a->jobs, k->host, k->conf);
    if (a->work == NULL)
        snprintf(k->why, k->why_len, "cannot start its thread");
    return a->work != NULL;
}

static void *amqp_open(const struct plug_host *host,
                       const struct plug_conf *conf, int check, char *why,
                       size_t why_len)
{
    struct plug_key k = {
        .host = host, .conf = conf, .why = why, .why_len = why_len
    };
    struct amqp *a = calloc(1, sizeof(*a));

    if (a == NULL) {
        snprintf(why, why_len, "no memory");
        return NULL;
    }
    a->host = host;
    a->group = conf;
    plug_record_boot(a->boot);
    gethostname(a->host_name, sizeof(a->host_name) - 1);
    a->conf.node = a->host_name;
    if (read_conf(&k, &a->conf) && (check || start(a, &k)))
        return a;
    amqp_close(a);
    return NULL;
}

/* ---- messages ---- */

struct asked {
    const struct plug_host *host;
    const struct plug_msg *m;
};

static const char *field_of(const void *of, char letter, size_t *len)
{
    const struct asked *q = of;
    enum plug_field f = letter == 'p'   ? PLUG_SENDER
                        : letter == 'P' ? PLUG_RECEIVER
                        : letter == 'r' ? PLUG_ROUTE
                        : letter == 'n' ? PLUG_NETWORK
                        : letter == 'o' ? PLUG_OWNER
                                        : PLUG_KIND;

    return q->host->get(q->m, f, len);
}

static struct amqp_job *job_of(struct amqp *a, const struct plug_msg *m)
{
    const struct asked q = { .host = a->host, .m = m };
    struct amqp_job *job;
    const char *body, *id, *kind;
    size_t len;

    plug_json_open(&a->json);
    plug_json_text(&a->json, "node", a->conf.node, strlen(a->conf.node));
    plug_json_msg(&a->json, a->host, m);
    body = plug_json_end(&a->json, &len);
    job = body != NULL ? amqp_job_new(body, len) : NULL;
    if (job == NULL)
        return NULL;
    job->exchange = a->conf.exchange;
    kind = a->host->get(m, PLUG_KIND, &len);
    job->type = len == 6 && memcmp(kind, "report", 6) == 0 ? "report" : "sms";
    amqp_key_make(job->key, a->conf.key, field_of, &q);
    id = a->host->get(m, PLUG_ID, &len);
    snprintf(job->message_id, sizeof(job->message_id), "%.*s", (int)len, id);
    job->time_s = (uint64_t)time(NULL);
    return job;
}

static enum plug_verdict amqp_on_sms(void *self, struct plug_msg *m)
{
    const char *why = "amqp: no memory";
    struct amqp *a = self;
    struct amqp_job *job;
    bool held = a->conf.mode == MODE_ROUTE;

    if (a->conf.mode == MODE_OFF)
        return PLUG_NEXT;
    job = job_of(a, m);
    if (job != NULL) {
        job->kind = held ? AMQP_HELD : AMQP_COPY;
        job->held = a->host->id(m);
    }
    if (job != NULL && amqp_jobs_put(a->jobs, job, &why))
        return held ? PLUG_HOLD : PLUG_NEXT;
    free(job);
    a->host->count(a->group, held ? "turned_away" : "dropped", 1);
    if (!held)
        return PLUG_NEXT;
    a->host->note(m, why);
    return PLUG_TEMPFAIL;
}

/* ---- records ---- */

static const char *member_of(const void *of, char letter, size_t *len)
{
    const struct plug_record *r = of;
    const struct plug_cdr *c = r->cdr;
    const char *text = letter == 'p'   ? c->sender
                       : letter == 'P' ? c->receiver
                       : letter == 'r' ? c->route
                       : letter == 'n' ? c->network
                       : letter == 'v' ? plug_record_verdict(c)
                                       : plug_record_kind(c);

    *len = strlen(text);
    return text;
}

static struct amqp_job *job_of_record(struct amqp *a,
                                      const struct plug_record *r)
{
    struct amqp_job *job;
    const char *body;
    size_t len;

    plug_record_json(&a->json, r);
    body = plug_json_end(&a->json, &len);
    job = body != NULL ? amqp_job_new(body, len) : NULL;
    if (job == NULL)
        return NULL;
    job->kind = AMQP_RECORD;
    job->exchange = a->conf.cdr_exchange != NULL ? a->conf.cdr_exchange : "";
    job->type = "cdr";
    amqp_key_make(job->key, a->conf.cdr_key != NULL ? a->conf.cdr_key : "",
                  member_of, r);
    snprintf(job->message_id, sizeof(job->message_id), "%s-%llu", r->boot,
             (unsigned long long)r->seq);
    job->time_s = (uint64_t)time(NULL);
    return job;
}

static void amqp_on_cdr(void *self, const struct plug_cdr *cdr)
{
    struct amqp *a = self;
    const struct plug_record r = {
        .node = a->conf.node, .boot = a->boot, .seq = ++a->seq, .cdr = cdr
    };
    struct amqp_job *job;
    const char *why;

    if (!wants_records(&a->conf))
        return;
    job = job_of_record(a, &r);
    if (job != NULL && amqp_jobs_put(a->jobs, job, &why))
        return;
    free(job);
    a->host->count(a->group, "dropped", 1);
}

static void amqp_on_tick(void *self)
{
    struct amqp *a = self;

    amqp_jobs_tick(a->jobs);
}

static unsigned amqp_wants(void *self)
{
    const struct amqp *a = self;

    return (a->conf.mode != MODE_OFF ? PLUG_WANT_SMS : 0u) |
           (wants_records(&a->conf) ? PLUG_WANT_CDR : 0u);
}

const struct plug sigtran_plugin = {
    PLUG_HEAD("amqp", "1.0"), .keys = keys,          .open = amqp_open,
    .close = amqp_close,      .on_sms = amqp_on_sms, .on_cdr = amqp_on_cdr,
    .on_tick = amqp_on_tick,  .wants = amqp_wants,
};
