/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * plug_child.h - the host's part in the process of an isolated plug-in
 *
 * struct plug_host as the plug-in gets it there: it works on copies of the
 * messages, and tells the box what came of them. One instance a process, so
 * its state is static. Functions of plug_child_host() are called from any
 * thread, those here from the main thread. One lock, that of the socket and
 * the messages; the box always reads, so nobody waits behind it for long.
 */

#ifndef PLUG_CHILD_H
#define PLUG_CHILD_H

#include "plug_frame.h"

/* Before all else; `w' is lent. */
void plug_child_start(struct plug_wire *w);

/* The group, copied, and room for its messages. NULL: no memory. */
const struct plug_conf *plug_child_conf(const struct plug_frame_open *o);
const struct plug_host *plug_child_host(void);

/* Ask the hook about a message, and tell the box. False: the frame is bad. */
bool plug_child_ask(const struct plug_frame *f,
                    enum plug_verdict (*hook)(void *self, struct plug_msg *m),
                    void *self);

void plug_child_did(void); /* a report's hook has returned */
void plug_child_loaded(const struct plug_frame_loaded *l);
void plug_child_opened(unsigned wants); /* enum plug_want */
void plug_child_refused(const char *why);
/* Tell what was counted, and how many lines were left out. */
void plug_child_tell(void);

#endif
