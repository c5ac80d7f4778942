# SPDX-License-Identifier: BSD-2-Clause
#
# two_assocs - two associations to one STP in one AS: dialogues are spread
# over both, and one goes on when the other is lost

. "$TOP/test/e2e/lib.sh"
stp_conf stp $STP
sed -i "s/^ as as-box m3ua/ asp asp-more 2909 2905 m3ua\n  local-ip $STP\n\
  remote-ip $BOXIP\n  role sg\n  sctp-role server\n&\n  traffic-mode loadshare\n\
  asp asp-more/" "$T/stp.cfg"
stp_start stp $STP
box_conf
cat >>"$T/box.conf" <<END

group = ss7-association
network = home
id = more
role = client
local-address = $BOXIP
local-port = 2909
remote-address = $STP
remote-port = 2905
routing-context = 11
traffic-mode = loadshare
reconnect-interval = 1
END
sed -i 's/^id = stp/&\ntraffic-mode = loadshare/' "$T/box.conf"
register $VMN
app
box
need 10 "the second association" logged box 'association <more> is active'
smsbox_conf default
smsbox
many() { drive --load 200 --window 10 --seconds 20 sri $VMN..$VMN; }
shows M3-10
verify both-carry-traffic many
shows
verify message drive --text ok $VMN
# one association is lost: everything goes by the other
if [ "$MODE" = host ]; then
    ss -K "sport = :2909" >/dev/null 2>&1
    shows M3-06
    verify one-is-lost within 5 logged box 'association <more> is down'
    verify one-is-enough many
    verify message-again drive --text 'ok again' $VMN
    verify it-comes-back within 5 more box 'association <more> is active' 1
else
    echo "skip  $SCENARIO/one-is-lost: nothing here can cut an SCTP association"
fi
