/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * http_form.h - what a service is asked: URL, headers and body
 *
 * POST carries the message as JSON (plug_json.h). GET carries what the escapes
 * of its URL name: %p and its kin as in Kannel's get-url, or %{sender} by the
 * names of the JSON. Signatures are those of httpbox.
 */

#ifndef HTTP_FORM_H
#define HTTP_FORM_H

#include "http_curl.h"
#include "plug_json.h"

struct http_form {
    const struct plug_host *host;
    const char *url;
    bool get;
    const char *header; /* one more, NULL: none */
    const char *secret; /* NULL: no signature */
    struct plug_json json;
};

/* Are the escapes of a GET's URL known? Else why[]. */
bool http_form_check(const struct http_form *f, char *why, size_t why_len);

/* Fill in url, body and headers. False: no memory. */
bool http_form_fill(struct http_form *f, struct http_ask *a,
                    const struct plug_msg *m);
void http_form_fini(struct http_form *f);

#endif
