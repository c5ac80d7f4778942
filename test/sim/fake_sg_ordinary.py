# SPDX-License-Identifier: BSD-2-Clause
"""fake_sg_ordinary.py - scenarios in which the peer does what it may"""
import subprocess
import time

from fake_sg import (ASPAC, ASPDN, ASPDN_ACK, ASPIA, ASPIA_ACK, ASPID, ASPUP,
                     BEAT, BEAT_ACK, BEATDATA, CAUSE, CORR, DATA, DAUD, DAVA,
                     DRST, DUNA, DUPU, ERR, LEVEL, MODE, NA, NTFY, PCS, PROTO,
                     RC, SCON, STATUS, UDT, USE_SCTP, Failed, Gateway,
                     activate, data, dial, msg, par, scenario, u32)

CLIENT = 'remote=127.0.0.1,port=%PORT'


def check(is_so, what):
    if not is_so:
        raise Failed(what)


@scenario('DATA with NI 2, MP 1, SLS 255', 'the box gets these values',
          rows='M3-04')
def ni(gateway, box):
    link = gateway.up()
    link.send(data(ni=2, mp=1, sls=255))
    box.expect('transfer assoc=0 opc=2 dpc=1 ni=2 si=3 mp=1 sls=255 len=61')
    got = link.want(DATA)
    check(got.label() == (1, 2, 3, 2, 1, 255), 'the answer differs')


@scenario('DATA without routing context', 'accepted: there is one AS',
          rows='M3-04')
def norc(gateway, box):
    link = gateway.up()
    link.alive(rc=None)


@scenario('no routing context is configured',
          'none in ASPAC and DATA, one of the peer is accepted', conf=CLIENT,
          rows='M3-04')
def rcnone(gateway, box):
    link = gateway.accept()
    _, active = link.up(rc=None)
    check(RC not in active.pars, 'a routing context in ASPAC')
    check(MODE not in active.pars, 'a traffic mode in ASPAC')
    for rc in (None, 0, 7):
        check(RC not in link.alive(rc=rc).pars, 'a routing context in DATA')


@scenario('everything is configured',
          'ASP identifier in ASPUP, mode and context in ASPAC, appearance in '
          'DATA', conf=CLIENT + ',rc=0,mode=2,asp-id=77,na=8',
          rows='M3-01 M3-04 M3-10')
def allset(gateway, box):
    link = gateway.accept()
    first, active = link.up(rc=0)
    check(first.u32(ASPID) == 77, 'ASP identifier')
    check(active.u32(RC) == 0 and active.u32(MODE) == 2, 'ASPAC')
    got = link.alive(rc=0)
    check(got.u32(RC) == 0 and got.u32(NA) == 8, 'DATA')
    link.send(data(rc=0, extra=[par(NA, u32(8))]))
    link.want(DATA)


@scenario('no NTFY is ever sent', 'comes up and stays up')
def nontfy(gateway, box):
    link = gateway.accept()
    link.up(notify=False)
    link.alive()
    link.quiet(2)
    link.alive()


@scenario('DATA of 1,900 octets; answers go up to 1,400',
          'passed on; what is longer is refused, not sent')
def max_(gateway, box):
    link = gateway.up()
    link.send(data(b'\x55' * 1900, rc=None))
    box.expect('transfer .*len=1900')
    link.quiet(0.2)
    link.send(data(b'\x55' * 1400))
    got = link.want(DATA)
    check(len(got.pars[PROTO]) == 1412, 'length')


@scenario('the last padding is left out, unknown parameters, a correlation id',
          'accepted', rows='M3-04')
def liberal(gateway, box):
    link = gateway.up()
    m = msg(DATA, par(0x7777, b'abc'), par(CORR, u32(1)),
            par(PROTO, b'\0\0\0\2\0\0\0\1\3\2\0\5' + b'123'))
    link.send(m[:4] + (len(m) - 1).to_bytes(4, 'big') + m[8:-1])
    link.want(DATA)
    link.alive()


