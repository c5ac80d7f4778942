/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * rest.h - /api/v1: the register over HTTP and JSON
 *
 * A request is read into a rest_ask (path, arguments, body, each checked as
 * vmnctl checks it) without asking anybody; then done with a handle of the
 * register, which may wait. Described for its users in doc/openapi.yaml; a
 * test compares that with rest_routes. Plain.
 */

#ifndef REST_H
#define REST_H

#include "admin_text.h"
#include "admin_uri.h"
#include "hlr/hlr.h"
#include "hlr/row.h"

enum rest_what {
    REST_VMN_LIST,
    REST_VMN_ADD,
    REST_VMN_GET,
    REST_VMN_PUT,
    REST_VMN_PATCH,
    REST_VMN_DELETE,
    REST_OWNER_LIST,
    REST_OWNER_ADD,
    REST_OWNER_GET,
    REST_OWNER_PUT,
    REST_OWNER_DELETE,
    REST_NODE_LIST,
    REST_NODE_GET,
    REST_NODE_PATCH,
    REST_NODE_DELETE,
    REST_IMPORT,
    REST_EXPLAIN,
};

/* What stands in braces is one segment; "{first}-{last}" two numbers. */
struct rest_route {
    const char *method, *path;
    enum rest_what what;
};
extern const struct rest_route rest_routes[];
extern const unsigned rest_n_routes;

enum {
    REST_WHO_MAX = 95,
    REST_LIMIT = 100, /* rows of a list, unless asked otherwise */
    REST_LIMIT_MAX = 1000,
    REST_BODY_MAX = 65536,
    REST_IMPORT_MAX = 64 << 20,
    REST_TOLD_MAX = 100, /* wrong lines of an import */
};

struct rest_ask {
    enum rest_what what;
    char who[REST_WHO_MAX + 1];  /* for the audit */
    unsigned columns;            /* that the body has: 1 << row_column */
    struct hlr_stored row;       /* first, last: of the path or the body */
    char name[REG_NAME_MAX + 1]; /* owner or node, of the path or the body */
    bool has_drain, drain, has_weight;
    char sc[HLR_MSISDN_MAX + 1]; /* whose question is explained; "": none */
    uint16_t weight;
    struct reg_filter filter;
    unsigned limit;
    bool replace, dry_run;
    const char *body; /* CSV, lent */
    size_t body_len;
};

struct rest_reply {
    unsigned status;
    const char *type;  /* a literal */
    char allow[64];    /* 405 */
    char location[64]; /* 201 */
    struct text body;
};

/* {"error": why, "field": field or null} */
void rest_refuse(struct rest_reply *r, unsigned status, const char *field,
                 const char *why);

/*
 * Which route it is, by method and path; `ask' gets what, and the numbers or
 * the name in the path. -1: refused 404, 405, 422 in `reply'.
 */
int rest_find(const char *method, const struct uri *u, struct rest_ask *ask,
              struct rest_reply *reply);
/* Octets that its body may have; 0: it has none. */
size_t rest_body_max(enum rest_what what);
/*
 * The rest of it. conf: names of networks and routes that there are. -1:
 * refused 400, 415, 422 in `reply'.
 */
int rest_read(const struct hlr_conf *conf, const struct uri *u,
              const char *type, const char *body, size_t len,
              struct rest_ask *ask, struct rest_reply *reply);

/* Do it, unless it is REST_EXPLAIN, which needs more. Fills the reply. */
void rest_run(const struct hlr_conf *conf, struct reg *r,
              const struct rest_ask *ask, struct rest_reply *reply);

#endif
