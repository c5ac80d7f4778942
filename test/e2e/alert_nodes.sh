# SPDX-License-Identifier: BSD-2-Clause
#
# alert_nodes - two boxes with one register: a number is absent only when
# neither has its application, and each service centre is alerted once; also
# when the node that sends is killed

HOLD=10
. "$TOP/test/e2e/lib.sh"
SC=44770091 WAITS=44770092

list() { "$BUILD/hlr/vmnctl" --db "$T/register.db" waiting list "$@"; }
waits() { [ "$(list | wc -l)" = "$1" ]; }
smsc() { # NAME N
    start "$1" sh -c '. "$TOP/test/e2e/lib.sh"; trap - EXIT; drive "$@"' - \
        --titles $SC --alerts "$2" --seconds 60 --quiet --json "$T/$1.json"
    need 10 "the SMSC" grep -q link-up "$T/$1.json"
}
once_each() { # NAME N
    [ "$(grep -c '"ev":"alert"' "$T/$1.json")" = "$2" ] &&
        [ "$(grep -o '"sc":"[0-9]*"' "$T/$1.json" | sort -u | wc -l)" = "$2" ]
}
sql() { # STATEMENT: what it gives
    python3 - "$T/register.db" "$1" <<'END'
import sqlite3, sys
db = sqlite3.connect(sys.argv[1], timeout=5)
print(*db.execute(sys.argv[2]).fetchone())
END
}

# both may be reached by the SMSC; both know the way to its service centres
box_conf
sed -i 's/^register-type.*/&\nnode-id = a\nalert-rate = 20\nalert-rate-per-sc = 5/' \
    "$T/box.conf"
cat >>"$T/box.conf" <<END
alert = yes

group = gtt
network = home
prefix = $SC
to-point-code = 0-0-2

group = gtt
network = home
prefix = 447700900002
to-point-code = 0-0-2
END
sed "s/node-id = a/node-id = b/; s/point-code = 0-0-1/point-code = 0-0-3/
    s/^local-address.*/local-address = $BOX2IP/; s/2906/2908/
    s/^routing-context.*/routing-context = 13/; s/boxlog/blog/
    s/^smsbox-port.*/smsbox-port = 13442/
    s/^hlr-gt.*/hlr-gt = 447700970001/; s/^msc-gt.*/msc-gt = 447700970888/" "$T/box.conf" >"$T/b.conf"
cp "$T/box.conf" "$T/a.conf"
stp stp $STP
"$BUILD/hlr/vmnctl" --db "$T/register.db" add ${WAITS}0000 ${WAITS}0999
app
smsbox_conf ''
# smsbox of b alone
sed -i 's/^smsbox-port = 13441/smsbox-port = 13442/' "$T/smsbox.conf"
box a
box b
start_app() {
    here=$(count a 'Route <apps>: an application')
    smsbox b
    need 5 "the application, to the other node" \
        more a 'Route <apps>: an application' "$here"
}
stop_app() {
    gone=$(count a 'Route <apps>: no application')
    stop smsbox
    need 5 "its end, to the other node" \
        more a 'Route <apps>: no application' "$gone"
}
# a message to a, for number N of service centre N
to_a() { # FIRST LAST [ARGUMENT]...
    first=$1 last=$2
    shift 2
    drive --fsm-only --dpc 0-0-1 --msc 447700970777 --quiet --text 'ok {n}' \
        --imsi "234157700920$first..234157700920$last" \
        --sc "${SC}0$first..${SC}0$last" "$@"
}

start_app
shows HL-08
verify it-is-elsewhere to_a 001 001 --expect error:34
stop_app
verify it-is-nowhere to_a 000 039 --expect error:6
verify they-wait within 5 waits 40

shows HL-10
smsc first 40
start_app
verify all-are-alerted wait "$(pid_of first)"
verify once-each once_each first 40
verify nobody-waits within 5 waits 0

# the node that sends is killed amidst
stop_app
verify forty-again to_a 000 039 --expect error:6
verify forty-wait within 5 waits 40
[ "$(sql "SELECT holder FROM lease WHERE name = 'alert'")" = a ] && leader=a || leader=b
smsc second 40
start_app
need 15 "the first alerts" grep -q '"ev":"alert"' "$T/second.json"
stop $leader KILL
if [ $leader = b ]; then
    # its smsbox goes with it, and finds its way when b is back
    box b
fi
verify the-other-goes-on wait "$(pid_of second)"
# what it had claimed and not settled is left to the other after 30 s
sleep 2
left=$(list | wc -l)
verify few-are-left [ "$left" -lt 10 ]
smsc third "$left"
verify those-too wait "$(pid_of third)"
verify the-list-is-empty within 5 waits 0
