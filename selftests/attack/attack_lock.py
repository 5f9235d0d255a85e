#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""attack_lock.py plain SECONDS FIRST N SOURCE... | devices SECONDS NAME...

Newcomers at a gateway under attack: plain sockets at these IPv4 addresses in turn, which
answer echo requests, or m6t devices, which do so by themselves. Each sends a packet to its
home agent, and more later, for SECONDS. Prints for each its address, the number of packets
sent and answered, and whether the first was answered."""

import select
import socket
import struct
import sys
import time

from nodes import AGENT, Node, REPLY, REQUEST

PAUSE = 0.5             # s: between two packets of one


class Plain(Node):
    """A socket that answers as a stack does."""
    got = 0
    first = False

    def take(self):
        packet = self.receive(0)
        if packet and packet.kind == REQUEST:
            self.answer(packet)
        elif packet and packet.kind == REPLY:
            self.got += 1
            self.first |= packet.nonce == 1


class Device:
    """A mobile node's device."""
    got = n = 0
    first = False

    def __init__(self, name):
        self.address = name
        self.sock = socket.socket(socket.AF_INET6, socket.SOCK_DGRAM,
                                  socket.IPPROTO_ICMPV6)
        self.sock.setsockopt(socket.SOL_SOCKET, socket.SO_BINDTODEVICE,
                             name.encode())
        self.sock.connect((AGENT, 0))

    def ping(self):
        self.n += 1
        try:
            self.sock.send(struct.pack(">BBHHHI", REQUEST, 0, 0, 0, 0, self.n))
        except OSError:
            pass

    def take(self):
        try:
            reply = self.sock.recv(64, socket.MSG_DONTWAIT)
        except OSError:
            return
        self.got += 1
        self.first |= reply[8:12] == b"\0\0\0\1"


def run(nodes, seconds):
    end = time.monotonic() + seconds
    due = [(time.monotonic() + i * PAUSE / len(nodes), i)
           for i in range(len(nodes))]
    by_sock = {node.sock: node for node in nodes}
    while (now := time.monotonic()) < end:
        when, i = due[0]
        if when > now:
            for sock in select.select(list(by_sock), [], [], when - now)[0]:
                by_sock[sock].take()
            continue
        # None but answers are left in the last moment.
        if now < end - 2 * PAUSE:
            nodes[i].ping()
        due = due[1:] + [(when + PAUSE, i)]


def main(kind, seconds, *rest):
    if kind == "plain":
        first, n, sources = int(rest[0]), int(rest[1]), rest[2:]
        nodes = [Plain(f"fd00:6d::2:{first + i:x}", sources[i % len(sources)])
                 for i in range(n)]
    else:
        nodes = [Device(name) for name in rest]
    run(nodes, float(seconds))
    for node in nodes:
        print(node.address, node.n, node.got, int(node.first))


main(*sys.argv[1:])
