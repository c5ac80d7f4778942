/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * httpbox_form.h - a message as the body of a POST
 *
 * Sender and receiver have changed places before, as everywhere in urltrans:
 * sms.receiver is who sent the message. gwlib; any thread.
 */

#ifndef HTTPBOX_FORM_H
#define HTTPBOX_FORM_H

#include <gw/msg.h>
#include <gwlib/gwlib.h>
#include <stdbool.h>

/* post-xml, as smsbox writes it. */
Octstr *http_form_xml(Msg *msg, bool send_sender);

/*
 * post-json: an object with id, from, to, time and what else the message
 * has; text as "text", binary data as "data" in hexadecimal. Always valid
 * JSON in UTF-8: what is not UTF-8 becomes U+FFFD.
 */
Octstr *http_form_json(Msg *msg, const char *id);

#endif
