/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * admin_web_test.c - the HTTP server of the admin port, over real sockets and
 * a clock of ours
 */

#include "check.h"
#include "gw/admin_web.h"

#include <arpa/inet.h>
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <sys/socket.h>
#include <unistd.h>

enum { TURNS = 200 };

static struct web_conf conf = { .interface = "127.0.0.1" };
static struct web *web;
static uint64_t now_ms = 1000000;

/* What the user of the server does and saw. */
static struct {
    bool allow, later, refuse, answer;
    size_t body_max;
    unsigned heads, wholes;
    uint64_t id;
    char method[16], uri[128], ip[WEB_IP], body[256], type[64];
    size_t body_len;
    bool too_large, no_room;
} user;

static void reply(uint64_t id, unsigned status, const char *body)
{
    struct web_reply r = { .status = status, .type = "text/plain" };

    r.header[0].name = "Allow";
    snprintf(r.header[0].value, sizeof(r.header[0].value), "GET");
    text_put(&r.body, body);
    web_answer(web, id, &r);
}

static bool allowed(void *ctx, const char *ip)
{
    (void)ctx;
    snprintf(user.ip, sizeof(user.ip), "%s", ip);
    return user.allow;
}

static enum web_head head(void *ctx, struct web_req *r, uint64_t now,
                          uint64_t *until_ms)
{
    (void)ctx;
    user.heads++;
    user.id = r->id;
    r->body_max = user.body_max;
    if (user.later) {
        user.later = false;
        *until_ms = now + 5000;
        return WEB_LATER;
    }
    if (!user.refuse)
        return WEB_TAKE;
    reply(r->id, 403, "no");
    return WEB_ANSWERED;
}

static void whole(void *ctx, struct web_req *r, uint64_t now)
{
    (void)ctx, (void)now;
    user.wholes++;
    snprintf(user.method, sizeof(user.method), "%s", r->method);
    snprintf(user.uri, sizeof(user.uri), "%s", r->uri);
    snprintf(user.body, sizeof(user.body), "%s", r->body);
    snprintf(user.type, sizeof(user.type), "%s", r->type ? r->type : "-");
    user.body_len = r->body_len;
    user.too_large = r->too_large;
    user.no_room = r->no_room;
    if (user.answer)
        reply(r->id, 200, "hello\n");
}

static const struct web_ops ops = { allowed, head, whole };

static void fresh(void)
{
    memset(&user, 0, sizeof(user));
    user.allow = user.answer = true;
    user.body_max = 100;
}

/* A port that is free now. */
static uint16_t free_port(void)
{
    struct sockaddr_in in = { .sin_family = AF_INET };
    socklen_t len = sizeof(in);
    int fd = socket(AF_INET, SOCK_STREAM, 0);

    in.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (bind(fd, (struct sockaddr *)&in, sizeof(in)) != 0 ||
        getsockname(fd, (struct sockaddr *)&in, &len) != 0)
        abort();
    close(fd);
    return ntohs(in.sin_port);
}

static int dial(void)
{
    struct sockaddr_in in = { .sin_family = AF_INET,
                              .sin_port = htons(conf.port) };
    int fd = socket(AF_INET, SOCK_STREAM, 0);

    in.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (connect(fd, (struct sockaddr *)&in, sizeof(in)) != 0)
        abort();
    return fd;
}

static void say(int fd, const char *text)
{
    if (send(fd, text, strlen(text), MSG_NOSIGNAL) < 0)
        perror("send");
}

static void turns(unsigned n)
{
    for (unsigned i = 0; i < n; i++) {
        struct pollfd p = { .fd = web_fd(web), .events = POLLIN };

        poll(&p, 1, 1);
        web_run(web, now_ms);
    }
}

/* What came until `end' stood in it; "" closed or nothing in time. */
static const char *hear(int fd, const char *end)
{
    static char got[4096];
    size_t n = 0;

    got[0] = '\0';
    for (int i = 0; i < TURNS && strstr(got, end) == NULL; i++) {
        ssize_t len;

        turns(1);
        len = recv(fd, got + n, sizeof(got) - 1 - n, MSG_DONTWAIT);
        if (len == 0)
            break;
        n += len > 0 ? (size_t)len : 0;
        got[n] = '\0';
    }
    return got;
}

static bool closed(int fd)
{
    char c[4096];

    for (int i = 0; i < TURNS; i++) {
        ssize_t n;

        turns(1);
        n = recv(fd, c, sizeof(c), MSG_DONTWAIT);
        if (n == 0 || (n < 0 && errno == ECONNRESET))
            return true;
    }
    return false;
}

