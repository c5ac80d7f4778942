/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * drive_tally.c - what a load measures: answers, latencies, processor time
 */

#include "drive_tally.h"

#include <string.h>
#include <sys/resource.h>

enum { STEPS = 128 };

static size_t bucket_of(uint32_t us)
{
    unsigned shift = 0;

    while (us >> shift >= 2 * STEPS)
        shift++;
    return shift * STEPS + (us >> shift);
}

static uint32_t us_of(size_t bucket)
{
    size_t shift;

    if (bucket < (size_t)2 * STEPS)
        return (uint32_t)bucket;
    shift = bucket / STEPS - 1;
    return (uint32_t)((bucket - shift * STEPS) << shift);
}

void tally_add(struct tally *t, const struct smsc_answer *a)
{
    t->n++;
    t->what[a->what]++;
    if (a->what == SMSC_RESULT)
        t->ok++;
    if (a->what == SMSC_ERROR)
        t->error[(unsigned)a->err.code % TALLY_CODES]++;
    if (a->us > t->max_us)
        t->max_us = a->us;
    t->bucket[bucket_of(a->us)]++;
}

uint32_t tally_us(const struct tally *t, double percent)
{
    uint64_t want = (uint64_t)((double)t->n * percent / 100 + 0.5);
    uint64_t seen = 0;

    for (size_t i = 0; i < TALLY_BUCKETS; i++) {
        seen += t->bucket[i];
        if (seen >= want && seen > 0)
            return us_of(i);
    }
    return t->max_us;
}

static void report_failures(const struct tally *t, FILE *f)
{
    static const char *const names[] = {
        [SMSC_REJECT] = "reject", [SMSC_ABORT] = "abort",
        [SMSC_UDTS] = "udts",     [SMSC_TIMEOUT] = "timeout",
        [SMSC_UNSENT] = "unsent",
    };

    for (unsigned i = 0; i < TALLY_CODES; i++) {
        if (t->error[i] > 0)
            fprintf(f, "  %llu x error %u %s\n",
                    (unsigned long long)t->error[i], i,
                    map_err_str((enum map_error)i));
    }
    for (unsigned i = SMSC_REJECT; i <= SMSC_UNSENT; i++) {
        if (t->what[i] > 0)
            fprintf(f, "  %llu x %s\n", (unsigned long long)t->what[i],
                    names[i]);
    }
}

void tally_report(const struct tally *t, const char *kind, double seconds,
                  struct out *out)
{
    const double rate = seconds > 0 ? (double)t->n / seconds : 0;
    const uint32_t p50 = tally_us(t, 50), p90 = tally_us(t, 90),
                   p99 = tally_us(t, 99);
    char line[300];

    snprintf(line, sizeof(line),
             "\"op\":\"%s\",\"count\":%llu,\"ok\":%llu,\"seconds\":%.3f,"
             "\"per_second\":%.0f,\"p50_us\":%u,\"p90_us\":%u,\"p99_us\":%u,"
             "\"max_us\":%u",
             kind, (unsigned long long)t->n, (unsigned long long)t->ok, seconds,
             rate, p50, p90, p99, t->max_us);
    out_json(out, "load", line);
    if (out->json == stdout)
        return;
    printf("%s: %llu dialogues in %.3f s, %.0f/s, %llu ok, %llu not\n", kind,
           (unsigned long long)t->n, seconds, rate, (unsigned long long)t->ok,
           (unsigned long long)(t->n - t->ok));
    printf("  latency us: p50 %u, p90 %u, p99 %u, max %u\n", p50, p90, p99,
           t->max_us);
    report_failures(t, stdout);
}

static double us_of_timeval(struct timeval t)
{
    return (double)t.tv_sec * 1e6 + (double)t.tv_usec;
}

struct cpu cpu_now(void)
{
    struct rusage u;

    memset(&u, 0, sizeof(u));
    getrusage(RUSAGE_SELF, &u);
    return (struct cpu){
        .user_us = us_of_timeval(u.ru_utime),
        .system_us = us_of_timeval(u.ru_stime),
    };
}
