/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * plug_wire_test.c - frames between the box and the process of a plug-in
 */

#include "check.h"
#include "gw/plug_frame.h"

#include <sys/socket.h>
#include <unistd.h>

enum { OUT_MAX = 2 * 1024 * 1024 };

static struct plug_wire *a, *b;
static int raw; /* the other end of `b' in tests of bad octets */

static void open_pair(void)
{
    int fd[2];

    CHECK(socketpair(AF_UNIX, SOCK_STREAM, 0, fd) == 0);
    a = plug_wire_new(fd[0], OUT_MAX);
    b = plug_wire_new(fd[1], OUT_MAX);
}

static void open_raw(void)
{
    int fd[2];

    CHECK(socketpair(AF_UNIX, SOCK_STREAM, 0, fd) == 0);
    b = plug_wire_new(fd[0], OUT_MAX);
    raw = fd[1];
}

static void close_all(void)
{
    plug_wire_free(a);
    plug_wire_free(b);
    a = b = NULL;
}

/* The next frame at b, all of what a has being sent. */
static bool next(struct plug_frame *f)
{
    int rc = 0;

    for (int i = 0; i < 1000; i++) {
        rc = plug_wire_next(b, f);
        if (rc != 0)
            break;
        plug_wire_flush(a);
        if (plug_wire_read(b) < 0)
            return false;
    }
    CHECK(rc >= 0);
    return rc > 0;
}

/* ---- what is written is read ---- */

static void the_start_is_told(void)
{
    struct plug_frame_load load = { .id = "fw", .path = "/x/firewall.so" }, l;
    struct plug_frame_loaded is = { .name = "firewall",
                                    .version = "1.0",
                                    .hooks = PLUG_FRAME_SMS | PLUG_FRAME_TICK,
                                    .n_keys = 2,
                                    .key = { "rules", "mode" } };
    struct plug_frame_loaded got;
    struct plug_frame_open o = {
        .check = true, .slots = 1000, .n_keys = 1, .key = { { "mode", "" } }
    };
    struct plug_frame_open p;
    struct plug_frame f;
    const char *text;
    uint64_t n;

    open_pair();
    CHECK(plug_frame_put_load(a, &load) && plug_frame_put_loaded(a, &is));
    CHECK(plug_frame_put_open(a, &o) &&
          plug_frame_put_text(a, PLUG_WIRE_OPENED, 5, ""));
    CHECK(next(&f) && f.type == PLUG_WIRE_LOAD && plug_frame_get_load(&f, &l));
    CHECK(strcmp(l.id, "fw") == 0 && strcmp(l.path, "/x/firewall.so") == 0);
    CHECK(next(&f) && f.type == PLUG_WIRE_LOADED);
    CHECK(plug_frame_get_loaded(&f, &got) && got.hooks == is.hooks);
    CHECK(strcmp(got.name, "firewall") == 0 && strcmp(got.version, "1.0") == 0);
    CHECK(got.n_keys == 2 && strcmp(got.key[1], "mode") == 0);
    CHECK(next(&f) && f.type == PLUG_WIRE_OPEN && plug_frame_get_open(&f, &p));
    CHECK(p.check && p.slots == 1000 && p.n_keys == 1);
    CHECK(strcmp(p.key[0].key, "mode") == 0 && p.key[0].value[0] == '\0');
    CHECK(next(&f) && f.type == PLUG_WIRE_OPENED &&
          plug_frame_get_text(&f, &n, &text) && n == 5);
    close_all();
}

static struct plug_msg *message(size_t text)
{
    static char x[PLUG_FIELD_MAX];
    struct plug_msg *m = plug_msg_new();

    memset(x, 'x', sizeof(x));
    plug_msg_put_text(m, PLUG_KIND, "sms");
    plug_msg_put_text(m, PLUG_SENDER, "Bank");
    plug_msg_put(m, PLUG_UDH, "\5\0\3\1\2\1", 6);
    plug_msg_put(m, PLUG_TEXT, x, text);
    return m;
}

