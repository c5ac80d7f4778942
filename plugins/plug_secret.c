/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * plug_secret.c - a password from the configuration, or from a file of its own
 */

#include "plug_secret.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

struct plug_secret plug_secret_key(struct plug_key *k, const char *text_key,
                                   const char *file_key)
{
    struct plug_secret s = { .text = plug_key_text(k, text_key),
                             .file = plug_key_text(k, file_key) };
    char secret[PLUG_SECRET_SIZE], must[160];

    if (s.text != NULL && s.file != NULL) {
        snprintf(must, sizeof(must), "left out where `%s' is there", text_key);
        plug_key_bad(k, file_key, must);
    } else if (!plug_secret_read(&s, secret)) {
        snprintf(must, sizeof(must),
                 "a file with one line, that can be read (%s)",
                 errno != EINVAL ? strerror(errno) : "there is no line");
        plug_key_bad(k, file_key, must);
    }
    explicit_bzero(secret, sizeof(secret));
    return s;
}

bool plug_secret_read(const struct plug_secret *s, char out[PLUG_SECRET_SIZE])
{
    FILE *in;
    bool read;

    out[0] = '\0';
    if (s->file == NULL) {
        snprintf(out, PLUG_SECRET_SIZE, "%s", s->text != NULL ? s->text : "");
        return true;
    }
    in = fopen(s->file, "re");
    if (in == NULL)
        return false;
    /* no copy in a buffer of the library's */
    setvbuf(in, NULL, _IONBF, 0);
    errno = EINVAL;
    read = fgets(out, PLUG_SECRET_SIZE, in) != NULL;
    fclose(in);
    out[strcspn(out, "\r\n")] = '\0';
    return read;
}
