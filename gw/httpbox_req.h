/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * httpbox_req.h - a message as the request an application gets
 *
 * As smsbox makes it: the service is found, sender and receiver change
 * places, urltrans fills the URL in, post-url gets its X-Kannel headers. Then
 * what smsbox has not: Idempotency-Key, the signature, traceparent, JSON.
 *
 * A job is one message from its coming to its answer; it is one thread's at a
 * time. http_req_build() may take long (regular expressions).
 */

#ifndef HTTPBOX_REQ_H
#define HTTPBOX_REQ_H

#include "httpbox_conf.h"

struct http_lines {
    char *p;
    size_t len, cap;
    size_t at[HTTP_HEADERS];
    unsigned n;
};

struct http_job {
    struct http_call call; /* first: a call of the engine is a job */
    struct http_job *next;
    struct box_key key;
    Msg *msg;
    struct http_set *set; /* held */
    struct http_service *service;
    uint64_t in_ms; /* CLOCK_MONOTONIC */
    uint64_t again_ms;
    unsigned attempt; /* from 0 */
    bool answered;    /* only the reply is left to do */
    bool report;
    Octstr *url, *body;
    struct http_lines lines;
    unsigned fixed_lines; /* the others are of one attempt */
};

enum http_built {
    HTTP_BUILT_CALL,  /* job->call is to be put */
    HTTP_BUILT_REPLY, /* confirmed without a request: a fixed text */
    HTTP_BUILT_TEMPFAIL,
    HTTP_BUILT_PERMFAIL,
};

/* The job of a message that came at in_ms; msg and set are taken over. */
struct http_job *http_job_new(const struct box_key *key, Msg *msg,
                              struct http_set *set, uint64_t in_ms);
void http_job_free(struct http_job *job);

/* Strings that are there, as gwlib's Msg. */
Msg *http_msg_of(const struct box_frame *f);

/* *why tells what hinders. now_s: the time of day, for headers. */
enum http_built http_req_build(struct http_job *job, int64_t now_s,
                               const char **why);

/* Before the same request is sent again. */
void http_req_again(struct http_job *job, int64_t now_s);

/* The stable id: the sms's foreign id, else its own. */
enum { HTTP_ID_MAX = 128 };
void http_job_id(const struct http_job *job, char out[HTTP_ID_MAX]);

#endif
