/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * hlr_sqlite_test.c - the register in an SQLite file
 */

#include "check.h"
#include "hlr/hlr.h"
#include "hlr/hlr_db.h"

#include <stdlib.h>
#include <unistd.h>

static char dir[] = "/tmp/hlr_sqlite_test.XXXXXX";
static char why[300];
static struct hlr_conf conf = { .backend = &hlr_sqlite };

static struct hlr_stored row(const char *first, const char *last,
                             const char *imsi)
{
    struct hlr_stored s = { .row = { .status = HLR_ACTIVE } };

    strcpy(s.row.first, first);
    strcpy(s.row.last, last);
    strcpy(s.row.imsi, imsi);
    return s;
}

static void use_file(const char *name)
{
    snprintf(conf.file, sizeof(conf.file), "%s/%s", dir, name);
}

static struct hlr_db *open_db(void)
{
    struct hlr_db *db = hlr_db_open(conf.file, true, why, sizeof(why));

    if (db == NULL)
        printf("%s\n", why);
    return db;
}

struct seen {
    unsigned n, stop_after;
    struct hlr_stored row[16];
};

static bool see(void *ctx, const struct hlr_stored *r)
{
    struct seen *s = ctx;

    if (s->n < 16)
        s->row[s->n] = *r;
    s->n++;
    return s->n != s->stop_after;
}

static void gives_back_what_it_got_ranges_first(void)
{
    struct hlr_stored a = row("447700900123", "447700900123", "");
    struct hlr_stored b =
        row("447700900100", "447700900199", "234150000000100");
    struct hlr_stored c = row("1", "1", "001010000000001");
    struct seen s = { .n = 0 };
    struct hlr_db *db;
    void *self;

    use_file("first.db");
    db = open_db();
    strcpy(b.network, "home");
    strcpy(b.route, "shop");
    b.row.status = HLR_NO_SMS;
    CHECK(hlr_db_insert(db, &a) == 0);
    CHECK(hlr_db_insert(db, &b) == 0);
    CHECK(hlr_db_insert(db, &c) == 0);
    hlr_db_close(db);

    self = hlr_sqlite.open(&conf, why, sizeof(why));
    CHECK(self != NULL);
    CHECK(hlr_sqlite.load(self, see, &s, why, sizeof(why)) == 0);
    CHECK(s.n == 3);
    CHECK(strcmp(s.row[0].row.first, "447700900100") == 0);
    CHECK(strcmp(s.row[0].row.last, "447700900199") == 0);
    CHECK(strcmp(s.row[0].row.imsi, "234150000000100") == 0);
    CHECK(strcmp(s.row[0].network, "home") == 0);
    CHECK(strcmp(s.row[0].route, "shop") == 0);
    CHECK(s.row[0].row.status == HLR_NO_SMS);
    CHECK(s.row[1].row.first[1] == '\0' && s.row[1].network[0] == '\0');
    CHECK(s.row[2].row.imsi[0] == '\0');
    CHECK(s.row[2].row.status == HLR_ACTIVE);
    s = (struct seen){ .stop_after = 1 };
    CHECK(hlr_sqlite.load(self, see, &s, why, sizeof(why)) == 0 && s.n == 1);
    hlr_sqlite.close(self);
}

static void sees_the_changes_of_others_only(void)
{
    struct hlr_stored r = row("4477", "4477", "");
    struct seen s = { .n = 0 };
    struct hlr_db *db;
    void *self;

    use_file("changes.db");
    self = hlr_sqlite.open(&conf, why, sizeof(why));
    db = open_db();
    CHECK(hlr_sqlite.changed(self));
    CHECK(hlr_sqlite.load(self, see, &s, why, sizeof(why)) == 0 && s.n == 0);
    CHECK(!hlr_sqlite.changed(self));
    CHECK(hlr_db_begin(db) == 0 && hlr_db_insert(db, &r) == 0);
    CHECK(!hlr_sqlite.changed(self));
    CHECK(hlr_db_end(db, true) == 0);
    CHECK(hlr_sqlite.changed(self));
    CHECK(hlr_sqlite.load(self, see, &s, why, sizeof(why)) == 0 && s.n == 1);
    CHECK(!hlr_sqlite.changed(self));
    CHECK(hlr_db_begin(db) == 0);
    CHECK(hlr_db_delete(db, "4477", "4477") == 1);
    CHECK(hlr_db_end(db, false) == 0);
    CHECK(!hlr_sqlite.changed(self));
    CHECK(hlr_db_delete(db, "4477", "4477") == 1);
    CHECK(hlr_db_delete(db, "4477", "4477") == 0);
    CHECK(hlr_sqlite.changed(self));
    hlr_db_close(db);
    hlr_sqlite.close(self);
}

