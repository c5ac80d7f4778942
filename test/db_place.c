/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * db_place.c - databases of a test's own: a file, and a MariaDB if there is one
 *
 * What fails here is not what is tested: it ends the program.
 */

#include "db_place.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static char dir[40];
static unsigned files;
static bool server;

static void fail(const char *what, const char *why)
{
    printf("%s: %s\n", what, why);
    exit(1);
}

static void make_dir(void)
{
    if (dir[0] != '\0')
        return;
    strcpy(dir, "/tmp/db_place.XXXXXX");
    if (mkdtemp(dir) == NULL)
        fail("mkdtemp", dir);
}

void place_file(struct db_conf *conf)
{
    make_dir();
    *conf = (struct db_conf){ .kind = DB_SQLITE };
    snprintf(conf->file, sizeof(conf->file), "%s/%u.db", dir, files++);
}

static int tell(const char *command)
{
    const char *srcdir = getenv("srcdir");
    char cmd[200];
    int status;

    snprintf(cmd, sizeof(cmd), "%s/test/mariadb %s %s/my",
             srcdir != NULL ? srcdir : ".", command, dir);
    fflush(stdout);
    status = system(cmd);
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

bool place_tell(const char *command)
{
    return tell(command) == 0;
}

static struct db *open_it(const struct db_conf *conf)
{
    char why[400];
    struct db *db = db_open(conf, true, why, sizeof(why));

    if (db == NULL)
        fail("database", why);
    return db;
}

bool place_does(const struct db_conf *conf, const char *sql)
{
    struct db *db = open_it(conf);
    bool done = db_run(db, sql, NULL, 0) == DB_OK;

    if (!done)
        printf("%s\n", db_why(db));
    db_close(db);
    return done;
}

int64_t place_number(const struct db_conf *conf, const char *sql)
{
    struct db *db = open_it(conf);
    int64_t n;

    if (db_ask_int(db, sql, NULL, 0, -1, &n) != DB_OK)
        printf("%s\n", db_why(db));
    db_close(db);
    return n;
}

bool place_server(struct db_conf *conf)
{
    struct db *db;
    int status;

    make_dir();
    *conf = (struct db_conf){ .kind = DB_MYSQL,
                              .hosts = 1,
                              .user = "sigtran",
                              .password = "secret",
                              .database = "sigtran",
                              .connect_ms = 1000,
                              .query_ms = 4000 };
    snprintf(conf->host[0].socket, sizeof(conf->host[0].socket), "%s/my/sock",
             dir);
    if (!server) {
        status = tell("start");
        if (status == 77)
            return false;
        if (status != 0)
            fail("mariadb", "it does not start");
        server = true;
    }
    db = open_it(conf);
    if (db_migrate(db, NULL, NULL) != DB_OK)
        fail("mariadb", db_why(db));
    if (db_run(db, "DELETE FROM dedup", NULL, 0) != DB_OK ||
        db_run(db, "DELETE FROM part", NULL, 0) != DB_OK)
        fail("mariadb", db_why(db));
    db_close(db);
    return true;
}

void place_end(void)
{
    char cmd[60];

    if (dir[0] == '\0')
        return;
    if (server)
        tell("away");
    snprintf(cmd, sizeof(cmd), "rm -rf %s", dir);
    if (system(cmd) != 0)
        printf("%s is left\n", dir);
    dir[0] = '\0';
    server = false;
}
