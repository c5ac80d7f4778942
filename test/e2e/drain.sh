# SPDX-License-Identifier: BSD-2-Clause
#
# drain - SIGTERM: what is held finishes, what is new is refused, nothing is
# lost; then the box starts again

HOLD=20
. "$TOP/test/e2e/lib.sh"
usual slow
start held sh -c 'sleep 0.7; kill -TERM $0; sleep 0.3' "$(pid_of box)"
shows FM-13
verify held-message-finishes drive --text 'slow held' --expect ok $VMN
within 10 sh -c "! kill -0 $(pid_of box) 2>/dev/null"
wait "$(pid_of box)"
verify box-ends-with-0 [ $? = 0 ]
shows
verify counters-are-told logged box 'count dlv_ok 1'
verify mtpd-is-gone sh -c "! pgrep -P $(pid_of box) >/dev/null"
: >"$T/box.log"
box
within 15 logged box 'Box <apps>.*is ready' # smsbox comes back by itself
verify works-again drive --text 'ok again' --expect ok $VMN
