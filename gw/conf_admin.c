/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * conf_admin.c - group = sigtran-box, the admin port
 */

#include "conf_part.h"

#include <string.h>

static void read_secret(struct conf_group *g, const char *key, char *out,
                        size_t size)
{
    Octstr *name = octstr_create(key);
    Octstr *os = g->cfg != NULL ? cfg_get(g->cfg, name) : NULL;

    octstr_destroy(name);
    if (os == NULL)
        return;
    if (octstr_len(os) == 0 || (size_t)octstr_len(os) >= size)
        conf_bad(g, key, "must be 1 to %zu octets long", size - 1);
    else
        conf_copy(out, size, octstr_get_cstr(os));
    octstr_destroy(os);
}

static void read_tokens(struct conf_group *g, struct admin_conf *a)
{
    char list[AUTH_TOKENS * (AUTH_NAME_MAX + AUTH_TOKEN_MAX + 3)] = "";
    const char *why;

    read_secret(g, "rest-token", list, sizeof(list));
    why = auth_tokens_read(list, a->token, &a->tokens);
    if (why != NULL)
        conf_bad(g, "rest-token", "%s", why);
    memset(list, 0, sizeof(list));
}

static void read_interface(struct conf_group *g, struct web_conf *w)
{
    char host[1][46];
    uint8_t n;

    conf_copy(w->interface, sizeof(w->interface), "127.0.0.1");
    if (!conf_get_hosts(g, "admin-interface", host, &n, 1))
        return;
    if (strchr(host[0], ':') != NULL)
        conf_bad(g, "admin-interface", "must be an IPv4 address");
    else
        conf_copy(w->interface, sizeof(w->interface), host[0]);
}

/* The files are those of the port for boxes. */
static void read_tls(struct conf_group *g, const struct box_conf *b,
                     struct web_conf *w)
{
    conf_get_bool(g, "admin-port-ssl", &w->tls);
    if (!w->tls)
        return;
    conf_copy(w->cert_file, sizeof(w->cert_file), b->tls_cert);
    conf_copy(w->key_file, sizeof(w->key_file), b->tls_key);
    conf_need_tls(g, "the admin port with TLS (admin-port-ssl) needs it");
    if (b->smsbox_port_tls == 0) /* else they were looked at already */
        conf_check_tls(g, b->tls_cert, b->tls_key);
}

void conf_read_admin(struct conf_in *in, struct conf *c)
{
    struct conf_group g = conf_single(in, "sigtran-box");
    struct admin_conf *a = &c->admin;

    if (conf_get_port(&g, "admin-port", &a->web.port) && a->web.port == 0)
        conf_bad(&g, "admin-port", "must be a number from 1 to 65535");
    read_interface(&g, &a->web);
    read_tls(&g, &c->box, &a->web);
    read_secret(&g, "admin-password", a->password, sizeof(a->password));
    read_secret(&g, "status-password", a->status_password,
                sizeof(a->status_password));
    read_tokens(&g, a);
    conf_ip_list(&g, "admin-allow-ip", a->allow_ip, sizeof(a->allow_ip));
    conf_ip_list(&g, "admin-deny-ip", a->deny_ip, sizeof(a->deny_ip));
    if (a->allow_ip[0] != '\0' && a->deny_ip[0] == '\0')
        conf_copy(a->deny_ip, sizeof(a->deny_ip), "*.*.*.*");
    if (a->web.port != 0 && !conf_has(&g, "admin-password"))
        conf_missing(&g, "admin-password", "admin-port needs it");
}
