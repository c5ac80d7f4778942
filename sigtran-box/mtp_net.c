/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * mtp_net.c - one network's links: which association takes a message
 *
 *     send -> choose an association --usable--> frame on mtpd's link
 *                    |
 *                    +--no link, or no association is active--> kept list
 *                                         (MTP_NET_KEEP_MS, then dropped)
 *
 * The kept list is tried again whenever an association becomes active or a
 * destination is back, some at a time.
 */

#include "mtp_net.h"

#include "gw/stat.h"
#include "slog.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/*
 * Frames a turn: what they make us answer must find room in the link's queue
 * (LINK_KEEP_FRAMES), and other networks want their turn.
 */
enum { PC_COUNT = 1 << 14, FRAMES_A_TURN = 512 };
/* mtpd says something every second; silent so often, it is taken for dead. */
enum { WATCH_MS = MTP_NET_SILENT_MS / 4, SILENT_MAX = 4 };

struct kept {
    struct kept *next;
    uint64_t until_ms;
    struct mtp_transfer t; /* t.data is `data' */
    uint8_t data[];
};

struct mtp_net {
    const char *name;
    const struct mtp_conf *conf;
    struct timer_wheel *wheel;
    const struct mtp_user *user;
    void *ctx;
    struct mtp_provider provider;
    struct mtp_link *link; /* NULL: mtpd is not there */
    bool greeted;          /* its HELLO was read */
    bool want_out;
    bool full_told; /* the user knows that the link is full */
    bool retry_due; /* there may be a way for what is kept */
    bool heard;     /* mtpd, since the watch looked last */
    unsigned silent;
    struct timer watch;
    unsigned active; /* bit a: association a is */
    enum mtp_assoc_state state[MTP_ASSOC_MAX];
    struct kept *kept, **kept_end;
    unsigned n_kept;
    size_t kept_octets; /* of memory */
    struct timer expire, retry;
    struct link_counters before;   /* of the mtpds that are gone */
    struct link_counters now, sum; /* of this one, of all */
    uint16_t paused[PC_COUNT];     /* bit a: not reachable by association a */
};

static int send_req(void *self, const struct mtp_transfer *t);
static void kept_expire(struct timer *t);
static void kept_again(struct timer *t);
static void watch_fired(struct timer *t);

struct mtp_net *mtp_net_new(const char *name, const struct mtp_conf *conf,
                            struct timer_wheel *wheel,
                            const struct mtp_user *user, void *ctx)
{
    struct mtp_net *n = calloc(1, sizeof(*n));

    if (!n)
        return NULL;
    n->name = name;
    n->conf = conf;
    n->wheel = wheel;
    n->user = user;
    n->ctx = ctx;
    n->provider = (struct mtp_provider){ .send = send_req, .self = n };
    n->kept_end = &n->kept;
    n->expire.fire = kept_expire;
    n->retry.fire = kept_again;
    n->watch.fire = watch_fired;
    return n;
}

/* Out of the list at `*at', and gone. The end of the list is to be set. */
static void kept_drop(struct mtp_net *n, struct kept **at)
{
    struct kept *k = *at;

    *at = k->next;
    n->n_kept--;
    n->kept_octets -= sizeof(*k) + k->t.len;
    free(k);
}

static void kept_drop_first(struct mtp_net *n)
{
    kept_drop(n, &n->kept);
    if (!n->kept)
        n->kept_end = &n->kept;
}

void mtp_net_free(struct mtp_net *n)
{
    if (!n)
        return;
    while (n->kept)
        kept_drop_first(n);
    timer_clear(n->wheel, &n->expire);
    timer_clear(n->wheel, &n->retry);
    timer_clear(n->wheel, &n->watch);
    link_free(n->link);
    free(n);
}

const struct mtp_provider *mtp_net_provider(struct mtp_net *n)
{
    return &n->provider;
}

/* ---- choosing ---- */

bool mtp_net_reaches(const struct mtp_net *n, uint32_t pc)
{
    if (pc >= PC_COUNT || n->active == 0)
        return true;
    return (n->active & ~(unsigned)n->paused[pc]) != 0;
}

/* Associations whose other end is `dpc' itself. */
static unsigned adjacent_set(const struct mtp_net *n, uint32_t dpc)
{
    unsigned set = 0;

    for (uint8_t a = 0; a < n->conf->n_assoc; a++)
        if (n->conf->assoc[a].has_peer_pc && n->conf->assoc[a].peer_pc == dpc)
            set |= 1u << a;
    return set;
}

static int nth_of(unsigned set, unsigned nth)
{
    for (int a = 0; a < MTP_ASSOC_MAX; a++)
        if ((set & 1u << a) && nth-- == 0)
            return a;
    return -1;
}

