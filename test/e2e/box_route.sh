# SPDX-License-Identifier: BSD-2-Clause
#
# box_route - rules choose among three httpboxes and a stock smsbox: by keyword,
# sender, service centre, owner and number; weights, and boxes that stand in for
# others; bounds

HOLD=8 CONFIRM=app
. "$TOP/test/e2e/lib.sh"
stp stp $STP
box_conf
cat >>"$T/box.conf" <<END

group = route
id = replies
vmn-prefix = 99
confirm = reply

group = route
id = narrow
vmn-prefix = 447700900700
confirm = app
max-open = 1
overload-error = subscriberBusy

group = box-route
id = stock
keyword = reply
route = replies
boxes = stock

group = box-route
id = slow
keyword = slow
boxes = two
max-open = 2
overload-error = subscriberBusy

group = box-route
id = word
keyword = "win prize"
boxes = two

group = box-route
id = bank
sender = "My Bank; +4480080"
boxes = two

group = box-route
id = partner
sc-prefix = 4490
boxes = three

group = box-route
id = owner
owner = 1
boxes = three

group = box-route
id = share
vmn-first = 447700900200
vmn-last = 447700900399
boxes = "one:3 two:1"
fallback-boxes = three

# what is left
group = box-route
id = rest
priority = 1000
boxes = one
END
"$BUILD/hlr/vmnctl" --db "$T/register.db" owner add acme >"$T/vmnctl.log"
register 447700900100 447700900199
register 447700900200 447700900399
register --owner acme 447700900400
register --route narrow 447700900700
app
box

# an httpbox NAME: the application sees who asks
httpbox_of() {
    cat >"$T/$1.conf" <<END
group = httpbox
bearerbox-port = $BOXPORT
httpbox-id = $1
log-level = 0

group = sms-service
keyword = slow
catch-all = true
get-url = "http://127.0.0.1:$HTTP/slow?s=3&box=$1&text=%a"

group = sms-service
keyword = default
get-url = "http://127.0.0.1:$HTTP/ok?box=$1&text=%a&id=%F"
END
    start "$1" "$BUILD/gw/httpbox" -v 0 "$T/$1.conf"
    need 10 "httpbox $1" logged box "Box <$1>.*is ready"
}
smsbox_conf reply
sed -i 's/^smsbox-id.*/smsbox-id = stock/; s/^keyword = .*/keyword = default/
    s/\/ok?/\/ok?box=stock\&/; s/\/reply?/\/ok?box=stock\&/' "$T/smsbox.conf"
verify no-box-of-the-rule drive --text 'win early' --expect error:34 \
    --expect-before 100 447700900100
verify it-is-said logged box 'no box of its box-route is connected'
for name in one two three; do httpbox_of $name; done
start smsbox /usr/sbin/smsbox -v 0 "$T/smsbox.conf"
need 10 "smsbox" logged box 'Box <stock>.*is ready'

asked() { count app "box=$1"; }
# to BOX ARGUMENT...: one message, which this box has and no other
to() {
    to=$1
    shift
    all=$(asked) own=$(asked "$to")
    drive "$@" && [ "$(asked)" = $((all + 1)) ] &&
        [ "$(asked "$to")" = $((own + 1)) ]
}
verify what-no-rule-names to one --text hello 447700900100
verify keyword to two --text 'WIN it' 447700900100
verify second-keyword to two --text prize 447700900100
verify keyword-is-the-whole-word to one --text winner 447700900100
verify keyword-in-ucs2 to two --text 'win €уро' 447700900100
verify sender-by-name to two --from 'My Bank' 447700900100
verify sender-by-prefix to two --from +448008012345 447700900100
verify other-sender to one --from 'My Bank 2' 447700900100
verify service-centre to three --sc 449000001 --text partner 447700900100
verify owner to three --text owned 447700900400
verify route-of-the-rule to stock --text 'reply please' 447700900100
verify it-waited-for-the-reply logged box 'box <stock>: OK, answered'

own=$(asked two)
long='win a text that is so long that it takes several messages to carry it, one '
long="$long after the other, and only the first of them begins with the word: "
long="$long all of them must come to the same box, as they are one to who wrote."
verify parts drive --text "$long" 447700900101
verify parts-follow-the-first [ "$(asked two)" = $((own + 2)) ]

one=$(asked one) two=$(asked two)
verify shared drive --window 10 --text 'shared {n}' 447700900200..447700900399
one=$(($(asked one) - one)) two=$(($(asked two) - two))
verify weights [ $((one + two)) = 200 -a $one -gt 128 -a $one -lt 172 ]

# a box that goes while messages come
start flow "$BUILD/test/sim/drive_map" $([ -n "$SHIM" ] && echo --tcp) \
    --connect $STP:2905 --local $SMSCIP:2907 --rc 12 --opc 0-0-2 --dpc 0-0-1 \
    --ni 0 --gt 447700900002 --text 'flow {n}' --retry-on-error 3 \
    --retry-delay 200 --window 5 --repeat 1 447700900200..447700900399
sleep 0.3
stop one KILL
wait "$(pid_of flow)"
verify none-is-lost [ $? = 0 ]
one=$(asked one) two=$(asked two)
verify other-takes-all drive --window 5 --text 'without one {n}' \
    447700900200..447700900219
verify all-to-the-other [ "$(asked two)" = $((two + 20)) ]
stop two
verify fallback to three --text 'without two' 447700900250
stop three
verify nobody-left drive --text 'nobody' --expect error:34 \
    --expect-before 100 447700900250
for name in one two; do
    : >"$T/$name.log"
    before=$(count box "Box <$name>.*is ready")
    start $name "$BUILD/gw/httpbox" -v 0 "$T/$name.conf"
    need 10 "httpbox $name" more box "Box <$name>.*is ready" "$before"
done

shows FM-12
: >"$T/drive.log"
verify crowd drive --window 4 --expect any --text 'slow {n}' \
    447700900101..447700900104
verify two-are-out [ "$(count drive 'message <- result, after 3')" = 2 ]
verify two-are-refused-at-once \
    [ "$(count drive 'error 31 [A-Za-z-]*, after [0-9]\{1,2\}\.')" = 2 ]
verify room-again drive --text 'slow again' 447700900101
mv "$T/drive.log" "$T/crowd.log"
verify crowd-on-a-route drive --window 3 --expect any --text 'slow {n}' \
    --repeat 1 447700900700 447700900700 447700900700
verify one-of-the-route-is-out [ "$(count drive 'result, after 3')" = 1 ]
verify others-of-the-route-are-refused-at-once \
    [ "$(count drive 'error 31 [A-Za-z-]*, after [0-9]\{1,2\}\.')" = 2 ]
shows
verify it-is-said-why logged box 'max-open of the route is reached'

"$BUILD/hlr/vmnctl" -f "$T/box.conf" explain 447700900210 >"$T/explain.log" 2>&1
verify explain-names-what-may-be logged explain \
    'rule  *word, if keyword win or prize: route as below, boxes two'
verify explain-says-what-else logged explain \
    'box  *one (3 of 4), two (1 of 4), else three, by box-route share'
"$BUILD/sigtran-box/sigtran-box" --check "$T/box.conf" >"$T/check.log" 2>&1
verify check-tells-rules logged check \
    'box-route slow: keyword slow: .*, to two'
verify check-tells-order [ "$(grep -n 'box-route rest: every' "$T/check.log" |
    cut -d: -f1)" -gt "$(grep -n 'box-route share' "$T/check.log" | cut -d: -f1)" ]
