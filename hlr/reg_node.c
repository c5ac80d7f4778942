/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * reg_node.c - the nodes of a register, and the keys that they share
 */

#include "reg_in.h"

#include <stdio.h>
#include <string.h>
#include <sys/random.h>

/* ---- beats ---- */

struct beating {
    struct reg *r;
    const struct reg_node *node;
    unsigned n;
};

static enum db_rc beat(struct reg *r, const struct reg_node *node)
{
    struct db_val arg[3] = { db_int(r->boot), db_text(node->id),
                             db_int(node->weight) };
    char sql[300];
    enum db_rc rc;

    snprintf(sql, sizeof(sql),
             "UPDATE node SET beat_ms = %s, boot = ? WHERE id = ?",
             db_clock(r->db));
    rc = db_run(r->db, sql, arg, 2);
    if (rc != DB_OK || db_changes(r->db) > 0)
        return rc;
    snprintf(sql, sizeof(sql),
             "INSERT INTO node (beat_ms, boot, id, weight)"
             " VALUES (%s, ?, ?, ?)",
             db_clock(r->db));
    return db_run(r->db, sql, arg, 3);
}

static enum db_rc put_network(struct reg *r, const struct reg_node *node)
{
    struct db_val arg[4] = { db_int(node->point_code), db_text(node->msc_gt),
                             db_text(node->id), db_text(node->network) };
    enum db_rc rc;

    rc = db_run(r->db,
                "UPDATE node_net SET point_code = ?, msc_gt = ?"
                " WHERE node = ? AND network = ?",
                arg, 4);
    if (rc == DB_OK && db_changes(r->db) == 0)
        rc = db_run(r->db,
                    "INSERT INTO node_net (point_code, msc_gt, node, network)"
                    " VALUES (?, ?, ?, ?)",
                    arg, 4);
    return rc;
}

struct networks {
    const struct beating *b;
    char gone[REG_NAME_MAX + 1];
};

static bool network_row(void *ctx, const struct db_val *col, unsigned n)
{
    struct networks *l = ctx;

    (void)n;
    reg_text(l->gone, sizeof(l->gone), &col[0]);
    for (unsigned i = 0; i < l->b->n; i++)
        if (strcmp(l->b->node[i].network, l->gone) == 0)
            l->gone[0] = '\0';
    return l->gone[0] == '\0';
}

static enum db_rc drop_networks(const struct beating *b)
{
    struct networks l = { .b = b };
    struct db_val arg[2] = { db_text(b->node[0].id), db_text(l.gone) };
    enum db_rc rc;

    do {
        l.gone[0] = '\0';
        rc = db_ask(b->r->db, "SELECT network FROM node_net WHERE node = ?",
                    arg, 1, network_row, &l);
        arg[1] = db_text(l.gone);
        if (rc == DB_OK && l.gone[0] != '\0')
            rc = db_run(b->r->db,
                        "DELETE FROM node_net WHERE node = ? AND network = ?",
                        arg, 2);
    } while (rc == DB_OK && l.gone[0] != '\0');
    return rc;
}

static enum db_rc introduce(struct db *db, void *ctx)
{
    const struct beating *b = ctx;
    enum db_rc rc = beat(b->r, &b->node[0]);

    (void)db;
    if (rc == DB_OK)
        rc = drop_networks(b);
    for (unsigned i = 0; i < b->n && rc == DB_OK; i++)
        rc = put_network(b->r, &b->node[i]);
    return rc;
}

/* Has this handle told all of it already, and is it still there? */
static bool known(const struct reg *r, const struct reg_node *node, unsigned n)
{
    if (r->beats != n)
        return false;
    for (unsigned i = 0; i < n; i++)
        if (strcmp(r->beat[i].id, node[i].id) != 0 ||
            strcmp(r->beat[i].network, node[i].network) != 0 ||
            strcmp(r->beat[i].msc_gt, node[i].msc_gt) != 0 ||
            r->beat[i].point_code != node[i].point_code)
            return false;
    return true;
}

