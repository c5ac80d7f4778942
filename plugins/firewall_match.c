/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * firewall_match.c - rules about originators, words, links and text: matching
 *
 * A text is folded and turned into small letters. Then one walk finds the
 * literals; a second one the words and what looks like a host (words with dots
 * between them), each looked up in a table as soon as its end is seen.
 */

#include "firewall_rules_in.h"

#include <stdlib.h>
#include <string.h>

enum {
    LINKS = 16,   /* whose text url expressions look at */
    SENDER = 256, /* octets of an originator that are */
};

enum { WORD = 1, DOT = 2 /* and hyphen: inside of a host only */ };

struct link {
    size_t at, len;
};

struct match {
    struct rules *r;
    uint32_t decides, monitor, gave_up; /* rules; WORDS_NONE: none */
    const char *text;                   /* letters as they came */
    size_t len;
    unsigned n_links;
    struct link link[LINKS];
};

static void hit(void *ctx, uint32_t rule)
{
    struct match *m = ctx;

    if (rule == WORDS_NONE)
        return;
    if (m->r->rule[rule].action == RULE_MONITOR) {
        if (rule < m->monitor)
            m->monitor = rule;
        rule = m->r->rule[rule].also;
        if (rule == 0)
            return;
    }
    if (rule < m->decides)
        m->decides = rule;
}

/* ---- letters ---- */

