/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * reg_import_cases.c - imports in every database: all rows or none, and what
 * comes of one that is broken off
 */

#include "reg_cases.h"

#include "check.h"
#include "hlr/row.h"

#include <sys/wait.h>
#include <unistd.h>

static struct db *(*open_db)(void);
static struct reg *reg;

/* "447700900100-447700900199 imsi status owner mode", "." for nothing */
struct feed {
    const char *const *line;
    unsigned n; /* lines, or made up ones */
    unsigned at;
    const char *owner; /* made up ones */
    char told[4000];
    void (*meanwhile)(struct feed *f, const char *what, uint64_t done);
    unsigned called;
};

static void take_word(struct hlr_stored *s, enum row_column column,
                      const char *word)
{
    const char *why = NULL;

    if (word[0] != '\0' && strcmp(word, ".") != 0)
        why = row_set(s, column, word);
    if (why != NULL)
        printf("%s: %s\n", word, why);
}

static bool next_line(void *ctx, struct hlr_stored *s, unsigned *line)
{
    struct feed *f = ctx;
    char number[40] = "", imsi[20] = "", status[20] = "", owner[32] = "";
    char mode[20] = "";

    if (f->at == f->n)
        return false;
    sscanf(f->line[f->at++], "%39s %19s %19s %31s %19s", number, imsi, status,
           owner, mode);
    *s = reg_case_row(number);
    take_word(s, ROW_IMSI, imsi);
    take_word(s, ROW_STATUS, status);
    take_word(s, ROW_OWNER, owner);
    take_word(s, ROW_MODE, mode);
    CHECK(row_check(s) == NULL);
    *line = f->at;
    return true;
}

/* In no order: 7919 and n have no factor in common. */
static bool next_made_up(void *ctx, struct hlr_stored *s, unsigned *line)
{
    struct feed *f = ctx;
    char number[40];

    if (f->at == f->n)
        return false;
    snprintf(number, sizeof(number), "4477%08u",
             (unsigned)((uint64_t)f->at * 7919 % f->n));
    *s = reg_case_row(number);
    snprintf(s->row.imsi, sizeof(s->row.imsi), "2341500%.8s", number + 4);
    if (f->owner != NULL)
        take_word(s, ROW_OWNER, f->owner);
    *line = ++f->at;
    return true;
}

static void tell(void *ctx, unsigned line, const char *why)
{
    struct feed *f = ctx;
    size_t n = strlen(f->told);

    snprintf(f->told + n, sizeof(f->told) - n, "%u: %s\n", line, why);
}

static void progress(void *ctx, const char *what, uint64_t done, uint64_t of)
{
    struct feed *f = ctx;

    CHECK(of == 0 || done <= of);
    f->called++;
    if (f->meanwhile != NULL)
        f->meanwhile(f, what, done);
}

static struct reg_import import_of(struct feed *f)
{
    f->at = f->called = 0;
    f->told[0] = '\0';
    return (struct reg_import){ .next =
                                    f->line != NULL ? next_line : next_made_up,
                                .tell = tell,
                                .progress = progress,
                                .ctx = f };
}

static bool why_has(struct reg *r, const char *text)
{
    if (strstr(reg_why(r), text) != NULL)
        return true;
    printf("why: %s\n", reg_why(r));
    return false;
}

static bool was_told(const struct feed *f, const char *text)
{
    if (strstr(f->told, text) != NULL)
        return true;
    printf("not told: %s\nbut: %s", text, f->told);
    return false;
}

static int64_t count(const char *sql)
{
    return reg_case_count(reg, sql);
}

/* Nothing is left of an import. */
static void nothing_is_left(void)
{
    CHECK(count("SELECT count(*) FROM stage") == 0);
    CHECK(count("SELECT coalesce(sum(next), 0) FROM counter"
                " WHERE name = 'import'") == 0);
    CHECK(count("SELECT next FROM counter WHERE name = 'bulk'") == 0);
}

static void begin(void)
{
    reg_case_empty(reg);
    CHECK(reg_owner_put(reg, "acme", "", "test") == DB_OK);
    CHECK(db_run(reg_db(reg), "DELETE FROM audit", NULL, 0) == DB_OK);
    CHECK(db_run(reg_db(reg), "DELETE FROM journal", NULL, 0) == DB_OK);
}

