/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * admin_uri.c - the path and the arguments of a request
 */

#include "admin_uri.h"

#include <string.h>

static int hex(char c)
{
    static const char digits[] = "0123456789abcdef0123456789ABCDEF";
    const char *at = c != '\0' ? strchr(digits, c) : NULL;

    return at != NULL ? (int)((at - digits) % 16) : -1;
}

/* NULL, or what is wrong. */
static const char *decode(const char *p, size_t n, bool is_arg, char *out,
                          size_t size)
{
    size_t len = 0;

    for (size_t i = 0; i < n; i++) {
        unsigned char c = (unsigned char)p[i];

        if (c == '%') {
            int high = i + 2 < n ? hex(p[i + 1]) : -1;
            int low = i + 2 < n ? hex(p[i + 2]) : -1;

            if (high < 0 || low < 0)
                return "% must be followed by two hexadecimal digits";
            c = (unsigned char)(high << 4 | low);
            i += 2;
        } else if (c == '+' && is_arg) {
            c = ' ';
        }
        if (c < 0x20 || c == 0x7f)
            return "control characters are not allowed";
        if (len + 1 >= size)
            return "path or argument too long";
        out[len++] = (char)c;
    }
    out[len] = '\0';
    return NULL;
}

static const char *read_arg(struct uri *u, const char *p, size_t n)
{
    const char *equals = memchr(p, '=', n);
    size_t name_len = equals != NULL ? (size_t)(equals - p) : n;
    char name[URI_NAME_MAX + 1];
    const char *why = decode(p, name_len, true, name, sizeof(name));

    if (why != NULL)
        return why;
    if (uri_arg(u, name) != NULL)
        return "an argument stands there twice";
    if (u->args == URI_ARGS)
        return "too many arguments";
    strcpy(u->arg[u->args].name, name);
    u->arg[u->args].value[0] = '\0';
    if (equals != NULL)
        why = decode(equals + 1, n - name_len - 1, true, u->arg[u->args].value,
                     sizeof(u->arg[0].value));
    if (why == NULL)
        u->args++;
    return why;
}

const char *uri_read(struct uri *u, const char *text)
{
    size_t n = strcspn(text, "?#");
    const char *why = decode(text, n, false, u->path, sizeof(u->path));
    const char *p = text + n;

    u->args = 0;
    if (why != NULL || u->path[0] != '/')
        return why != NULL ? why : "the path must begin with /";
    if (*p != '?')
        return NULL;
    for (p++; why == NULL && *p != '\0' && *p != '#'; p += n) {
        p += *p == '&';
        n = strcspn(p, "&#");
        if (n > 0)
            why = read_arg(u, p, n);
    }
    return why;
}

const char *uri_arg(const struct uri *u, const char *name)
{
    for (unsigned i = 0; i < u->args; i++)
        if (strcmp(u->arg[i].name, name) == 0)
            return u->arg[i].value;
    return NULL;
}

int uri_flag(const struct uri *u, const char *name, bool *out)
{
    static const struct {
        const char *word;
        bool is;
    } words[] = {
        { "", true },       { "1", true },   { "true", true },
        { "yes", true },    { "on", true },  { "0", false },
        { "false", false }, { "no", false }, { "off", false },
    };
    const char *value = uri_arg(u, name);

    *out = false;
    if (value == NULL)
        return 0;
    for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
        if (strcmp(value, words[i].word) == 0) {
            *out = words[i].is;
            return 0;
        }
    return -1;
}
