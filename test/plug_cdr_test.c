/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * plug_cdr_test.c - records in files that are rotated
 */

#include "cdr_world.h"

#include <dirent.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/stat.h>

/* The whole file; each call in the same memory. */
static const char *contents(const char *path)
{
    static char text[4 << 20];
    FILE *in = fopen(path, "r");
    size_t n = 0;

    if (in != NULL) {
        n = fread(text, 1, sizeof(text) - 1, in);
        fclose(in);
    }
    text[n] = '\0';
    return text;
}

static const char *contents_of(const char *name)
{
    char path[200];

    snprintf(path, sizeof(path), "%s/%s", dir, name);
    return contents(path);
}

static unsigned count_lines(const char *text)
{
    unsigned n = 0;

    for (; (text = strchr(text, '\n')) != NULL; text++)
        n++;
    return n;
}

/* Files whose names begin so; their lines are added to *lines. */
static unsigned count_files(const char *begin, unsigned *lines)
{
    DIR *d = opendir(dir);
    struct dirent *e;
    unsigned n = 0;

    while (d != NULL && (e = readdir(d)) != NULL) {
        if (strncmp(e->d_name, begin, strlen(begin)) != 0)
            continue;
        n++;
        *lines += count_lines(contents_of(e->d_name));
    }
    if (d != NULL)
        closedir(d);
    return n;
}

/* ---- keys ---- */

static void refuses(const char *const *keys, const char *says)
{
    why[0] = '\0';
    CHECK(!stub_check("cdr", keys, why, sizeof(why)));
    CHECK(strstr(why, says) != NULL);
    if (strstr(why, says) == NULL)
        printf("%s\n", why);
}

static void says_which_key_is_wrong(void)
{
    refuses((const char *[]){ NULL }, "`file'");
    refuses((const char *[]){ "file=/x", "format=xml", NULL }, "`format'");
    refuses((const char *[]){ "file=/x", "rotate-octets=-1", NULL },
            "`rotate-octets'");
    refuses((const char *[]){ "file=/x", "rotate=5", NULL }, "rotate");
    refuses((const char *[]){ "mysql-host=x", NULL }, "`mysql-username'");
    refuses((const char *[]){ "mysql-host=x", "mysql-username=u", NULL },
            "`mysql-database'");
    refuses((const char *[]){ "file=/x", "table=a`b", NULL }, "`table'");
    refuses((const char *[]){ "file=/x", "mysql-password-file=/nowhere", NULL },
            "`mysql-password-file'");
    refuses((const char *[]){ "file=/x",
                              "mysql-ssl-trusted-ca-file=/etc/passwd", NULL },
            "`mysql-ssl'");
    refuses((const char *[]){ "file=/x", "mysql-ssl=yes",
                              "mysql-ssl-trusted-ca-file=/x", NULL },
            "`mysql-ssl-trusted-ca-file' must be a file that can be read (No");
}

static void takes_the_words_that_the_box_takes_for_yes_and_no(void)
{
    static const char *const words[] = { "yes", "no",  "TRUE", "false",
                                         "on",  "Off", "1",    "0" };
    char key[20];

    for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
        snprintf(key, sizeof(key), "fsync=%s", words[i]);
        CHECK(stub_check("cdr", (const char *[]){ "file=/x", key, NULL }, why,
                         sizeof(why)));
    }
    refuses((const char *[]){ "file=/x", "fsync=maybe", NULL }, "`fsync'");
}

static void makes_no_file_when_checked(void)
{
    char path[200];

    snprintf(path, sizeof(path), "%s/checked", dir);
    CHECK(stub_check("cdr", (const char *[]){ file_key("checked"), NULL }, why,
                     sizeof(why)));
    CHECK(access(path, F_OK) != 0);
    CHECK(stub_open("cdr", (const char *[]){ "file=/nowhere/cdr", NULL }, why,
                    sizeof(why)) == NULL);
    CHECK(strstr(why, "/nowhere/cdr") != NULL);
}

/* ---- formats ---- */

