# SPDX-License-Identifier: BSD-2-Clause
#
# firewall - the plug-in firewall as SMSCs meet it, good ones and others: five
# checks in three modes, legal traffic, lists, rates, probing, originators and
# rules; then three filters in one box, and what --check says of their groups

# lists of arguments are split on purpose
# shellcheck disable=SC2086

. "$TOP/test/e2e/lib.sh"
ADMIN=13412
MSC=447700970777
# service centres and titles of two operators in Germany, one in Iceland, a hub
# in Sweden, and a title that the first one has in E.214
D1=491710760000 D1_GT=491710760315 D1_SPLIT=491755000001
IS=3546999099 IS_GT=3546999001
HUB=46705008999 D1_E214=491711234567890

stp stp $STP
box_conf
sed -i "s|^smsbox-port.*|&\nadmin-port = $ADMIN\nadmin-password = sesame\n\
status-password = look|; s/^country-code.*/country-code = 49/" "$T/box.conf"
mv "$T/box.conf" "$T/none.conf"
sed -i 's/^mcc-mnc.*/&\ncorrelation-prefix = 2341599/' \
    "$T/none.conf"
register 447700900100 447700900499
register --imsi-mode correlation 447700900500 447700900509
"$BUILD/hlr/vmnctl" --db "$T/register.db" owner add shop >>"$T/vmnctl.log"
register --owner shop 447700900510 447700900519
app
smsbox_conf default
cat >"$T/operators" <<END
49171   Telekom Deutschland
49175   Telekom Deutschland
49172   Vodafone Deutschland
END
cat >"$T/groups" <<END
hub: any 46705008
cluster: 3546999 467300
carried: 4366012 4179500
END

# box_with NAME GROUPS: of that name, with these plug-ins and records of all
box_with() {
    cp "$T/none.conf" "$T/$1.conf"
    printf '\n%b\n\ngroup = plugin\nid = cdr\npath = cdr.so\nformat = json\nfile = %s\n' \
        "$2" "$T/$1.cdr" >>"$T/$1.conf"
}
# firewall NAME KEYS [WARM-UP]: the same, with a firewall; running
firewall() {
    box_with "$1" "group = plugin\nid = fw\npath = firewall.so\npriority = 10\n\
warm-up = ${3:-0}\noperator-file = $T/operators\ngroup-file = $T/groups\n$2"
    box "$1"
    smsbox "$1"
}
# without NAME: and $T/NAME.cdr has all records then
without() {
    stop smsbox
    stop "$1"
}

figures() {
    curl -s -H 'Authorization: Bearer look' "http://127.0.0.1:$ADMIN/metrics"
}
# counted PATTERN: the sum of the firewall's counters whose names match
counted() {
    figures | sed -n "s/^sigtran_plugin_counter{plugin=\"fw\",name=\"$1\"} //p" |
        awk '{ n += $NF } END { print n + 0 }'
}
found() { counted 'check-.*-\(monitor\|deny\)'; }
counts() { [ "$(counted "$1")" = "$2" ]; }
recorded() { grep -q -- "$2" "$T/$1.cdr"; } # NAME PATTERN
records() { grep -c -- "$2" "$T/$1.cdr"; }

imsi_of() { echo "23415${1#44}"; } # NUMBER, as the register makes them
told_imsi() { # ARGUMENT...: the IMSI that a question got
    drive --sri-only --json "$T/told.json" "$@" || return
    imsi=$(sed -n 's/.*"ev":"sri-answer".*"imsi":"\([0-9]*\)".*/\1/p' \
        "$T/told.json")
}
# fsm NUMBER ARGUMENT...: a message to a number that was asked for before
fsm() {
    imsi=$(imsi_of "$1")
    shift
    drive --fsm-only --msc $MSC --imsi "$imsi" "$@"
}

# ---- the five checks: each attack is seen by one of them alone ----

