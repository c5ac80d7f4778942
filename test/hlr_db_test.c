/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * hlr_db_test.c - the loader's view of a real database
 *
 * All cases run on SQLite, and on a MariaDB of our own where there is one.
 */

#include "check.h"
#include "hlr/hlr.h"

#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { SEEN_MAX = 4000 };

static char dir[] = "/tmp/hlr_db_test.XXXXXX";
static char why[400];
static struct hlr_conf conf;
static struct reg *writer;
static void *reader;

static struct {
    unsigned puts, dels, alls, smalls;
    struct hlr_stored last, first_del;
} seen;

static uint64_t now_ms(void)
{
    struct timespec t;

    clock_gettime(CLOCK_MONOTONIC, &t);
    return (uint64_t)t.tv_sec * 1000 + (uint64_t)t.tv_nsec / 1000000;
}

/* ---- writing ---- */

static struct hlr_stored row(const char *first, const char *last)
{
    struct hlr_stored s = { .row = { .status = HLR_ACTIVE,
                                     .route = HLR_ROUTE_NONE } };

    strcpy(s.row.first, first);
    strcpy(s.row.last, last);
    return s;
}

static bool put(const struct hlr_stored *s, enum reg_how how)
{
    enum db_rc rc = reg_put(writer, s, how, "test");

    if (rc != DB_OK)
        printf("%s\n", reg_why(writer));
    return rc == DB_OK;
}

static bool add(const char *first, const char *last)
{
    struct hlr_stored s = row(first, last);

    return put(&s, REG_ADD);
}

static bool del(const char *first, const char *last)
{
    int64_t n = 0;

    return reg_del(writer, first, last, "test", &n) == DB_OK && n == 1;
}

static bool sql(const char *text)
{
    return db_run(reg_db(writer), text, NULL, 0) == DB_OK;
}

static struct reg *open_writer(void)
{
    struct db *db = db_open(&conf.db, true, why, sizeof(why));

    if (db == NULL || db_migrate(db, NULL, NULL) != DB_OK) {
        printf("%s\n", why);
        exit(1);
    }
    return reg_new(db, why, sizeof(why));
}

static void empty(void)
{
    CHECK(sql("DELETE FROM vmn") && sql("DELETE FROM journal"));
}

/* ---- reading ---- */

static bool see_row(void *ctx, const struct hlr_stored *s)
{
    unsigned *left = ctx;

    seen.puts++;
    seen.last = *s;
    return --*left > 0;
}

static unsigned load(unsigned most)
{
    seen.puts = 0;
    if (conf.backend->load(reader, see_row, &most, why, sizeof(why)) == 0)
        return seen.puts;
    printf("%s\n", why);
    return SEEN_MAX;
}

static bool see(void *ctx, const struct hlr_change *c)
{
    unsigned *left = ctx;

    switch (c->what) {
    case HLR_PUT:
        seen.puts++;
        seen.last = *c->s;
        break;
    case HLR_DEL:
        if (seen.dels++ == 0)
            seen.first_del = *c->s;
        break;
    case HLR_ALL:
        seen.alls++;
        break;
    case HLR_SMALL:
        seen.smalls++;
        break;
    }
    return left == NULL || --*left > 0;
}

static bool follow(void)
{
    memset(&seen, 0, sizeof(seen));
    if (conf.backend->follow(reader, now_ms(), see, NULL, why, sizeof(why)) ==
        0)
        return true;
    printf("%s\n", why);
    return false;
}

static bool nothing(void)
{
    return follow() && seen.puts + seen.dels + seen.alls == 0;
}

static void begin(void)
{
    bool wait;

    writer = open_writer();
    empty();
    reader = conf.backend->open(&conf, &wait, why, sizeof(why));
    CHECK(reader != NULL && conf.backend->reg(reader) != NULL);
}

static void end(void)
{
    conf.backend->close(reader);
    reg_free(writer);
}

/* ---- cases ---- */

