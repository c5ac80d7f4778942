# SPDX-License-Identifier: BSD-2-Clause
#
# smppbox_bearerbox - a Kannel gateway as ESME: confirmed when it has stored
# the message, whatever becomes of it there

. "$TOP/test/e2e/lib.sh"
. "$TOP/test/e2e/smpp_lib"
stp stp $STP
box_conf
register $VMN
app
box
smppbox_conf
smppbox
cat >"$T/bearerbox.conf" <<END
group = core
admin-port = 13490
admin-password = x
smsbox-port = 13491
store-type = file
store-location = $T/store

group = smsbox
bearerbox-host = 127.0.0.1

group = smsc
smsc = smpp
smsc-id = app
host = 127.0.0.1
port = $SMPP
transceiver-mode = yes
smsc-username = app
smsc-password = secret
system-type = ""
enquire-link-interval = 1

group = smsbox-route
smsbox-id = apps
smsc-id = app
END
start bearerbox /usr/sbin/bearerbox -v 0 "$T/bearerbox.conf"
shows SM-01 SM-05
verify binds within 10 logged smppbox 'ESME <app> from .* is bound as transceiver'
sleep 0.5
shows SM-02 SM-03
verify stored-is-confirmed drive --text 'ok hello' --expect-before 1000 $VMN
smsbox_conf default
sed -i 's/^smsbox-port = .*/smsbox-port = 13491/; s/^bearerbox-host.*/&\nbearerbox-port = 13491/' \
    "$T/smsbox.conf"
start smsbox /usr/sbin/smsbox -v 0 "$T/smsbox.conf"
verify then-it-goes-to-the-application within 10 logged app 'ok?from=%2B447700900001&to=%2B447700900123'
verify long-text drive --text "$(printf 'long %0300d' 0)" $VMN
shows SM-05
sleep 2
verify enquires-both-ways sh -c "! grep -q 'has gone' '$T/smppbox.log'"
stop bearerbox
verify unbinds within 5 logged smppbox 'has gone: unbound'
