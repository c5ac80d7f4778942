/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * conf_get.c - values of a configuration group, checked as they are read
 */

#include "conf_get.h"

#include <arpa/inet.h>
#include <ctype.h>
#include <errno.h>
#include <stdarg.h>
#include <string.h>

enum { SAY_MAX = 900, VALUE_MAX = 512, VALUE_SHOWN = 80 };

static const char separators[] = ",; \t";

static const char *row_value(const struct conf_row *r, const char *key)
{
    for (unsigned i = 0; i < r->columns; i++)
        if (strcmp(r->name[i], key) == 0)
            return r->value[i][0] != '\0' ? r->value[i] : NULL;
    return NULL;
}

/* The value, or false if there is none. Too long a value is cut, which every
 * check of its length will notice. */
static bool value(const struct conf_group *g, const char *key,
                  char out[VALUE_MAX])
{
    Octstr *name, *os;
    const char *field;

    if (g->row != NULL) {
        field = row_value(g->row, key);
        if (field != NULL)
            conf_copy(out, VALUE_MAX, field);
        return field != NULL;
    }
    if (g->cfg == NULL)
        return false;
    name = octstr_create(key);
    os = cfg_get(g->cfg, name);
    octstr_destroy(name);
    if (os == NULL)
        return false;
    snprintf(out, VALUE_MAX, "%s", octstr_get_cstr(os));
    octstr_destroy(os);
    return true;
}

void conf_copy(char *out, size_t size, const char *text)
{
    snprintf(out, size, "%s", text);
}

bool conf_has(const struct conf_group *g, const char *key)
{
    char text[VALUE_MAX];

    if (g->row != NULL)
        return row_value(g->row, key) != NULL;
    return value(g, key, text);
}

/* What a file says is quoted, and may be anything. */
void conf_error(const char *file, unsigned line, const char *text)
{
    char clean[SAY_MAX];

    snprintf(clean, sizeof(clean), "%s", text);
    for (char *p = clean; *p != '\0'; p++)
        if (iscntrl((unsigned char)*p))
            *p = '?';
    if (line == 0)
        error(0, "%s: %s", file, clean);
    else
        error(0, "%s:%u: %s", file, line, clean);
}

static void say(struct conf_group *g, const char *key, const char *text)
{
    char whole[SAY_MAX];
    const char *file;
    unsigned line;

    g->in->errors++;
    if (g->row != NULL && g->row->tell != NULL) {
        g->row->tell(g->row->ctx, text);
        return;
    }
    if (g->row != NULL) {
        conf_error(g->row->file, g->row->line, text);
        return;
    }
    conf_scan_where(g->in->scan, g->name, g->no, key, &file, &line);
    snprintf(whole, sizeof(whole), "group %s%s: %s", g->name, g->label, text);
    conf_error(file, line, whole);
}

void conf_bad(struct conf_group *g, const char *key, const char *fmt, ...)
{
    char must[SAY_MAX / 2], text[SAY_MAX], v[VALUE_MAX] = "";
    const char *comment = "";
    va_list ap;

    va_start(ap, fmt);
    vsnprintf(must, sizeof(must), fmt, ap);
    va_end(ap);
    /* the log is no place for these */
    if (strstr(key, "password") != NULL || strstr(key, "token") != NULL)
        conf_copy(v, sizeof(v), "...");
    else
        value(g, key, v);
    if (strchr(v, '#') != NULL)
        comment = " (a comment needs a line of its own)";
    snprintf(text, sizeof(text), "%s = <%.*s%s>: %s%s", key, VALUE_SHOWN, v,
             strlen(v) > VALUE_SHOWN ? "..." : "", must, comment);
    say(g, key, text);
}

void conf_missing(struct conf_group *g, const char *key, const char *why)
{
    char text[SAY_MAX];

    snprintf(text, sizeof(text), "%s is missing: %s", key, why);
    say(g, NULL, text);
}

