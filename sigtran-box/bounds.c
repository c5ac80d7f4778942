/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * bounds.c - every built-in bound of the boxes, with its reason
 */

#include "bounds.h"

#include "gw/admin_auth.h"
#include "gw/admin_db.h"
#include "gw/admin_web.h"
#include "gw/box_client.h"
#include "gw/box_conn.h"
#include "gw/box_frame.h"
#include "gw/box_uplink.h"
#include "gw/concat_store.h"
#include "gw/dlv.h"
#include "gw/httpbox_http.h"
#include "gw/httpbox_req.h"
#include "gw/httpbox_service.h"
#include "gw/httpbox_verdict.h"
#include "gw/mw.h"
#include "gw/mw_rate.h"
#include "gw/plug.h"
#include "gw/smpp_inbox.h"
#include "gw/smpp_login.h"
#include "gw/store.h"
#include "mtp_net.h"
#include "sccp_scmg.h"
#include "ss7.h"
#include "timer.h"

struct bound {
    const char *name;
    long value;
    const char *unit, *reason;
};

static const struct bound sigtran_box[] = {
#define L(name, unit, reason)                                                  \
    {                                                                          \
#name, (long)(name), unit, reason                                      \
    }
    L(SS7_NETWORKS, "networks", "one mtpd process each"),
    L(MTP_ASSOC_MAX, "associations", "of one network; SLS has 16 values"),
    L(MTP_RX_MAX, "octets", "libosmo-sigtran aborts at about 2,000"),
    L(MTP_DATA_MAX, "octets", "libosmo-sigtran aborts at about 1,500 sent"),
    L(LINK_PACKET_MAX, "octets", "a packet between mtpd and the box"),
    L(LINK_KEEP_FRAMES, "frames", "kept while the link is full, then refused"),
    L(MTP_NET_KEEP, "answers", "kept while mtpd is being restarted"),
    L(MTP_NET_KEEP_OCTETS, "octets", "of memory for them, in one network"),
    L(MTP_NET_KEEP_MS, "ms", "and how long; then the SMSC's retry settles it"),
    L(MTP_NET_SILENT_MS, "ms", "an mtpd that says nothing is taken for dead"),
    L(SCCP_GT_DIGITS, "digits", "of a global title; E.164 has 15"),
    L(SCCP_USER_DATA_MAX, "octets", "16 XUDT segments, Q.714 4.1.1"),
    L(SCCP_REASM_SETS, "sets", "half-open reassemblies of one network"),
    L(SCCP_SCMG_MAX, "subsystems", "of others out of service, kept and tested"),
    L(SCCP_CONCERNED, "nodes", "told of our subsystems"),
    L(GTT_MORE, "nodes", "of one gtt rule beside its first"),
    L(MAP_ADDR_DIGITS, "digits", "AddressString, TS 29.002 17.7.8"),
    L(NUM_MAX, "digits", "of an international number"),
    L(MAP_TPDU_MAX, "octets", "of sm-RP-UI; an SMS-DELIVER has 164 at most"),
    L(DLV_BOXES, "boxes", "connected at once"),
    L(BOX_FRAME_MAX, "octets", "of a frame from a box; a longer one ends it"),
    L(BOX_OUT_MAX, "octets", "a box that does not read lets pile up"),
    L(BOX_IDENTIFY_MS, "ms", "then who has not said which box it is, goes"),
    L(BOX_DEAD_MS, "ms", "until a box that vanished counts as lost"),
    L(BOX_UPLINK_OPEN, "messages", "at bearerbox without its ack"),
    L(DLV_TOKEN_MS, "ms", "a reply that comes later decides nothing"),
    L(DLV_SILENT_MAX, "messages", "without a reply, then a route stops ..."),
    L(DLV_PROBE_MS, "ms", "... and lets one message through in this time"),
    L(MW_QUEUE, "entries", "for the waiting list, while its database is away"),
    L(MW_OUT, "alerts", "of one node without an answer"),
    L(MW_TRIES, "alerts", "to one centre about one number, then no more"),
    L(WEB_CONNS, "connections", "to the admin port at once"),
    L(WEB_CONNS_PER_IP, "connections", "of these from one address"),
    L(WEB_HEAD_MAX, "octets", "of a request's head, about"),
    L(WEB_REQUEST_MS, "ms", "for a request to come, an answer to be read"),
    L(WEB_UPLOAD_MS, "ms", "the same of an import"),
    L(WEB_BODIES_MAX, "octets", "of all bodies at the admin port"),
    L(REST_BODY_MAX, "octets", "of a JSON body"),
    L(REST_IMPORT_MAX, "octets", "of an import over REST; vmnctl takes more"),
    L(REST_LIMIT_MAX, "rows", "of a page of a list over REST"),
    L(ADMIN_DB_WAITING, "requests", "that wait for the register's database"),
    L(AUTH_MOST_MS, "ms", "that a wrong password is answered late, at most"),
    L(STORE_BATCH, "requests", "to the store in one transaction"),
    L(STORE_QUEUE, "requests", "to the store; more are refused at once"),
    L(STORE_WAITING, "outcomes", "kept while the database is away"),
    L(STORE_SLOW_MS, "ms", "a batch that takes longer: the store is away"),
    L(DLV_STORE_MS, "ms", "then a message goes on without the store"),
    L(CONCAT_APART_S, "s", "between TP-SCTS of parts of one message"),
    L(CONCAT_LEASE_MS, "ms", "then a dead node's parts are another's"),
    L(CONCAT_DUE_MAX, "messages", "whose time is over, out singly at once"),
    L(HLR_MSISDN_MAX, "digits", "of a virtual number, E.164"),
    L(PLUG_INSTANCES, "plug-ins", "of a configuration"),
    L(PLUG_KEYS, "keys", "of a plug-in's own in its group"),
    L(PLUG_JOBS, "messages", "and questions that are with filters at once"),
    L(PLUG_FIELD_MAX, "octets", "of a field that a plug-in sees"),
    L(PLUG_NOTES_MAX, "octets", "of notes of plug-ins on one message"),
    L(PLUG_COUNTERS, "counters", "of a plug-in"),
    L(PLUG_STOP_MS, "ms", "at the stop for reports that wait"),
    L(SLOG_LINE_MAX, "octets", "of a log line of the SS7 side"),
    L(SLOG_BURST, "lines", "of one kind a peer can cause in ten seconds"),
    L(TIMER_TICK_MS, "ms", "resolution of every timer of the SS7 side"),
};

