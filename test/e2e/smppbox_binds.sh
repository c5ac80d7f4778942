# SPDX-License-Identifier: BSD-2-Clause
#
# smppbox_binds - two receivers of one account: they share, one that is lost
# loses nothing, parts stay together; and the end in order

HOLD=10 DEADLINE=8 RESPONSE=8
. "$TOP/test/e2e/lib.sh"
. "$TOP/test/e2e/smpp_lib"
smpp_usual
esme one --mode receiver
esme two --mode receiver

shows SM-07
drive --window 6 --text 'slow {n}' $VMN $VMN $VMN $VMN $VMN $VMN
verify both-had-some sh -c "[ $(texts one slow) = 3 ] && [ $(texts two slow) = 3 ]"
long=$(printf 'long %0400d' 0)
verify long-text drive --text "$long" $VMN
parts=$(count one '"udh":[1-9]')
verify parts-stay-together sh -c "[ $parts = 0 ] || [ $parts = 3 ]"
verify all-parts-came [ $(($(count one '"udh":[1-9]') + $(count two '"udh":[1-9]'))) = 3 ]

# one does not answer and is killed: the other has its message at once
shows SM-04
start lost sh -c "sleep 1.5; kill -KILL $(pid_of one)"
kill -STOP "$(pid_of one)"
verify message-of-a-lost-session-goes-to-the-other \
    drive --window 4 --text 'ok fail over {n}' $VMN $VMN $VMN $VMN
verify the-other-had-all [ "$(texts two 'ok fail over')" = 4 ]
verify it-is-told logged smppbox 'has gone: connection lost; [1-9] messages were out'
verify one-is-enough drive --text 'ok alone' $VMN

# an ESME that unbinds by itself
shows SM-05
esme leaves --unbind 300
verify unbinds within 5 logged leaves '"what":"unbound"'
shows
# TERM: what is held may be answered, then all leave
start last "$BUILD/test/sim/drive_map" ${SHIM:+--tcp} --connect $STP:2905 \
    --local $SMSCIP:2907 --rc 12 --opc 0-0-2 --dpc 0-0-1 --ni 0 \
    --gt 447700900002 --text 'slow last' $VMN
need 5 "the last message" logged two '"text":"slow last'
sleep 0.5
stop smppbox
verify ends-in-order [ "$stopped" = 0 ]
wait "$(pid_of last)"
verify held-message-was-confirmed [ $? = 0 ]
verify asked-to-unbind logged two 'asked to unbind'
