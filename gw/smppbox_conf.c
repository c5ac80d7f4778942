/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * smppbox_conf.c - smppbox.conf: Kannel's syntax, groups of ours
 */

#include "smppbox_conf.h"

#include "conf_file.h"
#include "conf_part.h"

#include <stdlib.h>
#include <string.h>

enum { MILLION = 1000000, DEADLINE_MAX_S = 59, HOUR_S = 3600 };

/* clang-format off */
static const struct conf_group_def groups[] = {
#define GROUP(name, single) { #name, single, (const char *const[]){
#define KEY(key) #key,
#define END NULL } },
#include "smppbox.def"
#undef GROUP
#undef KEY
#undef END
    { NULL, false, NULL },
};
/* clang-format on */

static const struct conf_word accounts_words[] = {
    { "file", false },
    { "database", true },
    { NULL, 0 },
};

/* ---- group = smppbox ---- */

static void read_client(struct conf_group *g, struct box_client_conf *c)
{
    conf_copy(c->host, sizeof(c->host), "127.0.0.1");
    conf_copy(c->boxc_id, sizeof(c->boxc_id), "smppbox");
    c->port = 13001;
    c->heartbeat_ms = 30000;
    conf_get_text(g, "bearerbox-host", c->host, sizeof(c->host));
    conf_get_port(g, "bearerbox-port", &c->port);
    conf_get_bool(g, "bearerbox-port-ssl", &c->tls);
    conf_get_file(g, "bearerbox-ca-file", c->ca_file, sizeof(c->ca_file));
    conf_get_name(g, "smppbox-id", c->boxc_id, sizeof(c->boxc_id));
}

static void read_tls(struct conf_group *g, struct smpp_net_conf *n)
{
    conf_get_tls(g, n->cert, n->key);
    conf_get_file(g, "ssl-client-ca-file", n->ca, sizeof(n->ca));
    if (n->tls_port == 0)
        return;
    conf_need_tls(g, "the port with TLS (smppbox-port-ssl) needs it");
    conf_check_tls(g, n->cert, n->key);
}

static void read_ports(struct conf_group *g, struct smpp_net_conf *n)
{
    char host[1][46];
    uint8_t some;

    n->port = 2775;
    conf_copy(n->interface, sizeof(n->interface), "0.0.0.0");
    if (conf_get_hosts(g, "smppbox-interface", host, &some, 1))
        conf_copy(n->interface, sizeof(n->interface), host[0]);
    conf_get_port(g, "smppbox-port", &n->port);
    conf_get_port(g, "smppbox-port-ssl", &n->tls_port);
    if (n->port == 0 && n->tls_port == 0)
        conf_bad(g, "smppbox-port", "may be 0 with a smppbox-port-ssl only");
    else if (n->port == n->tls_port)
        conf_bad(g, "smppbox-port-ssl", "must be another than smppbox-port");
    read_tls(g, n);
}

static void read_times(struct conf_group *g, struct smpp_net_conf *n)
{
    struct smpp_sess_conf *s = &n->node.sess;
    struct smpp_accts_conf *a = &n->node.accts;

    *s = (struct smpp_sess_conf){ .bind_ms = 10000,
                                  .enquire_ms = 30000,
                                  .response_ms = 10000 };
    conf_copy(s->server_id, sizeof(s->server_id), "smppbox");
    a->deadline_ms = 20000;
    n->drain_ms = 10000;
    conf_get_text(g, "our-system-id", s->server_id, sizeof(s->server_id));
    conf_get_seconds(g, "deadline", &a->deadline_ms, 1, DEADLINE_MAX_S);
    conf_get_seconds(g, "response-timeout", &s->response_ms, 1, DEADLINE_MAX_S);
    conf_get_seconds(g, "bind-timeout", &s->bind_ms, 1, HOUR_S);
    conf_get_seconds(g, "enquire-link-interval", &s->enquire_ms, 1, HOUR_S);
    conf_get_seconds(g, "inactivity-timeout", &s->inactivity_ms, 0,
                     24 * HOUR_S);
    conf_get_seconds(g, "drain-timeout", &n->drain_ms, 0, HOUR_S);
    a->response_ms = s->response_ms;
}

static void read_bounds(struct conf_group *g, struct smpp_net_conf *n)
{
    n->node.accts.max_held = 20000;
    n->node.max_submits = 10000;
    n->max_sessions = 1000;
    conf_get_uint(g, "max-held", &n->node.accts.max_held, 1, MILLION);
    conf_get_uint(g, "max-submits", &n->node.max_submits, 1, MILLION);
    conf_get_uint(g, "max-sessions", &n->max_sessions, 1, MILLION);
}

static void read_tag(struct conf_group *g, const char *key, uint16_t *tag)
{
    unsigned long n;
    char text[16], *end;

    if (!conf_get_text(g, key, text, sizeof(text)))
        return;
    n = strtoul(text, &end, 0);
    if (*end == '\0' && n >= SMPP_TLV_VENDOR_FIRST && n <= SMPP_TLV_VENDOR_LAST)
        *tag = (uint16_t)n;
    else
        conf_bad(g, key, "must be a tag for vendors, 0x1400 to 0x3fff");
}

static void read_log(struct conf_group *g, struct smppbox_conf *c)
{
    uint32_t level = GW_INFO;

    conf_get_text(g, "log-file", c->log_file, sizeof(c->log_file));
    conf_get_uint(g, "log-level", &level, 0, 5);
    c->log_level = (long)level;
}

