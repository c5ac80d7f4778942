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
