/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * dlv_store_test.c - delivery whose outcomes and parts outlive the process
 *
 * The real store, over an SQLite file and over a MariaDB of our own; a stop
 * and a start are what a process leaves to the next one.
 */

#include "dlv_world.h"

#include "check.h"
#include "db_place.h"
#include "gw/dlv_msg.h"
#include "gw/stat.h"

#include <gw/msg.h>
#include <gwlib/gwlib.h>
#include <poll.h>
#include <string.h>

enum { JOINS = SHORT_TIME }; /* this route joins: 4477003.. */

static const char vmn[] = "447700300001";
static struct fake_box box;

static void begin(void)
{
    start();
    box_up(&box, "box1");
}

static void end(void)
{
    fake_close(&box);
    stop();
}

/* As after a kill: the next process knows what was written, no more. */
static void again(void)
{
    end();
    begin();
}

static int64_t rows(const char *of)
{
    char sql[200];

    snprintf(sql, sizeof(sql), "SELECT count(*) FROM %s", of);
    return place_number(&conf.store, sql);
}

static bool wait_rows(const char *of, int64_t n)
{
    int ms;

    for (ms = 0; ms < WAIT_MS && rows(of) != n; ms += 20)
        poll(NULL, 0, 20);
    return rows(of) == n;
}

static bool delivered(const char *text)
{
    return fake_read_type(&box, BOX_SMS) &&
           fake_is(&box, BOX_SMS_MSGDATA, text);
}

static bool nothing_comes(void)
{
    return !fake_read(&box, QUIET_MS);
}

/* ---- outcomes ---- */

static void answers_a_retry_after_a_restart(void)
{
    struct ss7_sms m = an_sms("33123", 1);
    uint64_t found = stat_get(STAT_dedup_found);
    uint64_t kept = stat_get(STAT_dedup_kept);

    begin();
    take(&m);
    CHECK(delivered("number 1"));
    fake_ack(&box, box.f.id, ack_success);
    CHECK(verdict_is(m.id, VERDICT_OK));
    CHECK(stat_get(STAT_dedup_kept) == kept + 1);
    CHECK(rows("dedup") == 1);
    again();
    m.id = next_id();
    take(&m);
    CHECK(verdict_is(m.id, VERDICT_OK));
    CHECK(nothing_comes());
    CHECK(stat_get(STAT_dedup_found) == found + 1);
    m.id = next_id(); /* from memory now */
    take(&m);
    CHECK(verdict_is(m.id, VERDICT_OK));
    CHECK(stat_get(STAT_dedup_found) == found + 1);
    m.id = next_id();
    m.repeated = true; /* the peer had that answer: a new message */
    take(&m);
    CHECK(delivered("number 1"));
    fake_ack(&box, box.f.id, ack_success);
    CHECK(verdict_is(m.id, VERDICT_OK));
    end();
}

static void keeps_refusals_and_forgets_failures(void)
{
    struct ss7_sms m = an_sms("33123", 2), t = an_sms("33123", 3);

    begin();
    take(&m);
    CHECK(delivered("number 2"));
    fake_ack(&box, box.f.id, ack_failed);
    CHECK(verdict_is(m.id, VERDICT_PERMFAIL));
    take(&t);
    CHECK(delivered("number 3"));
    fake_ack(&box, box.f.id, ack_failed_tmp);
    CHECK(verdict_is(t.id, VERDICT_TEMPFAIL));
    again();
    m.id = next_id();
    take(&m);
    CHECK(verdict_is(m.id, VERDICT_PERMFAIL));
    t.id = next_id();
    take(&t);
    CHECK(delivered("number 3"));
    fake_ack(&box, box.f.id, ack_success);
    CHECK(verdict_is(t.id, VERDICT_OK));
    end();
}

