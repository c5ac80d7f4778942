/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * fuzz_plug.c - any octets at all from the process of a plug-in
 *
 * It runs code that is not ours, so what it says is not trusted. The input is
 * what it writes to the socket, after one octet: into how many pieces that is
 * cut. Whatever it says, the host only hears of messages that were asked, each
 * decided once, and of fields that a filter may change. What can be read as a
 * frame of either end is written in the same octets.
 */

#include "gw/plug_proxy_part.h"

#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { SLOTS = 8, MOST = 64 * 1024 };

static bool resumed[SLOTS];

static void must(bool so)
{
    if (!so)
        abort();
}

/* ---- the host ---- */

static void on_log(const struct plug_conf *c, enum plug_level level,
                   const char *fmt, ...)
{
    (void)c;
    must(level <= PLUG_LOG_ERROR && strcmp(fmt, "%s") == 0);
}

static void on_count(const struct plug_conf *c, const char *name, uint64_t n)
{
    (void)c;
    (void)n;
    must(strlen(name) <= PLUG_FRAME_NAME);
}

static int on_set(uint64_t id, enum plug_field f, const void *p, size_t len)
{
    const uint8_t *octets = p;
    unsigned sum = 0;

    must(id >= 100 && id < 100 + SLOTS && !resumed[id - 100]);
    must(
        f == PLUG_ERROR ||
        (id % 2 == 0 && (f == PLUG_SENDER || f == PLUG_RECEIVER ||
                         f == PLUG_TEXT || f == PLUG_ROUTE || f == PLUG_META)));
    for (size_t i = 0; i < len; i++)
        sum += octets[i]; /* all of it must be there */
    return sum % 2 == 0 ? 0 : -1;
}

static int on_note(uint64_t id, const char *text)
{
    must(id >= 100 && id < 100 + SLOTS && !resumed[id - 100]);
    must(strlen(text) < PLUG_NOTES_MAX);
    return 0;
}

static void on_resume(uint64_t id, enum plug_verdict v)
{
    must(id >= 100 && id < 100 + SLOTS && !resumed[id - 100]);
    must(v <= PLUG_PERMFAIL || v == PLUG_PROXY_FAILED);
    resumed[id - 100] = true;
}

static const struct plug_host host = { .log = on_log,
                                       .count = on_count,
                                       .set_held = on_set,
                                       .note_held = on_note,
                                       .resume = on_resume };

/* Half of the slots are sms, half sri; all are out. */
static void all_out(struct plug_proxy *p)
{
    memset(resumed, 0, sizeof(resumed));
    p->host = &host;
    p->n_slots = p->free_slot = p->used_slots = SLOTS;
    p->owed = p->calls = SLOTS;
    for (uint32_t i = 0; i < SLOTS; i++)
        p->slot[i] = (struct plug_slot){
            .host_id = 100 + i, .generation = 1, .used = true, .sri = i % 2 == 1
        };
}

/* ---- the same octets ---- */

static void put_again(struct plug_wire *w, const struct plug_frame *f)
{
    struct plug_frame_loaded loaded;
    struct plug_frame_load load;
    struct plug_frame_open open;
    struct plug_cdr cdr;
    const char *text;
    uint64_t n;

    if (f->type == PLUG_WIRE_LOAD && plug_frame_get_load(f, &load))
        must(plug_frame_put_load(w, &load));
    else if (f->type == PLUG_WIRE_LOADED && plug_frame_get_loaded(f, &loaded))
        must(plug_frame_put_loaded(w, &loaded));
    else if (f->type == PLUG_WIRE_OPEN && plug_frame_get_open(f, &open))
        must(plug_frame_put_open(w, &open));
    else if (f->type == PLUG_WIRE_CDR && plug_frame_get_cdr(f, &cdr))
        must(plug_frame_put_cdr(w, &cdr));
    else if ((f->type == PLUG_WIRE_DONE || f->type == PLUG_WIRE_LOG ||
              f->type == PLUG_WIRE_COUNT || f->type == PLUG_WIRE_REFUSED) &&
             plug_frame_get_text(f, &n, &text))
        must(plug_frame_put_text(w, f->type, n, text));
}

static void same_again(const struct plug_frame *f)
{
    static uint8_t buf[PLUG_WIRE_HEAD + MOST];
    struct plug_wire *w;
    size_t len = 0;
    ssize_t n;
    int fd[2];

    must(socketpair(AF_UNIX, SOCK_STREAM, 0, fd) == 0);
    w = plug_wire_new(fd[0], sizeof(buf));
    must(w != NULL);
    put_again(w, f);
    if (plug_wire_unsent(w) > 0) {
        must(plug_wire_flush(w) == 0);
        while ((n = recv(fd[1], buf + len, sizeof(buf) - len, MSG_DONTWAIT)) >
               0)
            len += (size_t)n;
        must(len == PLUG_WIRE_HEAD + (size_t)f->len);
        must(memcmp(buf + PLUG_WIRE_HEAD, f->body, f->len) == 0);
    }
    plug_wire_free(w);
    close(fd[1]);
}

static void as_message(const struct plug_frame *f)
{
    struct plug_msg *m = plug_msg_new();
    uint64_t until;
    size_t n;

    must(m != NULL);
    if (plug_frame_get_msg(f, &until, m))
        for (unsigned i = 0; i < PLUG_NFIELDS; i++)
            must(plug_msg_get(m, (enum plug_field)i, &n) != NULL &&
                 n <= PLUG_FIELD_MAX);
    plug_msg_free(m);
}

/* False: it breaks the rules, and would be killed. */
static bool take(struct plug_proxy *p)
{
    struct plug_frame f;
    int rc;

    while ((rc = plug_wire_next(p->wire, &f)) > 0) {
        same_again(&f);
        as_message(&f);
        if (!plug_reader_frame(p, &f))
            return false;
    }
    return rc == 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct plug_slot slot[SLOTS];
    struct plug_proxy p = { .slot = slot };
    size_t pieces, step;
    unsigned left = 0;
    int fd[2];

    if (size < 2 || size > MOST)
        return 0;
    pieces = 1 + data[0];
    data++;
    size--;
    step = size / pieces + 1;
    pthread_mutex_init(&p.lock, NULL);
    all_out(&p);
    must(socketpair(AF_UNIX, SOCK_STREAM, 0, fd) == 0);
    p.wire = plug_wire_new(fd[0], 1000);
    must(p.wire != NULL);
    for (size_t at = 0; at < size; at += step) {
        size_t n = size - at < step ? size - at : step;

        must(send(fd[1], data + at, n, 0) == (ssize_t)n);
        if (plug_wire_read(p.wire) <= 0 || !take(&p))
            break;
    }
    for (unsigned i = 0; i < SLOTS; i++) {
        must(p.slot[i].used != resumed[i]);
        left += p.slot[i].used;
    }
    must(left == p.used_slots);
    plug_wire_free(p.wire);
    close(fd[1]);
    pthread_mutex_destroy(&p.lock);
    return 0;
}
