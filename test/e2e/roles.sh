# SPDX-License-Identifier: BSD-2-Clause
#
# roles - an HLR box and an MSC box that share one register: the HLR names the
# MSC, which delivers; and the HLR box passes on what is for the MSC's title

. "$TOP/test/e2e/lib.sh"
stp stp $STP
box_conf
sed "s/^roles.*/roles = msc/; /^hlr-gt/d; s/^point-code.*/point-code = 0-0-3/
    s/^local-address.*/local-address = $BOX2IP/
    s/^local-port.*/local-port = 2908/; s/^routing-context.*/routing-context = 13/
    s/boxlog/msclog/" "$T/box.conf" >"$T/msc.conf"
sed -i "s/^roles.*/roles = hlr/; s/^msc-gt.*/node-gt = 447700970777/
    s/^smsbox-port.*/smsbox-port = 13442/" "$T/box.conf"
cat >>"$T/box.conf" <<END

group = gtt
network = home
prefix = 447700970777
to-point-code = 0-0-3

group = gtt
network = home
prefix = 447700900002
to-point-code = 0-0-2

group = gtt
network = home
prefix = 44770090
to-ssn = 6
END
register $VMN
app
box
box msc
smsbox_conf
smsbox msc

verify hlr-answers drive --sri-only $VMN
verify names-the-msc logged drive 'at 447700970777'
send() { drive --fsm-only --imsi 234157700900123 --msc 447700970777 "$@"; }
verify msc-delivers send --dpc 0-0-3 --text 'ok direct'
shows SC-04
verify hlr-passes-on send --text 'ok by way of the HLR'
verify both-arrived [ "$(count app '"url"')" = 2 ]
verify hlr-takes-no-message drive --fsm-only --imsi 234157700900123 \
    --msc 447700900999 --expect abort
