/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * conf.c - sigtran-box.conf: Kannel's syntax, our groups
 */

#include "conf.h"
#include "conf_part.h"

#include <string.h>

struct group_def {
    const char *name;
    bool single;
    const char *const *key; /* ends with NULL */
};

/* clang-format off */
static const struct group_def groups[] = {
#define GROUP(name, single) { #name, single, (const char *const[]){
#define KEY(key) #key,
#define END NULL } },
#include "conf.def"
#undef GROUP
#undef KEY
#undef END
};

static const char *const kannel_groups[] = {
#define OCTSTR(key)
#define SINGLE_GROUP(name, keys) #name,
#define MULTI_GROUP(name, keys) #name,
#include <gwlib/cfg.def>
};
/* clang-format on */

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static const struct group_def *find_group(const char *name)
{
    for (size_t i = 0; i < COUNT(groups); i++)
        if (strcmp(groups[i].name, name) == 0)
            return &groups[i];
    return NULL;
}

static int allowed(const char *group, const char *key)
{
    const struct group_def *g = find_group(group);

    if (g == NULL)
        return -1;
    if (key == NULL || strcmp(key, "group") == 0)
        return 1;
    for (const char *const *k = g->key; *k != NULL; k++)
        if (strcmp(*k, key) == 0)
            return 1;
    return 0;
}

static bool single(const char *group)
{
    const struct group_def *g = find_group(group);

    return g != NULL && g->single;
}

static bool known(const char *group)
{
    for (size_t i = 0; i < COUNT(kannel_groups); i++)
        if (strcmp(kannel_groups[i], group) == 0)
            return true;
    return false;
}

static void tell(void *ctx, const char *file, unsigned line, const char *text)
{
    (void)ctx;
    conf_error(file, line, text);
}

static const struct conf_scan_ops scan_ops = { allowed, single, known, tell };

/* gwlib's hooks. What is wrong with groups and keys was told already by
 * conf_scan_read(); here the groups of others may pass as well. */
static int hook_allowed(Octstr *group, Octstr *key)
{
    (void)group, (void)key;
    return 1;
}

static int hook_single(Octstr *group)
{
    return single(octstr_get_cstr(group));
}

static Cfg *read_groups(const char *file)
{
    Octstr *name = octstr_create(file);
    Cfg *cfg;

    cfg_add_hooks(hook_allowed, hook_single);
    cfg = cfg_create(name);
    octstr_destroy(name);
    if (cfg_read(cfg) == 0)
        return cfg;
    cfg_destroy(cfg);
    return NULL;
}

void *conf_append(void *array_p, unsigned *n, size_t size)
{
    void *array;
    char *p;

    memcpy(&array, array_p, sizeof(array));
    /* doubled at each power of two */
    if ((*n & (*n - 1)) == 0)
        array = gw_realloc(array, (*n == 0 ? 1 : 2 * (size_t)*n) * size);
    memcpy(array_p, &array, sizeof(array));
    p = (char *)array + (size_t)(*n)++ * size;
    memset(p, 0, size);
    return p;
}

static struct conf *read_values(struct conf_in *in, const char *file)
{
    struct conf *c = gw_malloc(sizeof(*c));

    memset(c, 0, sizeof(*c));
    snprintf(c->file, sizeof(c->file), "%s", file);
    conf_read_box(in, c);
    conf_read_admin(in, c);
    conf_read_routes(in, c);
    conf_read_alert(in, c);
    conf_read_networks(in, c);
    conf_read_assocs(in, c);
    conf_read_gtt(in, c);
    conf_read_ranges(in, c);
    conf_find_audit(c);
    c->dlv.n_networks = c->ss7.n_networks;
    c->dlv.network = c->ss7.network;
    c->dlv.trace = c->log_level == 0;
    return c;
}

struct conf *conf_load(const char *file)
{
    struct conf_in in;
    struct conf_scan *scan = conf_scan_read(file, &scan_ops, NULL);
    struct conf *c = NULL;

    if (scan == NULL)
        return NULL;
    in.scan = scan;
    in.errors = conf_scan_errors(scan);
    in.cfg = read_groups(file);
    if (in.cfg != NULL) {
        c = read_values(&in, file);
        cfg_destroy(in.cfg);
    }
    conf_scan_free(scan);
    if (in.errors > 0) {
        conf_free(c);
        c = NULL;
    }
    return c;
}

void conf_free(struct conf *c)
{
    if (c == NULL)
        return;
    for (unsigned i = 0; i < c->ss7.n_networks; i++)
        gw_free(c->ss7.network[i].gtt);
    for (unsigned i = 0; i < SS7_NETWORKS; i++)
        gtt_free(c->gtt[i]);
    gw_free(c->dlv.route);
    gw_free((void *)(uintptr_t)c->hlr.route_id);
    gw_free((void *)(uintptr_t)c->ss7.route_prefix);
    gw_free((void *)(uintptr_t)c->hlr.range);
    gw_free(c);
}
