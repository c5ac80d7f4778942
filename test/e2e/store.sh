# SPDX-License-Identifier: BSD-2-Clause
#
# store - dedup = store: outcomes outlive a kill; the store away

. "$TOP/test/e2e/lib.sh"
HOLD=2
stp stp $STP
box_conf
register $VMN
app
smsbox_conf slow
keys() { # NAME KEYS
    sed "s|^log-level.*|&\\n$2|" "$T/box.conf" >"$T/$1.conf"
}
with() { # NAME
    box "$1"
    smsbox "$1"
}
killed() { # NAME
    stop "$1" KILL
    stop smsbox
}
asked() { [ "$(count app '"url"')" = "$1" ]; }
send() { drive --scts 2026-01-02T03:04:05 --fsm-timeout 9000 "$@" $VMN; }

store="dedup = store\\nstore-file = $T/store.db"
keys one "$store"
cp "$T/one.conf" "$T/two.conf"
shows FM-06
with one
verify confirmed send --text 'ok once'
verify asked-once asked 1
verify too-slow send --text 'slow answer' --expect error:34
within 5 more one ': OK, ' 1
verify asked-both asked 2
killed one
with two
verify again-after-a-kill send --text 'ok once'
verify late-answer-after-a-kill send --text 'slow answer' --expect-before 900
verify asked-no-more asked 2
verify another send --text 'ok twice'
verify asked-that-too asked 3
stop two
stop smsbox

# whoever holds its lock keeps the store away
hold() {
    python3 - "$T/store.db" <<'END' &
import sqlite3, sys, time
c = sqlite3.connect(sys.argv[1], isolation_level=None)
c.execute("BEGIN EXCLUSIVE")
time.sleep(60)
END
    holder=$!
    pids="$pids $holder"
    sleep 1
}
release() {
    kill "$holder"
    wait "$holder" 2>/dev/null
}
cp "$T/one.conf" "$T/memory.conf"
keys tempfail "$store\\ndedup-store-down = tempfail"
with memory
hold
verify away-memory send --text 'ok away'
verify away-memory-again send --text 'ok away' --expect-before 500
verify asked-once-more asked 4
verify away-forgets send --text 'ok once'
verify asked-again asked 5
release
killed memory

with tempfail
hold
verify away-tempfail send --text 'ok later' --expect error:34
verify not-asked asked 5
release
within 10 logged tempfail 'database is there again'
verify back send --text 'ok later'
verify asked-at-last asked 6
