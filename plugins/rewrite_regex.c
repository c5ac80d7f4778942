/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * rewrite_regex.c - regular expressions that end in time
 */

#include "rewrite_regex.h"

#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum {
    OUT_MAX = 120 * 1024, /* a field takes no more */
    GROUPS = 100,
    LOOK_ITEMS = 64, /* between two looks at the clock */
};

struct regex {
    pcre2_code *code;
    bool all;
};

struct regex_room {
    pcre2_match_context *context;
    pcre2_match_data *data;
    uint64_t until_ns;
    unsigned items;
    char out[OUT_MAX];
};

static uint64_t worked_ns(void)
{
    struct timespec t;

    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
    return (uint64_t)t.tv_sec * 1000000000u + (uint64_t)t.tv_nsec;
}

static bool is_late(const struct regex_room *r)
{
    return worked_ns() > r->until_ns;
}

/*
 * PCRE2 calls this before each item of a pattern: go on, or give up. Its own
 * limit is not enough, as it counts anew at each octet where a match may begin,
 * and does not count the repetitions of one character.
 */
static int on_item(pcre2_callout_block *block, void *arg)
{
    struct regex_room *r = arg;

    (void)block;
    if (++r->items % LOOK_ITEMS != 0)
        return 0;
    return is_late(r) ? PCRE2_ERROR_CALLOUT : 0;
}

struct regex_room *regex_room_new(void)
{
    struct regex_room *r = calloc(1, sizeof(*r));

    if (r == NULL)
        return NULL;
    r->context = pcre2_match_context_create(NULL);
    r->data = pcre2_match_data_create(GROUPS, NULL);
    if (r->context == NULL || r->data == NULL) {
        regex_room_free(r);
        return NULL;
    }
    pcre2_set_match_limit(r->context, REGEX_MATCH_LIMIT);
    pcre2_set_heap_limit(r->context, REGEX_HEAP_KIB);
    pcre2_set_callout(r->context, on_item, r);
    return r;
}

void regex_room_free(struct regex_room *r)
{
    if (r == NULL)
        return;
    pcre2_match_context_free(r->context);
    pcre2_match_data_free(r->data);
    free(r);
}

void regex_begin(struct regex_room *r)
{
    r->until_ns = worked_ns() + REGEX_BUDGET_MS * 1000000ull;
}

/* False: there is a flag that we do not know. */
static bool read_flags(const char *flags, uint32_t *options, bool *all)
{
    for (; *flags != '\0'; flags++) {
        switch (*flags) {
        case 'i':
            *options |= PCRE2_CASELESS;
            break;
        case 'm':
            *options |= PCRE2_MULTILINE;
            break;
        case 's':
            *options |= PCRE2_DOTALL;
            break;
        case 'x':
            *options |= PCRE2_EXTENDED;
            break;
        case 'g':
            *all = true;
            break;
        default:
            return false;
        }
    }
    return true;
}

struct regex *regex_new(const char *pattern, size_t len, const char *flags,
                        char *why, size_t why_len)
{
    uint32_t options =
        PCRE2_UTF | PCRE2_UCP | PCRE2_NEVER_BACKSLASH_C | PCRE2_AUTO_CALLOUT;
    struct regex *r = calloc(1, sizeof(*r));
    PCRE2_SIZE at = 0;
    char text[128];
    int error = 0;

    if (r == NULL || !read_flags(flags, &options, &r->all)) {
        snprintf(why, why_len, "flags are i, m, s, x and g, not <%s>", flags);
        free(r);
        return NULL;
    }
    r->code =
        pcre2_compile((PCRE2_SPTR)pattern, len, options, &error, &at, NULL);
    if (r->code != NULL)
        return r;
    pcre2_get_error_message(error, (PCRE2_UCHAR *)text, sizeof(text));
    snprintf(why, why_len, "regular expression, octet %zu: %s", at + 1, text);
    free(r);
    return NULL;
}

void regex_free(struct regex *r)
{
    if (r == NULL)
        return;
    pcre2_code_free(r->code);
    free(r);
}

/* Is the group that p, n octets, names there? */
static bool has_group(const struct regex *r, const char *p, size_t n)
{
    uint32_t groups = 0;
    char name[33];

    if (n == 0 || n >= sizeof(name))
        return false;
    memcpy(name, p, n);
    name[n] = '\0';
    pcre2_pattern_info(r->code, PCRE2_INFO_CAPTURECOUNT, &groups);
    if (strspn(name, "0123456789") == n)
        return n <= 2 && (uint32_t)atoi(name) <= groups;
    return pcre2_substring_number_from_name(r->code, (PCRE2_SPTR)name) > 0;
}

bool regex_takes(const struct regex *r, const char *with, char *why,
                 size_t why_len)
{
    const char *p = with, *name;
    size_t n;

    while ((p = strchr(p, '$')) != NULL) {
        p++;
        if (*p == '$') {
            p++;
            continue;
        }
        name = *p == '{' ? p + 1 : p;
        n = *p == '{' ? strcspn(name, "}") : strspn(name, "0123456789");
        if (!has_group(r, name, n) || (*p == '{' && name[n] != '}')) {
            snprintf(why, why_len,
                     "<%s>: after a $ there must be the number or {name} of a "
                     "group, or another $",
                     with);
            return false;
        }
        p = name + n;
    }
    return true;
}

enum regex_result regex_match(struct regex_room *room, const struct regex *r,
                              const char *p, size_t len)
{
    int n;

    if (is_late(room))
        return REGEX_LIMIT;
    n = pcre2_match(r->code, (PCRE2_SPTR)p, len, 0, 0, room->data,
                    room->context);
    if (n >= 0)
        return REGEX_YES;
    return n == PCRE2_ERROR_NOMATCH ? REGEX_NO : REGEX_LIMIT;
}

enum regex_result regex_replace(struct regex_room *room, const struct regex *r,
                                const char *p, size_t len, const char *with,
                                struct plug_buf *out)
{
    uint32_t options = PCRE2_SUBSTITUTE_UNSET_EMPTY |
                       (r->all ? (uint32_t)PCRE2_SUBSTITUTE_GLOBAL : 0);
    PCRE2_SIZE size = sizeof(room->out);
    int n;

    if (is_late(room))
        return REGEX_LIMIT;
    n = pcre2_substitute(r->code, (PCRE2_SPTR)p, len, 0, options, room->data,
                         room->context, (PCRE2_SPTR)with, PCRE2_ZERO_TERMINATED,
                         (PCRE2_UCHAR *)room->out, &size);
    if (n == 0)
        return REGEX_NO;
    if (n < 0)
        return REGEX_LIMIT;
    plug_buf_clear(out);
    plug_buf_add(out, room->out, size);
    return out->failed ? REGEX_LIMIT : REGEX_YES;
}
