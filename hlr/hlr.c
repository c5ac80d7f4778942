/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * hlr.c - the loader: keeps the table in memory equal to the register
 */

#include "hlr.h"

#include "hlr_build.h"

#include <gwlib/gwlib.h>
#include <stdatomic.h>
#include <string.h>

/* After a load that failed nothing is tried again for so long: the register
 * may be large, and who mends it makes a change that is seen at once. */
enum { RETRY_MS = 10000, PUBLISH_MS = 50 };

static const struct hlr_conf *conf;
static bool (*publish)(struct hlr_table *t);
static void *backend;
static List *retired;
static long thread = -1;
static atomic_bool stopping;

static void log_row(void *ctx, const char *line)
{
    (void)ctx;
    error(0, "hlr: %s", line);
}

static struct hlr_table *load(const struct hlr_conf *c, void *self, char *why,
                              size_t size)
{
    struct hlr_build *b = hlr_build_new(c, log_row, NULL);
    char ignored[300];

    if (hlr_build_load(b, c->backend, self, why, size) == 0)
        return hlr_build_end(b, why, size);
    hlr_table_free(hlr_build_end(b, ignored, sizeof(ignored)));
    return NULL;
}

struct hlr_table *hlr_load(const struct hlr_conf *c, char *why, size_t size)
{
    void *self = c->backend->open(c, why, size);
    struct hlr_table *t;

    if (self == NULL)
        return NULL;
    t = load(c, self, why, size);
    c->backend->close(self);
    return t;
}

static void free_retired(void)
{
    struct hlr_table *t;

    while ((t = gwlist_extract_first(retired)) != NULL)
        hlr_table_free(t);
}

static void hand_over(struct hlr_table *t)
{
    info(0, "hlr: register loaded, %lu rows, %lu KiB.",
         (unsigned long)hlr_table_rows(t),
         (unsigned long)(hlr_table_octets(t) / 1024));
    while (!publish(t)) {
        if (atomic_load(&stopping)) {
            hlr_table_free(t);
            return;
        }
        gwthread_sleep(PUBLISH_MS / 1000.0);
    }
}

/* -1: the last table stays in force. Logged once for one cause. */
static int reload(char *told, size_t size)
{
    char why[300] = "";
    struct hlr_table *t = load(conf, backend, why, sizeof(why));

    if (t != NULL) {
        told[0] = '\0';
        hand_over(t);
        return 0;
    }
    if (strcmp(why, told) != 0) {
        error(0, "hlr: %s; the last good register stays in force.", why);
        snprintf(told, size, "%s", why);
    }
    return -1;
}

static void loader(void *arg)
{
    char told[300] = "";
    uint32_t wait_ms = 0;
    bool failed = false;

    (void)arg;
    while (!atomic_load(&stopping)) {
        free_retired();
        gwthread_sleep(conf->poll_ms / 1000.0);
        if (atomic_load(&stopping))
            break;
        wait_ms = wait_ms > conf->poll_ms ? wait_ms - conf->poll_ms : 0;
        if (!conf->backend->changed(backend) && (!failed || wait_ms > 0))
            continue;
        failed = reload(told, sizeof(told)) == -1;
        wait_ms = RETRY_MS;
    }
}

int hlr_start(const struct hlr_conf *c, bool (*pub)(struct hlr_table *t),
              char *why, size_t size)
{
    struct hlr_table *t;

    conf = c;
    publish = pub;
    atomic_store(&stopping, false);
    backend = c->backend->open(c, why, size);
    if (backend == NULL)
        return -1;
    t = load(c, backend, why, size);
    if (t == NULL) {
        c->backend->close(backend);
        backend = NULL;
        return -1;
    }
    retired = gwlist_create();
    hand_over(t);
    thread = gwthread_create(loader, NULL);
    if (thread != -1)
        return 0;
    snprintf(why, size, "the loader's thread could not be started");
    hlr_stop();
    return -1;
}

void hlr_stop(void)
{
    if (backend == NULL)
        return;
    atomic_store(&stopping, true);
    if (thread != -1) {
        gwthread_wakeup(thread);
        gwthread_join(thread);
    }
    thread = -1;
    free_retired();
    gwlist_destroy(retired, NULL);
    retired = NULL;
    conf->backend->close(backend);
    backend = NULL;
}

void hlr_retired(struct hlr_table *t)
{
    if (t == NULL)
        return;
    if (retired != NULL)
        gwlist_append(retired, t);
    else
        hlr_table_free(t);
}
