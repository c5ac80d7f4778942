/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * plug_cdr_mysql_test.c - records in a table of a MariaDB of our own, which is
 * ill-treated
 */

#include "cdr_world.h"

#include <arpa/inet.h>
#include <poll.h>
#include <pthread.h>
#include <stdatomic.h>
#include <sys/wait.h>

enum { PORT = 13486 };

static int server(const char *what)
{
    const char *srcdir = getenv("srcdir");
    char cmd[600];
    int status;

    snprintf(cmd, sizeof(cmd), "%s/test/mariadb %s %s/my %d",
             srcdir != NULL ? srcdir : ".", what, dir, PORT);
    fflush(stdout);
    status = system(cmd);
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

/* The first line that an SQL statement gives. */
static const char *sql(const char *statement)
{
    static char line[2000];
    char cmd[1000];
    FILE *out;

    snprintf(
        cmd, sizeof(cmd),
        "mariadb --no-defaults -N -uroot -S %s/my/sock sigtran -e \"%s\" 2>&1",
        dir, statement);
    fflush(stdout);
    out = popen(cmd, "r");
    line[0] = '\0';
    if (out == NULL || fgets(line, sizeof(line), out) == NULL)
        line[0] = '\0';
    if (out != NULL)
        pclose(out);
    line[strcspn(line, "\n")] = '\0';
    return line;
}

/* Wait until the table has so many rows. */
static bool has_rows(long n)
{
    for (int i = 0; i < 200; i++) {
        if (atol(sql("SELECT count(*) FROM cdr")) == n)
            return true;
        pause_ms(50);
    }
    printf("rows: %s\n", sql("SELECT count(*) FROM cdr"));
    return false;
}

static char password_key[200];
static const char *const mysql_keys[] = { "node=box1",
                                          "mysql-host=127.0.0.1",
                                          "mysql-port=13486",
                                          "mysql-username=sigtran",
                                          password_key,
                                          "mysql-database=sigtran",
                                          "mysql-connect-timeout=1",
                                          "mysql-query-timeout=2",
                                          "batch=50",
                                          "batch-delay=100",
                                          NULL };

static void fills_a_table(void)
{
    struct stub *s = stub_open("cdr", mysql_keys, why, sizeof(why));
    struct plug_cdr r = sms(1);

    CHECK(s != NULL);
    sql("DROP TABLE IF EXISTS cdr");
    r.text = "it's \\ \"quoted\" \xff \xe2\x82\xac\n";
    r.sender = "Robert'); DROP TABLE cdr;--";
    r.why =
        "01234567890123456789012345678901234567890123456789012345678901234"
        "01234567890123456789012345678901234567890123456789012345678901234"
        "01234567890123456789012345678901234567890123456789012345678901234"
        "01234567890123456789012345678901234567890123456789012345678\xe2\x82"
        "\xac\xe2\x82\xac\xe2\x82\xac";
    stub_cdr(s, &r);
    CHECK(has_rows(1));
    CHECK(strcmp(sql("SELECT seq, node, kind, id, dialogue, sc, sender, msc, "
                     "ref, part, parts, verdict, answered, error, cause, "
                     "received_ms, answered_ms - received_ms FROM cdr"),
                 "1\tbox1\tsms\t0123456789abcdef0123456789abcdef\t1\t"
                 "+447700900001\tRobert'); DROP TABLE cdr;--\t+447700900004\t"
                 "777\t1\t2\tdone\t1\tNULL\tNULL\t1795525445678\t34") == 0);
    CHECK(strcmp(sql("SELECT hex(text) FROM cdr"),
                 "69742773205C202271756F7465642220EFBFBD20E282AC0A") == 0);
    CHECK(strcmp(sql("SELECT char_length(why), hex(right(why, 1)) FROM cdr"),
                 "255\tE282AC") == 0);
    r = stub_record(PLUG_CDR_SRI);
    stub_cdr(s, &r);
    CHECK(has_rows(2));
    CHECK(strcmp(sql("SELECT seq, kind, coding, octets, sent_ms, text "
                     "FROM cdr WHERE seq = 2"),
                 "2\tsri\t\tNULL\tNULL\tNULL") == 0);
    stub_close(s);
}

/* A batch waits for no longer than batch-delay, and a full one not at all. */
static void writes_in_batches(void)
{
    struct stub *s = stub_open("cdr", mysql_keys, why, sizeof(why));

    sql("DELETE FROM cdr");
    write_some(s, 1234);
    CHECK(has_rows(1234));
    CHECK(stub_counter(s, "mysql_records") == 1234);
    CHECK(stub_counter(s, "mysql_dropped") == 0);
    stub_close(s);
    CHECK(atol(sql("SELECT count(DISTINCT boot) FROM cdr")) == 1);
}

static void keeps_the_file_and_the_table_alike(void)
{
    const char *keys[16] = { file_key("both") };
    struct stub *s;
    char cmd[300];
    int i;

    for (i = 0; mysql_keys[i] != NULL; i++)
        keys[i + 1] = mysql_keys[i];
    sql("DELETE FROM cdr");
    s = stub_open("cdr", keys, why, sizeof(why));
    write_some(s, 100);
    stub_close(s);
    CHECK(has_rows(100));
    snprintf(cmd, sizeof(cmd), "grep -q '\"boot\":\"%s\",\"seq\":100,' %s/both",
             sql("SELECT boot FROM cdr WHERE seq = 100"), dir);
    run(cmd);
}

/* Killed in the midst of batches, and started again, several times: every
 * record is there, and none twice. */
static void loses_and_doubles_nothing_over_kills(void)
{
    struct stub *s = stub_open("cdr", mysql_keys, why, sizeof(why));
    long n = 0;

    sql("DELETE FROM cdr");
    for (int round = 0; round < 3; round++) {
        pid_t pid;

        write_some(s, 500);
        n += 500;
        pause_ms(30);
        fflush(stdout);
        pid = fork();
        if (pid == 0)
            _exit(server("kill") == 0 ? 0 : 1);
        for (int i = 0; i < 50; i++, n += 20) {
            write_some(s, 20);
            pause_ms(2);
        }
        waitpid(pid, NULL, 0);
        CHECK(server("start") == 0);
    }
    CHECK(has_rows(n));
    CHECK(atol(sql("SELECT max(seq) FROM cdr")) == n);
    CHECK(stub_counter(s, "mysql_dropped") == 0);
    CHECK(stub_counter(s, "mysql_errors") > 0);
    CHECK(stub_logged(s, "Cannot"));
    CHECK(stub_logged(s, "again"));
    CHECK(!stub_logged(s, "secret"));
    printf("kills: %ld records, %llu sent twice and there once\n", n,
           (unsigned long long)stub_counter(s, "mysql_repeated"));
    stub_close(s);
}

/*
 * Between the plug-in and the server: relays, and once `swallow' is set it cuts
 * the connection when the server has answered, before the answer is through.
 */
static atomic_int swallow;
static atomic_int answers_swallowed;

static int listen_at(int port)
{
    struct sockaddr_in a = { .sin_family = AF_INET,
                             .sin_port = htons((uint16_t)port),
                             .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
    int fd = socket(AF_INET, SOCK_STREAM, 0), on = 1;

    setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
    if (bind(fd, (struct sockaddr *)&a, sizeof(a)) != 0 || listen(fd, 5) != 0)
        return -1;
    return fd;
}

static int connect_to(int port)
{
    struct sockaddr_in a = { .sin_family = AF_INET,
                             .sin_port = htons((uint16_t)port),
                             .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
    int fd = socket(AF_INET, SOCK_STREAM, 0);

    if (connect(fd, (struct sockaddr *)&a, sizeof(a)) != 0)
        return -1;
    return fd;
}

/* False: this connection is over. */
static bool relay(int from, int to, bool is_answer)
{
    char some[65536];
    ssize_t n = read(from, some, sizeof(some));

    if (n <= 0)
        return false;
    if (is_answer && atomic_load(&swallow) > 0) {
        atomic_fetch_sub(&swallow, 1);
        atomic_fetch_add(&answers_swallowed, 1);
        return false;
    }
    return write(to, some, (size_t)n) == n;
}

static void *proxy(void *at)
{
    int listener = *(int *)at, client, behind;

    while ((client = accept(listener, NULL, NULL)) >= 0) {
        struct pollfd p[2];
        bool on = true;

        behind = connect_to(PORT);
        p[0] = (struct pollfd){ .fd = client, .events = POLLIN };
        p[1] = (struct pollfd){ .fd = behind, .events = POLLIN };
        while (on && poll(p, 2, -1) > 0) {
            if (p[0].revents != 0)
                on = relay(client, behind, false);
            if (on && p[1].revents != 0)
                on = relay(behind, client, true);
        }
        close(client);
        close(behind);
    }
    return NULL;
}

/* The server has taken a batch, and nobody knows: it comes again, and is there
 * once. */
static void doubles_nothing_when_answers_are_lost(void)
{
    const char *keys[16];
    int listener = listen_at(PORT + 1), n = 0;
    pthread_t thread;
    struct stub *s;

    for (int i = 0; mysql_keys[i] != NULL; i++)
        if (strncmp(mysql_keys[i], "mysql-port", 10) != 0)
            keys[n++] = mysql_keys[i];
    keys[n++] = "mysql-port=13487";
    keys[n] = NULL;
    sql("DELETE FROM cdr");
    CHECK(listener >= 0);
    pthread_create(&thread, NULL, proxy, &listener);
    s = stub_open("cdr", keys, why, sizeof(why));
    write_some(s, 50);
    CHECK(has_rows(50));
    for (int round = 1; round <= 3; round++) {
        atomic_store(&swallow, 1);
        write_some(s, 50);
        CHECK(has_rows(50 + 50 * round));
        for (int i = 0; i < 200 && stub_counter(s, "mysql_repeated") <
                                       50 * (unsigned)round;
             i++)
            pause_ms(20);
    }
    CHECK(atomic_load(&answers_swallowed) == 3);
    CHECK(stub_counter(s, "mysql_repeated") == 150);
    CHECK(has_rows(200));
    stub_close(s);
    shutdown(listener, SHUT_RDWR);
    pthread_join(thread, NULL);
    close(listener);
}

/* It accepts connections, and says nothing: a hook does not wait for it, and
 * the batch that was on its way is not there twice. */
static void does_not_wait_for_a_frozen_server(void)
{
    struct stub *s = stub_open("cdr", mysql_keys, why, sizeof(why));
    struct timespec a, b;

    sql("DELETE FROM cdr");
    write_some(s, 50);
    CHECK(has_rows(50));
    CHECK(server("freeze") == 0);
    clock_gettime(CLOCK_MONOTONIC, &a);
    write_some(s, 2000);
    clock_gettime(CLOCK_MONOTONIC, &b);
    CHECK(b.tv_sec - a.tv_sec < 2);
    for (int i = 0; i < 600 && stub_counter(s, "mysql_errors") == 0; i++)
        pause_ms(50);
    CHECK(stub_counter(s, "mysql_errors") > 0);
    CHECK(server("thaw") == 0);
    CHECK(has_rows(2050));
    stub_close(s);
}

static void drops_what_is_too_much_and_counts_it(void)
{
    const char *keys[16] = { "mysql-queue=100" };
    struct timespec a, b;
    struct stub *s;

    for (int i = 0; mysql_keys[i] != NULL; i++)
        keys[i + 1] = mysql_keys[i];
    sql("DELETE FROM cdr");
    CHECK(server("stop") == 0);
    s = stub_open("cdr", keys, why, sizeof(why));
    write_some(s, 150);
    CHECK(stub_counter(s, "mysql_dropped") == 50);
    CHECK(server("start") == 0);
    CHECK(has_rows(100));
    /* closed while the server is frozen: within seconds, and counted */
    CHECK(server("freeze") == 0);
    write_some(s, 10);
    clock_gettime(CLOCK_MONOTONIC, &a);
    stub_close(s);
    clock_gettime(CLOCK_MONOTONIC, &b);
    CHECK(b.tv_sec - a.tv_sec <= 4);
    CHECK(server("thaw") == 0);
}

/* Who may only insert, into a table that somebody has made. */
static void needs_no_right_to_create(void)
{
    const char *keys[16];
    struct stub *s;
    int n = 0;

    for (int i = 0; mysql_keys[i] != NULL; i++)
        if (strncmp(mysql_keys[i], "mysql-username", 14) != 0 &&
            strncmp(mysql_keys[i], "mysql-password", 14) != 0)
            keys[n++] = mysql_keys[i];
    keys[n++] = "mysql-username=only";
    keys[n++] = "mysql-password=hunter2";
    keys[n] = NULL;
    sql("DELETE FROM cdr");
    sql("CREATE USER only@'%' IDENTIFIED BY 'hunter2'");
    sql("GRANT INSERT ON sigtran.cdr TO only@'%'");
    s = stub_open("cdr", keys, why, sizeof(why));
    write_some(s, 5);
    CHECK(has_rows(5));
    /* what went wrong once is tried again, and told */
    sql("RENAME TABLE cdr TO elsewhere");
    write_some(s, 5);
    for (int i = 0; i < 100 && stub_counter(s, "mysql_errors") == 0; i++)
        pause_ms(50);
    sql("RENAME TABLE elsewhere TO cdr");
    CHECK(has_rows(10));
    CHECK(stub_logged(s, "Cannot write to <sigtran> at <127.0.0.1>"));
    CHECK(!stub_logged(s, "hunter2"));
    stub_close(s);
}

/* With mysql_keys, but for host and TLS. */
static struct stub *with_tls(const char *host, const char *ssl, const char *ca)
{
    static char ca_key[200];
    const char *keys[16];
    int n = 0;

    snprintf(ca_key, sizeof(ca_key), "mysql-ssl-trusted-ca-file=%s/%s", dir,
             ca);
    for (int i = 0; mysql_keys[i] != NULL; i++)
        if (strncmp(mysql_keys[i], "mysql-host", 10) != 0)
            keys[n++] = mysql_keys[i];
    keys[n++] = host;
    keys[n++] = ssl;
    keys[n++] = ca_key;
    keys[n] = NULL;
    return stub_open("cdr", keys, why, sizeof(why));
}

static void speaks_tls_with_whom_it_knows(void)
{
    struct stub *s;
    char cmd[800];

    snprintf(cmd, sizeof(cmd),
             "cd %s && for n in cert other; do openssl req -x509 -newkey "
             "rsa:2048 -nodes -days 2 -subj /CN=localhost -addext "
             "subjectAltName=DNS:localhost -keyout $n.key -out $n.pem "
             "2>/dev/null || exit 1; done",
             dir);
    run(cmd);
    CHECK(server("stop") == 0);
    snprintf(cmd, sizeof(cmd), "--ssl-cert=%s/cert.pem --ssl-key=%s/cert.key",
             dir, dir);
    setenv("MARIADB_ARGS", cmd, 1);
    CHECK(server("start") == 0);
    sql("DELETE FROM cdr");
    s = with_tls("mysql-host=localhost", "mysql-ssl=verify", "cert.pem");
    write_some(s, 1);
    CHECK(has_rows(1));
    stub_close(s);
    s = with_tls("mysql-host=localhost", "mysql-ssl=verify", "other.pem");
    write_some(s, 1);
    for (int i = 0; i < 100 && stub_counter(s, "mysql_errors") == 0; i++)
        pause_ms(50);
    CHECK(stub_logged(s, "Cannot connect to <sigtran> at <localhost>"));
    stub_close(s);
    CHECK(has_rows(1));
}

int main(void)
{
    char path[150];
    FILE *out;
    int started;

    if (mkdtemp(dir) == NULL)
        return 1;
    snprintf(path, sizeof(path), "%s/password", dir);
    out = fopen(path, "w");
    if (out == NULL)
        return 1;
    fputs("secret\n", out);
    fclose(out);
    snprintf(password_key, sizeof(password_key), "mysql-password-file=%s",
             path);
    started = server("start");
    if (started != 0) {
        remove_folder();
        return started == 77 ? 77 : 1;
    }
    fills_a_table();
    writes_in_batches();
    keeps_the_file_and_the_table_alike();
    loses_and_doubles_nothing_over_kills();
    doubles_nothing_when_answers_are_lost();
    does_not_wait_for_a_frozen_server();
    drops_what_is_too_much_and_counts_it();
    needs_no_right_to_create();
    speaks_tls_with_whom_it_knows();
    server("away");
    remove_folder();
    return CHECK_DONE();
}
