# SPDX-License-Identifier: BSD-2-Clause
#
# access - box-allow-ip and box-deny-ip: who may not connect is turned away
# and counted

. "$TOP/test/e2e/lib.sh"
stp stp $STP
box_conf

# connects SOURCE: does the box keep the connection?
connects() {
    python3 - "$1" $BOXPORT <<'END'
import socket, sys
s = socket.socket()
s.bind((sys.argv[1], 0))
s.connect(("127.0.0.1", int(sys.argv[2])))
s.settimeout(0.5)
try:
    sys.exit(0 if s.recv(1) else 1)
except TimeoutError:
    sys.exit(0)
except ConnectionError:
    sys.exit(1)
END
}
refuses() { ! connects "$1"; }
with() { # NAME KEYS
    sed "s/^log-level.*/&\n$2/" "$T/box.conf" >"$T/$1.conf"
    box "$1"
}

with all '# all may'
verify all-one connects 127.0.0.1
verify all-two connects 127.1.2.3
stop all
with allow 'box-allow-ip = "127.0.0.2;127.9.*.*"'
verify allow-one connects 127.0.0.2
verify allow-pattern connects 127.9.8.7
verify allow-no-other refuses 127.0.0.1
verify it-is-said logged allow 'Box from <127.0.0.1> denied'
stop allow
verify it-is-counted logged allow 'count box_denied 1 '
with deny 'box-deny-ip = "127.0.0.1"'
verify deny-one refuses 127.0.0.1
verify deny-no-other connects 127.0.0.2
stop deny
with both 'box-allow-ip = "127.0.0.1"\nbox-deny-ip = "127.0.0.*"'
verify both-allowed connects 127.0.0.1
verify both-denied refuses 127.0.0.2
verify both-not-named connects 127.3.0.1