#define FEED(lines)                                                            \
    {                                                                          \
        .line = (lines), .n = sizeof(lines) / sizeof((lines)[0])               \
    }

/* ---- what is right ---- */

static void imports_rows_of_every_kind(void)
{
    static const char *const line[] = {
        "447700900001 234150000000001 barred acme",
        "447700900000",
        "447700900100-447700900199 234150000000100 active",
        "447700900150 234150000000150 absent",
        "447700900200-447700900299 . . . correlation",
        "447700900201 . . . correlation",
        "4477-4478",
    };
    struct feed f = FEED(line);
    struct reg_import in = import_of(&f);

    begin();
    CHECK(reg_import(reg, &in, "test") == DB_OK);
    CHECK(in.rows == 7 && in.replaced == 0 && in.wrong == 0);
    CHECK(count("SELECT count(*) FROM vmn") == 7);
    CHECK(count("SELECT count(*) FROM vmn v JOIN owner o ON o.id = v.owner"
                " WHERE v.first = '447700900001' AND status = 'barred'"
                " AND o.name = 'acme'") == 1);
    CHECK(count("SELECT count(*) FROM vmn WHERE span = 12") == 2);
    CHECK(count("SELECT b.cid - a.cid FROM vmn a JOIN vmn b"
                " WHERE a.first = '447700900200'"
                " AND b.first = '447700900201'") == 100);
    CHECK(count("SELECT count(*) FROM vmn WHERE cid IS NOT NULL") == 2);
    CHECK(count("SELECT count(*) FROM vmn WHERE changed_ms < 1700000000000") ==
          0);
    CHECK(count("SELECT count(*) FROM journal") == 1);
    CHECK(count("SELECT count(*) FROM journal WHERE kind = 'block'"
                " AND first = '4477' AND last = '447700900201'") == 1);
    CHECK(count("SELECT count(*) FROM audit WHERE what ="
                " 'import of 7 rows'") == 1);
    nothing_is_left();
}

static void imports_in_chunks_whatever_the_order(void)
{
    struct feed f = { .n = 50001 };
    struct reg_import in = import_of(&f);

    begin();
    CHECK(reg_import(reg, &in, "test") == DB_OK);
    CHECK(in.rows == 50001);
    CHECK(count("SELECT count(*) FROM vmn") == 50001);
    CHECK(count("SELECT count(*) FROM vmn WHERE imsi ="
                " '234150000000000' AND first = '447700000000'") == 1);
    CHECK(count("SELECT count(*) FROM journal WHERE kind = 'block'") == 3);
    CHECK(count("SELECT count(*) FROM journal a JOIN journal b"
                " ON a.seq < b.seq AND a.last >= b.first") == 0);
    CHECK(f.called >= 9);
    nothing_is_left();
}

static void replaces_and_keeps_correlation_numbers(void)
{
    static const char *const first[] = {
        "447700900100-447700900199 . . . correlation",
        "447700900000 . . . correlation",
        "447700900001 234150000000001",
    };
    static const char *const second[] = {
        "447700900100-447700900199 . barred . correlation",
        "447700900001 234150000000002",
        "447700900000 . barred . correlation",
        "447700900002 . . . correlation",
    };
    struct feed f = FEED(first), g = FEED(second);
    struct reg_import in = import_of(&f);
    int64_t cid;

    begin();
    CHECK(reg_import(reg, &in, "test") == DB_OK);
    cid = count("SELECT cid FROM vmn WHERE first = '447700900100'");
    in = import_of(&g);
    CHECK(reg_import(reg, &in, "test") == DB_FAILED && in.wrong == 3);
    CHECK(was_told(&g, "1: 447700900100 to 447700900199 is there already"));
    CHECK(was_told(&g, "3: 447700900000 is there already"));
    in = import_of(&g);
    in.replace = true;
    CHECK(reg_import(reg, &in, "test") == DB_OK);
    CHECK(in.rows == 4 && in.replaced == 3);
    CHECK(count("SELECT count(*) FROM vmn") == 4);
    CHECK(count("SELECT cid FROM vmn WHERE first = '447700900100'") == cid);
    CHECK(count("SELECT count(*) FROM vmn WHERE status = 'barred'") == 2);
    CHECK(count("SELECT max(cid) - min(cid) FROM vmn") == 101);
    CHECK(count("SELECT count(*) FROM vmn WHERE imsi ="
                " '234150000000002'") == 1);
    CHECK(count("SELECT count(*) FROM journal WHERE kind = 'row'") == 0);
    nothing_is_left();
}

