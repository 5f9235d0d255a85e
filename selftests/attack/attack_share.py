#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""attack_share.py GW SECONDS: see attack_share.sh."""

import os
import selectors
import sys
import time

from nodes import Gateway, Node, REPLY, REQUEST, echo, result, until, AGENT

BOTS, NEW, ALONE, CARRIER, SILENT, TABLE = 64, 100, 20, 500, 10, 4096
RATE = 16               # new addresses a second of a bot, as the gateway's limit
PAUSE = 5               # s: between two packets of a mobile node
PREFIX = "fd00:6d:0:"
gw = Gateway(sys.argv[1])
SECONDS = float(sys.argv[2])


def source(i):
    return f"192.0.2.{11 + i}"


class Honest(Node):
    """One binding, kept in use."""
    proves = True
    seen = 0            # number of its newest packet that was answered

    def take(self, packet):
        if packet.kind == REQUEST and self.proves:
            self.answer(packet)
        elif packet.kind == REPLY:
            self.seen = max(self.seen, packet.nonce)


class Bot(Node):
    """As many bindings as possible, all from one port, all proven."""
    made = 0

    def more(self):
        self.made += 1
        address = f"{self.address}:{self.made:x}"
        self.send(echo(address, AGENT, REQUEST, 1))

    def take(self, packet):
        if packet.kind == REQUEST:
            self.send(echo(packet.dst, packet.src, REPLY, packet.nonce))


class Loop:
    """All of them."""

    def __init__(self):
        self.nodes, self.bots, self.due = [], [], []
        self.selector = selectors.EpollSelector()

    def add(self, node):
        node.sock.setblocking(False)
        self.selector.register(node.sock, selectors.EVENT_READ, node)
        if isinstance(node, Bot):
            self.bots.append(node)
        else:
            self.nodes.append(node)
            self.due.append((time.monotonic() + PAUSE, node))
        return node

    def read(self, seconds):
        for key, _ in self.selector.select(seconds):
            for _ in range(64):
                packet = key.data.receive(0)
                if not packet:
                    break
                key.data.take(packet)

    def run(self, seconds, done=lambda: False):
        """For so long, or until it is done."""
        start = now = time.monotonic()
        made = 0
        while now < start + seconds and not done():
            while self.due and self.due[0][0] <= now:
                when, node = self.due.pop(0)
                node.ping()
                self.due.append((when + PAUSE, node))
            if self.bots and made < (now - start) * RATE * len(self.bots):
                self.bots[made % len(self.bots)].more()
                made += 1
                self.read(0)
            else:
                self.read(0.002)
            now = time.monotonic()


def settle(nodes, loop, seconds=3):
    """They register, some at a time; until all have been answered or it is over."""
    for _ in range(3):
        waiting = [node for node in nodes if not node.seen]
        for i in range(0, len(waiting), 20):
            for node in waiting[i:i + 20]:
                node.ping()
            loop.run(0.1)
        loop.run(seconds, lambda: all(node.seen for node in nodes))


def bound(nodes, want=lambda b: b["proven"]):
    there = gw.bindings()
    return sum(node.address in there and want(there[node.address])
               for node in nodes)


def main():
    loop = Loop()
    carrier = [loop.add(Honest(f"{PREFIX}1::{i + 1:x}")) for i in range(CARRIER)]
    alone = [loop.add(Honest(f"{PREFIX}2::{i + 1:x}", source(BOTS + NEW + i)))
             for i in range(ALONE)]
    silent = [loop.add(Honest(f"{PREFIX}3::{i + 1:x}",
                              source(BOTS + NEW + ALONE + i)))
              for i in range(SILENT)]
    for node in silent:
        node.proves = False
    settle(carrier + alone + silent, loop)
    result("all are bound without pressure",
           bound(carrier + alone + silent, lambda b: b["state"] == "active"),
           CARRIER + ALONE + SILENT)
    for i in range(BOTS):
        bot = loop.add(Bot(f"{PREFIX}{0x100 + i:x}:", source(i)))
        for _ in range(64):
            bot.more()
        loop.run(0.05)

    def is_full():
        count = gw.ctl("binding", "count", "dev", "m6t0")[0]
        return count["total"] >= TABLE - 1

    for _ in range(30):
        loop.run(1)
        if is_full():
            break
    result("the bots fill the table", is_full())
    loop.run(2)
    new = [loop.add(Honest(f"{PREFIX}4::{i + 1:x}", source(BOTS + i)))
           for i in range(NEW)]
    for node in new:
        node.ping()
        loop.run(0.03)
    loop.run(1)
    first = sum(node.seen > 0 for node in new)
    for node in new:
        if not node.seen:
            node.ping()
    loop.run(1)
    second = sum(node.seen > 0 for node in new)
    print(f"# newcomers: {first} in with their first packet, {second} with two")
    result(f"of {NEW} newcomers {NEW * 95 // 100} get in with two packets",
           second >= NEW * 95 // 100)
    loop.run(SECONDS)
    kept = bound(new)
    counters = gw.counters()
    print(f"# figure: 64 bots: {second} of {NEW} in, {kept} kept, carrier NAT "
          f"{bound(carrier)} of {CARRIER}, single {bound(alone)} of {ALONE}, "
          f"silent {bound(silent, bool)} of {SILENT}, "
          f"{counters['binding_evicted']} evicted, "
          f"{counters['rx_table_full']} refused")
    result(f"of {NEW} newcomers {NEW * 95 // 100} keep their binding",
           kept >= NEW * 95 // 100)
    result("those alone on their address keep their binding", bound(alone), ALONE)
    result("those behind the carrier NAT keep theirs", bound(carrier), CARRIER)
    last = [node.n for node in silent]
    loop.run(2 * PAUSE + 1)
    result("those that answer no echo request are served by one of two packets",
           sum(node.seen > n for node, n in zip(silent, last)), SILENT)


main()
