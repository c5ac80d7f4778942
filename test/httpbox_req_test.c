/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * httpbox_req_test.c - a message as the request an application gets
 *
 * That a request is stock smsbox's is shown by test/e2e/httpbox_forms.sh;
 * here is what smsbox has not, and what must not get into a request.
 */

#include "gw/httpbox_req.h"

#include "check.h"

#include <gw/sms.h>
#include <unistd.h>

enum { NOW = 1700000000 };

static struct http_conf *conf;

/* The configuration with these services. */
static void load(const char *services)
{
    char file[] = "/tmp/httpbox_req_test.XXXXXX";
    int fd = mkstemp(file);
    FILE *f = fdopen(fd, "w");

    fprintf(f, "group = httpbox\nmo-recode = false\n\n%s\n", services);
    fclose(f);
    conf = http_conf_load(file);
    unlink(file);
}

static struct http_job *job_of(const char *from, const char *to,
                               const char *text)
{
    static const struct box_key key = { .epoch = 1 };
    Msg *msg = msg_create(sms);

    msg->sms.sms_type = mo;
    msg->sms.sender = octstr_create(from);
    msg->sms.receiver = octstr_create(to);
    msg->sms.msgdata = octstr_create(text);
    msg->sms.time = NOW;
    msg->sms.coding = DC_7BIT;
    msg->sms.foreign_id = octstr_create("0123456789abcdef0123456789abcdef");
    memset(msg->sms.id, 0xab, sizeof(msg->sms.id));
    return http_job_new(&key, msg, http_set_hold(conf->set), 1000);
}

static enum http_built build(struct http_job *job)
{
    const char *why = "";
    enum http_built built = http_req_build(job, NOW, &why);

    CHECK((why[0] != '\0') ==
          (built == HTTP_BUILT_TEMPFAIL || built == HTTP_BUILT_PERMFAIL));
    return built;
}

/* The value of a header; NULL: there is none. */
static const char *header(const struct http_job *job, const char *name)
{
    size_t n = strlen(name);

    for (unsigned i = 0; i < job->call.n_headers; i++)
        if (strncmp(job->call.header[i], name, n) == 0 &&
            strncmp(job->call.header[i] + n, ": ", 2) == 0)
            return job->call.header[i] + n + 2;
    return NULL;
}

static bool is_header(const struct http_job *job, const char *name,
                      const char *value)
{
    const char *is = header(job, name);

    return is != NULL && strcmp(is, value) == 0;
}

static bool is_url(const struct http_job *job, const char *url)
{
    return strcmp(job->call.url, url) == 0;
}

#define SERVICE "group = sms-service\nkeyword = default\ncatch-all = true\n"

static void every_request_has_the_stable_id(void)
{
    struct http_job *job;

    load(SERVICE "get-url = http://a/?f=%p&t=%P&x=%a&id=%F\ndeadline = 7\n");
    job = job_of("+111", "+222", "hello world");
    CHECK(build(job) == HTTP_BUILT_CALL);
    CHECK(is_url(job, "http://a/?f=%2B111&t=%2B222&x=hello+world&id="
                      "0123456789abcdef0123456789abcdef"));
    CHECK(
        is_header(job, "Idempotency-Key", "0123456789abcdef0123456789abcdef"));
    CHECK(job->call.due_ms == 8000 && !job->call.post);
    CHECK(header(job, "traceparent") == NULL);
    CHECK(header(job, "X-Sigtran-Signature") == NULL);
    http_job_free(job);
    job = job_of("+111", "+222", "hello");
    octstr_destroy(job->msg->sms.foreign_id);
    job->msg->sms.foreign_id = NULL; /* of bearerbox */
    CHECK(build(job) == HTTP_BUILT_CALL);
    CHECK(is_header(job, "Idempotency-Key",
                    "abababab-abab-abab-abab-abababababab"));
    http_job_free(job);
    http_conf_free(conf);
}

