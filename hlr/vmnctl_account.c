/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * vmnctl_account.c - accounts of SMPP applications
 *
 * A password is never an argument, which others could see, and never shown.
 */

#include "vmnctl.h"

#include "gw/crypto.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

enum { PASSWORD_MAX = 8 /* SMPP 3.4, 4.1 */, LINE_LEN = 256 };

/* ---- passwords ---- */

/* A line of it, into out. NULL, or what is wrong. */
static const char *read_line(FILE *f, char out[PASSWORD_MAX + 1])
{
    char line[LINE_LEN] = "";
    const char *why = NULL;
    size_t n;

    if (fgets(line, sizeof(line), f) == NULL)
        return "there is no password";
    n = strcspn(line, "\r\n");
    line[n] = '\0';
    if (n == 0 || n > PASSWORD_MAX)
        why = "a password must be 1 to 8 characters long";
    for (size_t i = 0; i < n; i++)
        if (line[i] < ' ' || line[i] > '~')
            why = "a password must be printable";
    if (why == NULL)
        memcpy(out, line, n + 1);
    explicit_bzero(line, sizeof(line));
    return why;
}

/* Of the terminal, which shows nothing of it. */
static const char *ask(const char *what, char out[PASSWORD_MAX + 1])
{
    FILE *tty = fopen("/dev/tty", "r+");
    struct termios was, quiet;
    const char *why;

    if (tty == NULL || tcgetattr(fileno(tty), &was) != 0) {
        if (tty != NULL)
            fclose(tty);
        return "there is no terminal to ask";
    }
    quiet = was;
    quiet.c_lflag &= ~(tcflag_t)ECHO;
    tcsetattr(fileno(tty), TCSAFLUSH, &quiet);
    fputs(what, tty);
    fflush(tty);
    why = read_line(tty, out);
    tcsetattr(fileno(tty), TCSAFLUSH, &was);
    fputs("\n", tty);
    fclose(tty);
    return why;
}

static const char *ask_twice(char out[PASSWORD_MAX + 1])
{
    char again[PASSWORD_MAX + 1] = "";
    const char *why = ask("Password: ", out);

    if (why == NULL)
        why = ask("Once more: ", again);
    if (why == NULL && strcmp(out, again) != 0)
        why = "the two are not the same";
    explicit_bzero(again, sizeof(again));
    return why;
}

static const char *find_password(const char *file, char out[PASSWORD_MAX + 1])
{
    const char *why;
    FILE *f;

    if (file == NULL && isatty(STDIN_FILENO))
        return ask_twice(out);
    if (file == NULL || strcmp(file, "-") == 0)
        return read_line(stdin, out);
    f = fopen(file, "r");
    if (f == NULL)
        return strerror(errno);
    why = read_line(f, out);
    fclose(f);
    return why;
}

/* As it is kept, into a->password. */
static int take_password(const struct vmnctl *v, struct reg_smpp *a)
{
    char password[PASSWORD_MAX + 1] = "";
    const char *why = find_password(v->password_file, password);

    if (why == NULL && !crypto_password(password, a->password))
        why = "the password cannot be hashed";
    explicit_bzero(password, sizeof(password));
    if (why == NULL)
        return EXIT_OK;
    vmnctl_say("%s%s%s", v->password_file != NULL ? v->password_file : "",
               v->password_file != NULL ? ": " : "", why);
    return EXIT_FAILED;
}

/* ---- arguments ---- */

int vmnctl_account_check(struct vmnctl *v)
{
    if (strlen(v->arg[0]) > REG_SMPP_ID_MAX || v->arg[0][0] == '\0')
        return vmnctl_usage("a system-id has 1 to %d characters: <%s>",
                            REG_SMPP_ID_MAX, v->arg[0]);
    for (int i = 1; i < v->args; i++) {
        const char *eq = strchr(v->arg[i], '=');

        if (eq == NULL ||
            reg_smpp_find(v->arg[i], (size_t)(eq - v->arg[i])) == -1)
            return vmnctl_usage("it must be KEY=VALUE, with a key of a group "
                                "smpp-account: <%.20s>",
                                v->arg[i]);
        if (strlen(eq + 1) > REG_SMPP_VALUE_MAX)
            return vmnctl_usage("the value is too long: <%.40s...>", v->arg[i]);
    }
    return 0;
}

