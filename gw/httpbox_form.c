/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * httpbox_form.c - a message as the body of a POST
 */

#include "httpbox_form.h"

#include "sigtran-box/utf8.h"

#include <gw/sms.h>
#include <string.h>
#include <time.h>

/* ---- XML ---- */

static void xml_text(Octstr *xml, const char *tag, const char *text)
{
    octstr_format_append(xml, "  \t\t<%s>%s</%s>\n", tag, text, tag);
}

static void xml_os(Octstr *xml, const char *tag, Octstr *text)
{
    xml_text(xml, tag, text != NULL ? octstr_get_cstr(text) : "");
}

static void xml_number(Octstr *xml, const char *tag, long n)
{
    if (n == MSG_PARAM_UNDEFINED)
        return;
    octstr_format_append(xml, "  \t\t<%s>%ld</%s>\n", tag, n, tag);
}

static void xml_entities(Octstr *xml, const char *tag, Octstr *text)
{
    Octstr *os = text != NULL ? octstr_duplicate(text) : octstr_create("");

    octstr_convert_to_html_entities(os);
    xml_os(xml, tag, os);
    octstr_destroy(os);
}

/* An element that holds another one. */
static void xml_nested(Octstr *xml, const char *tag, const char *inner_tag,
                       Octstr *text)
{
    Octstr *inner = octstr_create("");

    xml_entities(inner, inner_tag, text);
    xml_os(xml, tag, inner);
    octstr_destroy(inner);
}

static void xml_encoded(Octstr *xml, const char *tag, Octstr *octets)
{
    Octstr *os;

    if (octstr_len(octets) == 0)
        return;
    os = octstr_duplicate(octets);
    octstr_url_encode(os);
    xml_os(xml, tag, os);
    octstr_destroy(os);
}

static void xml_dcs(Octstr *xml, const Msg *msg)
{
    Octstr *dcs = octstr_create("");

    xml_number(dcs, "coding", msg->sms.coding);
    xml_number(dcs, "mclass", msg->sms.mclass);
    xml_number(dcs, "alt-dcs", msg->sms.alt_dcs);
    xml_number(dcs, "mwi", msg->sms.mwi);
    xml_number(dcs, "compress", msg->sms.compress);
    if (octstr_len(dcs) > 0)
        xml_os(xml, "dcs", dcs);
    octstr_destroy(dcs);
}

/* Minutes from now, of a time of day. */
static void xml_minutes(Octstr *xml, const char *tag, long when)
{
    Octstr *delay;

    if (when == MSG_PARAM_UNDEFINED)
        return;
    delay = octstr_create("");
    xml_number(delay, "delay", (when - (long)time(NULL)) / 60);
    xml_os(xml, tag, delay);
    octstr_destroy(delay);
}

static void xml_at(Octstr *xml, const Msg *msg)
{
    struct tm tm = gw_gmtime((time_t)msg->sms.time);
    Octstr *at = octstr_format(
        "<year>%04d</year><month>%02d</month><day>%02d</day>"
        "<hour>%02d</hour><minute>%02d</minute><second>%02d</second>"
        "<timezone>0</timezone>",
        tm.tm_year + 1900, tm.tm_mon + 1, tm.tm_mday, tm.tm_hour, tm.tm_min,
        tm.tm_sec);

    xml_os(xml, "at", at);
    octstr_destroy(at);
}

Octstr *http_form_xml(Msg *msg, bool send_sender)
{
    const char *charset = "ISO-8859-1";
    Octstr *xml;

    if (msg->sms.coding != DC_UCS2 && msg->sms.charset != NULL)
        charset = octstr_get_cstr(msg->sms.charset);
    xml = octstr_format("<?xml version=\"1.0\" encoding=\"%s\"?>\n"
                        "<message cid=\"1\">\n\t<submit>\n",
                        charset);
    if (send_sender)
        xml_nested(xml, "oa", "number", msg->sms.receiver);
    xml_nested(xml, "da", "number", msg->sms.sender);
    xml_encoded(xml, "udh", msg->sms.udhdata);
    xml_encoded(xml, "ud", msg->sms.msgdata);
    xml_number(xml, "pid", msg->sms.pid);
    xml_number(xml, "rpi", msg->sms.rpi);
    xml_dcs(xml, msg);
    xml_minutes(xml, "timing", msg->sms.deferred);
    xml_minutes(xml, "vp", msg->sms.validity);
    xml_at(xml, msg);
    if (octstr_len(msg->sms.smsc_id) > 0)
        xml_nested(xml, "from", "account", msg->sms.smsc_id);
    if (octstr_len(msg->sms.service) > 0)
        xml_nested(xml, "to", "service", msg->sms.service);
    if (octstr_len(msg->sms.meta_data) > 0)
        xml_entities(xml, "meta-data", msg->sms.meta_data);
    octstr_append_cstr(xml, "\t</submit>\n</message>\n");
    return xml;
}

/* ---- JSON ---- */

