/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * fuzz_rest.c - any octets at all, taken for a request to /api/v1
 *
 * The first line is method and URI, the second the Content-Type, the rest the
 * body. What is accepted must hold what the register may be asked; what is
 * refused must say why, in JSON that reads.
 */

#include "gw/rest.h"
#include "gw/rest_json.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const struct hlr_conf conf = {
    .networks = 1,
    .network_id = { "home" },
    .routes = 1,
    .route_id = (const char[][32]){ "apps" },
};

static void must(bool it_is_so)
{
    if (!it_is_so)
        abort();
}

static bool is_digits(const char *s, size_t min)
{
    size_t n = strlen(s);

    return n >= min && n <= HLR_MSISDN_MAX &&
           s[strspn(s, "0123456789")] == '\0';
}

static const char *any(void *ctx, const char *name, const struct json_value *v)
{
    unsigned *n = ctx;

    (void)v;
    *n += strcmp(name, "error") == 0 || strcmp(name, "field") == 0;
    return NULL;
}

static void was_refused(struct rest_reply *r)
{
    struct json_bad bad;
    unsigned n = 0;

    must(r->status >= 400 && r->status < 500);
    must(json_each(r->body.p, r->body.len, any, &n, &bad) == 0 && n == 2);
}

static void may_be_asked(const struct rest_ask *ask)
{
    const struct hlr_row *row = &ask->row.row;
    struct hlr_stored s = ask->row;

    switch (ask->what) {
    case REST_VMN_ADD:
    case REST_VMN_PUT:
        must(row_check(&s) == NULL);
        /* fall through */
    case REST_VMN_GET:
    case REST_VMN_PATCH:
    case REST_VMN_DELETE:
    case REST_EXPLAIN:
        must(is_digits(row->first, 3) && is_digits(row->last, 3));
        break;
    case REST_VMN_LIST:
        must(ask->limit >= 1 && ask->limit <= REST_LIMIT_MAX);
        must(ask->filter.prefix[0] == '\0' || is_digits(ask->filter.prefix, 1));
        must(ask->filter.after[0] == '\0' || is_digits(ask->filter.after, 3));
        break;
    case REST_NODE_PATCH:
        must(ask->has_drain || ask->has_weight);
        must(ask->name[0] != '\0');
        break;
    case REST_OWNER_ADD:
    case REST_OWNER_PUT:
        must(ask->name[0] != '\0');
        break;
    default:
        break;
    }
}

/* A line, cut to what there is room for; where the next one begins. */
static size_t line(const uint8_t *data, size_t size, char *out, size_t room)
{
    const uint8_t *end = memchr(data, '\n', size);
    size_t n = end != NULL ? (size_t)(end - data) : size;
    size_t len = n < room ? n : room - 1;

    memcpy(out, data, len);
    out[len] = '\0';
    return end != NULL ? n + 1 : n;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct rest_reply reply = { .status = 0 };
    struct rest_ask ask = { .who = "" };
    char text[2048], type[64], *blank, *body;
    struct uri u;
    size_t at;

    at = line(data, size, text, sizeof(text));
    at += line(data + at, size - at, type, sizeof(type));
    blank = strchr(text, ' ');
    if (blank == NULL)
        return 0;
    *blank = '\0';
    /* as admin.c asks: only what is below /api/v1 */
    if (uri_read(&u, blank + 1) != NULL || strncmp(u.path, "/api/v1", 7) != 0)
        return 0;
    body = malloc(size - at + 1);
    if (body == NULL)
        abort();
    memcpy(body, data + at, size - at);
    body[size - at] = '\0';
    if (rest_find(text, &u, &ask, &reply) == 0 &&
        rest_read(&conf, &u, type, body, size - at, &ask, &reply) == 0)
        may_be_asked(&ask);
    else
        was_refused(&reply);
    text_free(&reply.body);
    free(body);
    return 0;
}