/* The HMAC was computed by OpenSSL's command line. */
static void signs_a_request_and_traces_it(void)
{
    static const char mac[] =
        "sha256="
        "33fe2aefed2b57ff8859bb4b30e251527880d553b8ce781b87d074dbe81a91e8";
    struct http_job *job;
    char first[200];

    load(SERVICE "post-url = http://user:pw@a.example:8080/p?q=%k\n"
                 "sign-secret = key\ntraceparent = yes\n");
    job = job_of("+111", "+222", "hello world");
    CHECK(build(job) == HTTP_BUILT_CALL && job->call.post);
    CHECK(job->call.body_len == 11);
    CHECK(is_header(job, "X-Sigtran-Timestamp", "1700000000"));
    CHECK(is_header(job, "X-Sigtran-Signature", mac));
    CHECK(is_header(job, "traceparent",
                    "00-0123456789abcdef0123456789abcdef-abababababababab-01"));
    snprintf(first, sizeof(first), "%s", header(job, "X-Sigtran-Signature"));
    http_req_again(job, NOW + 60);
    CHECK(is_header(job, "X-Sigtran-Timestamp", "1700000060"));
    CHECK(!is_header(job, "X-Sigtran-Signature", first));
    CHECK(is_header(job, "traceparent",
                    "00-0123456789abcdef0123456789abcdef-abababababababaa-01"));
    CHECK(is_header(job, "X-Kannel-To", "+222"));
    http_job_free(job);
    http_conf_free(conf);
}

static void nothing_of_a_message_ends_a_line(void)
{
    struct http_job *job;

    load(SERVICE "post-url = http://a/?w=%S&r=%s\nsend-sender = true\n");
    job = job_of("A\r\nX-Evil: 1", "+2\n22", "a\001b#c\177d word");
    octstr_destroy(job->msg->sms.foreign_id);
    job->msg->sms.foreign_id = octstr_create("id\r\nEvil: 2");
    job->msg->sms.meta_data = octstr_create("?x?a=\r\n\r\nbody&");
    CHECK(build(job) == HTTP_BUILT_CALL);
    for (unsigned i = 0; i < job->call.n_headers; i++)
        CHECK(strpbrk(job->call.header[i], "\r\n") == NULL);
    CHECK(is_header(job, "X-Kannel-From", "A??X-Evil: 1"));
    http_job_free(job);
    job = job_of("+1", "+2", "word a\001b#c\177d");
    CHECK(build(job) == HTTP_BUILT_CALL);
    CHECK(is_url(job, "http://a/?w=a%01b%23c%7Fd&r="));
    http_job_free(job);
    http_conf_free(conf);
}

static Octstr *json_of(struct http_job *job)
{
    CHECK(build(job) == HTTP_BUILT_CALL && job->call.post);
    CHECK(is_header(job, "Content-Type", "application/json"));
    return job->body;
}

static void writes_json_of_anything(void)
{
    struct http_job *job;
    Octstr *json;

    load(SERVICE "post-json = http://a/\nname = svc\n");
    job = job_of("+111", "+222", "say \"\xe2\x82\xac\"\n\\ \xff\xc3 end");
    CHECK(octstr_str_compare(
              json_of(job),
              "{\"id\":\"0123456789abcdef0123456789abcdef\",\"from\":\"+111\","
              "\"to\":\"+222\",\"text\":\"say \\\"\xe2\x82\xac\\\"\\u000a\\\\ "
              "\xef\xbf\xbd\xef\xbf\xbd end\",\"time\":\"2023-11-14T22:13:20Z\""
              ",\"coding\":\"7bit\",\"service\":\"svc\"}") == 0);
    http_job_free(job);
    job = job_of("+1", "+2", "");
    job->msg->sms.coding = DC_UCS2;
    octstr_append_data(job->msg->sms.msgdata,
                       "\x04\x1f\xd8\x3d\xde\x00\xd8\x3d\0A\xde\x00\x04", 13);
    CHECK(octstr_search(json_of(job),
                        octstr_imm("\"text\":\"\xd0\x9f\xf0\x9f\x98\x80"
                                   "\xef\xbf\xbd"
                                   "A\xef\xbf\xbd\""),
                        0) > 0);
    http_job_free(job);
    job = job_of("+1", "+2", "");
    job->msg->sms.coding = DC_8BIT;
    octstr_append_data(job->msg->sms.msgdata, "\0\xff", 2);
    job->msg->sms.udhdata = octstr_create("\x05");
    json = json_of(job);
    CHECK(octstr_search(json, octstr_imm("\"data\":\"00ff\""), 0) > 0);
    CHECK(octstr_search(json, octstr_imm("\"udh\":\"05\""), 0) > 0);
    http_job_free(job);
    http_conf_free(conf);
}