static void answers_one_request_after_another(void)
{
    int fd = dial();
    const char *got;

    fresh();
    say(fd, "GET /status?x=%41 HTTP/1.1\r\nHost: a\r\n\r\n");
    got = hear(fd, "hello\n");
    CHECK(strncmp(got, "HTTP/1.1 200 OK\r\n", 17) == 0);
    CHECK(strstr(got, "Content-Type: text/plain\r\n") != NULL);
    CHECK(strstr(got, "Allow: GET\r\n") != NULL);
    CHECK(strcmp(user.method, "GET") == 0);
    CHECK(strcmp(user.uri, "/status?x=%41") == 0); /* as it came */
    CHECK(strcmp(user.ip, "127.0.0.1") == 0);
    say(fd, "DELETE /a%2Fb HTTP/1.1\r\nHost: a\r\n\r\n");
    CHECK(strstr(hear(fd, "hello\n"), "200 OK") != NULL);
    CHECK(strcmp(user.method, "DELETE") == 0);
    CHECK(strcmp(user.uri, "/a%2Fb") == 0);
    close(fd);
    turns(5);
}

static void reads_a_body(void)
{
    int fd = dial();

    fresh();
    say(fd, "PUT /v HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\n"
            "Content-Length: 8\r\n\r\n{\"a\"");
    turns(5);
    CHECK(user.wholes == 0);
    say(fd, ": 1}");
    CHECK(strstr(hear(fd, "hello\n"), "200 OK") != NULL);
    CHECK(strcmp(user.body, "{\"a\": 1}") == 0 && user.body_len == 8);
    CHECK(strcmp(user.type, "application/json") == 0 && !user.too_large);
    close(fd);
    turns(5);
}

static void drops_what_is_too_much_of_a_body(void)
{
    int fd = dial();

    fresh();
    user.body_max = 8;
    say(fd, "POST /v HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n"
            "8\r\n12345678\r\n1\r\n9\r\n0\r\n\r\n");
    CHECK(strstr(hear(fd, "hello\n"), "200 OK") != NULL);
    CHECK(user.wholes == 1 && user.too_large && user.body_len <= 8);
    close(fd);
    turns(5);
}

static void refuses_by_the_head_alone(void)
{
    int fd = dial();

    fresh();
    user.refuse = true;
    say(fd, "POST /v HTTP/1.1\r\nHost: a\r\nContent-Length: 1000000\r\n\r\n");
    CHECK(strstr(hear(fd, "no"), "403 Forbidden") != NULL);
    CHECK(user.wholes == 0);
    CHECK(closed(fd)); /* the body is not waited for */
    close(fd);
    turns(5);
}

static void puts_a_request_off_and_nobody_else(void)
{
    int fd = dial(), other = dial();

    fresh();
    user.later = true;
    say(fd, "GET /later HTTP/1.1\r\nHost: a\r\n\r\n");
    turns(10);
    CHECK(user.heads == 1 && user.wholes == 0);
    say(other, "GET /now HTTP/1.1\r\nHost: a\r\n\r\n");
    CHECK(strstr(hear(other, "hello\n"), "200 OK") != NULL);
    CHECK(user.heads == 2 && user.wholes == 1);
    CHECK(web_wait_ms(web, now_ms + 4600) <= 400);
    now_ms += 4999;
    turns(10);
    CHECK(user.heads == 2);
    now_ms += 1;
    CHECK(strstr(hear(fd, "hello\n"), "200 OK") != NULL);
    CHECK(user.heads == 3 && strcmp(user.uri, "/later") == 0);
    close(fd);
    close(other);
    turns(5);
}

static void is_answered_later_by_its_id(void)
{
    int fd = dial();
    uint64_t id;

    fresh();
    user.answer = false;
    say(fd, "GET /slow HTTP/1.1\r\nHost: a\r\n\r\n");
    turns(10);
    CHECK(user.wholes == 1);
    now_ms += 10 * WEB_REQUEST_MS; /* it is us who let it wait */
    turns(5);
    id = user.id;
    reply(id + 1, 200, "not this one");
    reply(id, 202, "at last");
    reply(id, 200, "twice");
    CHECK(strstr(hear(fd, "at last"), "202 Accepted") != NULL);
    close(fd);
    turns(5);
    reply(id, 200, "nobody is there");
}

static void a_slow_client_is_hung_up(void)
{
    int slow = dial(), other = dial();

    fresh();
    say(slow, "GET /slow HTT");
    turns(5);
    now_ms += WEB_REQUEST_MS - 1;
    say(slow, "P/1.1\r\nX-Slow: ");
    say(other, "GET /now HTTP/1.1\r\nHost: a\r\n\r\n");
    CHECK(strstr(hear(other, "hello\n"), "200 OK") != NULL);
    now_ms += 1;
    turns(5);
    CHECK(closed(slow));
    close(slow);
    close(other);
    turns(5);
}

static void one_address_cannot_take_all_connections(void)
{
    int fd[WEB_CONNS_PER_IP];

    fresh();
    for (int i = 0; i < WEB_CONNS_PER_IP; i++)
        fd[i] = dial();
    turns(20);
    {
        int more = dial();

        CHECK(closed(more));
        close(more);
    }
    for (int i = 0; i < WEB_CONNS_PER_IP; i++)
        close(fd[i]);
    turns(20);
}

