/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * conf_db.c - where the register is: register-*, group = mysql-connection
 *
 * The group and its keys are Kannel's (dbpool), with more hosts than one and
 * with TLS, so that one group can serve both.
 */

#include "conf_part.h"
#include "config.h"

#include <string.h>

enum { MYSQL_PORT = 3306, DAY_S = 24 * 3600 };

static const struct conf_word type_words[] = {
    { "sqlite", 0 },
    { "mysql", 1 },
    { "static", 2 },
    { NULL, 0 },
};

static const struct conf_word ssl_words[] = {
    { "no", DB_TLS_OFF },
    { "yes", DB_TLS_ON },
    { "verify", DB_TLS_VERIFY },
    { NULL, 0 },
};

static bool read_port(const char *text, uint16_t *port)
{
    size_t n = strspn(text, "0123456789");
    unsigned long p = strtoul(text, NULL, 10);

    if (n == 0 || n > 5 || text[n] != '\0' || p == 0 || p > 65535)
        return false;
    *port = (uint16_t)p;
    return true;
}

static bool is_name(const char *s)
{
    size_t n = strspn(s, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
                         "0123456789.-_:");

    return n > 0 && s[n] == '\0';
}

/*
 * "/a/socket", "name", "name:port", "1:2::3", "[1:2::3]:port". The port of the
 * group is preset; 0: it has none.
 */
static bool read_host(char *text, struct db_host *h)
{
    char *name = text, *colon = strrchr(text, ':');
    char *end = text[0] == '[' ? strchr(text, ']') : NULL;

    if (text[0] == '/') {
        conf_copy(h->socket, sizeof(h->socket), text);
        return strlen(text) < sizeof(h->socket);
    }
    if (end != NULL) {
        name++;
        *end = '\0';
        colon = end[1] == ':' ? end + 1 : NULL;
        if (colon == NULL && end[1] != '\0')
            return false;
    } else if (colon != NULL && strchr(text, ':') != colon) {
        colon = NULL; /* an IPv6 address alone */
    }
    if (colon != NULL) {
        *colon = '\0';
        if (!read_port(colon + 1, &h->port))
            return false;
    }
    if (strlen(name) >= sizeof(h->name) || !is_name(name))
        return false;
    /* without any port it means the socket, as it does in Kannel */
    if (h->port == 0 && strcmp(name, "localhost") == 0)
        return true;
    conf_copy(h->name, sizeof(h->name), name);
    if (h->port == 0)
        h->port = MYSQL_PORT;
    return true;
}

static void read_hosts(struct conf_group *g, struct db_conf *db)
{
    char text[512], *save = NULL;
    uint16_t port = 0;

    if (conf_get_port(g, "port", &port) && port == 0)
        conf_bad(g, "port", "must be a number from 1 to 65535");
    if (!conf_has(g, "host"))
        conf_missing(g, "host", "where the database is");
    if (!conf_get_text(g, "host", text, sizeof(text)))
        return;
    for (char *p = strtok_r(text, "; ,\t", &save); p != NULL;
         p = strtok_r(NULL, "; ,\t", &save)) {
        struct db_host h = { .port = port };

        if (db->hosts == DB_HOSTS || !read_host(p, &h)) {
            db->hosts = 0;
            break;
        }
        db->host[db->hosts++] = h;
    }
    if (db->hosts == 0)
        conf_bad(g, "host",
                 "must be 1 to %d of HOST, HOST:PORT or /SOCKET, \";\" between",
                 DB_HOSTS);
}

static void read_ssl(struct conf_group *g, struct db_conf *db)
{
    int tls = DB_TLS_OFF;
    bool cert, key, said;

    said = conf_get_word(g, "ssl", ssl_words, &tls) || !conf_has(g, "ssl");
    db->tls = (enum db_tls)tls;
    conf_get_file(g, "ssl-trusted-ca-file", db->tls_ca, sizeof(db->tls_ca));
    cert = conf_has(g, "ssl-client-cert-file");
    key = conf_has(g, "ssl-client-key-file");
    conf_get_file(g, "ssl-client-cert-file", db->tls_cert,
                  sizeof(db->tls_cert));
    conf_get_file(g, "ssl-client-key-file", db->tls_key, sizeof(db->tls_key));
    if (cert && !key)
        conf_missing(g, "ssl-client-key-file",
                     "the key of ssl-client-cert-file");
    if (key && !cert)
        conf_missing(g, "ssl-client-cert-file",
                     "the certificate of ssl-client-key-file");
    if (said && tls == DB_TLS_OFF &&
        (cert || key || conf_has(g, "ssl-trusted-ca-file")))
        conf_wrong(
            g,
            "its certificate files count with ssl = yes or ssl = verify only");
}

