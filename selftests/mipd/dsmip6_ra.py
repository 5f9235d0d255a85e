#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""
dsmip6_ra.py LINK LIFETIME PREFIX=PREFERRED...: a router advertisement to all nodes of a
link, with its lifetime as a default router, and /64 prefixes with their preferred
lifetimes, all in seconds.
"""

import socket
import struct
import sys

ALL_NODES = "ff02::1"
MULTICAST_IF, MULTICAST_HOPS = 17, 18
VALID = 3600


def prefix(text):
    name, preferred = text.split("=")
    return struct.pack(">BBBBIII", 3, 4, 64, 0xc0, VALID, int(preferred), 0) + \
        socket.inet_pton(socket.AF_INET6, name)


def hardware(link):
    with open(f"/sys/class/net/{link}/address") as f:
        return bytes([1, 1]) + bytes.fromhex(f.read().strip().replace(":", ""))


def main(link, lifetime, *prefixes):
    index = socket.if_nametoindex(link)
    s = socket.socket(socket.AF_INET6, socket.SOCK_RAW, socket.IPPROTO_ICMPV6)
    s.setsockopt(socket.IPPROTO_IPV6, MULTICAST_IF, index)
    s.setsockopt(socket.IPPROTO_IPV6, MULTICAST_HOPS, 255)
    message = struct.pack(">BBHBBHII", 134, 0, 0, 64, 0, int(lifetime), 0, 0) + \
        hardware(link) + b"".join(map(prefix, prefixes))
    s.sendto(message, (ALL_NODES, 0, 0, index))


main(*sys.argv[1:])
