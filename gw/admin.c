/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * admin.c - the admin port: status pages, commands, provisioning
 */

#include "admin.h"

#include "admin_ask.h"
#include "admin_db.h"
#include "admin_plug.h"
#include "box_route.h"
#include "conf.h"
#include "dlv_route.h"
#include "stat.h"

#include <gwlib/gwlib.h>
#include <pthread.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

/* web_req.tag */
enum { TAG_NEW, TAG_WAITED, TAG_DENIED };

static const struct conf *box;
static const char *version;
static struct web *web;
static struct auth_guesses guesses; /* the admin thread's */
static struct status_looks looks_in, looks_ok;
static Octstr *allow_ip, *deny_ip;
static long thread = -1;

/* What others tell. */
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static struct status_assoc assocs[SS7_NETWORKS][MTP_ASSOC_MAX];
static long mtpds[SS7_NETWORKS];
static struct hlr_nodes nodes;
static bool draining, stopping;
static uint64_t start_ms;

static uint64_t now_ms(void)
{
    struct timespec t;

    clock_gettime(CLOCK_MONOTONIC, &t);
    return (uint64_t)t.tv_sec * 1000 + (uint64_t)t.tv_nsec / 1000000;
}

/* ---- what others tell ---- */

void admin_assoc(uint8_t network, uint8_t assoc, enum mtp_assoc_state state)
{
    struct status_assoc *a;

    if (network >= SS7_NETWORKS || assoc >= MTP_ASSOC_MAX)
        return;
    a = &assocs[network][assoc];
    pthread_mutex_lock(&lock);
    if (a->state != state || a->since_ms == 0)
        *a = (struct status_assoc){ .state = state, .since_ms = now_ms() };
    pthread_mutex_unlock(&lock);
}

/* Of those nobody has told about: they are down since the start. */
static void begin_assocs(void)
{
    pthread_mutex_lock(&lock);
    for (unsigned i = 0; i < SS7_NETWORKS; i++)
        for (unsigned k = 0; k < MTP_ASSOC_MAX; k++)
            if (assocs[i][k].since_ms == 0)
                assocs[i][k].since_ms = start_ms;
    pthread_mutex_unlock(&lock);
}

void admin_mtpd(uint8_t network, long pid)
{
    pthread_mutex_lock(&lock);
    if (network < SS7_NETWORKS)
        mtpds[network] = pid;
    pthread_mutex_unlock(&lock);
}

void admin_nodes(const struct hlr_nodes *n)
{
    pthread_mutex_lock(&lock);
    nodes = *n;
    pthread_mutex_unlock(&lock);
}

void admin_stopping(void)
{
    pthread_mutex_lock(&lock);
    draining = true;
    pthread_mutex_unlock(&lock);
}

/* ---- status ---- */

/* This node is drained by the register: another one is named in its place. */
static bool suspended(const struct status *s)
{
    for (unsigned i = 0; i < s->nodes.n; i++)
        if (s->node_id[0] != '\0' &&
            strcmp(s->nodes.node[i].id, s->node_id) == 0)
            return s->nodes.node[i].drain;
    return false;
}

static const char *register_name(void)
{
    if (box->hlr.backend == &hlr_static)
        return "static";
    return box->hlr.db.kind == DB_MYSQL ? "mysql" : "sqlite";
}

static void fill(struct status *s)
{
    *s = (struct status){
        .version = version,
        .register_name = register_name(),
        .node_id = box->hlr.node[0].id,
        .now_ms = now_ms(),
        .start_ms = start_ms,
        .open = dlv_open(),
        .ss7 = &box->ss7,
        .routes = box->dlv.n_routes,
        .route = box->dlv.route,
        .rules = box->dlv.n_rules,
        .rule = box->dlv.rule,
    };
    s->route_count = gw_malloc((s->routes + 1) * sizeof(*s->route_count));
    s->rule_count = gw_malloc((s->rules + 1) * sizeof(*s->rule_count));
    dlv_route_counts(s->route_count, s->routes, s->rule_count, s->rules);
    s->in = status_rate(&looks_in, start_ms, s->now_ms, stat_get(STAT_sms_in));
    s->ok = status_rate(&looks_ok, start_ms, s->now_ms, stat_get(STAT_dlv_ok));
    s->boxes = box_route_list(s->box);
    status_plugs_fill(s);
    hlr_state(&s->hlr);
    pthread_mutex_lock(&lock);
    memcpy(s->assoc, assocs, sizeof(s->assoc));
    memcpy(s->mtpd, mtpds, sizeof(s->mtpd));
    s->nodes = nodes;
    s->state = draining ? STATUS_STOPPING : STATUS_RUNNING;
    pthread_mutex_unlock(&lock);
    if (s->state == STATUS_RUNNING && suspended(s))
        s->state = STATUS_SUSPENDED;
}

