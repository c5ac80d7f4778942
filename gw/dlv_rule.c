/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * dlv_rule.c - group = box-route: rules that choose a message's route and boxes
 *
 * The table has an entry for each prefix and keyword of a rule, "" for those
 * that it has not, sorted by a hash of the two. A message looks for every
 * prefix of its number with its word and without. What is found is compared
 * in full, so that hashes that meet do no harm.
 */

#include "dlv_rule.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { ENTRIES_MAX = 64 /* of one rule; else the word is left out */ };

struct entry {
    uint64_t key;
    uint32_t rule;
};

struct dlv_rules {
    const struct dlv_rule *rule;
    unsigned n;
    uint32_t lengths; /* of prefixes: a bit for each that there is */
    bool words;
    size_t entries;
    struct entry *entry;
};

static char lower(char c)
{
    return c >= 'A' && c <= 'Z' ? (char)(c | 0x20) : c;
}

/* ---- conditions ---- */

static bool is_prefix(const char *word, const char *text)
{
    return strncmp(text, word, strlen(word)) == 0;
}

static bool is_word(const char *word, const char *text)
{
    while (*word != '\0' && lower(*word) == lower(*text)) {
        word++;
        text++;
    }
    return *word == '\0' && *text == '\0';
}

static bool is_same(const char *word, const char *text)
{
    return strcmp(word, text) == 0;
}

/* True: the list has a word that `text' is, or there is no list. */
static enum dlv_rule_fits is_of(const char *list, const char *text,
                                bool (*is)(const char *word, const char *text))
{
    if (list == NULL)
        return DLV_RULE_FITS;
    if (text == NULL)
        return DLV_RULE_MAY_FIT;
    for (; *list != '\0'; list += strlen(list) + 1)
        if (is(list, text))
            return DLV_RULE_FITS;
    return DLV_RULE_FITS_NOT;
}

static bool is_number(const char *word)
{
    word += *word == '+';
    return *word != '\0' && word[strspn(word, "0123456789")] == '\0';
}

static bool is_sender_number(const char *word, const char *text)
{
    return is_number(word) && is_prefix(word, text);
}

static bool is_sender_name(const char *word, const char *text)
{
    return !is_number(word) && is_same(word, text);
}

/* Numbers of other lengths are none of the range. */
static bool is_in_range(const struct dlv_rule *r, const char *vmn)
{
    return r->first[0] == '\0' ||
           (strlen(vmn) == strlen(r->first) && strcmp(vmn, r->first) >= 0 &&
            strcmp(vmn, r->last) <= 0);
}

enum dlv_rule_fits dlv_rule_fits(const struct dlv_rule *r,
                                 const struct dlv_rule_about *m)
{
    const enum dlv_rule_fits each[] = {
        is_of(r->vmn_prefix, m->vmn, is_prefix),
        is_of(r->keyword, m->word, is_word),
        is_of(r->sc_prefix, m->sc, is_prefix),
        is_of(r->sender, m->sender,
              m->name ? is_sender_name : is_sender_number),
        is_of(r->smsc_id, m->smsc_id, is_same),
    };
    enum dlv_rule_fits fits = DLV_RULE_FITS;

    if (!is_in_range(r, m->vmn) || (r->owner != 0 && r->owner != m->owner) ||
        (r->network != HLR_NETWORK_NONE && r->network != m->network))
        return DLV_RULE_FITS_NOT;
    for (size_t i = 0; i < sizeof(each) / sizeof(each[0]); i++)
        if (each[i] < fits)
            fits = each[i];
    return fits;
}

/* ---- for people ---- */

/* Appended as far as there is room. */
static void add(char *out, size_t size, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));

static void add(char *out, size_t size, const char *fmt, ...)
{
    size_t n = strlen(out);
    va_list ap;

    va_start(ap, fmt);
    vsnprintf(out + n, size - n, fmt, ap);
    va_end(ap);
}

static const char *comma(const char *out)
{
    return out[0] != '\0' ? ", " : "";
}

static void add_list(char *out, size_t size, const char *key, const char *list)
{
    const char *between = " ";

    if (list == NULL)
        return;
    add(out, size, "%s%s", comma(out), key);
    for (; *list != '\0'; list += strlen(list) + 1) {
        add(out, size, "%s%s", between, list);
        between = " or ";
    }
}

