/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * diff_map.c - MAP parameters, errors and dialogue PDUs for asn1_diff
 */

#include "diff.h"

#include <string.h>

static void make_sri_arg(const struct diff_row *row, struct rng *g,
                         union diff_value *v)
{
    struct map_sri_sm_arg *a = &v->sri_arg;

    rng_addr(g, &a->msisdn, 9);
    rng_addr(g, &a->sc_addr, 20);
    a->priority = rng_coin(g);
    if (row->version < 3)
        return; /* the rest is not in the older modules */
    a->gprs_support = rng_coin(g);
    a->delivery_not_intended = rng_coin(g);
    if (a->delivery_not_intended)
        a->not_intended = (uint8_t)rng_below(g, 2);
}

static void write_sri_arg(const struct diff_row *row, struct wr *w,
                          const union diff_value *v)
{
    map_sri_sm_arg_write(w, row->version, &v->sri_arg);
}

static bool read_sri_arg(const struct diff_row *row, struct rd *r,
                         union diff_value *v)
{
    map_sri_sm_arg_read(r, row->version, &v->sri_arg);
    return rd_ok(r);
}

static void text_sri_arg(const struct diff_row *row, struct text *t,
                         const union diff_value *v)
{
    const struct map_sri_sm_arg *a = &v->sri_arg;

    (void)row;
    text_addr(t, "msisdn", true, &a->msisdn);
    text_addr(t, " sc", true, &a->sc_addr);
    text_put(t, " pri=%d gprs=%d", a->priority, a->gprs_support);
    if (a->delivery_not_intended)
        text_put(t, " not-intended=%d", a->not_intended);
}

static void make_sri_res(const struct diff_row *row, struct rng *g,
                         union diff_value *v)
{
    (void)row;
    rng_imsi(g, v->sri_res.imsi);
    rng_addr(g, &v->sri_res.node, 9);
}

static void write_sri_res(const struct diff_row *row, struct wr *w,
                          const union diff_value *v)
{
    map_sri_sm_res_write(w, row->version, &v->sri_res);
}

static bool read_sri_res(const struct diff_row *row, struct rd *r,
                         union diff_value *v)
{
    map_sri_sm_res_read(r, row->version, &v->sri_res);
    return rd_ok(r);
}

static void text_sri_res(const struct diff_row *row, struct text *t,
                         const union diff_value *v)
{
    (void)row;
    text_put(t, "imsi=%s", v->sri_res.imsi);
    text_addr(t, " node", true, &v->sri_res.node);
    text_put(t, " lmsi=");
    text_hex(t, v->sri_res.lmsi, v->sri_res.lmsi_len);
}

/* noSM-RP-DA and noSM-RP-OA are not for version 1, roamingNumber only is. */
static void make_mt_arg(const struct diff_row *row, struct rng *g,
                        union diff_value *v)
{
    static const enum map_da das[] = { MAP_DA_IMSI, MAP_DA_LMSI,
                                       MAP_DA_SERVICE_CENTRE, MAP_DA_NONE };
    struct map_mt_sm_arg *a = &v->mt_arg;

    a->da = das[rng_below(g, 4)];
    a->oa = (enum map_oa)rng_below(g, row->version == 1 ? 2 : 3);
    if (row->version == 1 && a->da == MAP_DA_NONE)
        a->da = MAP_DA_ROAMING;
    rng_imsi(g, a->imsi);
    rng_octets(g, a->lmsi, sizeof(a->lmsi));
    rng_addr(g, &a->da_addr, a->da == MAP_DA_ROAMING ? 9 : 20);
    rng_addr(g, &a->oa_addr, a->oa == MAP_OA_MSISDN ? 9 : 20);
    a->more = row->version >= 2 && rng_coin(g);
    if (row->version >= 3 && rng_coin(g))
        a->delivery_timer_s = 30 + rng_below(g, 571);
    a->tpdu_len = (uint8_t)(1 + rng_below(g, 200)); /* SignalInfo */
    rng_octets(g, a->tpdu, a->tpdu_len);
}

static void write_mt_arg(const struct diff_row *row, struct wr *w,
                         const union diff_value *v)
{
    map_mt_sm_arg_write(w, row->version, &v->mt_arg);
}

static bool read_mt_arg(const struct diff_row *row, struct rd *r,
                        union diff_value *v)
{
    map_mt_sm_arg_read(r, row->version, &v->mt_arg);
    return rd_ok(r);
}

