# SPDX-License-Identifier: BSD-2-Clause
#
# httpbox_forms - what httpbox asks is what stock smsbox asks
#
# The same messages (those of the scenario escapes: all alphabets, headers,
# classes and kinds of sender) go through sigtran-box to a stock smsbox and
# then to httpbox, for get-url with every escape, post-url and post-xml. The
# service groups are the same file, but for a word in the path.

CONFIRM=box
. "$TOP/test/e2e/lib.sh"
smsc=$TOP/test/e2e/escapes_smsc
at="http://127.0.0.1:$HTTP/ok/SIDE"
services() { # FORM
    case $1 in
    get) echo "get-url = \"$at/get?to=%P&$(python3 "$smsc" urls)\"" ;;
    post) printf '%s\n' 'name = svc' "post-url = \"$at/post?to=%P&text=%a&k=%k\"" \
        'send-sender = true' 'strip-keyword = true' ;;
    xml) printf '%s\n' "post-xml = \"$at/xml?to=%P&text=%a\"" \
        'send-sender = true' ;;
    esac
}
# both FORM: the two configurations
both() {
    for side in smsbox httpbox; do
        cat >"$T/services_$side.conf" <<END
group = sms-service
keyword = nobody-sends-this
aliases = nor-this
get-url = "http://127.0.0.1:9/"

group = sms-service
keyword = default
catch-all = true
max-messages = 0
$(services "$1" | sed "s/SIDE/$side/")
END
    done
    cat >"$T/smsbox.conf" <<END
group = core
admin-port = 13400
admin-password = x
smsbox-port = $BOXPORT

group = smsbox
smsbox-id = apps
bearerbox-host = 127.0.0.1
sendsms-port = $SENDSMS

include = $T/services_smsbox.conf
END
    cat >"$T/httpbox.conf" <<END
group = httpbox
bearerbox-port = $BOXPORT
httpbox-id = apps

include = $T/services_httpbox.conf
END
}
drive_all() {
    while read -r number tpdu; do
        drive --tpdu "$tpdu" "$number" </dev/null ||
            fail "$number" "the SMSC was not acknowledged"
    done <"$T/tpdus"
}
requests() { [ "$(count app '"url"')" -ge "$1" ]; }

stp stp $STP
box_conf
sed -i 's/^drain-timeout.*/&\ndedup = none/; s/^confirm.*/&\naccount = u/' \
    "$T/box.conf"
register 447700901000 447700901099
start app python3 "$TOP/test/sim/app" --port $HTTP --full
need 10 "the application" listens 127.0.0.1 $HTTP
box
python3 "$smsc" tpdus >"$T/tpdus"
n=$(wc -l <"$T/tpdus")
sent=0
for form in get post xml; do
    both $form
    smsbox
    drive_all
    sent=$((sent + n))
    within 10 requests $sent
    stop smsbox
    httpbox
    drive_all
    sent=$((sent + n))
    within 10 requests $sent
    stop httpbox
    verify httpbox-stops-cleanly-$form [ "$stopped" = 0 ]
done
shows KB-07
verify every-request-is-the-same python3 "$TOP/test/e2e/httpbox_compare" \
    "$T/app.log" "$n"
exit $failed
