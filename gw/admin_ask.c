/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * admin_ask.c - what a request to the admin port is for
 */

#include "admin_ask.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

const char ask_text_plain[] = "text/plain; charset=utf-8";
static const char api[] = "/api/v1";

static const char *const commands[] = {
    [ASK_SHUTDOWN] = "shutdown",   [ASK_SUSPEND] = "suspend",
    [ASK_RESUME] = "resume",       [ASK_RELOAD] = "reload",
    [ASK_LOG_LEVEL] = "log-level",
};

enum { COMMANDS = sizeof(commands) / sizeof(commands[0]) };

const char *ask_command_str(enum ask_command c)
{
    return commands[c];
}

void ask_say(struct web_reply *r, unsigned status, const char *line)
{
    r->status = status;
    r->type = ask_text_plain;
    text_fmt(&r->body, "%s\n", line);
}

void ask_from_rest(struct rest_reply *from, struct web_reply *to)
{
    unsigned n = 0;

    *to = (struct web_reply){ .status = from->status,
                              .type = from->type,
                              .body = from->body };
    if (from->allow[0] != '\0') {
        to->header[n].name = "Allow";
        snprintf(to->header[n++].value, sizeof(to->header[0].value), "%s",
                 from->allow);
    }
    if (from->location[0] != '\0') {
        to->header[n].name = "Location";
        snprintf(to->header[n++].value, sizeof(to->header[0].value), "%s",
                 from->location);
    }
    if (from->status == 503 && n < WEB_HEADERS) {
        to->header[n].name = "Retry-After";
        snprintf(to->header[n].value, sizeof(to->header[0].value), "1");
    }
}

void ask_refuse(struct ask *a, unsigned status, const char *why)
{
    struct rest_reply refused = { .status = 0 };

    text_free(&a->refusal.body);
    a->refusal = (struct web_reply){ .status = 0 };
    if (a->target != ASK_REST) {
        ask_say(&a->refusal, status, why);
        return;
    }
    rest_refuse(&refused, status, NULL, why);
    ask_from_rest(&refused, &a->refusal);
}

/* The form a status is asked for in, by its ending, else as the client's
 * Accept says, as Kannel's core does it. */
static bool form_of(const char *ending, const char *accept,
                    enum status_form *form)
{
    static const struct {
        const char *ending, *accept;
        enum status_form form;
    } forms[] = {
        { ".html", "text/html", STATUS_HTML },
        { ".xml", "text/xml", STATUS_XML },
        { ".xml", "application/xml", STATUS_XML },
        { ".json", "application/json", STATUS_JSON },
        { ".txt", "text/plain", STATUS_TEXT },
    };

    *form = STATUS_TEXT;
    for (size_t i = 0; i < sizeof(forms) / sizeof(forms[0]); i++)
        if (ending[0] == '\0'
                ? accept != NULL && strstr(accept, forms[i].accept) != NULL
                : strcmp(ending, forms[i].ending) == 0) {
            *form = forms[i].form;
            return true;
        }
    return ending[0] == '\0';
}

static void find_page(struct ask *a, const char *name, const char *accept)
{
    size_t n = strcspn(name, ".");

    if (strncmp(name, "status", n) == 0 && n == strlen("status") &&
        form_of(name + n, accept, &a->form)) {
        a->target = ASK_STATUS;
        return;
    }
    if (strcmp(name, "metrics") == 0)
        a->target = ASK_METRICS;
    else if (strcmp(name, "health") == 0)
        a->target = ASK_HEALTH;
    for (size_t i = 0; i < COMMANDS; i++)
        if (strncmp(name, commands[i], n) == 0 && commands[i][n] == '\0') {
            a->command = (enum ask_command)i;
            a->target = ASK_COMMAND;
        }
}

static void unknown(struct ask *a)
{
    ask_refuse(a, 404, "Unknown command. Possible commands are:");
    text_put(&a->refusal.body, "status\nmetrics\nhealth\n");
    for (size_t i = 0; i < COMMANDS; i++)
        text_fmt(&a->refusal.body, "%s\n", commands[i]);
    text_fmt(&a->refusal.body, "and %s/..., see its openapi.yaml\n", api);
}

/* A HEAD must not do what a command does. */
static void find_method(struct ask *a, const char *method)
{
    bool command = a->target == ASK_COMMAND;

    if (strcmp(method, "GET") == 0 ||
        strcmp(method, command ? "POST" : "HEAD") == 0)
        return;
    ask_refuse(a, 405, "No such method here");
    a->refusal.header[0].name = "Allow";
    snprintf(a->refusal.header[0].value, sizeof(a->refusal.header[0].value),
             command ? "GET, POST" : "GET, HEAD");
}

void ask_find(struct ask *a, const struct web_req *r)
{
    static const char cgi[] = "/cgi-bin/";
    const char *why = uri_read(&a->uri, r->uri), *path = a->uri.path;
    struct rest_reply refused = { .status = 0 };

    a->refusal = (struct web_reply){ .status = 0 };
    a->target = ASK_NONE;
    a->command = ASK_SHUTDOWN;
    a->rest = (struct rest_ask){ .who = "" };
    if (why != NULL) {
        ask_refuse(a, 400, why);
    } else if (strncmp(path, api, strlen(api)) == 0 &&
               (path[strlen(api)] == '/' || path[strlen(api)] == '\0')) {
        a->target = ASK_REST;
        if (rest_find(r->method, &a->uri, &a->rest, &refused) != 0)
            ask_from_rest(&refused, &a->refusal);
    } else {
        path += strncmp(path, cgi, strlen(cgi)) == 0 ? strlen(cgi) : 1;
        find_page(a, path, r->accept);
        if (a->target == ASK_NONE)
            unknown(a);
        else
            find_method(a, r->method);
    }
}

const char *ask_credential(const struct ask *a, const struct web_req *r)
{
    static const char bearer[] = "Bearer ";
    const char *given = r->authorization;

    if (given != NULL && strncasecmp(given, bearer, strlen(bearer)) == 0) {
        given += strlen(bearer);
        return given + strspn(given, " ");
    }
    return uri_arg(&a->uri, "password");
}
