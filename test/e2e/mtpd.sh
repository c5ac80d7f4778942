# SPDX-License-Identifier: BSD-2-Clause
#
# mtpd - the process that faces the network: what it holds, and its death
# while messages are held

HOLD=20
. "$TOP/test/e2e/lib.sh"
usual slow
register 447700900100 447700900119
sleep 1 # the box sees it

mtpd_pid() { pgrep -P "$(pid_of box)" -x mtpd; }
# links, epoll and timers of the library beside the sockets are none of ours
fds=$(ls -l "/proc/$(mtpd_pid)/fd" | sed -n 's/.* -> //p' | sort | uniq -c)
echo "$fds" | sed 's/^/      /'
verify mtpd-holds-sockets-only sh -c "! echo '$fds' |
    grep -vE 'socket:|anon_inode:|/dev/null'"

# twenty are held when it is killed; each is answered, or at its retry
before=$(mtpd_pid)
numbers=447700900100..447700900119
active=$(count box 'association <stp> is active')
send() {
    drive --scts 2026-01-02T03:04:05 --text 'slow held' --window 20 "$@" \
        $numbers
}
start first sh -c '. "$TOP/test/e2e/lib.sh"; trap - EXIT; drive \
    --scts 2026-01-02T03:04:05 --text "slow held" --window 20 \
    --fsm-timeout 8000 --expect any 447700900100..447700900119'
within 5 sh -c "[ \$(grep -c 'to box <apps>' '$T/box.log') -ge 20 ]"
verify all-are-held [ "$(count box 'to box <apps>')" = 20 ]
kill -KILL "$before"
began=$(ms)
within 5 more box 'association <stp> is active' "$active"
took=$(($(ms) - began))
verify "active-again-in-less-than-a-second" [ $took -lt 1000 ]
echo "      after $took ms"
shows M3-06
verify another-process [ "$(mtpd_pid)" != "$before" ]
wait "$(pid_of first)"
verify every-retry-is-acknowledged send --expect ok
verify application-called-once-each [ "$(count app '"url"')" = 20 ]
