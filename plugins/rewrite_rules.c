/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * rewrite_rules.c - the rules of a file, one in a line
 *
 * A line is read from its front to its end by functions that take one word,
 * "text" or /expression/ each. The first that finds something else says so,
 * and all after it find nothing.
 */

#include "rewrite_rules.h"

#include <ctype.h>
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct line {
    char *p; /* what is left of it */
    char *why;
    size_t why_len;
    bool failed;
};

static const struct {
    const char *name;
    enum plug_field field;
    bool may_set;
} fields[] = {
    { "kind", PLUG_KIND, false },    { "network", PLUG_NETWORK, false },
    { "sender", PLUG_SENDER, true }, { "receiver", PLUG_RECEIVER, true },
    { "owner", PLUG_OWNER, false },  { "sc", PLUG_SC, false },
    { "gt", PLUG_GT, false },        { "imsi", PLUG_IMSI, false },
    { "text", PLUG_TEXT, true },     { "coding", PLUG_CODING, false },
    { "route", PLUG_ROUTE, true },   { "meta", PLUG_META, false },
};

static void fail(struct line *l, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));
static void fail(struct line *l, const char *fmt, ...)
{
    va_list ap;

    if (l->failed)
        return;
    l->failed = true;
    va_start(ap, fmt);
    vsnprintf(l->why, l->why_len, fmt, ap);
    va_end(ap);
}

static void skip_blanks(struct line *l)
{
    while (*l->p == ' ' || *l->p == '\t')
        l->p++;
}

static bool at_end(struct line *l)
{
    skip_blanks(l);
    return l->failed || *l->p == '\0' || *l->p == ';';
}

static char *copy(const char *p, size_t len)
{
    char *c = malloc(len + 1);

    if (c == NULL)
        abort();
    memcpy(c, p, len);
    c[len] = '\0';
    return c;
}

/* "text", where \" and \\ stand for themselves. Owned by the caller. */
static char *quoted(struct line *l)
{
    char *out = copy(l->p, strlen(l->p)), *to = out, *from = l->p + 1;

    while (*from != '"' && *from != '\0') {
        if (*from == '\\' && (from[1] == '"' || from[1] == '\\'))
            from++;
        *to++ = *from++;
    }
    *to = '\0';
    if (*from != '"')
        fail(l, "a quotation mark is missing by the end of the line");
    else
        from++;
    l->p = from;
    return out;
}

/* The next word or text, owned by the caller; `what' is expected. */
static char *take(struct line *l, const char *what)
{
    char *out;
    size_t n;

    if (at_end(l)) {
        fail(l, "%s is missing", what);
        return copy("", 0);
    }
    if (*l->p == '"')
        return quoted(l);
    n = strcspn(l->p, " \t;\"");
    out = copy(l->p, n);
    l->p += n;
    return out;
}

/* Is the next word this one? Then it is taken. */
static bool accept(struct line *l, const char *word)
{
    size_t n = strlen(word);

    if (at_end(l) || strncmp(l->p, word, n) != 0 ||
        (l->p[n] != '\0' && strchr(" \t;", l->p[n]) == NULL))
        return false;
    l->p += n;
    return true;
}

static unsigned take_number(struct line *l, const char *what, unsigned max)
{
    char *text = take(l, what);
    unsigned long n = strtoul(text, NULL, 10);

    if (!l->failed && (strspn(text, "0123456789") != strlen(text) ||
                       strlen(text) > 6 || n > max))
        fail(l, "<%s>: %s must be a number up to %u", text, what, max);
    free(text);
    return (unsigned)n;
}

static enum plug_field take_field(struct line *l, bool to_set)
{
    char *name = take(l, "a field");
    enum plug_field f = PLUG_NFIELDS;

    for (size_t i = 0; i < sizeof(fields) / sizeof(fields[0]); i++)
        if (strcmp(fields[i].name, name) == 0 && (!to_set || fields[i].may_set))
            f = fields[i].field;
    if (f == PLUG_NFIELDS)
        fail(l,
             to_set ? "<%s> is no field that may be changed"
                    : "<%s> is no field",
             name);
    free(name);
    return f;
}

static struct regex *take_regex(struct line *l)
{
    char *from, *flags;
    struct regex *r;

    skip_blanks(l);
    if (l->failed || *l->p != '/') {
        fail(l, "a regular expression between slashes is missing");
        return NULL;
    }
    from = ++l->p;
    while (*l->p != '/' && *l->p != '\0')
        l->p += l->p[0] == '\\' && l->p[1] != '\0' ? 2 : 1;
    if (*l->p != '/') {
        fail(l, "the slash at the end of a regular expression is missing");
        return NULL;
    }
    flags = copy(l->p + 1, strspn(l->p + 1, "abcdefghijklmnopqrstuvwxyz"));
    r = regex_new(from, (size_t)(l->p - from), flags, l->why, l->why_len);
    if (r == NULL)
        l->failed = true;
    l->p += 1 + strlen(flags);
    free(flags);
    return r;
}

