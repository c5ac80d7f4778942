# SPDX-License-Identifier: BSD-2-Clause
#
# repeats - dedup, dedup-sc: what counts as a repetition by the SMSC

. "$TOP/test/e2e/lib.sh"
stp stp $STP
box_conf
register $VMN
register 447700900124
app
smsbox_conf 500
with() { # NAME KEYS
    sed "s/^log-level.*/&\n$2/" "$T/box.conf" >"$T/$1.conf"
    : >"$T/app.log"
    box "$1"
    smsbox "$1"
}
without() {
    stop smsbox
    stop "$1"
}
send() { drive --scts 2026-01-02T03:04:05 --text 'ok once' "$@"; }
asked() { [ "$(count app '"url"')" = "$1" ]; }

with exact 'dedup-sc = exact'
verify first send $VMN
verify same-again send --expect-before 900 $VMN
verify asked-once asked 1
verify another-number send 447700900124
verify another-text send --text 'ok twice' $VMN
verify another-time send --scts 2026-01-02T03:04:06 $VMN
verify another-sender send --from +447700900009 $VMN
verify another-centre send --sc 447700900003 $VMN
verify each-is-new asked 6
verify temporary send --text '500 x' --expect error:34 $VMN
verify temporary-is-tried-again send --text '500 x' --expect error:34 $VMN
verify both-were-asked asked 8
without exact

with ignore 'dedup-sc = ignore'
verify ignore-first send $VMN
verify ignore-the-centre send --sc 447700900003 $VMN
verify ignore-asked-once asked 1
without ignore

with none 'dedup = none'
verify none-first send $VMN
verify none-again send $VMN
verify none-asked-twice asked 2