static bool same(const struct plug_msg *m, const struct plug_msg *n)
{
    for (int f = 0; f < PLUG_NFIELDS; f++) {
        size_t l, k;
        const void *p = plug_msg_get(m, (enum plug_field)f, &l);
        const void *q = plug_msg_get(n, (enum plug_field)f, &k);

        if (l != k || memcmp(p, q, l) != 0)
            return false;
    }
    return true;
}

static void a_message_survives_the_trip(void)
{
    static const size_t sizes[] = { 0, 1, 160, 122400, PLUG_FIELD_MAX };
    struct plug_frame f;
    uint64_t until;

    open_pair();
    for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
        struct plug_msg *m = message(sizes[i]), *n = plug_msg_new();

        CHECK(plug_frame_put_msg(a, PLUG_WIRE_SMS, 7ull << 40, 1ull << 50, m));
        CHECK(next(&f) && f.type == PLUG_WIRE_SMS && f.id == 7ull << 40);
        CHECK(plug_frame_get_msg(&f, &until, n) && until == 1ull << 50);
        CHECK(same(m, n));
        plug_msg_free(m);
        plug_msg_free(n);
    }
    close_all();
}

static void a_verdict_tells_what_was_changed_only(void)
{
    struct plug_msg *m = message(10);
    struct plug_frame_verdict v;
    struct plug_frame f;

    open_pair();
    CHECK(plug_msg_set(m, PLUG_TEXT, "other", 5));
    CHECK(plug_msg_set(m, PLUG_META, "", 0)); /* as it was */
    plug_msg_note(m, "why");
    CHECK(plug_frame_put_verdict(a, 5, PLUG_PERMFAIL, m));
    CHECK(plug_frame_put_verdict(a, 6, PLUG_FRAME_FAILED, m));
    CHECK(next(&f) && f.id == 5 && plug_frame_get_verdict(&f, &v));
    CHECK(v.v == PLUG_PERMFAIL && v.n == 1 && strcmp(v.notes, "why") == 0);
    CHECK(v.change[0].field == PLUG_TEXT && v.change[0].len == 5);
    CHECK(memcmp(v.change[0].p, "other", 5) == 0);
    CHECK(next(&f) && plug_frame_get_verdict(&f, &v));
    CHECK(v.v == PLUG_FRAME_FAILED);
    plug_msg_free(m);
    close_all();
}

static void a_record_survives_the_trip(void)
{
    struct plug_cdr c = {
        .kind = PLUG_CDR_SMS,
        .version = 3,
        .report = 1,
        .duplicate = PLUG_CDR_JOINED,
        .answered = 1,
        .verdict = PLUG_TEMPFAIL,
        .parts = 3,
        .part = 2,
        .coding = 2,
        .dcs = 8,
        .pid = 64,
        .ref = 65535,
        .octets = 140,
        .error = -2,
        .cause = -1,
        .dialogue = 1ull << 63,
        .received_ms = 1,
        .filtered_ms = 2,
        .sent_ms = 3,
        .decided_ms = 4,
        .answered_ms = 5,
        .id = "id",
        .network = "net",
        .sc = "sc",
        .gt = "gt",
        .imsi = "imsi",
        .receiver = "rcv",
        .sender = "snd",
        .node = "node",
        .route = "route",
        .box = "box",
        .why = "why",
        .notes = "",
        .text = "t",
    };
    struct plug_cdr d;
    struct plug_frame f;

    open_pair();
    CHECK(plug_frame_put_cdr(a, &c));
    c.text = NULL;
    CHECK(plug_frame_put_cdr(a, &c));
    CHECK(next(&f) && f.type == PLUG_WIRE_CDR && plug_frame_get_cdr(&f, &d));
    CHECK(d.size == sizeof(d) && d.kind == c.kind && d.version == 3);
    CHECK(d.report == 1 && d.duplicate == PLUG_CDR_JOINED && d.answered == 1);
    CHECK(d.verdict == PLUG_TEMPFAIL && d.parts == 3 && d.part == 2);
    CHECK(d.coding == 2 && d.dcs == 8 && d.pid == 64 && d.ref == 65535);
    CHECK(d.octets == 140 && d.error == -2 && d.cause == -1);
    CHECK(d.dialogue == 1ull << 63 && d.received_ms == 1);
    CHECK(d.filtered_ms == 2 && d.sent_ms == 3 && d.decided_ms == 4);
    CHECK(d.answered_ms == 5 && strcmp(d.id, "id") == 0);
    CHECK(strcmp(d.network, "net") == 0 && strcmp(d.sc, "sc") == 0);
    CHECK(strcmp(d.gt, "gt") == 0 && strcmp(d.imsi, "imsi") == 0);
    CHECK(strcmp(d.receiver, "rcv") == 0 && strcmp(d.sender, "snd") == 0);
    CHECK(strcmp(d.node, "node") == 0 && strcmp(d.route, "route") == 0);
    CHECK(strcmp(d.box, "box") == 0 && strcmp(d.why, "why") == 0);
    CHECK(d.notes[0] == '\0' && strcmp(d.text, "t") == 0);
    CHECK(next(&f) && plug_frame_get_cdr(&f, &d) && d.text == NULL);
    close_all();
}

