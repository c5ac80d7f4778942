/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * firewall_conf.c - the firewall's keys, and the files they name
 */

#include "firewall.h"

#include "plug_key.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MAX_NUMBERS = 1000000, MOST_NUMBERS = 50000000 };

const char *const firewall_keys[] = {
    "check-gt",       "check-sc",      "check-sri-inside", "check-fsm-inside",
    "check-no-sri",   "check-country", "check-own",        "check-probe",
    "check-rate",     "check-rules",   "check-list",       "sri-window",
    "warm-up",        "max-numbers",   "others-answer",    "correlation-prefix",
    "compare-digits", "operator-file", "group-file",       "rules-file",
    "deny",           "deny-error",    "deny-sri-error",   "allow-sc",
    "allow-gt",       "deny-sc",       "deny-gt",          "own-prefixes",
    "country-code",   "rate-sc",       "rate-vmn",         "rate-owner",
    "rate-sri-sc",    "rate-sri-vmn",  "probe-limit",      NULL,
};

const char *const firewall_rate_key[RATES] = {
    [RATE_SC] = "rate-sc",           [RATE_VMN] = "rate-vmn",
    [RATE_OWNER] = "rate-owner",     [RATE_SRI_SC] = "rate-sri-sc",
    [RATE_SRI_VMN] = "rate-sri-vmn", [RATE_PROBE] = "probe-limit",
};

static void no_memory(struct plug_key *k)
{
    if (!k->failed)
        snprintf(k->why, k->why_len, "out of memory");
    k->failed = true;
}

static void read_modes(struct firewall *f, struct plug_key *k)
{
    static const char *const words[] = { "off", "monitor", "deny", NULL };
    static const enum mode usual[CHECKS] = {
#define X(id, word, category, mode) [CHECK_##id] = mode,
        FIREWALL_CHECKS(X)
#undef X
    };

    for (int c = 0; c < CHECKS; c++)
        f->conf.mode[c] = (enum mode)plug_key_word(
            k, firewall_check_key((enum check)c), (int)usual[c], words);
}

static uint64_t read_period(struct plug_key *k, const char *key, uint64_t us)
{
    const char *v = plug_key_text(k, key);

    if (v != NULL && !rate_period(v, &us))
        plug_key_bad(k, key, "a time, such as 90s, 24h or 7d");
    return us;
}

static const char *read_error(struct plug_key *k, const char *key,
                              const char *const *name)
{
    const char *v = plug_key_text(k, key);

    if (v == NULL)
        return NULL;
    for (; *name != NULL; name++)
        if (strcmp(*name, v) == 0)
            return v;
    plug_key_bad(k, key, "a MAP error that this operation has");
    return NULL;
}

static void read_deny(struct firewall *f, struct plug_key *k)
{
    static const char *const of_sms[] = {
        "systemFailure",          "memoryCapacityExceeded",
        "equipmentProtocolError", "equipmentNotSM-Equipped",
        "absentSubscriber",       "subscriberBusy",
        "unidentifiedSubscriber", "illegalSubscriber",
        "illegalEquipment",       "facilityNotSupported",
        "unexpectedDataValue",    NULL,
    };
    static const char *const of_sri[] = {
        "systemFailure",       "unknownSubscriber",
        "callBarred",          "teleserviceNotProvisioned",
        "absentSubscriber",    "facilityNotSupported",
        "unexpectedDataValue", NULL,
    };
    static const char *const words[] = { "permfail", "tempfail", NULL };

    f->conf.deny =
        plug_key_word(k, "deny", 0, words) == 0 ? PLUG_PERMFAIL : PLUG_TEMPFAIL;
    f->conf.sms_error = read_error(k, "deny-error", of_sms);
    f->conf.sri_error = read_error(k, "deny-sri-error", of_sri);
}

static void read_list(struct plug_key *k, const char *key, struct trie *t,
                      uint32_t listed)
{
    const char *v = plug_key_text(k, key);
    char why[100];

    if (v == NULL || trie_list(t, v, listed, why, sizeof(why)) == 0)
        return;
    if (!k->failed)
        snprintf(k->why, k->why_len, "`%s': %s", key, why);
    k->failed = true;
}

/* What is in both lists is denied: it is put first. */
static void read_lists(struct firewall *f, struct plug_key *k)
{
    struct fw_conf *conf = &f->conf;

    conf->sc = trie_new();
    conf->gt = trie_new();
    conf->own = trie_new();
    if (conf->sc == NULL || conf->gt == NULL || conf->own == NULL) {
        no_memory(k);
        return;
    }
    read_list(k, "deny-sc", conf->sc, LISTED_DENY);
    read_list(k, "deny-gt", conf->gt, LISTED_DENY);
    read_list(k, "allow-sc", conf->sc, LISTED_ALLOW);
    read_list(k, "allow-gt", conf->gt, LISTED_ALLOW);
    read_list(k, "own-prefixes", conf->own, 1);
}

static const char *read_digits(struct plug_key *k, const char *key,
                               unsigned least, unsigned most)
{
    const char *v = plug_key_text(k, key);
    char must[40];
    size_t len;

    if (v == NULL)
        return NULL;
    len = strlen(v);
    snprintf(must, sizeof(must), "%u to %u digits", least, most);
    if (strspn(v, "0123456789") != len || len < least || len > most)
        plug_key_bad(k, key, must);
    return v;
}

static void read_rates(struct firewall *f, struct plug_key *k)
{
    rate_read(&f->rate[RATE_PROBE], "1000/1h");
    for (int i = 0; i < RATES; i++) {
        const char *v = plug_key_text(k, firewall_rate_key[i]);

        if (v != NULL && !rate_read(&f->rate[i], v))
            plug_key_bad(k, firewall_rate_key[i], "N/PERIOD, such as 100/1s");
        if (rate_open(&f->rate[i]) != 0)
            no_memory(k);
    }
}

int firewall_configure(struct firewall *f, char *why, size_t why_len)
{
    struct plug_key k = {
        .host = f->host, .conf = f->group, .why = why, .why_len = why_len
    };
    struct fw_conf *conf = &f->conf;

    read_modes(f, &k);
    conf->window_us =
        read_period(&k, "sri-window", (uint64_t)24 * 3600 * 1000000);
    conf->warm_us = read_period(&k, "warm-up", conf->window_us);
    conf->max =
        plug_key_number(&k, "max-numbers", MAX_NUMBERS, 1, MOST_NUMBERS);
    conf->digits = plug_key_number(&k, "compare-digits", 0, 0, 10);
    conf->others = plug_key_yes(&k, "others-answer", false);
    conf->correlation = read_digits(&k, "correlation-prefix", 5, 8);
    conf->country = read_digits(&k, "country-code", 1, 3);
    conf->operators = plug_key_text(&k, "operator-file");
    conf->groups = plug_key_text(&k, "group-file");
    conf->rules = plug_key_text(&k, "rules-file");
    read_deny(f, &k);
    read_lists(f, &k);
    read_rates(f, &k);
    return k.failed ? -1 : 0;
}

int firewall_load(struct firewall *f, char *why, size_t why_len)
{
    const struct fw_conf *conf = &f->conf;
    struct rules *rules = NULL;
    struct book *book =
        book_read(conf->operators, conf->groups, conf->digits, why, why_len);

    if (book == NULL)
        return -1;
    if (conf->rules != NULL) {
        rules = rules_read(conf->rules, why, why_len);
        if (rules == NULL) {
            book_free(book);
            return -1;
        }
    }
    book_free(f->book);
    rules_free(f->rules);
    f->book = book;
    f->rules = rules;
    return 0;
}
