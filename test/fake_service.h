/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * fake_service.h - an HTTP service that says anything, inside a test
 *
 * A thread for each connection, which is kept. The path tells what to do:
 *
 *     /say         200 and what service_says() was told, at first nothing
 *     /status/503  that status
 *     /sleep/300   200 after 300 ms
 *     /sick/300    500 if service_be_sick(), else as /sleep/300
 *     /silent      nothing for 1.5 s
 *     /drop        the connection is closed instead of an answer
 *     /cut         and in the middle of one
 *     /drip        one octet of it every 10 ms
 *     /garbage     no HTTP
 *     /huge        4 MiB of blanks
 */

#ifndef FAKE_SERVICE_H
#define FAKE_SERVICE_H

#include <stdbool.h>

enum { SERVICE_REQUEST = 16384 };

/* A socket on a free port of 127.0.0.1. */
int service_listen(int *port);

int service_start(void); /* its port */
void service_stop(void);

void service_says(const char *text);
void service_be_sick(bool on);

void service_forget(void); /* requests, and how many at a time */
unsigned service_requests(void);
unsigned service_most(void); /* that slept at a time */
unsigned service_connections(void);
const char *service_seen(void); /* the last request */

#endif
