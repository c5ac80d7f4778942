/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * smppbox_conf_test.c - smppbox.conf: what is read, and how what is wrong is
 * told
 *
 * Golden output: test/conf/smppbox_NAME.err holds the lines that loading
 * smppbox_NAME.conf logs, without time and process.
 */

#include "check.h"
#include "conf_golden.h"
#include "gw/smppbox_conf.h"

#include <gwlib/gwlib.h>
#include <unistd.h>

struct load {
    const char *file;
    struct smppbox_conf *conf;
};

static void load_it(void *arg)
{
    struct load *l = arg;

    l->conf = smppbox_conf_load(l->file);
    if (l->conf != NULL)
        smppbox_conf_tell(l->conf);
}

/* What is logged meanwhile is captured. */
static struct smppbox_conf *load(const char *file)
{
    struct load l = { .file = file };

    capture(load_it, &l);
    return l.conf;
}

static void reads_the_box(const struct smppbox_conf *c)
{
    const struct smpp_net_conf *n = &c->net;
    const struct smpp_node_conf *node = &n->node;

    CHECK(strcmp(c->client[0].host, "sigtran.example") == 0);
    CHECK(c->client[0].port == 13011 && c->client[0].tls);
    CHECK(strcmp(c->client[0].boxc_id, "apps") == 0);
    CHECK(strcmp(c->client[0].ca_file, "test/conf/cert.pem") == 0);
    CHECK(strcmp(n->interface, "127.0.0.1") == 0);
    CHECK(n->port == 2776 && n->tls_port == 3550);
    CHECK(strcmp(n->key, "test/conf/key.pem") == 0 && n->ca[0] != '\0');
    CHECK(strcmp(node->sess.server_id, "sigtran") == 0);
    CHECK(node->accts.deadline_ms == 15000);
    CHECK(node->accts.response_ms == 5000 && node->sess.response_ms == 5000);
    CHECK(node->sess.bind_ms == 4000 && node->sess.enquire_ms == 20000);
    CHECK(node->sess.inactivity_ms == 600000 && n->drain_ms == 3000);
    CHECK(node->accts.max_held == 500 && node->max_submits == 50);
    CHECK(n->max_sessions == 70 && c->log_level == 2);
    CHECK(strcmp(c->log_file, "/var/log/smppbox.log") == 0);
}

static void reads_an_account(const struct smpp_acct_conf *a)
{
    CHECK(strcmp(a->system_id, "app") == 0);
    CHECK(strcmp(a->password, "secret") == 0);
    CHECK(strcmp(a->system_type, "VMA") == 0);
    CHECK(strcmp(a->allow_ip, "192.0.2.*; 2001:db8::1") == 0);
    CHECK(a->modes == SMPP_MODE_RX && a->max_binds == 3 && a->window == 20);
    CHECK(a->max_queue == 200 && a->throughput == 100);
    CHECK(a->submit_window == 7 && a->submit_throughput == 8);
    CHECK(strcmp(a->submit_smsc, "out") == 0 && a->box == 1);
    CHECK(strcmp(a->box_id, "sales") == 0);
    CHECK(a->n_smsc == 2 && strcmp(a->smsc[1], "other") == 0);
    CHECK(strcmp(a->account, "orders") == 0);
    CHECK(strcmp(a->prefix, "447700") == 0 && a->rules.n == 2);
    CHECK(a->style.charset == SMPP_LATIN1 && a->style.sar && a->style.payload);
    CHECK(a->style.with == (SMPP_WITH_ID | SMPP_WITH_REFERENCE));
    CHECK(a->style.tag_sc == 0x1500 && a->style.tag_id == 0x1502);
    CHECK(a->style.source_ton == 2 && a->style.source_npi == 8);
    CHECK(a->style.dest_ton == 1 && a->style.dest_npi == 0);
}

static void reads_every_key(void)
{
    struct smppbox_conf *c = load("test/conf/smppbox_full.conf");

    CHECK(c != NULL && c->n_accts == 2 && c->net.node.accts.n_boxes == 2);
    if (c == NULL)
        return;
    reads_the_box(c);
    CHECK(strcmp(c->client[1].boxc_id, "sales") == 0 && c->client[1].tls);
    reads_an_account(&c->acct[0]);
    CHECK(c->acct[1].box == 0 && c->acct[1].modes == SMPP_MODE_TRX);
    CHECK(c->acct[1].style.source_ton == SMPP_BY_NUMBER);
    CHECK(c->acct[1].style.with == SMPP_WITH_ALL);
    CHECK(is_golden("smppbox_full.err"));
    smppbox_conf_free(c);
}

static void tells_every_error_at_once(void)
{
    CHECK(load("test/conf/smppbox_bad.conf") == NULL);
    CHECK(is_golden("smppbox_bad.err"));
}

static void the_example_is_good(void)
{
    struct smppbox_conf *c = load("doc/examples/smppbox.conf");

    CHECK(c != NULL && c->n_accts == 1);
    smppbox_conf_free(c);
}

/* A key of smppbox.def without its entry in the manual, or the reverse. */
static void the_manual_has_every_key(void)
{
    static const char *const keys[] = {
#define GROUP(name, single) "group=" #name,
#define KEY(key)            #key,
#define END
#include "gw/smppbox.def"
    };

    CHECK(manual_has("doc/man/smppbox.conf.5", "smppbox.def", keys,
                     sizeof(keys) / sizeof(keys[0])));
}

int main(void)
{
    const char *srcdir = getenv("srcdir");

    if (srcdir != NULL && chdir(srcdir) == -1)
        return 1;
    gwlib_init();
    log_set_output_level(GW_INFO);
    reads_every_key();
    tells_every_error_at_once();
    the_example_is_good();
    the_manual_has_every_key();
    gwlib_shutdown();
    return CHECK_DONE();
}
