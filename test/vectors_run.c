/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * vectors_run.c - run files of test vectors against the codecs and a node
 *
 * usage: vectors_run [--pending FILE] FILE.jsonl|SESSION.txt...
 *
 * Each line is one message or one scenario; prints `id ok' or `id FAIL why'
 * for each, and the counts. Positive and lenient lines must decode to what
 * they say, and canonical ones must come out octet for octet when written
 * again. Negative lines and scenarios are played to a whole node.
 *
 * A file named .txt is a recorded session, `port port OPC DPC SI SCCP-octets'
 * a line: every message in it must be read, none is compared.
 *
 * The pending file has lines `id  reason' of what is not due yet: such a line
 * must fail; one that passes is a failure, so that the list can only shrink.
 */

#include "vectors.h"

#include "slog.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static json_t *pending; /* id to reason */
static unsigned passed, failed, waiting;

static int pending_read(const char *path)
{
    FILE *f = fopen(path, "r");
    char line[400];

    if (f == NULL) {
        perror(path);
        return -1;
    }
    while (fgets(line, sizeof(line), f) != NULL) {
        char *reason = line + strcspn(line, " \t\n");

        if (line[0] == '#' || reason == line)
            continue;
        if (*reason != '\0')
            *reason++ = '\0';
        reason += strspn(reason, " \t");
        reason[strcspn(reason, "\n")] = '\0';
        json_object_set_new(pending, line, json_string(reason));
    }
    fclose(f);
    return 0;
}

static bool run_layer(struct vec *v)
{
    if (strcmp(v->layer, "tpdu") == 0)
        return vec_tpdu(v);
    if (strcmp(v->layer, "sccp") == 0)
        return vec_sccp(v);
    if (strcmp(v->layer, "tcap") == 0)
        return vec_tcap(v);
    if (strcmp(v->layer, "map") == 0)
        return vec_map(v);
    if (strcmp(v->layer, "full") == 0)
        return vec_full(v);
    return vec_fail(v, "unknown layer %.20s", v->layer);
}

static bool run(struct vec *v)
{
    int n = vec_unhex(vec_str(v->line, "hex"), v->octet, sizeof(v->octet));

    v->why[0] = '\0';
    v->layer = vec_str(v->line, "layer");
    v->kind = vec_str(v->line, "kind");
    v->canonical = json_is_true(json_object_get(v->line, "canonical"));
    if (n < 0)
        return vec_fail(v, "its hex is none");
    v->len = (size_t)n;
    if (json_object_get(v->line, "steps") != NULL ||
        json_object_get(v->line, "tpdus") != NULL)
        return vec_scenario(v);
    if (strcmp(v->kind, "negative") == 0)
        return vec_negative(v);
    if (!json_is_object(json_object_get(v->line, "decoded")))
        return vec_fail(v, "nothing to compare with");
    return run_layer(v);
}

static void tell(const struct vec *v, bool ok)
{
    const char *reason = json_string_value(json_object_get(pending, v->id));

    if (reason != NULL && !ok) {
        waiting++;
        printf("%s pending %s\n", v->id, reason);
    } else if (reason != NULL) {
        failed++;
        printf("%s FAIL it passes, yet it is in the pending list\n", v->id);
    } else if (ok) {
        passed++;
        printf("%s ok\n", v->id);
    } else {
        failed++;
        printf("%s FAIL %s\n", v->id, v->why);
    }
}

static void run_line(struct vec *v, const char *file, unsigned number,
                     const char *text)
{
    json_error_t err;

    v->line = json_loads(text, JSON_ALLOW_NUL, &err);
    if (v->line == NULL) {
        printf("%s:%u FAIL %s\n", file, number, err.text);
        failed++;
        return;
    }
    v->id = vec_str(v->line, "id");
    tell(v, run(v));
    json_decref(v->line);
    v->line = NULL;
}

static void run_session_line(struct vec *v, const char *file, unsigned number,
                             const char *text)
{
    char id[300];

    if (text[0] == '#')
        return;
    snprintf(id, sizeof(id), "%s:%u", file, number);
    v->id = id;
    v->why[0] = '\0';
    v->canonical = false;
    tell(v, vec_session(v, text));
}

static int run_file(struct vec *v, const char *path)
{
    const char *dot = strrchr(path, '.');
    bool session = dot != NULL && strcmp(dot, ".txt") == 0;
    FILE *f = fopen(path, "r");
    char *text = NULL;
    size_t size = 0;
    unsigned number = 0;

    if (f == NULL) {
        perror(path);
        return -1;
    }
    while (getline(&text, &size, f) != -1) {
        number++;
        if (text[strspn(text, " \t\r\n")] == '\0')
            continue;
        if (session)
            run_session_line(v, path, number, text);
        else
            run_line(v, path, number, text);
    }
    free(text);
    fclose(f);
    return 0;
}

/* What the node logs about broken input is no result of a test. */
static void quiet(enum slog_level level, const char *place, const char *line)
{
    (void)level;
    (void)place;
    (void)line;
}

int main(int argc, char **argv)
{
    static struct vec v;
    int first = 1;
    int broken = 0;

    slog_set(quiet, SLOG_ERROR);
    pending = json_object();
    if (argc > 2 && strcmp(argv[1], "--pending") == 0) {
        broken = pending_read(argv[2]);
        first = 3;
    }
    if (first >= argc) {
        fprintf(stderr, "usage: %s [--pending FILE] FILE...\n", argv[0]);
        return 2;
    }
    for (int i = first; i < argc; i++)
        broken |= run_file(&v, argv[i]);
    printf("%u passed, %u failed, %u pending; %u written again\n", passed,
           failed, waiting, v.reencoded);
    json_decref(pending);
    return failed > 0 || broken != 0 ? 1 : 0;
}