/*
 * The direct associations first; then the one that is asked for; then all,
 * shared by SLS. The SLS decides alone as long as the states are the same,
 * so messages of one SLS stay in sequence (Q.704 2.3.5).
 */
static int choose(const struct mtp_net *n, const struct mtp_transfer *t)
{
    unsigned usable = n->active;
    unsigned direct;

    if (t->dpc < PC_COUNT)
        usable &= ~(unsigned)n->paused[t->dpc];
    direct = usable & adjacent_set(n, t->dpc);
    if (direct)
        usable = direct;
    else if (t->assoc < MTP_ASSOC_MAX && (usable & 1u << t->assoc))
        return t->assoc;
    if (!usable)
        return -1;
    return nth_of(usable, t->sls % (unsigned)__builtin_popcount(usable));
}

/* ---- sending ---- */

static void tell_full(struct mtp_net *n, uint32_t dpc)
{
    stat_inc(STAT_mtp_link_full);
    if (n->full_told)
        return;
    n->full_told = true;
    slog(SLOG_WARNING, "ss7.mtp",
         "%s: mtpd does not read its link, messages are being dropped.",
         n->name);
    if (n->user->status)
        n->user->status(n->ctx, 0, dpc, MTP_STATUS_CONGESTED, 1);
}

static int put(struct mtp_net *n, const struct mtp_transfer *t, int assoc)
{
    struct mtp_transfer out = *t;

    out.assoc = (uint8_t)assoc;
    if (link_put_transfer(n->link, &out) < 0) {
        /* More in one turn than is kept: stop, or deadlines after a jump of
         * the clock. If the link is lost, the end of the turn finds out. */
        link_flush(n->link);
        if (link_put_transfer(n->link, &out) < 0)
            return -1;
    }
    stat_inc(STAT_mtp_out);
    return 0;
}

static int send_by(struct mtp_net *n, const struct mtp_transfer *t, int assoc)
{
    if (put(n, t, assoc) == 0)
        return 0;
    tell_full(n, t->dpc);
    return -1;
}

static int keep(struct mtp_net *n, const struct mtp_transfer *t)
{
    size_t octets = sizeof(struct kept) + t->len;
    struct kept *k;

    if (n->n_kept >= MTP_NET_KEEP ||
        n->kept_octets + octets > MTP_NET_KEEP_OCTETS)
        return -1;
    k = malloc(octets);
    if (!k)
        return -1;
    k->next = NULL;
    k->until_ms = n->wheel->now_ms + MTP_NET_KEEP_MS;
    k->t = *t;
    k->t.data = k->data;
    if (t->len > 0)
        memcpy(k->data, t->data, t->len);
    *n->kept_end = k;
    n->kept_end = &k->next;
    n->n_kept++;
    n->kept_octets += octets;
    if (!timer_running(&n->expire))
        timer_set(n->wheel, &n->expire, MTP_NET_KEEP_MS);
    stat_inc(STAT_mtp_kept);
    return 0;
}

static void kept_expire(struct timer *t)
{
    struct mtp_net *n = timer_of(t, struct mtp_net, expire);
    uint64_t now_ms = n->wheel->now_ms;

    while (n->kept && n->kept->until_ms <= now_ms) {
        kept_drop_first(n);
        stat_inc(STAT_mtp_kept_expired);
    }
    if (n->kept)
        timer_set(n->wheel, t, n->kept->until_ms - now_ms);
}

/* Some of what is kept; the rest follows, unless there is no way for it. */
static void kept_retry(struct mtp_net *n)
{
    struct kept **at = &n->kept;
    unsigned sent = 0;

    n->retry_due = false;
    if (n->active == 0)
        return;
    while (*at) {
        int assoc = choose(n, &(*at)->t);

        if (assoc < 0) {
            at = &(*at)->next;
            continue;
        }
        if (sent == MTP_NET_BURST || put(n, &(*at)->t, assoc) < 0) {
            timer_set(n->wheel, &n->retry, MTP_NET_BURST_MS);
            break;
        }
        kept_drop(n, at);
        sent++;
    }
    n->kept_end = &n->kept;
    while (*n->kept_end)
        n->kept_end = &(*n->kept_end)->next;
    if (!n->kept)
        timer_clear(n->wheel, &n->expire);
}

static void kept_again(struct timer *t)
{
    kept_retry(timer_of(t, struct mtp_net, retry));
}

static int send_req(void *self, const struct mtp_transfer *t)
{
    struct mtp_net *n = self;
    int rc = -1;

    if (t->len <= MTP_DATA_MAX && (!n->link || n->active == 0)) {
        rc = keep(n, t);
    } else if (t->len <= MTP_DATA_MAX) {
        int assoc = choose(n, t);

        if (assoc >= 0)
            rc = send_by(n, t, assoc);
    }
    if (rc < 0)
        stat_inc(STAT_mtp_out_failed);
    return rc;
}

