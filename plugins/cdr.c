/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * cdr.c - plug-in: a record of every message and question, in a file or a table
 *
 *     group = plugin
 *     id = cdr
 *     path = cdr.so
 *     file = /var/log/kannel/cdr.json
 *     rotate-interval = 86400
 */

#include "cdr_file.h"
#include "cdr_mysql.h"
#include "plug_key.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct conf {
    const char *node;
    struct cdr_file_conf file;   /* path NULL: none */
    struct cdr_mysql_conf mysql; /* host NULL: none */
};

struct cdr {
    struct conf conf;
    char host_name[65];
    char boot[PLUG_BOOT_SIZE];
    uint64_t seq;
    struct cdr_file *file;
    struct cdr_mysql *mysql;
};

/* ---- keys ---- */

static const char *const keys[] = { "node",
                                    "file",
                                    "format",
                                    "fsync",
                                    "buffer-octets",
                                    "rotate-octets",
                                    "rotate-interval",
                                    "mysql-host",
                                    "mysql-port",
                                    "mysql-username",
                                    "mysql-password",
                                    "mysql-password-file",
                                    "mysql-database",
                                    "mysql-ssl",
                                    "mysql-ssl-trusted-ca-file",
                                    "mysql-ssl-client-cert-file",
                                    "mysql-ssl-client-key-file",
                                    "mysql-connect-timeout",
                                    "mysql-query-timeout",
                                    "mysql-queue",
                                    "table",
                                    "batch",
                                    "batch-delay",
                                    NULL };

static void read_file(struct plug_key *k, struct cdr_file_conf *c)
{
    static const char *const formats[] = { "json", "csv", NULL };

    c->path = plug_key_text(k, "file");
    if (c->path != NULL && strlen(c->path) > 500)
        plug_key_bad(k, "file", "shorter");
    c->csv = plug_key_word(k, "format", 0, formats) == 1;
    c->fsync = plug_key_yes(k, "fsync", false);
    c->buffer_octets =
        plug_key_number(k, "buffer-octets", 1 << 20, 1 << 16, 1 << 30);
    c->rotate_octets = plug_key_number(k, "rotate-octets", 0, 4096, UINT32_MAX);
    c->rotate_interval_s =
        plug_key_number(k, "rotate-interval", 0, 1, 366 * 86400);
}

/* It stands between backquotes. */
static const char *read_table(struct plug_key *k)
{
    const char *table = plug_key_text(k, "table");

    if (table == NULL)
        return "cdr";
    if (strlen(table) > 64 ||
        strspn(table, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
                      "0123456789_") != strlen(table))
        plug_key_bad(k, "table", "letters, digits and _, at most 64");
    return table;
}

static void read_ssl(struct plug_key *k, struct cdr_mysql_conf *c)
{
    static const char *const words[] = { "no", "yes", "verify", NULL };

    c->ssl = (enum cdr_ssl)plug_key_word(k, "mysql-ssl", CDR_SSL_NO, words);
    c->ca = plug_key_file(k, "mysql-ssl-trusted-ca-file");
    c->cert = plug_key_file(k, "mysql-ssl-client-cert-file");
    c->key = plug_key_file(k, "mysql-ssl-client-key-file");
    if ((c->cert == NULL) != (c->key == NULL))
        plug_key_bad(k, "mysql-ssl-client-cert-file",
                     "there together with mysql-ssl-client-key-file");
    if (c->ssl == CDR_SSL_NO && (c->ca != NULL || c->cert != NULL))
        plug_key_bad(k, "mysql-ssl", "yes or verify with certificate files");
}

static void read_mysql(struct plug_key *k, struct cdr_mysql_conf *c)
{
    c->host = plug_key_text(k, "mysql-host");
    c->port = plug_key_number(k, "mysql-port", 3306, 1, 65535);
    c->password = plug_secret_key(k, "mysql-password", "mysql-password-file");
    c->table = read_table(k);
    c->connect_s = plug_key_number(k, "mysql-connect-timeout", 5, 1, 60);
    c->query_s = plug_key_number(k, "mysql-query-timeout", 10, 1, 600);
    c->batch = plug_key_number(k, "batch", 200, 1, 10000);
    c->batch_ms = plug_key_number(k, "batch-delay", 1000, 0, 60000);
    c->queue = plug_key_number(k, "mysql-queue", 100000, 1, 10000000);
    read_ssl(k, c);
    if (c->host == NULL)
        return;
    c->user = plug_key_need(k, "mysql-username");
    c->database = plug_key_need(k, "mysql-database");
}

static bool read_conf(struct plug_key *k, struct conf *c)
{
    const char *node = plug_key_text(k, "node");

    if (node != NULL)
        c->node = node;
    read_file(k, &c->file);
    read_mysql(k, &c->mysql);
    if (c->file.path == NULL && c->mysql.host == NULL)
        plug_key_bad(k, "file", "there, or mysql-host");
    return !k->failed;
}

/* ---- hooks ---- */

static void cdr_close(void *self)
{
    struct cdr *p = self;

    cdr_file_close(p->file);
    cdr_mysql_close(p->mysql);
    free(p);
}

static bool start(struct cdr *p, const struct plug_key *k)
{
    if (p->conf.file.path != NULL) {
        p->file =
            cdr_file_open(&p->conf.file, k->host, k->conf, k->why, k->why_len);
        if (p->file == NULL)
            return false;
    }
    if (p->conf.mysql.host != NULL) {
        p->mysql = cdr_mysql_open(&p->conf.mysql, k->host, k->conf, k->why,
                                  k->why_len);
        if (p->mysql == NULL)
            return false;
    }
    return true;
}

static void *cdr_open(const struct plug_host *host,
                      const struct plug_conf *conf, int check, char *why,
                      size_t why_len)
{
    struct plug_key k = {
        .host = host, .conf = conf, .why = why, .why_len = why_len
    };
    struct cdr *p = calloc(1, sizeof(*p));

    if (p == NULL) {
        snprintf(why, why_len, "no memory");
        return NULL;
    }
    plug_record_boot(p->boot);
    gethostname(p->host_name, sizeof(p->host_name) - 1);
    p->conf.node = p->host_name;
    if (read_conf(&k, &p->conf) && (check || start(p, &k)))
        return p;
    cdr_close(p);
    return NULL;
}

static void cdr_on_cdr(void *self, const struct plug_cdr *cdr)
{
    struct cdr *p = self;
    const struct plug_record r = {
        .node = p->conf.node, .boot = p->boot, .seq = ++p->seq, .cdr = cdr
    };

    if (p->file != NULL)
        cdr_file_write(p->file, &r);
    if (p->mysql != NULL)
        cdr_mysql_write(p->mysql, &r);
}

static void cdr_on_reload(void *self)
{
    struct cdr *p = self;

    if (p->file != NULL)
        cdr_file_reload(p->file);
}

static void cdr_on_tick(void *self)
{
    struct cdr *p = self;

    if (p->file != NULL)
        cdr_file_tick(p->file);
}

const struct plug sigtran_plugin = {
    PLUG_HEAD("cdr", "1.0"), .keys = keys,         .open = cdr_open,
    .close = cdr_close,      .on_cdr = cdr_on_cdr, .on_reload = cdr_on_reload,
    .on_tick = cdr_on_tick,
};
