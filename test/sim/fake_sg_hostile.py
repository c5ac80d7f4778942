# SPDX-License-Identifier: BSD-2-Clause
"""fake_sg_hostile.py - scenarios in which the peer is wrong or wicked"""
import random
import struct
import time

from fake_sg import (ASPAC, ASPAC_ACK, ASPDN, ASPDN_ACK, ASPIA_ACK, ASPUP,
                     ASPUP_ACK, BEAT, BEAT_ACK, BEATDATA, CAUSE, CODE, DATA,
                     DAUD, DAVA, DIAG, DUNA, DUPU, ERR, INFO, LEVEL, MODE, NA,
                     NTFY, PCS, PROTO, RC, REG_REQ, SCON, STATUS, UDT,
                     USE_SCTP, Failed, activate, data, dial, msg, par,
                     scenario, u32)

LABEL = struct.pack('!IIBBBB', 2, 1, 3, 2, 0, 5)


def refused(gateway, box, octets, code, stream=None):
    """The message is answered with that ERR (None: with nothing), counted,
    and the association lives on."""
    link = gateway.up()
    box.expect('assoc 0 active')
    link.send(octets, stream)
    if code is None:
        link.quiet(0.3)
    else:
        got = link.want(ERR)
        if got.u32(CODE) != code:
            raise Failed('ERR 0x%02x, not 0x%02x' % (got.u32(CODE), code))
    link.alive()
    box.count('rx_bad', 1)


def bad(name, what, octets, code, must='ERR, counted, lives on', **kw):
    def played(gateway, box):
        refused(gateway, box, octets, code)
    played.__name__ = name
    kw.setdefault('rows', 'M3-05')
    scenario(what, must, **kw)(played)


bad('badrc', 'DATA with a routing context of somebody else', data(rc=99), 0x19,
    rows='M3-04 M3-05')
bad('tworc', 'DATA with two routing contexts',
    msg(DATA, par(RC, u32(11, 12)), par(PROTO, LABEL + UDT)), 0x19,
    rows='M3-04 M3-05')
bad('emptypd', 'Protocol Data without content', msg(DATA, par(PROTO, b'')),
    0x12)
bad('shortpd', 'Protocol Data of five octets', msg(DATA, par(PROTO, b'12345')),
    0x12)
bad('nopd', 'DATA without Protocol Data', msg(DATA, par(RC, u32(11))), 0x16)
bad('shortrc', 'a routing context of two octets',
    msg(DATA, par(RC, b'\0\0'), par(PROTO, LABEL + UDT)), 0x12)
bad('big', 'DATA of 2,000 octets', data(b'\x55' * 1985, rc=None), 0x12)
bad('huge', 'DATA of 4,000 octets', data(b'\x55' * 4000, rc=None), 0x12)
bad('badver', 'version 2', bytes([2, 0, 1, 1, 0, 0, 0, 8]), 0x01)
bad('badlen', 'a parameter longer than the message',
    struct.pack('!BBHIHHI', 1, 0, DATA, 16, PROTO, 99, 0), 0x12)
bad('zeropar', 'a parameter of length 0',
    struct.pack('!BBHIHHI', 1, 0, DATA, 16, PROTO, 0, 0), 0x12)
bad('tinypar', 'two octets where a parameter should be',
    struct.pack('!BBHIH', 1, 0, DATA, 10, PROTO), 0x12)
bad('shorterr', 'ERR with a code of one octet', msg(ERR, par(CODE, b'\0')),
    None, 'no ERR for an ERR, lives on')
bad('shortntfy', 'NTFY with an empty status', msg(NTFY, par(STATUS, b'')),
    0x12)
bad('shortapc', 'DUNA with two octets of point code',
    msg(DUNA, par(PCS, b'\0\0')), 0x12)
bad('noapc', 'DUNA without point code', msg(DUNA, par(RC, u32(11))), 0x16)
bad('nocause', 'DUPU without user and cause', msg(DUPU, par(PCS, u32(2))),
    0x16)
bad('rkm', 'a registration request', msg(REG_REQ, par(0x207, b'\0' * 24)),
    0x03)
bad('badclass', 'message class 77', msg(0x4d01), 0x03)
bad('badtype', 'DATA of type 9', msg(0x0109), 0x04)
bad('badna', 'DATA of another network appearance',
    data(extra=[par(NA, u32(9))]), 0x15,
    conf='remote=127.0.0.1,port=%PORT,rc=11,na=8')
