/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * plug_record.c - a CDR as a row of named columns
 */

#include "plug_record.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/random.h>
#include <time.h>
#include <unistd.h>

/* Where a value comes from: a member of struct plug_cdr of this type, or what
 * is worked out. */
enum from {
    FROM_NODE,
    FROM_BOOT,
    FROM_SEQ,
    FROM_KIND,
    FROM_VERDICT,
    FROM_DUPLICATE,
    FROM_CODING,
    FROM_STRING,
    FROM_BODY, /* the text of the message */
    FROM_U8,
    FROM_U16,
    FROM_U64,
    FROM_ERROR,
    FROM_CAUSE,
    FROM_FLAG,
    FROM_TIME,
    FROM_SPAN
};

/* Which records have it. */
enum who { ALL, SMS, PARTS };

struct column {
    const char *name;
    const char *sql;
    unsigned width;
    enum from from;
    enum who who;
    size_t at, until; /* offsets in struct plug_cdr */
};

#define AT(member_)    .at = offsetof(struct plug_cdr, member_)
#define UNTIL(member_) .until = offsetof(struct plug_cdr, member_)
#define FROM(from_)    .from = FROM_##from_
#define NUMBER(name_, type_, ...)                                              \
    {                                                                          \
        .name = name_, .sql = name_ " " type_, __VA_ARGS__                     \
    }
#define DIGITS(name_, ...)                                                     \
    {                                                                          \
        .name = name_,                                                         \
        .sql = name_ " VARCHAR(40) CHARACTER SET ascii COLLATE ascii_bin"      \
                     " NOT NULL DEFAULT ''",                                   \
        .width = 40, __VA_ARGS__                                               \
    }
#define TEXT(name_, width_, ...)                                               \
    {                                                                          \
        .name = name_,                                                         \
        .sql = name_ " VARCHAR(" #width_ ") NOT NULL DEFAULT ''",              \
        .width = width_, __VA_ARGS__                                           \
    }