enum db_rc reg_node_beat(struct reg *r, const struct reg_node *per_network,
                         unsigned n)
{
    struct beating b = { r, per_network, n };
    struct db_val arg = db_text(per_network->id);
    char sql[200];
    enum db_rc rc;

    r->why[0] = '\0';
    if (n == 0 || n > REG_NODES)
        return reg_fail(r, DB_FAILED, "a node has 1 to %d networks", REG_NODES);
    if (known(r, per_network, n)) {
        snprintf(sql, sizeof(sql), "UPDATE node SET beat_ms = %s WHERE id = ?",
                 db_clock(r->db));
        rc = db_run(r->db, sql, &arg, 1);
        if (rc != DB_OK || db_changes(r->db) > 0)
            return rc;
    }
    snprintf(sql, sizeof(sql), "SELECT %s", db_clock(r->db));
    rc = DB_OK;
    if (r->boot == 0)
        rc = db_ask_int(r->db, sql, NULL, 0, 0, &r->boot);
    if (rc == DB_OK)
        rc = reg_transaction(r, true, introduce, &b);
    if (rc != DB_OK)
        return rc;
    memcpy(r->beat, per_network, n * sizeof(*per_network));
    r->beats = n;
    return DB_OK;
}

/* ---- nodes ---- */

struct node_list {
    bool (*node)(void *ctx, const struct reg_node *node);
    void *ctx;
};

/* Written by hand it may be anything. */
static uint16_t weight_of(const struct db_val *col)
{
    int64_t weight = reg_int(col);

    if (weight < 0)
        return 0;
    return weight > UINT16_MAX ? UINT16_MAX : (uint16_t)weight;
}

static bool node_row(void *ctx, const struct db_val *col, unsigned n)
{
    struct node_list *l = ctx;
    struct reg_node node = { .weight = weight_of(&col[1]),
                             .drain = reg_int(&col[2]) != 0,
                             .beat_age_ms = reg_int(&col[3]),
                             .point_code = (uint32_t)reg_int(&col[6]) };

    (void)n;
    reg_text(node.id, sizeof(node.id), &col[0]);
    if (reg_int(&col[4]) == 0)
        node.beat_age_ms = -1;
    else if (node.beat_age_ms < 0)
        node.beat_age_ms = 0;
    reg_text(node.network, sizeof(node.network), &col[5]);
    reg_text(node.msc_gt, sizeof(node.msc_gt), &col[7]);
    return l->node(l->ctx, &node);
}

enum db_rc reg_node_list(struct reg *r,
                         bool (*node)(void *ctx, const struct reg_node *node),
                         void *ctx)
{
    struct node_list l = { node, ctx };
    char sql[500];

    r->why[0] = '\0';
    snprintf(sql, sizeof(sql),
             "SELECT n.id, n.weight, n.drain, %s - n.beat_ms, n.beat_ms,"
             " w.network, w.point_code, w.msc_gt"
             " FROM node n LEFT JOIN node_net w ON w.node = n.id"
             " ORDER BY n.id, w.network",
             db_clock(r->db));
    return db_ask(r->db, sql, NULL, 0, node_row, &l);
}

struct node_change {
    struct reg *r;
    const char *id, *who, *sql, *what;
    int64_t value;
    int64_t n;
};

static enum db_rc change_node(struct db *db, void *ctx)
{
    struct node_change *c = ctx;
    struct db_val arg[2] = { db_int(c->value), db_text(c->id) };
    enum db_rc rc = db_run(db, c->sql, arg, 2);

    if (rc != DB_OK || db_changes(db) == 0)
        return rc;
    c->n = db_changes(db);
    return reg_audit(c->r, c->who, c->what, c->id, (long long)c->value);
}

enum db_rc reg_node_drain(struct reg *r, const char *id, bool drain,
                          const char *who, int64_t *n)
{
    struct node_change c = { r,
                             id,
                             who,
                             "UPDATE node SET drain = ? WHERE id = ?",
                             drain ? "node drain %s" : "node undrain %s",
                             drain,
                             0 };
    enum db_rc rc = reg_transaction(r, true, change_node, &c);

    *n = c.n;
    return rc;
}

enum db_rc reg_node_weight(struct reg *r, const char *id, uint16_t weight,
                           const char *who, int64_t *n)
{
    struct node_change c = { r,
                             id,
                             who,
                             "UPDATE node SET weight = ? WHERE id = ?",
                             "node weight %s %lld",
                             weight,
                             0 };
    enum db_rc rc = reg_transaction(r, true, change_node, &c);

    *n = c.n;
    return rc;
}

struct node_del {
    struct reg *r;
    const char *id, *who;
    int64_t n;
};

static enum db_rc del_node(struct db *db, void *ctx)
{
    static const char *const sql[] = {
        "DELETE FROM node_net WHERE node = ?",
        "DELETE FROM node_route WHERE node = ?",
        "DELETE FROM node WHERE id = ?",
    };
    struct node_del *d = ctx;
    struct db_val arg = db_text(d->id);
    enum db_rc rc = DB_OK;

