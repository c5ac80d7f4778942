/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * cdr_file.c - records in a file, one to a line, that is rotated
 */

#include "cdr_file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

enum {
    FLUSH_OCTETS = 64 * 1024, /* more than this is not kept until the tick */
    COMPLAIN_S = 60,
    SEQ_MAX = 9999,
    NAME_SIZE = 600
};

struct cdr_file {
    struct cdr_file_conf c;
    const struct plug_host *host;
    const struct plug_conf *conf;
    int fd;              /* -1: it could not be opened anew */
    bool stuck;          /* the last write failed: leave it to the tick */
    bool header_waits;   /* at the front of `out' */
    bool regular;        /* others are not rotated */
    uint64_t octets;     /* in the file */
    uint64_t period;     /* of rotate_interval_s, that its records are of */
    time_t complained;   /* of the disk; 0: never */
    struct plug_buf out; /* what is to be written */
    struct plug_json json;
    struct plug_buf csv;
    struct plug_buf header; /* empty: none */
};

/* ---- trouble ---- */

static time_t seconds(void)
{
    struct timespec t;

    clock_gettime(CLOCK_MONOTONIC, &t);
    return t.tv_sec + 1;
}

static void trouble(struct cdr_file *f, const char *what)
{
    int error = errno;
    time_t now = seconds();

    f->host->count(f->conf, "file_errors", 1);
    if (f->complained != 0 && now - f->complained < COMPLAIN_S)
        return;
    f->complained = now;
    f->host->log(f->conf, PLUG_LOG_ERROR,
                 "Cannot %s <%s>: %s; records wait, %zu octets so far.", what,
                 f->c.path, strerror(error), f->out.len);
}

static void well_again(struct cdr_file *f)
{
    if (f->complained != 0)
        f->host->log(f->conf, PLUG_LOG_INFO, "<%s> is written again.",
                     f->c.path);
    f->complained = 0;
}

/* ---- the file ---- */

static uint64_t period_of(const struct cdr_file *f, time_t t)
{
    return f->c.rotate_interval_s != 0 ? (uint64_t)t / f->c.rotate_interval_s
                                       : 0;
}

/* Whether a file that is there begins with the header of today. */
static bool has_header(const struct cdr_file *f)
{
    char *have = malloc(f->header.len + 1);
    ssize_t n;
    bool same;

    if (have == NULL)
        return true;
    n = pread(f->fd, have, f->header.len, 0);
    same = n == (ssize_t)f->header.len &&
           memcmp(have, f->header.p, f->header.len) == 0;
    free(have);
    return same;
}

/* A line that a crash has cut off gets its end, not our first record. */
static bool ends_in_a_line(const struct cdr_file *f)
{
    char last = '\n';

    return pread(f->fd, &last, 1, (off_t)f->octets - 1) != 1 || last == '\n';
}

/* What goes before the octets that wait already. */
static void put_first(struct cdr_file *f, const char *p, size_t len)
{
    size_t had = f->out.len;

    plug_buf_add(&f->out, p, len);
    if (f->out.len == had)
        return;
    memmove(f->out.p + len, f->out.p, had);
    memcpy(f->out.p, p, len);
}

static void put_header(struct cdr_file *f)
{
    put_first(f, f->header.p, f->header.len);
    f->header_waits = f->header.len > 0;
}

/* It was for a file that is not ours any more. */
static void drop_header(struct cdr_file *f)
{
    if (!f->header_waits)
        return;
    f->header_waits = false;
    f->out.len -= f->header.len;
    memmove(f->out.p, f->out.p + f->header.len, f->out.len);
}

static bool rotate(struct cdr_file *f);

/* By its name; appends to what is there. */
static bool open_fd(struct cdr_file *f)
{
    struct stat st;

    f->fd = open(f->c.path, O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC, 0640);
    if (f->fd < 0)
        return false;
    if (fstat(f->fd, &st) != 0)
        st = (struct stat){ .st_size = 0 };
    f->regular = S_ISREG(st.st_mode);
    f->octets = f->regular ? (uint64_t)st.st_size : 0;
    f->period = period_of(f, f->octets > 0 ? st.st_mtime : time(NULL));
    return true;
}

/* The file as it was found: foreign columns go, torn lines end. */
static bool start_file(struct cdr_file *f)
{
    if (!open_fd(f))
        return false;
    drop_header(f);
    if (f->octets == 0)
        put_header(f);
    else if (f->header.len > 0 && !has_header(f))
        return rotate(f);
    else if (!ends_in_a_line(f))
        put_first(f, "\n", 1);
    return true;
}

static size_t write_out(struct cdr_file *f)
{
    size_t done = 0;

    while (done < f->out.len) {
        ssize_t n = write(f->fd, f->out.p + done, f->out.len - done);

        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0)
            break;
        done += (size_t)n;
    }
    return done;
}

/* Others may have cut it, or written too. */
static void look_at_size(struct cdr_file *f)
{
    struct stat st;

    if (f->regular && fstat(f->fd, &st) == 0)
        f->octets = (uint64_t)st.st_size;
}

/* True: all is written. What is written in part is taken back, if the file
 * allows it, so that no file ends in the midst of a record. */
static bool flush(struct cdr_file *f)
{
    size_t done;

    if (f->fd < 0)
        return false;
    if (f->out.len == 0)
        return true;
    look_at_size(f);
    done = write_out(f);
    f->stuck = done < f->out.len;
    if (f->stuck)
        trouble(f, "write");
    else if (done > 0 && f->c.fsync && fdatasync(f->fd) != 0)
        trouble(f, "sync");
    else if (done > 0)
        well_again(f);
    if (f->stuck && f->regular && ftruncate(f->fd, (off_t)f->octets) == 0)
        done = 0;
    f->octets += done;
    f->header_waits = f->header_waits && done == 0;
    memmove(f->out.p, f->out.p + done, f->out.len - done);
    f->out.len -= done;
    return !f->stuck;
}

