/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * mw_test.c - message waiting between delivery, its register and the border
 */

#include "gw/mw.h"

#include "check.h"
#include "dlv_world.h"
#include "gw/stat.h"
#include "hlr/reg_mw.h"

#include <gwlib/gwlib.h>
#include <poll.h>
#include <unistd.h>

#define VMN "447700900123"

static char dir[] = "/tmp/mw_test.XXXXXX";
static struct hlr_conf hlr = { .backend = &hlr_db,
                               .networks = 1,
                               .network_id = { "home" } };
static struct mw_conf mw;
static struct reg *reg; /* ours, to look at */
static struct fake_box box;
static struct alert_seen alert;

static int64_t count(const char *what)
{
    char sql[200];
    int64_t n = -1;

    snprintf(sql, sizeof(sql), "SELECT count(*) FROM %s", what);
    CHECK(db_ask_int(reg_db(reg), sql, NULL, 0, -1, &n) == DB_OK);
    return n;
}

static bool becomes(const char *what, int64_t n)
{
    for (int ms = 0; ms < WAIT_MS && count(what) != n; ms += 5)
        poll(NULL, 0, 5);
    return count(what) == n;
}

static bool becomes_away(bool is)
{
    for (int ms = 0; ms < WAIT_MS && seen_away(TO_BOX2) != is; ms += 5)
        poll(NULL, 0, 5);
    return seen_away(TO_BOX2) == is;
}

static void run_sql(const char *sql)
{
    CHECK(db_run(reg_db(reg), sql, NULL, 0) == DB_OK);
}

/* The time after a failure has passed. */
static void hurry(void)
{
    run_sql("UPDATE mw SET next_ms = 1");
}

static void open_reg(void)
{
    char why[300] = "";
    struct db *db;

    snprintf(hlr.db.file, sizeof(hlr.db.file), "%s/r.db", dir);
    db = db_open(&hlr.db, true, why, sizeof(why));
    reg = db != NULL ? reg_new(db, why, sizeof(why)) : NULL;
    if (reg == NULL)
        panic(0, "%s", why);
}

/* The route that only box2 may have is away. */
static void begin(void)
{
    run_sql("DELETE FROM mw");
    run_sql("DELETE FROM node_route");
    run_sql("UPDATE lease SET until_ms = 0");
    mw = (struct mw_conf){ .hlr = true,
                           .msc = true,
                           .node_id = "a",
                           .err = { MAP_ERR_ABSENT_SUBSCRIBER_SM, -1 },
                           .rate = 100,
                           .rate_sc = 100,
                           .max = 100 };
    ss7_away(TO_BOX2, false);
    ss7_waiting_full(false);
    route[TO_BOX2].alert = true;
}

static void fresh(void)
{
    begin();
    start();
    CHECK(mw_start(&mw, &conf, &hlr) == 0);
    CHECK(becomes_away(true));
}

static void end(void)
{
    mw_stop();
    stop();
    drop_verdicts();
    CHECK(count("node_route") == 0 ||
          count("node_route WHERE node = 'a'") == 0);
}

/* A message, and the error it is answered with. */
static enum map_error answer_to(const char *vmn, unsigned n)
{
    struct verdict_seen seen;
    uint64_t id = send_one(vmn, n);

    CHECK(next_verdict(&seen, WAIT_MS) && seen.id == id);
    CHECK(seen.v == VERDICT_TEMPFAIL);
    return seen.err.code;
}

static void absent_without_an_application(void)
{
    fresh();
    CHECK(answer_to(VMN, 1) == MAP_ERR_ABSENT_SUBSCRIBER_SM);
    CHECK(becomes("mw WHERE network = 'home' AND msisdn = '" VMN
                  "' AND sc = '447785016005' AND route = 'box2'"
                  " AND reason = 1",
                  1));
    CHECK(answer_to(VMN, 2) == MAP_ERR_ABSENT_SUBSCRIBER_SM);
    CHECK(answer_to("15550100", 3) == MAP_ERR_NONE); /* alert = no */
    CHECK(becomes("mw", 1));
    end();
}

static void out_of_memory_if_so_configured(void)
{
    struct verdict_seen seen;

    begin();
    mw.err = (struct map_err){ MAP_ERR_SM_DELIVERY_FAILURE,
                               MAP_SM_MEMORY_CAPACITY_EXCEEDED };
    start();
    CHECK(mw_start(&mw, &conf, &hlr) == 0 && becomes_away(true));
    send_one(VMN, 1);
    CHECK(next_verdict(&seen, WAIT_MS));
    CHECK(seen.err.code == MAP_ERR_SM_DELIVERY_FAILURE &&
          seen.err.cause == MAP_SM_MEMORY_CAPACITY_EXCEEDED);
    CHECK(becomes("mw WHERE reason = 0", 1));
    end();
}

