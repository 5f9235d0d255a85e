#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""A day of many mobile nodes, and of their gateway compared with a model.

usage: day.py [WORD=VALUE]...

Sends packets as mobile nodes and a home agent would, some of them at the worst
moment, and has real devices do the same. A model of the gateway gets each packet
that the real one receives, with its time, and predicts which packets are sent,
which events are reported and when, the listing and the counters. Each difference
is printed, and the exit status is 0 only without any.

All is decided by a seed; only devices of mode mn use the kernel's own random
numbers. The model knows their packets from the link.
"""

import collections
import ctypes
import heapq
import ipaddress
import json
import os
import random
import socket
import struct
import subprocess
import sys
import time

US, MS, S = 1000, 1000000, 1000000000
PORT = 3544
ETH_P_ALL = 3
NONE, ICMPV6 = 59, 58
KEEPALIVE = socket.inet_pton(socket.AF_INET6, "fe80::1")
HA = socket.inet_pton(socket.AF_INET6, "2001:db8:1::2")
SILENT = socket.inet_pton(socket.AF_INET6, "2001:db8:1:f::1")
STRANGER = socket.inet_pton(socket.AF_INET6, "2001:db8:9::9")
PREFIX = socket.inet_pton(socket.AF_INET6, "fd00:6d::")[:6]
HOME = socket.inet_pton(socket.AF_INET6, "2001:db8:1::")[:6]
TIMESTAMPNS = 35                # SO_TIMESTAMPNS
RCVBUFFORCE = 33
SOL_PACKET, PACKET_STATISTICS = 263, 6
CLOCK_MONOTONIC_COARSE = 6
libc = ctypes.CDLL(None, use_errno=True)


class Settings:
    """What may be given as arguments."""
    seed = 1
    seconds = 3600
    nodes = 20              # of datagrams
    temporary = 2 * S       # temp-timeout, ns
    active = 120 * S
    exact = 1               # does time stand still while packets are in flight?
    patience = S // 2       # ns of tolerance, where it does not
    mn = nat = gw = ha = "" # namespaces
    devices = ""            # of mode mn, separated by commas
    events = ""             # file that m6tctl -j monitor writes

    def __init__(self, words):
        for item in words:
            key, value = item.split("=", 1)
            setattr(self, key, type(getattr(Settings, key))(value))
        tick = int(time.clock_getres(CLOCK_MONOTONIC_COARSE) * S)
        self.tick = tick
        # How late a timer of bindings may be, and the timestamp it uses.
        self.late = MS if self.exact else self.patience
        self.late_active = self.late + tick
        self.instant = US if self.exact else self.patience


def now():
    return time.clock_gettime_ns(time.CLOCK_REALTIME)


def sleep_until(when):
    while (left := when - now()) > 0:
        # The last bit on its own: the fraction of a long time is inexact.
        time.sleep((left - MS if left > 2 * MS else left) / S)


def text6(addr):
    return str(ipaddress.IPv6Address(addr))


class Netns:
    """with Netns(NAME): sockets are of this namespace."""

    def __init__(self, name):
        self.name = name

    @staticmethod
    def enter(path):
        fd = os.open(path, os.O_RDONLY)
        if libc.setns(fd, 0x40000000):
            raise OSError(ctypes.get_errno(), path)
        os.close(fd)

    def __enter__(self):
        self.enter(f"/run/netns/{self.name}")

    def __exit__(self, *_):
        self.enter("/proc/1/ns/net")


Inner = collections.namedtuple("Inner", "src dst nh payload")


def inner_of(data):
    """The IPv6 packet in these bytes, or None."""
    if len(data) < 40 or data[0] >> 4 != 6:
        return None
    length, nh = struct.unpack_from(">HB", data, 4)
    return Inner(data[8:24], data[24:40], nh, bytes(data[40:40 + length]))


def bytes_of(p):
    return struct.pack(">IHBB", 6 << 28, len(p.payload), p.nh, 64) + \
        p.src + p.dst + p.payload


class Binding:
    """The state of an address at the gateway."""

    def __init__(self, addr, endpoint, when):
        self.addr, self.endpoint = addr, endpoint
        self.state = "temporary"
        self.created = self.used = when
        self.rx = self.tx = 0


Event = collections.namedtuple("Event", "name least most due where state")


class Model:
    """The gateway as the requirements have it."""

    def __init__(self, cfg, events):
        self.cfg, self.events = cfg, events
        self.bindings = {}
        self.told = collections.defaultdict(list)
        self.count = collections.Counter()
        self.out = collections.Counter()        # packets not sent yet
        self.unsure = 0

    def due(self, b):
        if b.state == "temporary":
            return b.created + self.cfg.temporary
        return b.used + self.cfg.active

    def latest(self, b):
        return self.due(b) + (self.cfg.late if b.state == "temporary"
                              else self.cfg.late_active)

    def between(self, addr, when):
        """When it is certain whether a binding has expired by then, if it is not."""
        b = self.bindings.get(addr)
        if not b:
            return None
        least = self.due(b) - (US if self.cfg.exact else self.cfg.patience)
        if b.state == "temporary" and self.cfg.exact:
            return self.due(b) + 2 * US if abs(self.due(b) - when) < US else None
        return self.latest(b) + MS if least <= when <= self.latest(b) else None

    def tell(self, name, b, when, due=None, most=None):
        self.told[b.addr].append(Event(
            name, when, most or when + self.cfg.instant, due, b.endpoint,
            b.state))

    def expire(self, b):
        due = self.due(b)
        self.tell("binding-expired", b, due, due, self.latest(b))
        self.count["binding_expired"] += 1
        del self.bindings[b.addr]

    def is_over(self, b, when):
        if when < self.due(b):
            return False
        # A temporary one expires whenever its timer runs (G5).
        if when > self.latest(b) or (b.state == "temporary" and self.cfg.exact):
            return True
        self.unsure += 1
        return self.events.expired(
            text6(b.addr), len(self.told[b.addr]),
            when + (0 if self.cfg.exact else self.cfg.patience))

    def binding(self, addr, when):
        b = self.bindings.get(addr)
        if b and self.is_over(b, when):
            self.expire(b)
            return None
        return b

    def pass_time(self, when):
        for b in list(self.bindings.values()):
            if when > self.latest(b):
                self.expire(b)

    def learn(self, p, endpoint, when):
        if p.src[:6] != PREFIX:
            return self.drop("rx_bad_source")
        if p.dst[:6] != HOME:
            return self.drop("rx_bad_destination")
        b = self.bindings[p.src] = Binding(p.src, endpoint, when)
        self.tell("binding-new", b, when)
        self.count["binding_created"] += 1
        return b

    def drop(self, counter):
        self.count[counter] += 1

    def keepalive(self, b, p, endpoint, when):
        if not b or b.state != "active" or b.endpoint != endpoint:
            return self.drop("rx_keepalive_stray")
        self.count["rx_keepalive"] += 1
        self.count["tx_keepalive"] += 1
        b.rx, b.tx, b.used = b.rx + 1, b.tx + 1, when
        self.out["wan", endpoint, Inner(p.dst, p.src, NONE, b"")] += 1
        return None

    def from_mobile_node(self, p, endpoint, when):
        b = self.binding(p.src, when)
        if p.dst == KEEPALIVE and p.nh == NONE and not p.payload:
            return self.keepalive(b, p, endpoint, when)
        if not b:
            b = self.learn(p, endpoint, when)
            if not b:
                return None
        if b.endpoint != endpoint:
            self.told[p.src].append(Event(
                "mismatch", when, when + self.cfg.instant, None, endpoint,
                None))
            return self.drop("rx_mismatch")
        if p.dst[:6] != HOME:
            return self.drop("rx_bad_destination")
        b.rx, b.used = b.rx + 1, max(b.used, when)
        self.out["lan", None, p] += 1
        return None

    def to_mobile_node(self, p, when):
        b = self.binding(p.dst, when)
        if not b:
            return self.drop("tx_no_binding")
        b.tx, b.used = b.tx + 1, max(b.used, when)
        self.out["wan", b.endpoint, p] += 1
        is_error = p.nh == ICMPV6 and p.payload[0] < 128
        if b.state == "temporary" and p.src[:6] == HOME and not is_error:
            b.state = "active"
            self.tell("binding-active", b, when)
            self.count["binding_activated"] += 1
        return None

    def left(self, way, endpoint, p):
        self.out[way, endpoint, p] -= 1
        if not self.out[way, endpoint, p]:
            del self.out[way, endpoint, p]


class Events:
    """The output of m6tctl monitor, by address."""

    def __init__(self, path):
        self.file = open(path, "rb")
        self.file.seek(0, os.SEEK_END)
        self.rest = b""
        self.of = collections.defaultdict(list)
        self.lost = 0

    def read(self):
        *lines, self.rest = (self.rest + self.file.read()).split(b"\n")
        for line in lines:
            event = json.loads(line, parse_float=str)
            self.lost += event.get("lost", 0) + (event["event"] == "lost")
            seconds, fraction = event.pop("time").split(".")
            event["ns"] = int(seconds) * S + int(fraction.ljust(9, "0"))
            self.of[event.get("address")].append(event)

    def expired(self, addr, n, when):
        """Is the event after the first n its expiry, by then?"""
        for _ in range(100):
            time.sleep(0.001)
            self.read()
            if len(self.of[addr]) > n:
                break
        more = self.of[addr][n:n + 1]
        return bool(more) and more[0]["event"] == "binding-expired" and \
            more[0]["ns"] <= when


class Wire:
    """All packets on the gateway's interfaces, in order."""

    def __init__(self, netns, model):
        self.model = model
        with Netns(netns):
            self.sock = socket.socket(socket.AF_PACKET, socket.SOCK_DGRAM,
                                      socket.htons(ETH_P_ALL))
            self.sock.setsockopt(socket.SOL_SOCKET, RCVBUFFORCE, 64 << 20)
            self.sock.setsockopt(socket.SOL_SOCKET, TIMESTAMPNS, 1)
        self.sock.setblocking(False)
        self.packets = 0

    def read(self):
        while True:
            try:
                data, more, _, where = self.sock.recvmsg(2048, 64)
            except BlockingIOError:
                break
            seconds, ns = struct.unpack("qq", more[0][2])
            self.packet(data, seconds * S + ns, where)
        self.model.pass_time(now())

    def packet(self, data, when, where):
        name, proto, kind = where[:3]
        going = kind == socket.PACKET_OUTGOING
        if name == "wan" and proto == 0x0800:
            self.wan(data, when, going)
        elif name == "lan" and proto == 0x86dd:
            p = inner_of(data)
            if going and p.src[:6] == PREFIX:
                self.model.left("lan", None, p)
            elif not going and p.dst[:6] == PREFIX:
                self.packets += 1
                self.model.to_mobile_node(p, when)

    def wan(self, data, when, going):
        if data[9] != socket.IPPROTO_UDP:
            return
        sport, dport = struct.unpack_from(">HH", data, 20)
        if going and sport == PORT:
            self.model.left("wan", (socket.inet_ntoa(data[16:20]), dport),
                            inner_of(data[28:]))
        elif not going and dport == PORT:
            self.packets += 1
            self.model.from_mobile_node(
                inner_of(data[28:]), (socket.inet_ntoa(data[12:16]), sport), when)

    def lost(self):
        stats = self.sock.getsockopt(SOL_PACKET, PACKET_STATISTICS, 8)
        return struct.unpack("II", stats)[1]