void conf_wrong(struct conf_group *g, const char *fmt, ...)
{
    char text[SAY_MAX];
    va_list ap;

    va_start(ap, fmt);
    vsnprintf(text, sizeof(text), fmt, ap);
    va_end(ap);
    say(g, NULL, text);
}

/* How the group is called in log lines: by its id if that can be shown. */
static void set_label(struct conf_group *g)
{
    static const char *const named[] = {
        "ss7-network", "ss7-association",  "route",
        "box-route",   "mysql-connection", "plugin"
    };
    char id[VALUE_MAX];

    snprintf(g->label, sizeof(g->label), " no. %u", g->no + 1);
    for (size_t i = 0; i < sizeof(named) / sizeof(named[0]); i++)
        if (strcmp(g->name, named[i]) == 0 && value(g, "id", id) &&
            id[0] != '\0')
            snprintf(g->label, sizeof(g->label), " %.40s", id);
}

void conf_each(struct conf_in *in, const char *name,
               void (*fn)(struct conf_group *g, void *ctx), void *ctx)
{
    Octstr *os = octstr_create(name);
    List *list = cfg_get_multi_group(in->cfg, os);
    struct conf_group g = { .in = in, .name = name };

    octstr_destroy(os);
    while (list != NULL && (g.cfg = gwlist_extract_first(list)) != NULL) {
        set_label(&g);
        fn(&g, ctx);
        g.no++;
    }
    gwlist_destroy(list, NULL);
}

struct conf_group conf_single(struct conf_in *in, const char *name)
{
    Octstr *os = octstr_create(name);
    struct conf_group g = { .in = in, .name = name };

    g.cfg = cfg_get_single_group(in->cfg, os);
    octstr_destroy(os);
    return g;
}

bool conf_get_text(struct conf_group *g, const char *key, char *out,
                   size_t size)
{
    char v[VALUE_MAX];

    if (!value(g, key, v))
        return false;
    if (strlen(v) >= size || strlen(v) == VALUE_MAX - 1) {
        conf_bad(g, key, "must be at most %zu octets long", size - 1);
        return false;
    }
    for (const char *p = v; *p != '\0'; p++)
        if (iscntrl((unsigned char)*p)) {
            conf_bad(g, key, "must not contain control characters");
            return false;
        }
    conf_copy(out, size, v);
    return true;
}

char *conf_get_dup(struct conf_group *g, const char *key)
{
    Octstr *name = octstr_create(key);
    Octstr *os = cfg_get(g->cfg, name);
    char *text = gw_strdup(os != NULL ? octstr_get_cstr(os) : "");

    octstr_destroy(name);
    octstr_destroy(os);
    for (const char *p = text; *p != '\0'; p++)
        if (iscntrl((unsigned char)*p)) {
            conf_bad(g, key, "must not contain control characters");
            break;
        }
    return text;
}

bool conf_get_name(struct conf_group *g, const char *key, char *out,
                   size_t size)
{
    char v[VALUE_MAX];
    size_t n;

    if (!value(g, key, v))
        return false;
    n = strlen(v);
    for (const char *p = v; *p != '\0'; p++)
        if (!isalnum((unsigned char)*p) && strchr("-_.:", *p) == NULL)
            n = size;
    if (n == 0 || n >= size) {
        conf_bad(g, key,
                 "must be 1 to %zu letters, digits or \"-\", \"_\", \".\", "
                 "\":\"",
                 size - 1);
        return false;
    }
    conf_copy(out, size, v);
    return true;
}

bool conf_get_file(struct conf_group *g, const char *key, char *out,
                   size_t size)
{
    FILE *f;

    if (!conf_get_text(g, key, out, size))
        return false;
    f = fopen(out, "r");
    if (f == NULL) {
        conf_bad(g, key, "cannot be read: %s", strerror(errno));
        return false;
    }
    fclose(f);
    return true;
}

