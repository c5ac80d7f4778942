/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * reg_cases.c - what a register must do in every database: rows, owners, nodes,
 * keys, changes
 */

#include "reg_cases.h"

#include "check.h"
#include "hlr/row.h"

#include <pthread.h>

static struct db *(*open_db)(void);
static struct reg *reg;

struct reg *reg_case_open(struct db *(*open_one)(void))
{
    struct db *db = open_one();
    char why[400] = "no database";
    struct reg *r = db != NULL ? reg_new(db, why, sizeof(why)) : NULL;

    if (r == NULL)
        printf("%s\n", why);
    return r;
}

int64_t reg_case_count(struct reg *r, const char *sql)
{
    int64_t n = -1;

    CHECK(db_ask_int(reg_db(r), sql, NULL, 0, -1, &n) == DB_OK);
    return n;
}

void reg_case_empty(struct reg *r)
{
    static const char *const table[] = {
        "vmn", "owner", "stage", "audit", "node", "node_net", "corr_key",
    };
    char sql[100];

    for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++) {
        snprintf(sql, sizeof(sql), "DELETE FROM %s", table[i]);
        CHECK(db_run(reg_db(r), sql, NULL, 0) == DB_OK);
    }
}

struct hlr_stored reg_case_row(const char *numbers)
{
    struct hlr_stored s = row_new();
    const char *dash = strchr(numbers, '-');
    size_t n = dash != NULL ? (size_t)(dash - numbers) : strlen(numbers);

    memcpy(s.row.first, numbers, n);
    memcpy(s.row.last, dash != NULL ? dash + 1 : numbers, n);
    return s;
}

static enum db_rc put_imsi(const char *numbers, const char *imsi,
                           enum reg_how how)
{
    struct hlr_stored s = reg_case_row(numbers);

    strcpy(s.row.imsi, imsi);
    return reg_put(reg, &s, how, "test");
}

static enum db_rc put(const char *numbers)
{
    return put_imsi(numbers, "", REG_ADD);
}

static bool why_has(const char *text)
{
    if (strstr(reg_why(reg), text) != NULL)
        return true;
    printf("why: %s\n", reg_why(reg));
    return false;
}

/* ---- reading ---- */

static char listed[2000];
static struct hlr_stored last_row;

static bool note_row(void *ctx, const struct hlr_stored *s)
{
    (void)ctx;
    last_row = *s;
    strcat(strcat(listed, s->row.first), "-");
    strcat(strcat(listed, s->row.last), " ");
    return true;
}

static const char *list(const struct reg_filter *f)
{
    listed[0] = '\0';
    CHECK(reg_list(reg, f, note_row, NULL) == DB_OK);
    return listed;
}

static const char *list_number(const char *number)
{
    struct reg_filter f = { .status = 0 };

    strcpy(f.number, number);
    return list(&f);
}

static const char *list_imsi(const char *imsi)
{
    struct reg_filter f = { .status = 0 };

    strcpy(f.imsi, imsi);
    return list(&f);
}

static void gives_back_what_was_put(void)
{
    struct hlr_stored s = reg_case_row("447700900100-447700900199");

    reg_case_empty(reg);
    CHECK(reg_owner_put(reg, "Müller & Söhne", "tenant", "test") == DB_OK);
    strcpy(s.row.imsi, "234150000000100");
    strcpy(s.network, "home");
    strcpy(s.route, "shop");
    strcpy(s.owner, "Müller & Söhne");
    strcpy(s.note, "they said \"yes\", 100%\xe2\x82\xac");
    s.row.status = HLR_BARRED;
    s.row.rate = 65535;
    s.row.from_s = 1700000000;
    s.row.to_s = 4102444800;
    CHECK(reg_put(reg, &s, REG_ADD, "test") == DB_OK);
    CHECK(strcmp(list_number("447700900150"), "447700900100-447700900199 ") ==
          0);
    CHECK(strcmp(last_row.network, "home") == 0);
    CHECK(strcmp(last_row.route, "shop") == 0);
    CHECK(strcmp(last_row.owner, s.owner) == 0 && last_row.row.owner != 0);
    CHECK(strcmp(last_row.note, s.note) == 0);
    CHECK(strcmp(last_row.row.imsi, "234150000000100") == 0);
    CHECK(last_row.row.status == HLR_BARRED && last_row.row.rate == 65535);
    CHECK(last_row.row.from_s == 1700000000);
    CHECK(last_row.row.to_s == 4102444800);
    CHECK(last_row.changed_ms > 1700000000000 && !last_row.row.correlation);
    CHECK(reg_case_count(reg, "SELECT count(*) FROM audit WHERE who = 'test'"
                              " AND what LIKE 'add 447700900100 to %'") == 1);
}

