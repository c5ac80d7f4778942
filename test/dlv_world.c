/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * dlv_world.c - delivery and box server between a fake SS7 side and fake boxes
 *
 * What fails here is not what is tested: it ends the program.
 */

#include "dlv_world.h"

#include "sigtran-box/tpdu_status.h"

#include <gwlib/gwlib.h>
#include <poll.h>
#include <string.h>
#include <time.h>

struct dlv_route route[ROUTES] = {
    [ANY] = { .id = "any",
              .smsc_id = "sigtran",
              .account = "acct",
              .service = "svc",
              .permfail = { .code = MAP_ERR_ILLEGAL_SUBSCRIBER, .cause = -1 } },
    [BY_REPLY] = { .id = "reply",
                   .prefix = "4477002",
                   .smsc_id = "sms/c",
                   .confirm = DLV_CONFIRM_REPLY,
                   .reply_max_held = 8,
                   .reply_couldnotfetch = "" },
    [SHORT_TIME] = { .id = "short",
                     .prefix = "4477003",
                     .smsc_id = "sigtran",
                     .deadline_ms = 50000 },
    [TO_BOX2] = { .id = "box2",
                  .prefix = "44770",
                  .box_id = "box2",
                  .smsc_id = "sigtran" },
    [REPORTS] = { .id = "reports",
                  .prefix = "4477004",
                  .smsc_id = "sms/c",
                  .confirm = DLV_CONFIRM_REPLY,
                  .reply_max_held = 1,
                  .reports = true,
                  .dlr_url = "http://app/dlr?to=%P&d=%d" },
};

struct dlv_conf conf = {
    .n_routes = ROUTES,
    .route = route,
    .max_deliveries = 64,
    .dedup = true,
    .dedup_ttl_s = 3600,
    .dedup_max = 1000,
};

struct box_conf box_conf = {
    .smsbox_interface = "127.0.0.1",
    .max_pending = 4,
};

static uint64_t last_id;

void start(void)
{
    box_conf.smsbox_port = (uint16_t)free_port();
    if (dlv_start(&conf) != 0 || box_server_start(&box_conf) != 0)
        panic(0, "cannot start");
}

void stop(void)
{
    dlv_stop();
    box_server_stop();
    box_conf.bearerbox_host[0] = '\0';
}

bool wait_boxes(unsigned n)
{
    int ms;

    for (ms = 0; ms < WAIT_MS && box_server_count() != n; ms++)
        poll(NULL, 0, 1);
    return box_server_count() == n;
}

struct fake_box *box_up(struct fake_box *b, const char *id)
{
    unsigned n = box_server_count();

    if (!fake_connect(b, box_conf.smsbox_port))
        panic(0, "cannot connect");
    fake_identify(b, id);
    if (!wait_boxes(n + 1))
        panic(0, "the box is not ready");
    return b;
}

/* Slots of the SS7 side are used again and again. */
uint64_t next_id(void)
{
    last_id++;
    return last_id << 32 | last_id % 50;
}

static struct ss7_sms about(const char *vmn)
{
    struct ss7_sms m = { .id = next_id(),
                         .route = HLR_ROUTE_NONE,
                         .received_ms = (uint64_t)time(NULL) * 1000,
                         .version = 3 };

    strcpy(m.sc, "447785016005");
    strcpy(m.imsi, "234150000000001");
    snprintf(m.vmn, sizeof(m.vmn), "%s", vmn);
    return m;
}

static const struct tpdu_addr somebody = {
    .len = 12,
    .ton = TPDU_TON_INTERNATIONAL,
    .npi = 1,
    .text = "447700900001",
};

struct ss7_sms an_sms(const char *vmn, unsigned n)
{
    struct tpdu_deliver d = { .oa = somebody };
    struct ss7_sms m = about(vmn);
    struct wr w = wr_init(m.tpdu, sizeof(m.tpdu));
    char text[20];

    snprintf(text, sizeof(text), "number %u", n);
    d.ud_len = (uint16_t)gsm7_from_utf8(text, d.ud, sizeof(d.ud));
    tpdu_deliver_write(&w, &d);
    m.tpdu_len = (uint8_t)w.len;
    return m;
}

struct ss7_sms a_report(const char *vmn, unsigned n, uint8_t st)
{
    struct tpdu_status s = { .mr = (uint8_t)n, .st = st, .sm.oa = somebody };
    struct ss7_sms m = about(vmn);
    struct wr w = wr_init(m.tpdu, sizeof(m.tpdu));

    tpdu_status_write(&w, &s);
    m.tpdu_len = (uint8_t)w.len;
    return m;
}

uint64_t take(const struct ss7_sms *m)
{
    dlv_take(m);
    dlv_flush();
    return m->id;
}

uint64_t send_one(const char *vmn, unsigned n)
{
    struct ss7_sms m = an_sms(vmn, n);

    return take(&m);
}

bool verdict_is(uint64_t id, enum verdict v)
{
    struct verdict_seen seen;

    return next_verdict(&seen, WAIT_MS) && seen.id == id && seen.v == v;
}

bool no_verdict(void)
{
    struct verdict_seen seen;

    return !next_verdict(&seen, QUIET_MS);
}

void drop_verdicts(void)
{
    while (!no_verdict())
        ;
}

bool wait_open(unsigned n)
{
    int ms;

    for (ms = 0; ms < WAIT_MS && dlv_open() != n; ms++)
        poll(NULL, 0, 1);
    return dlv_open() == n;
}

uint64_t now_ms(void)
{
    struct timespec t;

    clock_gettime(CLOCK_MONOTONIC, &t);
    return (uint64_t)t.tv_sec * 1000 + (uint64_t)t.tv_nsec / 1000000;
}
