/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * dlv_route.c - the route of a message, its boxes, and what is learned of both
 */

#include "dlv_route.h"

#include "concat.h"

#include <gwlib/gwlib.h>
#include <string.h>

struct learned {
    struct dlv_count count;
    uint32_t held;     /* out and without a reply */
    uint32_t silent;   /* deadlines since the last reply */
    uint64_t probe_ms; /* silent: when the next message may pass */
};

static const struct dlv_conf *conf;
static struct learned *learned;
static struct dlv_count *rule_count;
static struct dlv_rules *rules;
static struct dlv_rule_parts parts;

static void *zeroes(size_t size)
{
    void *p = gw_malloc(size + 1);

    memset(p, 0, size + 1);
    return p;
}

void dlv_route_start(const struct dlv_conf *c)
{
    conf = c;
    learned = zeroes(c->n_routes * sizeof(*learned));
    rule_count = zeroes(c->n_rules * sizeof(*rule_count));
    memset(&parts, 0, sizeof(parts));
    rules = dlv_rules_new(c->rule, c->n_rules);
    if (rules == NULL)
        panic(0, "No memory for %u groups box-route.", c->n_rules);
}

void dlv_route_stop(void)
{
    gw_free(learned);
    gw_free(rule_count);
    dlv_rules_free(rules);
    learned = NULL;
    rule_count = NULL;
    rules = NULL;
}

/* ---- route and rule ---- */

int dlv_route_of(const struct ss7_sms *m)
{
    size_t best_len = 0;
    int best = -1;
    unsigned i;

    if (m->route < conf->n_routes)
        return m->route;
    for (i = 0; i < conf->n_routes; i++) {
        size_t len = strlen(conf->route[i].prefix);

        if (strncmp(m->vmn, conf->route[i].prefix, len) != 0)
            continue;
        if (best < 0 || len > best_len) {
            best = (int)i;
            best_len = len;
        }
    }
    return best;
}

/* Of what was joined that is the first part. */
static const struct tpdu_deliver *text_of(const struct dlv_taken *t)
{
    return t->set != NULL ? &t->set->part[0].tpdu : &t->tpdu.sm;
}

static bool is_part(const struct dlv_taken *t)
{
    return t->set == NULL && !t->report && concat_is_part(&t->tpdu.sm);
}

static uint64_t hash(uint64_t h, const char *s)
{
    do
        h = (h ^ (uint8_t)*s) * 0x100000001b3u;
    while (*s++ != '\0');
    return h;
}

/* The same for all parts of a message, as well as can be told. */
static uint64_t name_of(const struct dlv_taken *t)
{
    const struct tpdu_concat *c = &t->tpdu.sm.concat;
    uint64_t h = hash(hash(0xcbf29ce484222325u, t->sender), t->m->vmn);

    return box_share_draw(h ^ ((uint64_t)c->ref << 8 | c->max));
}

static void first_word(const struct dlv_taken *t, char word[DLV_WORD_MAX + 1])
{
    const struct tpdu_deliver *sm = text_of(t);
    char text[TPDU_UD_SEPTETS * 3 + 1];

    word[0] = '\0';
    if (t->report || sm->enc.alphabet == TPDU_8BIT || sm->enc.compressed)
        return;
    dlv_rule_word(text, tpdu_text(sm, text, sizeof(text)), word);
}

/* Its text begins with it: only the first part of a message has a keyword. */
static bool begins(const struct dlv_taken *t)
{
    return !is_part(t) || t->tpdu.sm.concat.seq == 1;
}

static uint16_t find_rule(const struct dlv_taken *t, int own)
{
    char word[DLV_WORD_MAX + 1] = "";
    const struct dlv_rule_about about = {
        .vmn = t->m->vmn,
        .sc = t->m->sc,
        .sender = t->sender,
        .name = text_of(t)->oa.ton == TPDU_TON_ALPHANUMERIC,
        .smsc_id = own < 0 ? "" : conf->route[own].smsc_id,
        .word = word,
        .owner = t->m->owner,
        .network = t->m->network,
    };

    if (dlv_rules_want_word(rules) && begins(t))
        first_word(t, word);
    return dlv_rules_find(rules, &about);
}

/* Parts behind the first one follow it. */
static uint16_t rule_of(const struct dlv_taken *t, int own)
{
    uint64_t now_ms = dlv_now_ms();
    uint16_t rule;

    if (!is_part(t) || !dlv_rules_want_word(rules))
        return find_rule(t, own);
    if (!begins(t) && dlv_rule_kept(&parts, name_of(t), now_ms, &rule))
        return rule;
    rule = find_rule(t, own);
    if (begins(t))
        dlv_rule_keep(&parts, name_of(t), rule, now_ms);
    return rule;
}

