/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * admin_test.c - the admin port with its threads: guessers, hostile requests,
 * a database that does not answer, the end
 *
 * Over real sockets and in real time; clients have addresses of their own.
 */

#include "check.h"
#include "gw/admin.h"
#include "gw/conf.h"
#include "gw/rest.h"

#include <arpa/inet.h>
#include <gwlib/gwlib.h>
#include <signal.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { SOON_MS = 500, STEP_MS = 1000, GUESSERS = 8, LONG_MS = 10000 };

#define TOKEN  "0123456789abcdef"
#define BEARER "Authorization: Bearer " TOKEN "\r\n"
#define JSON   "Content-Type: application/json\r\n"

static struct conf conf;
static char got[65536]; /* the last answer */

static unsigned now_ms(void)
{
    struct timespec t;

    clock_gettime(CLOCK_MONOTONIC, &t);
    return (unsigned)(t.tv_sec * 1000 + t.tv_nsec / 1000000);
}

static struct sockaddr_in address(const char *ip, uint16_t port)
{
    struct sockaddr_in in = { .sin_family = AF_INET, .sin_port = htons(port) };

    if (inet_pton(AF_INET, ip, &in.sin_addr) != 1)
        abort();
    return in;
}

/* Listens; whoever connects is not spoken to. */
static int silent(uint16_t *port)
{
    struct sockaddr_in in = address("127.0.0.1", 0);
    socklen_t len = sizeof(in);
    int fd = socket(AF_INET, SOCK_STREAM, 0);

    if (bind(fd, (struct sockaddr *)&in, sizeof(in)) != 0 ||
        getsockname(fd, (struct sockaddr *)&in, &len) != 0 ||
        listen(fd, 8) != 0)
        abort();
    *port = ntohs(in.sin_port);
    return fd;
}

static int dial(const char *from)
{
    struct sockaddr_in in = address(from, 0);
    struct timeval most = { .tv_sec = LONG_MS / 1000 };
    int fd = socket(AF_INET, SOCK_STREAM, 0);

    if (bind(fd, (struct sockaddr *)&in, sizeof(in)) != 0)
        abort();
    in = address("127.0.0.1", conf.admin.web.port);
    if (connect(fd, (struct sockaddr *)&in, sizeof(in)) != 0)
        abort();
    setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &most, sizeof(most));
    return fd;
}

static void say(int fd, const char *text, size_t n)
{
    while (n > 0) {
        ssize_t sent = send(fd, text, n, MSG_NOSIGNAL);

        if (sent < 0)
            return; /* it has answered, and hung up */
        text += sent;
        n -= (size_t)sent;
    }
}

/* The status of the answer, which ends the connection; 0: there was none. */
static unsigned hear(int fd, int flags)
{
    unsigned status = 0;
    size_t n = 0;
    ssize_t len;

    while (n < sizeof(got) - 1 &&
           (len = recv(fd, got + n, sizeof(got) - 1 - n, flags)) > 0)
        n += (size_t)len;
    got[n] = '\0';
    if (n > 0)
        CHECK(sscanf(got, "HTTP/1.1 %u ", &status) == 1);
    return status;
}

static int asks(const char *from, const char *path, const char *headers)
{
    char text[1024];
    int fd = dial(from);

    snprintf(text, sizeof(text),
             "GET %s HTTP/1.1\r\nHost: a\r\nConnection: close\r\n%s\r\n", path,
             headers);
    say(fd, text, strlen(text));
    return fd;
}

static unsigned ask(const char *from, const char *path, const char *headers)
{
    int fd = asks(from, path, headers);
    unsigned status = hear(fd, 0);

    close(fd);
    return status;
}

static void begin(void)
{
    uint16_t port;

    close(silent(&port)); /* one that is free */
    conf.admin = (struct admin_conf){
        .web = { .interface = "127.0.0.1", .port = port },
        .password = "sesame",
        .status_password = "look",
        .tokens = 1,
        .token = { { "shop", TOKEN } },
    };
    conf.hlr = (struct hlr_conf){
        .backend = &hlr_db,
        .db = { .kind = DB_SQLITE, .file = "/nonexistent/register.db" },
    };
    CHECK(admin_start(&conf, "0") == 0);
}

/* ---- */

static void an_association_is_down_since_the_start(void)
{
    conf.ss7 = (struct ss7_conf){
        .n_networks = 1,
        .network = { { .id = "home",
                       .mtp = { .n_assoc = 1,
                                .assoc = { { .id = "stp" } } } } },
    };
    begin();
    CHECK(ask("127.0.1.9", "/status?password=look", "") == 200);
    CHECK(strstr(got, "stp (disconnected 0d 0h 0m ") != NULL);
    admin_stop();
}

