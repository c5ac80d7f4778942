# SPDX-License-Identifier: BSD-2-Clause
#
# reports - status reports to a number: refused, or handed to a stock smsbox as
# delivery reports, by the dlr-url of the route or of the service it names

. "$TOP/test/e2e/lib.sh"
stp stp $STP
box_conf
url="http://127.0.0.1:$HTTP/ok?d=%d&of=%p&to=%P&text=%b&F=%F&i=%i&mr=%#sigtran#mr#"
cat >>"$T/box.conf" <<END
status-report = dlr
dlr-url = "$url"

group = route
id = refuses
vmn-prefix = 447700900124

group = route
id = by-service
vmn-prefix = 447700900125
service = reports
status-report = dlr

group = route
id = by-user
vmn-prefix = 447700900126
service = v
status-report = dlr

group = route
id = lost
vmn-prefix = 447700900127
dlr-url = "http://127.0.0.1:9/?d=%d"
status-report = dlr

group = route
id = nowhere
vmn-prefix = 447700900128
service = unknown
status-report = dlr
END
for n in 3 4 5 6 7 8; do register 44770090012$n; done
app
box
smsbox_conf default
cat >>"$T/smsbox.conf" <<END

group = sms-service
name = reports
keyword = reports
text = none
dlr-url = "http://127.0.0.1:$HTTP/ok?service=%n&d=%d"

group = sendsms-user
username = v
password = p
dlr-url = "http://127.0.0.1:$HTTP/ok?user=%n&d=%d"
END
smsbox

# report NUMBER TP-MR TP-ST [ARGUMENT]...: about a message to +44 7700 900555
report() {
    to=$1 mr=$2 st=$3
    shift 3
    drive --tpdu "06 $mr 0c9144770009 5055 62102030405000 62102030505000 $st" \
        "$@" "$to"
}
shows FM-14
verify is-confirmed report $VMN 07 00
verify is-a-delivery-report within 3 logged app 'd=1&of=%2B447700900123&to=%2B447700900555&text=id%3A7+sub%3A001+dlvrd%3A001+submit+date%3A2601020304+done+date%3A2601020305+stat%3ADELIVRD+err%3A000+text%3A&F=[0-9a-f]*&i=apps&mr=7"'
verify failed report $VMN 08 46
verify tells-failed within 3 logged app 'd=2.*stat%3AEXPIRED'
verify buffered report $VMN 09 20
verify tells-buffered within 3 logged app 'd=4.*stat%3AENROUTE'
verify repeated report $VMN 07 00
verify is-not-delivered-twice [ "$(count app 'd=1')" = 1 ]
verify refused report 447700900124 07 00 --expect error:21
for v in 1 2; do
    verify "refused-v$v" report 447700900124 07 00 --map-version $v \
        --expect error:21
done
verify by-service report 447700900125 07 00
verify by-service-came within 3 logged app 'service=reports&d=1'
verify by-user report 447700900126 07 00
verify by-user-came within 3 logged app 'user=v&d=1'
# the weakness that the manual tells of: smsbox's ack is all there is
verify lost-is-confirmed report 447700900127 07 00
verify nowhere-is-confirmed report 447700900128 07 00
# reports do not touch what waits for replies
verify messages-as-ever drive --text 'ok' $VMN
shows
verify tells-it-at-start logged box 'route apps: smsbox replies to no report'
