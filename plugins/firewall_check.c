/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * firewall_check.c - what is asked about a question and about a message
 *
 * A check that has found something ends the matter only if it is set to deny;
 * else the next one is made.
 */

#include "firewall.h"

#include <stdio.h>
#include <string.h>

struct field {
    const char *p;
    size_t len;
};

/* What is looked at: one question or one message. */
struct look {
    struct firewall *f;
    struct plug_msg *m;
    uint64_t now_us;
    bool is_sri;
    struct field sc_text, gt_text, vmn;
    struct num sc, gt; /* none: not comparable */
    struct sri_ask ask;
    char sc_name[NUM_TEXT + 4], gt_name[NUM_TEXT + 4]; /* of the two below */
};

static struct field get(const struct look *k, enum plug_field field)
{
    struct field t;

    t.p = k->f->host->get(k->m, field, &t.len);
    return t;
}

/* What has too few digits for an international number is a short number. */
static struct num comparable(struct num n)
{
    return num_count(n) >= NUM_LEAST ? n : (struct num){ 0 };
}

static const char *name(char *out, size_t size, struct field t)
{
    if (t.len == 0)
        return "nobody";
    snprintf(out, size, "%.*s", t.len > 20 ? 20 : (int)t.len, t.p);
    return out;
}

/* As they came, for notes. */
static const char *sc_name(struct look *k)
{
    return name(k->sc_name, sizeof(k->sc_name), k->sc_text);
}

static const char *gt_name(struct look *k)
{
    return name(k->gt_name, sizeof(k->gt_name), k->gt_text);
}

/*
 * A service centre is compared if it is an international number, a title if
 * its numbering plan is E.164, or E.214 (7): that begins with a country code,
 * too. The digits of other plans (E.212) are not those of an operator's
 * numbers.
 */
static void look_at(struct look *k)
{
    struct field plan = get(k, PLUG_GT_PLAN);
    struct field imsi = get(k, PLUG_IMSI);

    k->sc_text = get(k, PLUG_SC);
    k->gt_text = get(k, PLUG_GT);
    k->vmn = get(k, PLUG_RECEIVER);
    if (k->sc_text.len > 0 && *k->sc_text.p == '+')
        k->sc = comparable(num_read(k->sc_text.p, k->sc_text.len));
    if (plan.len == 1 && (*plan.p == '1' || *plan.p == '7'))
        k->gt = comparable(num_read(k->gt_text.p, k->gt_text.len));
    if (plan.len == 1 && *plan.p == '7')
        k->gt = num_e214(k->gt);
    k->ask = (struct sri_ask){
        .vmn = tab_key(k->vmn.p, k->vmn.len),
        .imsi = imsi.len > 0 ? tab_key(imsi.p, imsi.len) : 0,
        .gt_key = tab_key(k->gt_text.p, k->gt_text.len),
        .sc = k->sc,
        .gt = k->gt,
    };
}

static bool is_on(const struct look *k, enum check c)
{
    return k->f->conf.mode[c] != MODE_OFF;
}

/* ---- lists ---- */

static uint32_t listed(const struct trie *t, struct field text)
{
    unsigned digits;

    return trie_longest(t, num_read(text.p, text.len), &digits);
}

/* LISTED_DENY if either address is denied, LISTED_ALLOW if either is allowed;
 * of the prefixes of one the longest counts. */
static uint32_t look_up_lists(const struct look *k)
{
    uint32_t sc = listed(k->f->conf.sc, k->sc_text);
    uint32_t gt = listed(k->f->conf.gt, k->gt_text);

    return sc > gt ? sc : gt;
}

/* ---- the checks ---- */

/* (c) and (d): the two layers of one question, or of one message. */
static bool check_inside(struct look *k, enum check c)
{
    if (!is_on(k, c))
        return false;
    switch (book_carries(k->f->book, k->gt, k->sc)) {
    case SAME:
        return false;
    case SAME_UNKNOWN:
        firewall_skipped(k->f, c, false);
        return false;
    case DIFFERENT:
        break;
    }
    return firewall_found(k->f, k->m, c, "%s of SC %s from %s",
                          k->is_sri ? "SRI" : "FSM", sc_name(k), gt_name(k));
}

/* (a) and (b): the message against the question that goes best with it. */
static bool check_against(struct look *k, enum check c,
                          const struct sri_found *found)
{
    enum same same = c == CHECK_GT ? found->gt_same : found->sc_same;
    const char *what = c == CHECK_GT ? "from" : "of SC";
    char asked[NUM_TEXT];

    if (!is_on(k, c) || !found->any || same == SAME)
        return false;
    if (same == SAME_UNKNOWN || !found->sure) {
        firewall_skipped(k->f, c, same != SAME_UNKNOWN);
        return false;
    }
    return firewall_found(
        k->f, k->m, c, "SRI %s %s, FSM %s %s", what,
        num_text(c == CHECK_GT ? found->gt : found->sc, asked), what,
        c == CHECK_GT ? gt_name(k) : sc_name(k));
}

