/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * httpbox_req.c - a message as the request an application gets
 */

#include "httpbox_req.h"

#include "crypto.h"
#include "httpbox_form.h"

#include <ctype.h>
#include <gw/sms.h>
#include <stdarg.h>
#include <string.h>
#include <time.h>

enum { LINE_MAX_OCTETS = 2048, LINES_FIRST = 1024 };

/* ---- the job ---- */

struct http_job *http_job_new(const struct box_key *key, Msg *msg,
                              struct http_set *set, uint64_t in_ms)
{
    struct http_job *job = gw_malloc(sizeof(*job));

    /* The call's buffers need no zeroes. */
    memset(&job->call, 0, offsetof(struct http_call, header));
    job->call.due_ms = 0;
    job->call.status = 0;
    job->call.retry_after_s = 0;
    job->call.why[0] = job->call.type[0] = '\0';
    job->call.reply = NULL;
    job->call.reply_len = 0;
    memset(&job->next, 0, sizeof(*job) - offsetof(struct http_job, next));
    job->key = *key;
    job->msg = msg;
    job->set = set;
    job->in_ms = in_ms;
    return job;
}

void http_job_free(struct http_job *job)
{
    http_call_clear(&job->call);
    msg_destroy(job->msg);
    octstr_destroy(job->url);
    octstr_destroy(job->body);
    gw_free(job->lines.p);
    http_set_drop(job->set);
    gw_free(job);
}

static Octstr *field_os(const struct box_frame *f, int field)
{
    const struct box_field *s = &f->field[field];

    return s->num >= 0 ? octstr_create_from_data((const char *)s->p, s->num)
                       : NULL;
}

Msg *http_msg_of(const struct box_frame *f)
{
    Msg *msg = gw_malloc(sizeof(*msg));

    /* Not msg_create(): it makes a UUID, only to be overwritten. */
    memset(msg, 0, sizeof(*msg));
    msg->type = sms;
#define TEXT(name, FIELD)   msg->sms.name = field_os(f, BOX_SMS_##FIELD)
#define NUMBER(name, FIELD) msg->sms.name = f->field[BOX_SMS_##FIELD].num
    TEXT(sender, SENDER);
    TEXT(receiver, RECEIVER);
    TEXT(udhdata, UDHDATA);
    TEXT(msgdata, MSGDATA);
    NUMBER(time, TIME);
    TEXT(smsc_id, SMSC_ID);
    TEXT(smsc_number, SMSC_NUMBER);
    TEXT(foreign_id, FOREIGN_ID);
    TEXT(service, SERVICE);
    TEXT(account, ACCOUNT);
    memcpy(msg->sms.id, f->id, sizeof(f->id));
    NUMBER(sms_type, TYPE);
    NUMBER(mclass, MCLASS);
    NUMBER(mwi, MWI);
    NUMBER(coding, CODING);
    NUMBER(compress, COMPRESS);
    NUMBER(validity, VALIDITY);
    NUMBER(deferred, DEFERRED);
    NUMBER(dlr_mask, DLR_MASK);
    TEXT(dlr_url, DLR_URL);
    NUMBER(pid, PID);
    NUMBER(alt_dcs, ALT_DCS);
    NUMBER(rpi, RPI);
    TEXT(charset, CHARSET);
    TEXT(boxc_id, BOXC_ID);
    TEXT(binfo, BINFO);
    NUMBER(msg_left, MSG_LEFT);
    NUMBER(priority, PRIORITY);
    NUMBER(resend_try, RESEND_TRY);
    NUMBER(resend_time, RESEND_TIME);
    TEXT(meta_data, META_DATA);
#undef TEXT
#undef NUMBER
    /* urltrans takes it for granted. */
    if (msg->sms.msgdata == NULL)
        msg->sms.msgdata = octstr_create("");
    return msg;
}

void http_job_id(const struct http_job *job, char out[HTTP_ID_MAX])
{
    const Octstr *id = job->msg->sms.foreign_id;
    char uuid[UUID_STR_LEN + 1];

    if (octstr_len(id) > 0) {
        snprintf(out, HTTP_ID_MAX, "%s", octstr_get_cstr(id));
        return;
    }
    uuid_unparse(job->msg->sms.id, uuid);
    snprintf(out, HTTP_ID_MAX, "%s", uuid);
}

/* ---- headers ---- */

