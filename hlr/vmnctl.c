/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * vmnctl.c - the administrator's view of the register
 *
 * See vmnctl(8). A running box sees a change within a second.
 */

#include "vmnctl.h"

#include "config.h"

#include <errno.h>
#include <getopt.h>
#include <pwd.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum option_letter {
    OPT_FILE = 'f',
    OPT_HELP = 'h',
    OPT_DB = 'D',
    OPT_IMSI = 'i',
    OPT_NETWORK = 'n',
    OPT_STATUS = 's',
    OPT_ROUTE = 'r',
    OPT_OWNER = 'o',
    OPT_RATE = 'q',
    OPT_FROM = 'v',
    OPT_TO = 't',
    OPT_MODE = 'm',
    OPT_NOTE = 'N',
    OPT_PREFIX = 'p',
    OPT_LIMIT = 'l',
    OPT_SC = 'S',
    OPT_REPLACE = 'R',
    OPT_DRY = 'd',
    OPT_RESUME = 'u',
    OPT_ABORT = 'a',
    OPT_PASSWORD = 'w',
    OPT_PASSWORD_FILE = 'W',
    OPT_JSON = 'j',
    OPT_CSV = 'c',
    OPT_VERSION = 'V',
};

static const struct option options[] = {
    { "db", required_argument, NULL, OPT_DB },
    { "imsi", required_argument, NULL, OPT_IMSI },
    { "network", required_argument, NULL, OPT_NETWORK },
    { "status", required_argument, NULL, OPT_STATUS },
    { "route", required_argument, NULL, OPT_ROUTE },
    { "owner", required_argument, NULL, OPT_OWNER },
    { "rate", required_argument, NULL, OPT_RATE },
    { "valid-from", required_argument, NULL, OPT_FROM },
    { "valid-to", required_argument, NULL, OPT_TO },
    { "imsi-mode", required_argument, NULL, OPT_MODE },
    { "note", required_argument, NULL, OPT_NOTE },
    { "prefix", required_argument, NULL, OPT_PREFIX },
    { "limit", required_argument, NULL, OPT_LIMIT },
    { "sc", required_argument, NULL, OPT_SC },
    { "replace", no_argument, NULL, OPT_REPLACE },
    { "dry-run", no_argument, NULL, OPT_DRY },
    { "resume", no_argument, NULL, OPT_RESUME },
    { "abort", no_argument, NULL, OPT_ABORT },
    { "password", no_argument, NULL, OPT_PASSWORD },
    { "password-file", required_argument, NULL, OPT_PASSWORD_FILE },
    { "json", no_argument, NULL, OPT_JSON },
    { "csv", no_argument, NULL, OPT_CSV },
    { "help", no_argument, NULL, OPT_HELP },
    { "version", no_argument, NULL, OPT_VERSION },
    { NULL, 0, NULL, 0 },
};

/* Options that are a value of a row. */
static const struct {
    int letter;
    enum row_column column;
} row_options[] = {
    { OPT_IMSI, ROW_IMSI },     { OPT_NETWORK, ROW_NETWORK },
    { OPT_STATUS, ROW_STATUS }, { OPT_ROUTE, ROW_ROUTE },
    { OPT_OWNER, ROW_OWNER },   { OPT_RATE, ROW_RATE },
    { OPT_FROM, ROW_FROM },     { OPT_TO, ROW_TO },
    { OPT_MODE, ROW_MODE },     { OPT_NOTE, ROW_NOTE },
};

/* ---- saying ---- */

static void say(const char *fmt, va_list ap, const char *behind)
{
    fflush(stdout);
    fputs("vmnctl: ", stderr);
    vfprintf(stderr, fmt, ap);
    fputs(behind, stderr);
}

void vmnctl_say(const char *fmt, ...)
{
    va_list ap;

    va_start(ap, fmt);
    say(fmt, ap, "\n");
    va_end(ap);
}

int vmnctl_usage(const char *fmt, ...)
{
    va_list ap;

    va_start(ap, fmt);
    say(fmt, ap, "; see vmnctl --help\n");
    va_end(ap);
    return EXIT_USAGE;
}

