/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * admin_ask.h - what a request to the admin port is for
 *
 * Worked out of its head, and again when all of it is there: nothing of it is
 * kept between. Plain, asks nobody.
 */

#ifndef ADMIN_ASK_H
#define ADMIN_ASK_H

#include "admin_status.h"
#include "admin_web.h"
#include "rest.h"

enum ask_target {
    ASK_NONE,
    ASK_STATUS,
    ASK_METRICS,
    ASK_HEALTH,
    ASK_COMMAND,
    ASK_REST,
};

enum ask_command {
    ASK_SHUTDOWN,
    ASK_SUSPEND,
    ASK_RESUME,
    ASK_RELOAD,
    ASK_LOG_LEVEL,
};

struct ask {
    enum ask_target target;
    enum status_form form;
    enum ask_command command;
    struct uri uri;
    struct rest_ask rest;
    struct web_reply refusal; /* status 0: none; its body is the caller's */
};

void ask_find(struct ask *a, const struct web_req *r);

/* What the client says that it knows, behind "Bearer" or as the argument
 * password; NULL: nothing. */
const char *ask_credential(const struct ask *a, const struct web_req *r);

const char *ask_command_str(enum ask_command c);

/* Answers: a line of text; a refusal, in text or as REST has it; an answer of
 * rest.h in terms of the web. */
extern const char ask_text_plain[];
void ask_say(struct web_reply *r, unsigned status, const char *line);
void ask_refuse(struct ask *a, unsigned status, const char *why);
void ask_from_rest(struct rest_reply *from, struct web_reply *to);

#endif