@scenario('DUNA, DAVA, DRST, with masks', 'PAUSE and RESUME frames',
          rows='M3-08')
def duna(gateway, box):
    link = gateway.up()
    link.send(msg(DUNA, par(RC, u32(11)), par(PCS, u32(2, 0x02000008))))
    box.expect('pause assoc=0 pc=2 mask=0')
    box.expect('pause assoc=0 pc=8 mask=2')
    link.send(msg(DAVA, par(PCS, u32(2))))
    box.expect('resume assoc=0 pc=2 mask=0')
    link.send(msg(DRST, par(PCS, u32(8))))
    box.expect('resume assoc=0 pc=8')
    link.send(msg(DUNA, par(PCS, u32((40 << 24) | 8))))
    box.expect('pause assoc=0 pc=8 mask=40')
    link.alive()


@scenario('DUNA, and the association is lost',
          'DAUD as soon as the next is active; once it is back, none',
          rows='M3-09')
def audit(gateway, box):
    link = gateway.up()
    link.send(msg(DUNA, par(PCS, u32(8))))
    box.expect('pause assoc=0 pc=8')
    link.close()
    link = gateway.up()
    check(link.want(DAUD).pars[PCS] == u32(8), 'the point code')
    link.send(msg(DAVA, par(PCS, u32(8))))
    box.expect('resume assoc=0 pc=8')
    link.close()
    link = gateway.up()
    link.quiet(0.5)
    link.alive()


@scenario('associations become active where three destinations are configured',
          'DAUD for all but the peer itself, and for what was away before',
          conf=CLIENT + ',rc=11,peer=7,audit=7,audit=9,audit=10',
          rows='M3-09')
def audits(gateway, box):
    link = gateway.up()
    check(link.want(DAUD).pars[PCS] == u32(9, 10), 'the point codes')
    link.send(msg(DUNA, par(RC, u32(11)), par(PCS, u32(9))))
    box.expect('pause assoc=0 pc=9')
    link.send(msg(DUNA, par(PCS, u32(8))))
    box.expect('pause assoc=0 pc=8')
    link.close()
    link = gateway.up()
    check(link.want(DAUD).pars[PCS] == u32(9, 10, 8), 'the second time')
    link.send(msg(DAVA, par(PCS, u32(8, 9, 10))))
    box.expect('resume assoc=0 pc=9')
    link.alive()


@scenario('the peer forgets the association and makes it anew (SCTP restart)',
          'down, then ASPUP, ASPAC and DAUD as after a new one',
          conf=CLIENT + ',rc=11,local=127.0.0.1,lport=29090,audit=9',
          rows='M3-06 M3-09' if USE_SCTP else '')
def restart(gateway, box):
    link = gateway.up()
    link.want(DAUD)
    box.expect('assoc 0 active')
    if not USE_SCTP:
        return
    # what it says as it goes must not reach mtpd
    subprocess.run(['ip', 'link', 'set', 'lo', 'down'], check=True)
    port = gateway.listener.getsockname()[1]
    link.close(hard=True)
    gateway.close()
    subprocess.run(['ip', 'link', 'set', 'lo', 'up'], check=True)
    link = dial(29090, own=port)
    box.expect('log 2 .*has restarted')
    box.expect('assoc 0 down')
    link.up()
    box.expect('assoc 0 active')
    check(link.want(DAUD).pars[PCS] == u32(9), 'the point code')
    link.alive()


@scenario('traffic mode override, two associations in one AS',
          'DATA by the one that the gateway lets be active, by the other when '
          'it is lost', conf=(CLIENT + ',rc=11,mode=1',) * 2, rows='M3-10')
