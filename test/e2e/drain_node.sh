# SPDX-License-Identifier: BSD-2-Clause
#
# drain_node - while a message is held after SIGTERM, routing information
# names drain-node-gt; without that key the answer is systemFailure

HOLD=20
. "$TOP/test/e2e/lib.sh"
stp stp $STP
box_conf
register $VMN
app
smsbox_conf slow
sed 's/^msc-gt.*/&\ndrain-node-gt = 447700970888/' "$T/box.conf" \
    >"$T/named.conf"

# draining NAME: a box that is stopped while it holds a message of an SMSC
# in the place of the STP's second box
draining() {
    box "$1"
    smsbox "$1"
    tcp=''
    [ -n "$SHIM" ] && tcp=--tcp
    # shellcheck disable=SC2086
    start held "$BUILD/test/sim/drive_map" $tcp --connect $STP:2905 \
        --local $BOX2IP:2908 --rc 13 --opc 0-0-3 --dpc 0-0-1 --ni 0 \
        --gt 447700900003 --text "slow held by $1" --expect ok $VMN
    need 5 "the message" logged "$1" 'to box <apps>'
    kill -TERM "$(pid_of "$1")"
    need 5 "the stop" logged "$1" 'Stopping'
}
finished() { # NAME: the held message, smsbox and the box
    wait "$(pid_of held)"
    verify "$1-held-message-finishes" [ $? = 0 ]
    stop smsbox
    wait "$(pid_of "$1")"
    verify "$1-ends-with-0" [ $? = 0 ]
}

shows FM-13
draining box
verify systemfailure drive --sri-only --expect error:34 $VMN
verify no-new-message drive --fsm-only --imsi 234157700900123 \
    --msc 447700970777 --text 'ok no' --expect error:34
finished box

draining named
verify another-node drive --sri-only $VMN
verify another-node-is-named logged drive 'at 447700970888'
shows
verify unknown-stays-unknown drive --sri-only --expect error:1 447700900999
shows FM-13
verify no-new-message-either drive --fsm-only --imsi 234157700900123 \
    --msc 447700970777 --text 'ok no' --expect error:34
finished named
