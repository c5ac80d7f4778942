/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * vmnctl.c - the administrator's view of the SQLite register
 *
 * See vmnctl(8). A running box sees a change within a second.
 */

#include "vmnctl.h"

#include "config.h"
#include "csv.h"

#include <errno.h>
#include <getopt.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum option_letter {
    OPT_FILE = 'f',
    OPT_HELP = 'h',
    OPT_DB = 'D',
    OPT_IMSI = 'i',
    OPT_NETWORK = 'n',
    OPT_STATUS = 's',
    OPT_ROUTE = 'r',
    OPT_PREFIX = 'p',
    OPT_LIMIT = 'l',
    OPT_REPLACE = 'R',
    OPT_DRY = 'd',
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
    { "prefix", required_argument, NULL, OPT_PREFIX },
    { "limit", required_argument, NULL, OPT_LIMIT },
    { "replace", no_argument, NULL, OPT_REPLACE },
    { "dry-run", no_argument, NULL, OPT_DRY },
    { "json", no_argument, NULL, OPT_JSON },
    { "csv", no_argument, NULL, OPT_CSV },
    { "help", no_argument, NULL, OPT_HELP },
    { "version", no_argument, NULL, OPT_VERSION },
    { NULL, 0, NULL, 0 },
};

static const struct command {
    const char *name;
    const char *options; /* letters of those that it has */
    int min, max;        /* arguments */
} commands[] = {
    { "add", "insrR", 1, 2 }, { "del", "", 1, 2 },
    { "show", "ij", 0, 1 },   { "list", "nsrpljc", 0, 0 },
    { "import", "Rd", 1, 1 }, { "check", "", 0, 0 },
};

static const char help[] =
    "usage: vmnctl [-f FILE | --db FILE] COMMAND\n"
    "\n"
    "  add [--imsi IMSI] [--network ID] [--status STATUS] [--route ID]\n"
    "      [--replace] NUMBER [LAST]    a number, or a range of them\n"
    "  del NUMBER [LAST]                take it out again\n"
    "  show NUMBER | --imsi IMSI [--json]\n"
    "  list [--prefix DIGITS] [--network ID] [--status STATUS] [--route ID]\n"
    "       [--limit N] [--json | --csv]\n"
    "  import [--replace] [--dry-run] FILE.csv    all of it, or nothing\n"
    "  check                            would the box take this register?\n"
    "\n"
    "  -f FILE    the box's configuration (" SIGTRAN_BOX_CONF ")\n"
    "  --db FILE  the register itself, without a configuration\n"
    "\n"
    "STATUS is active, barred, absent or no-sms. Exit status: 0 done, 1 not\n"
    "found or failed, 2 wrong usage. See vmnctl(8).\n";

void vmnctl_say(const char *fmt, ...)
{
    va_list ap;

    fflush(stdout);
    fputs("vmnctl: ", stderr);
    va_start(ap, fmt);
    vfprintf(stderr, fmt, ap);
    va_end(ap);
    fputc('\n', stderr);
}

static int usage(const char *what, const char *which)
{
    vmnctl_say("%s%s; see vmnctl --help", what, which);
    return EXIT_USAGE;
}

static const struct command *find_command(const char *name)
{
    for (size_t i = 0; i < sizeof(commands) / sizeof(commands[0]); i++)
        if (strcmp(commands[i].name, name) == 0)
            return &commands[i];
    return NULL;
}

struct arguments {
    const char *conf, *db;
    const char *given; /* letters of the command's options */
    char letters[32];
    const char *rest[3]; /* command first */
    int n;
};

