/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * row_test.c - values of a row as text and back, and lines of CSV
 */

#include "check.h"
#include "hlr/csv.h"

static struct hlr_stored row;

static bool takes(enum row_column column, const char *text)
{
    char buf[ROW_TEXT_MAX];

    row = row_new();
    return row_set(&row, column, text) == NULL &&
           strcmp(row_get(&row, column, buf), text) == 0;
}

static bool refuses(enum row_column column, const char *text, const char *why)
{
    const char *got;

    row = row_new();
    got = row_set(&row, column, text);
    if (got == NULL || strstr(got, why) == NULL)
        printf("%s: %s\n", text, got != NULL ? got : "taken");
    return got != NULL && strstr(got, why) != NULL;
}

static void gives_back_what_it_takes(void)
{
    CHECK(takes(ROW_FIRST, "447700900123") && takes(ROW_LAST, "447"));
    CHECK(takes(ROW_IMSI, "001010000000001") && takes(ROW_IMSI, ""));
    CHECK(takes(ROW_NETWORK, "a-b_c.d:E9") && takes(ROW_ROUTE, ""));
    CHECK(takes(ROW_STATUS, "no-sms") && takes(ROW_RATE, "65535"));
    CHECK(takes(ROW_RATE, "") && takes(ROW_MODE, "correlation"));
    CHECK(takes(ROW_MODE, "") && takes(ROW_OWNER, "Müller & Söhne"));
    CHECK(takes(ROW_NOTE, "one, \"two\"") && takes(ROW_NOTE, ""));
    CHECK(takes(ROW_FROM, "2026-11-24T10:00:00Z") && takes(ROW_TO, ""));
    CHECK(takes(ROW_TO, "2024-02-29T23:59:59Z"));
    CHECK(takes(ROW_TO, "2106-02-07T06:28:14Z"));
    CHECK(row_set(&row, ROW_FIRST, "+447") == NULL);
    CHECK(strcmp(row.row.first, "447") == 0);
    CHECK(row_set(&row, ROW_FROM, "2026-01-01") == NULL);
    CHECK(row.row.from_s == 1767225600);
    CHECK(row_set(&row, ROW_FROM, "2026-01-01 00:00:01") == NULL);
    CHECK(row.row.from_s == 1767225601);
    CHECK(row_set(&row, ROW_STATUS, "") == NULL);
    CHECK(row.row.status == HLR_ACTIVE);
}

static void refuses_what_cannot_be(void)
{
    static const char *const times[] = {
        "2026-02-30",
        "2025-02-29",
        "2026-13-01",
        "2026-00-01",
        "2026-01-00",
        "2026-01-01T24:00:00Z",
        "2026-01-01T10:00:00+01:00",
        "2026-1-1",
        "20260101",
        "2026-01-01T10:00",
        "2026-01-01T10:00:60Z",
        "1969-12-31",
        "1970-01-01",
        "2107-01-01",
        " 2026-01-01",
        "2026-01-01 ",
        "9999-99-99",
        "tomorrow",
        "2026-01-01TZ",
        "-026-01-01",
        "2026-01-01Zx",
    };

    for (size_t i = 0; i < sizeof(times) / sizeof(times[0]); i++)
        CHECK(refuses(ROW_TO, times[i], "a time must be like"));
    CHECK(refuses(ROW_FIRST, "44", "3 to 15"));
    CHECK(refuses(ROW_FIRST, "1234567890123456", "3 to 15"));
    CHECK(refuses(ROW_FIRST, "++447", "3 to 15"));
    CHECK(refuses(ROW_FIRST, "", "3 to 15"));
    CHECK(refuses(ROW_IMSI, "12345", "6 to 15"));
    CHECK(refuses(ROW_IMSI, "+123456", "6 to 15"));
    CHECK(refuses(ROW_STATUS, "Active", "active, barred"));
    CHECK(refuses(ROW_NETWORK, "a b", "at most 31"));
    CHECK(refuses(ROW_ROUTE, "12345678901234567890123456789012", "at most 31"));
    CHECK(refuses(ROW_RATE, "65536", "0 to 65535"));
    CHECK(refuses(ROW_RATE, "-1", "0 to 65535"));
    CHECK(refuses(ROW_RATE, "1e3", "0 to 65535"));
    CHECK(refuses(ROW_MODE, "once", "must be correlation"));
    CHECK(refuses(ROW_OWNER, "M\xfcller", "UTF-8"));
    CHECK(refuses(ROW_OWNER, "a\tb", "control"));
    CHECK(refuses(ROW_OWNER, " a", "space"));
    CHECK(refuses(ROW_OWNER, "12345678901234567890123456789012", "31 octets"));
}

