/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * codec_bench.c - nanoseconds of the codecs and tables, one by one
 *
 * usage: codec_bench [NAME]...     all, or only those whose name begins so
 *        codec_bench --times N NAME     that one N times, and nothing else:
 *                                       for a tool that counts instructions
 *
 * Prints lines as test/bench/run does. The targets are what code generated
 * from the ASN.1 modules needs for the same, on the same kind of machine; for
 * an argument read and written again, 1 us.
 */

#include "map_op.h"
#include "map_srv.h"
#include "tcap_dlg.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { ROUNDS = 5, E164 = 0x91 };

static unsigned long sink; /* so that no work is optimised away */
static uint8_t octets[600];
static size_t n_octets;

static double now_ns(void)
{
    struct timespec t;

    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return (double)t.tv_sec * 1e9 + (double)t.tv_nsec;
}

/* ---- the arguments ---- */

static void make_sri_arg(void)
{
    static const struct map_sri_sm_arg arg = {
        .msisdn = { E164, "447700900123" },
        .sc_addr = { E164, "447700900321" },
        .priority = true,
    };
    struct wr w = wr_init(octets, sizeof(octets));

    map_sri_sm_arg_write(&w, 3, &arg);
    n_octets = w.len;
}

static void read_sri_arg(unsigned long i)
{
    struct rd_err err;
    struct rd r = rd_init(octets, n_octets, &err);
    struct map_sri_sm_arg arg;

    map_sri_sm_arg_read(&r, 3, &arg);
    sink += rd_ok(&r) + (unsigned char)arg.msisdn.digits[i % 12];
}

static void read_write_sri_arg(unsigned long i)
{
    struct rd_err err;
    struct rd r = rd_init(octets, n_octets, &err);
    struct map_sri_sm_arg arg;
    uint8_t out[64];
    struct wr w = wr_init(out, sizeof(out));

    map_sri_sm_arg_read(&r, 3, &arg);
    map_sri_sm_arg_write(&w, 3, &arg);
    sink += (unsigned)rd_ok(&r) + wr_ok(&w) + out[i % 24];
}

/* As long as a short message can be. */
static void make_fsm_arg(void)
{
    static struct map_mt_sm_arg arg = {
        .da = MAP_DA_IMSI,
        .imsi = "234157700900123",
        .oa = MAP_OA_SERVICE_CENTRE,
        .oa_addr = { E164, "447700900321" },
        .tpdu_len = 159,
    };
    struct wr w = wr_init(octets, sizeof(octets));

    memset(arg.tpdu, 0x55, arg.tpdu_len);
    map_mt_sm_arg_write(&w, 3, &arg);
    n_octets = w.len;
}

static void read_fsm_arg(unsigned long i)
{
    struct rd_err err;
    struct rd r = rd_init(octets, n_octets, &err);
    struct map_mt_sm_arg arg;

    map_mt_sm_arg_read(&r, 3, &arg);
    sink += rd_ok(&r) + arg.tpdu[i % 159];
}

static void read_write_fsm_arg(unsigned long i)
{
    struct rd_err err;
    struct rd r = rd_init(octets, n_octets, &err);
    struct map_mt_sm_arg arg;
    uint8_t out[300];
    struct wr w = wr_init(out, sizeof(out));

    map_mt_sm_arg_read(&r, 3, &arg);
    map_mt_sm_arg_write(&w, 3, &arg);
    sink += (unsigned)rd_ok(&r) + wr_ok(&w) + out[i % 159];
}

static void write_sri_result(unsigned long i)
{
    static const struct map_sri_sm_res res = {
        .imsi = "234157700900123",
        .node = { E164, "447700970777" },
    };
    uint8_t out[64];
    struct wr w = wr_init(out, sizeof(out));

    map_sri_sm_res_write(&w, 3, &res);
    sink += wr_ok(&w) + out[i % 32];
}

/* ---- a whole SRI-SM dialogue, from TCAP to TCAP ---- */

static struct timer_wheel wheel;
static struct map_srv *srv;
static struct sccp_ind ind;

static void on_sri(void *ctx, const struct map_sri_ind *i,
                   struct map_sri_rsp *rsp)
{
    (void)ctx;
    (void)i;
    memcpy(rsp->imsi, "234157700900123", 16);
    memcpy(rsp->node, "447700970777", 13);
}

static struct map_err on_sms(void *ctx, const struct map_sms_ind *i)
{
    (void)ctx;
    (void)i;
    return (struct map_err){ .cause = -1 };
}

static void on_gone(void *ctx, uint64_t id, enum map_gone why)
{
    (void)ctx;
    (void)id;
    (void)why;
}

