/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * hlr_rate.c - how often a number was asked for in this minute
 */

#include "hlr_rate.h"

#include <stdlib.h>
#include <sys/random.h>

enum { WAYS = 4 /* places that a number can have */ };

struct slot {
    uint64_t number; /* its digits behind a 1 */
    uint32_t minute, count;
};

struct hlr_rate {
    uint64_t seed;
    uint32_t sets; /* a power of two */
    struct slot slot[];
};

struct hlr_rate *hlr_rate_new(uint32_t slots)
{
    uint32_t sets = 1;
    struct hlr_rate *r;

    while (sets < slots / WAYS)
        sets *= 2;
    r = calloc(1, sizeof(*r) + (size_t)sets * WAYS * sizeof(r->slot[0]));
    if (r == NULL)
        return NULL;
    r->sets = sets;
    /* without a seed it counts all the same */
    (void)!getrandom(&r->seed, sizeof(r->seed), GRND_NONBLOCK);
    return r;
}

void hlr_rate_free(struct hlr_rate *r)
{
    free(r);
}

static uint64_t as_number(const char *digits)
{
    uint64_t n = 1;

    for (; *digits != '\0'; digits++)
        n = n * 10 + (uint64_t)(*digits - '0');
    return n;
}

/* Every bit of the result depends on every bit of x. */
static uint64_t mix(uint64_t x)
{
    x = (x ^ x >> 30) * 0xbf58476d1ce4e5b9u;
    x = (x ^ x >> 27) * 0x94d049bb133111ebu;
    return x ^ x >> 31;
}

/* What it counts this minute. A minute that is over counts nothing, nor does
 * one that the clock was set back from. */
static uint32_t count_of(const struct slot *s, uint32_t minute)
{
    return s->minute == minute ? s->count : 0;
}

static struct slot *find(struct hlr_rate *r, uint64_t number, uint32_t minute)
{
    uint64_t hash = mix(mix(number) ^ r->seed);
    struct slot *set = &r->slot[(hash & (r->sets - 1)) * WAYS];
    struct slot *idlest = set;

    for (unsigned i = 0; i < WAYS; i++) {
        if (set[i].number == number)
            return &set[i];
        if (count_of(&set[i], minute) < count_of(idlest, minute))
            idlest = &set[i];
    }
    *idlest = (struct slot){ .number = number, .minute = minute };
    return idlest;
}

bool hlr_rate_may(struct hlr_rate *r, const char *msisdn, uint16_t a_minute,
                  uint64_t now_s)
{
    uint32_t minute = (uint32_t)(now_s / 60);
    struct slot *s = find(r, as_number(msisdn), minute);

    if (s->minute != minute) {
        s->minute = minute;
        s->count = 0;
    }
    if (s->count >= a_minute)
        return false;
    s->count++;
    return true;
}
