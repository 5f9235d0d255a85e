#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""
dsmip_pings.py HOST FIRST LAST STEP [dont]: echo requests of all these sizes of payload
come back with the same contents. One that is lost, as its path is still being learnt,
is sent again. With "dont", they have no DF.
"""

import os
import socket
import struct
import sys
import time

WAIT = float(os.environ.get("M6T_WAIT", "10"))
IP_MTU_DISCOVER, DONT = 10, 0


def request(kind, tail):
    return struct.pack(">BBHH", kind, 0, 0, 0) + tail


def answered(sock, kind, tail):
    end = time.monotonic() + WAIT
    while time.monotonic() < end:
        try:
            sock.send(request(kind, tail))
            while True:
                got = sock.recv(65536)
                if got[6:] == tail:
                    return True
        except (socket.timeout, OSError):
            pass        # too big, which the stack now knows; or lost
    return False


def main(host, first, last, step, *words):
    family, proto, kind = socket.AF_INET, socket.IPPROTO_ICMP, 8
    if ":" in host:
        family, proto, kind = socket.AF_INET6, socket.IPPROTO_ICMPV6, 128
    sock = socket.socket(family, socket.SOCK_DGRAM, proto)
    if "dont" in words:
        sock.setsockopt(socket.IPPROTO_IP, IP_MTU_DISCOVER, DONT)
    sock.settimeout(0.5)
    sock.connect((host, 0))
    for size in [*range(int(first), int(last), int(step)), int(last)]:
        if not answered(sock, kind, struct.pack(">H", size) + os.urandom(size)):
            sys.exit(f"size {size}: no answer")


main(*sys.argv[1:])
