/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * box_client.h - a box's connection to its server
 *
 * What every Kannel box does towards sigtran-box (or bearerbox): connect,
 * identify, send heartbeats, connect again when the server is lost (at once,
 * then after 0.5 s doubling to 30 s, each with some jitter). One thread does
 * all this and reads; it calls the ops. Frames are checked before anybody
 * sees them: nothing a server sends can make gwlib panic.
 *
 * A message is answered through its key, by any thread, once. A key belongs
 * to the connection by which the message came: when that is lost the server
 * has told the network to try again, so an answer to it is dropped here.
 *
 * Writing: frames are queued in memory, and leave in one piece at the next
 * box_client_flush(). Nothing waits for the server to read: what the socket
 * does not take is sent by the client's thread, and a server that lets more
 * than BOX_CLIENT_OUT_MAX pile up is dropped.
 */

#ifndef BOX_CLIENT_H
#define BOX_CLIENT_H

#include "box_frame.h"
#include "sigtran-box/verdict.h"

enum { BOX_CLIENT_OUT_MAX = 8 << 20 };

/* What an ack says: its field BOX_ACK_NACK. */
enum box_nack {
    BOX_NACK_SUCCESS,
    BOX_NACK_FAILED,     /* for good */
    BOX_NACK_FAILED_TMP, /* try again */
    BOX_NACK_BUFFERED,   /* taken, not sent yet */
};

/* Admin commands: a frame's BOX_ADMIN_COMMAND. */
enum box_command {
    BOX_CMD_SHUTDOWN,
    BOX_CMD_SUSPEND,
    BOX_CMD_RESUME,
    BOX_CMD_IDENTIFY,
    BOX_CMD_RESTART,
};

struct box_client_conf {
    char host[128]; /* name or address, IPv4 or IPv6 */
    uint16_t port;
    char boxc_id[BOX_ID_MAX + 1]; /* "": identify without one */
    uint32_t heartbeat_ms;        /* 30 s is usual */
    bool tls;
    char ca_file[256]; /* check the server's certificate; "": do not */
    /* shown to the server: PEM files; "": none */
    char cert_file[256], key_file[256];
};

/* A message that came, as far as its answer needs it. A value: copy it. */
struct box_key {
    uint8_t id[16];
    int32_t when;
    uint32_t epoch; /* which connection, from 1 */
};

/*
 * Called by the client's thread, which is one of gwlib's: keep it short, it
 * reads nothing meanwhile. The first may come before box_client_start() has
 * returned. Each may be NULL. All box_client_*() functions but
 * _stop() may be called from them; what they queue is flushed after `turn'.
 */
struct box_client_ops {
    /*
     * A message. `f' and the whole frame of `n' octets at `p' (its length
     * included; behind p + 4 as msg_unpack() takes it, which it may be given
     * to: it has been checked) are lent until return. Answer it by `key', here or later; never
     * answered, it is failed by the server at its deadline.
     */
    void (*sms)(void *ctx, const struct box_key *key, const struct box_frame *f,
                const uint8_t *p, size_t n);
    /* The server's answer to a message of box_client_sms(). */
    void (*ack)(void *ctx, const uint8_t id[16], int32_t nack);
    /* All that one read has brought was told: pass it on in one go. */
    void (*turn)(void *ctx);
    /* Connected and identified; `epoch' counts the connections. */
    void (*up)(void *ctx, uint32_t epoch);
    /* Lost: nothing more comes by it, and no acks for what went by it. */
    void (*lost)(void *ctx, uint32_t epoch);
    /* SHUTDOWN, SUSPEND, RESUME or RESTART. The client goes on as before:
     * what a command means is the box's matter. */
    void (*command)(void *ctx, enum box_command command);
};

struct box_client;

/*
 * Start the thread; the first connection is made by it too. conf is copied,
 * ops lent for life. NULL: no thread, or TLS with these files cannot be had
 * (logged).
 */
struct box_client *box_client_start(const struct box_client_conf *conf,
                                    const struct box_client_ops *ops,
                                    void *ctx);
/*
 * Send what is queued (no longer than `drain_ms'), close, wait for the
 * thread, free. Not from an op. op lost is called if it was up.
 */
void box_client_stop(struct box_client *c, uint32_t drain_ms);

/*
 * Queue the answer to a message: OK success, TEMPFAIL failed_tmp, PERMFAIL
 * failed. False: its connection is gone, nothing was sent. Any thread; a list
 * operation and 56 octets.
 */
bool box_client_ack(struct box_client *c, const struct box_key *key,
                    enum verdict v);

/*
 * Queue a message for the server: f->type is BOX_SMS, f->id its UUID, which
 * the ack repeats. Unused fields are num -1; box_client_blank() makes all so.
 * The epoch by which it goes; 0: not connected, or OUT_MAX is reached. If op
 * lost tells that epoch before an ack came, nobody knows its fate.
 */
uint32_t box_client_sms(struct box_client *c, const struct box_frame *f);
void box_client_blank(struct box_frame *f);

/*
 * Queue whole frames as they are, for who relays. False: not connected or
 * full.
 */
bool box_client_put(struct box_client *c, const void *frames, size_t n);

/*
 * Tell the server whether to send messages; told again after each connection.
 * sigtran-box uses another box of the route meanwhile, or answers TEMPFAIL.
 * Flushes.
 */
void box_client_suspend(struct box_client *c, bool suspended);

/* Write what is queued. Any thread; call it once per batch, not per frame. */
void box_client_flush(struct box_client *c);

/* The connection that is up; 0: none. */
uint32_t box_client_epoch(struct box_client *c);

#endif
