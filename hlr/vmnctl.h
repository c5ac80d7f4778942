/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * vmnctl.h - the parts of vmnctl: commands, change, show, and the configuration
 */

#ifndef VMNCTL_H
#define VMNCTL_H

#include "hlr.h"
#include "reg_smpp.h"
#include "row.h"

enum { EXIT_OK = 0, EXIT_FAILED = 1, EXIT_USAGE = 2 };
enum vmnctl_form { FORM_TEXT, FORM_JSON, FORM_CSV };

/* Columns that were given on the command line: 1 << enum row_column. */
typedef unsigned vmnctl_set;

enum { VMNCTL_ARGS = REG_SMPP_SETTINGS + 1 };

struct vmnctl {
    struct reg *reg; /* NULL: the command opens the database itself */
    /* With a configuration: its networks and routes. Without: names are
     * taken as they come, and made-up IMSI prefixes stand for the networks'. */
    struct hlr_conf hlr;
    bool named;
    char who[64]; /* for the audit */
    /* options */
    bool replace, dry_run, resume, abort, password;
    const char *password_file;
    enum vmnctl_form form;
    const char *sc;
    struct reg_filter filter;
    struct hlr_stored row;
    vmnctl_set set;
    /* arguments behind the command and its word ("owner add") */
    const char *word;
    const char *arg[VMNCTL_ARGS];
    int args;
};

struct vmnctl_command {
    const char *name, *word; /* word: of two ("owner", "add"); NULL: of one */
    const char *options;     /* letters of those that it has */
    int min, max;            /* arguments */
    enum { NO_REG, OPEN_REG, MAKE_REG } opens;
    int (*check)(struct vmnctl *v); /* arguments; 0 or EXIT_USAGE; or NULL */
    int (*run)(struct vmnctl *v);   /* the exit status */
    const char *usage, *help;
};
/* vmnctl_help.c */
extern const struct vmnctl_command vmnctl_commands[];
extern const char vmnctl_help_head[], vmnctl_help_tail[];

/* "vmnctl: ..." on standard error. */
void vmnctl_say(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
/* What the register says of its last failure; EXIT_FAILED. */
int vmnctl_failed(const struct vmnctl *v);
int vmnctl_usage(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
/* 0, or EXIT_FAILED: standard output could not be written. */
int vmnctl_end_output(void);
/* The database of v->hlr; told why if it is NULL. */
struct db *vmnctl_open(struct vmnctl *v, bool create);

/* A row whose network or route the configuration does not have: the name, and
 * *why; else NULL. Without a configuration a network of a row becomes known. */
const char *vmnctl_odd_name(struct vmnctl *v, const struct hlr_stored *s,
                            const char **why);

/* vmnctl_change.c */
int vmnctl_numbers(struct vmnctl *v); /* arguments: a number, maybe its last */
int vmnctl_add(struct vmnctl *v);
int vmnctl_change(struct vmnctl *v);
int vmnctl_del(struct vmnctl *v);

/* vmnctl_import.c */
int vmnctl_import_check(struct vmnctl *v);
int vmnctl_import(struct vmnctl *v);

/* vmnctl_show.c */
int vmnctl_show_check(struct vmnctl *v);
int vmnctl_show(struct vmnctl *v);
int vmnctl_list(struct vmnctl *v);
int vmnctl_export(struct vmnctl *v);
void vmnctl_put_json(const char *text); /* with its quotes */

/* vmnctl_admin.c; of a check, the names that are arguments */
int vmnctl_owner_name(struct vmnctl *v);
int vmnctl_node_name(struct vmnctl *v);
int vmnctl_check(struct vmnctl *v);
int vmnctl_owner_add(struct vmnctl *v);
int vmnctl_owner_del(struct vmnctl *v);
int vmnctl_owner_list(struct vmnctl *v);
int vmnctl_node_list(struct vmnctl *v);
int vmnctl_node_drain(struct vmnctl *v);
int vmnctl_node_weight(struct vmnctl *v);
int vmnctl_node_del(struct vmnctl *v);
int vmnctl_key_roll(struct vmnctl *v);
int vmnctl_key_list(struct vmnctl *v);
int vmnctl_migrate(struct vmnctl *v);

/* vmnctl_account.c */
int vmnctl_account_check(struct vmnctl *v);
int vmnctl_account_add(struct vmnctl *v);
int vmnctl_account_change(struct vmnctl *v);
int vmnctl_account_del(struct vmnctl *v);
int vmnctl_account_list(struct vmnctl *v);

/* vmnctl_waiting.c */
int vmnctl_waiting_check(struct vmnctl *v);
int vmnctl_waiting_list(struct vmnctl *v);
int vmnctl_waiting_del(struct vmnctl *v);

/* vmnctl_conf.c, the only part that needs gwlib: what the configuration says
 * of the register; lent until the end. -1: it has been told why. */
int vmnctl_conf(const char *file, struct hlr_conf *hlr);
void vmnctl_conf_free(void);
int vmnctl_explain(struct vmnctl *v);
/* False: it has been told what smppbox could not use. */
bool vmnctl_account_good(const struct reg_smpp *a);

/* vmnctl_progress.c: how far a long command is. On a terminal one line that
 * changes; else a plain line now and then. */
void progress_tell(const char *what, uint64_t done, uint64_t of);
void progress_end(void);

#endif
