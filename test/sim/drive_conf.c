/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * drive_conf.c - the command line of drive_map
 *
 * One table of options serves reading and --help, so that neither forgets
 * what the other knows.
 */

#include "drive_conf.h"

#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "drive_opts.h"

static int usage_error(const char *option, const char *value, const char *why)
{
    fprintf(stderr, "drive_map: %s <%s>: %s\n", option, value, why);
    return -1;
}

/* "447700900000" or "447700900000..447700900999" */
static int read_range(const char *option, char *v, struct number_range *r)
{
    char *dots = strstr(v, "..");
    uint64_t last;

    if (dots != NULL)
        *dots = '\0';
    v += v[0] == '+';
    r->first = v;
    r->digits = strlen(v);
    if (r->digits < 1 || r->digits > DRIVE_DIGITS ||
        strspn(v, "0123456789") != r->digits)
        return usage_error(option, v, "not a number of 1 to 18 digits");
    r->value = strtoull(v, NULL, 10);
    r->count = 1;
    if (dots == NULL)
        return 0;
    dots += dots[2] == '+' ? 3 : 2;
    if (strlen(dots) != r->digits || strspn(dots, "0123456789") != r->digits)
        return usage_error(option, dots, "not as long as the first number");
    last = strtoull(dots, NULL, 10);
    if (last < r->value)
        return usage_error(option, dots, "the range ends before it begins");
    r->count = last - r->value + 1;
    return 0;
}

static void number_in(const struct number_range *r, uint64_t i,
                      char out[DRIVE_DIGITS + 1])
{
    uint64_t v = r->value + i;

    out[r->digits] = '\0';
    for (size_t at = r->digits; at-- > 0; v /= 10)
        out[at] = (char)('0' + v % 10);
}

void drive_number(const struct drive_conf *c, uint64_t i,
                  char out[DRIVE_DIGITS + 1])
{
    const struct number_range *r = c->numbers;

    if (c->n_total == 0) {
        out[0] = '\0';
        return;
    }
    i %= c->n_total;
    while (i >= r->count) {
        i -= r->count;
        r++;
    }
    number_in(r, i, out);
}

void drive_imsi(const struct drive_conf *c, uint64_t i,
                char out[DRIVE_DIGITS + 1])
{
    number_in(&c->imsis, i % c->imsis.count, out);
}

void drive_sc(const struct drive_conf *c, uint64_t i,
              char out[DRIVE_DIGITS + 1])
{
    number_in(&c->scs, i % c->scs.count, out);
}

int drive_opt_number(struct drive_conf *c, const struct drive_opt *o, char *v)
{
    if (c->n_numbers == DRIVE_RANGES)
        return usage_error(o->name, v, "too many numbers and ranges");
    if (read_range(o->name, v, &c->numbers[c->n_numbers]) < 0)
        return -1;
    c->n_total += c->numbers[c->n_numbers++].count;
    return 0;
}

int drive_opt_imsi(struct drive_conf *c, const struct drive_opt *o, char *v)
{
    c->imsi = v;
    return read_range(o->name, v, &c->imsis);
}

int drive_opt_sc(struct drive_conf *c, const struct drive_opt *o, char *v)
{
    return read_range(o->name, v, &c->scs);
}

int drive_opt_report(struct drive_conf *c, const struct drive_opt *o, char *v)
{
    c->kind = DRIVE_REPORT;
    return drive_opt_word(c, o, v);
}

static int read_uint(const struct drive_opt *o, const char *v, uint64_t *out)
{
    char *end;

    errno = 0;
    *out = strtoull(v, &end, 0);
    if (!isdigit((unsigned char)v[0]) || *end != '\0' || errno != 0 ||
        *out < o->min || *out > o->max) {
        fprintf(stderr,
                "drive_map: --%s <%s>: not a number from %llu to "
                "%llu\n",
                o->name, v, (unsigned long long)o->min,
                (unsigned long long)o->max);
        return -1;
    }
    return 0;
}

