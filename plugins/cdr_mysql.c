/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * cdr_mysql.c - records in a table of MySQL or MariaDB, in batches
 *
 * Whatever fails, the connection is dropped and the same batch tried again,
 * after a pause that doubles: nothing in a batch can be wrong for good, because
 * texts are cut and cleaned before, and INSERT IGNORE takes the rest.
 */

#include "cdr_mysql.h"

#include "cdr_queue.h"

#include <mysql.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

enum {
    PAUSE_FIRST_MS = 200,
    PAUSE_MAX_MS = 10000,
    STOP_MS = 2000,
    COMPLAIN_MS = 60000
};

/* my_bool in MariaDB's headers, bool in Oracle's. */
typedef __typeof__(*((MYSQL_BIND *)NULL)->is_null) flag;

struct cdr_mysql {
    struct cdr_mysql_conf c;
    const struct plug_host *host;
    const struct plug_conf *conf;
    struct cdr_queue *queue;
    pthread_t thread;
    struct plug_buf sql, clean;
    MYSQL *my; /* the thread's; NULL: no connection */
    unsigned pause_ms;
    uint64_t complained_ms; /* 0: all is well */

    /* so that close() can cut short what hangs */
    pthread_mutex_t lock;
    pthread_cond_t ended;
    bool has_ended, cut;
    int fd; /* of the connection, or -1 */
};

/* ---- the connection ---- */

static void publish_fd(struct cdr_mysql *m, int fd)
{
    pthread_mutex_lock(&m->lock);
    m->fd = fd;
    if (m->cut && fd >= 0)
        shutdown(fd, SHUT_RDWR);
    pthread_mutex_unlock(&m->lock);
}

static void drop(struct cdr_mysql *m)
{
    if (m->my == NULL)
        return;
    publish_fd(m, -1);
    mysql_close(m->my);
    m->my = NULL;
}

/* Once a minute, and never with the password: the library's texts have none. */
static bool failed(struct cdr_mysql *m, const char *what, const char *why)
{
    uint64_t now = cdr_now_ms();

    m->host->count(m->conf, "mysql_errors", 1);
    if (m->complained_ms == 0 || now - m->complained_ms >= COMPLAIN_MS) {
        m->complained_ms = now;
        m->host->log(m->conf, PLUG_LOG_ERROR,
                     "Cannot %s <%s> at <%s>: %s; %u records wait.", what,
                     m->c.database, m->c.host, why,
                     cdr_queue_waiting(m->queue));
    }
    drop(m);
    return false;
}

#ifdef MARIADB_PACKAGE_VERSION
static void set_ssl_mode(MYSQL *my, enum cdr_ssl ssl)
{
    flag on = ssl != CDR_SSL_NO, verify = ssl == CDR_SSL_VERIFY;

    mysql_options(my, MYSQL_OPT_SSL_ENFORCE, &on);
    mysql_options(my, MYSQL_OPT_SSL_VERIFY_SERVER_CERT, &verify);
}
#else
static void set_ssl_mode(MYSQL *my, enum cdr_ssl ssl)
{
    unsigned mode = ssl == CDR_SSL_NO    ? SSL_MODE_DISABLED
                    : ssl == CDR_SSL_YES ? SSL_MODE_REQUIRED
                                         : SSL_MODE_VERIFY_IDENTITY;

    mysql_options(my, MYSQL_OPT_SSL_MODE, &mode);
}
#endif