int vmnctl_failed(const struct vmnctl *v)
{
    vmnctl_say("%s", reg_why(v->reg));
    return EXIT_FAILED;
}

int vmnctl_end_output(void)
{
    if (fflush(stdout) == 0 && !ferror(stdout))
        return EXIT_OK;
    vmnctl_say("standard output: %s", strerror(errno));
    return EXIT_FAILED;
}

/* ---- arguments ---- */

struct arguments {
    const char *conf, *db;
    char letters[32]; /* of options of commands, as they were given */
    size_t n_letters;
    const char *rest[VMNCTL_ARGS + 2]; /* command first */
    int n;
    bool help;
};

static const char *take_limit(struct vmnctl *v, const char *text)
{
    unsigned long n;
    char *end;

    errno = 0;
    n = strtoul(text, &end, 10);
    if (*end != '\0' || errno != 0 || n == 0 || text[0] == '-' ||
        n > 4000000000)
        return "a limit must be a number above 0";
    v->filter.limit = (unsigned)n;
    return NULL;
}

static const char *take_prefix(struct vmnctl *v, const char *text)
{
    if (*text == '+')
        text++;
    if (strlen(text) > HLR_MSISDN_MAX ||
        text[strspn(text, "0123456789")] != '\0')
        return "a prefix must be decimal digits";
    memcpy(v->filter.prefix, text, strlen(text) + 1);
    return NULL;
}

/* The same text may be a condition. */
static void set_condition(struct vmnctl *v, enum row_column column)
{
    struct reg_filter *f = &v->filter;
    const struct hlr_stored *s = &v->row;

    if (column == ROW_NETWORK)
        memcpy(f->network, s->network, sizeof(f->network));
    else if (column == ROW_ROUTE)
        memcpy(f->route, s->route, sizeof(f->route));
    else if (column == ROW_OWNER)
        memcpy(f->owner, s->owner, sizeof(f->owner));
    else if (column == ROW_STATUS)
        f->status = s->row.status;
    else if (column == ROW_IMSI)
        memcpy(f->imsi, s->row.imsi, sizeof(f->imsi));
}

static const char *take_value(struct vmnctl *v, int letter, const char *text)
{
    for (size_t i = 0; i < sizeof(row_options) / sizeof(row_options[0]); i++) {
        enum row_column column = row_options[i].column;
        const char *why;

        if (row_options[i].letter != letter)
            continue;
        why = row_set(&v->row, column, text);
        v->set |= 1u << column;
        if (why == NULL)
            set_condition(v, column);
        return why;
    }
    return NULL;
}

static const char *take_sc(struct vmnctl *v, const char *text)
{
    static char sc[HLR_MSISDN_MAX + 1];

    v->sc = sc;
    return row_set_number(sc, text);
}

/* One option of a command. NULL, or what is wrong with its value. */
static const char *take_option(struct vmnctl *v, int letter, const char *text)
{
    switch (letter) {
    case OPT_PREFIX:
        return take_prefix(v, text);
    case OPT_LIMIT:
        return take_limit(v, text);
    case OPT_SC:
        return take_sc(v, text);
    case OPT_REPLACE:
        v->replace = true;
        return NULL;
    case OPT_DRY:
        v->dry_run = true;
        return NULL;
    case OPT_RESUME:
        v->resume = true;
        return NULL;
    case OPT_ABORT:
        v->abort = true;
        return NULL;
    case OPT_PASSWORD:
        v->password = true;
        return NULL;
    case OPT_PASSWORD_FILE:
        v->password_file = text;
        return NULL;
    case OPT_JSON:
    case OPT_CSV:
        v->form = letter == OPT_JSON ? FORM_JSON : FORM_CSV;
        return NULL;
    default:
        return take_value(v, letter, text);
    }
}