static void writes_a_line_of_json(void)
{
    struct stub *s = stub_open(
        "cdr", (const char *[]){ file_key("json"), "node=box1", NULL }, why,
        sizeof(why));
    struct plug_cdr r = sms(42);
    const char *line;

    stub_cdr(s, &r);
    stub_tick(s);
    line = contents_of("json");
    CHECK(count_lines(line) == 1);
    CHECK(strncmp(line, "{\"boot\":\"", 9) == 0);
    CHECK(strstr(line,
                 "\",\"seq\":1,\"node\":\"box1\",\"kind\":\"sms\","
                 "\"id\":\"0123456789abcdef0123456789abcdef\","
                 "\"dialogue\":42,\"network\":\"main\",\"version\":3,"
                 "\"sc\":\"+447700900001\",\"gt\":\"447700900002\","
                 "\"imsi\":\"234150000000001\",\"receiver\":\"+447700900003\","
                 "\"sender\":\"Bank, \\\"B\\\"\",\"msc\":\"+447700900004\","
                 "\"ref\":777,\"part\":1,\"parts\":2,\"coding\":\"7bit\","
                 "\"dcs\":0,\"pid\":0,\"octets\":140,\"route\":\"app\","
                 "\"box\":\"httpbox\",\"verdict\":\"done\",\"answered\":true,"
                 "\"duplicate\":\"first\",\"why\":\"delivered\","
                 "\"notes\":\"firewall: fine; seen\"") != NULL);
    CHECK(strstr(line, "\"received_at\":\"2026-11-24T13:04:05.678Z\","
                       "\"filtered_at\":\"2026-11-24T13:04:05.680Z\","
                       "\"sent_at\":\"2026-11-24T13:04:05.681Z\","
                       "\"decided_at\":\"2026-11-24T13:04:05.711Z\","
                       "\"answered_at\":\"2026-11-24T13:04:05.712Z\","
                       "\"filter_ms\":2,\"application_ms\":30,\"answer_ms\":1,"
                       "\"total_ms\":34}\n") != NULL);
    CHECK(strstr(line, "\"text\"") == NULL && strstr(line, "error") == NULL &&
          strstr(line, "cause") == NULL);
    CHECK(stub_counter(s, "file_records") == 1);
    stub_close(s);
}

/* What is not there is left out, and nothing of a message is in a question. */
static void writes_what_there_is_of_a_question(void)
{
    struct stub *s = stub_open("cdr", (const char *[]){ file_key("sri"), NULL },
                               why, sizeof(why));
    struct plug_cdr r = stub_record(PLUG_CDR_SRI);
    const char *line;

    r.verdict = PLUG_PERMFAIL;
    r.answered = 0;
    r.error = 1;
    r.cause = 2;
    r.receiver = "+447700900003";
    r.received_ms = 1000;
    stub_cdr(s, &r);
    stub_tick(s);
    line = contents_of("sri");
    CHECK(strstr(line, "\"kind\":\"sri\"") != NULL);
    CHECK(strstr(line,
                 "\"verdict\":\"permfail\",\"answered\":false,"
                 "\"error\":1,\"cause\":2,"
                 "\"received_at\":\"1970-01-01T00:00:01.000Z\"}") != NULL);
    CHECK(strstr(line, "coding") == NULL && strstr(line, "part") == NULL &&
          strstr(line, "duplicate") == NULL && strstr(line, "_ms") == NULL &&
          strstr(line, "sent_at") == NULL);
    stub_close(s);
}

/* Neither octets that are no character nor those that end a line break it. */
static void keeps_every_text_in_one_line(void)
{
    struct stub *s = stub_open(
        "cdr", (const char *[]){ file_key("utf8"), NULL }, why, sizeof(why));
    struct plug_cdr r = sms(1);
    const char *line;

    r.text = "a\xff\xc3(\xed\xa0\x80\xc0\x80\n\r\t\x01\"\\\x7f\xe2\x80\xa8"
             "\xe2\x82\xac\xf0\x9f\x98\x80\xf4\x90\x80\x80\xe2\x82";
    stub_cdr(s, &r);
    r.text = "\x01\xff";
    r.coding = 1;
    stub_cdr(s, &r);
    stub_tick(s);
    line = contents_of("utf8");
    CHECK(count_lines(line) == 2);
#define NO "\xef\xbf\xbd"
    CHECK(strstr(line, "\"text\":\"a" NO NO "(" NO NO NO NO NO
                       "\\u000a\\u000d\\u0009\\u0001\\\"\\\\\\u007f\\u2028"
                       "\xe2\x82\xac\xf0\x9f\x98\x80" NO NO NO NO NO NO
                       "\"}\n") != NULL);
    CHECK(strstr(line, "\"coding\":\"8bit\"") != NULL);
    CHECK(strstr(line, "\"text\":\"Af8=\"}\n") != NULL);
    stub_close(s);
    run("command -v python3 >/dev/null || exit 0; for f in "
        "/tmp/plug_cdr_test.*/utf8; do python3 -c 'import json,sys\n"
        "for l in open(sys.argv[1],newline=\"\\n\"): json.loads(l)' $f; done");
}

