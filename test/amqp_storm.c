/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * amqp_storm.c - many messages through the amqp plug-in, as a route, while the
 * broker is stopped, killed, frozen and started
 *
 *     test/amqp_storm MESSAGES [PORT [FAULTS]]
 *
 * Each message is tried again, with the same id, until it is DONE, as an SMSC
 * does. In the end the queue must have the id of every one: what was confirmed
 * to the SMSC the broker has confirmed to us. The SMSC gives up a message at
 * random after a failure, too: such a one may be in the queue, and need not.
 */

#include "amqp_world.h"

#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>

/* Fewer than the calls that the stub remembers, retries included. */
enum { IN_FLIGHT = 700, RETRY_MS = 700, WAIT_S = 600 };

struct sms {
    struct plug_msg *m; /* NULL: not in flight */
    unsigned number;
    bool held;
    uint64_t again_ms; /* not held: when it comes again */
};

static unsigned messages, faults;
static unsigned char *fate; /* of each: */
enum { UNDECIDED, DONE, GIVEN_UP };
static unsigned done, given_up, tries, tempfails;
static atomic_uint allowed; /* so many may be sent until now */
static unsigned stops, kills, freezes;

static void id_of(unsigned number, char id[33])
{
    snprintf(id, 33, "%024x%08x", 0x5e5e, number);
}

/* ---- the broker ---- */

static void ok(int rc)
{
    if (rc != 0) {
        printf("the broker cannot be handled\n");
        exit(1);
    }
}

/* At once, before any shell has begun. */
static void signal_broker(int sig)
{
    char path[200];
    FILE *in;
    int pid = 0;

    snprintf(path, sizeof(path), "%s/rmq/pid", world_dir);
    in = fopen(path, "r");
    if (in == NULL || fscanf(in, "%d", &pid) != 1 || pid <= 1)
        ok(1);
    fclose(in);
    ok(kill(pid, sig));
}

/* Some more messages may go, and while they do the fault comes. */
static void strike(int sig)
{
    atomic_fetch_add(&allowed, messages / faults + 1);
    pause_ms(rand() % 40);
    signal_broker(sig);
}

static void *chaos(void *unused)
{
    (void)unused;
    for (unsigned fault = 0; fault < faults; fault++) {
        switch (fault % 3) {
        case 0:
            strike(SIGKILL);
            kills++;
            ok(broker("kill"));
            ok(broker("start"));
            break;
        case 1:
            strike(SIGTERM);
            stops++;
            ok(broker("stop"));
            ok(broker("start"));
            break;
        default:
            strike(SIGSTOP);
            freezes++;
            pause_ms(3500);
            signal_broker(SIGCONT);
        }
        pause_ms(1000);
    }
    return NULL;
}

/* ---- the SMSC ---- */

static struct plug_msg *message(unsigned number)
{
    char id[33];

    id_of(number, id);
    return stub_msg(PLUG_ID, id, PLUG_NETWORK, "main", PLUG_SENDER,
                    "+447700900001", PLUG_RECEIVER, "+447700900002", PLUG_TEXT,
                    "storm", PLUG_CODING, "0", PLUG_ROUTE, "app", -1);
}

static void decide(struct sms *sms, unsigned char what)
{
    fate[sms->number] = what;
    done += what == DONE;
    given_up += what == GIVEN_UP;
    plug_msg_free(sms->m);
    sms->m = NULL;
}

static void try(struct stub *s, struct sms *sms)
{
    tries++;
    sms->held = stub_sms(s, sms->m) == PLUG_HOLD;
    sms->again_ms = now_ms() + RETRY_MS;
    tempfails += !sms->held;
}

/* True: something has moved. */
static bool look(struct stub *s, struct sms *sms)
{
    enum plug_verdict v = sms->held ? stub_wait(s, sms->m, 0) : PLUG_TEMPFAIL;

    if (v == PLUG_HOLD)
        return false;
    if (v == PLUG_DONE) {
        decide(sms, DONE);
        return true;
    }
    if (sms->held) {
        tempfails++;
        sms->held = false;
        sms->again_ms = now_ms() + RETRY_MS;
    } else if (now_ms() < sms->again_ms) {
        return false;
    } else if (rand() % 100 == 0) {
        decide(sms, GIVEN_UP);
    } else {
        try(s, sms);
    }
    return true;
}

