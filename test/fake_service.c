/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * fake_service.c - an HTTP service that says anything, inside a test
 */

#include "fake_service.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum { CONNECTIONS = 512 };

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static int listener, conn[CONNECTIONS];
static pthread_t accepter, server[CONNECTIONS];
static unsigned n_conn, n_requests, at_once, most;
static char last[SERVICE_REQUEST];
static char say[4096];   /* the answer to /say */
static atomic_bool sick; /* /sick/300: 500, else 200 after 300 ms */

static bool read_request(int fd, char *in)
{
    size_t len = 0, want;
    const char *end, *p;
    ssize_t n;

    for (;;) {
        n = read(fd, in + len, SERVICE_REQUEST - 1 - len);
        if (n <= 0)
            return false;
        len += (size_t)n;
        in[len] = '\0';
        end = strstr(in, "\r\n\r\n");
        if (end == NULL)
            continue;
        p = strstr(in, "Content-Length: ");
        want = (size_t)(end - in) + 4;
        if (p != NULL && p < end)
            want += strtoul(p + strlen("Content-Length: "), NULL, 10);
        if (len >= want)
            return true;
    }
}

static bool put(int fd, const void *p, size_t len)
{
    return send(fd, p, len, MSG_NOSIGNAL) == (ssize_t)len;
}

static bool answer(int fd, int status, const char *body, size_t claimed)
{
    char head[256];
    int n = snprintf(head, sizeof(head),
                     "HTTP/1.1 %d Whatever\r\nContent-Length: %zu\r\n\r\n",
                     status, claimed);

    return put(fd, head, (size_t)n) && put(fd, body, strlen(body));
}

static bool drip(int fd)
{
    bool more = answer(fd, 200, "", 100000);

    for (int i = 0; more && i < 500; i++) {
        more = put(fd, " ", 1);
        poll(NULL, 0, 10);
    }
    return false;
}

static bool huge(int fd)
{
    static char block[65536];
    bool more = answer(fd, 200, "", 64 * sizeof(block));

    memset(block, ' ', sizeof(block));
    for (int i = 0; more && i < 64; i++)
        more = put(fd, block, sizeof(block));
    return more;
}

static bool starts(const char *p, const char *with)
{
    return strncmp(p, with, strlen(with)) == 0;
}

static void think(int ms)
{
    pthread_mutex_lock(&lock);
    if (++at_once > most)
        most = at_once;
    pthread_mutex_unlock(&lock);
    poll(NULL, 0, ms);
    pthread_mutex_lock(&lock);
    at_once--;
    pthread_mutex_unlock(&lock);
}

static bool repeat(int fd)
{
    char text[sizeof(say)];

    pthread_mutex_lock(&lock);
    memcpy(text, say, sizeof(text));
    pthread_mutex_unlock(&lock);
    return answer(fd, 200, text, strlen(text));
}

/* False: the connection ends. */
static bool serve_one(int fd, const char *in)
{
    const char *path = strchr(in, '/') + 1;
    int value = atoi(path + strcspn(path, "/") + 1);

    if (starts(path, "say"))
        return repeat(fd);
    if (starts(path, "status/"))
        return answer(fd, value, "", 0);
    if (starts(path, "drop"))
        return false;
    if (starts(path, "cut"))
        return answer(fd, 200, "{\"verdict\":", 100) && false;
    if (starts(path, "garbage"))
        return put(fd, "\x16\x03\x01 what?\r\n\r\n", 14) && false;
    if (starts(path, "drip"))
        return drip(fd);
    if (starts(path, "huge"))
        return huge(fd);
    if (starts(path, "silent"))
        poll(NULL, 0, 1500);
    if (starts(path, "sick") && sick)
        return answer(fd, 500, "", 0);
    if (starts(path, "sleep/") || starts(path, "sick/"))
        think(value);
    return answer(fd, 200, "", 0);
}

static void *serve(void *arg)
{
    int *fd = arg;
    char *in = malloc(SERVICE_REQUEST);
    bool more = in != NULL;

    while (more && read_request(*fd, in)) {
        pthread_mutex_lock(&lock);
        n_requests++;
        memcpy(last, in, strlen(in) + 1);
        pthread_mutex_unlock(&lock);
        more = serve_one(*fd, in);
    }
    free(in);
    shutdown(*fd, SHUT_RDWR); /* closed by the end */
    return NULL;
}

static void *accept_all(void *arg)
{
    int fd;

    (void)arg;
    while ((fd = accept(listener, NULL, NULL)) >= 0) {
        pthread_mutex_lock(&lock);
        if (n_conn == CONNECTIONS)
            abort();
        conn[n_conn] = fd;
        pthread_create(&server[n_conn], NULL, serve, &conn[n_conn]);
        n_conn++;
        pthread_mutex_unlock(&lock);
    }
    return NULL;
}

int service_listen(int *on)
{
    struct sockaddr_in to = { .sin_family = AF_INET,
                              .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
    socklen_t len = sizeof(to);
    int fd = socket(AF_INET, SOCK_STREAM, 0);

    if (bind(fd, (struct sockaddr *)&to, sizeof(to)) != 0 ||
        listen(fd, 512) != 0 ||
        getsockname(fd, (struct sockaddr *)&to, &len) != 0)
        abort();
    *on = ntohs(to.sin_port);
    return fd;
}

int service_start(void)
{
    int port;

    listener = service_listen(&port);
    pthread_create(&accepter, NULL, accept_all, NULL);
    return port;
}

void service_be_sick(bool on)
{
    sick = on;
}

void service_stop(void)
{
    shutdown(listener, SHUT_RDWR);
    pthread_join(accepter, NULL);
    close(listener);
    for (unsigned i = 0; i < n_conn; i++) {
        shutdown(conn[i], SHUT_RDWR);
        pthread_join(server[i], NULL);
        close(conn[i]);
    }
}

const char *service_seen(void)
{
    static char text[SERVICE_REQUEST];

    pthread_mutex_lock(&lock);
    memcpy(text, last, sizeof(text));
    pthread_mutex_unlock(&lock);
    return text;
}

void service_says(const char *text)
{
    pthread_mutex_lock(&lock);
    snprintf(say, sizeof(say), "%s", text);
    pthread_mutex_unlock(&lock);
}

static unsigned count(const unsigned *of)
{
    unsigned n;

    pthread_mutex_lock(&lock);
    n = *of;
    pthread_mutex_unlock(&lock);
    return n;
}

void service_forget(void)
{
    pthread_mutex_lock(&lock);
    n_requests = most = 0;
    pthread_mutex_unlock(&lock);
}

unsigned service_requests(void)
{
    return count(&n_requests);
}

unsigned service_connections(void)
{
    return count(&n_conn);
}

unsigned service_most(void)
{
    return count(&most);
}
