/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * ss7_peer.c - mtpd and the SMSC behind it, for tests of the SS7 thread
 */

#include "ss7_peer.h"

#include "map_op.h"

#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#define HLR_GT  "447700970000"
#define MSC_GT  "447700970777"
#define SMSC_GT "447700900321"

enum { PC_BOX = 1, PC_SMSC = 2, NI = 2, E164 = 0x91 };

void peer_conf(struct ss7_conf *c)
{
    *c = (struct ss7_conf){
        .n_networks = 1,
        .map = {
            .max_dialogues = 64,
            .max_held = 32,
            .hold_ms = PEER_HOLD_MS,
            .more_ms = 10000,
            .hlr = true,
            .msc = true,
        },
        .network[0] = {
            .id = "home",
            .pc = { PC_BOX },
            .n_pc = 1,
            .ni = NI,
            .hlr_gt = HLR_GT,
            .msc_gt = MSC_GT,
            .mccmnc = "23415",
            .plan = { .cc = "44", .intl = "00", .natl = "0" },
            .hlr_ssn = 6,
            .msc_ssn = 8,
            .mtp = {
                .pc = { PC_BOX },
                .n_pc = 1,
                .ni = NI,
                .n_assoc = 1,
                .assoc[0] = { .id = "smsc", .has_peer_pc = true,
                              .peer_pc = PC_SMSC },
            },
        },
        .reasm_ms = 15000,
        .log_least = SLOG_ERROR,
    };
}

struct hlr_table *peer_table(void)
{
    static const char mccmnc[1][7] = { "23415" };
    static const struct hlr_row range = {
        .first = "447700900100",
        .last = "447700900199",
        .status = HLR_ACTIVE,
        .route = HLR_ROUTE_NONE,
    };
    static const struct hlr_row barred = {
        .first = "447700900150",
        .last = "447700900150",
        .imsi = "234150000000150",
        .status = HLR_BARRED,
        .route = HLR_ROUTE_NONE,
    };
    struct hlr_table *t = hlr_table_new(mccmnc, 1, 0);
    const char *why;

    if (t == NULL || hlr_table_put(t, &range, &why) < 0 ||
        hlr_table_put(t, &barred, &why) < 0)
        abort();
    hlr_table_set_complete(t, true);
    return t;
}

/* ---- the link ---- */

void peer_open_down(struct peer *p)
{
    int fd[2], room = LINK_SNDBUF;

    if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, fd) < 0)
        abort();
    for (int i = 0; i < 2; i++) /* as mtpd_run() does */
        setsockopt(fd[i], SOL_SOCKET, SO_SNDBUFFORCE, &room, sizeof(room));
    p->link = link_new(fd[0]);
    p->in_packet = p->down = false;
    if (p->link == NULL)
        abort();
    link_put_hello(p->link);
    ss7_link(0, fd[1]);
    peer_flush(p);
}

void peer_active(struct peer *p)
{
    static const uint8_t state = MTP_ASSOC_ACTIVE;

    link_put(p->link, LINK_ASSOC, 0, &state, 1);
    peer_flush(p);
}

void peer_open(struct peer *p)
{
    peer_open_down(p);
    peer_active(p);
}

void peer_kill(struct peer *p)
{
    link_free(p->link);
    p->link = NULL;
}

void peer_shut(struct peer *p)
{
    shutdown(link_fd(p->link), SHUT_WR);
}

bool peer_flush(struct peer *p)
{
    struct pollfd fd = { .fd = link_fd(p->link), .events = POLLOUT };
    int rc;

    while ((rc = link_flush(p->link)) > 0)
        poll(&fd, 1, 10);
    return rc == 0;
}

/* ---- to the box ---- */

static void send_tcap(struct peer *p, const struct wr *tcap, uint8_t ssn,
                      uint8_t sls)
{
    uint8_t buf[512];
    struct wr w = wr_init(buf, sizeof(buf));
    struct sccp_msg m = {
        .type = SCCP_UDT,
        .return_opt = true,
        .called = sccp_addr_e164(ssn == SCCP_SSN_HLR ? HLR_GT : MSC_GT, ssn),
        .calling = sccp_addr_e164(SMSC_GT, SCCP_SSN_MSC),
        .data = tcap->buf,
        .data_len = tcap->len,
        .importance = -1,
    };
    struct mtp_transfer t = {
        .opc = PC_SMSC,
        .dpc = PC_BOX,
        .ni = NI,
        .si = MTP_SI_SCCP,
        .sls = sls,
        .data = buf,
    };

    sccp_msg_write(&w, &m);
    t.len = (uint16_t)w.len;
    if (!wr_ok(tcap) || !wr_ok(&w))
        abort();
    if (p->send != NULL ? p->send(&t) == 0
                        : link_put_transfer(p->link, &t) == 0)
        p->sent++;
}

/* Transaction ids and, in a Begin of version 2 or later, the AARQ. */
static size_t open_tcap(struct wr *w, const struct peer_msg *m, uint8_t ac)
{
    struct tcap_tid otid = tcap_tid_of(m->otid);
    bool begin = m->dtid.len == 0;
    struct tcap_dialogue aarq = {
        .pdu = TCAP_DLG_AARQ,
        .has_version = true,
        .version1 = true,
        .acn = tcap_acn_map(ac, m->version),
    };
    size_t mark = tcap_open(w, begin ? TCAP_BEGIN : TCAP_CONTINUE, &otid,
                            begin ? NULL : &m->dtid);

    if (begin && m->version > 1)
        tcap_dialogue_write(w, &aarq);
    return mark;
}

