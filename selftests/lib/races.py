#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""
races.py ROUNDS SEED MODULE MN NAT GW AWAY GW4 NAT4: send all requests of an
administrator to the devices m6t0 of the network namespaces MN and GW, two at a
time, each also beside itself. AWAY is an empty namespace, MODULE the file of
the module. Requests are sent directly to the kernel, as rounds must be cheap.

A round at the wrong moment may be refused. For each kind this prints how many
rounds there were, and how many of their requests were done and were refused.
"""

import collections
import ctypes
import itertools
import os
import random
import socket
import struct
import subprocess
import sys
import time

LIBC = ctypes.CDLL(None, use_errno=True)
CLONE_NEWNET = 0x40000000

ROUTE, GENERIC = 0, 16
ACK, DUMP, REPLACE, CREATE = 5, 0x301, 0x105, 0x405
ERROR, DONE = 2, 3
NEWLINK, DELLINK, GETLINK, NEWADDR, NEWROUTE = 16, 17, 18, 20, 24
UP = 1

# Of if_link.h and linux/m6t.h.
IFNAME, MTU, LINK, MASTER, LINKINFO, NET_NS_FD = 3, 4, 5, 10, 18, 28
MODE, PREFIXES, LOCAL, PORTS, MAX, TEMP, ACTIVE, RATE = 1, 2, 4, 5, 6, 7, 8, 9
GATEWAY, SPORT, KEEPALIVE, PRESSURE, WEIGHTS = 13, 14, 15, 26, 27
GW_MODE, MN_MODE = 1, 2
STATS_GET, BINDING_GET, BINDING_ADD, BINDING_DEL, BINDING_FLUSH = 2, 3, 4, 5, 6
DEV_GET, ATTACH, DETACH = 1, 7, 8
IFINDEX, ADDRESS, STATE, REMOTE, PORT, ID = 1, 6, 11, 12, 13, 23
PROVEN = 30

PREFIX = "fd00:6d::"
MN_PREFIX = "fd00:6d:0:1:1::"
ORPHAN_SPORT = 4445
PAUSE = float(os.environ.get("M6T_PAUSE", "0"))     # s


# ---- messages

def attr(kind, data):
    data = struct.pack("=HH", 4 + len(data), kind) + data
    return data + bytes(-len(data) % 4)


def u8(kind, value):
    return attr(kind, bytes([value]))


def u32(kind, value):
    return attr(kind, struct.pack("=I", value))


def be16(kind, value):
    return attr(kind, struct.pack(">H", value))


def ipv4(kind, address):
    return attr(kind, socket.inet_aton(address))


def ipv6(address):
    return socket.inet_pton(socket.AF_INET6, address)


def name(text):
    return attr(IFNAME, text.encode() + b"\0")


def prefix(address, length):
    return attr(PREFIXES, attr(1, ipv6(address) + bytes([length, 0, 0, 0])))


def weight(address, length, n):
    return attr(1, socket.inet_aton(address) + struct.pack("=IB3x", n, length))


def info(kind, data):
    return attr(LINKINFO, attr(1, kind.encode() + b"\0") + attr(2, data))


def link(index=0, flags=0, change=0):
    return struct.pack("=BxHiII", 0, 0, index, flags, change)


class Netns:
    """A namespace by its file: sockets are opened in it."""
    def __init__(self, file):
        self.file = file
        self.sockets = {}
        self.family = 0

    def enter(self):
        if LIBC.setns(self.file.fileno(), CLONE_NEWNET):
            raise OSError(ctypes.get_errno(), "setns")

    def socket(self, proto):
        if proto not in self.sockets:
            self.enter()
            self.sockets[proto] = socket.socket(
                socket.AF_NETLINK, socket.SOCK_RAW, proto)
        return self.sockets[proto]

    def close(self):
        for s in self.sockets.values():
            s.close()
        self.sockets = {}
        self.file.close()


COUNT = collections.Counter()


def ask(netns, proto, kind, flags, data, answers=None):
    """Send a request, read all answers; its error, 0 for none."""
    s = netns.socket(proto)
    s.send(struct.pack("=IHHII", 16 + len(data), kind, flags, 1, 0) + data)
    while True:
        got = s.recv(1 << 17)
        at = 0
        while at < len(got):
            length, what = struct.unpack_from("=IH", got, at)
            if what in (ERROR, DONE):
                error = -struct.unpack_from("=i", got, at + 16)[0]
                COUNT["refused" if error else "done"] += 1
                return error
            if answers is not None:
                answers.append(got[at + 16:at + length])
            at += (length + 3) & ~3


def rtnl(netns, kind, data, flags=ACK):
    return ask(netns, ROUTE, kind, flags, data)


def index_of(netns, dev):
    answers = []
    ask(netns, ROUTE, GETLINK, ACK, link() + name(dev), answers)
    return struct.unpack_from("=i", answers[0], 4)[0] if answers else 0


def family(netns):
    answers = []
    ask(netns, GENERIC, 16, ACK,
        bytes([3, 1, 0, 0]) + attr(2, b"m6t\0"), answers)
    return struct.unpack_from("=H", answers[0], answers[0].index(
        b"\x06\0\x01\0") + 4)[0] if answers else 0


def m6t(netns, command, *attrs, flags=ACK, dev="m6t0"):
    """A command of m6t; its family has another number after a reload."""
    data = bytes([command, 1, 0, 0]) + u32(IFINDEX, index_of(netns, dev))
    data += b"".join(attrs)
    for _ in range(2):
        netns.family = netns.family or family(netns)
        error = netns.family and ask(netns, GENERIC, netns.family, flags, data)
        if netns.family and error != 2:
            break
        netns.family = 0


# ---- requests

def new(netns, dev, *settings):
    rtnl(netns, NEWLINK, link() + name(dev) + info("m6t", b"".join(settings)),
         CREATE)


def change(netns, *settings):
    rtnl(netns, NEWLINK, link() + name("m6t0") +
         info("m6t", b"".join(settings)))


def up(netns, dev="m6t0"):
    rtnl(netns, NEWLINK, link(0, UP, UP) + name(dev))


def down(netns):
    rtnl(netns, NEWLINK, link(0, 0, UP) + name("m6t0"))


def route(netns):
    rtnl(netns, NEWROUTE, struct.pack("=8BI", 10, 48, 0, 0, 254, 3, 0, 1, 0) +
         attr(1, ipv6(PREFIX)) + u32(4, index_of(netns, "m6t0")), CREATE)


def move(netns, dev, to, there):
    rtnl(netns, NEWLINK, link(index_of(netns, dev)) + name(there) +
         u32(NET_NS_FD, to.file.fileno()))


class Races:
    """The kinds of rounds, each a function of the round's number."""
    def __init__(self, argv):
        self.module = argv[0]
        self.mn, self.nat, self.gw, self.away = (
            Netns(open(f"/run/netns/{ns}", "rb")) for ns in argv[1:5])
        self.gw4, self.nat4 = argv[5:7]
        self.host = 0

    def make_gw(self):
        new(self.gw, "m6t0", u8(MODE, GW_MODE), prefix(PREFIX, 48),
            u32(RATE, 0), u8(PRESSURE, 0))
        up(self.gw)
        route(self.gw)

    def make_mn(self):
        new(self.mn, "m6t0", u8(MODE, MN_MODE), prefix(MN_PREFIX, 80),
            ipv4(GATEWAY, self.gw4), be16(SPORT, 4444))
        up(self.mn)
        m6t(self.mn, ATTACH, attr(ID, bytes.fromhex("000000004444")))

    def gw_link(self, _):
        rtnl(self.gw, DELLINK, link() + name("m6t0"))
        self.make_gw()

    def mn_link(self, _):
        rtnl(self.mn, DELLINK, link() + name("m6t0"))
        self.make_mn()

    def gw_updown(self, _):
        down(self.gw)
        self.make_gw()

    def mn_updown(self, _):
        down(self.mn)
        self.make_mn()

    def gw_netns(self, _):
        move(self.gw, "m6t0", self.away, "gw")
        up(self.away, "gw")
        move(self.away, "gw", self.gw, "m6t0")
        self.make_gw()

    def mn_netns(self, _):
        move(self.mn, "m6t0", self.away, "mn")
        up(self.away, "mn")
        move(self.away, "mn", self.mn, "m6t0")
        self.make_mn()

    def orphan(self, sockets_first):
        """A device in one fresh namespace, its sockets in another, to which
        orphans_traffic() sends; then both namespaces are deleted."""
        fresh = []
        for _ in range(2):
            if LIBC.unshare(CLONE_NEWNET):
                raise OSError(ctypes.get_errno(), "unshare")
            fresh.append(Netns(open("/proc/thread-self/ns/net", "rb")))
        sock, dev = fresh
        hub = index_of(self.nat, "hub")
        rtnl(sock, NEWLINK, link() + name("uplink") + info("veth", attr(1,
             link() + u32(NET_NS_FD, self.nat.file.fileno()) +
             name(f"leg{self.host}"))), CREATE)
        rtnl(self.nat, NEWLINK, link(0, UP, UP) + name(f"leg{self.host}") +
             u32(MASTER, hub))
        index = index_of(sock, "uplink")
        up(sock, "uplink")
        rtnl(sock, NEWADDR, struct.pack("=4BI", 2, 24, 0, 0, index) +
             ipv4(2, f"198.51.100.{2 + self.host}"), CREATE)
        rtnl(sock, NEWROUTE, struct.pack("=8BI", 2, 0, 0, 0, 254, 3, 0, 1, 0) +
             ipv4(5, "198.51.100.1"), CREATE)
        new(sock, "m6t0", u8(MODE, MN_MODE), prefix(MN_PREFIX, 80),
            ipv4(GATEWAY, self.gw4), be16(SPORT, ORPHAN_SPORT))
        move(sock, "m6t0", dev, "m6t0")
        up(dev)
        m6t(dev, ATTACH, attr(ID, bytes.fromhex("000000004445")))
        self.nat.enter()
        for netns in (sock, dev) if sockets_first else (dev, sock):
            netns.close()

    def sockets_netns(self, _):
        self.orphan(True)

    def device_netns(self, _):
        self.orphan(False)

    def gw_change(self, n):
        change(self.gw, attr(PORTS, be16(1, 3544) + be16(1, 4500 + n % 20)),
               u32(MAX, 16 << n % 12), u32(ACTIVE, 5 + n % 9))
        change(self.gw, ipv4(LOCAL, self.gw4))
        change(self.gw, ipv4(LOCAL, "0.0.0.0"), u32(TEMP, 10 + n % 50))
        # The sources of proven bindings are counted again.
        change(self.gw, attr(WEIGHTS, weight("192.0.2.0", 24 + n % 3, 1 + n)))

    def mn_change(self, n):
        change(self.mn, ipv4(GATEWAY, self.nat4), u32(KEEPALIVE, 1))
        change(self.mn, ipv4(GATEWAY, self.gw4), u32(KEEPALIVE, 1 + n % 30))

    def attach(self, _):
        m6t(self.mn, ATTACH)
        m6t(self.mn, DETACH)
        m6t(self.mn, ATTACH, attr(ID, bytes.fromhex("000000004444")))

    def flush(self, _):
        m6t(self.gw, BINDING_FLUSH)

    def bindings(self, n):
        address = attr(ADDRESS, ipv6(f"{PREFIX}{n:x}"))
        m6t(self.gw, BINDING_ADD, address, ipv4(REMOTE, self.nat4),
            be16(PORT, 1 + n % 65535))
        m6t(self.gw, BINDING_GET, address)
        m6t(self.gw, BINDING_DEL, address)
        # One that packets bind as well: it replaces theirs.
        address = attr(ADDRESS, ipv6(f"{PREFIX[:-1]}0:1:2::{1 + n % 2}"))
        for state in 2, 3:
            m6t(self.gw, BINDING_ADD, address, u8(STATE, state), u8(PROVEN, 1),
                ipv4(REMOTE, self.nat4), be16(PORT, 1 + n % 65535))
        m6t(self.gw, BINDING_DEL, address)

    def dump(self, _):
        m6t(self.gw, BINDING_GET, flags=DUMP)

    def dump_cut(self, _):
        """One that is not read to its end."""
        self.gw.family = self.gw.family or family(self.gw)
        s = self.gw.socket(GENERIC)
        s.send(struct.pack("=IHHII", 28, self.gw.family, DUMP, 1, 0) +
               bytes([BINDING_GET, 1, 0, 0]) +
               u32(IFINDEX, index_of(self.gw, "m6t0")))
        self.gw.sockets.pop(GENERIC).close()
        COUNT["done"] += 1

    def lists(self, _):
        for netns in self.mn, self.gw:
            rtnl(netns, GETLINK, link(), DUMP)
            m6t(netns, DEV_GET, flags=DUMP)
            m6t(netns, STATS_GET)

    def wires(self, n):
        for netns, dev in (self.mn, "eth"), (self.gw, "wan"):
            rtnl(netns, NEWLINK, link() + name(dev) +
                 u32(MTU, 1300 + n % 200))

    def reload(self, _):
        quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
        for command in ["rmmod", "m6t"], ["insmod", self.module]:
            failed = subprocess.run(command, check=False, **quiet).returncode
            COUNT["refused" if failed else "done"] += 1
        self.make_gw()
        self.make_mn()

    KINDS = [gw_link, mn_link, gw_updown, mn_updown, gw_netns, mn_netns,
             sockets_netns, device_netns, gw_change, mn_change, attach, flush,
             bindings, dump, dump_cut, lists, wires, reload]


