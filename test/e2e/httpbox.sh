# SPDX-License-Identifier: BSD-2-Clause
#
# httpbox - what an application answers is what the SMSC is told, and when

HOLD=8 CONFIRM=app
. "$TOP/test/e2e/lib.sh"
at=http://127.0.0.1:$HTTP
args='from=%p&to=%P&text=%a&id=%F'
# service KEYWORD URL-KEY PATH [MORE-KEYS]
service() {
    cat >>"$T/httpbox.conf" <<END

group = sms-service
keyword = $1
whole-word = true
catch-all = true
$2 = "$3"
END
    [ -z "$4" ] || printf '%s\n' "$4" >>"$T/httpbox.conf"
}
cat >"$T/httpbox.conf" <<END
group = httpbox
bearerbox-port = $BOXPORT
httpbox-id = apps
deadline = 3
drain-timeout = 2
log-level = 0
END
for path in ok 200 201 202 204 301 401 403 404 408 429 500 503 400 410 413 \
    415 422 close reset cut; do
    service $path get-url "$at/$path?$args"
done
service slow get-url "$at/slow?s=1&$args"
service never get-url "$at/slow?s=30&$args"
service refused get-url "http://127.0.0.1:9/?$args"
service noname get-url "http://no-such-host.invalid/?$args"
service again get-url "$at/again?n=1&after=1&$args"
service toolate get-url "$at/again?n=1&after=10&$args"
service own get-url "$at/404?$args" 'permanent-status = 404'
service own500 get-url "$at/500?$args" 'ok-status = 500-502'
service json post-json "$at/ok/json" 'sign-secret = the secret
traceparent = true'
service talk get-url "$at/slow?s=1&$args" 'max-messages = 1'
service fixed text 'thank you'

stp stp $STP
box_conf
register $VMN
start app python3 "$TOP/test/sim/app" --port $HTTP --full
need 10 "the application" listens 127.0.0.1 $HTTP
box
verify no-box-is-temporary drive --text 'ok too early' --expect error:34 $VMN
httpbox

shows KB-07
for path in ok 200 201 202 204; do
    verify status-$path-confirms drive --text "$path a" --expect ok $VMN
done
for path in 301 401 403 404 408 429 500 503; do
    verify status-$path-is-temporary drive --text "$path a" \
        --expect error:34 --expect-before 900 $VMN
done
for path in 400 410 413 415 422; do
    verify status-$path-is-permanent drive --text "$path a" \
        --expect error:32 $VMN
done
verify slow-is-waited-for drive --text 'slow a' --expect ok \
    --expect-after 950 $VMN
verify no-answer-is-temporary drive --text 'never a' --expect error:34 \
    --expect-after 2900 --expect-before 3600 $VMN
for path in refused noname close reset cut; do
    verify $path-is-temporary drive --text "$path a" --expect error:34 \
        --expect-before 2500 $VMN
done
verify no-service-is-temporary drive --text 'nobody' --expect error:34 $VMN
verify the-table-can-be-changed drive --text 'own a' --expect error:32 $VMN
verify and-for-ranges drive --text 'own500 a' --expect ok $VMN

verify retry-after-that-fits-is-waited-for drive --text 'again a' --expect ok \
    --expect-after 950 --expect-before 2500 $VMN
verify one-that-does-not-is-temporary drive --text 'toolate a' \
    --expect error:34 --expect-before 900 $VMN
verify a-keyword-is-a-whole-word drive --text 'okay no' --expect error:34 $VMN

