# SPDX-License-Identifier: BSD-2-Clause
#
# gateway - the keys of an association, and what SCCP owes a gateway: two
# gateways of our own (gateway_sg), which look at everything the box sends

. "$TOP/test/e2e/lib.sh"
box_conf
sed -i '/^group = ss7-association/,/^$/d' "$T/box.conf"
cat >>"$T/box.conf" <<END

group = ss7-association
network = home
id = one
remote-address = 127.0.0.1
remote-port = 29461
peer-point-code = 0-0-7
asp-id = 77
routing-context = 11
traffic-mode = loadshare
network-appearance = 8
beat-interval = 1
reconnect-interval = 3

group = ss7-association
network = home
id = two
remote-address = 127.0.0.1
remote-port = 29462
peer-point-code = 0-0-7
reconnect-interval = 1
END
register $VMN
[ -n "$SHIM" ] || export FAKE_SG=sctp
start sg python3 "$TOP/test/e2e/gateway_sg" 29461 29462 "$T/pid" "$T/box.log"
need 10 "the gateways" listens 127.0.0.1 29462
start_preloaded box "$BUILD/sigtran-box/sigtran-box" -v 0 "$T/box.conf"
pid_of box >"$T/pid"
wait "$(pid_of sg)"
verify gateways-end [ $? = 0 ]
grep -E '^(ok|FAIL|row) ' "$T/sg.log"
wait "$(pid_of box)"
verify box-ends-with-0 [ $? = 0 ]
