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
#include "gw/crypto.h"
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

    CHECK(c != NULL && c->n_accts == 2 && c->n_boxes == 2);
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

static void reads_where_the_accounts_are(void)
{
    struct smppbox_conf *c = load("test/conf/smppbox_db.conf");

    CHECK(c != NULL);
    if (c == NULL)
        return;
    CHECK(c->database && c->net.node.accts.database && c->n_accts == 0);
    CHECK(c->db.kind == DB_MYSQL && c->db.hosts == 2);
    CHECK(strcmp(c->db.host[1].name, "db3.example") == 0);
    CHECK(c->db.host[1].port == 3307 && c->db.query_ms == 4000);
    smppbox_conf_free(c);
    c = load("doc/examples/smppbox.conf");
    CHECK(c != NULL && !c->database && c->db.kind == DB_SQLITE);
    smppbox_conf_free(c);
}

static void refuses_accounts_in_two_places(void)
{
    CHECK(load("test/conf/smppbox_db_bad.conf") == NULL);
    CHECK(is_golden("smppbox_db_bad.err"));
}

/* ---- rows of the register ---- */

static char told[600];

static void tell(void *ctx, const char *line)
{
    (void)ctx;
    snprintf(told + strlen(told), sizeof(told) - strlen(told), "%s\n", line);
}

static void set(struct reg_smpp *r, const char *key, const char *value)
{
    int i = reg_smpp_find(key, strlen(key));

    CHECK(i >= 0);
    strcpy(r->value[i < 0 ? 0 : i], value);
}

static struct reg_smpp row(void)
{
    struct reg_smpp r = { .system_id = "app" };

    CHECK(crypto_password("secret", r.password));
    return r;
}

static void reads_a_row_as_a_group(void)
{
    static const struct smppbox_tags tags = { 0x1500, 0x1501, 0x1502 };
    struct smpp_acct_conf a;
    struct reg_smpp r = row();

    set(&r, "system-type", "VMA");
    set(&r, "allow-ip", "192.0.2.*; 2001:db8::1");
    set(&r, "bind-modes", "receiver");
    set(&r, "max-binds", "3");
    set(&r, "window", "20");
    set(&r, "max-queue", "200");
    set(&r, "throughput", "100");
    set(&r, "submit-window", "7");
    set(&r, "submit-throughput", "8");
    set(&r, "submit-smsc-id", "out");
    set(&r, "smsbox-id", "sales");
    set(&r, "accepted-smsc", "ss7;other");
    set(&r, "accepted-account", "orders");
    set(&r, "vmn-prefix", "+447700");
    set(&r, "status-verdicts", "RX_P_APPN=temporary; 0x400=permanent");
    set(&r, "charset", "latin1");
    set(&r, "concatenation", "sar");
    set(&r, "message-payload", "always");
    set(&r, "tlvs", "id reference");
    set(&r, "source-addr-ton", "2");
    set(&r, "source-addr-npi", "8");
    set(&r, "dest-addr-ton", "1");
    set(&r, "dest-addr-npi", "0");
    told[0] = '\0';
    CHECK(smppbox_acct_row(&r, &tags, "apps", &a, tell, NULL));
    CHECK(told[0] == '\0' && a.password[0] == '\0');
    CHECK(strcmp(a.hash, r.password) == 0);
    strcpy(a.password, "secret"); /* the only difference */
    a.box = 1;
    reads_an_account(&a);

    r = row();
    CHECK(smppbox_acct_row(&r, &tags, "apps", &a, tell, NULL));
    CHECK(strcmp(a.box_id, "apps") == 0 && a.modes == SMPP_MODE_TRX);
    CHECK(a.max_binds == 10 && a.style.with == SMPP_WITH_ALL);
}

static void tells_what_a_row_has_wrong(void)
{
    static const struct smppbox_tags tags = SMPPBOX_TAGS;
    struct smpp_acct_conf a;
    struct reg_smpp r = row();

    set(&r, "window", "0");
    set(&r, "charset", "klingon");
    strcpy(r.password, "secret");
    told[0] = '\0';
    CHECK(!smppbox_acct_row(&r, &tags, "apps", &a, tell, NULL));
    CHECK(strcmp(told,
                 "window = <0>: must be a number from 1 to 1000\n"
                 "charset = <klingon>: must be gsm7, latin1, "
                 "default-latin1, default-utf8 or ucs2\n"
                 "its password is not kept as `vmnctl account' does\n") == 0);
}

/* All keys of a group are columns, but those that have a column of their own. */
static void a_row_has_every_key_of_a_group(void)
{
    static const char *const keys[] = {
#define GROUP(name, single) "group=" #name,
#define KEY(key)            #key,
#define END
#include "gw/smppbox.def"
#undef GROUP
#undef KEY
#undef END
    };
    unsigned n = 0;
    bool in = false;

    for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++) {
        if (strncmp(keys[i], "group=", 6) == 0)
            in = strcmp(keys[i], "group=smpp-account") == 0;
        else if (in && strcmp(keys[i], "system-id") != 0 &&
                 strcmp(keys[i], "password") != 0 && ++n > 0)
            CHECK(reg_smpp_find(keys[i], strlen(keys[i])) >= 0);
    }
    CHECK(n == REG_SMPP_SETTINGS);
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
    reads_where_the_accounts_are();
    refuses_accounts_in_two_places();
    reads_a_row_as_a_group();
    tells_what_a_row_has_wrong();
    a_row_has_every_key_of_a_group();
    the_example_is_good();
    the_manual_has_every_key();
    gwlib_shutdown();
    return CHECK_DONE();
}
