/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * hlr_snap.c - the table in a file, to start without the database
 *
 * In this order: a head, networks, routes, keys, profiles, ranges, rows, and
 * a checksum of all of it. Everything is of a multiple of eight octets.
 */

#include "hlr_snap.h"

#include "hlr_build.h"
#include "hlr_table_in.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { CHUNK = 1 << 20, FILE_NAME = 300 };

#define MAGIC   UINT64_C(0x53696758486c7231) /* in the order of this machine */
#define VERSION 1

struct head {
    uint64_t magic, version;
    uint64_t octets; /* of the whole file */
    uint32_t networks, routes, keys, profiles, ranges, rows;
};

struct network {
    char id[32], mccmnc[8];
};

struct hlr_image {
    size_t octets;
    char *p;
};

/* ---- checksum ---- */

/* Every step can be undone, so one word that differs is always seen. */
static uint64_t sum(uint64_t h, const void *p, size_t octets)
{
    const char *from = p;
    uint64_t word;

    for (size_t i = 0; i < octets; i += sizeof(word)) {
        memcpy(&word, from + i, sizeof(word));
        h = (h ^ word) * UINT64_C(0x9fb21c651e98df25);
        h ^= h >> 29;
    }
    return h;
}

/* ---- writing ---- */

static size_t octets_of(const struct head *h)
{
    return sizeof(*h) + h->networks * sizeof(struct network) +
           h->routes * (size_t)32 + h->keys * (size_t)32 +
           h->profiles * sizeof(struct hlr_profile) +
           h->ranges * sizeof(struct hlr_range) +
           h->rows * sizeof(struct hlr_packed) + sizeof(uint64_t);
}

static void append(struct hlr_image *i, const void *p, size_t octets)
{
    if (octets > 0)
        memcpy(i->p + i->octets, p, octets);
    i->octets += octets;
}

static void append_names(struct hlr_image *i, const struct hlr_conf *c,
                         const struct corr_keys *keys)
{
    for (unsigned n = 0; n < c->networks; n++) {
        struct network net = { .id = "" };

        snprintf(net.id, sizeof(net.id), "%s", c->network_id[n]);
        snprintf(net.mccmnc, sizeof(net.mccmnc), "%s", c->mccmnc[n]);
        append(i, &net, sizeof(net));
    }
    append(i, c->route_id, c->routes * sizeof(*c->route_id));
    for (unsigned n = 0; n < keys->n; n++)
        append(i, keys->key[n].octet, sizeof(keys->key[n].octet));
}

struct hlr_image *hlr_image_new(const struct hlr_conf *conf,
                                const struct hlr_table *t,
                                const struct corr_keys *keys)
{
    struct head h = {
        .magic = MAGIC,
        .version = VERSION,
        .networks = conf->networks,
        .routes = conf->routes,
        .keys = keys->n,
        .profiles = t->profiles,
        .ranges = t->ranges,
        .rows = t->rows,
    };
    struct hlr_image *i = calloc(1, sizeof(*i));

    h.octets = octets_of(&h);
    if (i == NULL || (i->p = malloc(h.octets)) == NULL)
        abort();
    append(i, &h, sizeof(h));
    append_names(i, conf, keys);
    append(i, t->profile, t->profiles * sizeof(*t->profile));
    append(i, t->range, t->ranges * sizeof(*t->range));
    append(i, t->row, t->rows * sizeof(*t->row));
    return i;
}

void hlr_image_free(struct hlr_image *i)
{
    if (i == NULL)
        return;
    free(i->p);
    free(i);
}

static int write_all(int fd, const char *p, size_t octets)
{
    while (octets > 0) {
        ssize_t n = write(fd, p, octets);

        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return -1;
        p += n;
        octets -= (size_t)n;
    }
    return 0;
}

static int write_image(const struct hlr_image *i, int fd,
                       const atomic_bool *stop)
{
    uint64_t check = 0;

    for (size_t at = 0; at < i->octets; at += CHUNK) {
        size_t n = i->octets - at < CHUNK ? i->octets - at : CHUNK;

        if (atomic_load(stop)) {
            errno = EINTR;
            return -1;
        }
        check = sum(check, i->p + at, n);
        if (write_all(fd, i->p + at, n) < 0)
            return -1;
    }
    if (write_all(fd, (const char *)&check, sizeof(check)) < 0)
        return -1;
    return fsync(fd);
}