void dlv_rule_str(const struct dlv_rule *r, char *out, size_t size)
{
    out[0] = '\0';
    add_list(out, size, "vmn-prefix", r->vmn_prefix);
    if (r->first[0] != '\0')
        add(out, size, "%snumbers %s to %s", comma(out), r->first, r->last);
    if (r->owner != 0)
        add(out, size, "%sowner %u", comma(out), (unsigned)r->owner);
    if (r->network != HLR_NETWORK_NONE)
        add(out, size, "%snetwork %s", comma(out), r->network_id);
    add_list(out, size, "sc-prefix", r->sc_prefix);
    add_list(out, size, "sender", r->sender);
    add_list(out, size, "smsc-id", r->smsc_id);
    add_list(out, size, "keyword", r->keyword);
    if (out[0] == '\0')
        add(out, size, "every message");
}

static void add_share(char *out, size_t size, const struct box_share *s)
{
    uint32_t sum = 0;

    for (unsigned i = 0; i < s->n; i++)
        sum += s->box[i].weight;
    for (unsigned i = 0; i < s->n; i++) {
        add(out, size, "%s%s", i > 0 ? ", " : "", s->box[i].id);
        if (s->n > 1)
            add(out, size, " (%u of %u)", (unsigned)s->box[i].weight,
                (unsigned)sum);
    }
}

void dlv_rule_boxes_str(const struct dlv_rule *r, char *out, size_t size)
{
    out[0] = '\0';
    add_share(out, size, &r->boxes[0]);
    if (r->boxes[1].n > 0)
        add(out, size, ", else ");
    add_share(out, size, &r->boxes[1]);
}

/* ---- the table ---- */

enum { PRIME = 0x1b3 };
static const uint64_t basis = 0xcbf29ce484222325u; /* FNV-1a */

static uint64_t hash_on(uint64_t h, char c)
{
    return (h ^ (uint8_t)c) * (((uint64_t)1 << 40) + PRIME);
}

static uint64_t hash_word(const char *word)
{
    uint64_t h = basis;

    for (; *word != '\0'; word++)
        h = hash_on(h, lower(*word));
    return h;
}

static uint64_t key_of(uint64_t prefix, uint64_t word)
{
    return box_share_draw(prefix ^ box_share_draw(word));
}

static unsigned words_of(const char *list)
{
    unsigned n = 0;

    for (; list != NULL && *list != '\0'; list += strlen(list) + 1)
        n++;
    return n > 0 ? n : 1;
}

/* Prefixes of its numbers: those it names, or what its range has in common. */
static const char *prefixes_of(const struct dlv_rule *r,
                               char common[HLR_MSISDN_MAX + 2])
{
    size_t n = 0;

    if (r->vmn_prefix != NULL)
        return r->vmn_prefix;
    while (r->first[n] != '\0' && r->first[n] == r->last[n])
        n++;
    memcpy(common, r->first, n);
    common[n] = common[n + 1] = '\0';
    return common;
}

static void add_entry(struct dlv_rules *rs, const char *prefix,
                      const char *word, uint32_t rule)
{
    uint64_t h = basis;
    size_t n = 0;

    for (; prefix[n] != '\0'; n++)
        h = hash_on(h, prefix[n]);
    rs->lengths |= 1u << n;
    rs->entry[rs->entries++] =
        (struct entry){ .key = key_of(h, hash_word(word)), .rule = rule };
}

static bool has_keys_of_words(const struct dlv_rule *r)
{
    return r->keyword != NULL &&
           words_of(r->vmn_prefix) * words_of(r->keyword) <= ENTRIES_MAX;
}

static size_t entries_of(const struct dlv_rule *r)
{
    size_t n = words_of(r->vmn_prefix);

    return has_keys_of_words(r) ? n * words_of(r->keyword) : n;
}

static void add_rule(struct dlv_rules *rs, uint32_t i)
{
    const struct dlv_rule *r = &rs->rule[i];
    char common[HLR_MSISDN_MAX + 2];
    const char *prefix = prefixes_of(r, common);

    do {
        const char *word = has_keys_of_words(r) ? r->keyword : "";

        do {
            add_entry(rs, prefix, word, i);
            word += strlen(word) + 1;
        } while (has_keys_of_words(r) && *word != '\0');
        prefix += strlen(prefix) + 1;
    } while (r->vmn_prefix != NULL && *prefix != '\0');
    rs->words |= r->keyword != NULL;
}

