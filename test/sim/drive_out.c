/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * drive_out.c - what happened, for people and for programs
 */

#include "drive_out.h"

#include <errno.h>
#include <stdarg.h>
#include <string.h>
#include <time.h>

#include "drive_stack.h"

int out_open(struct out *o, const char *json, bool quiet)
{
    *o = (struct out){ .start_us = stack_now_us(), .quiet = quiet };
    if (json == NULL)
        return 0;
    o->json = strcmp(json, "-") == 0 ? stdout : fopen(json, "w");
    if (o->json != NULL)
        return 0;
    fprintf(stderr, "drive_map: %s: %s\n", json, strerror(errno));
    return -1;
}

void out_close(struct out *o)
{
    if (o->json != NULL && o->json != stdout)
        fclose(o->json);
    o->json = NULL;
}

static uint64_t real_us(void)
{
    struct timespec t;

    clock_gettime(CLOCK_REALTIME, &t);
    return (uint64_t)t.tv_sec * 1000000 + (uint64_t)t.tv_nsec / 1000;
}

static void begin(const struct out *o, const char *ev)
{
    fprintf(o->json, "{\"t\":%llu,\"ev\":\"%s\"", (unsigned long long)real_us(),
            ev);
}

/* A program may be waiting for the line. */
static void end(const struct out *o)
{
    fputs("}\n", o->json);
    fflush(o->json);
}

static void put_string(FILE *f, const char *name, const char *s)
{
    if (s == NULL || s[0] == '\0')
        return;
    fprintf(f, ",\"%s\":\"", name);
    for (; *s != '\0'; s++) {
        if (*s == '"' || *s == '\\')
            fprintf(f, "\\%c", *s);
        else if ((unsigned char)*s < ' ')
            fprintf(f, "\\u%04x", (unsigned)*s);
        else
            fputc(*s, f);
    }
    fputc('"', f);
}

static void put_number(FILE *f, const char *name, int64_t v, int64_t none)
{
    if (v != none)
        fprintf(f, ",\"%s\":%lld", name, (long long)v);
}

void out_event(struct out *o, const struct out_event *e)
{
    if (o->json == NULL)
        return;
    begin(o, e->ev);
    put_string(o->json, "op", e->op);
    put_string(o->json, "msisdn", e->msisdn);
    put_string(o->json, "imsi", e->imsi);
    put_string(o->json, "node", e->node);
    put_number(o->json, "error", e->error, -1);
    put_number(o->json, "cause", e->cause, -1);
    put_number(o->json, "version", e->version, 0);
    put_number(o->json, "message", (int64_t)e->message, 0);
    put_number(o->json, "part", e->part, 0);
    put_number(o->json, "parts", e->parts, 0);
    put_number(o->json, "attempt", e->attempt, 0);
    put_number(o->json, "us", e->us, -1);
    put_string(o->json, "detail", e->detail);
    end(o);
}

void out_json(struct out *o, const char *ev, const char *members)
{
    if (o->json == NULL)
        return;
    begin(o, ev);
    fprintf(o->json, ",%s", members);
    end(o);
}

void out_line(struct out *o, const char *fmt, ...)
{
    va_list args;

    if (o->quiet || o->json == stdout)
        return;
    printf("%10.3f ms  ", (double)(stack_now_us() - o->start_us) / 1000);
    va_start(args, fmt);
    vprintf(fmt, args);
    va_end(args);
    putchar('\n');
    fflush(stdout);
}
