/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * conf_test.c - sigtran-box.conf: what is read, and how what is wrong is told
 *
 * Golden output: test/conf/NAME.err holds the lines that loading NAME.conf
 * logs, without time and process.
 */

#include "check.h"
#include "conf_golden.h"
#include "gw/conf.h"

#include <gwlib/gwlib.h>
#include <unistd.h>

/* The configuration only points at them. */
const struct hlr_backend hlr_static = { .name = "static" };
const struct hlr_backend hlr_db = { .name = "db" };

struct load {
    const char *file;
    struct conf *conf;
};

static void load(void *arg)
{
    struct load *l = arg;

    l->conf = conf_load(l->file);
}

static void tell(void *arg)
{
    conf_tell(arg);
}

static struct conf *good(const char *file)
{
    struct load l = { .file = file };

    capture(load, &l);
    if (l.conf == NULL || captured[0] != '\0')
        printf("%s: %s", file, captured);
    return l.conf;
}

static void reads_the_box(const struct conf *c)
{
    const struct map_srv_conf *map = &c->ss7.map;
    const struct box_conf *b = &c->box;

    CHECK(strcmp(c->log_file, "/var/log/sigtran-box.log") == 0);
    CHECK(c->log_level == 0 && c->drain_ms == 3000);
    CHECK(map->hlr && map->msc && map->hold_ms == 20000);
    CHECK(map->more_ms == 5000 && c->ss7.reasm_ms == 12000);
    CHECK(map->max_dialogues == 1000 && map->max_held == 100);
    CHECK(map->max_held_per_sc == 40);
    CHECK(map->overload == MAP_ERR_SUBSCRIBER_BUSY);
    CHECK(map->guard == MAP_GUARD_DENY);
    CHECK(map->tid_first == 0x10000000 && map->tid_last == 0x1fffffff);
    CHECK(strcmp(c->ss7.network[0].drain_node_gt, "447700900009") == 0);
    CHECK(strcmp(c->ss7.mtpd_path, "/bin/sh") == 0);
    CHECK(strcmp(c->ss7.mtpd_user, "root") == 0);
    CHECK(strcmp(b->smsbox_interface, "192.0.2.1") == 0);
    CHECK(b->smsbox_port == 13002 && b->smsbox_port_tls == 13003);
    CHECK(b->max_pending == 7);
    CHECK(strcmp(b->allow_ip, "127.0.0.1;10.*.*.*") == 0);
    CHECK(strcmp(b->deny_ip, "*.*.*.*") == 0);
    CHECK(strcmp(b->bearerbox_host, "kannel.example.net") == 0);
    CHECK(b->bearerbox_port == 13099 && b->bearerbox_tls);
    CHECK(c->dlv.max_deliveries == 300 && c->dlv.dedup == DLV_DEDUP_STORE);
    CHECK(c->dlv.dedup_ttl_s == 3600 && c->dlv.dedup_max == 5000);
    CHECK(!c->dlv.dedup_sc_exact && c->dlv.store_tempfail);
    CHECK(c->dlv.store.kind == DB_SQLITE);
    CHECK(strcmp(c->dlv.store.file, "/tmp/store.db") == 0);
    CHECK(c->dlv.concat_timeout_s == 60);
    CHECK(!c->dlv.route[0].join && c->dlv.route[1].join);
}

static void reads_the_admin_port(const struct conf *c)
{
    const struct admin_conf *a = &c->admin;

    CHECK(a->web.port == 13012 && a->web.tls);
    CHECK(strcmp(a->web.interface, "192.0.2.2") == 0);
    CHECK(strcmp(a->web.cert_file, "test/conf/cert.pem") == 0);
    CHECK(strcmp(a->web.key_file, "test/conf/key.pem") == 0);
    CHECK(strcmp(a->password, "open sesame") == 0);
    CHECK(strcmp(a->status_password, "look") == 0);
    CHECK(strcmp(a->allow_ip, "10.1.*.*") == 0);
    CHECK(strcmp(a->deny_ip, "*.*.*.*") == 0); /* who is not allowed is not */
    CHECK(a->tokens == 2 && strcmp(a->token[1].name, "crm") == 0);
    CHECK(strcmp(a->token[1].token, "fedcba9876543210") == 0);
}

