/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * admin_status_test.c - the pages of the status, and figures for Prometheus
 *
 * Golden pages: test/status/NAME.
 */

#include "check.h"
#include "gw/admin_doc.h"
#include "gw/admin_status.h"
#include "gw/stat.h"

#include <unistd.h>

static struct ss7_conf ss7;
static struct dlv_route route[2];
static struct dlv_rule rule[2];
static struct dlv_count route_count[2] = { { 2, 17 } };
static struct dlv_count rule_count[2] = { { 1, 5 } };
static struct status_count plug_count[2] = { { "fw", "refused", 9 },
                                             { "fw", "a.b", 0 } };
static struct status s;

static void set(char *out, size_t size, const char *text)
{
    snprintf(out, size, "%s", text);
}

static void furnish_plugs(void)
{
    s.plugs = s.plug_counts = 2;
    s.plug[0] = (struct plug_info){ .id = "fw",
                                    .name = "firewall",
                                    .version = "1.0",
                                    .up = true,
                                    .waiting = 1,
                                    .held = 2,
                                    .asked = 30,
                                    .failed = 4,
                                    .late = 3 };
    s.plug[1] = (struct plug_info){
        .id = "lua", .name = "lua", .version = "<5>", .isolated = true
    };
    s.plug_count = plug_count;
}

/* A box with something of everything; names that must be escaped. */
static void furnish(void)
{
    static struct box_weight box[] = { { "a", 3 }, { "b", 1 } };
    struct ss7_network *n = &ss7.network[0];

    ss7.n_networks = 2;
    set(n->id, sizeof(n->id), "home");
    n->pc[0] = 1 << 11 | 20 << 3 | 3;
    n->mtp.n_assoc = 2;
    set(n->mtp.assoc[0].id, 32, "stp1");
    set(n->mtp.assoc[1].id, 32, "stp2");
    set(ss7.network[1].id, 32, "away");
    set(route[0].id, 32, "shop");
    set(route[0].prefix, sizeof(route[0].prefix), "4477");
    set(route[0].box_id, sizeof(route[0].box_id), "apps");
    route[0].confirm = DLV_CONFIRM_REPLY;
    route[0].max_open = 50;
    set(route[1].id, 32, "rest");
    set(rule[0].id, 32, "win");
    rule[0].network = rule[1].network = HLR_NETWORK_NONE;
    rule[0].keyword = "win\0<&\0";
    rule[0].max_open = 3;
    rule[0].boxes[0] = (struct box_share){ 2, box };
    set(rule[1].id, 32, "others");
    rule[1].route = -1;
    s = (struct status){
        .version = "0.1.0",
        .register_name = "mysql",
        .node_id = "a",
        .now_ms = 1000000 + 86400000 + 3600000 + 61000,
        .start_ms = 1000000,
        .open = 3,
        .in = { 1.5, 0.25, 0.01 },
        .ss7 = &ss7,
        .mtpd = { 4711 },
        .routes = 2,
        .route = route,
        .rules = 2,
        .rule = rule,
        .route_count = route_count,
        .rule_count = rule_count,
        .boxes = 3,
        .hlr = { .complete = true,
                 .database = true,
                 .rows = 1000,
                 .unusable = 1,
                 .changes = 12,
                 .behind_ms = 40 },
        .nodes = { .n = 2 },
    };
    furnish_plugs();
    s.assoc[0][0] = (struct status_assoc){ MTP_ASSOC_ACTIVE, 1002000 };
    s.assoc[0][1] = (struct status_assoc){ MTP_ASSOC_DOWN, 1002000 };
    s.box[0] = (struct box_info){ .id = "apps",
                                  .ip = "192.0.2.1",
                                  .ready = true,
                                  .tls = true,
                                  .out = 2,
                                  .since_ms = s.now_ms - 5000 };
    s.box[1] = (struct box_info){ .id = "<&\">",
                                  .ip = "192.0.2.2",
                                  .ready = true,
                                  .suspended = true,
                                  .since_ms = s.now_ms };
    s.box[2] = (struct box_info){ .ip = "192.0.2.3", .since_ms = s.now_ms };
    s.nodes.node[0] =
        (struct hlr_node){ .id = "a", .alive = true, .weight = 100 };
    s.nodes.node[1] =
        (struct hlr_node){ .id = "b", .drain = true, .weight = 50 };
}

static void is_golden(const char *name, const struct text *t)
{
    char path[64], expected[16384] = "";
    FILE *f;

    snprintf(path, sizeof(path), "test/status/%s", name);
    f = fopen(path, "r");
    if (f != NULL) {
        expected[fread(expected, 1, sizeof(expected) - 1, f)] = '\0';
        fclose(f);
    }
    if (strcmp(expected, text_str(t)) != 0)
        printf("%s: expected other lines than these:\n%s", path, text_str(t));
    CHECK(strcmp(expected, text_str(t)) == 0);
}

