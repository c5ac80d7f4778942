/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * http_form.c - what a service is asked: URL, headers and body
 */

#include "http_form.h"

#include <ctype.h>
#include <openssl/hmac.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

/* letter: Kannel's; '\0': it has none. */
static const struct {
    const char *name;
    char letter;
    enum plug_field field;
} escapes[] = {
    { "sender", 'p', PLUG_SENDER }, { "receiver", 'P', PLUG_RECEIVER },
    { "text", 'b', PLUG_TEXT },     { "text", 'a', PLUG_TEXT },
    { "id", 'I', PLUG_ID },         { "network", 'i', PLUG_NETWORK },
    { "coding", 'c', PLUG_CODING }, { "udh", 'u', PLUG_UDH },
    { "meta", 'D', PLUG_META },     { "route", 'n', PLUG_ROUTE },
    { "kind", '\0', PLUG_KIND },    { "version", '\0', PLUG_VERSION },
    { "owner", '\0', PLUG_OWNER },  { "sc", '\0', PLUG_SC },
    { "gt", '\0', PLUG_GT },        { "gt_plan", '\0', PLUG_GT_PLAN },
    { "imsi", '\0', PLUG_IMSI },    { "msc", '\0', PLUG_NODE },
};

/* The field of the escape at p, behind its "%", and what follows it in *end.
 * PLUG_NFIELDS: there is no such. */
static enum plug_field escape(const char *p, const char **end)
{
    const char *name = p + 1, *close = *p == '{' ? strchr(p, '}') : NULL;

    *end = close != NULL ? close + 1 : p + (*p != '\0');
    for (size_t i = 0; i < sizeof(escapes) / sizeof(escapes[0]); i++) {
        size_t n = strlen(escapes[i].name);

        if (close == NULL ? *p != '\0' && escapes[i].letter == *p
                          : (size_t)(close - name) == n &&
                                strncmp(name, escapes[i].name, n) == 0)
            return escapes[i].field;
    }
    return PLUG_NFIELDS;
}

static void put_escaped(struct plug_buf *b, const char *p, size_t len)
{
    char code[4];

    for (size_t i = 0; i < len; i++) {
        if (isalnum((unsigned char)p[i]) ||
            (p[i] != '\0' && strchr("-_.~", p[i]) != NULL)) {
            plug_buf_char(b, p[i]);
            continue;
        }
        snprintf(code, sizeof(code), "%%%02X", (unsigned)(unsigned char)p[i]);
        plug_buf_text(b, code);
    }
}

/* m NULL: as if all fields were empty. */
static void expand(const struct http_form *f, const struct plug_msg *m,
                   struct plug_buf *b)
{
    enum plug_field field;
    const char *p = f->url;
    const void *value;
    size_t len;

    while (*p != '\0') {
        if (*p != '%' || p[1] == '%') {
            plug_buf_char(b, *p);
            p += *p == '%' ? 2 : 1;
            continue;
        }
        field = escape(p + 1, &p);
        value = m != NULL ? f->host->get(m, field, &len) : NULL;
        if (value != NULL)
            put_escaped(b, value, len);
    }
    plug_buf_char(b, '\0');
}

bool http_form_check(const struct http_form *f, char *why, size_t why_len)
{
    const char *p = f->url, *end;
    struct plug_buf b = { .len = 0 };
    bool good;

    while (f->get && (p = strchr(p, '%')) != NULL) {
        if (p[1] == '%') {
            p += 2;
            continue;
        }
        if (escape(p + 1, &end) == PLUG_NFIELDS) {
            snprintf(why, why_len, "`url': <%.*s> is no escape, see %%%%",
                     (int)(end - p), p);
            return false;
        }
        p = end;
    }
    if (f->get)
        expand(f, NULL, &b);
    good = http_url_is_good(f->get && b.p != NULL ? b.p : f->url);
    if (!good)
        snprintf(why, why_len, "`url' must be one of http or https");
    plug_buf_free(&b);
    return good;
}