static void reads_networks_and_their_links(const struct conf *c)
{
    const struct ss7_network *n = &c->ss7.network[0];
    const struct mtp_assoc_conf *a = &n->mtp.assoc[0];

    CHECK(c->ss7.n_networks == 2 && strcmp(n->id, "home") == 0);
    CHECK(n->n_pc == 2 && n->pc[0] == 2211 && n->pc[1] == 2212);
    CHECK(n->ni == 2 && n->hlr_ssn == 16 && n->msc_ssn == 18);
    CHECK(strcmp(n->hlr_gt, "447700900000") == 0);
    CHECK(strcmp(n->msc_gt, "447700900001") == 0);
    CHECK(strcmp(n->node_gt, "447700900002") == 0);
    CHECK(strcmp(c->ss7.map.net[0].msc_gt, n->msc_gt) == 0);
    CHECK(strcmp(n->mccmnc, "23415") == 0);
    CHECK(n->n_alias == 2 && strcmp(n->alias_gt[1], "447700900012") == 0);
    CHECK(n->relay && strcmp(n->relay_gt, "447700900099") == 0);
    CHECK(c->ss7.node_id[0] == '\0' && c->hlr.node_networks == 0);
    CHECK(strcmp(n->plan.cc, "44") == 0 && strcmp(n->plan.intl, "000") == 0);
    CHECK(n->plan.natl[0] == '\0');
    CHECK(n->mtp.n_pc == 2 && n->mtp.pc[1] == 2212 && n->mtp.ni == 2);
    CHECK(n->mtp.n_assoc == 2);
    CHECK(!a->server && a->n_local == 2 && a->n_remote == 2);
    CHECK(strcmp(a->local[1], "198.51.100.1") == 0);
    CHECK(strcmp(a->remote[1], "198.51.100.2") == 0);
    CHECK(a->local_port == 2906 && a->remote_port == 2907);
    CHECK(a->has_asp_id && a->asp_id == UINT32_MAX);
    CHECK(a->has_rc && a->rc == 0 && a->mode == MTP_MODE_OVERRIDE);
    CHECK(a->has_na && a->na == 9 && a->beat_ms == 30000);
    CHECK(a->reconnect_ms == 4000 && a->has_peer_pc && a->peer_pc == 2209);
    a = &n->mtp.assoc[1];
    CHECK(a->server && a->local_port == 2905 && a->remote_port == 0);
    CHECK(a->n_local == 1 && strcmp(a->local[0], "0.0.0.0") == 0);
    CHECK(!a->has_rc && !a->has_asp_id && !a->has_na && !a->has_peer_pc);
    a = &c->ss7.network[1].mtp.assoc[0];
    CHECK(strcmp(a->local[0], "::") == 0 && a->remote_port == 2905);
    CHECK(c->ss7.network[1].ni == 3);
    CHECK(n->n_concerned == 2 && n->concerned[0] == 2209);
    CHECK(n->concerned[1] == 900 && n->no_xudt);
    CHECK(n->mtp.n_audit == 3 && n->mtp.audit[0] == 2209);
    CHECK(n->mtp.audit[1] == 900 && n->mtp.audit[2] == 901);
    CHECK(c->ss7.network[1].mtp.n_audit == 0);
    CHECK(c->ss7.network[1].n_concerned == 0 && !c->ss7.network[1].no_xudt);
}

