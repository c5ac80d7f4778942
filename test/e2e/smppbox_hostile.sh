# SPDX-License-Identifier: BSD-2-Clause
#
# smppbox_hostile - malformed PDUs, strangers who say nothing, one that does
# not read: each gets its status or is closed, and the others never notice

. "$TOP/test/e2e/lib.sh"
. "$TOP/test/e2e/smpp_lib"
smpp_usual 'bind-modes = transceiver'
cat >>"$T/smppbox.conf" <<'END'

group = smpp-account
system-id = bad
password = secret
vmn-prefix = 9
END
sed -i 's/^bind-timeout.*/&\nmax-sessions = 20\nenquire-link-interval = 2/' "$T/smppbox.conf"
stop smppbox
smppbox
esme esme
cat >"$T/hostile.py" <<'END'
import os, random, socket, struct, sys, time

port = int(sys.argv[1])
def connect():
    s = socket.create_connection(("127.0.0.1", port), 5)
    s.settimeout(8)
    return s
def pdu(command, sequence=1, body=b"", status=0, length=None):
    return struct.pack(">IIII", 16 + len(body) if length is None else length,
                       command, status, sequence) + body
def get(s):
    head = b""
    while len(head) < 16:
        more = s.recv(16 - len(head))
        if not more:
            return None
        head += more
    length, command, status, sequence = struct.unpack(">IIII", head)
    while length > 16:
        length -= len(s.recv(length - 16))
    return command, status, sequence
def closed(s):
    try:
        while s.recv(65536):
            pass
    except ConnectionError:
        pass
    except socket.timeout:
        return False
    return True
def bound():
    s = connect()
    s.send(pdu(9, 1, b"bad\0secret\0\0\x34\0\0\0"))
    assert get(s) == (0x80000009, 0, 1)
    return s
def check(name, ok):
    print(("ok " if ok else "bad ") + name, flush=True)

s = connect()
s.send(pdu(4, 7))
check("before-bind", get(s) == (0x80000004, 4, 7))
for length in 0, 15, 65537, 0xffffffff:
    s = bound()
    s.send(pdu(0x15, 3, length=length))
    check("length-%d" % length, get(s) == (0x80000000, 2, 3) and closed(s))
s = connect()
s.send(pdu(9, 3, length=2000))
check("long-before-bind", get(s) == (0x80000000, 2, 3) and closed(s))
s = bound()
s.send(pdu(0x777, 8))
check("unknown-command", get(s) == (0x80000000, 3, 8))
s.send(pdu(4, 9, b"\0\1\1" + b"1" * 30))
check("long-source", get(s) == (0x80000004, 10, 9))
s.send(pdu(9, 10, b"bad\0secret\0\0\x34\0\0\0"))
check("bound-already", get(s) == (0x80000009, 5, 10))
for i in range(20):
    try:
        s.send(pdu(0x777, 20 + i))
    except OSError:
        break
check("too-many-bad", closed(s))
began = time.time()
check("no-bind", closed(connect()) and time.time() - began < 4)
many = [connect() for _ in range(60)]
time.sleep(0.3)
check("bind-while-strangers-wait", bound() is not None)
for s in many:
    s.close()
# it sends and never reads: closed, and soon enough
s = connect()
s.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
s.send(pdu(9, 1, b"bad\0secret\0\0\x34\0\0\0"))
began = time.time()
gone = False
s.settimeout(1)
while not gone and time.time() - began < 30:
    try:
        s.sendall(pdu(0x15, 5) * 4096)
    except socket.timeout:
        pass
    except OSError:
        gone = True
check("never-reads", gone)
rnd = random.Random(1)
for i in range(200):
    s = connect() if i % 2 else bound()
    try:
        s.sendall(bytes(rnd.choice((0, 0, 0, 1, 4, 5, 9, 0x15, 16, 64, 128,
                                    rnd.randrange(256)))
                        for _ in range(rnd.randrange(400))))
    except OSError:
        pass
    s.close()
check("noise", bound() is not None)
print("end", flush=True)
END
start hostile python3 "$T/hostile.py" $SMPP
# meanwhile the others are served as ever
for i in 1 2 3 4 5 6 7 8; do
    drive --text "ok meanwhile $i" --expect-before 1000 $VMN || break
    sleep 1
done
shows SM-05
verify others-never-notice [ "$(texts esme 'ok meanwhile')" = 8 ]
need 60 "the end" logged hostile '^end'
for name in before-bind length-0 length-15 length-65537 length-4294967295 \
    long-before-bind unknown-command long-source bound-already too-many-bad \
    no-bind bind-while-strangers-wait never-reads noise; do
    verify $name logged hostile "^ok $name\$"
done
verify still-there drive --text 'ok at last' $VMN
memory=$(awk '/VmRSS/ { print $2 }' "/proc/$(pid_of smppbox)/status")
verify memory-is-bounded [ "$memory" -lt 60000 ]
