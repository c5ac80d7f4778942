/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * plug_lua_test.c - the plug-in lua, with scripts that mean well and others
 */

#include "plug_stub.h"

#include "check.h"

#include <stdio.h>
#include <time.h>
#include <unistd.h>

static char file[] = "/tmp/plug_lua_test.XXXXXX";
static char key[128];

static void write_octets(const void *p, size_t len)
{
    FILE *f = fopen(file, "w");

    if (f == NULL || fwrite(p, 1, len, f) != len || fclose(f) != 0)
        abort();
}

static void write_script(const char *text)
{
    write_octets(text, strlen(text));
}

static struct stub *with_key(const char *script, const char *more)
{
    const char *keys[] = { key, more, NULL };
    struct stub *s;

    write_script(script);
    s = stub_open("lua", keys, NULL, 0);
    if (s == NULL)
        abort();
    return s;
}

static struct stub *with(const char *script)
{
    return with_key(script, NULL);
}

static struct plug_msg *sms(void)
{
    return stub_msg(PLUG_KIND, "sms", PLUG_ID, "00ff", PLUG_SENDER,
                    "+447700900123", PLUG_RECEIVER, "+447700900456", PLUG_TEXT,
                    "a \xe2\x82\xac", PLUG_CODING, "2", PLUG_DCS, "\x08",
                    PLUG_NODE, "4477", PLUG_ROUTE, "first", -1);
}

/* What the body of on_sms makes of one message. */
static enum plug_verdict verdict_of(const char *body, struct plug_msg *m)
{
    static char script[8192];
    enum plug_verdict v;
    struct stub *s;

    snprintf(script, sizeof(script), "function on_sms(m)\n%s\nend\n", body);
    s = with(script);
    v = stub_sms(s, m);
    stub_close(s);
    return v;
}

static enum plug_verdict quick(const char *body)
{
    struct plug_msg *m = sms();
    enum plug_verdict v = verdict_of(body, m);

    plug_msg_free(m);
    return v;
}

static void takes_each_verdict(void)
{
    CHECK(quick("") == PLUG_NEXT);
    CHECK(quick("return nil") == PLUG_NEXT);
    CHECK(quick("return 'next'") == PLUG_NEXT);
    CHECK(quick("return 'done'") == PLUG_DONE);
    CHECK(quick("return 'tempfail'") == PLUG_TEMPFAIL);
    CHECK(quick("return 'permfail'") == PLUG_PERMFAIL);
}

static void takes_nothing_else(void)
{
    CHECK(quick("return 'hold'") > PLUG_HOLD);
    CHECK(quick("return true") > PLUG_HOLD);
    CHECK(quick("return 1") > PLUG_HOLD);
    CHECK(quick("return {}") > PLUG_HOLD);
    CHECK(quick("return m") > PLUG_HOLD);
    CHECK(quick("return 'next\\0'") == PLUG_NEXT);
}

static void reads_and_sets_fields(void)
{
    struct plug_msg *m = sms();

    CHECK(verdict_of("assert(m.kind == 'sms' and m.id == '00ff')\n"
                     "assert(m.sender == '+447700900123')\n"
                     "assert(m.coding == 'ucs2' and m.dcs == 8)\n"
                     "assert(m.msc == '4477' and m.meta == '')\n"
                     "assert(utf8.len(m.text) == 3 and m.udh == '')\n"
                     "m.sender = 'Bank'; m.route = 'other'\n"
                     "m.text = m.text .. '!'; m.meta = 'a=1'\n"
                     "m.error = 'systemFailure'; m:note('seen')\n"
                     "m.receiver = '+' .. 49170\n"
                     "return 'tempfail'",
                     m) == PLUG_TEMPFAIL);
    CHECK(strcmp(plug_msg_text(m, PLUG_SENDER), "Bank") == 0);
    CHECK(strcmp(plug_msg_text(m, PLUG_TEXT), "a \xe2\x82\xac!") == 0);
    CHECK(strcmp(plug_msg_text(m, PLUG_ROUTE), "other") == 0);
    CHECK(strcmp(plug_msg_text(m, PLUG_RECEIVER), "+49170") == 0);
    CHECK(strcmp(plug_msg_text(m, PLUG_META), "a=1") == 0);
    CHECK(strcmp(plug_msg_text(m, PLUG_ERROR), "systemFailure") == 0);
    CHECK(strcmp(plug_msg_notes(m), "seen") == 0);
    plug_msg_free(m);
}

