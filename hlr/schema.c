/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * schema.c - the tables of the register, for both databases out of one text
 *
 * {A|B} in a statement is A for SQLite and B for MySQL; a statement without a
 * word is left out. SQLite takes a migration as one transaction. In MySQL each
 * statement that changes tables commits by itself, so there they all do no
 * harm when they are done again, and the version is written last: what was
 * broken off is finished by the next try.
 *
 * Times are UTC milliseconds; digits are ASCII, compared by octet.
 */

#include "db.h"
#include "db_driver.h"

#include <stdio.h>
#include <string.h>

#define TABLE "CREATE TABLE IF NOT EXISTS "
#define END   "{|ENGINE=InnoDB DEFAULT CHARACTER SET ascii COLLATE ascii_bin}"
#define END_KEYS                                                               \
    "{WITHOUT ROWID|ENGINE=InnoDB DEFAULT CHARACTER SET ascii COLLATE "        \
    "ascii_bin}"
#define SERIAL                                                                 \
    "{INTEGER PRIMARY KEY AUTOINCREMENT|BIGINT NOT NULL AUTO_INCREMENT "       \
    "PRIMARY KEY}"
#define NO_DIGITS "{NOT GLOB '*[^0-9]*'|NOT REGEXP '[^0-9]'}"
#define UTF8      "{|CHARACTER SET utf8mb4 COLLATE utf8mb4_bin}"
#define NUMBER    " BIGINT NOT NULL DEFAULT 0"
#define NAME      " VARCHAR(31) NOT NULL DEFAULT ''"
#define NOW                                                                    \
    "{CAST((julianday('now') - 2440587.5) * 86400000 AS INTEGER)"              \
    "|UNIX_TIMESTAMP() * 1000 + MICROSECOND(NOW(3)) DIV 1000}"

/* What a number is; a row of the register, and one that is to become one. */
#define NUMBER_COLUMNS                                                         \
    " imsi VARCHAR(15)"                                                        \
    "  CHECK (length(imsi) BETWEEN 6 AND 15 AND imsi " NO_DIGITS "),"          \
    " imsi_mode VARCHAR(15) NOT NULL DEFAULT ''"                               \
    "  CHECK (imsi_mode IN ('', 'correlation')),"                              \
    " cid BIGINT CHECK (cid > 0),"                                             \
    " network" NAME " CHECK (length(network) < 32),"                           \
    " status VARCHAR(15) NOT NULL DEFAULT 'active'"                            \
    "  CHECK (status IN ('active', 'barred', 'absent', 'no-sms')),"            \
    " route" NAME " CHECK (length(route) < 32),"                               \
    " owner" NUMBER ","                                                        \
    " valid_from_ms" NUMBER ","                                                \
    " valid_to_ms" NUMBER ","                                                  \
    " rate" NUMBER " CHECK (rate BETWEEN 0 AND 65535),"                        \
    " note VARCHAR(255) " UTF8 " NOT NULL DEFAULT ''"

#define FIRST_LAST                                                             \
    " first VARCHAR(15) NOT NULL"                                              \
    "  CHECK (length(first) BETWEEN 1 AND 15 AND first " NO_DIGITS "),"        \
    " last VARCHAR(15) NOT NULL"
#define SAME_LENGTH                                                            \
    " CHECK (length(last) = length(first) AND last " NO_DIGITS                 \
    "  AND last >= first)"

/* ---- version 1: numbers in SQLite ---- */