static void finds_the_rows_of_a_number(void)
{
    reg_case_empty(reg);
    CHECK(put("447700900100-447700900199") == DB_OK);
    CHECK(put("447700900200-447700900299") == DB_OK);
    CHECK(put("4477009-4477009") == DB_OK && put("447700900150") == DB_OK);
    CHECK(strcmp(list_number("447700900150"),
                 "447700900100-447700900199 447700900150-447700900150 ") == 0);
    CHECK(strcmp(list_number("447700900199"), "447700900100-447700900199 ") ==
          0);
    CHECK(strcmp(list_number("447700900300"), "") == 0);
    CHECK(strcmp(list_number("4477009001"), "") == 0);
    CHECK(strcmp(list_number("4477009"), "4477009-4477009 ") == 0);
}

static void finds_the_rows_of_an_imsi(void)
{
    reg_case_empty(reg);
    CHECK(put_imsi("447700900100-447700900199", "234150000000100", REG_ADD) ==
          DB_OK);
    CHECK(put_imsi("447700900000", "234150000000000", REG_ADD) == DB_OK);
    CHECK(put_imsi("447700900150", "234150000000150", REG_ADD) == DB_OK);
    CHECK(strcmp(list_imsi("234150000000000"), "447700900000-447700900000 ") ==
          0);
    CHECK(strcmp(list_imsi("234150000000199"), "447700900100-447700900199 ") ==
          0);
    CHECK(strcmp(list_imsi("234150000000150"),
                 "447700900100-447700900199 447700900150-447700900150 ") == 0);
    CHECK(strcmp(list_imsi("234150000000200"), "") == 0);
    CHECK(strcmp(list_imsi("23415000000010"), "") == 0);
}

static void lists_by_conditions_and_in_pages(void)
{
    struct reg_filter f = { .status = HLR_ABSENT };
    struct hlr_stored s = reg_case_row("4478");

    reg_case_empty(reg);
    CHECK(put("4477-4478") == DB_OK && put("4477") == DB_OK);
    CHECK(put("4479") == DB_OK && put("4580") == DB_OK);
    strcpy(s.network, "home");
    strcpy(s.route, "shop");
    s.row.status = HLR_ABSENT;
    CHECK(reg_put(reg, &s, REG_ADD, "test") == DB_OK);
    CHECK(strcmp(list(&f), "4478-4478 ") == 0);
    f = (struct reg_filter){ .network = "home", .route = "shop" };
    CHECK(strcmp(list(&f), "4478-4478 ") == 0);
    f = (struct reg_filter){ .owner = "nobody" };
    CHECK(strcmp(list(&f), "") == 0);
    f = (struct reg_filter){ .prefix = "447" };
    CHECK(strcmp(list(&f), "4477-4477 4477-4478 4478-4478 4479-4479 ") == 0);
    f = (struct reg_filter){ .prefix = "447", .limit = 1 };
    CHECK(strcmp(list(&f), "4477-4477 ") == 0);
    f = (struct reg_filter){ .after = "4477", .after_last = "4477" };
    CHECK(strcmp(list(&f), "4477-4478 4478-4478 4479-4479 4580-4580 ") == 0);
    f = (struct reg_filter){ .after = "4477" };
    CHECK(strcmp(list(&f), "4478-4478 4479-4479 4580-4580 ") == 0);
    f = (struct reg_filter){ .prefix = "999" };
    CHECK(strcmp(list(&f), "") == 0);
}

