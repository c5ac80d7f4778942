/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * conf_scan.c - look through a configuration before gwlib reads it
 */

#include "conf_scan.h"

#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

enum { TEXT_MAX = 400 };

struct item {
    char *key;
    unsigned file, line;
};

struct group {
    char *name; /* NULL until its key "group" was seen */
    unsigned file, line;
    struct item *item;
    unsigned n_items;
};

struct source {
    char *name;
    bool ours; /* the main file, or one with a group of ours */
};

struct conf_scan {
    struct source *file;
    unsigned n_files;
    struct group *group;
    unsigned n_groups;
    bool open; /* the last group may still get keys */
    unsigned errors;
    bool fatal;
    const struct conf_scan_ops *ops;
    void *ctx;
};

static void *grow(void *array, size_t n, size_t size)
{
    void *p = realloc(array, n * size);

    if (p == NULL)
        abort();
    return p;
}

static char *copy(const char *s)
{
    char *p = strdup(s);

    if (p == NULL)
        abort();
    return p;
}

static void __attribute__((format(printf, 4, 5)))
complain(struct conf_scan *s, unsigned file, unsigned line, const char *fmt,
         ...)
{
    char text[TEXT_MAX];
    va_list ap;

    va_start(ap, fmt);
    vsnprintf(text, sizeof(text), fmt, ap);
    va_end(ap);
    s->errors++;
    s->ops->error(s->ctx, s->file[file].name, line, text);
}

/* For what gwlib's reader would stumble over, or read otherwise than meant. */
#define COMPLAIN_FATAL(s, ...) ((s)->fatal = true, complain((s), __VA_ARGS__))

static char *strip(char *p)
{
    size_t n;

    while (isspace((unsigned char)*p))
        p++;
    n = strlen(p);
    while (n > 0 && isspace((unsigned char)p[n - 1]))
        p[--n] = '\0';
    return p;
}

/* Quotes around a value go, and \" and \\ inside them. */
static char *unquote(char *p)
{
    size_t n = strlen(p);
    char *out = p;

    if (n < 2 || p[0] != '"' || p[n - 1] != '"')
        return p;
    p[n - 1] = '\0';
    for (const char *in = p + 1; *in != '\0'; in++) {
        if (in[0] == '\\' && (in[1] == '\\' || in[1] == '"'))
            in++;
        *out++ = *in;
    }
    *out = '\0';
    return p;
}

static void check_group(struct conf_scan *s, struct group *g)
{
    for (unsigned i = 0; i < g->n_items; i++)
        if (s->ops->allowed(g->name, g->item[i].key) == 0)
            complain(s, g->item[i].file, g->item[i].line,
                     "group %s: %s: there is no such key", g->name,
                     g->item[i].key);
    if (!s->ops->single(g->name))
        return;
    for (struct group *o = s->group; o < g; o++)
        if (o->name != NULL && strcmp(o->name, g->name) == 0)
            COMPLAIN_FATAL(s, g->file, g->line,
                           "group %s: there may be only one, and %s:%u has it",
                           g->name, s->file[o->file].name, o->line);
}

static void end_group(struct conf_scan *s)
{
    struct group *g;

    if (!s->open)
        return;
    s->open = false;
    g = &s->group[s->n_groups - 1];
    if (g->name == NULL)
        COMPLAIN_FATAL(
            s, g->file, g->line,
            "keys without a group: the line \"group = NAME\" is missing");
    else if (s->ops->allowed(g->name, NULL) >= 0) {
        s->file[g->file].ours = true;
        check_group(s, g);
    }
}

static struct group *current_group(struct conf_scan *s, unsigned file,
                                   unsigned line)
{
    if (!s->open) {
        s->group = grow(s->group, s->n_groups + 1, sizeof(*s->group));
        s->group[s->n_groups++] = (struct group){ .file = file, .line = line };
        s->open = true;
    }
    return &s->group[s->n_groups - 1];
}

