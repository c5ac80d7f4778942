/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * hlr_snap_test.c - the table in a file: the same again, or refused
 */

#include "check.h"
#include "hlr/hlr_snap.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

static char dir[] = "/tmp/hlr_snap.XXXXXX";
static char file[64], why[300];
static const char routes[2][32] = { "shop", "bank" };
static const char turned[3][32] = { "bank", "other", "shop" };
static const struct corr_keys two_keys = {
    .n = 2, .key = { { { 1, 2, 3 } }, { { 9, 8, 7 } } }
};
static const atomic_bool go = false;
static struct hlr_entry e;

static const struct hlr_conf conf = {
    .networks = 2,
    .network_id = { "home", "away" },
    .mccmnc = { "23415", "26201" },
    .routes = 2,
    .route_id = routes,
};

static void put(struct hlr_table *t, const char *first, const char *last,
                uint16_t route, uint8_t network)
{
    struct hlr_row r = { .status = HLR_ACTIVE, .owner = 5, .rate = 60 };
    const char *no = "";

    strcpy(r.first, first);
    strcpy(r.last, last);
    r.route = route;
    r.network = network;
    r.from_s = 1700000000;
    CHECK(hlr_table_put(t, &r, &no) == 0);
}

static struct hlr_table *some_table(void)
{
    struct hlr_table *t = hlr_table_new(conf.mccmnc, conf.networks, 0);

    put(t, "447700900001", "447700900001", 0, 0);
    put(t, "447700900002", "447700900002", 1, 1);
    put(t, "447700900003", "447700900003", HLR_ROUTE_NONE, 0);
    put(t, "447700900004", "447700900004", 7, 0);
    CHECK(hlr_table_del(t, "447700900004", "447700900004"));
    put(t, "447700901000", "447700901999", 1, 0);
    put(t, "447700902000", "447700902999", 0, 1);
    hlr_table_set_complete(t, true);
    return t;
}

static bool write_file(const struct hlr_conf *c)
{
    struct hlr_table *t = some_table();
    struct hlr_image *i = hlr_image_new(c, t, &two_keys);
    bool written = hlr_image_write(i, file, &go, why, sizeof(why)) == 0;

    hlr_image_free(i);
    hlr_table_free(t);
    return written;
}

static struct hlr_table *read_file(const struct hlr_conf *c)
{
    struct corr_keys keys;

    why[0] = '\0';
    return hlr_snap_read(file, c, &keys, why, sizeof(why));
}

static bool refuses(const struct hlr_conf *c, const char *because)
{
    struct hlr_table *t = read_file(c);

    hlr_table_free(t);
    if (t == NULL && strstr(why, because) == NULL)
        printf("<%s>\n", why);
    return t == NULL && strstr(why, because) != NULL;
}

static bool found(const struct hlr_table *t, const char *number,
                  const char *imsi, uint16_t route, uint8_t network)
{
    struct hlr_entry f;

    return hlr_find_msisdn(t, number, &e) && strcmp(e.imsi, imsi) == 0 &&
           e.route == route && e.network == network && e.status == HLR_ACTIVE &&
           e.owner == 5 && e.rate == 60 && e.from_s == 1700000000 &&
           hlr_find_imsi(t, imsi, &f) && strcmp(f.msisdn, number) == 0;
}

static void gives_back_what_it_got(void)
{
    struct corr_keys keys;
    struct hlr_table *t;
    struct stat st;

    CHECK(write_file(&conf));
    CHECK(stat(file, &st) == 0 && (st.st_mode & 0777) == 0600);
    t = hlr_snap_read(file, &conf, &keys, why, sizeof(why));
    CHECK(t != NULL && hlr_table_rows(t) == 5 && hlr_table_room(t) > 1000);
    CHECK(!hlr_table_complete(t)); /* who knows what was added since */
    CHECK(found(t, "447700900001", "234157700900001", 0, 0));
    CHECK(found(t, "447700900002", "262017700900002", 1, 1));
    CHECK(found(t, "447700900003", "234157700900003", HLR_ROUTE_NONE, 0));
    CHECK(!hlr_find_msisdn(t, "447700900004", &e));
    CHECK(found(t, "447700901500", "234157700901500", 1, 0));
    CHECK(found(t, "447700902500", "262017700902500", 0, 1));
    CHECK(keys.n == 2 && memcmp(&keys, &two_keys, sizeof(keys)) == 0);
    put(t, "447700900004", "447700900004", 1, 0);
    CHECK(hlr_table_del(t, "447700900001", "447700900001"));
    CHECK(found(t, "447700900004", "234157700900004", 1, 0));
    hlr_table_free(t);
}

static void refuses_a_torn_file(void)
{
    struct stat st;
    char *p;
    int fd;

    CHECK(write_file(&conf) && stat(file, &st) == 0);
    p = malloc((size_t)st.st_size);
    fd = open(file, O_RDONLY);
    CHECK(read(fd, p, (size_t)st.st_size) == st.st_size);
    close(fd);
    for (off_t n = 0; n < st.st_size; n++) {
        fd = open(file, O_WRONLY | O_TRUNC);
        CHECK(write(fd, p, (size_t)n) == n);
        close(fd);
        CHECK(refuses(&conf, "torn"));
    }
    fd = open(file, O_WRONLY | O_TRUNC);
    CHECK(write(fd, p, (size_t)st.st_size) == st.st_size);
    CHECK(write(fd, p, 1) == 1);
    close(fd);
    CHECK(refuses(&conf, "torn"));
    free(p);
}