static void storm(struct stub *s)
{
    static struct sms flight[IN_FLIGHT];
    uint64_t until = now_ms() + WAIT_S * 1000;
    unsigned next = 0;

    while (done + given_up < messages && now_ms() < until) {
        bool moved = false;

        for (unsigned i = 0; i < IN_FLIGHT; i++) {
            struct sms *sms = &flight[i];

            if (sms->m != NULL) {
                moved |= look(s, sms);
            } else if (next < messages && next < atomic_load(&allowed)) {
                *sms = (struct sms){ .m = message(next), .number = next };
                next++;
                try(s, sms);
                moved = true;
            }
        }
        stub_tick(s);
        if (!moved)
            pause_ms(1);
    }
}

/* ---- the account ---- */

static void account(const char *queue)
{
    unsigned *seen = calloc(messages, sizeof(*seen)), number, lost = 0,
             twice = 0, unasked = 0, foreign = 0, lines = 0;
    FILE *in = drained(queue);
    char line[1000], id[33];

    while (fgets(line, sizeof(line), in) != NULL) {
        lines++;
        if (sscanf(line + 24, "%8x", &number) != 1 || number >= messages) {
            foreign++;
            continue;
        }
        id_of(number, id);
        if (strncmp(line, id, 32) != 0)
            foreign++;
        else
            seen[number]++;
    }
    CHECK(pclose(in) == 0);
    for (unsigned i = 0; i < messages; i++) {
        lost += fate[i] == DONE && seen[i] == 0;
        twice += seen[i] > 1;
        unasked += fate[i] != DONE && seen[i] > 0;
    }
    printf("%u messages: %u done, %u given up, %u undecided, %u tries, %u "
           "TEMPFAIL; %u kills, %u stops, %u freezes\n",
           messages, done, given_up, messages - done - given_up, tries,
           tempfails, kills, stops, freezes);
    printf("in the queue: %u; done and not there: %u; there more than once: "
           "%u; there and not done: %u; foreign: %u\n",
           lines, lost, twice, unasked, foreign);
    CHECK(lost == 0 && foreign == 0);
    CHECK(done + given_up == messages);
    CHECK(done > messages / 2);
    free(seen);
}

int main(int argc, char **argv)
{
    char port_key[32], why[300];
    const char *const keys[] = { "host=127.0.0.1",    port_key,
                                 "username=guest",    "password=guest",
                                 "mode=route",        "exchange=storm",
                                 "routing-key=%r.%P", "heartbeat=1",
                                 "confirm-timeout=2", "window=200",
                                 "queue-length=300",  NULL };
    pthread_t thread;
    struct stub *s;
    uint64_t began;

    messages = argc > 1 ? (unsigned)atoi(argv[1]) : 2000;
    world_port = argc > 2 ? atoi(argv[2]) : 25720;
    faults = argc > 3 ? (unsigned)atoi(argv[3]) : 6;
    fate = calloc(messages, 1);
    if (messages == 0 || faults == 0 || fate == NULL ||
        mkdtemp(world_dir) == NULL)
        return 1;
    if (broker("start") == 77)
        return 77;
    make_queue("declare", "storm storm app.#");
    snprintf(port_key, sizeof(port_key), "port=%d", world_port);
    s = stub_open("amqp", keys, why, sizeof(why));
    CHECK(s != NULL);
    began = now_ms();
    pthread_create(&thread, NULL, chaos, NULL);
    storm(s);
    pthread_join(thread, NULL);
    printf("%.1f s; confirmed %llu, late %llu, lost %llu, expired %llu, "
           "turned away %llu, unroutable %llu, refused %llu\n",
           (double)(now_ms() - began) / 1000,
           (unsigned long long)stub_counter(s, "confirmed"),
           (unsigned long long)stub_counter(s, "confirmed_late"),
           (unsigned long long)stub_counter(s, "lost"),
           (unsigned long long)stub_counter(s, "expired"),
           (unsigned long long)stub_counter(s, "turned_away"),
           (unsigned long long)stub_counter(s, "unroutable"),
           (unsigned long long)stub_counter(s, "refused"));
    stub_close(s);
    /* what is on the disk counts */
    ok(broker("kill"));
    ok(broker("start"));
    account("storm");
    broker("away");
    rmdir(world_dir);
    free(fate);
    return CHECK_DONE();
}