/* All of `s' is a number, decimal or with 0x; nothing else is one. */
static bool number(const char *s, uint32_t *out)
{
    unsigned long long n;
    char *end;

    if (!isdigit((unsigned char)s[0]))
        return false;
    errno = 0;
    n = strtoull(s, &end, s[0] == '0' && (s[1] | 0x20) == 'x' ? 16 : 10);
    if (*end != '\0' || errno != 0 || n > UINT32_MAX)
        return false;
    *out = (uint32_t)n;
    return true;
}

bool conf_get_uint(struct conf_group *g, const char *key, uint32_t *out,
                   uint32_t min, uint32_t max)
{
    char v[VALUE_MAX];
    uint32_t n;

    if (!value(g, key, v))
        return false;
    if (!number(v, &n) || n < min || n > max) {
        conf_bad(g, key, "must be a number from %u to %u", min, max);
        return false;
    }
    *out = n;
    return true;
}

bool conf_get_u8(struct conf_group *g, const char *key, uint8_t *out,
                 uint8_t min, uint8_t max)
{
    uint32_t n;

    if (!conf_get_uint(g, key, &n, min, max))
        return false;
    *out = (uint8_t)n;
    return true;
}

bool conf_get_port(struct conf_group *g, const char *key, uint16_t *out)
{
    uint32_t n;

    if (!conf_get_uint(g, key, &n, 0, 65535))
        return false;
    *out = (uint16_t)n;
    return true;
}

bool conf_get_seconds(struct conf_group *g, const char *key, uint32_t *ms,
                      uint32_t min_s, uint32_t max_s)
{
    char v[VALUE_MAX];
    uint32_t s;

    if (!value(g, key, v))
        return false;
    if (!number(v, &s) || s < min_s || s > max_s) {
        conf_bad(g, key, "must be seconds, from %u to %u", min_s, max_s);
        return false;
    }
    *ms = s * 1000;
    return true;
}

bool conf_get_bool(struct conf_group *g, const char *key, bool *out)
{
    static const struct conf_word words[] = {
        { "yes", 1 }, { "no", 0 }, { "true", 1 }, { "false", 0 }, { "on", 1 },
        { "off", 0 }, { "1", 1 },  { "0", 0 },    { NULL, 0 },
    };
    int n;

    if (!conf_get_word(g, key, words, &n))
        return false;
    *out = n != 0;
    return true;
}

static const struct conf_word *find_word(const struct conf_word *words,
                                         const char *s)
{
    while (words->word != NULL && strcasecmp(words->word, s) != 0)
        words++;
    return words->word != NULL ? words : NULL;
}

static void bad_word(struct conf_group *g, const char *key,
                     const struct conf_word *words, const char *how)
{
    char list[SAY_MAX / 2 - 40] = "";
    size_t n = 0;

    for (; words->word != NULL && n < sizeof(list); words++)
        n += (size_t)snprintf(list + n, sizeof(list) - n, "%s%s",
                              n == 0                  ? ""
                              : words[1].word == NULL ? " or "
                                                      : ", ",
                              words->word);
    conf_bad(g, key, "must be %s%s", how, list);
}

bool conf_get_word(struct conf_group *g, const char *key,
                   const struct conf_word *words, int *out)
{
    const struct conf_word *w;
    char v[VALUE_MAX];

    if (!value(g, key, v))
        return false;
    w = find_word(words, v);
    if (w == NULL) {
        bad_word(g, key, words, "");
        return false;
    }
    *out = w->value;
    return true;
}

bool conf_get_flags(struct conf_group *g, const char *key,
                    const struct conf_word *words, int *out)
{
    char v[VALUE_MAX];
    char *save = NULL;
    int flags = 0;

    if (!value(g, key, v))
        return false;
    for (char *p = strtok_r(v, separators, &save); p != NULL;
         p = strtok_r(NULL, separators, &save)) {
        const struct conf_word *w = find_word(words, p);

        if (w == NULL) {
            flags = 0;
            break;
        }
        flags |= w->value;
    }
    if (flags == 0) {
        bad_word(g, key, words, "one or more of ");
        return false;
    }
    *out = flags;
    return true;
}

