/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * rest_test.c - /api/v1, from a request's text to its answer, with a register
 * in an array
 */

#include "check.h"
#include "fake_reg.h"
#include "gw/rest_part.h"

#include <strings.h>
#include <unistd.h>

static struct hlr_conf conf = {
    .networks = 2,
    .network_id = { "home", "away" },
    .routes = 1,
    .route_id = (const char[][32]){ "apps" },
};

static struct rest_reply answer;
static struct rest_ask asked;

/* A request of this type; the status of its answer. */
static unsigned request(const char *method, const char *uri, const char *type,
                        const char *body)
{
    struct uri u;
    size_t len = strlen(body);

    text_free(&answer.body);
    answer = (struct rest_reply){ .status = 0 };
    asked = (struct rest_ask){ .who = "token shop from 192.0.2.1" };
    if (uri_read(&u, uri) != NULL)
        return 400;
    if (rest_find(method, &u, &asked, &answer) == 0 &&
        rest_read(&conf, &u, type, body, len, &asked, &answer) == 0)
        rest_run(&conf, NULL, &asked, &answer);
    return answer.status;
}

static unsigned json(const char *method, const char *uri, const char *body)
{
    return request(method, uri, "application/json", body);
}

static unsigned get(const char *uri)
{
    return request("GET", uri, NULL, "");
}

static bool has(const char *text)
{
    if (strstr(text_str(&answer.body), text) != NULL)
        return true;
    printf("no <%s> in %u %s\n", text, answer.status, text_str(&answer.body));
    return false;
}

/* The error is about this member or argument ("null": none). */
static bool about(const char *field)
{
    char text[64];

    snprintf(text, sizeof(text),
             strcmp(field, "null") == 0 ? "\"field\": %s}"
                                        : "\"field\": \"%s\"}",
             field);
    return has(text);
}

static void fresh(void)
{
    memset(&fake, 0, sizeof(fake));
}

static void adds_a_number(void)
{
    const struct hlr_stored *s = &fake.row[0];

    fresh();
    snprintf(fake.owner[fake.owners++], 32, "acme");
    CHECK(json("POST", "/api/v1/vmns",
               "{\"number\": \"+447700900123\", \"imsi\": \"234150000000001\","
               " \"network\": \"away\", \"route\": \"apps\", \"rate\": 60,"
               " \"owner\": \"acme\", \"status\": \"barred\","
               " \"valid-from\": \"2026-11-24T10:00:00Z\","
               " \"valid-to\": null, \"note\": \"caf\\u00e9\"}") == 201);
    CHECK(strcmp(answer.location, "/api/v1/vmns/447700900123") == 0);
    CHECK(fake.rows == 1 && strcmp(s->row.first, "447700900123") == 0);
    CHECK(strcmp(s->row.last, "447700900123") == 0);
    CHECK(strcmp(s->row.imsi, "234150000000001") == 0 && s->row.rate == 60);
    CHECK(strcmp(s->network, "away") == 0 && strcmp(s->route, "apps") == 0);
    CHECK(s->row.status == HLR_BARRED && strcmp(s->owner, "acme") == 0);
    CHECK(s->row.from_s == 1795514400 && s->row.to_s == 0);
    CHECK(strcmp(s->note, "caf\xc3\xa9") == 0);
    CHECK(strcmp(fake.who, "token shop from 192.0.2.1") == 0);
    CHECK(has("{\"first\": \"447700900123\", \"last\": \"447700900123\", "
              "\"imsi\": \"234150000000001\", \"network\": \"away\", "
              "\"status\": \"barred\", \"route\": \"apps\", "
              "\"owner\": \"acme\", \"rate\": 60, "
              "\"valid-from\": \"2026-11-24T10:00:00Z\", \"valid-to\": null, "
              "\"imsi-mode\": null, \"note\": \"caf\xc3\xa9\", "
              "\"changed\": \"2026-11-24T10:00:00Z\"}"));
    CHECK(json("POST", "/api/v1/vmns", "{\"number\": \"447700900123\"}") ==
          409);
    CHECK(about("null"));
}