bad('aspup_back', 'ASPUP from the gateway', msg(ASPUP), 0x06)
bad('daud', 'DAUD from the gateway', msg(DAUD, par(PCS, u32(2))), 0x06)
bad('longinfo', 'an info string of 300 octets in ASPAC ACK',
    msg(ASPAC_ACK, par(INFO, b'x' * 300)), 0x12)
bad('shortmode', 'a traffic mode of one octet in ASPAC ACK',
    msg(ASPAC_ACK, par(MODE, b'\1')), 0x12)


@scenario('nothing is ever answered', 'ASPUP is repeated, nothing else is sent',
          rows='M3-01')
def silent(gateway, box):
    link = gateway.accept()
    for _ in range(4):
        link.want(ASPUP, 3)
    box.expect('log 2 .*does not answer ASPUP')
    box.count('rx_bad', 0)


@scenario('DATA before ASPUP ACK', 'dropped with ERR, then comes up',
          rows='M3-05')
def early(gateway, box):
    link = gateway.accept()
    link.want(ASPUP)
    link.send(data())
    if link.want(ERR).u32(CODE) != 6:
        raise Failed('not Unexpected Message')
    link.send(msg(ASPUP_ACK))
    link.want(ASPAC)
    link.send(data())  # silently discarded while inactive
    link.quiet(0.3)
    link.ack_active()
    link.alive()
    box.never('transfer .*len=61')


@scenario('DATA for another point code', 'dropped, counted, not routed back')
def otherdpc(gateway, box):
    link = gateway.up()
    link.send(data(dpc=77))
    link.quiet(0.4)
    link.alive()
    box.count('rx_foreign', 1)


@scenario('DATA for ISUP', 'dropped, counted')
def si5(gateway, box):
    link = gateway.up()
    link.send(data(si=5))
    link.quiet(0.4)
    link.alive()
    box.count('rx_foreign', 1)


@scenario('NTFY whose info string has no end', 'not read beyond its end')
def ntfyinfo(gateway, box):
    link = gateway.up()
    for n in (0, 1, 3, 255):
        link.send(msg(NTFY, par(STATUS, u32(0x00010003)), par(INFO, b'A' * n)))
    link.alive()


@scenario('ASPDN ACK nobody asked for', 'comes up again by itself',
          rows='M3-06')
def aspdnack(gateway, box):
    link = gateway.up()
    link.send(msg(ASPDN_ACK))
    box.expect('assoc 0 down')
    link.up()
    link.alive()


@scenario('ASPIA ACK nobody asked for', 'asks to be active again')
def aspiaack(gateway, box):
    link = gateway.up()
    link.send(msg(ASPIA_ACK))
    box.expect('assoc 0 inactive')
    link.want(ASPAC)
    link.ack_active()
    link.alive()


@scenario('ASPUP ACK, ASPAC ACK again and again', 'ignored')
def ackagain(gateway, box):
    link = gateway.up()
    for _ in range(50):
        link.send(msg(ASPUP_ACK))
        link.send(msg(ASPAC_ACK, par(RC, u32(11))))
    link.quiet(0.3)
    link.alive()


def answer(link, seconds):
    """Be a good gateway for some time."""
    end = time.time() + seconds
    while time.time() < end:
        got = link.recv(0.2)
        if got is not None and got.kind == ASPUP:
            link.send(msg(ASPUP_ACK))
        elif got is not None and got.kind == ASPAC:
            link.ack_active()


@scenario('ASPDN ACK and ASPUP ACK by the thousand',
          'only a few reach the library, lives on')
def ackflood(gateway, box):
    link = gateway.up()
    for _ in range(3000):
        link.send(msg(ASPDN_ACK) + msg(ASPUP_ACK) if not USE_SCTP
                  else msg(ASPDN_ACK))
    answer(link, 10)
    link.alive()
    box.rss(40000)


@scenario('BEAT by the thousand, and nothing is read',
          'answers are dropped, not stored')
def beatflood(gateway, box):
    link = gateway.up()
    link.sock.settimeout(0.2)
    beat = msg(BEAT, par(BEATDATA, b'b' * 1800))
    try:
        for _ in range(20000):
            link.send(beat)
    except OSError:
        pass
    box.rss(40000)
    link.close(hard=True)
    gateway.up().alive()