/* ---- rotation ---- */

/* An empty file of a name that nobody had; rename() over it takes nothing away
 * from anybody. */
static bool claim_name(const struct cdr_file *f, char name[NAME_SIZE])
{
    time_t now = time(NULL);
    char stamp[32];
    struct tm tm;
    int fd;

    if (gmtime_r(&now, &tm) == NULL)
        return false;
    strftime(stamp, sizeof(stamp), "%Y%m%dT%H%M%SZ", &tm);
    for (unsigned seq = 1; seq <= SEQ_MAX; seq++) {
        snprintf(name, NAME_SIZE, "%s.%s-%04u", f->c.path, stamp, seq);
        fd = open(name, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0640);
        if (fd >= 0) {
            close(fd);
            return true;
        }
        if (errno != EEXIST)
            return false;
    }
    return false;
}

/* False: it goes on as it is. */
static bool rotate(struct cdr_file *f)
{
    char name[NAME_SIZE];

    if (!claim_name(f, name)) {
        trouble(f, "make a name to rotate");
        return false;
    }
    if (rename(f->c.path, name) != 0) {
        trouble(f, "rename");
        unlink(name);
        return false;
    }
    close(f->fd);
    f->host->count(f->conf, "rotated", 1);
    if (!open_fd(f)) {
        trouble(f, "open");
        return false;
    }
    put_header(f);
    return true;
}

static bool is_due(const struct cdr_file *f, size_t more)
{
    uint64_t octets = f->octets + f->out.len;

    if (f->fd < 0 || !f->regular || octets <= f->header.len)
        return false;
    if (f->c.rotate_octets != 0 && octets + more > f->c.rotate_octets)
        return true;
    return f->c.rotate_interval_s != 0 && period_of(f, time(NULL)) != f->period;
}

static void rotate_if_due(struct cdr_file *f, size_t more)
{
    if (!f->stuck && is_due(f, more) && flush(f))
        rotate(f);
    if (f->octets + f->out.len <= f->header.len)
        f->period = period_of(f, time(NULL));
}

/* ---- from outside ---- */

struct cdr_file *cdr_file_open(const struct cdr_file_conf *c,
                               const struct plug_host *host,
                               const struct plug_conf *conf, char *why,
                               size_t why_len)
{
    struct cdr_file *f = calloc(1, sizeof(*f));

    if (f == NULL) {
        snprintf(why, why_len, "no memory");
        return NULL;
    }
    f->c = *c;
    f->host = host;
    f->conf = conf;
    f->fd = -1;
    if (c->csv)
        cdr_csv_header(&f->header);
    if (start_file(f))
        return f;
    snprintf(why, why_len, "cannot open `file' <%s>: %s", c->path,
             strerror(errno));
    cdr_file_close(f);
    return NULL;
}

static const char *line_of(struct cdr_file *f, const struct plug_record *r,
                           size_t *len)
{
    if (!f->c.csv) {
        plug_record_json(&f->json, r);
        plug_json_end(&f->json, len);
        plug_buf_char(&f->json.buf, '\n');
        *len = f->json.buf.len;
        return f->json.buf.failed ? NULL : f->json.buf.p;
    }
    plug_buf_clear(&f->csv);
    cdr_csv_line(&f->csv, r);
    *len = f->csv.len;
    return f->csv.failed ? NULL : f->csv.p;
}

void cdr_file_write(struct cdr_file *f, const struct plug_record *r)
{
    size_t len = 0;
    const char *line = line_of(f, r, &len);

    if (line != NULL)
        rotate_if_due(f, len);
    if (line == NULL || f->out.len + len > f->c.buffer_octets) {
        f->host->count(f->conf, "file_dropped", 1);
        return;
    }
    plug_buf_add(&f->out, line, len);
    if (f->out.failed) {
        f->out.failed = false;
        f->host->count(f->conf, "file_dropped", 1);
        return;
    }
    f->host->count(f->conf, "file_records", 1);
    if (f->out.len >= FLUSH_OCTETS && !f->stuck)
        flush(f);
}

void cdr_file_tick(struct cdr_file *f)
{
    if (f->fd < 0 && !start_file(f)) {
        trouble(f, "open");
        return;
    }
    f->stuck = false;
    rotate_if_due(f, 0);
    flush(f);
}

void cdr_file_reload(struct cdr_file *f)
{
    flush(f);
    if (f->fd >= 0)
        close(f->fd);
    f->fd = -1;
    f->stuck = false;
    if (!start_file(f))
        trouble(f, "open");
}

void cdr_file_close(struct cdr_file *f)
{
    if (f == NULL)
        return;
    f->stuck = false;
    if (f->out.len > 0 && (f->fd >= 0 || start_file(f)))
        flush(f);
    if (f->out.len > (f->header_waits ? f->header.len : 0))
        f->host->log(f->conf, PLUG_LOG_ERROR,
                     "%zu octets of records are lost: <%s> does not take them.",
                     f->out.len, f->c.path);
    if (f->fd >= 0)
        close(f->fd);
    plug_buf_free(&f->out);
    plug_buf_free(&f->csv);
    plug_buf_free(&f->header);
    plug_json_free(&f->json);
    free(f);
}