static void a_lesser_secret_is_no_help_to_guess_another(void)
{
    static const char ip[] = "127.0.1.1";
    unsigned from;

    begin();
    from = now_ms();
    CHECK(ask(ip, "/log-level?level=1&password=guess1", "") == 403);
    CHECK(now_ms() - from < SOON_MS);
    CHECK(ask(ip, "/status?password=look", "") == 200);
    CHECK(ask(ip, "/api/v1/vmns", BEARER) == 503);
    CHECK(ask(ip, "/log-level?level=1&password=guess2", "") == 403);
    CHECK(now_ms() - from >= STEP_MS);
    CHECK(ask(ip, "/log-level?level=1&password=sesame", "") == 200);
    from = now_ms();
    CHECK(ask(ip, "/log-level?level=1&password=guess3", "") == 403);
    CHECK(now_ms() - from < SOON_MS); /* who knows it may have a slip */
    admin_stop();
}

/* One guess is looked at at a time; the others do not pile up. */
static void guesses_do_not_take_up_the_port(void)
{
    unsigned later = 0, wrong = 0, none = 0, from;
    int fd[GUESSERS];

    begin();
    for (int i = 0; i < GUESSERS; i++)
        fd[i] = asks("127.0.1.2", "/suspend?password=sesam", "");
    from = now_ms();
    usleep(SOON_MS * 1000);
    for (int i = 0; i < GUESSERS; i++) {
        unsigned status = hear(fd[i], MSG_DONTWAIT);

        later += status == 429 && strstr(got, "\r\nRetry-After: ") != NULL;
        wrong += status == 403;
        none += status == 0;
    }
    CHECK(wrong == 1 && none == 1 && later == GUESSERS - 2);
    CHECK(ask("127.0.1.3", "/status?password=look", "") == 200);
    CHECK(now_ms() - from < STEP_MS);
    admin_stop(); /* one still waits */
    for (int i = 0; i < GUESSERS; i++)
        close(fd[i]);
}

static void a_silent_database_delays_no_status(void)
{
    static const char ip[] = "127.0.1.4";
    uint16_t port;
    int database = silent(&port), waits[3];
    unsigned from;

    begin();
    conf.hlr.db = (struct db_conf){
        .kind = DB_MYSQL,
        .hosts = 1,
        .host = { { .name = "127.0.0.1", .port = port } },
        .user = "u",
        .database = "d",
        .connect_ms = 2000,
        .query_ms = 2000,
    };
    for (int i = 0; i < 3; i++)
        waits[i] = asks(ip, "/api/v1/vmns", BEARER);
    from = now_ms();
    CHECK(ask(ip, "/status?password=look", "") == 200);
    CHECK(ask(ip, "/status.json?password=look", "") == 200);
    CHECK(ask(ip, "/metrics?password=look", "") == 200);
    CHECK(ask(ip, "/health", "") == 503); /* nothing is up in this test */
    CHECK(now_ms() - from < SOON_MS);
    CHECK(hear(waits[0], MSG_DONTWAIT) == 0);
    CHECK(hear(waits[0], 0) == 503);
    CHECK(strstr(got, "the register's database cannot be reached") != NULL);
    CHECK(hear(waits[1], 0) == 503);
    CHECK(hear(waits[2], 0) == 503);
    for (int i = 0; i < 3; i++)
        close(waits[i]);
    usleep(1100 * 1000); /* until it is tried again */
    waits[0] = asks(ip, "/api/v1/vmns", BEARER);
    waits[1] = asks(ip, "/api/v1/vmns", BEARER);
    usleep(100 * 1000);
    from = now_ms();
    admin_stop();
    CHECK(now_ms() - from < LONG_MS / 2);
    for (int i = 0; i < 2; i++) {
        CHECK(hear(waits[i], 0) == 503);
        close(waits[i]);
    }
    close(database);
}

#define HOST "Host: a\r\nConnection: close\r\n"
#define POST(body, length)                                                     \
    "POST /api/v1/vmns HTTP/1.1\r\n" HOST BEARER JSON                          \
    "Content-Length: " length "\r\n\r\n" body