/* What a message brings must not end its line. */
static void __attribute__((format(printf, 2, 3)))
line(struct http_job *job, const char *fmt, ...)
{
    struct http_lines *l = &job->lines;
    va_list ap;
    int n;

    if (l->n == HTTP_HEADERS)
        return;
    if (l->cap - l->len < LINE_MAX_OCTETS) {
        l->cap = l->cap == 0 ? LINE_MAX_OCTETS + LINES_FIRST : 2 * l->cap;
        l->p = gw_realloc(l->p, l->cap);
    }
    va_start(ap, fmt);
    n = vsnprintf(l->p + l->len, LINE_MAX_OCTETS, fmt, ap);
    va_end(ap);
    if (n < 0)
        return;
    l->at[l->n++] = l->len;
    for (char *p = l->p + l->len; *p != '\0'; p++)
        if ((unsigned char)*p < ' ' || *p == 0x7f)
            *p = '?';
    l->len += strlen(l->p + l->len) + 1;
}

static void line_os(struct http_job *job, const char *name, Octstr *value)
{
    if (octstr_len(value) > 0)
        line(job, "%s: %s", name, octstr_get_cstr(value));
}

static void line_number(struct http_job *job, const char *name, long n)
{
    if (n != MSG_PARAM_UNDEFINED)
        line(job, "%s: %ld", name, n);
}

static void line_time(struct http_job *job, const char *name, time_t when)
{
    struct tm tm = gw_gmtime(when);

    line(job, "%s: %04d-%02d-%02d %02d:%02d:%02d", name, tm.tm_year + 1900,
         tm.tm_mon + 1, tm.tm_mday, tm.tm_hour, tm.tm_min, tm.tm_sec);
}

static void line_minutes(struct http_job *job, const char *name, long when,
                         int64_t now_s)
{
    if (when != MSG_PARAM_UNDEFINED)
        line(job, "%s: %ld", name, (when - (long)now_s) / 60);
}

static void content_type(struct http_job *job)
{
    const Msg *msg = job->msg;
    const char *charset = NULL;

    if (msg->sms.charset != NULL)
        charset = octstr_get_cstr(msg->sms.charset);
    if (job->service->form == HTTP_FORM_JSON)
        line(job, "Content-Type: application/json");
    else if (job->service->form == HTTP_FORM_XML) {
        if (msg->sms.coding == DC_UCS2)
            charset = "ISO-8859-1";
        line(job, "Content-Type: text/xml%s%s%s",
             charset != NULL ? "; charset=\"" : "",
             charset != NULL ? charset : "", charset != NULL ? "\"" : "");
    } else if (msg->sms.coding == DC_8BIT)
        line(job, "Content-Type: application/octet-stream");
    else if (msg->sms.coding == DC_UCS2)
        line(job, "Content-Type: text/plain; charset=\"UTF-16BE\"");
    else
        line(job, "Content-Type: text/plain; charset=\"%s\"",
             charset != NULL ? charset : "UTF-8");
}

/* What smsbox tells beside the text of a message. */
static void x_kannel(struct http_job *job, int64_t now_s)
{
    const Msg *msg = job->msg;
    Octstr *udh;

    line_os(job, "X-Kannel-To", msg->sms.sender);
    line_time(job, "X-Kannel-Time", (time_t)msg->sms.time);
    if (octstr_len(msg->sms.udhdata) > 0) {
        udh = octstr_duplicate(msg->sms.udhdata);
        octstr_url_encode(udh);
        line_os(job, "X-Kannel-UDH", udh);
        octstr_destroy(udh);
    }
    line_os(job, "X-Kannel-SMSC", msg->sms.smsc_id);
    line_number(job, "X-Kannel-MClass", msg->sms.mclass);
    line_number(job, "X-Kannel-PID", msg->sms.pid);
    line_number(job, "X-Kannel-RPI", msg->sms.rpi);
    line_number(job, "X-Kannel-Alt-DCS", msg->sms.alt_dcs);
    line_number(job, "X-Kannel-MWI", msg->sms.mwi);
    line_number(job, "X-Kannel-Coding", msg->sms.coding);
    line_number(job, "X-Kannel-Compress", msg->sms.compress);
    line_minutes(job, "X-Kannel-Validity", msg->sms.validity, now_s);
    line_minutes(job, "X-Kannel-Deferred", msg->sms.deferred, now_s);
    line_os(job, "X-Kannel-Service", msg->sms.service);
    line_os(job, "X-Kannel-BInfo", msg->sms.binfo);
    line_os(job, "X-Kannel-Meta-Data", msg->sms.meta_data);
}

static void put_hex(char *out, const uint8_t *p, size_t n)
{
    static const char hex[] = "0123456789abcdef";

    for (size_t i = 0; i < n; i++) {
        *out++ = hex[p[i] >> 4];
        *out++ = hex[p[i] & 15];
    }
    *out = '\0';
}