static void adds_a_range(void)
{
    fresh();
    CHECK(json("POST", "/api/v1/vmns",
               "{\"first\": \"447700900100\", \"last\": \"447700900199\","
               " \"imsi-mode\": \"correlation\"}") == 201);
    CHECK(strcmp(answer.location, "/api/v1/vmns/447700900100-447700900199") ==
          0);
    CHECK(fake.row[0].row.correlation);
    CHECK(get("/api/v1/vmns/447700900100-447700900199") == 200);
    CHECK(has("\"imsi-mode\": \"correlation\""));
    /* a number of the range is no row */
    CHECK(get("/api/v1/vmns/447700900100") == 404);
    CHECK(has("in the range 447700900100-447700900199"));
    CHECK(get("/api/v1/vmns/447700900100-447700900198") == 404);
    CHECK(get("/api/v1/vmns/447700900200") == 404);
}

static void refuses_bodies_that_are_wrong(void)
{
    static const struct {
        unsigned status;
        const char *body, *field;
    } wrong[] = {
        { 400, "", "null" },
        { 400, "{", "null" },
        { 400, "[]", "null" },
        { 400, "\"447700900123\"", "null" },
        { 400, "{\"number\": \"447700900123\"} x", "null" },
        { 400, "{\"number\": \"1234\", \"number\": \"1235\"}", "null" },
        { 400, "{\"number\": \"\xff\"}", "null" },
        { 422, "{}", "first" },
        { 422, "{\"number\": 447700900123}", "number" },
        { 422, "{\"number\": \"4477x\"}", "number" },
        { 422, "{\"number\": \"44770090012345678\"}", "number" },
        { 400, "{\"number\": \"123\\u0000\"}", "null" },
        { 422, "{\"number\": \"1234\", \"last\": \"1236\"}", "last" },
        { 422, "{\"first\": \"1234\", \"number\": \"1236\"}", "number" },
        { 422, "{\"first\": \"1234\", \"last\": \"1233\"}", "null" },
        { 422, "{\"first\": \"1234\", \"last\": \"12345\"}", "null" },
        { 422, "{\"number\": \"1234\", \"imsi\": \"1\"}", "imsi" },
        { 422, "{\"number\": \"1234\", \"network\": \"far\"}", "network" },
        { 422, "{\"number\": \"1234\", \"route\": \"far\"}", "route" },
        { 422, "{\"number\": \"1234\", \"owner\": \"far\"}", "owner" },
        { 422, "{\"number\": \"1234\", \"status\": \"odd\"}", "status" },
        { 422, "{\"number\": \"1234\", \"rate\": -1}", "rate" },
        { 422, "{\"number\": \"1234\", \"rate\": 65536}", "rate" },
        { 422, "{\"number\": \"1234\", \"rate\": \"5\"}", "rate" },
        { 422, "{\"number\": \"1234\", \"rate\": 1.5}", "rate" },
        { 422, "{\"number\": \"1234\", \"note\": [1]}", "note" },
        { 422, "{\"number\": \"1234\", \"note\": \"a\\nb\"}", "note" },
        { 422, "{\"number\": \"1234\", \"color\": \"red\"}", "color" },
        { 422, "{\"number\": \"1234\", \"valid-to\": \"soon\"}", "valid-to" },
        { 422,
          "{\"number\": \"1234\", \"imsi\": \"234150000000001\","
          " \"imsi-mode\": \"correlation\"}",
          "null" },
    };

    fresh();
    for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
        unsigned status = json("POST", "/api/v1/vmns", wrong[i].body);

        if (status != wrong[i].status)
            printf("%u for %s\n", status, wrong[i].body);
        CHECK(status == wrong[i].status);
        CHECK(about(wrong[i].field));
    }
    CHECK(fake.changes == 0);
    CHECK(request("POST", "/api/v1/vmns", "text/plain", "{}") == 415);
    CHECK(request("POST", "/api/v1/vmns", NULL, "{}") == 415);
    CHECK(request("POST", "/api/v1/vmns", "application/jsonx", "{}") == 415);
    CHECK(request("POST", "/api/v1/vmns", "Application/JSON; charset=utf-8",
                  "{\"number\": \"1234\"}") == 201);
}