static void set_options(struct cdr_mysql *m)
{
    const struct cdr_mysql_conf *c = &m->c;
    unsigned connect_s = cdr_queue_closed(m->queue) ? 1 : c->connect_s;
    unsigned protocol = MYSQL_PROTOCOL_TCP, no = 0;

    mysql_options(m->my, MYSQL_OPT_CONNECT_TIMEOUT, &connect_s);
    mysql_options(m->my, MYSQL_OPT_READ_TIMEOUT, &c->query_s);
    mysql_options(m->my, MYSQL_OPT_WRITE_TIMEOUT, &c->query_s);
    mysql_options(m->my, MYSQL_SET_CHARSET_NAME, "utf8mb4");
    mysql_options(m->my, MYSQL_OPT_LOCAL_INFILE, &no);
    /* The name "localhost" would mean the socket. */
    if (c->host[0] != '/')
        mysql_options(m->my, MYSQL_OPT_PROTOCOL, &protocol);
    if (c->ca != NULL)
        mysql_options(m->my, MYSQL_OPT_SSL_CA, c->ca);
    if (c->cert != NULL)
        mysql_options(m->my, MYSQL_OPT_SSL_CERT, c->cert);
    if (c->key != NULL)
        mysql_options(m->my, MYSQL_OPT_SSL_KEY, c->key);
    set_ssl_mode(m->my, c->ssl);
}

static bool login(struct cdr_mysql *m)
{
    const struct cdr_mysql_conf *c = &m->c;
    const char *host = c->host[0] != '/' ? c->host : NULL;
    char password[PLUG_SECRET_SIZE];
    bool in;

    if (!plug_secret_read(&c->password, password))
        return failed(m, "read the password for", "no such file");
    in = mysql_real_connect(m->my, host, c->user, password, c->database,
                            c->port, host != NULL ? NULL : c->host, 0) != NULL;
    explicit_bzero(password, sizeof(password));
    if (!in)
        return failed(m, "connect to", mysql_error(m->my));
    if (c->ssl != CDR_SSL_NO && mysql_get_ssl_cipher(m->my) == NULL)
        return failed(m, "connect to", "it does not speak TLS");
    publish_fd(m, (int)m->my->net.fd);
    return true;
}

/* Who may not create tables may have one all the same: INSERT will tell. */
static void create_table(struct cdr_mysql *m)
{
    struct plug_buf *b = &m->sql;

    plug_buf_clear(b);
    plug_buf_text(b, "CREATE TABLE IF NOT EXISTS `");
    plug_buf_text(b, m->c.table);
    plug_buf_text(b, "` (");
    for (unsigned i = 0; i < plug_record_columns(); i++) {
        if (plug_record_sql(i) == NULL)
            continue;
        plug_buf_text(b, plug_record_sql(i));
        plug_buf_text(b, ", ");
    }
    plug_buf_text(b, "PRIMARY KEY (boot, seq), KEY received (received_ms), "
                     "KEY receiver (receiver), KEY id (id)) "
                     "DEFAULT CHARACTER SET utf8mb4");
    if (!b->failed)
        mysql_real_query(m->my, b->p, (unsigned long)b->len);
}

static bool is_connected(struct cdr_mysql *m)
{
    static const char mode[] = "SET SESSION sql_mode = 'NO_ENGINE_SUBSTITUTION'"
                               ", SESSION autocommit = 1";

    if (m->my != NULL)
        return true;
    m->my = mysql_init(NULL);
    if (m->my == NULL)
        return false;
    set_options(m);
    if (!login(m))
        return false;
    if (mysql_real_query(m->my, mode, sizeof(mode) - 1) != 0)
        return failed(m, "set up", mysql_error(m->my));
    create_table(m);
    return true;
}

/* ---- batches ---- */

/* Well-formed UTF-8, of at most so many characters; 0: any. */
static void put_text(struct cdr_mysql *m, const char *text, unsigned width)
{
    struct plug_buf *b = &m->sql;
    size_t len = strlen(text);
    unsigned chars = 0;

    plug_buf_clear(&m->clean);
    for (size_t i = 0, n; i < len && (width == 0 || chars < width); chars++) {
        n = plug_utf8(text + i, len - i);
        if (n == 0)
            plug_buf_text(&m->clean, "\xef\xbf\xbd");
        else
            plug_buf_add(&m->clean, text + i, n);
        i += n != 0 ? n : 1;
    }
    plug_buf_char(b, '\'');
    if (m->clean.len > 0 && plug_buf_room(b, 2 * m->clean.len + 1))
        b->len += mysql_real_escape_string(m->my, b->p + b->len, m->clean.p,
                                           (unsigned long)m->clean.len);
    plug_buf_char(b, '\'');
}

