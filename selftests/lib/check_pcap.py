#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""Check recorded datagrams of an underlay, byte by byte.

usage: check_pcap.py [--port N] [--ttl UP,DOWN] [--df 0|1] [--csum 0|1]
                     [--least N] [--fragments] [--tos] [--sizes]
                     [--inner FILE]... WIRE

WIRE must have nothing but ARP and UDP/IPv4 from or to the port (3544), each
datagram (reassembled first, where --fragments permits fragments) exactly one IPv6
packet, with all checksums right, DF as --df says (0), an identification that no
recent one has unless DF is set, and in either direction the TTL of --ttl
(64,64). --csum 0: the outer UDP checksum is zero. --least: minimum number of packets in
each direction (1).

--inner: FILE, recorded on a device of either end, has exactly the same IPv6
packets. Those without an address of the tunnel are ignored, and so are hop
limits, where FILE was recorded on an Ethernet, behind a router.

--tos prints, for each direction, the pairs of inner traffic class and outer
TOS that were seen, in the order of their first packets; --sizes prints how
many inner packets are as long as the longest.
"""

import argparse
import collections
import ipaddress
import struct
import sys

ETHERNET, RAW = 1, (12, 14, 101)
TUNNEL = ipaddress.ip_network("fd00:6d::/48")
KEEPALIVE = ipaddress.ip_address("fe80::1").packed
CHECKSUM_AT = {6: 16, 17: 6, 58: 2}

problems = 0


def complain(what):
    global problems
    problems += 1
    if problems <= 10:
        print("check_pcap: " + what)


def records(path):
    """The packets of a file, from their network header on."""
    with open(path, "rb") as f:
        data = f.read()
    order = "<" if data[:4] in (b"\xd4\xc3\xb2\xa1", b"\x4d\x3c\xb2\xa1") else ">"
    link, = struct.unpack(order + "I", data[20:24])
    at = 24
    while at + 16 <= len(data):
        have, whole = struct.unpack(order + "II", data[at + 8:at + 16])
        packet = data[at + 16:at + 16 + have]
        at += 16 + have
        if have != whole:
            sys.exit(f"check_pcap: {path} has only parts of packets")
        if link == ETHERNET:
            yield struct.unpack(">H", packet[12:14])[0], packet[14:]
        elif link in RAW:
            yield {4: 0x0800, 6: 0x86dd}.get(packet[0] >> 4, 0), packet
        else:
            sys.exit(f"check_pcap: {path} has an unknown link type, {link}")


def is_ethernet(path):
    with open(path, "rb") as f:
        head = f.read(24)
    return ETHERNET in struct.unpack("<I", head[20:]) + struct.unpack(">I", head[20:])


def checksum(data):
    if len(data) & 1:
        data += b"\0"
    total = sum(struct.unpack(f">{len(data) // 2}H", data))
    while total >> 16:
        total = (total & 0xffff) + (total >> 16)
    return total


class Wire:
    """Packets of the underlay."""

    def __init__(self, args):
        self.args = args
        self.parts = {}
        self.idents = collections.defaultdict(
            lambda: collections.deque(maxlen=100))
        self.up, self.down = [], []
        self.tos = {"up": [], "down": []}

    def add(self, kind, packet):
        if kind == 0x0806:
            return
        if kind != 0x0800:
            complain(f"neither IPv4 nor ARP, but {kind:#06x}")
            return
        self.datagram(packet)

    def datagram(self, packet):
        length, ident, offset, ttl, protocol = struct.unpack(
            ">2xHHHBB", packet[:10])
        if packet[0] != 0x45 or checksum(packet[:20]) != 0xffff:
            complain("bad IPv4 header")
            return
        if length != len(packet):
            complain(f"{len(packet)} bytes, but IPv4 says {length}")
            return
        if protocol != 17:
            complain(f"protocol {protocol}, not UDP")
            return
        if bool(offset & 0x4000) != self.args.df:
            complain(f"DF is {offset >> 14 & 1}")
        elif not self.args.df and not offset & 0x1fff:
            self.identify(packet[12:20], ident)
        body = packet[20:]
        if offset & 0x3fff:
            if not self.args.fragments:
                complain("a fragment")
                return
            body = self.reassemble((packet[12:20], ident), offset, body)
        if body is not None:
            self.udp(packet, ttl, body)

    def identify(self, addresses, ident):
        recent = self.idents[addresses]
        if ident in recent:
            complain(f"two datagrams with the identification {ident:#06x}")
        recent.append(ident)

    def reassemble(self, key, offset, body):
        parts = self.parts.setdefault(key, {})
        parts[(offset & 0x1fff) * 8] = (body, bool(offset & 0x2000))
        whole = b""
        for at in sorted(parts):
            if at != len(whole):
                return None
            whole += parts[at][0]
            if not parts[at][1]:
                del self.parts[key]
                return whole
        return None

    def udp(self, header, ttl, body):
        sport, dport, length, check = struct.unpack(">HHHH", body[:8])
        if self.args.port == dport:
            way = "up"
        elif self.args.port == sport:
            way = "down"
        else:
            complain(f"UDP from port {sport} to {dport}")
            return
        if length != len(body):
            complain(f"UDP says {length} bytes, there are {len(body)}")
            return
        if ttl != self.args.ttl[way == "down"]:
            complain(f"TTL {ttl} {way}")
        if not self.args.csum:
            if check:
                complain(f"UDP checksum {check:#06x}, not off")
        elif not check or checksum(
                header[12:20] + struct.pack(">HH", 17, length) + body) != 0xffff:
            complain(f"UDP checksum {check:#06x} is wrong")
        self.inner(way, header[1], body[8:])

    def inner(self, way, tos, packet):
        if len(packet) < 40 or packet[0] >> 4 != 6:
            complain(f"not an IPv6 packet: {packet[:40].hex()}")
            return
        length, = struct.unpack(">H", packet[4:6])
        if length + 40 != len(packet):
            complain(f"IPv6 says {length} bytes of payload, there are "
                     f"{len(packet) - 40}")
            return
        at = CHECKSUM_AT.get(packet[6])
        if at and checksum(packet[8:40] + struct.pack(">II", length, packet[6]) +
                           packet[40:]) != 0xffff:
            complain(f"checksum of a packet inside, next header {packet[6]}, "
                     "is wrong")
        pair = (struct.unpack(">H", packet[:2])[0] >> 4 & 0xff, tos)
        if pair not in self.tos[way]:
            self.tos[way].append(pair)
        # Consumed before they could be captured on the device.
        if KEEPALIVE not in (packet[8:24], packet[24:40]):
            (self.up if way == "up" else self.down).append(packet)


def of_tunnel(packet):
    return any(ipaddress.ip_address(packet[at:at + 16]) in TUNNEL
               for at in (8, 24))


def compare(wire, path):
    cut = is_ethernet(path)

    def key(packet):
        return packet[:7] + packet[8:] if cut else packet
    there = collections.Counter(key(p) for kind, p in records(path)
                                if kind == 0x86dd and of_tunnel(p))
    here = collections.Counter(key(p) for p in wire.up + wire.down)
    for packet in here - there:
        complain(f"on the underlay, but not in {path}: {packet[:64].hex()}")
    for packet in there - here:
        complain(f"not on the underlay, but in {path}: {packet[:64].hex()}")


def arguments():
    parser = argparse.ArgumentParser()
    parser.add_argument("--port", type=int, default=3544)
    parser.add_argument("--ttl", default="64,64",
                        type=lambda s: [int(n) for n in s.split(",")])
    parser.add_argument("--df", type=lambda s: bool(int(s)), default=False)
    parser.add_argument("--csum", type=int, default=1)
    parser.add_argument("--least", type=int, default=1)
    parser.add_argument("--fragments", action="store_true")
    parser.add_argument("--tos", action="store_true")
    parser.add_argument("--sizes", action="store_true")
    parser.add_argument("--inner", action="append", default=[])
    parser.add_argument("wire")
    return parser.parse_args()


def main():
    args = arguments()
    wire = Wire(args)
    for kind, packet in records(args.wire):
        wire.add(kind, packet)
    for way, packets in (("up", wire.up), ("down", wire.down)):
        if len(packets) < args.least:
            complain(f"only {len(packets)} packets {way}")
    if wire.parts:
        complain(f"{len(wire.parts)} datagrams are not complete")
    for path in args.inner:
        compare(wire, path)
    if args.tos:
        for way in ("up", "down"):
            print(way, *(f"{a:02x}:{b:02x}" for a, b in wire.tos[way]))
    if args.sizes:
        sizes = [len(p) for p in wire.up + wire.down]
        print(max(sizes), sizes.count(max(sizes)))
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