static const char *take_limit(struct vmnctl *v, const char *text)
{
    char *end;

    errno = 0;
    v->limit = strtoul(text, &end, 10);
    if (*end != '\0' || errno != 0 || v->limit == 0 || text[0] == '-')
        return "a limit must be a number above 0";
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

static const char *take_status(struct vmnctl *v, const char *text)
{
    const char *why = row_set_status(&v->row, text);

    v->filter.status = v->row.row.status;
    return why;
}

static const char *take_imsi(struct vmnctl *v, const char *text)
{
    const char *why = row_set_imsi(&v->row, text);

    memcpy(v->imsi, v->row.row.imsi, sizeof(v->imsi));
    return why;
}

static const char *take_names(struct vmnctl *v, int letter, const char *text)
{
    char *in_row = letter == OPT_ROUTE ? v->row.route : v->row.network;
    char *in_filter = letter == OPT_ROUTE ? v->filter.route : v->filter.network;
    const char *why = row_set_name(in_row, text);

    if (why == NULL)
        memcpy(in_filter, in_row, sizeof(v->row.route));
    return why;
}

/* One option of a command. NULL, or what is wrong with its value. */
static const char *take_option(struct vmnctl *v, int letter, const char *text)
{
    switch (letter) {
    case OPT_IMSI:
        return take_imsi(v, text);
    case OPT_NETWORK:
    case OPT_ROUTE:
        return take_names(v, letter, text);
    case OPT_STATUS:
        return take_status(v, text);
    case OPT_PREFIX:
        return take_prefix(v, text);
    case OPT_LIMIT:
        return take_limit(v, text);
    case OPT_REPLACE:
        v->replace = true;
        return NULL;
    case OPT_DRY:
        v->dry_run = true;
        return NULL;
    default:
        v->form = letter == OPT_JSON ? FORM_JSON : FORM_CSV;
        return NULL;
    }
}

/* 0: go on; else the exit status plus one. */
static int take_arguments(struct vmnctl *v, struct arguments *a, int argc,
                          char **argv)
{
    size_t n = 0;
    int letter;

    opterr = 0;
    while ((letter = getopt_long(argc, argv, ":f:h", options, NULL)) != -1) {
        const char *why = NULL;

        if (letter == OPT_HELP || letter == OPT_VERSION) {
            fputs(letter == OPT_HELP ? help
                                     : "vmnctl " SIGTRAN_BOX_VERSION "\n",
                  stdout);
            return EXIT_OK + 1;
        }
        if (letter == '?' || letter == ':')
            return 1 + usage(letter == ':' ? "a value is missing: "
                                           : "there is no such option: ",
                             argv[optind - 1]);
        if (letter == OPT_FILE)
            a->conf = optarg;
        else if (letter == OPT_DB)
            a->db = optarg;
        else if (n + 1 == sizeof(a->letters))
            why = "there are too many options";
        else {
            a->letters[n++] = (char)letter;
            why = take_option(v, letter, optarg);
        }
        if (why != NULL)
            return 1 + usage(why, "");
    }
    for (; optind < argc; optind++, a->n++)
        if (a->n < 3)
            a->rest[a->n] = argv[optind];
    return 0;
}

/* 0, or the exit status. */
static int check_arguments(struct vmnctl *v, const struct arguments *a,
                           const struct command *c)
{
    struct hlr_row *r = &v->row.row;
    const char *why = NULL;

    if (a->conf != NULL && a->db != NULL)
        return usage("either -f or --db", "");
    if (a->letters[strspn(a->letters, c->options)] != '\0')
        return usage("an option is not one of ", c->name);
    if (a->n - 1 < c->min || a->n - 1 > c->max)
        return usage("wrong number of arguments for ", c->name);
    if (strchr(a->letters, OPT_JSON) != NULL &&
        strchr(a->letters, OPT_CSV) != NULL)
        return usage("either --json or --csv", "");
    if (strcmp(c->name, "import") == 0 || a->n == 1)
        return strcmp(c->name, "show") == 0 && v->imsi[0] == '\0'
                   ? usage("show what? A number, or --imsi", "")
                   : 0;
    if (strcmp(c->name, "show") == 0 && v->imsi[0] != '\0')
        return usage("either a number or --imsi", "");
    why = row_set_number(r->first, a->rest[1]);
    if (why == NULL && a->n > 2)
        why = row_set_number(r->last, a->rest[2]);
    if (why == NULL)
        why = row_check(&v->row);
    return why != NULL ? usage(why, "") : 0;
}

/* ---- the register ---- */

/* MCC 999 is for private use: it stands for networks that are not known. */
static void make_up_networks(struct hlr_conf *h)
{
    const unsigned max = sizeof(h->mccmnc) / sizeof(h->mccmnc[0]);

    h->networks = max;
    for (unsigned i = 0; i < max; i++)
        snprintf(h->mccmnc[i], sizeof(h->mccmnc[i]), "999%02u", i);
}

void vmnctl_learn(struct vmnctl *v, const struct hlr_stored *row)
{
    struct hlr_conf *h = &v->hlr;
    unsigned i;

    if (v->named || row->network[0] == '\0')
        return;
    for (i = 1; i < h->networks && h->network_id[i][0] != '\0'; i++)
        if (strcmp(h->network_id[i], row->network) == 0)
            return;
    if (i < h->networks)
        memcpy(h->network_id[i], row->network, sizeof(row->network));
}

struct loading {
    struct vmnctl *v;
    struct hlr_build *build;
};

static bool load_row(void *ctx, const struct hlr_stored *row)
{
    struct loading *l = ctx;

    vmnctl_learn(l->v, row);
    hlr_build_add(l->build, row, "in the register");
    return true;
}

static void tell_row(void *ctx, const char *line)
{
    (void)ctx;
    vmnctl_say("%s", line);
}

struct hlr_build *vmnctl_load(struct vmnctl *v)
{
    static const struct hlr_filter all = { .status = 0 };
    struct loading l = { .v = v };
    char ignored[300];

    l.build = hlr_build_new(&v->hlr, tell_row, NULL);
    if (hlr_db_list(v->db, &all, load_row, &l) == 0)
        return l.build;
    vmnctl_say("%s", hlr_db_why(v->db));
    hlr_table_free(hlr_build_end(l.build, ignored, sizeof(ignored)));
    return NULL;
}

/* Only what adds to a register makes one. */
static int open_register(struct vmnctl *v, const struct arguments *a)
{
    bool create = a->rest[0][0] == 'a' || a->rest[0][0] == 'i';
    const char *conf = a->conf != NULL ? a->conf : SIGTRAN_BOX_CONF;
    char why[300];

    if (a->db != NULL) {
        make_up_networks(&v->hlr);
        snprintf(v->hlr.file, sizeof(v->hlr.file), "%s", a->db);
    } else {
        if (vmnctl_conf(conf, &v->hlr) == -1)
            return -1;
        v->named = true;
    }
    v->db = hlr_db_open(v->hlr.file, create, why, sizeof(why));
    if (v->db == NULL)
        vmnctl_say("%s", why);
    return v->db != NULL ? 0 : -1;
}

static int run(struct vmnctl *v, const struct arguments *a)
{
    const char *name = a->rest[0];

    if (strcmp(name, "add") == 0)
        return vmnctl_add(v);
    if (strcmp(name, "del") == 0)
        return vmnctl_del(v);
    if (strcmp(name, "show") == 0)
        return vmnctl_show(v);
    if (strcmp(name, "list") == 0)
        return vmnctl_list(v);
    if (strcmp(name, "import") == 0)
        return vmnctl_import(v, a->rest[1]);
    return vmnctl_check(v);
}

int main(int argc, char **argv)
{
    static struct vmnctl v;
    struct arguments a = { .n = 0 };
    const struct command *c;
    int rc;

    v.row.row.status = HLR_ACTIVE;
    v.row.row.route = HLR_ROUTE_NONE;
    rc = take_arguments(&v, &a, argc, argv);
    if (rc != 0)
        return rc - 1;
    if (a.n == 0)
        return usage("which command?", "");
    c = find_command(a.rest[0]);
    if (c == NULL)
        return usage("there is no such command: ", a.rest[0]);
    rc = check_arguments(&v, &a, c);
    if (rc != 0)
        return rc;
    if (open_register(&v, &a) == -1)
        return EXIT_FAILED;
    rc = run(&v, &a);
    hlr_db_close(v.db);
    if (v.named)
        vmnctl_conf_free();
    return rc;
}