/* "A:B", "[A]:B"; without a colon A is a port for a listener, else a host. */
int drive_opt_peer(struct drive_conf *c, const struct drive_opt *o, char *v)
{
    struct m3ua_conf *m = &c->stack.m3ua;
    struct m3ua_host *h = &m->peer[m->n_peer];
    char *colon = strrchr(v, ':');

    if (m->n_peer == M3UA_CONNS)
        return usage_error(o->name, v, "too many associations");
    if (strcmp(o->name, "local") == 0) {
        h = &m->local;
    } else {
        m->listen = strcmp(o->name, "listen") == 0;
        m->n_peer++;
    }
    h->port = h == &m->local ? NULL : "2905";
    h->host = v;
    if (colon != NULL) {
        *colon = '\0';
        h->port = colon + 1;
    }
    if (v[0] == '[' && strchr(v, ']') != NULL) {
        *strchr(v, ']') = '\0';
        h->host = v + 1;
    }
    if (h->host[0] == '\0')
        h->host = NULL;
    return 0;
}

/* A point code: 4711 or 2-75-7. */
int drive_opt_pc(struct drive_conf *c, const struct drive_opt *o, char *v)
{
    uint32_t *pc = (uint32_t *)(void *)((char *)c + o->offset);
    unsigned a, b, d;
    char end;
    uint64_t n;

    /* NOLINTNEXTLINE(cert-err34-c): the ranges are checked here */
    if (sscanf(v, "%1u-%3u-%1u%c", &a, &b, &d, &end) == 3 && a < 8 && b < 256 &&
        d < 8) {
        *pc = a << 11 | b << 3 | d;
        return 0;
    }
    if (read_uint(o, v, &n) < 0)
        return -1;
    *pc = (uint32_t)n;
    return 0;
}

int drive_opt_u32(struct drive_conf *c, const struct drive_opt *o, char *v)
{
    uint64_t n;

    if (read_uint(o, v, &n) < 0)
        return -1;
    *(uint32_t *)(void *)((char *)c + o->offset) = (uint32_t)n;
    return 0;
}

int drive_opt_u64(struct drive_conf *c, const struct drive_opt *o, char *v)
{
    return read_uint(o, v, (uint64_t *)(void *)((char *)c + o->offset));
}

int drive_opt_u8(struct drive_conf *c, const struct drive_opt *o, char *v)
{
    uint64_t n;

    if (read_uint(o, v, &n) < 0)
        return -1;
    *(uint8_t *)((char *)c + o->offset) = (uint8_t)n;
    return 0;
}

int drive_opt_int(struct drive_conf *c, const struct drive_opt *o, char *v)
{
    uint64_t n;

    if (read_uint(o, v, &n) < 0)
        return -1;
    *(int *)(void *)((char *)c + o->offset) = (int)n;
    return 0;
}

int drive_opt_maybe(struct drive_conf *c, const struct drive_opt *o, char *v)
{
    struct m3ua_u32 *u = (struct m3ua_u32 *)(void *)((char *)c + o->offset);
    uint64_t n;

    if (read_uint(o, v, &n) < 0)
        return -1;
    *u = (struct m3ua_u32){ .present = true, .v = (uint32_t)n };
    return 0;
}

int drive_opt_str(struct drive_conf *c, const struct drive_opt *o, char *v)
{
    *(const char **)(void *)((char *)c + o->offset) = v;
    return 0;
}

int drive_opt_flag(struct drive_conf *c, const struct drive_opt *o, char *v)
{
    (void)v;
    *(bool *)((char *)c + o->offset) = o->max != 0;
    return 0;
}

/* Its field becomes `max', a uint32_t. */
int drive_opt_const(struct drive_conf *c, const struct drive_opt *o, char *v)
{
    (void)v;
    *(uint32_t *)(void *)((char *)c + o->offset) = (uint32_t)o->max;
    return 0;
}

int drive_opt_kind(struct drive_conf *c, const struct drive_opt *o, char *v)
{
    (void)v;
    c->kind = (enum drive_kind)o->max;
    return 0;
}

/* A word of a list "one|two|three" as its place in it. */
int drive_opt_word(struct drive_conf *c, const struct drive_opt *o, char *v)
{
    const char *list = o->arg;
    size_t n = strlen(v);
    int i = (int)o->min;

    for (; list != NULL; list = strchr(list, '|'), i++) {
        list += list[0] == '|';
        if (strncmp(list, v, n) == 0 && (list[n] == '|' || list[n] == '\0')) {
            *(int *)(void *)((char *)c + o->offset) = i;
            return 0;
        }
    }
    return usage_error(o->name, v, o->arg);
}

int drive_opt_not_intended(struct drive_conf *c, const struct drive_opt *o,
                           char *v)
{
    (void)o;
    (void)v;
    c->not_intended = true;
    c->not_intended_value = (uint8_t)o->max;
    return 0;
}

