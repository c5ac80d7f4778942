# SPDX-License-Identifier: BSD-2-Clause
#
# matrix - every cell of the tables in doc/outcomes.md: box by box, what the
# SMSC is told for each way an application can behave, and how often it got
# the message; then the same for the SMSC's repetition

. "$TOP/test/e2e/lib.sh"
SMPP=13475
page=$TOP/doc/outcomes.md
# the last digit of a number is the column (test/sim/sink), the one before it
# the row
base=4477009002
at="http://127.0.0.1:$HTTP"
query='id=%F&to=%P&text=%a'

# route ROW SMSBOX-ID CONFIRM DEADLINE
route() {
    cat >>"$T/box.conf" <<END

group = route
id = row$1
vmn-prefix = $base$1
smsbox-id = $2
confirm = $3
deadline = $4
account = row$1
END
}
box_conf
sed -i '/^group = route/,$d' "$T/box.conf"
for row in 0 1 2; do route $row http app 3; done
for row in 3 4 7; do route $row smpp app 3; done
route 5 stock reply 2
route 6 stock box 2
register ${base}00 ${base}79

# service ROW URL-KEY URL
service() {
    cat <<END

group = sms-service
keyword-regex = "^matrix"
accepted-account = row$1
catch-all = true
$2 = "$3"
END
}
{
    cat <<END
group = httpbox
bearerbox-port = $BOXPORT
httpbox-id = http
deadline = 2
END
    service 0 get-url "$at/?$query"
    service 1 post-url "$at/?id=%F&to=%P"
    service 2 post-json "$at/"
} >"$T/httpbox.conf"

# stock PORT ADMIN SENDSMS MAX-MESSAGES [KEY]: an smsbox
stock() {
    cat <<END
group = core
admin-port = $2
admin-password = test
smsbox-port = $1

group = smsbox
bearerbox-host = 127.0.0.1
sendsms-port = $3
http-request-retry = 0
$5

group = sms-service
keyword = default
catch-all = true
get-url = "$at/?$query"
max-messages = $4
END
}
stock $BOXPORT 13400 $SENDSMS 1 'smsbox-id = stock' >"$T/stock.conf"
stock 13491 13401 13414 0 >"$T/behind.conf"

# account NAME ROW
account() {
    cat <<END

group = smpp-account
system-id = $1
password = secret
vmn-prefix = $base$2
END
}
{
    cat <<END
group = smppbox
bearerbox-port = $BOXPORT
smppbox-id = smpp
smppbox-interface = 127.0.0.1
smppbox-port = $SMPP
deadline = 2
END
    account trx 3
    account rx 4
    account kannel 7
} >"$T/smppbox.conf"
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
smsc = smpp
smsc-id = sigtran
host = 127.0.0.1
port = $SMPP
smsc-username = kannel
smsc-password = secret
system-type = ""
transceiver-mode = true
reconnect-delay = 1
END

sink() { # NAME ARGUMENT...
    name=$1
    shift
    start "$name" python3 "$TOP/test/sim/sink" --log "$T/$name.txt" "$@"
}
application() { # NAME: and wait until it is there
    bound=$(count "$1" 'bound with status 0')
    case $1 in
    http) sink http --http $HTTP
        need 10 "the application" listens 127.0.0.1 $HTTP ;;
    trx) sink trx --smpp 127.0.0.1:$SMPP --system-id trx
        need 10 "ESME trx" more trx 'bound with status 0' "$bound" ;;
    rx) sink rx --smpp 127.0.0.1:$SMPP --system-id rx --bind rx --binds 2
        need 10 "ESME rx" more rx 'bound with status 0' $((bound + 1)) ;;
    esac
}
application_of() { # ROW
    case $1 in
    3) echo trx ;;
    4) echo rx ;;
    *) echo http ;;
    esac
}
gone() { ! kill -0 "$(pid_of "$1")"; }
settled() { # all sessions are there, also those that were dropped
    within 5 [ "$(ss -Htn state established "sport = :$SMPP" | wc -l)" -ge 4 ]
}

