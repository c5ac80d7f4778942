/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * httpbox_reply.h - the body of an answer as a message to the sender
 *
 * Only where the service's max-messages asks for it, and only after the
 * message was acknowledged. Whether the reply gets anywhere has no influence
 * on that. gwlib; one thread.
 */

#ifndef HTTPBOX_REPLY_H
#define HTTPBOX_REPLY_H

#include "box_client.h"
#include "httpbox_req.h"

/*
 * Send what job->call.reply says (of a service that is only a text: job->url).
 * Text and HTML are sent; of other types nothing. Flushes nothing.
 */
void http_reply_send(struct http_job *job, const struct http_conf *conf,
                     struct box_client *client);

#endif
