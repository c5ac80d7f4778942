/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * admin_ask_test.c - what a request to the admin port is for
 */

#include "check.h"
#include "gw/admin_ask.h"

static struct ask a;

static unsigned ask(const char *method, const char *uri, const char *accept)
{
    struct web_req r = { .method = method, .uri = uri, .accept = accept };

    text_free(&a.refusal.body);
    ask_find(&a, &r);
    return a.refusal.status;
}

static bool page(const char *uri, const char *accept, enum status_form form)
{
    return ask("GET", uri, accept) == 0 && a.target == ASK_STATUS &&
           a.form == form;
}

static bool command(const char *uri, enum ask_command c)
{
    return ask("GET", uri, NULL) == 0 && a.target == ASK_COMMAND &&
           a.command == c;
}

static void finds_the_status_in_every_form(void)
{
    CHECK(page("/status", NULL, STATUS_TEXT));
    CHECK(page("/status", "*/*", STATUS_TEXT));
    CHECK(page("/status", "text/html,application/xml;q=0.9", STATUS_HTML));
    CHECK(page("/status", "application/xml", STATUS_XML));
    CHECK(page("/status", "text/xml", STATUS_XML));
    CHECK(page("/status", "application/json", STATUS_JSON));
    CHECK(page("/status.txt", "text/html", STATUS_TEXT));
    CHECK(page("/status.html?password=x", NULL, STATUS_HTML));
    CHECK(page("/status.xml", NULL, STATUS_XML));
    CHECK(page("/status.json", NULL, STATUS_JSON));
    CHECK(page("/cgi-bin/status.xml", NULL, STATUS_XML));
    CHECK(ask("GET", "/status.wml", NULL) == 404);
    CHECK(ask("GET", "/status2", NULL) == 404);
    CHECK(ask("GET", "/stat", NULL) == 404);
    CHECK(ask("HEAD", "/status", NULL) == 0);
    CHECK(ask("POST", "/status", NULL) == 405);
    CHECK(strcmp(a.refusal.header[0].value, "GET, HEAD") == 0);
    CHECK(ask("GET", "/metrics", NULL) == 0 && a.target == ASK_METRICS);
    CHECK(ask("GET", "/health", NULL) == 0 && a.target == ASK_HEALTH);
}

static void finds_commands(void)
{
    CHECK(command("/shutdown?password=x", ASK_SHUTDOWN));
    CHECK(command("/cgi-bin/suspend", ASK_SUSPEND));
    CHECK(command("/resume.txt", ASK_RESUME));
    CHECK(command("/reload", ASK_RELOAD));
    CHECK(command("/log-level?level=1", ASK_LOG_LEVEL));
    CHECK(ask("POST", "/shutdown", NULL) == 0);
    CHECK(ask("HEAD", "/shutdown", NULL) == 405); /* must do nothing */
    CHECK(strcmp(a.refusal.header[0].value, "GET, POST") == 0);
    CHECK(ask("GET", "/shut", NULL) == 404);
    CHECK(ask("GET", "/shutdown/now", NULL) == 404);
    CHECK(strstr(a.refusal.body.p, "shutdown\nsuspend\n") != NULL);
    CHECK(ask("GET", "/", NULL) == 404);
    CHECK(ask("GET", "/cgi-bin/", NULL) == 404);
    CHECK(ask("GET", "*", NULL) == 400);
    CHECK(ask("GET", "/%0a", NULL) == 400);
}

static void finds_rest(void)
{
    CHECK(ask("GET", "/api/v1/vmns?limit=1", NULL) == 0);
    CHECK(a.target == ASK_REST && a.rest.what == REST_VMN_LIST);
    CHECK(ask("GET", "/api/v1/x", NULL) == 404 && a.target == ASK_REST);
    CHECK(strncmp(a.refusal.body.p, "{\"error\": ", 10) == 0);
    CHECK(ask("PATCH", "/api/v1/vmns", NULL) == 405);
    CHECK(strcmp(a.refusal.header[0].name, "Allow") == 0);
    CHECK(ask("GET", "/api/v10/vmns", NULL) == 404 && a.target == ASK_NONE);
    CHECK(ask("GET", "/api", NULL) == 404 && a.target == ASK_NONE);
}

