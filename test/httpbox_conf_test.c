/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * httpbox_conf_test.c - httpbox.conf: what is read, and how what is wrong is
 * told
 *
 * Golden output: test/conf/httpbox_NAME.err holds the lines that loading
 * httpbox_NAME.conf logs, without time and process.
 */

#include "check.h"
#include "conf_golden.h"
#include "gw/httpbox_conf.h"

#include <unistd.h>

struct load {
    const char *file;
    bool tell;
    struct http_conf *conf;
};

static void load_it(void *arg)
{
    struct load *l = arg;

    l->conf = http_conf_load(l->file);
    if (l->tell)
        http_conf_tell(l->conf);
}

/* What is logged meanwhile is captured. */
static struct http_conf *load(const char *file, bool tell)
{
    struct load l = { .file = file, .tell = tell };

    capture(load_it, &l);
    return l.conf;
}

static void reads_the_box(const struct http_conf *c)
{
    CHECK(strcmp(c->client.host, "sigtran.example") == 0);
    CHECK(c->client.port == 13011 && c->client.tls);
    CHECK(strcmp(c->client.ca_file, "test/conf/cert.pem") == 0);
    CHECK(strcmp(c->client.boxc_id, "apps") == 0);
    CHECK(strcmp(c->log_file, "/var/log/httpbox.log") == 0);
    CHECK(c->log_level == 2 && c->deadline_ms == 15000);
    CHECK(c->drain_ms == 3000 && c->set->common.max_pending == 500);
    CHECK(c->per_host == 70 && c->set->common.mo_recode);
    CHECK(strcmp(c->set->common.global_sender, "12345") == 0);
    CHECK(strcmp(c->set->common.reply_empty, "nothing") == 0);
}

static void reads_every_key(void)
{
    struct http_conf *c = load("test/conf/httpbox_full.conf", false);
    const struct http_service *s;

    CHECK(c != NULL && c->set->n == 1 && captured[0] == '\0');
    reads_the_box(c);
    s = &c->set->service[0];
    CHECK(octstr_str_compare(s->name, "orders") == 0);
    CHECK(s->form == HTTP_FORM_JSON && s->deadline_ms == 9000);
    CHECK(s->target.connect_ms == 2000 && s->target.max_calls == 8);
    CHECK(s->max_pending == 44 && s->max_messages == 3 && s->traceparent);
    CHECK(http_verdict(&s->verdicts, 409) == VERDICT_OK);
    CHECK(http_verdict(&s->verdicts, 413) == VERDICT_TEMPFAIL);
    CHECK(http_verdict(&s->verdicts, 451) == VERDICT_PERMFAIL);
    CHECK(s->target.only_http1 && s->target.no_verify);
    CHECK(strcmp(s->target.ca_file, "test/conf/cert.pem") == 0);
    CHECK(strcmp(s->target.key_file, "test/conf/key.pem") == 0);
    CHECK(strcmp(s->secret, "a secret") == 0);
    http_conf_free(c);
}

static void takes_the_file_of_an_smsbox(void)
{
    struct http_conf *c = load("test/conf/httpbox_smsbox.conf", true);

    CHECK(c != NULL && c->set->n == 4);
    CHECK(is_golden("httpbox_smsbox.err"));
    CHECK(c->deadline_ms == 20000 && c->client.boxc_id[0] == '\0');
    http_conf_free(c);
}

static void tells_every_error_at_once(void)
{
    CHECK(load("test/conf/httpbox_bad.conf", false) == NULL);
    CHECK(is_golden("httpbox_bad.err"));
}

static void warns_of_what_is_seldom_meant(void)
{
    struct http_conf *c = load("test/conf/httpbox_traps.conf", true);

    CHECK(c != NULL && is_golden("httpbox_traps.err"));
    http_conf_free(c);
}

static void the_example_is_good(void)
{
    struct http_conf *c = load("doc/examples/httpbox.conf", false);

    CHECK(c != NULL && captured[0] == '\0');
    http_conf_free(c);
}

/* A key of httpbox.def without its entry in the manual, or the reverse. */
static void the_manual_has_every_key(void)
{
    static const char *const keys[] = {
#define GROUP(name, single) "group=" #name,
#define KEY(key)            #key,
#define KANNEL(key)
#define END
#include "gw/httpbox.def"
    };

    CHECK(manual_has("doc/man/httpbox.conf.5", "httpbox.def", keys,
                     sizeof(keys) / sizeof(keys[0])));
}

int main(void)
{
    const char *srcdir = getenv("srcdir");

    if (srcdir != NULL && chdir(srcdir) == -1)
        return 1;
    gwlib_init();
    log_set_output_level(GW_INFO);
    SHOWS("KB-10", reads_every_key);
    takes_the_file_of_an_smsbox();
    SHOWS("KB-10", tells_every_error_at_once);
    warns_of_what_is_seldom_meant();
    the_example_is_good();
    the_manual_has_every_key();
    gwlib_shutdown();
    return CHECK_DONE();
}
