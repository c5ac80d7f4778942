/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * rewrite_run.c - rules applied to a message
 *
 * Each field that a rule looks at is read once and lent by the host. One that
 * is changed has two buffers: the next change reads one and writes the other.
 */

#include "rewrite_run.h"

#include "plug_buf.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

struct value {
    const char *p;
    size_t len;
    bool known;
    struct rule *by; /* the last rule that changed it; NULL: none */
    int turn;        /* the buffer of the next change */
    struct plug_buf buf[2];
};

struct rewrite_run {
    const struct plug_host *host;
    const struct plug_conf *conf;
    struct regex_room *room;
    struct plug_msg *m;
    bool binary; /* its text is octets: nothing for us */
    struct value value[PLUG_NFIELDS];
};

struct rewrite_run *rewrite_run_new(const struct plug_host *host,
                                    const struct plug_conf *conf)
{
    struct rewrite_run *r = calloc(1, sizeof(*r));

    if (r == NULL)
        return NULL;
    r->host = host;
    r->conf = conf;
    r->room = regex_room_new();
    if (r->room != NULL)
        return r;
    rewrite_run_free(r);
    return NULL;
}

void rewrite_run_free(struct rewrite_run *r)
{
    if (r == NULL)
        return;
    for (int f = 0; f < PLUG_NFIELDS; f++) {
        plug_buf_free(&r->value[f].buf[0]);
        plug_buf_free(&r->value[f].buf[1]);
    }
    regex_room_free(r->room);
    free(r);
}

/* ---- fields ---- */

static void coding_name(struct value *v)
{
    static const char *const name[] = { "7bit", "8bit", "ucs2" };

    if (v->len != 1 || v->p[0] < '0' || v->p[0] > '2')
        return;
    v->p = name[v->p[0] - '0'];
    v->len = strlen(v->p);
}

static const struct value *look(struct rewrite_run *r, enum plug_field f)
{
    struct value *v = &r->value[f];

    if (v->known)
        return v;
    v->known = true;
    v->p = r->host->get(r->m, f, &v->len);
    if (f == PLUG_CODING)
        coding_name(v);
    if (f == PLUG_TEXT && r->binary)
        v->len = 0;
    return v;
}

/* An empty buffer for a new value, and make it the value. */
static struct plug_buf *start_change(struct rewrite_run *r, enum plug_field f)
{
    struct plug_buf *b = &r->value[f].buf[r->value[f].turn];

    plug_buf_clear(b);
    return b;
}

static void end_change(struct rewrite_run *r, enum plug_field f,
                       struct rule *by)
{
    struct value *v = &r->value[f];

    v->p = v->buf[v->turn].len > 0 ? v->buf[v->turn].p : "";
    v->len = v->buf[v->turn].len;
    v->turn = !v->turn;
    v->by = by;
}

static bool begins(const struct value *v, const char *prefix)
{
    size_t n = strlen(prefix);

    return v->len >= n && memcmp(v->p, prefix, n) == 0;
}

/* ---- tests ---- */

static bool is_time(const struct test *t)
{
    time_t now = time(NULL);
    struct tm tm;
    int min;

    localtime_r(&now, &tm);
    min = tm.tm_hour * 60 + tm.tm_min;
    if (t->from_min <= t->to_min)
        return min >= t->from_min && min < t->to_min;
    return min >= t->from_min || min < t->to_min;
}

static enum regex_result is_so(struct rewrite_run *r, const struct test *t)
{
    const struct value *v;

    if (t->kind == TEST_TIME)
        return is_time(t) ? REGEX_YES : REGEX_NO;
    v = look(r, t->field);
    if (t->kind == TEST_MATCHES)
        return regex_match(r->room, t->regex, v->p, v->len);
    if (t->kind == TEST_BEGINS)
        return begins(v, t->value) ? REGEX_YES : REGEX_NO;
    return v->len == strlen(t->value) && begins(v, t->value) ? REGEX_YES
                                                             : REGEX_NO;
}

