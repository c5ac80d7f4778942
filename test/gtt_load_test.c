/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * gtt_load_test.c - gtt-files read again, and every table freed once
 *
 * The SS7 thread is the real one, without links; what it has let go of is
 * looked at as it comes back: rules, in the order of the tables before.
 */

#include "check.h"
#include "gw/gtt_load.h"

#include <gwlib/gwlib.h>
#include <unistd.h>

enum { SOON_MS = 5000, NOT_MS = 200 };

static struct conf conf;
static long thread;

static void run(void *arg)
{
    (void)arg;
    ss7_run();
}

static void write_file(unsigned no, const char *text)
{
    FILE *f = fopen(conf.ss7.network[no].gtt_file, "w");

    CHECK(f != NULL && fputs(text, f) >= 0 && fclose(f) == 0);
}

/* Two networks with a file each, and one without. */
static void begin(const char *text)
{
    conf = (struct conf){
        .ss7 = {
            .n_networks = 3,
            .map = { .max_dialogues = 8, .max_held = 8, .hold_ms = 1000 },
        },
    };
    for (unsigned i = 0; i < 3; i++) {
        struct ss7_network *n = &conf.ss7.network[i];

        snprintf(n->id, sizeof(n->id), "n%u", i);
        n->pc[n->n_pc++] = i + 1;
        if (i == 2)
            continue;
        snprintf(n->gtt_file, sizeof(n->gtt_file), "/tmp/gtt_load_test.%u.%d",
                 i, (int)getpid());
        write_file(i, text);
        conf.gtt[i] = conf_gtt_read(n);
        CHECK(conf.gtt[i] != NULL);
    }
    CHECK(ss7_init(&conf.ss7) == 0);
    CHECK(gtt_load_start(&conf) == 0);
    CHECK(conf.gtt[0] == NULL && conf.gtt[1] == NULL);
    thread = gwthread_create(run, NULL);
}

static void end(void)
{
    ss7_stop();
    gwthread_join(thread);
    gtt_load_stop();
    ss7_fini();
    for (unsigned i = 0; i < 2; i++)
        unlink(conf.ss7.network[i].gtt_file);
}

/* The number of rules of the next table that comes back; -1: none does. */
static int came_back(int timeout_ms)
{
    struct ss7_event ev;

    while (ss7_take(&ev, 1, timeout_ms) == 1)
        if (ev.what == SS7_GTT_RETIRED) {
            int n = (int)gtt_count(ev.gtt);

            gtt_load_retired(ev.gtt);
            return n;
        }
    return -1;
}

#define HEADING "prefix,to-point-code\n"
#define ONE     HEADING "44,7\n"
#define TWO     HEADING "44,7\n49,7\n"
#define THREE   HEADING "44,7\n49,7\n33,7\n"

static void files_are_read_again_on_demand(void)
{
    begin(ONE);
    CHECK(came_back(SOON_MS) == 0 && came_back(SOON_MS) == 0);
    CHECK(came_back(NOT_MS) == -1);
    write_file(0, TWO);
    gtt_load_again();
    CHECK(came_back(SOON_MS) == 1 && came_back(SOON_MS) == 1);
    write_file(0, THREE);
    gtt_load_again();
    CHECK(came_back(SOON_MS) + came_back(SOON_MS) == 2 + 1);
    CHECK(came_back(NOT_MS) == -1);
    end();
}

static void a_file_with_an_error_changes_nothing(void)
{
    begin(TWO);
    CHECK(came_back(SOON_MS) == 0 && came_back(SOON_MS) == 0);
    write_file(0, HEADING "44,7\n49,x\n");
    unlink(conf.ss7.network[1].gtt_file);
    gtt_load_again();
    CHECK(came_back(NOT_MS) == -1);
    write_file(1, ONE); /* that of one network is no matter of the other */
    gtt_load_again();
    CHECK(came_back(SOON_MS) == 2 && came_back(NOT_MS) == -1);
    write_file(0, THREE);
    gtt_load_again();
    CHECK(came_back(SOON_MS) + came_back(SOON_MS) == 2 + 1);
    end();
}

/* A crash may leave zeroes where lines should be. */
static void a_file_with_zeroes_is_no_table(void)
{
    static const char *const end[] = { "49,7\n", "", "\0\0\0", "49,7\0\0" };
    static const size_t octets[] = { 5, 0, 3, 6 };
    struct ss7_network n = { .id = "n" };
    struct gtt *g;
    FILE *f;

    snprintf(n.gtt_file, sizeof(n.gtt_file), "/tmp/gtt_load_test.zero.%d",
             (int)getpid());
    for (unsigned i = 0; i < 4; i++) {
        f = fopen(n.gtt_file, "w");
        CHECK(f != NULL && fputs(ONE, f) >= 0);
        CHECK(f != NULL && fwrite(end[i], 1, octets[i], f) == octets[i]);
        CHECK(f != NULL && fclose(f) == 0);
        g = conf_gtt_read(&n);
        CHECK((g != NULL) == (i < 2));
        gtt_free(g);
    }
    unlink(n.gtt_file);
}

/* Asked more often than it can: the last state of the file is what counts. */
static void many_demands_end_with_the_last_file(void)
{
    int n, last = 0;

    begin(ONE);
    CHECK(came_back(SOON_MS) == 0 && came_back(SOON_MS) == 0);
    for (int i = 0; i < 50; i++) {
        write_file(0, i % 2 == 0 ? TWO : THREE);
        gtt_load_again();
    }
    while ((n = came_back(NOT_MS)) >= 0)
        last = n;
    CHECK(last > 0);
    gtt_load_again();
    CHECK(came_back(SOON_MS) + came_back(SOON_MS) == 3 + 1);
    end();
}

/* Nobody takes the old tables, and the end comes all the same. */
static void ends_while_tables_are_away(void)
{
    begin(ONE);
    gtt_load_again();
    end();
}

static void without_files_there_is_nothing_to_do(void)
{
    conf = (struct conf){ .ss7.n_networks = 0 };
    CHECK(gtt_load_start(&conf) == 0);
    gtt_load_again();
    gtt_load_stop();
    gtt_load_stop();
}

int main(void)
{
    gwlib_init();
    log_set_output_level(GW_PANIC);
    files_are_read_again_on_demand();
    a_file_with_an_error_changes_nothing();
    a_file_with_zeroes_is_no_table();
    many_demands_end_with_the_last_file();
    ends_while_tables_are_away();
    without_files_there_is_nothing_to_do();
    gwlib_shutdown();
    return CHECK_DONE();
}