/* ---- bounds ---- */

static void what_does_not_fit_is_not_kept(void)
{
    struct plug_msg *m = message(100000);
    struct plug_frame f;
    unsigned put = 0, got = 0;

    open_pair();
    while (plug_frame_put_msg(a, PLUG_WIRE_SMS, put, 0, m))
        put++;
    CHECK(put == 20);
    CHECK(!plug_frame_put_msg(a, PLUG_WIRE_SMS, 99, 0, m));
    CHECK(plug_wire_unsent(a) < OUT_MAX);
    CHECK(plug_frame_put(a, PLUG_WIRE_TICK)); /* a small one does */
    while (next(&f) && f.type == PLUG_WIRE_SMS)
        CHECK(f.id == got++);
    CHECK(f.type == PLUG_WIRE_TICK && got == put);
    CHECK(plug_wire_unsent(a) == 0);
    plug_msg_free(m);
    close_all();
}

static void a_frame_has_a_largest_size(void)
{
    static uint8_t octets[PLUG_WIRE_MAX + 1];
    struct plug_frame f;

    open_pair();
    plug_wire_begin(a, PLUG_WIRE_LOG, 0);
    plug_wire_add(a, octets, PLUG_WIRE_MAX + 1);
    CHECK(!plug_wire_end(a) && plug_wire_unsent(a) == 0);
    plug_wire_begin(a, PLUG_WIRE_LOG, 0);
    plug_wire_add(a, octets, PLUG_WIRE_MAX);
    CHECK(plug_wire_end(a));
    CHECK(next(&f) && f.len == PLUG_WIRE_MAX);
    close_all();
}

static void one_octet_at_a_time_is_the_same(void)
{
    struct plug_msg *m = message(300), *n = plug_msg_new();
    uint8_t octets[1000];
    struct plug_frame f;
    uint64_t until;
    ssize_t len;

    open_pair();
    CHECK(plug_frame_put_msg(a, PLUG_WIRE_SMS, 1, 2, m));
    CHECK(plug_wire_flush(a) == 0);
    len = recv(plug_wire_fd(b), octets, sizeof(octets), 0);
    close_all();
    open_raw();
    for (ssize_t i = 0; i < len; i++) {
        CHECK(plug_wire_next(b, &f) == 0);
        CHECK(send(raw, octets + i, 1, 0) == 1);
        CHECK(plug_wire_read(b) == 1);
    }
    CHECK(plug_wire_next(b, &f) == 1 && plug_frame_get_msg(&f, &until, n));
    CHECK(same(m, n));
    plug_msg_free(m);
    plug_msg_free(n);
    close_all();
    close(raw);
}