static void alerts_when_it_is_back(void)
{
    fresh();
    CHECK(answer_to(VMN, 1) == MAP_ERR_ABSENT_SUBSCRIBER_SM);
    CHECK(becomes("mw", 1));
    hurry();
    CHECK(!next_alert(&alert, 300)); /* it is not */
    box_up(&box, "box2");
    CHECK(becomes_away(false));
    CHECK(next_alert(&alert, WAIT_MS) && alert.network == 0);
    CHECK(strcmp(alert.sc, "447785016005") == 0);
    CHECK(strcmp(alert.msisdn, VMN) == 0);
    CHECK(count("mw WHERE claimed_by = 'a'") == 1);
    mw_alerted(alert.ref, VERDICT_OK);
    CHECK(becomes("mw", 0));
    mw_alerted(alert.ref, VERDICT_OK); /* and a stray one */
    CHECK(!next_alert(&alert, 300));
    fake_close(&box);
    end();
}

static void tries_again_what_failed_for_now(void)
{
    uint64_t given_up = stat_get(STAT_mw_given_up);

    fresh();
    answer_to(VMN, 1);
    CHECK(becomes("mw", 1));
    hurry();
    box_up(&box, "box2");
    CHECK(next_alert(&alert, WAIT_MS));
    mw_alerted(alert.ref, VERDICT_TEMPFAIL);
    CHECK(becomes("mw WHERE tries = 1 AND claimed_ms = 0", 1));
    run_sql("UPDATE mw SET next_ms = 1, tries = 9");
    CHECK(next_alert(&alert, WAIT_MS));
    mw_alerted(alert.ref, VERDICT_TEMPFAIL);
    CHECK(becomes("mw", 0)); /* that was the last one */
    CHECK(stat_get(STAT_mw_given_up) == given_up + 1);
    fake_close(&box);
    end();
}

static void ends_what_was_refused(void)
{
    fresh();
    answer_to(VMN, 1);
    CHECK(becomes("mw", 1));
    hurry();
    box_up(&box, "box2");
    CHECK(next_alert(&alert, WAIT_MS));
    mw_alerted(alert.ref, VERDICT_PERMFAIL);
    CHECK(becomes("mw", 0));
    fake_close(&box);
    end();
}

/* Another node has the application: the message may reach it there. */
static void fails_for_now_if_another_node_has_it(void)
{
    begin();
    run_sql("INSERT INTO node_route (node, route, up, at_ms)"
            " VALUES ('b', 'box2', 1, 9000000000000)");
    start();
    CHECK(mw_start(&mw, &conf, &hlr) == 0);
    CHECK(becomes("node_route WHERE node = 'a' AND up = 0", 1));
    CHECK(answer_to(VMN, 1) == MAP_ERR_NONE); /* that of the route */
    run_sql("UPDATE node_route SET up = 0 WHERE node = 'b'");
    CHECK(becomes_away(true));
    CHECK(answer_to(VMN, 2) == MAP_ERR_ABSENT_SUBSCRIBER_SM);
    CHECK(becomes("mw", 1));
    /* and this one sends, since it leads: the other's application is back */
    hurry();
    run_sql("UPDATE node_route SET up = 1 WHERE node = 'b'");
    CHECK(next_alert(&alert, WAIT_MS));
    end();
}

static void does_not_send_while_another_leads(void)
{
    begin();
    run_sql("UPDATE lease SET holder = 'b', until_ms = 9000000000000");
    start();
    CHECK(mw_start(&mw, &conf, &hlr) == 0 && becomes_away(true));
    answer_to(VMN, 1);
    CHECK(becomes("mw", 1));
    hurry();
    box_up(&box, "box2");
    CHECK(!next_alert(&alert, 1500));
    run_sql("UPDATE lease SET until_ms = 1"); /* it has died */
    CHECK(next_alert(&alert, WAIT_MS));
    fake_close(&box);
    end();
}

static struct ss7_waiting report(const char *sc, uint8_t outcome)
{
    struct ss7_waiting w = { .outcome = outcome, .route = TO_BOX2 };

    strcpy(w.msisdn, VMN);
    strcpy(w.sc, sc);
    return w;
}

