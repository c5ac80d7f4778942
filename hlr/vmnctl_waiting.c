/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * vmnctl_waiting.c - who waits for which number
 */

#include "vmnctl.h"

#include "reg_mw.h"

#include <stdio.h>
#include <string.h>

struct waiting_list {
    const struct vmnctl *v;
    unsigned n;
};

int vmnctl_waiting_check(struct vmnctl *v)
{
    char number[HLR_MSISDN_MAX + 1];
    const char *why;

    if (v->args == 0 && strcmp(v->word, "del") == 0 && v->sc[0] == '\0' &&
        v->filter.route[0] == '\0')
        return vmnctl_usage("whose: a number, --sc or --route");
    if (v->args == 0)
        return 0;
    why = row_set_number(number, v->arg[0]);
    return why != NULL ? vmnctl_usage("%s: <%s>", why, v->arg[0]) : 0;
}

static struct reg_mw_filter filter_of(const struct vmnctl *v)
{
    struct reg_mw_filter f = { .limit = v->filter.limit };

    if (v->args > 0)
        row_set_number(f.msisdn, v->arg[0]);
    snprintf(f.sc, sizeof(f.sc), "%s", v->sc);
    memcpy(f.route, v->filter.route, sizeof(f.route));
    return f;
}

static const char *reason_str(uint8_t reason)
{
    return reason == 0 ? "memory" : "absent";
}

static bool put_waiting(void *ctx, const struct reg_waiting *w)
{
    struct waiting_list *l = ctx;
    char since[ROW_TIME_STR], next[ROW_TIME_STR];

    row_time_str((uint32_t)(w->set_ms / 1000), since);
    row_time_str((uint32_t)(w->next_ms / 1000), next);
    if (l->v->form == FORM_JSON)
        printf("%s\n  { \"network\": \"%s\", \"number\": \"%s\", "
               "\"sc\": \"%s\", \"route\": \"%s\", \"reason\": \"%s\", "
               "\"since\": \"%s\", \"tries\": %u, \"next\": \"%s\", "
               "\"node\": \"%s\" }",
               l->n == 0 ? "[" : ",", w->network, w->msisdn, w->sc, w->route,
               reason_str(w->reason), since, (unsigned)w->tries, next,
               w->claimed_by);
    else
        printf("%s  %s  %s  %s  %s  since %s  tries %u%s%s\n", w->network,
               w->msisdn, w->sc, w->route, reason_str(w->reason), since,
               (unsigned)w->tries, w->claimed_by[0] != '\0' ? "  at " : "",
               w->claimed_by);
    l->n++;
    return true;
}

int vmnctl_waiting_list(struct vmnctl *v)
{
    struct reg_mw_filter f = filter_of(v);
    struct waiting_list l = { .v = v };

    if (reg_mw_list(v->reg, &f, put_waiting, &l) != DB_OK)
        return vmnctl_failed(v);
    if (v->form == FORM_JSON)
        puts(l.n == 0 ? "[]" : "\n]");
    return vmnctl_end_output();
}

int vmnctl_waiting_del(struct vmnctl *v)
{
    struct reg_mw_filter f = filter_of(v);
    int64_t n = 0;

    if (reg_mw_del(v->reg, &f, v->who, &n) != DB_OK)
        return vmnctl_failed(v);
    if (n == 0)
        vmnctl_say("nobody waits");
    return n > 0 ? EXIT_OK : EXIT_FAILED;
}
