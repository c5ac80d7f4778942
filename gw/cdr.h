/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * cdr.h - one record for each message and each question, for plug-ins
 *
 *     ss7_sms -> open -> what delivery said of it, and
 *                        what the network was answered, in either order -> out
 *
 * Delivery says exactly one thing about each message that it took, and the SS7
 * thread exactly one about each answer: the record leaves when both are known.
 * If the border was too full to tell the latter, it leaves after CDR_LATE_MS
 * with what is known. Nothing is done here unless a plug-in wants records.
 *
 * Any gwlib thread; a lock of its own, inside that of delivery.
 */

#ifndef CDR_H
#define CDR_H

#include "dlv_log.h"
#include "sigtran-box/ss7.h"
#include "sigtran-box/tpdu_status.h"

enum { CDR_LATE_MS = 65000 /* no answer is held longer */ };

/* `network' is lent for life. Call after plug_start(). */
void cdr_start(const struct ss7_network *network, unsigned n_networks,
               uint32_t max_held);
/* What is open goes out as it is. */
void cdr_stop(void);

/* A message was taken; then what is in it, unless it cannot be read. */
void cdr_open(const struct ss7_sms *m);
void cdr_tpdu(uint64_t id, const struct tpdu_status *t, bool report);
/* The line that delivery writes about it. */
void cdr_told(const struct dlv_line *line);

/* A question that waits for plug-ins, and what they noted. */
void cdr_question(const struct ss7_sri *q);
void cdr_noted(uint64_t id, const char *notes);

/* What came of either: SS7_ANSWERED, SS7_GONE. */
void cdr_answered(uint64_t id, enum verdict v, struct map_err err);
void cdr_gone(uint64_t id, enum map_gone why);

/* What was answered without being asked about: SS7_REFUSED, SS7_SRI_DONE. */
void cdr_refused(const struct ss7_sms *m, struct map_err err);
void cdr_question_done(const struct ss7_sri *q);

/* Now and then. */
void cdr_sweep(uint64_t utc_ms);

#endif
