/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * smpp_submit_test.c - submit_sm, its answer, and its receipts
 */

#include "gw/smpp_submit.h"

#include "check.h"
#include "gw/smpp_receipt.h"
#include "smpp_world.h"

#include <string.h>

static struct world w;

/* A submit_sm with this text and registered_delivery. */
static void submit(struct smpp_sess *s, uint32_t sequence, const char *text,
                   uint8_t registered)
{
    struct smpp_sm sm = {
        .source = { 5, 0, "Shop" },
        .dest = { 1, 1, "447700900001" },
        .registered = registered,
        .text = (const uint8_t *)text,
        .text_len = strlen(text),
    };
    uint8_t body[512];

    esme_put(s, SMPP_SUBMIT_SM, 0, sequence, body,
             smpp_sm_write(body, sizeof(body), &sm));
}

static void ack(int32_t nack)
{
    smpp_node_ack(w.node, 0, w.f.id, nack);
}

static struct smpp_sess *begin(void)
{
    world_init(&w);
    world_start(&w);
    return esme_bound(&w);
}

static void end(struct smpp_sess *s)
{
    smpp_sess_free(s);
    world_stop(&w);
}

static void is_answered_by_the_ack(void)
{
    struct smpp_sess *s = begin();
    struct pdu p;

    submit(s, 7, "hello", 1);
    CHECK(w.sms == 1 && !esme_get(s, &p));
    CHECK(w.f.field[BOX_SMS_TYPE].num == SMPP_MT_PUSH);
    CHECK(field_is(&w.f, BOX_SMS_SENDER, "Shop"));
    CHECK(field_is(&w.f, BOX_SMS_RECEIVER, "+447700900001"));
    CHECK(field_is(&w.f, BOX_SMS_ACCOUNT, "app"));
    CHECK(field_is(&w.f, BOX_SMS_MSGDATA, "hello"));
    CHECK(field_is(&w.f, BOX_SMS_BOXC_ID, "apps"));
    CHECK(w.f.field[BOX_SMS_DLR_MASK].num == 19);
    ack(BOX_NACK_SUCCESS);
    CHECK(esme_get(s, &p));
    CHECK(p.h.command == (SMPP_SUBMIT_SM | SMPP_RESP));
    CHECK(p.h.status == SMPP_ROK && p.h.sequence == 7);
    CHECK(p.n == 33 && strlen((const char *)p.body) == 32);
    ack(BOX_NACK_SUCCESS); /* once is enough */
    CHECK(!esme_get(s, &p) && s->submits == 0);
    end(s);
}

/* "Shop" to +447700900001, with registered_delivery and the text as payload */
static const uint8_t data_sm[] = {
    0,   5,   0,   'S',  'h', 'o', 'p', 0,   1,   1,   '4', '4',
    '7', '7', '0', '0',  '9', '0', '0', '0', '0', '1', 0,   0,
    1,   0,   4,   0x24, 0,   5,   'h', 'e', 'l', 'l', 'o',
};

static void a_data_sm_is_relayed_as_a_submit_sm(void)
{
    struct smpp_sess *s = begin();
    struct pdu p;

    esme_put(s, SMPP_DATA_SM, 0, 9, data_sm, sizeof(data_sm));
    CHECK(w.sms == 1 && !esme_get(s, &p));
    CHECK(field_is(&w.f, BOX_SMS_SENDER, "Shop"));
    CHECK(field_is(&w.f, BOX_SMS_RECEIVER, "+447700900001"));
    CHECK(field_is(&w.f, BOX_SMS_MSGDATA, "hello"));
    CHECK(w.f.field[BOX_SMS_DLR_MASK].num == 19);
    submit(s, 10, "other", 0);
    ack(BOX_NACK_SUCCESS); /* of this one */
    CHECK(esme_got(s, SMPP_SUBMIT_SM | SMPP_RESP, SMPP_ROK));
    world_pass(&w, 20100);
    CHECK(esme_get(s, &p));
    CHECK(p.h.command == (SMPP_DATA_SM | SMPP_RESP));
    CHECK(p.h.status == SMPP_RSYSERR && p.h.sequence == 9);
    esme_put(s, SMPP_DATA_SM, 0, 11, data_sm, sizeof(data_sm));
    ack(BOX_NACK_SUCCESS);
    CHECK(esme_get(s, &p) && p.h.command == (SMPP_DATA_SM | SMPP_RESP));
    CHECK(p.h.status == SMPP_ROK && p.n == 33);
    /* refused at once, with its own answer */
    esme_put(s, SMPP_DATA_SM, 0, 12, data_sm, sizeof(data_sm) - 1);
    CHECK(esme_got(s, SMPP_DATA_SM | SMPP_RESP, SMPP_RINVOPTPARSTREAM));
    esme_put(s, SMPP_DATA_SM, 0, 13, data_sm, 20);
    CHECK(esme_got(s, SMPP_DATA_SM | SMPP_RESP, SMPP_RINVDSTADR));
    end(s);
}

