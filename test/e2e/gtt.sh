# SPDX-License-Identifier: BSD-2-Clause
#
# gtt - a gtt-file: read again under load, moved prefixes, errors

. "$TOP/test/e2e/lib.sh"
stp stp $STP
box_conf
sed -i "s|^country-code.*|&\ngtt-file = $T/gtt.csv|" "$T/box.conf"
cat >>"$T/box.conf" <<END

group = gtt
prefix = 447700900002
to-point-code = 0-0-2
END
register $VMN

# table ROWS RULE...: the numbers of others, and what it is about
table() {
    {
        echo prefix,to-point-code,to-ssn
        seq -f '49%06.0f,0-1-1,' 1 "$1"
        shift
        printf '%s\n' "$@"
    } >"$T/new.csv"
    mv "$T/new.csv" "$T/gtt.csv"
}
in_force() { count boxlog 'gtt-file .* is in force'; }
again() { # PATTERN: read it again, and wait until the log says so
    before=$(count boxlog "$1")
    kill -HUP "$(pid_of box)"
    within 10 more boxlog "$1" "$before"
}
ask() { drive --sri-only "$@" $VMN; }

shows SC-04
table 1000 44770090,,6
"$BUILD/sigtran-box/sigtran-box" --check "$T/box.conf" >"$T/check.log" 2>&1
verify check-reads-the-file logged check 'translations: 1002'
box
verify rules-of-file-and-group ask --expect ok

# the load stops when it is through; until then there is always another table
drive --load 20000 --window 20 sri $VMN..$VMN --seconds 100 &
load=$!
reloads=0
while kill -0 $load 2>/dev/null; do
    table $((1000 + reloads % 2 * 30000)) 44770090,,6
    again 'gtt-file .* is in force'
    reloads=$((reloads + 1))
done
wait $load
verify no-dialogue-is-lost [ $? = 0 ]
verify many-tables [ $reloads -ge 5 ]
verify each-in-force [ "$(in_force)" = $((reloads + 1)) ]

table 1000 44770090,0-0-2, # the sender's own: it comes back to him
again 'gtt-file .* is in force'
verify moved-away ask --expect udts:1
table 1000 44770090,,6
again 'gtt-file .* is in force'
verify moved-back ask --expect ok

mv "$T/boxlog.log" "$T/before.log"
table 1 44770090,0-0-2, 4477009x,,6
kill -HUP "$(pid_of box)"
verify error-names-its-place within 5 logged boxlog \
    'gtt.csv:4: prefix = <4477009x>: must be'
verify old-table-stays logged boxlog 'last good table stays in force'
verify it-does-indeed ask --expect ok
rm "$T/gtt.csv"
again 'gtt.csv: cannot be read'
verify without-the-file-too ask --expect ok

stop box
verify ends [ $stopped = 0 ]
"$BUILD/sigtran-box/sigtran-box" "$T/box.conf" >"$T/refused.log" 2>&1
verify no-start-without-the-file [ $? = 1 ]