/* ---- headers ---- */

/* The request target: what follows host and port. */
static const char *target_of(const char *url)
{
    const char *p = strstr(url, "://");

    p = p != NULL ? p + 3 : url;
    return p + strcspn(p, "/?#");
}

static void sign(const struct http_form *f, struct http_ask *a, const char *id)
{
    static const char hex[] = "0123456789abcdef";
    struct plug_buf b = { .len = 0 };
    unsigned char mac[EVP_MAX_MD_SIZE];
    char text[2 * EVP_MAX_MD_SIZE + 1], stamp[32];
    unsigned n = 0;

    snprintf(stamp, sizeof(stamp), "%lld", (long long)time(NULL));
    plug_buf_text(&b, stamp);
    plug_buf_text(&b, a->body != NULL ? "\nPOST\n" : "\nGET\n");
    plug_buf_text(&b, target_of(a->url));
    plug_buf_char(&b, '\n');
    plug_buf_text(&b, id);
    plug_buf_char(&b, '\n');
    if (a->body != NULL)
        plug_buf_add(&b, a->body, a->body_len);
    HMAC(EVP_sha256(), f->secret, (int)strlen(f->secret),
         (const unsigned char *)b.p, b.len, mac, &n);
    plug_buf_free(&b);
    for (unsigned i = 0; i < n; i++) {
        text[2 * i] = hex[mac[i] >> 4];
        text[2 * i + 1] = hex[mac[i] & 15];
    }
    text[2 * n] = '\0';
    http_ask_header(a, "X-Sigtran-Timestamp: %s", stamp);
    http_ask_header(a, "X-Sigtran-Signature: sha256=%s", text);
}

/* An id that a header can carry; else it is empty. */
static void id_of(const struct http_form *f, const struct plug_msg *m,
                  char id[65])
{
    size_t len;
    const char *p = f->host->get(m, PLUG_ID, &len);

    id[0] = '\0';
    if (len > 64)
        return;
    for (size_t i = 0; i < len; i++)
        if (!isalnum((unsigned char)p[i]) && p[i] != '-')
            return;
    memcpy(id, p, len);
    id[len] = '\0';
}

static void headers(const struct http_form *f, struct http_ask *a,
                    const struct plug_msg *m)
{
    char id[65];

    id_of(f, m, id);
    http_ask_header(a, "User-Agent: sigtran-box");
    http_ask_header(a, "Accept: application/json");
    http_ask_header(a, "Expect:"); /* no round trip before a long body */
    if (a->body != NULL)
        http_ask_header(a, "Content-Type: application/json");
    if (f->header != NULL)
        http_ask_header(a, "%s", f->header);
    if (id[0] != '\0')
        http_ask_header(a, "Idempotency-Key: %s", id);
    if (f->secret != NULL)
        sign(f, a, id);
}

static bool fill_body(struct http_form *f, struct http_ask *a,
                      const struct plug_msg *m)
{
    const char *body;

    plug_json_open(&f->json);
    plug_json_msg(&f->json, f->host, m);
    body = plug_json_end(&f->json, &a->body_len);
    if (body == NULL)
        return false;
    a->body = malloc(a->body_len + 1);
    if (a->body == NULL)
        return false;
    memcpy(a->body, body, a->body_len);
    a->body[a->body_len] = '\0';
    return true;
}

bool http_form_fill(struct http_form *f, struct http_ask *a,
                    const struct plug_msg *m)
{
    struct plug_buf b = { .len = 0 };

    if (f->get) {
        expand(f, m, &b);
        a->url = b.p;
        if (b.failed)
            return false;
    } else {
        a->url = strdup(f->url);
        if (a->url == NULL || !fill_body(f, a, m))
            return false;
    }
    headers(f, a, m);
    return true;
}

void http_form_fini(struct http_form *f)
{
    plug_json_free(&f->json);
}
