/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * plug_bench.c - CPU time of a plug-in's filter, by the message
 *
 * usage: plug_bench NAME TARGET_US PLUGIN [KEY=VALUE]...
 *        plug_bench --times N PLUGIN [KEY=VALUE]...   that many messages, and
 *                                   nothing else: to count instructions
 *
 * PLUGIN is a shared object, or `empty': a filter that does nothing; then the
 * message is made and freed each time, for that is what a filter costs in the
 * host. Prints NAME as test/bench/run does: the time in on_sms, of messages
 * that are made beforehand, the best of some rounds; and NAME-sri that in
 * on_sri, if there is such a hook. The messages are of many numbers and centres;
 * half of them have a link; texts are of 40 to 160 characters.
 */

#include "gw/plug_msg.h"
#include "gw/plug_so.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum {
    ROUNDS = 7,
    TIMES = 100000,
    MESSAGES = 4096,
    NUMBERS = 20000,
    CENTRES = 50
};

/* The plug-in's group. */
struct plug_conf {
    int n;
    char **key; /* KEY=VALUE */
};

static struct plug plug;
static void *self;
static struct plug_msg *sms[MESSAGES], *sri[MESSAGES];
static unsigned long counted, noted; /* so that no work is optimised away */

/* ---- the host ---- */

static void host_log(const struct plug_conf *conf, enum plug_level level,
                     const char *fmt, ...)
{
    va_list ap;

    (void)conf;
    if (level < PLUG_LOG_WARNING)
        return;
    va_start(ap, fmt);
    vfprintf(stderr, fmt, ap);
    va_end(ap);
    fputc('\n', stderr);
}

static void host_count(const struct plug_conf *conf, const char *name,
                       uint64_t n)
{
    (void)conf;
    counted += n + (unsigned char)name[0];
}

static const char *host_value(const struct plug_conf *conf, const char *key)
{
    size_t len = strlen(key);

    for (int i = 0; i < conf->n; i++)
        if (strncmp(conf->key[i], key, len) == 0 && conf->key[i][len] == '=')
            return conf->key[i] + len + 1;
    return NULL;
}

static int host_set(struct plug_msg *m, enum plug_field f, const void *p,
                    size_t len)
{
    return plug_msg_set(m, f, p, len) ? 0 : -1;
}

/* A message is used many times: its notes must not grow. */
static void host_note(struct plug_msg *m, const char *text)
{
    (void)m;
    noted += strlen(text);
}

static const struct plug_host host = {
    .abi_major = PLUG_ABI_MAJOR,
    .abi_minor = PLUG_ABI_MINOR,
    .size = sizeof(struct plug_host),
    .log = host_log,
    .count = host_count,
    .value = host_value,
    .get = plug_msg_get,
    .set = host_set,
    .note = host_note,
    .id = plug_msg_id,
};

/* ---- the messages ---- */

static uint32_t seed = 1;

static unsigned pick(unsigned n)
{
    seed = seed * 1664525 + 1013904223;
    return (seed >> 8) % n;
}

static void make_text(char *out, size_t size)
{
    static const char *const words[] = {
        "your",     "order",  "code",    "is",    "the",      "parcel",
        "Tomorrow", "for",    "account", "has",   "been",     "we",
        "meeting",  "at",     "Thank",   "you",   "delivery", "12:30",
        "confirm",  "please", "call",    "back",  "number",   "balance",
        "EUR",      "45.90",  "today",   "Reply",
    };
    size_t len = 40 + pick(100), n = 0;

    while (n < len)
        n += (size_t)snprintf(out + n, size - n, "%s%s", n > 0 ? " " : "",
                              words[pick(sizeof(words) / sizeof(*words))]);
    if (pick(2) == 0)
        snprintf(out + n, size - n, " http://shop%u.example/t/%u", pick(10000),
                 pick(1000000));
}

static void put(struct plug_msg *m, enum plug_field f, const char *text)
{
    if (!plug_msg_put_text(m, f, text))
        abort();
}

/* Question and message of a dialogue have the same addresses. */
static void put_addresses(struct plug_msg *m, unsigned i)
{
    char text[40];

    snprintf(text, sizeof(text), "+4477009%05u", i * 7919 % NUMBERS);
    put(m, PLUG_RECEIVER, text);
    snprintf(text, sizeof(text), "+49171%07u", i % CENTRES * 37);
    put(m, PLUG_SC, text);
    put(m, PLUG_GT, text + 1);
    put(m, PLUG_GT_PLAN, "1");
    put(m, PLUG_NETWORK, "net");
    put(m, PLUG_VERSION, "3");
    put(m, PLUG_OWNER, "12");
    snprintf(text, sizeof(text), "23415%010u", i * 7919 % NUMBERS);
    put(m, PLUG_IMSI, text);
}

static struct plug_msg *make_sms(unsigned i)
{
    struct plug_msg *m = plug_msg_new();
    char text[320];

    if (m == NULL)
        abort();
    put_addresses(m, i);
    put(m, PLUG_KIND, "sms");
    put(m, PLUG_ID, "00112233445566778899aabbccddeeff");
    snprintf(text, sizeof(text), "+49170%07u", pick(10000000));
    put(m, PLUG_SENDER, pick(3) == 0 ? "Parcels" : text);
    put(m, PLUG_CODING, "0");
    put(m, PLUG_DCS, "");
    put(m, PLUG_ROUTE, "default");
    make_text(text, sizeof(text));
    put(m, PLUG_TEXT, text);
    plug_msg_set_id(m, i + 1);
    return m;
}

static struct plug_msg *make_sri(unsigned i)
{
    struct plug_msg *m = plug_msg_new();

    if (m == NULL)
        abort();
    put_addresses(m, i);
    put(m, PLUG_KIND, "sri");
    put(m, PLUG_NODE, "+447700970777");
    plug_msg_set_id(m, i + 1);
    return m;
}

/* ---- what is measured ---- */

static enum plug_verdict nothing(void *me, struct plug_msg *m)
{
    (void)me;
    (void)m;
    return PLUG_NEXT;
}

static void one_empty(unsigned i)
{
    struct plug_msg *m = plug_msg_clone(sms[i % MESSAGES]);

    counted += plug.on_sms(self, m);
    plug_msg_free(m);
}

static void one_sms(unsigned i)
{
    counted += plug.on_sms(self, sms[i % MESSAGES]);
}

static void one_sri(unsigned i)
{
    counted += plug.on_sri(self, sri[i % MESSAGES]);
}

static double cpu_us(void)
{
    struct timespec t;

    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return (double)t.tv_sec * 1e6 + (double)t.tv_nsec / 1e3;
}

static double measure(void (*one)(unsigned i))
{
    double best = 0;

    for (int r = 0; r < ROUNDS; r++) {
        double start = cpu_us(), took;

        for (unsigned i = 0; i < TIMES; i++)
            one(i);
        took = (cpu_us() - start) / TIMES;
        if (r == 0 || took < best)
            best = took;
    }
    return best;
}

static void tell(const char *name, const char *more, double us,
                 const char *target)
{
    printf("bench %s%s %.3f us target <= %s %s\n", name, more, us, target,
           us <= atof(target) ? "met" : "missed");
}

static int start(const char *path, const struct plug_conf *conf)
{
    char why[300] = "";

    if (strcmp(path, "empty") == 0) {
        plug.on_sms = nothing;
    } else if (!plug_so_load(path, &plug, why, sizeof(why)) ||
               (self = plug.open(&host, conf, 0, why, sizeof(why))) == NULL) {
        fprintf(stderr, "%s: %s\n", path, why);
        return 1;
    }
    for (unsigned i = 0; i < MESSAGES; i++) {
        sms[i] = make_sms(i);
        sri[i] = make_sri(i);
    }
    /* each number was asked for */
    for (unsigned i = 0; plug.on_sri != NULL && i < MESSAGES; i++)
        one_sri(i);
    return plug.on_sms != NULL ? 0 : 1;
}

static void run(const char *name, const char *target)
{
    bool empty = plug.on_sms == nothing;

    tell(name, "", measure(empty ? one_empty : one_sms), target);
    if (plug.on_sri != NULL)
        tell(name, "-sri", measure(one_sri), target);
}

int main(int argc, char **argv)
{
    struct plug_conf conf = { argc - 4, argv + 4 };
    bool times = argc > 1 && strcmp(argv[1], "--times") == 0;

    if (argc < 4) {
        fprintf(stderr, "usage: plug_bench NAME TARGET_US PLUGIN [KEY=VALUE]\n"
                        "       plug_bench --times N PLUGIN [KEY=VALUE]\n");
        return 2;
    }
    if (start(argv[3], &conf) != 0)
        return 1;
    if (times)
        for (unsigned i = 0, n = (unsigned)atoi(argv[2]); i < n; i++)
            one_sms(i);
    else
        run(argv[1], argv[2]);
    if (self != NULL)
        plug.close(self);
    for (unsigned i = 0; i < MESSAGES; i++) {
        plug_msg_free(sms[i]);
        plug_msg_free(sri[i]);
    }
    return counted + noted == 1; /* never */
}