static const char *const version_1[] = {
    TABLE "schema_version (version INTEGER NOT NULL{| PRIMARY KEY}) " END,
    "{CREATE TABLE vmn ("
    " first TEXT NOT NULL"
    "  CHECK (length(first) BETWEEN 1 AND 15 AND first NOT GLOB '*[^0-9]*'),"
    " last TEXT NOT NULL"
    "  CHECK (length(last) = length(first) AND last NOT GLOB '*[^0-9]*'"
    "   AND last >= first),"
    " imsi TEXT UNIQUE"
    "  CHECK (length(imsi) BETWEEN 6 AND 15 AND imsi NOT GLOB '*[^0-9]*'),"
    " network TEXT NOT NULL DEFAULT '' CHECK (length(network) < 32),"
    " status TEXT NOT NULL DEFAULT 'active'"
    "  CHECK (status IN ('active', 'barred', 'absent', 'no-sms')),"
    " route TEXT NOT NULL DEFAULT '' CHECK (length(route) < 32),"
    " changed_ms INTEGER NOT NULL DEFAULT 0,"
    " PRIMARY KEY (first, last)"
    ") WITHOUT ROWID|}",
    NULL,
};

/* ---- version 2: owners, validity, nodes, keys, the journal ---- */

/* Triggers write it, so that SQL by hand is seen too. */
#define DROP(name) "DROP TRIGGER IF EXISTS " name
#define ON(name, when, table)                                                  \
    "CREATE TRIGGER " name " AFTER " when " ON " table " FOR EACH ROW BEGIN "
/* In MySQL an INSERT of no rows costs half as much as the row of the register
 * that it is about. */
#define ROW(row, more)                                                         \
    "{|IF coalesce(@sigtran_bulk, 0) = 0" more " THEN }"                       \
    "INSERT INTO journal (kind, first, last, at_ms)"                           \
    " SELECT 'row', " row ".first, " row ".last, " NOW "{ WHERE NOT EXISTS"    \
    "  (SELECT 1 FROM counter WHERE name = 'bulk' AND next = 1)" more "|}; "   \
    "{|END IF; }"
#define SMALL(kind, when)                                                      \
    "INSERT INTO journal (kind, first, last, at_ms)"                           \
    " SELECT '" kind "', '', '', " NOW " {|FROM DUAL} WHERE " when "; "
#define THREE(name, table, kind)                                               \
    DROP(name "_ai"), ON(name "_ai", "INSERT", table) SMALL(kind, "1") "END",  \
        DROP(name "_ad"),                                                      \
        ON(name "_ad", "DELETE", table) SMALL(kind, "1") "END",                \
        DROP(name "_au")