/* ---- what is refused ---- */

static void adds_replaces_and_changes(void)
{
    int64_t n;

    reg_case_empty(reg);
    CHECK(put_imsi("447700900100", "", REG_CHANGE) == DB_FAILED);
    CHECK(why_has("447700900100 is not there"));
    CHECK(put("447700900100") == DB_OK);
    CHECK(put("447700900100") == DB_TAKEN);
    CHECK(why_has("447700900100 is there already"));
    CHECK(put_imsi("447700900100", "234150000000001", REG_CHANGE) == DB_OK);
    CHECK(put_imsi("447700900100", "234150000000002", REG_REPLACE) == DB_OK);
    CHECK(put_imsi("447700900101", "", REG_REPLACE) == DB_OK);
    CHECK(reg_count(reg, &n) == DB_OK && n == 2);
    CHECK(reg_del(reg, "447700900100", "447700900100", "t", &n) == DB_OK);
    CHECK(n == 1);
    CHECK(reg_del(reg, "447700900100", "447700900100", "t", &n) == DB_OK);
    CHECK(n == 0);
    CHECK(reg_case_count(reg, "SELECT count(*) FROM audit WHERE what ="
                              " 'delete 447700900100'") == 1);
    CHECK(reg_case_count(reg, "SELECT count(*) FROM audit") == 5);
}

static void refuses_ranges_that_overlap(void)
{
    static const char *const bad[] = {
        "447700900199-447700900200", "447700900050-447700900100",
        "447700900000-447700900999", "447700900120-447700900130",
        "447700900100-447700900198", "447700900101-447700900199",
    };

    reg_case_empty(reg);
    CHECK(put("447700900100-447700900199") == DB_OK);
    CHECK(put("447700900300-447700900399") == DB_OK);
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        CHECK(put(bad[i]) == DB_TAKEN);
        CHECK(why_has(i == 2 ? "overlaps the range 447700900300"
                             : "overlaps the range 447700900100 to "
                               "447700900199"));
    }
    CHECK(put("447700900200-447700900299") == DB_OK);
    CHECK(put("44770090019-44770090020") == DB_OK); /* other digits */
    CHECK(put("447700900150") == DB_OK);            /* a number of it */
    CHECK(put_imsi("447700900100-447700900199", "", REG_REPLACE) == DB_OK);
    CHECK(put_imsi("447700900199-447700900100", "", REG_ADD) == DB_FAILED);
    CHECK(put_imsi("4477x", "", REG_ADD) == DB_FAILED);
    CHECK(reg_case_count(reg, "SELECT count(*) FROM vmn") == 5);
}

static void refuses_an_imsi_of_another_number(void)
{
    reg_case_empty(reg);
    CHECK(put_imsi("447700900100-447700900199", "234150000000100", REG_ADD) ==
          DB_OK);
    CHECK(put_imsi("447700900000", "234150000000001", REG_ADD) == DB_OK);
    CHECK(put_imsi("447700900001", "234150000000001", REG_ADD) == DB_TAKEN);
    CHECK(why_has("<234150000000001> of 447700900001 meets") &&
          why_has("of 447700900000"));
    CHECK(put_imsi("447700900001", "234150000000199", REG_ADD) == DB_TAKEN);
    CHECK(why_has("447700900100 to 447700900199"));
    CHECK(put_imsi("447700900001", "234150000000200", REG_ADD) == DB_OK);
    CHECK(put_imsi("447700900150", "234150000000150", REG_ADD) == DB_OK);
    CHECK(put_imsi("447700900150", "234150000000151", REG_CHANGE) == DB_TAKEN);
    /* a range that counts over numbers' */
    CHECK(put_imsi("447700900200-447700900299", "234150000000190", REG_ADD) ==
          DB_TAKEN);
    CHECK(put_imsi("447700900200-447700900299", "234150000000200", REG_ADD) ==
          DB_TAKEN);
    CHECK(why_has("of 447700900001"));
    CHECK(put_imsi("447700900200-447700900299", "234150000000201", REG_ADD) ==
          DB_OK);
    /* the digits are not enough */
    CHECK(put_imsi("447700900300-447700900399", "234159999999950", REG_ADD) ==
          DB_OK);
    CHECK(put_imsi("447700900400-447700900499", "999999999999950", REG_ADD) ==
          DB_FAILED);
    CHECK(reg_case_count(reg, "SELECT count(*) FROM vmn") == 6);
}