/* So that the new name outlives a power cut. */
static void sync_folder(const char *file)
{
    char folder[FILE_NAME];
    char *slash;
    int fd;

    snprintf(folder, sizeof(folder), "%s", file);
    slash = strrchr(folder, '/');
    if (slash == NULL)
        strcpy(folder, ".");
    else
        slash[slash == folder] = '\0';
    fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0)
        return;
    fsync(fd);
    close(fd);
}

int hlr_image_write(const struct hlr_image *i, const char *file,
                    const atomic_bool *stop, char *why, size_t size)
{
    char part[FILE_NAME];
    int fd, rc, saved;

    snprintf(part, sizeof(part), "%s.new", file);
    fd = open(part, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    rc = fd < 0 ? -1 : write_image(i, fd, stop);
    saved = errno;
    if (fd >= 0)
        close(fd);
    if (rc == 0 && rename(part, file) == 0) {
        sync_folder(file);
        return 0;
    }
    snprintf(why, size, "snapshot <%s>: it cannot be written: %s", file,
             strerror(rc == 0 ? errno : saved));
    if (fd >= 0)
        unlink(part);
    return -1;
}

/* ---- reading ---- */

struct reader {
    int fd;
    uint64_t check;
    const char *bad; /* first failure */
};

static void read_all(struct reader *r, void *p, size_t octets)
{
    char *to = p;
    size_t got = 0;

    while (r->bad == NULL && got < octets) {
        ssize_t n = read(r->fd, to + got, octets - got);

        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0)
            r->bad = n == 0 ? "it is torn" : strerror(errno);
        else
            got += (size_t)n;
    }
    if (r->bad == NULL)
        r->check = sum(r->check, p, octets);
}

/* `n' of `size' octets, zeros if it fails; the caller frees. */
static void *read_array(struct reader *r, size_t n, size_t size)
{
    void *p = calloc(n + 1, size);

    if (p == NULL)
        abort();
    read_all(r, p, n * size);
    return p;
}

static void read_head(struct reader *r, struct head *h)
{
    struct stat st = { .st_size = 0 };

    *h = (struct head){ .magic = 0 };
    read_all(r, h, sizeof(*h));
    if (r->bad != NULL)
        return;
    if (h->magic != MAGIC)
        r->bad = "it is no snapshot of this program on this kind of machine";
    else if (h->version != VERSION)
        r->bad = "it is of another version of this program";
    else if (fstat(r->fd, &st) < 0 || h->octets != (uint64_t)st.st_size ||
             octets_of(h) != h->octets)
        r->bad = "it is torn";
}

/* From the indexes of the file to those of the configuration. */
struct names {
    uint8_t network[256];
    uint16_t *route;
};

static void read_networks(struct reader *r, const struct head *h,
                          const struct hlr_conf *c, struct names *out)
{
    struct network *net = read_array(r, h->networks, sizeof(*net));

    memset(out->network, HLR_NETWORK_NONE, sizeof(out->network));
    for (unsigned i = 0; i < h->networks && r->bad == NULL; i++) {
        unsigned n = 0;

        net[i].id[sizeof(net[i].id) - 1] = '\0';
        net[i].mccmnc[sizeof(net[i].mccmnc) - 1] = '\0';
        while (n < c->networks && strcmp(c->network_id[n], net[i].id) != 0)
            n++;
        if (n == c->networks || strcmp(c->mccmnc[n], net[i].mccmnc) != 0)
            r->bad = "a network of it is not in the configuration, or has "
                     "another mcc-mnc there";
        else if (i < HLR_NETWORK_NONE)
            out->network[i] = (uint8_t)n;
    }
    free(net);
}

static void read_routes(struct reader *r, const struct head *h,
                        const struct hlr_conf *c, struct names *out)
{
    char(*id)[32] = read_array(r, h->routes, sizeof(*id));
    struct hlr_build *b = hlr_build_new(c);

    out->route = calloc(h->routes + 1, sizeof(*out->route));
    if (out->route == NULL)
        abort();
    if (h->routes == 0 && c->routes > 0)
        r->bad = "it is of a configuration without routes";
    for (unsigned i = 0; i < h->routes; i++) {
        id[i][sizeof(id[i]) - 1] = '\0';
        out->route[i] = hlr_build_route(b, id[i]);
    }
    hlr_build_free(b);
    free(id);
}

