/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * cdr_csv.c - records as comma-separated values, RFC 4180 with bare line feeds
 */

#include "cdr_file.h"

#include <string.h>

void cdr_csv_header(struct plug_buf *b)
{
    for (unsigned i = 0; i < plug_record_columns(); i++) {
        if (i > 0)
            plug_buf_char(b, ',');
        plug_buf_text(b, plug_record_name(i));
    }
    plug_buf_char(b, '\n');
}

/* Quoted if it must be; a line end within is allowed then. What is no UTF-8
 * becomes U+FFFD. */
static void quoted(struct plug_buf *b, const char *text)
{
    size_t len = strlen(text);
    bool quotes = strpbrk(text, ",\"\r\n") != NULL;

    if (quotes)
        plug_buf_char(b, '"');
    for (size_t i = 0, n; i < len; i += n != 0 ? n : 1) {
        n = plug_utf8(text + i, len - i);
        if (n == 0)
            plug_buf_text(b, "\xef\xbf\xbd");
        else if (text[i] == '"')
            plug_buf_text(b, "\"\"");
        else
            plug_buf_add(b, text + i, n);
    }
    if (quotes)
        plug_buf_char(b, '"');
}

void cdr_csv_line(struct plug_buf *b, const struct plug_record *r)
{
    for (unsigned i = 0; i < plug_record_columns(); i++) {
        struct plug_value v = plug_record_value(r, i);

        if (i > 0)
            plug_buf_char(b, ',');
        switch (v.type) {
        case PLUG_VALUE_NONE:
            break;
        case PLUG_VALUE_TEXT:
            quoted(b, v.text);
            break;
        case PLUG_VALUE_OCTETS:
            plug_buf_base64(b, v.text, strlen(v.text));
            break;
        case PLUG_VALUE_NUMBER:
        case PLUG_VALUE_FLAG:
            plug_buf_number(b, (int64_t)v.n);
            break;
        case PLUG_VALUE_TIME:
            plug_buf_time(b, v.n);
            break;
        }
    }
    plug_buf_char(b, '\n');
}