static void status(enum ask_target target, enum status_form form,
                   struct web_reply *r)
{
    static const char *const type[] = {
        [STATUS_TEXT] = ask_text_plain,
        [STATUS_HTML] = "text/html; charset=utf-8",
        [STATUS_XML] = "text/xml; charset=utf-8",
        [STATUS_JSON] = "application/json",
    };
    struct status *s = gw_malloc(sizeof(*s));

    fill(s);
    r->status = 200;
    if (target == ASK_STATUS) {
        r->type = type[form];
        status_print(s, form, &r->body);
    } else if (target == ASK_METRICS) {
        r->type = "text/plain; version=0.0.4; charset=utf-8";
        status_metrics(s, &r->body);
    } else {
        r->type = "application/json";
        r->status = status_health(s, &r->body) ? 200 : 503;
    }
    gw_free(s->route_count);
    gw_free(s->rule_count);
    status_plugs_free(s);
    gw_free(s);
}

/* ---- commands; each answers with a line, at once or by the database's
 * thread (false) ---- */

static bool cmd_stop(const struct ask *w, uint64_t id, struct web_reply *r)
{
    (void)w, (void)id;
    /* as if by hand: the second one does not wait for held messages */
    kill(getpid(), SIGTERM);
    ask_say(r, 202, "Bringing system down");
    return true;
}

static bool drain_self(const struct ask *w, uint64_t id, struct web_reply *r,
                       bool drain)
{
    struct admin_job job = { .id = id, .text = true };
    const char *node = box->hlr.node[0].id;

    if (node[0] == '\0') {
        ask_say(r, 409, "This box has no node-id: it cannot be drained alone");
        return true;
    }
    job.ask.what = REST_NODE_PATCH;
    job.ask.has_drain = true;
    job.ask.drain = drain;
    snprintf(job.ask.name, sizeof(job.ask.name), "%s", node);
    memcpy(job.ask.who, w->rest.who, sizeof(job.ask.who));
    if (admin_db_put(&job))
        return false;
    ask_say(r, 503, "Too many requests wait for the database");
    return true;
}

static bool cmd_drain(const struct ask *w, uint64_t id, struct web_reply *r)
{
    return drain_self(w, id, r, true);
}

static bool cmd_undrain(const struct ask *w, uint64_t id, struct web_reply *r)
{
    return drain_self(w, id, r, false);
}

static bool cmd_reload(const struct ask *w, uint64_t id, struct web_reply *r)
{
    (void)w, (void)id;
    hlr_reload();
    ask_say(r, 202, "The register is read anew");
    return true;
}

static bool cmd_log_level(const struct ask *w, uint64_t id, struct web_reply *r)
{
    const char *level = uri_arg(&w->uri, "level");
    char line[64];

    (void)id;
    if (level == NULL || strlen(level) != 1 || level[0] < '0' ||
        level[0] > '4') {
        ask_say(r, 400,
                level == NULL ? "New level not given"
                              : "level must be a number from 0 to 4");
        return true;
    }
    log_set_log_level((enum output_level)(level[0] - '0'));
    snprintf(line, sizeof(line), "log-level set to %s", level);
    ask_say(r, 200, line);
    return true;
}

static bool (*const run[])(const struct ask *w, uint64_t id,
                           struct web_reply *r) = {
    [ASK_SHUTDOWN] = cmd_stop,       [ASK_SUSPEND] = cmd_drain,
    [ASK_RESUME] = cmd_undrain,      [ASK_RELOAD] = cmd_reload,
    [ASK_LOG_LEVEL] = cmd_log_level,
};

/* ---- who may ---- */

static bool needs_secret(const struct ask *w)
{
    switch (w->target) {
    case ASK_STATUS:
    case ASK_METRICS:
        return box->admin.status_password[0] != '\0';
    case ASK_COMMAND:
    case ASK_REST:
        return true;
    default:
        return false;
    }
}

static bool is_right(struct ask *w, const char *ip, const char *given)
{
    const struct admin_conf *a = &box->admin;
    const char *name = NULL;
    bool admin = auth_is(given, a->password);

    if (w->target == ASK_REST)
        name = auth_whose(a->token, a->tokens, given);
    snprintf(w->rest.who, sizeof(w->rest.who), "%s%s from %s",
             name != NULL ? "token " : "", name != NULL ? name : "admin", ip);
    if (w->target == ASK_STATUS || w->target == ASK_METRICS)
        admin = auth_is(given, a->status_password) || admin;
    return admin || name != NULL;
}