static void takes_the_word_of_another_node_until_it_is_too_old(void)
{
    struct ss7_sms m = an_sms("33123", 4);
    char id[DLV_FOREIGN_ID_OCTETS], sql[200];
    struct dedup_key key;

    dlv_msg_key(&m, false, &key);
    dlv_msg_foreign_id(&key, id);
    begin();
    snprintf(sql, sizeof(sql),
             "INSERT INTO dedup (k, verdict, at_ms)"
             " VALUES (X'%s', 0, 99999999999999)",
             id);
    CHECK(place_does(&conf.store, sql));
    take(&m);
    CHECK(verdict_is(m.id, VERDICT_OK));
    CHECK(nothing_comes());
    CHECK(place_does(&conf.store, "UPDATE dedup SET at_ms = 1"));
    again();
    m.id = next_id();
    take(&m);
    CHECK(delivered("number 4"));
    fake_ack(&box, box.f.id, ack_success);
    CHECK(verdict_is(m.id, VERDICT_OK));
    CHECK(wait_rows("dedup", 1)); /* the others were removed */
    end();
}

static void finds_each_of_many_that_come_at_once(void)
{
    enum { MANY = 40 };
    struct ss7_sms m[MANY];
    unsigned ok = 0;
    struct verdict_seen seen;

    box_conf.max_pending = MANY;
    begin();
    for (unsigned i = 0; i < MANY; i += 2) {
        m[i] = an_sms("33123", 100 + i);
        take(&m[i]);
        CHECK(fake_read_type(&box, BOX_SMS));
        fake_ack(&box, box.f.id, i % 4 == 0 ? ack_success : ack_failed);
        CHECK(next_verdict(&seen, WAIT_MS));
    }
    again();
    for (unsigned i = 0; i < MANY; i++) {
        m[i] = an_sms("33123", 100 + i);
        dlv_take(&m[i]);
    }
    dlv_flush();
    for (unsigned i = 0; i < MANY / 2; i++) {
        CHECK(next_verdict(&seen, WAIT_MS));
        ok += seen.v == VERDICT_OK;
        CHECK(seen.v != VERDICT_TEMPFAIL);
    }
    CHECK(ok == MANY / 4);
    for (unsigned i = 0; i < MANY / 2; i++) {
        CHECK(fake_read_type(&box, BOX_SMS));
        fake_ack(&box, box.f.id, ack_success);
        CHECK(next_verdict(&seen, WAIT_MS) && seen.v == VERDICT_OK);
    }
    CHECK(nothing_comes());
    box_conf.max_pending = 4;
    end();
}

/* ---- parts ---- */

static struct ss7_sms part_of(const char *text, uint8_t ref, uint8_t total,
                              uint8_t no)
{
    struct tpdu_deliver d = { .udh_len = 6,
                              .udh = { 5, 0, 3, ref, total, no } };
    struct ss7_sms m = an_sms(vmn, 0);
    struct wr w = wr_init(m.tpdu, sizeof(m.tpdu));

    d.oa = (struct tpdu_addr){ .len = 12, .ton = 1, .npi = 1 };
    strcpy(d.oa.text, "447700900001");
    d.ud_len = (uint16_t)gsm7_from_utf8(text, d.ud, sizeof(d.ud));
    tpdu_deliver_write(&w, &d);
    m.tpdu_len = (uint8_t)w.len;
    return m;
}

static struct ss7_sms a_part(unsigned message, uint8_t ref, uint8_t total,
                             uint8_t no)
{
    char text[30];

    snprintf(text, sizeof(text), "[message %u part %u]", message, no);
    return part_of(text, ref, total, no);
}

static uint64_t send_part(struct ss7_sms *m)
{
    m->id = next_id();
    return take(m);
}

static void a_message_is_joined_and_held_for_its_last_part(void)
{
    struct ss7_sms a = a_part(1, 9, 3, 1), b = a_part(1, 9, 3, 2);
    struct ss7_sms c = a_part(1, 9, 3, 3);

    begin();
    send_part(&c);
    CHECK(verdict_is(c.id, VERDICT_OK));
    CHECK(rows("part") == 1);
    send_part(&a);
    CHECK(verdict_is(a.id, VERDICT_OK));
    send_part(&a); /* its answer was lost */
    CHECK(verdict_is(a.id, VERDICT_OK));
    CHECK(nothing_comes());
    again();
    send_part(&a);
    CHECK(verdict_is(a.id, VERDICT_OK));
    send_part(&b);
    CHECK(delivered("[message 1 part 1][message 1 part 2][message 1 part 3]"));
    CHECK(box.f.field[BOX_SMS_UDHDATA].num == -1);
    CHECK(strstr((const char *)box.f.field[BOX_SMS_META_DATA].p, "parts=3&"));
    CHECK(no_verdict());
    fake_ack(&box, box.f.id, ack_success);
    CHECK(verdict_is(b.id, VERDICT_OK));
    CHECK(rows("part") == 0);
    for (int i = 0; i < 2; i++) {
        send_part(&a);
        CHECK(verdict_is(a.id, VERDICT_OK));
        send_part(&b);
        CHECK(verdict_is(b.id, VERDICT_OK));
        send_part(&c);
        CHECK(verdict_is(c.id, VERDICT_OK));
        CHECK(nothing_comes());
        again();
    }
    end();
}

