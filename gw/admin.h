/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * admin.h - the admin port: status pages, commands, provisioning
 *
 * As the admin port of bearerbox: pages of the status, commands with a
 * password; and figures for Prometheus and the REST interface of rest.h. One
 * thread talks HTTP and never waits for anything else; what needs the
 * register's database is done by a second one (admin_db.h).
 *
 * What the rest of the box knows is told to it by the functions below, at any
 * time, whether there is an admin port or not.
 */

#ifndef ADMIN_H
#define ADMIN_H

#include "admin_auth.h"
#include "admin_web.h"
#include "hlr/hlr_srv.h"
#include "sigtran-box/mtp.h"

/* Secrets inside: never logged. */
struct admin_conf {
    struct web_conf web; /* port 0: no admin port */
    char password[128], status_password[128];
    char allow_ip[256], deny_ip[256]; /* Kannel's lists */
    unsigned tokens;
    struct auth_token token[AUTH_TOKENS];
};

struct conf; /* conf.h, which needs this header */

/* All is lent for life. -1 after a logged error. */
int admin_start(const struct conf *conf, const char *version);
/* Whoever still waits is answered 503. */
void admin_stop(void);

/* Any thread. */
void admin_assoc(uint8_t network, uint8_t assoc, enum mtp_assoc_state state);
void admin_mtpd(uint8_t network, long pid); /* 0: it ended */
void admin_nodes(const struct hlr_nodes *nodes);
void admin_stopping(void); /* SIGTERM: the box drains */

#endif
