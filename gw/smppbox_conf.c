/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * smppbox_conf.c - smppbox.conf: Kannel's syntax, groups of ours
 */

#include "smppbox_conf.h"

#include "conf_file.h"
#include "crypto.h"

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

static const struct conf_word mode_words[] = {
    { "transmitter", SMPP_MODE_TX },
    { "receiver", SMPP_MODE_RX },
    { "transceiver", SMPP_MODE_TRX },
    { NULL, 0 },
};

static const struct conf_word charset_words[] = {
    { "gsm7", SMPP_GSM7 },
    { "latin1", SMPP_LATIN1 },
    { "default-latin1", SMPP_DEFAULT_LATIN1 },
    { "default-utf8", SMPP_DEFAULT_UTF8 },
    { "ucs2", SMPP_UCS2 },
    { NULL, 0 },
};

static const struct conf_word concat_words[] = {
    { "udh", 0 },
    { "sar", 1 },
    { NULL, 0 },
};

static const struct conf_word payload_words[] = {
    { "long", 0 },
    { "always", 1 },
    { NULL, 0 },
};

static const struct conf_word tlv_words[] = {
    { "none", 0 },
    { "sc", SMPP_WITH_SC },
    { "imsi", SMPP_WITH_IMSI },
    { "id", SMPP_WITH_ID },
    { "reference", SMPP_WITH_REFERENCE },
    { NULL, 0 },
};

/* What all accounts have in common, while the file is read. */
struct reading {
    struct smppbox_conf *c;
    uint16_t tag_sc, tag_imsi, tag_id;
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
    const char *cert = "ssl-server-cert-file", *key = "ssl-server-key-file";
    const char *why = "the port with TLS (smppbox-port-ssl) needs it";
    bool have_cert, have_key;

    have_cert = conf_get_file(g, cert, n->cert, sizeof(n->cert));
    have_key = conf_get_file(g, key, n->key, sizeof(n->key));
    conf_get_file(g, "ssl-client-ca-file", n->ca, sizeof(n->ca));
    if (n->tls_port == 0)
        return;
    if (!conf_has(g, cert))
        conf_missing(g, cert, why);
    if (!conf_has(g, key))
        conf_missing(g, key, why);
    if (!have_cert || !have_key)
        return;
    if (!crypto_cert(n->cert))
        conf_bad(g, cert, "is not a certificate in PEM form");
    else if (!crypto_key(n->cert, n->key))
        conf_bad(g, key,
                 "is not the certificate's key in PEM form, without a "
                 "passphrase");
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

static void read_box(struct conf_group *g, struct reading *r)
{
    struct smppbox_conf *c = r->c;

    read_client(g, &c->client[0]);
    c->net.node.accts.n_boxes = 1;
    read_ports(g, &c->net);
    read_times(g, &c->net);
    read_bounds(g, &c->net);
    r->tag_sc = SMPP_TLV_VENDOR_FIRST;
    r->tag_imsi = SMPP_TLV_VENDOR_FIRST + 1;
    r->tag_id = SMPP_TLV_VENDOR_FIRST + 2;
    read_tag(g, "tlv-sc", &r->tag_sc);
    read_tag(g, "tlv-imsi", &r->tag_imsi);
    read_tag(g, "tlv-id", &r->tag_id);
    if (r->tag_sc == r->tag_imsi || r->tag_sc == r->tag_id ||
        r->tag_imsi == r->tag_id)
        conf_wrong(g, "tlv-sc, tlv-imsi and tlv-id must differ");
    read_log(g, c);
}

/* ---- group = smpp-account ---- */

/* The connection with this boxc-id; a new one is as the first. */
static void find_box(struct conf_group *g, struct smppbox_conf *c,
                     struct smpp_acct_conf *a)
{
    unsigned *n = &c->net.node.accts.n_boxes, i = 0;
    char id[BOX_ID_MAX + 1];

