#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""
dsmip_races.py SECONDS SEED MODULE MN NAT HA AWAY HA4 COA COA2: send all requests of a
protocol module and of an administrator to the devices m6t0 of the network namespaces
MN and HA, two at a time, each also beside itself, for about so long, while NAT sends
to both. AWAY is an empty namespace, MODULE the file of the module.

A round at the wrong moment may be refused. For each kind this prints how many
rounds there were, and how many of their requests were done and were refused.
"""

import itertools
import os
import random
import socket
import struct
import subprocess
import sys
import time
import traceback

import races
from inner import packet
from races import (ADDRESS, BINDING_FLUSH, BINDING_GET, DELLINK, DEV_GET, DUMP, MAX, MODE,
                   PORT, PORTS, PREFIXES, REMOTE, SPORT, STATS_GET, attr, be16, ipv4, ipv6,
                   link, m6t, name, rtnl, u8, u32)

HOME_AGENTS, HA4, PREFIXES4, ENCAP_SETTING, IPSEC = 3, 28, 29, 30, 31
HA_MODE, MN_MODE = 3, 4
BIND, UNBIND, SLOT, COMMIT = 10, 11, 12, 13
A_LOCAL, EXPIRES, ENCAP, HOA4, LINGER = 14, 17, 33, 34, 43
UDP4, IP4 = 1, 2

HA, HOA, HOME = "2001:db8:2::1", "2001:db8:2::1234", "2001:db8:2::"
HOME4, OWN4 = "198.51.100.0", "198.51.100.10"
NAT4 = "192.0.2.1"


def u64(kind, value):
    return attr(kind, value.to_bytes(8, sys.byteorder))


def prefixes(kind, address, length):
    return attr(kind, attr(1, ipv6(address) + bytes([length, 0, 0, 0])))


def prefixes4(address, length):
    return attr(PREFIXES4, attr(1, socket.inet_aton(address) + bytes([length, 0, 0, 0])))


class Races:
    """The kinds of rounds, each a function of the round's number."""
    def __init__(self, argv):
        self.module = argv[0]
        self.mn, self.nat, self.ha, self.away = (
            races.Netns(open(f"/run/netns/{ns}", "rb")) for ns in argv[1:5])
        self.ha4, self.coa, self.coa2 = argv[5:]

    def new_ha(self, netns, dev="m6t0", ha4=None):
        races.new(netns, dev, u8(MODE, HA_MODE), prefixes(HOME_AGENTS, HA, 128),
                  ipv4(HA4, ha4 or self.ha4), prefixes(PREFIXES, HOME, 64),
                  prefixes4(HOME4, 24))
        races.up(netns, dev)

    def new_mn(self, netns, dev="m6t0"):
        races.new(netns, dev, u8(MODE, MN_MODE), prefixes(HOME_AGENTS, HA, 128),
                  ipv4(HA4, self.ha4), prefixes(PREFIXES, HOA, 128),
                  prefixes4(OWN4, 32), be16(SPORT, 7000))
        races.up(netns, dev)

    def bound(self, life=60000, encap=UDP4):
        m6t(self.ha, BIND, attr(ADDRESS, ipv6(HOA)), ipv4(HOA4, OWN4), ipv4(REMOTE, NAT4),
            be16(PORT, 7000), u64(EXPIRES, life), u8(ENCAP, encap))

    def active(self, address=None, linger=0):
        m6t(self.mn, SLOT, ipv4(A_LOCAL, address or self.coa))
        m6t(self.mn, COMMIT, u64(LINGER, linger), u8(ENCAP, UDP4))

    def make_ha(self):
        self.new_ha(self.ha)
        self.bound()

    def make_mn(self):
        self.new_mn(self.mn)
        self.active()

    # Of an administrator.

    def ha_link(self, _):
        rtnl(self.ha, DELLINK, link() + name("m6t0"))
        self.make_ha()

    def mn_link(self, _):
        rtnl(self.mn, DELLINK, link() + name("m6t0"))
        self.make_mn()

    def ha_updown(self, _):
        races.down(self.ha)
        self.make_ha()

    def mn_updown(self, _):
        races.down(self.mn)
        self.make_mn()

    def ha_netns(self, _):
        races.move(self.ha, "m6t0", self.away, "ha")
        races.up(self.away, "ha")
        m6t(self.away, BINDING_FLUSH, dev="ha")
        races.move(self.away, "ha", self.ha, "m6t0")
        self.make_ha()

    def mn_netns(self, _):
        races.move(self.mn, "m6t0", self.away, "mn")
        races.up(self.away, "mn")
        m6t(self.away, SLOT, ipv4(A_LOCAL, self.coa2), dev="mn")
        races.move(self.away, "mn", self.mn, "m6t0")
        self.make_mn()

    def orphan(self, sockets_first):
        """Devices in one fresh namespace, their sockets in another; both are deleted,
        with bindings and care-of addresses."""
        sock, dev = fresh(), fresh()
        races.up(sock, "lo")
        self.new_ha(sock, "m6t0", "127.0.0.1")
        self.new_mn(sock, "mn")
        for address in "127.0.0.1", "127.0.0.2":
            m6t(sock, SLOT, ipv4(A_LOCAL, address), dev="mn")
            m6t(sock, COMMIT, u64(LINGER, 5), dev="mn")
        races.move(sock, "m6t0", dev, "m6t0")
        races.up(dev)
        for life in 1, 5, 60000:
            m6t(dev, BIND, attr(ADDRESS, ipv6(f"{HOME}{life:x}")), ipv4(REMOTE, NAT4),
                be16(PORT, 1), u64(EXPIRES, life))
        self.ha.enter()
        for netns in (sock, dev) if sockets_first else (dev, sock):
            netns.close()

    def sockets_netns(self, _):
        self.orphan(True)

    def device_netns(self, _):
        self.orphan(False)

    def ha_change(self, n):
        races.change(self.ha, u32(MAX, 16 << n % 12), u8(IPSEC, n % 2))
        races.change(self.ha, attr(PORTS, be16(1, 4192)))
        races.change(self.ha, prefixes(PREFIXES, "2001:db8:9::", 64))
        races.change(self.ha, attr(PORTS, be16(1, 4191)), prefixes(PREFIXES, HOME, 64))
        self.bound()

    def mn_change(self, n):
        races.change(self.mn, be16(SPORT, 7001), u8(ENCAP_SETTING, n % 2))
        races.change(self.mn, be16(SPORT, 7000), u8(IPSEC, n % 2))
        self.active()

    def reload(self, _):
        quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
        for command in ["rmmod", "m6t"], ["insmod", self.module]:
            failed = subprocess.run(command, check=False, **quiet).returncode
            races.COUNT["refused" if failed else "done"] += 1
        self.make_ha()
        self.make_mn()

    # Of a protocol module.

    def bind(self, n):
        """The same home address to and fro, others for a moment."""
        self.bound(1 + n % 3, IP4)
        address = attr(ADDRESS, ipv6(f"{HOME}1:{n:x}"))
        for life in 60000, 1:
            m6t(self.ha, BIND, address, ipv4(REMOTE, NAT4), be16(PORT, 1 + n % 65535),
                ipv4(HOA4, f"198.51.100.{20 + n % 3}"), u64(EXPIRES, life))
        self.bound()

    def unbind(self, n):
        m6t(self.ha, UNBIND, attr(ADDRESS, ipv6(HOA)))
        m6t(self.ha, UNBIND, attr(ADDRESS, ipv6(f"{HOME}1:{n:x}")))
        self.bound()

    def many(self, n):
        """They end at once."""
        for i in range(100):
            m6t(self.ha, BIND, attr(ADDRESS, ipv6(f"{HOME}2:{i:x}")),
                ipv4(REMOTE, NAT4), be16(PORT, 1), u64(EXPIRES, 1 + n % 9))

    def flush(self, _):
        m6t(self.ha, BINDING_FLUSH)
        self.bound()

    def slots(self, n):
        self.active(self.coa2, n % 3)
        m6t(self.mn, SLOT, ipv4(A_LOCAL, self.coa))
        m6t(self.mn, SLOT)
        m6t(self.mn, COMMIT, u8(ENCAP, IP4))
        self.active(self.coa, 20)

    def dump(self, _):
        m6t(self.ha, BINDING_GET, flags=DUMP)
        m6t(self.ha, BINDING_GET, attr(ADDRESS, ipv6(HOA)))

    def lists(self, _):
        for netns in self.mn, self.ha:
            m6t(netns, DEV_GET, flags=DUMP)
            m6t(netns, STATS_GET)

    KINDS = [ha_link, mn_link, ha_updown, mn_updown, ha_netns, mn_netns, sockets_netns,
             device_netns, ha_change, mn_change, reload, bind, unbind, many, flush, slots,
             dump, lists]