static const char *given(const char *authorization, const char *uri)
{
    struct web_req r = { .authorization = authorization };
    const char *is;

    ask("GET", uri, NULL);
    is = ask_credential(&a, &r);
    return is != NULL ? is : "(none)";
}

static void finds_what_the_client_knows(void)
{
    CHECK(strcmp(given(NULL, "/status"), "(none)") == 0);
    CHECK(strcmp(given(NULL, "/status?password=a%20b"), "a b") == 0);
    CHECK(strcmp(given(NULL, "/status?password="), "") == 0);
    CHECK(strcmp(given("Bearer xyz", "/status?password=a"), "xyz") == 0);
    CHECK(strcmp(given("bearer  xyz", "/status"), "xyz") == 0);
    CHECK(strcmp(given("Basic eDp5", "/status?password=a"), "a") == 0);
    CHECK(strcmp(given("Bearerxyz", "/status"), "(none)") == 0);
}

static void answers_in_terms_of_the_web(void)
{
    struct rest_reply r = { .status = 503, .allow = "GET", .location = "/x" };
    struct web_reply w;

    ask_from_rest(&r, &w);
    CHECK(w.status == 503 && strcmp(w.header[0].value, "GET") == 0);
    CHECK(strcmp(w.header[1].name, "Location") == 0);
    r.location[0] = '\0';
    ask_from_rest(&r, &w);
    CHECK(strcmp(w.header[1].name, "Retry-After") == 0);
}

static void splits_what_is_asked(void)
{
    char text[URI_VALUE_MAX + 40];
    struct uri u;
    bool is;

    CHECK(uri_read(&u, "/a%2fb+c?x=1+2&&y&z=%C3%A9&=e#f") == NULL);
    CHECK(strcmp(u.path, "/a/b+c") == 0 && u.args == 4);
    CHECK(strcmp(uri_arg(&u, "x"), "1 2") == 0);
    CHECK(strcmp(uri_arg(&u, "y"), "") == 0);
    CHECK(strcmp(uri_arg(&u, "z"), "\xc3\xa9") == 0);
    CHECK(strcmp(uri_arg(&u, ""), "e") == 0);
    CHECK(uri_arg(&u, "w") == NULL);
    CHECK(uri_read(&u, "/?a=1&b=off&c&d=2&e=true") == NULL);
    CHECK(uri_flag(&u, "a", &is) == 0 && is);
    CHECK(uri_flag(&u, "b", &is) == 0 && !is);
    CHECK(uri_flag(&u, "c", &is) == 0 && is);
    CHECK(uri_flag(&u, "e", &is) == 0 && is);
    CHECK(uri_flag(&u, "f", &is) == 0 && !is);
    CHECK(uri_flag(&u, "d", &is) == -1);
    CHECK(uri_read(&u, "/%4") != NULL && uri_read(&u, "/%4g") != NULL);
    CHECK(uri_read(&u, "/%00") != NULL && uri_read(&u, "/?a=%7f") != NULL);
    CHECK(uri_read(&u, "/?a=1&a=2") != NULL);
    CHECK(uri_read(&u, "/?a&b&c&d&e&f&g&h&i&j&k&l&m&n&o&p&q") != NULL);
    memset(text, 'x', sizeof(text) - 1);
    text[sizeof(text) - 1] = '\0';
    memcpy(text, "/?a=", 4);
    CHECK(uri_read(&u, text) != NULL);
    text[4 + URI_VALUE_MAX] = '\0';
    CHECK(uri_read(&u, text) == NULL);
    CHECK(strlen(uri_arg(&u, "a")) == URI_VALUE_MAX);
    memset(text, '/', sizeof(text) - 1);
    CHECK(uri_read(&u, text) != NULL);
}

int main(void)
{
    SHOWS("KB-11", finds_the_status_in_every_form);
    finds_commands();
    finds_rest();
    finds_what_the_client_knows();
    answers_in_terms_of_the_web();
    splits_what_is_asked();
    text_free(&a.refusal.body);
    return CHECK_DONE();
}
