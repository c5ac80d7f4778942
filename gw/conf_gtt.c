/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * conf_gtt.c - rules of global title translation: group = gtt, and gtt-file
 *
 * A row of the file is looked at as if it were a group whose keys are the
 * columns, by the same functions.
 */

#include "conf_part.h"

#include <ctype.h>
#include <errno.h>
#include <string.h>

static const struct conf_word route_on_words[] = {
    { "gt", GTT_PC },
    { "ssn", GTT_PC_SSN },
    { NULL, 0 },
};

static void read_prefix(struct conf_group *g, char *out)
{
    char text[SCCP_GT_DIGITS + 1];

    if (!conf_has(g, "prefix") && g->row == NULL)
        conf_missing(g, "prefix", "leading digits, or \"\" for every number");
    if (!conf_get_text(g, "prefix", text, sizeof(text)))
        return;
    if (text[strspn(text, "0123456789abcdefABCDEF")] != '\0') {
        conf_bad(g, "prefix", "must be decimal or hexadecimal digits");
        return;
    }
    for (char *p = text; *p != '\0'; p++)
        *out++ = (char)tolower((unsigned char)*p);
}

static void read_selector(struct conf_group *g, const char *key, int16_t *out,
                          uint32_t max)
{
    uint32_t n;

    *out = GTT_ANY;
    if (conf_get_uint(g, key, &n, 0, max))
        *out = (int16_t)n;
}

static const struct conf_word share_words[] = {
    { "backup", false },
    { "load", true },
    { NULL, 0 },
};

static void read_nodes(struct conf_group *g, const struct ss7_network *n,
                       struct gtt_rule *r)
{
    uint32_t pc[1 + GTT_MORE];
    uint8_t n_pc;
    int share = false;

    conf_get_word(g, "share", share_words, &share);
    r->share = share != 0;
    if (!conf_get_pcs(g, "to-point-code", pc, &n_pc, 1 + GTT_MORE))
        return;
    if (n_pc == 1 && conf_has(g, "share"))
        conf_bad(g, "share", "is of use with several point codes only");
    r->pc = pc[0];
    r->n_more = n_pc - 1;
    for (unsigned i = 0; i < r->n_more; i++)
        r->more[i] = (uint16_t)pc[i + 1];
    for (unsigned i = 0; n != NULL && i < n->n_pc; i++)
        for (unsigned k = 0; k < n_pc; k++)
            if (n->pc[i] == pc[k])
                conf_bad(g, "to-point-code",
                         "is this node's own; for a local subsystem leave it "
                         "out");
}

/* What only a rule that sends elsewhere can have. */
static void refuse_elsewhere(struct conf_group *g)
{
    static const char *const keys[] = {
        "share",
        "route-on",
        "strip-digits",
        "prepend-digits",
        "set-translation-type",
        "set-numbering-plan",
        "set-nature-of-address",
    };

    for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++)
        if (conf_has(g, keys[i]))
            conf_bad(g, keys[i], "is of use with to-point-code only");
}

static void read_change(struct conf_group *g, struct gtt_change *c)
{
    conf_get_u8(g, "strip-digits", &c->strip, 0, SCCP_GT_DIGITS);
    conf_get_digits(g, "prepend-digits", c->prepend, 1, GTT_PREPEND);
    c->set_tt = conf_get_u8(g, "set-translation-type", &c->tt, 0, 255);
    c->set_np = conf_get_u8(g, "set-numbering-plan", &c->np, 0, 15);
    c->set_nai = conf_get_u8(g, "set-nature-of-address", &c->nai, 0, 127);
}

static void read_action(struct conf_group *g, const struct ss7_network *n,
                        struct gtt_rule *r)
{
    int action = GTT_PC;

    conf_get_u8(g, "to-ssn", &r->ssn, 2, 254);
    if (!conf_has(g, "to-point-code")) {
        r->action = GTT_LOCAL;
        refuse_elsewhere(g);
        return;
    }
    conf_get_word(g, "route-on", route_on_words, &action);
    r->action = (enum gtt_action)action;
    if (r->action == GTT_PC_SSN && !conf_has(g, "to-ssn"))
        conf_missing(g, "to-ssn", "route-on = ssn needs it");
    read_nodes(g, n, r);
    read_change(g, &r->change);
}

/* From a group or a row. False: it is wrong, and was told. */
static bool read_values(struct conf_group *g, const struct ss7_network *n,
                        struct gtt_rule *rule)
{
    unsigned before = g->in->errors;