static void json_char(Octstr *json, uint32_t ch)
{
    char utf8[8];
    size_t n;

    if (ch == '"' || ch == '\\') {
        octstr_append_char(json, '\\');
        octstr_append_char(json, (int)ch);
    } else if (ch < 0x20) {
        octstr_format_append(json, "\\u%04x", (unsigned)ch);
    } else {
        n = utf8_put(utf8, 0, sizeof(utf8), ch);
        octstr_append_data(json, utf8, (long)n);
    }
}

/* The characters of UTF-8; each octet that is none becomes U+FFFD. */
static void json_utf8(Octstr *json, Octstr *os)
{
    const char *p = octstr_get_cstr(os), *end = p + octstr_len(os), *next;
    uint32_t ch;

    while (p < end) {
        ch = 0;
        next = *p != '\0' ? utf8_get(p, &ch) : p + 1;
        if (next == NULL || next > end) {
            ch = 0xfffd;
            next = p + 1;
        }
        json_char(json, ch);
        p = next;
    }
}

static uint32_t unit_at(Octstr *os, long at)
{
    return (uint32_t)octstr_get_char(os, at) << 8 |
           (uint32_t)octstr_get_char(os, at + 1);
}

/* UTF-16BE, which a UCS-2 text of today is. */
static void json_utf16(Octstr *json, Octstr *os)
{
    long len = octstr_len(os);
    uint32_t ch, low;

    for (long at = 0; at + 1 < len; at += 2) {
        ch = unit_at(os, at);
        low = at + 3 < len ? unit_at(os, at + 2) : 0;
        if (ch >> 10 == 0xd800 >> 10 && low >> 10 == 0xdc00 >> 10) {
            ch = 0x10000 + ((ch & 0x3ff) << 10 | (low & 0x3ff));
            at += 2;
        }
        json_char(json, ch);
    }
}

static void json_name(Octstr *json, const char *name)
{
    if (octstr_len(json) > 1)
        octstr_append_char(json, ',');
    octstr_format_append(json, "\"%s\":", name);
}

static void json_string(Octstr *json, const char *name, Octstr *value)
{
    if (value == NULL)
        return;
    json_name(json, name);
    octstr_append_char(json, '"');
    json_utf8(json, value);
    octstr_append_char(json, '"');
}

static void json_hex(Octstr *json, const char *name, Octstr *octets)
{
    Octstr *hex;

    if (octstr_len(octets) == 0)
        return;
    hex = octstr_duplicate(octets);
    octstr_binary_to_hex(hex, 0);
    json_string(json, name, hex);
    octstr_destroy(hex);
}

static void json_number(Octstr *json, const char *name, long n)
{
    if (n == MSG_PARAM_UNDEFINED)
        return;
    json_name(json, name);
    octstr_format_append(json, "%ld", n);
}

static void json_text(Octstr *json, const Msg *msg)
{
    if (msg->sms.coding == DC_8BIT) {
        json_hex(json, "data", msg->sms.msgdata);
        return;
    }
    json_name(json, "text");
    octstr_append_char(json, '"');
    if (msg->sms.coding == DC_UCS2)
        json_utf16(json, msg->sms.msgdata);
    else
        json_utf8(json, msg->sms.msgdata);
    octstr_append_char(json, '"');
}

static void json_time(Octstr *json, const Msg *msg)
{
    struct tm tm = gw_gmtime((time_t)msg->sms.time);

    json_name(json, "time");
    octstr_format_append(json, "\"%04d-%02d-%02dT%02d:%02d:%02dZ\"",
                         tm.tm_year + 1900, tm.tm_mon + 1, tm.tm_mday,
                         tm.tm_hour, tm.tm_min, tm.tm_sec);
}

Octstr *http_form_json(Msg *msg, const char *id)
{
    static const char *const coding[] = { "7bit", "8bit", "ucs2" };
    Octstr *json = octstr_create("{"), *text = octstr_create(id);

    json_string(json, "id", text);
    json_string(json, "from", msg->sms.receiver);
    json_string(json, "to", msg->sms.sender);
    json_text(json, msg);
    json_time(json, msg);
    if (msg->sms.coding >= DC_7BIT && msg->sms.coding <= DC_UCS2) {
        octstr_destroy(text);
        text = octstr_create(coding[msg->sms.coding - DC_7BIT]);
        json_string(json, "coding", text);
    }
    json_hex(json, "udh", msg->sms.udhdata);
    json_number(json, "class", msg->sms.mclass);
    json_number(json, "pid", msg->sms.pid);
    json_number(json, "mwi", msg->sms.mwi);
    json_string(json, "service", msg->sms.service);
    json_string(json, "smsc", msg->sms.smsc_id);
    json_string(json, "smsc_number", msg->sms.smsc_number);
    json_string(json, "account", msg->sms.account);
    json_string(json, "meta", msg->sms.meta_data);
    octstr_append_char(json, '}');
    octstr_destroy(text);
    return json;
}
