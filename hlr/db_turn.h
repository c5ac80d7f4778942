/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * db_turn.h - several hosts of one database: which is asked, and when again
 *
 * The one that works is kept. Once it fails the others are tried in their
 * order; once all have failed nobody is asked for a while, which doubles up to
 * a limit. Time is a parameter, in milliseconds.
 */

#ifndef DB_TURN_H
#define DB_TURN_H

#include "db.h"

enum { DB_PAUSE_MIN_MS = 100, DB_PAUSE_MAX_MS = 2000 };

struct db_turn {
    unsigned hosts;  /* preset */
    unsigned host;   /* in use, or the next to try */
    unsigned failed; /* tried in vain since one worked */
    bool refused;    /* none of them may be mended by waiting */
    uint64_t retry_ms;
    uint32_t pause_ms;
    char said[300];
};

/* May a host be tried now? */
bool db_turn_may(const struct db_turn *t, uint64_t now_ms);
/* That one works; it is not to be used any more, and did not fail. */
void db_turn_works(struct db_turn *t);
void db_turn_leave(struct db_turn *t);
/* It could not be connected to: what it, by that name, said. True: they have
 * all been tried. */
bool db_turn_failed(struct db_turn *t, uint64_t now_ms, enum db_rc rc,
                    const char *name, const char *said);

/* What an error code of server or client means. DB_LOST: leave the host. */
enum db_rc db_mysql_rc(unsigned code);

#endif
