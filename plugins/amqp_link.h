/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * amqp_link.h - one connection to a broker, with publisher confirms
 *
 * Only opening waits, and publishing, where the broker does not read. One
 * thread. Channel 1 is the only one; tags of what is published are 1, 2, ..
 */

#ifndef AMQP_LINK_H
#define AMQP_LINK_H

#include "amqp_jobs.h"
#include "plug_secret.h"

struct amqp_link;

struct amqp_link_conf { /* texts are lent */
    const char *host;
    unsigned port;
    const char *vhost, *user;
    struct plug_secret password;
    bool ssl, verify;
    const char *ca, *cert, *key; /* files; NULL: none */
    unsigned connect_s, heartbeat_s;
    const char *app_id;
    /* exchanges that must be there; NULL or "": none */
    const char *exchange, *record_exchange;
};

enum amqp_event_type {
    AMQP_EVENT_NONE,
    AMQP_EVENT_ACK,
    AMQP_EVENT_NACK,
    AMQP_EVENT_RETURN,
    AMQP_EVENT_BLOCKED,
    AMQP_EVENT_UNBLOCKED,
    AMQP_EVENT_LOST
};

struct amqp_event {
    enum amqp_event_type type;
    uint64_t tag;
    bool multiple;
    char message_id[AMQP_ID_SIZE]; /* of RETURN */
    char why[200];                 /* of RETURN, BLOCKED and LOST */
};

/* NULL: why, without the password. `connected' gets the descriptor as soon as
 * there is one, before the broker has said anything. */
struct amqp_link *amqp_link_open(const struct amqp_link_conf *c,
                                 void (*connected)(void *ctx, int fd),
                                 void *ctx, char *why, size_t why_len);
int amqp_link_fd(const struct amqp_link *l);

/* False: the connection is lost, and why. Mandatory and persistent. */
bool amqp_link_publish(struct amqp_link *l, const struct amqp_job *job,
                       char *why, size_t why_len);

/* What has come, one at a time, without waiting. Looks after heartbeats: call
 * it at least once a second. */
struct amqp_event amqp_link_next(struct amqp_link *l);

/* Orderly: say good-bye, and wait for the answer. */
void amqp_link_close(struct amqp_link *l, bool orderly);

#endif