def override(gateway, box):
    a, b = gateway.accept(), gateway.accept()
    _, active = a.up()
    check(active.u32(MODE) == 1, 'the mode in ASPAC')
    first = box.expect('assoc . active')[6]
    b.up(notify=False)
    a.send(msg(NTFY, par(STATUS, u32(0x20002)), par(RC, u32(11))))
    box.expect('assoc %s inactive' % first)
    b.alive()
    b.close()
    box.expect('assoc . down')
    a.send(msg(NTFY, par(STATUS, u32(0x10004)), par(RC, u32(11))))
    check(a.want(ASPAC).u32(MODE) == 1, 'the mode in the second ASPAC')
    a.ack_active()
    box.expect('assoc %s active' % first)
    a.alive()


@scenario('traffic mode broadcast, two associations in one AS',
          'both active; each copy of a message gets its answer',
          conf=(CLIENT + ',rc=11,mode=3',) * 2, rows='M3-10')
def broadcast(gateway, box):
    a, b = gateway.accept(), gateway.accept()
    for link in a, b:
        check(link.up()[1].u32(MODE) == 3, 'the mode in ASPAC')
    for link in a, b:
        link.send(data(extra=[par(CORR, u32(1))]))
    for link in a, b:
        check(link.want(DATA).label() == (1, 2, 3, 2, 0, 5), 'an answer')


@scenario('SCON and DUPU', 'STATUS frames; only SCCP counts in DUPU',
          rows='M3-08')
def scon(gateway, box):
    link = gateway.up()
    link.send(msg(SCON, par(PCS, u32(2)), par(LEVEL, u32(2))))
    box.expect('status assoc=0 pc=2 mask=0 status=0 level=2')
    link.send(msg(DUPU, par(PCS, u32(3)), par(CAUSE, u32(0x00010003))))
    box.expect('status assoc=0 pc=3 mask=0 status=1 level=1')
    link.send(msg(DUPU, par(PCS, u32(4)), par(CAUSE, u32(0x00010005))))
    link.alive()
    box.never('status assoc=0 pc=4')


@scenario('BEAT', 'BEAT ACK with the same data', rows='M3-07')
def beat(gateway, box):
    link = gateway.up()
    link.send(msg(BEAT, par(BEATDATA, b'hello')))
    check(link.want(BEAT_ACK).pars[BEATDATA] == b'hello', 'other data')
    link.send(msg(BEAT))
    link.want(BEAT_ACK)


@scenario('NTFY AS active, AS inactive, AS pending, unknown', 'logged, stays',
          rows='M3-12')
def ntfy(gateway, box):
    link = gateway.up()
    for status in (0x10003, 0x10002, 0x10004, 0x20001, 0x20003, 0x70007):
        link.send(msg(NTFY, par(STATUS, u32(status))))
    link.alive()
    box.never('assoc 0 down')


@scenario('NTFY alternate ASP active, then AS pending',
          'inactive and told to the box, then asks to be active again',
          rows='M3-12')
def ntfyalt(gateway, box):
    link = gateway.up()
    link.send(msg(NTFY, par(STATUS, u32(0x20002))))
    box.expect('assoc 0 inactive')
    link.quiet(2.5)
    link.send(msg(NTFY, par(STATUS, u32(0x10004))))
    link.want(ASPAC)
    link.ack_active()
    link.alive()


@scenario('an SG that is deaf for five seconds',
          'ASPUP each 2 s, then comes up', rows='M3-01')
def slow(gateway, box):
    link = gateway.accept()
    time.sleep(5)
    link.want(ASPUP)
    link.want(ASPUP)
    link.up()
    link.alive(seconds=4)


@scenario('200 messages of all SLS at once', 'each comes back with its SLS',
          rows='M3-10')
def mix(gateway, box):
    link = gateway.up()
    for i in range(200):
        link.send(data(b'\x09' + bytes([i]) * 50, sls=i & 15))
    seen, streams = {}, {}
    for _ in range(200):
        got = link.want(DATA)
        seen[got.pars[PROTO][13]] = got.label()[5]
        streams.setdefault(got.label()[5], set()).add(got.stream)
    check(all(sls == i & 15 for i, sls in seen.items()), 'SLS')
    check(len(seen) == 200, 'lost')
    check(all(len(s) == 1 for s in streams.values()), 'stream of an SLS')
    check(not USE_SCTP or len({min(s) for s in streams.values()}) > 1,
          'only one stream is used')