/* 0, or EXIT_USAGE. */
static int take_letter(struct vmnctl *v, struct arguments *a, int letter)
{
    const char *why;

    if (letter == OPT_HELP) {
        a->help = true;
    } else if (letter == OPT_FILE) {
        a->conf = optarg;
    } else if (letter == OPT_DB) {
        a->db = optarg;
    } else {
        if (a->n_letters + 1 == sizeof(a->letters))
            return vmnctl_usage("there are too many options");
        a->letters[a->n_letters++] = (char)letter;
        why = take_option(v, letter, optarg);
        if (why != NULL)
            return vmnctl_usage("%s: <%s>", why, optarg);
    }
    return 0;
}

/* 0: go on; else the exit status plus one. */
static int take_arguments(struct vmnctl *v, struct arguments *a, int argc,
                          char **argv)
{
    int letter;

    opterr = 0;
    while ((letter = getopt_long(argc, argv, ":f:h", options, NULL)) != -1) {
        if (letter == OPT_VERSION) {
            puts("vmnctl " SIGTRAN_BOX_VERSION);
            return EXIT_OK + 1;
        }
        if (letter == ':')
            return 1 + vmnctl_usage("a value is missing: %s", argv[optind - 1]);
        if (letter == '?')
            return 1 + vmnctl_usage("there is no such option: %s",
                                    argv[optind - 1]);
        if (take_letter(v, a, letter) != 0)
            return EXIT_USAGE + 1;
    }
    for (; optind < argc; optind++, a->n++)
        if (a->n < VMNCTL_ARGS + 2)
            a->rest[a->n] = argv[optind];
    return 0;
}

/* ---- commands ---- */

static void put_help(const struct vmnctl_command *only)
{
    const struct vmnctl_command *c = vmnctl_commands;

    if (only != NULL) {
        for (; c->name != NULL; c++)
            if (strcmp(c->name, only->name) == 0)
                printf("usage: vmnctl [-f FILE | --db FILE] %s\n\n%s\n",
                       c->usage, c->help);
        return;
    }
    fputs(vmnctl_help_head, stdout);
    for (; c->name != NULL; c++)
        printf("  %s\n", c->usage);
    fputs(vmnctl_help_tail, stdout);
}

/* Of two words if there is such a one. */
static const struct vmnctl_command *find_command(const struct arguments *a)
{
    const struct vmnctl_command *first = NULL;
    const char *name = a->rest[0];

    if (strcmp(name, "delete") == 0)
        name = "del";
    for (const struct vmnctl_command *c = vmnctl_commands; c->name != NULL;
         c++) {
        if (strcmp(c->name, name) != 0)
            continue;
        if (c->word == NULL || (a->n > 1 && strcmp(c->word, a->rest[1]) == 0))
            return c;
        if (first == NULL)
            first = c;
    }
    return a->help ? first : NULL;
}

/* 0, or EXIT_USAGE. */
static int check_arguments(struct vmnctl *v, const struct arguments *a,
                           const struct vmnctl_command *c)
{
    int skip = c->word != NULL ? 2 : 1;
    size_t known = strspn(a->letters, c->options);

    if (a->conf != NULL && a->db != NULL)
        return vmnctl_usage("either -f or --db");
    for (const struct option *o = options; o->name != NULL; o++)
        if (a->letters[known] != '\0' && o->val == a->letters[known])
            return vmnctl_usage("--%s is not an option of %s", o->name,
                                c->name);
    if (a->n - skip < c->min || a->n - skip > c->max)
        return vmnctl_usage("wrong number of arguments: vmnctl %s", c->usage);
    if (strchr(a->letters, OPT_JSON) != NULL &&
        strchr(a->letters, OPT_CSV) != NULL)
        return vmnctl_usage("either --json or --csv");
    v->word = c->word;
    v->args = a->n - skip;
    for (int i = 0; i < v->args; i++)
        v->arg[i] = a->rest[skip + i];
    return 0;
}

/* ---- the register ---- */

/* MCC 999 is for private use: it stands for networks that are not known. */
static void make_up_networks(struct hlr_conf *h)
{
    h->networks = HLR_NETWORKS;
    for (unsigned i = 0; i < HLR_NETWORKS; i++)
        snprintf(h->mccmnc[i], sizeof(h->mccmnc[i]), "999%02u", i);
}