/* ---- tests ---- */

/* A word at the front of the text, as services of smsbox are found. */
static void keyword(struct line *l, struct test *t)
{
    char *word = take(l, "a keyword"), pattern[256];
    int n = snprintf(pattern, sizeof(pattern), "^\\s*\\Q%s\\E(?!\\S)", word);

    t->kind = TEST_MATCHES;
    t->field = PLUG_TEXT;
    if (strpbrk(word, "\\ ") != NULL || n >= (int)sizeof(pattern))
        fail(l, "<%s> cannot be a keyword", word);
    if (!l->failed)
        t->regex = regex_new(pattern, (size_t)n, "i", l->why, l->why_len);
    l->failed |= t->regex == NULL;
    free(word);
}

static void time_of_day(struct line *l, struct test *t)
{
    char *text = take(l, "a time of day"), rest;
    int h1, m1, h2, m2;

    t->kind = TEST_TIME;
    if (sscanf(text, "%2d:%2d-%2d:%2d%c", &h1, &m1, &h2, &m2, &rest) != 4 ||
        h1 < 0 || h1 > 24 || m1 < 0 || m1 > 59 || h2 < 0 || h2 > 24 || m2 < 0 ||
        m2 > 59) {
        fail(l, "<%s> must be a time of day as 22:00-06:30", text);
        h1 = m1 = h2 = m2 = 0;
    }
    t->from_min = h1 * 60 + m1;
    t->to_min = h2 * 60 + m2;
    free(text);
}

static void field_test(struct line *l, struct test *t)
{
    t->field = take_field(l, false);
    if (accept(l, "is")) {
        t->kind = TEST_IS;
        t->value = take(l, "a value");
    } else if (accept(l, "begins")) {
        t->kind = TEST_BEGINS;
        t->value = take(l, "a prefix");
    } else if (accept(l, "matches")) {
        t->kind = TEST_MATCHES;
        t->regex = take_regex(l);
    } else {
        fail(l, "is, begins or matches is missing behind a field");
    }
}

static void read_test(struct line *l, struct test *t)
{
    t->negated = accept(l, "not");
    if (accept(l, "keyword"))
        keyword(l, t);
    else if (accept(l, "time"))
        time_of_day(l, t);
    else
        field_test(l, t);
}

static void read_tests(struct line *l, struct rule *r)
{
    if (!accept(l, "if"))
        return;
    do {
        if (r->n_tests == RULE_TESTS) {
            fail(l, "more than %d tests", RULE_TESTS);
            return;
        }
        read_test(l, &r->test[r->n_tests++]);
    } while (accept(l, "and"));
    if (!accept(l, "then"))
        fail(l, "<%.20s>: `and' or `then' must follow a test", l->p);
}

/* ---- actions ---- */

static void international(struct line *l, struct action *a)
{
    a->kind = ACTION_INTERNATIONAL;
    a->field = take_field(l, true);
    if (a->field != PLUG_SENDER && a->field != PLUG_RECEIVER)
        fail(l, "only sender and receiver can be international");
    a->value = take(l, "a country code");
    if (a->value[0] == '\0' ||
        strspn(a->value, "0123456789") != strlen(a->value))
        fail(l, "<%s> is no country code", a->value);
    a->min_digits = 7;
    while (!at_end(l)) {
        if (a->trunk == NULL && accept(l, "trunk"))
            a->trunk = take(l, "a trunk prefix");
        else if (a->idd == NULL && accept(l, "idd"))
            a->idd = take(l, "an international prefix");
        else if (accept(l, "min"))
            a->min_digits = take_number(l, "a number of digits", 20);
        else
            fail(l, "<%.20s>: only trunk, idd and min may follow", l->p);
    }
    if (a->trunk == NULL)
        a->trunk = copy("0", 1);
    if (a->idd == NULL)
        a->idd = copy("00", 2);
}

static void mask(struct line *l, struct action *a)
{
    a->kind = ACTION_MASK;
    a->field = take_field(l, true);
    a->first = take_number(l, "the number of digits to leave in front", 1000);
    a->last = take_number(l, "the number of digits to leave behind", 1000);
    a->value = at_end(l) ? copy("*", 1) : take(l, "a sign");
    if (a->value[0] == '\0' ||
        plug_utf8(a->value, strlen(a->value)) != strlen(a->value))
        fail(l, "<%s> is not one character", a->value);
}

static void replace(struct line *l, struct action *a)
{
    a->kind = ACTION_REPLACE;
    a->field = take_field(l, true);
    a->regex = take_regex(l);
    a->value = take(l, "what to put in its place");
    if (!l->failed && !regex_takes(a->regex, a->value, l->why, l->why_len))
        l->failed = true;
}

static void meta(struct line *l, struct action *a)
{
    a->kind = ACTION_META;
    a->field = PLUG_META;
    a->name = take(l, "a name");
    for (const char *p = a->name; *p != '\0'; p++)
        if (!isalnum((unsigned char)*p) && strchr("-_.", *p) == NULL)
            fail(l, "<%s> is no name of meta-data", a->name);
    a->value = take(l, "a value");
}