static void a_dry_run_changes_nothing(void)
{
    static const char *const line[] = { "447700900000", "447700900001" };
    struct feed f = FEED(line);
    struct reg_import in = import_of(&f);

    begin();
    in.dry_run = true;
    CHECK(reg_import(reg, &in, "test") == DB_OK && in.rows == 2);
    CHECK(count("SELECT count(*) FROM vmn") == 0);
    CHECK(count("SELECT count(*) FROM journal") == 0);
    CHECK(count("SELECT count(*) FROM audit") == 0);
    nothing_is_left();
    in = import_of(&f);
    CHECK(reg_import(reg, &in, "test") == DB_OK);
    in = import_of(&f);
    in.dry_run = true;
    CHECK(reg_import(reg, &in, "test") == DB_FAILED && in.wrong == 2);
    in = import_of(&f);
    in.dry_run = in.replace = true;
    CHECK(reg_import(reg, &in, "test") == DB_OK && in.replaced == 2);
    nothing_is_left();
}

/* ---- what is wrong ---- */

static void tells_every_wrong_line_and_changes_nothing(void)
{
    static const char *const there[] = {
        "447700900000 234150000000000",
        "447700900100-447700900199 234150000000100",
        "447700900300-447700900399",
    };
    static const char *const line[] = {
        "447700800000 234159000000000",
        "447700800000",                 /* 2: twice */
        "447700800001 234159000000000", /* 3: IMSI of 1 */
        "447700900000",                 /* 4: is there */
        "447700800002 . . nobody",      /* 5: no owner */
        "447700800003 234150000000000", /* 6: IMSI of the register */
        "447700800004 234150000000150", /* 7: of a range of it */
        "447700900150-447700900250",    /* 8: overlaps one */
        "447700810000-447700810099 234158000000000",
        "447700810050-447700810150",                 /* 10: overlaps 9 */
        "447700820000-447700820099 234158000000099", /* 11: IMSIs of 9 */
        "447700830000-447700830099 234150000000190", /* 12: of the register */
        "447700840000 234158000000050",              /* 13: of 9 */
        "447700850000-447700850099 234149999999950", /* 14: a number's */
        "447700810050 234158000000050",              /* 15: right, but for 13 */
        "447700900100-447700900199",                 /* 16: is there */
        "447700900399-447700900400", /* 17: overlaps the register */
    };
    struct feed f = FEED(there), g = FEED(line);
    struct reg_import in = import_of(&f);

    begin();
    CHECK(reg_import(reg, &in, "test") == DB_OK);
    in = import_of(&g);
    CHECK(reg_import(reg, &in, "test") == DB_FAILED);
    CHECK(why_has(reg, "lines are wrong, nothing was changed"));
    CHECK(was_told(&g, "2: 447700800000 is there already, in line 1\n"));
    CHECK(was_told(&g, "3: IMSI <234159000000000> of 447700800001 is that of "
                       "447700800000 of line 1\n"));
    CHECK(was_told(&g, "4: 447700900000 is there already\n"));
    CHECK(was_told(&g, "5: there is no owner <nobody>\n"));
    CHECK(was_told(&g, "6: IMSI <234150000000000> is that of 447700900000 of "
                       "the register\n"));
    CHECK(was_told(&g, "7: IMSI <234150000000150> of 447700800004 meets "
                       "<234150000000100> of 447700900100 to 447700900199 of "
                       "the register\n"));
    CHECK(was_told(&g, "8: the range 447700900150 to 447700900250 overlaps the "
                       "range 447700900100 to 447700900199 of the register"));
    CHECK(was_told(&g, "10: the range 447700810050 to 447700810150 overlaps "
                       "the range 447700810000 to 447700810099 of line 9\n"));
    CHECK(was_told(&g, "11: IMSI <234158000000099> of 447700820000 to "
                       "447700820099 meets <234158000000000> of 447700810000 "
                       "to 447700810099 of line 9\n"));
    CHECK(was_told(&g, "12: IMSI <234150000000190> of 447700830000 to"));
    CHECK(was_told(&g, "13: IMSI <234158000000050> of 447700840000 meets"));
    CHECK(was_told(&g, "14: IMSI <234150000000000> is that of 447700900000"));
    CHECK(was_told(&g, "15: IMSI <234158000000050> of 447700810050 is that of "
                       "447700840000 of line 13"));
    CHECK(was_told(&g, "16: the range 447700900100 to 447700900199 overlaps "
                       "the range 447700900150 to 447700900250 of line 8") ||
          was_told(&g, "16: 447700900100 to 447700900199 is there already"));
    CHECK(was_told(&g, "17: the range 447700900399 to 447700900400 overlaps "
                       "the range 447700900300 to 447700900399 of the"));
    CHECK(strstr(g.told, "1: IMSI") == NULL || g.told[0] != '1');
    CHECK(strstr(g.told, "\n9: ") == NULL);
    CHECK(count("SELECT count(*) FROM vmn") == 3);
    CHECK(count("SELECT count(*) FROM journal") == 1);
    CHECK(count("SELECT count(*) FROM audit") == 1);
    nothing_is_left();
}

