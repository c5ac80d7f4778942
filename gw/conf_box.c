/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * conf_box.c - group = sigtran-box
 */

#include "conf_part.h"
#include "config.h"

#include <arpa/inet.h>
#include <ctype.h>
#include <pwd.h>
#include <string.h>
#include <unistd.h>

enum { ROLE_HLR = 1, ROLE_MSC = 2 };
enum { HOLD_MAX_S = 59 /* below the peers' TCAP idle timer, 60 s */ };
enum { MILLION = 1000000 };

static const struct conf_word role_words[] = {
    { "hlr", ROLE_HLR },
    { "msc", ROLE_MSC },
    { NULL, 0 },
};

static const struct conf_word guard_words[] = {
    { "monitor", MAP_GUARD_MONITOR },
    { "off", MAP_GUARD_OFF },
    { "deny", MAP_GUARD_DENY },
    { NULL, 0 },
};

/* "first-last", both not 0; the digits may be hexadecimal with 0x. */
static void read_tid_range(struct conf_group *g, struct map_srv_conf *map)
{
    unsigned long first, last;
    char text[40], *end;

    if (!conf_get_text(g, "tid-range", text, sizeof(text)))
        return;
    first = strtoul(text, &end, 0);
    if (isdigit((unsigned char)text[0]) && end[0] == '-' &&
        isdigit((unsigned char)end[1])) {
        last = strtoul(end + 1, &end, 0);
        if (*end == '\0' && first > 0 && first < last && last <= UINT32_MAX) {
            map->tid_first = (uint32_t)first;
            map->tid_last = (uint32_t)last;
            if (last - first >= 2ul * map->max_dialogues)
                return;
            conf_bad(g, "tid-range",
                     "must hold at least twice max-dialogues = %u ids",
                     map->max_dialogues);
            return;
        }
    }
    conf_bad(g, "tid-range",
             "must be FIRST-LAST, from 1 to 4294967295 or 0x1 to 0xffffffff");
}

/* By itself a service centre leaves a quarter to the others. */
static void read_held(struct conf_group *g, struct map_srv_conf *map)
{
    struct map_err overload = { .code = MAP_ERR_SYSTEM_FAILURE, .cause = -1 };

    conf_get_uint(g, "max-held", &map->max_held, 1, MILLION);
    map->max_held_per_sc = map->max_held - map->max_held / 4;
    conf_get_uint(g, "max-held-per-sc", &map->max_held_per_sc, 0, MILLION);
    conf_get_overload(g, &overload);
    map->overload = overload.code;
}

static void read_ss7(struct conf_group *g, struct ss7_conf *s)
{
    struct map_srv_conf *map = &s->map;
    int roles = ROLE_HLR | ROLE_MSC, guard = MAP_GUARD_MONITOR;

    *map = (struct map_srv_conf){
        .max_dialogues = 50000,
        .max_held = 20000,
        .hold_ms = 25000,
        .more_ms = 10000,
    };
    s->reasm_ms = 15000;
    conf_get_flags(g, "roles", role_words, &roles);
    map->hlr = (roles & ROLE_HLR) != 0;
    map->msc = (roles & ROLE_MSC) != 0;
    conf_get_seconds(g, "hold-deadline", &map->hold_ms, 1, HOLD_MAX_S);
    conf_get_seconds(g, "more-messages-timeout", &map->more_ms, 1, HOLD_MAX_S);
    conf_get_seconds(g, "reassembly-timeout", &s->reasm_ms, 1, HOLD_MAX_S);
    conf_get_uint(g, "max-dialogues", &map->max_dialogues, 1, MILLION);
    read_held(g, map);
    read_tid_range(g, map);
    conf_get_word(g, "dialogue-guard", guard_words, &guard);
    map->guard = (enum map_guard)guard;
    if (conf_get_text(g, "mtpd-path", s->mtpd_path, sizeof(s->mtpd_path)) &&
        access(s->mtpd_path, X_OK) == -1)
        conf_bad(g, "mtpd-path", "is not a program that can be run");
    if (conf_get_name(g, "mtpd-user", s->mtpd_user, sizeof(s->mtpd_user)) &&
        getpwnam(s->mtpd_user) == NULL)
        conf_bad(g, "mtpd-user", "there is no such user");
}

static void read_dlv(struct conf_group *g, struct conf *c)
{
    struct dlv_conf *d = &c->dlv;

    *d = (struct dlv_conf){ .max_deliveries = 2 * c->ss7.map.max_held };
    conf_get_uint(g, "max-deliveries", &d->max_deliveries, 1, 2 * MILLION);
    conf_read_store(g, d);
    if (d->max_deliveries < c->ss7.map.max_held)
        conf_bad(g, "max-deliveries",
                 "must not be less than max-held = %u: a delivery may outlive "
                 "its dialogue",
                 c->ss7.map.max_held);
}

/* Four numbers, or "*" for the rest of one. */
static bool is_ip_pattern(const char *text, size_t n)
{
    char ip[INET_ADDRSTRLEN] = "";
    struct in_addr in;

    if (n >= sizeof(ip))
        return false;
    memcpy(ip, text, n);
    for (size_t i = 0; i < n; i++) {
        if (ip[i] != '*')
            continue;
        if (ip[i + 1] != '.' && ip[i + 1] != '\0')
            return false;
        ip[i] = '0';
    }
    return inet_pton(AF_INET, ip, &in) == 1;
}