static void refuses_an_address(void)
{
    int fd;

    fresh();
    user.allow = false;
    fd = dial();
    CHECK(closed(fd));
    close(fd);
    CHECK(user.heads == 0);
}

static void refuses_what_is_no_http(void)
{
    static char long_head[3 * WEB_HEAD_MAX];
    int fd = dial();

    fresh();
    say(fd, "\x16\x03\x01 what\r\n\r\n");
    CHECK(strstr(hear(fd, "\r\n\r\n"), "200") == NULL);
    close(fd);
    turns(5);
    fd = dial();
    memset(long_head, 'a', sizeof(long_head) - 1);
    say(fd, "GET /x HTTP/1.1\r\nHost: a\r\nX: ");
    say(fd, long_head);
    CHECK(strstr(hear(fd, "\r\n\r\n"), " 200 ") == NULL);
    close(fd);
    turns(5);
    CHECK(user.wholes == 0);
}

/* As much as may be, and there is still room for others. */
static void one_large_body_leaves_room_for_others(void)
{
    static char piece[1 << 18];
    size_t left = WEB_BODIES_MAX / 2, said = 0;
    int fd = dial(), other = dial();

    fresh();
    user.body_max = left;
    say(fd, "POST /v HTTP/1.1\r\nHost: a\r\nContent-Length: 67108864\r\n\r\n");
    turns(5);
    for (left--; said < left;) {
        size_t most = left - said < sizeof(piece) ? left - said : sizeof(piece);
        ssize_t n = send(fd, piece, most, MSG_DONTWAIT | MSG_NOSIGNAL);

        said += n > 0 ? (size_t)n : 0;
        for (int i = 0; i < 32; i++)
            web_run(web, now_ms);
    }
    for (int i = 0; i < 2000; i++)
        web_run(web, now_ms);
    say(other, "POST /v HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\nx");
    turns(5);
    say(fd, "x");
    hear(fd, "hello\n");
    CHECK(user.wholes == 1 && !user.no_room && !user.too_large);
    CHECK(user.body_len == WEB_BODIES_MAX / 2);
    say(other, "x");
    hear(other, "hello\n");
    CHECK(user.wholes == 2 && !user.no_room && user.body_len == 2);
    close(fd);
    close(other);
    turns(5);
}

static const char *last_words(int fd)
{
    static char got[512];
    ssize_t n = recv(fd, got, sizeof(got) - 1, 0);

    got[n > 0 ? n : 0] = '\0';
    close(fd);
    return got;
}

/* One waits for its answer, one is put off; and one comes while the server
 * ends, on a connection that was there, to be put off as well. */
static void answers_who_waits_at_the_end(void)
{
    int fd = dial(), off = dial(), late = dial();
    unsigned heads;

    fresh();
    say(late, "GET /now HTTP/1.1\r\nHost: a\r\n\r\n");
    CHECK(strstr(hear(late, "hello\n"), "200 OK") != NULL);
    user.answer = false;
    say(fd, "GET /slow HTTP/1.1\r\nHost: a\r\n\r\n");
    turns(10);
    user.later = true;
    say(off, "GET /later HTTP/1.1\r\nHost: a\r\n\r\n");
    turns(10);
    user.later = true;
    heads = user.heads;
    say(late, "GET /late HTTP/1.1\r\nHost: a\r\n\r\n");
    web_free(web);
    web = NULL;
    CHECK(user.heads == heads); /* nobody is there to be asked any more */
    CHECK(strstr(last_words(fd), "503") != NULL);
    CHECK(strstr(last_words(off), "503") != NULL);
    CHECK(strstr(last_words(late), "503") != NULL);
}

static void tells_why_it_cannot_listen(void)
{
    char why[256] = "";
    struct web *second = web_new(&conf, &ops, NULL, why, sizeof(why));

    CHECK(second == NULL);
    CHECK(strstr(why, "cannot listen on <127.0.0.1:") == why);
}

int main(void)
{
    char why[256];

    signal(SIGPIPE, SIG_IGN);
    conf.port = free_port();
    web = web_new(&conf, &ops, NULL, why, sizeof(why));
    if (web == NULL) {
        printf("%s\n", why);
        return 1;
    }
    answers_one_request_after_another();
    reads_a_body();
    drops_what_is_too_much_of_a_body();
    refuses_by_the_head_alone();
    puts_a_request_off_and_nobody_else();
    is_answered_later_by_its_id();
    a_slow_client_is_hung_up();
    one_address_cannot_take_all_connections();
    refuses_an_address();
    refuses_what_is_no_http();
    tells_why_it_cannot_listen();
    one_large_body_leaves_room_for_others();
    answers_who_waits_at_the_end();
    return CHECK_DONE();
}