static void writes_csv_with_a_header(void)
{
    const char *const keys[] = { file_key("csv"), "format=csv", "node=b",
                                 NULL };
    struct stub *s = stub_open("cdr", keys, why, sizeof(why));
    struct plug_cdr r = sms(42);
    const char *text;

    r.text = "two\nlines, \"quoted\" \xff";
    stub_cdr(s, &r);
    stub_close(s);
    /* no second header in what is there already */
    s = stub_open("cdr", keys, why, sizeof(why));
    r.text = NULL;
    r.sender = "plain";
    stub_cdr(s, &r);
    stub_close(s);
    text = contents_of("csv");
    CHECK(strncmp(text, "boot,seq,node,kind,id,dialogue,", 31) == 0);
    CHECK(strstr(text, ",total_ms,text\n") != NULL);
    CHECK(strstr(text,
                 ",1,b,sms,0123456789abcdef0123456789abcdef,42,main,3,"
                 "+447700900001,447700900002,234150000000001,"
                 "+447700900003,\"Bank, \"\"B\"\"\",+447700900004,777,1,"
                 "2,7bit,0,0,140,app,httpbox,done,1,,,first,delivered,"
                 "firewall: fine; seen,2026-11-24T13:04:05.678Z,") != NULL);
    CHECK(strstr(text, ",34,\"two\nlines, \"\"quoted\"\" " NO "\"\n") != NULL);
    CHECK(strstr(text, ",plain,") != NULL);
    CHECK(count_lines(text) == 4);
    CHECK(strstr(strstr(text, "total_ms") + 1, "total_ms") == NULL);
}

/* Files of an older version, or of something else, are not continued. */
static void leaves_a_csv_with_other_columns_alone(void)
{
    struct stub *s;
    char cmd[300];
    unsigned lines = 0;

    snprintf(cmd, sizeof(cmd), "printf 'a,b\\n1,2\\n' >%s/old", dir);
    run(cmd);
    s = stub_open("cdr",
                  (const char *[]){ file_key("old"), "format=csv", NULL }, why,
                  sizeof(why));
    write_some(s, 1);
    stub_close(s);
    CHECK(strncmp(contents_of("old"), "boot,", 5) == 0);
    CHECK(count_lines(contents_of("old")) == 2);
    CHECK(count_files("old.2", &lines) == 1 && lines == 2);
}

/* A crash may leave half a line: the next record is none the worse. */
static void ends_a_torn_line(void)
{
    struct stub *s;
    char cmd[300];

    snprintf(cmd, sizeof(cmd), "printf '{\"a\":1}\\n{\"b' >%s/torn", dir);
    run(cmd);
    s = stub_open("cdr", (const char *[]){ file_key("torn"), NULL }, why,
                  sizeof(why));
    write_some(s, 1);
    stub_close(s);
    CHECK(strncmp(contents_of("torn"), "{\"a\":1}\n{\"b\n{\"boot\"", 19) == 0);
    CHECK(count_lines(contents_of("torn")) == 3);
}

/* ---- files ---- */

static void flushes_at_ticks_and_when_there_is_much(void)
{
    struct stub *s = stub_open(
        "cdr", (const char *[]){ file_key("flush"), "fsync=yes", NULL }, why,
        sizeof(why));
    unsigned n;

    write_some(s, 10);
    CHECK(count_lines(contents_of("flush")) == 0);
    stub_tick(s);
    CHECK(count_lines(contents_of("flush")) == 10);
    write_some(s, 200);
    n = count_lines(contents_of("flush"));
    CHECK(n > 10 && n < 210);
    stub_close(s);
    CHECK(count_lines(contents_of("flush")) == 210);
}

