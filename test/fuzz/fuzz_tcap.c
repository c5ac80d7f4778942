/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * fuzz_tcap.c - any octets at all, as a TCAP message and as MAP parameters
 *
 * What can be read must be writable and then read as the same again.
 */

#include <stdlib.h>
#include <string.h>

#include "map_alert.h"
#include "map_dlg.h"
#include "map_err.h"
#include "map_inform.h"
#include "map_mt_sm.h"
#include "map_ready.h"
#include "map_sri_sm.h"
#include "map_status.h"
#include "tcap_msg.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static uint8_t buf[1 << 16];
static struct rd_err werr;

static void must(bool it_is_so)
{
    if (!it_is_so)
        abort();
}

static struct rd written(const struct wr *w)
{
    must(wr_ok(w));
    return rd_init(w->buf, w->len, &werr);
}

static void sri_sm(struct rd param, uint8_t version)
{
    struct map_sri_sm_arg arg, arg2;
    struct map_sri_sm_res res, res2;
    struct wr w = wr_init(buf, sizeof(buf));
    struct rd_err err = { 0 };
    struct rd r = param;

    r.err = &err;
    map_sri_sm_arg_read(&r, version, &arg);
    if (rd_ok(&r)) {
        map_sri_sm_arg_write(&w, version, &arg);
        r = written(&w);
        map_sri_sm_arg_read(&r, version, &arg2);
        must(rd_ok(&r) && memcmp(&arg, &arg2, sizeof(arg)) == 0);
    }
    err = (struct rd_err){ 0 };
    r = param;
    r.err = &err;
    map_sri_sm_res_read(&r, version, &res);
    if (rd_ok(&r) && strlen(res.imsi) > 4) {
        w = wr_init(buf, sizeof(buf));
        map_sri_sm_res_write(&w, version, &res);
        r = written(&w);
        map_sri_sm_res_read(&r, version, &res2);
        must(rd_ok(&r) && strcmp(res.imsi, res2.imsi) == 0);
        must(memcmp(&res.node, &res2.node, sizeof(res.node)) == 0);
    }
}

static void mt_sm(struct rd param, uint8_t version)
{
    struct map_mt_sm_arg arg, arg2;
    struct wr w = wr_init(buf, sizeof(buf));
    struct rd_err err = { 0 };
    struct rd r = param;

    r.err = &err;
    map_mt_sm_res_read(&r, version);
    err = (struct rd_err){ 0 };
    r = param;
    r.err = &err;
    map_mt_sm_arg_read(&r, version, &arg);
    if (!rd_ok(&r) || (arg.da == MAP_DA_IMSI && strlen(arg.imsi) <= 4))
        return;
    map_mt_sm_arg_write(&w, version, &arg);
    r = written(&w);
    map_mt_sm_arg_read(&r, version, &arg2);
    must(rd_ok(&r) && arg.da == arg2.da && arg.oa == arg2.oa);
    must(arg.more == arg2.more && arg.tpdu_len == arg2.tpdu_len);
    must(memcmp(arg.tpdu, arg2.tpdu, arg.tpdu_len) == 0);
    must(strcmp(arg.imsi, arg2.imsi) == 0);
}

/* The same octets, whose failures are their own. */
static struct rd again(struct rd param, struct rd_err *err)
{
    *err = (struct rd_err){ 0 };
    param.err = err;
    return param;
}

static void status(struct rd param, uint8_t version)
{
    struct map_status_arg arg, arg2;
    struct map_status_res res, res2;
    struct wr w = wr_init(buf, sizeof(buf));
    struct rd_err err;
    struct rd r = again(param, &err);

    map_status_arg_read(&r, version, &arg);
    if (rd_ok(&r)) {
        map_status_arg_write(&w, version, &arg);
        r = written(&w);
        map_status_arg_read(&r, version, &arg2);
        must(rd_ok(&r) && memcmp(&arg, &arg2, sizeof(arg)) == 0);
    }
    r = again(param, &err);
    map_status_res_read(&r, version, &res);
    if (rd_ok(&r)) {
        w = wr_init(buf, sizeof(buf));
        map_status_res_write(&w, version, &res);
        r = written(&w);
        map_status_res_read(&r, version, &res2);
        must(rd_ok(&r) && memcmp(&res, &res2, sizeof(res)) == 0);
    }
}

static void alert(struct rd param)
{
    struct map_alert_arg arg, arg2;
    struct wr w = wr_init(buf, sizeof(buf));
    struct rd_err err;
    struct rd r = again(param, &err);

    map_alert_arg_read(&r, &arg);
    if (rd_ok(&r)) {
        map_alert_arg_write(&w, &arg);
        r = written(&w);
        map_alert_arg_read(&r, &arg2);
        must(rd_ok(&r) && memcmp(&arg, &arg2, sizeof(arg)) == 0);
    }
    r = again(param, &err);
    map_alert_res_read(&r);
}

static void inform(struct rd param, uint8_t version)
{
    struct map_inform_arg arg, arg2;
    struct wr w = wr_init(buf, sizeof(buf));
    struct rd_err err;
    struct rd r = again(param, &err);

    map_inform_arg_read(&r, version, &arg);
    if (!rd_ok(&r))
        return;
    map_inform_arg_write(&w, version, &arg);
    r = written(&w);
    map_inform_arg_read(&r, version, &arg2);
    must(rd_ok(&r) && memcmp(&arg, &arg2, sizeof(arg)) == 0);
}

