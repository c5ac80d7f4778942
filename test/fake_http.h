/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * fake_http.h - an HTTP application for tests, inside the test
 *
 * A thread per connection, which is kept. The first part of the path says
 * what is answered:
 *
 *     /ok          200, body "thank you"
 *     /status/503  that status; with ?after=2 also Retry-After
 *     /once/503    that status to the first request of all, then 200
 *     /sleep/300   200 after 300 ms
 *     /close       200, and the connection is closed after it
 *     /drop        the connection is closed instead of an answer
 */

#ifndef FAKE_HTTP_H
#define FAKE_HTTP_H

#include <stdbool.h>
#include <stddef.h>

enum { FAKE_HTTP_REQUEST = 8192 };

/* The port of 127.0.0.1 it listens on. */
int fake_http_start(void);
void fake_http_stop(void); /* open connections are closed */

unsigned fake_http_count(void);       /* requests so far */
unsigned fake_http_connections(void); /* accepted so far */
unsigned fake_http_most(void);        /* requests at the same time */
/* The last request, head and body. */
void fake_http_last(char out[FAKE_HTTP_REQUEST]);

#endif