static uint8_t kind_of(unsigned char c)
{
    if ((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c >= 0x80 ||
        (c >= 'A' && c <= 'Z'))
        return WORD;
    return c == '.' || c == '-' ? DOT : 0;
}

bool rules_is_host(char c)
{
    return kind_of((unsigned char)c) != 0;
}

/*
 * How many octets of a sign that is no letter begin here: U+00A0 to U+00BF,
 * U+2000 to U+206F, U+3000 to U+303F; 0: it is something else.
 */
static size_t sign(const char *p, size_t left)
{
    unsigned char a = (unsigned char)p[0];
    unsigned char b = left > 1 ? (unsigned char)p[1] : 0;

    if (a == 0xc2 && b >= 0xa0 && b <= 0xbf)
        return 2;
    if (left < 3 || (a != 0xe2 && a != 0xe3))
        return 0;
    if ((a == 0xe2 && (b == 0x80 || b == 0x81)) || (a == 0xe3 && b == 0x80))
        return 3;
    return 0;
}

/* Octets of the sign or letter at p, and what it is. An ideographic full stop is
 * a host's only before a letter or digit of ASCII: else it ends a sentence. */
static size_t step(const char *p, size_t left, uint8_t *kind)
{
    size_t n;

    *kind = kind_of((unsigned char)*p);
    if ((unsigned char)*p < 0xc2)
        return 1;
    n = fold_dot(p, left);
    if (n > 0) {
        bool goes_on = n < left && (unsigned char)p[n] < 0x80 &&
                       kind_of((unsigned char)p[n]) == WORD;

        *kind = goes_on ? DOT : 0;
        return n;
    }
    n = sign(p, left);
    if (n == 0)
        return 1;
    *kind = 0;
    return n;
}

size_t rules_word(const char *p, size_t len, size_t *at)
{
    size_t start = len, i = 0, n;
    uint8_t kind;

    for (i = *at; i < len; i += n) {
        n = step(p + i, len - i, &kind);
        if (kind == WORD && start == len)
            start = i;
        else if (kind != WORD && start < len)
            break;
    }
    *at = start;
    return i - start;
}

/* ---- originators ---- */

static void match_sender(struct match *m, const char *p, size_t len)
{
    const struct words *prefixes = m->r->prefix;
    uint64_t lengths = words_lengths(prefixes);
    uint64_t h = words_hash_start();
    char low[SENDER];

    fold_case(low, p, len);
    for (size_t i = 0; i < len; i++) {
        h = words_hash_add(h, low[i]);
        if (i < 63 && (lengths >> (i + 1) & 1) != 0)
            hit(m, words_find(prefixes, low, i + 1, h));
    }
    hit(m, words_find(m->r->sender, low, len, h));
}

/* ---- words and links ---- */

/* With dots for ideographic full stops: its new end. */
static size_t plain_host(char *p, size_t at, size_t end)
{
    size_t used = at;

    while (at < end) {
        size_t n = fold_dot(p + at, end - at);

        p[used++] = n > 0 ? '.' : p[at];
        at += n > 0 ? n : 1;
    }
    return used;
}

/* A host and each domain that it is in: hashed from its end. */
static void match_host(struct match *m, char *p, size_t at, size_t end)
{
    const struct words *domains = m->r->domain;
    uint64_t h = words_hash_start();

    end = plain_host(p, at, end);
    while (end > at && kind_of((unsigned char)p[end - 1]) != WORD)
        end--;
    while (at < end && kind_of((unsigned char)p[at]) != WORD)
        at++;
    if (memchr(p + at, '.', end - at) == NULL)
        return; /* a dot was a sentence's */
    for (size_t i = end; i > at; i--) {
        if (p[i - 1] == '.')
            hit(m, words_find(domains, p + i, end - i, h));
        h = words_hash_add(h, p[i - 1]);
    }
    hit(m, words_find(domains, p + at, end - at, h));
    if (m->n_links < LINKS)
        m->link[m->n_links++] = (struct link){ .at = at };
}

static void match_words(struct match *m, char *p, size_t len)
{
    const struct words *keywords = m->r->keyword;
    size_t host = len, word = len, n;
    uint64_t h = 0;
    bool dotted = false;

    for (size_t i = 0; i <= len; i += n) {
        uint8_t kind = 0;

        n = i < len ? step(p + i, len - i, &kind) : 1;
        if (kind == WORD) {
            if (word == len) {
                word = i;
                h = words_hash_start();
            }
            if (host == len)
                host = i;
            h = words_hash_add(h, p[i]);
            continue;
        }
        if (word < len)
            hit(m, words_find(keywords, p + word, i - word, h));
        word = len;
        if (kind == DOT) {
            dotted = dotted || (host < len && p[i] != '-');
            continue;
        }
        if (dotted)
            match_host(m, p, host, i);
        host = len;
        dotted = false;
    }
}

/* A link goes on until a blank or something that is none. */
static void end_links(struct match *m)
{
    for (unsigned i = 0; i < m->n_links; i++) {
        struct link *l = &m->link[i];

        while (l->at + l->len < m->len &&
               (unsigned char)m->text[l->at + l->len] > ' ')
            l->len++;
    }
}

/* ---- regular expressions ---- */

static void try_regex(struct match *m, const struct rule_regex *x,
                      const char *p, size_t len)
{
    switch (regex_find(x->regex, p, len)) {
    case REGEX_YES:
        hit(m, x->rule);
        break;
    case REGEX_GAVE_UP:
        if (x->rule < m->gave_up)
            m->gave_up = x->rule;
        break;
    case REGEX_NO:
        break;
    }
}

static void match_regex(struct match *m, const char *sender, size_t sender_len)
{
    for (uint32_t i = 0; i < m->r->n_regex; i++) {
        const struct rule_regex *x = &m->r->regex[i];

        if (x->rule > m->decides)
            break; /* they stand in the file's order */
        if (x->scope == RULE_SENDER)
            try_regex(m, x, sender, sender_len);
        else if (x->scope == RULE_TEXT && m->text != NULL)
            try_regex(m, x, m->text, m->len);
        else if (x->scope == RULE_URL)
            for (unsigned k = 0; k < m->n_links; k++)
                try_regex(m, x, m->text + m->link[k].at, m->link[k].len);
    }
}

/* ---- all ---- */

static bool make_room(struct rules *r, size_t len)
{
    char *plain, *low;

    if (len <= r->size)
        return true;
    plain = realloc(r->plain, 2 * len);
    r->plain = plain != NULL ? plain : r->plain;
    low = realloc(r->low, 2 * len);
    r->low = low != NULL ? low : r->low;
    if (plain == NULL || low == NULL)
        return false;
    r->size = 2 * len;
    return true;
}

/* Literals are compared without regard to how many blanks there are; links
 * stand in `low' where they stand in the text. */
static void match_text(struct match *m)
{
    struct rules *r = m->r;
    size_t n;

    if (!make_room(r, m->len))
        return;
    if (!fold_is_plain(m->text, m->len)) {
        m->len = fold_signs(r->plain, m->text, m->len);
        m->text = r->plain;
    }
    n = fold_blanks(r->low, m->text, m->len);
    fold_case(r->low, r->low, n);
    grams_find(r->literal, r->low, n, hit, m);
    if (n != m->len)
        fold_case(r->low, m->text, m->len);
    match_words(m, r->low, m->len);
    end_links(m);
}

static const struct rule *rule_of(const struct rules *r, uint32_t rule)
{
    return rule == WORDS_NONE ? NULL : &r->rule[rule];
}

void rules_match(struct rules *r, const char *sender, size_t sender_len,
                 const char *text, size_t text_len, struct rules_hit *h)
{
    struct match m = { .r = r,
                       .decides = WORDS_NONE,
                       .monitor = WORDS_NONE,
                       .gave_up = WORDS_NONE,
                       .text = text,
                       .len = text_len };

    char folded[SENDER];
    const char *start = folded;

    if (sender_len > sizeof(folded))
        sender_len = sizeof(folded);
    sender_len = fold_signs(folded, sender, sender_len);
    sender_len = fold_blanks(folded, folded, sender_len);
    sender_len = fold_trim(&start, sender_len);
    match_sender(&m, start, sender_len);
    if (text != NULL && text_len > 0)
        match_text(&m);
    match_regex(&m, start, sender_len);
    h->decides = rule_of(r, m.decides);
    h->monitor = m.monitor < m.decides ? rule_of(r, m.monitor) : NULL;
    h->gave_up = rule_of(r, m.gave_up);
}