static const struct {
    unsigned status; /* 0: hung up, or any refusal */
    const char *text;
} hostile[] = {
    { 401, "GET /api/v1/vmns HTTP/1.1\r\n" HOST "\r\n" },
    { 401, "POST /api/v1/vmns HTTP/1.1\r\n" HOST
           "Content-Type: application/x-www-form-urlencoded\r\n"
           "Content-Length: 11\r\n\r\nnumber=4477" }, /* a form elsewhere */
    { 415, "POST /api/v1/vmns HTTP/1.1\r\n" HOST BEARER
           "Content-Type: text/plain\r\nContent-Length: 2\r\n\r\n{}" },
    { 400, "GET /status%00.xml HTTP/1.1\r\n" HOST "\r\n" },
    { 400, "GET /%zz HTTP/1.1\r\n" HOST "\r\n" },
    { 404, "GET /%2e%2e/status HTTP/1.1\r\n" HOST "\r\n" },
    { 404, "GET //status HTTP/1.1\r\n" HOST "\r\n" },
    { 0, "OPTIONS * HTTP/1.1\r\n" HOST "\r\n" },
    { 0, "GET /status HTTP/1.1\r\n\r\n" }, /* no Host */
    { 0, "GET /health HTTP/1.1\r\n" HOST "Content-Length: -1\r\n\r\n" },
    { 0, "GET /health HTTP/1.1\r\n" HOST
         "Content-Length: 99999999999999999999999\r\n\r\n" },
    { 413, "GET /health HTTP/1.1\r\n" HOST
           "Content-Length: 9223372036854775807\r\n\r\n" },
    { 413, POST("", "65537") },
    { 400, POST("{\"number\": \"447700900001\", \"number\": \"447700900002\"}",
                "50") },
    { 400, POST("[[[[[[[[[[[[[[[[", "16") },
    { 400, POST("{\"note\": \"\xff\xfe\"}", "14") },
    { 400, POST("{\"note\": \"\\u0000\"}", "18") },
    { 400, POST("{\"rate\": 99999999999999999999}", "30") },
    { 422, POST("{\"rate\": -1}", "12") },
    { 422, POST("{\"rate\": 1.5}", "13") },
    { 422, POST("{\"first\": \"00\\u0660\"}", "21") },
    { 422, POST("{\"note\": \"a\\nb\"}", "16") },
    { 422, POST("{\"note\": {\"a\": []}}", "19") },
    { 405, "PUT /api/v1/vmns HTTP/1.1\r\n" HOST BEARER "\r\n" },
    { 422, "GET /api/v1/vmns/%3Cscript%3E HTTP/1.1\r\n" HOST BEARER "\r\n" },
    { 422,
      "GET /api/v1/vmns?limit=18446744073709551617 HTTP/1.1\r\n" HOST BEARER
      "\r\n" },
    { 503, "GET /api/v1/vmns HTTP/1.1\r\n" HOST BEARER "\r\n" }, /* good */
};

static void hostile_requests_are_refused(void)
{
    begin();
    for (size_t i = 0; i < sizeof(hostile) / sizeof(hostile[0]); i++) {
        int fd = dial("127.0.1.5");
        unsigned status;

        say(fd, hostile[i].text, strlen(hostile[i].text));
        status = hear(fd, 0);
        close(fd);
        if (status == hostile[i].status ||
            (hostile[i].status == 0 && (status == 0 || status >= 400)))
            continue;
        printf("%u for: %s\n", status, hostile[i].text);
        CHECK(status == hostile[i].status);
    }
    admin_stop();
}

/* 64 KiB of nothing but brackets: jansson's own bound must stop it. */
static void endless_nesting_is_refused(void)
{
    static char text[REST_BODY_MAX + 300];
    int fd, n = snprintf(text, sizeof(text), "%s", POST("", "65536"));

    begin();
    memset(text + n, '[', REST_BODY_MAX);
    fd = dial("127.0.1.6");
    say(fd, text, (size_t)n + REST_BODY_MAX);
    CHECK(hear(fd, 0) == 400);
    close(fd);
    admin_stop();
}

/* Several at once on one connection, each with an answer, in their order. */
static void requests_behind_one_another_are_answered(void)
{
    static const char text[] =
        "GET /health HTTP/1.1\r\nHost: a\r\n\r\n"
        "GET /api/v1/vmns HTTP/1.1\r\nHost: a\r\n" BEARER "\r\n"
        "GET /status?password=look HTTP/1.1\r\nHost: a\r\n\r\n"
        "GET /nothing HTTP/1.1\r\n" HOST "\r\n";
    const char *at = got;
    int fd;

    begin();
    fd = dial("127.0.1.7");
    say(fd, text, strlen(text));
    CHECK(hear(fd, 0) == 503);
    at = strstr(at + 1, "HTTP/1.1 503 ");
    CHECK(at != NULL && (at = strstr(at, "HTTP/1.1 200 ")) != NULL);
    CHECK(at != NULL && strstr(at, "HTTP/1.1 404 ") != NULL);
    close(fd);
    admin_stop();
}

/* Clients that ask all the time, and have gone, while the port stops. */
static void stops_whoever_is_connected(void)
{
    for (int round = 0; round < 10; round++) {
        int fd[20];

        begin();
        for (int i = 0; i < 20; i++)
            fd[i] = asks("127.0.1.8",
                         i % 3 == 0   ? "/suspend?password=no"
                         : i % 3 == 1 ? "/api/v1/nodes"
                                      : "/status?password=look",
                         i % 3 == 1 ? BEARER : "");
        for (int i = 0; i < 20; i += 4)
            close(fd[i]);
        usleep((unsigned)round * 2000);
        admin_stop();
        for (int i = 0; i < 20; i++)
            if (i % 4 != 0)
                close(fd[i]);
    }
}

int main(void)
{
    gwlib_init();
    log_set_output_level(GW_PANIC);
    signal(SIGPIPE, SIG_IGN);
    an_association_is_down_since_the_start();
    a_lesser_secret_is_no_help_to_guess_another();
    guesses_do_not_take_up_the_port();
    a_silent_database_delays_no_status();
    hostile_requests_are_refused();
    endless_nesting_is_refused();
    requests_behind_one_another_are_answered();
    stops_whoever_is_connected();
    gwlib_shutdown();
    return CHECK_DONE();
}
