# SPDX-License-Identifier: BSD-2-Clause
#
# silent - confirm = reply with a smsbox that never replies: after five
# deadlines in a row the route stops, and says which keys to look at

HOLD=1
. "$TOP/test/e2e/lib.sh"
stp stp $STP
box_conf
cat >>"$T/box.conf" <<END

group = route
id = other
vmn-prefix = 4477009002
confirm = box
END
register $VMN
register 447700900200
app
box
smsbox_conf ''
sed -i 's/^max-messages.*/max-messages = 0/' "$T/smsbox.conf"
smsbox
for i in 1 2 3 4 5; do
    verify "deadline-$i" drive --text "ok $i" --expect error:34 \
        --expect-after 900 --expect-before 1700 $VMN
done
shows KB-05
verify sixth-is-refused-at-once drive --text 'ok 6' --expect error:34 \
    --expect-before 900 $VMN
for key in accepted-smsc-regex max-messages omit-empty X-Kannel-SMSC '<smsc>'; do
    verify "names-$key" logged box "no reply.*$key"
done
shows
verify the-application-had-five [ "$(count app '"url"')" = 5 ]
verify the-other-route-goes-on drive --text 'ok other' 447700900200
