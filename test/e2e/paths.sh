# SPDX-License-Identifier: BSD-2-Clause
#
# paths - an association with two addresses on each side: one path fails and
# M3UA does not notice (SCTP's multi-homing, RFC 9260 6.4)

. "$TOP/test/e2e/lib.sh"
if [ "$MODE" != sctp ] || ! grep -q 'User Mode Linux' /proc/cpuinfo; then
    echo "skip  $SCENARIO: it changes routes, so only inside uml-run"
    exit 0
fi
near="10.44.1.1 10.44.2.1" far="10.44.1.2 10.44.2.2"
for a in $near $far; do ip addr replace "$a/32" dev lo; done
# each end reaches the other's first address by its own first, and so on
for n in 1 2; do
    ip route add local 10.44.$n.1 dev lo src 10.44.$n.2 table 44
    ip route add local 10.44.$n.2 dev lo src 10.44.$n.1 table 44
    ip rule add pref 20 to 10.44.$n.0/24 lookup 44
done
ip rule add pref 100 lookup local
ip rule del pref 0
path() { # down|up N
    case $1 in
    down) ip rule add pref 10 to "10.44.$2.0/24" blackhole ;;
    up) ip rule del pref 10 ;;
    esac
}
tune() { # RTO-MIN RTO-INITIAL RTO-MAX PATH-MAX-RETRANS HB-INTERVAL
    sysctl -q -w net.sctp.rto_min=1 net.sctp.rto_max="$3" \
        net.sctp.rto_initial="$2" net.sctp.rto_min="$1" \
        net.sctp.path_max_retrans="$4" net.sctp.hb_interval="$5"
}
tune 100 200 400 2 300 # notice a dead path in a second or so
stp_conf stp $STP
# the box's ASP only: two addresses on both sides, and the listener's
python3 - "$T/stp.cfg" <<'END'
import re, sys
text = open(sys.argv[1]).read()
text = text.replace("""  local-ip 127.44.0.1
  remote-ip 127.44.1.1
""", """  local-ip 10.44.1.2
  local-ip 10.44.2.2
  remote-ip 10.44.1.1
  remote-ip 10.44.2.1
""")
text += """ listen m3ua 2915
  local-ip 10.44.1.2
  local-ip 10.44.2.2
  accept-asp-connections pre-configured
"""
text = re.sub(r"asp asp-box 2906 2905", "asp asp-box 2906 2915", text)
open(sys.argv[1], "w").write(text)
END
stp_start stp $STP
box_conf
sed -i "s/^local-address.*/local-address = $near/
    s/^remote-address.*/remote-address = 10.44.1.2, 10.44.2.2/
    s/^remote-port.*/remote-port = 2915/" "$T/box.conf"
register $VMN
box
ask() { drive --sri-only --sri-timeout 5000 $VMN; }
lost() { count box 'address of the peer is unreachable'; }
fails() { # N: a path, in the middle of traffic and after it
    before=$(lost)
    path down "$1"
    verify "path-$1-fails" ask
    verify "path-$1-is-lost" within 8 more box \
        'address of the peer is unreachable' "$before"
    verify "path-$1-is-not-missed" ask
    path up "$1"
    sleep 1
}
shows M3-14
verify both-paths ask
sleep 2 # until the second path is confirmed by a heartbeat
fails 1
fails 2
verify both-again ask
verify m3ua-noticed-nothing sh -c \
    "! grep -q 'association <stp> is down' '$T/box.log'"
# as it was, for the next scenario
tune 1000 3000 60000 5 30000
ip rule add pref 0 lookup local
ip rule del pref 100
for n in 1 2; do ip rule del pref 20; done
ip route flush table 44
