/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * sccp_send.c - what goes out: one message, or its segments (Q.714 4.1.1)
 */

#include "sccp_part.h"

#include "gw/stat.h"

#include <sys/random.h>

static int send_octets(struct sccp *s, const struct sccp_way *way,
                       const struct wr *w)
{
    struct mtp_transfer t = {
        .opc = s->conf.pc[0],
        .dpc = way->dpc,
        .ni = s->conf.ni,
        .si = MTP_SI_SCCP,
        .sls = way->sls,
        .assoc = way->assoc,
        .len = (uint16_t)w->len,
        .data = w->buf,
    };

    return s->down->send(s->down->self, &t);
}

int sccp_send_msg(struct sccp *s, const struct sccp_msg *m,
                  const struct sccp_way *way)
{
    uint8_t buf[MTP_DATA_MAX];
    struct wr w = wr_init(buf, sizeof(buf));

    sccp_msg_write(&w, m);
    return wr_ok(&w) ? send_octets(s, way, &w) : -1;
}

/* Cut into XUDT segments, Q.714 4.1.1. */
static int send_cut(struct sccp *s, struct sccp_msg *m,
                    const struct sccp_way *way, uint8_t *cause)
{
    const struct sccp_msg *seg;
    struct sccp_cut cut;
    uint8_t ref[3];

    *cause = SCCP_CAUSE_LOCAL_PROCESSING;
    if (getrandom(ref, sizeof(ref), 0) != (ssize_t)sizeof(ref))
        return -1;
    *cause = SCCP_CAUSE_SEGMENTATION;
    m->seg_class1 = m->pclass == 1;
    m->hops = SCCP_HOPS;
    if (m->data_len > SCCP_USER_DATA_MAX ||
        !sccp_cut_start(&cut, m, s->conf.udt_max, ref))
        return -1;
    stat_inc(STAT_sccp_segmented);
    *cause = SCCP_CAUSE_MTP_FAILURE;
    while ((seg = sccp_cut_next(&cut)) != NULL)
        if (sccp_send_msg(s, seg, way) < 0)
            return -1; /* the peer discards what it has */
    return 0;
}

static int send_data(struct sccp *s, struct sccp_msg *m,
                     const struct sccp_way *way, uint8_t *cause)
{
    uint8_t buf[MTP_DATA_MAX];
    struct wr w = wr_init(buf, s->conf.udt_max);

    sccp_msg_write(&w, m);
    if (!wr_ok(&w) && s->conf.no_xudt) {
        stat_inc(STAT_sccp_too_long);
        *cause = SCCP_CAUSE_NO_SEGMENTATION;
        return -1;
    }
    if (!wr_ok(&w))
        return send_cut(s, m, way, cause);
    *cause = SCCP_CAUSE_MTP_FAILURE;
    return send_octets(s, way, &w);
}

int sccp_unitdata_req(struct sccp *s, const struct sccp_req *req,
                      uint8_t *cause)
{
    struct sccp_msg m = {
        .type = SCCP_UDT,
        .pclass = req->pclass & 1,
        .return_opt = req->return_opt,
        .called = req->called,
        .calling = req->calling,
        .data = req->data,
        .data_len = req->data_len,
        .importance = -1,
    };
    struct sccp_way way;

    if (sccp_find_way(s, &m.called, req, &way, cause) < 0 ||
        send_data(s, &m, &way, cause) < 0) {
        stat_inc(STAT_sccp_not_sent);
        return -1;
    }
    stat_inc(STAT_sccp_sent);
    return 0;
}