static void the_schema_refuses_bad_rows(void)
{
    static const char *const bad[][3] = {
        { "", "", "" },
        { "44x", "44x", "" },
        { "4477", "447", "" },
        { "4478", "4477", "" },
        { "4479", "4479", "12345" },
        { "4479", "4479", "12345x" },
        { "4477", "4477", "001010000000009" },
        { "4480", "4480", "001010000000001" },
    };
    struct hlr_stored r = row("4477", "4477", "001010000000001");
    struct hlr_db *db;

    use_file("bad.db");
    db = open_db();
    CHECK(hlr_db_insert(db, &r) == 0);
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        r = row(bad[i][0], bad[i][1], bad[i][2]);
        CHECK(hlr_db_insert(db, &r) == -1);
        CHECK(strstr(hlr_db_why(db), "bad.db") != NULL);
    }
    r = row("4479", "4479", "");
    r.row.status = 9;
    CHECK(hlr_db_insert(db, &r) == -1);
    hlr_db_close(db);
}

static void filters_what_it_lists(void)
{
    struct hlr_stored r[] = { row("4477", "4479", ""), row("4478", "4478", ""),
                              row("4488", "4488", ""), row("4", "4", "") };
    struct hlr_filter f = { .prefix = "447" };
    struct seen s = { .n = 0 };
    struct hlr_db *db;

    use_file("list.db");
    db = open_db();
    strcpy(r[2].network, "home");
    strcpy(r[3].route, "shop");
    r[3].row.status = HLR_BARRED;
    for (unsigned i = 0; i < 4; i++)
        CHECK(hlr_db_insert(db, &r[i]) == 0);
    CHECK(hlr_db_list(db, &f, see, &s) == 0 && s.n == 2);
    s.n = 0;
    f = (struct hlr_filter){ .network = "home" };
    CHECK(hlr_db_list(db, &f, see, &s) == 0 && s.n == 1);
    s.n = 0;
    f = (struct hlr_filter){ .route = "shop", .status = HLR_BARRED };
    CHECK(hlr_db_list(db, &f, see, &s) == 0 && s.n == 1);
    s.n = 0;
    f = (struct hlr_filter){ .number = "4478" };
    CHECK(hlr_db_list(db, &f, see, &s) == 0 && s.n == 2);
    CHECK(strcmp(s.row[1].row.last, "4478") == 0);
    s.n = 0;
    f = (struct hlr_filter){ .number = "447" };
    CHECK(hlr_db_list(db, &f, see, &s) == 0 && s.n == 0);
    hlr_db_close(db);
}

static void says_what_is_wrong_with_a_file(void)
{
    FILE *f;

    use_file("no/such/directory/x.db");
    CHECK(hlr_sqlite.open(&conf, why, sizeof(why)) == NULL);
    CHECK(strstr(why, "no/such/directory/x.db") && strstr(why, "directory"));
    use_file("nothing.db");
    CHECK(hlr_db_open(conf.file, false, why, sizeof(why)) == NULL);
    CHECK(access(conf.file, F_OK) == -1);
    use_file("text.db");
    f = fopen(conf.file, "w");
    for (int i = 0; i < 500; i++)
        fputs("this is not a database\n", f);
    fclose(f);
    CHECK(hlr_sqlite.open(&conf, why, sizeof(why)) == NULL);
    CHECK(strstr(why, "text.db") && strstr(why, "not a database"));
}

static void refuses_a_schema_from_the_future(void)
{
    char cmd[400];

    use_file("future.db");
    hlr_db_close(open_db());
    snprintf(cmd, sizeof(cmd),
             "sqlite3 %s 'UPDATE schema_version SET version = 99'", conf.file);
    if (system("command -v sqlite3 >/dev/null") != 0)
        return;
    CHECK(system(cmd) == 0);
    CHECK(hlr_sqlite.open(&conf, why, sizeof(why)) == NULL);
    CHECK(strstr(why, "schema 99") != NULL);
}

int main(void)
{
    char cmd[64];

    if (mkdtemp(dir) == NULL)
        return 1;
    gives_back_what_it_got_ranges_first();
    sees_the_changes_of_others_only();
    the_schema_refuses_bad_rows();
    filters_what_it_lists();
    says_what_is_wrong_with_a_file();
    refuses_a_schema_from_the_future();
    snprintf(cmd, sizeof(cmd), "rm -r %s", dir);
    CHECK(system(cmd) == 0);
    return CHECK_DONE();
}
