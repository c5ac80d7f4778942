# SPDX-License-Identifier: BSD-2-Clause
#
# uplink - with a bearerbox-host, what boxes send goes to bearerbox and what
# bearerbox has for them comes back; SS7 goes on when bearerbox is gone

. "$TOP/test/e2e/lib.sh"
fake=$(ls /usr/lib/kannel/test/fakesmsc 2>/dev/null) || {
    echo "skip  uplink: fakesmsc of kannel-extras is not installed"
    exit 0
}
cat >"$T/bearerbox.conf" <<END
group = core
admin-port = 13490
admin-password = x
smsbox-port = 13491
store-type = file
store-location = $T/store

group = smsbox
bearerbox-host = 127.0.0.1

group = smsc
smsc = fake
smsc-id = fake
port = 13492
connect-allow-ip = 127.0.0.1
END
stp stp $STP
box_conf
sed -i "s/^smsbox-port.*/&\nbearerbox-host = 127.0.0.1\nbearerbox-port = 13491/" "$T/box.conf"
register $VMN
app
start bearerbox /usr/sbin/bearerbox -v 0 "$T/bearerbox.conf"
need 10 bearerbox listens 127.0.0.1 13491
start fakesmsc "$fake" -H 127.0.0.1 -r 13492 -m 0 -i 0.1 '1 2 text x'
box
smsbox_conf default
smsbox
need 10 "the uplink" logged box 'is connected to bearerbox'
sendsms() {
    python3 - $SENDSMS <<'END' >"$T/sendsms.log" 2>&1
import sys, urllib.request
r = urllib.request.urlopen("http://127.0.0.1:" + sys.argv[1] +
    "/cgi-bin/sendsms?username=u&password=p&from=4477&to=4478&text=upwards",
    timeout=10)
sys.exit(0 if r.status == 202 else 1)
END
}
shows KB-01
verify box-may-send sendsms
verify bearerbox-sent-it within 5 logged fakesmsc 'upwards'
shows
verify ss7-works drive --text 'ok with bearerbox' $VMN
shows KB-12
verify no-reply-leaks sh -c "! grep -q 'thank you' '$T/fakesmsc.log'"
shows
stop bearerbox KILL
verify ss7-works-without drive --text 'ok without bearerbox' $VMN