static void lines_that_the_source_found_wrong_count(void)
{
    static const char *const line[] = { "447700900000" };
    struct feed f = FEED(line);
    struct reg_import in = import_of(&f);

    begin();
    in.wrong = 2;
    CHECK(reg_import(reg, &in, "test") == DB_FAILED && in.wrong == 2);
    CHECK(why_has(reg, "2 lines are wrong"));
    CHECK(count("SELECT count(*) FROM vmn") == 0);
    nothing_is_left();
}

static void refuses_more_correlation_numbers_than_there_are(void)
{
    static const char *const line[] = {
        "447700900000",
        "400000000-400999999 . . . correlation",
        "410000000-419999999 . . . correlation",
    };
    struct feed f = FEED(line);
    struct reg_import in = import_of(&f);
    int64_t next;

    begin();
    next = count("SELECT next FROM counter WHERE name = 'cid'");
    CHECK(reg_import(reg, &in, "test") == DB_FAILED);
    CHECK(why_has(reg, "11000000 correlation numbers are wanted"));
    CHECK(count("SELECT count(*) FROM vmn") == 0);
    CHECK(count("SELECT next FROM counter WHERE name = 'cid'") == next);
    nothing_is_left();
}

static void an_import_of_nothing_is_one(void)
{
    struct feed f = { .n = 0 };
    struct reg_import in = import_of(&f);

    begin();
    CHECK(reg_import(reg, &in, "test") == DB_OK && in.rows == 0);
    nothing_is_left();
}

/* ---- others meanwhile (MySQL) ---- */

static struct reg *other;

static enum db_rc other_puts(const char *numbers, const char *imsi)
{
    struct hlr_stored s = reg_case_row(numbers);

    strcpy(s.row.imsi, imsi);
    return reg_put(other, &s, REG_ADD, "other");
}

static void write_meanwhile(struct feed *f, const char *what, uint64_t done)
{
    struct feed g = { .n = 1 };
    struct reg_import in = import_of(&g);

    if (strcmp(what, "merging") != 0 || done != 0)
        return;
    f->meanwhile = NULL;
    CHECK(other_puts("447700040000", "") == DB_TAKEN);
    CHECK(why_has(other, "of an import that is under way"));
    CHECK(other_puts("447800000000", "") == DB_OK);
    CHECK(other_puts("447800000001", "234150000040000") == DB_TAKEN);
    CHECK(other_puts("447800000001", "234150100000000") == DB_OK);
    CHECK(other_puts("447700000000-447700000009", "") == DB_OK);
    CHECK(other_puts("447900000000-447900000099", "234150000040000") ==
          DB_TAKEN);
    CHECK(reg_import(other, &in, "other") == DB_FAILED);
    CHECK(why_has(other, "another import is under way (0 of 50000 rows"));
}