static void keeps_what_is_reported(void)
{
    struct ss7_waiting w = report("447700910001", MAP_OUTCOME_ABSENT);

    fresh();
    mw_waiting(&w);
    w = report("447700910002", MAP_OUTCOME_MEMORY_FULL);
    mw_waiting(&w);
    CHECK(becomes("mw", 2) && becomes("mw WHERE reason = 0", 1));
    w = report("447700910001", MAP_OUTCOME_SUCCESS);
    mw_waiting(&w);
    CHECK(becomes("mw", 1));
    CHECK(becomes("mw WHERE sc = '447700910002' AND next_ms - set_ms < 5000",
                  1)); /* it is hurried */
    w = report("447700910003", MAP_OUTCOME_ABSENT);
    w.route = ANY; /* alert = no */
    mw_waiting(&w);
    w.route = HLR_ROUTE_NONE;
    mw_waiting(&w);
    w = report("447700910004", MAP_OUTCOME_ABSENT);
    mw_waiting(&w);
    CHECK(becomes("mw", 2) && count("mw WHERE sc = '447700910004'") == 1);
    end();
}

static void a_full_list_takes_no_more(void)
{
    struct ss7_waiting w = report("447700910001", MAP_OUTCOME_ABSENT);

    begin();
    mw.max = 1;
    start();
    CHECK(mw_start(&mw, &conf, &hlr) == 0 && becomes_away(true));
    mw_waiting(&w);
    CHECK(becomes("mw", 1));
    for (int ms = 0; ms < WAIT_MS && !seen_waiting_full(); ms += 5)
        poll(NULL, 0, 5);
    CHECK(seen_waiting_full());
    CHECK(answer_to(VMN, 1) == MAP_ERR_NONE);
    CHECK(count("mw") == 1);
    end();
}

/* A box that takes no messages asks the register for the route's name. */
static void an_hlr_alone_keeps_the_list_of_others(void)
{
    struct ss7_waiting w = report("447700910001", MAP_OUTCOME_ABSENT);
    struct hlr_stored s = { .route = "far" };

    strcpy(s.row.first, VMN);
    strcpy(s.row.last, VMN);
    s.row.status = HLR_ACTIVE;
    begin();
    CHECK(reg_put(reg, &s, REG_REPLACE, "test") == DB_OK);
    run_sql("INSERT INTO node_route (node, route, up, at_ms)"
            " VALUES ('b', 'far', 0, 9000000000000)");
    mw.msc = false;
    start();
    CHECK(mw_start(&mw, &conf, &hlr) == 0 && becomes_away(true));
    mw_waiting(&w);
    CHECK(becomes("mw WHERE route = 'far'", 1));
    CHECK(count("node_route WHERE node = 'a'") == 0);
    hurry();
    run_sql("UPDATE node_route SET up = 1 WHERE node = 'b'");
    CHECK(next_alert(&alert, WAIT_MS));
    end();
}

static void says_goodbye_when_it_drains(void)
{
    fresh();
    box_up(&box, "box2");
    CHECK(becomes_away(false));
    CHECK(becomes("node_route WHERE node = 'a' AND up = 1", 1));
    CHECK(becomes("lease WHERE holder = 'a' AND until_ms > 0", 1));
    mw_drain();
    CHECK(becomes("node_route WHERE node = 'a' AND up = 0", 1));
    CHECK(becomes("lease WHERE holder = 'a' AND until_ms > 0", 0));
    fake_close(&box);
    end();
}

int main(void)
{
    char cmd[100];

    gwlib_init();
    log_set_output_level(GW_PANIC);
    if (mkdtemp(dir) == NULL)
        return 1;
    open_reg();
    SHOWS("HL-08", absent_without_an_application);
    SHOWS("HL-08", out_of_memory_if_so_configured);
    SHOWS("HL-10", alerts_when_it_is_back);
    SHOWS("HL-10", tries_again_what_failed_for_now);
    SHOWS("HL-10", ends_what_was_refused);
    SHOWS("HL-08", fails_for_now_if_another_node_has_it);
    SHOWS("HL-10", does_not_send_while_another_leads);
    SHOWS("HL-09", keeps_what_is_reported);
    SHOWS("HL-09", a_full_list_takes_no_more);
    an_hlr_alone_keeps_the_list_of_others();
    says_goodbye_when_it_drains();
    reg_free(reg);
    snprintf(cmd, sizeof(cmd), "rm -r %s", dir);
    CHECK(system(cmd) == 0);
    gwlib_shutdown();
    return CHECK_DONE();
}
