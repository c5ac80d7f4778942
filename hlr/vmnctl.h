/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * vmnctl.h - the parts of vmnctl: change, show, and the configuration
 */

#ifndef VMNCTL_H
#define VMNCTL_H

#include "hlr_build.h"
#include "hlr_db.h"

enum { EXIT_OK = 0, EXIT_FAILED = 1, EXIT_USAGE = 2 };
enum vmnctl_form { FORM_TEXT, FORM_JSON, FORM_CSV };

struct vmnctl {
    struct hlr_db *db;
    /* With a configuration: its networks and routes. Without: names are
     * taken as they come, and made-up IMSI prefixes stand for the networks'. */
    struct hlr_conf hlr;
    bool named;
    /* options */
    bool replace, dry_run;
    enum vmnctl_form form;
    unsigned long limit; /* 0: none */
    struct hlr_filter filter;
    struct hlr_stored row; /* add, del */
    char imsi[HLR_IMSI_MAX + 1];
};

/* "vmnctl: ..." on standard error. */
void vmnctl_say(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

/* vmnctl_change.c; the exit status */
int vmnctl_add(struct vmnctl *v);
int vmnctl_del(struct vmnctl *v);
int vmnctl_import(struct vmnctl *v, const char *file);
int vmnctl_check(struct vmnctl *v);

/* vmnctl_show.c; the exit status */
int vmnctl_show(struct vmnctl *v);
int vmnctl_list(struct vmnctl *v);

/* All rows of the register in a table that more can be added to. */
struct hlr_build *vmnctl_load(struct vmnctl *v);
/* Without a configuration: a network of a row becomes known. */
void vmnctl_learn(struct vmnctl *v, const struct hlr_stored *row);

/* vmnctl_conf.c, the only part that needs gwlib: what the configuration says
 * of the register; lent until the end. -1: it has been told why. */
int vmnctl_conf(const char *file, struct hlr_conf *hlr);
void vmnctl_conf_free(void);

#endif
