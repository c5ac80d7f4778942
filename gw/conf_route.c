/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * conf_route.c - group = route, and what each route promises
 */

#include "conf_part.h"

#include <string.h>

enum { OPEN_MAX = 2000000 };

static const struct conf_word confirm_words[] = {
    { "reply", DLV_CONFIRM_REPLY },
    { "app", DLV_CONFIRM_APP },
    { "box", DLV_CONFIRM_BOX },
    { NULL, 0 },
};

static const struct conf_word report_words[] = {
    { "refuse", 0 },
    { "dlr", 1 },
    { NULL, 0 },
};

static void read_error(struct conf_group *g, const char *key,
                       struct map_err *err)
{
    enum { NAMES = 32 };
    struct conf_word words[NAMES + 1] = { { NULL, 0 } };
    const char *name;
    int which;

    for (int i = 0; i < NAMES && (name = map_err_name((unsigned)i, false)); i++)
        words[i] = (struct conf_word){ name, i };
    if (conf_get_word(g, key, words, &which))
        map_err_named(words[which].word, false, err);
}

void conf_get_overload(struct conf_group *g, struct map_err *err)
{
    static const struct conf_word words[] = {
        { "systemFailure", MAP_ERR_SYSTEM_FAILURE },
        { "subscriberBusy", MAP_ERR_SUBSCRIBER_BUSY },
        { NULL, 0 },
    };
    int code;

    if (conf_get_word(g, "overload-error", words, &code))
        *err = (struct map_err){ .code = (enum map_error)code, .cause = -1 };
}

static void read_target(struct conf_group *g, struct dlv_route *r)
{
    conf_get_digits(g, "vmn-prefix", r->prefix, 0, HLR_MSISDN_MAX);
    conf_get_name(g, "smsbox-id", r->box_id, sizeof(r->box_id));
    conf_get_name(g, "smsc-id", r->smsc_id, sizeof(r->smsc_id));
    conf_get_text(g, "account", r->account, sizeof(r->account));
    conf_get_text(g, "service", r->service, sizeof(r->service));
}

static void read_replies(struct conf_group *g, struct dlv_route *r)
{
    static const char *const keys[] = { "reply-max-held", "reply-couldnotfetch",
                                        "reply-couldnotrepresent",
                                        "reply-requestfailed",
                                        "reply-emptymessage" };

    conf_get_uint(g, keys[0], &r->reply_max_held, 1, 100000);
    conf_get_text(g, keys[1], r->reply_couldnotfetch,
                  sizeof(r->reply_couldnotfetch));
    conf_get_text(g, keys[2], r->reply_couldnotrepresent,
                  sizeof(r->reply_couldnotrepresent));
    conf_get_text(g, keys[3], r->reply_requestfailed,
                  sizeof(r->reply_requestfailed));
    conf_get_text(g, keys[4], r->reply_emptymessage,
                  sizeof(r->reply_emptymessage));
    if (r->confirm == DLV_CONFIRM_REPLY)
        return;
    for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++)
        if (conf_has(g, keys[i]))
            conf_bad(g, keys[i], "is of use with confirm = reply only");
}

/*
 * smsbox gets a report to its application by the report's dlr-url, else by
 * that of the service named in it; otherwise it is lost, and acknowledged.
 */
static void read_reports(struct conf_group *g, struct dlv_route *r)
{
    int take = 0;

    conf_get_word(g, "status-report", report_words, &take);
    r->reports = take != 0;
    conf_get_text(g, "dlr-url", r->dlr_url, sizeof(r->dlr_url));
    if (!r->reports && conf_has(g, "dlr-url"))
        conf_bad(g, "dlr-url", "is of use with status-report = dlr only");
    if (r->reports && r->confirm == DLV_CONFIRM_REPLY &&
        r->dlr_url[0] == '\0' && r->service[0] == '\0')
        conf_missing(g, "dlr-url",
                     "smsbox needs it, or a service that has one, to pass on "
                     "a status report");
}

/* What an unmodified smsbox says unless its group says otherwise. */
static struct dlv_route defaults(const struct conf *c)
{
    return (struct dlv_route){
        .confirm = DLV_CONFIRM_REPLY,
        .overload = { .code = c->ss7.map.overload, .cause = -1 },
        .reply_max_held = 256,
        .reply_couldnotfetch = "Could not fetch content, sorry.",
        .reply_couldnotrepresent =
            "Result could not be represented as an SMS message.",
        .reply_requestfailed = "Request Failed",
        .reply_emptymessage = "<Empty reply from service provider>",
    };
}

static void check_id(struct conf_group *g, const struct conf *c,
                     const struct dlv_route *r)
{
    for (unsigned i = 0; i < c->dlv.n_routes; i++)
        if (&c->dlv.route[i] != r && strcmp(c->dlv.route[i].id, r->id) == 0)
            conf_bad(g, "id", "there is another route with this id");
}

static void read_route(struct conf_group *g, void *ctx)
{
    struct conf *c = ctx;
    struct dlv_route *r;
    int confirm = DLV_CONFIRM_REPLY;
    uint32_t hold_s = c->ss7.map.hold_ms / 1000;

    if (c->dlv.n_routes == CONF_ROUTES) {
        conf_wrong(g, "there may be at most %d routes", CONF_ROUTES);
        return;
    }
    r = conf_append(&c->dlv.route, &c->dlv.n_routes, sizeof(*r));
    *r = defaults(c);
    if (!conf_has(g, "id"))
        conf_missing(g, "id", "log lines and the register name a route by it");
    else if (conf_get_name(g, "id", r->id, sizeof(r->id)))
        check_id(g, c, r);
    conf_copy(r->smsc_id, sizeof(r->smsc_id), r->id);
    read_target(g, r);
    conf_get_word(g, "confirm", confirm_words, &confirm);
    r->confirm = (enum dlv_confirm)confirm;
    if (conf_get_seconds(g, "deadline", &r->deadline_ms, 1, 59) &&
        r->deadline_ms > c->ss7.map.hold_ms)
        conf_bad(g, "deadline",
                 "must not be more than hold-deadline of group sigtran-box, %u",
                 hold_s);
    read_error(g, "temporary-error", &r->tempfail);
    read_error(g, "permanent-error", &r->permfail);
    conf_get_uint(g, "max-open", &r->max_open, 1, OPEN_MAX);
    conf_get_overload(g, &r->overload);
    read_replies(g, r);
    read_reports(g, r);
    conf_read_route_alert(g, c, r);
    r->join = c->dlv.join;
    conf_get_concat(g, &c->dlv, &r->join);
}

void conf_read_routes(struct conf_in *in, struct conf *c)
{
    char(*id)[32];

    conf_each(in, "route", read_route, c);
    if (c->dlv.n_routes == 0) {
        struct dlv_route *r =
            conf_append(&c->dlv.route, &c->dlv.n_routes, sizeof(*r));

        *r = defaults(c);
        r->join = c->dlv.join;
        conf_copy(r->id, sizeof(r->id), "default");
        conf_copy(r->smsc_id, sizeof(r->smsc_id), "default");
    }
    id = gw_malloc(c->dlv.n_routes * sizeof(*id));
    for (unsigned i = 0; i < c->dlv.n_routes; i++)
        conf_copy(id[i], sizeof(id[i]), c->dlv.route[i].id);
    /* without role msc a register may name routes of another box */
    c->hlr.routes = c->ss7.map.msc ? c->dlv.n_routes : 0;
    c->hlr.route_id = (const char(*)[32])id;
}
