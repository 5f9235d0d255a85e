#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""
dsmip_mh.py KIND FROM:PORT TO:PORT HOA HA: send mobility headers in clear, in UDP, from
any outer address and port, and print their number. KIND:

    unknown     of all types that no home agent knows
    malformed   binding updates, each with one fault, none of which may bind anything
    random      random ones of all types, most of them with a right checksum
"""

import random
import struct
import sys

import inner

COUNT = 1000
NONE, UPDATE = 59, 5
KNOWN = 5, 6, 7


def mh(kind, body, proto=NONE, units=None):
    """A header, padded to a multiple of 8 bytes."""
    data = bytes([proto, 0, kind, 0, 0, 0]) + body
    data += bytes(-len(data) % 8)
    if units is None:
        units = max(len(data) // 8 - 1, 0)
    return data[:1] + bytes([units & 255]) + data[2:]


def update(options=b"", **words):
    return mh(UPDATE, struct.pack(">HHH", 1, 0xc000, 15) + options, **words)


def option(kind, length, size=None):
    return bytes([kind, length]) + bytes(length if size is None else size)


def unknown():
    for kind in range(256):
        if kind not in KNOWN:
            yield mh(kind, bytes(10))


def malformed():
    for proto in range(256):
        if proto != NONE:
            yield update(proto=proto)
    for units in range(256):
        if units != len(update()) // 8 - 1:
            yield update(units=units)
    for length in range(256):
        # Beyond the end, or another length than that of its format.
        yield update(bytes(2) + option(77, 3) + bytes([1]) + bytes([length | 16]))
        for kind, right in (3, 16), (29, 6), (32, 6):
            if length != right:
                yield update(option(kind, length))
    for kind, right in (3, 16), (29, 6), (32, 6):
        yield update(option(kind, right) * 2)


def noise():
    source = random.Random(3)
    for _ in range(COUNT):
        body = source.randbytes(source.randrange(300))
        kind = source.choice((*KNOWN, source.randrange(256)))
        units = source.choice((None, None, None, source.randrange(256)))
        # Without the flag H, a binding update is for somebody else.
        if kind == UPDATE:
            body = body[:2] + b"\x80" + body[3:]
        yield mh(kind, body, units=units)


def main(kind, src, dst, hoa, ha):
    ends = inner.address(hoa), inner.address(ha)
    packets = []
    for data in {"unknown": unknown, "malformed": malformed, "random": noise}[kind]():
        data = inner.summed(ends, inner.MH, data, 4)
        head = struct.pack(">IHBB", 6 << 28, len(data), inner.MH, 64)
        packets.append("hex=" + (head + b"".join(ends) + data).hex())
    inner.udp(src, dst, *packets)
    print(len(packets))


if __name__ == "__main__":
    main(*sys.argv[1:])
