/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * race_test.c - ack against deadline against abort against lost box and link
 *
 * Thousands of messages, while four threads give verdicts on them: one, two
 * that contradict each other, none, one at the deadline, and stale ones. The
 * SMSC aborts some, and mtpd is killed now and then. What must hold:
 *
 *  - a message leaves once: by a verdict, or as SS7_GONE;
 *  - an invoke is answered once, unless its dialogue was aborted or its link
 *    was lost, and then never twice;
 *  - nothing is confirmed that nobody confirmed;
 *  - in the end nothing is held, and the thread returns.
 *
 * Meant for ThreadSanitizer and AddressSanitizer.
 */

#include "check.h"
#include "gw/stat.h"
#include "ss7_peer.h"
#include "xq.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <time.h>

enum {
    DIALOGUES = 4000,
    WINDOW = 150,
    WORKERS = 4,
    HOLD_MS = 20,
    MORE_MS = 400,
    KILL_EVERY = 700, /* dialogues */
    LIMIT_S = 40,     /* a run takes a few seconds, also under a sanitizer */
};

enum kind { PLAIN, HANDSHAKE, MORE, ABORTED, KINDS };

struct message {
    atomic_uint given; /* bit v: enum verdict v was given */
    atomic_uint asked, gone_deadline, gone_abort;
    unsigned answers;
};

struct dialogue {
    enum kind kind;
    uint8_t version;
    bool closed, aborted;
    bool excused; /* its link was lost: what was in it is nobody's fault */
    struct tcap_tid dtid;
    struct message msg[2]; /* invoke 1 and 2 */
};

struct job {
    enum { JOB_VERDICT, JOB_QUIT } what;
    uint64_t id;
    uint32_t tag; /* dialogue * 2 + message */
    enum verdict v;
    unsigned delay_us;
};

static struct dialogue dlg[DIALOGUES];
static struct xq *jobs[WORKERS];
static struct peer peer;
static unsigned n_open, n_begun;
static atomic_bool idle;
static atomic_uint stray; /* SS7_GONE of what nobody asked about */

/* ids that came out, for SS7_GONE: by slot the last tag and its id */
static struct {
    uint64_t id;
    uint32_t tag;
} slot_of[1024];

static struct message *message_of(uint32_t tag)
{
    return &dlg[tag / 2].msg[tag % 2];
}

static unsigned draw(unsigned *seed, unsigned below)
{
    return (unsigned)rand_r(seed) % below;
}

/* ---- the other side of the border ---- */

static void pause_us(unsigned us)
{
    struct timespec t = { .tv_nsec = (long)us * 1000 };

    nanosleep(&t, NULL);
}

static void give(uint64_t id, enum verdict v)
{
    ss7_verdict(id, v, (struct map_err){ .cause = -1 });
}

static void *work(void *arg)
{
    struct xq *q = arg;
    struct job j;
    uint64_t last = 0;

    for (;;) {
        while (xq_take(q, &j, 1) == 0)
            xq_wait(q, -1);
        if (j.what == JOB_QUIT)
            return NULL;
        if (j.delay_us > 0)
            pause_us(j.delay_us);
        atomic_fetch_or(&message_of(j.tag)->given, 1u << j.v);
        give(j.id, j.v);
        /* stale by now, both: they must not confirm who has the slot */
        if (j.id >> 32 > 1)
            give(j.id - (UINT64_C(1) << 32), VERDICT_OK);
        give(j.id | 0xffff, VERDICT_OK);
        if (last != 0 && last >> 32 < j.id >> 32 && (uint32_t)last == j.id)
            give(last, VERDICT_OK);
        last = j.id;
    }
}

/* The first half of the workers sleeps before some verdicts. */
static void push_job(const struct job *j)
{
    static unsigned turn;
    unsigned half = WORKERS / 2;

    xq_push(jobs[turn++ % half + (j->delay_us > 500 ? 0 : half)], j);
}

static void hand_out(unsigned *seed, uint64_t id, uint32_t tag)
{
    struct job j = { .id = id, .tag = tag };
    struct job other;

    switch (draw(seed, 16)) {
    case 0: /* nobody decides */
        return;
    case 1: /* at the deadline */
        j.delay_us = 1000 * (HOLD_MS - 6) + draw(seed, 6000);
        break;
    case 2:
    case 3:
    case 4:
    case 5: /* the ack, and the box is lost */
        other = j;
        other.v = VERDICT_TEMPFAIL;
        other.delay_us = draw(seed, 200);
        push_job(&other);
        break;
    case 6:
    case 7:
        j.v = VERDICT_PERMFAIL;
        break;
    default:
        break;
    }
    push_job(&j);
}