static void a_failure_is_the_last_parts_and_its_retry_tries_again(void)
{
    struct ss7_sms a = a_part(2, 10, 2, 1), b = a_part(2, 10, 2, 2);
    char first[33] = "", id[33] = "";

    begin();
    send_part(&a);
    CHECK(verdict_is(a.id, VERDICT_OK));
    for (int i = 0; i < 2; i++) {
        send_part(&b);
        CHECK(delivered("[message 2 part 1][message 2 part 2]"));
        memcpy(id, box.f.field[BOX_SMS_FOREIGN_ID].p, 32);
        CHECK(i == 0 || strcmp(first, id) == 0);
        strcpy(first, id);
        fake_ack(&box, box.f.id, ack_failed_tmp);
        CHECK(verdict_is(b.id, VERDICT_TEMPFAIL));
        CHECK(wait_rows("part WHERE claim = 0", 2));
    }
    again();
    fake_close(&box); /* no box */
    CHECK(wait_boxes(0));
    send_part(&b);
    CHECK(verdict_is(b.id, VERDICT_TEMPFAIL));
    CHECK(wait_rows("part WHERE claim = 0", 2));
    box_up(&box, "box1");
    send_part(&b);
    CHECK(delivered("[message 2 part 1][message 2 part 2]"));
    fake_ack(&box, box.f.id, ack_failed);
    CHECK(verdict_is(b.id, VERDICT_PERMFAIL));
    CHECK(rows("part") == 0);
    again();
    send_part(&b);
    CHECK(verdict_is(b.id, VERDICT_PERMFAIL));
    send_part(&a);
    CHECK(verdict_is(a.id, VERDICT_OK));
    CHECK(nothing_comes());
    end();
}

static void parts_of_other_messages_are_never_mixed_in(void)
{
    struct ss7_sms old = a_part(3, 11, 2, 1), a = a_part(4, 11, 2, 1);
    struct ss7_sms b = a_part(4, 11, 2, 2), other = a_part(5, 11, 2, 2);

    begin();
    strcpy(other.vmn, "447700300002");
    send_part(&old);
    CHECK(verdict_is(old.id, VERDICT_OK));
    send_part(&other); /* another number */
    CHECK(verdict_is(other.id, VERDICT_OK));
    CHECK(nothing_comes());
    send_part(&a); /* the reference is used again */
    CHECK(verdict_is(a.id, VERDICT_OK));
    CHECK(delivered("[message 3 part 1]"));
    CHECK(box.f.field[BOX_SMS_UDHDATA].num == 6);
    fake_ack(&box, box.f.id, ack_success);
    CHECK(wait_rows("part", 2));
    send_part(&b);
    CHECK(delivered("[message 4 part 1][message 4 part 2]"));
    fake_ack(&box, box.f.id, ack_success);
    CHECK(verdict_is(b.id, VERDICT_OK));
    CHECK(rows("part") == 1);
    CHECK(place_does(&conf.store, "DELETE FROM part"));
    end();
}

static void parts_that_make_no_message_go_out_singly(void)
{
    struct ss7_sms a = a_part(6, 12, 2, 1), b = a_part(6, 12, 2, 2);

    begin();
    b.tpdu[10] = 0x04;                       /* TP-DCS: octets */
    b.tpdu[18] = (uint8_t)(b.tpdu_len - 19); /* TP-UDL, now of octets */
    send_part(&a);
    CHECK(verdict_is(a.id, VERDICT_OK));
    send_part(&b);
    CHECK(verdict_is(b.id, VERDICT_OK));
    CHECK(delivered("[message 6 part 1]"));
    fake_ack(&box, box.f.id, ack_success);
    CHECK(fake_read_type(&box, BOX_SMS));
    fake_ack(&box, box.f.id, ack_failed); /* refused: done with, too */
    CHECK(wait_rows("part", 0));
    CHECK(no_verdict());
    end();
}

