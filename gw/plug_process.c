/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * plug_process.c - start the process of a plug-in, open it, end it
 *
 * What is waited for here is the process, and no longer than for a time. Only
 * open() and the reader wait; nothing is asked of the plug-in meanwhile.
 */

#include "plug_proxy_part.h"

#include "child_run.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

enum { OUT_MAX = 8 * 1024 * 1024 }; /* kept for one that does not read */

static void described(int status, char *how, size_t size)
{
    if (WIFSIGNALED(status))
        snprintf(how, size, "was killed by signal %d (%s)", WTERMSIG(status),
                 strsignal(WTERMSIG(status)));
    else
        snprintf(how, size, "ended with status %d", WEXITSTATUS(status));
}

void plug_process_end(struct plug_proxy *p, char *how, size_t size)
{
    int status;
    pid_t pid = 0;

    snprintf(how, size, "ended");
    if (p->pid > 0) {
        pid = waitpid(p->pid, &status, WNOHANG);
        if (pid == 0) {
            /* One that is ending already still ends with its own status. */
            kill(p->pid, SIGKILL);
            do
                pid = waitpid(p->pid, &status, 0);
            while (pid < 0 && errno == EINTR);
        }
        if (pid == p->pid)
            described(status, how, size);
    }
    p->pid = 0;
    plug_wire_free(p->wire);
    p->wire = NULL;
}

/* ---- until it is open ---- */

/* Send what there is and wait until something can be read. */
static bool wait_readable(struct plug_proxy *p)
{
    struct pollfd fd[2] = { { .fd = plug_wire_fd(p->wire), .events = POLLIN },
                            { .fd = p->wake, .events = POLLIN } };
    uint64_t now = plug_proxy_ms();
    uint64_t until = p->started_ms + PLUG_PROXY_START_MS;

    if (p->closing || now >= until)
        return false;
    if (plug_wire_flush(p->wire) > 0)
        fd[0].events |= POLLOUT;
    poll(fd, 2, (int)(until - now));
    plug_wake_clear(p);
    return true;
}

/* NULL: what there was instead is in why. */
static bool await(struct plug_proxy *p, uint8_t type, struct plug_frame *f,
                  char why[PLUG_PROCESS_WHY])
{
    const char *text;
    uint64_t n;
    int rc;

    for (;;) {
        while ((rc = plug_wire_next(p->wire, f)) > 0) {
            if (f->type == type)
                return true;
            if (f->type == PLUG_WIRE_REFUSED &&
                plug_frame_get_text(f, &n, &text)) {
                snprintf(why, PLUG_PROCESS_WHY, "%s", text);
                return false;
            }
            if (p->host == NULL || !plug_reader_frame(p, f)) {
                rc = -1;
                break;
            }
        }
        if (rc < 0) {
            snprintf(why, PLUG_PROCESS_WHY, "its process makes no sense");
            return false;
        }
        if (!wait_readable(p)) {
            snprintf(why, PLUG_PROCESS_WHY,
                     "its process did not start within %d s",
                     PLUG_PROXY_START_MS / 1000);
            return false;
        }
        if (plug_wire_read(p->wire) < 0) {
            why[0] = '\0';
            return false;
        }
    }
}

/* It goes no further; if why[0] is 0, by itself. */
static bool given_up(struct plug_proxy *p, char why[PLUG_PROCESS_WHY])
{
    char how[PLUG_PROCESS_WHY / 2];

    plug_process_end(p, how, sizeof(how));
    if (why[0] == '\0')
        snprintf(why, PLUG_PROCESS_WHY, "its process %s", how);
    return false;
}

