/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * tcap_dlg_test.c - transactions: ids unique, in range, found and forgotten
 */

#include "check.h"
#include "tcap_dlg.h"

#include <stdlib.h>

struct item {
    struct tcap_dlg tcap;
    unsigned mine;
};

static struct item *find(const struct tcap_tab *t, uint32_t tid)
{
    struct tcap_tid wire = tcap_tid_of(tid);

    return tcap_dlg_find(t, &wire);
}

static void finds_each_of_many(void)
{
    enum { N = 5000 };
    static struct item *d[N];
    struct tcap_tab *t = tcap_tab_new(N, sizeof(struct item), 0, 0);

    for (unsigned i = 0; i < N; i++) {
        d[i] = tcap_dlg_open(t, 0);
        CHECK(d[i] != NULL);
        d[i]->mine = i;
    }
    CHECK(tcap_dlg_count(t) == N);
    CHECK(tcap_dlg_open(t, 0) == NULL);
    for (unsigned i = 0; i < N; i++)
        CHECK(find(t, d[i]->tcap.tid) == d[i] && d[i]->mine == i);
    for (unsigned i = 0; i < N; i += 2)
        tcap_dlg_close(t, &d[i]->tcap);
    for (unsigned i = 0; i < N; i++)
        CHECK(find(t, d[i]->tcap.tid) == (i % 2 ? d[i] : NULL));
    CHECK(tcap_dlg_count(t) == N / 2);
    CHECK(tcap_dlg_open(t, 0) != NULL);
    tcap_tab_free(t);
}

static void keeps_to_its_range(void)
{
    enum { FIRST = 0x20000000, LAST = 0x2000001f, N = 16 };
    struct tcap_tab *t = tcap_tab_new(N, sizeof(struct item), FIRST, LAST);
    struct item *d[N];
    unsigned seen = 0;

    for (int round = 0; round < 50; round++) {
        for (int i = 0; i < N; i++) {
            d[i] = tcap_dlg_open(t, 0);
            CHECK(d[i] != NULL);
            CHECK(d[i]->tcap.tid >= FIRST && d[i]->tcap.tid <= LAST);
            for (int k = 0; k < i; k++)
                CHECK(d[k]->tcap.tid != d[i]->tcap.tid);
            seen |= 1u << (d[i]->tcap.tid - FIRST);
        }
        for (int i = 0; i < N; i++)
            tcap_dlg_close(t, &d[i]->tcap);
    }
    CHECK(seen == UINT32_MAX); /* the ends of the range too */
    tcap_tab_free(t);
}

static void refuses_a_range_that_is_too_small(void)
{
    CHECK(tcap_tab_new(16, sizeof(struct item), 1, 31) == NULL);
    CHECK(tcap_tab_new(16, sizeof(struct item), 9, 8) == NULL);
    tcap_tab_free(NULL);
}

static void takes_ids_of_four_octets_only(void)
{
    struct tcap_tab *t = tcap_tab_new(1, sizeof(struct item), 0, 0);
    struct item *d = tcap_dlg_open(t, 0);
    struct tcap_tid wire = tcap_tid_of(d->tcap.tid);

    CHECK(tcap_dlg_find(t, &wire) == d);
    wire.len = 3;
    CHECK(tcap_dlg_find(t, &wire) == NULL);
    wire.len = 0;
    CHECK(tcap_dlg_find(t, &wire) == NULL);
    tcap_tab_free(t);
}

/* Two nodes, or one before and after a restart, draw different ids. */
static void ids_are_not_repeated_after_a_restart(void)
{
    enum { N = 2000 };
    static uint32_t before[N];
    struct tcap_tab *t = tcap_tab_new(N, sizeof(struct item), 0, 0);
    unsigned again = 0;

    for (unsigned i = 0; i < N; i++)
        before[i] = ((struct item *)tcap_dlg_open(t, 0))->tcap.tid;
    tcap_tab_free(t);
    t = tcap_tab_new(N, sizeof(struct item), 0, 0);
    for (unsigned i = 0; i < N; i++)
        tcap_dlg_open(t, 0);
    for (unsigned i = 0; i < N; i++)
        again += find(t, before[i]) != NULL;
    CHECK(again <= 2); /* by chance: once in a thousand runs there is one */
    tcap_tab_free(t);
}

