/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * smpp_status.h - command_status, and what it means for a message
 *
 * The status of a deliver_sm_resp decides a message's verdict. Which status
 * is for good stands in one table; all others, unknown ones and those of
 * vendors included, are temporary: the network tries again. An account may
 * say otherwise for each.
 *
 * SMPP 3.4, 5.1.3. Plain; any thread.
 */

#ifndef SMPP_STATUS_H
#define SMPP_STATUS_H

#include "sigtran-box/verdict.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Those that this box sends or knows, by their names without ESME_. */
enum smpp_status {
    SMPP_ROK = 0x00,
    SMPP_RINVMSGLEN = 0x01,
    SMPP_RINVCMDLEN = 0x02,
    SMPP_RINVCMDID = 0x03,
    SMPP_RINVBNDSTS = 0x04,
    SMPP_RALYBND = 0x05,
    SMPP_RINVREGDLVFLG = 0x07,
    SMPP_RSYSERR = 0x08,
    SMPP_RINVSRCADR = 0x0a,
    SMPP_RINVDSTADR = 0x0b,
    SMPP_RBINDFAIL = 0x0d,
    SMPP_RINVPASWD = 0x0e,
    SMPP_RINVSYSID = 0x0f,
    SMPP_RMSGQFUL = 0x14,
    SMPP_RINVSERTYP = 0x15,
    SMPP_RINVESMCLASS = 0x43,
    SMPP_RSUBMITFAIL = 0x45,
    SMPP_RINVSRCTON = 0x48,
    SMPP_RINVSRCNPI = 0x49,
    SMPP_RINVDSTTON = 0x50,
    SMPP_RINVDSTNPI = 0x51,
    SMPP_RINVSYSTYP = 0x53,
    SMPP_RTHROTTLED = 0x58,
    SMPP_RINVSCHED = 0x61,
    SMPP_RINVEXPIRY = 0x62,
    SMPP_RX_T_APPN = 0x64,
    SMPP_RX_P_APPN = 0x65,
    SMPP_RX_R_APPN = 0x66,
    SMPP_RINVOPTPARSTREAM = 0xc0,
    SMPP_RINVPARLEN = 0xc2,
    SMPP_RUNKNOWNERR = 0xff,
    SMPP_RINVDCS = 0x104, /* SMPP 5.0 */
};

/* What an account says otherwise. */
struct smpp_rule {
    uint32_t status;
    enum verdict verdict;
};
enum { SMPP_RULES = 32 };

struct smpp_rules {
    uint8_t n;
    struct smpp_rule rule[SMPP_RULES];
};

enum verdict smpp_verdict(const struct smpp_rules *rules, uint32_t status);

/* "ESME_ROK"; "" for one without a name here. */
const char *smpp_status_str(uint32_t status);

/* A name as above, with or without ESME_, or a number as 0x64 or 100. */
bool smpp_status_read(const char *text, uint32_t *status);

/*
 * "RX_P_APPN=temporary; 0x400=permanent; 0x401=ok" into rules. NULL, or what
 * is wrong with it.
 */
const char *smpp_rules_read(const char *text, struct smpp_rules *rules);

#endif