/* The first time: remember what it is; afterwards it must be that. */
static bool is_it(struct plug_proxy *p, const struct plug_frame_loaded *l)
{
    size_t n = 1;
    char *at;

    if (p->keys != NULL)
        return strcmp(p->name, l->name) == 0 && p->hooks == l->hooks;
    for (unsigned i = 0; i < l->n_keys; i++)
        n += strlen(l->key[i]) + 1;
    at = p->keys = calloc(1, n);
    if (at == NULL)
        return false;
    for (unsigned i = 0; i < l->n_keys; i++) {
        p->key[i] = at;
        at = stpcpy(at, l->key[i]) + 1;
    }
    snprintf(p->name, sizeof(p->name), "%s", l->name);
    snprintf(p->version, sizeof(p->version), "%s", l->version);
    p->hooks = l->hooks;
    return true;
}

static bool run(struct plug_proxy *p, char why[PLUG_PROCESS_WHY])
{
    char name[64];
    struct child_program c = { .path = p->conf->child_path,
                               .name = name,
                               .user = p->conf->user,
                               .socket = SOCK_STREAM };
    int fd;

    snprintf(name, sizeof(name), "plughost: %s", p->conf->id);
    p->pid = child_run(&c, &fd);
    if (p->pid < 0) {
        p->pid = 0;
        snprintf(why, PLUG_PROCESS_WHY, "cannot start <%s>%s%s: %s", c.path,
                 c.user[0] != '\0' ? " as " : "", c.user, strerror(errno));
        return false;
    }
    p->wire = plug_wire_new(fd, OUT_MAX);
    if (p->wire != NULL)
        return true;
    close(fd);
    snprintf(why, PLUG_PROCESS_WHY, "no memory");
    return given_up(p, why);
}

bool plug_process_start(struct plug_proxy *p, char why[PLUG_PROCESS_WHY])
{
    const struct plug_frame_load load = { .id = p->conf->id, .path = p->path };
    struct plug_frame_loaded loaded;
    struct plug_frame f;

    p->started_ms = plug_proxy_ms();
    p->words = 0;
    if (!run(p, why))
        return false;
    plug_frame_put_load(p->wire, &load);
    if (!await(p, PLUG_WIRE_LOADED, &f, why))
        return given_up(p, why);
    if (!plug_frame_get_loaded(&f, &loaded)) {
        snprintf(why, PLUG_PROCESS_WHY,
                 "<%s> is of another version than the box",
                 p->conf->child_path);
        return given_up(p, why);
    }
    if (is_it(p, &loaded))
        return true;
    snprintf(why, PLUG_PROCESS_WHY,
             "it is not the plug-in that it was: restart the box");
    return given_up(p, why);
}

static void ready(struct plug_proxy *p)
{
    pthread_mutex_lock(&p->lock);
    p->calls = 0;
    p->owed = 0;
    p->up = true;
    pthread_mutex_unlock(&p->lock);
}

bool plug_process_open(struct plug_proxy *p, bool check,
                       char why[PLUG_PROCESS_WHY])
{
    struct plug_frame_open o = { .check = check, .slots = p->n_slots };
    struct plug_frame f;
    const char *text;
    uint64_t wants;

    if (p->wire == NULL) {
        snprintf(why, PLUG_PROCESS_WHY, "its process has ended");
        return false;
    }
    for (; o.n_keys < p->conf->n_keys && o.n_keys < PLUG_FRAME_KEYS;
         o.n_keys++) {
        o.key[o.n_keys].key = p->conf->key[o.n_keys].key;
        o.key[o.n_keys].value = p->conf->key[o.n_keys].value;
    }
    if (!plug_frame_put_open(p->wire, &o)) {
        snprintf(why, PLUG_PROCESS_WHY, "its keys are too long");
        return given_up(p, why);
    }
    if (!await(p, PLUG_WIRE_OPENED, &f, why))
        return given_up(p, why);
    if (!plug_frame_get_text(&f, &wants, &text)) {
        snprintf(why, PLUG_PROCESS_WHY, "its process makes no sense");
        return given_up(p, why);
    }
    p->wants = (unsigned)wants;
    ready(p);
    return true;
}
