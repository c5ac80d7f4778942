/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * map_dlg.h - MAP dialogue PDUs (TS 29.002, MAP-DialogueInformation)
 *
 * They travel as user information in the dialogue portion of TCAP. A
 * responder must look into map-open: one that is broken, or another PDU in
 * its place, ends the dialogue with abnormalDialogue (TS 29.002 15.1.3).
 */

#ifndef MAP_DLG_H
#define MAP_DLG_H

#include "map_addr.h"

/* Which PDU; the values are the tags. */
enum map_dlg_type {
    MAP_DLG_OPEN = 0xa0,
    MAP_DLG_ACCEPT = 0xa1,
    MAP_DLG_CLOSE = 0xa2,
    MAP_DLG_REFUSE = 0xa3,
    MAP_DLG_USER_ABORT = 0xa4,
    MAP_DLG_PROVIDER_ABORT = 0xa5,
};

enum map_refuse_reason {
    MAP_REFUSE_NO_REASON = 0,
    MAP_REFUSE_INVALID_DESTINATION = 1,
    MAP_REFUSE_INVALID_ORIGINATOR = 2,
};

enum map_provider_abort_reason {
    MAP_ABNORMAL_DIALOGUE = 0,
    MAP_INVALID_PDU = 1,
};

/* MAP-UserAbortChoice; the values are the tags. */
enum map_user_abort {
    MAP_ABORT_USER_SPECIFIC = 0x80,
    MAP_ABORT_USER_RESOURCES = 0x81,
    MAP_ABORT_RESOURCE_UNAVAILABLE = 0x82, /* reason: 0 short, 1 long term */
    MAP_ABORT_PROCEDURE_CANCELLED = 0x83,  /* reason: which procedure */
};

struct map_dlg {
    enum map_dlg_type type;
    bool has_dest, has_orig; /* map-open: destination-, originationReference */
    struct map_addr dest, orig;
    enum map_user_abort abort; /* map-userAbort */
    uint8_t reason;            /* map-refuse, -userAbort, -providerAbort */
    uint8_t alternative_len;   /* map-refuse: alternativeApplicationContext, */
    uint8_t alternative[16];   /* content of the OBJECT IDENTIFIER; 0: none */
};

/* Fill *d from the user information `r'. False if it is broken. */
bool map_dlg_read(struct rd r, struct map_dlg *d);
void map_dlg_write(struct wr *w, const struct map_dlg *d);

#endif