def orphans_traffic(races):
    """Datagrams of the gateway to orphans, without an end."""
    races.nat.enter()
    raw = socket.socket(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_RAW)
    inner = (struct.pack(">IHBB", 6 << 28, 0, 59, 64) +
             ipv6("2001:db8:1::2") + ipv6(MN_PREFIX + "4445"))
    udp = struct.pack(">HHHH", 3544, ORPHAN_SPORT, 8 + len(inner), 0) + inner
    while True:
        for host in 0, 1:
            to = f"198.51.100.{2 + host}"
            head = struct.pack(">BBHHHBBH4s4s", 0x45, 0, 20 + len(udp), 0, 0,
                               64, 17, 0, socket.inet_aton(races.gw4),
                               socket.inet_aton(to))
            try:
                raw.sendto(head + udp, (to, 0))
            except OSError:
                pass
        # Others need the CPU, and a clock that jumps stands still
        # until all sleep, and with it what RCU has to free.
        if PAUSE:
            time.sleep(PAUSE)
        else:
            os.sched_yield()


def worker(argv, host, kind, numbers, out):
    """Rounds of one kind; their results are written to a pipe."""
    races = Races(argv)
    races.host = host
    for n in numbers:
        kind(races, n)
    os.write(out, f"{kind.__name__} {len(numbers)} {COUNT['done']} "
                  f"{COUNT['refused']}\n".encode())


