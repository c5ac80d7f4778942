/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * firewall_rate.c - how often something may come, for each of many
 */

#include "firewall_rate.h"

#include <stdlib.h>
#include <string.h>

struct bucket {
    struct tab_entry e;
    uint64_t full_us; /* when it is full again */
};

static bool read_number(const char **p, uint64_t max, uint64_t *n)
{
    const char *start = *p;

    for (*n = 0; **p >= '0' && **p <= '9'; ++*p) {
        *n = 10 * *n + (uint64_t)(**p - '0');
        if (*n > max)
            return false;
    }
    return *p != start;
}

bool rate_period(const char *text, uint64_t *us)
{
    static const struct {
        const char *name;
        uint64_t us;
    } unit[] = {
        { "", 1000000 },    { "ms", 1000 },       { "s", 1000000 },
        { "m", 60000000u }, { "h", 3600000000u }, { "d", 86400000000u },
    };

    if (!read_number(&text, 1000000000u, us))
        return false;
    for (size_t i = 0; i < sizeof(unit) / sizeof(*unit); i++)
        if (strcmp(text, unit[i].name) == 0) {
            *us *= unit[i].us;
            return true;
        }
    return false;
}

bool rate_read(struct rate *r, const char *text)
{
    uint64_t n;

    if (!read_number(&text, 1000000000u, &n) || n == 0 || *text != '/' ||
        !rate_period(text + 1, &r->period_us) || r->period_us == 0)
        return false;
    r->n = (uint32_t)n;
    return true;
}

int rate_open(struct rate *r)
{
    if (r->n == 0)
        return 0;
    r->of = tab_new(RATE_MAX, sizeof(struct bucket));
    return r->of != NULL ? 0 : -1;
}

void rate_close(struct rate *r)
{
    tab_free(r->of);
    r->of = NULL;
}

static uint64_t token_us(const struct rate *r)
{
    return r->period_us / r->n;
}

/* A clock that went back must not make anybody wait for longer than an empty
 * bucket needs. */
static uint64_t full_us(const struct rate *r, const struct bucket *b,
                        uint64_t now_us)
{
    if (b == NULL || b->full_us < now_us)
        return now_us;
    if (b->full_us > now_us + r->period_us)
        return now_us + r->period_us;
    return b->full_us;
}

bool rate_take(struct rate *r, uint64_t key, uint64_t now_us)
{
    struct bucket *b;
    uint64_t full;

    if (r->of == NULL)
        return true;
    b = tab_find(r->of, key);
    full = full_us(r, b, now_us);
    if (b != NULL)
        b->full_us = full;
    full += token_us(r);
    if (full > now_us + r->period_us)
        return false;
    if (b == NULL)
        b = tab_add(r->of, key);
    else
        tab_touch(r->of, b);
    b->full_us = full;
    return true;
}

void rate_return(struct rate *r, uint64_t key, uint64_t now_us)
{
    struct bucket *b = r->of != NULL ? tab_find(r->of, key) : NULL;

    if (b == NULL)
        return;
    b->full_us = full_us(r, b, now_us);
    b->full_us -=
        b->full_us - now_us < token_us(r) ? b->full_us - now_us : token_us(r);
}
