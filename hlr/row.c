/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * row.c - the values of a row of the register as text, and back
 */

#include "row.h"

#include "hlr_build.h"
#include "utf8.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { NUMBER_MIN = 3, IMSI_MIN = 6, RATE_MAX = 65535 };

const char *const row_column_name[ROW_COLUMNS] = {
    [ROW_FIRST] = "first",     [ROW_LAST] = "last",
    [ROW_IMSI] = "imsi",       [ROW_NETWORK] = "network",
    [ROW_STATUS] = "status",   [ROW_ROUTE] = "route",
    [ROW_OWNER] = "owner",     [ROW_RATE] = "rate",
    [ROW_FROM] = "valid-from", [ROW_TO] = "valid-to",
    [ROW_MODE] = "imsi-mode",  [ROW_NOTE] = "note",
};

struct hlr_stored row_new(void)
{
    return (struct hlr_stored){ .row = { .status = HLR_ACTIVE,
                                         .route = HLR_ROUTE_NONE } };
}

static bool is_digits(const char *s)
{
    return s[0] != '\0' && s[strspn(s, "0123456789")] == '\0';
}

const char *row_set_number(char out[HLR_MSISDN_MAX + 1], const char *text)
{
    size_t n;

    if (*text == '+')
        text++;
    n = strlen(text);
    if (!is_digits(text) || n < NUMBER_MIN || n > HLR_MSISDN_MAX)
        return "a number must have 3 to 15 decimal digits";
    memcpy(out, text, n + 1);
    return NULL;
}

const char *row_set_imsi(struct hlr_stored *row, const char *text)
{
    size_t n = strlen(text);

    if (n > 0 && (!is_digits(text) || n < IMSI_MIN || n > HLR_IMSI_MAX))
        return "an IMSI must have 6 to 15 decimal digits";
    memcpy(row->row.imsi, text, n + 1);
    return NULL;
}

const char *row_set_name(char out[REG_NAME_MAX + 1], const char *text)
{
    size_t n = strlen(text);

    for (const char *p = text; *p != '\0'; p++)
        if (!isalnum((unsigned char)*p) && strchr("-_.:", *p) == NULL)
            n = REG_NAME_MAX + 1;
    if (n > REG_NAME_MAX)
        return "a name must be at most 31 letters, digits or \"-\", \"_\", "
               "\".\", \":\"";
    memcpy(out, text, n + 1);
    return NULL;
}

const char *row_set_status(struct hlr_stored *row, const char *text)
{
    uint8_t status = text[0] != '\0' ? hlr_status_of(text) : HLR_ACTIVE;

    if (status == 0)
        return "a status must be active, barred, absent or no-sms";
    row->row.status = status;
    return NULL;
}

const char *row_set_text(char *out, size_t size, const char *text)
{
    size_t n = strlen(text);
    uint32_t ch;

    for (const char *p = text; *p != '\0';) {
        p = utf8_get(p, &ch);
        if (p == NULL)
            return "a text must be UTF-8";
        if (ch < 0x20 || (ch >= 0x7f && ch < 0xa0))
            return "a text must be without control characters";
    }
    if (n > 0 && (text[0] == ' ' || text[n - 1] == ' '))
        return "a text must not begin or end with a space";
    if (n >= size)
        return size > REG_NAME_MAX + 1 ? "a note must be at most 255 octets"
                                       : "an owner must be at most 31 octets";
    memcpy(out, text, n + 1);
    return NULL;
}

const char *row_set_rate(struct hlr_stored *row, const char *text)
{
    unsigned long n = strtoul(text, NULL, 10);

    if (text[0] != '\0' &&
        (!is_digits(text) || strlen(text) > 5 || n > RATE_MAX))
        return "a rate must be 0 to 65535 questions a minute";
    row->row.rate = (uint16_t)n;
    return NULL;
}

const char *row_set_mode(struct hlr_stored *row, const char *text)
{
    if (text[0] != '\0' && strcmp(text, "correlation") != 0)
        return "an imsi-mode must be correlation, or empty";
    row->row.correlation = text[0] != '\0';
    return NULL;
}

/* n digits; NULL: they are not there. */
static const char *read_part(const char *p, int n, int *out)
{
    *out = 0;
    for (; n > 0; n--, p++) {
        if (*p < '0' || *p > '9')
            return NULL;
        *out = 10 * *out + (*p - '0');
    }
    return p;
}

/*
 * A day, maybe a time, maybe "Z"; no other zone.
 */
