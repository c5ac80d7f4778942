/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * mw_rate.c - how many alerts may go now: in all, and to one service centre
 *
 * Each rate is the time at which the next alert is due if all came at their
 * distance: one that is not later than a turn from now may go.
 */

#include "mw_rate.h"

#include <stdlib.h>

enum {
    SLOTS = 16384, /* of service centres; two that share one go slower */
    US = 1000,     /* times are kept in microseconds */
};

struct sc {
    int64_t next_us; /* may go */
    int64_t free_us; /* the first time that was not given to a row yet */
};

struct mw_rate {
    int64_t every_us, sc_every_us;
    int64_t next_us;
    struct sc sc[SLOTS];
};

struct mw_rate *mw_rate_new(uint32_t all, uint32_t per_sc)
{
    struct mw_rate *m = calloc(1, sizeof(*m));

    if (m == NULL)
        return NULL;
    m->every_us = 1000000 / all;
    m->sc_every_us = 1000000 / per_sc;
    return m;
}

void mw_rate_free(struct mw_rate *m)
{
    free(m);
}

static struct sc *sc_of(struct mw_rate *m, const char *digits)
{
    uint64_t n = 1;

    for (; *digits != '\0'; digits++)
        n = n * 10 + (uint64_t)(*digits - '0');
    return &m->sc[(n * 0x9e3779b97f4a7c15u >> 32) % SLOTS];
}

static int64_t later(int64_t a, int64_t b)
{
    return a > b ? a : b;
}

/* False: nothing more goes now. */
static bool decide(struct mw_rate *m, struct reg_mw_do *todo, int64_t now_us)
{
    int64_t last_us = now_us + MW_TURN_MS * US;
    struct sc *sc = sc_of(m, todo->w.sc);

    if (m->next_us > last_us)
        return false;
    if (sc->next_us > last_us) {
        sc->free_us = later(sc->free_us, sc->next_us);
        todo->what = REG_MW_LATER;
        todo->at_ms = sc->free_us / US;
        sc->free_us += m->sc_every_us;
        return true;
    }
    todo->what = REG_MW_CLAIM;
    m->next_us = later(m->next_us, now_us) + m->every_us;
    sc->next_us = later(sc->next_us, now_us) + m->sc_every_us;
    return true;
}

void mw_rate_decide(struct mw_rate *m, struct reg_mw_do *todo, unsigned n,
                    int64_t now_ms)
{
    for (unsigned i = 0; i < n; i++)
        if (!decide(m, &todo[i], now_ms * US))
            return;
}

bool mw_again(uint32_t tries, int64_t now_ms, int64_t *at_ms)
{
    int64_t wait = MW_AGAIN_MS;

    for (uint32_t i = 0; i < tries && wait < MW_AGAIN_MAX_MS; i++)
        wait *= 2;
    *at_ms = now_ms + (wait < MW_AGAIN_MAX_MS ? wait : MW_AGAIN_MAX_MS);
    return tries + 1 < MW_TRIES;
}
