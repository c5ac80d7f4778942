/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * diff_wait.c - the operations about messages that wait, for asn1_diff:
 * reportSM-DeliveryStatus, alertServiceCentre, informServiceCentre,
 * readyForSM, noteSubscriberPresent
 */

#include "diff.h"

static void make_status_arg(const struct diff_row *row, struct rng *g,
                            union diff_value *v)
{
    struct map_status_arg *a = &v->status_arg;

    rng_addr(g, &a->msisdn, 9);
    rng_addr(g, &a->sc_addr, 20);
    a->has_outcome = row->version >= 2;
    if (a->has_outcome)
        a->outcome = (uint8_t)rng_below(g, 3);
    a->diagnostic = -1;
    if (row->version >= 3 && rng_coin(g))
        a->diagnostic = (int16_t)rng_below(g, 256);
}

static void write_status_arg(const struct diff_row *row, struct wr *w,
                             const union diff_value *v)
{
    map_status_arg_write(w, row->version, &v->status_arg);
}

static bool read_status_arg(const struct diff_row *row, struct rd *r,
                            union diff_value *v)
{
    map_status_arg_read(r, row->version, &v->status_arg);
    return rd_ok(r);
}

static void text_status_arg(const struct diff_row *row, struct text *t,
                            const union diff_value *v)
{
    const struct map_status_arg *a = &v->status_arg;

    (void)row;
    text_addr(t, "msisdn", true, &a->msisdn);
    text_addr(t, " sc", true, &a->sc_addr);
    text_put(t, " outcome=%d diagnostic=%d", a->has_outcome ? a->outcome : -1,
             a->diagnostic);
}

static void make_status_res(const struct diff_row *row, struct rng *g,
                            union diff_value *v)
{
    (void)row;
    v->status_res.has_stored = rng_coin(g);
    if (v->status_res.has_stored)
        rng_addr(g, &v->status_res.stored, 9);
}

static void write_status_res(const struct diff_row *row, struct wr *w,
                             const union diff_value *v)
{
    map_status_res_write(w, row->version, &v->status_res);
}

static bool read_status_res(const struct diff_row *row, struct rd *r,
                            union diff_value *v)
{
    map_status_res_read(r, row->version, &v->status_res);
    return rd_ok(r);
}

static void text_status_res(const struct diff_row *row, struct text *t,
                            const union diff_value *v)
{
    (void)row;
    text_addr(t, "stored", v->status_res.has_stored, &v->status_res.stored);
}

static void make_alert_arg(const struct diff_row *row, struct rng *g,
                           union diff_value *v)
{
    (void)row;
    rng_addr(g, &v->alert_arg.msisdn, 9);
    rng_addr(g, &v->alert_arg.sc_addr, 20);
}

static void write_alert_arg(const struct diff_row *row, struct wr *w,
                            const union diff_value *v)
{
    (void)row;
    map_alert_arg_write(w, &v->alert_arg);
}

static bool read_alert_arg(const struct diff_row *row, struct rd *r,
                           union diff_value *v)
{
    (void)row;
    map_alert_arg_read(r, &v->alert_arg);
    return rd_ok(r);
}

static void text_alert_arg(const struct diff_row *row, struct text *t,
                           const union diff_value *v)
{
    (void)row;
    text_addr(t, "msisdn", true, &v->alert_arg.msisdn);
    text_addr(t, " sc", true, &v->alert_arg.sc_addr);
}

static void make_inform_arg(const struct diff_row *row, struct rng *g,
                            union diff_value *v)
{
    struct map_inform_arg *a = &v->inform_arg;

    a->has_stored = rng_coin(g);
    if (a->has_stored)
        rng_addr(g, &a->stored, 9);
    if (rng_coin(g)) {
        a->mw_bits = MAP_MW_BITS;
        if (row->version >= 3)
            a->mw_bits = (uint8_t)(MAP_MW_BITS + rng_below(g, 11));
        a->mw = (uint16_t)(rng_below(g, 1u << a->mw_bits) << (16 - a->mw_bits));
    }
    a->diagnostic = -1;
    if (row->version >= 3 && rng_coin(g))
        a->diagnostic = (int16_t)rng_below(g, 256);
}

