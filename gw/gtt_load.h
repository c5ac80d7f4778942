/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * gtt_load.h - the gtt-files of networks: read again while the box runs
 *
 * A loader thread builds a new table beside the one in force, hands it
 * through the border, and frees the old one when that came back. A file with
 * an error leaves the last good table in force. Networks without a file have
 * no part in this.
 */

#ifndef GTT_LOAD_H
#define GTT_LOAD_H

#include "conf.h"

/*
 * After ss7_init(), before the SS7 thread runs: hands the tables of conf
 * over, so that they are in force before the first message. conf is lent
 * until gtt_load_stop(). -1: the thread could not be started.
 */
int gtt_load_start(struct conf *conf);
void gtt_load_stop(void);

/* Read the files again, in the loader's thread. Main thread. */
void gtt_load_again(void);

/* The SS7 thread has let go of `g'. Any thread. */
void gtt_load_retired(struct gtt *g);

#endif