static void puts_a_number_whether_it_is_there_or_not(void)
{
    fresh();
    CHECK(json("PUT", "/api/v1/vmns/1234", "{\"note\": \"one\"}") == 201);
    CHECK(json("PUT", "/api/v1/vmns/1234", "{\"rate\": 7}") == 200);
    CHECK(fake.rows == 1 && fake.row[0].row.rate == 7);
    CHECK(fake.row[0].note[0] == '\0'); /* the whole row is put */
    CHECK(json("PUT", "/api/v1/vmns/1234",
               "{\"number\": \"1234\", \"changed\": \"x\"}") == 200);
    CHECK(json("PUT", "/api/v1/vmns/1234", "{\"number\": \"1235\"}") == 422);
    CHECK(about("first"));
    CHECK(json("PUT", "/api/v1/vmns/1234-1239", "{\"last\": \"1238\"}") == 422);
    CHECK(about("last"));
    CHECK(json("PUT", "/api/v1/vmns/1239-1234", "{}") == 422);
    CHECK(json("PUT", "/api/v1/vmns/12x4", "{}") == 422);
    CHECK(json("PUT", "/api/v1/vmns/1234-1239-1240", "{}") == 422);
    CHECK(fake.rows == 1);
}

static void patches_what_is_given_alone(void)
{
    const struct hlr_stored *s = &fake.row[0];

    fresh();
    CHECK(json("PATCH", "/api/v1/vmns/1234", "{\"rate\": 1}") == 404);
    json("PUT", "/api/v1/vmns/1234",
         "{\"note\": \"one\", \"rate\": 5, \"imsi\": \"234150000000001\"}");
    CHECK(json("PATCH", "/api/v1/vmns/1234", "{\"status\": \"absent\"}") ==
          200);
    CHECK(s->row.status == HLR_ABSENT && s->row.rate == 5);
    CHECK(strcmp(s->note, "one") == 0);
    CHECK(json("PATCH", "/api/v1/vmns/1234",
               "{\"note\": null, \"rate\": null}") == 200);
    CHECK(s->note[0] == '\0' && s->row.rate == 0);
    CHECK(s->row.status == HLR_ABSENT);
    /* it must agree with what is there */
    CHECK(json("PATCH", "/api/v1/vmns/1234",
               "{\"imsi-mode\": \"correlation\"}") == 422);
    CHECK(!s->row.correlation);
    CHECK(json("PATCH", "/api/v1/vmns/1234",
               "{\"imsi-mode\": \"correlation\", \"imsi\": null}") == 200);
    CHECK(s->row.correlation && s->row.imsi[0] == '\0');
    CHECK(request("PATCH", "/api/v1/vmns/1234", "application/merge-patch+json",
                  "{}") == 200);
}

static void deletes_a_number(void)
{
    fresh();
    json("PUT", "/api/v1/vmns/1234", "{}");
    json("PUT", "/api/v1/vmns/1230-1239", "{}");
    CHECK(request("DELETE", "/api/v1/vmns/1235", NULL, "") == 404);
    CHECK(has("in the range 1230-1239"));
    CHECK(request("DELETE", "/api/v1/vmns/1234", NULL, "") == 204);
    CHECK(answer.body.len == 0 && answer.type == NULL);
    CHECK(request("DELETE", "/api/v1/vmns/1234", NULL, "") == 404);
    CHECK(fake.rows == 1);
}