/* (e) */
static bool check_no_sri(struct look *k, const struct sri_found *found)
{
    if (!is_on(k, CHECK_NO_SRI) || found->any)
        return false;
    if (!found->sure) {
        firewall_skipped(k->f, CHECK_NO_SRI, true);
        return false;
    }
    return firewall_found(k->f, k->m, CHECK_NO_SRI,
                          "FSM of SC %s from %s without SRI", sc_name(k),
                          gt_name(k));
}

/* An international number as originator; none for anything else. */
static struct num sender_number(const struct look *k)
{
    struct field sender = get(k, PLUG_SENDER);

    if (sender.len == 0 || *sender.p != '+')
        return (struct num){ 0 };
    return comparable(num_read(sender.p, sender.len));
}

static bool check_country(struct look *k)
{
    struct num sender = sender_number(k);
    char text[NUM_TEXT];

    if (!is_on(k, CHECK_COUNTRY) || num_count(sender) == 0)
        return false;
    if (num_count(k->sc) == 0) {
        firewall_skipped(k->f, CHECK_COUNTRY, false);
        return false;
    }
    if (num_same_country(sender, k->sc) || book_is_hub(k->f->book, k->sc) ||
        book_same(k->f->book, sender, k->sc) == SAME)
        return false;
    return firewall_found(k->f, k->m, CHECK_COUNTRY, "sender %s by SC %s",
                          num_text(sender, text), sc_name(k));
}

/* Without "+" it is of unknown or of national type: read as it is dialled at
 * home, if that is known. */
static struct num number_at_home(const struct look *k)
{
    const char *country = k->f->conf.country;
    struct field s = get(k, PLUG_SENDER);
    char text[32];

    if (country == NULL || s.len == 0 || *s.p == '+')
        return sender_number(k);
    if (s.len > 2 && memcmp(s.p, "00", 2) == 0)
        return comparable(num_read(s.p + 2, s.len - 2));
    if (*s.p != '0')
        return comparable(num_read(s.p, s.len));
    snprintf(text, sizeof(text), "%s%.*s", country,
             s.len > 20 ? 20 : (int)s.len - 1, s.p + 1);
    return comparable(num_read(text, strlen(text)));
}

/* Own subscribers send by a service centre at home, wherever they roam. */
static bool check_own(struct look *k)
{
    const struct fw_conf *conf = &k->f->conf;
    struct num sender = number_at_home(k);
    char text[NUM_TEXT];
    unsigned digits;
    bool sc_abroad = num_count(k->sc) > 0 && !num_same_country(sender, k->sc);
    bool gt_abroad = num_count(k->gt) > 0 && !num_same_country(sender, k->gt) &&
                     !book_is_hub(k->f->book, k->gt);

    if (!is_on(k, CHECK_OWN) || trie_longest(conf->own, sender, &digits) == 0)
        return false;
    if (!sc_abroad && !gt_abroad)
        return false;
    return firewall_found(k->f, k->m, CHECK_OWN,
                          "own number %s by SC %s from %s",
                          num_text(sender, text), sc_name(k), gt_name(k));
}

static bool check_rate(struct look *k, enum rate_of of, struct field whose)
{
    if (!is_on(k, CHECK_RATE) || whose.len == 0 ||
        rate_take(&k->f->rate[of], tab_key(whose.p, whose.len), k->now_us))
        return false;
    return firewall_found(k->f, k->m, CHECK_RATE, "%s exceeded by %.*s",
                          firewall_rate_key[of],
                          whose.len > 40 ? 40 : (int)whose.len, whose.p);
}

static bool check_probe(struct look *k)
{
    if (!is_on(k, CHECK_PROBE) || k->gt_text.len == 0 ||
        sri_waits(k->f->sri, k->f->book, &k->ask, k->now_us) ||
        rate_take(&k->f->rate[RATE_PROBE], k->ask.gt_key, k->now_us))
        return false;
    if (k->f->conf.others) {
        firewall_skipped(k->f, CHECK_PROBE, true);
        return false;
    }
    return firewall_found(k->f, k->m, CHECK_PROBE,
                          "too many SRI without FSM from %s", gt_name(k));
}

