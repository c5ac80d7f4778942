/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * plug_msg.h - what a plug-in sees of a message: its fields
 *
 * One owner at a time, no lock. A field is octets, at most PLUG_FIELD_MAX of
 * them; behind them stands a NUL that is not counted. Plain code, for the box
 * and for the process of an isolated plug-in.
 */

#ifndef PLUG_MSG_H
#define PLUG_MSG_H

#include <stdbool.h>

#include "plugins/sigtran-plugin.h"

enum {
    /* 255 parts of text are 122,400 octets; twice this, as UTF-16, still fits
     * into a frame that boxes take (box_frame.h). */
    PLUG_FIELD_MAX = 125000,
    PLUG_NOTES_MAX = 512,
};

/* NULL: no memory; so with the others. */
struct plug_msg *plug_msg_new(void);
struct plug_msg *plug_msg_clone(const struct plug_msg *m);
void plug_msg_free(struct plug_msg *m);

/* The host's own: any field, as it is; it does not count as changed. False: no
 * memory or too long; the field is as it was. */
bool plug_msg_put(struct plug_msg *m, enum plug_field f, const void *p,
                  size_t len);
bool plug_msg_put_text(struct plug_msg *m, enum plug_field f, const char *text);
/* As decimal digits; 0: nothing. */
bool plug_msg_put_number(struct plug_msg *m, enum plug_field f, unsigned n);
/* "+" and these digits; "": nothing. */
bool plug_msg_put_plus(struct plug_msg *m, enum plug_field f,
                       const char *digits);

/* A plug-in's: checked. Those that it may set, and that are well formed (a
 * number or a name as PLUG_SENDER, UTF-8 as text, a MAP error by its name,
 * ...). False: not taken. A set to what it was already is no change. */
bool plug_msg_set(struct plug_msg *m, enum plug_field f, const void *p,
                  size_t len);

const void *plug_msg_get(const struct plug_msg *m, enum plug_field f,
                         size_t *len);
/* The same with its NUL, for fields that cannot hold one. */
const char *plug_msg_text(const struct plug_msg *m, enum plug_field f);
bool plug_msg_changed(const struct plug_msg *m, enum plug_field f);

/* Control characters become "?"; what is too long is cut. */
void plug_msg_note(struct plug_msg *m, const char *text);
const char *plug_msg_notes(const struct plug_msg *m); /* "": none */

uint64_t plug_msg_id(const struct plug_msg *m);
void plug_msg_set_id(struct plug_msg *m, uint64_t id);

#endif
