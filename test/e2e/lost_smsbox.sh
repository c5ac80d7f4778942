# SPDX-License-Identifier: BSD-2-Clause
#
# lost_smsbox - smsbox dies while a message is held: TEMPFAIL at once, and
# the retry goes to the next smsbox

HOLD=20
. "$TOP/test/e2e/lib.sh"
usual slow
send() { drive --scts 2026-01-02T03:04:05 --text 'slow lost' "$@" $VMN; }

shows KB-06
start killer sh -c "sleep 1; kill -KILL $(pid_of smsbox)"
verify killed-smsbox-is-temporary send --expect error:34 --expect-after 500 \
    --expect-before 2500
verify no-box-is-temporary send --expect error:34 --expect-before 900
wait "$(pid_of smsbox)" 2>/dev/null
smsbox
verify next-smsbox-takes-the-retry send --expect ok
