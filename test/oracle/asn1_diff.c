/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * asn1_diff.c - our half of the differential test against another codec
 *
 * usage: asn1_diff write SEED N    N values of each row to standard output
 *        asn1_diff read            values from standard input, compared
 *
 * A line is one value: name of the row, version, octets, and what they mean,
 * "sri-arg 3 30.. msisdn=91:447700900123 ...". No octets at all are "-".
 * The reader says of each row how many there were and shows the first few
 * disagreements; it exits 1 if there was one, or nothing to read.
 */

#include "diff.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MAX_OCTETS = 1 << 16, MAX_LINE = 2 * MAX_OCTETS + DIFF_TEXT + 100 };
enum { MAX_ROWS = 128, SHOWN = 3 };

/* xorshift64*: short, and good enough to choose among encodings. */
static uint64_t rng_next(struct rng *g)
{
    g->state ^= g->state >> 12;
    g->state ^= g->state << 25;
    g->state ^= g->state >> 27;
    return g->state * 0x2545f4914f6cdd1du;
}

uint32_t rng_below(struct rng *g, uint32_t n)
{
    return (uint32_t)((rng_next(g) >> 32) * n >> 32);
}

bool rng_coin(struct rng *g)
{
    return rng_below(g, 2) == 0;
}

void rng_octets(struct rng *g, uint8_t *p, size_t n)
{
    while (n-- > 0)
        *p++ = (uint8_t)rng_below(g, 256);
}

/* `n' letters of TBCD, and a NUL. */
static void make_digits(struct rng *g, char *digits, uint32_t n)
{
    static const char tbcd[] = "0123456789*#abc";
    uint32_t letters = rng_below(g, 4) == 0 ? 15 : 10;

    for (; n > 0; n--)
        *digits++ = tbcd[rng_below(g, letters)];
    *digits = '\0';
}

void rng_addr(struct rng *g, struct map_addr *a, uint32_t octets)
{
    a->nai_npi = rng_coin(g) ? 0x91 : (uint8_t)(0x80 | rng_below(g, 128));
    make_digits(g, a->digits, rng_below(g, 2 * octets - 1));
}

void rng_imsi(struct rng *g, char imsi[MAP_IMSI_DIGITS + 1])
{
    make_digits(g, imsi, 5 + rng_below(g, MAP_IMSI_DIGITS - 4));
}

void text_put(struct text *t, const char *format, ...)
{
    va_list args;
    int n;

    va_start(args, format);
    n = vsnprintf(t->buf + t->len, sizeof(t->buf) - t->len, format, args);
    va_end(args);
    if (n > 0)
        t->len += (size_t)n;
    if (t->len >= sizeof(t->buf))
        t->len = sizeof(t->buf) - 1;
}

/* printf would take most of the time of the whole test. */
void text_hex(struct text *t, const uint8_t *p, size_t n)
{
    static const char hex[] = "0123456789abcdef";

    for (; n > 0 && t->len + 2 < sizeof(t->buf); n--, p++) {
        t->buf[t->len++] = hex[*p >> 4];
        t->buf[t->len++] = hex[*p & 0x0f];
    }
    t->buf[t->len] = '\0';
}

void text_addr(struct text *t, const char *name, bool has,
               const struct map_addr *a)
{
    if (has)
        text_put(t, "%s=%02x:%s", name, a->nai_npi, a->digits);
    else
        text_put(t, "%s=-", name);
}

void text_tree(struct text *t, struct rd r)
{
    struct ber_el el;
    uint32_t first;

    for (bool more = false; ber_next(&r, &el); more = true) {
        text_put(t, "%s%" PRIx32, more ? "," : "", el.tag);
        for (first = el.tag; first > 0xff;)
            first >>= 8;
        text_put(t, first & 0x20 ? "{" : ":");
        if (first & 0x20)
            text_tree(t, el.body);
        else
            text_hex(t, el.body.p, rd_left(&el.body));
        if (first & 0x20)
            text_put(t, "}");
    }
}

static const struct diff_row *row_at(size_t i)
{
    const struct {
        const struct diff_row *row;
        size_t count;
    } tables[] = {
        { diff_map_rows, diff_map_row_count },
        { diff_wait_rows, diff_wait_row_count },
        { diff_tcap_rows, diff_tcap_row_count },
    };

    for (size_t k = 0; k < sizeof(tables) / sizeof(tables[0]); k++) {
        if (i < tables[k].count)
            return &tables[k].row[i];
        i -= tables[k].count;
    }
    return NULL;
}

