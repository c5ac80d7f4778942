# SPDX-License-Identifier: BSD-2-Clause
#
# uplink - with a bearerbox-host, what boxes send goes to bearerbox and what
# bearerbox has for them comes back; SS7 goes on when bearerbox is gone

. "$TOP/test/e2e/lib.sh"
[ -x $fakesmsc ] || {
    echo "skip  uplink: fakesmsc of kannel-extras is not installed"
    exit 0
}
stp stp $STP
box_conf
uplink_conf
register $VMN
app
bearerbox
box
smsbox_conf default
smsbox
need 10 "the uplink" logged box 'is connected to bearerbox'
shows KB-01
verify box-may-send sendsms 4477 4478 upwards
verify bearerbox-sent-it within 5 logged fakesmsc 'upwards'
shows
verify ss7-works drive --text 'ok with bearerbox' $VMN
shows KB-12
verify no-reply-leaks sh -c "! grep -q 'thank you' '$T/fakesmsc.log'"
shows
stop bearerbox KILL
verify ss7-works-without drive --text 'ok without bearerbox' $VMN
