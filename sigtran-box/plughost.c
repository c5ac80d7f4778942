/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * plughost.c - the process of a plug-in with `isolate = yes'
 *
 * Started by sigtran-box with a socket as descriptor 3. Loads one plug-in,
 * makes one instance of it, and calls its hooks one at a time as the box asks
 * (gw/plug_wire.h). When the socket ends, so does the instance. What the
 * plug-in breaks is this process and nothing else; so nothing here is done to
 * protect it from the plug-in.
 */

#include "child_run.h"
#include "gw/plug_child.h"
#include "gw/plug_so.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>

/* What a frame to the box may wait for is the box. */
enum { OUT_MAX = 16 * 1024 * 1024 };
enum { EXIT_USE = 1, EXIT_REFUSED = 2, EXIT_FRAME = 3 };

static struct plug plug;
static void *self;
static bool loaded, opened, refused;

static void refuse(const char *why)
{
    plug_child_refused(why);
    refused = true;
}

static uint8_t hooks(void)
{
    unsigned h = 0;

    h |= plug.on_sri != NULL ? PLUG_FRAME_SRI : 0;
    h |= plug.on_sms != NULL ? PLUG_FRAME_SMS : 0;
    h |= plug.on_done != NULL ? PLUG_FRAME_DONE : 0;
    h |= plug.on_cdr != NULL ? PLUG_FRAME_CDR : 0;
    h |= plug.on_reload != NULL ? PLUG_FRAME_RELOAD : 0;
    h |= plug.on_tick != NULL ? PLUG_FRAME_TICK : 0;
    return (uint8_t)h;
}

static bool load(const struct plug_frame *f)
{
    char why[PLUG_FRAME_WHY + 1] = "";
    struct plug_frame_loaded l;
    struct plug_frame_load what;

    if (loaded || !plug_frame_get_load(f, &what)) {
        refuse("plughost is of another version than the box");
        return true;
    }
    if (!plug_so_load(what.path, &plug, why, sizeof(why))) {
        refuse(why);
        return true;
    }
    l = (struct plug_frame_loaded){ .name = plug.name,
                                    .version = plug.version,
                                    .hooks = hooks() };
    for (const char *const *k = plug.keys; k != NULL && *k != NULL; k++) {
        if (l.n_keys == PLUG_FRAME_KEYS || strlen(*k) > PLUG_FRAME_KEY) {
            refuse("it has too many keys, or one that is too long");
            return true;
        }
        l.key[l.n_keys++] = *k;
    }
    loaded = true;
    plug_child_loaded(&l);
    return true;
}

static bool open_it(const struct plug_frame *f)
{
    char why[PLUG_FRAME_WHY + 1] = "";
    const struct plug_conf *conf;
    struct plug_frame_open o;

    if (!loaded || opened || !plug_frame_get_open(f, &o))
        return false;
    conf = plug_child_conf(&o);
    if (conf == NULL) {
        refuse("no memory");
        return true;
    }
    self = plug.open(plug_child_host(), conf, o.check, why, sizeof(why));
    if (self == NULL) {
        refuse(why[0] != '\0' ? why : "its open() gave no reason");
        return true;
    }
    opened = true;
    plug_child_opened(plug.wants != NULL ? plug.wants(self) : ~0u);
    return true;
}

static bool report(const struct plug_frame *f)
{
    struct plug_cdr cdr;
    const char *id;
    uint64_t v;

    if (f->type == PLUG_WIRE_DONE && plug.on_done != NULL &&
        plug_frame_get_text(f, &v, &id))
        plug.on_done(self, id, (enum plug_verdict)v);
    else if (f->type == PLUG_WIRE_CDR && plug.on_cdr != NULL &&
             plug_frame_get_cdr(f, &cdr))
        plug.on_cdr(self, &cdr);
    else
        return false;
    plug_child_did();
    return true;
}

/* A plug-in that has no such hook still says that it is alive. */
static bool plain(const struct plug_frame *f, void (*hook)(void *self))
{
    if (!plug_frame_get(f))
        return false;
    if (hook != NULL)
        hook(self);
    plug_child_tell();
    plug_child_did();
    return true;
}

static bool on_frame(const struct plug_frame *f)
{
    if (f->type == PLUG_WIRE_LOAD)
        return load(f);
    if (f->type == PLUG_WIRE_OPEN)
        return open_it(f);
    if (!opened)
        return false;
    switch (f->type) {
    case PLUG_WIRE_SRI:
        return plug.on_sri != NULL && plug_child_ask(f, plug.on_sri, self);
    case PLUG_WIRE_SMS:
        return plug.on_sms != NULL && plug_child_ask(f, plug.on_sms, self);
    case PLUG_WIRE_RELOAD:
        return plain(f, plug.on_reload);
    case PLUG_WIRE_TICK:
        return plain(f, plug.on_tick);
    default:
        return report(f);
    }
}

static int loop(struct plug_wire *w)
{
    struct pollfd p = { .fd = plug_wire_fd(w), .events = POLLIN };
    struct plug_frame f;
    int rc;

    for (;;) {
        while ((rc = plug_wire_next(w, &f)) > 0 && !refused)
            if (!on_frame(&f))
                return EXIT_FRAME;
        if (refused)
            return EXIT_REFUSED;
        if (rc < 0)
            return EXIT_FRAME;
        poll(&p, 1, -1);
        if (plug_wire_read(w) < 0)
            return 0;
    }
}

/* A signal to the whole service is for the box; we end when the socket does. */
static void leave_signals_to_the_box(void)
{
    static const int ignored[] = { SIGTERM, SIGINT, SIGHUP, SIGPIPE };

    for (size_t i = 0; i < sizeof(ignored) / sizeof(ignored[0]); i++)
        signal(ignored[i], SIG_IGN);
}

static bool is_socket(int fd)
{
    struct stat st;

    return fstat(fd, &st) == 0 && S_ISSOCK(st.st_mode);
}

static int usage(int argc, char **argv)
{
    bool help = argc == 2 && strcmp(argv[1], "--help") == 0;

    if (argc == 2 && strcmp(argv[1], "--version") == 0) {
        printf("plughost, sigtran-box %s, plug-ins %d.%d\n", LINK_BUILD_ID,
               PLUG_ABI_MAJOR, PLUG_ABI_MINOR);
        return 0;
    }
    fprintf(help ? stdout : stderr,
            "usage: plughost --version | --help\n\n"
            "Started by sigtran-box for a group plugin with isolate = yes.\n");
    return help ? 0 : EXIT_USE;
}

int main(int argc, char **argv)
{
    struct plug_wire *w;
    int rc;

    if (argc != 1 || !is_socket(CHILD_FD))
        return usage(argc, argv);
    leave_signals_to_the_box();
    /* What the plug-in starts must not keep the box from seeing our end. */
    fcntl(CHILD_FD, F_SETFD, FD_CLOEXEC);
    w = plug_wire_new(CHILD_FD, OUT_MAX);
    if (w == NULL)
        return EXIT_USE;
    plug_child_start(w);
    rc = loop(w);
    if (opened)
        plug.close(self);
    plug_child_tell();
    return rc;
}
