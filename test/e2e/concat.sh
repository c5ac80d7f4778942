# SPDX-License-Identifier: BSD-2-Clause
#
# concat - concat = join: parts are durable, joined once, or go out singly

. "$TOP/test/e2e/lib.sh"
stp stp $STP
box_conf
register $VMN
app
smsbox_conf
sed -i "s|^log-level.*|&\\ndedup = store\\nstore-file = $T/store.db\\nconcat = join|" \
    "$T/box.conf"
cp "$T/box.conf" "$T/two.conf"
cp "$T/box.conf" "$T/three.conf"
sed 's/^concat = .*/&\nconcat-timeout = 10/' "$T/box.conf" >"$T/four.conf"
with() { # NAME
    box "$1"
    smsbox "$1"
}
killed() { # NAME
    stop "$1" KILL
    stop smsbox
}
part() { # REF TOTAL NO TEXT [ARGUMENT]...
    udh=$(printf '0003%02x%02x%02x' "$1" "$2" "$3")
    text=$4
    shift 4
    drive --scts 2026-01-02T03:04:05 --udh-hex "$udh" --text "$text" "$@" $VMN
}
asked() { [ "$(count app '"url"')" = "$1" ]; }
has() { # the application was asked once for this text
    [ "$(count app "text=$1&")" = 1 ]
}

shows TP-08
with box
verify first-part part 7 3 1 'ok one '
verify third-part part 7 3 3 'three'
verify nobody-asked asked 0
killed box
with two
verify first-part-again part 7 3 1 'ok one '
verify last-part part 7 3 2 'two '
verify joined has ok+one+two+three
verify asked-once asked 1
killed two
with three
for no in 1 2 3; do
    text=$(echo 'ok one ,two ,three' | cut -d, -f$no)
    verify after-all-part-$no part 7 3 $no "$text"
done
verify asked-no-more asked 1

# the application is away: the last part's SMSC has the message, the rest we
stop app
verify app-away-first part 8 2 1 'ok left '
verify app-away-last part 8 2 2 'right' --expect error:34
app
verify app-back-last part 8 2 2 'right'
verify app-back-joined has ok+left+right

# a reference used again
verify old-one part 9 2 1 'ok old'
verify new-one part 9 2 1 'ok new '
within 5 has ok+old
verify old-one-goes-out-singly has ok+old
verify new-last part 9 2 2 'end'
verify new-joined has ok+new+end

# a message that is never complete
stop three
stop smsbox
with four
verify lonely-first part 10 4 1 'ok lonely'
verify lonely-fourth part 10 4 4 'ok far'
within 20 has ok+far
verify lonely-goes-out-singly has ok+lonely
verify in-order sh -c "grep -o 'text=[a-z+]*' '$T/app.log' | tail -n 2 |
    tr '\\n' ' ' | grep -q 'text=ok+lonely text=ok+far'"
verify lonely-again part 10 4 1 'ok lonely'
verify lonely-has-gone-once has ok+lonely
