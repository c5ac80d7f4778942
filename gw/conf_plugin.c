/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * conf_plugin.c - group = plugin
 *
 * It may have keys that only the plug-in knows; whether it does is seen when
 * its shared object is loaded, so their places are kept.
 */

#include "conf_part.h"
#include "config.h"

#include <pwd.h>
#include <string.h>
#include <unistd.h>

enum { QUEUE_MAX = 100000, TIMEOUT_MAX_S = 50, TIMEOUT_MS = 5000 };

static const struct conf_word failure_words[] = {
    { "tempfail", 0 },
    { "bypass", 1 },
    { NULL, 0 },
};

static bool is_own(const char *key)
{
    static const char *const own[] = { "id",         "path",  "priority",
                                       "timeout",    "queue", "isolate",
                                       "on-failure", "user",  "text",
                                       "routes" };

    for (size_t i = 0; i < sizeof(own) / sizeof(own[0]); i++)
        if (strcmp(own[i], key) == 0)
            return true;
    return false;
}

/* The build folder, if the program runs from there. */
static bool find_build(char *out, size_t size)
{
    char exe[200], path[240];
    ssize_t n = readlink("/proc/self/exe", exe, sizeof(exe) - 1);
    char *slash;

    if (n <= 0)
        return false;
    exe[n] = '\0';
    slash = strrchr(exe, '/');
    if (slash == NULL)
        return false;
    *slash = '\0';
    snprintf(path, sizeof(path), "%s/../sigtran-box/plughost", exe);
    if (access(path, X_OK) != 0)
        return false;
    snprintf(out, size, "%s/..", exe);
    return true;
}

/* Where plug-ins are, and the program for isolated ones. */
static void find_folder(struct conf_group *g, char folder[256], char child[256])
{
    struct conf_group box = conf_single(g->in, "sigtran-box");
    char build[208];

    conf_copy(folder, 256, SIGTRAN_BOX_PLUGINS);
    conf_copy(child, 256, PLUGHOST_PATH);
    if (find_build(build, sizeof(build))) {
        snprintf(folder, 256, "%s/plugins", build);
        snprintf(child, 256, "%s/sigtran-box/plughost", build);
    }
    conf_get_text(&box, "plugin-dir", folder, 256);
}

static void read_path(struct conf_group *g, struct plug_conf *p)
{
    char name[256], folder[256];

    find_folder(g, folder, p->child_path);
    if (!conf_has(g, "path"))
        conf_missing(g, "path", "the shared object of the plug-in");
    if (!conf_get_text(g, "path", name, sizeof(name)))
        return;
    if (name[0] == '/')
        conf_copy(p->path, sizeof(p->path), name);
    else if (strchr(name, '/') != NULL)
        conf_bad(g, "path", "must be a name, or begin with a slash");
    else if (snprintf(p->path, sizeof(p->path), "%s/%s", folder, name) >=
             (int)sizeof(p->path))
        conf_bad(g, "path", "is too long, behind <%s>", folder);
}

static void read_id(struct conf_group *g, const struct plugs_conf *all,
                    struct plug_conf *p)
{
    if (!conf_has(g, "id"))
        conf_missing(g, "id", "log lines and counters name a plug-in by it");
    else if (conf_get_name(g, "id", p->id, sizeof(p->id)))
        for (unsigned i = 0; i + 1 < all->n; i++)
            if (strcmp(all->conf[i].id, p->id) == 0)
                conf_bad(g, "id", "there is another plug-in with this id");
}

static void read_time(struct conf_group *g, const struct conf *c,
                      struct plug_conf *p)
{
    uint32_t hold_ms = c->ss7.map.hold_ms;

    p->timeout_ms = hold_ms < TIMEOUT_MS ? hold_ms : TIMEOUT_MS;
    if (conf_get_seconds(g, "timeout", &p->timeout_ms, 1, TIMEOUT_MAX_S) &&
        p->timeout_ms > hold_ms)
        conf_bad(g, "timeout",
                 "must not be more than hold-deadline of group sigtran-box, %u",
                 hold_ms / 1000);
}

static void read_user(struct conf_group *g, struct plug_conf *p)
{
    conf_get_bool(g, "isolate", &p->isolate);
    if (!conf_get_name(g, "user", p->user, sizeof(p->user)))
        return;
    if (!p->isolate)
        conf_bad(g, "user", "is of use with isolate = yes only");
    else if (getpwnam(p->user) == NULL)
        conf_bad(g, "user", "there is no such user");
}

