#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""Read recorded IPv6 packets of a DSMIPv6 underlay, byte by byte.

usage: dsmip6_pcap.py HOA HA FILE

Prints a JSON object for each packet that is not ICMPv6 (those inside are): outer addresses
src and dst, otc, label, ohop, onext, osize, parts (fragments that it came in, put
together), form: "tunnel" (behind another header), "hao", "rt2" (with their header in
hexadecimal digits, ext), or "plain"; and what dsmip_pcap.py prints of the packet with home
addresses, as the devices see it: version, isrc, idst, tc, hop, next, size, spi, check, hex.

Exit status 1 if anything is not what DSMIPv6 sends.
"""

import json
import os
import struct
import sys
from socket import AF_INET6, inet_ntop, inet_pton

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "lib"))

import dsmip_pcap  # noqa: E402
from check_pcap import records  # noqa: E402

IPIP, IPV6, ROUTING, FRAGMENT, ESP, ICMP6, DST, MH = 4, 41, 43, 44, 50, 58, 60, 135
problems = dsmip_pcap.problems


def whole(packet, parts):
    """The packet without a fragment header, once all of it has been seen, and the number
    of its parts."""
    if packet[6] != FRAGMENT:
        return packet, 1
    nexthdr, at, ident = struct.unpack(">BxHI", packet[40:48])
    have = parts.setdefault((packet[8:40], ident), {})
    have[at & 0xfff8] = (packet[48:], bool(at & 1))
    body = b""
    for begin in sorted(have):
        if begin != len(body):
            return None, 0
        body += have[begin][0]
        if not have[begin][1]:
            n = len(parts.pop((packet[8:40], ident)))
            return packet[:4] + struct.pack(">HB", len(body), nexthdr) + packet[7:40] + body, n
    return None, 0


def without(packet, seen):
    """The packet without its extension header, which ends with a home address."""
    seen["ext"] = packet[40:64].hex()
    length = struct.unpack(">H", packet[4:6])[0] - 24
    return packet[:4] + struct.pack(">HB", length, packet[40]) + packet[7:40] + packet[64:]


def as_sent(packet, seen, hoa, ha):
    """The packet with home addresses."""
    form = {IPIP: "tunnel", IPV6: "tunnel", DST: "hao", ROUTING: "rt2"}.get(packet[6], "plain")
    seen["form"] = form
    if form == "tunnel":
        version = packet[40] >> 4
        if packet[6] != {4: IPIP, 6: IPV6}.get(version):
            problems.append(f"IPv{version} in protocol {packet[6]}")
        return packet[40:]
    if form in ("hao", "rt2"):
        home, ends = packet[48:64], (packet[8:24], packet[24:40])
        packet = without(packet, seen)
        if home != hoa or ends[form == "hao"] == home:
            problems.append(f"home address {home.hex()}")
    if packet[6] not in (ESP, MH):
        problems.append(f"protocol {packet[6]}")
    if packet[24:40] == ha:
        return packet[:8] + hoa + packet[24:]
    return packet[:24] + hoa + packet[40:]


def outer(packet, parts, hoa, ha):
    first, length, nexthdr, hop = struct.unpack(">IHBB", packet[:8])
    if first >> 28 != 6 or length + 40 != len(packet):
        problems.append(f"outer IPv6 header: {packet[:40].hex()}, {len(packet)} bytes")
        return
    if nexthdr == ICMP6:
        return
    packet, n = whole(packet, parts)
    if packet is None:
        return
    seen = {"src": inet_ntop(AF_INET6, packet[8:24]), "dst": inet_ntop(AF_INET6, packet[24:40]),
            "otc": first >> 20 & 0xff, "label": first & 0xfffff, "ohop": hop,
            "onext": packet[6], "parts": n, "osize": len(packet), "kind": "ip6"}
    if ha not in (packet[8:24], packet[24:40]):
        problems.append(f"from {seen['src']} to {seen['dst']}")
    dsmip_pcap.inner(as_sent(packet, seen, hoa, ha), seen)
    print(json.dumps(seen))


def main(hoa, ha, path):
    parts = {}
    hoa, ha = inet_pton(AF_INET6, hoa), inet_pton(AF_INET6, ha)
    for kind, packet in records(path):
        if kind == 0x86dd:
            outer(packet, parts, hoa, ha)
    if parts:
        problems.append(f"{len(parts)} packets are incomplete")
    for problem in problems[:10]:
        print(f"dsmip6_pcap: {problem}", file=sys.stderr)
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