def spawn(function, *args):
    pid = os.fork()
    if not pid:
        status = 1
        try:
            function(*args)
            status = 0
        finally:
            os._exit(status)
    return pid


def main():
    rounds, seed, *argv = sys.argv[1:]
    pairs = list(itertools.combinations_with_replacement(Races.KINDS, 2))
    random.Random(int(seed)).shuffle(pairs)
    each = -(-int(rounds) // (2 * len(pairs)))
    pairs = pairs[:-(-int(rounds) // (2 * each))] or pairs
    traffic = spawn(orphans_traffic, Races(argv))
    result, out = os.pipe()
    failed = 0
    for i, pair in enumerate(pairs):
        pids = [spawn(worker, argv, host, kind,
                      range(i * each + host * 30000,
                            (i + 1) * each + host * 30000), out)
                for host, kind in enumerate(pair)]
        failed += sum(os.waitpid(pid, 0)[1] != 0 for pid in pids)
    os.kill(traffic, 9)
    os.close(out)
    total = {}
    for line in os.fdopen(result):
        kind, *numbers = line.split()
        total[kind] = [a + int(b) for a, b in
                       zip(total.get(kind, [0, 0, 0]), numbers)]
    for kind, (n, done, refused) in sorted(total.items()):
        print(f"{kind} {n} {done} {refused}")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