/* ---- what mtpd tells ---- */

static void set_state(struct mtp_net *n, uint8_t a, enum mtp_assoc_state s)
{
    if (n->state[a] == s)
        return;
    /* What a lost association said about destinations is void with it. */
    if (n->state[a] == MTP_ASSOC_ACTIVE || s == MTP_ASSOC_DOWN)
        for (uint32_t pc = 0; pc < PC_COUNT; pc++)
            n->paused[pc] &= (uint16_t) ~(1u << a);
    n->state[a] = s;
    n->active &= ~(1u << a);
    if (s == MTP_ASSOC_ACTIVE)
        n->active |= 1u << a;
    if (n->user->assoc)
        n->user->assoc(n->ctx, a, s);
    if (s == MTP_ASSOC_ACTIVE)
        kept_retry(n);
}

/* `mask' low bits of `pc' are wild. */
static void set_paused(struct mtp_net *n, uint8_t a, const struct link_dest *d,
                       bool paused)
{
    uint32_t bits = d->mask >= 14 ? PC_COUNT - 1 : (1u << d->mask) - 1;
    uint32_t first = d->pc & ~bits & 0xffffffu, end = first + bits + 1;
    uint16_t keep = (uint16_t) ~(1u << a);
    uint16_t set = paused ? (uint16_t)(1u << a) : 0;

    for (uint32_t pc = first; pc < end && pc < PC_COUNT; pc++)
        n->paused[pc] = (uint16_t)((n->paused[pc] & keep) | set);
}

static int on_dest(struct mtp_net *n, const struct link_frame *f)
{
    struct link_dest d;

    if (link_dest_read(f, &d) < 0)
        return -1;
    switch (f->type) {
    case LINK_PAUSE:
        stat_inc(STAT_mtp_pause);
        set_paused(n, f->assoc, &d, true);
        if (n->user->pause)
            n->user->pause(n->ctx, f->assoc, d.pc, d.mask);
        break;
    case LINK_RESUME:
        stat_inc(STAT_mtp_resume);
        set_paused(n, f->assoc, &d, false);
        if (n->user->resume)
            n->user->resume(n->ctx, f->assoc, d.pc, d.mask);
        n->retry_due = true; /* once, however many they are */
        break;
    default:
        stat_inc(STAT_mtp_status);
        if (n->user->status)
            n->user->status(n->ctx, f->assoc, d.pc, d.status, d.level);
    }
    return 0;
}

/* mtpd faces the network: nothing that it says may look like a line of ours. */
static void make_printable(char *text)
{
    for (; *text != '\0'; text++)
        if ((unsigned char)*text < ' ')
            *text = '?';
}

static int on_hello(struct mtp_net *n, const struct link_frame *f)
{
    char build[64];
    uint16_t version;

    if (link_hello_read(f, &version, build, sizeof(build)) < 0)
        return -1;
    make_printable(build);
    if (version != LINK_VERSION) {
        slog(SLOG_ERROR, "ss7.mtp",
             "%s: mtpd speaks version %u of the link protocol, not %d: it is "
             "of another release.",
             n->name, version, LINK_VERSION);
        return -1;
    }
    if (strcmp(build, LINK_BUILD_ID) != 0)
        slog(SLOG_WARNING, "ss7.mtp",
             "%s: mtpd is of build <%s>, sigtran-box of <%s>.", n->name, build,
             LINK_BUILD_ID);
    n->greeted = true;
    return 0;
}

static void on_log(struct mtp_net *n, const struct link_frame *f)
{
    uint8_t level = f->len > 0 ? f->body[0] : SLOG_ERROR;
    char text[SLOG_LINE_MAX];
    size_t len = 0;

    if (level > SLOG_ERROR)
        level = SLOG_ERROR;
    for (; len + 1 < f->len && len < sizeof(text) - 1; len++)
        text[len] = f->body[len + 1] != 0 ? (char)f->body[len + 1] : '?';
    text[len] = '\0';
    make_printable(text);
    slog(level, "ss7.mtp", "%s: mtpd: %s", n->name, text);
}

static int on_transfer(struct mtp_net *n, const struct link_frame *f)
{
    struct mtp_transfer t;

    if (link_transfer_read(f, &t) < 0)
        return -1;
    stat_inc(STAT_mtp_in);
    n->user->transfer(n->ctx, &t);
    return 0;
}

static void add_counters(struct link_counters *to,
                         const struct link_counters *c)
{
#define X(name, help) to->name += c->name;
    LINK_COUNTER_LIST(X)
#undef X
}

const struct link_counters *mtp_net_counters(const struct mtp_net *n)
{
    return &n->sum;
}