@scenario('bad messages by the thousand', 'few ERR, lives on', rows='M3-05')
def errflood(gateway, box):
    link = gateway.up()
    for _ in range(2000):
        link.send(msg(0x4d01))
    errs = 0
    while True:
        got = link.recv(0.5)
        if got is None:
            break
        errs += got.kind == ERR
    if not 1 <= errs <= 10:
        raise Failed('%d ERR' % errs)
    link.alive()
    box.count('rx_bad', 2000)


@scenario('ERR by the thousand, one of every code',
          'in words with the key to change, no answer')
def err(gateway, box):
    link = gateway.up()
    link.send(msg(ERR, par(CODE, u32(0x19)), par(RC, u32(11))))
    box.expect('log 3 .*routing-context .*now 11')
    for i in range(2000):
        link.send(msg(ERR, par(CODE, u32(i % 256)), par(DIAG, b'd' * 40)))
    link.quiet(0.3)
    link.alive()
    box.count('errs_received', 2001)


@scenario('BEAT is not answered',
          'association closed, a new one made', conf='remote=127.0.0.1,'
          'port=%PORT,rc=11,beat=300', rows='M3-07')
def deadpeer(gateway, box):
    link = gateway.up()
    link.want(BEAT)
    link.closed(4)
    link = gateway.accept()
    link.up()
    for _ in range(8):
        got = link.want(BEAT, passing='all')
        link.send(msg(BEAT_ACK, par(BEATDATA, got.pars[BEATDATA])))
    link.alive()


@scenario('the association is reset while messages wait',
          'a new ASPUP and ASPAC come before any DATA, none of it stale',
          rows='M3-06')
def stale(gateway, box):
    link = gateway.up()
    box.order('mute')
    box.order('send 2 0 3000 1000')
    time.sleep(0.2)
    link.close(hard=True)
    link = gateway.accept()
    got = link.recv(3)
    if got is None or got.kind != ASPUP:
        raise Failed('%s came first' % got)
    link.send(msg(ASPUP_ACK))
    if link.recv(3).kind != ASPAC:
        raise Failed('not ASPAC')
    link.ack_active()
    link.quiet(0.5)
    box.order('send 2 0 1 50')
    link.want(DATA)


@scenario('nothing is read while much is to be sent',
          'bounded queue, STATUS congested, all goes on when read')
def noread(gateway, box):
    link = gateway.up()
    box.order('mute')
    for _ in range(4):
        box.order('send 2 0 4000 1300')
    box.expect('status assoc=0 pc=2 .*status=0', 8)
    box.rss(60000)
    n = 0
    while True:
        got = link.recv(1.0)
        if got is None:
            break
        n += got.kind == DATA
    if n < 1000:
        raise Failed('only %d came' % n)
    box.count('tx_full', 1)
    box.order('send 2 0 1 50')
    link.want(DATA)


@scenario('much DATA while the box does not read',
          'newest dropped and counted, control frames arrive')
def boxstalls(gateway, box):
    link = gateway.up()
    box.order('mute')
    box.expect('assoc 0 active')
    box.order('stall 600000')
    for i in range(30000):
        link.send(data(b'\x09' + b'x' * 180, sls=i & 15))
    link.send(msg(DUNA, par(PCS, u32(9))))
    box.settle()
    box.order('stall 0')
    box.expect('pause assoc=0 pc=9', 8)
    box.count('rx_full', 1)
    link.send(data())
    box.expect('transfer .*len=61', 4)


@scenario('closes twenty times, in every state', 'connects each time',
          rows='M3-06')
def slam(gateway, box):
    for i in range(20):
        link = gateway.accept()
        if i % 3 > 0:
            link.want(ASPUP)
        if i % 3 > 1:
            link.send(msg(ASPUP_ACK))
        link.close(hard=i % 2 == 0)
    gateway.up().alive()


@scenario('half a message, then silence', 'waits without burning the CPU')
def half(gateway, box):
    link = gateway.up()
    if USE_SCTP:  # a message of SCTP is whole or not at all
        link.alive()
        return
    link.send(data()[:30])
    before = box.cpu()
    time.sleep(1)
    if before is not None and box.cpu() - before > 0.3:
        raise Failed('busy')
    link.send(data()[30:])
    link.want(DATA)
    link.alive()
    link.send(data()[:5])
    link.close()
    gateway.up().alive()