#define TIME(name_)                                                            \
    {                                                                          \
        .name = #name_ "_at", .sql = #name_ "_ms BIGINT UNSIGNED NULL",        \
        FROM(TIME), AT(name_##_ms)                                             \
    }
#define SPAN(name_, from_, until_)                                             \
    {                                                                          \
        .name = name_, FROM(SPAN), AT(from_), UNTIL(until_)                    \
    }

/* clang-format off */
static const struct column columns[] = {
    { .name = "boot", .width = 16, FROM(BOOT),
      .sql = "boot CHAR(16) CHARACTER SET ascii COLLATE ascii_bin NOT NULL" },
    NUMBER("seq", "BIGINT UNSIGNED NOT NULL", FROM(SEQ)),
    TEXT("node", 64, FROM(NODE)),
    DIGITS("kind", FROM(KIND)),
    DIGITS("id", FROM(STRING), .who = SMS, AT(id)),
    NUMBER("dialogue", "BIGINT UNSIGNED NULL", FROM(U64), AT(dialogue)),
    TEXT("network", 64, FROM(STRING), AT(network)),
    NUMBER("version", "TINYINT UNSIGNED NULL", FROM(U8), AT(version)),
    DIGITS("sc", FROM(STRING), AT(sc)),
    DIGITS("gt", FROM(STRING), AT(gt)),
    DIGITS("imsi", FROM(STRING), AT(imsi)),
    DIGITS("receiver", FROM(STRING), AT(receiver)),
    TEXT("sender", 64, FROM(STRING), .who = SMS, AT(sender)),
    DIGITS("msc", FROM(STRING), AT(node)),
    NUMBER("ref", "SMALLINT UNSIGNED NULL", FROM(U16), .who = PARTS, AT(ref)),
    NUMBER("part", "TINYINT UNSIGNED NULL", FROM(U8), .who = PARTS, AT(part)),
    NUMBER("parts", "TINYINT UNSIGNED NULL", FROM(U8), .who = PARTS, AT(parts)),
    DIGITS("coding", FROM(CODING), .who = SMS),
    NUMBER("dcs", "TINYINT UNSIGNED NULL", FROM(U8), .who = SMS, AT(dcs)),
    NUMBER("pid", "TINYINT UNSIGNED NULL", FROM(U8), .who = SMS, AT(pid)),
    NUMBER("octets", "SMALLINT UNSIGNED NULL", FROM(U16), .who = SMS,
           AT(octets)),
    TEXT("route", 64, FROM(STRING), AT(route)),
    TEXT("box", 64, FROM(STRING), AT(box)),
    DIGITS("verdict", FROM(VERDICT)),
    NUMBER("answered", "TINYINT NOT NULL DEFAULT 0", FROM(FLAG), AT(answered)),
    NUMBER("error", "SMALLINT NULL", FROM(ERROR)),
    NUMBER("cause", "SMALLINT NULL", FROM(CAUSE)),
    DIGITS("duplicate", FROM(DUPLICATE), .who = SMS),
    TEXT("why", 255, FROM(STRING), AT(why)),
    TEXT("notes", 512, FROM(STRING), AT(notes)),
    TIME(received),
    TIME(filtered),
    TIME(sent),
    TIME(decided),
    TIME(answered),
    SPAN("filter_ms", received_ms, filtered_ms),
    SPAN("application_ms", sent_ms, decided_ms),
    SPAN("answer_ms", decided_ms, answered_ms),
    SPAN("total_ms", received_ms, answered_ms),
    { .name = "text", .sql = "text MEDIUMTEXT NULL", FROM(BODY), .who = SMS },
};
/* clang-format on */

enum { N_COLUMNS = sizeof(columns) / sizeof(columns[0]) };

unsigned plug_record_columns(void)
{
    return N_COLUMNS;
}

const char *plug_record_name(unsigned column)
{
    return columns[column].name;
}

const char *plug_record_sql(unsigned column)
{
    return columns[column].sql;
}

unsigned plug_record_width(unsigned column)
{
    return columns[column].width;
}

/* ---- values ---- */

static const struct plug_value none = { .type = PLUG_VALUE_NONE };

static struct plug_value text(const char *s)
{
    return s == NULL || s[0] == '\0'
               ? none
               : (struct plug_value){ .type = PLUG_VALUE_TEXT, .text = s };
}

static struct plug_value number(uint64_t n)
{
    return (struct plug_value){ .type = PLUG_VALUE_NUMBER, .n = n };
}

static struct plug_value word(const char *const *words, unsigned n, unsigned i)
{
    return i < n ? text(words[i]) : number(i);
}

static uint64_t u64_at(const struct plug_cdr *cdr, size_t at)
{
    uint64_t n;

    memcpy(&n, (const char *)cdr + at, sizeof(n));
    return n;
}

static uint16_t u16_at(const struct plug_cdr *cdr, size_t at)
{
    uint16_t n;

    memcpy(&n, (const char *)cdr + at, sizeof(n));
    return n;
}

static uint8_t u8_at(const struct plug_cdr *cdr, size_t at)
{
    return *((const uint8_t *)cdr + at);
}

static const char *string_at(const struct plug_cdr *cdr, size_t at)
{
    const char *s;

    memcpy(&s, (const char *)cdr + at, sizeof(s));
    return s;
}

static struct plug_value time_of(const struct plug_cdr *cdr, size_t at)
{
    uint64_t ms = u64_at(cdr, at);

    return ms == 0 ? none
                   : (struct plug_value){ .type = PLUG_VALUE_TIME, .n = ms };
}

/* Only if both happened, and the clock was not set back between them. */
static struct plug_value span(const struct plug_cdr *cdr,
                              const struct column *c)
{
    uint64_t from = u64_at(cdr, c->at), until = u64_at(cdr, c->until);

    return from == 0 || until < from ? none : number(until - from);
}

const char *plug_record_kind(const struct plug_cdr *cdr)
{
    return cdr->kind == PLUG_CDR_SRI ? "sri" : cdr->report ? "report" : "sms";
}

const char *plug_record_verdict(const struct plug_cdr *cdr)
{
    switch (cdr->verdict) {
    case PLUG_DONE:
        return "done";
    case PLUG_PERMFAIL:
        return "permfail";
    default:
        return "tempfail";
    }
}

static struct plug_value body(const struct plug_cdr *cdr)
{
    struct plug_value v = text(cdr->text);

    if (v.type == PLUG_VALUE_TEXT && cdr->coding == 1)
        v.type = PLUG_VALUE_OCTETS;
    return v;
}

/* What is a member of the CDR, as it is. */
static struct plug_value member(const struct plug_cdr *cdr,
                                const struct column *c)
{
    switch (c->from) {
    case FROM_STRING:
        return text(string_at(cdr, c->at));
    case FROM_U8:
        return number(u8_at(cdr, c->at));
    case FROM_U16:
        return number(u16_at(cdr, c->at));
    case FROM_U64:
        return number(u64_at(cdr, c->at));
    case FROM_FLAG:
        return (struct plug_value){ .type = PLUG_VALUE_FLAG,
                                    .n = u8_at(cdr, c->at) };
    case FROM_TIME:
        return time_of(cdr, c->at);
    default:
        return none;
    }
}

static struct plug_value worked_out(const struct plug_record *r,
                                    const struct column *c)
{
    static const char *const coding[] = { "7bit", "8bit", "ucs2" };
    static const char *const duplicate[] = { "first", "joined", "repeated" };
    const struct plug_cdr *cdr = r->cdr;

    switch (c->from) {
    case FROM_NODE:
        return text(r->node);
    case FROM_BOOT:
        return text(r->boot);
    case FROM_SEQ:
        return number(r->seq);
    case FROM_KIND:
        return text(plug_record_kind(cdr));
    case FROM_VERDICT:
        return text(plug_record_verdict(cdr));
    case FROM_DUPLICATE:
        return word(duplicate, 3, cdr->duplicate);
    case FROM_CODING:
        return word(coding, 3, cdr->coding);
    case FROM_ERROR:
        return cdr->error > 0 ? number((uint64_t)cdr->error) : none;
    case FROM_CAUSE:
        return cdr->cause >= 0 ? number((uint64_t)cdr->cause) : none;
    case FROM_SPAN:
        return span(cdr, c);
    case FROM_BODY:
        return body(cdr);
    default:
        return member(cdr, c);
    }
}

struct plug_value plug_record_value(const struct plug_record *r,
                                    unsigned column)
{
    const struct column *c = &columns[column];

    if ((c->who != ALL && r->cdr->kind != PLUG_CDR_SMS) ||
        (c->who == PARTS && r->cdr->parts == 0))
        return none;
    return worked_out(r, c);
}

void plug_record_boot(char boot[PLUG_BOOT_SIZE])
{
    struct timespec t;
    uint64_t n;

    if (getrandom(&n, sizeof(n), 0) != (ssize_t)sizeof(n)) {
        clock_gettime(CLOCK_REALTIME, &t);
        n = ((uint64_t)t.tv_sec << 30 ^ (uint64_t)t.tv_nsec) *
                0x9e3779b97f4a7c15 +
            (uint64_t)getpid();
    }
    snprintf(boot, PLUG_BOOT_SIZE, "%016" PRIx64, n);
}

void plug_record_json(struct plug_json *j, const struct plug_record *r)
{
    plug_json_open(j);
    for (unsigned i = 0; i < N_COLUMNS; i++) {
        struct plug_value v = plug_record_value(r, i);

        switch (v.type) {
        case PLUG_VALUE_NONE:
            break;
        case PLUG_VALUE_TEXT:
            plug_json_text(j, columns[i].name, v.text, strlen(v.text));
            break;
        case PLUG_VALUE_OCTETS:
            plug_json_base64(j, columns[i].name, v.text, strlen(v.text));
            break;
        case PLUG_VALUE_NUMBER:
            plug_json_number(j, columns[i].name, (int64_t)v.n);
            break;
        case PLUG_VALUE_FLAG:
            plug_json_flag(j, columns[i].name, v.n != 0);
            break;
        case PLUG_VALUE_TIME:
            plug_json_time(j, columns[i].name, v.n);
            break;
        }
    }
}
