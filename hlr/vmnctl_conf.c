/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * vmnctl_conf.c - what sigtran-box.conf says of the register
 */

#include "vmnctl.h"

#include "gw/conf.h"

#include <gwlib/gwlib.h>

static struct conf *conf;

int vmnctl_conf(const char *file, struct hlr_conf *hlr)
{
    gwlib_init();
    log_set_output_level(GW_ERROR);
    conf = conf_load(file);
    if (conf == NULL)
        return -1;
    if (conf->hlr.backend != &hlr_sqlite) {
        error(0,
              "%s: register-type is not sqlite: the numbers are in the "
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
