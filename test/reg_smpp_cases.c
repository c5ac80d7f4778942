/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * reg_smpp_cases.c - accounts of SMPP applications in every database
 */

#include "check.h"
#include "hlr/reg_smpp.h"
#include "reg_cases.h"

#include <string.h>

static struct reg *reg;

static struct reg_smpp account(const char *id)
{
    struct reg_smpp a = { .changed_ms = 0 };

    snprintf(a.system_id, sizeof(a.system_id), "%s", id);
    strcpy(a.password, "$scrypt$...");
    return a;
}

static void set(struct reg_smpp *a, const char *key, const char *value)
{
    int i = reg_smpp_find(key, strlen(key));

    CHECK(i >= 0);
    snprintf(a->value[i < 0 ? 0 : i], sizeof(a->value[0]), "%s", value);
}

static bool has(const struct reg_smpp *a, const char *key, const char *value)
{
    int i = reg_smpp_find(key, strlen(key));

    return i >= 0 && strcmp(a->value[i], value) == 0;
}

static enum db_rc put(const struct reg_smpp *a, enum reg_how how)
{
    return reg_smpp_put(reg, a, how, "test");
}

struct list {
    unsigned n;
    struct reg_smpp a[4];
};

static bool take(void *ctx, const struct reg_smpp *a)
{
    struct list *l = ctx;

    l->a[l->n++ % 4] = *a;
    return true;
}

static struct list list(const char *only)
{
    struct list l = { .n = 0 };

    CHECK(reg_smpp_list(reg, only, take, &l) == DB_OK);
    return l;
}

static int64_t changes(void)
{
    int64_t n = -1;

    CHECK(reg_smpp_changes(reg, &n) == DB_OK);
    return n;
}

static void gives_back_what_was_put(void)
{
    struct reg_smpp a = account("app");
    char text[REG_SMPP_VALUE_MAX + 1];
    struct list l;

    /* each its own, and the longest there may be */
    for (int i = 0; i < REG_SMPP_SETTINGS; i++)
        snprintf(a.value[i], sizeof(a.value[i]), "%d", 100 + i);
    memset(text, 'x', sizeof(text) - 1);
    text[sizeof(text) - 1] = '\0';
    set(&a, "status-verdicts", text);
    set(&a, "window", "");
    memset(a.password, 'p', sizeof(a.password) - 1);
    CHECK(put(&a, REG_ADD) == DB_OK);
    l = list("app");
    CHECK(l.n == 1 && l.a[0].changed_ms > 0);
    CHECK(strcmp(l.a[0].password, a.password) == 0);
    for (int i = 0; i < REG_SMPP_SETTINGS; i++)
        CHECK(has(&l.a[0], reg_smpp_setting[i], a.value[i]));
    a = account("app");
    set(&a, "window", "7");
    CHECK(put(&a, REG_CHANGE) == DB_OK);
    l = list("app");
    CHECK(has(&l.a[0], "window", "7") && has(&l.a[0], "status-verdicts", ""));
    CHECK(reg_case_count(reg, "SELECT count(*) FROM smpp_account WHERE"
                              " `window` = 7 AND charset IS NULL") == 1);
}

static void adds_changes_and_replaces(void)
{
    struct reg_smpp a = account("app"), b = account("App");
    int64_t n = -1;

    CHECK(put(&a, REG_ADD) == DB_TAKEN);
    CHECK(strstr(reg_why(reg), "<app> is there already") != NULL);
    CHECK(put(&b, REG_CHANGE) == DB_FAILED);
    CHECK(strstr(reg_why(reg), "there is no account <App>") != NULL);
    CHECK(put(&b, REG_ADD) == DB_OK); /* another one */
    CHECK(put(&a, REG_REPLACE) == DB_OK);
    CHECK(list("").n == 2 && strcmp(list("").a[0].system_id, "App") == 0);
    CHECK(reg_smpp_del(reg, "nobody", "test", &n) == DB_OK && n == 0);
    CHECK(reg_smpp_del(reg, "App", "test", &n) == DB_OK && n == 1);
    CHECK(list("").n == 1 && list("App").n == 0);
    CHECK(reg_case_count(reg, "SELECT count(*) FROM audit WHERE who = 'test'"
                              " AND what LIKE 'account %'") == 5);
    CHECK(reg_case_count(reg, "SELECT count(*) FROM audit WHERE"
                              " what LIKE '%scrypt%'") == 0);
}

static void refuses_what_is_no_account(void)
{
    struct reg_smpp a = account("");

    CHECK(put(&a, REG_ADD) == DB_FAILED);
    a = account("b\tb");
    CHECK(put(&a, REG_ADD) == DB_FAILED);
    a = account("bb");
    a.password[0] = '\0';
    CHECK(put(&a, REG_ADD) == DB_FAILED);
    a = account("bb");
    set(&a, "tlvs", "a\nb");
    CHECK(put(&a, REG_ADD) == DB_FAILED);
    CHECK(strstr(reg_why(reg), "tlvs must be printable") != NULL);
    CHECK(list("bb").n == 0);
    CHECK(reg_smpp_find("password", 8) == -1 && reg_smpp_find("", 0) == -1);
    CHECK(reg_smpp_find("window-x", 6) >= 0 && reg_smpp_find("win", 3) == -1);
}

/* By hand, too. */
static void counts_every_change(void)
{
    int64_t n = changes();

    CHECK(changes() == n);
    CHECK(db_run(reg_db(reg),
                 "INSERT INTO smpp_account (system_id, password, max_binds)"
                 " VALUES ('hand', 'x', 3)",
                 NULL, 0) == DB_OK);
    CHECK(changes() == n + 1 && has(&list("hand").a[0], "max-binds", "3"));
    CHECK(db_run(reg_db(reg),
                 "UPDATE smpp_account SET charset = 'ucs2'"
                 " WHERE system_id = 'hand'",
                 NULL, 0) == DB_OK);
    CHECK(changes() == n + 2);
    CHECK(db_run(reg_db(reg), "DELETE FROM smpp_account", NULL, 0) == DB_OK);
    CHECK(changes() > n + 2 && list("").n == 0);
}

int reg_smpp_cases(struct db *(*open_db)(void))
{
    reg = reg_case_open(open_db);
    if (reg == NULL)
        return 1;
    reg_case_empty(reg);
    gives_back_what_was_put();
    adds_changes_and_replaces();
    refuses_what_is_no_account();
    counts_every_change();
    reg_free(reg);
    return check_failures;
}