/* The request target: what follows host and port. */
static const char *target_of(const char *url)
{
    const char *p = strstr(url, "://");

    p = p != NULL ? p + 3 : url;
    return p + strcspn(p, "/?#");
}

static void sign(struct http_job *job, const char *id, int64_t now_s)
{
    uint8_t mac[CRYPTO_SHA256_OCTETS];
    char text[2 * CRYPTO_SHA256_OCTETS + 1];
    const char *secret = job->service->secret;
    Octstr *os = octstr_format("%ld\n%s\n%s\n%s\n", (long)now_s,
                               job->call.post ? "POST" : "GET",
                               target_of(job->call.url), id);

    if (job->body != NULL)
        octstr_append(os, job->body);
    if (!crypto_hmac_sha256(secret, strlen(secret), octstr_get_cstr(os),
                            (size_t)octstr_len(os), mac))
        panic(0, "OpenSSL has no SHA-256.");
    octstr_destroy(os);
    put_hex(text, mac, sizeof(mac));
    line(job, "X-Sigtran-Timestamp: %ld", (long)now_s);
    line(job, "X-Sigtran-Signature: sha256=%s", text);
}

static bool is_trace_id(const char *id)
{
    return strlen(id) == 32 && strspn(id, "0123456789abcdef") == 32 &&
           strspn(id, "0") < 32;
}

/* W3C Trace Context: all attempts of a message are one trace. */
static void traceparent(struct http_job *job, const char *id)
{
    char trace[33], span[17];
    uint8_t octets[8];

    memcpy(octets, job->msg->sms.id, sizeof(octets));
    octets[7] = (uint8_t)(octets[7] ^ job->attempt);
    octets[0] |= 1; /* never all zeroes */
    put_hex(span, octets, sizeof(octets));
    if (is_trace_id(id))
        memcpy(trace, id, sizeof(trace));
    else
        put_hex(trace, job->msg->sms.id, 16);
    line(job, "traceparent: 00-%s-%s-01", trace, span);
}

/* Headers of one attempt, and the call's view of all of them. */
static void attempt_lines(struct http_job *job, int64_t now_s)
{
    struct http_lines *l = &job->lines;
    char id[HTTP_ID_MAX];

    http_job_id(job, id);
    line(job, "Idempotency-Key: %s", id);
    if (job->service != NULL && job->service->secret[0] != '\0')
        sign(job, id, now_s);
    if (job->service != NULL && job->service->traceparent)
        traceparent(job, id);
    job->call.n_headers = l->n;
    for (unsigned i = 0; i < l->n; i++)
        job->call.header[i] = l->p + l->at[i];
}

void http_req_again(struct http_job *job, int64_t now_s)
{
    struct http_lines *l = &job->lines;

    if (l->n > job->fixed_lines) {
        l->len = l->at[job->fixed_lines];
        l->n = job->fixed_lines;
    }
    job->attempt++;
    http_call_clear(&job->call);
    job->call.status = 0;
    job->call.retry_after_s = 0;
    attempt_lines(job, now_s);
}

/* ---- the message ---- */

/* UCS-2 becomes UTF-8, if it can. */
static void recode(Msg *msg)
{
    Octstr *text;

    if (msg->sms.coding != DC_UCS2)
        return;
    text = octstr_duplicate(msg->sms.msgdata);
    if (octstr_recode(octstr_imm("UTF-8"), octstr_imm("UTF-16BE"), text) != 0) {
        octstr_destroy(text);
        return;
    }
    octstr_destroy(msg->sms.msgdata);
    msg->sms.msgdata = text;
    octstr_destroy(msg->sms.charset);
    msg->sms.charset = octstr_create("UTF-8");
    msg->sms.coding = DC_7BIT;
}

static void to_alt_charset(Msg *msg, URLTranslation *t)
{
    Octstr *alt = urltrans_alt_charset(t);

    if (alt == NULL || msg->sms.coding != DC_7BIT)
        return;
    if (charset_convert(msg->sms.msgdata, octstr_get_cstr(octstr_imm("UTF-8")),
                        octstr_get_cstr(alt)) != 0)
        error(0, "A text has characters that <%s> has not, it stays UTF-8.",
              octstr_get_cstr(alt));
}

/* From here on the message looks like a reply to itself. */
static void swap(Msg *msg, URLTranslation *t, const struct http_common *c)
{
    Octstr *from = msg->sms.sender, *to = msg->sms.receiver;
    Octstr *faked = urltrans_faked_sender(t);

    if (faked != NULL)
        msg->sms.sender = octstr_duplicate(faked);
    else if (c->global_sender[0] != '\0')
        msg->sms.sender = octstr_create(c->global_sender);
    else
        msg->sms.sender = octstr_duplicate(to);
    msg->sms.receiver = from;
    octstr_destroy(to);
    msg->sms.sms_type = mt_reply;
}

