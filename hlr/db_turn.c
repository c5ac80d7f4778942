/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * db_turn.c - several hosts of one database: which is asked, and when again
 */

#include "db_turn.h"

#include <stdio.h>
#include <string.h>

bool db_turn_may(const struct db_turn *t, uint64_t now_ms)
{
    return t->failed < t->hosts || now_ms >= t->retry_ms;
}

void db_turn_works(struct db_turn *t)
{
    t->failed = 0;
    t->pause_ms = 0;
}

void db_turn_leave(struct db_turn *t)
{
    t->host = (t->host + 1) % t->hosts;
}

bool db_turn_failed(struct db_turn *t, uint64_t now_ms, enum db_rc rc,
                    const char *name, const char *said)
{
    size_t n;

    if (t->failed >= t->hosts)
        t->failed = 0;
    n = t->failed == 0 ? 0 : strlen(t->said);
    t->refused = (t->failed == 0 || t->refused) && rc == DB_FAILED;
    snprintf(t->said + n, sizeof(t->said) - n, "%s%s: %s", n > 0 ? "; " : "",
             name, said);
    db_turn_leave(t);
    if (++t->failed < t->hosts)
        return false;
    t->pause_ms = t->pause_ms == 0 ? DB_PAUSE_MIN_MS : 2 * t->pause_ms;
    if (t->pause_ms > DB_PAUSE_MAX_MS)
        t->pause_ms = DB_PAUSE_MAX_MS;
    t->retry_ms = now_ms + t->pause_ms;
    return true;
}

enum db_rc db_mysql_rc(unsigned code)
{
    switch (code) {
    case 1062: /* duplicate entry */
    case 1586: /* and with the name of the key */
        return DB_TAKEN;
    case 1020: /* row was changed by another */
    case 1205: /* waited for a lock too long */
    case 1213: /* deadlock, or another node's commit came first */
    case 3101: /* the same in group replication */
        return DB_AGAIN;
    case 1040: /* too many connections */
    case 1047: /* a node that is not of its cluster now */
    case 1053: /* shutdown in progress */
    case 1152: /* aborted connection */
    case 1158: /* network errors that the server saw */
    case 1159:
    case 1160:
    case 1161:
    case 1180: /* error during COMMIT: no quorum */
    case 1203: /* too many connections of this user */
    case 1243: /* a statement it was not asked to prepare: behind a proxy */
    case 1290: /* read-only now: another took its place */
    case 1317: /* interrupted, as by a shutdown */
    case 1836: /* read-only */
    case 1927: /* connection was killed */
    case 2002: /* cannot connect: socket, host */
    case 2003:
    case 2006: /* gone away */
    case 2012: /* in the handshake */
    case 2013: /* lost during a query */
    case 2014: /* answers that are not to the questions */
    case 2027:
    case 2055:
    case 4031: /* idle for too long */
        return DB_LOST;
    default:
        return DB_FAILED;
    }
}
