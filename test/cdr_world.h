/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * cdr_world.h - a folder for the cdr plug-in, and records for it
 */

#ifndef CDR_WORLD_H
#define CDR_WORLD_H

#include "check.h"
#include "plug_stub.h"

#include <stdint.h>
#include <time.h>
#include <unistd.h>

static char dir[] = "/tmp/plug_cdr_test.XXXXXX";
static char why[300];

static inline void run(const char *cmd)
{
    fflush(stdout);
    CHECK(system(cmd) == 0);
}

static inline void pause_ms(int ms)
{
    nanosleep(&(struct timespec){ ms / 1000, ms % 1000 * 1000000L }, NULL);
}

/* "KEY=DIR/NAME" */
static inline const char *file_key(const char *name)
{
    static char key[200];

    snprintf(key, sizeof(key), "file=%s/%s", dir, name);
    return key;
}

static inline struct plug_cdr sms(uint64_t dialogue)
{
    struct plug_cdr r = stub_record(PLUG_CDR_SMS);

    r.version = 3;
    r.answered = 1;
    r.verdict = PLUG_DONE;
    r.parts = 2;
    r.part = 1;
    r.ref = 777;
    r.octets = 140;
    r.cause = -1;
    r.dialogue = dialogue;
    r.id = "0123456789abcdef0123456789abcdef";
    r.network = "main";
    r.sc = "+447700900001";
    r.gt = "447700900002";
    r.imsi = "234150000000001";
    r.receiver = "+447700900003";
    r.sender = "Bank, \"B\"";
    r.node = "+447700900004";
    r.route = "app";
    r.box = "httpbox";
    r.why = "delivered";
    r.notes = "firewall: fine; seen";
    r.received_ms = 1795525445678; /* 2026-11-24T13:04:05.678Z */
    r.filtered_ms = r.received_ms + 2;
    r.sent_ms = r.received_ms + 3;
    r.decided_ms = r.received_ms + 33;
    r.answered_ms = r.received_ms + 34;
    return r;
}

static inline void write_some(struct stub *s, unsigned n)
{
    for (unsigned i = 0; i < n; i++) {
        struct plug_cdr r = sms(i);

        stub_cdr(s, &r);
    }
}

static inline void remove_folder(void)
{
    char cmd[100];

    snprintf(cmd, sizeof(cmd), "rm -rf %s", dir);
    run(cmd);
}

#endif
