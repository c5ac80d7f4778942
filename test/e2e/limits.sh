# SPDX-License-Identifier: BSD-2-Clause
#
# limits - max-held, max-held-per-sc, max-dialogues and reply-max-held: one more
# is refused at once, and those before it are not disturbed; tid-range and
# mtpd-user

HOLD=10
. "$TOP/test/e2e/lib.sh"
stp stp $STP
box_conf
register 447700900100 447700900199
app
smsbox_conf slow
# with CONF KEYS: a configuration with these lines in group sigtran-box
with() {
    sed "s/^log-level.*/&\n$2/" "$T/box.conf" >"$T/$1.conf"
    : >"$T/drive.log"
    box "$1"
    smsbox "$1"
}
without() {
    stop smsbox
    stop "$1"
}
crowd() { drive --window 4 --expect any "$@" 447700900101..447700900104; }

with held 'max-held = 2'
verify crowd-is-answered crowd --text 'slow held'
shows FM-12
verify two-are-held [ "$(count drive 'message <- result, after 3')" = 2 ]
verify two-are-refused-at-once \
    [ "$(count drive 'error 34 systemFailure, after [0-9]\{1,3\}\.')" = 2 ]
shows
without held

with sc 'max-held = 4\nmax-held-per-sc = 1\noverload-error = subscriberBusy'
verify one-service-centre crowd --text 'slow sc'
shows FM-12
verify one-of-it-is-held [ "$(count drive 'message <- result, after 3')" = 1 ]
verify three-of-it-are-refused-at-once \
    [ "$(count drive 'error 31 [A-Za-z-]*, after [0-9]\{1,2\}\.')" = 3 ]
verify which-one-is-told logged sc 'Service centre <447700900002> has as many'
shows
without sc

with dialogues 'max-dialogues = 2\nmax-held = 2\ntid-range = 0x7100-0x71ff'
verify dialogues-end crowd --text 'slow dialogues' --handshake \
    --pcap "$T/tid.pcap"
shows TC-12
verify two-have-one [ "$(count drive 'message <- result, after 3')" = 2 ]
verify two-are-aborted [ "$(count drive 'message <- .*abort')" = 2 ]
tshark -r "$T/tid.pcap" -Y 'tcap.continue_element' -T fields \
    -e mtp3.opc -e tcap.otid 2>/dev/null | sort -u >"$T/tids"
shows TC-20
verify tid-range grep -q '^1.*71[0-9a-f][0-9a-f]$' "$T/tids"
verify tid-range-only sh -c "! grep '^1' '$T/tids' | grep -qv '71[0-9a-f][0-9a-f]$'"
shows
without dialogues

sed -i 's/^confirm.*/&\nreply-max-held = 1/' "$T/box.conf"
with reply 'max-held = 4'
verify replies crowd --text 'slow reply'
shows FM-12
verify one-waits-for-a-reply [ "$(count drive 'result, after 3')" = 1 ]
verify three-are-refused-at-once \
    [ "$(count drive 'error 34 systemFailure, after [0-9]\{1,3\}\.')" = 3 ]
shows
verify it-is-said logged reply 'reply-max-held is reached'
without reply

if [ "$(id -u)" = 0 ] && id nobody >/dev/null 2>&1; then
    chmod 755 "$T"
    with user 'mtpd-user = nobody'
    mtpd=/proc/$(pgrep -P "$(pid_of user)" -x mtpd)
    verify mtpd-user grep -q "^Uid:.*$(id -u nobody)" "$mtpd/status"
    # files of a process that is not dumpable are root's
    verify mtpd-is-not-dumpable [ "$(stat -c %U "$mtpd/maps")" = root ]
    verify mtpd-gains-nothing grep -q '^NoNewPrivs:.*1' "$mtpd/status"
    verify message-with-mtpd-user drive --text 'slow user' 447700900105
else
    echo "skip  $SCENARIO/mtpd-user: only root can start it as another user"
fi
