# SPDX-License-Identifier: BSD-2-Clause
#
# admin - the admin port of the running box: pages, commands, provisioning

. "$TOP/test/e2e/lib.sh"
ADMIN=13412 TOKEN=0123456789abcdef-e2e
U=http://127.0.0.1:$ADMIN
new=447700900777

# page PATH [CURL-ARGUMENT]...: its body into $T/page, its status into $status
page() {
    path=$1
    shift
    status=$(curl -s -o "$T/page" -w '%{http_code}' "$@" "$U/$path")
}
is() { # STATUS NAME [CURL-ARGUMENT]...
    want=$1
    shift
    page "$@"
    [ "$status" = "$want" ]
}
says() { grep -q -- "$1" "$T/page"; }
shows_page() { # PATTERN NAME [CURL-ARGUMENT]...
    pattern=$1
    shift
    is 200 "$@" && says "$pattern"
}
api() { # STATUS METHOD PATH [CURL-ARGUMENT]...
    want=$1 method=$2 path=$3
    shift 3
    is "$want" "api/v1/$path" -X "$method" -H "Authorization: Bearer $TOKEN" \
        "$@"
}
json() { # STATUS METHOD PATH BODY
    api "$1" "$2" "$3" -H 'Content-Type: application/json' -d "$4"
}
ask() { drive --sri-only "$@" $new; }
below() { [ "$1" -lt "$2" ]; }
above() { [ "$1" -gt "$2" ]; }

stp stp $STP
box_conf
sed -i "s|^smsbox-port.*|&\nadmin-port = $ADMIN\nadmin-password = sesame\n\
status-password = look\nadmin-allow-ip = \"127.0.0.*\"\n\
rest-token = \"shop:$TOKEN\"\nnode-id = node-a|" "$T/box.conf"
app
box
smsbox_conf
smsbox
within 10 is 200 health

shows KB-11
verify status-wants-its-password is 403 status
verify status-text shows_page 'association\|stp (online' 'status.txt?password=look'
verify status-takes-the-admin-password shows_page 'smsbox:apps, IP 127.0.0.1' \
    'cgi-bin/status?password=sesame'
verify status-html shows_page '<p>Status: running, uptime' \
    'status.html?password=look'
verify status-by-accept shows_page '^<?xml' 'status?password=look' \
    -H 'Accept: text/xml'
page 'status.xml?password=look'
verify status-xml python3 - "$T/page" <<'END'
import sys, xml.etree.ElementTree as e
g = e.parse(sys.argv[1]).getroot()
assert g.tag == 'gateway' and g.find('status').text.startswith('running')
assert [b.find('id').text for b in g.find('boxes')] == ['apps']
assert g.find('sms/received/total').text.isdigit()
END
page 'status.json?password=look'
verify status-json python3 - "$T/page" <<'END'
import sys, json
s = json.load(open(sys.argv[1]))
assert s['networks'][0]['associations'][0]['active']
assert s['register']['complete'] and s['boxes'][0]['queue'] == 0
END
page metrics -H 'Authorization: Bearer look'
verify metrics python3 - "$T/page" "$TOP/gw/stat.def" <<'END'
import re, sys
value, kind, help_ = {}, {}, {}
for line in open(sys.argv[1]):
    m = re.match(r'# (HELP|TYPE) (\w+) (.+)\n$', line)
    if m:
        (help_ if m[1] == 'HELP' else kind)[m[2]] = m[3]
        continue
    m = re.match(r'(\w+)(\{(\w+="[^"]*",?)+\})? ([0-9.]+)\n$', line)
    assert m, line
    assert m[1] in kind and m[1] in help_, line
    value[m[1]] = float(m[4])
for name in re.findall(r'^X\((\w+),', open(sys.argv[2]).read(), re.M):
    assert kind['sigtran_box_%s_total' % name] == 'counter', name
assert value['sigtran_box_association_active'] == 1
assert value['sigtran_box_register_complete'] == 1
END
verify unknown-page is 404 'nothing?password=sesame'
verify method is 405 'suspend?password=sesame' -X DELETE
verify log-level shows_page 'log-level set to 0' \
    'log-level?password=sesame&level=0'
verify log-level-is-checked is 400 'log-level?password=sesame&level=9'

# who guesses waits, longer each time, and nobody else does
verify wrong-password is 403 'suspend?password=sesam'
verify denied says Denied
from=$(ms)
page 'suspend?password=sesam' &
guess=$!
sleep 0.2
verify others-do-not-wait is 200 'status?password=look' --interface 127.0.0.9
verify others-do-not-wait-long below $(($(ms) - from)) 900
verify not-even-the-right-one-meanwhile is 200 'status?password=look'
verify guesses-wait above $(($(ms) - from)) 1000
wait $guess
verify denied-address sh -c "! curl -s --interface 127.66.0.1 $U/health"
verify denied-address-is-logged logged boxlog 'denied host <127.66.0.1>'
verify secrets-are-not-logged sh -c \
    "! grep -E 'sesame|$TOKEN' '$T/boxlog.log' '$T/box.log'"

