/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * drive_run.c - drive_map message by message: told, checked, tried again
 *
 * A job is one message to one number:
 *
 *   turn --> SRI-SM --> part 1 --> part 2 .. --> next turn (--repeat)
 *              ^  |       ^  |
 *              +--+       +--+ tried again after an error (--retry-on-error)
 *
 * Each part that is done with, and an SRI-SM that brought none on its way, is
 * one outcome, held against what was expected.
 */

#include "drive_map.h"

#include <stdlib.h>
#include <string.h>

struct run;

struct job {
    struct run *run;
    uint64_t number; /* of the message, from 0 */
    bool busy;
    const char *op; /* "sri" or "fsm", the question that is out */
    char msisdn[DRIVE_DIGITS + 1];
    char imsi[DRIVE_DIGITS + 1];
    char node[MAP_ADDR_DIGITS + 1];
    struct text_part *parts;
    int n_parts, part;
    uint32_t turn, tries;
    struct smsc_dlg *dlg; /* open, or waiting for an answer; NULL: none */
    struct timer pause;   /* then `next' */
    void (*next)(struct job *j);
    struct timer abort;
};

struct run {
    struct drive *d;
    uint64_t total, started, finished;
    uint64_t outcomes, bad;
    struct job job[];
};

static void start_turn(struct job *j);

static const struct drive_conf *conf_of(const struct job *j)
{
    return &j->run->d->conf;
}

static void pause_for(struct job *j, uint32_t ms, void (*next)(struct job *j))
{
    if (ms == 0) {
        next(j);
        return;
    }
    j->next = next;
    timer_set(stack_wheel(j->run->d->stack), &j->pause, ms);
}

static void pause_over(struct timer *t)
{
    struct job *j = timer_of(t, struct job, pause);

    j->next(j);
}

static struct out_event event_of(const struct job *j, const char *ev)
{
    bool fsm = strcmp(j->op, "fsm") == 0;

    return (struct out_event){
        .ev = ev,
        .op = j->op,
        .msisdn = j->msisdn,
        .imsi = j->imsi,
        .node = j->node,
        .error = -1,
        .cause = -1,
        .version = conf_of(j)->smsc.version,
        .message = j->number + 1,
        .part = fsm ? j->part + 1 : 0,
        .parts = fsm ? j->n_parts : 0,
        .attempt = j->tries + 1,
        .us = -1,
    };
}

/* "447700900123 MT message 1/2" */
static const char *title(const struct job *j, char *buf, size_t size)
{
    const char *who = j->msisdn[0] != '\0' ? j->msisdn : j->imsi;

    if (strcmp(j->op, "sri") == 0)
        snprintf(buf, size, "%s SRI-SM", who);
    else if (strcmp(j->op, "report") == 0)
        snprintf(buf, size, "%s report", who);
    else if (j->n_parts > 1)
        snprintf(buf, size, "%s message %d/%d", who, j->part + 1, j->n_parts);
    else
        snprintf(buf, size, "%s message", who);
    return buf;
}

/* What an answer is called in JSON. */
static const char *event_name(const struct job *j, const struct smsc_answer *a)
{
    bool sri = strcmp(j->op, "sri") == 0, fsm = strcmp(j->op, "fsm") == 0;

    switch (a->what) {
    case SMSC_RESULT:
        return sri ? "sri-answer" : fsm ? "fsm-result" : "report-result";
    case SMSC_ERROR:
        return sri ? "sri-error" : fsm ? "fsm-error" : "report-error";
    case SMSC_REJECT:
        return "reject";
    case SMSC_ABORT:
        return "abort";
    case SMSC_UDTS:
        return "udts";
    case SMSC_TIMEOUT:
        return "timeout";
    case SMSC_UNSENT:
        return "unsent";
    }
    return "unsent";
}

/* What an answer says, in words. */
static const char *answer_str(const struct smsc_answer *a, char *buf,
                              size_t size)
{
    char cause[24] = "";

    switch (a->what) {
    case SMSC_RESULT:
        snprintf(buf, size, "result");
        break;
    case SMSC_ERROR:
        if (a->err.cause >= 0)
            snprintf(cause, sizeof(cause), ", cause %d", a->err.cause);
        snprintf(buf, size, "error %d %s%s", (int)a->err.code,
                 map_err_str(a->err.code), cause);
        break;
    case SMSC_REJECT:
        snprintf(buf, size, "reject 0x%04x", (unsigned)a->cause);
        break;
    case SMSC_ABORT:
        snprintf(buf, size, "abort: %s", a->why);
        break;
    case SMSC_UDTS:
        snprintf(buf, size, "came back, cause %d %s", a->cause,
                 sccp_cause_str((uint8_t)a->cause));
        break;
    case SMSC_TIMEOUT:
        snprintf(buf, size, "no answer");
        break;
    case SMSC_UNSENT:
        snprintf(buf, size, "could not be sent");
        break;
    }
    return buf;
}