static void what_is_not_complete_in_time_goes_out_in_order(void)
{
    struct ss7_sms a = a_part(7, 13, 4, 1), c = a_part(7, 13, 4, 3);
    struct ss7_sms d = a_part(7, 13, 4, 4);

    begin();
    send_part(&d);
    CHECK(verdict_is(d.id, VERDICT_OK));
    send_part(&c);
    CHECK(verdict_is(c.id, VERDICT_OK));
    send_part(&a);
    CHECK(verdict_is(a.id, VERDICT_OK));
    CHECK(nothing_comes());
    /* what ought to have been: nobody has them yet, nobody answers for them */
    CHECK(place_does(&conf.store, "UPDATE part SET next_ms = 1 WHERE no = 3"));
    CHECK(delivered("[message 7 part 1]"));
    fake_ack(&box, box.f.id, ack_success);
    CHECK(delivered("[message 7 part 3]"));
    fake_ack(&box, box.f.id, ack_failed_tmp);
    CHECK(wait_rows("part WHERE claim = 0 AND tries = 1", 2));
    CHECK(nothing_comes());
    send_part(&c); /* still ours to deliver */
    CHECK(verdict_is(c.id, VERDICT_OK));
    again();
    CHECK(place_does(&conf.store, "UPDATE part SET next_ms = 1"));
    CHECK(delivered("[message 7 part 3]"));
    fake_ack(&box, box.f.id, ack_success);
    CHECK(delivered("[message 7 part 4]"));
    fake_ack(&box, box.f.id, ack_success);
    CHECK(wait_rows("part", 0));
    CHECK(no_verdict());
    send_part(&a);
    CHECK(verdict_is(a.id, VERDICT_OK));
    CHECK(nothing_comes());
    end();
}

/* Whichever part comes last, also if nobody remembers the other one. */
static void a_joined_message_goes_by_its_first_word(void)
{
    struct box_weight to_other = { "other", 1 };
    struct dlv_rule rule = { .network = HLR_NETWORK_NONE,
                             .route = -1,
                             .keyword = "win\0",
                             .boxes = { { 1, &to_other } } };
    struct fake_box other;

    conf.rule = &rule;
    conf.n_rules = 1;
    strcpy(route[JOINS].box_id, "box1");
    begin();
    box_up(&other, "other");
    for (uint8_t first = 1; first <= 2; first++) {
        struct ss7_sms a = part_of("win a ", 50 + first, 2, 1);
        struct ss7_sms b = part_of("lose b", 50 + first, 2, 2);

        send_part(first == 1 ? &a : &b);
        CHECK(verdict_is(first == 1 ? a.id : b.id, VERDICT_OK));
        fake_close(&other);
        again();
        box_up(&other, "other");
        send_part(first == 1 ? &b : &a);
        CHECK(fake_read_type(&other, BOX_SMS) &&
              fake_is(&other, BOX_SMS_MSGDATA, "win a lose b"));
        fake_ack(&other, other.f.id, ack_success);
        CHECK(verdict_is(first == 1 ? b.id : a.id, VERDICT_OK));
    }
    CHECK(nothing_comes());
    fake_close(&other);
    end();
    conf.n_rules = 0;
    route[JOINS].box_id[0] = '\0';
}

static void a_part_alone_is_passed_on_where_nothing_is_joined(void)
{
    struct ss7_sms a = a_part(8, 14, 2, 1);

    begin();
    route[JOINS].join = false;
    send_part(&a);
    CHECK(delivered("[message 8 part 1]"));
    CHECK(box.f.field[BOX_SMS_UDHDATA].num == 6);
    fake_ack(&box, box.f.id, ack_success);
    CHECK(verdict_is(a.id, VERDICT_OK));
    route[JOINS].join = true;
    end();
}

