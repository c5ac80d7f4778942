/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * fake_box.h - a Kannel box for tests: a socket, and frames on it
 *
 * Also the other end of the border: ss7_verdict() and what message waiting
 * says there is recorded here. Reads wait WAIT_MS at most, so that a test
 * fails and does not hang.
 */

#ifndef FAKE_BOX_H
#define FAKE_BOX_H

#include "gw/box_frame.h"
#include "sigtran-box/ss7.h"

enum { WAIT_MS = 5000, FAKE_FRAME_MAX = 4096 };

struct fake_box {
    int fd;
    size_t len;
    uint8_t in[2 * FAKE_FRAME_MAX];
    uint8_t frame[FAKE_FRAME_MAX]; /* the last one read, `f' points into it */
    struct box_frame f;
};

int free_port(void);       /* of 127.0.0.1, for a listener */
int fake_listen(int port); /* as bearerbox would */
bool fake_accept(struct fake_box *b, int listener);

bool fake_connect(struct fake_box *b, int port);
/* NULL: as smsbox without smsbox-id. */
void fake_identify(struct fake_box *b, const char *id);
void fake_close(struct fake_box *b);

/* Read a frame into b->f. False: none within the time, or closed. */
bool fake_read(struct fake_box *b, int wait_ms);
bool fake_read_type(struct fake_box *b, enum box_type type);
bool fake_closed(struct fake_box *b); /* the other end closed it */
void fake_write(struct fake_box *b, const void *p, size_t n);
void fake_ack(struct fake_box *b, const uint8_t id[16], int32_t nack);

/* An sms of this type, smsc-id and text; its UUID is 16 times `mark'. */
void fake_sms(struct fake_box *b, int type, const char *smsc_id,
              const char *text, uint8_t mark);

/* The same from this number; above it is +447700900999. */
void fake_sms_from(struct fake_box *b, int type, const char *from,
                   const char *smsc_id, const char *text, uint8_t mark);

/* Does the field of b->f hold this text? */
bool fake_is(const struct fake_box *b, int field, const char *text);

struct verdict_seen {
    uint64_t id;
    enum verdict v;
    struct map_err err;
};

/* The next verdict. False: none within wait_ms. */
bool next_verdict(struct verdict_seen *seen, int wait_ms);

struct alert_seen {
    uint8_t network;
    char sc[NUM_MAX + 1], msisdn[HLR_MSISDN_MAX + 1];
    uint64_t ref;
};
/* The same of ss7_alert(); and what was said last. */
bool next_alert(struct alert_seen *seen, int wait_ms);
bool seen_away(uint16_t route);
bool seen_waiting_full(void);

#endif
