/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * firewall_rules.c - rules about originators, words, links and text: the file
 */

#include "firewall_rules_in.h"

#include "firewall_lines.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { PATTERN_MAX = 1000, DOMAIN_MAX = 253, PREFIX_MAX = 63 };

static const char *const action_name[] = { "allow", "monitor", "deny" };
static const char *const scope_name[] = { "sender", "keyword", "url", "text" };

const char *rule_scope_name(const struct rule *rule)
{
    return scope_name[rule->scope];
}

void rules_free(struct rules *r)
{
    if (r == NULL)
        return;
    words_free(r->sender);
    words_free(r->prefix);
    words_free(r->keyword);
    words_free(r->domain);
    grams_free(r->literal);
    for (uint32_t i = 0; i < r->n_regex; i++)
        regex_free(r->regex[i].regex);
    free(r->rule);
    free(r->plain);
    free(r->low);
    free(r);
}

uint32_t rules_count(const struct rules *r)
{
    return r->n;
}

static struct rules *make(void)
{
    struct rules *r = calloc(1, sizeof(*r));

    if (r == NULL)
        return NULL;
    r->sender = words_new(false);
    r->prefix = words_new(false);
    r->keyword = words_new(false);
    r->domain = words_new(true);
    r->literal = grams_new();
    if (r->sender == NULL || r->prefix == NULL || r->keyword == NULL ||
        r->domain == NULL || r->literal == NULL) {
        rules_free(r);
        return NULL;
    }
    return r;
}

static int find_name(const char *const *name, unsigned n, const char *p,
                     size_t len)
{
    for (unsigned i = 0; i < n; i++)
        if (strlen(name[i]) == len && memcmp(name[i], p, len) == 0)
            return (int)i;
    return -1;
}

static int no_memory(struct lines *l)
{
    return lines_error(l, "out of memory");
}

/* A word is in its table once. Of several rules about it only two can matter:
 * the first one, and, if that only watches, the first that decides. */
static int put_word(struct rules *r, struct lines *l, struct words *w,
                    const char *p, size_t len, uint32_t rule)
{
    uint32_t first = rule;

    if (words_put(w, p, len, &first) != 0)
        return no_memory(l);
    if (first != rule && r->rule[first].action == RULE_MONITOR &&
        r->rule[first].also == 0 && r->rule[rule].action != RULE_MONITOR)
        r->rule[first].also = rule;
    return 0;
}

/* ---- patterns of each scope; all but regular expressions in small letters,
 * and folded as what they are compared with is ---- */

static int put_sender(struct rules *r, struct lines *l, const char *p,
                      size_t len, uint32_t rule)
{
    const char *star = memchr(p, '*', len);

    /* digits may hold a * too; only at the end it means "and more" */
    if (star == NULL || star != p + len - 1)
        return put_word(r, l, r->sender, p, len, rule);
    if (len - 1 == 0 || len - 1 > PREFIX_MAX)
        return lines_error(l, "a prefix has 1 to %d octets", PREFIX_MAX);
    return put_word(r, l, r->prefix, p, len - 1, rule);
}

static int put_keyword(struct rules *r, struct lines *l, const char *p,
                       size_t len, uint32_t rule)
{
    size_t at = 0;

    if (rules_word(p, len, &at) != len)
        return lines_error(l, "a keyword is one word; write several, and "
                              "signs, as `text'");
    return put_word(r, l, r->keyword, p, len, rule);
}

static int put_url(struct rules *r, struct lines *l, const char *p, size_t len,
                   uint32_t rule)
{
    if (len >= 2 && p[0] == '*' && p[1] == '.') {
        p++;
        len--;
    }
    if (len > 0 && *p == '.') {
        p++;
        len--;
    }
    for (size_t i = 0; i < len; i++)
        if (!rules_is_host(p[i]))
            return lines_error(l, "<%.*s> is not the name of a host",
                               (int)(len > 80 ? 80 : len), p);
    if (len == 0 || len > DOMAIN_MAX || p[len - 1] == '.')
        return lines_error(l,
                           "the name of a host has 1 to %d octets and no "
                           "dot at its end",
                           DOMAIN_MAX);
    return put_word(r, l, r->domain, p, len, rule);
}

static int put_text(struct rules *r, struct lines *l, const char *p, size_t len,
                    uint32_t rule)
{
    if (len < GRAM)
        return lines_error(l,
                           "a text has at least %d octets; what is shorter "
                           "is a `keyword' or a regular expression",
                           GRAM);
    return grams_put(r->literal, p, len, rule) == 0 ? 0 : no_memory(l);
}