static void an_item_may_get_another_id(void)
{
    enum { N = 500 };
    static struct item *d[N];
    static uint32_t old[N];
    struct tcap_tab *t = tcap_tab_new(N, sizeof(struct item), 0, 0);

    for (unsigned i = 0; i < N; i++) {
        d[i] = tcap_dlg_open(t, 0);
        d[i]->mine = i;
        old[i] = d[i]->tcap.tid;
    }
    for (unsigned i = 0; i < N; i += 2)
        CHECK(tcap_dlg_renew(t, &d[i]->tcap));
    CHECK(tcap_dlg_count(t) == N);
    for (unsigned i = 0; i < N; i++) {
        CHECK(find(t, d[i]->tcap.tid) == d[i] && d[i]->mine == i);
        CHECK((find(t, old[i]) == d[i]) == (i % 2 == 1));
    }
    for (unsigned i = 0; i < N; i++)
        tcap_dlg_close(t, &d[i]->tcap);
    CHECK(tcap_dlg_count(t) == 0);
    tcap_tab_free(t);
}

static struct tcap_tab *each_tab;
static unsigned each_n;

static void close_it(void *item)
{
    struct item *d = item;

    each_n++;
    tcap_dlg_close(each_tab, &d->tcap);
}

static void walks_over_those_in_use(void)
{
    struct item *d;

    each_tab = tcap_tab_new(8, sizeof(struct item), 0, 0);
    d = tcap_dlg_open(each_tab, 0);
    tcap_dlg_open(each_tab, 0);
    tcap_dlg_open(each_tab, 0);
    tcap_dlg_close(each_tab, &d->tcap);
    tcap_dlg_each(each_tab, close_it);
    CHECK(each_n == 2 && tcap_dlg_count(each_tab) == 0);
    tcap_tab_free(each_tab);
}

static void knows_the_peer_by_its_title(void)
{
    struct tcap_peer p = { .addr = sccp_addr_e164("447700900321", 8) };
    struct sccp_addr a = sccp_addr_e164("447700900321", 6);
    struct sccp_addr pc = { .on_ssn = true, .has_pc = true, .pc = 7 };

    CHECK(tcap_peer_is(&p, &a)); /* another subsystem of the same node */
    a = sccp_addr_e164("447700900322", 8);
    CHECK(!tcap_peer_is(&p, &a));
    CHECK(!tcap_peer_is(&p, &pc));
    p.addr = pc;
    CHECK(tcap_peer_is(&p, &pc));
    pc.pc = 8;
    CHECK(!tcap_peer_is(&p, &pc));
}

static void the_first_answer_fixes_the_peer(void)
{
    const struct tcap_tid tid = { .len = 2, .octet = { 1, 2 } };
    struct tcap_peer p = { .open = true,
                           .addr = sccp_addr_e164("447700900321", 8) };
    struct sccp_addr a = sccp_addr_e164("447700900399", 8);

    tcap_peer_fix(&p, &tid, &a);
    CHECK(!p.open && tcap_peer_is(&p, &a));
    CHECK(p.tid.len == 2 && p.tid.octet[1] == 2);
}

static void one_network_leaves_room_for_the_others(void)
{
    struct tcap_tab *t = tcap_tab_new(8, sizeof(struct item), 0, 0);
    struct item *first = NULL, *d;

    tcap_tab_limit(t, 6);
    for (unsigned i = 0; i < 6; i++) {
        d = tcap_dlg_open(t, 2);
        CHECK(d != NULL);
        first = first == NULL ? d : first;
    }
    CHECK(tcap_dlg_open(t, 2) == NULL);
    CHECK(tcap_dlg_open(t, 3) != NULL);
    tcap_dlg_close(t, &first->tcap);
    CHECK(tcap_dlg_open(t, 2) != NULL);
    CHECK(tcap_dlg_open(t, 2) == NULL);
    CHECK(tcap_dlg_open(t, 3) != NULL);
    CHECK(tcap_dlg_open(t, 3) == NULL); /* now all are in use */
    tcap_tab_free(t);
}

int main(void)
{
    SHOWS("TC-12", one_network_leaves_room_for_the_others);
    SHOWS("TC-09 TC-12", finds_each_of_many);
    SHOWS("TC-09 TC-20", keeps_to_its_range);
    refuses_a_range_that_is_too_small();
    takes_ids_of_four_octets_only();
    SHOWS("TC-09", ids_are_not_repeated_after_a_restart);
    an_item_may_get_another_id();
    walks_over_those_in_use();
    SHOWS("TC-10", knows_the_peer_by_its_title);
    SHOWS("TC-10", the_first_answer_fixes_the_peer);
    return CHECK_DONE();
}
