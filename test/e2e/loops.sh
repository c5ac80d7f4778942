# SPDX-License-Identifier: BSD-2-Clause
#
# loops - a message that a machine sent (TP-LP) gets no reply of a stock smsbox
# by way of bearerbox; others do, and the application sees which it is

CONFIRM=box
. "$TOP/test/e2e/lib.sh"
[ -x $fakesmsc ] || {
    echo "skip  loops: fakesmsc of kannel-extras is not installed"
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
sed -i 's/&id=%I/&id=%I\&lp=%#sigtran#lp#/' "$T/smsbox.conf"
smsbox
need 10 "the uplink" logged box 'is connected to bearerbox'
shows TP-14
verify from-a-machine drive --lp --from +447700900901 --text 'ok machine' $VMN
verify application-has-it within 3 logged app 'machine.*&lp=1"'
verify from-a-person drive --from +447700900902 --text 'ok person' $VMN
verify person-gets-a-reply within 5 logged fakesmsc '447700900902.*thank you'
verify machine-gets-none sh -c "! grep -q 447700900901 '$T/fakesmsc.log'"
verify it-is-told logged box 'is dropped, because .* (TP-LP)'
kill -USR1 "$(pid_of box)"
verify it-is-counted within 3 logged box 'count box_mt_loop 1 '
# what the application sends on purpose is not touched
verify push-is-sent sendsms $VMN 447700900901 purpose
verify push-arrives within 5 logged fakesmsc '447700900901.*purpose'
