/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * httpbox_service.c - the services of httpbox: Kannel's sms-service groups
 *
 * urltrans does not tell which group a translation came from, and names need
 * not differ. So each group gets its number as name before urltrans reads it.
 */

#include "httpbox_service.h"

#include "crypto.h"

#include <ctype.h>
#include <string.h>

enum {
    PENDING = 1000,
    REQUESTS = 64,
    CONNECT_MS = 5000,
    LIMIT = 1000000,
    DEADLINE_MAX_S = 59, /* a bit below the TCAP idle timer of SMSCs */
};

struct reading {
    struct http_set *set;
    uint32_t deadline_ms;
};

/* ---- values of a group, of any length ---- */

static Octstr *get(const struct conf_group *g, const char *key)
{
    return cfg_get(g->cfg, octstr_imm(key));
}

static void put(struct conf_group *g, const char *key, Octstr *value)
{
    cfg_set(g->cfg, octstr_imm(key), value);
}

/* For what is not wrong, but seldom meant. */
static void warn(struct conf_group *g, const char *key, const char *text)
{
    const char *file;
    unsigned line;

    conf_scan_where(g->in->scan, g->name, g->no, key, &file, &line);
    warning(0, "%s:%u: group %s%s: %s: %s", file, line, g->name, g->label, key,
            text);
}

/* ---- what urltrans would stumble over ---- */

bool http_pattern_ends(Octstr *pattern)
{
    long at = 0, end, len = octstr_len(pattern);

    while ((at = octstr_search_char(pattern, '%', at)) >= 0 && at + 1 < len) {
        if (octstr_get_char(pattern, at + 1) != '#') {
            at += 2;
            continue;
        }
        end = octstr_search_char(pattern, '#', at + 2);
        if (end >= 0)
            end = octstr_search_char(pattern, '#', end + 1);
        if (end < 0)
            return false;
        at = end + 1;
    }
    return true;
}

static void check_pattern(struct conf_group *g, const char *key)
{
    Octstr *pattern = get(g, key);

    if (pattern != NULL && !http_pattern_ends(pattern))
        conf_bad(g, key, "each %%# must have two names, as in %%#group#name#");
    octstr_destroy(pattern);
}

/* Where a URL goes must not be for a message to say. */
static void check_url(struct conf_group *g, const char *key)
{
    Octstr *url = get(g, key);
    const char *p = url != NULL ? octstr_get_cstr(url) : "http://x";
    size_t host;

    if (strncasecmp(p, "http://", 7) == 0)
        p += 7;
    else if (strncasecmp(p, "https://", 8) == 0)
        p += 8;
    else
        p = "%";
    host = strcspn(p, "/?#");
    if (host == 0 || memchr(p, '%', host) != NULL)
        conf_bad(g, key,
                 "must begin with http:// or https:// and a host without "
                 "escapes");
    octstr_destroy(url);
    check_pattern(g, key);
}

/* urltrans panics on most of them. */
static void check_regexes(struct conf_group *g)
{
    static const char *const key[] = {
        "keyword-regex",
        "accepted-smsc-regex",
        "accepted-account-regex",
        "allowed-prefix-regex",
        "denied-prefix-regex",
        "allowed-receiver-prefix-regex",
        "denied-receiver-prefix-regex",
        "white-list-regex",
        "black-list-regex",
    };

    for (size_t i = 0; i < sizeof(key) / sizeof(key[0]); i++) {
        Octstr *text = get(g, key[i]);
        regex_t re;

        if (text == NULL)
            continue;
        if (regcomp(&re, octstr_get_cstr(text), REG_EXTENDED) != 0)
            conf_bad(g, key[i], "is no regular expression");
        else
            regfree(&re);
        octstr_destroy(text);
    }
}

/* ---- what often is not meant ---- */

/* Numbers from sigtran-box and bearerbox are international, with a "+". */
static void check_numbers(struct conf_group *g)
{
    static const char *const key[] = {
        "allowed-prefix",
        "denied-prefix",
        "allowed-receiver-prefix",
        "denied-receiver-prefix",
    };

    for (size_t i = 0; i < sizeof(key) / sizeof(key[0]); i++) {
        Octstr *list = get(g, key[i]);

        if (list != NULL && octstr_search_char(list, '+', 0) < 0)
            warn(g, key[i],
                 "international numbers begin with \"+\", and none here does");
        octstr_destroy(list);
    }
}

