/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * m3ua_msg.h - the messages of M3UA (RFC 4666 3), for the tools
 *
 * Written apart from the product's M3UA on purpose: the two check each
 * other. One struct holds what a tool may want of any message; what is not
 * known is skipped. Nothing here allocates or logs.
 */

#ifndef M3UA_MSG_H
#define M3UA_MSG_H

#include "mtp.h"
#include "octets.h"

enum { M3UA_HEADER = 8 };

/* Message class << 8 | message type, as on the wire (RFC 4666 3.1.2). */
enum m3ua_type {
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

enum m3ua_param {
    M3UA_P_INFO = 0x0004,
    M3UA_P_ROUTING_CONTEXT = 0x0006,
    M3UA_P_DIAGNOSTIC = 0x0007,
    M3UA_P_HEARTBEAT = 0x0009,
    M3UA_P_TRAFFIC_MODE = 0x000b,
    M3UA_P_ERROR_CODE = 0x000c,
    M3UA_P_STATUS = 0x000d,
    M3UA_P_ASP_ID = 0x0011,
    M3UA_P_AFFECTED_PC = 0x0012,
    M3UA_P_NETWORK_APPEARANCE = 0x0200,
    M3UA_P_DATA = 0x0210,
};

/* A number that may be absent. */
struct m3ua_u32 {
    bool present;
    uint32_t v;
};

struct m3ua_msg {
    uint16_t type; /* enum m3ua_type, or another */
    struct m3ua_u32 rc, na, mode, asp_id, status, error, affected;
    bool has_data;
    struct mtp_transfer data; /* lent by the octets it was read from */
    const uint8_t *heartbeat; /* content of a BEAT, lent; NULL: none */
    uint16_t heartbeat_len;
};

/*
 * Octets of the message that starts at `p', by its common header; 0: fewer
 * than eight of `n' are there; -1: no M3UA message starts like this.
 */
int m3ua_length(const uint8_t *p, size_t n);

/* Read one whole message. False: malformed. */
bool m3ua_msg_read(const uint8_t *p, size_t n, struct m3ua_msg *m);

/* Write a message: m3ua_open(), its parameters, m3ua_close(). */
size_t m3ua_open(struct wr *w, uint16_t type);
void m3ua_put(struct wr *w, uint16_t tag, const void *p, size_t n);
void m3ua_put_u32(struct wr *w, uint16_t tag, uint32_t v);
/* Nothing is written if `v' is absent. */
void m3ua_put_opt(struct wr *w, uint16_t tag, const struct m3ua_u32 *v);
void m3ua_close(struct wr *w, size_t mark);

/* A whole DATA message. */
void m3ua_data_write(struct wr *w, const struct m3ua_u32 *na,
                     const struct m3ua_u32 *rc, const struct mtp_transfer *t);

/* "ASPUP", "ERR"; what an error code or a NTFY status says, in words. */
const char *m3ua_type_str(uint16_t type);
const char *m3ua_error_str(uint32_t code);
const char *m3ua_status_str(uint32_t status);

#endif
