#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""
dsmip6_home.py FILE: a line for each mobility header in a capture of Ethernet, in ESP that
does not encrypt: both hardware addresses, both IPv6 addresses, the headers in front of ESP
and its SPI, then what is in it. A header that is not in ESP begins with "clear".
"""

import socket
import struct
import sys

MH, ESP = 135, 50
EXTENSIONS = 0, 43, 44, 60
ICV = 16


def frames(path):
    data = open(path, "rb").read()
    at = 24
    while at < len(data):
        size = struct.unpack_from("<I", data, at + 8)[0]
        yield data[at + 16:at + 16 + size]
        at += 16 + size


def options(message):
    """Their numbers, without padding."""
    at, found = 12, []
    while at < len(message):
        if message[at] == 0:
            at += 1
            continue
        if message[at] != 1:
            found.append(message[at])
        at += 2 + message[at + 1]
    return found


def told(message):
    """What a mobility header says, in words."""
    kind, more = message[2], f"options={options(message)}"
    if kind == 5:
        seq, flags, life = struct.unpack_from(">HHH", message, 6)
        return f"update seq={seq} flags={flags:#06x} lifetime={life} {more}"
    if kind == 6:
        status, k, seq, life = struct.unpack_from(">BBHH", message, 6)
        return f"acknowledgment seq={seq} status={status} k={k >> 7} lifetime={life} {more}"
    return f"type={kind}"


def decoded(frame):
    macs = " > ".join(part.hex(":") for part in (frame[6:12], frame[:6]))
    packet = frame[14:]
    ends = " > ".join(socket.inet_ntop(socket.AF_INET6, packet[at:at + 16]) for at in (8, 24))
    nexthdr, at, front = packet[6], 40, []
    while nexthdr in EXTENSIONS:
        front.append(nexthdr)
        nexthdr, at = packet[at], at + (packet[at + 1] + 1) * 8
    if nexthdr == MH:
        return f"clear {macs} {ends} {told(packet[at:])}"
    if nexthdr != ESP:
        return None
    end = 40 + struct.unpack_from(">H", packet, 4)[0] - ICV
    pad, inside = packet[end - 2], packet[end - 1]
    if inside != MH:
        return None
    spi = struct.unpack_from(">I", packet, at)[0]
    return f"{macs} {ends} front={front} spi={spi:#x} {told(packet[at + 8:end - 2 - pad])}"


for one in frames(sys.argv[1]):
    line = decoded(one) if one[12:14] == b"\x86\xdd" else None
    if line:
        print(line)