static int on_counters(struct mtp_net *n, const struct link_frame *f)
{
    if (link_counters_read(f, &n->now) < 0)
        return -1;
    n->sum = n->before;
    add_counters(&n->sum, &n->now);
    return 0;
}

static int on_frame(struct mtp_net *n, const struct link_frame *f)
{
    if (!n->greeted)
        return on_hello(n, f);
    if (f->assoc >= n->conf->n_assoc && f->type != LINK_LOG &&
        f->type != LINK_COUNTERS)
        return -1;
    switch (f->type) {
    case LINK_TRANSFER:
        return on_transfer(n, f);
    case LINK_PAUSE:
    case LINK_RESUME:
    case LINK_STATUS:
        return on_dest(n, f);
    case LINK_ASSOC:
        if (f->len != 1 || f->body[0] > MTP_ASSOC_ACTIVE)
            return -1;
        set_state(n, f->assoc, f->body[0]);
        return 0;
    case LINK_LOG:
        on_log(n, f);
        return 0;
    case LINK_COUNTERS:
        return on_counters(n, f);
    default:
        return -1;
    }
}

/* ---- the link ---- */

/* Answers that were gathered and not sent wait for the next link. */
static void keep_unsent(struct mtp_net *n)
{
    struct link_frame f;
    struct mtp_transfer t;

    while (link_unsent(n->link))
        while (link_next(n->link, &f) > 0)
            if (link_transfer_read(&f, &t) == 0 && keep(n, &t) < 0)
                stat_inc(STAT_mtp_out_failed);
}

static int lost(struct mtp_net *n)
{
    stat_inc(STAT_mtp_link_lost);
    keep_unsent(n);
    link_free(n->link);
    n->link = NULL;
    n->want_out = false;
    timer_clear(n->wheel, &n->watch);
    n->before = n->sum;
    for (uint8_t a = 0; a < n->conf->n_assoc; a++)
        set_state(n, a, MTP_ASSOC_DOWN);
    return -1;
}

/*
 * A jump of the clock (the machine slept, the box was stopped) is one look
 * here, and what mtpd said meanwhile is read before the next.
 */
static void watch_fired(struct timer *t)
{
    struct mtp_net *n = timer_of(t, struct mtp_net, watch);

    n->silent = n->heard ? 0 : n->silent + 1;
    n->heard = false;
    timer_set(n->wheel, t, WATCH_MS);
    if (n->silent < SILENT_MAX)
        return;
    slog(SLOG_ERROR, "ss7.mtp",
         "%s: mtpd has said nothing for %d ms: it is taken for dead.", n->name,
         MTP_NET_SILENT_MS);
    lost(n);
}

void mtp_net_link(struct mtp_net *n, int fd)
{
    uint8_t body[8192];
    int len = link_conf_write(n->conf, body, sizeof(body));

    if (n->link)
        lost(n);
    n->greeted = false;
    n->full_told = n->heard = false;
    n->silent = 0;
    n->link = link_new(fd);
    if (!n->link || len < 0) {
        slog(SLOG_ERROR, "ss7.mtp", "%s: cannot set up the link to mtpd.",
             n->name);
        if (!n->link)
            close(fd);
        else
            lost(n);
        return;
    }
    timer_set(n->wheel, &n->watch, WATCH_MS);
    link_put_hello(n->link);
    link_put(n->link, LINK_CONFIG, 0, body, (size_t)len);
    mtp_net_flush(n);
}

int mtp_net_fd(const struct mtp_net *n)
{
    return n->link ? link_fd(n->link) : -1;
}

bool mtp_net_want_out(const struct mtp_net *n)
{
    return n->want_out;
}

int mtp_net_flush(struct mtp_net *n)
{
    int rc;

    if (!n->link)
        return 0;
    rc = link_flush(n->link);
    if (rc < 0)
        return lost(n);
    n->want_out = rc > 0;
    if (rc == 0)
        n->full_told = false;
    return 0;
}

int mtp_net_io(struct mtp_net *n)
{
    struct link_frame f;
    unsigned frames = 0;

    while (frames < FRAMES_A_TURN && n->link) {
        int rc = link_read(n->link);

        if (rc == 0)
            break;
        if (rc < 0)
            return lost(n);
        n->heard = true;
        for (; (rc = link_next(n->link, &f)) > 0; frames++)
            if (on_frame(n, &f) < 0)
                break;
        if (rc != 0) {
            slog(SLOG_ERROR, "ss7.mtp",
                 "%s: mtpd sent a frame that breaks the link protocol.",
                 n->name);
            return lost(n);
        }
    }
    if (n->retry_due)
        kept_retry(n);
    return n->want_out ? mtp_net_flush(n) : 0;
}

void mtp_net_down(struct mtp_net *n)
{
    if (!n->link)
        return;
    link_put(n->link, LINK_DOWN, 0, NULL, 0);
    mtp_net_flush(n);
}