static enum regex_result all_so(struct rewrite_run *r, const struct rule *rule)
{
    enum regex_result is;

    for (unsigned i = 0; i < rule->n_tests; i++) {
        is = is_so(r, &rule->test[i]);
        if (is == REGEX_LIMIT)
            return is;
        if ((is == REGEX_YES) == rule->test[i].negated)
            return REGEX_NO;
    }
    return REGEX_YES;
}

/* ---- actions ---- */

/* `front', and of the old value what is behind its first `skip' octets. */
static void put_front(struct rewrite_run *r, struct rule *rule,
                      enum plug_field f, const char *front, size_t skip)
{
    const struct value *v = look(r, f);
    struct plug_buf *b = start_change(r, f);

    plug_buf_text(b, front);
    plug_buf_add(b, v->p + skip, v->len - skip);
    end_change(r, f, rule);
}

static void international(struct rewrite_run *r, struct rule *rule,
                          const struct action *a)
{
    const struct value *v = look(r, a->field);
    char front[32];

    for (size_t i = 0; i < v->len; i++)
        if (!isdigit((unsigned char)v->p[i]))
            return; /* is so already, or a name */
    if (v->len < a->min_digits)
        return;
    if (a->idd[0] != '\0' && begins(v, a->idd)) {
        put_front(r, rule, a->field, "+", strlen(a->idd));
        return;
    }
    if (!begins(v, a->trunk))
        return;
    snprintf(front, sizeof(front), "+%.20s", a->value);
    put_front(r, rule, a->field, front, strlen(a->trunk));
}

/* One run of n digits at p. */
static void mask_run(struct plug_buf *b, const struct action *a, const char *p,
                     size_t n)
{
    size_t last = n > a->first + a->last ? a->last : n;
    size_t first = n > a->first + a->last ? a->first : 0;

    plug_buf_add(b, p, first);
    for (size_t i = first + last; i < n; i++)
        plug_buf_text(b, a->value);
    plug_buf_add(b, p + n - last, last);
}

static void mask(struct rewrite_run *r, struct rule *rule,
                 const struct action *a)
{
    const struct value *v = look(r, a->field);
    struct plug_buf *b = start_change(r, a->field);
    size_t at = 0, n;

    while (at < v->len) {
        n = 0;
        while (at + n < v->len && isdigit((unsigned char)v->p[at + n]))
            n++;
        if (n > 0)
            mask_run(b, a, v->p + at, n);
        else
            plug_buf_char(b, v->p[at]);
        at += n > 0 ? n : 1;
    }
    end_change(r, a->field, rule);
}

/* As in a URL, and that is how Kannel reads it again. */
static void escaped(struct plug_buf *b, const char *p)
{
    static const char hex[] = "0123456789ABCDEF";

    for (; *p != '\0'; p++) {
        if (isalnum((unsigned char)*p) || strchr("-_.~", *p) != NULL) {
            plug_buf_char(b, *p);
            continue;
        }
        plug_buf_char(b, '%');
        plug_buf_char(b, hex[(unsigned char)*p >> 4]);
        plug_buf_char(b, hex[(unsigned char)*p & 15]);
    }
}

/* One key=value of those that are there is ours, or it becomes the last. */
static void set_meta(struct rewrite_run *r, struct rule *rule,
                     const struct action *a)
{
    const struct value *v = look(r, PLUG_META);
    struct plug_buf *b = start_change(r, PLUG_META);
    const char *p = v->p, *end = v->p + v->len, *amp;
    size_t n = strlen(a->name);

    for (; p < end; p = amp + 1) {
        amp = memchr(p, '&', (size_t)(end - p));
        if (amp == NULL)
            amp = end;
        if ((size_t)(amp - p) > n && memcmp(p, a->name, n) == 0 && p[n] == '=')
            continue;
        plug_buf_add(b, p, (size_t)(amp - p));
        plug_buf_char(b, '&');
    }
    plug_buf_text(b, a->name);
    plug_buf_char(b, '=');
    escaped(b, a->value);
    end_change(r, PLUG_META, rule);
}

