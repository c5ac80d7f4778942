# SPDX-License-Identifier: BSD-2-Clause
#
# networks - two suppliers with the same point codes and another network
# indicator each; a number answers only in the network it belongs to

. "$TOP/test/e2e/lib.sh"
stp stp $STP international
stp stp2 $STP2 national
box_conf
cat >>"$T/box.conf" <<END

group = ss7-network
id = other
point-code = 0-0-1
network-indicator = national
hlr-gt = 4915770000
msc-gt = 4915770777
mcc-mnc = 26201
country-code = 49

group = ss7-association
network = other
id = stp2
role = client
local-address = $BOXIP
local-port = 2906
remote-address = $STP2
remote-port = 2905
routing-context = 11
reconnect-interval = 1
END
register $VMN
register --network other 4915770123456
app
box
need 10 "the second association" logged box 'association <stp2> is active'
smsbox_conf
smsbox
verify first-network drive --text 'ok one' $VMN
verify not-in-the-first drive --sri-only --expect error:1 4915770123456
STP=$STP2
verify second-network drive --ni 2 --text 'ok two' 4915770123456
verify not-in-the-second drive --ni 2 --sri-only --expect error:1 $VMN