static void refuses_a_file_with_one_bit_changed(void)
{
    struct hlr_table *t;
    struct stat st;
    int fd;

    CHECK(write_file(&conf) && stat(file, &st) == 0);
    fd = open(file, O_RDWR);
    for (off_t at = 0; at < st.st_size; at++) {
        char was, is;

        CHECK(pread(fd, &was, 1, at) == 1);
        is = (char)(was ^ 1 << at % 8);
        CHECK(pwrite(fd, &is, 1, at) == 1 && refuses(&conf, ""));
        CHECK(pwrite(fd, &was, 1, at) == 1);
    }
    close(fd);
    t = read_file(&conf);
    CHECK(t != NULL);
    hlr_table_free(t);
}

static void finds_networks_and_routes_by_their_names(void)
{
    struct hlr_conf c = conf;
    struct hlr_table *t;

    CHECK(write_file(&conf));
    c.networks = 3;
    strcpy(c.network_id[0], "away");
    strcpy(c.mccmnc[0], "26201");
    strcpy(c.network_id[1], "third");
    strcpy(c.mccmnc[1], "");
    strcpy(c.network_id[2], "home");
    strcpy(c.mccmnc[2], "23415");
    c.routes = 3;
    c.route_id = turned;
    t = read_file(&c);
    CHECK(t != NULL && found(t, "447700900001", "234157700900001", 2, 2));
    CHECK(found(t, "447700900002", "262017700900002", 0, 0));
    CHECK(found(t, "447700902500", "262017700902500", 2, 0));
    hlr_table_free(t);
}

static void a_route_that_is_gone_makes_its_rows_unusable(void)
{
    struct hlr_conf c = conf;
    struct hlr_table *t;

    CHECK(write_file(&conf));
    c.routes = 1;
    t = read_file(&c);
    CHECK(t != NULL && found(t, "447700900001", "234157700900001", 0, 0));
    CHECK(found(t, "447700900003", "234157700900003", HLR_ROUTE_NONE, 0));
    CHECK(hlr_find_msisdn(t, "447700900002", &e) && e.status == HLR_UNUSABLE);
    CHECK(hlr_find_msisdn(t, "447700901500", &e) && e.status == HLR_UNUSABLE);
    CHECK(hlr_table_unusable(t) == 2);
    hlr_table_free(t);
    c.routes = 0; /* of no interest */
    t = read_file(&c);
    CHECK(t != NULL && hlr_table_unusable(t) == 0);
    CHECK(found(t, "447700900002", "262017700900002", HLR_ROUTE_NONE, 1));
    hlr_table_free(t);
}

static void refuses_what_another_configuration_made(void)
{
    struct hlr_conf c = conf;

    CHECK(write_file(&conf));
    strcpy(c.network_id[1], "another");
    CHECK(refuses(&c, "network"));
    c = conf;
    strcpy(c.mccmnc[1], "26202");
    CHECK(refuses(&c, "mcc-mnc"));
    c = conf;
    c.routes = 0;
    CHECK(write_file(&c) && refuses(&conf, "routes"));
}

static void a_file_that_is_not_there_is_named(void)
{
    unlink(file);
    CHECK(refuses(&conf, file) && strstr(why, "No such file"));
}

static void a_failed_write_leaves_the_old_file(void)
{
    static const atomic_bool stop = true;
    struct hlr_table *t = some_table(), *again;
    struct hlr_image *i = hlr_image_new(&conf, t, &two_keys);
    char part[80];

    CHECK(write_file(&conf));
    CHECK(hlr_image_write(i, file, &stop, why, sizeof(why)) == -1);
    again = read_file(&conf);
    CHECK(again != NULL);
    snprintf(part, sizeof(part), "%s.new", file);
    CHECK(access(part, F_OK) == -1);
    CHECK(hlr_image_write(i, "/no/such/folder/x", &go, why, sizeof(why)) == -1);
    CHECK(strstr(why, "/no/such/folder/x") != NULL);
    hlr_image_free(i);
    hlr_table_free(t);
    hlr_table_free(again);
}

int main(void)
{
    char cmd[64];

    if (mkdtemp(dir) == NULL)
        return 1;
    snprintf(file, sizeof(file), "%s/register.snap", dir);
    gives_back_what_it_got();
    refuses_a_torn_file();
    refuses_a_file_with_one_bit_changed();
    finds_networks_and_routes_by_their_names();
    a_route_that_is_gone_makes_its_rows_unusable();
    refuses_what_another_configuration_made();
    a_file_that_is_not_there_is_named();
    a_failed_write_leaves_the_old_file();
    snprintf(cmd, sizeof(cmd), "rm -r %s", dir);
    CHECK(system(cmd) == 0);
    return CHECK_DONE();
}