static void lists_by_pages(void)
{
    char uri[64];

    fresh();
    for (int i = 0; i < 5; i++) {
        snprintf(uri, sizeof(uri), "/api/v1/vmns/12%d0", i);
        CHECK(json("PUT", uri, "{}") == 201);
    }
    /* a range may begin where a number is */
    CHECK(json("PUT", "/api/v1/vmns/1210-1219", "{\"status\": \"barred\"}") ==
          201);
    CHECK(get("/api/v1/vmns?limit=2") == 200);
    CHECK(has("\"1200\"") && has("\"next\": \"1210-1210\"}"));
    CHECK(get("/api/v1/vmns?limit=2&after=1210-1210") == 200);
    CHECK(has("\"last\": \"1219\"") && has("\"next\": \"1220-1220\"}"));
    CHECK(get("/api/v1/vmns?limit=2&after=1220-1220") == 200);
    CHECK(has("\"1230\"") && has("\"1240\"") && has("\"next\": null}"));
    CHECK(get("/api/v1/vmns?after=%2B1240") == 200);
    CHECK(has("{\"vmns\": [], \"next\": null}"));
    CHECK(get("/api/v1/vmns?prefix=121&status=barred") == 200);
    CHECK(has("\"last\": \"1219\"") && has("\"next\": null}"));
    CHECK(get("/api/v1/vmns?number=+1215") == 200); /* "+" not encoded */
    CHECK(has("\"last\": \"1219\""));
    CHECK(get("/api/v1/vmns?owner=nobody&network=home&route=apps") == 200);
    CHECK(request("HEAD", "/api/v1/vmns", NULL, "") == 200);
}

static void refuses_arguments_that_are_wrong(void)
{
    static const char *const wrong[][2] = {
        { "limit=0", "limit" },         { "limit=1001", "limit" },
        { "limit=-1", "limit" },        { "limit=", "limit" },
        { "limit=5x", "limit" },        { "after=x", "after" },
        { "after=1234-y", "after" },    { "prefix=", "prefix" },
        { "prefix=44x", "prefix" },     { "number=1", "number" },
        { "imsi=12", "imsi" },          { "status=odd", "status" },
        { "network=a%20b", "network" }, { "colour=red", "colour" },
    };
    char uri[64];

    fresh();
    for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
        snprintf(uri, sizeof(uri), "/api/v1/vmns?%s", wrong[i][0]);
        CHECK(get(uri) == 422);
        CHECK(about(wrong[i][1]));
    }
    CHECK(get("/api/v1/vmns?limit=%") == 400);
    CHECK(get("/api/v1/vmns?limit=1&limit=2") == 400);
    CHECK(get("/api/v1/vmns?password=x") == 200); /* read before */
}

static void reads_what_is_to_be_explained(void)
{
    fresh();
    get("/api/v1/explain/%2B1234?sc=+4477&network=home");
    CHECK(asked.what == REST_EXPLAIN);
    CHECK(strcmp(asked.row.row.first, "1234") == 0);
    CHECK(strcmp(asked.sc, "4477") == 0);
    CHECK(strcmp(asked.filter.network, "home") == 0);
    CHECK(get("/api/v1/explain/1234?sc=x") == 422 && about("sc"));
    CHECK(get("/api/v1/explain/1234-1235") == 404);
}

static void knows_resources_and_methods(void)
{
    fresh();
    CHECK(get("/api/v1") == 404);
    CHECK(get("/api/v1/") == 404);
    CHECK(get("/api/v1/vmn") == 404);
    CHECK(get("/api/v1/vmns/") == 404);
    CHECK(get("/api/v1/vmns/1234/x") == 404);
    CHECK(get("/api/v1/import") == 405);
    CHECK(strcmp(answer.allow, "POST") == 0);
    CHECK(json("DELETE", "/api/v1/vmns", "") == 405);
    CHECK(strcmp(answer.allow, "GET, POST") == 0);
    CHECK(json("POST", "/api/v1/vmns/1234", "") == 405);
    CHECK(strcmp(answer.allow, "GET, PUT, PATCH, DELETE") == 0);
    CHECK(json("PUT", "/api/v1/nodes/a-b", "") == 405);
}

static void tells_what_the_database_says(void)
{
    fresh();
    fake.fails = DB_LOST;
    CHECK(get("/api/v1/vmns") == 503);
    CHECK(has("{\"error\": \"it was made to fail\", \"field\": null}"));
    fake.fails = DB_AGAIN;
    CHECK(get("/api/v1/vmns/1234") == 503);
    fake.fails = DB_FAILED;
    CHECK(get("/api/v1/owners") == 500);
    fake.fails = DB_TAKEN;
    CHECK(json("POST", "/api/v1/vmns", "{\"number\": \"1234\"}") == 409);
}