static void each_ack_has_its_status(void)
{
    static const struct {
        int32_t nack;
        uint32_t status;
    } row[] = {
        { BOX_NACK_SUCCESS, SMPP_ROK },
        { BOX_NACK_BUFFERED, SMPP_ROK },
        { BOX_NACK_FAILED, SMPP_RSUBMITFAIL },
        { BOX_NACK_FAILED_TMP, SMPP_RMSGQFUL },
        { 99, SMPP_RMSGQFUL },
    };
    struct smpp_sess *s = begin();

    for (unsigned i = 0; i < sizeof(row) / sizeof(row[0]); i++) {
        submit(s, i + 1, "hello", 0);
        ack(row[i].nack);
        CHECK(esme_got(s, SMPP_SUBMIT_SM | SMPP_RESP, row[i].status));
    }
    end(s);
}

static void is_refused_without_a_box_server(void)
{
    struct smpp_sess *s = begin();

    w.epoch = 0;
    submit(s, 1, "hello", 0);
    CHECK(esme_got(s, SMPP_SUBMIT_SM | SMPP_RESP, SMPP_RSYSERR));
    CHECK(s->submits == 0);
    /* lost, or no answer: nobody knows what became of it */
    w.epoch = 3;
    submit(s, 2, "hello", 0);
    smpp_node_box_lost(w.node, 0, 2);
    CHECK(s->submits == 1);
    smpp_node_box_lost(w.node, 0, 3);
    CHECK(esme_got(s, SMPP_SUBMIT_SM | SMPP_RESP, SMPP_RSYSERR));
    submit(s, 3, "hello", 0);
    world_pass(&w, 20100);
    CHECK(esme_got(s, SMPP_SUBMIT_SM | SMPP_RESP, SMPP_RSYSERR));
    ack(BOX_NACK_SUCCESS);
    CHECK(s->out.len == s->out.at);
    end(s);
}

static void is_throttled(void)
{
    struct smpp_sess *s;
    unsigned i;

    world_init(&w);
    w.acct[0].submit_window = 3;
    world_start(&w);
    s = esme_bound(&w);
    for (i = 1; i <= 4; i++)
        submit(s, i, "hello", 0);
    CHECK(w.sms == 3);
    CHECK(esme_got(s, SMPP_SUBMIT_SM | SMPP_RESP, SMPP_RTHROTTLED));
    end(s);

    world_init(&w);
    w.acct[0].submit_throughput = 5;
    world_start(&w);
    s = esme_bound(&w);
    world_pass(&w, 5000);
    for (i = 1; i <= 8; i++)
        submit(s, i, "hello", 0);
    CHECK(w.sms == 5); /* a second's worth */
    world_pass(&w, 250);
    submit(s, 9, "hello", 0);
    CHECK(w.sms == 6);
    end(s);
}

static void the_table_is_bounded(void)
{
    struct smpp_sess *s;
    uint8_t old[16];

    world_init(&w);
    w.conf.max_submits = 2;
    world_start(&w);
    s = esme_bound(&w);
    for (unsigned i = 1; i <= 3; i++)
        submit(s, i, "hello", 0);
    CHECK(w.sms == 2);
    CHECK(esme_got(s, SMPP_SUBMIT_SM | SMPP_RESP, SMPP_RTHROTTLED));
    memcpy(old, w.f.id, sizeof(old));
    ack(BOX_NACK_SUCCESS);
    CHECK(esme_got(s, SMPP_SUBMIT_SM | SMPP_RESP, SMPP_ROK));
    submit(s, 4, "hello", 0);
    CHECK(w.sms == 3);
    smpp_node_ack(w.node, 0, old, BOX_NACK_SUCCESS); /* of its place before */
    CHECK(s->out.len == s->out.at);
    end(s);
}

static void an_ack_finds_nobody(void)
{
    struct smpp_sess *s = begin();

    submit(s, 1, "hello", 0);
    smpp_sess_free(s);
    ack(BOX_NACK_SUCCESS);
    s = esme_bound(&w);
    CHECK(s->out.len == s->out.at);
    end(s);
}

/* What the gateway makes of the message's dlr_url. */
static void report(uint8_t mark, int32_t mask, const char *url,
                   const char *text)
{
    struct box_frame f;

    world_blank(&f, text);
    field_text(&f, BOX_SMS_SENDER, "+447700900001");
    field_text(&f, BOX_SMS_RECEIVER, "Shop");
    field_text(&f, BOX_SMS_DLR_URL, url);
    f.field[BOX_SMS_TYPE].num = SMPP_REPORT_MO;
    f.field[BOX_SMS_DLR_MASK].num = mask;
    world_frame(&w, 0, mark, &f);
}