/* gwlib compares the octets between ";" with the address, blanks and all: a
 * list that it would read otherwise than people do must not get there. */
void conf_ip_list(struct conf_group *g, const char *key, char *out, size_t size)
{
    char text[256], list[256] = "";
    size_t len = 0;

    if (!conf_get_text(g, key, text, sizeof(text)))
        return;
    for (const char *p = text; *(p += strspn(p, "; ")) != '\0';) {
        size_t n = strcspn(p, "; ");

        if (!is_ip_pattern(p, n)) {
            conf_bad(g, key,
                     "must be IPv4 addresses, \"*\" for any number, \";\" "
                     "between");
            return;
        }
        len += (size_t)snprintf(list + len, sizeof(list) - len, "%s%.*s",
                                len > 0 ? ";" : "", (int)n, p);
        p += n;
    }
    snprintf(out, size, "%s", list);
}

/*
 * smsbox-port-ssl: as in Kannel a bool, "yes" makes smsbox-port a TLS port;
 * or a number, a second port beside the plain one.
 */
static void read_tls_port(struct conf_group *g, struct box_conf *b)
{
    const char *key = "smsbox-port-ssl";
    char text[16];
    bool tls = false;

    if (!conf_has(g, key))
        return;
    if (conf_get_text(g, key, text, sizeof(text)) &&
        isdigit((unsigned char)text[0]) && text[1] != '\0') {
        if (conf_get_port(g, key, &b->smsbox_port_tls) &&
            b->smsbox_port_tls == b->smsbox_port)
            conf_bad(g, key, "must be another port than smsbox-port, or yes");
        return;
    }
    if (conf_get_bool(g, key, &tls) && tls) {
        b->smsbox_port_tls = b->smsbox_port;
        b->smsbox_port = 0;
    }
}

static void read_tls_files(struct conf_group *g, struct box_conf *b)
{
    conf_get_tls(g, b->tls_cert, b->tls_key);
    if (b->smsbox_port_tls == 0)
        return;
    conf_need_tls(g, "the port for boxes with TLS (smsbox-port-ssl) needs it");
    conf_check_tls(g, b->tls_cert, b->tls_key);
}

static void read_interface(struct conf_group *g, struct box_conf *b)
{
    char host[1][46];
    uint8_t n;

    conf_copy(b->smsbox_interface, sizeof(b->smsbox_interface), "127.0.0.1");
    if (!conf_get_hosts(g, "smsbox-interface", host, &n, 1))
        return;
    if (strchr(host[0], ':') != NULL)
        conf_bad(g, "smsbox-interface", "must be an IPv4 address");
    else
        conf_copy(b->smsbox_interface, sizeof(b->smsbox_interface), host[0]);
}

static void read_boxes(struct conf_group *g, struct box_conf *b)
{
    b->smsbox_port = 13011;
    b->max_pending = 100;
    b->bearerbox_port = 13001;
    read_interface(g, b);
    if (conf_get_port(g, "smsbox-port", &b->smsbox_port) && b->smsbox_port == 0)
        conf_bad(g, "smsbox-port", "must be a number from 1 to 65535");
    read_tls_port(g, b);
    read_tls_files(g, b);
    conf_get_uint(g, "smsbox-max-pending", &b->max_pending, 1, MILLION);
    conf_ip_list(g, "box-allow-ip", b->allow_ip, sizeof(b->allow_ip));
    conf_ip_list(g, "box-deny-ip", b->deny_ip, sizeof(b->deny_ip));
    /* In gwlib a list of those allowed means nothing while nobody is denied;
     * who writes one means that the others are. */
    if (b->allow_ip[0] != '\0' && b->deny_ip[0] == '\0')
        conf_copy(b->deny_ip, sizeof(b->deny_ip), "*.*.*.*");
    conf_get_name(g, "bearerbox-host", b->bearerbox_host,
                  sizeof(b->bearerbox_host));
    if (conf_get_port(g, "bearerbox-port", &b->bearerbox_port) &&
        b->bearerbox_port == 0)
        conf_bad(g, "bearerbox-port", "must be a number from 1 to 65535");
    conf_get_bool(g, "bearerbox-port-ssl", &b->bearerbox_tls);
}

void conf_read_box(struct conf_in *in, struct conf *c)
{
    struct conf_group g = conf_single(in, "sigtran-box");
    uint32_t level = 1;

    conf_get_text(&g, "log-file", c->log_file, sizeof(c->log_file));
    conf_get_uint(&g, "log-level", &level, 0, 5);
    c->log_level = (long)level;
    c->drain_ms = 30000;
    conf_get_seconds(&g, "drain-timeout", &c->drain_ms, 0, 600);
    read_ss7(&g, &c->ss7);
    read_dlv(&g, c);
    read_boxes(&g, &c->box);
    conf_read_register(&g, &c->hlr);
    conf_read_node(&g, c);
    conf_find_store(&g, c);
}