#define BOX_CLIENT                                                             \
    L(BOX_FRAME_MAX, "octets", "of a frame from the server; more ends it"),    \
        L(BOX_CLIENT_OUT_MAX, "octets",                                        \
          "a server that does not read lets pile up")

static const struct bound httpbox[] = {
    BOX_CLIENT,
    L(HTTP_ANSWER_MS, "ms", "kept of a deadline for the ack to arrive"),
    L(HTTP_HEADERS, "headers", "of a request"),
    L(HTTP_REPLY_MAX, "octets", "of an application's answer; more is no reply"),
    L(HTTP_ID_MAX, "octets", "of a message's stable id"),
    L(HTTP_SECRET_MAX, "octets", "of a sign-secret"),
};

static const struct bound smppbox[] = {
    BOX_CLIENT,
    L(SMPP_BOXES, "connections", "to the server, one for each boxc-id"),
    L(SMPP_INBOX_MAX, "octets", "from the server that ESMEs' thread has not"),
    L(SMPP_ACCOUNTS, "accounts", "of the file or the register"),
    L(SMPP_BINDS_MAX, "sessions", "of an account; see max-binds"),
    L(SMPP_WINDOW_MAX, "messages", "of a session without an answer"),
    L(SMPP_PDU_MAX, "octets", "of a PDU; a longer one ends the session"),
    L(SMPP_OPEN_MAX, "octets", "of a PDU before bind"),
    L(SMPP_OUT_HIGH, "octets", "an ESME did not read: it is not read either"),
    L(SMPP_OUT_MAX, "octets", "... and no message is sent to it"),
    L(SMPP_BAD_MAX, "PDUs", "that make no sense, then the session ends"),
    L(SMPP_STICKY_MAX, "messages", "in parts whose session is remembered ..."),
    L(SMPP_STICKY_MS, "ms", "... for so long"),
    L(SMPP_RULES, "statuses", "in status-verdicts of an account"),
    L(SMPP_ASKS, "binds", "whose password is being looked at"),
    L(SMPP_ASKS_OF_PEER, "binds", "of these from one address"),
};
#undef L

static void print(FILE *f, const struct bound *b, size_t n)
{
    for (; n > 0; n--, b++)
        fprintf(f, "%-20s %7ld %-13s %s\n", b->name, b->value, b->unit,
                b->reason);
}

void bounds_print(FILE *f)
{
    print(f, sigtran_box, sizeof(sigtran_box) / sizeof(sigtran_box[0]));
}

void bounds_print_httpbox(FILE *f)
{
    print(f, httpbox, sizeof(httpbox) / sizeof(httpbox[0]));
}

void bounds_print_smppbox(FILE *f)
{
    print(f, smppbox, sizeof(smppbox) / sizeof(smppbox[0]));
}