static void keeps_owners(void)
{
    fresh();
    CHECK(json("POST", "/api/v1/owners", "{\"name\": \"A & B\"}") == 201);
    CHECK(json("POST", "/api/v1/owners", "{\"name\": \"A & B\"}") == 409);
    CHECK(about("name"));
    CHECK(json("POST", "/api/v1/owners", "{\"note\": \"x\"}") == 422);
    CHECK(about("name"));
    CHECK(json("PUT", "/api/v1/owners/a%2Fb", "{\"note\": \"two\"}") == 201);
    CHECK(json("PUT", "/api/v1/owners/a%2Fb", "{\"note\": \"three\"}") == 200);
    CHECK(json("PUT", "/api/v1/owners/a%2Fb", "{\"name\": \"c\"}") == 422);
    CHECK(get("/api/v1/owners/a%2Fb") == 200);
    CHECK(has("{\"id\": 2, \"name\": \"a/b\", \"note\": \"three\"}"));
    CHECK(get("/api/v1/owners") == 200);
    CHECK(has("\"A & B\"") && has("\"a/b\""));
    CHECK(get("/api/v1/owners/c") == 404);
    json("PUT", "/api/v1/vmns/1234", "{\"owner\": \"a/b\"}");
    CHECK(request("DELETE", "/api/v1/owners/a%2Fb", NULL, "") == 409);
    CHECK(request("DELETE", "/api/v1/owners/A%20%26%20B", NULL, "") == 204);
    CHECK(request("DELETE", "/api/v1/owners/c", NULL, "") == 404);
    CHECK(fake.owners == 1);
}

static void shows_and_changes_nodes(void)
{
    fresh();
    CHECK(get("/api/v1/nodes") == 200 && has("{\"nodes\": []}"));
    fake.nodes = 3;
    fake.node[0] = (struct reg_node){ .id = "a-1",
                                      .weight = 100,
                                      .beat_age_ms = 900,
                                      .network = "home",
                                      .point_code = 2211,
                                      .msc_gt = "447700970777" };
    fake.node[1] = fake.node[0];
    snprintf(fake.node[1].network, 32, "away");
    fake.node[2] = (struct reg_node){ .id = "b", .beat_age_ms = -1 };
    CHECK(get("/api/v1/nodes") == 200);
    CHECK(has("{\"id\": \"a-1\", \"weight\": 100, \"drain\": false, "
              "\"alive\": true, \"beat-age-ms\": 900, \"networks\": ["
              "{\"network\": \"home\", \"point-code\": 2211, "
              "\"msc-gt\": \"447700970777\"}, {\"network\": \"away\""));
    CHECK(has("{\"id\": \"b\", \"weight\": 0, \"drain\": false, "
              "\"alive\": false, \"beat-age-ms\": null, \"networks\": []}]}"));
    CHECK(json("PATCH", "/api/v1/nodes/a-1",
               "{\"drain\": true, \"weight\": 7}") == 200);
    CHECK(has("\"weight\": 7, \"drain\": true"));
    CHECK(json("PATCH", "/api/v1/nodes/a-1", "{}") == 422);
    CHECK(json("PATCH", "/api/v1/nodes/a-1", "{\"drain\": 1}") == 422);
    CHECK(about("drain"));
    CHECK(json("PATCH", "/api/v1/nodes/a-1", "{\"weight\": 65536}") == 422);
    CHECK(json("PATCH", "/api/v1/nodes/a-1", "{\"id\": \"c\"}") == 422);
    CHECK(json("PATCH", "/api/v1/nodes/c", "{\"weight\": 1}") == 404);
    CHECK(get("/api/v1/nodes/b") == 200 && get("/api/v1/nodes/c") == 404);
    CHECK(request("DELETE", "/api/v1/nodes/b", NULL, "") == 204);
    CHECK(request("DELETE", "/api/v1/nodes/b", NULL, "") == 404);
}

static unsigned import(const char *query, const char *body)
{
    char uri[64];

    snprintf(uri, sizeof(uri), "/api/v1/import%s", query);
    return request("POST", uri, "text/csv", body);
}

