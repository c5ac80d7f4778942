/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * box_frame.h - one frame of the protocol that Kannel boxes speak
 *
 * A frame is a length, a type and the fields of that type as Kannel 1.4.5
 * packs them: integers of four octets, strings behind their length (-1: there
 * is none), a UUID as its 36 characters. gwlib believes every length and
 * panics on an unknown type, so each frame is checked here before any other
 * code may see it.
 *
 * Allocates nothing, logs nothing; any thread.
 */

#ifndef BOX_FRAME_H
#define BOX_FRAME_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * The longest a well-meaning box sends is one SMS of 255 parts unsplit, about
 * 40,000 octets, with its URL and meta data.
 */
enum { BOX_FRAME_MAX = 262144, BOX_ID_MAX = 63 };

enum box_type {
    BOX_HEARTBEAT,
    BOX_ADMIN,
    BOX_SMS,
    BOX_ACK,
    BOX_WDP,
};

/* Fields by their place in the frame. */
enum { BOX_HEARTBEAT_LOAD };
enum { BOX_ADMIN_COMMAND, BOX_ADMIN_BOXC_ID };
enum { BOX_ACK_NACK, BOX_ACK_TIME, BOX_ACK_ID };
enum {
    BOX_SMS_SENDER,
    BOX_SMS_RECEIVER,
    BOX_SMS_UDHDATA,
    BOX_SMS_MSGDATA,
    BOX_SMS_TIME,
    BOX_SMS_SMSC_ID,
    BOX_SMS_SMSC_NUMBER,
    BOX_SMS_FOREIGN_ID,
    BOX_SMS_SERVICE,
    BOX_SMS_ACCOUNT,
    BOX_SMS_ID,
    BOX_SMS_TYPE,
    BOX_SMS_MCLASS,
    BOX_SMS_MWI,
    BOX_SMS_CODING,
    BOX_SMS_COMPRESS,
    BOX_SMS_VALIDITY,
    BOX_SMS_DEFERRED,
    BOX_SMS_DLR_MASK,
    BOX_SMS_DLR_URL,
    BOX_SMS_PID,
    BOX_SMS_ALT_DCS,
    BOX_SMS_RPI,
    BOX_SMS_CHARSET,
    BOX_SMS_BOXC_ID,
    BOX_SMS_BINFO,
    BOX_SMS_MSG_LEFT,
    BOX_SMS_PRIORITY,
    BOX_SMS_RESEND_TRY,
    BOX_SMS_RESEND_TIME,
    BOX_SMS_META_DATA,
    BOX_FIELDS
};

/* An integer: num. A string: num octets at p, -1: there is none. */
struct box_field {
    int32_t num;
    const uint8_t *p;
};

struct box_frame {
    enum box_type type;
    uint8_t id[16]; /* the UUID of an sms or ack */
    struct box_field field[BOX_FIELDS];
};

/*
 * Octets of the frame at `p', its length included. 0: `n' octets are too few
 * to tell. -1: shorter than a type or longer than BOX_FRAME_MAX.
 */
long box_frame_length(const uint8_t *p, size_t n);

/*
 * Read one whole frame with its length. `f' points into it. False: unknown
 * type, a length that leads out of the frame, octets that are left over (a
 * box built for another layout), or no UUID where one must be.
 */
bool box_frame_read(const uint8_t *p, size_t n, struct box_frame *f);

/*
 * The other way: write `f' as box_frame_read() would give it. Octets written;
 * 0: they do not fit into `size'.
 */
size_t box_frame_write(uint8_t *out, size_t size, const struct box_frame *f);

enum { BOX_ACK_OCTETS = 56, BOX_HEARTBEAT_OCTETS = 12 };
enum { BOX_ADMIN_OCTETS = 16 + BOX_ID_MAX };

/* Write whole frames; octets written. boxc_id NULL: there is none. */
size_t box_frame_ack(uint8_t out[BOX_ACK_OCTETS], int32_t nack, int32_t when,
                     const uint8_t id[16]);
size_t box_frame_heartbeat(uint8_t out[BOX_HEARTBEAT_OCTETS], int32_t load);
size_t box_frame_admin(uint8_t out[BOX_ADMIN_OCTETS], int32_t command,
                       const char *boxc_id);

#endif