static void tell_answer(struct job *j, const struct smsc_answer *a)
{
    struct out *out = &j->run->d->out;
    struct out_event e = event_of(j, event_name(j, a));
    char who[64], what[120];

    e.us = a->us;
    e.detail = a->why;
    if (a->what == SMSC_ERROR) {
        e.error = (int)a->err.code;
        e.cause = a->err.cause;
    } else if (a->what != SMSC_RESULT) {
        e.cause = a->cause;
    }
    out_event(out, &e);
    if (a->what == SMSC_RESULT && a->sri != NULL)
        out_line(out, "%s <- IMSI %s at %s, after %.3f ms",
                 title(j, who, sizeof(who)), j->imsi, j->node, a->us / 1e3);
    else
        out_line(out, "%s <- %s, after %.3f ms", title(j, who, sizeof(who)),
                 answer_str(a, what, sizeof(what)), a->us / 1e3);
}

static bool is_expected(const struct expectation *e, const struct job *j,
                        const struct smsc_answer *a, const char **why)
{
    bool fsm = strcmp(j->op, "fsm") == 0;
    int code = a->what == SMSC_ERROR ? (int)a->err.code : a->cause;

    *why = "not what was expected";
    if (!e->any && (a->what != e->what || (e->code >= 0 && code != e->code) ||
                    (e->cause >= 0 && a->err.cause != e->cause)))
        return false;
    *why = "sooner than expected";
    if (fsm && a->us / 1000 < e->after_ms)
        return false;
    *why = "later than expected";
    return !fsm || e->before_ms == 0 || a->us / 1000 <= e->before_ms;
}

static void outcome(struct job *j, const struct smsc_answer *a)
{
    struct run *r = j->run;
    struct out_event e = event_of(j, "outcome");
    char who[64];
    const char *why;

    r->outcomes++;
    e.detail = "as expected";
    if (!is_expected(&r->d->conf.expect, j, a, &why)) {
        r->bad++;
        e.detail = why;
        out_line(&r->d->out, "%s: %s", title(j, who, sizeof(who)), why);
    }
    out_event(&r->d->out, &e);
}

static void finish(struct job *j)
{
    free(j->parts);
    j->parts = NULL;
    j->busy = false;
    j->run->finished++;
}

static void turn_done(struct job *j)
{
    if (++j->turn < conf_of(j)->repeat)
        pause_for(j, conf_of(j)->retry_delay_ms, start_turn);
    else
        finish(j);
}

/* Before the next try, growing as SMSCs let it. */
static uint32_t retry_delay_ms(const struct job *j)
{
    const struct drive_conf *c = conf_of(j);
    uint64_t ms = c->retry_delay_ms;

    for (uint32_t i = 1; i < j->tries && ms < c->retry_delay_max_ms; i++)
        ms *= 2;
    if (c->retry_delay_max_ms > 0 && ms > c->retry_delay_max_ms)
        ms = c->retry_delay_max_ms;
    return (uint32_t)ms;
}

/* True if it is to be tried again, by `next' after a while. */
static bool try_again(struct job *j, void (*next)(struct job *j))
{
    if (j->tries >= conf_of(j)->retries)
        return false;
    j->tries++;
    pause_for(j, retry_delay_ms(j), next);
    return true;
}

/* A result that we shall not have got: told, as it did reach us. */
static bool lose(const struct job *j)
{
    const struct drive_conf *c = conf_of(j);
    struct out_event e = event_of(j, "lost");

    /* NOLINTNEXTLINE(cert-msc50-cpp): the same ones in each run */
    if (j->tries >= c->retries || (uint32_t)rand() % 100 >= c->lose_percent)
        return false;
    out_event(&j->run->d->out, &e);
    return true;
}

/* Whether an SMSC would let a message be after this answer. */
static bool is_final(const struct job *j, const struct smsc_answer *a)
{
    if (a->what == SMSC_RESULT)
        return !lose(j);
    return a->what == SMSC_ERROR &&
           (uint32_t)a->err.code == conf_of(j)->final_error;
}

