/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * reg_test.c - the register in an SQLite file
 */

#include "check.h"
#include "reg_cases.h"

#include <unistd.h>

static struct db_conf conf = { .kind = DB_SQLITE };

static struct db *open_file(void)
{
    char why[300];
    struct db *db = db_open(&conf, true, why, sizeof(why));

    if (db == NULL)
        printf("%s\n", why);
    return db;
}

int main(void)
{
    char dir[] = "/tmp/reg_test.XXXXXX", cmd[100];

    if (mkdtemp(dir) == NULL)
        return 1;
    snprintf(conf.file, sizeof(conf.file), "%s/r.db", dir);
    CHECK(reg_cases(open_file) == 0);
    CHECK(reg_import_cases(open_file) == 0);
    CHECK(reg_mw_cases(open_file) == 0);
    CHECK(reg_smpp_cases(open_file) == 0);
    snprintf(cmd, sizeof(cmd), "rm -r %s", dir);
    CHECK(system(cmd) == 0);
    return CHECK_DONE();
}