static void refuses_an_owner_that_is_not_there(void)
{
    struct hlr_stored s = reg_case_row("447700900100");
    int64_t n;

    reg_case_empty(reg);
    strcpy(s.owner, "acme");
    CHECK(reg_put(reg, &s, REG_ADD, "test") == DB_FAILED);
    CHECK(why_has("there is no owner <acme>"));
    CHECK(reg_case_count(reg, "SELECT count(*) FROM vmn") == 0);
    CHECK(reg_owner_put(reg, "acme", "", "test") == DB_OK);
    CHECK(reg_put(reg, &s, REG_ADD, "test") == DB_OK);
    CHECK(reg_owner_del(reg, "acme", "test", &n) == DB_TAKEN && n == 0);
    CHECK(why_has("owner <acme> has 1 rows"));
    CHECK(reg_del(reg, "447700900100", "447700900100", "t", &n) == DB_OK);
    CHECK(reg_owner_del(reg, "acme", "test", &n) == DB_OK && n == 1);
    CHECK(reg_owner_del(reg, "acme", "test", &n) == DB_OK && n == 0);
}

static bool note_owner(void *ctx, uint32_t id, const char *name,
                       const char *note)
{
    (void)ctx;
    CHECK(id > 0);
    strcat(strcat(strcat(strcat(listed, name), "="), note), " ");
    return true;
}

static void lists_owners_by_name(void)
{
    reg_case_empty(reg);
    CHECK(reg_owner_put(reg, "b", "1", "test") == DB_OK);
    CHECK(reg_owner_put(reg, "a", "2", "test") == DB_OK);
    CHECK(reg_owner_put(reg, "b", "3", "test") == DB_OK);
    listed[0] = '\0';
    CHECK(reg_owner_list(reg, note_owner, NULL) == DB_OK);
    CHECK(strcmp(listed, "a=2 b=3 ") == 0);
}

/* ---- correlation numbers ---- */

static uint64_t put_correlation(const char *numbers, enum reg_how how)
{
    struct hlr_stored s = reg_case_row(numbers);

    s.row.correlation = true;
    CHECK(reg_put(reg, &s, how, "test") == DB_OK);
    list_number(s.row.last);
    CHECK(last_row.row.correlation && last_row.row.imsi[0] == '\0');
    return last_row.row.cid;
}

static void gives_each_number_one_correlation_number(void)
{
    struct hlr_stored s = reg_case_row("447700900001");
    uint64_t a, b;

    reg_case_empty(reg);
    a = put_correlation("447700900000", REG_ADD);
    CHECK(a > 0);
    CHECK(put_correlation("447700900100-447700900199", REG_ADD) == a + 1);
    b = put_correlation("447700900001", REG_ADD);
    CHECK(b == a + 101);
    /* it is kept */
    CHECK(put_correlation("447700900001", REG_CHANGE) == b);
    CHECK(put_correlation("447700900001", REG_REPLACE) == b);
    CHECK(reg_put(reg, &s, REG_CHANGE, "test") == DB_OK);
    list_number("447700900001");
    CHECK(!last_row.row.correlation && last_row.row.cid == 0);
    /* and never another's */
    CHECK(put_correlation("447700900001", REG_CHANGE) == b + 1);
    s = reg_case_row("40000000-59999999");
    s.row.correlation = true;
    CHECK(reg_put(reg, &s, REG_ADD, "test") == DB_FAILED);
    CHECK(why_has("20000000 correlation numbers are wanted"));
}

/* ---- nodes ---- */

static bool note_node(void *ctx, const struct reg_node *n)
{
    (void)ctx;
    snprintf(listed + strlen(listed), 200, "%s/%s/%u/%s/%u%s%s ", n->id,
             n->network, n->point_code, n->msc_gt, n->weight,
             n->drain ? "/drain" : "",
             n->beat_age_ms < 0      ? "/never"
             : n->beat_age_ms > 3000 ? "/late"
                                     : "");
    return true;
}

