/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * diff.h - random values for the differential test, as octets and as words
 *
 * Each row is one message in one version: make() thinks of a value, write()
 * and read() are the functions of the box, and text() says the value in words
 * that the other side (oracle.erl) must say too. A new operation is a row
 * here and one of the same name there.
 *
 * One thread. Nothing here looks at the ASN.1 of the other side.
 */

#ifndef DIFF_H
#define DIFF_H

#include "map_alert.h"
#include "map_dlg.h"
#include "map_err.h"
#include "map_inform.h"
#include "map_mt_sm.h"
#include "map_ready.h"
#include "map_sri_sm.h"
#include "map_status.h"
#include "tcap_msg.h"

enum { DIFF_COMPONENTS = 16, DIFF_ROOM = 4096, DIFF_TEXT = 1 << 16 };

/* The same sequence from the same seed, on every machine. */
struct rng {
    uint64_t state;
};

uint32_t rng_below(struct rng *g, uint32_t n); /* 0..n-1, n > 0 */
bool rng_coin(struct rng *g);
void rng_octets(struct rng *g, uint8_t *p, size_t n);
/* An address of up to `octets', an IMSI of any length: mostly digits. */
void rng_addr(struct rng *g, struct map_addr *a, uint32_t octets);
void rng_imsi(struct rng *g, char imsi[MAP_IMSI_DIGITS + 1]);

struct text {
    size_t len;
    char buf[DIFF_TEXT]; /* cut short if it does not fit */
};

void text_put(struct text *t, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
void text_hex(struct text *t, const uint8_t *p, size_t n);
/* "name=91:447700900123", or "name=-" if there is none. */
void text_addr(struct text *t, const char *name, bool has,
               const struct map_addr *a);
/* Elements as "30{80:91,a1{}},05:", whatever form their lengths have. */
void text_tree(struct text *t, struct rd r);

/* A TCAP message and its components; all windows lie in `room' if made. */
struct diff_tcap {
    struct tcap_msg msg;
    size_t components;
    struct tcap_comp comp[DIFF_COMPONENTS];
    struct rd_err err;
    size_t used;
    uint8_t room[DIFF_ROOM];
};

union diff_value {
    struct map_sri_sm_arg sri_arg;
    struct map_sri_sm_res sri_res;
    struct map_mt_sm_arg mt_arg;
    struct map_status_arg status_arg;
    struct map_status_res status_res;
    struct map_alert_arg alert_arg;
    struct map_inform_arg inform_arg;
    struct map_ready_arg ready_arg;
    struct map_err err;
    struct map_dlg dlg;
    struct diff_tcap tcap;
};

struct diff_row {
    const char *name;
    uint8_t version; /* of MAP; 0 where there is none */
    uint8_t code;    /* of an error; tag of a TCAP message */
    /* NULL: the box never writes it */
    void (*make)(const struct diff_row *row, struct rng *g,
                 union diff_value *v);
    void (*write)(const struct diff_row *row, struct wr *w,
                  const union diff_value *v);
    /* False if it is refused. *v is all zero before. */
    bool (*read)(const struct diff_row *row, struct rd *r, union diff_value *v);
    void (*text)(const struct diff_row *row, struct text *t,
                 const union diff_value *v);
};

extern const struct diff_row diff_map_rows[], diff_wait_rows[],
    diff_tcap_rows[];
extern const size_t diff_map_row_count, diff_wait_row_count,
    diff_tcap_row_count;

#endif
