/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * plug_json.c - one flat object of JSON, written from its front to its end
 */

#include "plug_json.h"

#include <stdio.h>
#include <string.h>

void plug_json_open(struct plug_json *j)
{
    plug_buf_clear(&j->buf);
    plug_buf_char(&j->buf, '{');
    j->any = false;
}

static void member(struct plug_json *j, const char *name)
{
    plug_buf_text(&j->buf, j->any ? ",\"" : "\"");
    plug_buf_text(&j->buf, name);
    plug_buf_text(&j->buf, "\":");
    j->any = true;
}

/* RFC 8259, 7. DEL and the line ends of Unicode are escaped as well: there are
 * readers of lines that take them for such. */
static void escaped(struct plug_buf *b, const char *p, size_t n)
{
    char text[8];

    if (n == 1 && (*p == '"' || *p == '\\')) {
        plug_buf_char(b, '\\');
        plug_buf_char(b, *p);
    } else if (n == 1 && ((unsigned char)*p < 0x20 || *p == 0x7f)) {
        snprintf(text, sizeof(text), "\\u%04x", (unsigned)*p);
        plug_buf_text(b, text);
    } else if (n == 2 && memcmp(p, "\xc2\x85", 2) == 0) {
        plug_buf_text(b, "\\u0085");
    } else if (n == 3 && memcmp(p, "\xe2\x80\xa8", 3) == 0) {
        plug_buf_text(b, "\\u2028");
    } else if (n == 3 && memcmp(p, "\xe2\x80\xa9", 3) == 0) {
        plug_buf_text(b, "\\u2029");
    } else {
        plug_buf_add(b, p, n);
    }
}

void plug_json_text(struct plug_json *j, const char *name, const void *p,
                    size_t len)
{
    const char *at = p, *end = at + len;

    member(j, name);
    plug_buf_char(&j->buf, '"');
    while (at < end) {
        size_t n = plug_utf8(at, (size_t)(end - at));

        if (n == 0)
            plug_buf_text(&j->buf, "\xef\xbf\xbd");
        else
            escaped(&j->buf, at, n);
        at += n != 0 ? n : 1;
    }
    plug_buf_char(&j->buf, '"');
}

void plug_json_number(struct plug_json *j, const char *name, int64_t n)
{
    member(j, name);
    plug_buf_number(&j->buf, n);
}

void plug_json_flag(struct plug_json *j, const char *name, bool on)
{
    member(j, name);
    plug_buf_text(&j->buf, on ? "true" : "false");
}

void plug_json_hex(struct plug_json *j, const char *name, const void *p,
                   size_t len)
{
    member(j, name);
    plug_buf_char(&j->buf, '"');
    plug_buf_hex(&j->buf, p, len);
    plug_buf_char(&j->buf, '"');
}

void plug_json_base64(struct plug_json *j, const char *name, const void *p,
                      size_t len)
{
    member(j, name);
    plug_buf_char(&j->buf, '"');
    plug_buf_base64(&j->buf, p, len);
    plug_buf_char(&j->buf, '"');
}

void plug_json_time(struct plug_json *j, const char *name, uint64_t ms)
{
    member(j, name);
    plug_buf_char(&j->buf, '"');
    plug_buf_time(&j->buf, ms);
    plug_buf_char(&j->buf, '"');
}

/* ---- a message ---- */

static const struct {
    enum plug_field field;
    const char *name;
} texts[] = {
    { PLUG_KIND, "kind" },       { PLUG_ID, "id" },
    { PLUG_NETWORK, "network" }, { PLUG_VERSION, "version" },
    { PLUG_SENDER, "sender" },   { PLUG_RECEIVER, "receiver" },
    { PLUG_OWNER, "owner" },     { PLUG_SC, "sc" },
    { PLUG_GT, "gt" },           { PLUG_GT_PLAN, "gt_plan" },
    { PLUG_IMSI, "imsi" },       { PLUG_NODE, "msc" },
    { PLUG_ROUTE, "route" },     { PLUG_ERROR, "error" },
    { PLUG_META, "meta" },
};

static void octet(struct plug_json *j, const char *name,
                  const struct plug_host *host, const struct plug_msg *m,
                  enum plug_field f)
{
    size_t len;
    const unsigned char *p = host->get(m, f, &len);

    if (len == 1)
        plug_json_number(j, name, p[0]);
}

static void body(struct plug_json *j, const struct plug_host *host,
                 const struct plug_msg *m)
{
    static const char *const name[] = { "7bit", "8bit", "ucs2" };
    size_t len, coding_len;
    const char *coding = host->get(m, PLUG_CODING, &coding_len);
    const void *text = host->get(m, PLUG_TEXT, &len);
    bool binary = coding_len == 1 && coding[0] == '1';

    if (coding_len == 1 && coding[0] >= '0' && coding[0] <= '2')
        plug_json_text(j, "coding", name[coding[0] - '0'],
                       strlen(name[coding[0] - '0']));
    if (binary)
        plug_json_base64(j, "data_base64", text, len);
    else if (len != 0 || coding_len != 0)
        plug_json_text(j, "text", text, len);
}

void plug_json_msg(struct plug_json *j, const struct plug_host *host,
                   const struct plug_msg *m)
{
    const void *p;
    size_t len;

    for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
        p = host->get(m, texts[i].field, &len);
        if (len != 0)
            plug_json_text(j, texts[i].name, p, len);
    }
    body(j, host, m);
    p = host->get(m, PLUG_UDH, &len);
    if (len != 0)
        plug_json_hex(j, "udh", p, len);
    octet(j, "dcs", host, m, PLUG_DCS);
    octet(j, "pid", host, m, PLUG_PID);
}

const char *plug_json_end(struct plug_json *j, size_t *len)
{
    plug_buf_char(&j->buf, '}');
    *len = j->buf.len;
    return j->buf.failed ? NULL : j->buf.p;
}

void plug_json_free(struct plug_json *j)
{
    plug_buf_free(&j->buf);
}