/* Also what the loader and the answers are told of it. */
static void reads_a_node_among_others(void)
{
    struct conf *c = good("test/conf/nodes.conf");
    const struct ss7_network *n;

    CHECK(c != NULL);
    if (c == NULL)
        return;
    n = &c->ss7.network[0];
    CHECK(strcmp(c->ss7.node_id, "a") == 0 && c->ss7.node_weight == 250);
    CHECK(strcmp(n->corr_prefix, "234159") == 0 && n->corr_life_s == 7200);
    CHECK(!n->corr_bind);
    n = &c->ss7.network[1];
    CHECK(n->corr_prefix[0] == '\0' && n->corr_life_s == 259200);
    CHECK(n->corr_bind && !n->relay && n->n_alias == 0);
    CHECK(c->hlr.node_networks == 2);
    CHECK(strcmp(c->hlr.node[1].id, "a") == 0 && c->hlr.node[1].weight == 250);
    CHECK(strcmp(c->hlr.node[1].network, "away") == 0);
    CHECK(strcmp(c->hlr.node[1].msc_gt, "4915000001") == 0);
    CHECK(c->hlr.node[1].point_code == 2211);
    capture(tell, c);
    CHECK(is_golden("nodes.tell"));
    conf_free(c);
}

static void reads_translations(const struct conf *c)
{
    const struct ss7_network *n = &c->ss7.network[0];

    const struct gtt_rule *r = &n->gtt[3];

    CHECK(n->n_gtt == 5);
    CHECK(strcmp(n->gtt[0].prefix, "4477bc") == 0 && n->gtt[0].tt == 0);
    CHECK(n->gtt[0].np == 1 && n->gtt[0].nai == 4 && n->gtt[0].ssn == 6);
    CHECK(n->gtt[0].action == GTT_LOCAL);
    CHECK(n->gtt[1].prefix[0] == '\0' && n->gtt[1].action == GTT_PC);
    CHECK(n->gtt[1].pc == 2209 && n->gtt[1].tt == GTT_ANY);
    CHECK(n->gtt[2].action == GTT_PC_SSN && n->gtt[2].ssn == 8);
    CHECK(n->gtt[2].n_more == 0 && !n->gtt[2].share);
    CHECK(n->gtt[2].change.strip == 0 && !n->gtt[2].change.set_np);
    CHECK(r->np == 7 && r->pc == 900 && r->n_more == 2 && r->share);
    CHECK(r->more[0] == 901 && r->more[1] == 2209 && r->change.strip == 3);
    CHECK(strcmp(r->change.prepend, "49") == 0);
    CHECK(r->change.set_tt && r->change.tt == 5);
    CHECK(r->change.set_np && r->change.np == 1);
    CHECK(r->change.set_nai && r->change.nai == 4);
    CHECK(strcmp(n->gtt[4].prefix, n->msc_gt) == 0 && n->gtt[4].ssn == 18);
    CHECK(c->ss7.network[1].n_gtt == 0);
}

static void reads_numbers(const struct conf *c)
{
    const struct hlr_conf *h = &c->hlr;

    CHECK(h->backend == &hlr_static && h->poll_ms == 250);
    CHECK(h->db.kind == DB_SQLITE && h->snapshot[0] == '\0');
    CHECK(strcmp(h->db.file, "/tmp/register.db") == 0);
    CHECK(h->snapshot_s == 77);
    CHECK(h->networks == 2 && strcmp(h->network_id[1], "away") == 0);
    CHECK(strcmp(h->mccmnc[0], "23415") == 0 && h->mccmnc[1][0] == '\0');
    CHECK(h->routes == 2 && strcmp(h->route_id[1], "rest") == 0);
    CHECK(h->ranges == 2);
    CHECK(strcmp(h->range[0].row.last, "447700900199") == 0);
    CHECK(h->range[0].row.status == HLR_ACTIVE);
    CHECK(strcmp(h->range[1].row.last, "4915000100") == 0);
    CHECK(strcmp(h->range[1].row.imsi, "262011234567890") == 0);
    CHECK(h->range[1].row.status == HLR_BARRED);
    CHECK(strcmp(h->range[1].network, "away") == 0);
    CHECK(strcmp(h->range[1].route, "shop") == 0);
}