static int on_send(void *ctx, uint8_t network, const struct sccp_req *req,
                   uint8_t *cause)
{
    (void)ctx;
    (void)network;
    (void)cause;
    sink += req->data_len;
    return 0;
}

static void make_dialogue(void)
{
    static const struct map_srv_ops ops = {
        .sri = on_sri, .sms = on_sms, .gone = on_gone, .send = on_send
    };
    static const struct map_srv_conf conf = { .max_dialogues = 1000,
                                              .max_held = 1000,
                                              .hold_ms = 25000,
                                              .more_ms = 10000,
                                              .hlr = true,
                                              .msc = true };
    static uint8_t begin[300];
    struct wr w = wr_init(begin, sizeof(begin));
    struct tcap_tid otid = tcap_tid_of(0x11223344);
    struct tcap_dialogue aarq = {
        .pdu = TCAP_DLG_AARQ,
        .has_version = true,
        .version1 = true,
        .acn = tcap_acn_map(MAP_AC_SHORT_MSG_GATEWAY, 3),
    };
    size_t mark = tcap_open(&w, TCAP_BEGIN, &otid, NULL), comps;

    make_sri_arg();
    tcap_dialogue_write(&w, &aarq);
    comps = tcap_comps_open(&w);
    tcap_invoke_write(&w, 1, MAP_OP_SRI_SM, octets, n_octets);
    tcap_comps_close(&w, comps);
    tcap_close(&w, mark);
    timer_wheel_init(&wheel, 1000);
    srv = map_srv_new(&conf, &wheel, &ops, NULL);
    ind = (struct sccp_ind){
        .called = sccp_addr_e164("447700970000", SCCP_SSN_HLR),
        .calling = sccp_addr_e164("447700900321", SCCP_SSN_MSC),
        .data = begin,
        .data_len = w.len,
        .opc = 2,
    };
}

static void whole_dialogue(unsigned long i)
{
    ind.sls = i & 15;
    map_srv_unitdata(srv, 0, &ind);
}

static void end_dialogue(void)
{
    map_srv_free(srv);
}

static const struct bench {
    const char *name;
    void (*make)(void);
    void (*work)(unsigned long i);
    void (*end)(void);
    unsigned long n;
    double target_ns; /* 0: none */
} benches[] = {
    { "sri-argument-read", make_sri_arg, read_sri_arg, NULL, 1000000, 900 },
    { "fsm-argument-read", make_fsm_arg, read_fsm_arg, NULL, 1000000, 2260 },
    { "sri-codec", make_sri_arg, read_write_sri_arg, NULL, 1000000, 1000 },
    { "fsm-codec", make_fsm_arg, read_write_fsm_arg, NULL, 1000000, 1000 },
    { "sri-result-write", NULL, write_sri_result, NULL, 1000000, 3300 },
    { "sri-dialogue", make_dialogue, whole_dialogue, end_dialogue, 300000,
      4300 },
};

/* The best of some rounds: the others were disturbed. */
static double measure(const struct bench *b)
{
    double best = 0;

    if (b->make != NULL)
        b->make();
    for (int round = 0; round < ROUNDS; round++) {
        double start = now_ns(), ns;

        for (unsigned long i = 0; i < b->n; i++)
            b->work(i);
        ns = (now_ns() - start) / (double)b->n;
        if (round == 0 || ns < best)
            best = ns;
    }
    if (b->end != NULL)
        b->end();
    return best;
}

static void run(const struct bench *b)
{
    double ns = measure(b);

    if (b->target_ns > 0)
        printf("bench %s %.0f ns target <= %.0f %s\n", b->name, ns,
               b->target_ns, ns <= b->target_ns ? "met" : "missed");
    else
        printf("bench %s %.0f ns target none\n", b->name, ns);
    fflush(stdout);
}

static int repeat(const char *name, unsigned long n)
{
    for (size_t i = 0; i < sizeof(benches) / sizeof(benches[0]); i++) {
        const struct bench *b = &benches[i];

        if (strcmp(b->name, name) != 0)
            continue;
        if (b->make != NULL)
            b->make();
        for (unsigned long k = 0; k < n; k++)
            b->work(k);
        return 0;
    }
    return 2;
}

int main(int argc, char **argv)
{
    if (argc == 4 && strcmp(argv[1], "--times") == 0)
        return repeat(argv[3], strtoul(argv[2], NULL, 10));
    for (size_t i = 0; i < sizeof(benches) / sizeof(benches[0]); i++) {
        bool wanted = argc == 1;

        for (int a = 1; a < argc; a++)
            if (strncmp(benches[i].name, argv[a], strlen(argv[a])) == 0)
                wanted = true;
        if (wanted)
            run(&benches[i]);
    }
    return sink == 0; /* never */
}
