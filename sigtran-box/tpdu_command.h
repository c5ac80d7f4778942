/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * tpdu_command.h - SMS-COMMAND, a mobile's word about a message that it sent
 * before (TS 23.040 9.2.2.4)
 */

#ifndef TPDU_COMMAND_H
#define TPDU_COMMAND_H

#include "tpdu_addr.h"

struct tpdu_command {
    bool udhi; /* `cd' begins with a user data header */
    bool srr;  /* status report request */
    uint8_t mr, pid;
    uint8_t ct; /* TP-CT, 9.2.3.19 */
    uint8_t mn; /* TP-MR of the message it is about */
    struct tpdu_addr da;
    uint8_t cdl;
    uint8_t cd[255];
};

/* False: malformed; r's error says what and where. */
bool tpdu_command_read(struct rd *r, struct tpdu_command *c);
void tpdu_command_write(struct wr *w, const struct tpdu_command *c);

#endif