static void tells_people_and_programs_the_same(void)
{
    static const char *const name[] = { "text", "html", "xml", "json" };

    for (int form = STATUS_TEXT; form <= STATUS_JSON; form++) {
        struct text t = { 0 };

        status_print(&s, (enum status_form)form, &t);
        is_golden(name[form], &t);
        text_free(&t);
    }
}

static void tells_what_is_missing(void)
{
    struct text t = { 0 };
    struct status other = s;

    other.hlr =
        (struct hlr_state){ .rows = 10, .of = 1000, .behind_ms = 61000 };
    other.state = STATUS_STOPPING;
    other.boxes = other.nodes.n = 0;
    status_print(&other, STATUS_TEXT, &t);
    CHECK(strstr(t.p, "Status: shutting down, uptime 1d 1h 1m 1s\n"));
    CHECK(strstr(t.p, "loading, 10 of 1000 rows (0 unusable)"));
    CHECK(strstr(t.p, "the database does not answer since 61 s\n"));
    CHECK(strstr(t.p, "Box connections:\n    none\n"));
    text_free(&t);
}

/* Every counter with its help, type and value; no line of another shape. */
static void metrics_are_prometheus(void)
{
    struct text t = { 0 };
    unsigned counters = 0;
    char *save = NULL;

    stat_add(STAT_sms_in, 41);
    status_metrics(&s, &t);
    CHECK(strstr(t.p, "# HELP sigtran_box_sms_in_total short messages "
                      "received\n# TYPE sigtran_box_sms_in_total counter\n"
                      "sigtran_box_sms_in_total 41\n"));
    CHECK(strstr(t.p, "sigtran_box_build_info{version=\"0.1.0\"} 1\n"));
    CHECK(strstr(t.p, "sigtran_box_uptime_seconds 90061\n"));
    CHECK(strstr(t.p, "sigtran_box_running 1\n"));
    CHECK(strstr(t.p, "sigtran_box_boxes_ready 1\n"));
    CHECK(strstr(t.p, "sigtran_box_box_queue{box=\"apps\"} 2\n"));
    CHECK(strstr(t.p, "sigtran_box_box_queue{box=\"<&\\\">\"} 0\n"));
    CHECK(strstr(t.p, "sigtran_box_route_out{route=\"shop\"} 2\n"));
    CHECK(strstr(t.p, "sigtran_box_rule_taken_total{rule=\"win\"} 5\n"));
    CHECK(strstr(t.p, "{rule=\"others\"}") == NULL); /* it had none */
    CHECK(strstr(t.p, "sigtran_box_association_active{network=\"home\","
                      "association=\"stp1\"} 1\n"));
    CHECK(strstr(t.p, "association=\"stp2\"} 0\n"));
    CHECK(strstr(t.p, "sigtran_box_register_rows 1000\n"));
    CHECK(strstr(t.p, "sigtran_box_plugin_up{plugin=\"lua\"} 0\n"));
    CHECK(strstr(t.p, "sigtran_box_plugin_late_total{plugin=\"fw\"} 3\n"));
    CHECK(strstr(t.p, "# TYPE sigtran_plugin_counter counter\n"
                      "sigtran_plugin_counter{plugin=\"fw\","
                      "name=\"refused\"} 9\n"));
    for (char *line = strtok_r(t.p, "\n", &save); line != NULL;
         line = strtok_r(NULL, "\n", &save)) {
        char name[100];
        long long n;
        int used = 0;

        if (strncmp(line, "# HELP ", 7) == 0)
            continue;
        counters += strstr(line, " counter") != NULL;
        if (strncmp(line, "# TYPE ", 7) == 0)
            continue;
        CHECK(sscanf(line, "%99[a-z0-9_]", name) == 1);
        CHECK(sscanf(strrchr(line, ' '), " %lld%n", &n, &used) == 1);
        CHECK(strrchr(line, ' ')[used] == '\0');
    }
    CHECK(counters == STAT_COUNT + 7);
    text_free(&t);
}

/* A family has its help, its type and its samples, in this order and nothing
 * between, and is there once; a series is there once. */
static void metrics_stand_by_family(void)
{
    struct text t = { 0 }, seen = { 0 };
    char family[100] = "", name[100], *save = NULL;

    status_metrics(&s, &t);
    CHECK(t.len > 0 && t.p[t.len - 1] == '\n' && strchr(t.p, '\r') == NULL);
    text_put(&seen, "\n");
    for (char *line = strtok_r(t.p, "\n", &save); line != NULL;
         line = strtok_r(NULL, "\n", &save)) {
        char key[300];
        bool help = sscanf(line, "# HELP %99[a-z0-9_] ", name) == 1;

        CHECK(help || sscanf(line, "# TYPE %99[a-z0-9_] ", name) == 1 ||
              sscanf(line, "%99[a-z0-9_]", name) == 1);
        if (help)
            snprintf(family, sizeof(family), "%s", name);
        CHECK(strcmp(family, name) == 0);
        CHECK(!help || strchr(line, '\\') == NULL);
        snprintf(key, sizeof(key), "\n%.*s ",
                 (int)(line[0] == '#' ? 7 + strlen(name)
                                      : (size_t)(strrchr(line, ' ') - line)),
                 line);
        CHECK(strstr(text_str(&seen), key) == NULL);
        text_fmt(&seen, "%s \n", key + 1);
    }
    text_free(&t);
    text_free(&seen);
}

