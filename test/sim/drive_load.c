/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * drive_load.c - drive_map under load: a window of dialogues, measured
 *
 * A lane carries one message at a time: its SRI-SM, its FSM, or both. Idle
 * lanes are filled once a turn of the loop, so that what they send leaves in
 * few system calls. Measuring starts when the warm-up is done.
 */

#include "drive_map.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "drive_tally.h"

struct lane {
    struct smsc_dlg *dlg;
    uint64_t number;
    bool fsm;
    char imsi[DRIVE_DIGITS + 1];
    char msisdn[DRIVE_DIGITS + 1];
};

struct load {
    struct drive *d;
    uint64_t started, done, total;
    uint64_t start_us; /* when the first was sent, for the rate */
    uint64_t bad;
    bool measuring, impossible;
    uint64_t measure_us, told_us, told_done;
    struct cpu cpu;
    struct tally sri, fsm;
    uint32_t n_idle;
    struct lane **idle;
    struct lane *lane;
};

/* The one TPDU of a message. */
static bool make_part(struct load *l, uint64_t number, struct text_part *part)
{
    static struct text_part parts[TEXT_PARTS_MAX];
    struct text_conf t = l->d->conf.text;
    const char *why = "load takes texts that fit one message";
    char text[200];

    text_number(t.text, number, text, sizeof(text));
    t.text = text;
    if (text_parts(&t, false, parts, &why) == 1) {
        *part = parts[0];
        return true;
    }
    fprintf(stderr, "drive_map: %s\n", why);
    l->impossible = true;
    return false;
}

static void send_fsm(struct load *l, struct lane *n, const char *node)
{
    const struct drive_conf *c = &l->d->conf;
    struct sccp_addr to = drive_called(c, node, c->msc_ssn);
    struct map_mt_sm_arg arg;
    struct text_part part;

    if (!make_part(l, n->number, &part))
        return;
    n->fsm = true;
    drive_fsm_arg(c, n->number, n->imsi, &part, false, &arg);
    n->dlg = smsc_fsm(l->d->smsc, &to, &arg, n);
}

static void send_sri(struct load *l, struct lane *n)
{
    const struct drive_conf *c = &l->d->conf;
    struct sccp_addr to;
    struct map_sri_sm_arg arg;

    drive_number(c, n->number, n->msisdn);
    to = drive_sri_to(c, n->msisdn);
    drive_sri_arg(c, n->number, n->msisdn, &arg);
    n->fsm = false;
    n->dlg = smsc_sri(l->d->smsc, &to, &arg, n);
}

static void start_lane(struct load *l, struct lane *n)
{
    const struct drive_conf *c = &l->d->conf;

    n->number = l->started++;
    if (c->kind != DRIVE_FSM) {
        send_sri(l, n);
        return;
    }
    drive_imsi(c, n->number, n->imsi);
    send_fsm(l, n, c->msc);
}

static void start_measuring(struct load *l)
{
    l->measuring = true;
    l->bad = 0;
    memset(&l->sri, 0, sizeof(l->sri));
    memset(&l->fsm, 0, sizeof(l->fsm));
    l->measure_us = stack_now_us();
    l->cpu = cpu_now();
}

static void lane_done(struct load *l, struct lane *n)
{
    l->idle[l->n_idle++] = n;
    l->done++;
    if (!l->measuring && l->done == l->d->conf.warmup)
        start_measuring(l);
}

static bool is_good(const struct expectation *e, const struct smsc_answer *a)
{
    return e->any ||
           (a->what == e->what && (e->code < 0 || e->code == (int)a->err.code));
}

static void on_answer(void *ctx, void *user, const struct smsc_answer *a)
{
    struct load *l = ctx;
    struct lane *n = user;
    const struct drive_conf *c = &l->d->conf;

    tally_add(n->fsm ? &l->fsm : &l->sri, a);
    if (a->open)
        smsc_end(n->dlg);
    if (!n->fsm && c->kind == DRIVE_BOTH && a->what == SMSC_RESULT) {
        snprintf(n->imsi, sizeof(n->imsi), "%s", a->sri->imsi);
        send_fsm(l, n, c->msc ? c->msc : a->sri->node.digits);
        return;
    }
    if (!is_good(&c->expect, a))
        l->bad++;
    lane_done(l, n);
}