static void denied(struct ask *w)
{
    struct web_reply *r = &w->refusal;

    if (w->target != ASK_REST) {
        ask_refuse(w, 403, "Denied");
        return;
    }
    ask_refuse(w, 401,
               "a token (Authorization: Bearer) or the admin-password "
               "is needed");
    r->header[0].name = "WWW-Authenticate";
    snprintf(r->header[0].value, sizeof(r->header[0].value),
             "Bearer realm=\"sigtran-box\"");
}

/* ---- the web's calls; the admin thread ---- */

static bool allowed(void *ctx, const char *ip)
{
    Octstr *os = octstr_create(ip);
    bool yes = is_allowed_ip(allow_ip, deny_ip, os) != 0;

    (void)ctx;
    octstr_destroy(os);
    if (!yes) {
        stat_inc(STAT_admin_denied);
        info(0, "HTTP admin tried from denied host <%s>, disconnected", ip);
    }
    return yes;
}

/* Others of his address guess. It is not for him to wait for all of them: so
 * many requests that nobody waits for any more would take up the port. */
static void guessing(struct ask *w, uint64_t wait_ms)
{
    struct web_reply *r = &w->refusal;

    ask_refuse(w, 429, "wrong passwords come from this address; try later");
    r->header[0].name = "Retry-After";
    snprintf(r->header[0].value, sizeof(r->header[0].value), "%u",
             (unsigned)(wait_ms / 1000 + 1));
}

/* WEB_TAKE: he may, or w->refusal says why not. */
static enum web_head check(struct ask *w, struct web_req *r, uint64_t now,
                           uint64_t *until_ms)
{
    const char *given = ask_credential(w, r);

    if (!needs_secret(w))
        return WEB_TAKE;
    if (given == NULL || r->tag == TAG_DENIED) {
        denied(w);
        return WEB_TAKE;
    }
    *until_ms = auth_until(&guesses, r->ip);
    if (*until_ms > now && r->tag == TAG_WAITED) {
        guessing(w, *until_ms - now);
        return WEB_TAKE;
    }
    if (*until_ms > now) {
        r->tag = TAG_WAITED;
        return WEB_LATER;
    }
    if (is_right(w, r->ip, given)) {
        /* a lesser secret must not let its owner guess this one at ease */
        if (auth_is(given, box->admin.password))
            auth_right(&guesses, r->ip);
        return WEB_TAKE;
    }
    stat_inc(STAT_admin_wrong);
    warning(0, "Admin port: wrong password or token from <%s>.", r->ip);
    r->tag = TAG_DENIED;
    *until_ms = auth_wrong(&guesses, r->ip, now);
    return WEB_LATER;
}

static enum web_head head_in(void *ctx, struct web_req *r, uint64_t now,
                             uint64_t *until_ms)
{
    struct ask *w = gw_malloc(sizeof(*w));
    enum web_head result;

    (void)ctx;
    ask_find(w, r);
    /* what there is, and what not, is told to who may ask */
    result = check(w, r, now, until_ms);
    if (result == WEB_TAKE && w->refusal.status == 0 && w->target == ASK_REST)
        r->body_max = rest_body_max(w->rest.what);
    if (result == WEB_TAKE && w->refusal.status == 0 && r->length > 0 &&
        (uint64_t)r->length > r->body_max)
        ask_refuse(w, 413, "the body is too large");
    if (result == WEB_TAKE && w->refusal.status != 0) {
        web_answer(web, r->id, &w->refusal);
        result = WEB_ANSWERED;
    } else {
        text_free(&w->refusal.body);
    }
    gw_free(w);
    return result;
}

/* True: `reply' is the answer; false: it comes later. */
static bool rest(struct ask *w, const struct web_req *r,
                 struct web_reply *reply)
{
    struct admin_job job = { .id = r->id };
    struct rest_reply refused = { .status = 0 };

    if (r->too_large)
        rest_refuse(&refused, 413, NULL, "the body is too large");
    else if (r->no_room)
        rest_refuse(&refused, 503, NULL, "too many large requests at once");
    else if (box->hlr.backend == &hlr_static)
        rest_refuse(&refused, 409, NULL,
                    "register-type = static: the numbers are in the "
                    "configuration");
    else if (rest_read(&box->hlr, &w->uri, r->type, r->body, r->body_len,
                       &w->rest, &refused) == 0) {
        job.ask = w->rest;
        if (admin_db_put(&job))
            return false;
        rest_refuse(&refused, 503, NULL,
                    "too many requests wait for the database");
    }
    ask_from_rest(&refused, reply);
    return true;
}