static void put_value(struct cdr_mysql *m, const struct plug_record *r,
                      unsigned column)
{
    struct plug_value v = plug_record_value(r, column);
    struct plug_buf *b = &m->sql;
    char text[24];

    switch (v.type) {
    case PLUG_VALUE_NONE:
        plug_buf_text(b, plug_record_width(column) != 0 ? "''" : "NULL");
        break;
    case PLUG_VALUE_TEXT:
        put_text(m, v.text, plug_record_width(column));
        break;
    case PLUG_VALUE_OCTETS:
        plug_buf_char(b, '\'');
        plug_buf_base64(b, v.text, strlen(v.text));
        plug_buf_char(b, '\'');
        break;
    case PLUG_VALUE_NUMBER:
    case PLUG_VALUE_FLAG:
    case PLUG_VALUE_TIME:
        snprintf(text, sizeof(text), "%llu", (unsigned long long)v.n);
        plug_buf_text(b, text);
        break;
    }
}

static void put_columns(struct plug_buf *b)
{
    const char *comma = "";

    for (unsigned i = 0; i < plug_record_columns(); i++) {
        const char *sql = plug_record_sql(i);

        if (sql == NULL)
            continue;
        plug_buf_text(b, comma);
        plug_buf_add(b, sql, strcspn(sql, " "));
        comma = ",";
    }
}

static void put_row(struct cdr_mysql *m, const struct plug_record *r)
{
    const char *comma = "(";

    for (unsigned i = 0; i < plug_record_columns(); i++) {
        if (plug_record_sql(i) == NULL)
            continue;
        plug_buf_text(&m->sql, comma);
        put_value(m, r, i);
        comma = ",";
    }
    plug_buf_char(&m->sql, ')');
}

/* As the connection is needed to quote texts, there is one. */
static void put_batch(struct cdr_mysql *m, struct cdr_batch batch)
{
    const struct cdr_item *item = batch.first;
    struct plug_buf *b = &m->sql;

    plug_buf_clear(b);
    plug_buf_text(b, "INSERT IGNORE INTO `");
    plug_buf_text(b, m->c.table);
    plug_buf_text(b, "` (");
    put_columns(b);
    plug_buf_text(b, ") VALUES ");
    for (unsigned i = 0; i < batch.n; i++) {
        if (i > 0) {
            plug_buf_char(b, ',');
            item = item->next;
        }
        put_row(m, &item->record);
    }
}

static bool write_batch(struct cdr_mysql *m, struct cdr_batch batch)
{
    uint64_t rows;

    if (!is_connected(m))
        return false;
    put_batch(m, batch);
    if (m->sql.failed)
        return failed(m, "write to", "no memory");
    if (mysql_real_query(m->my, m->sql.p, (unsigned long)m->sql.len) != 0)
        return failed(m, "write to", mysql_error(m->my));
    rows = mysql_affected_rows(m->my);
    m->host->count(m->conf, "mysql_records", batch.n);
    if (rows < batch.n)
        m->host->count(m->conf, "mysql_repeated", batch.n - rows);
    if (m->complained_ms != 0)
        m->host->log(m->conf, PLUG_LOG_INFO,
                     "Records are written to <%s> at <%s> again.",
                     m->c.database, m->c.host);
    m->complained_ms = 0;
    m->pause_ms = PAUSE_FIRST_MS;
    return true;
}

