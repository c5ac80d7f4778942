/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * hlr_bench.c - what the register costs: lookups, memory, loading, following
 *
 * usage: hlr_bench table N             lookups and octets of N numbers
 *        hlr_bench fill DB N           N numbers into an empty register
 *        hlr_bench load DB [FILE]      a start, from it or from a snapshot
 *        hlr_bench follow DB N RATE    N changes, until each is in the table
 *
 * DB is sqlite:FILE or mysql:SOCKET (database and user sigtran, password
 * secret). Prints lines as test/bench/run does; `load' and `follow' run the
 * loader of the box, and a thread that takes what it hands over as the SS7
 * thread does.
 */

#include "hlr/hlr.h"
#include "hlr/hlr_snap.h"

#include <gwlib/gwlib.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

enum {
    LOOKUPS = 4000000,
    ASKED = 1 << 20, /* numbers that are asked for, again and again */
    WRITERS = 4,
    CHANGES_MAX = 1000000,
    PATIENCE_S = 600,
    STEPS = 256,
};

static struct hlr_conf conf = {
    .backend = &hlr_db,
    .poll_ms = 200,
    .snapshot_s = 600,
    .networks = 1,
    .network_id = { "home" },
    .mccmnc = { "23415" },
};

static double now_s(void)
{
    struct timespec t;

    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static void figure(const char *name, double value, const char *unit,
                   const char *op, double target)
{
    bool met = op != NULL && (op[0] == '<' ? value <= target : value >= target);

    if (op == NULL)
        printf("bench %s %.4g %s target none\n", name, value, unit);
    else
        printf("bench %s %.10g %s target %s %.10g %s\n", name, value, unit, op,
               target, met ? "met" : "missed");
    fflush(stdout);
}

/* "hlr-load-mariadb-1M" */
static const char *name_of(const char *what, const char *of, unsigned long n)
{
    static char name[60];

    if (n > 0 && n % 1000000 == 0)
        snprintf(name, sizeof(name), "hlr-%s-%s-%luM", what, of, n / 1000000);
    else
        snprintf(name, sizeof(name), "hlr-%s-%s-%lu", what, of, n);
    return name;
}

static double resident_octets(void)
{
    FILE *f = fopen("/proc/self/statm", "r");
    long all = 0, resident = 0;

    if (f == NULL || fscanf(f, "%ld %ld", &all, &resident) != 2)
        panic(0, "no /proc/self/statm");
    fclose(f);
    return (double)resident * (double)sysconf(_SC_PAGESIZE);
}

/* Numbers are spread, as those of several ranges are. */
static void number_of(unsigned long i, char out[HLR_MSISDN_MAX + 1])
{
    snprintf(out, HLR_MSISDN_MAX + 1, "4477%08lu", i * 7 % 99999989);
}

static struct hlr_row row_of(unsigned long i)
{
    struct hlr_row r = { .status = HLR_ACTIVE, .route = HLR_ROUTE_NONE };

    number_of(i, r.first);
    memcpy(r.last, r.first, sizeof(r.last));
    r.owner = (uint32_t)(i % 1000);
    r.to_s = 2000000000;
    return r;
}

/* ---- the table ---- */

static uint64_t seed = 88172645463325252u;

static uint64_t any(void)
{
    seed ^= seed << 13;
    seed ^= seed >> 7;
    seed ^= seed << 17;
    return seed;
}

static double lookups(const struct hlr_table *t, unsigned long n)
{
    static char asked[ASKED][HLR_MSISDN_MAX + 1];
    struct hlr_entry e;
    unsigned long found = 0;
    double from;

    for (unsigned i = 0; i < ASKED; i++)
        number_of(any() % n, asked[i]);
    from = now_s();
    for (unsigned i = 0; i < LOOKUPS; i++)
        found += hlr_find_msisdn(t, asked[i % ASKED], &e);
    if (found != LOOKUPS)
        panic(0, "%lu of %d found", found, LOOKUPS);
    return LOOKUPS / (now_s() - from);
}

static void tell_table(const struct hlr_table *t, unsigned long n,
                       double octets, const char *size)
{
    char name[40];

    snprintf(name, sizeof(name), "hlr-lookups-%s", size);
    figure(name, lookups(t, n), "1/s", ">=", 2000000);
    snprintf(name, sizeof(name), "hlr-octets-%s", size);
    figure(name, octets / (double)n, "octets", "<=", 64);
}

static void tell_snapshot(struct hlr_table *t, const char *size)
{
    static const atomic_bool stop = false;
    char file[] = "/tmp/hlr_bench.XXXXXX", why[300], name[40];
    struct corr_keys keys = { .n = 0 };
    double from = now_s(), copied, written;
    struct hlr_image *i = hlr_image_new(&conf, t, &keys);
    int fd = mkstemp(file);

    copied = now_s();
    if (fd < 0 || hlr_image_write(i, file, &stop, why, sizeof(why)) < 0)
        panic(0, "%s: %s", file, why);
    close(fd);
    written = now_s();
    hlr_image_free(i);
    hlr_table_free(t);
    snprintf(name, sizeof(name), "hlr-snapshot-copy-%s", size);
    figure(name, copied - from, "s", NULL, 0);
    snprintf(name, sizeof(name), "hlr-snapshot-write-%s", size);
    figure(name, written - copied, "s", NULL, 0);
    from = now_s();
    t = hlr_snap_read(file, &conf, &keys, why, sizeof(why));
    if (t == NULL)
        panic(0, "%s", why);
    snprintf(name, sizeof(name), "hlr-snapshot-read-%s", size);
    figure(name, now_s() - from, "s", NULL, 0);
    hlr_table_free(t);
    unlink(file);
}

static int bench_table(unsigned long n, const char *size)
{
    double before = resident_octets(), from = now_s(), octets;
    struct hlr_table *t = hlr_table_new(conf.mccmnc, conf.networks, n);
    char name[40];

    for (unsigned long i = 0; i < n; i++) {
        struct hlr_row r = row_of(i);
        const char *why = "";

        if (hlr_table_put(t, &r, &why) < 0)
            panic(0, "%s: %s", r.first, why);
    }
    snprintf(name, sizeof(name), "hlr-puts-%s", size);
    figure(name, (double)n / (now_s() - from), "1/s", NULL, 0);
    octets = resident_octets() - before;
    tell_table(t, n, octets, size);
    from = now_s();
    hlr_table_free(hlr_table_clone(t, n + n / 4));
    snprintf(name, sizeof(name), "hlr-clone-%s", size);
    figure(name, now_s() - from, "s", NULL, 0);
    tell_snapshot(t, size);
    return 0;
}

/* ---- the register ---- */

static const char *kind; /* for names of figures */

static void use(const char *db)
{
    struct db_conf *c = &conf.db;

    *c = (struct db_conf){ .connect_ms = 3000, .query_ms = 600000 };
    if (strncmp(db, "sqlite:", 7) == 0) {
        kind = "sqlite";
        c->kind = DB_SQLITE;
        snprintf(c->file, sizeof(c->file), "%s", db + 7);
        return;
    }
    if (strncmp(db, "mysql:", 6) != 0)
        panic(0, "<%s> is neither sqlite:FILE nor mysql:SOCKET", db);
    kind = "mariadb";
    c->kind = DB_MYSQL;
    c->hosts = 1;
    snprintf(c->host[0].socket, sizeof(c->host[0].socket), "%s", db + 6);
    strcpy(c->user, "sigtran");
    strcpy(c->password, "secret");
    strcpy(c->database, "sigtran");
}

static struct reg *open_register(void)
{
    char why[300];
    struct db *db = db_open(&conf.db, true, why, sizeof(why));
    struct reg *r;

    if (db == NULL)
        panic(0, "%s", why);
    if (db_migrate(db, NULL, NULL) != DB_OK)
        panic(0, "%s", db_why(db));
    r = reg_new(db, why, sizeof(why));
    if (r == NULL)
        panic(0, "%s", why);
    return r;
}

static unsigned long to_fill;

static bool next_row(void *ctx, struct hlr_stored *s, unsigned *line)
{
    unsigned long *at = ctx;

    if (*at == to_fill)
        return false;
    *s = (struct hlr_stored){ .row = row_of(*at) };
    s->row.owner = 0;
    *line = (unsigned)++*at;
    return true;
}

static void tell_row(void *ctx, unsigned line, const char *why)
{
    (void)ctx;
    panic(0, "row %u: %s", line, why);
}

static int bench_fill(unsigned long n)
{
    unsigned long at = 0;
    struct reg_import in = { .next = next_row, .tell = tell_row, .ctx = &at };
    struct reg *r = open_register();
    double from = now_s();

    to_fill = n;
    if (reg_import(r, &in, "bench") != DB_OK)
        panic(0, "%s", reg_why(r));
    figure(name_of("import", kind, n), (double)n / (now_s() - from), "1/s",
           NULL, 0);
    reg_free(r);
    return 0;
}

/* ---- a box: the loader, and who takes what it hands over ---- */

static struct hlr_table *table;
static atomic_bool complete, has_table;
static List *handed; /* batches; a table is taken at once */
static long taker;
static double seen_s[CHANGES_MAX], written_s[CHANGES_MAX];
static bool follows;

static bool out_table(struct hlr_table *t)
{
    hlr_retired(table);
    table = t;
    atomic_store(&complete, hlr_table_complete(t));
    atomic_store(&has_table, true);
    return true;
}

static bool out_batch(struct hlr_batch *b)
{
    gwlist_produce(handed, b);
    return true;
}

static bool out_nodes(const struct hlr_nodes *n)
{
    (void)n;
    return true;
}

static bool out_keys(const struct corr_keys *k)
{
    (void)k;
    return true;
}

static const struct hlr_out out = {
    .table = out_table,
    .batch = out_batch,
    .nodes = out_nodes,
    .keys = out_keys,
};

/* When each change was seen; its number is in the number. */
static void note(const struct hlr_batch *b)
{
    double now = now_s();

    for (unsigned i = 0; i < b->n && follows; i++) {
        unsigned long n = strtoul(b->step[i].row.first + 4, NULL, 10);

        if (strncmp(b->step[i].row.first, "4499", 4) == 0 && n < CHANGES_MAX)
            seen_s[n] = now;
    }
}

static void take(void *arg)
{
    struct hlr_batch *b;

    (void)arg;
    while ((b = gwlist_consume(handed)) != NULL) {
        while (!hlr_batch_applied(b))
            hlr_batch_apply(b, table, STEPS);
        note(b);
        if (b->complete)
            atomic_store(&complete, true);
        hlr_batch_done(b);
    }
}

static void start_box(void)
{
    char why[300];

    handed = gwlist_create();
    gwlist_add_producer(handed);
    taker = gwthread_create(take, NULL);
    if (hlr_start(&conf, &out, why, sizeof(why)) < 0)
        panic(0, "%s", why);
}

static void stop_box(void)
{
    hlr_stop();
    gwlist_remove_producer(handed);
    gwthread_join(taker);
    hlr_table_free(table);
    table = NULL;
}

static void wait_for(atomic_bool *what)
{
    double end = now_s() + PATIENCE_S;

    while (!atomic_load(what))
        if (now_s() > end)
            panic(0, "the register was not loaded");
        else
            usleep(1000);
}

static void wait_for_file(const char *file)
{
    double end = now_s() + PATIENCE_S;

    while (access(file, R_OK) < 0 && now_s() < end)
        usleep(10000);
}

static unsigned long loaded_rows(void)
{
    struct hlr_state s;

    usleep(500000); /* it is told with the next poll */
    hlr_state(&s);
    return s.rows;
}

/* With a file: a second start, from the snapshot that the first one wrote. */
static int bench_load(const char *file)
{
    double from = now_s(), taken;
    const char *of = kind;

    if (file != NULL)
        snprintf(conf.snapshot, sizeof(conf.snapshot), "%s", file);
    start_box();
    wait_for(file != NULL && access(file, R_OK) == 0 ? &has_table : &complete);
    taken = now_s() - from;
    if (!atomic_load(&complete))
        of = "snapshot";
    wait_for(&complete);
    figure(name_of("load", of, loaded_rows()), taken, "s", NULL, 0);
    if (file != NULL)
        wait_for_file(file);
    stop_box();
    return 0;
}

/* ---- following ---- */

static unsigned long changes, changes_rate;
static atomic_ulong next_change;

static void write_changes(void *arg)
{
    struct reg *r = open_register();
    double from = *(double *)arg;
    unsigned long i;

    while ((i = atomic_fetch_add(&next_change, 1)) < changes) {
        struct hlr_stored s = { .row = { .status = HLR_ACTIVE } };
        double due = from + (double)i / (double)changes_rate;
        double now = now_s();

        if (now < due)
            usleep((unsigned)((due - now) * 1e6));
        snprintf(s.row.first, sizeof(s.row.first), "4499%08lu",
                 i % CHANGES_MAX);
        memcpy(s.row.last, s.row.first, sizeof(s.row.last));
        if (reg_put(r, &s, REG_ADD, "bench") != DB_OK)
            panic(0, "%s", reg_why(r));
        written_s[i] = now_s();
    }
    reg_free(r);
}

static int compare(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;

    return (x > y) - (x < y);
}

static void tell_changes(double from)
{
    static double ms[CHANGES_MAX];
    unsigned long missed = 0;
    double last = from;
    char name[40];

    for (unsigned long i = 0; i < changes; i++) {
        missed += seen_s[i] == 0;
        last = written_s[i] > last ? written_s[i] : last;
        ms[i] = (seen_s[i] - written_s[i]) * 1000;
    }
    qsort(ms, changes, sizeof(ms[0]), compare);
    snprintf(name, sizeof(name), "hlr-changes-%s", kind);
    figure(name, (double)changes / (last - from), "1/s",
           ">=", (double)changes_rate * 0.95);
    snprintf(name, sizeof(name), "hlr-change-p50-%s", kind);
    figure(name, ms[changes / 2], "ms", NULL, 0);
    snprintf(name, sizeof(name), "hlr-change-p99-%s", kind);
    figure(name, ms[changes * 99 / 100], "ms", "<=", 1000);
    snprintf(name, sizeof(name), "hlr-changes-missed-%s", kind);
    figure(name, (double)missed, "changes", "<=", 0);
}

static int bench_follow(unsigned long n, unsigned long rate)
{
    /* SQLite has one at a time, and lets others sleep */
    unsigned writers = conf.db.kind == DB_SQLITE ? 1 : WRITERS;
    long writer[WRITERS];
    double from;

    changes = n < CHANGES_MAX ? n : CHANGES_MAX;
    changes_rate = rate;
    follows = true;
    start_box();
    wait_for(&complete);
    from = now_s() + 0.5;
    for (unsigned i = 0; i < writers; i++)
        writer[i] = gwthread_create(write_changes, &from);
    for (unsigned i = 0; i < writers; i++)
        gwthread_join(writer[i]);
    sleep(3); /* the grace of the journal, and a poll */
    stop_box();
    tell_changes(from);
    return 0;
}

/* ---- */

static int run(int argc, char **argv)
{
    const char *what = argc > 2 ? argv[1] : "";
    const char *more = argc > 3 ? argv[3] : NULL;

    if (strcmp(what, "table") == 0)
        return bench_table(strtoul(argv[2], NULL, 10),
                           more != NULL ? more : argv[2]);
    if (strcmp(what, "load") == 0) {
        use(argv[2]);
        return bench_load(more);
    }
    if (strcmp(what, "fill") == 0 && more != NULL) {
        use(argv[2]);
        return bench_fill(strtoul(more, NULL, 10));
    }
    if (strcmp(what, "follow") == 0 && argc > 4) {
        use(argv[2]);
        return bench_follow(strtoul(more, NULL, 10),
                            strtoul(argv[4], NULL, 10));
    }
    fprintf(stderr, "usage: hlr_bench table N [NAME] | fill DB N |\n"
                    "       load DB [FILE] | follow DB N RATE\n");
    return 2;
}

int main(int argc, char **argv)
{
    int status;

    gwlib_init();
    log_set_output_level(GW_ERROR);
    status = run(argc, argv);
    gwlib_shutdown();
    return status;
}
