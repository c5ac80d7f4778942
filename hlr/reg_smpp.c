/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * reg_smpp.c - accounts of SMPP applications in the register
 */

#include "reg_smpp.h"

#include "reg_in.h"

#include <stdio.h>
#include <string.h>

enum { COLUMNS = REG_SMPP_SETTINGS + 2, SQL_MAX = 1200 };

const char *const reg_smpp_setting[REG_SMPP_SETTINGS] = {
    "system-type",
    "allow-ip",
    "bind-modes",
    "max-binds",
    "window",
    "max-queue",
    "throughput",
    "submit-window",
    "submit-throughput",
    "submit-smsc-id",
    "smsbox-id",
    "accepted-smsc",
    "accepted-account",
    "vmn-prefix",
    "status-verdicts",
    "charset",
    "concatenation",
    "message-payload",
    "tlvs",
    "source-addr-ton",
    "source-addr-npi",
    "dest-addr-ton",
    "dest-addr-npi",
};

_Static_assert(COLUMNS + 2 <= DB_COLUMNS, "an account is one row");

int reg_smpp_find(const char *name, size_t n)
{
    for (int i = 0; i < REG_SMPP_SETTINGS; i++)
        if (strlen(reg_smpp_setting[i]) == n &&
            memcmp(reg_smpp_setting[i], name, n) == 0)
            return i;
    return -1;
}

/* The columns of the settings, with this behind each. */
static void put_columns(char sql[SQL_MAX], const char *behind)
{
    size_t n = strlen(sql);

    for (int i = 0; i < REG_SMPP_SETTINGS; i++) {
        size_t from = n + 1;

        n += (size_t)snprintf(sql + n, SQL_MAX - n, "`%s`%s",
                              reg_smpp_setting[i], behind);
        for (; from < n; from++)
            if (sql[from] == '-')
                sql[from] = '_';
    }
}

/* ---- reading ---- */

struct listing {
    bool (*account)(void *ctx, const struct reg_smpp *a);
    void *ctx;
};

static bool account_row(void *ctx, const struct db_val *col, unsigned n)
{
    struct listing *l = ctx;
    struct reg_smpp a;

    (void)n;
    reg_text(a.system_id, sizeof(a.system_id), &col[0]);
    reg_text(a.password, sizeof(a.password), &col[1]);
    for (int i = 0; i < REG_SMPP_SETTINGS; i++) {
        const struct db_val *v = &col[i + 2];

        /* a column of SQLite has no type of its own */
        if (v->type == DB_INT)
            snprintf(a.value[i], sizeof(a.value[i]), "%lld", (long long)v->n);
        else
            reg_text(a.value[i], sizeof(a.value[i]), v);
    }
    a.changed_ms = (uint64_t)reg_int(&col[COLUMNS]);
    return l->account(l->ctx, &a);
}

enum db_rc reg_smpp_list(struct reg *r, const char *only,
                         bool (*account)(void *ctx, const struct reg_smpp *a),
                         void *ctx)
{
    struct listing l = { account, ctx };
    struct db_val arg = db_text(only);
    char sql[SQL_MAX] = "SELECT system_id, password, ";
    size_t n;

    r->why[0] = '\0';
    put_columns(sql, ", ");
    n = strlen(sql);
    snprintf(sql + n, SQL_MAX - n, "changed_ms FROM smpp_account%s",
             only[0] != '\0' ? " WHERE system_id = ?" : " ORDER BY system_id");
    return db_ask(r->db, sql, &arg, only[0] != '\0' ? 1 : 0, account_row, &l);
}

enum db_rc reg_smpp_changes(struct reg *r, int64_t *count)
{
    r->why[0] = '\0';
    return reg_counter(r, "smpp", count);
}

/* ---- writing ---- */

struct putting {
    struct reg *r;
    const struct reg_smpp *a;
    enum reg_how how;
    const char *who;
    unsigned tries;
    int64_t stamp_ms; /* of the first try */
    int64_t found_ms; /* of the row that is there; -1: there is none */
};

static enum db_rc find(struct putting *p)
{
    struct db_val arg = db_text(p->a->system_id);
    char sql[200];
    enum db_rc rc;

    rc = db_ask_int(p->r->db,
                    "SELECT changed_ms FROM smpp_account WHERE system_id = ?",
                    &arg, 1, -1, &p->found_ms);
    if (rc != DB_OK || p->tries++ > 0)
        return rc;
    snprintf(sql, sizeof(sql), "SELECT %s", db_clock(p->r->db));
    return db_ask_int(p->r->db, sql, NULL, 0, 0, &p->stamp_ms);
}

