# SPDX-License-Identifier: BSD-2-Clause
#
# subsystems - hlr-ssn and msc-ssn: what comes for them is served, what comes
# for the usual numbers is returned

. "$TOP/test/e2e/lib.sh"
stp stp $STP
box_conf
sed -i 's/^country-code.*/&\nhlr-ssn = 106\nmsc-ssn = 108/' "$T/box.conf"
register $VMN
app
box
smsbox_conf
smsbox
fsm() { drive --fsm-only --imsi 234157700900123 --msc 447700970777 "$@"; }
shows SC-05
verify hlr drive --sri-only --hlr-ssn 106 $VMN
verify msc fsm --msc-ssn 108 --text 'ok one'
verify both-on-ssn drive --hlr-ssn 106 --msc-ssn 108 --route-on-ssn \
    --text 'ok two' $VMN
shows
for v in 1 2 3; do
    verify version-$v drive --hlr-ssn 106 --msc-ssn 108 --map-version $v \
        --text "ok v$v" $VMN
done
verify no-title-for-6 drive --sri-only --expect udts:1 $VMN
shows SC-08
verify unequipped-8 fsm --text 'ok no' --expect udts:4
