/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * fuzz_sccp.c - any octets at all as what MTP brings, through all of SCCP
 *
 * The input is a series of messages, each after its length in two octets,
 * so that reassembly is searched too; a length of 0xffff moves the clock by
 * four seconds. What SCCP sends must be readable and must not be for
 * ourselves. What a user gets is answered to its calling address.
 */

#include "sccp.h"
#include "slog.h"

#include <stdlib.h>
#include <string.h>

enum { OWN = 1, STP = 2, TICK = 0xffff, TICK_MS = 4000 };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static struct sccp *sccp;

static void must(bool it_is_so)
{
    if (!it_is_so)
        abort();
}

static int on_send(void *self, const struct mtp_transfer *t)
{
    struct rd_err err;
    struct rd r = rd_init(t->data, t->len, &err);
    struct sccp_msg m;

    (void)self;
    must(t->len <= MTP_DATA_MAX && sccp_msg_read(&r, &m));
    must(t->opc == OWN && t->dpc != OWN);
    return 0;
}

static void on_unitdata(void *ctx, const struct sccp_ind *ind)
{
    struct sccp_req req = {
        .called = ind->calling,
        .calling = ind->called,
        .pclass = ind->pclass,
        .data = ind->data,
        .data_len = ind->data_len,
        .has_back_pc = true,
        .back_pc = ind->opc,
    };
    uint8_t sum = 0, cause;

    (void)ctx;
    must(ind->data_len <= SCCP_USER_DATA_MAX && ind->called.has_ssn);
    for (size_t i = 0; i < ind->data_len; i++)
        sum ^= ind->data[i]; /* all of it must be there */
    req.sls = sum & 0x0f;
    sccp_unitdata_req(sccp, &req, &cause);
}

static void on_notice(void *ctx, uint8_t cause, const struct sccp_addr *called,
                      const struct sccp_addr *calling, const uint8_t *data,
                      size_t data_len)
{
    char a[100], b[100];

    (void)ctx;
    (void)cause;
    must(data_len == 0 || data != NULL);
    sccp_addr_str(called, a, sizeof(a));
    sccp_addr_str(calling, b, sizeof(b));
}

static void no_line(enum slog_level level, const char *place, const char *line)
{
    (void)level;
    (void)place;
    (void)line;
}

static void add_rule(struct gtt *g, const char *prefix, enum gtt_action action,
                     uint32_t pc)
{
    struct gtt_rule r = {
        .tt = GTT_ANY,
        .np = GTT_ANY,
        .nai = GTT_ANY,
        .action = action,
        .pc = pc,
    };

    for (size_t i = 0; prefix[i] != '\0'; i++)
        r.prefix[i] = prefix[i];
    must(gtt_add(g, &r) == 0);
}

/* Several nodes, and another title. */
static void add_change(struct gtt *g)
{
    struct gtt_rule r = {
        .prefix = "26",
        .tt = GTT_ANY,
        .np = GTT_ANY,
        .nai = GTT_ANY,
        .action = GTT_PC_SSN,
        .pc = 101,
        .ssn = SCCP_SSN_HLR,
        .share = true,
        .n_more = 2,
        .more = { OWN, 102 },
        .change = { .strip = 5, .prepend = "49", .set_np = true, .np = 1 },
    };

    must(gtt_add(g, &r) == 0);
}

/* One message in memory of its own size. */
static void feed(const uint8_t *o, size_t n)
{
    uint8_t *copy = malloc(n + (n == 0));
    struct mtp_transfer t = {
        .opc = STP, .dpc = OWN, .si = MTP_SI_SCCP, .len = (uint16_t)n
    };

    must(copy != NULL);
    memcpy(copy, o, n);
    t.data = copy;
    sccp_mtp_transfer(sccp, &t);
    free(copy);
}

static void run(struct timer_wheel *wheel, const uint8_t *p, size_t left)
{
    while (left >= 2) {
        size_t n = (size_t)(p[0] << 8 | p[1]);

        p += 2;
        left -= 2;
        if (n == TICK) {
            timer_run(wheel, wheel->now_ms + TICK_MS);
            continue;
        }
        n = n < left ? n : left;
        feed(p, n);
        p += n;
        left -= n;
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const struct sccp_user user = { on_unitdata, on_notice };
    static const struct mtp_provider down = { .send = on_send };
    static struct timer_wheel wheel;
    struct sccp_conf conf = {
        .pc = { OWN },
        .n_pc = 1,
        .default_pc = { STP, 4 },
        .n_default_pc = 2,
        .ssn = { SCCP_SSN_HLR, SCCP_SSN_MSC },
        .n_ssn = 2,
        .concerned = { STP, 101 },
        .n_concerned = 2,
    };
    struct gtt *g = gtt_new();

    slog_set(no_line, SLOG_DEBUG);
    timer_wheel_init(&wheel, 0);
    add_rule(g, "44", GTT_LOCAL, 0);
    add_rule(g, "49", GTT_PC, 100);
    add_rule(g, "33", GTT_PC_SSN, 101);
    add_rule(g, "1", GTT_PC, STP);
    add_change(g);
    conf.gtt = g;
    sccp = sccp_new(&conf, &wheel, &down, &user, NULL);
    sccp_mtp_ready(sccp);
    if (size > 0)
        run(&wheel, data, size);
    sccp_free(sccp);
    must(wheel.running == 0);
    gtt_free(g);
    return 0;
}
