#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""Send a forged ICMPv6 error.

usage: dsmip6_icmp.py SRC DST TYPE:NUMBER PACKET

NUMBER is what follows the checksum, e.g. an MTU. PACKET, as inner.py takes it, is quoted as
far as the minimum MTU allows.
"""

import os
import struct
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "lib"))

import inner  # noqa: E402


def main(src, dst, kind, text):
    kind, number = map(int, kind.split(":"))
    body = struct.pack(">BBHI", kind, 0, 0, number) + inner.packet(text)[:1232]
    ends = inner.address(src), inner.address(dst)
    body = inner.summed(ends, inner.ICMP6, body, 2)
    head = struct.pack(">IHBB", 6 << 28, len(body), inner.ICMP6, 64) + b"".join(ends)
    inner.stack(f"hex={(head + body).hex()}")


main(*sys.argv[1:])
