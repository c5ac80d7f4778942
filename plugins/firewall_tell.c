/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * firewall_tell.c - what the firewall counts, notes in the CDR and logs
 */

#include "firewall.h"

#include <stdarg.h>
#include <stdio.h>

enum { LINES_PER_SECOND = 10, NOTE = 200 };

enum category { CAT1, CAT2, CAT3, SMS };

static const struct {
    const char *key;
    enum category category;
    const char *count[5]; /* by enum mode, then skipped and unsure */
} check[CHECKS] = {
#define X(id, word, cat, mode_)                                                \
    [CHECK_##id] = {                                                           \
        .key = "check-" word,                                                  \
        .category = cat,                                                       \
        .count = { "", "check-" word "-monitor", "check-" word "-deny",        \
                   "check-" word "-skipped", "check-" word "-unsure" }         \
    },
    FIREWALL_CHECKS(X)
#undef X
};

static const char *const category_count[] = {
    [CAT1] = "fs11-cat1",
    [CAT2] = "fs11-cat2",
    [CAT3] = "fs11-cat3",
    [SMS] = "fs11-sms",
};

const char *firewall_check_key(enum check k)
{
    return check[k].key;
}

bool firewall_found(struct firewall *f, struct plug_msg *m, enum check k,
                    const char *fmt, ...)
{
    enum mode mode = f->conf.mode[k];
    const char *does = mode == MODE_DENY ? "deny" : "monitor";
    char text[NOTE], note[NOTE + 40];
    size_t len;
    const char *to = f->host->get(m, PLUG_RECEIVER, &len);
    va_list ap;

    va_start(ap, fmt);
    vsnprintf(text, sizeof(text), fmt, ap);
    va_end(ap);
    snprintf(note, sizeof(note), "firewall: %s %s, %s", check[k].key, does,
             text);
    f->host->note(m, note);
    f->host->count(f->group, check[k].count[mode], 1);
    f->host->count(f->group, category_count[check[k].category], 1);
    firewall_log(f, PLUG_LOG_INFO, "%s %s: %s, to <%.*s>", check[k].key, does,
                 text, len > 40 ? 40 : (int)len, to);
    return mode == MODE_DENY;
}

void firewall_skipped(struct firewall *f, enum check k, bool unsure)
{
    f->host->count(f->group, check[k].count[unsure ? 4 : 3], 1);
}

void firewall_log(struct firewall *f, enum plug_level level, const char *fmt,
                  ...)
{
    char text[NOTE + 100];
    va_list ap;

    if (f->logged == LINES_PER_SECOND) {
        f->unlogged++;
        return;
    }
    f->logged++;
    va_start(ap, fmt);
    vsnprintf(text, sizeof(text), fmt, ap);
    va_end(ap);
    f->host->log(f->group, level, "%s", text);
}

void firewall_tick(struct firewall *f, uint64_t now_us)
{
    if (now_us / 1000000 == f->log_s)
        return;
    f->log_s = now_us / 1000000;
    f->logged = 0;
    if (f->unlogged > 0)
        f->host->log(f->group, PLUG_LOG_INFO,
                     "%u more lines like these in one second", f->unlogged);
    f->unlogged = 0;
}
