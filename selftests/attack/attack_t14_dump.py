#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""
attack_t14_dump.py NETNS REMOTE: read the bindings of m6t0 in NETNS part by part,
and change the table, and at last delete the device, between the parts.

For each kind of change this prints a line: its name, how many of the bindings
that existed all the time were not listed, how many bindings were listed twice,
how many that were deleted before the dump began, whether it had many parts and
was marked as inconsistent, and the error that it ended with.
"""

import itertools
import socket
import struct
import sys

import races
from races import (ACK, BINDING_ADD, BINDING_DEL, BINDING_FLUSH, BINDING_GET, DONE,
                   DUMP, ERROR, GENERIC, IFINDEX, ADDRESS, PORT, REMOTE)

INTR = 0x10			# NLM_F_DUMP_INTR
ACTIVE = b"\2"
STAY = 600			# from first to last
COME = 400			# added and deleted, 16 at a time


class Dump:
    """A dump by a socket of its own, and its results."""
    def __init__(self, netns):
        netns.enter()
        self.sock = socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, GENERIC)
        self.listed, self.parts, self.torn, self.end = [], 0, False, None
        self.sock.send(struct.pack("=IHHII", 28, netns.family, DUMP, 1, 0) +
                       bytes([BINDING_GET, 1, 0, 0]) +
                       races.u32(IFINDEX, races.index_of(netns, "m6t0")))

    def part(self):
        """Read what one recv() returns; is there more?"""
        got, at = self.sock.recv(1 << 12), 0
        self.parts += 1
        while at < len(got):
            length, what, flags = struct.unpack_from("=IHH", got, at)
            self.torn |= bool(flags & INTR)
            if what in (DONE, ERROR):
                self.end = -struct.unpack_from("=i", got, at + 16)[0]
            else:
                self.listed.append(address(got[at + 20:at + length]))
            at += (length + 3) & ~3
        return self.end is None


def address(data):
    at = 0
    while at < len(data):
        length, kind = struct.unpack_from("=HH", data, at)
        if kind & 0x3fff == ADDRESS:
            return data[at + 4:at + length]
        at += (length + 3) & ~3
    return None


class Table:
    def __init__(self, netns, remote):
        self.netns, self.remote = netns, remote

    def add(self, first, n, *more):
        for i in range(first, first + n):
            races.m6t(self.netns, BINDING_ADD, self.name(i),
                      races.ipv4(REMOTE, self.remote), races.be16(PORT, i % 65535 + 1),
                      *more)

    def delete(self, numbers):
        for i in numbers:
            races.m6t(self.netns, BINDING_DEL, self.name(i))

    def flush(self):
        races.m6t(self.netns, BINDING_FLUSH)

    @staticmethod
    def name(i):
        return races.attr(ADDRESS, Table.bytes(i))

    @staticmethod
    def bytes(i):
        return races.ipv6(f"fd00:6d::{i:x}")


def comes(table, come):
    table.add(next(come), 16)


def goes(table, come):
    first = next(come)
    table.delete(range(first, first + 16))


def both(table, come):
    first = next(come)
    table.delete(range(first, first + 8))
    table.add(first + COME, 8)


def replaced(table, come):
    """Those that are active become static, by replacement; the last
    one of each chain first, so that later numbers would not be in its order."""
    if next(come) == STAY + 1:
        for i in range(STAY, 0, -1):
            table.add(i, 1)


def grows(table, _):
    races.change(table.netns, races.u32(races.MAX, 4096))


def is_flushed(table, _):
    table.flush()


def is_deleted(table, _):
    races.rtnl(table.netns, races.DELLINK, races.link() + races.name("m6t0"))


def look(table, way, stay):
    """Dump, and change the table so between the parts."""
    come = itertools.count(STAY + 1, 16)
    table.flush()
    table.add(1, STAY, *[races.attr(races.STATE, ACTIVE)] * (way is replaced))
    if way in (goes, both):
        table.add(STAY + 1, COME)
    table.add(5000, 1)
    table.delete([5000])
    dump = Dump(table.netns)
    while dump.part():
        way(table, come)
    missing = {Table.bytes(i) for i in range(1, STAY + 1)} - set(dump.listed)
    twice = len(dump.listed) - len(set(dump.listed))
    print(way.__name__, len(missing) if stay else "-", twice,
          dump.listed.count(Table.bytes(5000)), dump.parts > 3,
          "torn" if dump.torn else "whole", dump.end, flush=True)


def main():
    netns = races.Netns(open(f"/run/netns/{sys.argv[1]}"))
    netns.family = races.family(netns)
    table = Table(netns, sys.argv[2])
    for way, stay in ((comes, True), (goes, True), (both, True),
                      (replaced, True), (grows, False), (is_flushed, False), (is_deleted, False)):
        look(table, way, stay)


if __name__ == "__main__":
    main()
