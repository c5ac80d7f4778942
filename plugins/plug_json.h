/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * plug_json.h - one flat object of JSON, written from its front to its end
 *
 *     struct plug_json j = { .any = false };
 *
 *     plug_json_open(&j);
 *     plug_json_text(&j, "hook", "on_sms", 6);
 *     plug_json_msg(&j, host, m);
 *     body = plug_json_end(&j, &len);  // NULL: no memory
 *     plug_json_open(&j);              // the next one, in the same memory
 *     plug_json_free(&j);
 *
 * The result is one line of UTF-8 whatever the values were: octets that are no
 * character become U+FFFD, and control characters are escaped.
 */

#ifndef PLUG_JSON_H
#define PLUG_JSON_H

#include "plug_buf.h"
#include "sigtran-plugin.h"

struct plug_json {
    struct plug_buf buf;
    bool any; /* there is a member already */
};

void plug_json_open(struct plug_json *j);
void plug_json_text(struct plug_json *j, const char *name, const void *p,
                    size_t len);
void plug_json_number(struct plug_json *j, const char *name, int64_t n);
void plug_json_flag(struct plug_json *j, const char *name, bool on);
void plug_json_hex(struct plug_json *j, const char *name, const void *p,
                   size_t len);
void plug_json_base64(struct plug_json *j, const char *name, const void *p,
                      size_t len);
void plug_json_time(struct plug_json *j, const char *name, uint64_t ms);

/*
 * The members of a message, or of a question where to send one; what is empty
 * is left out:
 *
 *     kind id network version sender receiver owner sc gt gt_plan imsi msc
 *     route error meta     texts
 *     coding               "7bit", "8bit", "ucs2"
 *     text                 or, if 8 bit, data_base64
 *     udh                  hexadecimal
 *     dcs pid              numbers
 */
void plug_json_msg(struct plug_json *j, const struct plug_host *host,
                   const struct plug_msg *m);

/* The whole object, lent until the next call. NULL: no memory. */
const char *plug_json_end(struct plug_json *j, size_t *len);
void plug_json_free(struct plug_json *j);

#endif
