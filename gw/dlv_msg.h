/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * dlv_msg.h - a message of the network as the sms a Kannel box expects
 *
 * What bearerbox and its SMPP driver put into each field is put there here
 * too, so that every escape of a get-url gives what it gives behind bearerbox
 * (Kannel 1.4.5; what differs, and why, stands in sigtran-box.conf(5)):
 *
 *     field         from                           escape
 *     sender        TP-OA; international: "+..."   %p %q
 *     receiver      the virtual number, "+..."     %P %Q
 *     msgdata       7 bit: UTF-8; UCS-2: UTF-16BE; %a %b %A %k %s %S %r
 *                   8 bit: as it is
 *     udhdata       the header with its length     %u
 *     coding mclass mwi compress alt_dcs  TP-DCS   %c %m %M %O; %C
 *     pid           TP-PID
 *     rpi           1 if TP-RP is set
 *     time          when it came to this box       %t %T
 *     smsc_id       of the route (/ token)         %i
 *     smsc_number   the SC address, "+..."         %f
 *     id            process and delivery           %I
 *     foreign_id    the same at every try          %F
 *     account, service  of the route; no service:  %o %n
 *                       name of the sms-service
 *     meta_data     ?sigtran?imsi=..&sc=..&gt=..&version=..&network=..&scts=..&
 *                                                  %D %#sigtran#imsi#
 *
 * A status report becomes Kannel's report_mo: sender is TP-RA, where the
 * message went, dlr_mask and msgdata are of dlv_receipt.h, dlr_url is the
 * route's, and the meta data have mr=.. and st=.. (TP-MR, TP-ST) and srq=1 if
 * it is about a command. lp=1 is in the meta data if TP-LP is set.
 *
 * The time is ours, as behind an SMPP link, and not TP-SCTS: many service
 * centres stamp local time without its zone. TP-SCTS stands in the meta data
 * (UTC, 20260102T030405Z) if it is a date. Compressed text is handed on as
 * 8-bit data with compress = 1. What bearerbox leaves undefined is undefined.
 */

#ifndef DLV_MSG_H
#define DLV_MSG_H

#include "concat.h"
#include "dedup.h"
#include "dlv.h"
#include "plug_msg.h"
#include "sigtran-box/tpdu_status.h"

/* The longest text, 160 septets of UTF-8, header, meta data and the rest. */
enum { DLV_MSG_OCTETS = 2048, DLV_FOREIGN_ID_OCTETS = 33 };

/*
 * What is the same at every try of one message: number, TPDU without TP-MMS
 * (it tells whether more wait, and changes), and the SC address if `sc'. The
 * sender and the time stamp lie in the TPDU. Never the IMSI, which may differ.
 */
void dlv_msg_key(const struct ss7_sms *m, bool sc, struct dedup_key *key);

/* The name of the set that a part belongs to, and the one of the message that
 * its parts are: a digest of theirs. */
void dlv_msg_set_key(const struct ss7_sms *m, const struct tpdu_deliver *d,
                     bool sc, struct dedup_key *key);
void dlv_msg_whole_key(const struct concat_set *set, struct dedup_key *key);

/* Hexadecimal, NUL. */
void dlv_msg_foreign_id(const struct dedup_key *key,
                        char out[DLV_FOREIGN_ID_OCTETS]);

/* The sender as boxes see it. plan NULL: national numbers stay as they are. */
void dlv_msg_sender(const struct tpdu_addr *oa, const struct num_plan *plan,
                    char out[DLV_SENDER_MAX + 1]);

struct dlv_msg_about {
    const struct dlv_route *route;
    const struct ss7_network *network; /* NULL: nothing is known of it */
    const struct dedup_key *key;
    const char *sender;  /* dlv_msg_sender() */
    const char *smsc_id; /* with its token, if the route confirms by reply */
    const uint8_t *uuid; /* 16 octets */
    const struct plug_msg *edit; /* what it changed goes instead; may be NULL */
};

/*
 * The whole frame, as msg_pack() of gwlib would make it; its octets. DLV_MSG_
 * OCTETS are room for it, and as many more as the edit takes.
 */
size_t dlv_msg(uint8_t *out, size_t size, const struct ss7_sms *m,
               const struct tpdu_deliver *d, const struct dlv_msg_about *about);
size_t dlv_msg_edit_octets(const struct plug_msg *edit);

/*
 * The same of a message that was joined from parts: header without the
 * concatenation, all else but the text from the first part, and parts=.. in the
 * meta data.
 */
#define DLV_MSG_JOINED_OCTETS(n) (DLV_MSG_OCTETS + CONCAT_TEXT(n))
size_t dlv_msg_joined(uint8_t *out, size_t size, const struct concat_set *parts,
                      const struct dlv_msg_about *about);

/* The same of a status report; its smsc_id has no token. */
size_t dlv_msg_report(uint8_t *out, size_t size, const struct ss7_sms *m,
                      const struct tpdu_status *s,
                      const struct dlv_msg_about *about);

#endif