static const char *const version_2[] = {
    TABLE "{vmn_2|vmn} (" FIRST_LAST "," NUMBER_COLUMNS ","
          " changed_ms" NUMBER ","
          " span SMALLINT GENERATED ALWAYS AS"
          "  (CASE WHEN first = last THEN 0 ELSE length(first) END) STORED,"
          " PRIMARY KEY (first, last), UNIQUE (imsi), UNIQUE (cid)," SAME_LENGTH
          "{|, KEY vmn_span (span, first), KEY vmn_owner (owner)}) " END_KEYS,
    "{INSERT INTO vmn_2"
    "  (first, last, imsi, network, status, route, changed_ms)"
    " SELECT first, last, imsi, network, status, route, changed_ms FROM vmn|}",
    "{DROP TABLE vmn|}",
    "{ALTER TABLE vmn_2 RENAME TO vmn|}",
    "{CREATE INDEX vmn_span ON vmn (span, first) WHERE span > 0|}",
    "{CREATE INDEX vmn_owner ON vmn (owner) WHERE owner > 0|}",

    TABLE "owner (id " SERIAL ","
          " name VARCHAR(31) " UTF8 " NOT NULL UNIQUE,"
          " note VARCHAR(255) " UTF8 " NOT NULL DEFAULT '') " END,
    TABLE "journal (seq " SERIAL ","
          " kind VARCHAR(7) NOT NULL,"
          " first VARCHAR(15) NOT NULL DEFAULT '',"
          " last VARCHAR(15) NOT NULL DEFAULT '',"
          " at_ms" NUMBER "{|, KEY journal_at (at_ms)}) " END,
    "{CREATE INDEX journal_at ON journal (at_ms)|}",
    TABLE "audit (seq " SERIAL ", at_ms" NUMBER ","
          " who VARCHAR(63) " UTF8 " NOT NULL,"
          " what VARCHAR(1000) " UTF8 " NOT NULL"
          "{|, KEY audit_at (at_ms)}) " END,
    "{CREATE INDEX audit_at ON audit (at_ms)|}",
    TABLE "counter (name VARCHAR(31) NOT NULL PRIMARY KEY,"
          " next" NUMBER ") " END_KEYS,
    "INSERT INTO counter (name, next) SELECT 'cid', 1 {|FROM DUAL}"
    " WHERE NOT EXISTS (SELECT 1 FROM counter WHERE name = 'cid')",
    "INSERT INTO counter (name, next) SELECT 'bulk', 0 {|FROM DUAL}"
    " WHERE NOT EXISTS (SELECT 1 FROM counter WHERE name = 'bulk')",

    TABLE "node (id VARCHAR(31) NOT NULL PRIMARY KEY,"
          " weight BIGINT NOT NULL DEFAULT 100,"
          " drain" NUMBER ", beat_ms" NUMBER ", boot" NUMBER ") " END_KEYS,
    TABLE "node_net (node VARCHAR(31) NOT NULL, network VARCHAR(31) NOT NULL,"
          " point_code" NUMBER ", msc_gt VARCHAR(15) NOT NULL DEFAULT '',"
          " PRIMARY KEY (node, network)) " END_KEYS,
    TABLE "node_route (node VARCHAR(31) NOT NULL, route VARCHAR(31) NOT NULL,"
          " up" NUMBER ", at_ms" NUMBER ","
          " PRIMARY KEY (node, route)) " END_KEYS,
    TABLE "corr_key (id " SERIAL ", octets {BLOB|VARBINARY(32)} NOT NULL"
          "  CHECK (length(octets) = 32),"
          " created_ms" NUMBER ") " END,

    TABLE "mw (network VARCHAR(31) NOT NULL, msisdn VARCHAR(15) NOT NULL,"
          " sc VARCHAR(15) NOT NULL, route" NAME ", reason" NUMBER ","
          " set_ms" NUMBER ", tries" NUMBER ", next_ms" NUMBER ","
          " claimed_by" NAME ", claimed_ms" NUMBER ","
          " PRIMARY KEY (network, msisdn, sc)"
          "{|, KEY mw_route (route, next_ms)}) " END_KEYS,
    "{CREATE INDEX mw_route ON mw (route, next_ms)|}",
    /* What one node at a time does for all of them. */
    TABLE "lease (name VARCHAR(31) NOT NULL PRIMARY KEY,"
          " holder" NAME ", until_ms" NUMBER ") " END_KEYS,
    "INSERT INTO lease (name) SELECT 'alert' {|FROM DUAL}"
    " WHERE NOT EXISTS (SELECT 1 FROM lease WHERE name = 'alert')",
    TABLE "dedup (k {BLOB|BINARY(16)} NOT NULL PRIMARY KEY,"
          " verdict" NUMBER ", at_ms" NUMBER "{|, KEY dedup_at (at_ms)}"
          ") " END_KEYS,
    "{CREATE INDEX dedup_at ON dedup (at_ms)|}",
    TABLE "part (k {BLOB|BINARY(16)} NOT NULL PRIMARY KEY,"
          " set_k {BLOB|BINARY(16)} NOT NULL, gen" NUMBER ","
          " no BIGINT NOT NULL, total BIGINT NOT NULL,"
          " vmn VARCHAR(15) NOT NULL, sc VARCHAR(20) NOT NULL DEFAULT '',"
          " imsi VARCHAR(15) NOT NULL DEFAULT '',"
          " gt VARCHAR(32) NOT NULL DEFAULT '', network" NAME ","
          " version" NUMBER ", route" NAME ","
          " tpdu {BLOB|VARBINARY(300)} NOT NULL,"
          " at_ms" NUMBER ", next_ms" NUMBER ", tries" NUMBER ","
          " claim" NUMBER ", lease_ms" NUMBER ", UNIQUE (set_k, gen, no)"
          "{|, KEY part_next (next_ms), KEY part_claim (claim)}) " END_KEYS,
    "{CREATE INDEX part_next ON part (next_ms)|}",
    "{CREATE INDEX part_claim ON part (claim) WHERE claim <> 0|}",

    /* Rows of an import on their way. Nothing is unique: that is checked there,
     * line by line. */
    TABLE "stage (job BIGINT NOT NULL, line BIGINT NOT NULL," FIRST_LAST
          "," NUMBER_COLUMNS
          ", PRIMARY KEY (job, first, last, line)," SAME_LENGTH ") " END_KEYS,

    DROP("vmn_ai"),
    ON("vmn_ai", "INSERT", "vmn") ROW("NEW", "") "END",
    DROP("vmn_ad"),
    ON("vmn_ad", "DELETE", "vmn") ROW("OLD", "") "END",
    DROP("vmn_au"),
    ON("vmn_au", "UPDATE", "vmn") ROW("NEW", "") ROW(
        "OLD", " AND (OLD.first <> NEW.first OR OLD.last <> NEW.last)") "END",
    THREE("owner", "owner", "owner"),
    ON("owner_au", "UPDATE", "owner") SMALL("owner", "1") "END",
    THREE("corr_key", "corr_key", "key"),
    ON("corr_key_au", "UPDATE", "corr_key") SMALL("key", "1") "END",
    THREE("node", "node", "node"),
    ON("node_au", "UPDATE", "node") SMALL(
        "node", "OLD.weight <> NEW.weight OR OLD.drain <> NEW.drain") "END",
    THREE("node_net", "node_net", "node"),
    ON("node_net_au", "UPDATE", "node_net")
        SMALL("node", "OLD.point_code <> NEW.point_code"
                      " OR OLD.msc_gt <> NEW.msc_gt") "END",
    NULL,
};