static void others_are_refused_only_what_meets_a_line(void)
{
    struct feed f = { .n = 50000, .meanwhile = write_meanwhile };
    struct reg_import in = import_of(&f);

    begin();
    CHECK(reg_import(reg, &in, "test") == DB_OK && f.meanwhile == NULL);
    CHECK(count("SELECT count(*) FROM vmn") == 50003);
    nothing_is_left();
}

static bool kill_row(void *ctx, const struct db_val *col, unsigned n)
{
    (void)n;
    *(int64_t *)ctx = col[0].n;
    return false;
}

static unsigned kills;

/* While it reads, checks and merges its connection is gone now and then. */
static void kill_connection(struct feed *f, const char *what, uint64_t done)
{
    struct db *db = reg_db(other);
    int64_t id = 0;
    char sql[60];

    (void)what, (void)done;
    if (f->called % 3 != 2)
        return;
    CHECK(db_ask(db,
                 "SELECT id FROM information_schema.processlist"
                 " WHERE id <> CONNECTION_ID() AND user = 'sigtran'"
                 " ORDER BY id DESC LIMIT 1",
                 NULL, 0, kill_row, &id) == DB_OK);
    snprintf(sql, sizeof(sql), "KILL CONNECTION %lld", (long long)id);
    if (id != 0 && db_run(db, sql, NULL, 0) == DB_OK)
        kills++;
}

static void survives_connections_that_are_killed(void)
{
    struct feed f = { .n = 70000, .meanwhile = kill_connection };
    struct reg_import in = import_of(&f);

    begin();
    CHECK(reg_import(reg, &in, "test") == DB_OK || why_has(reg, "nothing"));
    CHECK(f.called > 10 && kills >= 2);
    CHECK(count("SELECT count(*) FROM vmn") == 70000);
    CHECK(count("SELECT count(DISTINCT imsi) FROM vmn") == 70000);
    CHECK(count("SELECT count(*) FROM audit WHERE what ="
                " 'import of 70000 rows'") == 1);
    nothing_is_left();
}

/* ---- broken off ---- */

static const char *stop_at;
static uint64_t stop_done;

static void stop_here(struct feed *f, const char *what, uint64_t done)
{
    (void)f;
    if (strcmp(what, stop_at) == 0 && done >= stop_done)
        _exit(3);
}

/* In a process of its own, which ends when `done' rows are there. */
static void break_off(const char *at, uint64_t done, bool replace)
{
    pid_t child;
    int status;

    fflush(stdout);
    child = fork();
    if (child == 0) {
        struct feed f = { .n = 50000, .owner = "acme", .meanwhile = stop_here };
        struct reg_import in = import_of(&f);
        struct reg *r = reg_case_open(open_db);

        stop_at = at;
        stop_done = done;
        in.replace = replace;
        if (r != NULL && reg_import(r, &in, "child") != DB_OK)
            printf("child: %s\n", reg_why(r));
        _exit(4);
    }
    CHECK(waitpid(child, &status, 0) == child);
    CHECK(WIFEXITED(status) && WEXITSTATUS(status) == 3);
}

static void let_time_pass(void)
{
    CHECK(db_run(reg_db(reg),
                 "UPDATE counter SET next = next - 20000"
                 " WHERE name = 'import ms'",
                 NULL, 0) == DB_OK);
}

static void what_only_read_is_forgotten(void)
{
    struct feed f = { .n = 10 };
    struct reg_import in = import_of(&f);
    struct reg_import_state st;

    begin();
    break_off("reading", 40000, false);
    CHECK(count("SELECT count(*) FROM vmn") == 0);
    CHECK(reg_import_state(reg, &st) == DB_OK);
    CHECK(st.any == (db_kind(reg_db(reg)) == DB_MYSQL) && !st.merging);
    let_time_pass();
    CHECK(reg_import(reg, &in, "test") == DB_OK);
    CHECK(count("SELECT count(*) FROM vmn") == 10);
    nothing_is_left();
}