static void reads_routes(const struct conf *c)
{
    const struct dlv_route *r = c->dlv.route;

    CHECK(c->dlv.n_routes == 2);
    CHECK(strcmp(r->prefix, "49") == 0 && strcmp(r->box_id, "box1") == 0);
    CHECK(strcmp(r->smsc_id, "SHOP") == 0 && strcmp(r->account, "acme") == 0);
    CHECK(strcmp(r->service, "mobile originated") == 0);
    CHECK(r->confirm == DLV_CONFIRM_REPLY && r->deadline_ms == 10000);
    CHECK(r->tempfail.code == MAP_ERR_ABSENT_SUBSCRIBER_SM);
    CHECK(r->tempfail.cause == -1);
    CHECK(r->permfail.code == MAP_ERR_SM_DELIVERY_FAILURE);
    CHECK(r->permfail.cause == MAP_SM_MEMORY_CAPACITY_EXCEEDED);
    CHECK(r->reports && !r[1].reports && r[1].dlr_url[0] == '\0');
    CHECK(strcmp(r->dlr_url, "http://app.example.net/dlr?d=%d") == 0);
    CHECK(r->max_open == 500 && r[1].max_open == 0);
    CHECK(r->overload.code == MAP_ERR_SYSTEM_FAILURE);
    CHECK(r[1].overload.code == MAP_ERR_SUBSCRIBER_BUSY);
    CHECK(r->reply_max_held == 12);
    CHECK(strcmp(r->reply_couldnotfetch, "no content") == 0);
    CHECK(strcmp(r->reply_couldnotrepresent, "not text") == 0);
    CHECK(strcmp(r->reply_requestfailed, "failed") == 0);
    CHECK(strcmp(r->reply_emptymessage, "empty") == 0);
    CHECK(r[1].confirm == DLV_CONFIRM_APP && r[1].prefix[0] == '\0');
    CHECK(strcmp(r[1].smsc_id, "rest") == 0 && r[1].deadline_ms == 0);
    CHECK(r[1].tempfail.code == MAP_ERR_NONE);
}

static bool is_list(const char *list, const char *words, size_t n)
{
    return list != NULL && memcmp(list, words, n) == 0;
}

static void reads_a_rule(const struct conf *c)
{
    const struct dlv_rule *r = c->dlv.rule;

    CHECK(c->dlv.n_rules == 1);
    if (c->dlv.n_rules != 1)
        return;
    CHECK(strcmp(r->id, "vip") == 0 && r->priority == 7);
    CHECK(is_list(r->vmn_prefix,
                  "44\0"
                  "49\0",
                  7));
    CHECK(is_list(r->sc_prefix,
                  "4477\0"
                  "49\0",
                  9));
    CHECK(is_list(r->sender,
                  "+44\0"
                  "My Bank\0",
                  13));
    CHECK(is_list(r->smsc_id, "SHOP\0", 6));
    CHECK(is_list(r->keyword,
                  "win\0"
                  "stop\0",
                  10));
    CHECK(strcmp(r->first, "447700900100") == 0);
    CHECK(strcmp(r->last, "447700900199") == 0);
    CHECK(r->owner == 12 && r->network == 1);
    CHECK(r->route == 1 && r->max_open == 60);
    CHECK(r->boxes[0].n == 2 && strcmp(r->boxes[0].box[0].id, "a") == 0);
    CHECK(r->boxes[0].box[0].weight == 3 && r->boxes[0].box[1].weight == 1);
    CHECK(strcmp(r->boxes[0].box[1].id, "b") == 0);
    CHECK(r->boxes[1].n == 1 && r->boxes[1].box[0].weight == 2);
    CHECK(r->overload.code == MAP_ERR_SYSTEM_FAILURE);
}

static void reads_every_key(void)
{
    struct conf *c = good("test/conf/full.conf");

    CHECK(c != NULL);
    if (c == NULL)
        return;
    reads_the_box(c);
    reads_the_admin_port(c);
    reads_networks_and_their_links(c);
    reads_translations(c);
    reads_numbers(c);
    reads_routes(c);
    reads_a_rule(c);
    conf_free(c);
}

