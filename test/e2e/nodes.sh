# SPDX-License-Identifier: BSD-2-Clause
#
# nodes - two boxes with one register: one of them is drained under load; an
# IMSI made by one is read by the other, which was killed meanwhile; one dies,
# and messages to its title are taken by its partner

HOLD=10
. "$TOP/test/e2e/lib.sh"
A_GT=447700970777 B_GT=447700970888 SMSC_GT=447700900002
vmn() { "$BUILD/hlr/vmnctl" --db "$T/register.db" "$@" >>"$T/vmnctl.log" 2>&1; }

rule() { # PREFIX POINT-CODE
    printf '\ngroup = gtt\nnetwork = home\nprefix = %s\nto-point-code = %s\n' \
        "$1" "$2"
}
# a leads what is for b's title there, as the network's STP would do
box_conf
sed -i 's/^register-type.*/&\nregister-poll = 100\nnode-id = a/' "$T/box.conf"
sed "s/node-id = a/node-id = b/; s/point-code = 0-0-1/point-code = 0-0-3/
    s/^local-address.*/local-address = $BOX2IP/; s/2906/2908/
    s/^routing-context.*/routing-context = 13/; s/boxlog/blog/
    s/^smsbox-port.*/smsbox-port = 13442/
    s/^msc-gt.*/msc-gt = $B_GT\nalias-gt = $A_GT/" "$T/box.conf" >"$T/b.conf"
cp "$T/box.conf" "$T/a.conf"
rule $SMSC_GT 0-0-2 | tee -a "$T/a.conf" >>"$T/b.conf"
rule $B_GT 0-0-3 >>"$T/a.conf"
smsbox_conf ''
sed 's/^smsbox-port.*/smsbox-port = 13442/; s/13400/13402/
    s/^sendsms-port.*/sendsms-port = 13414/' "$T/smsbox.conf" >"$T/smsbox2.conf"
smsbox2() {
    ready=$(count b 'Box <apps>.*is ready')
    start smsbox2 /usr/sbin/smsbox -v 0 "$T/smsbox2.conf"
    need 10 "the second smsbox" more b 'Box <apps>.*is ready' "$ready"
}

# Of the SRIs answered between two times: how many name a, and how many b.
named() { # FROM-MS TO-MS
    cat "$T"/load.*.json | python3 -c '
import json, sys
n = {"447700970777": 0, "447700970888": 0}
begin, end = map(int, sys.argv[1:])
for line in sys.stdin:
    e = json.loads(line)
    if e["ev"] == "sri-answer" and begin <= e["t"] // 1000 < end:
        n[e["node"]] += 1
print(*n.values())' "$1" "$2"
}
both_named() { named "$@" | { read -r a b; [ "$a" -gt 0 ] && [ "$b" -gt 0 ]; }; }
only_b_named() {
    named "$@" | { read -r a b; [ "$a" = 0 ] && [ "$b" -gt 0 ]; }
}
imsi_of() { sed -n 's/.*"ev":"sri-answer".*"imsi":"\([0-9]*\)".*/\1/p' "$1"; }

stp stp $STP
vmn add --imsi-mode correlation 447700900100 447700909999
app
box a
box b
smsbox a
smsbox2
ask() { drive --sri-only --json "$T/sri.json" "$@"; }
twenty() { ask "$@" 447700900100..447700900119; }
is_named() { grep -q "\"node\":\"$1\"" "$T/sri.json"; }
both_know() { twenty && is_named $A_GT && is_named $B_GT; }
b_only() { twenty --dpc 0-0-3 && ! is_named $A_GT; }
shows HL-05
need 10 "the other node" both_know
load() {
    i=0
    while [ ! -e "$T/enough" ]; do
        i=$((i + 1))
        drive --window 8 --text "ok $i {n}" --json "$T/load.$i.json" \
            447700900200..447700900699 || echo "$i" >>"$T/failed"
    done
}
load &
load=$!
pids="$pids $load"
begun=$(ms)
sleep 2
drained=$(ms)
verify drain vmn node drain a
sleep 3
: >"$T/enough"
wait $load
verify not-one-message-failed [ ! -e "$T/failed" ]
verify both-were-named both_named "$begun" "$drained"
verify then-only-the-other only_b_named $((drained + 1000)) "$(ms)"
verify the-load-went-on [ "$(named $((drained + 1000)) "$(ms)" | cut -d' ' -f2)" \
    -gt 100 ]
verify undrain vmn node undrain a
verify both-again within 3 both_know

# the IMSI of a's answer, taken to b: at once, and after b was killed
shows HL-04 HL-13
verify question ask --dpc 0-0-1 $VMN
imsi=$(imsi_of "$T/sri.json")
send() { # TEXT [ARGUMENT]...
    text=$1
    shift
    drive --fsm-only --imsi "$imsi" --dpc 0-0-3 --msc $B_GT --text "$text" "$@"
}
verify the-other-reads-it send 'ok one'
stop b KILL
stop smsbox2
box b
smsbox2
verify and-after-a-restart send 'ok two'
verify not-for-another-centre send 'ok three' --sc 447700900003 --expect error:34

# a dies; its title is led to b, and the SMSC has its answer in a cache
shows HL-05
stop a KILL
verify cached-answer drive --fsm-only --imsi "$imsi" --dpc 0-0-3 --msc $A_GT \
    --text 'ok four'
verify the-dead-is-named-no-more within 8 b_only
shows HL-07
verify probe ask --dpc 0-0-3 --delivery-not-intended $VMN
imsi=$(imsi_of "$T/sri.json")
verify a-probe-learns-mcc-mnc [ "$imsi" = 234150000000000 ]
verify and-nothing-of-use send 'ok five' --expect error:5
