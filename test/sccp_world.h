/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * sccp_world.h - an SCCP with a recorder below, for tests of its routing
 *
 * The node is PC 1; 2 is its STP, 11 to 13 are nodes behind it.
 */

#ifndef SCCP_WORLD_H
#define SCCP_WORLD_H

#include "check.h"
#include "gw/stat.h"
#include "sccp.h"
#include "slog.h"

enum { WORLD_SENT = 64, WORLD_START_MS = 1000 };

struct world {
    struct timer_wheel wheel;
    struct gtt *gtt;
    struct sccp_conf conf;
    struct mtp_provider down;
    struct sccp *sccp;
    unsigned n_sent, n_ind;
    struct {
        struct mtp_transfer t;
        uint8_t octets[MTP_DATA_MAX];
        struct sccp_msg m; /* as read from them */
    } sent[WORLD_SENT];
};

static struct world now;

static inline int world_send(void *self, const struct mtp_transfer *t)
{
    struct rd_err err;
    struct rd r;

    (void)self;
    CHECK(now.n_sent < WORLD_SENT && t->len <= MTP_DATA_MAX);
    now.sent[now.n_sent].t = *t;
    memcpy(now.sent[now.n_sent].octets, t->data, t->len);
    r = rd_init(now.sent[now.n_sent].octets, t->len, &err);
    CHECK(sccp_msg_read(&r, &now.sent[now.n_sent].m) && t->opc == 1);
    now.n_sent++;
    return 0;
}

static inline void world_unitdata(void *ctx, const struct sccp_ind *ind)
{
    (void)ctx;
    (void)ind;
    now.n_ind++;
}

static inline void world_notice(void *ctx, uint8_t cause,
                                const struct sccp_addr *called,
                                const struct sccp_addr *calling,
                                const uint8_t *data, size_t data_len)
{
    (void)ctx, (void)cause, (void)called, (void)calling;
    (void)data, (void)data_len;
    CHECK(false); /* nothing comes back here */
}

static inline void world_quiet(enum slog_level level, const char *place,
                               const char *line)
{
    (void)level, (void)place, (void)line;
}

/* Up to sccp_new(), which a test may want to be asked for otherwise. */
static inline void world_prepare(void)
{
    slog_set(world_quiet, SLOG_DEBUG);
    memset(&now, 0, sizeof(now));
    timer_wheel_init(&now.wheel, WORLD_START_MS);
    now.gtt = gtt_new();
    now.down.send = world_send;
    now.conf = (struct sccp_conf){
        .pc = { 1 },
        .n_pc = 1,
        .ni = 2,
        .gtt = now.gtt,
        .default_pc = { 2 },
        .n_default_pc = 1,
        .ssn = { 6, 8 },
        .n_ssn = 2,
    };
}

static inline void world_start(void)
{
    static const struct sccp_user user = { world_unitdata, world_notice };

    now.sccp = sccp_new(&now.conf, &now.wheel, &now.down, &user, NULL);
}

static inline void world_end(void)
{
    sccp_free(now.sccp);
    CHECK(now.wheel.running == 0);
    gtt_free(now.gtt);
}

/* A rule for every title that begins so. */
static inline struct gtt_rule world_rule(const char *prefix,
                                         enum gtt_action action, uint32_t pc)
{
    struct gtt_rule r = {
        .tt = GTT_ANY,
        .np = GTT_ANY,
        .nai = GTT_ANY,
        .action = action,
        .pc = pc,
    };

    snprintf(r.prefix, sizeof(r.prefix), "%s", prefix);
    return r;
}

static inline struct sccp_msg world_msg(enum sccp_type type, const char *to)
{
    return (struct sccp_msg){
        .type = type,
        .return_opt = true,
        .hops = 15,
        .called = sccp_addr_e164(to, 8),
        .calling = sccp_addr_e164("447785000001", 8),
        .data = (const uint8_t *)"abcdefg",
        .data_len = 7,
        .importance = -1,
    };
}

/* A message as MTP brings it. */
static inline void world_in(uint32_t opc, uint8_t sls, const struct sccp_msg *m)
{
    uint8_t o[MTP_DATA_MAX];
    struct wr w = wr_init(o, sizeof(o));
    struct mtp_transfer t = {
        .opc = opc,
        .dpc = 1,
        .ni = 2,
        .si = MTP_SI_SCCP,
        .sls = sls,
        .data = o,
    };

    sccp_msg_write(&w, m);
    CHECK(wr_ok(&w));
    t.len = (uint16_t)w.len;
    sccp_mtp_transfer(now.sccp, &t);
}

/* Of what was sent last. */
static inline const struct sccp_msg *world_last(void)
{
    return &now.sent[now.n_sent > 0 ? now.n_sent - 1 : 0].m;
}

static inline uint32_t world_last_dpc(void)
{
    return now.n_sent > 0 ? now.sent[now.n_sent - 1].t.dpc : 0;
}

#endif