static void the_end_is_seen_behind_what_was_sent(void)
{
    struct plug_frame f;

    open_pair();
    CHECK(plug_wire_read(b) == 0);
    plug_frame_put(a, PLUG_WIRE_TICK);
    CHECK(plug_wire_flush(a) == 0);
    plug_wire_shut(a);
    CHECK(!plug_frame_put(a, PLUG_WIRE_TICK));
    CHECK(next(&f) && f.type == PLUG_WIRE_TICK);
    CHECK(plug_wire_read(b) == -1);
    /* the other way is still open */
    CHECK(plug_frame_put(b, PLUG_WIRE_DID) && plug_wire_flush(b) == 0);
    CHECK(plug_wire_read(a) == 1 && plug_wire_next(a, &f) == 1);
    close_all();
}

static void a_peer_that_is_gone_is_an_error(void)
{
    open_pair();
    plug_wire_free(b);
    b = NULL;
    plug_frame_put(a, PLUG_WIRE_TICK);
    CHECK(plug_wire_flush(a) == -1);
    CHECK(!plug_frame_put(a, PLUG_WIRE_TICK));
    close_all();
}

/* ---- lies ---- */

static void bad_heads_are_refused(void)
{
    static const uint8_t bad[][PLUG_WIRE_HEAD] = {
        { 0xff, 0xff, 0xff, 0xff, PLUG_WIRE_LOG },
        { 0, 8, 0, 1, PLUG_WIRE_LOG }, /* 512 K and one */
        { 0, 0, 0, 0, 0 },
        { 0, 0, 0, 0, PLUG_WIRE_TYPES },
        { 0, 0, 0, 0, 255 },
    };
    struct plug_frame f;

    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        open_raw();
        CHECK(send(raw, bad[i], PLUG_WIRE_HEAD, 0) == PLUG_WIRE_HEAD);
        CHECK(plug_wire_read(b) == 1);
        CHECK(plug_wire_next(b, &f) == -1);
        close_all();
        close(raw);
    }
}

/* Each body cut anywhere, and with an octet too many. */
static void cut_and_stretched_bodies_are_refused(void)
{
    static uint8_t body[1000];
    struct plug_frame_load load;
    struct plug_frame_loaded loaded;
    struct plug_frame_open o;
    struct plug_cdr cdr;
    struct plug_frame f;
    const char *text;
    uint64_t n;

    open_pair();
    load = (struct plug_frame_load){ .id = "i", .path = "/p" };
    loaded = (struct plug_frame_loaded){
        .name = "n", .version = "v", .n_keys = 1, .key = { "k" }
    };
    o = (struct plug_frame_open){ .slots = 1,
                                  .n_keys = 1,
                                  .key = { { "k", "v" } } };
    cdr = (struct plug_cdr){ .id = "",
                             .network = "",
                             .sc = "",
                             .gt = "",
                             .imsi = "",
                             .receiver = "",
                             .sender = "",
                             .node = "",
                             .route = "",
                             .box = "",
                             .why = "",
                             .notes = "",
                             .text = "" };
    plug_frame_put_load(a, &load);
    plug_frame_put_loaded(a, &loaded);
    plug_frame_put_open(a, &o);
    plug_frame_put_cdr(a, &cdr);
    plug_frame_put_text(a, PLUG_WIRE_COUNT, 1, "name");
    for (int i = 0; i < 5; i++) {
        uint32_t whole;

        CHECK(next(&f));
        whole = f.len;
        memset(body, 0, sizeof(body));
        memcpy(body, f.body, whole);
        f.body = body;
        for (f.len = 0; f.len <= whole + 1; f.len++) {
            bool ok = f.type == PLUG_WIRE_LOAD ? plug_frame_get_load(&f, &load)
                      : f.type == PLUG_WIRE_LOADED
                          ? plug_frame_get_loaded(&f, &loaded)
                      : f.type == PLUG_WIRE_OPEN ? plug_frame_get_open(&f, &o)
                      : f.type == PLUG_WIRE_CDR
                          ? plug_frame_get_cdr(&f, &cdr)
                          : plug_frame_get_text(&f, &n, &text);

            CHECK(ok == (f.len == whole));
        }
    }
    close_all();
}

