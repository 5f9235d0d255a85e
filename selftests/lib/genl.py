#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""
genl.py COMMAND DEV [WORD=VALUE]...: one request to m6t's generic netlink as given
here, without the checks of m6tctl. Exit status 1 and the kernel's sentence if it
is refused.
"""

import socket
import struct
import sys

import races

SOL_NETLINK, CAP_ACK, EXT_ACK = 270, 10, 11
SENTENCE = 1
COMMANDS = {"add": races.BINDING_ADD, "flush": races.BINDING_FLUSH,
            "attach": races.ATTACH, "bind": 10, "unbind": 11, "slot": 12, "commit": 13,
            "report": 14}


def prefix(text):
    address, length = text.split("/")
    return races.ipv6(address) + bytes([int(length), 0, 0, 0])


def u64(text):
    return struct.pack("=Q", int(text))


# By the numbers of linux/m6t.h.
WORDS = {
    "address": (6, races.ipv6),
    "state": (11, lambda text: bytes([int(text)])),
    "remote": (12, socket.inet_aton),
    "port": (13, lambda text: struct.pack(">H", int(text))),
    "local": (14, socket.inet_aton),
    "local_port": (15, lambda text: struct.pack(">H", int(text))),
    "expires": (17, u64),
    "prefix": (22, prefix),
    "id": (23, bytes.fromhex),
    "event": (26, lambda text: bytes([int(text)])),
    "proven": (30, lambda text: bytes([int(text)])),
    "encap": (33, lambda text: bytes([int(text)])),
    "hoa4": (34, socket.inet_aton),
    "link": (42, lambda text: struct.pack("=I", int(text))),
    "linger": (43, u64),
    "status": (44, lambda text: bytes([int(text)])),
    "remote6": (45, races.ipv6),
    "local6": (46, races.ipv6),
}


def sentence(answer):
    """The sentence of an error without a copy of its request."""
    at = 16 + 4 + 16
    while at + 4 <= len(answer):
        length, kind = struct.unpack_from("=HH", answer, at)
        if kind == SENTENCE:
            return answer[at + 4:at + length].rstrip(b"\0").decode()
        at += (length + 3) & ~3
    return ""


def main(command, dev, *words):
    netns = races.Netns(open("/proc/self/ns/net"))
    data = struct.pack("=BBH", COMMANDS[command], 1, 0)
    data += races.u32(races.IFINDEX, socket.if_nametoindex(dev))
    for word in words:
        key, value = word.split("=")
        kind, pack = WORDS[key]
        data += races.attr(kind, pack(value))
    family = races.family(netns)
    s = netns.socket(races.GENERIC)
    for option in CAP_ACK, EXT_ACK:
        s.setsockopt(SOL_NETLINK, option, 1)
    s.send(struct.pack("=IHHII", 16 + len(data), family, races.ACK, 1, 0) + data)
    while True:
        answer = s.recv(1 << 16)
        if struct.unpack_from("=H", answer, 4)[0] == races.ERROR:
            break
    error = -struct.unpack_from("=i", answer, 16)[0]
    if error:
        sys.exit(f"{sentence(answer)} ({error})")


main(*sys.argv[1:])