stp stp $STP
for name in http trx rx; do : >"$T/$name.log"; done
application http
box
start httpbox "$BUILD/gw/httpbox" -v 0 "$T/httpbox.conf"
start stock /usr/sbin/smsbox -v 0 "$T/stock.conf"
start smppbox "$BUILD/gw/smppbox" -v 0 "$T/smppbox.conf"
need 10 smppbox listens 127.0.0.1 $SMPP
application trx
application rx
start bearerbox /usr/sbin/bearerbox -v 0 "$T/bearerbox.conf"
need 10 bearerbox listens 127.0.0.1 13491
start behind /usr/sbin/smsbox -v 0 "$T/behind.conf"
for id in http stock smpp; do
    need 10 "box $id" logged box "Box <$id>.*is ready"
done
need 10 "smsbox behind bearerbox" logged bearerbox 'Client connected\|client connected'
settled || fail set-up "not all ESMEs are bound"

# tell WHICH NUMBER...: send, and write down `NUMBER OUTCOME COUNT' in $T/WHICH
tell() {
    which=$1
    shift
    drive --scts 2026-01-02T03:04:05 --text matrix --window 64 --expect any \
        --fsm-timeout 8000 --json "$T/json" "$@"
    sleep 0.3 # what is confirmed early may still be on its way
    python3 - "$T" <<'END' >>"$T/$which"
import collections, json, sys
top = sys.argv[1]
got = collections.Counter()
for name in "http", "trx", "rx":
    for line in open("%s/%s.txt" % (top, name)):
        w = line.split()
        got[w[6]] += w[3] == "got"
for line in open(top + "/json"):
    e = json.loads(line)
    if e["ev"] in ("outcome", "fsm-sent") or e.get("op") != "fsm":
        continue
    said = {"fsm-result": "ok", "fsm-error": e.get("error")}
    print(e["msisdn"], said.get(e["ev"], e["ev"]), got[e["msisdn"]])
END
}
columns() { # COLUMN...: the numbers of all rows
    for row in 0 1 2 3 4 5 6 7; do
        for column; do echo "$base$row$column"; done
    done
}
# shellcheck disable=SC2046
for which in first again; do
    tell $which $(columns 0 1 2 3 4)
done
for which in first again; do
    # shellcheck disable=SC2046
    tell $which $(columns 5)
    settled || fail "$which" "not all ESMEs are bound again"
done
for row in 0 1 2 3 4 5 6 7; do
    name=$(application_of $row)
    (tell first $base${row}6) &
    within 5 gone "$name" || stop "$name"
    wait "$(pid_of "$name")"
    died=$?
    [ $died = 137 ] || fail restart "application $name ended with $died"
    wait $!
    application "$name"
    settled || fail restart "not all ESMEs are bound again"
    tell again $base${row}6
done

# table HEADING: the cells of the table below it, each a line of the numbers
# and the names of row and column, and what it says; tabs between
table() {
    awk -v heading="## $1" -v OFS='\t' '
        /^## / { on = $0 == heading; row = -2 }
        on && /^\|/ {
            split($0, cell, " *\\| *")
            for (i = 2; i < 9; i++)
                if (row == -2)
                    name[i] = cell[i + 1]
                else if (row >= 0)
                    print row, i - 2, cell[2] ", " name[i], cell[i + 1]
            row++
        }' "$page"
}
compare() { # HEADING WHICH: what the page says and what was seen
    table "$1" >"$T/said"
    [ "$(wc -l <"$T/said")" = 56 ] || fail "$2" "the table has not 56 cells"
    while IFS="$(printf '\t')" read -r row column name cell; do
        seen=$(sed -n "s/^$base$row$column \([^ ]*\)/\1,/p" "$T/$2")
        if [ "$seen" = "$cell" ]; then
            ok "$2: $name"
        else
            fail "$2: $name" "the page says <$cell>, seen <$seen>"
        fi
    done <"$T/said"
}
compare "The first time" first
compare "The SMSC sends it again" again
exit $failed