static void loads_every_row_as_it_is(void)
{
    struct hlr_stored s = row("4477009001", "4477009001");
    uint64_t n = 0;

    begin();
    CHECK(reg_owner_put(writer, "acme", "", "test") == DB_OK);
    strcpy(s.network, "home");
    strcpy(s.route, "shop");
    strcpy(s.owner, "acme");
    strcpy(s.row.imsi, "234150000000001");
    s.row.status = HLR_BARRED;
    s.row.rate = 60;
    s.row.from_s = 1700000000;
    s.row.to_s = 1800000000;
    CHECK(put(&s, REG_ADD));
    CHECK(conf.backend->count(reader, &n, why, sizeof(why)) == 0 && n == 1);
    CHECK(load(SEEN_MAX) == 1);
    CHECK(strcmp(seen.last.row.first, "4477009001") == 0);
    CHECK(strcmp(seen.last.row.imsi, "234150000000001") == 0);
    CHECK(strcmp(seen.last.network, "home") == 0);
    CHECK(strcmp(seen.last.route, "shop") == 0 && seen.last.row.owner != 0);
    CHECK(seen.last.row.status == HLR_BARRED && seen.last.row.rate == 60);
    CHECK(seen.last.row.from_s == 1700000000);
    CHECK(seen.last.row.to_s == 1800000000 && !seen.last.row.correlation);
    s = row("4477009100", "4477009199");
    s.row.correlation = true;
    CHECK(put(&s, REG_ADD) && load(SEEN_MAX) == 2);
    CHECK(seen.last.row.correlation && seen.last.row.cid > 0);
    CHECK(load(1) == 1);
    end();
}

static void follows_each_kind_of_change(void)
{
    struct hlr_stored s = row("4477", "4477");

    begin();
    CHECK(add("4470", "4470") && load(SEEN_MAX) == 1 && nothing());
    CHECK(add("4477", "4477") && follow() && seen.puts == 1);
    CHECK(strcmp(seen.last.row.first, "4477") == 0 && nothing());
    s.row.status = HLR_ABSENT;
    CHECK(put(&s, REG_REPLACE) && follow() && seen.puts == 1);
    CHECK(seen.last.row.status == HLR_ABSENT);
    CHECK(add("4480", "4489") && del("4477", "4477") && follow());
    CHECK(seen.puts == 1 && seen.dels == 1);
    CHECK(strcmp(seen.first_del.row.first, "4477") == 0);
    CHECK(strcmp(seen.last.row.last, "4489") == 0 && nothing());
    end();
}

static void reads_a_row_once_that_changed_often(void)
{
    struct hlr_stored s = row("4477", "4477");

    begin();
    CHECK(load(SEEN_MAX) == 0);
    for (unsigned i = 0; i < 20; i++) {
        s.row.rate = (uint16_t)i;
        CHECK(put(&s, REG_REPLACE));
    }
    CHECK(follow() && seen.puts == 1 && seen.last.row.rate == 19);
    CHECK(add("4478", "4478") && del("4478", "4478") && follow());
    CHECK(seen.puts == 0 && seen.dels == 1);
    end();
}

static void sees_what_is_changed_by_hand(void)
{
    begin();
    CHECK(add("4477", "4477") && load(SEEN_MAX) == 1 && nothing());
    CHECK(sql("UPDATE vmn SET route = 'x' WHERE first = '4477'"));
    CHECK(follow() && seen.puts == 1);
    CHECK(strcmp(seen.last.route, "x") == 0);
    CHECK(sql("UPDATE vmn SET first = '4478', last = '4478'"));
    CHECK(follow() && seen.puts == 1 && seen.dels == 1);
    CHECK(sql("DELETE FROM vmn") && follow() && seen.dels == 1);
    end();
}

static void tells_that_something_small_changed(void)
{
    begin();
    CHECK(load(SEEN_MAX) == 0);
    CHECK(reg_key_roll(writer, "test") == DB_OK);
    CHECK(follow() && seen.smalls > 0 && seen.puts == 0);
    end();
}

/* What is undone in between leaves a gap in the journal's numbers. */
static void an_undone_change_is_none(void)
{
    begin();
    CHECK(load(SEEN_MAX) == 0);
    CHECK(sql("BEGIN") && sql("INSERT INTO vmn (first, last, status)"
                              " VALUES ('4471', '4471', 'active')"));
    CHECK(sql("ROLLBACK") && add("4472", "4472"));
    CHECK(follow() && seen.puts == 1 && nothing());
    end();
}