static void text_da(struct text *t, const struct map_mt_sm_arg *a)
{
    switch (a->da) {
    case MAP_DA_IMSI:
        text_put(t, "da=imsi:%s", a->imsi);
        break;
    case MAP_DA_LMSI:
        text_put(t, "da=lmsi:");
        text_hex(t, a->lmsi, sizeof(a->lmsi));
        break;
    case MAP_DA_ROAMING:
    case MAP_DA_SERVICE_CENTRE:
        text_addr(t, a->da == MAP_DA_ROAMING ? "da=roaming" : "da=sc", true,
                  &a->da_addr);
        break;
    case MAP_DA_NONE:
        text_put(t, "da=none");
        break;
    }
}

static void text_oa(struct text *t, const struct map_mt_sm_arg *a)
{
    if (a->oa == MAP_OA_NONE)
        text_put(t, " oa=none");
    else
        text_addr(t, a->oa == MAP_OA_MSISDN ? " oa=msisdn" : " oa=sc", true,
                  &a->oa_addr);
}

static void text_mt_arg(const struct diff_row *row, struct text *t,
                        const union diff_value *v)
{
    const struct map_mt_sm_arg *a = &v->mt_arg;

    (void)row;
    text_da(t, a);
    text_oa(t, a);
    text_put(t, " more=%d timer=%u ui=", a->more, a->delivery_timer_s);
    text_hex(t, a->tpdu, a->tpdu_len);
}

/* We answer a message without a result parameter, but others send one. */
static bool read_mt_res(const struct diff_row *row, struct rd *r,
                        union diff_value *v)
{
    (void)v;
    map_mt_sm_res_read(r, row->version);
    return rd_ok(r);
}

static void text_mt_res(const struct diff_row *row, struct text *t,
                        const union diff_value *v)
{
    (void)row;
    (void)v;
    text_put(t, "result");
}

/* How many causes an error can tell in this version; 0: it tells none. */
static uint32_t causes(const struct diff_row *row)
{
    switch ((enum map_error)row->code) {
    case MAP_ERR_ABSENT_SUBSCRIBER_SM:
        return 256;
    case MAP_ERR_CALL_BARRED:
        return 2;
    case MAP_ERR_SM_DELIVERY_FAILURE:
        return 7;
    case MAP_ERR_SYSTEM_FAILURE:
        return 8;
    default:
        return 0;
    }
}

static void make_err(const struct diff_row *row, struct rng *g,
                     union diff_value *v)
{
    uint32_t n = causes(row);
    bool mandatory = row->code == MAP_ERR_SM_DELIVERY_FAILURE;

    v->err.code = (enum map_error)row->code;
    v->err.cause = -1;
    if (n > 0 && (mandatory || rng_below(g, 8) > 0))
        v->err.cause = (int16_t)rng_below(g, n);
}

static void write_err(const struct diff_row *row, struct wr *w,
                      const union diff_value *v)
{
    map_err_write(w, &v->err, row->version);
}

static bool read_err(const struct diff_row *row, struct rd *r,
                     union diff_value *v)
{
    map_err_read(r, (enum map_error)row->code, row->version, &v->err);
    return rd_ok(r);
}

static void text_err(const struct diff_row *row, struct text *t,
                     const union diff_value *v)
{
    (void)row;
    text_put(t, "cause=%d", v->err.cause);
}

static void make_dlg(const struct diff_row *row, struct rng *g,
                     union diff_value *v)
{
    static const uint8_t reasons[] = { 0, 0, 0, 3, 0, 2 };
    struct map_dlg *d = &v->dlg;
    uint32_t which = rng_below(g, 6);

    d->type = (enum map_dlg_type)(MAP_DLG_OPEN + which);
    d->has_dest = rng_coin(g);
    d->has_orig = rng_coin(g);
    rng_addr(g, &d->dest, 20);
    rng_addr(g, &d->orig, 20);
    if (reasons[which] > 0)
        d->reason = (uint8_t)rng_below(g, reasons[which]);
    if (d->type == MAP_DLG_USER_ABORT)
        d->abort =
            (enum map_user_abort)(MAP_ABORT_USER_SPECIFIC + rng_below(g, 4));
    if (d->abort == MAP_ABORT_RESOURCE_UNAVAILABLE)
        d->reason = (uint8_t)rng_below(g, 2);
    if (d->abort == MAP_ABORT_PROCEDURE_CANCELLED)
        d->reason = (uint8_t)rng_below(g, 7);
    if (d->type == MAP_DLG_REFUSE && row->version >= 3 && rng_coin(g)) {
        struct tcap_acn acn = tcap_acn_map((uint8_t)rng_below(g, 128),
                                           (uint8_t)(1 + rng_below(g, 3)));

        d->alternative_len = acn.oid_len;
        memcpy(d->alternative, acn.oid, acn.oid_len);
    }
}

