# SPDX-License-Identifier: BSD-2-Clause
#
# more - moreMessagesToSend: the wait for the next message is guarded and ends
# with an abort, and an error ends the dialogue though more would come

HOLD=3
. "$TOP/test/e2e/lib.sh"
stp stp $STP
box_conf
sed -i 's/^drain-timeout.*/&\nmore-messages-timeout = 2/' "$T/box.conf"
register $VMN
app
box
smsbox_conf '500 default'
smsbox
parts() { # WORD [ARGUMENT]...: three parts in one dialogue
    word=$1
    shift
    drive --more-messages --text "$word $(printf '%0400d' 0)" "$@" $VMN
}
shows FM-07
verify in-time parts ok --more-delay 1000
verify three-arrived [ "$(count app '"url"')" = 3 ]
shows TC-11
for v in 2 3; do
    verify "too-late-v$v" parts ok --map-version $v --more-delay 4000 \
        --expect any
    verify "aborted-v$v" logged drive 'abort'
    : >"$T/drive.log"
done
shows
kill -USR1 "$(pid_of box)"
verify abort-is-counted within 3 logged box 'count map_more_timeout 2 '
# what is behind the error comes in dialogues of its own
shows FM-07
verify an-error-ends-it parts 500 --expect any --pcap "$T/error.pcap"
verify the-error-is-told logged drive 'error 34'
begins=$(tshark -r "$T/error.pcap" -Y 'tcap.begin_element' 2>/dev/null | wc -l)
verify the-dialogue-was-over [ "$begins" -ge 3 ]

# the hold is per message: three of two seconds fit where one of six does not
stop smsbox
sed -i 's/\/ok?/\/slow?s=2\&/' "$T/smsbox.conf"
smsbox
verify hold-is-per-message parts ok --expect ok