def fresh():
    """A namespace of nobody else."""
    if races.LIBC.unshare(races.CLONE_NEWNET):
        raise OSError("unshare")
    return races.Netns(open("/proc/thread-self/ns/net", "rb"))


def datagram(sport, dport, data):
    return struct.pack(">HHHH", sport, dport, 8 + len(data), 0) + data


def traffic(mine):
    """Packets of all formats to both ends, without an end."""
    mine.nat.enter()
    raw = socket.socket(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_RAW)
    cn6, cn4, wrong = "2001:db8:2::99", "198.51.100.99", "00" * 32
    to_ha = [packet(f"{HOA} {cn6} echo=900"), packet(f"{OWN4} {cn4} echo"),
             packet(f"{HOA} {HA} esp=0x1001:1:{wrong} mh=1"), packet(f"{HOA} {HA} mh=1")]
    to_mn = [packet(f"{cn6} {HOA} echo"), packet(f"{cn4} {OWN4} echo"),
             packet(f"{HA} {HOA} esp=0x1002:1:{wrong} mh=1")]
    sent = []
    for src, dst, data, ports in (
            *((NAT4, mine.ha4, data, (7000, 4191)) for data in to_ha),
            *((mine.ha4, mine.coa, data, (4191, 7000)) for data in to_mn)):
        bare = 41 if data[0] >> 4 == 6 else 4
        for proto, body in (17, datagram(*ports, data)), (bare, data):
            head = struct.pack(">BBHHHBBH4s4s", 0x45, 0, 20 + len(body), 0, 0, 64, proto, 0,
                               socket.inet_aton(src), socket.inet_aton(dst))
            sent.append((head + body, (dst, 0)))
    while True:
        for one in sent:
            try:
                raw.sendto(*one)
            except OSError:
                pass
        # Others need the CPU, and a clock that jumps stands still until all sleep.
        if races.PAUSE:
            time.sleep(races.PAUSE)
        else:
            os.sched_yield()