static enum regex_result replace(struct rewrite_run *r, struct rule *rule,
                                 const struct action *a)
{
    const struct value *v = look(r, a->field);
    enum regex_result did = regex_replace(r->room, a->regex, v->p, v->len,
                                          a->value, start_change(r, a->field));

    if (did == REGEX_YES)
        end_change(r, a->field, rule);
    return did;
}

static enum regex_result act(struct rewrite_run *r, struct rule *rule,
                             const struct action *a)
{
    if (a->field == PLUG_TEXT && r->binary)
        return REGEX_NO;
    switch (a->kind) {
    case ACTION_STRIP:
        if (begins(look(r, a->field), a->value))
            put_front(r, rule, a->field, "", strlen(a->value));
        break;
    case ACTION_ADD:
        put_front(r, rule, a->field, a->value, 0);
        break;
    case ACTION_SET:
        put_front(r, rule, a->field, a->value, look(r, a->field)->len);
        break;
    case ACTION_INTERNATIONAL:
        international(r, rule, a);
        break;
    case ACTION_MASK:
        mask(r, rule, a);
        break;
    case ACTION_REPLACE:
        return replace(r, rule, a);
    case ACTION_META:
        set_meta(r, rule, a);
        break;
    case ACTION_NOTE:
        r->host->note(r->m, a->value);
        break;
    case ACTION_STOP:
        break;
    }
    return REGEX_YES;
}

/* ---- all of it ---- */

/* REGEX_NO: it was the last one. */
static enum regex_result apply(struct rewrite_run *r, struct rule *rule)
{
    enum regex_result is = all_so(r, rule);

    if (is != REGEX_YES)
        return is == REGEX_NO ? REGEX_YES : is;
    r->host->count(r->conf, "applied", 1);
    for (unsigned i = 0; i < rule->n_actions; i++) {
        if (rule->action[i].kind == ACTION_STOP)
            return REGEX_NO;
        if (act(r, rule, &rule->action[i]) == REGEX_LIMIT)
            return REGEX_LIMIT;
    }
    return REGEX_YES;
}

static void tell(struct rewrite_run *r, struct rule *rule, const char *counter,
                 const char *what)
{
    r->host->count(r->conf, counter, 1);
    if (!rule->told)
        r->host->log(r->conf, PLUG_LOG_WARNING,
                     "the rule of line %u %s (told once, then only counted)",
                     rule->line, what);
    rule->told = true;
}

static void commit(struct rewrite_run *r)
{
    bool any = false;

    for (int f = 0; f < PLUG_NFIELDS; f++) {
        struct value *v = &r->value[f];

        if (v->by == NULL)
            continue;
        if (v->buf[!v->turn].failed ||
            r->host->set(r->m, (enum plug_field)f, v->p, v->len) != 0)
            tell(r, v->by, "refused",
                 "makes a value that cannot be: the field stays as it was");
        else
            any = true;
    }
    if (any)
        r->host->count(r->conf, "changed", 1);
}

static void start(struct rewrite_run *r, struct plug_msg *m)
{
    const char *coding;
    size_t len;

    r->m = m;
    for (int f = 0; f < PLUG_NFIELDS; f++) {
        r->value[f].known = false;
        r->value[f].by = NULL;
    }
    coding = r->host->get(m, PLUG_CODING, &len);
    r->binary = len == 1 && coding[0] == '1';
    regex_begin(r->room);
}

bool rewrite_run(struct rewrite_run *r, struct rules *rules, struct plug_msg *m)
{
    enum regex_result did = REGEX_YES;
    struct rule *rule;

    start(r, m);
    for (rule = rules->first; rule != NULL && did == REGEX_YES;
         rule = rule->next) {
        did = apply(r, rule);
        if (did == REGEX_LIMIT)
            tell(r, rule, "limit", "takes too long for a message");
    }
    if (did == REGEX_LIMIT)
        return false;
    commit(r);
    return true;
}