# slow clients, more than there may be of one address
start slow python3 - $ADMIN <<'END'
import socket, sys, time
s = []
for i in range(40):
    c = socket.socket()
    c.bind(('127.0.0.66', 0))
    c.connect(('127.0.0.1', int(sys.argv[1])))
    s.append(c)
while True:
    for c in s:
        try:
            c.send(b'G')
        except OSError:
            pass
    time.sleep(0.2)
END
sleep 0.5
from=$(ms)
verify slow-clients-stop-nobody is 200 health
verify slow-clients-delay-nobody below $(($(ms) - from)) 500
stop slow KILL

# provisioning
verify no-token is 401 api/v1/vmns
verify password-will-do is 200 'api/v1/vmns?password=sesame'
verify unknown-number ask --expect error:1
shows HL-15
verify add json 201 POST vmns "{\"number\": \"+$new\", \"note\": \"by REST\"}"
from=$(ms)
within 2 ask --expect ok
verify found-in-a-second below $(($(ms) - from)) 1000
shows
verify twice json 409 POST vmns "{\"number\": \"$new\"}"
verify bar json 200 PATCH vmns/$new '{"status": "barred"}'
within 2 ask --expect error:13
verify barred ask --expect error:13
verify get api 200 GET vmns/$new
verify get-all says '"status": "barred".*"note": "by REST"'
verify odd-route json 422 PUT vmns/$new '{"route": "nowhere"}'
verify odd-route-is-named says '"field": "route"'
verify owner json 201 POST owners '{"name": "acme"}'
verify range json 201 PUT vmns/447700910000-447700919999 '{"owner": "acme"}'
verify overlap json 409 PUT vmns/447700915000-447700925000 '{}'
verify owner-in-use api 409 DELETE owners/acme
verify list api 200 GET 'vmns?owner=acme&limit=1'
verify list-has-it says '"last": "447700919999"'
verify explain api 200 GET explain/$new
verify explain-tells-the-route says '"step": "answer", "is": "callBarred'
csv() { api "$@" -H 'Content-Type: text/csv'; }
printf 'number,status\n447700900801,active\n44770090080x,active\n' >"$T/bad.csv"
printf 'number,status\n447700900801,active\n447700900802,barred\n' >"$T/good.csv"
verify import-with-a-bad-line csv 422 POST import --data-binary "@$T/bad.csv"
verify bad-line-is-named says '"line": 3'
verify nothing-changed api 404 GET vmns/447700900801
verify dry-run csv 200 POST 'import?dry-run=1' --data-binary "@$T/good.csv"
verify nothing-changed-again api 404 GET vmns/447700900801
verify import csv 200 POST import --data-binary "@$T/good.csv"
verify imported api 200 GET vmns/447700900802
verify large-body is 413 api/v1/vmns -X POST \
    -H "Authorization: Bearer $TOKEN" -H 'Content-Type: application/json' \
    --data-binary @/usr/bin/python3
verify delete api 204 DELETE vmns/$new
within 2 ask --expect error:1
verify deleted-is-unknown ask --expect error:1
verify audit sh -c "sqlite3 '$T/register.db' 'SELECT who FROM audit' |
    grep -q '^token shop from 127.0.0.1'"

# this node named no more, and again
verify node api 200 GET nodes/node-a
number=447700900801
ask() { drive --sri-only "$@" $number; }
verify named ask --expect ok
verify suspend is 200 'suspend?password=sesame'
within 5 is 503 health
within 5 ask --expect error:34
verify suspended ask --expect error:34
verify status-is-suspended shows_page 'Status: suspended' \
    'status?password=look'
verify resume is 200 'resume?password=sesame'
within 5 ask --expect ok
verify resumed ask --expect ok
verify reload is 202 'reload?password=sesame'
within 5 sh -c "[ $(count boxlog 'rows loaded in') -lt \
    \$(grep -c 'rows loaded in' '$T/boxlog.log') ]"
verify reloaded ask --expect ok

verify shutdown is 202 'shutdown?password=sesame'
within 15 sh -c "! kill -0 $(pid_of box) 2>/dev/null"
wait "$(pid_of box)"
verify box-ends-with-0 [ $? = 0 ]

# the same with TLS
openssl req -x509 -newkey rsa:2048 -nodes -subj /CN=box -days 2 \
    -addext subjectAltName=IP:127.0.0.1 \
    -keyout "$T/key.pem" -out "$T/cert.pem" 2>"$T/openssl.log"
sed -i "s|^admin-port.*|&\nadmin-port-ssl = yes\n\
ssl-server-cert-file = $T/cert.pem\nssl-server-key-file = $T/key.pem|" \
    "$T/box.conf"
: >"$T/box.log"
box
U=https://127.0.0.1:$ADMIN
verify tls shows_page 'Status: running' 'status?password=look' \
    --cacert "$T/cert.pem"
verify no-tls sh -c "! curl -s http://127.0.0.1:$ADMIN/health"
verify tls-put is 201 api/v1/vmns/$new -X PUT --cacert "$T/cert.pem" \
    -H "Authorization: Bearer $TOKEN" -H 'Content-Type: application/json' \
    -d '{}'