static void url_of(char out[SMPP_URL_OCTETS])
{
    size_t n;
    const uint8_t *p = smpp_msg_text(&w.f, BOX_SMS_DLR_URL, &n);

    CHECK(n > 0 && n < SMPP_URL_OCTETS);
    memcpy(out, p, n);
    out[n] = '\0';
}

static void receipts_come_back(void)
{
    struct smpp_sess *s = begin();
    char url[SMPP_URL_OCTETS], id[SMPP_ID_OCTETS], text[256], expect[256];
    struct smpp_sm sm;
    struct pdu p;
    uint32_t n;

    submit(s, 1, "hello", 1);
    url_of(url);
    ack(BOX_NACK_SUCCESS);
    CHECK(esme_get(s, &p));
    memcpy(id, p.body, sizeof(id));
    world_pass(&w, 60000);
    while (esme_get(s, &p))
        ;
    report(1, 1, url, "");
    n = esme_deliver(s, &sm);
    CHECK(n != 0 && sm.esm_class == SMPP_ESM_RECEIPT);
    CHECK(strcmp(sm.source.digits, "447700900001") == 0);
    CHECK(strcmp(sm.dest.digits, "Shop") == 0);
    memcpy(text, sm.text, sm.text_len);
    text[sm.text_len] = '\0';
    snprintf(expect, sizeof(expect),
             "id:%s sub:001 dlvrd:001 submit date:2609211413 done "
             "date:2609211414 stat:DELIVRD err:000 text:",
             id);
    CHECK(strcmp(text, expect) == 0);
    esme_resp(s, n, SMPP_ROK);
    CHECK(world_verdict(&w, 1) == VERDICT_OK);
    end(s);
}

static bool has(const uint8_t *p, size_t n, const char *what, size_t k)
{
    for (size_t at = 0; at + k <= n; at++)
        if (memcmp(p + at, what, k) == 0)
            return true;
    return false;
}

static void receipts_tell_what_the_smsc_told(void)
{
    struct smpp_sess *s = begin();
    char url[SMPP_URL_OCTETS];
    struct smpp_sm sm;

    submit(s, 1, "hello", 2);
    url_of(url);
    report(1, 2, url, "id:9 sub:001 dlvrd:000 stat:EXPIRED err:04a text:x");
    CHECK(esme_deliver(s, &sm) != 0);
    CHECK(has(sm.text, sm.text_len, "stat:EXPIRED err:04a", 20));
    /* message_state 3, behind receipted_message_id */
    CHECK(has(sm.text, sm.text_len + 150, "\x04\x27\x00\x01\x03", 5));
    end(s);
}

static void a_receipt_waits_for_its_esme(void)
{
    struct smpp_sess *s = begin();
    char url[SMPP_URL_OCTETS];

    submit(s, 1, "hello", 1);
    url_of(url);
    smpp_sess_free(s);
    report(1, 1, url, "");
    CHECK(w.acks == 0); /* a gateway would give it again at once */
    s = esme_bound(&w);
    CHECK(esme_deliver(s, NULL) != 0);
    smpp_sess_free(s);
    CHECK(w.acks == 0);
    world_pass(&w, 20100);
    CHECK(world_verdict(&w, 1) == VERDICT_TEMPFAIL);
    report(2, 1, "smppbox:00112233445566778899aabbccddeeff:5:gone", "");
    CHECK(world_verdict(&w, 2) == VERDICT_PERMFAIL);
    world_stop(&w);
}

static void status_reports_of_the_network_are_receipts(void)
{
    struct smpp_sess *s = begin();
    struct smpp_sm sm;

    report(1, 1, "http://example.org/",
           "id:7 sub:001 dlvrd:001 submit "
           "date:2601020304 done date:2601020305 "
           "stat:DELIVRD err:000 text:");
    CHECK(esme_deliver(s, &sm) != 0 && sm.esm_class == SMPP_ESM_RECEIPT);
    CHECK(memcmp(sm.text, "id:7 ", 5) == 0);
    end(s);
}

int main(void)
{
    SHOWS("SM-10", is_answered_by_the_ack);
    a_data_sm_is_relayed_as_a_submit_sm();
    SHOWS("SM-10", each_ack_has_its_status);
    SHOWS("SM-10", is_refused_without_a_box_server);
    is_throttled();
    the_table_is_bounded();
    an_ack_finds_nobody();
    SHOWS("SM-10", receipts_come_back);
    receipts_tell_what_the_smsc_told();
    a_receipt_waits_for_its_esme();
    status_reports_of_the_network_are_receipts();
    return CHECK_DONE();
}
