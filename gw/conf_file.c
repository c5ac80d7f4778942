/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * conf_file.c - a configuration file in Kannel's syntax, with groups of ours
 */

#include "conf_file.h"

#include <string.h>

/* clang-format off */
static const char *const kannel_groups[] = {
#define OCTSTR(key)
#define SINGLE_GROUP(name, keys) #name,
#define MULTI_GROUP(name, keys) #name,
#include <gwlib/cfg.def>
};
/* clang-format on */

/* Those of the file that is being read; gwlib's hooks have no argument. */
static const struct conf_group_def *table;

static const struct conf_group_def *find_group(const char *name)
{
    for (const struct conf_group_def *g = table; g->name != NULL; g++)
        if (strcmp(g->name, name) == 0)
            return g;
    return NULL;
}

static int allowed(const char *group, const char *key)
{
    const struct conf_group_def *g = find_group(group);

    if (g == NULL)
        return -1;
    if (key == NULL || strcmp(key, "group") == 0)
        return 1;
    for (const char *const *k = g->key; *k != NULL; k++)
        if (strcmp(*k, key) == 0 || strcmp(*k, "*") == 0)
            return 1;
    return 0;
}

static bool single(const char *group)
{
    const struct conf_group_def *g = find_group(group);

    return g != NULL && g->single;
}

static bool known(const char *group)
{
    for (size_t i = 0; i < sizeof(kannel_groups) / sizeof(kannel_groups[0]);
         i++)
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

bool conf_file_open(struct conf_in *in, const char *file,
                    const struct conf_group_def *groups)
{
    struct conf_scan *scan;

    table = groups;
    memset(in, 0, sizeof(*in));
    scan = conf_scan_read(file, &scan_ops, NULL);
    if (scan == NULL)
        return false;
    in->scan = scan;
    in->errors = conf_scan_errors(scan);
    in->cfg = read_groups(file);
    if (in->cfg != NULL)
        return true;
    conf_scan_free(scan);
    return false;
}

void conf_file_close(struct conf_in *in)
{
    cfg_destroy(in->cfg);
    /* It is const for those who read values. */
    conf_scan_free((struct conf_scan *)(uintptr_t)in->scan);
}