static void read_keys(struct reader *r, const struct head *h,
                      struct corr_keys *keys)
{
    char(*key)[32] = read_array(r, h->keys, sizeof(*key));

    *keys = (struct corr_keys){ .n = 0 };
    for (; keys->n < h->keys && keys->n < CORR_KEYS; keys->n++)
        memcpy(keys->key[keys->n].octet, key[keys->n], sizeof(*key));
    free(key);
}

static void rename_profile(struct hlr_profile *p, const struct head *h,
                           const struct hlr_conf *c, const struct names *names)
{
    p->network = names->network[p->network];
    if (p->network == HLR_NETWORK_NONE)
        p->status = HLR_UNUSABLE;
    if (p->route == HLR_ROUTE_NONE || c->routes == 0)
        p->route = HLR_ROUTE_NONE;
    else if (p->route < h->routes && names->route[p->route] != HLR_ROUTE_NONE)
        p->route = names->route[p->route];
    else
        *p = (struct hlr_profile){ .owner = p->owner,
                                   .route = HLR_ROUTE_NONE,
                                   .network = p->network,
                                   .status = HLR_UNUSABLE };
}

/* What the rest of the program relies on, whoever wrote the file. */
static bool sound(const struct hlr_table *t, const struct hlr_range *range,
                  uint32_t ranges)
{
    for (uint32_t i = 0; i < t->rows; i++)
        if (hlr_profile_of(&t->row[i]) >= t->profiles)
            return false;
    for (uint32_t i = 0; i < ranges; i++)
        if (range[i].profile >= t->profiles || range[i].first > range[i].last)
            return false;
    return true;
}

static struct hlr_table *read_table(struct reader *r, const struct head *h,
                                    const struct hlr_conf *c,
                                    const struct names *names)
{
    struct hlr_table *t =
        hlr_table_with_room(h->rows + h->rows / 8 + (size_t)65536,
                            2 * (size_t)h->profiles, 2 * (size_t)h->ranges);
    struct hlr_range *range;
    uint64_t check, told;

    t->networks = c->networks;
    for (unsigned i = 0; i < c->networks; i++)
        memcpy(t->mccmnc[i], c->mccmnc[i], sizeof(t->mccmnc[i]));
    read_all(r, t->profile, h->profiles * sizeof(*t->profile));
    range = read_array(r, h->ranges, sizeof(*range));
    read_all(r, t->row, h->rows * sizeof(*t->row));
    check = r->check;
    read_all(r, &told, sizeof(told));
    t->profiles = h->profiles;
    t->rows = h->rows;
    if (r->bad == NULL && (check != told || !sound(t, range, h->ranges)))
        r->bad = "its checksum is wrong";
    if (r->bad == NULL) {
        for (uint32_t i = 0; i < t->profiles; i++)
            rename_profile(&t->profile[i], h, c, names);
        hlr_table_index(t, range, h->ranges);
    }
    free(range);
    return t;
}

static struct hlr_table *read_file(struct reader *r, const struct hlr_conf *c,
                                   struct corr_keys *keys)
{
    struct hlr_table *t = NULL;
    struct names names;
    struct head h;

    read_head(r, &h);
    if (r->bad != NULL)
        return NULL;
    read_networks(r, &h, c, &names);
    read_routes(r, &h, c, &names);
    read_keys(r, &h, keys);
    if (r->bad == NULL)
        t = read_table(r, &h, c, &names);
    free(names.route);
    if (r->bad == NULL)
        return t;
    hlr_table_free(t);
    return NULL;
}

struct hlr_table *hlr_snap_read(const char *file, const struct hlr_conf *conf,
                                struct corr_keys *keys, char *why, size_t size)
{
    struct reader r = { .fd = -1 };
    struct hlr_table *t = NULL;

    r.fd = open(file, O_RDONLY | O_CLOEXEC);
    if (r.fd < 0)
        r.bad = strerror(errno);
    else
        t = read_file(&r, conf, keys);
    if (r.fd >= 0)
        close(r.fd);
    if (t == NULL)
        snprintf(why, size, "snapshot <%s>: %s", file, r.bad);
    return t;
}
