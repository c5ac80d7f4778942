/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * verdict.h - the one currency of outcomes, from wire to wire
 */

#ifndef VERDICT_H
#define VERDICT_H

/* No layer invents a fourth. Whatever is undecided is TEMPFAIL. */
enum verdict {
    VERDICT_OK,       /* ack_success    - returnResult */
    VERDICT_TEMPFAIL, /* ack_failed_tmp - the SMSC shall try again */
    VERDICT_PERMFAIL, /* ack_failed     - the SMSC shall give up */
};

#endif
