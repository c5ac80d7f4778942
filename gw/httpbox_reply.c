/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * httpbox_reply.c - the body of an answer as a message to the sender
 */

#include "httpbox_reply.h"

#include "stat.h"

#include <gw/html.h>
#include <gw/sms.h>
#include <string.h>
#include <time.h>

enum { PART_OCTETS = 140, KIND_MAX = 64 };

/* ---- the text ---- */

static void cut_word(const char *p, const char *ends, char out[KIND_MAX])
{
    size_t n = strcspn(p, ends);

    out[0] = '\0';
    if (n < KIND_MAX)
        snprintf(out, KIND_MAX, "%.*s", (int)n, p);
}

/* "text/plain; charset=UTF-8": kind and charset ("": none). */
static void split_type(const char *type, char kind[KIND_MAX],
                       char charset[KIND_MAX])
{
    static const char name[] = "charset=";
    const char *p = type;

    cut_word(type, "; \t", kind);
    charset[0] = '\0';
    while ((p = strchr(p, ';')) != NULL) {
        p += 1 + strspn(p + 1, " \t");
        if (strncasecmp(p, name, strlen(name)) != 0)
            continue;
        p += strlen(name);
        cut_word(p + (*p == '"'), "\"; \t", charset);
    }
}

/* Of a page only what stands between prefix and suffix, if both are there. */
static void cut(Octstr *html, URLTranslation *t)
{
    Octstr *prefix = urltrans_prefix(t), *suffix = urltrans_suffix(t);
    long begin, end;

    if (prefix == NULL || suffix == NULL)
        return;
    begin = octstr_case_search(html, prefix, 0);
    if (begin < 0)
        return;
    begin += octstr_len(prefix);
    end = octstr_case_search(html, suffix, begin);
    if (end < 0)
        return;
    octstr_truncate(html, (int)end);
    octstr_delete(html, 0, begin);
}

static Octstr *to_utf8(Octstr *text, const char *charset, URLTranslation *t)
{
    Octstr *alt = urltrans_alt_charset(t), *from;

    if (charset[0] == '\0' && alt != NULL)
        charset = octstr_get_cstr(alt);
    if (charset[0] == '\0' || strcasecmp(charset, "UTF-8") == 0)
        return text;
    from = octstr_create(charset);
    if (octstr_recode(octstr_imm("UTF-8"), from, text) != 0) {
        octstr_destroy(text);
        text = NULL;
    }
    octstr_destroy(from);
    return text;
}

/* The text to send, or NULL: it cannot be a message. */
static Octstr *text_of(struct http_job *job)
{
    const struct http_call *call = &job->call;
    char kind[KIND_MAX], charset[KIND_MAX];
    Octstr *body, *text;

    if (job->service->form == HTTP_FORM_TEXT)
        return octstr_duplicate(job->url);
    if (call->reply == NULL) /* none, or too long for a message */
        return call->want_reply ? octstr_create("") : NULL;
    split_type(call->type, kind, charset);
    body = octstr_create_from_data(call->reply, (long)call->reply_len);
    if (strcasecmp(kind, "text/plain") == 0)
        return to_utf8(body, charset, job->service->trans);
    text = NULL;
    if (strcasecmp(kind, "text/html") == 0) {
        cut(body, job->service->trans);
        text = html_to_sms(body);
        octstr_strip_blanks(text);
        text = to_utf8(text, charset, job->service->trans);
    }
    octstr_destroy(body);
    return text;
}

/* ---- the message ---- */

static void set_os(struct box_frame *f, int field, Octstr *os)
{
    if (os != NULL)
        f->field[field] =
            (struct box_field){ .num = (int32_t)octstr_len(os),
                                .p = (const uint8_t *)octstr_get_cstr(os) };
}

static void send_part(struct box_client *client, Msg *msg)
{
    struct box_frame f;

    box_client_blank(&f);
    uuid_generate(f.id);
    set_os(&f, BOX_SMS_SENDER, msg->sms.sender);
    set_os(&f, BOX_SMS_RECEIVER, msg->sms.receiver);
    set_os(&f, BOX_SMS_MSGDATA, msg->sms.msgdata);
    set_os(&f, BOX_SMS_UDHDATA, msg->sms.udhdata);
    set_os(&f, BOX_SMS_SMSC_ID, msg->sms.smsc_id);
    set_os(&f, BOX_SMS_SERVICE, msg->sms.service);
    set_os(&f, BOX_SMS_DLR_URL, msg->sms.dlr_url);
    set_os(&f, BOX_SMS_BOXC_ID, msg->sms.boxc_id);
    f.field[BOX_SMS_DLR_MASK].num = (int32_t)msg->sms.dlr_mask;
    f.field[BOX_SMS_TIME].num = (int32_t)msg->sms.time;
    f.field[BOX_SMS_TYPE].num = mt_reply;
    f.field[BOX_SMS_CODING].num = DC_7BIT;
    stat_inc(box_client_sms(client, &f) != 0 ? STAT_http_reply
                                             : STAT_http_reply_lost);
}

/* As smsbox: split only where the service has something to put between. */
static List *parts_of(Msg *msg, const struct http_service *s)
{
    URLTranslation *t = s->trans;
    static unsigned long sequence;
    List *list;

    if (urltrans_header(t) != NULL || urltrans_footer(t) != NULL ||
        urltrans_split_suffix(t) != NULL || urltrans_split_chars(t) != NULL)
        return sms_split(msg, urltrans_header(t), urltrans_footer(t),
                         urltrans_split_suffix(t), urltrans_split_chars(t),
                         urltrans_concatenation(t), ++sequence & 0xff,
                         (int)s->max_messages, PART_OCTETS);
    list = gwlist_create();
    gwlist_append(list, msg_duplicate(msg));
    return list;
}

static void fill(Msg *msg, struct http_job *job, const struct http_conf *conf)
{
    Octstr *dlr_url = urltrans_dlr_url(job->service->trans);

    msg->sms.sms_type = mt_reply;
    msg->sms.sender = octstr_duplicate(job->msg->sms.sender);
    msg->sms.receiver = octstr_duplicate(job->msg->sms.receiver);
    msg->sms.smsc_id = octstr_duplicate(job->msg->sms.smsc_id);
    msg->sms.service = octstr_duplicate(job->service->name);
    msg->sms.time = (long)time(NULL);
    msg->sms.coding = DC_7BIT;
    if (conf->client.boxc_id[0] != '\0')
        msg->sms.boxc_id = octstr_create(conf->client.boxc_id);
    if (dlr_url == NULL)
        return;
    msg->sms.dlr_url = octstr_duplicate(dlr_url);
    msg->sms.dlr_mask = urltrans_dlr_mask(job->service->trans);
}

void http_reply_send(struct http_job *job, const struct http_conf *conf,
                     struct box_client *client)
{
    Octstr *text = text_of(job);
    Msg *msg, *part;
    List *parts;

    if (octstr_len(text) == 0 && text != NULL) {
        octstr_destroy(text);
        text = urltrans_omit_empty(job->service->trans)
                   ? NULL
                   : octstr_create(job->set->common.reply_empty);
    }
    if (text == NULL || octstr_len(text) == 0) {
        octstr_destroy(text);
        return;
    }
    msg = msg_create(sms);
    fill(msg, job, conf);
    msg->sms.msgdata = text;
    parts = parts_of(msg, job->service);
    while ((part = gwlist_extract_first(parts)) != NULL) {
        send_part(client, part);
        msg_destroy(part);
    }
    gwlist_destroy(parts, NULL);
    msg_destroy(msg);
}
