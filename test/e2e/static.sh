# SPDX-License-Identifier: BSD-2-Clause
#
# static - numbers from the configuration: every status, IMSIs and routes

. "$TOP/test/e2e/lib.sh"
stp stp $STP
box_conf
sed -i 's/^register-type.*/register-type = static/; /^register-file/d' \
    "$T/box.conf"
range() { # LINES
    printf '\ngroup = vmn-range\nnetwork = home\n%b\n' "$1" >>"$T/box.conf"
}
range 'first = 447700900100\nlast = 447700900199'
range 'number = 447700900150\nstatus = barred\nimsi = 234159999999950'
range 'number = 447700900151\nstatus = absent'
range 'number = 447700900152\nstatus = no-sms'
range 'number = 447700900153\nimsi = 234151234567890\nroute = second'
cat >>"$T/box.conf" <<END

group = route
id = second
vmn-prefix = 1
confirm = box
account = acct
service = svc
END
app
box
smsbox_conf default
sed -i 's/id=%I/&\&account=%o\&service=%n/' "$T/smsbox.conf"
smsbox

ask() { drive --sri-only "$@"; }
shows HL-02
verify range ask 447700900123
verify range-imsi logged drive 'IMSI 234157700900123'
verify below-the-range ask --expect error:1 447700900099
verify above-the-range ask --expect error:1 447700900200
verify barred ask --expect error:13 447700900150
verify no-sms ask --expect error:11 447700900152
verify absent-v3 ask --expect error:6 447700900151
verify absent-v2 ask --map-version 2 --expect error:27 447700900151
shows
verify own-imsi ask 447700900153
verify own-imsi-is-told logged drive 'IMSI 234151234567890'
fsm() { drive --fsm-only --msc 447700970777 --imsi "$@"; }
verify message-to-barred fsm 234159999999950 --text x --expect error:9
verify message drive --text 'ok one' 447700900123
verify message-by-route drive --text 'ok two' 447700900153
verify account-of-the-route within 3 logged app 'account=acct'
verify vmnctl-is-no-use sh -c \
    "! '$BUILD/hlr/vmnctl' --conf '$T/box.conf' list >/dev/null 2>&1"