def worker(argv, kind, first, until, out):
    """Rounds of one kind; their results are written to a pipe."""
    mine = Races(argv)
    n = first
    try:
        while n == first or time.monotonic() < until:
            kind(mine, n)
            n += 1
    except Exception:
        traceback.print_exc()
        raise
    count = races.COUNT
    os.write(out, f"{kind.__name__} {n - first} {count['done']} {count['refused']}\n".encode())


def main():
    seconds, seed, *argv = sys.argv[1:]
    pairs = list(itertools.combinations_with_replacement(Races.KINDS, 2))
    random.Random(int(seed)).shuffle(pairs)
    begin = time.monotonic()
    stream = races.spawn(traffic, Races(argv))
    result, out = os.pipe()
    failed = 0
    for i, pair in enumerate(pairs):
        until = begin + float(seconds) * (i + 1) / len(pairs)
        pids = [races.spawn(worker, argv, kind, 100 * i + 50 * side, until, out)
                for side, kind in enumerate(pair)]
        failed += sum(os.waitpid(pid, 0)[1] != 0 for pid in pids)
        if time.monotonic() > begin + 2 * float(seconds):
            break
    os.kill(stream, 9)
    os.close(out)
    total = {}
    for line in os.fdopen(result):
        kind, *numbers = line.split()
        total[kind] = [a + int(b) for a, b in zip(total.get(kind, [0, 0, 0]), numbers)]
    for kind, (n, done, refused) in sorted(total.items()):
        print(f"{kind} {n} {done} {refused}")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