faked_gt() {
    drive --sri-gt $D1_GT --gt $HUB --sc $D1 --text 'ok faked gt' "$@" \
        447700900101
}
faked_sc() {
    drive --gt $HUB --sri-sc $IS --sc $D1 --text 'ok faked sc' "$@" 447700900102
}
faked_sri() { drive --sri-only --gt $IS_GT --sc $D1 "$@" 447700900103; }
faked_fsm() { # the question's title cannot be compared
    drive --sri-only --gt 262011234567890 --gt-np 6 --sc $D1 447700900104 &&
        fsm 447700900104 --gt $IS_GT --sc $D1 --text 'ok faked fsm' "$@"
}
faked_no_sri() { fsm 447700900105 --gt $D1_GT --sc $D1 --text 'ok no sri' "$@"; }

# attacks MODE OF-A-QUESTION OF-A-MESSAGE: what each comes to at the SMSC
attacks() {
    shows FM-05
    verify "$1-gt" faked_gt --from Bank --expect "$3"
    verify "$1-sc" faked_sc --from Bank --expect "$3"
    verify "$1-no-sri" faked_no_sri --from Bank --expect "$3"
    shows FM-05 HL-12
    verify "$1-fsm-inside" faked_fsm --from Bank --expect "$3"
    verify "$1-sri-inside" faked_sri --expect "$2"
    shows FM-05
}
checks='gt sc sri-inside fsm-inside no-sri'

# counted_once MODE: each of the five, and nothing else
counted_once() {
    for check in $checks; do counts "check-$check-$1" 1 || return; done
    [ "$(found)" = 5 ]
}
# explained NAME MODE VERDICT: the record of each of the five says what it was
explained() {
    while read -r kind number check text; do
        recorded "$1" "\"kind\":\"$kind\".*\"receiver\":\"+*447700900$number\".*\
\"verdict\":\"$3\".*\"notes\":\"firewall: check-$check $2, $text\"" || return
    done <<END
sms 101 gt SRI from +$D1_GT, FSM from $HUB
sms 102 sc SRI of SC +$IS, FSM of SC +$D1
sri 103 sri-inside SRI of SC +$D1 from $IS_GT
sms 104 fsm-inside FSM of SC +$D1 from $IS_GT
sms 105 no-sri FSM of SC +$D1 from $D1_GT without SRI
END
}

# ---- legal traffic ----