static void read_routes(struct conf_group *g, const struct conf *c,
                        struct plug_conf *p)
{
    char text[512], *save = NULL;

    if (!conf_get_text(g, "routes", text, sizeof(text)))
        return;
    for (char *id = strtok_r(text, ",; \t", &save); id != NULL;
         id = strtok_r(NULL, ",; \t", &save)) {
        unsigned i = 0;

        while (i < c->dlv.n_routes && strcmp(c->dlv.route[i].id, id) != 0)
            i++;
        if (i == c->dlv.n_routes)
            conf_bad(g, "routes", "there is no group = route with id %s", id);
        else if (p->n_routes == PLUG_ROUTES)
            conf_bad(g, "routes", "must be at most %d routes", PLUG_ROUTES);
        else
            conf_copy(p->route[p->n_routes++], sizeof(p->route[0]), id);
    }
}

static void take_key(struct conf_group *g, struct plug_conf *p, const char *key)
{
    const char *file;
    unsigned line;

    if (p->n_keys == PLUG_KEYS) {
        conf_bad(g, key, "there may be at most %d keys of the plug-in's own",
                 PLUG_KEYS);
        return;
    }
    conf_scan_where(g->in->scan, g->name, g->no, key, &file, &line);
    p->key[p->n_keys].key = gw_strdup(key);
    p->key[p->n_keys].value = conf_get_dup(g, key);
    p->key[p->n_keys].file = gw_strdup(file);
    p->key[p->n_keys++].line = line;
}

static void read_keys(struct conf_group *g, struct plug_conf *p)
{
    const struct conf_scan *s = g->in->scan;
    const char *key, *file;

    conf_scan_where(s, g->name, g->no, NULL, &file, &p->line);
    conf_copy(p->file, sizeof(p->file), file);
    for (unsigned i = 0; (key = conf_scan_key(s, g->name, g->no, i)) != NULL;
         i++)
        if (!is_own(key))
            take_key(g, p, key);
}

static void read_plugin(struct conf_group *g, void *ctx)
{
    struct conf *c = ctx;
    struct plugs_conf *all = &c->plugs;
    struct plug_conf *p;
    uint32_t priority = 100;
    int bypass = 0;

    if (all->n == PLUG_INSTANCES) {
        conf_wrong(g, "there may be at most %d plug-ins", PLUG_INSTANCES);
        return;
    }
    p = conf_append(&all->conf, &all->n, sizeof(*p));
    read_id(g, all, p);
    read_path(g, p);
    conf_get_uint(g, "priority", &priority, 0, 1000000);
    p->priority = (int)priority;
    read_time(g, c, p);
    conf_get_word(g, "on-failure", failure_words, &bypass);
    p->bypass = bypass != 0;
    p->queue = 1000;
    conf_get_uint(g, "queue", &p->queue, 1, QUEUE_MAX);
    read_user(g, p);
    conf_get_bool(g, "text", &p->text);
    read_routes(g, c, p);
    read_keys(g, p);
}

void conf_read_plugins(struct conf_in *in, struct conf *c)
{
    conf_each(in, "plugin", read_plugin, c);
}

void conf_free_plugins(struct plugs_conf *p)
{
    for (unsigned i = 0; i < p->n; i++)
        for (unsigned k = 0; k < p->conf[i].n_keys; k++) {
            gw_free(p->conf[i].key[k].key);
            gw_free(p->conf[i].key[k].value);
            gw_free(p->conf[i].key[k].file);
        }
    gw_free(p->conf);
}

void conf_tell_plugins(const struct plugs_conf *all)
{
    for (unsigned i = 0; i < all->n; i++) {
        const struct plug_conf *p = &all->conf[i];

        info(
            0,
            "plug-in %s: %s, priority %d, verdict within %u s, else %s%s%s%s%s",
            p->id, p->path, p->priority, (unsigned)(p->timeout_ms / 1000),
            p->bypass ? "the next one is asked"
                      : "the message is refused for now",
            p->isolate ? ", in a process of its own" : "",
            p->user[0] != '\0' ? ", user " : "", p->user,
            p->text ? ", its records have the text" : "");
    }
}