static const char *nodes(void)
{
    listed[0] = '\0';
    CHECK(reg_node_list(reg, note_node, NULL) == DB_OK);
    return listed;
}

static void keeps_nodes_with_their_networks(void)
{
    struct reg_node n[2] = {
        { .id = "a", .weight = 70, .network = "x", .point_code = 1 },
        { .id = "a", .weight = 70, .network = "y", .msc_gt = "447700" },
    };
    int64_t k;

    reg_case_empty(reg);
    CHECK(reg_node_beat(reg, n, 2) == DB_OK);
    CHECK(strcmp(nodes(), "a/x/1//70 a/y/0/447700/70 ") == 0);
    CHECK(reg_node_drain(reg, "a", true, "test", &k) == DB_OK && k == 1);
    CHECK(reg_node_weight(reg, "a", 30, "test", &k) == DB_OK && k == 1);
    CHECK(reg_node_drain(reg, "b", true, "test", &k) == DB_OK && k == 0);
    CHECK(db_run(reg_db(reg), "UPDATE node SET weight = 65537", NULL, 0) ==
          DB_OK);
    CHECK(strstr(nodes(), "a/x/1//65535/") != NULL);
    CHECK(db_run(reg_db(reg), "UPDATE node SET weight = -1", NULL, 0) == DB_OK);
    CHECK(strstr(nodes(), "a/x/1//0/") != NULL);
    CHECK(reg_node_weight(reg, "a", 30, "test", &k) == DB_OK && k == 1);
    n[0].point_code = 2;
    CHECK(reg_node_beat(reg, n, 1) == DB_OK); /* y is given up */
    CHECK(strcmp(nodes(), "a/x/2//30/drain ") == 0);
    CHECK(db_run(reg_db(reg), "UPDATE node SET beat_ms = beat_ms - 6000", NULL,
                 0) == DB_OK);
    CHECK(strcmp(nodes(), "a/x/2//30/drain/late ") == 0);
    CHECK(reg_node_beat(reg, n, 1) == DB_OK);
    CHECK(strcmp(nodes(), "a/x/2//30/drain ") == 0);
    /* deleted while it lives: it comes back */
    CHECK(reg_node_del(reg, "a", "test", &k) == DB_OK && k == 1);
    CHECK(strcmp(nodes(), "") == 0);
    CHECK(reg_node_beat(reg, n, 1) == DB_OK);
    CHECK(strcmp(nodes(), "a/x/2//70 ") == 0);
    CHECK(reg_node_del(reg, "z", "test", &k) == DB_OK && k == 0);
    CHECK(reg_case_count(reg, "SELECT count(*) FROM audit") == 4);
}

/* ---- keys ---- */

static void rolls_keys_and_forgets_old_ones(void)
{
    struct reg_key key[5], before;
    unsigned n;

    reg_case_empty(reg);
    CHECK(reg_key_list(reg, key, 5, &n) == DB_OK && n == 1);
    before = key[0];
    CHECK(key[0].created_ms > 1700000000000);
    CHECK(reg_key_list(reg, key, 5, &n) == DB_OK && n == 1);
    CHECK(memcmp(key[0].octet, before.octet, 32) == 0);
    CHECK(reg_key_roll(reg, "test") == DB_OK);
    CHECK(reg_key_list(reg, key, 5, &n) == DB_OK && n == 2);
    CHECK(key[0].id > key[1].id && key[1].id == before.id);
    CHECK(memcmp(key[0].octet, key[1].octet, 32) != 0);
    CHECK(reg_key_roll(reg, "test") == DB_OK);
    CHECK(reg_key_roll(reg, "test") == DB_OK);
    CHECK(reg_key_list(reg, key, 5, &n) == DB_OK && n == 3);
    CHECK(key[2].id > before.id);
    CHECK(reg_key_list(reg, key, 2, &n) == DB_OK && n == 2);
    CHECK(reg_case_count(reg, "SELECT count(*) FROM audit WHERE what ="
                              " 'key roll'") == 3);
}