static bool check_rules(struct look *k)
{
    struct firewall *f = k->f;
    struct field sender = get(k, PLUG_SENDER), text = get(k, PLUG_TEXT);
    struct rules_hit hit;

    if (!is_on(k, CHECK_RULES) || f->rules == NULL)
        return false;
    rules_match(f->rules, sender.p, sender.len, text.p, text.len, &hit);
    if (hit.gave_up != NULL) {
        f->host->count(f->group, "rules-gave-up", 1);
        firewall_log(f, PLUG_LOG_WARNING,
                     "%s:%u: this regular expression takes too long, as if it "
                     "had not matched",
                     f->conf.rules, hit.gave_up->line);
    }
    if (hit.monitor != NULL) {
        enum mode mode = f->conf.mode[CHECK_RULES];

        f->conf.mode[CHECK_RULES] = MODE_MONITOR;
        firewall_found(f, k->m, CHECK_RULES, "%s rule of line %u",
                       rule_scope_name(hit.monitor), hit.monitor->line);
        f->conf.mode[CHECK_RULES] = mode;
    }
    return hit.decides != NULL && hit.decides->action == RULE_DENY &&
           firewall_found(f, k->m, CHECK_RULES, "%s rule of line %u",
                          rule_scope_name(hit.decides), hit.decides->line);
}

/* ---- all of them ---- */

static enum plug_verdict refuse(struct look *k)
{
    const struct fw_conf *conf = &k->f->conf;
    const char *error = k->is_sri ? conf->sri_error : conf->sms_error;

    if (error != NULL)
        k->f->host->set(k->m, PLUG_ERROR, error, strlen(error));
    return conf->deny;
}

static bool deny_listed(struct look *k)
{
    return is_on(k, CHECK_LIST) &&
           firewall_found(k->f, k->m, CHECK_LIST, "%s of SC %s from %s",
                          k->is_sri ? "SRI" : "FSM", sc_name(k), gt_name(k));
}

enum plug_verdict firewall_sri(struct firewall *f, struct plug_msg *m,
                               uint64_t now_us)
{
    struct look k = { .f = f, .m = m, .now_us = now_us, .is_sri = true };
    uint32_t list;

    look_at(&k);
    list = look_up_lists(&k);
    if (list == LISTED_DENY && deny_listed(&k))
        return refuse(&k);
    if (list != LISTED_ALLOW) {
        if (check_inside(&k, CHECK_SRI_INSIDE) || check_probe(&k))
            return refuse(&k);
        if (check_rate(&k, RATE_SRI_SC, k.sc_text) ||
            check_rate(&k, RATE_SRI_VMN, k.vmn))
            return PLUG_TEMPFAIL;
    }
    /* only who is answered learns something, and gets an IMSI */
    if (k.ask.imsi != 0 && !sri_put(f->sri, f->book, &k.ask, now_us))
        f->host->count(f->group, "sri-forgotten", 1);
    return PLUG_NEXT;
}

/* What a status report has for an originator is whom the message went to. */
static bool check_content(struct look *k)
{
    struct field kind = get(k, PLUG_KIND);

    if (kind.len != 3 || memcmp(kind.p, "sms", 3) != 0)
        return false;
    return check_own(k) || check_country(k) || check_rules(k);
}

/* Where other nodes answer, there may have been any question; but an IMSI that
 * was made for one is known to be of that. */
static bool is_only_answer(const struct look *k, const struct sri_found *found)
{
    const char *prefix = k->f->conf.correlation;
    struct field imsi = get(k, PLUG_IMSI);

    if (!k->f->conf.others)
        return true;
    return found->by_imsi && prefix != NULL && imsi.len > strlen(prefix) &&
           memcmp(imsi.p, prefix, strlen(prefix)) == 0;
}

enum plug_verdict firewall_sms(struct firewall *f, struct plug_msg *m,
                               uint64_t now_us)
{
    struct look k = { .f = f, .m = m, .now_us = now_us };
    struct sri_found found;
    uint32_t list;

    look_at(&k);
    sri_match(f->sri, f->book, &k.ask, now_us, &found);
    found.sure = found.sure && is_only_answer(&k, &found);
    if (found.credit)
        rate_return(&f->rate[RATE_PROBE], found.gt_key, now_us);
    list = look_up_lists(&k);
    if (list == LISTED_ALLOW)
        return PLUG_NEXT;
    if ((list == LISTED_DENY && deny_listed(&k)) ||
        check_against(&k, CHECK_GT, &found) ||
        check_against(&k, CHECK_SC, &found) || check_no_sri(&k, &found) ||
        check_inside(&k, CHECK_FSM_INSIDE) || check_content(&k))
        return refuse(&k);
    if (check_rate(&k, RATE_SC, k.sc_text) || check_rate(&k, RATE_VMN, k.vmn) ||
        check_rate(&k, RATE_OWNER, get(&k, PLUG_OWNER)))
        return PLUG_TEMPFAIL;
    return PLUG_NEXT;
}
