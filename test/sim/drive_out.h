/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * drive_out.h - what happened, for people and for programs
 *
 * People read lines with milliseconds since the start on standard output;
 * programs read a file with one JSON object a line:
 *
 *   {"t":1700000000123456,"ev":"fsm-result","msisdn":"447700900123", ..}
 *
 * t is CLOCK_REALTIME in microseconds, so that the logs of several programs
 * can be laid side by side. ev is one of link-up, link-down, note, sri-sent,
 * sri-answer, sri-error, fsm-sent, fsm-result, fsm-error, lost (a result not
 * heeded), report-sent, report-result, report-error, alert (of an HLR), reject,
 * abort, udts, timeout, unsent, aborted (by us), outcome, load, summary. Fields
 * that say nothing are left out. The text of a message is never written, only
 * its number, from 1 on.
 */

#ifndef DRIVE_OUT_H
#define DRIVE_OUT_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

struct out {
    uint64_t start_us;
    bool quiet;
    FILE *json; /* NULL: none */
};

struct out_event {
    const char *ev;
    const char *op; /* "sri", "fsm" */
    const char *msisdn, *imsi, *node;
    int error, cause; /* -1: none */
    uint8_t version;
    uint64_t message; /* from 1 on; 0: none */
    int part, parts;  /* 0: none */
    uint32_t attempt;
    int64_t us; /* since the question; -1: none */
    const char *detail;
};

/* -1: the file cannot be written, and why was told. */
int out_open(struct out *o, const char *json, bool quiet);
void out_close(struct out *o);

/* The JSON object of an event. */
void out_event(struct out *o, const struct out_event *e);

/* Whole JSON members, `"a":1,"b":2', of an event that has its own. */
void out_json(struct out *o, const char *ev, const char *members);

/* A line for people; not if quiet. */
void out_line(struct out *o, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));

#endif
