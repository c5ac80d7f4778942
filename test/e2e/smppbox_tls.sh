# SPDX-License-Identifier: BSD-2-Clause
#
# smppbox_tls - SMPP over TLS; who has no certificate where one is asked for
# does not get in; plain octets on the TLS port harm nobody

. "$TOP/test/e2e/lib.sh"
. "$TOP/test/e2e/smpp_lib"
esme_needed
openssl req -x509 -newkey rsa:2048 -nodes -subj /CN=localhost -days 2 \
    -keyout "$T/key.pem" -out "$T/cert.pem" 2>"$T/openssl.log"
stp stp $STP
box_conf
register $VMN
box
smppbox_conf
sed -i "s|^smppbox-port.*|&\nsmppbox-port-ssl = $SMPPS\n\
ssl-server-cert-file = $T/cert.pem\nssl-server-key-file = $T/key.pem|" \
    "$T/smppbox.conf"
smppbox
shows SM-09
esme esme --tls --port $SMPPS
verify ok drive --text 'ok over TLS' $VMN
verify came logged esme 'ok over TLS'
verify many drive --window 20 --text 'ok {n}' $(for _ in $(seq 50); do echo $VMN; done)
verify all-came [ "$(texts esme 'ok [0-9]')" = 50 ]
shows
python3 - $SMPPS >"$T/plain.log" 2>&1 <<'END'
import socket, sys, time
s = socket.create_connection(("127.0.0.1", int(sys.argv[1])), 5)
s.settimeout(5)
s.send(b"\0\0\0\x10\0\0\0\x15\0\0\0\0\0\0\0\1")
try:
    while s.recv(100):
        pass
    print("closed")
except ConnectionError:
    print("closed")
END
verify plain-octets-are-no-tls logged plain closed
shows SM-09
verify tls-goes-on drive --text 'ok after' $VMN
stop smppbox
stop esme
sed -i "s|^ssl-server-key.*|&\nssl-client-ca-file = $T/cert.pem|" "$T/smppbox.conf"
smppbox
start stranger node "$TOP/test/sim/esme" --tls --port $SMPPS
verify no-certificate-no-bind within 5 logged stranger '"what":"\(error\|closed\)"'
verify it-was-not-bound sh -c "! grep -q 'bind_resp' '$T/stranger.log'"
tls() { # in pieces: a bind, and what the answer is
    (printf '\0\0\0\040\0\0\0\011\0\0\0\0\0\0\0\001app\0secret\0\0\064\0\0\0'; sleep 1) |
        openssl s_client -quiet -connect 127.0.0.1:$SMPPS "$@" 2>/dev/null |
        od -An -tx1 | tr -d ' \n'
}
# bind_transceiver_resp, status 0
verify with-a-certificate sh -c "
    [ '$(tls -cert "$T/cert.pem" -key "$T/key.pem" | cut -c 9-24)' = 8000000900000000 ]"
verify without-one sh -c "[ -z '$(tls)' ]"