struct wanted {
    const char *id; /* "": the only one */
    struct db_conf *db;
    unsigned groups, found;
};

static void read_connection(struct conf_group *g, void *ctx)
{
    struct wanted *w = ctx;
    struct db_conf db = {
        .kind = DB_MYSQL,
        .connect_ms = 3000,
        .query_ms = 10000,
    };
    char id[32] = "";

    if (!conf_has(g, "id"))
        conf_missing(g, "id", "register-id names the group by it");
    conf_get_name(g, "id", id, sizeof(id));
    read_hosts(g, &db);
    if (!conf_get_text(g, "username", db.user, sizeof(db.user)) &&
        !conf_has(g, "username"))
        conf_missing(g, "username", "who the box is there");
    conf_get_text(g, "password", db.password, sizeof(db.password));
    if (!conf_get_name(g, "database", db.database, sizeof(db.database)) &&
        !conf_has(g, "database"))
        conf_missing(g, "database", "what the register is called there");
    conf_get_seconds(g, "connect-timeout", &db.connect_ms, 1, 60);
    conf_get_seconds(g, "query-timeout", &db.query_ms, 2, 600);
    read_ssl(g, &db);
    w->groups++;
    if (w->id[0] != '\0' && strcmp(w->id, id) != 0)
        return;
    *w->db = db;
    if (++w->found == 2 && w->id[0] != '\0')
        conf_bad(g, "id", "is used before");
}

static void read_mysql(struct conf_group *g, struct db_conf *db, bool used)
{
    struct db_conf found = { .kind = DB_MYSQL };
    char id[32] = "";
    struct wanted w = { .id = id, .db = &found };

    conf_get_name(g, "register-id", id, sizeof(id));
    conf_each(g->in, "mysql-connection", read_connection, &w);
    if (!used)
        return;
    *db = found;
    if (w.groups == 0)
        conf_bad(g, "register-type", "needs a group = mysql-connection");
    else if (w.found == 0)
        conf_bad(g, "register-id",
                 "there is no group = mysql-connection with this id");
    else if (w.found > 1 && id[0] == '\0')
        conf_missing(g, "register-id",
                     "there are several groups mysql-connection");
}

void conf_read_register(struct conf_group *g, struct hlr_conf *h)
{
    int type = 0;
    bool none;

    h->poll_ms = 200;
    h->snapshot_s = 600;
    conf_get_word(g, "register-type", type_words, &type);
    h->backend = type == 2 ? &hlr_static : &hlr_db;
    conf_copy(h->db.file, sizeof(h->db.file), SIGTRAN_BOX_STATE "/register.db");
    conf_get_text(g, "register-file", h->db.file, sizeof(h->db.file));
    read_mysql(g, &h->db, type == 1);
    conf_get_uint(g, "register-poll", &h->poll_ms, 50, 60000);
    if (type == 1)
        conf_copy(h->snapshot, sizeof(h->snapshot),
                  SIGTRAN_BOX_STATE "/register.snapshot");
    conf_get_text(g, "register-snapshot", h->snapshot, sizeof(h->snapshot));
    none = strcmp(h->snapshot, "none") == 0;
    if (none || type == 2)
        h->snapshot[0] = '\0';
    conf_get_uint(g, "register-snapshot-interval", &h->snapshot_s, 10, DAY_S);
}

void conf_register_str(const struct hlr_conf *h, char *out, size_t size)
{
    const struct db_conf *db = &h->db;
    int n;

    if (h->backend == &hlr_static || db->kind == DB_SQLITE) {
        snprintf(out, size, "%s",
                 h->backend == &hlr_static ? "static" : db->file);
        return;
    }
    n = snprintf(out, size, "%s at %s", db->database,
                 db->hosts == 0 ? "no host" : "");
    for (unsigned i = 0; i < db->hosts && (size_t)n < size; i++) {
        const struct db_host *d = &db->host[i];

        if (i > 0)
            n += snprintf(out + n, size - (size_t)n, ", ");
        if ((size_t)n >= size)
            break;
        if (d->name[0] == '\0')
            n += snprintf(out + n, size - (size_t)n, "%s",
                          d->socket[0] != '\0' ? d->socket : "localhost");
        else
            n += snprintf(out + n, size - (size_t)n, "%s:%u", d->name, d->port);
    }
}
