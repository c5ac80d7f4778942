# SPDX-License-Identifier: BSD-2-Clause
#
# plugins - filters that let pass, decide, change and hold; questions too; one
# record for each answer; a plug-in in a process of its own that dies

. "$TOP/test/e2e/lib.sh"
OBEY=$BUILD/test/plugins/obey.so
stp stp $STP
box_conf
register $VMN
register 447700900200 447700900299
app
smsbox_conf

plugin() { # NAME KEYS: a box of that name with a plug-in that obeys messages
    cp "$T/none.conf" "$T/$1.conf"
    printf '\ngroup = plugin\nid = obey\npath = %s\nlog = %s\n%b\n' \
        "$OBEY" "$T/calls.log" "$2" >>"$T/$1.conf"
}
with() { # NAME
    : >"$T/calls.log"
    box "$1"
    smsbox "$1"
}
without() {
    stop smsbox
    stop "$1"
}
calls() { grep -c -- "$1" "$T/calls.log"; }
called() { grep -q -- "$1" "$T/calls.log"; }
records() { [ "$(calls '^cdr')" = "$1" ]; }

mv "$T/box.conf" "$T/none.conf"
plugin obey 'timeout = 2'
with obey
verify passes drive --text 'ok plain' $VMN
verify question-was-asked called "asked sri home 3 - +$VMN"
verify message-was-asked called "asked sms home 3 +447700900001 +$VMN"
verify told-what-came-of-it within 2 called '^done [0-9a-f]* 1$'
verify record-of-the-question called 'cdr kind=0 verdict=1 error=0'
verify record-of-the-message within 2 called \
    "cdr kind=1 verdict=1 error=0.*to=+$VMN.*route=apps box=apps times=11111"
verify done-without-application drive --text 'done;x' $VMN
verify temporary drive --text 'temp;x' --expect error:34 $VMN
verify permanent drive --text 'perm;x' --expect error:32 $VMN
verify own-error drive --text 'error=illegalSubscriber;perm' \
    --expect error:9 $VMN
verify held drive --text 'later=done' $VMN
verify never-resumed drive --text 'hold;x' --expect error:34 $VMN
verify changed drive --text 'sender=+4712;text=ok other' $VMN
verify application-gets-it within 2 logged app 'from=%2B4712.*text=ok+other'
verify unknown-number drive --sri-only --expect error:1 447700000000
verify record-of-the-unknown within 2 called \
    'cdr kind=0 verdict=3 error=1.*to=+447700000000'
verify unknown-imsi drive --fsm-only --msc 447700970777 \
    --imsi 001010000000001 --text x --expect error:5
verify record-of-the-refused within 2 called \
    'cdr kind=1 verdict=3 error=5.*imsi=001010000000001'
# eight messages with their questions, one question and one message alone
verify one-record-each within 2 records 18
before=$(calls '^cdr')
verify load drive --window 20 --text 'ok load' 447700900200..447700900299
verify load-has-its-records within 5 records $((before + 200))
without obey

plugin barred 'sri = "error=callBarred;perm"'
with barred
verify question-refused drive --sri-only --expect error:13 $VMN
verify record-of-it within 2 called 'cdr kind=0 verdict=3 error=13'
verify question-refused-in-v1 drive --map-version 1 --sri-only \
    --expect error:13 $VMN
without barred

for where in no yes; do
    plugin want_$where "sri = perm\nwant = sms\nisolate = $where"
    with want_$where
    verify isolated-$where-wants-no-question drive --text 'done;x' $VMN
    without want_$where
done

plugin alone 'isolate = yes\ntimeout = 2'
with alone
verify isolated-passes drive --text 'ok alone' $VMN
verify isolated-decides drive --text 'done;alone' $VMN
verify isolated-holds drive --text 'later=done;alone' $VMN
verify isolated-changes drive --text 'sender=+4713;text=ok alone too' $VMN
verify isolated-application-gets-it within 2 logged app 'from=%2B4713'
child() { pgrep -f plughost -P "$(pid_of alone)"; }
old=$(child)
verify has-a-process [ -n "$old" ]
start held drive --text 'hold;x' --expect error:34 $VMN
sleep 0.3
kill -9 "$old"
restarted() { [ -n "$(child)" ] && [ "$(child)" != "$old" ]; }
verify restarted within 5 restarted
wait "$(pid_of held)"
verify held-fails-for-now [ $? = 0 ]
passes() { drive --text 'ok again' $VMN; }
verify passes-again within 5 passes
last=$(child)
without alone
verify nothing-is-left sh -c "! kill -0 $last 2>/dev/null"