static void take_settings(const struct vmnctl *v, struct reg_smpp *a)
{
    for (int i = 1; i < v->args; i++) {
        const char *eq = strchr(v->arg[i], '=');
        int key = reg_smpp_find(v->arg[i], (size_t)(eq - v->arg[i]));

        snprintf(a->value[key], sizeof(a->value[key]), "%s", eq + 1);
    }
}

/* ---- commands ---- */

static int put(struct vmnctl *v, const struct reg_smpp *a, enum reg_how how)
{
    if (!vmnctl_account_good(a))
        return EXIT_FAILED;
    if (reg_smpp_put(v->reg, a, how, v->who) != DB_OK)
        return vmnctl_failed(v);
    return EXIT_OK;
}

int vmnctl_account_add(struct vmnctl *v)
{
    struct reg_smpp a = { .changed_ms = 0 };

    snprintf(a.system_id, sizeof(a.system_id), "%s", v->arg[0]);
    take_settings(v, &a);
    if (take_password(v, &a) != EXIT_OK)
        return EXIT_FAILED;
    return put(v, &a, v->replace ? REG_REPLACE : REG_ADD);
}

struct found {
    struct reg_smpp a;
    bool any;
};

static bool take_found(void *ctx, const struct reg_smpp *a)
{
    struct found *f = ctx;

    f->a = *a;
    f->any = true;
    return false;
}

static int not_there(const struct vmnctl *v)
{
    vmnctl_say("there is no account <%s>", v->arg[0]);
    return EXIT_FAILED;
}

int vmnctl_account_change(struct vmnctl *v)
{
    struct found f = { .any = false };
    bool password = v->password || v->password_file != NULL;

    if (v->args == 1 && !password)
        return vmnctl_usage("change what?");
    if (reg_smpp_list(v->reg, v->arg[0], take_found, &f) != DB_OK)
        return vmnctl_failed(v);
    if (!f.any)
        return not_there(v);
    take_settings(v, &f.a);
    if (password && take_password(v, &f.a) != EXIT_OK)
        return EXIT_FAILED;
    return put(v, &f.a, REG_CHANGE);
}

int vmnctl_account_del(struct vmnctl *v)
{
    int64_t n = 0;

    if (reg_smpp_del(v->reg, v->arg[0], v->who, &n) != DB_OK)
        return vmnctl_failed(v);
    return n > 0 ? EXIT_OK : not_there(v);
}

/* ---- list ---- */

struct listing {
    const struct vmnctl *v;
    unsigned n;
};

static void put_json(const struct reg_smpp *a, bool first)
{
    fputs(first ? "[\n  { \"system-id\": " : ",\n  { \"system-id\": ", stdout);
    vmnctl_put_json(a->system_id);
    for (int i = 0; i < REG_SMPP_SETTINGS; i++) {
        if (a->value[i][0] == '\0')
            continue;
        printf(", \"%s\": ", reg_smpp_setting[i]);
        vmnctl_put_json(a->value[i]);
    }
    fputs(" }", stdout);
}

/* As the arguments that would make it. */
static void put_text(const struct reg_smpp *a)
{
    fputs(a->system_id, stdout);
    for (int i = 0; i < REG_SMPP_SETTINGS; i++) {
        const char *quote = strpbrk(a->value[i], " ;*") != NULL ? "'" : "";

        if (a->value[i][0] != '\0')
            printf("  %s=%s%s%s", reg_smpp_setting[i], quote, a->value[i],
                   quote);
    }
    puts("");
}

static bool put_account(void *ctx, const struct reg_smpp *a)
{
    struct listing *l = ctx;

    if (l->v->form == FORM_JSON)
        put_json(a, l->n == 0);
    else
        put_text(a);
    l->n++;
    return !ferror(stdout);
}

int vmnctl_account_list(struct vmnctl *v)
{
    struct listing l = { .v = v };

    if (reg_smpp_list(v->reg, v->args > 0 ? v->arg[0] : "", put_account, &l) !=
        DB_OK)
        return vmnctl_failed(v);
    if (v->args > 0 && l.n == 0)
        return not_there(v);
    if (v->form == FORM_JSON)
        puts(l.n == 0 ? "[]" : "\n]");
    return vmnctl_end_output();
}
