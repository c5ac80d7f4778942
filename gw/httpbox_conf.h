/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * httpbox_conf.h - httpbox.conf: Kannel's syntax and services, a group of ours
 *
 * See httpbox.conf(5). Main thread.
 */

#ifndef HTTPBOX_CONF_H
#define HTTPBOX_CONF_H

#include "box_client.h"
#include "httpbox_service.h"

struct http_conf {
    char log_file[256];
    long log_level; /* gwlib's */
    struct box_client_conf client;
    uint32_t deadline_ms, drain_ms;
    uint32_t per_host; /* connections */
    struct http_set *set;
};

/* The configuration, or NULL after at least one logged error. */
struct http_conf *http_conf_load(const char *file);
void http_conf_free(struct http_conf *c);

/* Warn of what is another and needs a new start. */
void http_conf_tell_fixed(const struct http_conf *was,
                          const struct http_conf *is);

/* --check and the start: where each service goes, and what it may cost. */
void http_conf_tell(const struct http_conf *c);

#endif
