/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * conf.c - sigtran-box.conf: Kannel's syntax, our groups
 */

#include "conf.h"

#include "conf_file.h"
#include "conf_part.h"

#include <string.h>

/* clang-format off */
static const struct conf_group_def groups[] = {
#define GROUP(name, single) { #name, single, (const char *const[]){
#define KEY(key) #key,
#define END NULL } },
#define END_OPEN "*", NULL } },
#include "conf.def"
#undef GROUP
#undef KEY
#undef END
#undef END_OPEN
    { NULL, false, NULL },
};
/* clang-format on */

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
    conf_read_rules(in, c);
    conf_read_plugins(in, c);
    conf_find_audit(c);
    c->dlv.n_networks = c->ss7.n_networks;
    c->dlv.network = c->ss7.network;
    c->dlv.trace = c->log_level == 0;
    return c;
}

struct conf *conf_load(const char *file)
{
    struct conf_in in;
    struct conf *c;

    if (!conf_file_open(&in, file, groups))
        return NULL;
    c = read_values(&in, file);
    conf_file_close(&in);
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
    conf_free_rules(c);
    conf_free_plugins(&c->plugs);
    gw_free(c->dlv.route);
    gw_free((void *)(uintptr_t)c->hlr.route_id);
    gw_free((void *)(uintptr_t)c->ss7.route_prefix);
    gw_free((void *)(uintptr_t)c->hlr.range);
    gw_free(c);
}