static void sets_no_field_to_nonsense(void)
{
    CHECK(quick("m.sc = '1'") > PLUG_HOLD);
    CHECK(quick("m.nothing = '1'") > PLUG_HOLD);
    CHECK(quick("return m.nothing") > PLUG_HOLD);
    CHECK(quick("m.sender = 'a name that is too long'") > PLUG_HOLD);
    CHECK(quick("m.sender = {}") > PLUG_HOLD);
    CHECK(quick("m.text = '\\xff'") > PLUG_HOLD);
    CHECK(quick("m.text = nil") == PLUG_NEXT);
    CHECK(quick("m[1] = 2") > PLUG_HOLD);
    CHECK(quick("m.note = 1") > PLUG_HOLD);
    CHECK(quick("m.note('x')") > PLUG_HOLD);
    CHECK(quick("m.note(setmetatable({}, {}), 'x')") > PLUG_HOLD);
    CHECK(quick("if getmetatable(m) then return 'done' end") == PLUG_NEXT);
    CHECK(quick("setmetatable(m, {})") > PLUG_HOLD);
    CHECK(quick("return pcall(function() m.sc = 1 end) or 'permfail'") ==
          PLUG_PERMFAIL);
}

static void asks_about_questions(void)
{
    struct stub *s = with("function on_sri(m)\n"
                          "  if m.receiver == '+1' then return 'done' end\n"
                          "  m.error = 'unknownSubscriber'\n"
                          "  return 'permfail' end");
    struct plug_msg *q = stub_msg(PLUG_KIND, "sri", PLUG_RECEIVER, "+44", -1);
    struct plug_msg *wrong = stub_msg(PLUG_RECEIVER, "+1", -1);

    CHECK(stub_sri(s, q) == PLUG_PERMFAIL);
    CHECK(strcmp(plug_msg_text(q, PLUG_ERROR), "unknownSubscriber") == 0);
    CHECK(stub_sms(s, q) == PLUG_NEXT); /* it has no such hook */
    CHECK(stub_sri(s, wrong) > PLUG_HOLD);
    plug_msg_free(q);
    plug_msg_free(wrong);
    stub_close(s);
}

static void tells_of_ends_and_records_and_ticks(void)
{
    struct stub *s = with("function on_done(id, v) log(id .. ' ' .. v) end\n"
                          "function on_cdr(r)\n"
                          "  assert(r.text == nil and r.seq == nil)\n"
                          "  log(r.kind .. r.sender .. r.verdict ..\n"
                          "      r.received_at .. tostring(r.answered),\n"
                          "      'warning')\n"
                          "end\n"
                          "function on_tick() count('ticks'); end\n");
    struct plug_cdr cdr = stub_record(PLUG_CDR_SMS);

    cdr.sender = "+44";
    cdr.received_ms = 1500;
    stub_done(s, "00ff", PLUG_PERMFAIL);
    stub_done(s, "00ff", PLUG_HOLD);
    CHECK(stub_logged(s, "00ff permfail"));
    stub_cdr(s, &cdr);
    CHECK(stub_logged(s, "sms+44done1.5true"));
    stub_tick(s);
    stub_tick(s);
    CHECK(stub_counter(s, "ticks") == 2);
    CHECK(stub_counter(s, "errors") == 0);
    stub_close(s);
}

static void keeps_its_globals(void)
{
    struct stub *s = with("n = 0\n"
                          "function on_sms(m) n = n + 1\n"
                          "  if n == 2 then error('oops') end\n"
                          "  if n == 3 then error({}) end\n"
                          "  if n == 4 then while true do end end\n"
                          "  if n == 5 then return 'done' end end");
    struct plug_msg *m = sms();

    CHECK(stub_sms(s, m) == PLUG_NEXT);
    CHECK(stub_sms(s, m) > PLUG_HOLD);
    CHECK(stub_logged(s, "oops"));
    CHECK(stub_sms(s, m) > PLUG_HOLD);
    CHECK(stub_logged(s, "a table"));
    CHECK(stub_sms(s, m) > PLUG_HOLD);
    CHECK(stub_logged(s, "too many instructions"));
    CHECK(stub_sms(s, m) == PLUG_DONE);
    CHECK(stub_counter(s, "errors") == 3);
    plug_msg_free(m);
    stub_close(s);
}

