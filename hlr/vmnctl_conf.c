/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * vmnctl_conf.c - what sigtran-box.conf says of the register, and of a number;
 * what smppbox says of an account
 */

#include "vmnctl.h"

#include "gw/conf.h"
#include "gw/dlv_route.h"
#include "gw/explain.h"
#include "gw/smppbox_acct.h"

#include <gwlib/gwlib.h>
#include <stdio.h>
#include <time.h>

static struct conf *conf;

int vmnctl_conf(const char *file, struct hlr_conf *hlr)
{
    gwlib_init();
    log_set_output_level(GW_ERROR);
    conf = conf_load(file);
    if (conf == NULL)
        return -1;
    if (conf->hlr.backend != &hlr_db) {
        error(0,
              "%s: register-type is static: the numbers are in the "
              "configuration itself",
              file);
        return -1;
    }
    *hlr = conf->hlr;
    return 0;
}

void vmnctl_conf_free(void)
{
    conf_free(conf);
    conf = NULL;
    gwlib_shutdown();
}

static void say_wrong(void *ctx, const char *line)
{
    (void)ctx;
    vmnctl_say("%s", line);
}

bool vmnctl_account_good(const struct reg_smpp *a)
{
    static const struct smppbox_tags tags = SMPPBOX_TAGS;
    struct smpp_acct_conf c;

    return smppbox_acct_row(a, &tags, "smppbox", &c, say_wrong, NULL);
}

struct steps {
    const struct vmnctl *v;
    unsigned n;
};

static void put_step(void *ctx, const char *key, const char *value)
{
    struct steps *s = ctx;

    if (s->v->form != FORM_JSON) {
        printf("%-8s  %s\n", key, value);
        return;
    }
    printf("%s\n  { \"step\": \"%s\", \"is\": ", s->n++ == 0 ? "[" : ",", key);
    vmnctl_put_json(value);
    fputs(" }", stdout);
}

int vmnctl_explain(struct vmnctl *v)
{
    struct steps s = { .v = v };
    struct explain_ask a = {
        .conf = conf,
        .reg = v->reg,
        .number = v->row.row.first,
        .network = v->row.network,
        .sc = v->sc,
        .now_ms = (uint64_t)time(NULL) * 1000,
    };
    char why[500];
    enum db_rc rc;

    if (conf == NULL) {
        vmnctl_say("explain needs the configuration: -f FILE");
        return EXIT_USAGE;
    }
    dlv_route_start(&conf->dlv);
    rc = explain(&a, put_step, &s, why, sizeof(why));
    dlv_route_stop();
    if (rc != DB_OK) {
        vmnctl_say("%s", why);
        return EXIT_FAILED;
    }
    if (v->form == FORM_JSON)
        puts("\n]");
    return vmnctl_end_output();
}
