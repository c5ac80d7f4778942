# SPDX-License-Identifier: BSD-2-Clause
#
# alert - no application is there: messages are answered as to an absent
# number, and their service centres wait; when it is back they are alerted,
# a thousand of them within the rate, also those that know version 1 only

HOLD=10
. "$TOP/test/e2e/lib.sh"
SC=44770091 # service centres, all of them behind drive_map
WAITS=44770092

waiting() { # CONDITION
    python3 - "$T/register.db" "${1:-1}" <<'END'
import sqlite3, sys
db = sqlite3.connect("file:" + sys.argv[1] + "?mode=ro", uri=True, timeout=5)
print(db.execute("SELECT count(*) FROM mw WHERE " + sys.argv[2]).fetchone()[0])
END
}
waits() { [ "$(waiting "$2")" = "$1" ]; } # HOW-MANY [CONDITION]

# smsc NAME N [ARGUMENT]...: one that takes N alerts
smsc() {
    smsc=$1 n=$2
    shift 2
    start "$smsc" sh -c '. "$TOP/test/e2e/lib.sh"; trap - EXIT; drive "$@"' - \
        --titles $SC --alerts "$n" --seconds 60 --quiet --json "$T/$smsc.json" "$@"
    need 10 "the SMSC" grep -q link-up "$T/$smsc.json"
}
all_alerted() { wait "$(pid_of "$1")"; }
alerted() { grep -q "\"ev\":\"alert\",\"msisdn\":\"$2\",\"sc\":\"$3\"" "$T/$1.json"; }

# the span of a thousand alerts in milliseconds, and the most in one second
pace() {
    python3 - "$T/$1.json" <<'END'
import json, sys
t = [e["t"] / 1000 for e in map(json.loads, open(sys.argv[1]))
     if e["ev"] == "alert"]
print(int(t[-1] - t[0]), max(sum(1 for u in t if s <= u < s + 1000) for s in t))
END
}
within_the_rate() { # NAME LEAST-MS MOST-A-SECOND
    pace "$1" | { read -r span most; echo "pace $span ms, $most a second" >&2
        [ "$span" -ge "$2" ] && [ "$most" -le "$3" ]; }
}
start_app() {
    back=$(count box 'Route <apps>: an application')
    smsbox
    need 5 "the application" more box 'Route <apps>: an application' "$back"
}
stop_app() {
    gone=$(count box 'Route <apps>: no application')
    stop smsbox
    need 5 "the end of the box" more box 'Route <apps>: no application' "$gone"
}

stp stp $STP
box_conf
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
sed -i 's/^hold-deadline.*/&\nalert-rate = 100\nalert-rate-per-sc = 5/' "$T/box.conf"
register $VMN
register ${WAITS}0000 ${WAITS}9999
app
box
smsbox_conf ''
start_app
verify delivered drive --text 'ok 1' $VMN

shows HL-08
stop_app
verify absent drive --text 'ok 2' --expect error:6 --sc ${SC}0001 $VMN
verify absent-in-version-2 drive --map-version 2 --text 'ok 3' \
    --expect error:27 --sc ${SC}0002 $VMN
verify on-the-list within 3 waits 2 "msisdn = '$VMN' AND route = 'apps'"
verify once-each drive --text 'ok 4' --expect error:6 --sc ${SC}0001 $VMN
sleep 0.5
verify and-not-twice waits 2

shows HL-09
verify report drive --report absent --sc ${SC}0003 $VMN
verify report-in-version-2 drive --map-version 2 --report memory \
    --sc ${SC}0004 $VMN
verify report-in-version-1 drive --map-version 1 --report absent \
    --sc ${SC}0005 $VMN
verify kept within 3 waits 5
verify of-nobody drive --report absent --expect error:1 447700990001
verify success drive --report success --sc ${SC}0004 $VMN
verify taken-off within 3 waits 4

shows HL-10
smsc back 4
start_app
verify alerts all_alerted back
verify for-those-that-waited alerted back $VMN ${SC}0003
verify list-is-empty within 3 waits 0
verify delivered-again drive --text 'ok 5' --sc ${SC}0001 $VMN

stop_app
verify one-waits drive --text 'ok 6' --expect error:6 --sc ${SC}0006 $VMN
smsc old 1 --alert-v1
start_app
verify version-1 all_alerted old
verify by-its-operation grep -q '"ev":"alert".*"version":1' "$T/old.json"
verify old-is-off-the-list within 15 waits 0

stop_app
verify a-thousand drive --quiet --window 20 --text 'ok {n}' --expect error:6 \
    --sc ${SC}0000..${SC}0999 ${WAITS}0000..${WAITS}0999
verify all-wait within 5 waits 1000
smsc crowd 1000
start_app
verify all-are-alerted all_alerted crowd
verify within-the-rate within_the_rate crowd 9000 115
verify the-list-is-empty within 5 waits 0
verify messages-pass drive --text 'ok 7' --sc ${SC}0001 $VMN