/* /pattern/flags */
static int put_regex(struct rules *r, struct lines *l, enum rule_scope scope,
                     const char *p, size_t len, uint32_t rule)
{
    struct rule_regex *x = &r->regex[r->n_regex];
    const char *end = p + len - 1;
    char why[160];

    while (end > p && *end != '/')
        end--;
    if (end == p)
        return lines_error(l, "a regular expression ends with another /");
    if (scope == RULE_KEYWORD)
        return lines_error(l, "no regular expressions for keywords; write it "
                              "as `text'");
    if (r->n_regex == RULES_REGEX_MAX)
        return lines_error(l, "more than %d regular expressions",
                           RULES_REGEX_MAX);
    x->regex =
        regex_new(p + 1, (size_t)(end - p) - 1, end + 1, why, sizeof(why));
    if (x->regex == NULL)
        return lines_error(l, "%s", why);
    x->rule = rule;
    x->scope = scope;
    r->n_regex++;
    return 0;
}

/* The length of what is in *low then, which has room for it. */
static size_t fold(char **low, enum rule_scope scope, const char *p, size_t len)
{
    const char *start = *low;
    size_t n = fold_signs(*low, p, len);

    fold_case(*low, *low, n);
    if (scope == RULE_SENDER || scope == RULE_TEXT)
        n = fold_blanks(*low, *low, n);
    if (scope == RULE_SENDER)
        n = fold_trim(&start, n);
    *low += start - *low;
    return n;
}

static int put(struct rules *r, struct lines *l, enum rule_scope scope,
               const char *p, size_t len, uint32_t rule)
{
    static int (*const one[])(struct rules *, struct lines *, const char *,
                              size_t, uint32_t) = {
        [RULE_SENDER] = put_sender,
        [RULE_KEYWORD] = put_keyword,
        [RULE_URL] = put_url,
        [RULE_TEXT] = put_text,
    };
    char text[PATTERN_MAX], *low = text;

    if (len == 0)
        return lines_error(l, "the pattern is missing");
    if (len > PATTERN_MAX)
        return lines_error(l, "a pattern has at most %d octets", PATTERN_MAX);
    if (*p == '/' && len > 1)
        return put_regex(r, l, scope, p, len, rule);
    if (len >= 2 && *p == '"' && p[len - 1] == '"') {
        p++;
        len -= 2;
    }
    len = fold(&low, scope, p, len);
    return len > 0 ? one[scope](r, l, low, len, rule)
                   : lines_error(l, "the pattern is empty");
}

/* ---- the file ---- */

static int add_rule(struct rules *r, struct lines *l, int action, int scope)
{
    if ((r->n & (r->n - 1)) == 0) {
        size_t size = r->n == 0 ? 1 : 2 * (size_t)r->n;
        struct rule *more = realloc(r->rule, size * sizeof(*more));

        if (more == NULL)
            return no_memory(l);
        r->rule = more;
    }
    r->rule[r->n++] = (struct rule){ .line = l->line,
                                     .action = (uint8_t)action,
                                     .scope = (uint8_t)scope };
    return 0;
}

/* ACTION SCOPE PATTERN */
static int take(void *ctx, struct lines *l, char *text, size_t len)
{
    struct rules *r = ctx;
    const char *end = text + len;
    char *word;
    int action, scope;

    len = lines_word(&text, &word);
    action = find_name(action_name, 3, word, len);
    if (action < 0)
        return lines_error(l, "<%.*s> should be allow, monitor or deny",
                           (int)(len > 40 ? 40 : len), word);
    len = lines_word(&text, &word);
    scope = find_name(scope_name, RULE_SCOPES, word, len);
    if (scope < 0)
        return lines_error(l, "<%.*s> should be sender, keyword, url or text",
                           (int)(len > 40 ? 40 : len), word);
    if (add_rule(r, l, action, scope) != 0)
        return -1;
    while (*text == ' ' || *text == '\t')
        text++;
    return put(r, l, (enum rule_scope)scope, text, (size_t)(end - text),
               r->n - 1);
}

struct rules *rules_read(const char *file, char *why, size_t why_len)
{
    struct lines l = { .file = file, .why = why, .why_len = why_len };
    struct rules *r = make();

    if (r == NULL) {
        snprintf(why, why_len, "out of memory");
        return NULL;
    }
    if (lines_read(&l, take, r) == 0) {
        if (grams_done(r->literal) == 0)
            return r;
        snprintf(why, why_len, "out of memory");
    }
    rules_free(r);
    return NULL;
}