@scenario('every kind of message, by SCTP',
          'payload protocol 3, DATA never by stream 0, ASPUP and ERR by it',
          rows='M3-03' if USE_SCTP else '')
def streams(gateway, box):
    link = gateway.accept()
    got = list(link.up())
    link.send(msg(BEAT, par(BEATDATA, b'beat')))
    got.append(link.want(BEAT_ACK))
    link.send(msg(0x4d01))
    got.append(link.want(ERR))
    for sls in range(16):
        link.send(data(sls=sls))
        got.append(link.want(DATA))
    if not USE_SCTP:
        return
    check(all(g.ppid == 3 for g in got), 'payload protocol')
    check(all(g.stream > 0 for g in got if g.kind == DATA), 'stream of DATA')
    check(all(g.stream == 0 for g in got if g.kind in (ASPUP, ERR)),
          'stream of management')


@scenario('the gateway is not there at first, then goes and comes',
          'connects within the reconnect time', rows='M3-06')
def reconnect(gateway, box):
    link = gateway.up()
    link.close()
    box.expect('assoc 0 down')
    before = time.time()
    link = gateway.up()
    check(time.time() - before < 1.5, 'too slow')
    link.alive()


@scenario('the gateway closes before it acknowledges ASPUP, again and again',
          'pauses that double; the first one again once it has come up',
          rows='M3-06')
def backoff(gateway, box):
    at = []
    for _ in range(4):
        gateway.accept().close()
        at.append(time.time())
    pauses = [b - a for a, b in zip(at, at[1:])]
    for pause, due in zip(pauses, (0.3, 0.6, 1.2)):
        check(due - 0.1 < pause < due + 0.5, 'pauses %s' % pauses)
    gateway.up().close()
    before = time.time()
    link = gateway.accept()
    check(time.time() - before < 1.2, 'the pause after it was up')
    link.up()
    link.alive()


@scenario('two associations to one gateway, in one AS',
          'both active at once, answers by the one chosen',
          conf=(CLIENT + ',rc=11,mode=2', CLIENT + ',rc=11,mode=2'))
def two(gateway, box):
    a, b = gateway.accept(), gateway.accept()
    for link in a, b:
        link.up()
    box.expect('assoc 0 active')
    box.expect('assoc 1 active')
    for _ in range(3):
        a.alive(tag=b'a')
        b.alive(tag=b'b')
    a.close(hard=True)
    b.alive(tag=b'c')
    a = gateway.up()
    a.alive(tag=b'd')
    b.alive(tag=b'e')


@scenario('LINK_DOWN while active', 'ASPIA, ASPDN, close, exit 0',
          rows='M3-11')
def down(gateway, box):
    link = gateway.up()
    link.alive()
    box.order('down')
    check(link.want(ASPIA).u32(RC) == 11, 'routing context of ASPIA')
    link.send(msg(ASPIA_ACK))
    link.want(ASPDN)
    link.send(msg(ASPDN_ACK))
    link.closed()
    box.expect('ended exit 0')


@scenario('LINK_DOWN, and nothing is acknowledged', 'exit 0 in three seconds',
          rows='M3-11')
def downmute(gateway, box):
    link = gateway.up()
    box.expect('assoc 0 active')
    box.order('down')
    link.want(ASPIA)
    box.expect('ended exit 0', 4)
    link.closed()


@scenario('mtpd is killed with -9', 'a new one is active in less than a second',
          restart=True)
def kill(gateway, box):
    link = gateway.up()
    link.alive()
    before = time.time()
    box.order('kill')
    box.expect('ended signal 9')
    link = gateway.up()
    link.alive()
    check(time.time() - before < 1.0, 'not in a second')


@scenario('mtpd is killed with -9 and has a port of its own',
          'a new one is active in less than a second', restart=True,
          conf=CLIENT + ',rc=11,local=127.0.0.1,lport=29091,reconnect=2000')
