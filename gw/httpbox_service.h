/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * httpbox_service.h - the services of httpbox: Kannel's sms-service groups
 *
 * Which service a message is for, and how its URL is filled in, is libgw's
 * matter (urltrans), so that both are as in smsbox. What httpbox adds to a
 * service stands here.
 *
 * All services of a configuration are a set. Messages hold on to the set they
 * came into: a new one may take its place at any time. Only one thread at a
 * time may ask a set for a service.
 */

#ifndef HTTPBOX_SERVICE_H
#define HTTPBOX_SERVICE_H

#include "conf_get.h"
#include "httpbox_http.h"
#include "httpbox_verdict.h"

#include <gw/msg.h>
#include <gw/urltrans.h>
#include <stdatomic.h>

enum { HTTP_SECRET_MAX = 128 };

enum http_form {
    HTTP_FORM_GET,  /* get-url: all in the URL */
    HTTP_FORM_POST, /* post-url: X-Kannel headers, text in the body */
    HTTP_FORM_XML,  /* post-xml */
    HTTP_FORM_JSON, /* post-json */
    HTTP_FORM_TEXT, /* text: no request, the reply is fixed */
};

struct http_service {
    URLTranslation *trans; /* of the set's list */
    Octstr *name;          /* as smsbox would call it */
    enum http_form form;
    struct http_target target;
    struct http_verdicts verdicts;
    uint32_t deadline_ms;
    uint32_t max_pending;
    atomic_uint pending;
    long max_messages; /* 0: nothing is replied */
    char secret[HTTP_SECRET_MAX];
    bool traceparent;
};

/* What the box has for all of them. */
struct http_common {
    uint32_t max_pending;
    bool mo_recode;
    char global_sender[64];
    char reply_empty[161];
};

/* All that is read again while the box runs; never changed. */
struct http_set {
    atomic_uint refs;
    struct http_common common;
    URLTranslationList *list;
    unsigned n;
    struct http_service *service;
};

/*
 * Read the groups. What is wrong is told and counted in in->errors; what
 * often goes wrong later is warned of. `deadline_ms' is the box's.
 */
struct http_set *http_set_new(struct conf_in *in,
                              const struct http_common *common,
                              uint32_t deadline_ms);
struct http_set *http_set_hold(struct http_set *set);
void http_set_drop(struct http_set *set); /* the last one frees it */

/* The service of an incoming message, or NULL. */
struct http_service *http_set_find(struct http_set *set, Msg *msg);
/* The service that a delivery report names, or NULL. */
struct http_service *http_set_named(struct http_set *set, Octstr *name);

/*
 * Does each %# of a pattern have its group and name, with a # behind each?
 * urltrans would never come back from one that has not.
 */
bool http_pattern_ends(Octstr *pattern);

#endif