static void ready(struct rd param, uint8_t version)
{
    struct map_ready_arg arg, arg2;
    struct wr w = wr_init(buf, sizeof(buf));
    struct rd_err err;
    struct rd r = again(param, &err);

    map_ready_arg_read(&r, &arg);
    if (rd_ok(&r) && strlen(arg.imsi) > 4) {
        map_ready_arg_write(&w, &arg);
        r = written(&w);
        map_ready_arg_read(&r, &arg2);
        must(rd_ok(&r) && memcmp(&arg, &arg2, sizeof(arg)) == 0);
    }
    r = again(param, &err);
    map_note_arg_read(&r, &arg);
    if (rd_ok(&r) && strlen(arg.imsi) > 4) {
        w = wr_init(buf, sizeof(buf));
        map_note_arg_write(&w, &arg);
        r = written(&w);
        map_note_arg_read(&r, &arg2);
        must(rd_ok(&r) && memcmp(&arg, &arg2, sizeof(arg)) == 0);
    }
    r = again(param, &err);
    map_ready_res_read(&r, version);
}

static void error(struct rd param, enum map_error code, uint8_t version)
{
    struct map_err e, e2;
    struct wr w = wr_init(buf, sizeof(buf));
    struct rd_err err = { 0 };

    param.err = &err;
    map_err_read(&param, code, version, &e);
    if (!rd_ok(&param))
        return;
    e = map_err_for_version(e, version);
    map_err_write(&w, &e, version);
    param = written(&w);
    map_err_read(&param, e.code, version, &e2);
    must(rd_ok(&param));
    must(e2.cause == e.cause || w.len == 0);
}

static void parameter(struct rd param)
{
    static const enum map_error codes[] = {
        MAP_ERR_UNKNOWN_SUBSCRIBER,  MAP_ERR_ABSENT_SUBSCRIBER_SM,
        MAP_ERR_CALL_BARRED,         MAP_ERR_ABSENT_SUBSCRIBER,
        MAP_ERR_SM_DELIVERY_FAILURE, MAP_ERR_SYSTEM_FAILURE,
    };

    alert(param);
    for (uint8_t v = 1; v <= 3; v++) {
        sri_sm(param, v);
        mt_sm(param, v);
        status(param, v);
        inform(param, v);
        ready(param, v);
        for (size_t i = 0; i < sizeof(codes) / sizeof(codes[0]); i++)
            error(param, codes[i], v);
    }
}

static void dialogue(struct rd info)
{
    struct map_dlg d, d2;
    struct wr w = wr_init(buf, sizeof(buf));

    if (!map_dlg_read(info, &d))
        return;
    map_dlg_write(&w, &d);
    must(map_dlg_read(written(&w), &d2) && d.type == d2.type);
    must(memcmp(&d.dest, &d2.dest, sizeof(d.dest)) == 0);
}

/* Write `m' without its components and read that. */
static void write_and_read(const struct tcap_msg *m)
{
    struct wr w = wr_init(buf, sizeof(buf));
    size_t mark = tcap_open(&w, m->type, &m->otid, &m->dtid);
    struct tcap_msg back;
    struct rd r;

    if (m->has_p_abort)
        tcap_p_abort_write(&w, m->p_abort);
    tcap_dialogue_write(&w, &m->dlg);
    tcap_close(&w, mark);
    r = written(&w);
    must(tcap_msg_read(&r, &back) == -1);
    must(back.type == m->type && back.dlg.pdu == m->dlg.pdu);
    must(memcmp(&back.dlg.acn, &m->dlg.acn, sizeof(back.dlg.acn)) == 0);
    must(memcmp(&back.otid, &m->otid, sizeof(back.otid)) == 0);
    must(memcmp(&back.dtid, &m->dtid, sizeof(back.dtid)) == 0);
    must(back.p_abort == m->p_abort && back.dlg.diag == m->dlg.diag);
}

static void component(const struct tcap_comp *c)
{
    struct wr w = wr_init(buf, sizeof(buf));
    struct tcap_comp back;
    struct rd r;

    tcap_comp_write(&w, c);
    r = written(&w);
    must(tcap_comp_next(&r, &back) == 1 && back.type == c->type);
    must(back.id == c->id && back.op == c->op && back.error == c->error);
    must(back.problem_code == c->problem_code);
    must(rd_left(&back.param) == rd_left(&c->param));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct tcap_msg m;
    struct tcap_comp c;
    struct rd_err err;
    struct rd r = rd_init(data, size, &err);

    if (size > 4096)
        return 0;
    if (tcap_msg_read(&r, &m) == -1) {
        if (m.dlg.has_user_info)
            dialogue(m.dlg.user_info);
        if (m.dlg.pdu != TCAP_DLG_OTHER || m.dlg.unidirectional)
            write_and_read(&m);
        while (tcap_comp_next(&m.components, &c) == 1) {
            if (c.type != TCAP_ERROR || c.error != -1)
                component(&c);
            parameter(c.param);
        }
    }
    parameter(rd_init(data, size, &err));
    return 0;
}