static void rotates_by_size(void)
{
    const char *const keys[] = { file_key("size"), "format=csv",
                                 "rotate-octets=4096", NULL };
    struct stub *s = stub_open("cdr", keys, why, sizeof(why));
    unsigned lines = 0, files;
    uint64_t rotated;
    char cmd[300];

    write_some(s, 100);
    rotated = stub_counter(s, "rotated");
    stub_close(s);
    files = count_files("size", &lines);
    CHECK(rotated > 5 && files == rotated + 1);
    CHECK(lines == 100 + files); /* each with its header */
    snprintf(cmd, sizeof(cmd),
             "for f in %s/size*; do [ $(wc -c <$f) -le 4096 ] && "
             "head -1 $f | grep -q '^boot,seq' || exit 1; done",
             dir);
    run(cmd);
}

static void rotates_by_the_clock(void)
{
    struct stub *s = stub_open(
        "cdr", (const char *[]){ file_key("clock"), "rotate-interval=2", NULL },
        why, sizeof(why));
    unsigned lines = 0;

    /* just after the turn of an even second */
    while (time(NULL) % 2 != 0)
        pause_ms(20);
    while (time(NULL) % 2 == 0)
        pause_ms(20);
    pause_ms(1050);
    stub_tick(s);
    write_some(s, 3);
    stub_tick(s);
    CHECK(count_files("clock.", &lines) == 0);
    pause_ms(2000);
    stub_tick(s);
    CHECK(count_files("clock.", &lines) == 1 && lines == 3);
    /* nothing there, nothing to rotate */
    pause_ms(2000);
    stub_tick(s);
    CHECK(count_files("clock.", &lines) == 1);
    write_some(s, 1);
    stub_close(s);
    CHECK(count_lines(contents_of("clock")) == 1);
}

/* A file of before that the name of a rotated one would be. */
static void overwrites_nothing(void)
{
    const char *const keys[] = { file_key("never"), "rotate-octets=4096",
                                 NULL };
    struct stub *s = stub_open("cdr", keys, why, sizeof(why));
    unsigned lines = 0;
    char cmd[400];

    snprintf(
        cmd, sizeof(cmd),
        "for s in 0 1 2; do t=$(date -u -d +${s}sec +%%Y%%m%%dT%%H%%M%%SZ);"
        " for n in 0001 0002 0003; do echo mine >%s/never.$t-$n; done;"
        " done",
        dir);
    run(cmd);
    write_some(s, 100);
    CHECK(stub_counter(s, "rotated") > 5);
    stub_close(s);
    CHECK(count_files("never", &lines) > 14 && lines == 109);
    snprintf(cmd, sizeof(cmd), "[ $(grep -lx mine %s/never* | wc -l) = 9 ]",
             dir);
    run(cmd);
}

static void opens_the_file_anew_when_told(void)
{
    struct stub *s = stub_open(
        "cdr", (const char *[]){ file_key("hup"), "format=csv", NULL }, why,
        sizeof(why));
    char cmd[300];

    write_some(s, 2);
    snprintf(cmd, sizeof(cmd), "mv %s/hup %s/hup.1", dir, dir);
    run(cmd);
    write_some(s, 1);
    stub_reload(s);
    write_some(s, 1);
    stub_tick(s);
    CHECK(count_lines(contents_of("hup.1")) == 4);
    CHECK(count_lines(contents_of("hup")) == 2);
    /* where it cannot be opened records wait */
    snprintf(cmd, sizeof(cmd), "rm %s/hup && mkdir %s/hup", dir, dir);
    run(cmd);
    stub_reload(s);
    write_some(s, 3);
    stub_tick(s);
    CHECK(stub_counter(s, "file_errors") >= 1);
    CHECK(stub_logged(s, "Cannot open"));
    snprintf(cmd, sizeof(cmd), "rmdir %s/hup", dir);
    run(cmd);
    stub_tick(s);
    CHECK(count_lines(contents_of("hup")) == 4);
    CHECK(stub_counter(s, "file_dropped") == 0);
    stub_close(s);
}