class Node:
    """A mobile node whose packets are built here."""

    def __init__(self, day, number):
        self.day, self.cfg, self.number = day, day.cfg, number
        self.rng = random.Random(f"{day.cfg.seed}/{number}")
        self.visits = 0
        self.serial = 0
        self.socks = []
        self.move(True)

    def move(self, port=False):
        """A fresh address, and with a port, a fresh one of them and a second."""
        self.visits += 1
        self.addr = PREFIX + struct.pack(">HHHI", 0x100, self.number,
                                         self.rng.randrange(1 << 16), self.visits)
        if not port:
            return
        for sock in self.socks:
            sock.close()
        with Netns(self.cfg.mn):
            self.socks = [socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
                          for _ in range(2)]
        for sock in self.socks:
            sock.bind(("0.0.0.0", 0))
            sock.connect(("192.0.2.2", PORT))

    def payload(self):
        self.serial += 1
        return struct.pack(">IQ", self.number, self.serial)

    def send(self, dst=HA, socket_number=0, payload=None):
        p = Inner(self.addr, dst, NONE,
                  self.payload() if payload is None else payload)
        try:
            self.socks[socket_number].send(bytes_of(p))
        except ConnectionError:
            # An ICMP error about the packet before.
            self.socks[socket_number].send(bytes_of(p))

    def send_keepalive(self):
        self.send(KEEPALIVE, payload=b"")

    def answer(self, src=HA, nh=NONE, payload=None):
        """A packet of the home agent."""
        p = Inner(src, self.addr, nh, payload or self.payload())
        self.day.home.sendto(bytes_of(p), (text6(self.addr), 0))

    def error(self):
        self.answer(nh=ICMPV6, payload=bytes([1, 4, 0, 0, 0, 0, 0, 0]))

    def harmless(self):
        """A packet that must not extend a lifetime."""
        self.rng.choice([
            lambda: self.send(socket_number=1),
            lambda: self.send(KEEPALIVE, 1, b""),
            lambda: self.send(STRANGER)])()

    def of_use(self):
        """A packet that does, while the binding is active."""
        self.rng.choice([self.send, self.send_keepalive, self.answer,
                         lambda: self.answer(STRANGER)])()

    def burst(self):
        """That, and sometimes more of it within a tick or two."""
        self.of_use()
        while self.rng.random() < 0.5:
            yield now() + int(self.rng.uniform(US, 2 * self.cfg.tick))
            self.of_use()

    def until(self, when):
        """Sleep, and continue when it is certain whether a binding exists."""
        while when:
            yield when
            when = self.day.model.between(self.addr, now())

    def due(self):
        b = self.day.model.bindings.get(self.addr)
        return self.day.model.due(b) if b else now()

    def just_before(self, when):
        """A time that is only just early enough."""
        if not self.cfg.exact:
            return when - 2 * self.cfg.patience
        return when - self.rng.choice([2 * US, 5 * US, 100 * US, MS, 5 * MS])

    def knock(self):
        """There is no answer in time, whatever is sent."""
        self.send()
        end = now() + self.cfg.temporary
        times = sorted(self.rng.uniform(now(), end - 5 * MS)
                       for _ in range(self.rng.randrange(6)))
        for when in times:
            yield from self.until(int(when))
            self.rng.choice([self.send, self.send_keepalive, self.error,
                             self.harmless, lambda: self.answer(STRANGER)])()
        if self.rng.random() < 0.5:
            yield from self.until(self.just_before(end))
            self.rng.choice([self.send, self.error])()
        if self.rng.random() < 0.5:
            # Too late, maybe by very little.
            yield from self.until(end + self.rng.choice([2 * US, 500 * US, 9 * MS]))
            self.rng.choice([self.answer, self.send_keepalive, self.send])()

    def visit(self):
        """An answer comes in time, and then some traffic for a while."""
        self.send()
        end = now() + self.cfg.temporary
        if self.rng.random() < 0.3:
            yield from self.until(self.just_before(end))
        else:
            yield from self.until(now() + int(self.rng.uniform(
                0, 0.5 * self.cfg.temporary)))
        self.answer()
        for _ in range(int(self.rng.expovariate(1 / 12))):
            if self.rng.random() < 0.15:
                yield from self.until(self.just_before(self.due()))
            else:
                yield from self.until(now() + min(
                    int(self.rng.expovariate(3 / self.cfg.active)),
                    int(0.9 * self.cfg.active)))
            if self.rng.random() < 0.1:
                self.harmless()
            else:
                yield from self.burst()
        yield from self.silence()

    def silence(self):
        """The end of a visit; packets without effect may still be sent."""
        if self.rng.random() < 0.5:
            # So far apart that they must have different timestamps.
            say = self.rng.choice([self.send, self.send_keepalive, self.answer])
            yield from self.until(now() + int(self.cfg.active / 3))
            say()
            ticks = self.rng.choice([0, 0, 255]) + self.rng.uniform(1, 1.5)
            yield now() + int(ticks * self.cfg.tick)
            say()
        due = self.due()
        if self.rng.random() < 0.3:
            yield from self.until(int(self.rng.uniform(now(), due)))
            self.harmless()
        if self.rng.random() < 0.3:
            yield from self.until(due + self.cfg.late_active + 2 * MS)
            self.rng.choice([self.answer, self.send_keepalive, self.send])()

    def live(self):
        yield from self.until(now() + int(self.rng.uniform(0, self.cfg.active)))
        while True:
            if self.rng.random() < 0.7:
                self.move(self.rng.random() < 0.5)
            yield from self.until(now())
            yield from self.visit() if self.rng.random() < 0.7 else self.knock()
            yield from self.until(now() + int(self.idle()))

    def idle(self):
        if self.rng.random() < 0.5:
            return self.rng.uniform(0, 2 * self.cfg.active)
        return self.rng.expovariate(1 / (10 * self.cfg.active))


