/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * firewall.c - the plug-in `firewall': faked messages, probing, floods, spam
 *
 *     group = plugin
 *     id = firewall
 *     path = firewall.so
 *     group-file = /etc/sigtran-box/firewall-groups
 *     check-no-sri = deny
 *
 * Questions (SRI) are remembered, messages (FSM) compared with them; see
 * sigtran-plugin-firewall(5).
 */

#include "firewall.h"

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

static uint64_t now_us(void)
{
    struct timespec t;

    clock_gettime(CLOCK_MONOTONIC, &t);
    return (uint64_t)t.tv_sec * 1000000 + (uint64_t)t.tv_nsec / 1000;
}

static void close_it(void *self)
{
    struct firewall *f = self;

    for (int i = 0; i < RATES; i++)
        rate_close(&f->rate[i]);
    trie_free(f->conf.sc);
    trie_free(f->conf.gt);
    trie_free(f->conf.own);
    sri_free(f->sri);
    book_free(f->book);
    rules_free(f->rules);
    free(f);
}

static void *open_it(const struct plug_host *host, const struct plug_conf *conf,
                     int check, char *why, size_t why_len)
{
    struct firewall *f = calloc(1, sizeof(*f));

    if (f == NULL) {
        snprintf(why, why_len, "out of memory");
        return NULL;
    }
    f->host = host;
    f->group = conf;
    if (firewall_configure(f, why, why_len) != 0 ||
        firewall_load(f, why, why_len) != 0) {
        close_it(f);
        return NULL;
    }
    f->sri =
        sri_new(f->conf.max, f->conf.window_us, now_us() + f->conf.warm_us);
    if (f->sri == NULL) {
        snprintf(why, why_len, "out of memory");
        close_it(f);
        return NULL;
    }
    if (!check && f->rules != NULL)
        host->log(conf, PLUG_LOG_INFO, "%s: %u rules", f->conf.rules,
                  rules_count(f->rules));
    return f;
}

static enum plug_verdict on_sri(void *self, struct plug_msg *m)
{
    uint64_t now = now_us();

    firewall_tick(self, now);
    return firewall_sri(self, m, now);
}

static enum plug_verdict on_sms(void *self, struct plug_msg *m)
{
    uint64_t now = now_us();

    firewall_tick(self, now);
    return firewall_sms(self, m, now);
}

static void on_reload(void *self)
{
    struct firewall *f = self;
    char why[300];

    if (firewall_load(f, why, sizeof(why)) != 0)
        f->host->log(f->group, PLUG_LOG_ERROR,
                     "nothing was read again, what was read before stays in "
                     "force: %s",
                     why);
    else
        f->host->log(f->group, PLUG_LOG_INFO, "files read again, %u rules",
                     f->rules != NULL ? rules_count(f->rules) : 0);
}

static void on_tick(void *self)
{
    firewall_tick(self, now_us());
}

const struct plug sigtran_plugin = {
    PLUG_HEAD("firewall", "1.0"),
    .keys = firewall_keys,
    .open = open_it,
    .close = close_it,
    .on_sri = on_sri,
    .on_sms = on_sms,
    .on_reload = on_reload,
    .on_tick = on_tick,
};