/* Of keyword and aliases, does one begin with a keyword of `other'? */
static bool begins_with(Octstr *words, Octstr *keyword)
{
    List *list = octstr_split(words, octstr_imm(";"));
    bool does = false;
    Octstr *word;

    while ((word = gwlist_extract_first(list)) != NULL) {
        does = does ||
               (octstr_len(word) > octstr_len(keyword) &&
                strncasecmp(octstr_get_cstr(word), octstr_get_cstr(keyword),
                            (size_t)octstr_len(keyword)) == 0);
        octstr_destroy(word);
    }
    gwlist_destroy(list, NULL);
    return does;
}

/* The keywords a group has, or NULL: none, or not to be compared. */
static Octstr *keywords(const struct conf_group *g)
{
    Octstr *word = get(g, "keyword"), *more;

    if (word == NULL || octstr_str_compare(word, "default") == 0) {
        octstr_destroy(word);
        return NULL;
    }
    more = get(g, "aliases");
    if (more != NULL)
        octstr_format_append(word, ";%S", more);
    octstr_destroy(more);
    return word;
}

/* `keyword = sh' takes messages that begin with "show", too. */
static void check_shadow(struct conf_group *g)
{
    struct conf_group other = *g;
    List *groups = cfg_get_multi_group(g->in->cfg, octstr_imm(g->name));
    Octstr *mine = keywords(g), *first;
    bool whole = false;

    for (unsigned i = 0; mine != NULL && i < g->no; i++) {
        other.cfg = gwlist_get(groups, (long)i);
        first = get(&other, "keyword");
        whole = false;
        conf_get_bool(&other, "whole-word", &whole);
        if (!whole && first != NULL &&
            octstr_str_compare(first, "default") != 0 &&
            begins_with(mine, first))
            warn(g, "keyword",
                 "an earlier service has its beginning for a keyword and "
                 "takes its messages; give that one whole-word = true");
        octstr_destroy(first);
    }
    octstr_destroy(mine);
    gwlist_destroy(groups, NULL);
}

/* ---- keyword and name ---- */

static Octstr *with_end(Octstr *words)
{
    static const char end[] = "([[:space:]]|$)";
    List *list = octstr_split(words, octstr_imm(";"));
    Octstr *out = octstr_create(""), *word;

    while ((word = gwlist_extract_first(list)) != NULL) {
        octstr_format_append(out, "%s%S%s", octstr_len(out) > 0 ? ";" : "",
                             word, end);
        octstr_destroy(word);
    }
    gwlist_destroy(list, NULL);
    return out;
}

static void end_words(struct conf_group *g)
{
    static const char *const key[] = { "keyword", "aliases" };

    for (size_t i = 0; i < 2; i++) {
        Octstr *words = get(g, key[i]), *ended;

        if (words != NULL && octstr_str_compare(words, "default") != 0) {
            ended = with_end(words);
            put(g, key[i], ended);
            octstr_destroy(ended);
        }
        octstr_destroy(words);
    }
}

/* What urltrans calls a service that has no name. */
static Octstr *default_name(const struct conf_group *g)
{
    Octstr *word = get(g, "keyword-regex"), *more, *name;

    if (word != NULL)
        return word;
    word = get(g, "keyword");
    if (word == NULL || octstr_str_compare(word, "default") == 0)
        return word;
    name = octstr_format("^[ ]*(%S", word);
    octstr_destroy(word);
    more = get(g, "aliases");
    if (more != NULL) {
        octstr_replace(more, octstr_imm(";"), octstr_imm("|"));
        octstr_format_append(name, "|%S", more);
    }
    octstr_destroy(more);
    octstr_append_cstr(name, ")[ ]*");
    return name;
}

static void set_name(struct conf_group *g, struct http_service *s)
{
    Octstr *number = octstr_format("%u", g->no);

    s->name = get(g, "name");
    if (s->name == NULL)
        s->name = default_name(g);
    put(g, "name", number);
    octstr_destroy(number);
}

/* ---- values ---- */