static void imports_all_or_nothing(void)
{
    fresh();
    CHECK(import("", "first,last,note\n1234,,a\n2000,2999,b\n") == 200);
    CHECK(has("{\"rows\": 2, \"replaced\": 0, \"dry-run\": false}"));
    CHECK(fake.rows == 2 && strcmp(fake.row[1].row.last, "2999") == 0);
    CHECK(import("", "number\n1235\n1234\n") == 422);
    CHECK(has("\"wrong\": 1, \"errors\": [") && has("\"line\": 3"));
    CHECK(fake.rows == 2);
    CHECK(import("?replace=1&dry-run=1", "number\n1235\n1234\n") == 200);
    CHECK(has("\"replaced\": 1, \"dry-run\": true"));
    CHECK(fake.rows == 2);
    CHECK(import("?replace", "number\n1235\n1234\n") == 200);
    CHECK(fake.rows == 3);
    CHECK(request("POST", "/api/v1/import", "application/json", "") == 415);
    CHECK(import("?replace=maybe", "number\n") == 422 && about("replace"));
    /* not taken for what it is not */
    CHECK(import("?dryrun=1", "number\n1236\n") == 422 && about("dryrun"));
    CHECK(fake.rows == 3);
}

static void tells_every_wrong_line_at_once(void)
{
    fresh();
    CHECK(import("", "number,network,rate\n1234,home,1\n12x4,,\n1235,far,\n"
                     "9912,,\n1236,,99999\n") == 422);
    CHECK(has("\"wrong\": 4"));
    CHECK(has("\"line\": 3") && has("\"line\": 4") && has("\"line\": 5") &&
          has("\"line\": 6"));
    CHECK(has("there is no such network"));
    CHECK(fake.rows == 0 && fake.changes == 0);
    CHECK(import("", "") == 422);
    CHECK(import("", "colour\nred\n") == 422);
    CHECK(has("\"line\": 1"));
    CHECK(import("", "number\n1234") == 422); /* torn */
    CHECK(fake.rows == 0);
}

/* doc/openapi.yaml: its paths, and the methods below each. */
static void the_description_has_every_route(void)
{
    char line[256], path[128] = "", name[64];
    unsigned found[64] = { 0 }, n = 0;
    FILE *f = fopen("doc/openapi.yaml", "r");

    CHECK(f != NULL && rest_n_routes <= 64);
    if (f == NULL)
        return;
    while (fgets(line, sizeof(line), f) != NULL) {
        unsigned i = 0;

        if (sscanf(line, "  /api/v1%127[^:]:", path) == 1 && line[2] == '/')
            continue;
        if (line[0] != '\n' && (line[0] != ' ' || line[2] != ' '))
            path[0] = '\0';
        if (sscanf(line, "    %63[a-z]:", name) != 1 || line[4] == ' ' ||
            path[0] == '\0' || strcmp(name, "parameters") == 0)
            continue;
        while (i < rest_n_routes &&
               (strcasecmp(rest_routes[i].method, name) != 0 ||
                strcmp(rest_routes[i].path, path) != 0))
            i++;
        n++;
        if (i == rest_n_routes) {
            printf("openapi.yaml has %s %s\n", name, path);
            CHECK(false);
        } else {
            found[i]++;
        }
    }
    fclose(f);
    CHECK(n == rest_n_routes);
    for (unsigned i = 0; i < rest_n_routes; i++)
        if (found[i] != 1) {
            printf("openapi.yaml has %s %s %u times\n", rest_routes[i].method,
                   rest_routes[i].path, found[i]);
            CHECK(false);
        }
}

int main(void)
{
    const char *srcdir = getenv("srcdir");

    if (srcdir != NULL && chdir(srcdir) != 0)
        return 1;
    adds_a_number();
    adds_a_range();
    refuses_bodies_that_are_wrong();
    puts_a_number_whether_it_is_there_or_not();
    patches_what_is_given_alone();
    deletes_a_number();
    lists_by_pages();
    refuses_arguments_that_are_wrong();
    reads_what_is_to_be_explained();
    knows_resources_and_methods();
    tells_what_the_database_says();
    keeps_owners();
    shows_and_changes_nodes();
    imports_all_or_nothing();
    tells_every_wrong_line_at_once();
    the_description_has_every_route();
    text_free(&answer.body);
    return CHECK_DONE();
}