    *rule = (struct gtt_rule){ .action = GTT_LOCAL };
    read_prefix(g, rule->prefix);
    read_selector(g, "translation-type", &rule->tt, 255);
    read_selector(g, "numbering-plan", &rule->np, 15);
    read_selector(g, "nature-of-address", &rule->nai, 127);
    read_action(g, n, rule);
    return g->in->errors == before;
}

/* ---- group = gtt ---- */

static bool same_match(const struct gtt_rule *a, const struct gtt_rule *b)
{
    return a->tt == b->tt && a->np == b->np && a->nai == b->nai &&
           strcmp(a->prefix, b->prefix) == 0;
}

static bool is_there(const struct ss7_network *n, const struct gtt_rule *r)
{
    for (unsigned i = 0; i < n->n_gtt; i++)
        if (same_match(&n->gtt[i], r))
            return true;
    return false;
}

static void read_rule(struct conf_group *g, void *ctx)
{
    struct conf *c = ctx;
    struct ss7_network *n = conf_network(g, c);
    struct gtt_rule rule;

    if (!read_values(g, n, &rule) || n == NULL)
        return;
    if (is_there(n, &rule))
        conf_wrong(g,
                   "another gtt group of network %s has the same prefix, "
                   "translation type, numbering plan and nature",
                   n->id);
    else if (n->n_gtt == SS7_GTT_RULES)
        conf_wrong(g, "network %s may have at most %d gtt groups", n->id,
                   SS7_GTT_RULES);
    else
        memcpy(conf_append(&n->gtt, &n->n_gtt, sizeof(rule)), &rule,
               sizeof(rule));
}

/* ---- gtt-file ---- */

enum { ROW_MAX = 1024, ERRORS_MAX = 100 };

static const char *const columns[] = {
    "prefix",
    "translation-type",
    "numbering-plan",
    "nature-of-address",
    "to-point-code",
    "share",
    "to-ssn",
    "route-on",
    "strip-digits",
    "prepend-digits",
    "set-translation-type",
    "set-numbering-plan",
    "set-nature-of-address",
};
enum { COLUMNS = sizeof(columns) / sizeof(columns[0]) };

struct file {
    FILE *f;
    struct conf_group g;
    struct conf_row row;
    char heading[ROW_MAX], line[ROW_MAX];
    char *name[COLUMNS], *value[COLUMNS];
};

/* A line without its end. False: there is none, or it is wrong: a 0 in it,
 * maybe, as a file has where it was not written to the end. */
static bool get_line(struct file *t, size_t *n)
{
    int c = getc_unlocked(t->f);

    if (c == EOF)
        return false;
    t->row.line++;
    for (*n = 0; c != EOF && c != '\n'; c = getc_unlocked(t->f)) {
        if (c == '\0' || *n == ROW_MAX - 2) {
            conf_wrong(&t->g, "the line is longer than %d octets, or no text",
                       ROW_MAX - 2);
            return false;
        }
        t->line[(*n)++] = (char)c;
    }
    return true;
}

/* The next line that says something. False: there is none, or it is wrong. */
static bool next_line(struct file *t)
{
    size_t n;

    while (get_line(t, &n)) {
        while (n > 0 && isspace((unsigned char)t->line[n - 1]))
            n--;
        t->line[n] = '\0';
        if (n > 0 && t->line[0] != '#')
            return true;
    }
    return false;
}

/*
 * Take the doubling off quotes, behind the first one, up to the last one,
 * which is overwritten. Returns what stands behind, or NULL: it is not
 * closed, or something that does not belong there stands behind.
 */
static char *unquote(char *p)
{
    char *out = ++p;

    for (; *p != '\0'; *out++ = *p++) {
        if (*p != '"' || *++p == '"')
            continue;
        p += strspn(p, " \t");
        if (*p != ',' && *p != '\0')
            return NULL;
        memset(out, '\0', (size_t)(p - out));
        return p;
    }
    return NULL;
}

/*
 * One field, in its place: without blanks around it, or without its quotes.
 * One that is not well quoted keeps its quote, and so is no good value.
 * Returns what follows its comma, or NULL at the end of the line.
 */
static char *next_field(char *p, char **field)
{
    char *end = NULL;
    bool more;

    p += strspn(p, " \t");
    *field = p;
    if (*p == '"')
        end = unquote(p);
    if (end != NULL) {
        *field = p + 1;
    } else {
        end = p + strcspn(p, ",");
        for (char *q = end; q > p && isspace((unsigned char)q[-1]); q--)
            q[-1] = '\0';
    }
    more = *end == ',';
    *end = '\0';
    return more ? end + 1 : NULL;
}