static void change(struct line *l, struct action *a, enum action_kind kind,
                   const char *what)
{
    a->kind = kind;
    a->field = take_field(l, true);
    a->value = take(l, what);
}

static void read_action(struct line *l, struct action *a)
{
    if (accept(l, "strip")) {
        change(l, a, ACTION_STRIP, "a prefix");
    } else if (accept(l, "add")) {
        change(l, a, ACTION_ADD, "a prefix");
    } else if (accept(l, "set")) {
        change(l, a, ACTION_SET, "a value");
    } else if (accept(l, "international")) {
        international(l, a);
    } else if (accept(l, "mask")) {
        mask(l, a);
    } else if (accept(l, "replace")) {
        replace(l, a);
    } else if (accept(l, "meta")) {
        meta(l, a);
    } else if (accept(l, "note")) {
        a->kind = ACTION_NOTE;
        a->value = take(l, "a text");
    } else if (accept(l, "stop")) {
        a->kind = ACTION_STOP;
    } else {
        fail(l, "<%.20s>: an action must be there", l->p);
    }
}

static void read_actions(struct line *l, struct rule *r)
{
    for (;;) {
        if (r->n_actions == RULE_ACTIONS) {
            fail(l, "more than %d actions", RULE_ACTIONS);
            return;
        }
        read_action(l, &r->action[r->n_actions++]);
        if (!at_end(l))
            fail(l, "<%.20s> does not belong there", l->p);
        if (l->failed || *l->p == '\0')
            return;
        l->p++; /* the semicolon */
    }
}

/* ---- the file ---- */

static void rule_free(struct rule *r)
{
    for (unsigned i = 0; i < r->n_tests; i++) {
        free(r->test[i].value);
        regex_free(r->test[i].regex);
    }
    for (unsigned i = 0; i < r->n_actions; i++) {
        free(r->action[i].value);
        free(r->action[i].name);
        free(r->action[i].trunk);
        free(r->action[i].idd);
        regex_free(r->action[i].regex);
    }
    free(r);
}

void rules_free(struct rules *r)
{
    struct rule *next;

    if (r == NULL)
        return;
    for (; r->first != NULL; r->first = next) {
        next = r->first->next;
        rule_free(r->first);
    }
    free(r);
}

static bool is_utf8(const char *p, size_t len)
{
    size_t n;

    for (; len > 0; p += n, len -= n) {
        n = plug_utf8(p, len);
        if (n == 0)
            return false;
    }
    return true;
}

/* NULL: it is empty, a comment, or wrong (l->failed). */
static struct rule *read_rule(struct line *l, size_t len)
{
    struct rule *r;

    if (len >= RULE_LINE_MAX)
        fail(l, "more than %d octets", RULE_LINE_MAX);
    else if (memchr(l->p, '\0', len) != NULL || !is_utf8(l->p, len))
        fail(l, "this is not UTF-8");
    skip_blanks(l);
    if (l->failed || *l->p == '\0' || *l->p == '#')
        return NULL;
    r = calloc(1, sizeof(*r));
    if (r == NULL)
        abort();
    read_tests(l, r);
    if (!l->failed)
        read_actions(l, r);
    if (!l->failed)
        return r;
    rule_free(r);
    return NULL;
}

/* Without blanks and line end behind it. */
static size_t trim(char *text, size_t len)
{
    while (len > 0 && isspace((unsigned char)text[len - 1]))
        text[--len] = '\0';
    return len;
}

/* All rules of it; false: why[] tells the first that is wrong. */
static bool read_file(FILE *f, const char *file, struct rules *rules, char *why,
                      size_t why_len)
{
    struct rule **last = &rules->first;
    char text[200], *p = NULL;
    struct line l = { .why = text, .why_len = sizeof(text) };
    size_t size = 0;
    ssize_t len;

    for (unsigned n = 1; !l.failed && (len = getline(&p, &size, f)) >= 0; n++) {
        l.p = p;
        *last = read_rule(&l, trim(p, (size_t)len));
        if (*last != NULL) {
            (*last)->line = n;
            last = &(*last)->next;
            rules->n++;
        }
        if (l.failed)
            snprintf(why, why_len, "%s:%u: %s", file, n, text);
    }
    free(p);
    if (!l.failed && ferror(f)) {
        snprintf(why, why_len, "%s: %s", file, strerror(errno));
        return false;
    }
    return !l.failed;
}

struct rules *rules_read(const char *file, char *why, size_t why_len)
{
    struct rules *rules = calloc(1, sizeof(*rules));
    FILE *f = fopen(file, "re");
    bool ok;

    if (rules == NULL)
        abort();
    if (f == NULL) {
        snprintf(why, why_len, "%s: %s", file, strerror(errno));
        rules_free(rules);
        return NULL;
    }
    ok = read_file(f, file, rules, why, why_len);
    fclose(f);
    if (ok)
        return rules;
    rules_free(rules);
    return NULL;
}