/* ---- changes ---- */

static void note_change(void *ctx, const struct reg_change *c)
{
    static const char letter[] = { [REG_CHANGED_ROW] = 'r',
                                   [REG_CHANGED_BLOCK] = 'b',
                                   [REG_CHANGED_ALL] = 'A',
                                   [REG_CHANGED_SMALL] = 's' };

    (void)ctx;
    snprintf(listed + strlen(listed), 60, "%c%s-%s ", letter[c->what], c->first,
             c->last);
}

static const char *changes(uint64_t now_ms)
{
    listed[0] = '\0';
    CHECK(reg_changes(reg, now_ms, note_change, NULL) == DB_OK);
    return listed;
}

static bool sql(struct db *db, const char *text)
{
    bool done = db_run(db, text, NULL, 0) == DB_OK;

    if (!done)
        printf("%s\n", db_why(db));
    return done;
}

static void tells_what_changed_since_the_mark(void)
{
    struct reg_node node = { .id = "a", .weight = 1, .network = "x" };
    int64_t n;

    reg_case_empty(reg);
    CHECK(put("447700900100") == DB_OK);
    CHECK(reg_mark(reg, 1000) == DB_OK);
    CHECK(strcmp(changes(1000), "") == 0);
    CHECK(put("447700900101") == DB_OK && put("4477-4478") == DB_OK);
    CHECK(strcmp(changes(1000), "r447700900101-447700900101 r4477-4478 ") == 0);
    CHECK(strcmp(changes(1000), "") == 0);
    CHECK(put_imsi("447700900101", "234151", REG_CHANGE) == DB_OK);
    CHECK(reg_del(reg, "4477", "4478", "test", &n) == DB_OK);
    CHECK(strcmp(changes(1000), "r447700900101-447700900101 r4477-4478 ") == 0);
    CHECK(reg_owner_put(reg, "a", "", "test") == DB_OK);
    CHECK(strcmp(changes(1000), "s- ") == 0);
    CHECK(reg_node_beat(reg, &node, 1) == DB_OK);
    CHECK(strcmp(changes(1000), "s- s- ") == 0);
    CHECK(reg_node_beat(reg, &node, 1) == DB_OK);
    CHECK(strcmp(changes(1000), "") == 0);
    CHECK(reg_key_roll(reg, "test") == DB_OK);
    CHECK(strcmp(changes(1000), "s- ") == 0);
    /* by hand */
    CHECK(sql(reg_db(reg), "UPDATE vmn SET first = '447700900109',"
                           " last = '447700900109'"
                           " WHERE first = '447700900100'"));
    CHECK(strcmp(changes(1000), "r447700900109-447700900109"
                                " r447700900100-447700900100 ") == 0);
    CHECK(sql(reg_db(reg), "INSERT INTO journal (kind) VALUES ('all')"));
    CHECK(strcmp(changes(1000), "A- ") == 0);
}

static int64_t highest(void)
{
    return reg_case_count(reg, "SELECT max(seq) FROM journal");
}

static void enter(int64_t seq, const char *kind)
{
    char text[200];

    snprintf(text, sizeof(text),
             "INSERT INTO journal (seq, kind, first, last, at_ms)"
             " VALUES (%lld, '%s', '%lld', '%lld', %s)",
             (long long)seq, kind, (long long)seq % 100, (long long)seq % 100,
             db_clock(reg_db(reg)));
    CHECK(sql(reg_db(reg), text));
}

static void waits_for_numbers_that_are_committed_late(void)
{
    int64_t base = (highest() / 100 + 1) * 100;

    enter(base, "row");
    CHECK(reg_mark(reg, 1000) == DB_OK);
    enter(base + 4, "row");
    CHECK(strcmp(changes(1000), "r4-4 ") == 0);
    enter(base + 2, "row");
    CHECK(strcmp(changes(2900), "r2-2 ") == 0);
    enter(base + 1, "row");
    CHECK(strcmp(changes(2999), "r1-1 ") == 0);
    CHECK(strcmp(changes(3000), "") == 0);
    enter(base + 3, "row"); /* longer than anybody waits */
    CHECK(strcmp(changes(3000), "") == 0);
    enter(base + 7, "block");
    CHECK(strcmp(changes(3001), "b7-7 ") == 0);
}