static void a_merge_that_was_broken_off_is_resumed(void)
{
    struct feed f = { .n = 10 };
    struct reg_import in = import_of(&f);
    struct reg_import_state st;

    begin();
    break_off("merging", 20000, false);
    CHECK(reg_import_state(reg, &st) == DB_OK);
    CHECK(st.any && st.merging && st.alive && !st.undoing);
    CHECK(st.done == 20000 && st.of == 50000);
    CHECK(count("SELECT count(*) FROM vmn") == 20000);
    CHECK(reg_import(reg, &in, "test") == DB_FAILED);
    CHECK(why_has(reg, "another import is under way"));
    CHECK(reg_import_resume(reg, &in, "test") == DB_FAILED);
    CHECK(why_has(reg, "the import is under way, or was"));
    CHECK(reg_import_abort(reg, &in, "test") == DB_FAILED);
    let_time_pass();
    CHECK(reg_import(reg, &in, "test") == DB_FAILED);
    CHECK(why_has(reg, "an import was broken off, 20000 of its 50000 rows") &&
          why_has(reg, "--resume"));
    CHECK(count("SELECT count(*) FROM vmn") == 20000);
    CHECK(reg_import_resume(reg, &in, "test") == DB_OK && in.rows == 50000);
    CHECK(count("SELECT count(*) FROM vmn v JOIN owner o ON o.id = v.owner"
                " WHERE o.name = 'acme'") == 50000);
    CHECK(count("SELECT count(*) FROM audit WHERE who = 'test'") == 1);
    CHECK(count("SELECT count(*) FROM journal WHERE kind = 'block'") == 3);
    nothing_is_left();
    CHECK(reg_import_resume(reg, &in, "test") == DB_FAILED);
    CHECK(why_has(reg, "no import was broken off"));
}

static void a_merge_that_was_broken_off_is_taken_back(void)
{
    struct feed f = { .n = 30001 };
    struct reg_import in = import_of(&f);

    begin();
    CHECK(reg_import(reg, &in, "test") == DB_OK);
    CHECK(db_run(reg_db(reg), "DELETE FROM journal", NULL, 0) == DB_OK);
    break_off("merging", 40000, true);
    CHECK(count("SELECT count(*) FROM vmn") == 40000);
    CHECK(count("SELECT count(*) FROM vmn WHERE owner > 0") == 40000);
    let_time_pass();
    CHECK(reg_import_abort(reg, &in, "test") == DB_OK);
    CHECK(count("SELECT count(*) FROM vmn") == 30001);
    CHECK(count("SELECT count(*) FROM vmn WHERE owner = 0"
                " AND imsi IS NOT NULL") == 30001);
    CHECK(count("SELECT count(*) FROM journal WHERE kind = 'row'"
                " AND first = '447700035000'") >= 1);
    CHECK(count("SELECT count(*) FROM audit WHERE what LIKE"
                " 'import abort%'") == 1);
    nothing_is_left();
}

static void what_is_broken_off_in_sqlite_never_was(void)
{
    begin();
    break_off("merging", 40000, false);
    CHECK(count("SELECT count(*) FROM vmn") == 0);
    CHECK(count("SELECT count(*) FROM journal") == 0);
    nothing_is_left();
}

int reg_import_cases(struct db *(*open_one)(void))
{
    open_db = open_one;
    reg = reg_case_open(open_one);
    other = reg_case_open(open_one);
    if (reg == NULL || other == NULL)
        return 1;
    imports_rows_of_every_kind();
    imports_in_chunks_whatever_the_order();
    replaces_and_keeps_correlation_numbers();
    a_dry_run_changes_nothing();
    tells_every_wrong_line_and_changes_nothing();
    lines_that_the_source_found_wrong_count();
    refuses_more_correlation_numbers_than_there_are();
    an_import_of_nothing_is_one();
    what_only_read_is_forgotten();
    if (db_kind(reg_db(reg)) == DB_MYSQL) {
        others_are_refused_only_what_meets_a_line();
        survives_connections_that_are_killed();
        a_merge_that_was_broken_off_is_resumed();
        a_merge_that_was_broken_off_is_taken_back();
    } else {
        what_is_broken_off_in_sqlite_never_was();
    }
    reg_free(other);
    reg_free(reg);
    return check_failures;
}
