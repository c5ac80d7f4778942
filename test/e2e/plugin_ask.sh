# SPDX-License-Identifier: BSD-2-Clause
#
# plugin_ask - the plug-ins rewrite, http and lua in one box: rules change what
# the application gets, a service and a script decide, each may fail, and files
# are read again at SIGHUP

. "$TOP/test/e2e/lib.sh"
SERVICE=13485
stp stp $STP
box_conf
register $VMN
register 447700900200
app
smsbox_conf

cat >"$T/rules" <<'END'
if text matches /rule/ then replace text /\d{4,}/g [digits]; set sender Ruled
END
cat >"$T/script.lua" <<'END'
function on_sri(m)
    if m.receiver == "+447700900200" then
        m.error = "callBarred"
        return "permfail"
    end
end
function on_sms(m)
    if m.text:find("lua done", 1, true) then return "done" end
    if m.text:find("lua loop", 1, true) then while true do end end
    if m.text:find("lua says", 1, true) then m.text = "ok from lua " .. n end
end
n = 1
END
cat >"$T/service.py" <<'END'
import http.server, json, sys

class Service(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_POST(self):
        m = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        text, answer = m["text"], {}
        if "service perm" in text:
            answer = {"verdict": "permfail", "error": "illegalSubscriber",
                      "note": "the service says no"}
        elif "service done" in text:
            answer = {"verdict": "done"}
        elif "service says" in text:
            answer = {"text": "ok from the service"}
        body = json.dumps(answer).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

http.server.ThreadingHTTPServer(("127.0.0.1", int(sys.argv[1])),
                                Service).serve_forever()
END
service() {
    start service python3 "$T/service.py" $SERVICE
    need 10 "the service" listens 127.0.0.1 $SERVICE
}
plugins() { # MORE-KEYS-OF-LUA
    cat <<END

group = plugin
id = rules
path = $BUILD/plugins/rewrite.so
priority = 1
rules-file = $T/rules

group = plugin
id = service
path = $BUILD/plugins/http.so
priority = 2
url = "http://127.0.0.1:$SERVICE/verdict"
breaker-failures = 2
breaker-seconds = 1

group = plugin
id = script
path = $BUILD/plugins/lua.so
priority = 3
script = $T/script.lua
$1
END
}
delivered() { within 2 logged app "$1"; } # PATTERN

service
cp "$T/box.conf" "$T/none.conf"
plugins >>"$T/box.conf"
box
smsbox
verify passes drive --text 'ok plain' $VMN
verify application-gets-it delivered 'text=ok+plain'
verify rule-changes drive --text 'ok rule 123456' $VMN
verify application-gets-the-change delivered 'from=Ruled.*text=ok.rule.*digits'
verify service-refuses drive --text 'service perm' --expect error:9 $VMN
verify service-confirms drive --text 'service done' $VMN
verify service-changes drive --text 'service says' $VMN
verify application-gets-the-service delivered 'text=ok+from+the+service'
verify script-confirms drive --text 'lua done' $VMN
verify script-changes drive --text 'lua says' $VMN
verify application-gets-the-script delivered 'text=ok+from+lua+1'
verify script-loops drive --text 'lua loop' --expect error:34 $VMN
verify script-is-well-again drive --text 'lua done' $VMN
verify script-refuses-a-question drive --sri-only --expect error:13 447700900200

echo 'n = 2 function on_sms(m) m.text = "ok from lua " .. n end' >"$T/script.lua"
echo 'set sender Again' >"$T/rules"
kill -HUP "$(pid_of box)"
again() { drive --text 'ok' $VMN && logged app 'from=Again.*text=ok+from+lua+2'; }
verify reads-files-again within 5 again
echo 'n = = 3' >"$T/script.lua"
echo 'sett sender Wrong' >"$T/rules"
kill -HUP "$(pid_of box)"
verify tells-of-bad-rules within 2 logged box 'rules:1: .*the old rules stay'
verify tells-of-a-bad-script within 2 logged box \
    'script.lua:1: .*the old script stays'
verify keeps-the-old-ones again

stop service
verify fails-for-now-without-service drive --text 'ok one' --expect error:34 $VMN
verify and-again drive --text 'ok two' --expect error:34 $VMN
verify asks-it-no-more within 2 logged box 'failures in a row'
service
back() { drive --text 'ok back' $VMN; }
verify is-well-with-it-again within 5 back
stop smsbox
stop box

cat >"$T/script.lua" <<'END'
function on_sms(m)
    if m.text:find("lua done", 1, true) then return "done" end
    if m.text:find("lua loop", 1, true) then while true do end end
end
END
echo '# none' >"$T/rules"
cp "$T/none.conf" "$T/alone.conf"
plugins 'isolate = yes' >>"$T/alone.conf"
box alone
smsbox alone
verify isolated-script-confirms drive --text 'lua done' $VMN
verify isolated-script-loops drive --text 'lua loop' --expect error:34 $VMN
verify isolated-script-passes drive --text 'ok alone' $VMN
