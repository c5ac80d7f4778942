/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * reg_stage.c - an import in the database: who has it, and how far it is
 */

#include "reg_stage.h"

#include <string.h>

/* ---- the job ---- */

static const struct {
    const char *name;
    size_t at; /* in struct job */
} fields[] = {
    { "import", offsetof(struct job, id) },
    { "import phase", offsetof(struct job, phase) },
    { "import replace", offsetof(struct job, replace) },
    { "import correlation", offsetof(struct job, correlation) },
    { "import ms", offsetof(struct job, ms) },
    { "import rows", offsetof(struct job, rows) },
    { "import done", offsetof(struct job, done) },
    { "import at", offsetof(struct job, at) },
};
enum { FIELDS = sizeof(fields) / sizeof(fields[0]) };

static int64_t *field(struct job *j, unsigned i)
{
    return (int64_t *)(void *)((char *)j + fields[i].at);
}

static bool field_row(void *ctx, const struct db_val *col, unsigned n)
{
    char name[32];

    (void)n;
    reg_text(name, sizeof(name), &col[0]);
    for (unsigned i = 0; i < FIELDS; i++)
        if (strcmp(fields[i].name, name) == 0)
            *field(ctx, i) = reg_int(&col[1]);
    return true;
}

static enum db_rc clock_ms(struct reg *r, int64_t *ms)
{
    return db_ask_int(r->db,
                      db_sql(r->db,
                             "SELECT CAST((julianday('now') - 2440587.5)"
                             " * 86400000 AS INTEGER)",
                             "SELECT UNIX_TIMESTAMP() * 1000"
                             " + MICROSECOND(NOW(3)) DIV 1000"),
                      NULL, 0, 0, ms);
}

enum db_rc job_read(struct reg *r, struct job *j)
{
    enum db_rc rc;

    *j = (struct job){ .id = 0 };
    rc = db_ask(r->db,
                "SELECT name, next FROM counter WHERE name LIKE 'import%'",
                NULL, 0, field_row, j);
    return rc == DB_OK ? clock_ms(r, &j->now_ms) : rc;
}

enum db_rc job_write(struct reg *r, const struct job *j)
{
    struct job now = *j;
    enum db_rc rc = clock_ms(r, &now.ms);

    for (unsigned i = 0; i < FIELDS && rc == DB_OK; i++)
        rc = reg_counter_set(r, fields[i].name, *field(&now, i));
    return rc;
}

void stage_checks(struct reg *r, bool on)
{
    if (db_kind(r->db) == DB_MYSQL)
        db_run(r->db,
               on ? "SET SESSION check_constraint_checks = 1"
                  : "SET SESSION check_constraint_checks = 0",
               NULL, 0);
}

bool job_alive(const struct job *j)
{
    return j->now_ms - j->ms < IMPORT_ALIVE_MS;
}

enum db_rc job_hold(struct reg *r, struct job *j, enum import_phase phase,
                    enum import_phase next)
{
    struct job now;
    int64_t id;
    enum db_rc rc;

    /* Whoever else wants to go on with it waits for us. */
    rc = db_ask_int(r->db,
                    db_sql(r->db,
                           "SELECT next FROM counter WHERE name = 'import'",
                           "SELECT next FROM counter WHERE name = 'import'"
                           " FOR UPDATE"),
                    NULL, 0, 0, &id);
    if (rc == DB_OK)
        rc = job_read(r, &now);
    if (rc != DB_OK)
        return rc;
    if (now.id != j->id ||
        (now.phase != (int64_t)phase && now.phase != (int64_t)next))
        return reg_fail(r, DB_FAILED,
                        "somebody else has taken the import over");
    *j = now;
    return DB_OK;
}

/* ---- lines ---- */

bool stage_first_row(void *ctx, const struct db_val *col, unsigned n)
{
    (void)n;
    reg_text(ctx, HLR_MSISDN_MAX + 1, &col[0]);
    return false;
}

enum db_rc stage_chunk(struct reg *r, int64_t job, struct chunk *c)
{
    static const char behind[] = "SELECT first FROM stage WHERE job = ?"
                                 " AND first > ? ORDER BY first LIMIT 1"
                                 " OFFSET ?";
    struct db_val arg[3] = { db_int(job), db_text(c->after), db_int(0) };
    enum db_rc rc;

    c->first[0] = c->to[0] = '\0';
    rc = db_ask(r->db, behind, arg, 3, stage_first_row, c->first);
    c->any = c->first[0] != '\0';
    if (rc != DB_OK || !c->any)
        return rc;
    arg[2] = db_int(IMPORT_CHUNK - 1);
    rc = db_ask(r->db, behind, arg, 3, stage_first_row, c->to);
    if (rc == DB_OK && c->to[0] == '\0')
        rc = db_ask(r->db, "SELECT max(first) FROM stage WHERE job = ?", arg, 1,
                    stage_first_row, c->to);
    return rc;
}

const char *stage_join(const struct reg *r)
{
    return db_sql(r->db, "CROSS JOIN", "STRAIGHT_JOIN");
}

enum db_rc stage_empty(struct reg *r)
{
    enum db_rc rc;

    if (db_kind(r->db) == DB_SQLITE)
        return db_run(r->db, "DELETE FROM stage", NULL, 0);
    rc = db_run(r->db, "TRUNCATE TABLE stage", NULL, 0);
    /* That needs the right to drop tables; this takes longer. */
    if (rc == DB_FAILED)
        do
            rc = db_run(r->db, "DELETE FROM stage LIMIT 20000", NULL, 0);
        while (rc == DB_OK && db_changes(r->db) > 0);
    return rc;
}

struct cleaning {
    struct reg *r;
    struct job *j;
};

static enum db_rc write_job(struct db *db, void *ctx)
{
    const struct cleaning *c = ctx;

    (void)db;
    return job_write(c->r, c->j);
}

enum db_rc stage_clean(struct reg *r, struct job *j)
{
    struct cleaning c = { r, j };
    enum db_rc rc;

    j->phase = IMPORT_CLEANING;
    rc = reg_transaction(r, true, write_job, &c);
    if (rc == DB_OK)
        rc = stage_empty(r);
    *j = (struct job){ .id = 0 };
    return rc == DB_OK ? reg_transaction(r, true, write_job, &c) : rc;
}
