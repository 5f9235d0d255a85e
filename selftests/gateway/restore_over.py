#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""
restore_over.py NETNS ADDRESS REMOTE ROUNDS: bind ADDRESS by m6t0 of NETNS as an
active binding, and make that static, while packets are sent to it. Prints how
many packets found it unbound in between, and how many were sent through it.
"""

import struct
import sys

import races

STATS = 25
TX_PACKETS, TX_NO_BINDING = 20, 14
ACTIVE = bytes([2])


def attrs(data):
    """Attributes by kind."""
    found, at = {}, 0
    while at + 4 <= len(data):
        length, kind = struct.unpack_from("=HH", data, at)
        found[kind & 0x3fff] = data[at + 4:at + length]
        at += (length + 3) & ~3
    return found


class Gateway:
    """m6t0 of a namespace."""
    def __init__(self, netns):
        self.netns = netns
        self.family = races.family(netns)
        self.index = races.u32(races.IFINDEX, races.index_of(netns, "m6t0"))

    def ask(self, command, *words):
        """Return: the error, and the attributes of the answer."""
        answers = []
        error = races.ask(self.netns, races.GENERIC, self.family, races.ACK,
                          bytes([command, 1, 0, 0]) + self.index +
                          b"".join(words), answers)
        return error, attrs(answers[0][4:]) if answers else {}

    def sent(self, address):
        """The error, and packets that were sent through a binding."""
        error, found = self.ask(races.BINDING_GET, address)
        return error, struct.unpack("=Q", found[TX_PACKETS])[0] if found else 0

    def unbound(self):
        """Packets that found no binding."""
        _, found = self.ask(races.STATS_GET)
        return struct.unpack("=Q", attrs(found[STATS])[TX_NO_BINDING])[0]


def main(name, address, remote, rounds):
    gateway = Gateway(races.Netns(open(f"/run/netns/{name}", "rb")))
    address = races.attr(races.ADDRESS, races.ipv6(address))
    binding = (address, races.ipv4(races.REMOTE, remote),
               races.be16(races.PORT, 6000))
    unbound = sent = 0
    for _ in range(int(rounds)):
        gateway.ask(races.BINDING_DEL, address)
        error, _ = gateway.ask(races.BINDING_ADD, *binding,
                               races.attr(races.STATE, ACTIVE))
        # One that found it unbound before may still be in flight. There is one
        # sender, so once a packet was sent through it, none is.
        packets = 0
        while not error and not packets:
            error, packets = gateway.sent(address)
        before = gateway.unbound()
        error = error or gateway.ask(races.BINDING_ADD, *binding)[0]
        unbound += gateway.unbound() - before
        if not error:
            error, packets = gateway.sent(address)
        if error:
            sys.exit(f"refused: {error}")
        sent += packets
    print(unbound, sent)


main(*sys.argv[1:])
