/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * conf_golden.c - what tests of configurations share
 */

#include "conf_golden.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

char captured[65536];

void capture(void (*fn)(void *), void *arg)
{
    FILE *tmp = tmpfile();
    int saved = dup(2);
    char line[2048];

    fflush(stderr);
    dup2(fileno(tmp), 2);
    fn(arg);
    fflush(stderr);
    dup2(saved, 2);
    close(saved);
    rewind(tmp);
    captured[0] = '\0';
    while (fgets(line, sizeof(line), tmp) != NULL) {
        const char *text = strstr(line, ": ");
        size_t n = strlen(captured);

        snprintf(captured + n, sizeof(captured) - n, "%s",
                 text != NULL ? text + 2 : line);
    }
    fclose(tmp);
}

bool is_golden(const char *name)
{
    char expected[sizeof(captured)] = "", path[128];
    FILE *f;

    snprintf(path, sizeof(path), "test/conf/%s", name);
    f = fopen(path, "r");
    if (f != NULL) {
        expected[fread(expected, 1, sizeof(expected) - 1, f)] = '\0';
        fclose(f);
    }
    if (strcmp(expected, captured) == 0)
        return true;
    printf("%s: expected other lines than these:\n%s", path, captured);
    return false;
}

bool manual_has(const char *page, const char *def, const char *const *key,
                size_t n)
{
    FILE *f = fopen(page, "r");
    char line[256];
    size_t i = 0;

    if (f == NULL)
        return false;
    while (fgets(line, sizeof(line), f) != NULL) {
        char name[64], want[52];

        if (sscanf(line, ".Ss group = %51s", want) == 1)
            snprintf(name, sizeof(name), "group=%s", want);
        else if (sscanf(line, ".It Cm %63s", name) != 1)
            continue;
        if (i >= n || strcmp(name, key[i]) != 0) {
            printf("the manual has %s where %s has %s\n", name, def,
                   i < n ? key[i] : "nothing");
            fclose(f);
            return false;
        }
        i++;
    }
    fclose(f);
    return i == n;
}