static void pause_longer(struct cdr_mysql *m)
{
    cdr_queue_pause(m->queue, m->pause_ms);
    m->pause_ms *= 2;
    if (m->pause_ms > PAUSE_MAX_MS)
        m->pause_ms = PAUSE_MAX_MS;
}

static bool is_cut(struct cdr_mysql *m)
{
    bool cut;

    pthread_mutex_lock(&m->lock);
    cut = m->cut;
    pthread_mutex_unlock(&m->lock);
    return cut;
}

static void *work(void *self)
{
    struct cdr_mysql *m = self;
    struct cdr_batch batch;

    mysql_thread_init();
    while ((batch = cdr_queue_get(m->queue)).n > 0 && !is_cut(m)) {
        if (write_batch(m, batch))
            cdr_queue_drop(m->queue, batch.n);
        else if (cdr_queue_closed(m->queue))
            break;
        else
            pause_longer(m);
    }
    drop(m);
    mysql_thread_end();
    pthread_mutex_lock(&m->lock);
    m->has_ended = true;
    pthread_cond_signal(&m->ended);
    pthread_mutex_unlock(&m->lock);
    return NULL;
}

/* ---- from outside ---- */

static void init_lock(struct cdr_mysql *m)
{
    pthread_condattr_t attr;

    pthread_mutex_init(&m->lock, NULL);
    pthread_condattr_init(&attr);
    pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
    pthread_cond_init(&m->ended, &attr);
    pthread_condattr_destroy(&attr);
}

static void release(struct cdr_mysql *m)
{
    cdr_queue_free(m->queue);
    pthread_cond_destroy(&m->ended);
    pthread_mutex_destroy(&m->lock);
    plug_buf_free(&m->sql);
    plug_buf_free(&m->clean);
    free(m);
}

struct cdr_mysql *cdr_mysql_open(const struct cdr_mysql_conf *c,
                                 const struct plug_host *host,
                                 const struct plug_conf *conf, char *why,
                                 size_t why_len)
{
    struct cdr_mysql *m = calloc(1, sizeof(*m));

    if (m == NULL) {
        snprintf(why, why_len, "no memory");
        return NULL;
    }
    *m = (struct cdr_mysql){ .c = *c, .host = host, .conf = conf, .fd = -1 };
    m->pause_ms = PAUSE_FIRST_MS;
    init_lock(m);
    m->queue = cdr_queue_new(c->queue, c->batch, c->batch_ms);
    if (m->queue != NULL && mysql_library_init(0, NULL, NULL) == 0 &&
        pthread_create(&m->thread, NULL, work, m) == 0)
        return m;
    snprintf(why, why_len, "cannot start the thread for MySQL");
    release(m);
    return NULL;
}

void cdr_mysql_write(struct cdr_mysql *m, const struct plug_record *r)
{
    if (!cdr_queue_put(m->queue, r))
        m->host->count(m->conf, "mysql_dropped", 1);
}

void cdr_mysql_close(struct cdr_mysql *m)
{
    uint64_t until = cdr_now_ms() + STOP_MS;
    struct timespec t = { .tv_sec = (time_t)(until / 1000),
                          .tv_nsec = (long)(until % 1000) * 1000000 };
    unsigned lost;

    if (m == NULL)
        return;
    cdr_queue_close(m->queue);
    pthread_mutex_lock(&m->lock);
    while (!m->has_ended &&
           pthread_cond_timedwait(&m->ended, &m->lock, &t) == 0)
        continue;
    m->cut = true;
    if (m->fd >= 0)
        shutdown(m->fd, SHUT_RDWR);
    pthread_mutex_unlock(&m->lock);
    pthread_join(m->thread, NULL);
    lost = cdr_queue_waiting(m->queue);
    if (lost > 0) {
        m->host->count(m->conf, "mysql_dropped", lost);
        m->host->log(m->conf, PLUG_LOG_ERROR,
                     "%u records are not in <%s>: the server is away.", lost,
                     m->c.database);
    }
    release(m);
}
