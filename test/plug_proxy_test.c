/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * plug_proxy_test.c - a plug-in in a process of its own, and what it may break
 *
 * The plug-in is hostile.so: its messages say what it does. Here is the host:
 * what the proxy calls is recorded.
 */

#include "check.h"
#include "gw/plug_proxy.h"

#include <dirent.h>
#include <errno.h>
#include <gwlib/gwlib.h>
#include <pthread.h>
#include <signal.h>
#include <stdarg.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

/* A test that waits for ever ends by a signal. */
enum { LIMIT_S = 120, MESSAGES = 4096, LOG = 1 << 16 };

/* ---- the host ---- */

static struct asked {
    struct plug_msg *m;
    enum plug_verdict v;
    unsigned resumed;
} asked[MESSAGES];
static uint64_t n_asked;
static char lines[LOG];
static unsigned n_lines, lost, dropped, counted;
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

static void __attribute__((format(printf, 3, 4)))
host_log(const struct plug_conf *c, enum plug_level level, const char *fmt, ...)
{
    char line[600];
    va_list ap;

    (void)c;
    CHECK(level <= PLUG_LOG_ERROR);
    va_start(ap, fmt);
    vsnprintf(line, sizeof(line), fmt, ap);
    va_end(ap);
    CHECK(strpbrk(line, "\n\033") == NULL);
    pthread_mutex_lock(&lock);
    n_lines++;
    if (strlen(lines) + strlen(line) + 2 < sizeof(lines)) {
        strcat(lines, line);
        strcat(lines, "\n");
    }
    pthread_mutex_unlock(&lock);
}

static void host_count(const struct plug_conf *c, const char *name, uint64_t n)
{
    (void)c;
    pthread_mutex_lock(&lock);
    if (strcmp(name, "process_lost") == 0)
        lost += (unsigned)n;
    if (strcmp(name, "process_dropped") == 0)
        dropped += (unsigned)n;
    if (strcmp(name, "asked") == 0)
        counted += (unsigned)n;
    pthread_mutex_unlock(&lock);
}

static int host_set_held(uint64_t id, enum plug_field f, const void *p,
                         size_t len)
{
    bool ok;

    pthread_mutex_lock(&lock);
    ok = id < n_asked && asked[id].resumed == 0 &&
         plug_msg_set(asked[id].m, f, p, len);
    pthread_mutex_unlock(&lock);
    return ok ? 0 : -1;
}

static int host_note_held(uint64_t id, const char *text)
{
    pthread_mutex_lock(&lock);
    CHECK(id < n_asked);
    plug_msg_note(asked[id].m, text);
    pthread_mutex_unlock(&lock);
    return 0;
}

static void host_resume(uint64_t id, enum plug_verdict v)
{
    pthread_mutex_lock(&lock);
    CHECK(id < n_asked); /* it never names one that was not asked */
    asked[id].v = v;
    asked[id].resumed++;
    pthread_mutex_unlock(&lock);
}

static const struct plug_host host = {
    .abi_major = PLUG_ABI_MAJOR,
    .abi_minor = PLUG_ABI_MINOR,
    .size = sizeof(host),
    .log = host_log,
    .count = host_count,
    .id = plug_msg_id,
    .set_held = host_set_held,
    .note_held = host_note_held,
    .resume = host_resume,
};

/* ---- one instance ---- */

static char program[256], folder[] = "/tmp/plug_proxy_XXXXXX";
static char file[100], key_open[] = "open", key_file[] = "file", what_open[20];
static struct plug_conf conf;
static struct plug plug;
static struct plug_proxy *proxy;
static void *self;
static char why[200];

static void configure(void)
{
    memset(&conf, 0, sizeof(conf));
    strcpy(conf.id, "test");
    strcpy(conf.path, "test/plugins/hostile.so");
    strcpy(conf.child_path, program);
    conf.timeout_ms = 5000;
    conf.queue = 100;
    conf.n_keys = 2;
    conf.key[0].key = key_open;
    conf.key[0].value = what_open;
    conf.key[1].key = key_file;
    conf.key[1].value = file;
    what_open[0] = '\0';
    unlink(file);
    n_asked = lost = dropped = counted = n_lines = 0;
    lines[0] = '\0';
}