static void read_tags(struct conf_group *g, struct smppbox_tags *t)
{
    *t = (struct smppbox_tags)SMPPBOX_TAGS;
    read_tag(g, "tlv-sc", &t->sc);
    read_tag(g, "tlv-imsi", &t->imsi);
    read_tag(g, "tlv-id", &t->id);
    if (t->sc == t->imsi || t->sc == t->id || t->imsi == t->id)
        conf_wrong(g, "tlv-sc, tlv-imsi and tlv-id must differ");
}

static void read_box(struct conf_group *g, struct smppbox_conf *c)
{
    read_client(g, &c->client[0]);
    c->n_boxes = 1;
    read_ports(g, &c->net);
    read_times(g, &c->net);
    read_bounds(g, &c->net);
    read_tags(g, &c->tags);
    read_log(g, c);
}

/* ---- group = smpp-account ---- */

/* What is wrong with it is told without telling it. */
static void read_password(struct conf_group *g, struct smpp_acct_conf *a)
{
    char text[1024];

    if (!conf_get_text(g, "password", text, sizeof(text)))
        return;
    if (strlen(text) >= sizeof(a->password))
        conf_wrong(g, "password must be at most %d octets long",
                   (int)sizeof(a->password) - 1);
    else
        conf_copy(a->password, sizeof(a->password), text);
}

static void check_account(struct conf_group *g, struct smppbox_conf *c,
                          struct smpp_acct_conf *a)
{
    int box = smppbox_conf_box(c, a->box_id);

    if (!conf_has(g, "password"))
        conf_missing(g, "password", "nobody binds without");
    read_password(g, a);
    for (unsigned i = 0; i + 1 < c->n_accts; i++)
        if (strcmp(c->acct[i].system_id, a->system_id) == 0)
            conf_bad(g, "system-id", "there is another account with this one");
    if (box < 0)
        conf_bad(g, "smsbox-id", "is one too many, %d may be used", SMPP_BOXES);
    else
        a->box = (uint8_t)box;
}

static void read_account(struct conf_group *g, void *ctx)
{
    struct smppbox_conf *c = ctx;
    struct smpp_acct_conf *a;

    if (c->database) {
        conf_wrong(g, "with accounts = database no account is in a file");
        return;
    }
    if (c->n_accts == SMPP_ACCOUNTS) {
        conf_wrong(g, "there may be at most %d accounts", SMPP_ACCOUNTS);
        return;
    }
    c->acct = gw_realloc(c->acct, (c->n_accts + 1) * sizeof(*a));
    a = &c->acct[c->n_accts++];
    smppbox_acct_read(g, &c->tags, c->client[0].boxc_id, a);
    check_account(g, c, a);
}

/* ---- accounts = database ---- */

static void read_register(struct conf_group *g, struct smppbox_conf *c)
{
    struct hlr_conf h = { .poll_ms = 0 };
    int database = false;

    conf_get_word(g, "accounts", accounts_words, &database);
    c->database = database != 0;
    conf_read_register(g, &h);
    if (c->database && h.backend == &hlr_static)
        conf_bad(g, "register-type", "has no accounts");
    c->db = h.db;
}

/* ---- all ---- */

struct smppbox_conf *smppbox_conf_load(const char *file)
{
    struct smppbox_conf *c;
    struct conf_group g;
    struct conf_in in;

    if (!conf_file_open(&in, file, groups))
        return NULL;
    c = gw_malloc(sizeof(*c));
    memset(c, 0, sizeof(*c));
    g = conf_single(&in, "smppbox");
    if (g.cfg == NULL)
        conf_missing(&g, "group = smppbox", "it names the box's server");
    read_box(&g, c);
    read_register(&g, c);
    conf_each(&in, "smpp-account", read_account, c);
    conf_file_close(&in);
    c->net.node.accts.n_accts = c->n_accts;
    c->net.node.accts.acct = c->acct;
    c->net.node.accts.database = c->database;
    if (in.errors == 0)
        return c;
    smppbox_conf_free(c);
    return NULL;
}

int smppbox_conf_box(struct smppbox_conf *c, const char *boxc_id)
{
    unsigned i = 0;

    while (i < c->n_boxes && strcmp(c->client[i].boxc_id, boxc_id) != 0)
        i++;
    if (i == SMPP_BOXES)
        return -1;
    if (i == c->n_boxes) {
        c->client[i] = c->client[0];
        conf_copy(c->client[i].boxc_id, sizeof(c->client[i].boxc_id), boxc_id);
        c->n_boxes++;
    }
    return (int)i;
}

void smppbox_conf_free(struct smppbox_conf *c)
{
    if (c == NULL)
        return;
    gw_free(c->acct);
    gw_free(c);
}

void smppbox_conf_tell(const struct smppbox_conf *c)
{
    char from[300];

    if (c->database) {
        conf_register_str(&(struct hlr_conf){ .db = c->db }, from,
                          sizeof(from));
        info(0, "accounts: those of the register %s", from);
        return;
    }
    if (c->n_accts == 0)
        warning(0, "There is no group smpp-account: nobody can bind.");
    for (unsigned i = 0; i < c->n_accts; i++) {
        const struct smpp_acct_conf *a = &c->acct[i];

        info(0,
             "account <%s>: up to %u binds, window %u; messages of box <%s>%s",
             a->system_id, a->max_binds, a->window, c->client[a->box].boxc_id,
             a->n_smsc > 0 || a->account[0] != '\0' || a->prefix[0] != '\0'
                 ? ", some of them"
                 : "");
    }
}
