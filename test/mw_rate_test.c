/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * mw_rate_test.c - how many alerts go in a second; time is virtual
 */

#include "gw/mw_rate.h"

#include "check.h"

enum { ROWS = 1000, HOUR_MS = 3600000 };

static struct reg_mw_do row[ROWS];
static int64_t due_ms[ROWS]; /* -1: sent */
static struct mw_rate *m;

static unsigned sent_at[HOUR_MS / MW_TURN_MS]; /* by turns */
static unsigned sent, looked;

static void begin(uint32_t all, uint32_t per_sc, unsigned centres)
{
    memset(row, 0, sizeof(row));
    memset(sent_at, 0, sizeof(sent_at));
    sent = looked = 0;
    for (unsigned i = 0; i < ROWS; i++) {
        snprintf(row[i].w.sc, sizeof(row[i].w.sc), "44770091%04u", i % centres);
        due_ms[i] = 0;
    }
    m = mw_rate_new(all, per_sc);
}

/* What mw_send does with the database: some rows that are due, in order. */
static void turn(unsigned at)
{
    enum { AT_ONCE = 64 };
    int64_t now = (int64_t)at * MW_TURN_MS;
    struct reg_mw_do todo[AT_ONCE];
    unsigned from[AT_ONCE], n = 0;

    for (unsigned i = 0; i < ROWS && n < AT_ONCE; i++)
        if (due_ms[i] >= 0 && due_ms[i] <= now)
            from[n] = i, todo[n++] = row[i];
    mw_rate_decide(m, todo, n, now);
    for (unsigned i = 0; i < n; i++)
        if (todo[i].what == REG_MW_CLAIM) {
            due_ms[from[i]] = -1;
            sent++;
            sent_at[at]++;
        } else if (todo[i].what == REG_MW_LATER) {
            CHECK(todo[i].at_ms > now);
            due_ms[from[i]] = todo[i].at_ms;
            looked++;
        }
}

/* Turns until all are sent. */
static unsigned run(void)
{
    unsigned at = 0;

    while (sent < ROWS && at < HOUR_MS / MW_TURN_MS)
        turn(at++);
    mw_rate_free(m);
    return at;
}

static unsigned most_in_a_second(void)
{
    enum { SECOND = 1000 / MW_TURN_MS };
    unsigned most = 0;

    for (unsigned at = 0; at + SECOND <= HOUR_MS / MW_TURN_MS; at++) {
        unsigned n = 0;

        for (unsigned i = 0; i < SECOND; i++)
            n += sent_at[at + i];
        most = n > most ? n : most;
    }
    return most;
}

static void keeps_the_rate_of_all(void)
{
    unsigned turns;

    begin(50, 10, ROWS);
    turns = run();
    CHECK(turns >= 195 && turns <= 205); /* 20 s */
    CHECK(most_in_a_second() <= 56);
    CHECK(looked == 0);
}

static void keeps_the_rate_of_each_centre(void)
{
    unsigned turns;

    begin(1000, 5, 4);
    turns = run();
    CHECK(turns >= 495 && turns <= 505); /* 250 each at 5 a second */
    CHECK(most_in_a_second() <= 4 * 7);
}

static void looks_at_a_row_that_must_wait_once(void)
{
    begin(1000, 10, 1);
    CHECK(run() >= 990);
    CHECK(looked <= ROWS + ROWS / 10);
}

static void one_a_second_is_one_a_second(void)
{
    unsigned turns;

    begin(1, 1, ROWS);
    for (turns = 0; turns < 100; turns++)
        turn(turns);
    CHECK(sent == 11 && most_in_a_second() <= 2);
    mw_rate_free(m);
}

/* Nothing is saved up while nobody waits. */
static void idle_time_buys_nothing(void)
{
    begin(10, 10, ROWS);
    turn(HOUR_MS / MW_TURN_MS - 1);
    CHECK(sent == 2);
    mw_rate_free(m);
}

static void tries_again_at_longer_times_and_ends(void)
{
    int64_t at, last = 0, sum = 0;
    uint32_t tries = 0;

    while (mw_again(tries, 1000, &at)) {
        CHECK(at - 1000 >= last && at - 1000 <= MW_AGAIN_MAX_MS);
        last = at - 1000;
        sum += last;
        tries++;
    }
    CHECK(tries == MW_TRIES - 1);
    CHECK(sum > 3 * HOUR_MS && sum < 6 * HOUR_MS);
}

int main(void)
{
    SHOWS("HL-10", keeps_the_rate_of_all);
    SHOWS("HL-10", keeps_the_rate_of_each_centre);
    looks_at_a_row_that_must_wait_once();
    one_a_second_is_one_a_second();
    idle_time_buys_nothing();
    SHOWS("HL-10", tries_again_at_longer_times_and_ends);
    return CHECK_DONE();
}