static int compare(const void *a, const void *b)
{
    const struct entry *x = a, *y = b;

    if (x->key != y->key)
        return x->key < y->key ? -1 : 1;
    return x->rule < y->rule ? -1 : x->rule > y->rule;
}

struct dlv_rules *dlv_rules_new(const struct dlv_rule *rule, unsigned n)
{
    struct dlv_rules *rs = calloc(1, sizeof(*rs));
    size_t room = 0;

    if (rs == NULL)
        return NULL;
    for (unsigned i = 0; i < n; i++)
        room += entries_of(&rule[i]);
    rs->entry = calloc(room + 1, sizeof(*rs->entry));
    if (rs->entry == NULL) {
        free(rs);
        return NULL;
    }
    rs->rule = rule;
    rs->n = n;
    for (unsigned i = 0; i < n; i++)
        add_rule(rs, i);
    qsort(rs->entry, rs->entries, sizeof(*rs->entry), compare);
    return rs;
}

void dlv_rules_free(struct dlv_rules *rs)
{
    if (rs == NULL)
        return;
    free(rs->entry);
    free(rs);
}

bool dlv_rules_want_word(const struct dlv_rules *rs)
{
    return rs->words;
}

/* The first entry that has not a lower key. */
static size_t first_of(const struct dlv_rules *rs, uint64_t key)
{
    size_t from = 0, to = rs->entries;

    while (from < to) {
        size_t mid = from + (to - from) / 2;

        if (rs->entry[mid].key < key)
            from = mid + 1;
        else
            to = mid;
    }
    return from;
}

/* The first rule below `best' that is found here and fits; else `best'. */
static uint32_t try(const struct dlv_rules *rs, uint64_t key,
                    const struct dlv_rule_about *m, uint32_t best)
{
    for (size_t i = first_of(rs, key); i < rs->entries; i++) {
        const struct entry *e = &rs->entry[i];

        if (e->key != key || e->rule >= best)
            break;
        if (dlv_rule_fits(&rs->rule[e->rule], m) == DLV_RULE_FITS)
            return e->rule;
    }
    return best;
}

uint16_t dlv_rules_find(const struct dlv_rules *rs,
                        const struct dlv_rule_about *m)
{
    bool has_word = rs->words && m->word[0] != '\0';
    uint64_t prefix = basis, word = has_word ? hash_word(m->word) : 0;
    uint32_t best = rs->n;

    for (size_t n = 0; n <= HLR_MSISDN_MAX; n++) {
        if ((rs->lengths >> n & 1) != 0)
            best = try(rs, key_of(prefix, basis), m, best);
        if (has_word && (rs->lengths >> n & 1) != 0)
            best = try(rs, key_of(prefix, word), m, best);
        if (m->vmn[n] == '\0')
            break;
        prefix = hash_on(prefix, m->vmn[n]);
    }
    return best < rs->n ? (uint16_t)(best + 1) : 0;
}

/* ---- words and parts ---- */

void dlv_rule_word(const char *text, size_t len, char out[DLV_WORD_MAX + 1])
{
    static const char blank[] = " \t\r\n";
    size_t at = 0, n = 0;

    out[0] = '\0';
    while (at < len && text[at] != '\0' && strchr(blank, text[at]) != NULL)
        at++;
    while (at + n < len && text[at + n] != '\0' &&
           strchr(blank, text[at + n]) == NULL)
        n++;
    if (n > DLV_WORD_MAX)
        return;
    memcpy(out, text + at, n);
    out[n] = '\0';
}

void dlv_rule_keep(struct dlv_rule_parts *p, uint64_t name, uint16_t rule,
                   uint64_t now_ms)
{
    size_t i = name % DLV_RULE_PARTS;

    p->at[i].name = name;
    p->at[i].rule = rule;
    p->at[i].until_ms = now_ms + DLV_RULE_PART_MS;
}

bool dlv_rule_kept(const struct dlv_rule_parts *p, uint64_t name,
                   uint64_t now_ms, uint16_t *rule)
{
    size_t i = name % DLV_RULE_PARTS;

    if (p->at[i].name != name || p->at[i].until_ms <= now_ms)
        return false;
    *rule = p->at[i].rule;
    return true;
}