static void send_invoke(struct peer *p, const struct peer_msg *m, uint8_t ac,
                        int32_t op, const struct wr *arg)
{
    uint8_t buf[400];
    struct wr w = wr_init(buf, sizeof(buf));
    size_t mark = open_tcap(&w, m, ac), comps = tcap_comps_open(&w);

    tcap_invoke_write(&w, m->invoke, op, arg->buf, arg->len);
    tcap_comps_close(&w, comps);
    tcap_close(&w, mark);
    send_tcap(p, &w,
              ac == MAP_AC_SHORT_MSG_GATEWAY ? SCCP_SSN_HLR : SCCP_SSN_MSC,
              (uint8_t)(m->otid & 15));
}

void peer_sri(struct peer *p, const struct peer_msg *m)
{
    uint8_t buf[100];
    struct wr w = wr_init(buf, sizeof(buf));
    struct map_sri_sm_arg arg = {
        .msisdn.nai_npi = E164,
        .sc_addr = { E164, SMSC_GT },
        .priority = true,
    };

    strncpy(arg.msisdn.digits, m->number, MAP_ADDR_DIGITS);
    map_sri_sm_arg_write(&w, m->version, &arg);
    send_invoke(p, m, MAP_AC_SHORT_MSG_GATEWAY, MAP_OP_SRI_SM, &w);
}

void peer_fsm(struct peer *p, const struct peer_msg *m)
{
    /* SMS-DELIVER of 8-bit data: the tag */
    static const uint8_t head[] = { 0x04, 0x0b, 0x91, 0x64, 0x07, 0x00,
                                    0x00, 0xf1, 0x00, 0x04, 0x42, 0x50,
                                    0x71, 0x21, 0x43, 0x65, 0x00, 0x04 };
    uint8_t buf[300];
    struct wr w = wr_init(buf, sizeof(buf));
    struct map_mt_sm_arg arg = {
        .da = MAP_DA_IMSI,
        .oa = MAP_OA_SERVICE_CENTRE,
        .oa_addr = { E164, SMSC_GT },
        .more = m->more,
        .tpdu_len = sizeof(head) + 4,
    };

    strncpy(arg.imsi, m->number, MAP_IMSI_DIGITS);
    memcpy(arg.tpdu, head, sizeof(head));
    for (int i = 0; i < 4; i++)
        arg.tpdu[sizeof(head) + (size_t)i] = (uint8_t)(m->tag >> (24 - 8 * i));
    map_mt_sm_arg_write(&w, m->version, &arg);
    send_invoke(p, m, MAP_AC_SHORT_MSG_MT_RELAY,
                m->version == 3 ? MAP_OP_MT_FORWARD_SM : MAP_OP_FORWARD_SM, &w);
}

uint32_t peer_tag(const struct ss7_sms *sms)
{
    const uint8_t *t = sms->tpdu + sms->tpdu_len - 4;

    return (uint32_t)t[0] << 24 | (uint32_t)t[1] << 16 | (uint32_t)t[2] << 8 |
           t[3];
}

void peer_handshake(struct peer *p, const struct peer_msg *m)
{
    uint8_t buf[200];
    struct wr w = wr_init(buf, sizeof(buf));

    tcap_close(&w, open_tcap(&w, m, MAP_AC_SHORT_MSG_MT_RELAY));
    send_tcap(p, &w, SCCP_SSN_MSC, (uint8_t)(m->otid & 15));
}

void peer_abort(struct peer *p, const struct tcap_tid *dtid)
{
    uint8_t buf[50];
    struct wr w = wr_init(buf, sizeof(buf));

    tcap_close(&w, tcap_open(&w, TCAP_ABORT, NULL, dtid));
    send_tcap(p, &w, SCCP_SSN_MSC, 0);
}

/* ---- from the box ---- */

static void read_comps(struct rd *comps, struct peer_answer *a)
{
    struct tcap_comp c;

    while (tcap_comp_next(comps, &c) > 0) {
        a->comps++;
        a->comp = c.type;
        a->invoke = c.id;
        a->error = c.error;
        if (c.type == TCAP_RESULT_LAST && c.has_param)
            map_sri_sm_res_read(&c.param, 3, &a->sri);
    }
}

void peer_read(const struct mtp_transfer *t, struct peer_answer *a)
{
    struct rd_err err;
    struct rd r = rd_init(t->data, t->len, &err);
    struct sccp_msg m;
    struct tcap_msg msg;

    *a = (struct peer_answer){ 0 };
    if (!sccp_msg_read(&r, &m))
        return;
    memcpy(a->from, m.calling.gt.digits, sizeof(a->from));
    r = rd_init(m.data, m.data_len, &err);
    if (tcap_msg_read(&r, &msg) >= 0)
        return;
    a->type = msg.type;
    a->otid = msg.otid;
    for (int i = 0; i < msg.dtid.len; i++)
        a->dtid = a->dtid << 8 | msg.dtid.octet[i];
    if (msg.has_components)
        read_comps(&msg.components, a);
}

int peer_take(struct peer *p, struct peer_answer *a, int timeout_ms)
{
    struct pollfd fd = { .fd = link_fd(p->link), .events = POLLIN };
    struct mtp_transfer t;
    struct link_frame f;
    int rc;

    for (;;) {
        while (p->in_packet && link_next(p->link, &f) > 0) {
            if (f.type == LINK_DOWN)
                p->down = true;
            if (link_transfer_read(&f, &t) < 0)
                continue;
            p->received++;
            peer_read(&t, a);
            return 1;
        }
        if (p->down)
            return 0;
        rc = link_read(p->link);
        p->in_packet = rc > 0;
        if (rc < 0 || (rc == 0 && poll(&fd, 1, timeout_ms) <= 0))
            return rc;
    }
}