bool dlv_route_choose(struct dlv_taken *t)
{
    int route = dlv_route_of(t->m);

    t->rule = conf->n_rules > 0 ? rule_of(t, route) : 0;
    if (t->rule > 0 && conf->rule[t->rule - 1].route >= 0)
        route = conf->rule[t->rule - 1].route;
    t->route = (uint16_t)route;
    return route >= 0;
}

/* ---- boxes and bounds ---- */

bool dlv_route_has_boxes(uint16_t rule)
{
    return rule > 0 && conf->rule[rule - 1].boxes[0].n > 0;
}

enum box_pick dlv_route_pick(struct dlv_taken *t)
{
    uint64_t stick = is_part(t) ? name_of(t) : 0;

    if (dlv_route_has_boxes(t->rule))
        return box_route_pick_share(conf->rule[t->rule - 1].boxes, 2, stick,
                                    &t->box);
    return box_route_pick(conf->route[t->route].box_id, stick, &t->box);
}

static void count(struct dlv_count *c, int change)
{
    c->out += (uint32_t)change;
    c->taken += change > 0;
}

void dlv_route_out(uint16_t route, uint16_t rule, int change)
{
    count(&learned[route].count, change);
    if (rule > 0)
        count(&rule_count[rule - 1], change);
}

static bool is_full(const struct dlv_count *c, uint32_t max)
{
    return max > 0 && c->out >= max;
}

enum stat_id dlv_route_full(uint16_t route, uint16_t rule)
{
    if (rule > 0 &&
        is_full(&rule_count[rule - 1], conf->rule[rule - 1].max_open))
        return STAT_dlv_rule_full;
    if (is_full(&learned[route].count, conf->route[route].max_open))
        return STAT_dlv_route_full;
    return STAT_COUNT;
}

struct map_err dlv_route_overload(uint16_t route, uint16_t rule)
{
    if (rule > 0 && conf->rule[rule - 1].overload.code != MAP_ERR_NONE)
        return conf->rule[rule - 1].overload;
    return conf->route[route].overload;
}

void dlv_route_counts(struct dlv_count *route, unsigned n_routes,
                      struct dlv_count *rule, unsigned n_rules)
{
    memset(route, 0, n_routes * sizeof(*route));
    memset(rule, 0, n_rules * sizeof(*rule));
    pthread_mutex_lock(&dlv_own.lock);
    for (unsigned i = 0; learned != NULL && i < n_routes; i++)
        route[i] = learned[i].count;
    if (rule_count != NULL)
        memcpy(rule, rule_count, n_rules * sizeof(*rule));
    pthread_mutex_unlock(&dlv_own.lock);
}

/* ---- routes that confirm by reply ---- */

bool dlv_route_by_reply(uint16_t route)
{
    return conf->route[route].confirm == DLV_CONFIRM_REPLY;
}

void dlv_route_held(uint16_t route, int change)
{
    learned[route].held += (uint32_t)change;
}

bool dlv_route_may_hold(uint16_t route)
{
    return !dlv_route_by_reply(route) ||
           learned[route].held < conf->route[route].reply_max_held;
}

bool dlv_route_is_silent(uint16_t route, uint64_t now_ms)
{
    struct learned *l = &learned[route];

    if (l->silent < DLV_SILENT_MAX)
        return false;
    if (now_ms < l->probe_ms)
        return true;
    l->probe_ms = now_ms + DLV_PROBE_MS;
    return false;
}

void dlv_route_missed(uint16_t route, uint64_t now_ms)
{
    struct learned *l = &learned[route];

    if (++l->silent != DLV_SILENT_MAX)
        return;
    l->probe_ms = now_ms + DLV_PROBE_MS;
    error(0,
          "Route <%s>: %d messages in a row had no reply from smsbox in time. "
          "It is stopped, and tried once a minute. Check the application, and "
          "in smsbox: the sms-service matches (accepted-smsc-regex, not "
          "accepted-smsc: the smsc-id is <%s/TOKEN>), max-messages >= 1, "
          "omit-empty = false, and no X-Kannel-SMSC or <smsc> in answers.",
          conf->route[route].id, (int)DLV_SILENT_MAX,
          conf->route[route].smsc_id);
}

void dlv_route_heard(uint16_t route)
{
    struct learned *l = &learned[route];

    if (l->silent >= DLV_SILENT_MAX)
        warning(0, "Route <%s>: smsbox replies again.", conf->route[route].id);
    l->silent = 0;
}