static void take_key(struct conf_scan *s, unsigned file, unsigned line,
                     const char *key, const char *value)
{
    struct group *g = current_group(s, file, line);

    if (key[0] == '\0') {
        COMPLAIN_FATAL(s, file, line, "there is no key before the equals sign");
        return;
    }
    if (strcmp(key, "group") == 0) {
        if (g->name != NULL)
            COMPLAIN_FATAL(
                s, file, line,
                "group %s begins inside group %s: an empty line must "
                "stand between",
                value, g->name);
        else
            g->name = copy(value);
        return;
    }
    for (unsigned i = 0; i < g->n_items; i++)
        if (strcmp(g->item[i].key, key) == 0) {
            complain(s, file, line, "%s is given twice, first in line %u", key,
                     g->item[i].line);
            /* the last one counts */
            g->item[i].file = file;
            g->item[i].line = line;
            return;
        }
    g->item = grow(g->item, g->n_items + 1, sizeof(*g->item));
    g->item[g->n_items++] = (struct item){ copy(key), file, line };
}

static void scan_file(struct conf_scan *s, const char *name, int from,
                      unsigned line);

static void include_dir(struct conf_scan *s, const char *name, unsigned file,
                        unsigned line)
{
    DIR *d = opendir(name);
    struct dirent *e;
    struct stat st;
    char path[1024];

    if (d == NULL) {
        COMPLAIN_FATAL(s, file, line, "include = <%s>: %s", name,
                       strerror(errno));
        return;
    }
    while ((e = readdir(d)) != NULL) {
        int n = snprintf(path, sizeof(path), "%s/%s", name, e->d_name);

        if (n >= (int)sizeof(path) || lstat(path, &st) == -1 ||
            S_ISDIR(st.st_mode))
            continue;
        if (path[n - 1] == '~')
            COMPLAIN_FATAL(s, file, line,
                           "include = <%s>: it holds the backup file %s, which "
                           "would be read as well",
                           name, e->d_name);
        else
            scan_file(s, path, (int)file, line);
    }
    closedir(d);
}

static void take_include(struct conf_scan *s, unsigned file, unsigned line,
                         const char *key, const char *value)
{
    struct stat st;

    if (strcmp(key, "include") != 0) {
        COMPLAIN_FATAL(
            s, file, line,
            "%s = <%s>: a line with the word \"include\" in it is read "
            "as an include of that file; avoid the word",
            key, value);
        return;
    }
    if (lstat(value, &st) == -1)
        COMPLAIN_FATAL(s, file, line, "include = <%s>: %s", value,
                       strerror(errno));
    else if (S_ISDIR(st.st_mode))
        include_dir(s, value, file, line);
    else
        scan_file(s, value, (int)file, line);
}

static void take_line(struct conf_scan *s, unsigned file, unsigned line,
                      char *text)
{
    char *equals;
    bool include;

    text = strip(text);
    if (text[0] == '\0') {
        end_group(s);
        return;
    }
    if (text[0] == '#')
        return;
    equals = strchr(text, '=');
    if (equals == NULL) {
        COMPLAIN_FATAL(s, file, line, "an equals sign is missing: <%s>", text);
        return;
    }
    include = strstr(text, "include") != NULL;
    *equals = '\0';
    if (include)
        take_include(s, file, line, strip(text), unquote(strip(equals + 1)));
    else
        take_key(s, file, line, strip(text), unquote(strip(equals + 1)));
}

/* A backslash at the end joins the next line, two of them are one. */
static bool continues(char *text)
{
    size_t n = strlen(text);

    if (n == 0 || text[n - 1] != '\\')
        return false;
    text[--n] = '\0';
    return n == 0 || text[n - 1] != '\\';
}

static void scan_lines(struct conf_scan *s, unsigned file, FILE *f)
{
    char *part = NULL, *whole = NULL;
    size_t size = 0, len = 0;
    ssize_t n;
    unsigned line = 0, first = 0;

    while ((n = getline(&part, &size, f)) != -1) {
        bool more;

        line++;
        if (strlen(part) != (size_t)n) {
            COMPLAIN_FATAL(s, file, line, "there is an octet 0 in this line");
            continue;
        }
        part[strcspn(part, "\n")] = '\0';
        more = continues(part);
        whole = grow(whole, len + strlen(part) + 1, 1);
        memcpy(whole + len, part, strlen(part) + 1);
        if (len == 0 && first == 0)
            first = line;
        len += strlen(part);
        if (more)
            continue;
        take_line(s, file, first, whole);
        first = 0;
        len = 0;
    }
    if (first != 0)
        take_line(s, file, first, whole);
    free(part);
    free(whole);
}