/* ---- version 3: accounts of SMPP applications ---- */

/* Whoever has them in memory looks whether this number is another one. */
#define COUNTED(name, when) DROP(name), ON(name, when, "smpp_account") COUNT_IT
#define COUNT_IT            "UPDATE counter SET next = next + 1 WHERE name = 'smpp'; END"

static const char *const version_3[] = {
    /* Columns are what a group smpp-account may say, NULL: it does not. Their
     * values are checked by whoever writes and reads them. */
    TABLE "smpp_account (system_id VARCHAR(15) NOT NULL PRIMARY KEY,"
          " password VARCHAR(127) NOT NULL,"
          " system_type VARCHAR(12), allow_ip VARCHAR(255),"
          " bind_modes VARCHAR(63), max_binds VARCHAR(15),"
          " `window` VARCHAR(15), max_queue VARCHAR(15),"
          " throughput VARCHAR(15), submit_window VARCHAR(15),"
          " submit_throughput VARCHAR(15), submit_smsc_id VARCHAR(63),"
          " smsbox_id VARCHAR(63), accepted_smsc VARCHAR(511),"
          " accepted_account VARCHAR(63), vmn_prefix VARCHAR(24),"
          " status_verdicts VARCHAR(511), charset VARCHAR(31),"
          " concatenation VARCHAR(15), message_payload VARCHAR(15),"
          " tlvs VARCHAR(63), source_addr_ton VARCHAR(3),"
          " source_addr_npi VARCHAR(3), dest_addr_ton VARCHAR(3),"
          " dest_addr_npi VARCHAR(3), changed_ms" NUMBER ") " END_KEYS,
    "INSERT INTO counter (name, next) SELECT 'smpp', 1 {|FROM DUAL}"
    " WHERE NOT EXISTS (SELECT 1 FROM counter WHERE name = 'smpp')",
    COUNTED("smpp_account_ai", "INSERT"),
    COUNTED("smpp_account_ad", "DELETE"),
    COUNTED("smpp_account_au", "UPDATE"),
    NULL,
};

static const struct migration {
    const char *what;
    const char *const *step;
} migrations[] = {
    { "numbers and ranges", version_1 },
    { "owners, validity, rates, correlation, nodes, keys, journal", version_2 },
    { "accounts of SMPP applications", version_3 },
};

