#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""Read recorded packets of a DSMIPv6 underlay, byte by byte.

usage: dsmip_pcap.py [--device] FILE

Prints a JSON object for each packet that is neither ARP nor ICMP: outer addresses
and ports, its kind (udp4, ip4), tos, ttl, df, csum (of UDP: none, good, bad), and of
the inner packet: version, isrc, idst, tc, hop, next (its protocol), size, and what
is known of it: spi, check (of TCP, UDP, ICMP and mobility headers: good, bad), hex.
Fragments of the outer packet are put together; "parts" is their number.

--device: FILE was recorded on an m6t device; prints the same of its packets.

Exit status 1 if anything is not what DSMIPv6 sends: other protocols, lengths that do
not fit, bad IPv4 checksums, other ports, or an incomplete packet.
"""

import json
import struct
import sys
from socket import AF_INET, AF_INET6, inet_ntop

from check_pcap import checksum, records

PORT = 4191
CHECKSUM_AT = {1: 2, 6: 16, 17: 6, 58: 2, 135: 4}
problems = []


def udp(packet, body, seen):
    sport, dport, length, check = struct.unpack(">HHHH", body[:8])
    seen.update(kind="udp4", sport=sport, dport=dport, csum="none")
    if PORT not in (sport, dport) or length != len(body):
        problems.append(f"UDP from {sport} to {dport}, {length} of {len(body)} bytes")
    if check:
        pseudo = packet[12:20] + struct.pack(">HH", 17, length)
        seen["csum"] = "good" if checksum(pseudo + body) == 0xffff else "bad"
    return body[8:]


def check(packet, at, nexthdr, seen):
    """The checksum of what is inside; ICMP of IPv4 has no pseudo header."""
    body = packet[at:]
    pseudo = b""
    if seen["version"] == 6:
        pseudo = packet[8:40] + struct.pack(">II", len(body), nexthdr)
    elif nexthdr != 1:
        pseudo = packet[12:20] + struct.pack(">HH", nexthdr, len(body))
    seen["check"] = "good" if checksum(pseudo + body) == 0xffff else "bad"


def inner4(packet, seen):
    tc, length, hop, proto = struct.unpack(">xBH4xBB", packet[:10])
    seen.update(version=4, isrc=inet_ntop(AF_INET, packet[12:16]),
                idst=inet_ntop(AF_INET, packet[16:20]), tc=tc, hop=hop, next=proto)
    if packet[0] != 0x45 or length != len(packet) or checksum(packet[:20]) != 0xffff:
        problems.append(f"inner IPv4 header: {packet[:20].hex()}")
    seen["fragment"] = bool(struct.unpack(">H", packet[6:8])[0] & 0x3fff)
    return 20, proto


def inner6(packet, seen):
    first, length, nexthdr, hop = struct.unpack(">IHBB", packet[:8])
    seen.update(version=6, isrc=inet_ntop(AF_INET6, packet[8:24]),
                idst=inet_ntop(AF_INET6, packet[24:40]), tc=first >> 20 & 0xff, hop=hop,
                next=nexthdr, fragment=nexthdr == 44)
    if length + 40 != len(packet):
        problems.append(f"inner IPv6 header: {packet[:40].hex()}, {len(packet)} bytes")
    return 40, nexthdr


def inner(packet, seen):
    if len(packet) < 20 or packet[0] >> 4 not in (4, 6):
        problems.append(f"not IP inside: {packet[:40].hex()}")
        return
    version = packet[0] >> 4
    if seen["kind"] == "ip4" and seen["protocol"] != {4: 4, 6: 41}[version]:
        problems.append(f"IPv{version} in protocol {seen['protocol']}")
    at, nexthdr = (inner4 if version == 4 else inner6)(packet, seen)
    seen.update(size=len(packet), hex=packet.hex())
    if nexthdr == 50:
        seen["spi"], = struct.unpack(">I", packet[at:at + 4])
    elif nexthdr in CHECKSUM_AT and not seen["fragment"]:
        check(packet, at, nexthdr, seen)


def whole(packet, parts):
    """The body of a datagram, once all of its fragments have been seen, and their
    number."""
    ident, offset = struct.unpack(">HH", packet[4:8])
    key = packet[9:10] + packet[12:20] + bytes([ident >> 8, ident & 255])
    if not offset & 0x3fff:
        return packet[20:], 1
    have = parts.setdefault(key, {})
    have[(offset & 0x1fff) * 8] = (packet[20:], bool(offset & 0x2000))
    body = b""
    for at in sorted(have):
        if at != len(body):
            return None, 0
        body += have[at][0]
        if not have[at][1]:
            return body, len(parts.pop(key))
    return None, 0


def outer(packet, parts):
    length, = struct.unpack(">H", packet[2:4])
    if packet[0] != 0x45 or length != len(packet) or checksum(packet[:20]) != 0xffff:
        problems.append(f"outer IPv4 header: {packet[:20].hex()}, {len(packet)} bytes")
        return
    protocol = packet[9]
    if protocol == 1:
        return
    body, n = whole(packet, parts)
    if body is None:
        return
    seen = {"src": inet_ntop(AF_INET, packet[12:16]), "dst": inet_ntop(AF_INET, packet[16:20]),
            "tos": packet[1], "ttl": packet[8], "df": packet[6] >> 6 & 1, "protocol": protocol,
            "parts": n}
    if protocol == 17:
        body = udp(packet, body, seen)
    elif protocol in (4, 41):
        seen["kind"] = "ip4"
    else:
        problems.append(f"protocol {protocol}")
        return
    inner(body, seen)
    print(json.dumps(seen))


def bare(packet):
    seen = {"kind": "none"}
    inner(packet, seen)
    print(json.dumps(seen))


def main(*args):
    parts = {}
    for kind, packet in records(args[-1]):
        if args[0] == "--device":
            bare(packet)
        elif kind == 0x0800:
            outer(packet, parts)
        elif kind not in (0x0806, 0x86dd):
            problems.append(f"EtherType {kind:#06x}")
    if parts:
        problems.append(f"{len(parts)} datagrams are incomplete")
    for problem in problems[:10]:
        print(f"dsmip_pcap: {problem}", file=sys.stderr)
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
