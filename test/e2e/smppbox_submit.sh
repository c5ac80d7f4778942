# SPDX-License-Identifier: BSD-2-Clause
#
# smppbox_submit - submit_sm: refused without a bearerbox, sent with one, and
# its receipt

. "$TOP/test/e2e/lib.sh"
. "$TOP/test/e2e/smpp_lib"
[ -x $fakesmsc ] || skip "fakesmsc of kannel-extras is not installed"
smpp_usual
shows SM-10
esme first --submit '447700900001 upwards'
verify refused-without-a-bearerbox within 5 logged first '"what":"submit_sm_resp","status":69'
shows
verify deliver-sm-still-works drive --text 'ok hello' $VMN
stop first
stop smppbox
stop box
uplink_conf
bearerbox
box
smppbox
need 10 "the uplink" logged box 'is connected to bearerbox'
shows SM-10
esme esme --submit '447700900001 upwards' --registered 1
verify answered within 5 logged esme '"what":"submit_sm_resp","status":0,"message_id":"[0-9a-f]\{32\}"'
verify bearerbox-sent-it within 5 logged fakesmsc '12345 .*447700900001 .*upwards'
verify receipt within 10 logged esme '"esm_class":4'
id=$(sed -n 's/.*"message_id":"\([0-9a-f]*\)".*/\1/p' "$T/esme.log")
verify receipt-is-of-it logged esme "\"text\":\"id:$id .*stat:DELIVRD"
verify receipt-has-tlvs logged esme "\"receipted\":\"$id\",\"state\":2"
shows
stop bearerbox KILL
sleep 0.5
esme away --submit '447700900001 downwards'
verify with-bearerbox-away within 8 logged away '"what":"submit_sm_resp","status":20'
verify ss7-goes-on drive --text 'ok without' $VMN
