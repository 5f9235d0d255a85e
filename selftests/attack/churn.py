#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""
churn.py DEV ADDRESS REMOTE PORT TURNS: add a static binding and delete it again,
TURNS times, as fast as netlink permits. Prints how often both were done.
"""

import socket
import struct
import sys

import races


def request(family, command, dev, *attrs):
    data = bytes([command, 1, 0, 0]) + races.u32(races.IFINDEX, dev)
    data += b"".join(attrs)
    return struct.pack("=IHHII", 16 + len(data), family, races.ACK, 1, 0) + data


def acknowledged(sock):
    """How many of both requests were accepted."""
    done, left = 0, 2
    while left:
        got = sock.recv(1 << 16)
        at = 0
        while at < len(got):
            length, = struct.unpack_from("=I", got, at)
            done += struct.unpack_from("=i", got, at + 16)[0] == 0
            left -= 1
            at += (length + 3) & ~3
    return done


def main(dev, address, remote, port, turns):
    netns = races.Netns(open("/proc/self/ns/net", "rb"))
    sock = netns.socket(races.GENERIC)
    sock.setsockopt(270, 10, 1)         # NETLINK_CAP_ACK
    family, index = races.family(netns), socket.if_nametoindex(dev)
    where = races.attr(races.ADDRESS, races.ipv6(address))
    both = request(family, races.BINDING_ADD, index, where,
                   races.ipv4(races.REMOTE, remote),
                   races.be16(races.PORT, int(port)))
    both += request(family, races.BINDING_DEL, index, where)
    done = 0
    for _ in range(int(turns)):
        sock.send(both)
        done += acknowledged(sock) == 2
    print(done)


main(*sys.argv[1:])