static void set_form(struct conf_group *g, struct http_service *s)
{
    static const struct {
        const char *key;
        enum http_form form;
    } forms[] = {
        { "get-url", HTTP_FORM_GET },    { "url", HTTP_FORM_GET },
        { "post-url", HTTP_FORM_POST },  { "post-xml", HTTP_FORM_XML },
        { "post-json", HTTP_FORM_JSON }, { "text", HTTP_FORM_TEXT },
    };
    Octstr *url;
    unsigned n = 0;

    if (conf_has(g, "exec") || conf_has(g, "file")) {
        conf_wrong(g, "exec and file are not for httpbox: no application "
                      "would confirm; keep that service in an smsbox");
        return;
    }
    for (size_t i = 0; i < sizeof(forms) / sizeof(forms[0]); i++) {
        if (!conf_has(g, forms[i].key))
            continue;
        n++;
        s->form = forms[i].form;
        if (s->form == HTTP_FORM_TEXT)
            check_pattern(g, forms[i].key);
        else
            check_url(g, forms[i].key);
    }
    if (n != 1)
        conf_wrong(g, "must have one of get-url, post-url, post-xml, "
                      "post-json and text");
    if (s->form != HTTP_FORM_JSON)
        return;
    url = get(g, "post-json");
    put(g, "post-url", url);
    octstr_destroy(url);
}

static void set_statuses(struct conf_group *g, struct http_service *s)
{
    static const struct {
        const char *key;
        enum verdict v;
    } keys[] = {
        { "ok-status", VERDICT_OK },
        { "temporary-status", VERDICT_TEMPFAIL },
        { "permanent-status", VERDICT_PERMFAIL },
    };
    char list[256];

    http_verdicts_init(&s->verdicts);
    for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++)
        if (conf_get_text(g, keys[i].key, list, sizeof(list)) &&
            !http_verdicts_set(&s->verdicts, list, keys[i].v))
            conf_bad(g, keys[i].key,
                     "must be a list of statuses from %d to %d, such as "
                     "404 500-599",
                     (int)HTTP_STATUS_MIN, (int)HTTP_STATUS_MAX);
}

static void set_tls(struct conf_group *g, struct http_target *t)
{
    bool verify = true;

    conf_get_bool(g, "ssl-verify", &verify);
    t->no_verify = !verify;
    conf_get_file(g, "ssl-ca-file", t->ca_file, sizeof(t->ca_file));
    conf_get_file(g, "ssl-client-cert-file", t->cert_file,
                  sizeof(t->cert_file));
    conf_get_file(g, "ssl-client-key-file", t->key_file, sizeof(t->key_file));
    if ((t->cert_file[0] != '\0') != (t->key_file[0] != '\0'))
        conf_wrong(g, "ssl-client-cert-file and ssl-client-key-file need each "
                      "other");
    else if (t->cert_file[0] != '\0' && !crypto_key(t->cert_file, t->key_file))
        conf_bad(g, "ssl-client-key-file",
                 "is not the key of ssl-client-cert-file");
}

static void set_target(struct conf_group *g, struct http_target *t)
{
    static const struct conf_word versions[] = { { "1.1", 1 },
                                                 { "2", 2 },
                                                 { NULL, 0 } };
    int version = 2;

    t->connect_ms = CONNECT_MS;
    t->max_calls = REQUESTS;
    conf_get_seconds(g, "connect-timeout", &t->connect_ms, 1, DEADLINE_MAX_S);
    conf_get_uint(g, "max-requests", &t->max_calls, 1, LIMIT);
    conf_get_word(g, "http-version", versions, &version);
    t->only_http1 = version == 1;
    set_tls(g, t);
}

/*
 * smsbox answers everybody by default. Here an answer to a person is sent
 * only where somebody asked for it, but for a service that is nothing else.
 */
static void set_replies(struct conf_group *g, struct http_service *s)
{
    uint32_t n = s->form == HTTP_FORM_TEXT;

    conf_get_uint(g, "max-messages", &n, 0, 255);
    s->max_messages = (long)n;
    if (conf_has(g, "accept-x-kannel-headers"))
        warn(g, "accept-x-kannel-headers",
             "httpbox does not look at X-Kannel headers of an answer");
}