static void the_mark_waits_too(void)
{
    int64_t base = (highest() / 100 + 1) * 100;

    enter(base, "row");
    enter(base + 3, "row");
    CHECK(reg_mark(reg, 5000) == DB_OK);
    CHECK(strcmp(changes(5000), "") == 0);
    enter(base + 1, "row"); /* it was on its way */
    CHECK(strcmp(changes(5100), "r1-1 ") == 0);
}

static void reads_everything_when_the_journal_is_another(void)
{
    int64_t base = (highest() / 100 + 1) * 100;

    enter(base, "row");
    CHECK(reg_mark(reg, 1000) == DB_OK);
    enter(base + 1, "row");
    CHECK(strcmp(changes(1000), "r1-1 ") == 0);
    CHECK(sql(reg_db(reg), "DELETE FROM journal"));
    enter(base + 2, "row");
    CHECK(strcmp(changes(1100), "r2-2 ") == 0);
    CHECK(strcmp(changes(3099), "") == 0);
    CHECK(strcmp(changes(3100), "A- ") == 0);
    CHECK(strcmp(changes(3200), "") == 0);
    enter(base + 3, "row");
    CHECK(strcmp(changes(3300), "r3-3 ") == 0);
    CHECK(strcmp(changes(9300), "") == 0);
}

static void count_change(void *ctx, const struct reg_change *c)
{
    CHECK(c->what == REG_CHANGED_SMALL);
    ++*(int *)ctx;
}

static void reads_many_changes_in_pages(void)
{
    char text[500];
    int64_t base = highest();
    int n = 0;

    CHECK(reg_mark(reg, 1000) == DB_OK);
    snprintf(text, sizeof(text),
             "INSERT INTO journal (kind) WITH RECURSIVE n AS (SELECT 1 AS i"
             " UNION ALL SELECT i + 1 FROM n WHERE i < 100)"
             " SELECT 'node' FROM n a, n b, n c WHERE c.i < 2");
    CHECK(sql(reg_db(reg), text));
    CHECK(highest() >= base + 10000);
    CHECK(reg_changes(reg, 1000, count_change, &n) == DB_OK && n == 10000);
    CHECK(strcmp(changes(1000), "") == 0);
}

static void prunes_but_for_the_last_row(void)
{
    int64_t last = highest();

    CHECK(reg_prune(reg, 3600000) == DB_OK);
    CHECK(reg_case_count(reg, "SELECT count(*) FROM journal") > 1);
    CHECK(sql(reg_db(reg), "UPDATE journal SET at_ms = 1000"));
    CHECK(reg_owner_put(reg, "x", "", "test") == DB_OK);
    CHECK(sql(reg_db(reg), "UPDATE journal SET at_ms = 1000"));
    CHECK(reg_prune(reg, 3600000) == DB_OK);
    CHECK(highest() > last);
    CHECK(reg_case_count(reg, "SELECT count(*) FROM journal") == 1);
    CHECK(reg_case_count(reg, "SELECT count(*) FROM audit") > 0);
    CHECK(sql(reg_db(reg), "UPDATE audit SET at_ms = 1000"));
    CHECK(reg_prune(reg, 3600000) == DB_OK);
    CHECK(reg_case_count(reg, "SELECT count(*) FROM audit") == 1);
}

static bool count_row(void *ctx, const struct hlr_stored *s)
{
    (void)s;
    ++*(int *)ctx;
    return true;
}

