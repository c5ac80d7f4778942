/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * conf_store.c - dedup-*, concat*, store-file: what is remembered, and where
 */

#include "conf_part.h"
#include "config.h"

#include <string.h>

enum { MILLION = 1000000, DAY_S = 24 * 3600 };

static const struct conf_word dedup_words[] = {
    { "memory", DLV_DEDUP_MEMORY },
    { "store", DLV_DEDUP_STORE },
    { "off", DLV_DEDUP_OFF },
    { "none", DLV_DEDUP_OFF },
    { NULL, 0 },
};

static const struct conf_word sc_words[] = {
    { "exact", 1 },
    { "ignore", 0 },
    { NULL, 0 },
};

static const struct conf_word down_words[] = {
    { "memory", 0 },
    { "tempfail", 1 },
    { NULL, 0 },
};

static const struct conf_word concat_words[] = {
    { "pass", 0 },
    { "join", 1 },
    { NULL, 0 },
};

void conf_get_concat(struct conf_group *g, const struct dlv_conf *d, bool *join)
{
    int is;

    if (!conf_get_word(g, "concat", concat_words, &is))
        return;
    *join = is != 0;
    if (is && d->dedup != DLV_DEDUP_STORE)
        conf_bad(g, "concat",
                 "join needs dedup = store: it remembers the parts that were "
                 "joined");
}

/* False: the register is in no database server. */
static bool in_register(const struct hlr_conf *h, struct db_conf *db)
{
    if (h->backend == &hlr_static || h->db.kind != DB_MYSQL)
        return false;
    *db = h->db;
    return true;
}

/* Not the register's own file: an import of a million numbers would hold up
 * the outcomes of messages (doc/decisions/007). */
void conf_find_store(struct conf_group *g, struct conf *c)
{
    struct db_conf *db = &c->dlv.store;
    bool named = conf_has(g, "store-file");

    if (!named && in_register(&c->hlr, db))
        return;
    db->kind = DB_SQLITE;
    conf_copy(db->file, sizeof(db->file), SIGTRAN_BOX_STATE "/store.db");
    conf_get_text(g, "store-file", db->file, sizeof(db->file));
    if (named && strcmp(db->file, c->hlr.db.file) == 0)
        conf_bad(g, "store-file", "must be another file than register-file");
}

static void only_with_store(struct conf_group *g, const struct dlv_conf *d)
{
    static const char *const keys[] = { "dedup-store-down", "store-file",
                                        "concat-timeout" };

    if (d->dedup == DLV_DEDUP_STORE)
        return;
    for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++)
        if (conf_has(g, keys[i]))
            conf_bad(g, keys[i], "is of use with dedup = store only");
}

void conf_read_store(struct conf_group *g, struct dlv_conf *d)
{
    int dedup = DLV_DEDUP_MEMORY, exact = 1, tempfail = 0;

    d->dedup_ttl_s = 3 * DAY_S;
    d->dedup_max = MILLION;
    d->concat_timeout_s = 3600;
    conf_get_word(g, "dedup", dedup_words, &dedup);
    conf_get_uint(g, "dedup-ttl", &d->dedup_ttl_s, 60, 30 * DAY_S);
    conf_get_uint(g, "dedup-max", &d->dedup_max, 1000, 100 * MILLION);
    conf_get_word(g, "dedup-sc", sc_words, &exact);
    conf_get_word(g, "dedup-store-down", down_words, &tempfail);
    conf_get_uint(g, "concat-timeout", &d->concat_timeout_s, 10, 7 * DAY_S);
    d->dedup = (enum dlv_dedup)dedup;
    d->dedup_sc_exact = exact != 0;
    d->store_tempfail = tempfail != 0;
    only_with_store(g, d);
    conf_get_concat(g, d, &d->join);
}

/* ---- what it promises ---- */

static void tell_store(const struct dlv_conf *d)
{
    bool file = d->store.kind == DB_SQLITE;

    info(0,
         "dedup = store: an outcome is written to %s%s before the SMSC is "
         "answered; a message is delivered again only after a kill or a lost "
         "box between the application's answer and that, with the same %%F",
         file ? "" : "database ", file ? d->store.file : d->store.database);
    if (file)
        info(0, "dedup = store: a file is this box's alone; nodes that share "
                "messages need a database");
    info(0, "dedup-store-down = %s",
         d->store_tempfail
             ? "tempfail: while the store is away no message is taken"
             : "memory: while the store is away a message that another node "
               "or an earlier process has delivered is delivered again");
}

static void tell_concat(const struct dlv_conf *d)
{
    for (unsigned i = 0; i < d->n_routes; i++) {
        const struct dlv_route *r = &d->route[i];

        if (!r->join)
            continue;
        warning(0,
                "route %s: concat = join: a part is acknowledged when it is "
                "durable here, before the application has it; only the last "
                "missing one waits for the application",
                r->id);
        info(0,
             "route %s: parts whose message is not complete after %u s are "
             "delivered singly, and tried until they are confirmed or refused",
             r->id, d->concat_timeout_s);
    }
}

void conf_tell_store(const struct dlv_conf *d)
{
    switch (d->dedup) {
    case DLV_DEDUP_OFF:
        warning(0, "dedup = off: a message that the SMSC sends again is "
                   "delivered again");
        break;
    case DLV_DEDUP_MEMORY:
        info(0, "dedup = memory: a message that the SMSC sends again after a "
                "restart of this box is delivered again, with the same %%F");
        break;
    case DLV_DEDUP_STORE:
        tell_store(d);
        tell_concat(d);
        break;
    }
}
