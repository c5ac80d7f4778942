# SPDX-License-Identifier: BSD-2-Clause
#
# uplink_tls - a box's connection to a bearerbox with TLS: it says which box it
# is, and that it lives

. "$TOP/test/e2e/lib.sh"
stp stp $STP
box_conf
openssl req -x509 -newkey rsa:2048 -nodes -subj /CN=bearerbox -days 2 \
    -keyout "$T/key.pem" -out "$T/cert.pem" 2>"$T/openssl.log"
sed -i "s/^smsbox-port.*/&\nbearerbox-host = 127.0.0.1\n\
bearerbox-port = 13491\nbearerbox-port-ssl = yes/" "$T/box.conf"
cat >"$T/bearerbox.py" <<'END'
import socket, ssl, struct, sys

context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
context.load_cert_chain(sys.argv[1], sys.argv[2])
listener = socket.create_server(("127.0.0.1", 13491))
conn = None
while conn is None:
    try:
        conn = context.wrap_socket(listener.accept()[0], server_side=True)
    except OSError:
        pass  # the box looks first whether anybody is there


def exactly(n):
    got = b""
    while len(got) < n:
        more = conn.recv(n - len(got))
        if not more:
            sys.exit("closed")
        got += more
    return got


while True:
    frame = exactly(struct.unpack("!I", exactly(4))[0])
    kind, value = struct.unpack("!II", frame[:8])
    print(("heartbeat", "admin", "sms", "ack", "wdp")[kind], value, frame[12:],
          flush=True)
END
register $VMN
app
start bearerbox python3 "$T/bearerbox.py" "$T/cert.pem" "$T/key.pem"
need 10 bearerbox listens 127.0.0.1 13491
box
smsbox_conf default
smsbox
shows KB-01
verify identifies within 5 logged bearerbox "^admin 3 b'apps'"
verify heartbeat within 35 logged bearerbox '^heartbeat '