static void reads_a_row_or_a_block_again(void)
{
    struct reg_change c = { .what = REG_CHANGED_ROW,
                            .first = "447700900100",
                            .last = "447700900100" };
    int n = 0;

    reg_case_empty(reg);
    CHECK(put("447700900100") == DB_OK && put("447700900105") == DB_OK);
    CHECK(put("447700900100-447700900199") == DB_OK);
    CHECK(put("447700900110") == DB_OK);
    CHECK(reg_read(reg, &c, count_row, &n) == DB_OK && n == 1);
    c.what = REG_CHANGED_BLOCK;
    strcpy(c.last, "447700900105");
    n = 0;
    CHECK(reg_read(reg, &c, count_row, &n) == DB_OK && n == 3);
    c.what = REG_CHANGED_ROW;
    n = 0;
    CHECK(reg_read(reg, &c, count_row, &n) == DB_OK && n == 0);
}

/* ---- two at once ---- */

enum { WRITERS = 2, TIMES = 20 };

static int done_of[WRITERS][TIMES], odd_of[WRITERS];

/* Each with a handle of his own: ranges that overlap the other's. */
static void *write_ranges(void *which)
{
    int me = *(int *)which;
    struct reg *r = reg_case_open(open_db);

    for (int i = 0; i < TIMES && r != NULL; i++) {
        struct hlr_stored s;
        char numbers[60];
        enum db_rc rc;

        snprintf(numbers, sizeof(numbers), "4477%03d%05d-4477%03d%05d", i,
                 me * 50, i, me * 50 + 60);
        s = reg_case_row(numbers);
        rc = reg_put(r, &s, REG_ADD, "test");
        done_of[me][i] = rc == DB_OK;
        if (rc != DB_OK && rc != DB_TAKEN) {
            printf("%s\n", reg_why(r));
            odd_of[me]++;
        }
    }
    reg_free(r);
    return NULL;
}

static void of_two_that_overlap_one_is_refused(void)
{
    pthread_t thread[WRITERS];
    int which[WRITERS] = { 0, 1 };

    reg_case_empty(reg);
    for (int i = 0; i < WRITERS; i++)
        CHECK(pthread_create(&thread[i], NULL, write_ranges, &which[i]) == 0);
    for (int i = 0; i < WRITERS; i++)
        pthread_join(thread[i], NULL);
    CHECK(odd_of[0] == 0 && odd_of[1] == 0);
    for (int i = 0; i < TIMES; i++)
        CHECK(done_of[0][i] + done_of[1][i] == 1);
    CHECK(reg_case_count(reg, "SELECT count(*) FROM vmn") == TIMES);
}

static void wants_its_schema(void)
{
    struct db *db = open_db();
    char why[300];

    CHECK(sql(db, "INSERT INTO schema_version (version) VALUES (99)"));
    CHECK(reg_new(db, why, sizeof(why)) == NULL);
    CHECK(strstr(why, "schema 99") != NULL && strstr(why, "newer") != NULL);
    CHECK(sql(reg_db(reg), "DELETE FROM schema_version WHERE version = 99"));
    CHECK(sql(reg_db(reg), "DELETE FROM schema_version WHERE version = 3"));
    CHECK(reg_new(open_db(), why, sizeof(why)) == NULL);
    CHECK(strstr(why, "vmnctl migrate") != NULL);
    CHECK(sql(reg_db(reg), "INSERT INTO schema_version (version) VALUES (3)"));
}

int reg_cases(struct db *(*open_one)(void))
{
    open_db = open_one;
    reg = reg_case_open(open_one);
    if (reg == NULL)
        return 1;
    gives_back_what_was_put();
    finds_the_rows_of_a_number();
    finds_the_rows_of_an_imsi();
    lists_by_conditions_and_in_pages();
    adds_replaces_and_changes();
    refuses_ranges_that_overlap();
    refuses_an_imsi_of_another_number();
    refuses_an_owner_that_is_not_there();
    lists_owners_by_name();
    gives_each_number_one_correlation_number();
    keeps_nodes_with_their_networks();
    rolls_keys_and_forgets_old_ones();
    tells_what_changed_since_the_mark();
    waits_for_numbers_that_are_committed_late();
    the_mark_waits_too();
    reads_everything_when_the_journal_is_another();
    reads_many_changes_in_pages();
    prunes_but_for_the_last_row();
    reads_a_row_or_a_block_again();
    of_two_that_overlap_one_is_refused();
    wants_its_schema();
    reg_free(reg);
    return check_failures;
}