@scenario('3,000 messages, most of them broken at random', 'lives on',
          rows='M3-05')
def fuzz(gateway, box):
    rnd = random.Random(4666)
    link = gateway.up()
    seeds = [data(), data(extra=[par(NA, u32(8))]), msg(BEAT, par(9, b'hello')),
             msg(DUNA, par(RC, u32(11)), par(PCS, u32(2, 0x02000008))),
             msg(SCON, par(PCS, u32(2)), par(LEVEL, u32(2))),
             msg(DUPU, par(PCS, u32(2)), par(CAUSE, u32(0x10003))),
             msg(NTFY, par(STATUS, u32(0x10003)), par(INFO, b'info')),
             msg(ERR, par(CODE, u32(0x19)), par(DIAG, b'x' * 20)),
             msg(ASPAC_ACK, par(RC, u32(11)), par(MODE, u32(2))),
             msg(ASPUP_ACK, par(17, u32(3)), par(INFO, b'up')),
             msg(DAVA, par(PCS, u32(2))), msg(REG_REQ, par(0x207, b'\0' * 24))]
    for _ in range(3000):
        m = bytearray(rnd.choice(seeds))
        for _ in range(rnd.randrange(4)):
            m[rnd.randrange(len(m))] = rnd.choice((0, 1, 4, 0x7f, 0xff,
                                                   rnd.randrange(256)))
        cut = rnd.randrange(8, len(m) + 1) if rnd.randrange(4) == 0 else len(m)
        m = m[:cut]
        m[4:8] = struct.pack('!I', len(m))
        try:
            link.send(bytes(m), 0 if m[2] != 1 else 1)
            if rnd.randrange(20) == 0:
                while link.recv(0):
                    pass
        except (EOFError, OSError):
            link = gateway.up()
    try:
        answer(link, 8)
    except EOFError:
        link = gateway.up()
    link.alive()


@scenario('an SMSC that sends ASPUP and ASPAC by the thousand, reads nothing',
          'bounded, lives on', server=True,
          conf='server,local=127.0.0.1,lport=%PORT,rc=11')
def srvflood(port, box):
    box.begin()
    link = dial(port)
    link.sock.settimeout(0.2)
    try:
        for _ in range(20000):
            link.send(msg(ASPUP))
            link.send(msg(ASPAC, par(RC, u32(11))))
    except OSError:
        pass
    box.rss(40000)
    link.close(hard=True)
    time.sleep(0.3)
    link = dial(port)
    time.sleep(5.5)  # the bucket of control messages fills again
    activate(link)
    link.alive()


@scenario('an SMSC names a routing context, a traffic mode that are not ours',
          'ERR, the right ones are accepted', server=True,
          conf='server,local=127.0.0.1,lport=%PORT,rc=11,mode=2',
          rows='M3-02 M3-04 M3-10')
def srvbad(port, box):
    box.begin()
    link = dial(port)
    link.send(data())
    if link.want(ERR).u32(CODE) != 6:
        raise Failed('DATA while down')
    link.send(msg(ASPUP))
    link.want(ASPUP_ACK, passing=(NTFY,))
    for pars, code in (([par(RC, u32(12))], 0x19),
                       ([par(RC, u32(11, 12))], 0x19),
                       ([par(MODE, u32(1)), par(RC, u32(11))], 5),
                       ([par(MODE, u32(7))], 5)):
        link.send(msg(ASPAC, *pars))
        if link.want(ERR, passing=(NTFY,)).u32(CODE) != code:
            raise Failed('not ERR 0x%x' % code)
    link.send(msg(ASPAC, par(MODE, u32(2)), par(RC, u32(11))))
    link.want(ASPAC_ACK, passing=(NTFY,))
    link.alive()
    link.send(msg(ASPDN))
    link.want(ASPDN_ACK)
    box.expect('assoc 0 down')


@scenario('a stranger dials in, and the same SMSC twice',
          'the stranger is closed; the second association takes over',
          server=True,
          conf='server,local=127.0.0.1,lport=%PORT,rc=11,remote=127.0.0.1')
def srvtwice(port, box):
    box.begin()
    dial(port, '127.0.0.9').closed()
    box.expect('log 2 refused a caller.*127.0.0.9.*remote-address')
    first = dial(port)
    activate(first)
    first.alive()
    second = dial(port)
    box.expect('assoc 0 down')
    activate(second)
    second.alive()
    first.closed()
