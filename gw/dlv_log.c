/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * dlv_log.c - the one line that a short message gets in the log, at its end
 */

#include "dlv_log.h"

#include "cdr.h"
#include "dlv_msg.h"

#include <gwlib/gwlib.h>
#include <stdio.h>
#include <time.h>

static const char *verdict_str(enum verdict v)
{
    switch (v) {
    case VERDICT_OK:
        return "OK";
    case VERDICT_TEMPFAIL:
        return "TEMPFAIL";
    case VERDICT_PERMFAIL:
        return "PERMFAIL";
    }
    return "?";
}

void dlv_log_printable(char *s)
{
    for (; *s != '\0'; s++) {
        if ((unsigned char)*s < ' ' || *s == 0x7f)
            *s = '?';
    }
}

static bool trace;

static long long now_us(void)
{
    struct timespec t;

    clock_gettime(CLOCK_REALTIME, &t);
    return (long long)t.tv_sec * 1000000 + t.tv_nsec / 1000;
}

void dlv_log(const struct dlv_line *line)
{
    char id[DLV_FOREIGN_ID_OCTETS], sender[DLV_SENDER_MAX + 1];
    long long us = now_us(), ms = us / 1000;

    cdr_told(line);
    dlv_msg_foreign_id(line->key, id);
    snprintf(sender, sizeof(sender), "%s", line->sender);
    dlv_log_printable(sender);
    info(0,
         "dlv: %sid <%s> SMSC <%s> from <%s> to <+%s> box <%s>: %s, %s, "
         "%lld ms",
         line->report ? "report " : "", id, line->sc, sender, line->vmn,
         line->box, verdict_str(line->v), line->how,
         ms - (long long)line->received_ms);
    if (trace)
        debug("dlv", 0, "dlv: at %lld us id <%s> verdict %s, %s", us, id,
              verdict_str(line->v), line->how);
}

void dlv_log_trace(bool on)
{
    trace = on;
}

void dlv_log_sent(const struct dedup_key *key, const char *box)
{
    char id[DLV_FOREIGN_ID_OCTETS];

    if (!trace)
        return;
    dlv_msg_foreign_id(key, id);
    debug("dlv", 0, "dlv: at %lld us id <%s> to box <%s>", now_us(), id, box);
}