/* "ok", "abort", "error:32:1", "udts:1" .. */
int drive_opt_expect(struct drive_conf *c, const struct drive_opt *o, char *v)
{
    static const struct {
        const char *word;
        enum smsc_what what;
    } words[] = {
        { "ok", SMSC_RESULT },     { "error", SMSC_ERROR },
        { "reject", SMSC_REJECT }, { "abort", SMSC_ABORT },
        { "udts", SMSC_UDTS },     { "timeout", SMSC_TIMEOUT },
        { "unsent", SMSC_UNSENT },
    };
    size_t len = strcspn(v, ":");
    struct expectation *e = &c->expect;
    char *end = v + len;

    e->set = true;
    e->code = e->cause = -1;
    if (*end == ':')
        e->code = (int)strtol(end + 1, &end, 10);
    if (*end == ':')
        e->cause = (int)strtol(end + 1, &end, 10);
    if (*end != '\0')
        return usage_error(o->name, v, "a number after the colon, please");
    e->any = strcmp(v, "any") == 0;
    for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
        if (strlen(words[i].word) != len || strncmp(v, words[i].word, len) != 0)
            continue;
        e->what = words[i].what;
        return 0;
    }
    return e->any ? 0 : usage_error(o->name, v, o->arg);
}

static const struct drive_opt *find_option(const char *name, size_t len)
{
    for (const struct drive_opt *o = drive_opts; o->help != NULL; o++) {
        if (o->name != NULL && strlen(o->name) == len &&
            strncmp(o->name, name, len) == 0)
            return o;
    }
    return NULL;
}

/* One argument and perhaps the next: how many were taken, or -1. */
static int take_option(struct drive_conf *c, char *arg, char *next)
{
    size_t len = strcspn(arg, "=");
    const struct drive_opt *o = find_option(arg + 2, len - 2);
    static char none[1];

    if (o == NULL)
        return usage_error("option", arg,
                           "there is none of that name; "
                           "--help tells all");
    if (o->arg == NULL)
        return o->set(c, o, none) < 0 ? -1 : 1;
    if (arg[len] == '=')
        return o->set(c, o, arg + len + 1) < 0 ? -1 : 1;
    if (next == NULL)
        return usage_error("option", arg, "needs a value");
    return o->set(c, o, next) < 0 ? -1 : 2;
}

/* What is no option: what kind of load, or a number. */
static int take_word(struct drive_conf *c, char *arg)
{
    static const char *const kinds[] = { "sri", "fsm", "both" };
    static const struct drive_opt number = { .name = "number" };

    for (unsigned i = 0; i < 3; i++) {
        if (strcmp(arg, kinds[i]) == 0) {
            c->kind = (enum drive_kind)i;
            return 1;
        }
    }
    return drive_opt_number(c, &number, arg) < 0 ? -1 : 1;
}

static int complain(const char *what)
{
    fprintf(stderr, "drive_map: %s\n", what);
    return -1;
}

static bool is_digits(const char *v)
{
    size_t n = strspn(v, "0123456789");

    return n > 0 && n <= DRIVE_DIGITS && v[n] == '\0';
}

static bool is_title(const char *v)
{
    size_t n = strspn(v, "0123456789abcdefABCDEF");

    return n <= SCCP_GT_DIGITS && v[n] == '\0';
}

/* What one option alone cannot know to be wrong. */
static int check(const struct drive_conf *c)
{
    if (c->stack.m3ua.n_peer == 0)
        return complain("where to: --connect HOST:PORT or --listen HOST:PORT");
    if (c->kind != DRIVE_FSM && c->n_total == 0 && c->alerts == 0)
        return complain("to whom: give a number");
    if (c->kind == DRIVE_FSM && (c->imsi == NULL || c->msc == NULL))
        return complain("without SRI-SM it takes --imsi and --msc");
    if (c->imsi != NULL && (c->imsis.digits < 6 || c->imsis.digits > 15))
        return complain("an IMSI has 6 to 15 digits");
    if (c->smsc.version == 1 && c->smsc.handshake)
        return complain("version 1 has no dialogue portion: no --handshake");
    if (c->smsc.version == 1 && (c->smsc.pad > 0 || c->more))
        return complain("version 1 has no --big and no --more-messages");
    if (!is_title(c->gt))
        return complain("--gt is not digits");
    if (c->sri_gt != NULL && !is_title(c->sri_gt))
        return complain("--sri-gt is not digits");
    if (c->sri_sc != NULL && !is_digits(c->sri_sc))
        return complain("--sri-sc is not 1 to 18 digits");
    if (c->text.ref > 255 && !c->text.ref16)
        return complain("a --ref above 255 needs --ref16");
    if (c->stack.opc == c->stack.dpc)
        return complain("--opc and --dpc are the same point code");
    return 0;
}

