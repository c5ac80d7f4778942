# SPDX-License-Identifier: BSD-2-Clause
#
# boxes - confirm = box; two smsboxes and a route that names one; what boxes
# send is refused without a bearerbox

CONFIRM=box
. "$TOP/test/e2e/lib.sh"
stp stp $STP
box_conf
cat >>"$T/box.conf" <<END

group = route
id = second
vmn-prefix = 4477009002
smsbox-id = apps2
confirm = box
END
register $VMN
register 447700900200
app
box
smsbox_conf 'slow 500'
smsbox
sed "s/apps/apps2/; s/sendsms-port = .*/sendsms-port = 13414/; s/admin-port = .*/admin-port = 13402/
    s/\/ok/\/202/" "$T/smsbox.conf" >"$T/smsbox2.conf"
# nobody: says nothing; or heartbeats, but never which box it is
cat >"$T/nobody.py" <<'END'
import select, socket, struct, sys, time
conns = [socket.create_connection(('127.0.0.1', int(sys.argv[1])), 10)
         for _ in range(2)]
began = time.time()
while conns and time.time() < began + 40:
    for c in select.select(conns, [], [], 2)[0]:
        if not c.recv(100):
            print('closed after %.0f s' % (time.time() - began), flush=True)
            conns.remove(c)
    if conns[1:]:
        conns[1].send(struct.pack('>III', 8, 0, 0))
END
start nobody python3 "$T/nobody.py" $BOXPORT
verify no-box-for-the-route drive --text 'ok too early' --expect error:34 447700900200
start smsbox2 /usr/sbin/smsbox -v 0 "$T/smsbox2.conf"
need 10 "second smsbox" logged box 'Box <apps2>.*is ready'

verify box-level-does-not-wait drive --text 'slow app' --expect-before 1000 $VMN
verify box-level-knows-no-500 drive --text '500 app' --expect ok $VMN
verify route-names-its-box drive --text 'ok second' 447700900200
within 3 logged app '/202'
verify the-second-box-asked logged app '/202?from=%2B447700900001&to=%2B447700900200'

# nobody takes messages from boxes here
python3 - $SENDSMS <<'END' >"$T/sendsms.log" 2>&1
import sys, urllib.request
print(urllib.request.urlopen("http://127.0.0.1:" + sys.argv[1] +
    "/cgi-bin/sendsms?username=u&password=p&from=1&to=2&text=x",
    timeout=10).read())
END
verify message-of-a-box-is-refused within 3 logged box 'no bearerbox'
verify smsbox-still-works drive --text 'ok after' $VMN

# connections that are no boxes do not keep a place for ever
wait "$(pid_of nobody)"
verify nobody-is-disconnected [ "$(count nobody 'closed after \(29\|30\|31\) s')" = 2 ]
verify and-it-is-told [ "$(count box 'has not identified itself')" = 2 ]
verify a-box-is-not-nobody drive --text 'ok at last' $VMN