static bool verdict_is(const void *body, size_t n)
{
    struct plug_frame f = { .type = PLUG_WIRE_VERDICT,
                            .len = (uint32_t)n,
                            .body = body };
    struct plug_frame_verdict v;

    return plug_frame_get_verdict(&f, &v);
}

static void bad_verdicts_are_refused(void)
{
    static uint8_t many[6 + 5 * (PLUG_NFIELDS + 1)];

    many[4] = 1; /* notes: "" */
    CHECK(verdict_is("\0\0\0\0\1\0", 6));
    CHECK(verdict_is("\3\0\0\0\1\0", 6));
    CHECK(verdict_is("\377\0\0\0\1\0", 6));
    CHECK(!verdict_is("\4\0\0\0\1\0", 6)); /* PLUG_HOLD */
    CHECK(!verdict_is("\5\0\0\0\1\0", 6));
    CHECK(!verdict_is("\0\0\0\0\0", 5)); /* no NUL */
    CHECK(!verdict_is("\0\0\0\0\2xx", 7));
    CHECK(!verdict_is("\0\0\0\0\3x\0\0", 8)); /* two */
    CHECK(!verdict_is("\0\377\377\377\377\0", 6));
    CHECK(verdict_is("\0\0\0\0\1\0\14\0\0\0\1x", 12));
    CHECK(!verdict_is("\0\0\0\0\1\0\14\0\0\0\2x", 12));
    CHECK(!verdict_is("\0\0\0\0\1\0\14\377\377\377\377x", 12));
    CHECK(!verdict_is("\0\0\0\0\1\0\24\0\0\0\1x", 12)); /* no field */
    CHECK(verdict_is(many, sizeof(many) - 5));
    CHECK(!verdict_is(many, sizeof(many)));
}

static bool text_is(uint8_t type, uint64_t n, size_t len)
{
    char text[600];
    struct plug_frame f;
    const char *got;
    bool ok;

    memset(text, 'x', len);
    text[len] = '\0';
    open_pair();
    CHECK(plug_frame_put_text(a, type, n, text) && next(&f));
    ok = plug_frame_get_text(&f, &n, &got);
    close_all();
    return ok;
}

static void bad_numbers_and_long_texts_are_refused(void)
{
    CHECK(text_is(PLUG_WIRE_LOG, PLUG_LOG_ERROR, PLUG_FRAME_LINE));
    CHECK(!text_is(PLUG_WIRE_LOG, PLUG_LOG_ERROR, PLUG_FRAME_LINE + 1));
    CHECK(!text_is(PLUG_WIRE_LOG, PLUG_LOG_ERROR + 1, 1));
    CHECK(text_is(PLUG_WIRE_COUNT, UINT64_MAX, 1));
    CHECK(text_is(PLUG_WIRE_DONE, PLUG_DONE, 32));
    CHECK(!text_is(PLUG_WIRE_DONE, PLUG_NEXT, 32));
    CHECK(!text_is(PLUG_WIRE_DONE, PLUG_HOLD, 32));
}

int main(void)
{
    the_start_is_told();
    a_message_survives_the_trip();
    a_verdict_tells_what_was_changed_only();
    a_record_survives_the_trip();
    what_does_not_fit_is_not_kept();
    a_frame_has_a_largest_size();
    one_octet_at_a_time_is_the_same();
    the_end_is_seen_behind_what_was_sent();
    a_peer_that_is_gone_is_an_error();
    bad_heads_are_refused();
    cut_and_stretched_bodies_are_refused();
    bad_verdicts_are_refused();
    bad_numbers_and_long_texts_are_refused();
    return CHECK_DONE();
}