    conf_copy(id, sizeof(id), c->client[0].boxc_id);
    conf_get_name(g, "smsbox-id", id, sizeof(id));
    conf_copy(a->box_id, sizeof(a->box_id), id);
    while (i < *n && strcmp(c->client[i].boxc_id, id) != 0)
        i++;
    if (i == SMPP_BOXES) {
        conf_bad(g, "smsbox-id", "is one too many, 64 may be used");
        return;
    }
    if (i == *n) {
        c->client[i] = c->client[0];
        conf_copy(c->client[i].boxc_id, sizeof(c->client[i].boxc_id), id);
        ++*n;
    }
    a->box = (uint8_t)i;
}

static void read_smscs(struct conf_group *g, struct smpp_acct_conf *a)
{
    char text[512], *save = NULL, *id;

    if (!conf_get_text(g, "accepted-smsc", text, sizeof(text)))
        return;
    for (id = strtok_r(text, "; ", &save); id != NULL;
         id = strtok_r(NULL, "; ", &save)) {
        if (a->n_smsc == SMPP_NAMES || strlen(id) >= sizeof(a->smsc[0])) {
            conf_bad(g, "accepted-smsc",
                     "may have at most 8 ids, of at most 63 characters");
            return;
        }
        conf_copy(a->smsc[a->n_smsc++], sizeof(a->smsc[0]), id);
    }
}

static void read_target(struct conf_group *g, struct smppbox_conf *c,
                        struct smpp_acct_conf *a)
{
    find_box(g, c, a);
    read_smscs(g, a);
    conf_get_text(g, "accepted-account", a->account, sizeof(a->account));
    conf_get_digits(g, "vmn-prefix", a->prefix, 1, sizeof(a->prefix) - 1);
    conf_get_text(g, "submit-smsc-id", a->submit_smsc, sizeof(a->submit_smsc));
}

static void read_u16(struct conf_group *g, const char *key, uint16_t *out,
                     uint32_t max)
{
    uint32_t n = *out;

    if (conf_get_uint(g, key, &n, 1, max))
        *out = (uint16_t)n;
}

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

static void read_login(struct conf_group *g, struct smpp_acct_conf *a)
{
    int modes = SMPP_MODE_TRX;

    if (!conf_has(g, "system-id"))
        conf_missing(g, "system-id", "it is how the ESME binds");
    conf_get_text(g, "system-id", a->system_id, sizeof(a->system_id));
    if (!conf_has(g, "password"))
        conf_missing(g, "password", "nobody binds without");
    read_password(g, a);
    conf_get_text(g, "system-type", a->system_type, sizeof(a->system_type));
    if (conf_get_text(g, "allow-ip", a->allow_ip, sizeof(a->allow_ip)) &&
        a->allow_ip[strspn(a->allow_ip, "0123456789abcdefABCDEF.:*; ,")] !=
            '\0')
        conf_bad(g, "allow-ip",
                 "must be IP addresses, \"*\" for any number, \";\" between");
    conf_get_flags(g, "bind-modes", mode_words, &modes);
    a->modes = (enum smpp_mode)modes;
}

static void read_limits(struct conf_group *g, struct smpp_acct_conf *a)
{
    a->max_binds = 10;
    a->window = 10;
    a->submit_window = 100;
    a->max_queue = 1000;
    read_u16(g, "max-binds", &a->max_binds, SMPP_BINDS_MAX);
    read_u16(g, "window", &a->window, SMPP_WINDOW_MAX);
    read_u16(g, "submit-window", &a->submit_window, 10000);
    conf_get_uint(g, "max-queue", &a->max_queue, 1, MILLION);
    conf_get_uint(g, "throughput", &a->throughput, 0, MILLION);
    conf_get_uint(g, "submit-throughput", &a->submit_throughput, 0, MILLION);
}

static void read_ton(struct conf_group *g, const char *key, int16_t *out)
{
    uint8_t n;

    *out = SMPP_BY_NUMBER;
    if (conf_get_u8(g, key, &n, 0, 255))
        *out = n;
}

static void read_style(struct conf_group *g, const struct reading *r,
                       struct smpp_style *s)
{
    int charset = SMPP_GSM7, sar = 0, payload = 0, with = SMPP_WITH_ALL;

    conf_get_word(g, "charset", charset_words, &charset);
    conf_get_word(g, "concatenation", concat_words, &sar);
    conf_get_word(g, "message-payload", payload_words, &payload);
    conf_get_flags(g, "tlvs", tlv_words, &with);
    s->charset = (enum smpp_charset)charset;
    s->sar = sar != 0;
    s->payload = payload != 0;
    s->with = (uint8_t)with;
    s->tag_sc = r->tag_sc;
    s->tag_imsi = r->tag_imsi;
    s->tag_id = r->tag_id;
    read_ton(g, "source-addr-ton", &s->source_ton);
    read_ton(g, "source-addr-npi", &s->source_npi);
    read_ton(g, "dest-addr-ton", &s->dest_ton);
    read_ton(g, "dest-addr-npi", &s->dest_npi);
}

static void read_verdicts(struct conf_group *g, struct smpp_rules *rules)
{
    char text[1024];
    const char *wrong;

    if (!conf_get_text(g, "status-verdicts", text, sizeof(text)))
        return;
    wrong = smpp_rules_read(text, rules);
    if (wrong != NULL)
        conf_bad(g, "status-verdicts", "%s", wrong);
}

static void read_account(struct conf_group *g, void *ctx)
{
    struct reading *r = ctx;
    struct smppbox_conf *c = r->c;
    struct smpp_acct_conf *a;

    if (c->n_accts == SMPP_ACCOUNTS) {
        conf_wrong(g, "there may be at most %d accounts", SMPP_ACCOUNTS);
        return;
    }
    c->acct = gw_realloc(c->acct, (c->n_accts + 1) * sizeof(*a));
    a = &c->acct[c->n_accts++];
    memset(a, 0, sizeof(*a));
    read_login(g, a);
    for (unsigned i = 0; i + 1 < c->n_accts; i++)
        if (strcmp(c->acct[i].system_id, a->system_id) == 0)
            conf_bad(g, "system-id", "there is another account with this one");
    read_limits(g, a);
    read_target(g, c, a);
    read_style(g, r, &a->style);
    read_verdicts(g, &a->rules);
}

/* ---- all ---- */

struct smppbox_conf *smppbox_conf_load(const char *file)
{
    struct reading r;
    struct smppbox_conf *c;
    struct conf_group g;
    struct conf_in in;

    if (!conf_file_open(&in, file, groups))
        return NULL;
    c = gw_malloc(sizeof(*c));
    memset(c, 0, sizeof(*c));
    r.c = c;
    g = conf_single(&in, "smppbox");
    if (g.cfg == NULL)
        conf_missing(&g, "group = smppbox", "it names the box's server");
    read_box(&g, &r);
    conf_each(&in, "smpp-account", read_account, &r);
    conf_file_close(&in);
    c->net.node.accts.n_accts = c->n_accts;
    c->net.node.accts.acct = c->acct;
    if (in.errors == 0)
        return c;
    smppbox_conf_free(c);
    return NULL;
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