# legally ARGUMENT...: as drive; who failed is told
legally() {
    drive --from +491711234567 "$@" && return
    echo "legal traffic was refused: $*"
    return 1
}
legal() {
    d1="--gt $D1_GT --sc $D1"
    for v in 1 2 3; do
        legally $d1 --map-version $v --text "ok v$v" 447700900200 || return
    done
    split_titles && hubs && kept_answers && old_imsi && other_plans &&
        at_home && long_and_again &&
        legally $d1 --window 20 --text 'ok load {n}' 447700900400..447700900499
}
split_titles() { # asked by one title, sent by another
    legally --sri-gt $D1_GT --gt $D1_SPLIT --sc $D1 --text 'ok split' \
        447700900201 &&
        legally --sri-gt 4366012345 --gt 4179500123 --sc 4366012000 \
            --from Bank --text 'ok carried' 447700900202 &&
        legally --sri-gt $IS_GT --sri-sc 3546999001 --gt 46730000002 \
            --sc 46730000002 --from Bank --text 'ok cluster' 447700900231
}
hubs() { # one title for the centres of many countries
    legally --gt $HUB --sc 491700000000..491700000019 --text 'ok hub {n}' \
        447700900210..447700900229 &&
        legally --gt $HUB --sc $IS --from +3546112233 --text 'ok hub' \
            447700900210 &&
        legally --gt $D1_GT --sc $D1 --text 'ok after the hub' 447700900211
}
kept_answers() { # one question, many messages; another centre asks meanwhile
    legally --sri-only $d1 447700900203 &&
        legally --sri-only --gt $IS_GT --sc $IS 447700900203 &&
        fsm 447700900203 $d1 --from Bank --text 'ok first' &&
        fsm 447700900203 --gt $IS_GT --sc $IS --from Bank --text 'ok other' &&
        fsm 447700900203 $d1 --from Bank --text 'ok second' &&
        fsm 447700900203 $d1 --from Bank --text 'ok third'
}
old_imsi() { # another question got another one, and both are of use
    told_imsi $d1 447700900500 && old=$imsi &&
        told_imsi $d1 --sc 491710760001 447700900500 &&
        [ "$imsi" != "$old" ] &&
        drive --fsm-only --msc $MSC --imsi "$imsi" --gt $D1_GT \
            --sc 491710760001 --from Bank --text 'ok new imsi' &&
        drive --fsm-only --msc $MSC --imsi "$old" $d1 --from Bank \
            --text 'ok old imsi'
}
other_plans() { # titles in E.214 and E.212, in one layer or in both
    legally --gt $D1_E214 --gt-np 7 --sc $D1 --text 'ok e214' 447700900204 &&
        legally --gt 262011234567890 --gt-np 6 --sc $D1 --text 'ok e212' \
            447700900205 &&
        legally --sri-only --gt $D1_E214 --gt-np 7 --sc $D1 447700900206 &&
        fsm 447700900206 $d1 --from Bank --text 'ok asked in e214' &&
        legally --sri-only $d1 447700900207 &&
        fsm 447700900207 --gt $D1_E214 --gt-np 7 --sc $D1 --from Bank \
            --text 'ok sent in e214'
}
at_home() { # numbers of service centres and titles as they are dialled at home
    legally --map-version 1 --gt $D1_GT --sc 1710760000 --sc-nai 0xa1 \
        --text 'ok national' 447700900208 &&
        legally --map-version 1 --gt $D1_GT --sc 01710760000 --sc-nai 0x81 \
            --text 'ok unknown' 447700900209 &&
        legally --gt $D1_GT --sc 1710 --sc-nai 0xa1 --text 'ok short' \
            447700900230 &&
        legally --gt 1710760315 --gt-nai 3 --sc $D1 --text 'ok title' \
            447700900236
}
long_and_again() { # in parts, in one dialogue, by hand-shake, repeated
    legally $d1 --text "ok $(printf 'long %.0s' $(seq 60))" 447700900232 &&
        legally $d1 --more-messages --text "ok $(printf 'more %.0s' $(seq 60))" \
            447700900233 &&
        legally $d1 --handshake --big --text 'ok hands' 447700900234 &&
        legally $d1 --repeat 3 --retry-delay 10 --text 'ok again' 447700900235
}

# ---- nothing ----

