# SPDX-License-Identifier: BSD-2-Clause
#
# smppbox - an ESME that nobody here wrote: what it answers is what the network
# gets, and each message comes once

. "$TOP/test/e2e/lib.sh"
. "$TOP/test/e2e/smpp_lib"
smpp_usual 'status-verdicts = "0x400=permanent"'

shows SM-04
verify nobody-bound drive --text 'ok too early' --expect error:34 \
    --expect-before 1000 $VMN
shows SM-01
start wrong node "$TOP/test/sim/esme" --port $SMPP --password wrong
verify wrong-password within 5 logged wrong '"status":14'
start stranger node "$TOP/test/sim/esme" --port $SMPP --id nobody
verify unknown-account within 5 logged stranger '"status":14'
esme esme --again
shows SM-02 SM-03
verify ok drive --text 'ok hello' $VMN
verify from-and-to logged esme '"from":"447700900001","from_ton":1,"to":"447700900123","to_ton":1'
shows SM-08
verify tlvs logged esme '"sc":"+447700900002","imsi":"23415.*","id":"[0-9a-f]\{32\}","reference":[0-9]'
shows SM-02
verify ucs2 drive --text 'ok Привет' $VMN
verify ucs2-came logged esme '"text":"ok Привет".*"data_coding":8'
shows SM-03
verify slow-is-waited-for drive --text 'slow hello' --expect-after 2900 $VMN
verify temporary drive --text 'temp a' --expect error:34 $VMN
verify queue-full drive --text 'full a' --expect error:34 $VMN
verify permanent drive --text 'perm a' --expect error:32 $VMN
verify unknown-status drive --text '0x7f a' --expect error:34 $VMN
verify status-as-configured drive --text 'vendor a' --expect error:32 $VMN
shows SM-05
verify no-answer drive --text 'none a' --expect error:34 --expect-after 3500 \
    --expect-before 4800 $VMN
shows SM-04
verify connection-lost drive --text 'close a' --expect error:34 \
    --expect-before 1500 $VMN
need 10 "the ESME again" more esme '"what":"bind_resp","status":0' 1
sleep 0.3
verify bound-again drive --text 'ok again' $VMN
shows
verify each-came-once [ "$(count esme '"seen":1[,}]')" = "$(count esme '"what":"deliver_sm"')" ]
verify retry-of-a-confirmed-one drive --text 'ok twice' --repeat 2 $VMN
verify is-not-delivered-again [ "$(texts esme 'ok twice')" = 1 ]
# a retry after a failure has the same stable id
drive --text 'temp b' --repeat 2 --expect any $VMN
verify same-id-at-each-try logged esme '"text":"temp b".*"seen":2'

# the box goes and comes, the ESME stays
stop smppbox KILL
verify smppbox-gone drive --text 'ok nobody' --expect error:34 --expect-before 1500 $VMN
smppbox
need 10 "the ESME again" more esme '"what":"bind_resp","status":0' 2
sleep 0.5
verify smppbox-restarted drive --text 'ok restarted' $VMN
stop smppbox
verify stops-in-order [ "$stopped" = 0 ]
verify esme-was-asked-to-unbind logged esme 'asked to unbind'