static void reads_the_database(void)
{
    struct conf *c = good("test/conf/mysql.conf");
    const struct db_conf *d;

    CHECK(c != NULL);
    if (c == NULL)
        return;
    d = &c->hlr.db;
    CHECK(c->hlr.backend == &hlr_db && d->kind == DB_MYSQL);
    CHECK(c->hlr.poll_ms == 200 && c->hlr.snapshot_s == 600);
    CHECK(strstr(c->hlr.snapshot, "/register.snapshot") != NULL);
    CHECK(d->hosts == 6 && d->host[0].port == 3307);
    CHECK(strcmp(d->host[0].name, "db1.example.net") == 0);
    CHECK(strcmp(d->host[1].name, "db2") == 0 && d->host[1].port == 3306);
    CHECK(strcmp(d->host[2].name, "2001:db8::1") == 0);
    CHECK(d->host[2].port == 3308);
    CHECK(strcmp(d->host[3].name, "2001:db8::2") == 0);
    CHECK(d->host[3].port == 3306);
    CHECK(d->host[4].name[0] == '\0' && d->host[4].socket[0] == '\0');
    CHECK(strcmp(d->host[5].socket, "/run/mysqld/mysqld.sock") == 0);
    CHECK(strcmp(d->user, "box") == 0 && strcmp(d->database, "sigtran") == 0);
    CHECK(strcmp(d->password, "s3cr#t") == 0);
    CHECK(d->connect_ms == 5000 && d->query_ms == 30000);
    CHECK(d->tls == DB_TLS_VERIFY);
    CHECK(strcmp(d->tls_ca, "test/conf/cert.pem") == 0);
    CHECK(strcmp(d->tls_cert, "test/conf/cert.pem") == 0);
    CHECK(strcmp(d->tls_key, "test/conf/key.pem") == 0);
    capture(tell, c);
    CHECK(strstr(captured, "register mysql sigtran at db1.example.net:3307, "
                           "db2:3306, 2001:db8::1:3308") != NULL);
    CHECK(strstr(captured, "s3cr") == NULL);
    conf_free(c);
    c = good("doc/examples/mysql.conf");
    CHECK(c != NULL && c->hlr.db.kind == DB_MYSQL && c->hlr.db.hosts == 3);
    conf_free(c);
}

static void the_example_is_good_and_tells_its_promises(void)
{
    struct conf *c = good("doc/examples/sigtran-box.conf");

    CHECK(c != NULL);
    if (c == NULL)
        return;
    CHECK(c->box.smsbox_port == 13011 && c->box.smsbox_port_tls == 0);
    CHECK(c->ss7.map.hold_ms == 25000);
    CHECK(c->dlv.dedup == DLV_DEDUP_MEMORY && !c->dlv.route[0].join);
    CHECK(c->admin.web.port == 0 && c->admin.tokens == 0);
    CHECK(c->dlv.max_deliveries == 2 * c->ss7.map.max_held);
    CHECK(c->ss7.map.max_held_per_sc == 15000);
    CHECK(c->ss7.map.overload == MAP_ERR_SYSTEM_FAILURE);
    capture(tell, c);
    CHECK(is_golden("example.tell"));
    conf_free(c);
}

static void tells_what_status_reports_promise(void)
{
    struct conf *c = good("test/conf/reports.conf");

    CHECK(c != NULL);
    if (c == NULL)
        return;
    CHECK(c->dlv.n_routes == 3 && c->dlv.route[1].reports);
    capture(tell, c);
    CHECK(is_golden("reports.tell"));
    conf_free(c);
}

static void reads_and_tells_message_waiting(void)
{
    struct conf *c = good("test/conf/waiting.conf");

    CHECK(c != NULL);
    if (c == NULL)
        return;
    CHECK(c->mw.rate == 200 && c->mw.rate_sc == 20 && c->mw.max == 5000);
    CHECK(c->mw.err.code == MAP_ERR_SM_DELIVERY_FAILURE);
    CHECK(c->mw.err.cause == MAP_SM_MEMORY_CAPACITY_EXCEEDED);
    CHECK(c->mw.hlr && c->mw.msc && strcmp(c->mw.node_id, "a") == 0);
    CHECK(c->dlv.route[0].alert && !c->dlv.route[1].alert);
    CHECK(c->ss7.alert && c->ss7.alert_sri && c->ss7.n_routes == 2);
    CHECK(c->ss7.route_prefix[0][0] == '\0');
    CHECK(strcmp(c->ss7.route_prefix[1], "447701") == 0);
    capture(tell, c);
    CHECK(is_golden("waiting.tell"));
    conf_free(c);
}

