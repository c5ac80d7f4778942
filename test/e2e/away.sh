# SPDX-License-Identifier: BSD-2-Clause
#
# away - the network is gone when the application answers: the answer is kept
# and leaves when it is back; the retry is acknowledged

HOLD=20
. "$TOP/test/e2e/lib.sh"
usual slow
send() { drive --scts 2026-01-02T03:04:05 --text 'slow away' "$@" $VMN; }
counted() { # PATTERN
    kill -USR1 "$(pid_of box)"
    within 2 logged box "count $1"
}
active=$(count box 'association <stp> is active')
start first sh -c '. "$TOP/test/e2e/lib.sh"; trap - EXIT; drive \
    --scts 2026-01-02T03:04:05 --text "slow away" --fsm-timeout 4000 \
    --expect any '$VMN
need 5 "the message" logged box 'to box <apps>'
stop stp KILL
verify association-is-down within 5 logged box 'association <stp> is down'
verify it-is-confirmed within 5 logged box 'OK, answered'
verify answer-is-kept counted 'mtp_kept 1 '
sleep 5.5
out=$(grep -c 'count mtp_out 1 ' "$T/box.log") # the answer to SRI-SM
wait "$(pid_of first)"
stp_start stp $STP
verify active-again within 10 more box 'association <stp> is active' "$active"
verify it-has-left counted 'mtp_out 2 '
verify and-not-before [ "$out" -gt 0 ]
verify nothing-was-dropped sh -c "! grep -q 'count mtp_kept_expired' '$T/box.log'"
verify retry-is-acknowledged send --expect ok --expect-before 900
verify application-called-once [ "$(count app '"url"')" = 1 ]
