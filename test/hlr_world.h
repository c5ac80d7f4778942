/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * hlr_world.h - a register and an SS7 thread for tests of the loader
 *
 * The register is an array with a journal; what goes wrong with it is set by
 * the test. The SS7 thread applies what the loader hands over, a little at a
 * time, and gives it back; the test asks its table in between.
 */

#ifndef HLR_WORLD_H
#define HLR_WORLD_H

#include "hlr/hlr.h"

#include <stdatomic.h>

enum { WORLD_ROWS = 200000 };

/* What the register does. Set before or while the loader runs. */
struct world_faults {
    atomic_bool away;    /* neither opens nor answers */
    atomic_bool refuses; /* does not open, and waiting does not help */
    atomic_int torn_at;  /* the load breaks after so many rows; -1: not */
    atomic_int hold_at;  /* it waits there until this is another */
    atomic_int full;     /* so many times there is no room at the border */
    atomic_bool still;   /* the SS7 thread takes nothing */
};
extern struct world_faults world;
extern const struct hlr_backend world_backend;
extern const struct hlr_out world_out;

void world_open(void);
void world_close(void); /* after hlr_stop() */
void world_clear(void); /* the register is empty, without a journal */

/* Into the register, with a row of the journal. */
void world_put(const char *first, const char *last, const char *imsi,
               const char *route);
void world_del(const char *first, const char *last);
/* Without one: what the loader has to read again by itself. */
void world_put_unseen(const char *first, const char *last, const char *imsi);
void world_tell_all(void);

/* What the SS7 thread knows. */
bool world_find(const char *msisdn, struct hlr_entry *e);
bool world_find_imsi(const char *imsi, struct hlr_entry *e);
bool world_complete(void);
size_t world_rows(void);
unsigned world_tables(void); /* handed over */
bool world_grew(void);       /* a table did: it kept the SS7 thread waiting */
unsigned world_loads(void);  /* begun */
unsigned world_keys(void);   /* handed over */

/* Some seconds at most. */
bool world_comes(bool (*what)(void));

#endif