/* It is included from a configuration that has the rest. */
static void the_example_of_rules_is_good(void)
{
    struct conf *c = good("test/conf/rules_example.conf");

    CHECK(c != NULL && c->dlv.n_rules == 3 && c->dlv.n_routes == 2);
    conf_free(c);
}

static void reads_rules_by_priority_and_tells_them(void)
{
    struct conf *c = good("test/conf/rules.conf");
    struct dlv_rule first;

    CHECK(c != NULL && c->dlv.n_rules == 3);
    if (c == NULL)
        return;
    CHECK(strcmp(c->dlv.rule[0].id, "all-of-it") == 0);
    CHECK(strcmp(c->dlv.rule[1].id, "win") == 0);
    CHECK(strcmp(c->dlv.rule[2].id, "rest") == 0);
    capture(tell, c);
    CHECK(is_golden("rules.tell"));
    /* what comes behind one that takes all */
    first = c->dlv.rule[0];
    c->dlv.rule[0] = c->dlv.rule[2];
    capture(tell, c);
    CHECK(strstr(captured, "box-route rest: it takes every message, so the 2 "
                           "behind it are never reached\n") != NULL);
    c->dlv.rule[0] = first;
    conf_free(c);
}

static void reads_plugins_with_keys_of_their_own(void)
{
    struct conf *c = good("test/conf/plugin.conf");
    const struct plug_conf *p;

    CHECK(c != NULL);
    if (c == NULL)
        return;
    CHECK(c->plugs.n == 2);
    p = &c->plugs.conf[0];
    CHECK(strcmp(p->id, "fw") == 0 && p->priority == 10 && p->bypass);
    CHECK(strcmp(p->path, "/usr/lib/sigtran/firewall.so") == 0);
    CHECK(p->timeout_ms == 2000 && p->queue == 50 && p->isolate && p->text);
    CHECK(strcmp(p->user, "root") == 0 && p->line == 15);
    CHECK(strcmp(p->file, "test/conf/plugin.conf") == 0);
    CHECK(p->n_routes == 2 && strcmp(p->route[1], "rest") == 0);
    CHECK(p->n_keys == 2 && strcmp(p->key[0].key, "rules") == 0);
    CHECK(strcmp(p->key[0].value, "/etc/a long name") == 0);
    CHECK(p->key[0].line == 25 && strlen(p->key[1].value) == 600);
    p = &c->plugs.conf[1];
    CHECK(strcmp(p->path, "/usr/lib/cdr.so") == 0 && p->priority == 100);
    CHECK(p->timeout_ms == 4000 && p->queue == 1000 && !p->bypass);
    CHECK(!p->isolate && !p->text && p->n_routes == 0 && p->n_keys == 0);
    capture(tell, c);
    CHECK(is_golden("plugin.tell"));
    conf_free(c);
}

/* Each behind the example of the box; groups of plug-ins end at an empty line,
 * as all do. */
static void the_examples_of_plugins_are_good(void)
{
    static const char *const name[] = {
        "firewall",    "plugin-amqp", "plugin-cdr",
        "plugin-http", "plugin-lua",  "plugin-rewrite",
    };
    char cwd[200], file[] = "/tmp/conf_test.XXXXXX";
    int fd = mkstemp(file);

    CHECK(fd >= 0 && getcwd(cwd, sizeof(cwd)) != NULL);
    for (size_t i = 0; i < sizeof(name) / sizeof(name[0]); i++) {
        FILE *out = fopen(file, "w");
        struct conf *c;

        fprintf(out,
                "include = %s/doc/examples/sigtran-box.conf\n\n"
                "include = %s/doc/examples/%s.conf\n",
                cwd, cwd, name[i]);
        fclose(out);
        c = good(file);
        CHECK(c != NULL && c->plugs.n == 1 && c->plugs.conf[0].n_keys > 0);
        if (c != NULL)
            conf_free(c);
    }
    close(fd);
    unlink(file);
}