_Static_assert(sizeof(migrations) / sizeof(migrations[0]) == DB_SCHEMA,
               "the last migration makes the schema of this program");

enum { STEP_MAX = 3000 };

/* False: there is nothing to do for this database. */
static bool expand(char out[STEP_MAX], const char *text, bool sqlite)
{
    char *p = out;
    bool in = false, second = false;

    for (; *text != '\0' && p < out + STEP_MAX - 1; text++)
        if (*text == '{')
            in = true, second = false;
        else if (*text == '}')
            in = false;
        else if (in && *text == '|')
            second = true;
        else if (!in || second != sqlite)
            *p++ = *text;
    *p = '\0';
    return p != out;
}

static enum db_rc migrate(struct db *db, unsigned version)
{
    struct db_val v = db_int(version);
    char sql[STEP_MAX];
    enum db_rc rc = DB_OK;

    for (const char *const *s = migrations[version - 1].step;
         rc == DB_OK && *s != NULL; s++)
        if (expand(sql, *s, db->driver->kind == DB_SQLITE))
            rc = db->driver->exec(db, sql);
    if (rc == DB_OK)
        rc = db_run(db, "INSERT INTO schema_version (version) VALUES (?)", &v,
                    1);
    return rc;
}

int db_schema(struct db *db)
{
    const char *tables =
        db_sql(db,
               "SELECT sum(CASE name WHEN 'vmn' THEN 1 ELSE 2 END)"
               " FROM sqlite_master WHERE type = 'table'"
               " AND name IN ('vmn', 'schema_version')",
               "SELECT sum(CASE table_name WHEN 'vmn' THEN 1 ELSE 2 END)"
               " FROM information_schema.tables"
               " WHERE table_schema = DATABASE()"
               " AND table_name IN ('vmn', 'schema_version')");
    int64_t n;

    if (db_ask_int(db, tables, NULL, 0, 0, &n) != DB_OK)
        return -1;
    if (n == 1) {
        db_fail(db, DB_FAILED,
                "it has a table vmn but no schema_version: it "
                "is not a register");
        return -1;
    }
    if (n == 0)
        return 0;
    if (db_ask_int(db, "SELECT coalesce(max(version), 0) FROM schema_version",
                   NULL, 0, 0, &n) != DB_OK)
        return -1;
    return n < 0 || n > INT32_MAX ? INT32_MAX : (int)n;
}

struct migration_ctx {
    void (*tell)(void *ctx, const char *line);
    void *ctx;
};

static enum db_rc migrate_all(struct db *db, void *ctx)
{
    struct migration_ctx *m = ctx;
    enum db_rc rc = DB_OK;
    int version = db_schema(db);
    char line[200];

    if (version < 0)
        return db->rc;
    if (version > DB_SCHEMA)
        return db_fail(db, DB_FAILED,
                       "it has schema %d, this program understands %d", version,
                       DB_SCHEMA);
    for (; rc == DB_OK && version < DB_SCHEMA; version++) {
        rc = migrate(db, (unsigned)version + 1);
        snprintf(line, sizeof(line), "schema %d: %s", version + 1,
                 migrations[version].what);
        if (rc == DB_OK && m->tell != NULL)
            m->tell(m->ctx, line);
    }
    return rc;
}

enum db_rc db_migrate(struct db *db, void (*tell)(void *ctx, const char *line),
                      void *ctx)
{
    struct migration_ctx m = { tell, ctx };

    if (db->driver->kind == DB_SQLITE)
        return db_transaction(db, false, migrate_all, &m);
    return migrate_all(db, &m);
}

enum db_rc db_journal(struct db *db, bool on)
{
    db->quiet = !on;
    return db->driver->exec(
        db, on ? db_sql(db, "UPDATE counter SET next = 0 WHERE name = 'bulk'",
                        "SET @sigtran_bulk = NULL")
               : db_sql(db, "UPDATE counter SET next = 1 WHERE name = 'bulk'",
                        "SET @sigtran_bulk = 1"));
}
