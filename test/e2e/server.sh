# SPDX-License-Identifier: BSD-2-Clause
#
# server - an SMSC that dials in: mtpd as the signalling gateway's end, no STP

. "$TOP/test/e2e/lib.sh"
box_conf
sed -i "s/^role = client.*/role = server/; s/^local-port.*/local-port = 2905/
    s/^remote-address.*/remote-address = $SMSCIP/; /^remote-port/d
    /^reconnect-interval/d" "$T/box.conf"
register $VMN
app
start_preloaded box "$BUILD/sigtran-box/sigtran-box" -v 0 "$T/box.conf"
need 10 "the server" listens $BOXIP 2905
smsbox_conf 'slow 500'
smsbox
STP=$BOXIP
dial() { drive --rc 11 "$@"; }
shows M3-02 ${SHIM:+M3-15}
verify direct dial --text 'ok direct' $VMN
verify direct-again dial --text 'ok again' $VMN
verify direct-fails dial --text '500 x' --expect error:34 $VMN
