# SPDX-License-Identifier: BSD-2-Clause
#
# tls - smsbox connects with TLS

. "$TOP/test/e2e/lib.sh"
stp stp $STP
box_conf
openssl req -x509 -newkey rsa:2048 -nodes -subj /CN=box -days 2 \
    -keyout "$T/key.pem" -out "$T/cert.pem" 2>"$T/openssl.log"
sed -i "s|^smsbox-port.*|&\nsmsbox-port-ssl = yes\n\
ssl-server-cert-file = $T/cert.pem\nssl-server-key-file = $T/key.pem|" \
    "$T/box.conf"
register $VMN
app
box
smsbox_conf
sed -i 's/^bearerbox-host.*/&\nbearerbox-port-ssl = yes/
    s/^smsbox-port = .*/&\nsmsbox-port-ssl = yes/' "$T/smsbox.conf"
# one that never begins TLS is in nobody's way, and is closed in the end
cat >"$T/mute.py" <<'END'
import socket, sys, time
s = socket.create_connection(('127.0.0.1', int(sys.argv[1])), 40)
print('connected', flush=True)
began = time.time()
s.recv(1)
print('closed after %.0f s' % (time.time() - began), flush=True)
END
start mute python3 "$T/mute.py" $BOXPORT
need 5 'the mute one' logged mute connected
smsbox
verify message drive --text 'ok over TLS' $VMN
verify failure drive --text 'nothing' --expect error:34 $VMN
wait "$(pid_of mute)"
verify mute-is-disconnected logged mute 'closed after \(29\|30\|31\) s'
