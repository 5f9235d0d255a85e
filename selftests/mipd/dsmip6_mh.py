#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""
Mobility headers as nodes of RFC 6275 alone send them, which know no option of RFC 5555.

dsmip6_mh.py bu HOA HA SEQUENCE LIFETIME [COA [ORIGIN]]: send a binding update, with this
    alternate care-of address (-: none), and print what is acknowledged: source, status,
    K, sequence number, lifetime, numbers of options. ORIGIN: a care-of address in an
    option that only a home agent's own device may add.
dsmip6_mh.py serve HA: print "ready", and then, for each binding update, its home
    address, sequence number, flags, lifetime and alternate care-of address; acknowledge
    it, without any option.
"""

import socket
import struct
import sys

import mh

PADDING = 0, 1


def options(message):
    """Numbers and values of all options but padding."""
    at, found = 12, []
    while at < len(message):
        if message[at] == 0:
            at += 1
            continue
        length = message[at + 1]
        if message[at] not in PADDING:
            found.append((message[at], message[at + 2:at + 2 + length]))
        at += 2 + length
    return found


def update(seq, lifetime, coa):
    body = struct.pack(">HHH", seq, 0xc000, lifetime)
    if coa != "-":
        # At an offset of 8n + 6.
        body += mh.option(1, b"") + mh.option(3, socket.inet_pton(socket.AF_INET6, coa))
    return mh.header(5, body)


def forged(origin, ha):
    addresses = b"".join(socket.inet_pton(socket.AF_INET6, a) for a in (origin, ha))
    return socket.IPPROTO_IPV6, mh.DSTOPTS, b"\0\4\x1e\x24" + addresses + bytes(4)


def bu(hoa, ha, seq, lifetime, coa="-", origin=None):
    s = socket.socket(socket.AF_INET6, socket.SOCK_RAW, mh.MH)
    s.bind((hoa, 0))
    s.settimeout(10)
    more = [forged(origin, ha)] if origin else []
    s.sendmsg([update(int(seq), int(lifetime), coa)], more, 0, (ha, 0))
    try:
        while True:
            got, peer = s.recvfrom(2000)
            if got[2] == 6:
                break
    except socket.timeout:
        print("none")
        return
    print(peer[0], got[6], got[7] >> 7, *struct.unpack(">HH", got[8:12]),
          *(number for number, _ in options(got)))


def serve(ha):
    s = socket.socket(socket.AF_INET6, socket.SOCK_RAW, mh.MH)
    s.bind((ha, 0))
    print("ready", flush=True)
    while True:
        got, peer = s.recvfrom(2000)
        if got[2] != 5:
            continue
        seq, flags, lifetime = struct.unpack(">HHH", got[6:12])
        coa = dict(options(got)).get(3)
        print(peer[0], seq, hex(flags), lifetime,
              socket.inet_ntop(socket.AF_INET6, coa) if coa else "-", flush=True)
        answer = mh.header(6, struct.pack(">BBHH", 0, 0, seq, lifetime))
        s.sendto(answer, (peer[0], 0))


{"bu": bu, "serve": serve}[sys.argv[1]](*sys.argv[2:])
