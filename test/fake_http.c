/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * fake_http.c - an HTTP application for tests, inside the test
 */

#include "fake_http.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>
#include <unistd.h>

enum { CONNECTIONS = 256 };

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static int listener, conn[CONNECTIONS];
static pthread_t accepter, server[CONNECTIONS];
static unsigned n_conn, n_requests, at_once, most;
static char last[FAKE_HTTP_REQUEST];

/* One request with its body into `in'. False: the peer has gone. */
static bool read_request(int fd, char in[FAKE_HTTP_REQUEST])
{
    size_t len = 0, want = 0;
    const char *end, *p;
    ssize_t n;

    for (;;) {
        n = read(fd, in + len, FAKE_HTTP_REQUEST - 1 - len);
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

static unsigned note(const char *in)
{
    unsigned n;

    pthread_mutex_lock(&lock);
    n = ++n_requests;
    if (++at_once > most)
        most = at_once;
    memcpy(last, in, strlen(in) + 1);
    pthread_mutex_unlock(&lock);
    return n;
}

static void done(void)
{
    pthread_mutex_lock(&lock);
    at_once--;
    pthread_mutex_unlock(&lock);
}

static bool answer(int fd, int status, const char *more)
{
    static const char body[] = "thank you";
    char out[512];
    int n;

    n = snprintf(out, sizeof(out),
                 "HTTP/1.1 %d Whatever\r\nContent-Type: text/plain\r\n"
                 "Content-Length: %zu\r\n%s\r\n%s",
                 status, strlen(body), more, body);
    return send(fd, out, (size_t)n, MSG_NOSIGNAL) == n;
}

/* False: the connection ends. */
static bool serve_one(int fd, const char *in, unsigned n)
{
    const char *path = strchr(in, '/'), *after = strstr(in, "after=");
    int value = atoi(strchr(path + 1, '/') + 1);
    char more[64] = "";

    if (after != NULL)
        snprintf(more, sizeof(more), "Retry-After: %d\r\n", atoi(after + 6));
    if (strncmp(path, "/drop", 5) == 0)
        return false;
    if (strncmp(path, "/close", 6) == 0) {
        answer(fd, 200, "");
        return false;
    }
    if (strncmp(path, "/sleep/", 7) == 0)
        poll(NULL, 0, value);
    if (strncmp(path, "/status/", 8) == 0)
        return answer(fd, value, more);
    if (strncmp(path, "/once/", 6) == 0 && n == 1)
        return answer(fd, value, more);
    return answer(fd, 200, "");
}

static void *serve(void *arg)
{
    int *fd = arg;
    char in[FAKE_HTTP_REQUEST];
    bool more = true;

    while (more && read_request(*fd, in)) {
        more = serve_one(*fd, in, note(in));
        done();
    }
    shutdown(*fd, SHUT_RDWR); /* closed by fake_http_stop() */
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

int fake_http_start(void)
{
    struct sockaddr_in at = {
        .sin_family = AF_INET,
        .sin_addr.s_addr = htonl(INADDR_LOOPBACK),
    };
    socklen_t len = sizeof(at);

    n_conn = n_requests = at_once = most = 0;
    listener = socket(AF_INET, SOCK_STREAM, 0);
    if (bind(listener, (struct sockaddr *)&at, sizeof(at)) != 0 ||
        listen(listener, 100) != 0)
        abort();
    getsockname(listener, (struct sockaddr *)&at, &len);
    pthread_create(&accepter, NULL, accept_all, NULL);
    return ntohs(at.sin_port);
}

void fake_http_stop(void)
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

static unsigned get(const unsigned *value)
{
    unsigned n;

    pthread_mutex_lock(&lock);
    n = *value;
    pthread_mutex_unlock(&lock);
    return n;
}

unsigned fake_http_count(void)
{
    return get(&n_requests);
}

unsigned fake_http_connections(void)
{
    return get(&n_conn);
}

unsigned fake_http_most(void)
{
    return get(&most);
}

void fake_http_last(char out[FAKE_HTTP_REQUEST])
{
    pthread_mutex_lock(&lock);
    memcpy(out, last, sizeof(last));
    pthread_mutex_unlock(&lock);
}