static void whole_in(void *ctx, struct web_req *r, uint64_t now)
{
    struct ask *w = gw_malloc(sizeof(*w));
    struct web_reply reply = { .status = 0 };
    bool answer = true;

    (void)ctx, (void)now;
    ask_find(w, r);
    is_right(w, r->ip,
             ask_credential(w, r)); /* it was; who it is, for the audit */
    if (w->target == ASK_COMMAND) {
        info(0, "Admin port: %s by %s.", ask_command_str(w->command),
             w->rest.who);
        answer = run[w->command](w, r->id, &reply);
    } else if (w->target == ASK_REST) {
        answer = rest(w, r, &reply);
    } else {
        status(w->target, w->form, &reply);
    }
    if (answer)
        web_answer(web, r->id, &reply);
    gw_free(w);
}

static const struct web_ops ops = {
    .allowed = allowed,
    .head = head_in,
    .whole = whole_in,
};

/* ---- the thread ---- */

/* An answer of the register, in one line. */
static void command_done(const struct admin_job *job, struct web_reply *reply)
{
    if (job->reply.status == 200)
        ask_say(reply, 200,
                job->ask.drain ? "Suspended: other nodes are named"
                               : "Running resumed");
    else
        ask_say(reply, job->reply.status, text_str(&job->reply.body));
}

static void take_done(void)
{
    struct admin_job job;
    struct web_reply reply;

    while (admin_db_take(&job)) {
        if (job.text) {
            reply = (struct web_reply){ .status = 0 };
            command_done(&job, &reply);
            text_free(&job.reply.body);
        } else {
            ask_from_rest(&job.reply, &reply);
        }
        web_answer(web, job.id, &reply);
    }
}

static bool is_stopping(void)
{
    bool is;

    pthread_mutex_lock(&lock);
    is = stopping;
    pthread_mutex_unlock(&lock);
    return is;
}

static void admin_run(void *arg)
{
    (void)arg;
    while (!is_stopping()) {
        uint64_t now = now_ms();

        status_look(&looks_in, now, stat_get(STAT_sms_in));
        status_look(&looks_ok, now, stat_get(STAT_dlv_ok));
        take_done();
        web_run(web, now);
        gwthread_pollfd(web_fd(web), POLLIN, web_wait_ms(web, now) / 1000.0);
    }
}

static void wake(void)
{
    /* Under the lock the thread is still there: see dlv_stop(). */
    pthread_mutex_lock(&lock);
    if (!stopping && thread != -1)
        gwthread_wakeup(thread);
    pthread_mutex_unlock(&lock);
}

static int start_threads(const struct conf *conf)
{
    if (admin_db_start(conf, wake) == -1)
        return -1;
    pthread_mutex_lock(&lock); /* that of the database may wake it at once */
    thread = gwthread_create(admin_run, NULL);
    pthread_mutex_unlock(&lock);
    return thread == -1 ? -1 : 0;
}

static void tell_start(const struct admin_conf *a)
{
    info(0, "Admin port <%s:%u>%s.", a->web.interface, (unsigned)a->web.port,
         a->web.tls ? " with TLS" : "");
    if (!a->web.tls && strncmp(a->web.interface, "127.", 4) != 0)
        warning(0, "The admin port can be reached from elsewhere without "
                   "TLS: passwords and tokens can be read on their way.");
}

int admin_start(const struct conf *conf, const char *v)
{
    const struct admin_conf *a = &conf->admin;
    char why[256];

    box = conf;
    version = v;
    start_ms = now_ms();
    stopping = draining = false;
    begin_assocs();
    if (a->web.port == 0)
        return 0;
    allow_ip = a->allow_ip[0] != '\0' ? octstr_create(a->allow_ip) : NULL;
    deny_ip = a->deny_ip[0] != '\0' ? octstr_create(a->deny_ip) : NULL;
    web = web_new(&a->web, &ops, NULL, why, sizeof(why));
    if (web == NULL) {
        error(0, "Admin port: %s.", why);
        admin_stop();
        return -1;
    }
    if (start_threads(conf) == -1) {
        error(0, "Cannot start the threads of the admin port.");
        admin_stop();
        return -1;
    }
    tell_start(a);
    return 0;
}

void admin_stop(void)
{
    pthread_mutex_lock(&lock);
    stopping = true;
    if (thread != -1)
        gwthread_wakeup(thread);
    pthread_mutex_unlock(&lock);
    if (thread != -1)
        gwthread_join(thread);
    thread = -1;
    admin_db_stop();
    web_free(web);
    web = NULL;
    octstr_destroy(allow_ip);
    octstr_destroy(deny_ip);
    allow_ip = deny_ip = NULL;
}