/* The number of fields, COLUMNS + 1 if there are more than COLUMNS. */
static unsigned split(char *line, char *field[])
{
    char *spare;
    unsigned n = 0;

    for (char *p = line; p != NULL && n <= COLUMNS; n++)
        p = next_field(p, n < COLUMNS ? &field[n] : &spare);
    return n;
}

static bool is_column(const char *name)
{
    for (unsigned i = 0; i < COLUMNS; i++)
        if (strcmp(columns[i], name) == 0)
            return true;
    return false;
}

static bool is_among(char *const *name, unsigned n, const char *one)
{
    for (unsigned i = 0; i < n; i++)
        if (strcmp(name[i], one) == 0)
            return true;
    return false;
}

static void read_heading(struct file *t)
{
    struct conf_row *r = &t->row;
    unsigned n;

    if (!next_line(t)) {
        conf_wrong(&t->g, "there is no heading that names the columns");
        return;
    }
    memcpy(t->heading, t->line, sizeof(t->heading));
    if (strncmp(t->heading, "\xef\xbb\xbf", 3) == 0) /* byte order mark */
        memmove(t->heading, t->heading + 3, sizeof(t->heading) - 3);
    n = split(t->heading, t->name);
    if (n > COLUMNS) {
        conf_wrong(&t->g, "there are more columns than %d", COLUMNS);
        return;
    }
    for (unsigned i = 0; i < n; i++)
        if (!is_column(t->name[i]))
            conf_wrong(&t->g, "there is no such column: <%s>", t->name[i]);
        else if (is_among(t->name, i, t->name[i]))
            conf_wrong(&t->g, "a column is there twice: <%s>", t->name[i]);
    if (!is_among(t->name, n, "prefix"))
        conf_wrong(&t->g, "the heading must name prefix");
    r->columns = n;
}

static void read_row(struct file *t, const struct ss7_network *n, struct gtt *g)
{
    unsigned fields = split(t->line, t->value);
    struct gtt_rule rule;

    if (fields != t->row.columns)
        conf_wrong(&t->g, "there are %s fields than in the heading",
                   fields < t->row.columns ? "fewer" : "more");
    else if (read_values(&t->g, n, &rule) && gtt_add(g, &rule) < 0)
        conf_wrong(&t->g,
                   "prefix = <%s>: another rule of network %s has the same "
                   "prefix, translation type, numbering plan and nature",
                   rule.prefix, n->id);
}

/* All that is wrong is told, up to a bound. */
static void read_file(struct file *t, const struct ss7_network *n,
                      struct gtt *g)
{
    unsigned *errors = &t->g.in->errors;

    read_heading(t);
    if (*errors > 0)
        return;
    while (*errors < ERRORS_MAX && next_line(t))
        read_row(t, n, g);
    if (ferror(t->f))
        conf_wrong(&t->g, "cannot be read: %s", strerror(errno));
    if (*errors >= ERRORS_MAX)
        conf_wrong(&t->g, "after %d errors the rest was not looked at",
                   ERRORS_MAX);
}

struct gtt *conf_gtt_read(const struct ss7_network *n)
{
    struct conf_in in = { .errors = 0 };
    struct file t = { .f = fopen(n->gtt_file, "r") };
    struct gtt *g;

    t.row = (struct conf_row){
        .file = n->gtt_file,
        .name = t.name,
        .value = t.value,
    };
    t.g = (struct conf_group){ .in = &in, .name = "gtt", .row = &t.row };
    if (t.f == NULL) {
        conf_wrong(&t.g, "cannot be read: %s", strerror(errno));
        return NULL;
    }
    g = ss7_gtt_new(n);
    read_file(&t, n, g);
    fclose(t.f);
    if (in.errors == 0)
        return g;
    gtt_free(g);
    return NULL;
}

/* ---- */

void conf_read_gtt(struct conf_in *in, struct conf *c)
{
    conf_each(in, "gtt", read_rule, c);
    for (unsigned i = 0; i < c->ss7.n_networks; i++) {
        const struct ss7_network *n = &c->ss7.network[i];

        if (n->gtt_file[0] == '\0')
            continue;
        c->gtt[i] = conf_gtt_read(n);
        if (c->gtt[i] == NULL)
            in->errors++;
    }
}
