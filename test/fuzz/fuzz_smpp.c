/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * fuzz_smpp.c - any octets at all, sent by two ESMEs
 *
 * The first octet says whose octets follow and how many, or what the network
 * does meanwhile. Whatever comes, the node holds no more than allowed, each
 * message ends once, and what it writes are PDUs. One ESME is bound from the
 * beginning, so that not all is lost by a wrong guess of the password.
 */

#include "smpp_world.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static struct world w;

static void must(bool it_is_so)
{
    if (!it_is_so)
        abort();
}

/* What is written must be PDUs, one behind the other. */
static void read_all(struct smpp_sess *s)
{
    static struct pdu p;

    while (s->out.at < s->out.len)
        must(esme_get(s, &p));
}

static void network(uint8_t what, uint8_t mark)
{
    static const uint8_t udh[] = { 5, 0, 3, 42, 2, 1 };

    switch (what % 6) {
    case 0:
        world_sms(&w, mark, "hello");
        break;
    case 1:
        world_sms_udh(&w, mark, udh, sizeof(udh));
        break;
    case 2:
        world_pass(&w, 5000);
        break;
    case 3:
        if (w.sms > 0)
            smpp_node_ack(w.node, 0, w.f.id, mark % 5);
        break;
    case 4:
        smpp_node_box_lost(w.node, 0, w.epoch++);
        break;
    default:
        world_pass(&w, 100);
        break;
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct smpp_sess *s[2];
    unsigned given = 0;

    world_init(&w);
    w.acct[0].submit_window = 1000;
    w.acct[0].window = 3;
    world_start(&w);
    s[0] = esme_bound(&w);
    s[1] = smpp_node_session(w.node, "192.0.2.2");
    while (size > 0) {
        uint8_t op = *data++;
        size_t n = op & 0x3f;

        size--;
        if ((op & 0x80) != 0) {
            network(op, (uint8_t)++given);
        } else {
            n = n < size ? n : size;
            smpp_sess_in(s[op >> 6], data, n);
            data += n;
            size -= n;
        }
        must(smpp_node_held(w.node) <= w.conf.accts.max_held);
        must(s[0]->in.len <= SMPP_PDU_MAX && s[1]->in.len <= SMPP_PDU_MAX);
        read_all(s[0]);
        read_all(s[1]);
    }
    smpp_sess_free(s[0]);
    smpp_sess_free(s[1]);
    world_stop(&w);
    must(w.acks <= given);
    return 0;
}