static void set_call(struct http_job *job)
{
    struct http_call *call = &job->call;

    call->target = &job->service->target;
    call->url = octstr_get_cstr(job->url);
    call->post = job->body != NULL;
    if (job->body != NULL) {
        call->body = octstr_get_cstr(job->body);
        call->body_len = (size_t)octstr_len(job->body);
    }
    call->want_reply = job->service->max_messages > 0 && !job->report;
    call->due_ms = job->in_ms + job->service->deadline_ms;
}

/*
 * %S is not encoded: a blank is the word's end, but control characters would
 * end the request line, and "#" what is sent of it.
 */
static void protect(Octstr *url)
{
    char code[4];
    int c;

    for (long i = 0; i < octstr_len(url); i++) {
        c = octstr_get_char(url, i);
        if (c > ' ' && c != 0x7f && c != '#')
            continue;
        snprintf(code, sizeof(code), "%%%02X", (unsigned)c);
        octstr_delete(url, i, 1);
        octstr_insert_data(url, i, code, 3);
        i += 2;
    }
}

static void post_lines(struct http_job *job, int64_t now_s)
{
    if (job->service->form == HTTP_FORM_GET || job->report)
        return;
    content_type(job);
    line_time(job, "Date", (time_t)now_s); /* not HTTP's form, but smsbox's */
    if (job->service->form == HTTP_FORM_POST)
        x_kannel(job, now_s);
}

static Octstr *body_of(struct http_job *job)
{
    Msg *msg = job->msg;
    char id[HTTP_ID_MAX];

    if (job->report)
        return NULL;
    switch (job->service->form) {
    case HTTP_FORM_POST:
        return octstr_duplicate(msg->sms.msgdata);
    case HTTP_FORM_XML:
        return http_form_xml(msg, urltrans_send_sender(job->service->trans));
    case HTTP_FORM_JSON:
        http_job_id(job, id);
        return http_form_json(msg, id);
    case HTTP_FORM_GET:
    case HTTP_FORM_TEXT:
        break;
    }
    return NULL;
}

/* All but the finding of the service. */
static enum http_built build(struct http_job *job, int64_t now_s,
                             const char **why)
{
    Msg *msg = job->msg;

    if (octstr_len(msg->sms.service) == 0)
        msg->sms.service = octstr_duplicate(job->service->name);
    job->url = urltrans_get_pattern(job->service->trans, msg);
    if (job->service->form == HTTP_FORM_TEXT && !job->report)
        return HTTP_BUILT_REPLY;
    if (octstr_len(job->url) == 0) {
        *why = "no URL for it";
        return HTTP_BUILT_TEMPFAIL;
    }
    protect(job->url);
    job->body = body_of(job);
    post_lines(job, now_s);
    if (!job->report && urltrans_send_sender(job->service->trans) &&
        job->service->form != HTTP_FORM_XML)
        line_os(job, "X-Kannel-From", msg->sms.receiver);
    job->fixed_lines = job->lines.n;
    set_call(job);
    attempt_lines(job, now_s);
    return HTTP_BUILT_CALL;
}

/* A report's URL stands in the message, or else in the service it names. */
static enum http_built build_report(struct http_job *job, int64_t now_s,
                                    const char **why)
{
    Octstr *url = job->msg->sms.dlr_url;

    job->service = http_set_named(job->set, job->msg->sms.service);
    if (job->service == NULL) {
        *why = "a delivery report of no service here";
        return HTTP_BUILT_TEMPFAIL;
    }
    if (url != NULL && !http_pattern_ends(url)) {
        *why = "the report's dlr-url has a %# without two names";
        return HTTP_BUILT_PERMFAIL;
    }
    return build(job, now_s, why);
}

enum http_built http_req_build(struct http_job *job, int64_t now_s,
                               const char **why)
{
    Msg *msg = job->msg;

    if (job->set->common.mo_recode)
        recode(msg);
    if (octstr_len(msg->sms.sender) == 0 ||
        octstr_len(msg->sms.receiver) == 0) {
        *why = "no sender or no receiver"; /* as smsbox */
        return HTTP_BUILT_PERMFAIL;
    }
    job->report = msg->sms.sms_type == report_mo;
    if (job->report)
        return build_report(job, now_s, why);
    job->service = http_set_find(job->set, msg);
    if (job->service == NULL) {
        *why = "no service for it";
        return HTTP_BUILT_TEMPFAIL;
    }
    to_alt_charset(msg, job->service->trans);
    swap(msg, job->service->trans, &job->set->common);
    return build(job, now_s, why);
}