static void write_inform_arg(const struct diff_row *row, struct wr *w,
                             const union diff_value *v)
{
    map_inform_arg_write(w, row->version, &v->inform_arg);
}

static bool read_inform_arg(const struct diff_row *row, struct rd *r,
                            union diff_value *v)
{
    map_inform_arg_read(r, row->version, &v->inform_arg);
    return rd_ok(r);
}

static void text_inform_arg(const struct diff_row *row, struct text *t,
                            const union diff_value *v)
{
    const struct map_inform_arg *a = &v->inform_arg;

    (void)row;
    text_addr(t, "stored", a->has_stored, &a->stored);
    /* bits that are not set need not be there */
    text_put(t, " mw=%d diagnostic=%d", a->mw_bits > 0 ? a->mw : -1,
             a->diagnostic);
}

static void make_ready_arg(const struct diff_row *row, struct rng *g,
                           union diff_value *v)
{
    rng_imsi(g, v->ready_arg.imsi);
    if (row->version >= 2)
        v->ready_arg.reason = (uint8_t)rng_below(g, 2);
}

/* Version 1 has noteSubscriberPresent, an IMSI alone. */
static void write_ready_arg(const struct diff_row *row, struct wr *w,
                            const union diff_value *v)
{
    if (row->version == 1)
        map_note_arg_write(w, &v->ready_arg);
    else
        map_ready_arg_write(w, &v->ready_arg);
}

static bool read_ready_arg(const struct diff_row *row, struct rd *r,
                           union diff_value *v)
{
    if (row->version == 1)
        map_note_arg_read(r, &v->ready_arg);
    else
        map_ready_arg_read(r, &v->ready_arg);
    return rd_ok(r);
}

static void text_ready_arg(const struct diff_row *row, struct text *t,
                           const union diff_value *v)
{
    (void)row;
    text_put(t, "imsi=%s reason=%d", v->ready_arg.imsi, v->ready_arg.reason);
}

/* We answer without a parameter, but others send one. */
static bool read_ready_res(const struct diff_row *row, struct rd *r,
                           union diff_value *v)
{
    (void)v;
    map_ready_res_read(r, row->version);
    return rd_ok(r);
}

static void text_ready_res(const struct diff_row *row, struct text *t,
                           const union diff_value *v)
{
    (void)row;
    (void)v;
    text_put(t, "result");
}

#define STATUS_ARG                                                             \
    .name = "status-arg", .make = make_status_arg, .write = write_status_arg,  \
    .read = read_status_arg, .text = text_status_arg
#define STATUS_RES                                                             \
    .name = "status-res", .make = make_status_res, .write = write_status_res,  \
    .read = read_status_res, .text = text_status_res
#define ALERT_ARG                                                              \
    .name = "alert-arg", .make = make_alert_arg, .write = write_alert_arg,     \
    .read = read_alert_arg, .text = text_alert_arg
#define INFORM_ARG                                                             \
    .name = "inform-arg", .make = make_inform_arg, .write = write_inform_arg,  \
    .read = read_inform_arg, .text = text_inform_arg
#define READY_ARG                                                              \
    .name = "ready-arg", .make = make_ready_arg, .write = write_ready_arg,     \
    .read = read_ready_arg, .text = text_ready_arg
#define READY_RES                                                              \
    .name = "ready-res", .read = read_ready_res, .text = text_ready_res

/* alertServiceCentre stayed at version 2; its argument grew all the same. */
const struct diff_row diff_wait_rows[] = {
    { .version = 1, STATUS_ARG }, { .version = 2, STATUS_ARG },
    { .version = 3, STATUS_ARG }, { .version = 2, STATUS_RES },
    { .version = 3, STATUS_RES }, { .version = 1, ALERT_ARG },
    { .version = 2, ALERT_ARG },  { .version = 3, ALERT_ARG },
    { .version = 2, INFORM_ARG }, { .version = 3, INFORM_ARG },
    { .version = 1, READY_ARG },  { .version = 2, READY_ARG },
    { .version = 3, READY_ARG },  { .version = 3, READY_RES },
};
const size_t diff_wait_row_count =
    sizeof(diff_wait_rows) / sizeof(diff_wait_rows[0]);