/* The address that a dialogue of ours comes from. */
static struct sccp_addr own_address(const struct drive_conf *c, const char *gt)
{
    struct sccp_addr a = sccp_addr_e164(gt, c->ssn);

    a.gt.np = c->gt_np;
    a.gt.nai = c->gt_nai;
    if (c->route_on_ssn) {
        a.on_ssn = true;
        a.has_pc = true;
        a.pc = (uint16_t)c->stack.opc;
    }
    a.wire_len = 0;
    return a;
}

/* What follows from what was given. */
static void complete(struct drive_conf *c)
{
    struct smsc_conf *s = &c->smsc;

    if (c->scs.count == 0)
        c->scs = (struct number_range){ .digits = strnlen(c->gt, DRIVE_DIGITS),
                                        .value = strtoull(c->gt, NULL, 10),
                                        .count = 1 };
    c->stack.m3ua.sg = c->role == DRIVE_ROLE_USUAL ? c->stack.m3ua.listen
                                                   : c->role == DRIVE_ROLE_SG;
    c->stack.m3ua.mode = (struct m3ua_u32){
        .present = c->mode != 0,
        .v = (uint32_t)c->mode,
    };
    c->stack.gt[0] = c->gt;
    c->stack.n_gt = 1;
    if (c->sri_gt == NULL)
        c->sri_gt = c->gt;
    else if (strcmp(c->sri_gt, c->gt) != 0)
        c->stack.gt[c->stack.n_gt++] = c->sri_gt;
    if (c->titles != NULL)
        c->stack.gt[c->stack.n_gt++] = c->titles;
    c->stack.ssn[0] = c->ssn;
    c->stack.n_ssn = 1;
    s->calling = own_address(c, c->gt);
    s->sri_calling = own_address(c, c->sri_gt);
    if (c->text.text == NULL)
        c->text.text = c->load > 0 ? "message {n}" : "hello";
    if (c->window == 0)
        c->window = c->load > 0 ? 50 : 1;
    if (c->load > 0 && c->seconds == 0)
        c->seconds = 60;
    s->max = c->window;
    if (!c->expect.set)
        c->expect.code = c->expect.cause = -1;
}

static const struct drive_conf defaults = {
    .stack = { .m3ua = { .reconnect_ms = 500 }, .opc = 2, .dpc = 1, .ni = 2 },
    .smsc = { .version = 3,
              .pclass = 0,
              .return_opt = true,
              .sls = -1,
              .sri_ms = 30000,
              .fsm_ms = 60000 },
    .text = { .from = "+447700900001", .alphabet = -1, .dcs = -1, .ref = -1 },
    .gt = "447700900002",
    .ssn = SCCP_SSN_MSC,
    .hlr_ssn = SCCP_SSN_HLR,
    .msc_ssn = SCCP_SSN_MSC,
    .np = 1,
    .nai = 4,
    .gt_np = 1,
    .gt_nai = 4,
    .number_nai = MAP_E164_INTERNATIONAL,
    .sc_nai = MAP_E164_INTERNATIONAL,
    .kind = DRIVE_BOTH,
    .repeat = 1,
    .retry_delay_ms = 1000,
    .connect_ms = 10000,
};

int drive_conf_read(struct drive_conf *c, int argc, char **argv, int *status)
{
    int n;

    *c = defaults;
    *status = 2;
    for (int i = 1; i < argc; i += n) {
        if (strcmp(argv[i], "--help") == 0) {
            drive_help();
            *status = 0;
            return -1;
        }
        n = strncmp(argv[i], "--", 2) == 0
                ? take_option(c, argv[i], argv[i + 1])
                : take_word(c, argv[i]);
        if (n < 0)
            return -1;
    }
    if (text_scts(c->scts, c->text.scts) < 0)
        return usage_error("--scts", c->scts,
                           "neither 2024-01-31T12:00:00 nor "
                           "fourteen digits");
    if (check(c) < 0)
        return -1;
    complete(c);
    return 0;
}