static void tells_the_rest_the_next_time(void)
{
    unsigned left = 2, all = 0;

    begin();
    CHECK(load(SEEN_MAX) == 0 && add("4471", "4471") && add("4472", "4472"));
    CHECK(add("4473", "4473") && add("4474", "4474"));
    memset(&seen, 0, sizeof(seen));
    CHECK(conf.backend->follow(reader, now_ms(), see, &left, why,
                               sizeof(why)) == 0);
    CHECK(seen.puts == 2);
    all = seen.puts;
    CHECK(follow() && seen.puts >= 2);
    CHECK(all + seen.puts >= 4 && nothing());
    end();
}

static void does_not_open_another_schema(void)
{
    bool wait = true;
    void *self;

    writer = open_writer();
    CHECK(sql("INSERT INTO schema_version VALUES (99)"));
    self = conf.backend->open(&conf, &wait, why, sizeof(why));
    CHECK(self == NULL && !wait && strstr(why, "99") != NULL);
    CHECK(sql("DELETE FROM schema_version WHERE version = 99"));
    reg_free(writer);
}

static void run_all(void)
{
    conf.backend = &hlr_db;
    loads_every_row_as_it_is();
    follows_each_kind_of_change();
    reads_a_row_once_that_changed_often();
    sees_what_is_changed_by_hand();
    tells_that_something_small_changed();
    an_undone_change_is_none();
    tells_the_rest_the_next_time();
    does_not_open_another_schema();
}

/* ---- MariaDB ---- */

static int server(const char *what)
{
    const char *srcdir = getenv("srcdir");
    char cmd[300];
    int status;

    snprintf(cmd, sizeof(cmd), "%s/test/mariadb %s %s/my",
             srcdir != NULL ? srcdir : ".", what, dir);
    fflush(stdout);
    status = system(cmd);
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

static void waits_for_a_server_that_is_away(void)
{
    bool wait = false;
    void *self;

    CHECK(server("stop") == 0);
    self = conf.backend->open(&conf, &wait, why, sizeof(why));
    CHECK(self == NULL && wait && strstr(why, "/my/sock") != NULL);
    CHECK(server("start") == 0);
    strcpy(conf.db.password, "wrong");
    self = conf.backend->open(&conf, &wait, why, sizeof(why));
    CHECK(self == NULL && !wait && strstr(why, "Access denied") != NULL);
    strcpy(conf.db.password, "secret");
}

static void a_lost_connection_loses_no_change(void)
{
    begin();
    CHECK(load(SEEN_MAX) == 0 && add("4471", "4471"));
    CHECK(follow() && seen.puts == 1);
    CHECK(server("kill") == 0);
    CHECK(conf.backend->follow(reader, now_ms(), see, NULL, why, sizeof(why)) ==
          -1);
    CHECK(server("start") == 0);
    reg_free(writer);
    writer = open_writer();
    CHECK(add("4472", "4472") && del("4471", "4471"));
    for (int i = 0; i < 100; i++) {
        memset(&seen, 0, sizeof(seen));
        if (conf.backend->follow(reader, now_ms(), see, NULL, why,
                                 sizeof(why)) == 0)
            break;
        usleep(50000);
    }
    CHECK(seen.puts == 1 && seen.dels == 1 && seen.alls == 0);
    end();
}

static void run_mariadb(void)
{
    int rc = server("start");

    if (rc == 77)
        return;
    CHECK(rc == 0);
    conf.db = (struct db_conf){
        .kind = DB_MYSQL,
        .hosts = 1,
        .user = "sigtran",
        .password = "secret",
        .database = "sigtran",
        .connect_ms = 1000,
        .query_ms = 4000,
    };
    snprintf(conf.db.host[0].socket, sizeof(conf.db.host[0].socket),
             "%s/my/sock", dir);
    run_all();
    waits_for_a_server_that_is_away();
    a_lost_connection_loses_no_change();
    CHECK(server("away") == 0);
}

int main(void)
{
    char cmd[64];

    if (mkdtemp(dir) == NULL)
        return 1;
    snprintf(conf.db.file, sizeof(conf.db.file), "%s/register.db", dir);
    run_all();
    run_mariadb();
    snprintf(cmd, sizeof(cmd), "rm -r %s", dir);
    CHECK(system(cmd) == 0);
    return CHECK_DONE();
}
