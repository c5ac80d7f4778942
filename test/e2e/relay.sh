# SPDX-License-Identifier: BSD-2-Clause
#
# relay - a range that is led here holds another HLR's numbers: questions for
# them are passed on, and the other HLR answers the SMSC itself; a number that
# neither knows does not go round for ever

. "$TOP/test/e2e/lib.sh"
OUR_HLR=447700970000 OTHER_HLR=447700970100 OTHER_MSC=447700970188
theirs=447700900500 nobodys=447700900900

rule() { # PREFIX POINT-CODE
    printf '\ngroup = gtt\nnetwork = home\nprefix = %s\nto-point-code = %s\n' \
        "$1" "$2"
}
stp stp $STP
box_conf
sed "s/point-code = 0-0-1/point-code = 0-0-3/; s/2906/2908/
    s/^local-address.*/local-address = $BOX2IP/; s/boxlog/otherlog/
    s/^routing-context.*/routing-context = 13/; s/register.db/other.db/
    s/^smsbox-port.*/smsbox-port = 13442/
    s/^msc-gt.*/msc-gt = $OTHER_MSC\nunknown = relay\nrelay-gt = $OUR_HLR/
    s/^hlr-gt.*/hlr-gt = $OTHER_HLR/" "$T/box.conf" >"$T/other.conf"
sed -i "s/^msc-gt.*/&\nunknown = relay\nrelay-gt = $OTHER_HLR/" "$T/box.conf"
rule $OTHER_HLR 0-0-3 >>"$T/box.conf"
{
    rule 447700900002 0-0-2
    rule $OUR_HLR 0-0-1
} >>"$T/other.conf"
register $VMN
"$BUILD/hlr/vmnctl" --db "$T/other.db" add $theirs >>"$T/vmnctl.log" 2>&1
box
box other

ask() { drive --sri-only --json "$T/sri.json" "$@"; }
answered() { # FIELD VALUE
    grep -q "\"ev\":\"sri-answer\".*\"$1\":\"$2\"" "$T/sri.json"
}
counted() { # LOG COUNTER NUMBER
    kill -USR1 "$(pid_of "$1")"
    within 3 logged "$1" "count $2 $3 "
}
verify ours ask $VMN
verify ours-is-answered-here answered node 447700970777
for v in 1 2 3; do
    verify "theirs-version-$v" ask --map-version $v $theirs
    verify "theirs-is-answered-there-$v" answered node $OTHER_MSC
done
many() { drive --load 2000 --window 20 --seconds 20 sri $theirs..$theirs; }
verify under-load many
shows SC-11
verify nobodys ask --expect error:1 $nobodys
verify it-went-round-once counted box sri_relay_loop 1
