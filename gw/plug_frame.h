/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * plug_frame.h - what the frames of a plug-in's process say
 *
 * put: gather one frame; false: it does not fit, nothing of it is kept. get:
 * what a frame says, after a look at its type; false: malformed, and what was
 * filled in is void. Texts and octets are lent by the frame.
 */

#ifndef PLUG_FRAME_H
#define PLUG_FRAME_H

#include "plug_msg.h"
#include "plug_wire.h"

enum {
    PLUG_FRAME_NAME = 31, /* octets of a name, a version, an id */
    PLUG_FRAME_KEY = 63,
    PLUG_FRAME_WHY = 255,
    PLUG_FRAME_LINE = 399, /* of the log */
    PLUG_FRAME_KEYS = 64,
    PLUG_FRAME_SLOTS = 1000000,
};

enum { /* hooks that a plug-in has */
       PLUG_FRAME_SRI = 1,
       PLUG_FRAME_SMS = 2,
       PLUG_FRAME_DONE = 4,
       PLUG_FRAME_CDR = 8,
       PLUG_FRAME_RELOAD = 16,
       PLUG_FRAME_TICK = 32,
};

/* A verdict that is none. */
enum { PLUG_FRAME_FAILED = 255 };

/* RELOAD, TICK, DID: nothing in them. */
bool plug_frame_put(struct plug_wire *w, uint8_t type);
bool plug_frame_get(const struct plug_frame *f);

struct plug_frame_load {
    const char *id, *path;
};
bool plug_frame_put_load(struct plug_wire *w, const struct plug_frame_load *l);
/* False also if the box is of another version. */
bool plug_frame_get_load(const struct plug_frame *f, struct plug_frame_load *l);

struct plug_frame_loaded {
    const char *name, *version;
    uint8_t hooks;
    unsigned n_keys;
    const char *key[PLUG_FRAME_KEYS];
};
bool plug_frame_put_loaded(struct plug_wire *w,
                           const struct plug_frame_loaded *l);
bool plug_frame_get_loaded(const struct plug_frame *f,
                           struct plug_frame_loaded *l);

struct plug_frame_open {
    bool check;
    uint32_t slots; /* messages that may be out at once */
    unsigned n_keys;
    struct {
        const char *key, *value;
    } key[PLUG_FRAME_KEYS];
};
bool plug_frame_put_open(struct plug_wire *w, const struct plug_frame_open *o);
bool plug_frame_get_open(const struct plug_frame *f, struct plug_frame_open *o);

/* SRI or SMS, with all fields. From until_ms of CLOCK_MONOTONIC on nobody
 * waits for the verdict any more. */
bool plug_frame_put_msg(struct plug_wire *w, uint8_t type, uint64_t id,
                        uint64_t until_ms, const struct plug_msg *m);
bool plug_frame_get_msg(const struct plug_frame *f, uint64_t *until_ms,
                        struct plug_msg *m);

/* The verdict, the fields of the message that were changed, and its notes. */
struct plug_frame_verdict {
    uint8_t v; /* PLUG_NEXT to PLUG_PERMFAIL, or PLUG_FRAME_FAILED */
    unsigned n;
    struct {
        uint8_t field;
        uint32_t len;
        const uint8_t *p;
    } change[PLUG_NFIELDS];
    const char *notes;
};
bool plug_frame_put_verdict(struct plug_wire *w, uint64_t id, uint8_t v,
                            const struct plug_msg *m);
bool plug_frame_get_verdict(const struct plug_frame *f,
                            struct plug_frame_verdict *v);

/* REFUSED: 0; OPENED: what it wants; DONE: a verdict; LOG: a level; COUNT: how
 * many; and a text. */
bool plug_frame_put_text(struct plug_wire *w, uint8_t type, uint64_t n,
                         const char *text);
bool plug_frame_get_text(const struct plug_frame *f, uint64_t *n,
                         const char **text);

bool plug_frame_put_cdr(struct plug_wire *w, const struct plug_cdr *cdr);
bool plug_frame_get_cdr(const struct plug_frame *f, struct plug_cdr *cdr);

#endif