static void write_dlg(const struct diff_row *row, struct wr *w,
                      const union diff_value *v)
{
    (void)row;
    map_dlg_write(w, &v->dlg);
}

static bool read_dlg(const struct diff_row *row, struct rd *r,
                     union diff_value *v)
{
    (void)row;
    return map_dlg_read(*r, &v->dlg);
}

static void text_dlg(const struct diff_row *row, struct text *t,
                     const union diff_value *v)
{
    const struct map_dlg *d = &v->dlg;

    (void)row;
    text_put(t, "%x", d->type);
    switch (d->type) {
    case MAP_DLG_OPEN:
        text_addr(t, " dest", d->has_dest, &d->dest);
        text_addr(t, " orig", d->has_orig, &d->orig);
        break;
    case MAP_DLG_REFUSE:
        text_put(t, " reason=%d alternative=", d->reason);
        text_hex(t, d->alternative, d->alternative_len);
        break;
    case MAP_DLG_USER_ABORT:
        text_put(t, " abort=%x reason=%d", d->abort, d->reason);
        break;
    case MAP_DLG_PROVIDER_ABORT:
        text_put(t, " reason=%d", d->reason);
        break;
    case MAP_DLG_ACCEPT:
    case MAP_DLG_CLOSE:
        break;
    }
}

#define SRI_ARG                                                                \
    .name = "sri-arg", .make = make_sri_arg, .write = write_sri_arg,           \
    .read = read_sri_arg, .text = text_sri_arg
#define SRI_RES                                                                \
    .name = "sri-res", .make = make_sri_res, .write = write_sri_res,           \
    .read = read_sri_res, .text = text_sri_res
#define MT_ARG                                                                 \
    .name = "mt-arg", .make = make_mt_arg, .write = write_mt_arg,              \
    .read = read_mt_arg, .text = text_mt_arg
#define DLG                                                                    \
    .name = "dlg", .make = make_dlg, .write = write_dlg, .read = read_dlg,     \
    .text = text_dlg
#define ERR(n)                                                                 \
    .name = "err-" #n, .code = n, .make = make_err, .write = write_err,        \
    .read = read_err, .text = text_err

const struct diff_row diff_map_rows[] = {
    { .version = 1, SRI_ARG },
    { .version = 2, SRI_ARG },
    { .version = 3, SRI_ARG },
    { .version = 1, SRI_RES },
    { .version = 2, SRI_RES },
    { .version = 3, SRI_RES },
    { .version = 1, MT_ARG },
    { .version = 2, MT_ARG },
    { .version = 3, MT_ARG },
    { .version = 3,
      .name = "mo-arg",
      .read = read_mt_arg,
      .text = text_mt_arg },
    { .version = 3,
      .name = "mt-res",
      .read = read_mt_res,
      .text = text_mt_res },
    { .version = 2, DLG },
    { .version = 3, DLG },
    { .version = 1, ERR(1) },
    { .version = 1, ERR(5) },
    { .version = 1, ERR(9) },
    { .version = 1, ERR(11) },
    { .version = 1, ERR(13) },
    { .version = 1, ERR(21) },
    { .version = 1, ERR(27) },
    { .version = 1, ERR(32) },
    { .version = 1, ERR(33) },
    { .version = 1, ERR(34) },
    { .version = 1, ERR(36) },
    { .version = 2, ERR(1) },
    { .version = 2, ERR(5) },
    { .version = 2, ERR(9) },
    { .version = 2, ERR(11) },
    { .version = 2, ERR(12) },
    { .version = 2, ERR(13) },
    { .version = 2, ERR(21) },
    { .version = 2, ERR(27) },
    { .version = 2, ERR(31) },
    { .version = 2, ERR(32) },
    { .version = 2, ERR(33) },
    { .version = 2, ERR(34) },
    { .version = 2, ERR(35) },
    { .version = 2, ERR(36) },
    { .version = 3, ERR(1) },
    { .version = 3, ERR(5) },
    { .version = 3, ERR(6) },
    { .version = 3, ERR(9) },
    { .version = 3, ERR(11) },
    { .version = 3, ERR(12) },
    { .version = 3, ERR(13) },
    { .version = 3, ERR(21) },
    { .version = 3, ERR(27) },
    { .version = 3, ERR(31) },
    { .version = 3, ERR(32) },
    { .version = 3, ERR(33) },
    { .version = 3, ERR(34) },
    { .version = 3, ERR(35) },
    { .version = 3, ERR(36) },
};
const size_t diff_map_row_count =
    sizeof(diff_map_rows) / sizeof(diff_map_rows[0]);