    for (unsigned i = 0; i < 3 && rc == DB_OK; i++)
        rc = db_run(db, sql[i], &arg, 1);
    if (rc != DB_OK || db_changes(db) == 0)
        return rc;
    d->n = db_changes(db);
    return reg_audit(d->r, d->who, "node delete %s", d->id);
}

enum db_rc reg_node_del(struct reg *r, const char *id, const char *who,
                        int64_t *n)
{
    struct node_del d = { r, id, who, 0 };
    enum db_rc rc = reg_transaction(r, true, del_node, &d);

    *n = d.n;
    return rc;
}

/* ---- keys ---- */

enum { KEYS_KEPT = 3, KEY_OCTETS = 32 };

static enum db_rc make_key(struct reg *r)
{
    uint8_t octet[KEY_OCTETS] = { 0 };
    struct db_val arg = db_blob(octet, sizeof(octet));
    char sql[200];
    enum db_rc rc;

    if (getrandom(octet, sizeof(octet), 0) != (ssize_t)sizeof(octet))
        return reg_fail(r, DB_FAILED, "the system gives no random octets");
    snprintf(sql, sizeof(sql),
             "INSERT INTO corr_key (octets, created_ms) VALUES (?, %s)",
             db_clock(r->db));
    rc = db_run(r->db, sql, &arg, 1);
    explicit_bzero(octet, sizeof(octet));
    return rc;
}

struct key_list {
    struct reg_key *key;
    unsigned max, n;
};

static bool key_row(void *ctx, const struct db_val *col, unsigned n)
{
    struct key_list *l = ctx;
    struct reg_key *k = &l->key[l->n];

    (void)n;
    *k = (struct reg_key){ .id = (uint32_t)reg_int(&col[0]),
                           .created_ms = (uint64_t)reg_int(&col[2]) };
    if (col[1].len != sizeof(k->octet))
        return true; /* made by hand, and of no use */
    memcpy(k->octet, col[1].p, sizeof(k->octet));
    return ++l->n < l->max;
}

static enum db_rc list_keys(struct reg *r, struct reg_key *key, unsigned max,
                            unsigned *n)
{
    struct key_list l = { key, max, 0 };
    enum db_rc rc = DB_OK;

    if (max > 0)
        rc = db_ask(r->db,
                    "SELECT id, octets, created_ms FROM corr_key"
                    " ORDER BY id DESC",
                    NULL, 0, key_row, &l);
    *n = l.n;
    return rc;
}

/* Two nodes that start at once make one key. */
static enum db_rc first_key(struct db *db, void *ctx)
{
    struct reg *r = ctx;
    int64_t import, now, n;
    enum db_rc rc = reg_lock(r, true, &import, &now);

    if (rc == DB_OK)
        rc = db_ask_int(db, "SELECT count(*) FROM corr_key", NULL, 0, 0, &n);
    return rc == DB_OK && n == 0 ? make_key(r) : rc;
}

enum db_rc reg_key_list(struct reg *r, struct reg_key *key, unsigned max,
                        unsigned *n)
{
    enum db_rc rc;

    r->why[0] = '\0';
    rc = list_keys(r, key, max, n);
    if (rc != DB_OK || *n > 0 || max == 0)
        return rc;
    rc = reg_transaction(r, true, first_key, r);
    return rc == DB_OK ? list_keys(r, key, max, n) : rc;
}

struct rolling {
    struct reg *r;
    const char *who;
};

static enum db_rc roll(struct db *db, void *ctx)
{
    struct rolling *c = ctx;
    struct db_val arg;
    int64_t import, now, id = 0;
    enum db_rc rc = reg_lock(c->r, true, &import, &now);

    if (rc == DB_OK)
        rc = make_key(c->r);
    arg = db_int(KEYS_KEPT - 1);
    if (rc == DB_OK)
        rc = db_ask_int(db,
                        "SELECT id FROM corr_key ORDER BY id DESC"
                        " LIMIT 1 OFFSET ?",
                        &arg, 1, 0, &id);
    arg = db_int(id);
    if (rc == DB_OK)
        rc = db_run(db, "DELETE FROM corr_key WHERE id < ?", &arg, 1);
    return rc == DB_OK ? reg_audit(c->r, c->who, "key roll") : rc;
}

enum db_rc reg_key_roll(struct reg *r, const char *who)
{
    struct rolling c = { r, who };

    return reg_transaction(r, false, roll, &c);
}