/* How many may have been started by now. */
static uint64_t allowed(const struct load *l)
{
    uint64_t rate = l->d->conf.rate;
    uint64_t n;

    if (rate == 0)
        return l->total;
    n = (stack_now_us() - l->start_us) * rate / 1000000 + 1;
    return n < l->total ? n : l->total;
}

static void fill_lanes(struct load *l)
{
    uint64_t may = l->n_idle > 0 ? allowed(l) : 0;

    /* dialogues opened while no association is there would only fail */
    while (l->n_idle > 0 && l->started < may && !l->impossible &&
           stack_ready(l->d->stack))
        start_lane(l, l->idle[--l->n_idle]);
}

static void progress(struct load *l)
{
    uint64_t now = stack_now_us();

    if (now - l->told_us < 1000000)
        return;
    fprintf(stderr, "\r%12llu of %llu, %.0f/s, %llu not as expected   ",
            (unsigned long long)l->done, (unsigned long long)l->total,
            (double)(l->done - l->told_done) * 1e6 / (double)(now - l->told_us),
            (unsigned long long)l->bad);
    l->told_us = now;
    l->told_done = l->done;
}

static void loop(struct load *l)
{
    const struct drive_conf *c = &l->d->conf;
    bool tty = isatty(STDERR_FILENO) && !c->quiet;
    uint64_t end = l->start_us + c->seconds * UINT64_C(1000000);
    int wait = c->rate > 0 ? 1 : 100;

    while (l->done < l->total && !l->impossible && !drive_stopped() &&
           stack_now_us() < end) {
        fill_lanes(l);
        stack_turn(l->d->stack, wait);
        if (tty)
            progress(l);
    }
    if (tty)
        fputc('\n', stderr);
}

static void report(struct load *l, struct cpu now, double seconds)
{
    struct out *out = &l->d->out;
    double n = (double)(l->sri.n + l->fsm.n);
    double user = n > 0 ? (now.user_us - l->cpu.user_us) / n : 0;
    double system = n > 0 ? (now.system_us - l->cpu.system_us) / n : 0;
    char line[200];

    if (l->sri.n > 0)
        tally_report(&l->sri, "sri", seconds, out);
    if (l->fsm.n > 0)
        tally_report(&l->fsm, "fsm", seconds, out);
    snprintf(line, sizeof(line),
             "\"total\":%llu,\"done\":%llu,\"unexpected\":%llu,"
             "\"user_us\":%.2f,\"system_us\":%.2f",
             (unsigned long long)l->total, (unsigned long long)l->done,
             (unsigned long long)l->bad, user, system);
    out_json(out, "summary", line);
    if (out->json == stdout)
        return;
    printf("drive_map: %.2f us of CPU a dialogue (%.2f user, %.2f system)\n",
           user + system, user, system);
    printf("%llu of %llu done, %llu not as expected\n",
           (unsigned long long)l->done, (unsigned long long)l->total,
           (unsigned long long)l->bad);
}

static bool make_lanes(struct load *l)
{
    uint32_t window = l->d->conf.window;

    l->lane = calloc(window, sizeof(*l->lane));
    l->idle = calloc(window, sizeof(struct lane *));
    if (l->lane == NULL || l->idle == NULL)
        return false;
    for (; l->n_idle < window; l->n_idle++)
        l->idle[l->n_idle] = &l->lane[l->n_idle];
    return true;
}

int drive_load(struct drive *d)
{
    static struct load l;
    struct cpu cpu;
    double seconds;
    int status = 2;

    l.d = d;
    l.total = d->conf.warmup + d->conf.load;
    d->answered = on_answer;
    d->ctx = &l;
    if (make_lanes(&l)) {
        l.start_us = l.told_us = stack_now_us();
        if (d->conf.warmup == 0)
            start_measuring(&l);
        loop(&l);
        cpu = cpu_now();
        seconds = (double)(stack_now_us() - l.measure_us) / 1e6;
        report(&l, cpu, l.measuring ? seconds : 0);
        status = l.bad == 0 && l.done == l.total ? 0 : 1;
    }
    free(l.lane);
    free(l.idle);
    return l.impossible ? 2 : status;
}
