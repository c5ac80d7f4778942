# SPDX-License-Identifier: BSD-2-Clause
#
# escapes - a get-url behind sigtran-box gives what it gives behind bearerbox
#
# The same messages go once by SMPP to bearerbox and once through SS7 to
# sigtran-box. An smsbox behind each asks the same application with every
# escape there is; escapes_smsc pairs the requests and compares them. Parts of
# long messages stay parts on both sides: bearerbox is told not to join them.

. "$TOP/test/e2e/lib.sh"
[ -x /usr/sbin/bearerbox ] || {
    echo "skip  escapes: bearerbox is not installed"
    exit 0
}
smsc=$TOP/test/e2e/escapes_smsc
cat >"$T/bearerbox.conf" <<END
group = core
admin-port = 13490
admin-password = x
smsbox-port = 13491
sms-combine-concatenated-mo = false

group = smsbox
bearerbox-host = 127.0.0.1

group = smsc
smsc = smpp
smsc-id = smpp
host = 127.0.0.1
port = 13493
transceiver-mode = true
smsc-username = u
smsc-password = p
system-type = x
reconnect-delay = 1

group = smsbox-route
smsbox-id = apps
smsc-id = smpp
END
urls=$(python3 "$smsc" urls)
# service SIDE BEARERBOX-PORT SENDSMS-PORT ADMIN-PORT
service() {
    cat >"$T/smsbox_$1.conf" <<END
group = core
admin-port = $4
admin-password = x
smsbox-port = $2

group = smsbox
smsbox-id = apps
bearerbox-host = 127.0.0.1
sendsms-port = $3

group = sms-service
keyword = default
name = svc
get-url = "http://127.0.0.1:$HTTP/ok/$1?$urls"
max-messages = 1
catch-all = true
END
}
service bearerbox 13491 13494 13490
service sigtran $BOXPORT $SENDSMS 13400
stp stp $STP
box_conf
sed -i 's/^confirm.*/&\nsmsc-id = smpp\naccount = u/' "$T/box.conf"
register 447700901000 447700901099
app
box
start smsbox /usr/sbin/smsbox -v 0 "$T/smsbox_sigtran.conf"
need 10 "smsbox" logged box 'Box <.*>.*is ready'

start bearerbox /usr/sbin/bearerbox -v 0 "$T/bearerbox.conf"
need 10 bearerbox listens 127.0.0.1 13491
start smsbox_bearerbox /usr/sbin/smsbox -v 0 "$T/smsbox_bearerbox.conf"
need 10 "its smsbox" logged bearerbox 'Client connected'
sleep 2 # bearerbox takes its time after a box has come
start smsc python3 "$smsc" serve 13493

python3 "$smsc" tpdus >"$T/tpdus"
while read -r number tpdu; do
    drive --tpdu "$tpdu" "$number" </dev/null ||
        fail "$number" "the SMSC was not acknowledged"
done <"$T/tpdus"
need 20 "the last message by SMPP" logged smsc 'all sent'
requests() { [ "$(count app '"url"')" -ge "$1" ]; }
within 20 requests $((2 * $(wc -l <"$T/tpdus")))
shows KB-03
verify every-url-is-the-same python3 "$smsc" compare "$T/app.log"
exit $failed