static void set_values(struct conf_group *g, struct http_service *s,
                       uint32_t deadline_ms)
{
    s->deadline_ms = deadline_ms;
    s->max_pending = PENDING;
    conf_get_seconds(g, "deadline", &s->deadline_ms, 1, DEADLINE_MAX_S);
    conf_get_uint(g, "max-pending", &s->max_pending, 1, LIMIT);
    conf_get_text(g, "sign-secret", s->secret, sizeof(s->secret));
    conf_get_bool(g, "traceparent", &s->traceparent);
    set_statuses(g, s);
    set_target(g, &s->target);
    set_replies(g, s);
}

/* ---- the set ---- */

static void find_trans(struct http_set *set, struct http_service *s,
                       unsigned no)
{
    Msg *msg = msg_create(sms);

    msg->sms.service = octstr_format("%u", no);
    s->trans = urltrans_find_service(set->list, msg);
    msg_destroy(msg);
}

static void check_list(struct conf_group *g, const char *key, const void *list)
{
    if (conf_has(g, key) && list == NULL)
        conf_bad(g, key, "cannot be fetched");
}

static void add_service(struct conf_group *g, void *ctx)
{
    struct reading *r = ctx;
    struct http_service *s = &r->set->service[r->set->n];
    unsigned errors = g->in->errors;
    bool whole = false;

    memset(s, 0, sizeof(*s)); /* of a group before, which was wrong */
    conf_get_bool(g, "whole-word", &whole);
    set_form(g, s);
    set_values(g, s, r->deadline_ms);
    check_regexes(g);
    check_pattern(g, "dlr-url");
    check_numbers(g);
    check_shadow(g);
    if (conf_has(g, "keyword") == conf_has(g, "keyword-regex"))
        conf_wrong(g, "must have either keyword or keyword-regex");
    if (g->in->errors > errors)
        return;
    set_name(g, s);
    if (whole)
        end_words(g);
    r->set->n++;
    if (urltrans_add_one(r->set->list, g->cfg) == -1) {
        conf_wrong(g, "is refused by libgw, see the line before this one");
        return;
    }
    find_trans(r->set, s, g->no);
    check_list(g, "white-list", urltrans_white_list(s->trans));
    check_list(g, "black-list", urltrans_black_list(s->trans));
}

static void count_service(struct conf_group *g, void *ctx)
{
    unsigned *n = ctx;

    (void)g;
    (*n)++;
}

struct http_set *http_set_new(struct conf_in *in,
                              const struct http_common *common,
                              uint32_t deadline_ms)
{
    struct http_set *set = gw_malloc(sizeof(*set));
    struct reading r = { .set = set, .deadline_ms = deadline_ms };
    unsigned n = 0;

    memset(set, 0, sizeof(*set));
    atomic_init(&set->refs, 1);
    set->common = *common;
    set->list = urltrans_create();
    conf_each(in, "sms-service", count_service, &n);
    set->service = gw_malloc((n + 1) * sizeof(*set->service));
    memset(set->service, 0, (n + 1) * sizeof(*set->service));
    conf_each(in, "sms-service", add_service, &r);
    return set;
}

struct http_set *http_set_hold(struct http_set *set)
{
    atomic_fetch_add_explicit(&set->refs, 1, memory_order_relaxed);
    return set;
}

void http_set_drop(struct http_set *set)
{
    if (set == NULL || atomic_fetch_sub(&set->refs, 1) != 1)
        return;
    for (unsigned i = 0; i < set->n; i++)
        octstr_destroy(set->service[i].name);
    urltrans_destroy(set->list);
    gw_free(set->service);
    gw_free(set);
}

struct http_service *http_set_find(struct http_set *set, Msg *msg)
{
    URLTranslation *t = urltrans_find(set->list, msg);
    unsigned long no;

    if (t == NULL)
        return NULL;
    no = strtoul(octstr_get_cstr(urltrans_name(t)), NULL, 10);
    return no < set->n ? &set->service[no] : NULL;
}

struct http_service *http_set_named(struct http_set *set, Octstr *name)
{
    for (unsigned i = 0; name != NULL && i < set->n; i++)
        if (octstr_compare(set->service[i].name, name) == 0)
            return &set->service[i];
    return NULL;
}
