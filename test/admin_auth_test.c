/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * admin_auth_test.c - who may ask the admin port, and how fast he may guess
 */

#include "check.h"
#include "gw/admin_auth.h"

static void knows_the_secret_from_others(void)
{
    CHECK(auth_is("secret", "secret"));
    CHECK(!auth_is("secre", "secret"));
    CHECK(!auth_is("secret1", "secret"));
    CHECK(!auth_is("Secret", "secret"));
    CHECK(!auth_is("", "secret"));
    CHECK(!auth_is(NULL, "secret"));
    CHECK(!auth_is("", "")); /* there is none: nobody may */
    CHECK(!auth_is(NULL, ""));
}

static void reads_tokens_and_knows_whose_they_are(void)
{
    struct auth_token t[AUTH_TOKENS];
    unsigned n;

    CHECK(auth_tokens_read("shop:0123456789abcdef; crm-2:AB.c_d~e+f/g=hij9", t,
                           &n) == NULL);
    CHECK(n == 2);
    CHECK(strcmp(auth_whose(t, n, "0123456789abcdef"), "shop") == 0);
    CHECK(strcmp(auth_whose(t, n, "AB.c_d~e+f/g=hij9"), "crm-2") == 0);
    CHECK(auth_whose(t, n, "0123456789abcdeg") == NULL);
    CHECK(auth_whose(t, n, "shop:0123456789abcdef") == NULL);
    CHECK(auth_whose(t, n, NULL) == NULL);
    CHECK(auth_tokens_read("", t, &n) == NULL && n == 0);
    CHECK(auth_whose(t, n, "0123456789abcdef") == NULL);
}

static void refuses_lists_of_tokens_that_are_wrong(void)
{
    static const char *const wrong[] = {
        "shop",
        "shop:",
        ":0123456789abcdef",
        "shop:0123456789abcde", /* 15 */
        "sh@p:0123456789abcdef",
        "shop:0123456789\"bcdef",
        "shop:0123456789abcdef;shop:0123456789abcdeg",
        "shop:0123456789abcdef;crm:0123456789abcdef",
        "a23456789012345678901234567890123:0123456789abcdef",
    };
    struct auth_token t[AUTH_TOKENS];
    char many[64 * 20] = "";
    unsigned n;

    for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++)
        CHECK(auth_tokens_read(wrong[i], t, &n) != NULL);
    for (int i = 0; i <= AUTH_TOKENS; i++)
        snprintf(many + strlen(many), 64, "n%d:0123456789abcdef%d;", i, i);
    CHECK(auth_tokens_read(many, t, &n) != NULL);
}

static void a_guess_costs_more_each_time(void)
{
    static struct auth_guesses g;
    uint64_t now = 1000;

    CHECK(auth_until(&g, "192.0.2.1") <= now);
    CHECK(auth_wrong(&g, "192.0.2.1", now) == now + 10);
    CHECK(auth_until(&g, "192.0.2.1") == now + 10);
    CHECK(auth_until(&g, "192.0.2.2") <= now); /* others do not wait */
    now += 10;
    CHECK(auth_wrong(&g, "192.0.2.1", now) == now + 1010);
    CHECK(auth_wrong(&g, "192.0.2.1", now) == now + 2010);
    for (int i = 0; i < 100; i++)
        auth_wrong(&g, "192.0.2.1", now);
    CHECK(auth_wrong(&g, "192.0.2.1", now) == now + AUTH_MOST_MS);
    auth_right(&g, "192.0.2.1");
    CHECK(auth_until(&g, "192.0.2.1") <= now);
    CHECK(auth_wrong(&g, "192.0.2.1", now) == now + 10);
}

static void guesses_are_forgotten_in_time(void)
{
    static struct auth_guesses g;

    for (int i = 0; i < 5; i++)
        auth_wrong(&g, "192.0.2.1", 1000);
    CHECK(auth_wrong(&g, "192.0.2.1", 1000 + 10 * AUTH_FORGET_MS) ==
          1000 + 10 * AUTH_FORGET_MS + 10);
}

/* Whoever guesses from very many addresses pushes out the oldest, not all. */
static void many_guessers_need_no_more_memory(void)
{
    static struct auth_guesses g;
    char ip[32];

    for (int i = 0; i < 2 * AUTH_ADDRESSES; i++) {
        snprintf(ip, sizeof(ip), "10.0.%d.%d", i / 250, i % 250);
        auth_wrong(&g, ip, (uint64_t)(1000 + i));
    }
    CHECK(auth_until(&g, "10.0.0.0") == 0);
    CHECK(auth_until(&g, ip) == 1000 + 2 * AUTH_ADDRESSES - 1 + 10);
}

int main(void)
{
    knows_the_secret_from_others();
    reads_tokens_and_knows_whose_they_are();
    refuses_lists_of_tokens_that_are_wrong();
    SHOWS("KB-11", a_guess_costs_more_each_time);
    guesses_are_forgotten_in_time();
    many_guessers_need_no_more_memory();
    return CHECK_DONE();
}