shows KB-08
verify json drive --text 'json "quoted" €' --expect ok $VMN
verify signed-and-the-same-id python3 - "$T/app.log" <<'END'
import hashlib, hmac, json, re, sys
line = [json.loads(t) for t in open(sys.argv[1]) if '/ok/json' in t][-1]
h = {k.lower(): v for k, v in line["headers"]}
body = bytes.fromhex(line["body"])
sms = json.loads(body)
key = h["idempotency-key"]
assert re.fullmatch("[0-9a-f]{32}", key) and sms["id"] == key, h
assert sms["text"] == 'json "quoted" \u20ac', sms
assert sms["from"] == "+447700900001" and sms["to"] == "+447700900123", sms
assert h["content-type"] == "application/json"
assert re.fullmatch("00-%s-[0-9a-f]{16}-01" % key, h["traceparent"])
said = "%s\nPOST\n/ok/json\n%s\n" % (h["x-sigtran-timestamp"], key)
mac = hmac.new(b"the secret", said.encode() + body, hashlib.sha256)
assert h["x-sigtran-signature"] == "sha256=" + mac.hexdigest(), h
END
# a retry after a temporary failure: a new request, the same key
send() { drive --scts 2026-01-02T03:04:05 --text '503 again' \
    --expect error:34 $VMN; }
verify first-attempt send
verify second-attempt send
keys() { sed -n 's/.*503?.*"Idempotency-Key", "\([0-9a-f]*\)".*/\1/p' \
    "$T/app.log" | tail -2 | sort -u | wc -l; }
verify a-retry-has-the-same-key [ "$(keys)" = 1 ]

shows KB-12
replies() { [ "$(count box 'sent a message for the network')" = "$1" ]; }
verify nothing-was-replied replies 0
verify a-reply-does-not-delay-the-ack drive --text 'talk a' --expect ok \
    --expect-after 950 --expect-before 1500 $VMN
verify a-reply-where-it-is-asked-for within 3 replies 1
verify a-fixed-text-is-confirmed drive --text 'fixed a' --expect ok $VMN
verify a-fixed-text-is-sent within 3 logged httpbox 'service.*fixed.*ok, text'
shows

# the application goes and comes
stop app
verify application-away-is-temporary drive --text 'ok gone' --expect error:34 \
    --expect-before 900 $VMN
start app python3 "$TOP/test/sim/app" --port $HTTP
need 10 "the application" listens 127.0.0.1 $HTTP
verify application-is-back drive --text 'ok back' --expect ok $VMN

# the box goes and comes
shows KB-06
start killer sh -c "sleep 1; kill -KILL $(pid_of httpbox)"
verify killed-box-is-temporary drive --text 'never killed' --expect error:34 \
    --expect-after 500 --expect-before 2500 $VMN
wait "$(pid_of httpbox)" 2>/dev/null
httpbox
verify the-next-box-works drive --text 'ok next' --expect ok $VMN
shows
start killer sh -c "sleep 0.3; kill $(pid_of httpbox)"
verify a-stopping-box-ends-what-it-has drive --text 'slow stop' --expect ok $VMN
wait "$(pid_of httpbox)"
verify and-ends-well [ $? = 0 ]
httpbox
start killer sh -c "sleep 0.3; kill $(pid_of httpbox)"
verify what-takes-too-long-is-temporary drive --text 'never stop' \
    --expect error:34 --expect-after 2000 --expect-before 2900 $VMN
wait "$(pid_of httpbox)"
verify and-ends-well-again [ $? = 0 ]

# another configuration, without losing a message
httpbox
sed -i "s|/ok?|/422?|; s|^group = httpbox|&\nmax-host-connections = 9|" \
    "$T/httpbox.conf"
kill -HUP "$(pid_of httpbox)"
within 3 logged httpbox 'was read again'
verify hup-tells-what-it-cannot logged httpbox \
    'max-host-connections is another now, which needs a new start'
verify hup-reads-services-again drive --text 'ok hup' --expect error:32 $VMN
echo 'keyword = ' >>"$T/httpbox.conf"
kill -HUP "$(pid_of httpbox)"
within 3 logged httpbox 'all stays as it is'
verify a-bad-file-changes-nothing drive --text 'slow hup' --expect ok $VMN
exit $failed