static bool write_one(const struct diff_row *row, struct rng *g)
{
    static union diff_value v;
    static struct text hex, meant;
    static uint8_t buf[MAX_OCTETS];
    struct wr w = wr_init(buf, sizeof(buf));

    memset(&v, 0, sizeof(v));
    hex.len = meant.len = 0;
    row->make(row, g, &v);
    row->text(row, &meant, &v);
    row->write(row, &w, &v);
    if (!wr_ok(&w)) {
        fprintf(stderr, "%s %d: cannot be written: %s\n", row->name,
                row->version, meant.buf);
        return false;
    }
    text_hex(&hex, buf, w.len);
    printf("%s %d %s %s\n", row->name, row->version, w.len > 0 ? hex.buf : "-",
           meant.buf);
    return true;
}

static int write_all(uint64_t seed, unsigned long n)
{
    const struct diff_row *row;

    for (size_t i = 0; (row = row_at(i)) != NULL; i++) {
        /* each row has its own sequence: one more row changes no other */
        struct rng g = { .state = seed * 0x9e3779b97f4a7c15u ^ (i + 1) };

        if (row->make == NULL)
            continue;
        for (unsigned long k = 0; k < n; k++)
            if (!write_one(row, &g))
                return 1;
    }
    return fflush(stdout) == 0 && !ferror(stdout) ? 0 : 1;
}

/* Octets of `hex' in place of it; their number, or -1. */
static long unhex_line(char *hex, uint8_t *to, size_t cap)
{
    static const char digits[] = "0123456789abcdef";
    size_t n = 0;

    if (strcmp(hex, "-") == 0)
        return 0;
    for (; hex[0] != '\0'; hex += 2) {
        const char *hi = strchr(digits, hex[0]);
        const char *lo = hex[1] != '\0' ? strchr(digits, hex[1]) : NULL;

        if (hi == NULL || lo == NULL || n == cap)
            return -1;
        to[n++] = (uint8_t)((hi - digits) << 4 | (lo - digits));
    }
    return (long)n;
}

struct tally {
    unsigned long values, wrong;
};

/* One value of `row', as our reader understands it. */
static bool read_one(const struct diff_row *row, char *hex, const char *meant,
                     bool show)
{
    static union diff_value v;
    static struct text got;
    static uint8_t buf[MAX_OCTETS];
    long n = unhex_line(hex, buf, sizeof(buf));
    struct rd_err err;
    struct rd r = rd_init(buf, n > 0 ? (size_t)n : 0, &err);

    memset(&v, 0, sizeof(v));
    got.len = 0;
    if (n < 0)
        text_put(&got, "not octets");
    else if (!row->read(row, &r, &v))
        text_put(&got, "refused, %s at %zu",
                 err.what != NULL ? err.what : "incorrect", err.at);
    else
        row->text(row, &got, &v);
    if (strcmp(got.buf, meant) == 0)
        return true;
    if (show)
        printf("      %s %d %s\n        meant %s\n        read  %s\n",
               row->name, row->version, hex, meant, got.buf);
    return false;
}

/* Take a line apart: NAME VERSION HEX TEXT; the index of its row, or -1. */
static long parse(char *line, char **hex, char **meant)
{
    char *name, *version;
    const struct diff_row *row;

    line[strcspn(line, "\n")] = '\0';
    name = strsep(&line, " ");
    version = strsep(&line, " ");
    *hex = strsep(&line, " ");
    *meant = line;
    if (*meant == NULL)
        return -1;
    for (size_t i = 0; (row = row_at(i)) != NULL; i++)
        if (strcmp(row->name, name) == 0 && row->version == atoi(version))
            return (long)i;
    return -1;
}

static int report(const struct tally *tally)
{
    const struct diff_row *row;
    unsigned long values = 0, wrong = 0;

    for (size_t i = 0; (row = row_at(i)) != NULL; i++) {
        if (tally[i].values > 0)
            printf("%s oracle, ours reads %s %d: %lu values, %lu wrong\n",
                   tally[i].wrong > 0 ? "FAIL " : "ok   ", row->name,
                   row->version, tally[i].values, tally[i].wrong);
        values += tally[i].values;
        wrong += tally[i].wrong;
    }
    return values > 0 && wrong == 0 ? 0 : 1;
}

static int read_all(void)
{
    static char line[MAX_LINE];
    static struct tally tally[MAX_ROWS];
    char *hex, *meant;

    while (fgets(line, sizeof(line), stdin) != NULL) {
        long i = parse(line, &hex, &meant);
        struct tally *t;

        if (i < 0 || i >= MAX_ROWS) {
            printf("FAIL  oracle: not a line of ours: %.60s\n", line);
            return 1;
        }
        t = &tally[i];
        t->values++;
        if (!read_one(row_at((size_t)i), hex, meant, t->wrong < SHOWN))
            t->wrong++;
    }
    return report(tally);
}

int main(int argc, char **argv)
{
    if (argc == 4 && strcmp(argv[1], "write") == 0)
        return write_all(strtoull(argv[2], NULL, 10),
                         strtoul(argv[3], NULL, 10));
    if (argc == 2 && strcmp(argv[1], "read") == 0)
        return read_all();
    fprintf(stderr, "usage: asn1_diff write SEED N | read\n");
    return 2;
}
