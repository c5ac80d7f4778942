/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * dlv_world.h - delivery and box server between a fake SS7 side and fake boxes
 */

#ifndef DLV_WORLD_H
#define DLV_WORLD_H

#include "fake_box.h"
#include "gw/box_server.h"
#include "gw/dlv.h"

enum { QUIET_MS = 60 }; /* long enough to see that nothing comes */
enum {
    ANY,        /* confirm = box, every box */
    BY_REPLY,   /* numbers 4477002.., confirm = reply */
    SHORT_TIME, /* 4477003.., a deadline of 50 s */
    TO_BOX2,    /* the rest of 44770.., box2 only */
    REPORTS,    /* 4477004.., confirm = reply, takes status reports */
    ROUTES
};

extern struct dlv_route route[ROUTES];
extern struct dlv_conf conf;
extern struct box_conf box_conf; /* start() chooses a free port */

void start(void);
void stop(void);

/* That many boxes are ready, before WAIT_MS are over. */
bool wait_boxes(unsigned n);
/* That many deliveries are open, the same. */
bool wait_open(unsigned n);
struct fake_box *box_up(struct fake_box *b, const char *id);

uint64_t next_id(void); /* as the SS7 side makes them */
/* A message of the network whose text is number `n', or a status report
 * with TP-MR `n'. */
struct ss7_sms an_sms(const char *vmn, unsigned n);
struct ss7_sms a_report(const char *vmn, unsigned n, uint8_t st);
uint64_t take(const struct ss7_sms *m); /* its id */
uint64_t send_one(const char *vmn, unsigned n);

bool verdict_is(uint64_t id, enum verdict v); /* the next one */
bool no_verdict(void);
void drop_verdicts(void);
uint64_t now_ms(void);

#endif