static void boxes_of_one_id_are_one_series(void)
{
    struct status other = s;
    struct text t = { 0 };
    const char *first;

    other.box[2] = other.box[0];
    status_metrics(&other, &t);
    first = strstr(t.p, "{box=\"apps\"} 4\n");
    CHECK(first != NULL && strstr(first + 1, "{box=\"apps\"}") == NULL);
    text_free(&t);
}

static bool healthy(const struct status *st, const char *says)
{
    struct text t = { 0 };
    bool is = status_health(st, &t);

    CHECK(strcmp(t.p, says) == 0);
    text_free(&t);
    return is;
}

static void is_healthy_if_traffic_may_come(void)
{
    struct status other = s;

    CHECK(healthy(&other, "{\"status\": \"ok\"}\n"));
    other.hlr.complete = false;
    CHECK(!healthy(&other, "{\"status\": \"the register is not loaded\"}\n"));
    other = s;
    other.assoc[0][0].state = MTP_ASSOC_INACTIVE;
    CHECK(!healthy(&other, "{\"status\": \"no association is active\"}\n"));
    other = s;
    other.state = STATUS_SUSPENDED;
    CHECK(!healthy(&other, "{\"status\": \"suspended\"}\n"));
    other = s;
    other.hlr.database = false; /* it answers from memory */
    CHECK(healthy(&other, "{\"status\": \"ok\"}\n"));
}

static bool near(double a, double b)
{
    return a - b < 0.001 && b - a < 0.001;
}

static void rates_are_of_a_minute_and_of_five(void)
{
    static struct status_looks l;
    struct status_rate r = status_rate(&l, 1000, 1000, 0);
    uint64_t now = 1000;

    CHECK(near(r.minute, 0) && near(r.five, 0) && near(r.all, 0));
    /* ten a second for ten minutes, then none for two */
    for (unsigned i = 0; i <= 600; i++, now += 1000)
        status_look(&l, now, 10 * i);
    r = status_rate(&l, 1000, now, 6010);
    CHECK(r.minute > 9.9 && r.minute < 10.2 && r.five > 9.9 && r.five < 10.2);
    for (unsigned i = 0; i < 120; i++, now += 1000)
        status_look(&l, now, 6000);
    r = status_rate(&l, 1000, now, 6000);
    CHECK(near(r.minute, 0));
    CHECK(r.five > 5.5 && r.five < 6.5);
    CHECK(near(r.all, 6000 / 721.0));
}

static void texts_are_escaped(void)
{
    struct text t = { 0 };
    char time[TEXT_TIME];

    text_json(&t, "a\"\\\n\x7f\xc3\xa9\xff\xed\xa0\x80");
    CHECK(strcmp(t.p,
                 "\"a\\\"\\\\\\u000a\\u007f\xc3\xa9"
                 "\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\"") == 0);
    text_free(&t);
    text_xml(&t,
             "<a b=\"&\">\x01\xff\xc3\xa9\xef\xbf\xbd\xef\xbf\xbe\xef\xbf\xbf");
    CHECK(strcmp(t.p, "&lt;a b=&quot;&amp;&quot;&gt;??\xc3\xa9"
                      "\xef\xbf\xbd??") == 0);
    text_free(&t);
    text_label(&t, "a\"\\\n");
    CHECK(strcmp(t.p, "a\\\"\\\\\\n") == 0);
    text_free(&t);
    for (int i = 0; i < 1000; i++)
        text_fmt(&t, "%s %d\n", "a line", i);
    CHECK(t.len == 10 * 9 + 90 * 10 + 900 * 11);
    text_free(&t);
    CHECK(strcmp(text_str(&t), "") == 0);
    CHECK(strcmp(text_time(time, 1795514400000), "2026-11-24T10:00:00Z") == 0);
    CHECK(strcmp(text_time(time, 1795514400007), "2026-11-24T10:00:00.007Z") ==
          0);
}

int main(void)
{
    const char *srcdir = getenv("srcdir");

    if (srcdir != NULL && chdir(srcdir) != 0)
        return 1;
    furnish();
    SHOWS("KB-11", tells_people_and_programs_the_same);
    tells_what_is_missing();
    SHOWS("KB-11", metrics_are_prometheus);
    metrics_stand_by_family();
    boxes_of_one_id_are_one_series();
    is_healthy_if_traffic_may_come();
    rates_are_of_a_minute_and_of_five();
    texts_are_escaped();
    return CHECK_DONE();
}
