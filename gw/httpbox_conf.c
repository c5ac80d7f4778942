/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * httpbox_conf.c - httpbox.conf: Kannel's syntax and services, a group of ours
 */

#include "httpbox_conf.h"

#include "conf_file.h"

#include <string.h>

enum { MILLION = 1000000, DEADLINE_MAX_S = 59, DRAIN_MAX_S = 3600 };

/* clang-format off */
static const struct conf_group_def groups[] = {
#define GROUP(name, single) { #name, single, (const char *const[]){
#define KEY(key) #key,
#define KANNEL(key) #key,
#define END NULL } },
#include "httpbox.def"
#undef GROUP
#undef KEY
#undef KANNEL
#undef END
    { NULL, false, NULL },
};
/* clang-format on */

static void read_client(struct conf_group *g, struct box_client_conf *c)
{
    conf_copy(c->host, sizeof(c->host), "127.0.0.1");
    c->port = 13001;
    c->heartbeat_ms = 30000;
    conf_get_text(g, "bearerbox-host", c->host, sizeof(c->host));
    conf_get_port(g, "bearerbox-port", &c->port);
    conf_get_bool(g, "bearerbox-port-ssl", &c->tls);
    conf_get_file(g, "bearerbox-ca-file", c->ca_file, sizeof(c->ca_file));
    conf_get_name(g, "httpbox-id", c->boxc_id, sizeof(c->boxc_id));
}

static void read_log(struct conf_group *g, struct http_conf *c)
{
    uint32_t level = GW_INFO;

    conf_get_text(g, "log-file", c->log_file, sizeof(c->log_file));
    conf_get_uint(g, "log-level", &level, 0, 5);
    c->log_level = (long)level;
}

static struct http_common read_common(struct conf_group *g)
{
    struct http_common c = { .max_pending = 10000 };

    conf_copy(c.reply_empty, sizeof(c.reply_empty),
              "<Empty reply from service provider>"); /* as smsbox */
    conf_get_uint(g, "max-pending", &c.max_pending, 1, MILLION);
    conf_get_bool(g, "mo-recode", &c.mo_recode);
    conf_get_text(g, "global-sender", c.global_sender, sizeof(c.global_sender));
    conf_get_text(g, "reply-emptymessage", c.reply_empty,
                  sizeof(c.reply_empty));
    return c;
}

static void read_box(struct conf_group *g, struct http_conf *c)
{
    c->deadline_ms = 20000;
    c->drain_ms = 30000;
    c->per_host = 256;
    read_client(g, &c->client);
    read_log(g, c);
    conf_get_seconds(g, "deadline", &c->deadline_ms, 1, DEADLINE_MAX_S);
    conf_get_seconds(g, "drain-timeout", &c->drain_ms, 0, DRAIN_MAX_S);
    conf_get_uint(g, "max-host-connections", &c->per_host, 1, MILLION);
}

struct http_conf *http_conf_load(const char *file)
{
    struct http_common common;
    struct http_conf *c;
    struct conf_group g;
    struct conf_in in;

    if (!conf_file_open(&in, file, groups))
        return NULL;
    c = gw_malloc(sizeof(*c));
    memset(c, 0, sizeof(*c));
    g = conf_single(&in, "httpbox");
    if (g.cfg == NULL)
        conf_missing(&g, "group = httpbox", "it names the box's server");
    read_box(&g, c);
    common = read_common(&g);
    c->set = http_set_new(&in, &common, c->deadline_ms);
    conf_file_close(&in);
    if (in.errors == 0)
        return c;
    http_conf_free(c);
    return NULL;
}

void http_conf_free(struct http_conf *c)
{
    if (c == NULL)
        return;
    http_set_drop(c->set);
    gw_free(c);
}

static const char *form_str(enum http_form form)
{
    static const char *const text[] = {
        [HTTP_FORM_GET] = "get-url",    [HTTP_FORM_POST] = "post-url",
        [HTTP_FORM_XML] = "post-xml",   [HTTP_FORM_JSON] = "post-json",
        [HTTP_FORM_TEXT] = "text only",
    };

    return text[form];
}

void http_conf_tell(const struct http_conf *c)
{
    if (c->set->n == 0)
        warning(0, "There is no group sms-service: every message is to be "
                   "tried again.");
    for (unsigned i = 0; i < c->set->n; i++) {
        const struct http_service *s = &c->set->service[i];

        info(0, "service %s: %s, deadline %u ms, replies: %ld%s",
             octstr_get_cstr(s->name), form_str(s->form),
             (unsigned)s->deadline_ms, s->max_messages,
             s->target.no_verify ? ", certificates are not checked" : "");
    }
}

static bool same_server(const struct box_client_conf *a,
                        const struct box_client_conf *b)
{
    return strcmp(a->host, b->host) == 0 && a->port == b->port &&
           a->tls == b->tls && strcmp(a->ca_file, b->ca_file) == 0 &&
           strcmp(a->boxc_id, b->boxc_id) == 0;
}

void http_conf_tell_fixed(const struct http_conf *was,
                          const struct http_conf *is)
{
    static const char need[] = "is another now, which needs a new start";

    if (!same_server(&was->client, &is->client))
        warning(0, "The box server, or the name there, %s.", need);
    if (was->per_host != is->per_host)
        warning(0, "max-host-connections %s.", need);
    if (was->log_level != is->log_level ||
        strcmp(was->log_file, is->log_file) != 0)
        warning(0, "The log file, or its level, %s.", need);
}
