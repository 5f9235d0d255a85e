# SPDX-License-Identifier: GPL-2.0
"""Mobile nodes that are plain UDP sockets, for tests of what a gateway asks of them.

Runs in the netns of the sockets; "result NAME" prints a line for nodes_report() of
nodes.bash."""

import json
import os
import select
import socket
import struct
import subprocess
import sys
import time

GATEWAY = ("192.0.2.2", 3544)
AGENT = "2001:db8:1::2"
REQUEST, REPLY = 128, 129
KEEPALIVE_TO = "fe80::1"
SHORT = 0.3             # s: nothing comes that has not come by then


def aton(address):
    return socket.inet_pton(socket.AF_INET6, address)


def ntoa(raw):
    return socket.inet_ntop(socket.AF_INET6, raw)


def checksum(data):
    if len(data) % 2:
        data += b"\0"
    total = sum(struct.unpack(f">{len(data) // 2}H", data))
    while total >> 16:
        total = (total & 0xffff) + (total >> 16)
    return ~total & 0xffff


def ipv6(src, dst, next_header, payload):
    return struct.pack(">IHBB", 6 << 28, len(payload), next_header, 64) + \
        aton(src) + aton(dst) + payload


def echo(src, dst, kind, nonce, data=b"", code=0):
    """An echo request or reply; the nonce is its identifier and sequence number."""
    pseudo = aton(src) + aton(dst) + struct.pack(">II", 8 + len(data), 58)
    head = struct.pack(">BBHI", kind, code, 0, nonce)
    head = struct.pack(">BBHI", kind, code, checksum(pseudo + head + data), nonce)
    return ipv6(src, dst, 58, head + data)


class Packet:
    """A received inner packet."""

    def __init__(self, raw):
        self.raw, self.src, self.dst = raw, ntoa(raw[8:24]), ntoa(raw[24:40])
        self.next_header = raw[6]
        self.kind, self.nonce = None, None
        if self.next_header == 58 and len(raw) >= 48:
            self.kind, = struct.unpack(">B", raw[40:41])
            self.nonce, = struct.unpack(">I", raw[44:48])

    def sum_is_right(self):
        pseudo = self.raw[8:40] + struct.pack(">II", len(self.raw) - 40, 58)
        return checksum(pseudo + self.raw[40:]) == 0


class Node:
    """A mobile node at an IPv4 address and port; it answers only when told."""

    def __init__(self, address, source="192.0.2.1", port=0, gateway=GATEWAY):
        self.address = address
        self.sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.sock.bind((source, port))
        self.sock.connect(gateway)
        self.endpoint = f"{source}:{self.sock.getsockname()[1]}"
        self.n = 0

    def send(self, raw):
        try:
            self.sock.send(raw)
        except OSError:
            pass

    def ping(self, size=0, dst=AGENT):
        """An echo request to the home agent."""
        self.n += 1
        self.send(echo(self.address, dst, REQUEST, self.n, bytes(size)))

    def keepalive(self):
        self.send(ipv6(self.address, KEEPALIVE_TO, 59, b""))

    def answer(self, packet):
        """Reply to an echo request, as any stack does."""
        self.send(echo(self.address, packet.src, REPLY, packet.nonce,
                       packet.raw[48:]))

    def receive(self, seconds=SHORT):
        """The next packet, or None."""
        if not select.select([self.sock], [], [], seconds)[0]:
            return None
        try:
            return Packet(self.sock.recv(65536))
        except OSError:
            return None

    def all(self, seconds=SHORT):
        """All packets that come until nothing has come for so long."""
        packets = []
        while packet := self.receive(seconds):
            packets.append(packet)
        return packets

    def asked(self, seconds=SHORT):
        """The echo requests among them."""
        return [p for p in self.all(seconds) if p.kind == REQUEST]

    def register(self, prove=False):
        """An active binding, and a proof if one is asked for."""
        self.ping()
        for packet in self.all(SHORT if prove else 0.1):
            if prove and packet.kind == REQUEST:
                self.answer(packet)
        return self


class Gateway:
    """The device m6t0 in another netns, as m6tctl and ip know it."""

    def __init__(self, netns):
        self.netns = netns

    def ctl(self, *words, check=True):
        done = subprocess.run(["m6tctl", "-n", self.netns, "-j", *words],
                              capture_output=True, text=True, check=check)
        return json.loads(done.stdout) if done.stdout.strip() else None

    def works(self, *words):
        return subprocess.run(["m6tctl", "-n", self.netns, *words],
                              capture_output=True).returncode == 0

    def ip(self, *words):
        subprocess.run(["ip", "-n", self.netns, *words], check=True)

    def set(self, *words):
        self.ip("link", "set", "m6t0", "type", "m6t", *words)

    def pressed(self):
        return self.ctl("show", "dev", "m6t0")[0]["pressed"]

    def counters(self):
        return self.ctl("stats", "dev", "m6t0")[0]

    def counter(self, name):
        return self.counters()[name]

    def bindings(self):
        """{address: binding}"""
        return {b["address"]: b
                for b in self.ctl("binding", "show", "dev", "m6t0")}

    def static(self, address, remote="192.0.2.99:9"):
        return self.works("binding", "add", address, "remote", remote,
                          "dev", "m6t0")

    def delete(self, address):
        return self.works("binding", "del", address, "dev", "m6t0")

    def flush(self):
        self.ctl("binding", "flush", "dev", "m6t0")


def until(condition, seconds=None):
    """Poll for it; its last value."""
    end = time.monotonic() + (seconds or float(os.environ.get("M6T_WAIT", "10")))
    while not (value := condition()) and time.monotonic() < end:
        time.sleep(0.02)
    return value


def result(name, got, want=True):
    ok = got == want
    print(f"{'ok' if ok else 'not ok'} {name}")
    if not ok:
        print(f"# {name}: expected {want!r}, got {got!r}")
    sys.stdout.flush()
