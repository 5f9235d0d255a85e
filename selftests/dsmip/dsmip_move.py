#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""
dsmip_move.py MN HA TIMES MS: move the mobile node of one netns, registered with the
home agent of another, between the links eth and eth2, so many times with a pause of
MS ms, as the protocol modules of both would: a pending care-of address, a binding
update from there, the binding, its acknowledgement, and then the commit. Prints the
number of acknowledged movements.
"""

import socket
import struct
import sys
import time

import mh
import races

BIND, SLOT, COMMIT = 10, 12, 13
LOCAL, EXPIRES, HOA4, LINK, LINGER = 14, 17, 34, 42, 43
HOA, HA6, HOA4_ADDRESS = "2001:db8:2::1234", "2001:db8:2::1", "198.51.100.10"
LINKS = (("eth2", "198.18.0.2"), ("eth", "10.0.0.2"))
LINGER_MS = 20


def u64(kind, value):
    return races.attr(kind, struct.pack("=Q", value))


class End:
    """A netns with m6t0, and the raw socket of its protocol module."""

    def __init__(self, name, address):
        self.netns = races.Netns(open(f"/run/netns/{name}"))
        self.index = races.u32(races.IFINDEX, races.index_of(self.netns, "m6t0"))
        self.family = races.family(self.netns)
        self.netns.enter()
        self.mh = socket.socket(socket.AF_INET6, socket.SOCK_RAW, mh.MH)
        self.mh.setsockopt(socket.IPPROTO_IPV6, mh.RECVDSTOPTS, 1)
        self.mh.bind((address, 0))
        self.mh.settimeout(5)

    def command(self, command, *attrs):
        data = bytes([command, 1, 0, 0]) + self.index + b"".join(attrs)
        error = races.ask(self.netns, races.GENERIC, self.family, races.ACK, data)
        if error:
            sys.exit(f"command {command}: error {error}")


def register(ha):
    """What a home agent does with a binding update."""
    got, ancillary, _, peer = ha.mh.recvmsg(2000, 2000)
    option = next(data for _, kind, data in ancillary if kind == mh.DSTOPTS)
    remote, port = option[4:8], struct.unpack(">H", option[8:10])[0]
    ha.command(BIND, races.attr(races.ADDRESS, races.ipv6(HOA)),
               races.ipv4(HOA4, HOA4_ADDRESS), races.attr(races.REMOTE, remote),
               races.be16(races.PORT, port), u64(EXPIRES, 3600000))
    ack = mh.header(6, bytes(2) + got[6:8] + got[10:12])
    ha.mh.sendmsg([ack], [(socket.IPPROTO_IPV6, mh.DSTOPTS, option)], 0, (peer[0], 0))


def move(mn, ha, seq, link, address):
    mn.command(SLOT, races.ipv4(LOCAL, address),
               races.u32(LINK, races.index_of(mn.netns, link)))
    mn.mh.sendto(mh.update(seq & 0xffff, {"coa": address}), (HA6, 0))
    register(ha)
    got = mn.mh.recv(2000)
    mn.command(COMMIT, u64(LINGER, LINGER_MS))
    return struct.unpack(">H", got[8:10])[0] == seq & 0xffff


def main(mn, ha, times, ms):
    mn, ha = End(mn, HOA), End(ha, HA6)
    done = 0
    for i in range(int(times)):
        done += move(mn, ha, i, *LINKS[i % 2])
        time.sleep(float(ms) / 1000)
    print(done)


main(*sys.argv[1:])