def killport(gateway, box):
    kill(gateway, box)


@scenario('nothing; the descriptors of mtpd are listed',
          'the link and sockets only')
def fds(gateway, box):
    link = gateway.up()
    link.alive()
    box.descriptors(sockets=2)


@scenario('nobody listens at first', 'said in the log, then connects',
          server=True, rows='M3-06')
def nobody(port, box):
    box.begin()
    box.expect('log 2 .*no connection to 127.0.0.1 port')
    gateway = Gateway(port)
    try:
        gateway.up().alive()
    finally:
        gateway.close()


@scenario('CONFIG with an address that is none', 'said in the log, exit 2',
          conf='remote=nowhere,port=%PORT')
def badconf(gateway, box):
    box.expect('log 3 .*remote-address')
    box.expect('ended exit 2')


@scenario('an SMSC dials in', 'ASPUP and ASPAC answered, NTFY sent, traffic',
          server=True, conf='server,local=127.0.0.1,lport=%PORT,rc=11,'
          'remote=127.0.0.1', rows='M3-02')
def server(port, box):
    box.begin()
    link = dial(port)
    activate(link, mode=2, asp_id=5)
    box.expect('assoc 0 active')
    link.want(NTFY)
    link.alive()
    link.send(msg(DAUD, par(PCS, u32(1, 99))))
    check(link.want(DAVA).u32(PCS) == 1, 'DAVA for ours')
    check(link.want(DUNA).u32(PCS) == 99, 'DUNA for others')
    link.send(msg(BEAT, par(BEATDATA, b'beat')))
    link.want(BEAT_ACK)
    link.send(msg(ASPIA))
    link.want(ASPIA_ACK)
    box.expect('assoc 0 inactive')
    activate_again(link)
    link.alive()
    link.close()
    box.expect('assoc 0 down')
    link = dial(port)
    activate(link)
    link.alive()
    box.order('down')
    check(link.want(DUNA, passing=(NTFY,)).u32(PCS) == 1, 'DUNA at the end')
    link.closed()
    box.expect('ended exit 0')


def activate_again(link):
    link.send(msg(ASPAC, par(RC, u32(11))))
    link.want(0x0403, passing=(NTFY,))


@scenario('no routing context, the SMSC sends none',
          'accepted, none in ACK and DATA', server=True,
          conf='server,local=127.0.0.1,lport=%PORT', rows='M3-02')
def srvnorc(port, box):
    box.begin()
    link = dial(port)
    check(RC not in activate(link, rc=None).pars, 'routing context in ACK')
    check(RC not in link.alive(rc=None).pars, 'routing context in DATA')


@scenario('two SMSCs dial in to one port, known by their addresses',
          'each is its own association', server=True,
          conf=('server,local=127.0.0.1,lport=%PORT,rc=1,remote=127.0.0.2',
                'server,local=127.0.0.1,lport=%PORT,rc=2,remote=127.0.0.3'),
          rows='M3-02')
def srvtwo(port, box):
    box.begin()
    b, a = dial(port, '127.0.0.3'), dial(port, '127.0.0.2')
    activate(a, rc=1)
    activate(b, rc=2)
    box.expect('assoc 0 active')
    box.expect('assoc 1 active')
    check(a.alive(rc=1).u32(RC) == 1, 'context of the first')
    check(b.alive(rc=2).u32(RC) == 2, 'context of the second')
    dial(port, '127.0.0.4').closed()
    a.close()
    box.expect('assoc 0 down')
    b.alive(rc=2)


@scenario('mtpd as server is killed with -9', 'listens again within a second',
          server=True, restart=True,
          conf='server,local=127.0.0.1,lport=%PORT,rc=11')
def srvkill(port, box):
    box.begin()
    link = dial(port)
    activate(link)
    link.alive()
    before = time.time()
    box.order('kill')
    box.expect('ended signal 9')
    link = dial(port)
    check(time.time() - before < 1.0, 'not in a second')
    activate(link)
    link.alive()