static void forgets_a_message_that_is_gone(void)
{
    struct stub *s = with("function on_sms(m)\n"
                          "  if old then return old.sender end\n"
                          "  old = m end\n"
                          "function on_tick() old:note('x') end");
    struct plug_msg *m = sms();

    CHECK(stub_sms(s, m) == PLUG_NEXT);
    plug_msg_free(m);
    m = sms();
    CHECK(stub_sms(s, m) > PLUG_HOLD);
    CHECK(stub_logged(s, "gone"));
    stub_tick(s);
    CHECK(stub_counter(s, "errors") == 2);
    plug_msg_free(m);
    stub_close(s);
}

static void has_its_arguments(void)
{
    struct stub *s = with_key("function on_sms(m)\n"
                              "  if conf.limit == '10' and conf.b == 'c=d'\n"
                              "  then return 'done' end end",
                              "args=limit=10  b=c=d ");
    struct plug_msg *m = sms();

    CHECK(stub_sms(s, m) == PLUG_DONE);
    plug_msg_free(m);
    stub_close(s);
}

/* ---- what is not there ---- */

static void has_nothing_that_reaches_out(void)
{
    static const char *const gone[] = {
        "io",          "os",       "debug",         "package", "require",
        "load",        "loadfile", "dofile",        "warn",    "coroutine",
        "string.dump", "xpcall",   "collectgarbage"
    };
    char body[128];

    for (size_t i = 0; i < sizeof(gone) / sizeof(gone[0]); i++) {
        snprintf(body, sizeof(body), "return %s == nil and 'done'", gone[i]);
        CHECK(quick(body) == PLUG_DONE);
    }
}

static void reads_no_bytecode(void)
{
    static const char code[] = "\x1bLua\x54\x00\x19\x93\r\n\x1a\n";
    const char *keys[] = { key, NULL };
    char why[512];

    write_octets(code, sizeof(code) - 1);
    CHECK(stub_open("lua", keys, why, sizeof(why)) == NULL);
    CHECK(strstr(why, "(mode is 't')") != NULL);
}

/* ---- hostile ones ---- */

/* It must end in an error, soon, and in bounded memory, and the script must
 * work afterwards. */
static void is_stopped(const char *body)
{
    static char script[8192];
    struct plug_msg *m = sms(), *after = stub_msg(PLUG_SENDER, "ok", -1);
    clock_t t = clock();
    struct stub *s;

    snprintf(script, sizeof(script),
             "function on_sms(m)\n"
             "if m.sender == 'ok' then return 'done' end\n"
             "%s\nend\n",
             body);
    s = with(script);
    if (stub_sms(s, m) <= PLUG_HOLD) {
        printf("it ended well: %s\n", body);
        check_failures++;
    }
    if (clock() - t > 3 * CLOCKS_PER_SEC) {
        printf("it took too long: %s\n", body);
        check_failures++;
    }
    CHECK(stub_counter(s, "errors") == 1);
    CHECK(stub_sms(s, after) == PLUG_DONE);
    plug_msg_free(m);
    plug_msg_free(after);
    stub_close(s);
}

static void ends_endless_loops(void)
{
    is_stopped("while true do end");
    is_stopped("::a:: goto a");
    is_stopped("for i = 1, math.huge do end");
    is_stopped("local function f() return f() end f()");
    is_stopped("setmetatable(_G, { __index = function() while true do end end"
               " }); return nothing.x");
}

