/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * mtpd_guard.h - what may pass between the network and libosmo-sigtran
 *
 * The library (1.6.0) can be aborted by one malformed message, loses the
 * network indicator, routes foreign DATA back out and tells an MTP user
 * nothing of DUNA, DAVA, SCON and DUPU. So every M3UA message is taken apart
 * here, before the library sees it, and sorted: only the messages of the ASP
 * state machine (ASPSM, ASPTM) are left to the library; DATA, SSNM, MGMT and
 * BEAT are done with outside of it.
 *
 * Pure functions on octets: nothing is allocated, sent or logged here.
 * RFC 4666 throughout.
 */

#ifndef MTPD_GUARD_H
#define MTPD_GUARD_H

#include "mtp_conf.h"

enum { M3UA_PPID = 3, M3UA_PORT = 2905 };

enum m3ua_kind { /* class << 8 | type, RFC 4666 3.1.2 */
                 M3UA_ERR = 0x0000,
                 M3UA_NTFY = 0x0001,
                 M3UA_DATA = 0x0101,
                 M3UA_DUNA = 0x0201,
                 M3UA_DAVA = 0x0202,
                 M3UA_DAUD = 0x0203,
                 M3UA_SCON = 0x0204,
                 M3UA_DUPU = 0x0205,
                 M3UA_DRST = 0x0206,
                 M3UA_ASPUP = 0x0301,
                 M3UA_ASPDN = 0x0302,
                 M3UA_BEAT = 0x0303,
                 M3UA_ASPUP_ACK = 0x0304,
                 M3UA_ASPDN_ACK = 0x0305,
                 M3UA_BEAT_ACK = 0x0306,
                 M3UA_ASPAC = 0x0401,
                 M3UA_ASPIA = 0x0402,
                 M3UA_ASPAC_ACK = 0x0403,
                 M3UA_ASPIA_ACK = 0x0404,
};

enum m3ua_error { /* RFC 4666 3.8.1 */
                  M3UA_E_NONE = 0,
                  M3UA_E_VERSION = 0x01,
                  M3UA_E_CLASS = 0x03,
                  M3UA_E_TYPE = 0x04,
                  M3UA_E_TRAFFIC_MODE = 0x05,
                  M3UA_E_UNEXPECTED = 0x06,
                  M3UA_E_PROTOCOL = 0x07,
                  M3UA_E_STREAM = 0x09,
                  M3UA_E_BLOCKED = 0x0d,
                  M3UA_E_ASP_ID_REQUIRED = 0x0e,
                  M3UA_E_ASP_ID = 0x0f,
                  M3UA_E_PARAM_VALUE = 0x11,
                  M3UA_E_PARAM_FIELD = 0x12,
                  M3UA_E_PARAM_UNEXPECTED = 0x13,
                  M3UA_E_DEST_UNKNOWN = 0x14,
                  M3UA_E_APPEARANCE = 0x15,
                  M3UA_E_MISSING = 0x16,
                  M3UA_E_CONTEXT = 0x19,
                  M3UA_E_NO_AS = 0x1a,
};

enum { M3UA_STATUS_AS = 1, M3UA_STATUS_OTHER = 2 }; /* of NTFY, 3.8.2 */
enum {
    M3UA_AS_INACTIVE = 2,
    M3UA_AS_ACTIVE = 3,
    M3UA_AS_PENDING = 4,
    M3UA_OTHER_NO_RESOURCES = 1,
    M3UA_OTHER_ALTERNATE = 2,
    M3UA_OTHER_FAILURE = 3,
};

/* The value of a parameter; p is NULL if it is not there. */
struct m3ua_par {
    const uint8_t *p;
    size_t len;
};

/* A message that was found well formed. All is lent by the octets read. */
struct m3ua_msg {
    uint16_t kind;
    struct m3ua_par info, rc, diag, beat, mode, error, status, asp_id, pcs, na,
        user_cause, level, concerned, data;
    struct mtp_transfer mtp; /* of DATA */
};

/*
 * Take the `n' octets of a message apart. M3UA_E_NONE, or the error code to
 * answer with; *why is then a literal for the log.
 */
enum m3ua_error mtpd_guard_read(const uint8_t *p, size_t n, struct m3ua_msg *m,
                                const char **why);

/*
 * Does what the message names (routing context, network appearance, traffic
 * mode) fit the association? Errors as above.
 */
enum m3ua_error mtpd_guard_fits(const struct m3ua_msg *m,
                                const struct mtp_assoc_conf *c,
                                const char **why);

/* True if DATA is for us: an own point code, and SCCP. */
bool mtpd_guard_ours(const struct m3ua_msg *m, const struct mtp_conf *c);

uint32_t m3ua_u32(struct m3ua_par p, size_t index);
const char *m3ua_kind_str(uint16_t kind);

/*
 * Writers; each returns the octets written to `out', 0 if they do not fit.
 * M3UA_ROOM is enough for all of them.
 */
enum { M3UA_ROOM = MTP_DATA_MAX + 80 };
size_t m3ua_write_data(const struct mtp_transfer *t,
                       const struct mtp_assoc_conf *c, uint8_t *out,
                       size_t size);
size_t m3ua_write_error(enum m3ua_error code, const uint8_t *cause, size_t n,
                        uint8_t *out, size_t size);
/* BEAT, or its answer, with the heartbeat data `v'. */
size_t m3ua_write_beat(enum m3ua_kind kind, struct m3ua_par v, uint8_t *out,
                       size_t size);
/* SSNM about `n' point codes with their masks, DUNA, DAVA or DAUD. */
size_t m3ua_write_ssnm(enum m3ua_kind kind, const struct mtp_assoc_conf *c,
                       const uint32_t *pcs, size_t n, uint8_t *out,
                       size_t size);
/* Copy a message of the library, without Routing Context where the
 * association has none; 0: nothing was to be left out. */
size_t m3ua_strip_context(const uint8_t *p, size_t n,
                          const struct mtp_assoc_conf *c, uint8_t *out,
                          size_t size);

/*
 * An error code in words, with the keys of group = ss7-association to look at
 * and what they are now.
 */
void mtpd_error_text(uint32_t code, const struct mtp_assoc_conf *c, char *out,
                     size_t size);

#endif
