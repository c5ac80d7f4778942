/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * conf_tell.c - what a configuration promises, and what it cannot
 */

#include "conf.h"
#include "conf_part.h"

#include <gwlib/gwlib.h>

static const char *confirm_str(enum dlv_confirm c)
{
    switch (c) {
    case DLV_CONFIRM_APP:
        return "app: confirmed when the box says that its application has it";
    case DLV_CONFIRM_REPLY:
        return "reply: confirmed by the reply of the application's URL";
    default:
        return "box: confirmed when the box has started its request";
    }
}

static void tell_reply(const struct dlv_route *r)
{
    info(0,
         "route %s: it needs a stock smsbox whose sms-service has "
         "max-messages >= 1 and no omit-empty",
         r->id);
    info(0,
         "route %s: sms-service with accepted-smsc must use "
         "accepted-smsc-regex, because the smsc-id is <%s/TOKEN>",
         r->id, r->smsc_id);
    info(0,
         "route %s: the application confirms with status 200 or 202; every "
         "other one, 201 and 204 too, is a failure, and the message is tried "
         "again",
         r->id);
    info(0,
         "route %s: an application that sets X-Kannel-SMSC or <smsc> in "
         "its reply breaks the confirmation; the message is tried again",
         r->id);
    info(0,
         "route %s: at most %u messages wait for a reply; the text "
         "<%s> means failure, so reply-couldnotfetch here and in smsbox "
         "must agree",
         r->id, r->reply_max_held, r->reply_couldnotfetch);
}

static void tell_reports(const struct dlv_route *r)
{
    info(0, "route %s: status reports go to the box as delivery reports",
         r->id);
    if (r->dlr_url[0] == '\0' && r->service[0] != '\0')
        info(0, "route %s: for that, service %s of smsbox must have a dlr-url",
             r->id, r->service);
    if (r->confirm != DLV_CONFIRM_APP)
        warning(0,
                "route %s: smsbox replies to no report: it is confirmed when "
                "smsbox has started its request, and lost if that fails",
                r->id);
}

static void tell_route(const struct conf *c, const struct dlv_route *r)
{
    uint32_t ms = r->deadline_ms > 0 ? r->deadline_ms : c->ss7.map.hold_ms;

    info(0, "route %s: numbers %s%s to %s%s, at most %u s", r->id,
         r->prefix[0] != '\0' ? r->prefix : "all",
         r->prefix[0] != '\0' ? "*" : "",
         r->box_id[0] != '\0' ? "box " : "any box", r->box_id, ms / 1000);
    if (r->max_open > 0)
        info(0, "route %s: at most %u messages are out at once", r->id,
             (unsigned)r->max_open);
    info(0, "route %s: confirm = %s", r->id, confirm_str(r->confirm));
    if (r->confirm == DLV_CONFIRM_REPLY)
        tell_reply(r);
    else if (r->confirm == DLV_CONFIRM_APP)
        info(0,
             "route %s: it is for boxes that ask their application first; a "
             "stock smsbox does not, and needs confirm = reply",
             r->id);
    else if (r->confirm == DLV_CONFIRM_BOX)
        warning(0,
                "route %s: a stock smsbox confirms before its application "
                "has answered: a message whose request fails after that "
                "is lost",
                r->id);
    if (r->reports)
        tell_reports(r);
    if (r->alert)
        conf_tell_alert(c, r);
}

static void tell_network(const struct conf *c, unsigned no)
{
    const struct ss7_network *n = &c->ss7.network[no];
    const struct gtt *g = c->gtt[no];
    bool local = g != NULL && gtt_has_local(g);

    for (unsigned i = 0; i < n->n_gtt; i++)
        local |= n->gtt[i].action == GTT_LOCAL;
    info(0,
         "network %s: point code %u-%u-%u, indicator %u, HLR %s, MSC %s, "
         "associations: %u, translations: %zu",
         n->id, n->pc[0] >> 11, n->pc[0] >> 3 & 0xff, n->pc[0] & 7, n->ni,
         c->ss7.map.hlr ? n->hlr_gt : "-", c->ss7.map.msc ? n->msc_gt : "-",
         n->mtp.n_assoc, g != NULL ? gtt_count(g) : n->n_gtt);
    if (!local)
        info(0,
             "network %s: no gtt rule leads to this box, so it takes "
             "every number that is sent to it for its own",
             n->id);
    conf_tell_answers(c, n);
    conf_tell_ways(c, no);
}

void conf_tell(const struct conf *c)
{
    char where[400];

    conf_register_str(&c->hlr, where, sizeof(where));
    info(0, "configuration %s: roles%s%s, register %s%s", c->file,
         c->ss7.map.hlr ? " hlr" : "", c->ss7.map.msc ? " msc" : "",
         c->hlr.backend == &hlr_static ? ""
         : c->hlr.db.kind == DB_SQLITE ? "sqlite in "
                                       : "mysql ",
         where);
    for (unsigned i = 0; i < c->ss7.n_networks; i++)
        tell_network(c, i);
    conf_tell_plugins(&c->plugs);
    if (!c->ss7.map.msc)
        return;
    for (unsigned i = 0; i < c->dlv.n_routes; i++)
        tell_route(c, &c->dlv.route[i]);
    conf_tell_rules(c);
    conf_tell_store(&c->dlv);
}
