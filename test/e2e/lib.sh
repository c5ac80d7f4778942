# SPDX-License-Identifier: BSD-2-Clause
# shellcheck shell=sh
#
# lib.sh - the parts of an end to end scenario, for the scripts beside it
#
# test/e2e/run gives: BUILD (folder of the programs), TOP, MODE (host: M3UA
# over TCP by a shim; sctp: the kernel's), SHIM (the shim, or empty), T (an
# empty folder of the scenario). Everything a scenario starts is ended by
# finish(), by pid. Results are lines "ok    NAME" and "FAIL  NAME: why".

STP=127.44.0.1 STP2=127.44.0.2 BOXIP=127.44.1.1 BOX2IP=127.44.1.2
SMSCIP=127.44.2.1
BOXPORT=13441 HTTP=13480 SENDSMS=13413
VMN=447700900123 VMNS=44770090
pids=''
failed=0

ms() { date +%s%3N; }

# start NAME COMMAND...: in the background, its output in $T/NAME.log
start() {
    name=$1
    shift
    "$@" >>"$T/$name.log" 2>&1 &
    eval "pid_$name=$!"
    pids="$pids $!"
}

# preloaded: what opens SCTP sockets gets the shim where there is none
preloaded() {
    if [ -n "$SHIM" ]; then
        env LD_PRELOAD="$SHIM" "$@"
    else
        "$@"
    fi
}
start_preloaded() {
    name=$1
    shift
    if [ -n "$SHIM" ]; then
        start "$name" env LD_PRELOAD="$SHIM" "$@"
    else
        start "$name" "$@"
    fi
}

pid_of() { eval "echo \"\$pid_$1\""; }

# stop NAME [SIGNAL]: and wait until it is gone; status in $stopped
stop() {
    kill -"${2:-TERM}" "$(pid_of "$1")" 2>/dev/null
    wait "$(pid_of "$1")" 2>/dev/null
    stopped=$?
}

finish() {
    for p in $pids; do kill -TERM "$p" 2>/dev/null; done
    sleep 0.2
    for p in $pids; do kill -KILL "$p" 2>/dev/null; done
    wait 2>/dev/null
}
trap finish EXIT
trap 'exit 1' INT TERM

# within SECONDS COMMAND...: repeat until it succeeds
within() {
    tries=$(($1 * 10))
    shift
    while ! "$@" >/dev/null 2>&1; do
        tries=$((tries - 1))
        [ $tries -gt 0 ] || return 1
        sleep 0.1
    done
}
logged() { grep -q -- "$2" "$T/$1.log"; }      # NAME PATTERN
count() { grep -c -- "$2" "$T/$1.log"; }       # NAME PATTERN

# shows ROW...: of which rows of test/conformance/rows the results from here on
# are a proof; alone: of none
rows=''
shows() { rows=$*; }
tell_rows() { # passed|failed NAME
    [ -z "$CONFORMANCE" ] || [ -z "$rows" ] ||
        echo "row $rows: $1 $SCENARIO/$2"
}
ok() {
    echo "ok    $SCENARIO/$1"
    tell_rows passed "$1"
}
fail() {
    echo "FAIL  $SCENARIO/$1: $2"
    tell_rows failed "$1"
    failed=1
}
# verify NAME COMMAND...: a result by its status
verify() {
    name=$1
    shift
    if "$@"; then ok "$name"; else fail "$name" "not so: $*"; fi
}