static void on_event(unsigned *seed, const struct ss7_event *ev)
{
    uint32_t tag;

    switch (ev->what) {
    case SS7_SMS:
        tag = peer_tag(&ev->sms);
        atomic_fetch_add(&message_of(tag)->asked, 1);
        slot_of[ev->sms.id % 1024].id = ev->sms.id;
        slot_of[ev->sms.id % 1024].tag = tag;
        hand_out(seed, ev->sms.id, tag);
        break;
    case SS7_GONE:
        if (slot_of[ev->gone.id % 1024].id != ev->gone.id) {
            atomic_fetch_add(&stray, 1);
            break;
        }
        tag = slot_of[ev->gone.id % 1024].tag;
        atomic_fetch_add(ev->gone.why == MAP_GONE_DEADLINE
                             ? &message_of(tag)->gone_deadline
                             : &message_of(tag)->gone_abort,
                         1);
        break;
    case SS7_RETIRED:
        hlr_table_free(ev->table);
        break;
    case SS7_IDLE:
        atomic_store(&idle, true);
        break;
    default:
        break;
    }
}

static void *take(void *arg)
{
    static struct ss7_event ev[32];
    unsigned seed = 2;

    (void)arg;
    for (;;) {
        size_t n = ss7_take(ev, 32, 100);

        for (size_t i = 0; i < n; i++) {
            on_event(&seed, &ev[i]);
            if (ev[i].what == SS7_STOPPED)
                return NULL;
        }
    }
}

static void *run(void *arg)
{
    (void)arg;
    ss7_run();
    return NULL;
}

/* ---- the SMSC ---- */

static struct peer_msg message(uint32_t n, unsigned which)
{
    const struct dialogue *d = &dlg[n];

    return (struct peer_msg){
        .version = d->version,
        .invoke = (int8_t)(which + 1),
        .more = d->kind == MORE && which == 0,
        .otid = n + 1,
        .dtid = d->dtid,
        .tag = n * 2 + which,
        .number = "234157700900123",
    };
}

static void begin_one(unsigned *seed)
{
    uint32_t n = n_begun++;
    struct dialogue *d = &dlg[n];
    struct peer_msg m;

    d->kind = (enum kind)draw(seed, KINDS);
    d->version = (uint8_t)(1 + draw(seed, 3));
    if (d->version == 1 && d->kind != MORE)
        d->kind = PLAIN;
    m = message(n, 0);
    if (d->kind == HANDSHAKE || d->kind == ABORTED)
        peer_handshake(&peer, &m);
    else
        peer_fsm(&peer, &m);
    n_open++;
}

static void close_one(struct dialogue *d)
{
    if (d->closed)
        return;
    d->closed = true;
    n_open--;
}

static void send_next(uint32_t n, unsigned which)
{
    struct peer_msg m = message(n, which);

    peer_fsm(&peer, &m);
}

static void on_reply(const struct peer_answer *a)
{
    struct dialogue *d = &dlg[a->dtid - 1];
    struct message *m = &d->msg[a->invoke == 2];
    unsigned given = atomic_load(&m->given);

    CHECK(a->comps == 1 && (a->invoke == 1 || a->invoke == 2));
    m->answers++;
    if (a->comp == TCAP_RESULT_LAST)
        CHECK(given & 1u << VERDICT_OK);
    else if (a->error == MAP_ERR_SM_DELIVERY_FAILURE)
        CHECK(given & 1u << VERDICT_PERMFAIL);
    else
        CHECK(a->error == MAP_ERR_SYSTEM_FAILURE);
}

static void on_answer(const struct peer_answer *a)
{
    uint32_t n = a->dtid - 1;
    struct dialogue *d;

    CHECK(n < DIALOGUES);
    if (n >= DIALOGUES)
        return;
    d = &dlg[n];
    if (a->comps > 0)
        on_reply(a);
    if (a->type != TCAP_CONTINUE) {
        /* the box gives up only on what got lost with the link */
        CHECK(a->type == TCAP_END || d->excused);
        close_one(d);
        return;
    }
    d->dtid = a->otid;
    if (d->closed)
        return;
    send_next(n, a->comps > 0 ? 1 : 0);
}

/* Some time after it was sent, before or after its verdict. */
static void abort_some(unsigned *seed)
{
    for (uint32_t n = n_begun > 300 ? n_begun - 300 : 0; n < n_begun; n++) {
        struct dialogue *d = &dlg[n];

        if (d->kind != ABORTED || d->closed || d->dtid.len == 0 ||
            draw(seed, 8) > 0)
            continue;
        peer_abort(&peer, &d->dtid);
        d->aborted = true;
        close_one(d);
    }
}