static bool read_time(struct tm *tm, const char *text)
{
    int *part[] = { &tm->tm_year, &tm->tm_mon, &tm->tm_mday,
                    &tm->tm_hour, &tm->tm_min, &tm->tm_sec };
    static const char before[] = "\0--T::";

    *tm = (struct tm){ .tm_mday = 1 };
    for (unsigned i = 0; i < 6 && text != NULL; i++) {
        if (i == 3 && *text == '\0')
            break;
        if (i > 0 && *text != before[i] && (i != 3 || *text != ' '))
            return false;
        text = read_part(i > 0 ? text + 1 : text, i > 0 ? 2 : 4, part[i]);
    }
    tm->tm_year -= 1900;
    tm->tm_mon--;
    return text != NULL && (*text == '\0' || strcmp(text, "Z") == 0);
}

const char *row_set_time(uint32_t *out, const char *text)
{
    struct tm tm, back;
    time_t t = 0;
    bool good = true;

    if (text[0] != '\0') {
        good = read_time(&tm, text);
        back = tm;
        t = timegm(&back);
        /* What was out of bounds, as the 31st of April, was carried over. */
        good = good && back.tm_mday == tm.tm_mday && back.tm_mon == tm.tm_mon &&
               back.tm_hour == tm.tm_hour && back.tm_min == tm.tm_min &&
               back.tm_sec == tm.tm_sec && t > 0 && t < UINT32_MAX;
    }
    if (!good)
        return "a time must be like 2026-11-24T10:00:00Z (UTC)";
    *out = (uint32_t)t;
    return NULL;
}

const char *row_time_str(uint32_t s, char buf[ROW_TIME_STR])
{
    time_t t = s;
    struct tm tm;

    buf[0] = '\0';
    if (s != 0 && gmtime_r(&t, &tm) != NULL)
        strftime(buf, ROW_TIME_STR, "%Y-%m-%dT%H:%M:%SZ", &tm);
    return buf;
}

const char *row_set(struct hlr_stored *row, enum row_column column,
                    const char *text)
{
    struct hlr_row *r = &row->row;

    switch (column) {
    case ROW_FIRST:
        return row_set_number(r->first, text);
    case ROW_LAST:
        return text[0] == '\0' ? NULL : row_set_number(r->last, text);
    case ROW_IMSI:
        return row_set_imsi(row, text);
    case ROW_NETWORK:
        return row_set_name(row->network, text);
    case ROW_STATUS:
        return row_set_status(row, text);
    case ROW_ROUTE:
        return row_set_name(row->route, text);
    case ROW_OWNER:
        return row_set_text(row->owner, sizeof(row->owner), text);
    case ROW_RATE:
        return row_set_rate(row, text);
    case ROW_FROM:
        return row_set_time(&r->from_s, text);
    case ROW_TO:
        return row_set_time(&r->to_s, text);
    case ROW_MODE:
        return row_set_mode(row, text);
    default:
        return row_set_text(row->note, sizeof(row->note), text);
    }
}

const char *row_get(const struct hlr_stored *row, enum row_column column,
                    char buf[ROW_TEXT_MAX])
{
    const struct hlr_row *r = &row->row;
    const char *status;

    switch (column) {
    case ROW_FIRST:
        return r->first;
    case ROW_LAST:
        return r->last;
    case ROW_IMSI:
        return r->imsi;
    case ROW_NETWORK:
        return row->network;
    case ROW_STATUS:
        status = hlr_status_str(r->status);
        return status != NULL ? status : "";
    case ROW_ROUTE:
        return row->route;
    case ROW_OWNER:
        return row->owner;
    case ROW_RATE:
        buf[0] = '\0';
        if (r->rate != 0)
            snprintf(buf, ROW_TEXT_MAX, "%u", r->rate);
        return buf;
    case ROW_FROM:
        return row_time_str(r->from_s, buf);
    case ROW_TO:
        return row_time_str(r->to_s, buf);
    case ROW_MODE:
        return r->correlation ? "correlation" : "";
    default:
        return row->note;
    }
}

/* Do the IMSIs of a range stay within their digits? */
static bool imsi_fits(const struct hlr_row *r)
{
    uint64_t count = strtoull(r->last, NULL, 10) - strtoull(r->first, NULL, 10);
    uint64_t end = 1;

    for (size_t i = 0; i < strlen(r->imsi); i++)
        end *= 10;
    return strtoull(r->imsi, NULL, 10) + count < end;
}

const char *row_check(struct hlr_stored *row)
{
    struct hlr_row *r = &row->row;

    if (r->first[0] == '\0')
        return "there is no number";
    if (r->last[0] == '\0')
        memcpy(r->last, r->first, sizeof(r->last));
    if (strlen(r->first) != strlen(r->last) || strcmp(r->first, r->last) > 0)
        return "the last number must be as long as the first and not less";
    if (r->correlation && r->imsi[0] != '\0')
        return "with imsi-mode correlation there is no IMSI";
    if (r->imsi[0] != '\0' && !imsi_fits(r))
        return "the range has more numbers than there are IMSIs";
    if (r->to_s != 0 && r->from_s >= r->to_s)
        return "valid-from must be before valid-to";
    return NULL;
}