off='check-country = off'
for check in $checks; do off="$off\ncheck-$check = off"; done
firewall off "$off"
attacks off ok ok
verify off-counts-nothing counts 'check-.*' 0
verify off-application-gets-it within 2 logged app 'text=ok+faked+fsm'
without off
verify off-notes-nothing [ "$(records off '"notes":"[^"]')" = 0 ]

# ---- watch, as it is from the start ----

: >"$T/app.log"
firewall monitor ''
verify monitor-legal legal
verify monitor-no-false-positives [ "$(found)" = 0 ]
attacks monitor ok ok
verify monitor-counts-each counted_once monitor
verify monitor-counts-categories [ "$(counted fs11-cat2)$(counted fs11-cat3)" = 23 ]
verify monitor-application-gets-it within 2 logged app 'text=ok+faked+fsm'
without monitor
verify monitor-explains explained monitor monitor 'done'

# ---- refuse ----

on='check-country = deny\ncheck-own = deny\ncheck-probe = deny'
for check in $checks; do on="$on\ncheck-$check = deny"; done
: >"$T/app.log"
firewall deny "$on"
verify deny-legal legal
verify deny-no-false-positives [ "$(found)" = 0 ]
attacks deny error:13 error:32
verify deny-counts-each counted_once deny
verify deny-application-gets-legal-ones within 2 logged app 'text=ok+again'
verify deny-application-gets-nothing-else sh -c \
    "! grep -q 'text=ok+\(faked\|no+sri\)' '$T/app.log'"
# who was refused an answer has not asked
verify deny-refused-question-is-none fsm 447700900103 --gt $D1_GT --sc $D1 \
    --from Bank --expect error:32
verify deny-so-it-is-counted counts check-no-sri-deny 2
# what was refused for good stays so, and is not looked at twice
again() {
    fsm 447700900106 --gt $D1_GT --sc $D1 --from Bank --text 'ok once more' \
        --repeat 3 --retry-delay 10 --expect error:32
}
verify deny-repeated again
verify deny-counted-once counts check-no-sri-deny 3
# an IMSI that somebody else was told, in his name, by one who has asked for
# another centre
stolen() {
    told_imsi --gt $D1_GT --sc $D1 447700900501 && theirs=$imsi &&
        told_imsi --gt $HUB --sc 491710760001 447700900501 &&
        drive --fsm-only --msc $MSC --imsi "$theirs" --gt $HUB --sc $D1 \
            --from Bank --text 'ok stolen' --expect error:32 &&
        drive --fsm-only --msc $MSC --imsi "$imsi" --gt $HUB \
            --sc 491710760001 --from Bank --text 'ok own imsi'
}
verify deny-stolen-imsi stolen
both_layers() { # of a question of version 1, and of messages of 1 and 2
    faked_sri --map-version 1 --expect error:13 &&
        faked_sc --map-version 2 --from Bank --expect error:32 &&
        faked_no_sri --map-version 1 --from Bank --expect error:32
}
verify deny-older-versions both_layers
verify deny-title-abroad-in-another-plan drive --sri-gt $D1_E214 \
    --gt 354011234567890 --gt-np 7 --sc $D1 --from Bank --expect error:32 \
    447700900107
before=$(found)
kill -HUP "$(pid_of deny)"
need 5 'the files' logged deny 'Plug-in <fw>: files read again'
verify deny-reload-forgets-no-question fsm 447700900203 --gt $D1_GT --sc $D1 \
    --from Bank --text 'ok after the reload'
verify deny-found-nothing-there [ "$(found)" = "$before" ]
without deny
verify deny-explains explained deny deny permfail

# ---- for now only; and a child that dies, with all it remembers

firewall crash "isolate = yes\ndeny = tempfail\n$on" 1h
asked_before() { drive --sri-only --gt $D1_GT --sc $D1 447700900111; }
verify question asked_before
kill -9 "$(pgrep -f plughost -P "$(pid_of crash)")"
verify crash-forgets-but-blames-nobody within 5 fsm 447700900111 --gt $D1_GT \
    --sc $D1 --from Bank --text 'ok after the crash'
verify crash-is-unsure within 3 counts check-no-sri-unsure 1
verify question-of-a-fake-for-now drive --sri-only --gt $IS_GT --sc $D1 \
    --expect error:34 447700900110
verify fake-for-now fsm 447700900110 --gt $IS_GT --sc $D1 --from Bank \
    --text 'ok for now' --expect error:34
without crash

# ---- a scan of numbers that nobody has, and a list that is off

firewall scan "max-numbers = 10\ncheck-list = off\ndeny-sc = 49171\n$on"
verify scan-asked-before drive --sri-only --gt $D1_GT --sc $D1 447700900120
verify scan drive --sri-only --gt $IS_GT --sc $IS --expect error:1 \
    447700990000..447700990030
verify scan-hides-no-fake fsm 447700900121 --gt $D1_GT --sc $D1 --from Bank \
    --text 'ok behind a scan' --expect error:32
verify scan-forgets-nobody fsm 447700900120 --gt $D1_GT --sc $D1 --from Bank \
    --text 'ok asked before'
verify scan-is-sure counts 'check-no-sri-unsure\|sri-forgotten' 0
verify list-off-counts-nothing counts 'check-list.*\|fs11-cat1' 0
without scan
verify list-off-notes-nothing [ "$(records scan check-list)" = 0 ]

# ---- one node of several

firewall others "others-answer = yes\ncorrelation-prefix = 2341599\n$on"
verify question-of-another-centre drive --sri-only --gt $IS_GT --sc $IS \
    447700900122
verify who-asked-another-node fsm 447700900122 --gt $D1_GT --sc $D1 \
    --from Bank --text 'ok other node'
verify what-nobody-asked-here fsm 447700900123 --gt $D1_GT --sc $D1 \
    --from Bank --text 'ok other node'
verify others-are-unsure counts 'check-\(gt\|sc\|no-sri\)-unsure' 3
told_here() { # an IMSI that was made here is sure
    told_imsi --gt $D1_GT --sc $D1 447700900502 &&
        drive --fsm-only --msc $MSC --imsi "$imsi" --gt $HUB --sc $D1 \
            --from Bank --text 'ok faked' --expect error:32 &&
        drive --fsm-only --msc $MSC --imsi "$imsi" --gt $D1_GT --sc $D1 \
            --from Bank --text 'ok told here'
}
verify others-know-their-imsi told_here
verify others-found-that-only counts 'check-.*-deny' 1
without others

# ---- lists, rates, probing, originators and rules, in a process of its own

cat >"$T/rules" <<END
deny     sender   Example24
deny     sender   +88213*
deny     sender   /^paypa[l1]$/i
allow    keyword  stop
deny     url      prizes.example
monitor  url      .zip
deny     keyword  casino
deny     text     /verify.{1,20}account/i
END
firewall limits "isolate = yes
deny-error = illegalSubscriber
deny-sri-error = unknownSubscriber
check-no-sri = off
check-own = deny
check-country = deny
check-probe = deny
own-prefixes = 447700
country-code = 44
allow-sc = 88214
deny-sc = 88213
deny-gt = 88299
rate-sc = 4/6s
rate-vmn = 3/6s
rate-owner = 4/6s
rate-sri-sc = 4/6s
rate-sri-vmn = 3/6s
probe-limit = 10/1h
rules-file = $T/rules"
m=447700900 # numbers of messages; each test has its own, and its own centres
# message NUMBER TEXT ARGUMENT...: by a centre of Telekom that nobody else has
message() {
    number=$m$1 text=$2
    shift 2
    fsm "$number" --gt $D1_GT --sc "49171$number" --from Bank --text "$text" "$@"
}
refused() { message "$@" --expect error:9; }

shows HL-11
verify list-denies-question drive --sri-only --gt $D1_GT --sc 88213000001 \
    --expect error:1 ${m}300
verify list-denies-sc refused 301 'ok' --sc 88213000002
verify list-denies-gt refused 302 'ok' --gt 88299000001
verify list-denies-gt-of-allowed-sc refused 303 'ok' --gt 88299000001 \
    --sc 88214000001
verify list-allows message 304 'ok casino' --sc 88214000002 --gt $IS_GT
verify list-counts within 3 counts check-list-deny 4

three="${m}310 ${m}310 ${m}310"
by_vmn() { message 310 'ok rate {n}' --sc "$@"; }
verify vmn-below-its-rate by_vmn 491711110001..491711110003 $three
verify vmn-over-its-rate by_vmn 491711110004 --expect error:34
verify others-are-not message 311 'ok other number'
verify vmn-is-free-again by_vmn 491711110005 --retry-on-error 10 \
    --retry-delay 500
by_sc() {
    drive --fsm-only --msc $MSC --gt $D1_GT --sc 491712220001 --from Bank \
        --text 'ok sc {n}' --imsi "$@"
}
base=23415${m#44}
verify sc-below-its-rate by_sc ${base}320..${base}323
verify sc-over-its-rate by_sc ${base}324 --expect error:34
verify sc-is-free-again by_sc ${base}325 --retry-on-error 10 --retry-delay 500
by_owner() {
    drive --fsm-only --msc $MSC --gt $D1_GT --from Bank --text 'ok {n}' --sc "$@"
}
verify owner-below-its-rate by_owner 491715550001..491715550004 \
    --imsi ${base}510..${base}513
verify owner-over-its-rate by_owner 491715550005 --imsi ${base}514 \
    --expect error:34
verify who-has-no-owner-is-not message 326 'ok without owner'
verify owner-is-free-again by_owner 491715550006 --imsi ${base}515 \
    --retry-on-error 10 --retry-delay 500
asks() { drive --sri-only --gt $D1_GT --sc "$@"; }
verify question-vmn-below-its-rate asks 491713330001..491713330003 \
    ${m}330 ${m}330 ${m}330
verify question-vmn-over-its-rate asks 491713330004 ${m}330 --expect error:34
verify question-vmn-is-free-again asks 491713330005 ${m}330 \
    --retry-on-error 10 --retry-delay 500
verify question-sc-below-its-rate asks 3546990010 --gt $IS_GT \
    ${m}340..${m}343
verify question-sc-over-its-rate asks 3546990010 --gt $IS_GT ${m}344 \
    --expect error:34
rates_count() { [ "$(counted check-rate-deny)" -ge 4 ]; }
verify rates-count within 3 rates_count

probes() { drive --sri-only --gt 3546991000 --sc "$@"; }
verify probing-below-the-limit probes 3546992000..3546992009 ${m}350..${m}359
verify probing probes 3546992010 ${m}360 --expect error:1
verify others-are-not-blamed asks 491714440000 ${m}360
verify who-sends-what-he-asked-for drive --gt 46730000001 --from Bank \
    --sc 46730000100..46730000119 --text 'ok pair {n}' ${m}370..${m}389
verify probing-counts within 3 counts check-probe-deny 1

shows
verify own-number-from-abroad refused 400 'ok' --from +447700900001
verify own-number-without-plus refused 404 'ok' --from 07700900001
verify own-number-at-home message 401 'ok' --from +447700900001 \
    --sc 447785000001 --gt 447785000002
verify other-country refused 402 'ok' --from +3546112233
verify a-name-has-none message 403 'ok' --from Whoever
verify originators-count within 3 counts "check-\(own\|country\)-deny" 3

verify rule-sender refused 410 'ok' --from example24
verify rule-sender-prefix refused 411 'ok' --from +882130000 --sc 88299
verify rule-sender-expression refused 412 'ok' --from PayPa1
verify rule-sender-with-a-blank refused 426 'ok' --from 'Example24 '
verify rule-expression-with-a-blank refused 427 'ok' --from ' PayPal'
verify rule-keyword-with-invisible-signs refused 428 \
    "$(printf 'ok ca\342\200\213sino')"
verify rule-url-with-another-dot refused 429 'ok prizes。example/x'
verify rule-url refused 413 'ok see HTTP://Win.Prizes.Example/now.'
verify rule-other-url message 414 'ok see prizes.example.org'
verify rule-keyword refused 415 'ok (CASINO)'
verify rule-keyword-is-a-word message 416 'ok casinos'
verify rule-keyword-in-ucs2 refused 417 'ok € Казино casino'
verify rule-text refused 418 'ok please verify your account'
verify rule-allows-first message 419 'ok stop casino'
verify rule-watches message 420 'ok photos.zip'
verify rule-watched-counts within 3 counts check-rules-monitor 1

reload() { # PATTERN: SIGHUP, and the log says so
    before=$(count limits "$1")
    kill -HUP "$(pid_of limits)"
    within 5 more limits "$1" "$before"
}
verify not-yet message 421 'ok lottery'
echo 'deny keyword lottery' >>"$T/rules"
verify reload reload 'files read again, 9 rules'
verify new-rule refused 422 'ok lottery'
echo 'deny everything' >>"$T/rules"
verify reload-of-nonsense reload "rules:10: <everything>"
verify old-rules-stay refused 423 'ok lottery'
verify that-is-an-error logged limits 'ERROR:.*stays in force'
sed -i '/lottery/d; /everything/d' "$T/rules"
echo 'hub without a colon' >>"$T/groups"
verify reload-of-a-bad-group-file reload "groups:4:"
verify all-stays-as-it-was refused 424 'ok lottery'
sed -i '$d' "$T/groups"
verify reload-of-what-is-right reload 'files read again, 8 rules'
verify rule-is-gone message 425 'ok lottery'
without limits
verify list-is-explained recorded limits \
    '"sc":"+88213000002".*"error":9.*"notes":"firewall: check-list deny, FSM'
verify rate-is-explained recorded limits \
    '"verdict":"tempfail".*"notes":"firewall: check-rate deny, rate-vmn exceeded by +447700900310"'
verify question-rate-is-explained recorded limits \
    '"kind":"sri".*"notes":"firewall: check-rate deny, rate-sri-sc exceeded'
verify probing-is-explained recorded limits \
    '"kind":"sri".*"error":1,.*"notes":"firewall: check-probe deny,'
verify own-is-explained recorded limits 'check-own deny, own number +447700900001'
verify rule-is-explained recorded limits '"notes":"firewall: check-rules deny, url rule of line 5"'
verify rules-say-no-text [ "$(records limits 'casino\|lottery')" = 0 ]

# ---- three filters ----

cat >"$T/rewrite.rules" <<END
if sender is +491711234567 then set sender +491719999999; note "rewrite was here"
replace text /secret/ hidden
END
cat >"$T/filter.lua" <<END
function on_sms(m)
    count("sms")
    m:note("lua saw " .. m.sender)
    m.text = m.text .. " lua"
end
function on_sri(m)
    count("sri")
    m:note("lua asked for " .. m.receiver)
end
END
lua="group = plugin\nid = script\npath = lua.so\npriority = 30\nscript = $T/filter.lua"
rewrite="group = plugin\nid = rewrite\npath = rewrite.so\npriority = 20\nrules-file = $T/rewrite.rules"
fw="group = plugin\nid = fw\npath = firewall.so\npriority = 10\ncheck-no-sri = deny\nwarm-up = 0"
# in the file the last is first
box_with chain "$lua\n\n$rewrite\n\n$fw"
: >"$T/app.log"
box chain
smsbox chain
lua_counted() { # NAME N
    figures | grep -q "plugin=\"script\",name=\"$1\"} $2\$"
}
verify chain-passes drive --sri-gt $HUB --gt $D1_GT --sc $D1 \
    --from +491711234567 --text 'ok secret' 447700900100
verify chain-changes within 2 logged app \
    'from=%2B491719999999.*text=ok+hidden+lua'
verify chain-ends-with-a-refusal fsm 447700900101 --gt $D1_GT --sc $D1 \
    --from Bank --text 'ok refused' --expect error:32
verify chain-asks-nobody-then lua_counted sms 1
verify chain-asked-the-question lua_counted sri 1
without chain
verify chain-explains recorded chain \
    '"receiver":"+447700900100".*"verdict":"done".*"notes":"firewall: check-gt monitor, [^"]*; rewrite was here; lua saw +491719999999"'
verify chain-knows-it-as-it-came recorded chain \
    '"kind":"sms".*"sender":"+491711234567".*"verdict":"done"'
verify chain-explains-the-question recorded chain \
    '"kind":"sri".*"notes":"[^"]*lua asked for +447700900100"'

# ---- sigtran-box --check ----

not() { ! "$@"; }
check() { # NAME: its exit status; what it says is in $T/NAME.check.log
    "$BUILD/sigtran-box/sigtran-box" --check "$T/$1.conf" \
        >"$T/$1.check.log" 2>&1
}
rm "$T/chain.cdr"
verify check-good check chain
verify check-says-so logged chain.check 'no errors'
verify check-writes-nothing [ ! -e "$T/chain.cdr" ]
echo 'deny nonsense x' >"$T/bad.rules"
echo '49x Telekom' >"$T/bad.operators"
# what is wrong in a firewall's group, and what is said of it
while read -r name key value says; do
    box_with bad "$fw\n$key = $value"
    bad_firewall() { ! check bad && logged bad.check "group plugin fw: .*$says"; }
    verify "check-tells-$name" bad_firewall
done <<END
key check-gtt deny check-gtt: there is no such key
mode check-gt maybe .check-gt. must be one of off, monitor, deny
empty check-gt "" .check-gt. has no value
rate rate-sc fast .rate-sc. must be N/PERIOD
time sri-window soon .sri-window. must be a time
error deny-sri-error illegalSubscriber .deny-sri-error. must be
prefix allow-sc 4477x .allow-sc.: <4477x> is no prefix
rules rules-file $T/bad.rules bad.rules:1: <nonsense>
operators operator-file $T/bad.operators bad.operators:1: <49x>
no-file group-file $T/nothing nothing: No such file
END
box_with bad "$fw\ncheck-gt = maybe\n\n${lua%script = *}\n\n\
${rewrite%rewrite.rules}bad.rules\n\ngroup = plugin\nid = no\npath = no.so"
verify check-bad not check bad
for said in "fw: .*check-gt" "script: .*.script. must be there" \
    "rewrite: .*bad.rules:1:" "no: path = .*cannot be loaded"; do
    verify "check-tells-all" logged bad.check "bad.conf:[0-9]*: group plugin $said"
done