/* ---- a database that goes away ---- */

static bool wait_count(enum stat_id id, uint64_t n)
{
    int ms;

    for (ms = 0; ms < 4 * WAIT_MS && stat_get(id) < n; ms += 5)
        poll(NULL, 0, 5);
    return stat_get(id) >= n;
}

static void goes_on_without_its_database(void)
{
    struct ss7_sms m = an_sms("33123", 50), n = an_sms("33123", 51);
    struct ss7_sms part = a_part(9, 15, 2, 1);
    uint64_t unasked = stat_get(STAT_dedup_unasked);
    uint64_t unrecorded = stat_get(STAT_dedup_unrecorded);

    begin();
    CHECK(place_tell("kill"));
    take(&m);
    CHECK(delivered("number 50"));
    CHECK(wait_count(STAT_dedup_unasked, unasked + 1));
    fake_ack(&box, box.f.id, ack_success);
    CHECK(verdict_is(m.id, VERDICT_OK));
    CHECK(stat_get(STAT_dedup_unrecorded) == unrecorded + 1);
    send_part(&part); /* it would not be durable */
    CHECK(verdict_is(part.id, VERDICT_TEMPFAIL));
    conf.store_tempfail = true;
    take(&n);
    CHECK(verdict_is(n.id, VERDICT_TEMPFAIL));
    CHECK(nothing_comes());
    m.id = next_id(); /* what memory knows needs no database */
    take(&m);
    CHECK(verdict_is(m.id, VERDICT_OK));
    CHECK(place_tell("start"));
    CHECK(wait_rows("dedup", 1)); /* it waited for that */
    for (int ms = 0; ms < WAIT_MS; ms += 100) {
        n.id = next_id();
        take(&n);
        if (no_verdict())
            break;
    }
    CHECK(delivered("number 51"));
    fake_ack(&box, box.f.id, ack_success);
    drop_verdicts();
    conf.store_tempfail = false;
    end();
}

/* A server that hangs: the message waits, a retry joins it, both in time. */
static void a_retry_joins_while_the_store_is_asked(void)
{
    struct ss7_sms m = an_sms("33123", 60);
    uint64_t first, second;
    int64_t before;

    begin();
    before = rows("dedup");
    CHECK(place_tell("freeze"));
    first = take(&m);
    m.id = next_id();
    second = take(&m);
    CHECK(delivered("number 60"));
    CHECK(nothing_comes());
    fake_ack(&box, box.f.id, ack_success);
    CHECK(verdict_is(first, VERDICT_OK));
    CHECK(verdict_is(second, VERDICT_OK));
    CHECK(place_tell("thaw"));
    CHECK(wait_rows("dedup", before + 1));
    end();
}

static void everything(void)
{
    route[JOINS].join = true;
    route[JOINS].deadline_ms = 0;
    conf.dedup = DLV_DEDUP_STORE;
    conf.concat_timeout_s = 3600;
    answers_a_retry_after_a_restart();
    keeps_refusals_and_forgets_failures();
    takes_the_word_of_another_node_until_it_is_too_old();
    finds_each_of_many_that_come_at_once();
    a_message_is_joined_and_held_for_its_last_part();
    a_failure_is_the_last_parts_and_its_retry_tries_again();
    parts_of_other_messages_are_never_mixed_in();
    parts_that_make_no_message_go_out_singly();
    what_is_not_complete_in_time_goes_out_in_order();
    a_joined_message_goes_by_its_first_word();
    a_part_alone_is_passed_on_where_nothing_is_joined();
}

static void over_a_file(void)
{
    place_file(&conf.store);
    everything();
}

static void over_a_server(void)
{
    everything();
    place_server(&conf.store); /* empty again */
    goes_on_without_its_database();
    a_retry_joins_while_the_store_is_asked();
}

int main(void)
{
    gwlib_init();
    log_set_output_level(getenv("TALK") != NULL ? GW_DEBUG : GW_PANIC);
    SHOWS("FM-06 TP-08", over_a_file);
    if (place_server(&conf.store))
        over_a_server();
    else
        printf("skip  over MariaDB: there is none here\n");
    place_end();
    gwlib_shutdown();
    return CHECK_DONE();
}