static void tells_what_the_store_promises(void)
{
    struct conf *c = good("test/conf/store.conf");

    CHECK(c != NULL);
    if (c == NULL)
        return;
    CHECK(c->dlv.route[0].join && !c->dlv.route[1].join);
    capture(tell, c);
    CHECK(is_golden("store.tell"));
    conf_free(c);
}

static void tells_every_error_at_once(void)
{
    static const char *const names[] = {
        "syntax",     "keys",         "values",    "cross",     "nothing",
        "control",    "hlr_only",     "not_there", "tls",       "nul",
        "admin",      "admin_secret", "answers",   "mysql_bad", "mysql_many",
        "mysql_none", "gtt_bad",      "dlr",       "alert",     "alert_none",
        "store_bad",  "rules_bad",    "plugin_bad"
    };
    char file[64], err[64];

    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        struct load l = { .file = file };

        snprintf(file, sizeof(file), "test/conf/%s.conf", names[i]);
        snprintf(err, sizeof(err), "%s.err", names[i]);
        capture(load, &l);
        CHECK(l.conf == NULL);
        CHECK(is_golden(err));
        conf_free(l.conf);
    }
}

static uint32_t leads_to(const struct gtt *g, const char *digits, uint8_t np)
{
    struct sccp_gt gt = { .gti = 4, .tt = 0, .np = np, .nai = 4 };
    const struct gtt_rule *r;
    bool nature;

    snprintf(gt.digits, sizeof(gt.digits), "%s", digits);
    r = gtt_find(g, &gt, &nature);
    return r == NULL ? 0 : r->action == GTT_LOCAL ? 99 : r->pc;
}

static void checks_the_rules_of(const struct gtt *g)
{
    struct sccp_gt gt = { .gti = 4, .np = 7, .nai = 4, .digits = "262017" };
    const struct gtt_rule *r;
    bool nature;

    CHECK(gtt_count(g) == 5 && gtt_has_local(g));
    CHECK(leads_to(g, "44770", 1) == 9); /* the group's */
    CHECK(leads_to(g, "447009000000", 1) == 10);
    CHECK(leads_to(g, "44ab", 1) == 99 && leads_to(g, "44ab", 2) == 13);
    CHECK(leads_to(g, "26201", 1) == 13 && leads_to(g, "1", 1) == 13);
    CHECK(leads_to(g, "447700900001", 1) == 99); /* the HLR's own */
    r = gtt_find(g, &gt, &nature);
    CHECK(r != NULL && r->pc == 11 && r->n_more == 1 && r->more[0] == 12);
    CHECK(r->share && r->action == GTT_PC_SSN && r->ssn == 8);
    CHECK(gtt_modify(r, &gt) && strcmp(gt.digits, "49177") == 0 && gt.np == 1);
}

static void read_example(void *arg)
{
    struct ss7_network n = { .id = "home", .gtt_file = "doc/examples/gtt.csv" };

    *(struct gtt **)arg = conf_gtt_read(&n);
}

static void the_example_of_a_gtt_file_is_good(void)
{
    struct sccp_gt gt = { .gti = 4, .np = 7, .nai = 4, .digits = "4477900123" };
    struct gtt *g;
    bool nature;

    capture(read_example, &g);
    CHECK(g != NULL && captured[0] == '\0');
    if (g == NULL)
        return;
    CHECK(gtt_count(g) == 4 && !gtt_has_local(g));
    CHECK(gtt_modify(gtt_find(g, &gt, &nature), &gt));
    CHECK(strcmp(gt.digits, "447700900123") == 0 && gt.np == 1);
    gtt_free(g);
}

static void rules_of_groups_and_a_file_are_one_table(void)
{
    struct conf *c = good("test/conf/gtt.conf");

    CHECK(c != NULL && c->gtt[0] != NULL);
    if (c == NULL)
        return;
    if (c->gtt[0] != NULL)
        checks_the_rules_of(c->gtt[0]);
    conf_free(c);
}

/* A file of its own; read as gtt-file of a network without groups. */
static struct gtt *gtt_of(const char *text, size_t len)
{
    static const char file[] = "/tmp/conf_test_gtt.csv";
    struct ss7_network n = { .id = "n", .n_pc = 1, .pc = { 1 } };
    FILE *f;
    struct gtt *g;
    char path[64];