static enum db_rc write_row(struct putting *p)
{
    const struct reg_smpp *a = p->a;
    struct db_val arg[COLUMNS + 1] = { db_text(a->password) };
    char sql[SQL_MAX] = "UPDATE smpp_account SET password = ?, ";
    size_t n;

    for (int i = 0; i < REG_SMPP_SETTINGS; i++)
        arg[i + 1] = db_text(a->value[i][0] != '\0' ? a->value[i] : NULL);
    arg[COLUMNS - 1] = db_int(p->stamp_ms);
    arg[COLUMNS] = db_text(a->system_id);
    if (p->found_ms >= 0) {
        put_columns(sql, " = ?, ");
        n = strlen(sql);
        snprintf(sql + n, SQL_MAX - n, "changed_ms = ? WHERE system_id = ?");
        return db_run(p->r->db, sql, arg, COLUMNS + 1);
    }
    snprintf(sql, SQL_MAX, "INSERT INTO smpp_account (password, ");
    put_columns(sql, ", ");
    n = strlen(sql);
    n += (size_t)snprintf(sql + n, SQL_MAX - n,
                          "changed_ms, system_id) VALUES (?");
    for (int i = 1; i <= COLUMNS; i++)
        n += (size_t)snprintf(sql + n, SQL_MAX - n, ", ?");
    snprintf(sql + n, SQL_MAX - n, ")");
    return db_run(p->r->db, sql, arg, COLUMNS + 1);
}

static enum db_rc put(struct db *db, void *ctx)
{
    struct putting *p = ctx;
    const char *id = p->a->system_id;
    enum db_rc rc = find(p);

    (void)db;
    /* An earlier try had been committed when the connection was lost. */
    if (rc != DB_OK || (p->tries > 1 && p->found_ms == p->stamp_ms))
        return rc;
    if (p->how == REG_ADD && p->found_ms >= 0)
        return reg_fail(p->r, DB_TAKEN, "the account <%s> is there already",
                        id);
    if (p->how == REG_CHANGE && p->found_ms < 0)
        return reg_fail(p->r, DB_FAILED, "there is no account <%s>", id);
    rc = write_row(p);
    if (rc == DB_TAKEN)
        return reg_fail(p->r, rc,
                        "somebody else made the account <%s> just "
                        "now",
                        id);
    return rc == DB_OK ? reg_audit(p->r, p->who, "account %s %s",
                                   p->found_ms >= 0 ? "change" : "add", id)
                       : rc;
}

static bool is_text(const char *s)
{
    for (; *s != '\0'; s++)
        if (*s < ' ' || *s > '~')
            return false;
    return true;
}

enum db_rc reg_smpp_put(struct reg *r, const struct reg_smpp *a,
                        enum reg_how how, const char *who)
{
    struct putting p = { .r = r, .a = a, .how = how, .who = who };

    if (a->system_id[0] == '\0' || !is_text(a->system_id))
        return reg_fail(r, DB_FAILED,
                        "a system-id must be 1 to %d printable "
                        "characters",
                        REG_SMPP_ID_MAX);
    if (a->password[0] == '\0' || !is_text(a->password))
        return reg_fail(r, DB_FAILED, "an account must have a password");
    for (int i = 0; i < REG_SMPP_SETTINGS; i++)
        if (!is_text(a->value[i]))
            return reg_fail(r, DB_FAILED, "%s must be printable",
                            reg_smpp_setting[i]);
    return reg_transaction(r, true, put, &p);
}

struct deleting {
    struct reg *r;
    const char *system_id, *who;
    int64_t n;
};

static enum db_rc del(struct db *db, void *ctx)
{
    struct deleting *d = ctx;
    struct db_val arg = db_text(d->system_id);
    enum db_rc rc =
        db_run(db, "DELETE FROM smpp_account WHERE system_id = ?", &arg, 1);

    if (rc != DB_OK || db_changes(db) == 0)
        return rc;
    d->n = db_changes(db);
    return reg_audit(d->r, d->who, "account delete %s", d->system_id);
}

enum db_rc reg_smpp_del(struct reg *r, const char *system_id, const char *who,
                        int64_t *n)
{
    struct deleting d = { r, system_id, who, 0 };
    enum db_rc rc = reg_transaction(r, true, del, &d);

    *n = d.n;
    return rc;
}