static void ends_loops_that_catch_errors(void)
{
    is_stopped("while true do pcall(function() while true do end end) end");
    is_stopped("local function f() while true do pcall(f) end end f()");
    is_stopped("pcall(pcall, pcall, function() while true do end end)");
    is_stopped("pcall(string.gsub, ('x'):rep(1000), '.',\n"
               "  function() pcall(function() while true do end end) end)\n"
               "while true do end");
    is_stopped("table.sort({3, 2, 1, 4}, function() while true do end end)");
    is_stopped("local c <close> = setmetatable({},\n"
               "  { __close = function() while true do end end })\n"
               "error('x')");
    is_stopped("local function f()\n"
               "  local c <close> = setmetatable({}, { __close = f })\n"
               "  while true do end end\n"
               "pcall(f)");
    is_stopped("local t = setmetatable({}, { __index = function(t, k)\n"
               "  while true do end end }) return t.x");
    is_stopped("error(setmetatable({},\n"
               "  { __tostring = function() while true do end end }))");
}

static void bounds_memory(void)
{
    is_stopped("local t = {} while true do t[#t + 1] = {} end");
    is_stopped("local s = 'x' while true do s = s .. s end");
    is_stopped("return ('x'):rep(1e9)");
    is_stopped("return ('x'):rep(math.maxinteger)");
    is_stopped("return (''):rep(math.maxinteger)");
    is_stopped("return ('x'):rep(1e8, ('y'):rep(1e5))");
    is_stopped("while true do local s = ('x'):rep(1000000) end");
    is_stopped("local t = {} for i = 1, 1e9 do t[i] = ('x'):rep(10000) end");
    is_stopped("return table.concat({}, 'x', 1, math.maxinteger)");
    is_stopped("return string.gsub(('x'):rep(1e6), '', ('y'):rep(1e6))");
    is_stopped("local function f(...) return f(1, ...) end f()");
    is_stopped("return table.unpack({}, 1, 1e7)");
    is_stopped("return string.format(('%99d'):rep(9e5), "
               "table.unpack({}, 1, 2e5))");
}

static void bounds_the_library(void)
{
    is_stopped("table.move({}, 1, math.maxinteger - 1, 2)");
    is_stopped("table.move({}, math.mininteger, -1, 1)");
    is_stopped("local t = setmetatable({},\n"
               "  { __len = function() return 1 << 60 end })\n"
               "table.insert(t, 1, 1)");
    is_stopped("local n = 0\n"
               "local t = setmetatable({}, { __len = function()\n"
               "  n = n + 1 return n == 1 and 1 or 1 << 60 end })\n"
               "table.remove(t, 1)");
    /* a border far out, of a few elements */
    is_stopped("local t = {} for i = 0, 61 do t[1 << i] = 1 end\n"
               "if #t > 1 << 40 then table.insert(t, 1, 1) end\n"
               "error('not so')");
    is_stopped("local t = setmetatable({}, { __index = rawlen })\n"
               "return table.concat(t, '', 1, 1 << 60)");
    is_stopped("local t = {} for i = 1, 100000 do t[i] = -i end\n"
               "for i = 1, 1e9 do table.sort(t) end");
}

static void lets_no_finalizer_in(void)
{
    is_stopped("setmetatable({}, { __gc = function() while true do end end })");
    is_stopped("local mt = {} local t = setmetatable({}, mt)\n"
               "mt.__gc = function() while true do end end\n"
               "setmetatable(t, mt)");
    /* not marked for it when its metatable was set: it never runs */
    CHECK(quick("local mt = {} local t = setmetatable({}, mt)\n"
                "mt.__gc = function() while true do end end\n"
                "t = nil for i = 1, 10000 do local x = {} end") == PLUG_NEXT);
    is_stopped("getmetatable('').__gc = function() while true do end end\n"
               "local t = setmetatable({}, getmetatable(''))");
}

static void bounds_recursion(void)
{
    is_stopped("local function f() return 1 + f() end f()");
    is_stopped("local function f() return pcall(f) end f() error('done')");
    is_stopped("local function f(s) return s:gsub('.', f) end f('x')");
    is_stopped("local t = setmetatable({}, {}) getmetatable(t).__index = t\n"
               "return t.x.y");
    is_stopped("return ('x'):find(('('):rep(1000))");
    is_stopped("return ('x'):rep(5000):match(('.-'):rep(5000) .. 'b')");
}

