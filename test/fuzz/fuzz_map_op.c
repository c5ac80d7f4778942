/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * fuzz_map_op.c - any octets at all as a parameter of each MAP operation
 *
 * The first octet chooses the operation and whether it is its argument, its
 * result or an error; all versions are tried. What can be read must be
 * writable, and be read from that as what is written in the same octets
 * again; what is cut short must not be read as a whole.
 */

#include <stdlib.h>
#include <string.h>

#include "map_alert.h"
#include "map_err.h"
#include "map_inform.h"
#include "map_mt_sm.h"
#include "map_ready.h"
#include "map_sri_sm.h"
#include "map_status.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { IMSI_LEAST = 5 /* shorter ones have no form of their own */ };

union value {
    struct map_sri_sm_arg sri;
    struct map_sri_sm_res sri_res;
    struct map_mt_sm_arg fsm;
    struct map_status_arg status;
    struct map_status_res status_res;
    struct map_alert_arg alert;
    struct map_inform_arg inform;
    struct map_ready_arg ready;
    struct map_err err;
};

static enum map_error error_code;

static void must(bool it_is_so)
{
    if (!it_is_so)
        abort();
}

static bool has_imsi(const char *imsi)
{
    must(strlen(imsi) <= MAP_IMSI_DIGITS);
    return strlen(imsi) >= IMSI_LEAST;
}

/* Each reads, and writes if there is something to write; false: it cannot be
 * written, for reasons of its own. */

static bool sri_arg(struct rd *r, struct wr *w, uint8_t version, union value *v)
{
    if (r != NULL)
        map_sri_sm_arg_read(r, version, &v->sri);
    if (w != NULL)
        map_sri_sm_arg_write(w, version, &v->sri);
    return true;
}

static bool sri_res(struct rd *r, struct wr *w, uint8_t version, union value *v)
{
    if (r != NULL)
        map_sri_sm_res_read(r, version, &v->sri_res);
    if (w != NULL)
        map_sri_sm_res_write(w, version, &v->sri_res);
    return r == NULL || !rd_ok(r) || has_imsi(v->sri_res.imsi);
}

static bool fsm_arg(struct rd *r, struct wr *w, uint8_t version, union value *v)
{
    if (r != NULL)
        map_mt_sm_arg_read(r, version, &v->fsm);
    if (w != NULL)
        map_mt_sm_arg_write(w, version, &v->fsm);
    return r == NULL || !rd_ok(r) || v->fsm.da != MAP_DA_IMSI ||
           has_imsi(v->fsm.imsi);
}

static bool fsm_res(struct rd *r, struct wr *w, uint8_t version, union value *v)
{
    (void)w;
    (void)v;
    if (r != NULL)
        map_mt_sm_res_read(r, version);
    return false;
}

static bool status_arg(struct rd *r, struct wr *w, uint8_t version,
                       union value *v)
{
    if (r != NULL)
        map_status_arg_read(r, version, &v->status);
    if (w != NULL)
        map_status_arg_write(w, version, &v->status);
    return true;
}

static bool status_res(struct rd *r, struct wr *w, uint8_t version,
                       union value *v)
{
    if (r != NULL)
        map_status_res_read(r, version, &v->status_res);
    if (w != NULL)
        map_status_res_write(w, version, &v->status_res);
    return true;
}

static bool alert_arg(struct rd *r, struct wr *w, uint8_t version,
                      union value *v)
{
    (void)version;
    if (r != NULL)
        map_alert_arg_read(r, &v->alert);
    if (w != NULL)
        map_alert_arg_write(w, &v->alert);
    return true;
}

static bool alert_res(struct rd *r, struct wr *w, uint8_t version,
                      union value *v)
{
    (void)w;
    (void)version;
    (void)v;
    if (r != NULL)
        map_alert_res_read(r);
    return false;
}

static bool inform_arg(struct rd *r, struct wr *w, uint8_t version,
                       union value *v)
{
    if (r != NULL)
        map_inform_arg_read(r, version, &v->inform);
    if (w != NULL)
        map_inform_arg_write(w, version, &v->inform);
    return true;
}

static bool ready_arg(struct rd *r, struct wr *w, uint8_t version,
                      union value *v)
{
    (void)version;
    if (r != NULL)
        map_ready_arg_read(r, &v->ready);
    if (w != NULL)
        map_ready_arg_write(w, &v->ready);
    return r == NULL || !rd_ok(r) || has_imsi(v->ready.imsi);
}

static bool ready_res(struct rd *r, struct wr *w, uint8_t version,
                      union value *v)
{
    (void)w;
    (void)v;
    if (r != NULL)
        map_ready_res_read(r, version);
    return false;
}

static bool note_arg(struct rd *r, struct wr *w, uint8_t version,
                     union value *v)
{
    (void)version;
    if (r != NULL)
        map_note_arg_read(r, &v->ready);
    if (w != NULL)
        map_note_arg_write(w, &v->ready);
    return r == NULL || !rd_ok(r) || has_imsi(v->ready.imsi);
}

/* What a version cannot say is said by the nearest that it can. */
static bool error(struct rd *r, struct wr *w, uint8_t version, union value *v)
{
    struct map_err e;

    if (r != NULL)
        map_err_read(r, error_code, version, &v->err);
    if (w != NULL) {
        e = map_err_for_version(v->err, version);
        if (e.code != error_code)
            return false;
        map_err_write(w, &e, version);
        return w->len > 0;
    }
    return true;
}

typedef bool codec(struct rd *r, struct wr *w, uint8_t version, union value *v);

static codec *const codecs[] = {
    sri_arg,   sri_res,   fsm_arg,    fsm_res,   status_arg, status_res,
    alert_arg, alert_res, inform_arg, ready_arg, ready_res,  note_arg,
};
enum { CODECS = sizeof(codecs) / sizeof(codecs[0]) };

static void stable(codec *c, uint8_t version, const uint8_t *p, size_t n)
{
    uint8_t first[1024], second[1024];
    struct wr w = wr_init(first, sizeof(first));
    struct wr w2 = wr_init(second, sizeof(second));
    union value v, back;
    struct rd_err err;
    struct rd r = rd_init(p, n, &err);

    memset(&v, 0, sizeof(v));
    memset(&back, 0, sizeof(back));
    if (!c(&r, NULL, version, &v) || !rd_ok(&r) || !c(NULL, &w, version, &v))
        return;
    must(wr_ok(&w));
    r = rd_init(first, w.len, &err);
    must(c(&r, NULL, version, &back) && rd_ok(&r));
    must(c(NULL, &w2, version, &back) && wr_ok(&w2));
    must(w2.len == w.len && memcmp(first, second, w.len) == 0);
    for (size_t cut = 0; cut < w.len; cut++) {
        r = rd_init(first, cut, &err);
        c(&r, NULL, version, &back);
        must(!rd_ok(&r) || cut == 0); /* a result may be left out */
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    codec *c;
    uint8_t *exact;

    if (size < 1 || size > 512)
        return 0;
    c = data[0] < CODECS ? codecs[data[0]] : error;
    error_code = (enum map_error)(data[0] - CODECS);
    exact = malloc(size); /* of its own size, for the sanitizer */
    must(exact != NULL);
    memcpy(exact, data + 1, size - 1);
    for (uint8_t version = 1; version <= 3; version++)
        stable(c, version, exact, size - 1);
    free(exact);
    return 0;
}
