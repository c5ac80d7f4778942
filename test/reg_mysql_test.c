/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * reg_mysql_test.c - the register in MariaDB, in a server of its own
 */

#include "check.h"
#include "reg_cases.h"

#include <sys/wait.h>
#include <unistd.h>

static char dir[] = "/tmp/reg_mysql_test.XXXXXX";
static struct db_conf conf = {
    .kind = DB_MYSQL,
    .hosts = 1,
    .user = "sigtran",
    .password = "secret",
    .database = "sigtran",
    .connect_ms = 2000,
    .query_ms = 20000,
};

/* test/mariadb WHAT; its exit status */
static int server(const char *what)
{
    const char *srcdir = getenv("srcdir");
    char cmd[600];
    int status;

    snprintf(cmd, sizeof(cmd), "%s/test/mariadb %s %s/my",
             srcdir != NULL ? srcdir : ".", what, dir);
    fflush(stdout);
    status = system(cmd);
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

static struct db *open_server(void)
{
    char why[300];
    struct db *db = db_open(&conf, true, why, sizeof(why));

    if (db == NULL)
        printf("%s\n", why);
    return db;
}

static void make_schema(void)
{
    struct db *db = open_server();

    CHECK(db != NULL && db_migrate(db, NULL, NULL) == DB_OK);
    db_close(db);
}

int main(void)
{
    int status;

    if (mkdtemp(dir) == NULL)
        return 1;
    snprintf(conf.host[0].socket, sizeof(conf.host[0].socket), "%s/my/sock",
             dir);
    status = server("start");
    if (status == 0) {
        make_schema();
        CHECK(reg_cases(open_server) == 0);
        CHECK(reg_import_cases(open_server) == 0);
        CHECK(reg_mw_cases(open_server) == 0);
        CHECK(reg_smpp_cases(open_server) == 0);
    } else {
        CHECK(status == 77);
    }
    CHECK(server("away") == 0);
    CHECK(rmdir(dir) == 0);
    return status == 77 ? 77 : CHECK_DONE();
}
