/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * conf.h - sigtran-box.conf: Kannel's syntax, our groups
 *
 * Groups are read with gwlib's cfg and our conf.def; each value is checked,
 * and every error is logged with file, group and key before the start is
 * refused. See sigtran-box.conf(5).
 */

#ifndef CONF_H
#define CONF_H

#include "admin.h"
#include "box_server.h"
#include "hlr/hlr.h"
#include "mw.h"
#include "plug.h"

struct conf {
    char file[256];
    char log_file[256];
    long log_level; /* gwlib's */
    struct ss7_conf ss7;
    struct dlv_conf dlv;
    struct box_conf box;
    struct admin_conf admin;
    struct hlr_conf hlr;
    struct mw_conf mw;
    struct plugs_conf plugs;
    /* of a network with a gtt-file its first table; who takes it over sets
     * NULL */
    struct gtt *gtt[SS7_NETWORKS];
    uint32_t drain_ms; /* SIGTERM: how long held messages may take, 30 s */
};

/* The configuration, or NULL after at least one logged error. */
struct conf *conf_load(const char *file);
void conf_free(struct conf *c);

/* Where the register is, for people: file, or database and hosts. */
void conf_register_str(const struct hlr_conf *h, char *out, size_t size);

/*
 * The table of a network with a gtt-file, as that file is now, or NULL after
 * at least one logged error. Any thread; may take seconds.
 */
struct gtt *conf_gtt_read(const struct ss7_network *n);

/* --check and the start: what each route promises and what it cannot. */
void conf_tell(const struct conf *c);

#endif