static unsigned add_file(struct conf_scan *s, const char *name)
{
    s->file = grow(s->file, s->n_files + 1, sizeof(*s->file));
    s->file[s->n_files] = (struct source){ copy(name), s->n_files == 0 };
    return s->n_files++;
}

/* from: the file whose line `line' includes this one; -1: the main file. */
static void scan_file(struct conf_scan *s, const char *name, int from,
                      unsigned line)
{
    unsigned file, at;
    struct stat st;
    FILE *f;

    for (unsigned i = 0; i < s->n_files; i++)
        if (strcmp(s->file[i].name, name) == 0) {
            COMPLAIN_FATAL(s, (unsigned)from, line,
                           "include = <%s>: this file was read already", name);
            return;
        }
    file = add_file(s, name);
    at = from < 0 ? file : (unsigned)from;
    f = fopen(name, "r");
    if (f == NULL || fstat(fileno(f), &st) == -1)
        COMPLAIN_FATAL(s, at, line, "<%s> cannot be read: %s", name,
                       strerror(errno));
    else if (!S_ISREG(st.st_mode))
        COMPLAIN_FATAL(s, at, line, "<%s> is not a regular file", name);
    else
        scan_lines(s, file, f);
    if (f != NULL)
        fclose(f);
    end_group(s);
}

static void check_foreign(struct conf_scan *s)
{
    for (unsigned i = 0; i < s->n_groups; i++) {
        struct group *g = &s->group[i];

        if (g->name != NULL && s->file[g->file].ours &&
            s->ops->allowed(g->name, NULL) < 0 && !s->ops->known(g->name))
            complain(s, g->file, g->line, "group %s: there is no such group",
                     g->name);
    }
}

struct conf_scan *conf_scan_read(const char *file,
                                 const struct conf_scan_ops *ops, void *ctx)
{
    struct conf_scan *s = calloc(1, sizeof(*s));

    if (s == NULL)
        abort();
    s->ops = ops;
    s->ctx = ctx;
    scan_file(s, file, -1, 0);
    check_foreign(s);
    if (s->fatal) {
        conf_scan_free(s);
        return NULL;
    }
    return s;
}

unsigned conf_scan_errors(const struct conf_scan *s)
{
    return s->errors;
}

void conf_scan_free(struct conf_scan *s)
{
    if (s == NULL)
        return;
    for (unsigned i = 0; i < s->n_groups; i++) {
        for (unsigned k = 0; k < s->group[i].n_items; k++)
            free(s->group[i].item[k].key);
        free(s->group[i].item);
        free(s->group[i].name);
    }
    for (unsigned i = 0; i < s->n_files; i++)
        free(s->file[i].name);
    free(s->group);
    free(s->file);
    free(s);
}

static const struct group *find_group(const struct conf_scan *s,
                                      const char *name, unsigned no)
{
    for (unsigned i = 0; i < s->n_groups; i++)
        if (strcmp(s->group[i].name, name) == 0 && no-- == 0)
            return &s->group[i];
    return NULL;
}

const char *conf_scan_key(const struct conf_scan *s, const char *group,
                          unsigned no, unsigned i)
{
    const struct group *g = find_group(s, group, no);

    return g != NULL && i < g->n_items ? g->item[i].key : NULL;
}

void conf_scan_where(const struct conf_scan *s, const char *group, unsigned no,
                     const char *key, const char **file, unsigned *line)
{
    const struct group *g = find_group(s, group, no);

    *file = s->file[0].name;
    *line = 0;
    if (g == NULL)
        return;
    *file = s->file[g->file].name;
    *line = g->line;
    for (unsigned i = 0; key != NULL && i < g->n_items; i++)
        if (strcmp(g->item[i].key, key) == 0) {
            *file = s->file[g->item[i].file].name;
            *line = g->item[i].line;
        }
}
