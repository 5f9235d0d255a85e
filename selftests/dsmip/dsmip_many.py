#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""
dsmip_many.py N STEP: bind so many home addresses of m6t0, 2001:db8:2:1::1 and so on,
to 192.0.2.1:9 for ever shorter lifetimes, the last one for STEP ms, in one request
after the other.
"""

import sys

import races

BIND, EXPIRES = 10, 17


def main(n, step):
    netns = races.Netns(open("/proc/self/ns/net"))
    index = races.u32(races.IFINDEX, races.index_of(netns, "m6t0"))
    family = races.family(netns)
    for i in range(n, 0, -1):
        data = bytes([BIND, 1, 0, 0]) + index
        data += races.attr(races.ADDRESS, races.ipv6(f"2001:db8:2:1::{i:x}"))
        data += races.ipv4(races.REMOTE, "192.0.2.1") + races.be16(races.PORT, 9)
        data += races.attr(EXPIRES, (i * step).to_bytes(8, sys.byteorder))
        error = races.ask(netns, races.GENERIC, family, races.ACK, data)
        if error:
            sys.exit(f"error {error}")


main(*map(int, sys.argv[1:]))