static void chooses_the_service(void)
{
    struct http_job *job;

    load("group = sms-service\nkeyword = sh\nwhole-word = true\n"
         "catch-all = true\nget-url = http://a/sh\n\n"
         "group = sms-service\nkeyword = show\naliases = view;look\n"
         "catch-all = true\nget-url = http://a/show?n=%n\n\n"
         "group = sms-service\nkeyword = default\naccepted-smsc = one\n"
         "faked-sender = 999\nget-url = http://a/one?from=%P\n");
    job = job_of("+1", "+2", "SH a");
    CHECK(build(job) == HTTP_BUILT_CALL && is_url(job, "http://a/sh"));
    http_job_free(job);
    job = job_of("+1", "+2", "sh");
    CHECK(build(job) == HTTP_BUILT_CALL && is_url(job, "http://a/sh"));
    http_job_free(job);
    job = job_of("+1", "+2", "show a");
    CHECK(build(job) == HTTP_BUILT_CALL);
    CHECK(
        is_url(job, "http://a/show?n=%5E%5B+%5D*(show%7Cview%7Clook)%5B+%5D*"));
    http_job_free(job);
    job = job_of("+1", "+2", "other");
    job->msg->sms.smsc_id = octstr_create("one");
    CHECK(build(job) == HTTP_BUILT_CALL &&
          is_url(job, "http://a/one?from=999"));
    http_job_free(job);
    job = job_of("+1", "+2", "other");
    job->msg->sms.smsc_id = octstr_create("two");
    CHECK(build(job) == HTTP_BUILT_TEMPFAIL);
    http_job_free(job);
    job = job_of("", "+2", "show a");
    CHECK(build(job) == HTTP_BUILT_PERMFAIL);
    http_job_free(job);
    http_conf_free(conf);
}

static struct http_job *report_of(const char *service, const char *url)
{
    struct http_job *job = job_of("+1", "+2", "id:7 stat:DELIVRD");

    job->msg->sms.sms_type = report_mo;
    job->msg->sms.dlr_mask = 1;
    if (service != NULL)
        job->msg->sms.service = octstr_create(service);
    if (url != NULL)
        job->msg->sms.dlr_url = octstr_create(url);
    return job;
}

static void reports_go_to_their_own_url(void)
{
    struct http_job *job;

    load(SERVICE "post-url = http://a/mo\nname = svc\n"
                 "dlr-url = http://a/dlr?d=%d\nmax-messages = 1\n");
    job = report_of("svc", NULL);
    CHECK(build(job) == HTTP_BUILT_CALL && is_url(job, "http://a/dlr?d=1"));
    CHECK(!job->call.post && !job->call.want_reply);
    http_job_free(job);
    job = report_of("svc", "http://b/?%d");
    CHECK(build(job) == HTTP_BUILT_CALL && is_url(job, "http://b/?1"));
    http_job_free(job);
    job = report_of("svc", "http://b/?%#x#"); /* would never come back */
    CHECK(build(job) == HTTP_BUILT_PERMFAIL);
    http_job_free(job);
    job = report_of("another", NULL);
    CHECK(build(job) == HTTP_BUILT_TEMPFAIL);
    http_job_free(job);
    job = report_of(NULL, NULL);
    CHECK(build(job) == HTTP_BUILT_TEMPFAIL);
    http_job_free(job);
    http_conf_free(conf);
}

static void a_fixed_text_needs_no_request(void)
{
    struct http_job *job;

    load(SERVICE "text = you said %a\n");
    job = job_of("+1", "+2", "hi");
    CHECK(build(job) == HTTP_BUILT_REPLY);
    CHECK(octstr_str_compare(job->url, "you said hi") == 0);
    CHECK(job->service->max_messages == 1);
    http_job_free(job);
    http_conf_free(conf);
}

static bool pattern_ends(const char *text)
{
    Octstr *os = octstr_create(text);
    bool ends = http_pattern_ends(os);

    octstr_destroy(os);
    return ends;
}

static void finds_patterns_that_would_not_end(void)
{
    CHECK(pattern_ends("http://a/?%a&%#sigtran#imsi#&x=%#a#b#"));
    CHECK(pattern_ends("") && pattern_ends("%") && pattern_ends("100%%#x"));
    CHECK(!pattern_ends("%#sigtran#"));
    CHECK(!pattern_ends("%#sigtran"));
    CHECK(!pattern_ends("%a%#a#b#%#c#d"));
}

int main(void)
{
    gwlib_init();
    log_set_output_level(GW_PANIC);
    SHOWS("KB-08", every_request_has_the_stable_id);
    SHOWS("KB-08", signs_a_request_and_traces_it);
    nothing_of_a_message_ends_a_line();
    writes_json_of_anything();
    chooses_the_service();
    reports_go_to_their_own_url();
    a_fixed_text_needs_no_request();
    finds_patterns_that_would_not_end();
    gwlib_shutdown();
    return CHECK_DONE();
}