    snprintf(path, sizeof(path), "%s.%d", file, (int)getpid());
    f = fopen(path, "w");
    if (f == NULL)
        return NULL;
    fwrite(text, 1, len, f);
    fclose(f);
    snprintf(n.gtt_file, sizeof(n.gtt_file), "%s", path);
    g = conf_gtt_read(&n);
    unlink(path);
    return g;
}

struct gtt_text {
    const char *text;
    size_t len;
    struct gtt *gtt;
};

static void read_gtt(void *arg)
{
    struct gtt_text *t = arg;

    t->gtt = gtt_of(t->text, t->len);
}

static void a_gtt_file_may_come_from_a_spreadsheet(void)
{
    static const char text[] = "\xef\xbb\xbf"
                               "\"prefix\",\"to-point-code\"\r\n"
                               "\"44\",\"7;8\"\r\n"
                               "\r\n"
                               "49,9"; /* without its end */
    struct gtt_text t = { text, sizeof(text) - 1, NULL };

    capture(read_gtt, &t);
    CHECK(captured[0] == '\0' && t.gtt != NULL);
    if (t.gtt == NULL)
        return;
    CHECK(gtt_count(t.gtt) == 2 && leads_to(t.gtt, "441", 1) == 7);
    CHECK(leads_to(t.gtt, "491", 1) == 9);
    gtt_free(t.gtt);
}

static void of_many_errors_a_hundred_are_told(void)
{
    static char text[4000] = "prefix\n";
    struct gtt_text t = { text, 0, NULL };
    unsigned lines = 0;

    for (int i = 0; i < 500; i++)
        strcat(text, "x\n");
    t.len = strlen(text);
    capture(read_gtt, &t);
    CHECK(t.gtt == NULL);
    for (const char *p = captured; *p != '\0'; p++)
        lines += *p == '\n';
    CHECK(lines == 101 && strstr(captured, ":101: after 100 errors") != NULL);
}

static void a_line_that_is_no_text_ends_a_gtt_file(void)
{
    static const char nul[] = "prefix,to-point-code\n44\0,7\n49,7\n";
    static char is_long[5000] = "prefix\n";
    struct gtt_text t = { nul, sizeof(nul) - 1, NULL };

    capture(read_gtt, &t);
    CHECK(t.gtt == NULL && strstr(captured, ":2: the line is") != NULL);
    memset(is_long + 7, '4', sizeof(is_long) - 8);
    t = (struct gtt_text){ is_long, strlen(is_long), NULL };
    capture(read_gtt, &t);
    CHECK(t.gtt == NULL && strstr(captured, ":2: the line is") != NULL);
}

/* A key of conf.def without its entry in the manual, or the reverse. */
static void the_manual_has_every_key(void)
{
    static const char *const keys[] = {
#define GROUP(name, single) "group=" #name,
#define KEY(key)            #key,
#define END
#define END_OPEN
#include "gw/conf.def"
    };

    CHECK(manual_has("doc/man/sigtran-box.conf.5", "conf.def", keys,
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
    reads_the_database();
    SHOWS("KB-05", the_example_is_good_and_tells_its_promises);
    SHOWS("FM-14 KB-05", tells_what_status_reports_promise);
    reads_and_tells_message_waiting();
    reads_rules_by_priority_and_tells_them();
    the_example_of_rules_is_good();
    reads_plugins_with_keys_of_their_own();
    the_examples_of_plugins_are_good();
    tells_what_the_store_promises();
    SHOWS("KB-10", tells_every_error_at_once);
    SHOWS("KB-10", reads_a_node_among_others);
    the_example_of_a_gtt_file_is_good();
    SHOWS("SC-04", rules_of_groups_and_a_file_are_one_table);
    a_gtt_file_may_come_from_a_spreadsheet();
    of_many_errors_a_hundred_are_told();
    a_line_that_is_no_text_ends_a_gtt_file();
    the_manual_has_every_key();
    gwlib_shutdown();
    return CHECK_DONE();
}
