/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * box_server.c - the port that Kannel boxes connect to
 */

#include "box_server.h"

#include "box_conn.h"
#include "stat.h"

#include <arpa/inet.h>
#include <errno.h>
#include <gw/msg.h>
#include <gwlib/gwlib.h>
#include <netinet/in.h>
#include <pthread.h>
#include <signal.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum { LISTENERS = 2 };

struct listener {
    int fd; /* -1: none */
    bool tls;
};

static const struct box_conf *conf;
static struct listener listener[LISTENERS] = { { .fd = -1 },
                                               { .fd = -1, .tls = true } };
static Octstr *allow_ip, *deny_ip;
static long acceptor = -1;
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER; /* of stopping */
static bool stopping;

/*
 * The frames we read and write ourselves must be those of the gwlib we are
 * linked with: another version has other fields.
 */
static bool layout_fits(void)
{
    Msg *msg = msg_create(sms);
    Octstr *pack, *frame;
    struct box_frame f;
    uint8_t head[4];
    bool fits;

    msg->sms.sender = octstr_create("from");
    msg->sms.smsc_id = octstr_create("smsc");
    msg->sms.meta_data = octstr_create("meta");
    msg->sms.sms_type = mt_reply;
    pack = msg_pack(msg);
    encode_network_long(head, (unsigned long)octstr_len(pack));
    frame = octstr_create_from_data((const char *)head, sizeof(head));
    octstr_append(frame, pack);
    fits = box_frame_read((const uint8_t *)octstr_get_cstr(frame),
                          (size_t)octstr_len(frame), &f) &&
           f.field[BOX_SMS_SMSC_ID].num == 4 &&
           memcmp(f.field[BOX_SMS_SMSC_ID].p, "smsc", 4) == 0 &&
           f.field[BOX_SMS_TYPE].num == mt_reply &&
           f.field[BOX_SMS_META_DATA].num == 4;
    octstr_destroy(frame);
    octstr_destroy(pack);
    msg_destroy(msg);
    return fits;
}

static bool allowed(const char *ip)
{
    Octstr *os = octstr_create(ip);
    bool yes = is_allowed_ip(allow_ip, deny_ip, os) != 0;

    octstr_destroy(os);
    return yes;
}

static void accept_box(const struct listener *l)
{
    struct sockaddr_in peer;
    socklen_t len = sizeof(peer);
    char ip[INET_ADDRSTRLEN] = "?";
    int fd = accept(l->fd, (struct sockaddr *)&peer, &len);

    if (fd < 0) {
        if (errno != EINTR && errno != EAGAIN && errno != ECONNABORTED) {
            error(errno, "Cannot accept a box.");
            gwthread_sleep(0.1); /* out of descriptors: no busy loop */
        }
        return;
    }
    inet_ntop(AF_INET, &peer.sin_addr, ip, sizeof(ip));
    if (!allowed(ip)) {
        stat_inc(STAT_box_denied);
        warning(0, "Box from <%s> denied by box-deny-ip.", ip);
        close(fd);
        return;
    }
    box_conn_tune(fd);
    box_conn_start(conf, fd, ip, l->tls);
}

static bool is_stopping(void)
{
    bool is;

    pthread_mutex_lock(&lock);
    is = stopping;
    pthread_mutex_unlock(&lock);
    return is;
}

static void accept_run(void *arg)
{
    struct pollfd p[LISTENERS];
    int i;

    (void)arg;
    while (!is_stopping()) {
        for (i = 0; i < LISTENERS; i++)
            p[i] = (struct pollfd){ .fd = listener[i].fd, .events = POLLIN };
        if (gwthread_poll(p, LISTENERS, -1.0) <= 0)
            continue;
        for (i = 0; i < LISTENERS; i++) {
            if (p[i].revents != 0)
                accept_box(&listener[i]);
        }
    }
}

static void listeners_close(void)
{
    int i;

    for (i = 0; i < LISTENERS; i++) {
        if (listener[i].fd >= 0)
            close(listener[i].fd);
        listener[i].fd = -1;
    }
    octstr_destroy(allow_ip);
    octstr_destroy(deny_ip);
    allow_ip = deny_ip = NULL;
}

static int listen_on(struct listener *l, uint16_t port)
{
    const char *interface = conf->smsbox_interface;

    if (port == 0)
        return 0;
    l->fd = make_server_socket(port, interface[0] != '\0' ? interface : NULL);
    if (l->fd < 0) {
        error(0, "Cannot listen for boxes on <%s:%u>.", interface,
              (unsigned)port);
        return -1;
    }
    /* accept() must not wait for a peer that went away meanwhile */
    socket_set_blocking(l->fd, 0);
    info(0, "Waiting for boxes on <%s:%u>%s.", interface, (unsigned)port,
         l->tls ? " with TLS" : "");
    return 0;
}

static void tls_start(void)
{
    Octstr *cert = octstr_create(conf->tls_cert);
    Octstr *key = octstr_create(conf->tls_key);

    conn_use_global_server_certkey_file(cert, key);
    octstr_destroy(cert);
    octstr_destroy(key);
}

int box_server_start(const struct box_conf *c)
{
    conf = c;
    stopping = false;
    /* gwlib writes with write(): a box that hangs up must not end us. */
    signal(SIGPIPE, SIG_IGN);
    if (!layout_fits()) {
        error(0, "This gwlib packs messages in another way than Kannel "
                 "1.4.5.");
        return -1;
    }
    box_route_init(c->max_pending);
    allow_ip = c->allow_ip[0] != '\0' ? octstr_create(c->allow_ip) : NULL;
    deny_ip = c->deny_ip[0] != '\0' ? octstr_create(c->deny_ip) : NULL;
    if (c->smsbox_port_tls != 0)
        tls_start();
    if (listen_on(&listener[0], c->smsbox_port) != 0 ||
        listen_on(&listener[1], c->smsbox_port_tls) != 0 ||
        (acceptor = gwthread_create(accept_run, NULL)) == -1) {
        listeners_close();
        return -1;
    }
    return 0;
}

void box_server_stop(void)
{
    if (acceptor == -1)
        return;
    /* Under the lock the thread is still there: see dlv_stop(). */
    pthread_mutex_lock(&lock);
    stopping = true;
    gwthread_wakeup(acceptor);
    pthread_mutex_unlock(&lock);
    gwthread_join(acceptor);
    acceptor = -1;
    listeners_close();
    box_route_each(box_conn_kill);
    box_conn_join();
}

unsigned box_server_count(void)
{
    return box_route_ready_count();
}
