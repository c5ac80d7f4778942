# SPDX-License-Identifier: BSD-2-Clause
#
# deadline - an application slower than the hold: the SMSC is told to try
# again, and its retry is acknowledged without asking the application twice

HOLD=2
. "$TOP/test/e2e/lib.sh"
usual slow
send() { drive --scts 2026-01-02T03:04:05 --text 'slow once' "$@" $VMN; }

shows FM-02 FM-03
verify deadline-is-temporary send --expect error:34 --expect-after 1900 \
    --expect-before 2600
shows
sleep 2 # the application answers 200 meanwhile
verify retry-is-acknowledged-at-once send --expect ok --expect-before 900
verify and-again send --expect ok --expect-before 900
verify application-called-once [ "$(count app '"url"')" = 1 ]

# a retry while the first is still out joins it
join() { drive --scts 2026-01-02T03:04:06 --text 'slow twice' "$@" $VMN; }
verify first-runs-out join --expect error:34
verify retry-joins join --expect ok --expect-before 1900
verify application-called-once-more [ "$(count app '"url"')" = 2 ]