static const char *odd_network(struct vmnctl *v, const char *name,
                               const char **why)
{
    struct hlr_conf *h = &v->hlr;
    unsigned i;

    for (i = 0; i < h->networks; i++) {
        if (strcmp(h->network_id[i], name) == 0)
            return NULL;
        if (!v->named && i > 0 && h->network_id[i][0] == '\0')
            break;
    }
    if (v->named || i == h->networks) {
        *why = v->named ? "there is no such network"
                        : "there are more networks than a box can have";
        return name;
    }
    memcpy(h->network_id[i], name, strlen(name) + 1);
    return NULL;
}

const char *vmnctl_odd_name(struct vmnctl *v, const struct hlr_stored *s,
                            const char **why)
{
    const struct hlr_conf *h = &v->hlr;

    if (s->network[0] != '\0' && odd_network(v, s->network, why) != NULL)
        return s->network;
    if (s->route[0] == '\0' || h->routes == 0)
        return NULL;
    for (unsigned i = 0; i < h->routes; i++)
        if (strcmp(h->route_id[i], s->route) == 0)
            return NULL;
    *why = "there is no such route";
    return s->route;
}

struct db *vmnctl_open(struct vmnctl *v, bool create)
{
    char why[500];
    struct db *db = db_open(&v->hlr.db, create, why, sizeof(why));

    if (db == NULL)
        vmnctl_say("%s", why);
    return db;
}

static int find_register(struct vmnctl *v, const struct arguments *a)
{
    const char *conf = a->conf != NULL ? a->conf : SIGTRAN_BOX_CONF;
    struct db_conf *db = &v->hlr.db;

    if (a->db == NULL) {
        v->named = true;
        return vmnctl_conf(conf, &v->hlr);
    }
    make_up_networks(&v->hlr);
    *db = (struct db_conf){ .kind = DB_SQLITE };
    if ((size_t)snprintf(db->file, sizeof(db->file), "%s", a->db) >=
        sizeof(db->file)) {
        vmnctl_say("the name of the file is too long");
        return -1;
    }
    return 0;
}

/* Only what adds to a register makes one. */
static int open_register(struct vmnctl *v, const struct vmnctl_command *c)
{
    struct db *db;
    char why[500];

    if (c->opens == NO_REG)
        return 0;
    db = vmnctl_open(v, c->opens == MAKE_REG);
    if (db == NULL)
        return -1;
    v->reg = reg_new(db, why, sizeof(why));
    if (v->reg == NULL)
        vmnctl_say("%s", why);
    return v->reg != NULL ? 0 : -1;
}

static void find_who(struct vmnctl *v)
{
    const struct passwd *pw = getpwuid(getuid());
    const char *sudo = getenv("SUDO_USER");

    snprintf(v->who, sizeof(v->who), "vmnctl %s%s%s",
             pw != NULL ? pw->pw_name : "?", sudo != NULL ? " for " : "",
             sudo != NULL ? sudo : "");
}

int main(int argc, char **argv)
{
    static struct vmnctl v;
    static struct arguments a;
    const struct vmnctl_command *c;
    int rc;

    v.row = row_new();
    v.sc = "";
    rc = take_arguments(&v, &a, argc, argv);
    if (rc != 0)
        return rc - 1;
    c = a.n > 0 ? find_command(&a) : NULL;
    if (a.help && (c != NULL || a.n == 0)) {
        put_help(c);
        return vmnctl_end_output();
    }
    if (a.n == 0)
        return vmnctl_usage("which command?");
    if (c == NULL)
        return vmnctl_usage("there is no such command: %s%s%s", a.rest[0],
                            a.n > 1 ? " " : "", a.n > 1 ? a.rest[1] : "");
    rc = check_arguments(&v, &a, c);
    if (rc != 0)
        return rc;
    find_who(&v);
    if (c->check != NULL)
        rc = c->check(&v);
    if (rc != 0)
        return rc;
    rc = EXIT_FAILED;
    if (find_register(&v, &a) == 0 && open_register(&v, c) == 0)
        rc = c->run(&v);
    reg_free(v.reg);
    if (v.named)
        vmnctl_conf_free();
    return rc;
}