need() { # SECONDS WHAT COMMAND...: set-up that must work
    t=$1 what=$2
    shift 2
    within "$t" "$@" && return
    echo "FAIL  $SCENARIO: $what did not come up; logs:"
    tell_rows failed set-up
    tail -n 15 "$T"/*.log | sed 's/^/      /'
    exit 1
}

# ---- the parts ----

# stp NAME ADDRESS NI: Debian's osmo-stp; box is PC 0.0.1 RC 11, SMSC 0.0.2
# RC 12, a second box 0.0.3 RC 13, itself 0.0.7
stp() {
    stp_conf "$@"
    stp_start "$@"
}
stp_conf() {
    cat >"$T/$1.cfg" <<END
log stderr
 logging filter all 1
 logging color 0
 logging print category 1
 logging timestamp 0
 logging level set-all notice
line vty
 no login
 bind $2
cs7 instance 0
 network-indicator ${3:-international}
 point-code 0.0.7
 xua rkm routing-key-allocation static-only
 asp asp-box 2906 2905 m3ua
  local-ip $2
  remote-ip $BOXIP
  role sg
  sctp-role server
 asp asp-smsc 2907 2905 m3ua
  local-ip $2
  remote-ip $SMSCIP
  role sg
  sctp-role server
 asp asp-box2 2908 2905 m3ua
  local-ip $2
  remote-ip $BOX2IP
  role sg
  sctp-role server
 as as-box m3ua
  asp asp-box
  routing-key 11 0.0.1
 as as-smsc m3ua
  asp asp-smsc
  routing-key 12 0.0.2
 as as-box2 m3ua
  asp asp-box2
  routing-key 13 0.0.3
 route-table system
  update route 0.0.3 7.255.7 linkset as-box2
  update route 0.0.1 7.255.7 linkset as-box
  update route 0.0.2 7.255.7 linkset as-smsc
 listen m3ua 2905
  local-ip $2
  accept-asp-connections pre-configured
END
}
stp_start() {
    start_preloaded "$1" osmo-stp -c "$T/$1.cfg"
    need 10 "osmo-stp" listens "$2" 2905
}

listens() { # ADDRESS PORT, whatever the protocol
    grep -q "$2" /proc/net/sctp/eps 2>/dev/null && return
    ss -Hltn "sport = :$2" | grep -q .
}

# box_conf: the start of a configuration; a scenario appends to it
box_conf() {
    cat >"$T/box.conf" <<END
group = sigtran-box
roles = "hlr, msc"
register-type = sqlite
register-file = $T/register.db
smsbox-interface = 127.0.0.1
smsbox-port = $BOXPORT
hold-deadline = ${HOLD:-5}
drain-timeout = 8
log-level = 0
log-file = $T/boxlog.log

group = ss7-network
id = home
point-code = 0-0-1
network-indicator = international
hlr-gt = 447700970000
msc-gt = 447700970777
mcc-mnc = 23415
country-code = 44

group = ss7-association
network = home
id = stp
role = client
local-address = $BOXIP
local-port = 2906
remote-address = $STP
remote-port = 2905
routing-context = 11
reconnect-interval = 1

group = route
id = apps
confirm = ${CONFIRM:-reply}
END
}

register() { # NUMBER [ARGUMENT]...: a VMN, into the SQLite register
    "$BUILD/hlr/vmnctl" --db "$T/register.db" add "$@" >>"$T/vmnctl.log" 2>&1
}

# box [NAME]: start it with $T/NAME.conf; its mtpd must reach the STP
box() {
    start_preloaded "${1:-box}" "$BUILD/sigtran-box/sigtran-box" -v 0 \
        "$T/${1:-box}.conf"
    need 10 "the association" logged "${1:-box}" 'association <stp> is active'
}

# smsbox [SERVICE-KEYS]: stock, one default service to the application
smsbox_conf() {
    cat >"$T/smsbox.conf" <<END
group = core
admin-port = 13400
admin-password = test
smsbox-port = $BOXPORT

group = smsbox
smsbox-id = apps
bearerbox-host = 127.0.0.1
sendsms-port = $SENDSMS
http-request-retry = 0

group = sendsms-user
username = u
password = p

group = sms-service
keyword = ok
get-url = "http://127.0.0.1:$HTTP/ok?from=%p&to=%P&text=%a&smsc=%i&id=%I"
max-messages = 1
END
    for path in $1; do
        port=$HTTP keyword=$path
        case $path in
        refused) port=9 ;;
        slow) path='slow?s=3&' ;;
        default) path=ok ;;
        esac
        cat >>"$T/smsbox.conf" <<END

group = sms-service
keyword = $keyword
get-url = "http://127.0.0.1:$port/$path$(case $path in *\?*) ;; *) echo '?' ;; esac)from=%p&to=%P&text=%a&smsc=%i&id=%I"
max-messages = 1
END
    done
}
# smsbox [BOX]: and wait until it is ready at that box
smsbox() {
    ready=$(count "${1:-box}" 'Box <apps>.*is ready')
    start smsbox /usr/sbin/smsbox -v 0 "$T/smsbox.conf"
    need 10 "smsbox" more "${1:-box}" 'Box <apps>.*is ready' "$ready"
}
more() { [ "$(count "$1" "$2")" -gt "$3" ]; } # NAME PATTERN THAN

app() {
    start app python3 "$TOP/test/sim/app" --port $HTTP
    need 10 "the application" listens 127.0.0.1 $HTTP
}

# ladder of all of it, for a scenario that wants the usual
usual() {
    stp stp $STP
    box_conf
    register $VMN
    app
    box
    smsbox_conf "$1"
    smsbox
}

# A stock bearerbox with fakesmsc as its SMSC, and the box's uplink to it. What
# is sent by it stands in $T/fakesmsc.log.
fakesmsc=/usr/lib/kannel/test/fakesmsc # of kannel-extras
uplink_conf() {
    sed -i "s/^smsbox-port.*/&\nbearerbox-host = 127.0.0.1\nbearerbox-port = 13491/" \
        "$T/box.conf"
}
bearerbox() {
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
    start bearerbox /usr/sbin/bearerbox -v 0 "$T/bearerbox.conf"
    need 10 bearerbox listens 127.0.0.1 13491
    start fakesmsc $fakesmsc -H 127.0.0.1 -r 13492 -m 0 -i 0.1 '1 2 text x'
}
sendsms() { # FROM TO TEXT: by smsbox's HTTP port
    python3 - $SENDSMS "$@" <<'END' >"$T/sendsms.log" 2>&1
import sys, urllib.parse, urllib.request
port, source, to, text = sys.argv[1:]
query = urllib.parse.urlencode({"username": "u", "password": "p",
                                "from": source, "to": to, "text": text})
r = urllib.request.urlopen("http://127.0.0.1:" + port +
                           "/cgi-bin/sendsms?" + query, timeout=10)
sys.exit(0 if r.status == 202 else 1)
END
}

# drive ARGUMENT...: our SMSC through the STP; output in $T/drive.log
drive() {
    tcp=''
    [ -n "$SHIM" ] && tcp=--tcp
    # shellcheck disable=SC2086
    "$BUILD/test/sim/drive_map" $tcp --connect $STP:2905 --local $SMSCIP:2907 \
        --sri-timeout 5000 --rc 12 --opc 0-0-2 --dpc 0-0-1 --ni 0 --gt 447700900002 \
        "$@" >>"$T/drive.log" 2>&1
}

# httpbox [CONF-NAME]: with $T/httpbox.conf; and wait until it is ready
httpbox() {
    ready=$(count box 'Box <apps>.*is ready')
    start httpbox "$BUILD/gw/httpbox" -v 0 "$T/${1:-httpbox}.conf"
    need 10 "httpbox" more box 'Box <apps>.*is ready' "$ready"
}