bool conf_get_digits(struct conf_group *g, const char *key, char *out,
                     size_t min, size_t max)
{
    char v[VALUE_MAX];
    const char *d = v;
    size_t n;

    if (!value(g, key, v))
        return false;
    if (*d == '+')
        d++;
    n = strspn(d, "0123456789");
    if (d[n] != '\0' || n < min || n > max) {
        conf_bad(g, key, "must be %zu to %zu decimal digits", min, max);
        return false;
    }
    memcpy(out, d, n + 1);
    return true;
}

/* One of a list of values, into place no. `at' of `out'. False: it is wrong. */
typedef bool take_value(char *text, void *out, uint8_t at);

/* -1: there is no such key; 0: one of its values is wrong, or there are none or
 * too many; else how many. */
static int values(const struct conf_group *g, const char *key, take_value *take,
                  void *out, uint8_t max)
{
    char v[VALUE_MAX];
    char *save = NULL;
    uint8_t n = 0;

    if (!value(g, key, v))
        return -1;
    for (char *p = strtok_r(v, separators, &save); p != NULL;
         p = strtok_r(NULL, separators, &save))
        if (n == max || !take(p, out, n++))
            return 0;
    return n;
}

static bool take_title(char *text, void *out, uint8_t at)
{
    char(*title)[21] = out;

    text += *text == '+';
    snprintf(title[at], sizeof(title[at]), "%s", text);
    return strlen(text) >= 3 && strlen(text) <= 15 &&
           text[strspn(text, "0123456789")] == '\0';
}

bool conf_get_titles(struct conf_group *g, const char *key, char (*out)[21],
                     uint8_t *n, uint8_t max)
{
    int got = values(g, key, take_title, out, max);

    if (got == 0)
        conf_bad(g, key,
                 "must be 1 to %d numbers of 3 to 15 digits, \";\" between",
                 max);
    if (got > 0)
        *n = (uint8_t)got;
    return got > 0;
}

/* 14 bit: one number, or three of 3, 8 and 3 bits. */
static bool point_code(char *s, uint32_t *pc)
{
    uint32_t part[3];
    char *save = NULL;
    unsigned n = 0;

    if (strchr(s, '-') == NULL)
        return number(s, pc) && *pc > 0 && *pc < 1u << 14;
    for (char *p = strtok_r(s, "-", &save); p != NULL;
         p = strtok_r(NULL, "-", &save)) {
        if (n == 3 || !number(p, &part[n]))
            return false;
        n++;
    }
    if (n != 3 || part[0] > 7 || part[1] > 255 || part[2] > 7)
        return false;
    *pc = part[0] << 11 | part[1] << 3 | part[2];
    return *pc > 0;
}

static bool take_pc(char *text, void *out, uint8_t at)
{
    return point_code(text, (uint32_t *)out + at);
}

bool conf_get_pcs(struct conf_group *g, const char *key, uint32_t *pc,
                  uint8_t *n, uint8_t max)
{
    int got = values(g, key, take_pc, pc, max);

    if (got == 0)
        conf_bad(g, key,
                 "must be %s%d point code%s, 1 to 16383 or 0-0-1 to 7-255-7",
                 max == 1 ? "" : "1 to ", max, max == 1 ? "" : "s");
    if (got > 0)
        *n = (uint8_t)got;
    return got > 0;
}

static bool take_host(char *text, void *out, uint8_t at)
{
    char(*host)[46] = out;
    struct in6_addr addr;

    snprintf(host[at], sizeof(host[at]), "%s", text);
    return inet_pton(AF_INET, text, &addr) == 1 ||
           inet_pton(AF_INET6, text, &addr) == 1;
}

bool conf_get_hosts(struct conf_group *g, const char *key, char (*out)[46],
                    uint8_t *n, uint8_t max)
{
    int got = values(g, key, take_host, out, max);

    if (got == 0)
        conf_bad(g, key,
                 "must be 1 to %d IP addresses (not names), \";\" between",
                 max);
    if (got > 0)
        *n = (uint8_t)got;
    return got > 0;
}