class Device:
    """A mobile node that is a device of mode mn."""

    def __init__(self, day, number, name):
        self.day, self.cfg, self.name = day, day.cfg, name
        self.rng = random.Random(f"{day.cfg.seed}/device {number}")
        with Netns(self.cfg.mn):
            self.sock = socket.socket(socket.AF_INET6, socket.SOCK_DGRAM,
                                      socket.IPPROTO_ICMPV6)
            self.sock.setsockopt(socket.SOL_SOCKET, socket.SO_BINDTODEVICE,
                                 name.encode())

    def ping(self, whom):
        try:
            self.sock.sendto(struct.pack(">BBHHH", 128, 0, 0, 0, 1),
                             (text6(whom), 0))
        except OSError:
            pass        # not attached

    def attach(self, word="attach"):
        subprocess.run(["m6tctl", "-n", self.cfg.mn, word, "dev", self.name],
                       check=True, stdout=subprocess.DEVNULL)

    def live(self):
        while True:
            self.attach()
            for _ in range(self.rng.randrange(1, 30)):
                yield now() + int(self.rng.expovariate(1 / self.cfg.active))
                self.ping(HA if self.rng.random() < 0.8 else SILENT)
            if self.rng.random() < 0.5:
                self.attach("detach")
                yield now() + int(self.rng.expovariate(
                    1 / (5 * self.cfg.active)))