static void survives_tricks_with_tables_of_ours(void)
{
    is_stopped("string.rep = nil; return ('x'):rep(3)");
    is_stopped("setmetatable(_G, { __newindex = error }); x = 1");
    is_stopped("getmetatable('').__index = function() error('x') end\n"
               "return ('x').y");
    CHECK(
        quick(
            "local g = _G for k in pairs(g) do g[k] = nil end return 'done'") ==
        PLUG_DONE);
    CHECK(quick("on_sms = 7") == PLUG_NEXT);
    CHECK(quick("conf = setmetatable(_G, { __metatable = 1 })") == PLUG_NEXT);
}

static void says_if_a_hook_is_no_function(void)
{
    struct stub *s = with("on_tick = 7; on_sms = setmetatable({},\n"
                          "  { __call = function() return 'done' end })");
    struct plug_msg *m = sms();

    stub_tick(s);
    CHECK(stub_logged(s, "on_tick is no function but a number"));
    CHECK(stub_sms(s, m) > PLUG_HOLD);
    plug_msg_free(m);
    stub_close(s);
}

static void checks_what_counters_are_called(void)
{
    CHECK(quick("count('a-b'); count('a-b', 3)") == PLUG_NEXT);
    CHECK(quick("count('a b')") > PLUG_HOLD);
    CHECK(quick("count('')") > PLUG_HOLD);
    CHECK(quick("count('a', -1)") > PLUG_HOLD);
    CHECK(quick("count(('a'):rep(40))") > PLUG_HOLD);
    CHECK(quick("for i = 1, 1000 do count('c' .. i) end") > PLUG_HOLD);
    CHECK(quick("log('x', 'loud')") > PLUG_HOLD);
    CHECK(quick("log({})") > PLUG_HOLD);
    CHECK(quick("log('%s%n')") == PLUG_NEXT);
    CHECK(quick("return time() > 1e9 and 'done'") == PLUG_DONE);
}

/* ---- start and reload ---- */

static void is_refused(const char *script, const char *more, const char *word)
{
    const char *keys[] = { key, more, NULL };
    char why[512];

    write_script(script);
    CHECK(stub_open("lua", keys, why, sizeof(why)) == NULL);
    if (strstr(why, word) == NULL)
        printf("%s: %s\n", script, why);
    CHECK(strstr(why, word) != NULL);
}

static void refuses_scripts_that_do_not_load(void)
{
    char place[128], why[512];

    snprintf(place, sizeof(place), "%s:2:", file);
    is_refused("x = 1\nx = = 2\n", NULL, place);
    is_refused("x = 1\nerror('no')\n", NULL, place);
    is_refused("while true do end", NULL, "too many instructions");
    is_refused("x = 'y' while true do x = x .. x end", NULL,
               "not enough memory");
    is_refused("", "max-memory=0", "max-memory");
    is_refused("", "max-instructions=5", "max-instructions");
    is_refused("", "max-ms=0", "max-ms");
    is_refused("", "args=x", "args");
    is_refused("", "nonsense=x", "nonsense");
    unlink(file);
    CHECK(!stub_check("lua", (const char *[]){ key, NULL }, why, sizeof(why)));
    CHECK(strstr(why, file) != NULL);
    CHECK(stub_open("lua", NULL, why, sizeof(why)) == NULL);
    CHECK(strstr(why, "script") != NULL);
}

static void obeys_smaller_limits(void)
{
    struct stub *s = with_key("function on_sms(m) for i = 1, m.dcs * 1000 do "
                              "end end",
                              "max-instructions=4000");
    struct plug_msg *m = sms();

    CHECK(stub_sms(s, m) > PLUG_HOLD);
    stub_close(s);
    s = with_key("function on_sms(m) local t = time()\n"
                 "while time() < t + 5 do end return 'done' end",
                 "max-ms=1");
    CHECK(stub_sms(s, m) > PLUG_HOLD);
    CHECK(stub_logged(s, "too long"));
    stub_close(s);
    plug_msg_free(m);
}