static const char *check_with(const char *first, const char *last,
                              const char *imsi)
{
    row = row_new();
    strcpy(row.row.first, first);
    strcpy(row.row.last, last);
    strcpy(row.row.imsi, imsi);
    return row_check(&row);
}

static void values_must_agree(void)
{
    CHECK(check_with("4477", "", "") == NULL);
    CHECK(strcmp(row.row.last, "4477") == 0);
    CHECK(check_with("", "", "") != NULL);
    CHECK(check_with("4477", "447", "") != NULL);
    CHECK(check_with("4477", "4476", "") != NULL);
    CHECK(check_with("4400", "4499", "234150000000000") == NULL);
    CHECK(check_with("4400", "4499", "999999999999900") == NULL);
    CHECK(check_with("4400", "4499", "999999999999901") != NULL);
    row = row_new();
    strcpy(row.row.first, "4477");
    row.row.from_s = 5;
    row.row.to_s = 5;
    CHECK(row_check(&row) != NULL);
    row.row.to_s = 6;
    CHECK(row_check(&row) == NULL);
    row.row.correlation = true;
    CHECK(row_check(&row) == NULL);
    strcpy(row.row.imsi, "234150000000000");
    CHECK(row_check(&row) != NULL);
}

/* ---- lines ---- */

/* What is wrong with the first line that is; "": nothing is. */
static const char *read_csv(const char *text, unsigned *rows)
{
    static struct csv c;
    struct hlr_stored next;
    int rc;

    *rows = 0;
    if (csv_open(&c, text, strlen(text)) == -1)
        return c.why;
    while ((rc = csv_next(&c, &next)) == 1) {
        row = next;
        ++*rows;
    }
    return rc == 0 ? "" : c.why;
}

static bool csv_fails(const char *text, const char *why)
{
    unsigned rows;
    const char *got = read_csv(text, &rows);

    if (strstr(got, why) == NULL)
        printf("%s\n", got);
    return got[0] != '\0' && strstr(got, why) != NULL;
}

static void reads_every_column(void)
{
    unsigned rows;

    CHECK(strcmp(read_csv("\xef\xbb\xbfnote,imsi-mode,valid-to,valid-from,rate,"
                          "owner,route,status,network,imsi,last,first\r\n"
                          "# a comment\r\n\r\n"
                          "\"a, \"\"b\"\"\",,2027-01-01,2026-01-01,7,me,r,"
                          "barred,n,234150000000001,4479,\"4477\"\r\n",
                          &rows),
                 "") == 0);
    CHECK(rows == 1 && strcmp(row.note, "a, \"b\"") == 0);
    CHECK(row.row.from_s == 1767225600 && row.row.to_s == 1798761600);
    CHECK(row.row.rate == 7 && strcmp(row.owner, "me") == 0);
    CHECK(strcmp(row.route, "r") == 0 && strcmp(row.network, "n") == 0);
    CHECK(row.row.status == HLR_BARRED && !row.row.correlation);
    CHECK(strcmp(row.row.last, "4479") == 0);
    CHECK(strcmp(row.row.imsi, "234150000000001") == 0);
}

static void wants_a_heading(void)
{
    CHECK(csv_fails("", "empty"));
    CHECK(csv_fails("# nothing\n", "empty"));
    CHECK(csv_fails("imsi\n", "either number or first"));
    CHECK(csv_fails("number,first\n", "either number or first"));
    CHECK(csv_fails("number,imsi,imsi\n", "there twice"));
    CHECK(csv_fails("number,colour\n", "no such column"));
    CHECK(csv_fails("number", "no end"));
}

static void a_line_that_was_cut_off_is_refused(void)
{
    static const char whole[] = "number,imsi\n447700900123,234150000000001\n";
    char text[sizeof(whole)];
    unsigned rows;

    memcpy(text, whole, sizeof(whole));
    CHECK(strcmp(read_csv(text, &rows), "") == 0 && rows == 1);
    for (size_t n = sizeof(whole) - 2; n > strlen("number,imsi\n"); n--) {
        text[n] = '\0';
        CHECK(read_csv(text, &rows)[0] != '\0' && rows == 0);
    }
    CHECK(csv_fails("number\n4477,\n", "more fields"));
    CHECK(csv_fails("number,imsi\n4477\n", "fewer fields"));
    CHECK(csv_fails("number\n\"4477\n", "not closed"));
}

int main(void)
{
    gives_back_what_it_takes();
    refuses_what_cannot_be();
    values_must_agree();
    reads_every_column();
    wants_a_heading();
    a_line_that_was_cut_off_is_refused();
    return CHECK_DONE();
}