class Day:
    """All of it."""

    def __init__(self, cfg):
        self.cfg = cfg
        self.events = Events(cfg.events)
        self.model = Model(cfg, self.events)
        self.wire = Wire(cfg.gw, self.model)
        with Netns(cfg.ha):
            self.home = socket.socket(socket.AF_INET6, socket.SOCK_RAW,
                                      socket.IPPROTO_RAW)
        self.differences = []
        self.looks = 0
        self.begin = self.counters()
        self.answered = False
        self.nodes = [Node(self, n) for n in range(cfg.nodes)]
        self.devices = [Device(self, n, name) for n, name in
                        enumerate(filter(None, cfg.devices.split(",")))]
        self.end = now() + cfg.seconds * S

    def differ(self, what):
        self.differences.append(what)
        print(f"# {what}", flush=True)

    def counters(self):
        return json.loads(self.tool("stats"))[0]

    def tool(self, *words):
        return subprocess.run(
            ["m6tctl", "-n", self.cfg.gw, "-j", *words, "dev", "m6t0"],
            check=True, stdout=subprocess.PIPE).stdout

    def at_once(self):
        """All nodes send at once, are answered or not, and are silent
        until it is over."""
        for node in self.nodes:
            node.move()
            node.send()
        self.wire.read()
        self.answered = not self.answered
        if self.answered:
            for node in self.nodes:
                node.answer()
        rest = (self.cfg.active if self.answered else self.cfg.temporary) + S
        self.queue = [(when + rest if n < len(self.nodes) else when, n, step)
                      for when, n, step in self.queue]
        heapq.heapify(self.queue)

    def plan(self):
        """(when, number, step) of each node, and of other actions. A step
        returns when the next one is, or nothing."""
        rng = random.Random(f"{self.cfg.seed}")
        lives = [one.live() for one in self.nodes + self.devices]
        steps = [(now(), life.__next__) for life in lives]
        for i in range(4):
            share = (i + rng.uniform(0.3, 0.7)) / 4.5
            steps.append((now() + int(share * self.cfg.seconds * S),
                          self.at_once))
        for _ in range(40):
            steps.append((now() + int(rng.random() * self.cfg.seconds * S),
                          self.look))
        self.queue = [(when, n, step) for n, (when, step) in enumerate(steps)]
        heapq.heapify(self.queue)

    def run(self):
        self.plan()
        while self.queue[0][0] < self.end:
            when, n, step = heapq.heappop(self.queue)
            sleep_until(when)
            self.wire.read()
            when = step()
            if when:
                heapq.heappush(self.queue, (when, n, step))
            self.wire.read()
        for device in self.devices:
            device.attach("detach")

    def look(self):
        """Compare the listing with the model."""
        self.wire.read()
        begin = now()
        before = {text6(addr): (b, b.used, b.rx, b.tx, b.state)
                  for addr, b in self.model.bindings.items()}
        got = json.loads(self.tool("binding", "show"))
        end = now()
        self.wire.read()
        got = {b["address"]: b for b in got}
        for addr, was in before.items():
            b, listed = was[0], got.pop(addr, None)
            # Unless it changed meanwhile, by the clock or not.
            if end < self.model.due(b) - self.cfg.instant and \
               was == (b, b.used, b.rx, b.tx, b.state):
                self.compare_binding(b, listed, begin, end)
        for addr in got:
            if socket.inet_pton(socket.AF_INET6, addr) not in \
               self.model.bindings or self.cfg.exact:
                self.differ(f"{end}: {addr} is listed, but there is none")
        self.looks += 1

    def compare_binding(self, b, got, begin, end):
        want = [b.state, *b.endpoint, b.rx, b.tx]
        have = got and [got[key] for key in (
            "state", "remote", "port", "rx_packets", "tx_packets")]
        if have != want:
            self.differ(f"{end}: {text6(b.addr)} is {want}, but listed: {have}")
            return
        # Whole ms, by a timestamp that may be a tick old.
        least = (self.model.due(b) - end - self.cfg.tick) / MS - 1
        most = (self.model.due(b) - begin + self.cfg.instant) / MS
        if not least <= got["expires_ms"] <= most:
            self.differ(f"{end}: {text6(b.addr)} has {least} to {most} ms left, "
                        f"but listed: {got['expires_ms']}")

    def compare_event(self, addr, want, got, late):
        state = got.get("state")
        where = (got.get("remote"), got.get("port"))
        what = f"{addr}: {want.name} of {want.where} at {want.least}"
        if got["event"] != want.name or where != want.where or \
           state != want.state:
            self.differ(f"{what}, but {got}")
        elif not want.least <= got["ns"] <= want.most:
            self.differ(f"{what}, but {got['ns'] - want.least} ns later")
        if want.due and got["event"] == want.name:
            late[want.state].append(got["ns"] - want.due)

    def compare_events(self):
        late = {"temporary": [], "active": []}
        n = 0
        self.events.read()
        self.events.of.pop("fd00:6d::ffff", None)
        told = {text6(addr): list_ for addr, list_ in self.model.told.items()}
        for addr in {**told, **self.events.of}:
            want, got = told.get(addr, []), self.events.of.get(addr, [])
            n += len(want)
            for pair in zip(want, got):
                self.compare_event(addr, *pair, late)
            for event in want[len(got):]:
                self.differ(f"{addr}: {event} is missing")
            for event in got[len(want):]:
                self.differ(f"{addr}: {event} is one too many")
        return n, late

    def compare_counters(self):
        got = self.counters()
        got = {name: n - self.begin[name] for name, n in got.items()
               if n != self.begin[name]}
        if got != dict(self.model.count):
            self.differ(f"counted {got}, but it should be {dict(self.model.count)}")

    def finish(self):
        # Until all bindings have expired.
        sleep_until(now() + self.cfg.active + self.cfg.late_active + S)
        self.wire.read()
        self.look()
        if self.model.bindings:
            self.differ(f"bindings are left: {list(self.model.bindings)}")
        for key, n in self.model.out.items():
            self.differ(f"sent {-n} times too often: {key}" if n < 0 else
                        f"not sent: {key}")
        if self.wire.lost():
            self.differ("the capture is not complete")
        self.report(*self.compare_events())
        self.compare_counters()
        if self.events.lost:
            self.differ(f"{self.events.lost} events were lost")
        return 1 if self.differences else 0

    def report(self, n, late):
        print(f"# figure: day: {self.cfg.seconds} s, {len(self.nodes)} nodes, "
              f"{len(self.devices)} devices, {self.wire.packets} packets, "
              f"{n} events, {self.looks} listings, seed {self.cfg.seed}")
        print(f"# tick {self.cfg.tick / MS:g} ms, {self.model.unsure} packets "
              "in the time in which a binding may have ended or not")
        for kind, all_ in late.items():
            if all_:
                print(f"# figure: day: {len(all_)} {kind} bindings expired, "
                      f"late by {min(all_) / MS:.3f} to {max(all_) / MS:.3f} ms, "
                      f"{sum(all_) / len(all_) / MS:.3f} on average")
        if not all(late.values()):
            self.differ("of some kind, no binding expired")


def main(argv):
    libc.prctl(29, 1)           # PR_SET_TIMERSLACK: wake up when it is time
    day = Day(Settings(argv[1:]))
    day.run()
    return day.finish()


if __name__ == "__main__":
    sys.exit(main(sys.argv))
