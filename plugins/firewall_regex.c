/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * firewall_regex.c - regular expressions that cannot hang
 *
 * PCRE2's match limit holds for each octet where a match may begin, so the
 * steps of a whole search are shared out over the subject's length.
 */

#define PCRE2_CODE_UNIT_WIDTH 8

#include "firewall_regex.h"

#include <pcre2.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    STEPS = 10000000, /* of one search; about 10 ms */
    STEPS_LEAST = 1000,
    HEAP_KIB = 1024,
    STACK_LEAST = 32 * 1024,
    STACK_MOST = 256 * 1024,
};

struct regex {
    pcre2_code *code;
    pcre2_match_data *data;
    pcre2_match_context *context;
    pcre2_jit_stack *stack; /* NULL: without JIT */
};

static bool read_flags(const char *flags, uint32_t *options)
{
    for (; *flags != '\0'; flags++)
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
        default:
            return false;
        }
    return true;
}

/* JIT where the system lets us have it; it is only faster. */
static void hasten(struct regex *r)
{
    if (pcre2_jit_compile(r->code, PCRE2_JIT_COMPLETE) != 0)
        return;
    r->stack = pcre2_jit_stack_create(STACK_LEAST, STACK_MOST, NULL);
    if (r->stack != NULL)
        pcre2_jit_stack_assign(r->context, NULL, r->stack);
}

struct regex *regex_new(const char *pattern, size_t len, const char *flags,
                        char *why, size_t why_len)
{
    uint32_t options =
        PCRE2_UTF | PCRE2_MATCH_INVALID_UTF | PCRE2_NEVER_BACKSLASH_C;
    struct regex *r;
    int error;
    size_t at;

    if (!read_flags(flags, &options)) {
        snprintf(why, why_len, "the flags after the second / are of i m s x");
        return NULL;
    }
    r = calloc(1, sizeof(*r));
    if (r == NULL) {
        snprintf(why, why_len, "out of memory");
        return NULL;
    }
    r->code =
        pcre2_compile((PCRE2_SPTR)pattern, len, options, &error, &at, NULL);
    if (r->code == NULL) {
        unsigned char text[120];

        pcre2_get_error_message(error, text, sizeof(text));
        snprintf(why, why_len, "octet %zu of the pattern: %s", at,
                 (const char *)text);
        regex_free(r);
        return NULL;
    }
    r->data = pcre2_match_data_create(1, NULL);
    r->context = pcre2_match_context_create(NULL);
    if (r->data == NULL || r->context == NULL) {
        snprintf(why, why_len, "out of memory");
        regex_free(r);
        return NULL;
    }
    pcre2_set_heap_limit(r->context, HEAP_KIB);
    hasten(r);
    return r;
}

void regex_free(struct regex *r)
{
    if (r == NULL)
        return;
    pcre2_jit_stack_free(r->stack);
    pcre2_match_context_free(r->context);
    pcre2_match_data_free(r->data);
    pcre2_code_free(r->code);
    free(r);
}

enum regex_result regex_find(struct regex *r, const char *p, size_t len)
{
    uint32_t steps, options = 0;
    int rc;

    if (len > REGEX_SUBJECT) {
        len = REGEX_SUBJECT;
        options = PCRE2_NOTEOL; /* $ is not where we have cut */
    }
    steps = STEPS / ((uint32_t)len + 1);
    pcre2_set_match_limit(r->context,
                          steps < STEPS_LEAST ? STEPS_LEAST : steps);
    rc = pcre2_match(r->code, (PCRE2_SPTR)p, len, 0, options, r->data,
                     r->context);
    if (rc >= 0)
        return REGEX_YES;
    return rc == PCRE2_ERROR_NOMATCH ? REGEX_NO : REGEX_GAVE_UP;
}