/* An Abort sent just before may be lost as well. */
static void kill_link(void)
{
    for (uint32_t n = 0; n < n_begun; n++)
        if (!dlg[n].closed || (dlg[n].aborted && n + WINDOW > n_begun)) {
            dlg[n].excused = true;
            close_one(&dlg[n]);
        }
    peer_kill(&peer);
    peer_open(&peer);
}

static void drive(time_t until)
{
    unsigned seed = 1, next_kill = KILL_EVERY;
    struct peer_answer a;

    while ((n_begun < DIALOGUES || n_open > 0) && time(NULL) < until) {
        while (n_begun < DIALOGUES && n_open < WINDOW)
            begin_one(&seed);
        abort_some(&seed);
        peer_flush(&peer);
        for (int i = 0; i < 64 && peer_take(&peer, &a, i == 0 ? 1 : 0) == 1;
             i++)
            on_answer(&a);
        if (n_begun >= next_kill && n_begun < DIALOGUES) {
            next_kill += KILL_EVERY;
            kill_link();
        }
    }
    CHECK(n_begun == DIALOGUES && n_open == 0);
}

static void wind_up(time_t until)
{
    struct peer_answer a;

    ss7_drain();
    while (!atomic_load(&idle) && time(NULL) < until)
        if (peer_take(&peer, &a, 1) == 1)
            on_answer(&a);
    CHECK(atomic_load(&idle));
    ss7_stop();
    while (peer_take(&peer, &a, 1000) == 1)
        on_answer(&a);
    CHECK(peer.down);
    peer_kill(&peer);
}

/* ---- what must hold ---- */

static void check_message(const struct dialogue *d, const struct message *m)
{
    unsigned late = m->gone_deadline, lost = m->gone_abort;

    CHECK(m->asked <= 1 && m->answers <= 1 && late + lost <= m->asked);
    if (lost > 0)
        CHECK(d->aborted || d->excused);
    if (d->excused)
        return;
    if (m->asked == 0)
        CHECK(m->answers == 0);
    else
        CHECK(m->answers + lost == 1);
}

static void check_all(void)
{
    unsigned answers = 0, late = 0, lost = 0, excused = 0;

    for (uint32_t n = 0; n < DIALOGUES; n++) {
        const struct dialogue *d = &dlg[n];

        for (int i = 0; i < 2; i++) {
            check_message(d, &d->msg[i]);
            answers += d->msg[i].answers;
            late += d->msg[i].gone_deadline;
            lost += d->msg[i].gone_abort;
        }
        if (!d->excused && !d->aborted)
            CHECK(d->msg[0].answers == 1);
        excused += d->excused;
    }
    CHECK(atomic_load(&stray) == 0);
    CHECK(stat_get(STAT_gone_lost) == 0 && stat_get(STAT_map_unexpected) == 0);
    /* the races must have taken place */
    CHECK(answers > DIALOGUES / 2 && late > DIALOGUES / 50);
    CHECK(lost > DIALOGUES / 100 && excused < DIALOGUES / 2);
    CHECK(stat_get(STAT_verdict_late) > DIALOGUES);
    printf("%u answers, %u of them at the deadline, %u aborted, %u on a lost "
           "link\n",
           answers, late, lost, excused);
}

int main(void)
{
    static struct ss7_conf conf;
    pthread_t ss7, taker, worker[WORKERS];
    time_t until = time(NULL) + LIMIT_S;

    peer_conf(&conf);
    conf.map.max_dialogues = DIALOGUES;
    conf.map.max_held = 1024;
    conf.map.hold_ms = HOLD_MS;
    conf.map.more_ms = MORE_MS;
    CHECK(ss7_init(&conf) == 0);
    CHECK(ss7_table(peer_table()));
    pthread_create(&ss7, NULL, run, NULL);
    pthread_create(&taker, NULL, take, NULL);
    for (int i = 0; i < WORKERS; i++) {
        jobs[i] = xq_new(2 * DIALOGUES, sizeof(struct job));
        pthread_create(&worker[i], NULL, work, jobs[i]);
    }
    peer_open(&peer);
    drive(until);
    wind_up(until);
    pthread_join(ss7, NULL);
    pthread_join(taker, NULL);
    for (int i = 0; i < WORKERS; i++) {
        xq_push(jobs[i], &(struct job){ .what = JOB_QUIT });
        pthread_join(worker[i], NULL);
        xq_free(jobs[i]);
    }
    ss7_fini();
    SHOWS("FM-02 FM-11", check_all);
    return CHECK_DONE();
}
