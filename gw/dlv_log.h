/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * dlv_log.h - the one line that a short message gets in the log, at its end
 *
 * It has what an operator greps for, and never the text. The id is the one
 * that applications see (%F), the same at every try. Its record, if plug-ins
 * want one, is told at the same place.
 */

#ifndef DLV_LOG_H
#define DLV_LOG_H

#include <stdbool.h>
#include <stdint.h>

#include "dedup.h"
#include "plugins/sigtran-plugin.h"

struct dlv_line {
    const struct dedup_key *key;
    bool report; /* a status report, not a message */
    const char *sc, *sender, *vmn;
    const char *box;      /* boxc-id or address; "": it got to none */
    uint64_t received_ms; /* CLOCK_REALTIME */
    enum verdict v;
    const char *how; /* "acked", "box lost", ... */

    /* for its record alone */
    uint64_t ss7_id; /* 0: nobody waited */
    const char *route;
    const char *notes; /* of plug-ins, or NULL */
    enum plug_cdr_duplicate duplicate;
    uint64_t filtered_ms, sent_ms; /* UTC; 0: not */
};

/* Also to its record (cdr.h). */
void dlv_log(const struct dlv_line *line);

/* An alphanumeric sender may hold line feeds: the log must not. */
void dlv_log_printable(char *s);

/*
 * For contrib/lab/ladder, at debug level: when a message went to its box. The
 * line above is followed by such a one too. Off until dlv_log_trace(true).
 */
void dlv_log_trace(bool on);
void dlv_log_sent(const struct dedup_key *key, const char *box);

#endif