static void keeps_the_old_script_if_the_new_one_is_wrong(void)
{
    struct stub *s = with("n = 0 function on_sms(m) n = n + 1\n"
                          "if n == 2 then return 'done' end end");
    struct plug_msg *m = sms();

    CHECK(stub_sms(s, m) == PLUG_NEXT);
    write_script("function on_sms(m) return 'permfail' end error('wrong')");
    stub_reload(s);
    CHECK(stub_logged(s, "wrong; the old script stays"));
    CHECK(stub_sms(s, m) == PLUG_DONE);
    write_script("function on_sms(m) return n == nil and 'permfail' end");
    stub_reload(s);
    CHECK(stub_sms(s, m) == PLUG_PERMFAIL);
    plug_msg_free(m);
    stub_close(s);
}

static void prints_all_values(void)
{
    struct stub *s = with("function on_tick() print('a', 1, nil, true) end");

    stub_tick(s);
    CHECK(stub_logged(s, "a 1 nil true"));
    stub_close(s);
}

static void takes_a_check(void)
{
    const char *keys[] = { key, NULL };

    write_script("log('x'); count('y')");
    CHECK(stub_check("lua", keys, NULL, 0));
}

static void does_not_leak_over_many_calls(void)
{
    struct stub *s = with_key("keep = {} function on_sms(m)\n"
                              "  keep[#keep % 10 + 1] = m.text:rep(1000)\n"
                              "  return 'done' end",
                              "max-memory=1");
    struct plug_msg *m = sms();

    for (int i = 0; i < 20000; i++)
        if (stub_sms(s, m) != PLUG_DONE) {
            printf("out of memory\n");
            check_failures++;
            break;
        }
    plug_msg_free(m);
    stub_close(s);
}

static void takes_its_example(void)
{
    const char *srcdir = getenv("srcdir");
    char example[256];
    const char *const with_example[] = { example, "args=limit=2", NULL };
    struct plug_msg *m = sms(), *bad = stub_msg(PLUG_TEXT, "a CASINO", -1);
    struct stub *s;

    snprintf(example, sizeof(example), "script=%s/doc/examples/filter.lua",
             srcdir != NULL ? srcdir : ".");
    s = stub_open("lua", with_example, NULL, 0);
    CHECK(s != NULL);
    if (s == NULL)
        return;
    stub_tick(s);
    CHECK(stub_sms(s, m) == PLUG_NEXT);
    CHECK(stub_sms(s, m) == PLUG_NEXT);
    CHECK(strcmp(plug_msg_text(m, PLUG_META), "tries=2") == 0);
    CHECK(stub_sms(s, m) == PLUG_TEMPFAIL);
    plug_msg_put_text(bad, PLUG_KIND, "sms");
    CHECK(stub_sms(s, bad) == PLUG_PERMFAIL);
    stub_done(s, "00ff", PLUG_DONE);
    CHECK(stub_counter(s, "done-done") == 1);
    CHECK(stub_counter(s, "errors") == 0);
    plug_msg_free(m);
    plug_msg_free(bad);
    stub_close(s);
}

int main(void)
{
    int fd = mkstemp(file);

    if (fd < 0)
        return 1;
    close(fd);
    snprintf(key, sizeof(key), "script=%s", file);
    takes_each_verdict();
    takes_nothing_else();
    reads_and_sets_fields();
    sets_no_field_to_nonsense();
    asks_about_questions();
    tells_of_ends_and_records_and_ticks();
    keeps_its_globals();
    forgets_a_message_that_is_gone();
    has_its_arguments();
    has_nothing_that_reaches_out();
    reads_no_bytecode();
    ends_endless_loops();
    ends_loops_that_catch_errors();
    bounds_memory();
    bounds_the_library();
    lets_no_finalizer_in();
    bounds_recursion();
    survives_tricks_with_tables_of_ours();
    says_if_a_hook_is_no_function();
    checks_what_counters_are_called();
    obeys_smaller_limits();
    keeps_the_old_script_if_the_new_one_is_wrong();
    prints_all_values();
    takes_a_check();
    does_not_leak_over_many_calls();
    refuses_scripts_that_do_not_load();
    takes_its_example();
    unlink(file);
    return CHECK_DONE();
}