static void tell_sent(struct job *j)
{
    bool sri = strcmp(j->op, "sri") == 0, fsm = strcmp(j->op, "fsm") == 0;
    struct out_event e = event_of(j, sri   ? "sri-sent"
                                     : fsm ? "fsm-sent"
                                           : "report-sent");
    struct out *out = &j->run->d->out;
    char who[64];

    out_event(out, &e);
    if (!fsm)
        out_line(out, "%s v%u ->", title(j, who, sizeof(who)), e.version);
    else
        out_line(out, "%s v%u -> %s", title(j, who, sizeof(who)), e.version,
                 j->node);
}

static void send_part(struct job *j)
{
    struct run *r = j->run;
    const struct drive_conf *c = conf_of(j);
    struct sccp_addr to = drive_called(c, j->node, c->msc_ssn);
    struct map_mt_sm_arg arg;
    bool more = c->more && j->part + 1 < j->n_parts;

    j->op = "fsm";
    tell_sent(j);
    drive_fsm_arg(c, j->number, j->imsi, &j->parts[j->part], more, &arg);
    if (j->dlg != NULL) {
        drive_fsm_later(&arg);
        smsc_fsm_next(j->dlg, &arg);
    } else {
        j->dlg = smsc_fsm(r->d->smsc, &to, &arg, j);
    }
    if (c->abort_after_ms > 0)
        timer_set(stack_wheel(r->d->stack), &j->abort, c->abort_after_ms);
}

static void next_part(struct job *j)
{
    j->tries = 0;
    if (++j->part < j->n_parts) {
        pause_for(j, j->dlg ? conf_of(j)->more_delay_ms : 0, send_part);
        return;
    }
    if (j->dlg != NULL)
        smsc_end(j->dlg);
    j->dlg = NULL;
    turn_done(j);
}

static void on_fsm(struct job *j, const struct smsc_answer *a)
{
    timer_clear(stack_wheel(j->run->d->stack), &j->abort);
    tell_answer(j, a);
    if (!a->open)
        j->dlg = NULL;
    if (!is_final(j, a) && try_again(j, send_part))
        return;
    outcome(j, a);
    next_part(j);
}

static void abort_now(struct timer *t)
{
    struct job *j = timer_of(t, struct job, abort);
    struct smsc_answer a = {
        .what = SMSC_ABORT,
        .cause = -1,
        .why = "by ourselves",
        .us = conf_of(j)->abort_after_ms * 1000,
    };

    smsc_abort(j->dlg);
    j->dlg = NULL;
    tell_answer(j, &a);
    outcome(j, &a);
    next_part(j);
}

static void send_sri(struct job *j)
{
    const struct drive_conf *c = conf_of(j);
    struct sccp_addr to = drive_sri_to(c, j->msisdn);
    struct map_sri_sm_arg arg;

    j->op = "sri";
    tell_sent(j);
    drive_sri_arg(c, j->number, j->msisdn, &arg);
    j->dlg = smsc_sri(j->run->d->smsc, &to, &arg, j);
}

static void on_sri(struct job *j, const struct smsc_answer *a)
{
    const struct drive_conf *c = conf_of(j);

    if (a->what == SMSC_RESULT) {
        snprintf(j->imsi, sizeof(j->imsi), "%s", a->sri->imsi);
        snprintf(j->node, sizeof(j->node), "%s",
                 c->msc ? c->msc : a->sri->node.digits);
    }
    tell_answer(j, a);
    if (a->open)
        smsc_end(j->dlg);
    j->dlg = NULL;
    if (a->what != SMSC_RESULT && try_again(j, send_sri))
        return;
    j->tries = 0;
    if (a->what == SMSC_RESULT && c->kind != DRIVE_SRI) {
        send_part(j);
        return;
    }
    outcome(j, a);
    turn_done(j);
}

static void send_report(struct job *j)
{
    const struct drive_conf *c = conf_of(j);
    struct sccp_addr to = drive_sri_to(c, j->msisdn);
    struct map_status_arg arg;

    j->op = "report";
    tell_sent(j);
    drive_report_arg(c, j->number, j->msisdn, &arg);
    j->dlg = smsc_report(j->run->d->smsc, &to, &arg, j);
}

static void on_report(struct job *j, const struct smsc_answer *a)
{
    tell_answer(j, a);
    if (a->open)
        smsc_end(j->dlg);
    j->dlg = NULL;
    outcome(j, a);
    turn_done(j);
}

static void on_answer(void *ctx, void *user, const struct smsc_answer *a)
{
    struct job *j = user;

    (void)ctx;
    if (strcmp(j->op, "sri") == 0)
        on_sri(j, a);
    else if (strcmp(j->op, "report") == 0)
        on_report(j, a);
    else
        on_fsm(j, a);
}

