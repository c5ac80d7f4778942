/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * dlv_hold.c - delivery: a message that waits for what others say about it
 */

#include "dlv_part.h"

#include <gwlib/gwlib.h>

void dlv_hold(struct dlv *d, const struct dlv_taken *t, enum dlv_wait_for what)
{
    d->wait = what;
    d->wait_ms = dlv_now_ms();
    if (t == NULL || d->asked != NULL) /* `t' is in it */
        return;
    d->asked = gw_malloc(sizeof(*d->asked));
    d->asked->t = *t;
    d->asked->m = *t->m;
    d->asked->t.m = &d->asked->m;
}

void dlv_unhold(struct dlv *d)
{
    d->wait = DLV_WAITS_NOT;
    if (d->asked != NULL)
        plug_msg_free(d->asked->t.edit);
    gw_free(d->asked);
    d->asked = NULL;
}

struct dlv *dlv_held(uint64_t id, enum dlv_wait_for what)
{
    struct dlv *d = dlv_own.tab == NULL ? NULL : dlv_find(dlv_own.tab, id);

    return d != NULL && d->wait == what ? d : NULL;
}

void dlv_resume(struct dlv *d, bool (*fn)(struct dlv *d, struct dlv_taken *t))
{
    uint64_t id = d->id;

    d->wait = DLV_WAITS_NOT;
    if (fn(d, &d->asked->t))
        dlv_send(&d->asked->t);
    /* refused: it is gone, and what was kept with it */
    d = dlv_find(dlv_own.tab, id);
    if (d != NULL && d->wait == DLV_WAITS_NOT)
        dlv_unhold(d);
}