static bool start_checking(int check)
{
    memset(&plug, 0, sizeof(plug));
    why[0] = '\0';
    proxy = plug_proxy_load(&conf, &plug, why, sizeof(why));
    if (proxy == NULL)
        return false;
    self = plug.open(&host, &conf, check, why, sizeof(why));
    if (self != NULL)
        return true;
    plug_proxy_unload(proxy);
    return false;
}

static void start(void)
{
    configure();
    CHECK(start_checking(0));
}

static void stop(void)
{
    plug.close(self);
    plug_proxy_unload(proxy);
    for (uint64_t i = 0; i < n_asked; i++) {
        CHECK(asked[i].resumed == 1); /* each once, whatever happens */
        plug_msg_free(asked[i].m);
    }
    memset(asked, 0, sizeof(asked));
    n_asked = 0;
    CHECK(waitpid(-1, NULL, WNOHANG) == -1 && errno == ECHILD);
}

static uint64_t now_ms(void)
{
    struct timespec t;

    clock_gettime(CLOCK_MONOTONIC, &t);
    return (uint64_t)t.tv_sec * 1000 + (uint64_t)t.tv_nsec / 1000000;
}

#define WITHIN(ms, cond)                                                       \
    do {                                                                       \
        uint64_t until = now_ms() + (ms);                                      \
        bool so;                                                               \
        for (;;) {                                                             \
            pthread_mutex_lock(&lock);                                         \
            so = (cond);                                                       \
            pthread_mutex_unlock(&lock);                                       \
            if (so || now_ms() > until)                                        \
                break;                                                         \
            usleep(2000);                                                      \
        }                                                                      \
        CHECK(so &&#cond);                                                     \
    } while (0)

static bool logged(const char *text)
{
    return strstr(lines, text) != NULL;
}

static unsigned resumed(uint64_t id)
{
    unsigned n;

    pthread_mutex_lock(&lock);
    n = asked[id].resumed;
    pthread_mutex_unlock(&lock);
    return n;
}

/* What its filter says at once; the message is known by its number. */
static enum plug_verdict ask(const char *kind, const char *text, size_t len)
{
    struct plug_msg *m = plug_msg_new();
    enum plug_verdict v;

    plug_msg_put_text(m, PLUG_KIND, kind);
    plug_msg_put(m, PLUG_TEXT, text, len);
    plug_msg_put_text(m, PLUG_CODING, "0");
    plug_msg_put_text(m, PLUG_SENDER, "+4912345");
    pthread_mutex_lock(&lock);
    plug_msg_set_id(m, n_asked);
    asked[n_asked++] = (struct asked){ .m = m };
    pthread_mutex_unlock(&lock);
    v = strcmp(kind, "sri") == 0 ? plug.on_sri(self, m) : plug.on_sms(self, m);
    if (v != PLUG_HOLD) {
        pthread_mutex_lock(&lock);
        n_asked--;
        pthread_mutex_unlock(&lock);
        plug_msg_free(m);
    }
    return v;
}

static uint64_t sms(const char *text)
{
    CHECK(ask("sms", text, strlen(text)) == PLUG_HOLD);
    return n_asked - 1;
}

static enum plug_verdict verdict_of(uint64_t id, unsigned ms)
{
    WITHIN(ms, asked[id].resumed > 0);
    return asked[id].v;
}

/* It is there, and does its work. */
static void works(void)
{
    enum plug_verdict v = PLUG_NEXT;

    for (int i = 0; i < 1000 && !plug_proxy_up(proxy); i++)
        usleep(5000);
    if (plug_proxy_up(proxy))
        v = verdict_of(sms("perm"), 3000);
    CHECK(v == PLUG_PERMFAIL);
}

/* ---- what it is for ---- */

static void says_what_it_has(void)
{
    start();
    CHECK(strcmp(plug.name, "hostile") == 0 &&
          strcmp(plug.version, "1.0") == 0);
    CHECK(plug.abi_major == PLUG_ABI_MAJOR && plug.size == sizeof(plug));
    CHECK(plug.on_sri && plug.on_sms && plug.on_done && plug.on_cdr);
    CHECK(plug.on_reload && plug.on_tick);
    CHECK(plug.keys && strcmp(plug.keys[0], "open") == 0 &&
          strcmp(plug.keys[1], "file") == 0 && plug.keys[2] == NULL);
    WITHIN(1000, logged("open, check 0"));
    CHECK(plug_proxy_up(proxy));
    stop();
}

static void decides_changes_and_notes(void)
{
    uint64_t id;
    size_t n;

    start();
    CHECK(verdict_of(sms("perm"), 1000) == PLUG_PERMFAIL);
    CHECK(verdict_of(sms("whatever"), 1000) == PLUG_NEXT);
    id = sms("set");
    CHECK(verdict_of(id, 1000) == PLUG_NEXT);
    CHECK(strcmp(plug_msg_text(asked[id].m, PLUG_TEXT), "changed") == 0);
    CHECK(strcmp(plug_msg_text(asked[id].m, PLUG_META), "a=b") == 0);
    CHECK(strcmp(plug_msg_text(asked[id].m, PLUG_SENDER), "+4912345") == 0);
    CHECK(!plug_msg_changed(asked[id].m, PLUG_SENDER));
    CHECK(strcmp(plug_msg_notes(asked[id].m), "was?changed") == 0);
    CHECK(plug_msg_get(asked[id].m, PLUG_ID, &n) && n == 0);
    CHECK(ask("sri", "", 0) == PLUG_HOLD);
    id = n_asked - 1;
    CHECK(verdict_of(id, 1000) == PLUG_TEMPFAIL);
    CHECK(strcmp(plug_msg_text(asked[id].m, PLUG_ERROR), "absentSubscriber") ==
          0);
    CHECK(verdict_of(sms("nonsense"), 1000) > PLUG_HOLD);
    plug.on_tick(self);
    WITHIN(1000, counted == 4);
    CHECK(lost == 0);
    stop();
}

static void holds(void)
{
    uint64_t a, b;

    start();
    a = sms("hold");
    b = sms("later");
    CHECK(verdict_of(sms("perm"), 1000) == PLUG_PERMFAIL);
    CHECK(resumed(a) == 0 && resumed(b) == 0);
    CHECK(verdict_of(sms("resume"), 1000) == PLUG_NEXT);
    CHECK(verdict_of(a, 1000) == PLUG_DONE);
    CHECK(verdict_of(b, 1000) == PLUG_PERMFAIL);
    CHECK(strcmp(plug_msg_text(asked[b].m, PLUG_TEXT), "later") == 0);
    CHECK(strcmp(plug_msg_notes(asked[b].m), "slept") == 0);
    stop();
}

static struct plug_cdr record(void)
{
    struct plug_cdr c = { .kind = PLUG_CDR_SMS, .verdict = PLUG_DONE };

    c.id = c.network = c.sc = c.gt = c.imsi = c.receiver = c.sender = "";
    c.node = c.route = c.box = c.notes = "";
    c.why = "because";
    c.dialogue = 1ull << 40;
    c.error = -3;
    c.cause = -1;
    return c;
}

static void read_file(char *out, size_t size)
{
    FILE *f = fopen(file, "r");

    if (f == NULL || fgets(out, (int)size, f) == NULL)
        out[0] = '\0';
    if (f != NULL)
        fclose(f);
}

/* Reports that were taken arrive before close(), and none twice. */
static void reports_arrive_before_it_is_closed(void)
{
    struct plug_cdr c = record();
    char seen[100];

    start();
    c.text = "text";
    plug.on_reload(self);
    for (int i = 0; i < 5000; i++) {
        plug.on_cdr(self, &c);
        c.text = NULL;
    }
    plug.on_done(self, "0123456789abcdef0123456789abcdef", PLUG_PERMFAIL);
    stop();
    read_file(seen, sizeof(seen));
    CHECK(strcmp(seen, "done 1 cdrs 5000 reloads 1") == 0);
    CHECK(dropped == 0 && lost == 0);
}

static void long_texts_go_both_ways(void)
{
    static char text[PLUG_FIELD_MAX];
    uint64_t id;

    start();
    memset(text, 'x', sizeof(text));
    for (int i = 0; i < 50; i++)
        CHECK(ask("sms", text, sizeof(text)) == PLUG_HOLD);
    for (id = 0; id < n_asked; id++)
        CHECK(verdict_of(id, 5000) == PLUG_NEXT);
    CHECK(lost == 0);
    stop();
}

static void many_messages_at_once(void)
{
    uint64_t at = now_ms();

    start();
    for (int round = 0; round < 20; round++) {
        uint64_t first = n_asked;

        for (int i = 0; i < 100; i++)
            sms(i % 3 == 0 ? "perm" : "next");
        for (int i = 0; i < 100; i++)
            CHECK(verdict_of(first + (uint64_t)i, 3000) ==
                  (i % 3 == 0 ? PLUG_PERMFAIL : PLUG_NEXT));
    }
    CHECK(now_ms() - at < 3000);
    stop();
}

/* ---- bounds ---- */

/* The engine has given it up in time, by itself. */
static void given_up(uint64_t id)
{
    CHECK(resumed(id) == 0);
    pthread_mutex_lock(&lock);
    asked[id].resumed = 1;
    pthread_mutex_unlock(&lock);
}

static void no_more_than_its_queue_are_out(void)
{
    start();
    for (int i = 0; i < 100; i++)
        sms("hold");
    CHECK(ask("sms", "hold", 4) == PLUG_PROXY_FAILED);
    CHECK(ask("sri", "", 0) == PLUG_PROXY_FAILED);
    CHECK(lost == 0);
    stop(); /* those that it has get TEMPFAIL */
}

/* The engine has given them up, here they take no room any more. */
static void what_is_held_too_long_is_forgotten(void)
{
    start();
    conf.timeout_ms = 300;
    for (int i = 0; i < 100; i++)
        sms("hold");
    usleep(900 * 1000);
    for (uint64_t i = 0; i < n_asked; i++)
        given_up(i);
    CHECK(verdict_of(sms("resume"), 1000) == PLUG_NEXT);
    CHECK(verdict_of(sms("perm"), 1000) == PLUG_PERMFAIL);
    CHECK(resumed(99) == 1 && lost == 0);
    stop();
}

static void a_process_that_is_busy_skips_what_is_late(void)
{
    uint64_t at;

    start();
    conf.timeout_ms = 500;
    at = now_ms();
    for (int i = 0; i < 50; i++)
        sms("sleep"); /* 0.3 s each: 15 s if it did them all */
    usleep(1500 * 1000);
    CHECK(resumed(0) == 1 && resumed(49) == 0);
    for (uint64_t i = 1; i < n_asked; i++)
        if (resumed(i) == 0)
            given_up(i);
    CHECK(verdict_of(sms("perm"), 1000) == PLUG_PERMFAIL);
    CHECK(now_ms() - at < 3500 && lost == 0);
    stop();
}

static void a_process_that_does_not_read_costs_reports_only(void)
{
    static char text[100000];
    struct plug_cdr c = record();
    uint64_t at;

    start();
    conf.timeout_ms = 1500;
    memset(text, 'x', sizeof(text) - 1);
    c.text = text;
    sms("stop");
    usleep(100 * 1000);
    at = now_ms();
    for (int i = 0; i < 500; i++)
        plug.on_cdr(self, &c); /* 50 MB */
    CHECK(now_ms() - at < 900);
    CHECK(dropped > 300);
    CHECK(ask("sms", text, sizeof(text)) == PLUG_PROXY_FAILED);
    WITHIN(3000, lost == 1);
    given_up(0);
    works();
    stop();
}

static void endless_lines_are_cut(void)
{
    start();
    sms("lines");
    CHECK(verdict_of(sms("perm"), 5000) == PLUG_PERMFAIL);
    CHECK(n_lines > 10 && n_lines < 200);
    WITHIN(100, logged("line 0?? of many"));
    usleep(1100 * 1000);
    plug.on_tick(self);
    WITHIN(1000, logged("lines were left out"));
    CHECK(lost == 0);
    stop();
}

/* ---- it does what it must not ---- */

/* What it holds gets TEMPFAIL, and it is there again. */
static void is_lost_by(const char *deed, const char *line)
{
    int before = check_failures;
    uint64_t a, b;

    start();
    a = sms("hold");
    b = sms(deed);
    CHECK(verdict_of(a, 3000) == PLUG_TEMPFAIL);
    CHECK(verdict_of(b, 3000) == PLUG_TEMPFAIL || asked[b].v == PLUG_NEXT);
    CHECK(strstr(plug_msg_notes(asked[a].m), "process was lost") != NULL);
    WITHIN(3000, lost == 1 && logged(line));
    works();
    CHECK(lost == 1);
    if (check_failures > before)
        printf("  after <%s>: lost %u, log:\n%s", deed, lost, lines);
    stop();
}

static void its_end_costs_what_it_held(void)
{
    is_lost_by("crash", "signal 11");
    is_lost_by("beyond", "its process");
    is_lost_by("exit", "ended with status 0");
    is_lost_by("close", "its process");
}

static void nonsense_is_its_end(void)
{
    static const char *const deeds[] = { "garbage",   "huge", "raw-hold",
                                         "forbidden", "dids", "beyond-frame" };

    for (size_t i = 0; i < sizeof(deeds) / sizeof(deeds[0]); i++)
        is_lost_by(deeds[i], "made no sense and was killed");
}

static void hangs_by(const char *deed)
{
    uint64_t a;

    start();
    conf.timeout_ms = 300;
    a = sms(deed);
    WITHIN(3000, lost == 1);
    CHECK(logged("did not return from a hook in time and was killed"));
    given_up(a);
    works();
    stop();
}

/* The host hears of a few only, until it is the end. */
static void lines_of_its_own_making_are_bounded(void)
{
    is_lost_by("raw-lines", "made no sense and was killed");
    CHECK(n_lines > 50 && n_lines < 150);
}

static void one_that_hangs_is_killed(void)
{
    hangs_by("hang");
    hangs_by("stop");
    hangs_by("short"); /* a frame that never comes whole */
}

/* Nobody asks it anything; the tick finds out. */
static void one_that_hangs_in_a_report_is_killed(void)
{
    struct plug_cdr c = record();

    start();
    conf.timeout_ms = 300;
    c.why = "hang";
    plug.on_cdr(self, &c);
    WITHIN(3000, lost == 1);
    works();
    stop();
}

/* Its socket lives on in another process, so there is no end to be read. */
static void a_child_of_its_own_keeps_nothing_alive(void)
{
    start();
    conf.timeout_ms = 300;
    sms("fork");
    plug.on_tick(self);
    WITHIN(3000, lost == 1);
    given_up(0);
    works();
    stop();
}

static void answers_twice_count_once(void)
{
    uint64_t a, b;

    start();
    a = sms("twice");
    b = sms("resume-next");
    CHECK(verdict_of(a, 1000) == PLUG_TEMPFAIL);
    CHECK(verdict_of(b, 1000) == PLUG_PERMFAIL);
    works();
    CHECK(resumed(a) == 1 && resumed(b) == 1 && lost == 0);
    stop();
}

static void bad_values_are_a_failure(void)
{
    uint64_t id;

    start();
    id = sms("bad-text");
    CHECK(verdict_of(id, 1000) == PLUG_PROXY_FAILED);
    CHECK(!plug_msg_changed(asked[id].m, PLUG_TEXT));
    stop();
}

/* It names a message that it was not asked about, then its own, and says more
 * than it was asked. */
static void foreign_ids_do_nothing(void)
{
    uint64_t a, b;

    start();
    sms("hold");
    CHECK(verdict_of(sms("stale"), 1000) == PLUG_PERMFAIL);
    a = sms("hold"); /* one verdict more is owed */
    CHECK(lost == 0);
    b = sms("foreign");
    CHECK(verdict_of(b, 1000) == PLUG_NEXT);
    WITHIN(1000, lost == 1);
    CHECK(verdict_of(a, 1000) == PLUG_TEMPFAIL);
    works();
    stop();
}

static void away_means_failure_and_starts_wait_longer(void)
{
    uint64_t at;

    start();
    sms("crash");
    WITHIN(1000, lost == 1);
    works(); /* at once */
    at = now_ms();
    sms("crash");
    WITHIN(1000, lost == 2);
    CHECK(!plug_proxy_up(proxy));
    CHECK(ask("sms", "perm", 4) == PLUG_PROXY_FAILED);
    plug.on_tick(self);
    works();
    CHECK(now_ms() - at >= 500 && now_ms() - at < 1500);
    sms("crash");
    WITHIN(1000, lost == 3);
    stop(); /* while it waits for the next start */
}

/* As the terminal and systemd send it: all processes get it. */
static void a_signal_to_the_service_is_for_the_box(void)
{
    const char *at;
    int pid = 0;

    start();
    conf.timeout_ms = 300;
    sms("crash");
    WITHIN(2000, lost == 1 && logged(" was started"));
    at = strstr(lines, "\nprocess ");
    CHECK(at != NULL && sscanf(at, " process %d was", &pid) == 1 && pid > 1);
    if (pid > 1) {
        kill(pid, SIGTERM);
        kill(pid, SIGINT);
        kill(pid, SIGHUP);
    }
    works();
    usleep((PLUG_PROXY_HOOK_MS + 300) * 1000);
    CHECK(lost == 1); /* what the old one did not do is not asked of this */
    stop();
}

static void a_start_that_fails_is_tried_again(void)
{
    configure();
    strcpy(what_open, "once");
    CHECK(start_checking(0));
    sms("crash");
    WITHIN(2000, lost == 1);
    WITHIN(2000, logged("was not started again"));
    CHECK(logged("its process ended with status 8"));
    CHECK(!plug_proxy_up(proxy));
    unlink(file);
    works();
    stop();
}

/* ---- it does not start ---- */

static void refuses(const char *text)
{
    CHECK(!start_checking(0));
    if (strstr(why, text) == NULL)
        printf("  wanted <%s>, got <%s>\n", text, why);
    CHECK(strstr(why, text) != NULL);
    CHECK(waitpid(-1, NULL, WNOHANG) == -1 && errno == ECHILD);
}

static void tells_why_it_does_not_start(void)
{
    configure();
    strcpy(what_open, "refuse");
    refuses("it does not want to");
    strcpy(what_open, "crash");
    refuses("its process was killed by signal 11");
    strcpy(what_open, "exit");
    refuses("its process ended with status 7");
    configure();
    strcpy(conf.path, "test/plugins/abi_major.so");
    refuses("it was built for version 2.0");
    strcpy(conf.path, "test/plugins/no_symbol.so");
    refuses("there is no symbol sigtran_plugin");
    strcpy(conf.path, "test/plugins/there-is-none.so");
    refuses("it cannot be loaded");
    configure();
    strcpy(conf.child_path, "/nonexistent/plughost");
    refuses("cannot start </nonexistent/plughost>");
    configure();
    strcpy(conf.user, "no-such-user-here");
    refuses("as no-such-user-here");
}

static void one_that_hangs_in_open_is_given_up(void)
{
    uint64_t at = now_ms();

    configure();
    strcpy(what_open, "hang");
    refuses("did not start within 10 s");
    CHECK(now_ms() - at < 12000);
}

static void a_check_starts_nothing(void)
{
    configure();
    strcpy(what_open, "unless-check");
    CHECK(start_checking(1));
    CHECK(logged("open, check 1"));
    stop();
}

static unsigned descriptors(void)
{
    DIR *d = opendir("/proc/self/fd");
    unsigned n = 0;

    while (d != NULL && readdir(d) != NULL)
        n++;
    if (d != NULL)
        closedir(d);
    return n;
}

int main(void)
{
    unsigned before;

    alarm(LIMIT_S);
    gwlib_init();
    log_set_output_level(GW_PANIC);
    if (getcwd(program, 200) == NULL || mkdtemp(folder) == NULL)
        return 1;
    strcat(program, "/sigtran-box/plughost");
    snprintf(file, sizeof(file), "%s/file", folder);
    before = descriptors();
    says_what_it_has();
    decides_changes_and_notes();
    holds();
    reports_arrive_before_it_is_closed();
    long_texts_go_both_ways();
    many_messages_at_once();
    no_more_than_its_queue_are_out();
    what_is_held_too_long_is_forgotten();
    a_process_that_is_busy_skips_what_is_late();
    a_process_that_does_not_read_costs_reports_only();
    endless_lines_are_cut();
    its_end_costs_what_it_held();
    nonsense_is_its_end();
    lines_of_its_own_making_are_bounded();
    one_that_hangs_is_killed();
    one_that_hangs_in_a_report_is_killed();
    a_child_of_its_own_keeps_nothing_alive();
    answers_twice_count_once();
    bad_values_are_a_failure();
    foreign_ids_do_nothing();
    away_means_failure_and_starts_wait_longer();
    a_signal_to_the_service_is_for_the_box();
    a_start_that_fails_is_tried_again();
    tells_why_it_does_not_start();
    one_that_hangs_in_open_is_given_up();
    a_check_starts_nothing();
    CHECK(descriptors() == before);
    CHECK(unlink(file) == 0 || errno == ENOENT);
    CHECK(rmdir(folder) == 0);
    gwlib_shutdown();
    return CHECK_DONE();
}