static void start_turn(struct job *j)
{
    const struct drive_conf *c = conf_of(j);

    j->part = 0;
    j->tries = 0;
    j->imsi[0] = j->node[0] = '\0';
    if (c->kind == DRIVE_REPORT) {
        send_report(j);
        return;
    }
    if (c->kind != DRIVE_FSM) {
        send_sri(j);
        return;
    }
    drive_imsi(c, j->number, j->imsi);
    snprintf(j->node, sizeof(j->node), "%s", c->msc);
    send_part(j);
}

/* The TPDUs of message `number'. False: they cannot be made. */
static bool make_parts(struct job *j)
{
    static struct text_part parts[TEXT_PARTS_MAX];
    static char text[TEXT_PARTS_MAX * 160 + 1];
    struct text_conf t = conf_of(j)->text;
    const char *why;
    size_t size;

    text_number(t.text, j->number, text, sizeof(text));
    t.text = text;
    j->n_parts = text_parts(&t, conf_of(j)->more, parts, &why);
    if (j->n_parts < 0) {
        fprintf(stderr, "drive_map: %s\n", why);
        return false;
    }
    size = (size_t)j->n_parts * sizeof(parts[0]);
    j->parts = malloc(size);
    if (j->parts != NULL)
        memcpy(j->parts, parts, size);
    return j->parts != NULL;
}

static bool start_job(struct job *j, uint64_t number)
{
    *j = (struct job){
        .run = j->run,
        .number = number,
        .busy = true,
        .op = "sri",
        .pause.fire = pause_over,
        .abort.fire = abort_now,
    };
    drive_number(conf_of(j), number, j->msisdn);
    if (!make_parts(j))
        return false;
    start_turn(j);
    return true;
}

/* Fill the window. False: a message cannot be made. */
static bool start_jobs(struct run *r)
{
    for (uint32_t i = 0; i < r->d->conf.window; i++) {
        if (r->started == r->total)
            break;
        if (r->job[i].busy)
            continue;
        if (!start_job(&r->job[i], r->started++))
            return false;
    }
    return true;
}

static int summary(const struct run *r)
{
    struct out *out = &r->d->out;
    uint32_t wanted = r->d->conf.alerts, alerts = r->d->alerts;
    char line[200];

    snprintf(line, sizeof(line),
             "\"messages\":%llu,\"finished\":%llu,\"outcomes\":%llu,"
             "\"unexpected\":%llu,\"alerts\":%u",
             (unsigned long long)r->total, (unsigned long long)r->finished,
             (unsigned long long)r->outcomes, (unsigned long long)r->bad,
             alerts);
    out_json(out, "summary", line);
    if (out->json != stdout)
        printf("%llu of %llu messages done, %llu outcomes, %llu of them not "
               "as expected\n",
               (unsigned long long)r->finished, (unsigned long long)r->total,
               (unsigned long long)r->outcomes, (unsigned long long)r->bad);
    if (wanted > 0 && out->json != stdout)
        printf("%u alerts came of %u\n", alerts, wanted);
    return r->bad == 0 && r->finished == r->total && alerts >= wanted ? 0 : 1;
}

/* Timers of jobs that were cut short lie in memory about to be freed. */
static void free_jobs(struct run *r)
{
    for (uint32_t i = 0; i < r->d->conf.window; i++) {
        timer_clear(stack_wheel(r->d->stack), &r->job[i].pause);
        timer_clear(stack_wheel(r->d->stack), &r->job[i].abort);
        free(r->job[i].parts);
    }
    free(r);
}

int drive_run(struct drive *d)
{
    const struct drive_conf *c = &d->conf;
    struct run *r = calloc(1, sizeof(*r) + c->window * sizeof(struct job));
    uint64_t end = d->out.start_us + c->seconds * UINT64_C(1000000);
    int status;

    if (r == NULL)
        return 2;
    r->d = d;
    r->total = c->n_total > 0 ? c->n_total : c->imsis.count;
    for (uint32_t i = 0; i < c->window; i++)
        r->job[i].run = r;
    d->answered = on_answer;
    d->ctx = r;
    while (r->finished < r->total || d->alerts < c->alerts) {
        if (!start_jobs(r)) {
            free_jobs(r);
            return 2;
        }
        if (drive_stopped() || (c->seconds > 0 && stack_now_us() > end))
            break;
        stack_turn(d->stack, 100);
    }
    status = summary(r);
    free_jobs(r);
    return status;
}
