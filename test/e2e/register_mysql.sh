# SPDX-License-Identifier: BSD-2-Clause
#
# register_mysql - the register in MariaDB: changes within a second; stopped,
# killed and started again under load, not one question is lost; a start
# without it, from the snapshot; what cannot be used is told and not used

. "$TOP/test/e2e/lib.sh"
db() { "$TOP/test/mariadb" "$1" "$T/my"; }
db start
case $? in
0) trap 'db kill; finish' EXIT ;;
77) echo "skip  $SCENARIO: there is no mariadbd"; exit 0 ;;
*) fail set-up "MariaDB does not start"; exit 1 ;;
esac
sql() { mariadb --no-defaults -uroot -S "$T/my/sock" sigtran -e "$1"; }
vmn() { "$BUILD/hlr/vmnctl" -f "$T/box.conf" "$@" >>"$T/vmnctl.log" 2>&1; }

stp stp $STP
box_conf
sed -i "s|^register-type.*|register-type = mysql\nregister-snapshot = $T/snapshot|
    /^register-file/d" "$T/box.conf"
cat >>"$T/box.conf" <<END

group = mysql-connection
id = register
host = $T/my/sock
username = sigtran
password = secret
database = sigtran
connect-timeout = 2
query-timeout = 3
END
cp "$T/box.conf" "$T/bad.conf"
refused() { # PATTERN: a start of the box with bad.conf, that tells why
    "$BUILD/sigtran-box/sigtran-box" -v 0 "$T/bad.conf" >"$T/bad.log" 2>&1
    [ $? = 1 ] && logged bad "$1"
}
verify no-schema refused 'vmnctl migrate'
vmn migrate
vmn add $VMN
app
box
smsbox_conf ''
smsbox
new=447700900777
ask() { drive --sri-only "$@"; }
known() { ask --expect ok "$1"; }
unknown() { ask --expect error:1 "$1"; }

# ---- a second is enough ----

shows HL-15
verify loaded known $VMN
verify unknown unknown $new
verify add vmn add $new
sleep 0.9
verify added-in-a-second known $new
verify by-hand sql "UPDATE vmn SET status = 'barred' WHERE first = '$new'"
sleep 0.9
verify by-hand-in-a-second ask --expect error:13 $new
vmn del $new
sleep 0.9
verify deleted-in-a-second unknown $new

# ---- without the database, under load ----

load() { # SECONDS: questions for the number, every one answered
    drive --rate 300 --window 50 --seconds 60 --load $(($1 * 300)) sri $VMN
}
begin_load() {
    rm -f "$T/load"
    (load 8 && : >"$T/load") &
    load=$!
    pids="$pids $load"
    sleep 1
}
load_is_whole() {
    wait $load
    [ -e "$T/load" ]
}
send() { drive --text 'ok hello' $VMN; }
away() { logged box 'Register: .*stays in force'; }
shows HL-03
begin_load
db freeze
verify frozen-is-told within 8 away
verify frozen-known known $VMN
verify frozen-unknown unknown $new
verify frozen-message send
db thaw
verify frozen-load load_is_whole
verify add-again vmn add $new
verify thawed within 10 known $new

begin_load
db kill
verify killed-known known $VMN
db start
sql "DELETE FROM vmn WHERE first = '$new'"
verify killed-load load_is_whole
verify caught-up within 10 unknown $new

# ---- a start without it ----

stop smsbox
stop box
verify stopped [ "$stopped" = 0 ]
verify snapshot [ -s "$T/snapshot" ]
db stop
rm "$T/box.log" "$T/boxlog.log"
box
verify from-snapshot logged box 'rows of snapshot'
smsbox
verify snapshot-known known $VMN
verify snapshot-unknown-fails ask --expect error:34 $new
verify snapshot-imsi-fails drive --fsm-only --imsi 234150000000009 \
    --msc 447700970777 --expect error:34
verify snapshot-message send
db start
verify complete-again within 15 unknown $new
verify then-it-follows vmn add $new
verify in-no-time within 3 known $new
stop smsbox
stop box
cp "$T/snapshot" "$T/good"
head -c 100 "$T/good" >"$T/snapshot"
rm "$T/box.log"
box
verify torn-snapshot-is-told logged box 'snapshot.*it is torn'
verify and-not-used within 5 known $VMN
stop box

# ---- what waiting will not mend ----

sed -i 's/^password.*/password = wrong/' "$T/bad.conf"
verify wrong-password refused 'Access denied'
verify no-password-in-the-log [ "$(grep -c 'wrong' "$T/bad.log")" = 0 ]
sed -i 's/^password.*/password = secret/' "$T/bad.conf"
sql 'INSERT INTO schema_version VALUES (99)'
verify wrong-schema refused '99'
exit $failed