/* A limit of the size of files stands for a disk that is full. */
static void survives_a_full_disk(void)
{
    struct stub *s = stub_open(
        "cdr",
        (const char *[]){ file_key("full"), "buffer-octets=65536", NULL }, why,
        sizeof(why));
    struct rlimit was, small;
    const char *text;
    uint64_t dropped;

    signal(SIGXFSZ, SIG_IGN);
    getrlimit(RLIMIT_FSIZE, &was);
    small = was;
    small.rlim_cur = 10000;
    write_some(s, 5);
    stub_tick(s);
    CHECK(setrlimit(RLIMIT_FSIZE, &small) == 0);
    write_some(s, 1000);
    stub_tick(s);
    stub_tick(s);
    setrlimit(RLIMIT_FSIZE, &was);
    dropped = stub_counter(s, "file_dropped");
    CHECK(dropped > 500 && dropped < 1000);
    CHECK(stub_counter(s, "file_errors") >= 2);
    CHECK(stub_logged(s, "Cannot write"));
    CHECK(stub_counter(s, "file_records") == 1005 - dropped);
    text = contents_of("full");
    CHECK(count_lines(text) == 5 && text[strlen(text) - 1] == '\n');
    stub_tick(s);
    CHECK(stub_logged(s, "is written again"));
    CHECK(count_lines(contents_of("full")) == 1005 - dropped);
    write_some(s, 5);
    stub_close(s);
    CHECK(count_lines(contents_of("full")) == 1010 - dropped);
}

/* logrotate with copytruncate, and then the disk is full: taking back a part of
 * a record must not stretch the file to where it had ended before. */
static void puts_no_hole_into_a_file_that_others_cut(void)
{
    struct stub *s = stub_open("cdr", (const char *[]){ file_key("cut"), NULL },
                               why, sizeof(why));
    struct rlimit was, small;
    struct stat st;
    char path[200];

    snprintf(path, sizeof(path), "%s/cut", dir);
    signal(SIGXFSZ, SIG_IGN);
    getrlimit(RLIMIT_FSIZE, &was);
    small = was;
    small.rlim_cur = 10000;
    write_some(s, 100);
    stub_tick(s);
    CHECK(truncate(path, 0) == 0);
    CHECK(setrlimit(RLIMIT_FSIZE, &small) == 0);
    write_some(s, 20);
    stub_tick(s);
    CHECK(stat(path, &st) == 0 && st.st_size == 0);
    setrlimit(RLIMIT_FSIZE, &was);
    stub_close(s);
    CHECK(count_lines(contents_of("cut")) == 20);
    CHECK(contents_of("cut")[0] == '{');
}

/* What waits for a file that could not be opened is not thrown away by the
 * end, if it can be opened by then. */
static void tries_the_file_once_more_at_the_end(void)
{
    struct stub *s = stub_open(
        "cdr", (const char *[]){ file_key("back"), NULL }, why, sizeof(why));
    char cmd[300];

    snprintf(cmd, sizeof(cmd), "rm %s/back && mkdir %s/back", dir, dir);
    run(cmd);
    stub_reload(s);
    write_some(s, 3);
    snprintf(cmd, sizeof(cmd), "rmdir %s/back", dir);
    run(cmd);
    stub_close(s);
    CHECK(count_lines(contents_of("back")) == 3);
}

static void complains_once_a_minute(void)
{
    struct stub *s = stub_open(
        "cdr", (const char *[]){ "file=/dev/full", NULL }, why, sizeof(why));

    for (int i = 0; i < 5; i++) {
        write_some(s, 1);
        stub_tick(s);
    }
    CHECK(stub_counter(s, "file_errors") == 5);
    CHECK(stub_logged(s, "No space left"));
    stub_close(s);
}

int main(void)
{
    if (mkdtemp(dir) == NULL)
        return 1;
    says_which_key_is_wrong();
    takes_the_words_that_the_box_takes_for_yes_and_no();
    makes_no_file_when_checked();
    writes_a_line_of_json();
    writes_what_there_is_of_a_question();
    keeps_every_text_in_one_line();
    writes_csv_with_a_header();
    leaves_a_csv_with_other_columns_alone();
    ends_a_torn_line();
    flushes_at_ticks_and_when_there_is_much();
    rotates_by_size();
    rotates_by_the_clock();
    overwrites_nothing();
    opens_the_file_anew_when_told();
    survives_a_full_disk();
    puts_no_hole_into_a_file_that_others_cut();
    tries_the_file_once_more_at_the_end();
    complains_once_a_minute();
    remove_folder();
    return CHECK_DONE();
}
