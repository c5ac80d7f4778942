/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * cdr_mysql.h - records in a table of MySQL or MariaDB, in batches
 *
 * A thread of its own writes them; cdr_mysql_write() puts a copy into a bounded
 * queue and never waits. While the server is away records wait there, and are
 * dropped and counted when it is full. A batch whose fate is unknown, because
 * the connection was lost, is written again: the key (boot, seq) sees to it
 * that nothing is there twice.
 */

#ifndef CDR_MYSQL_H
#define CDR_MYSQL_H

#include "plug_record.h"
#include "plug_secret.h"

struct cdr_mysql;

enum cdr_ssl { CDR_SSL_NO, CDR_SSL_YES, CDR_SSL_VERIFY };

struct cdr_mysql_conf { /* texts are lent until close */
    const char *host;   /* a name, an address, or the path of a socket */
    unsigned port;
    const char *user, *database, *table;
    struct plug_secret password;
    enum cdr_ssl ssl;
    const char *ca, *cert, *key; /* files; NULL: none */
    unsigned connect_s, query_s;
    unsigned batch, batch_ms;
    unsigned queue; /* records */
};

/* Starts the thread; does not wait for the server. NULL: why. */
struct cdr_mysql *cdr_mysql_open(const struct cdr_mysql_conf *c,
                                 const struct plug_host *host,
                                 const struct plug_conf *conf, char *why,
                                 size_t why_len);
void cdr_mysql_write(struct cdr_mysql *m, const struct plug_record *r);
/* What waits is written, if the server takes it within two seconds. */
void cdr_mysql_close(struct cdr_mysql *m);

#endif
