#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""Ping a host through each of many devices, and report answers at new addresses.

usage: crowd.py HOST INTERVAL DEV...

Sends an echo request by each device every INTERVAL seconds, as applications do
that retry. For each answer to another address than the last one of a device, it
prints the time (seconds since boot, the clock of /proc/uptime), the device and
the address.
"""

import select
import socket
import struct
import sys
import time

REQUEST = struct.pack(">BBHHH", 128, 0, 0, 0, 0)


def now():
    return time.clock_gettime(time.CLOCK_BOOTTIME)


def connect(dev):
    sock = socket.socket(socket.AF_INET6, socket.SOCK_DGRAM,
                         socket.IPPROTO_ICMPV6)
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_BINDTODEVICE, dev.encode())
    sock.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_RECVPKTINFO, 1)
    sock.setblocking(False)
    return sock


def ask(sock, host):
    try:
        sock.sendto(REQUEST, (host, 0))
    except OSError:
        pass        # there is no route at the moment


def answered(sock):
    """The address of an answer, or None."""
    try:
        _, more, _, _ = sock.recvmsg(2048, 256)
    except OSError:
        return None
    return socket.inet_ntop(socket.AF_INET6, more[0][2][:16])


def main(argv):
    host, interval = argv[1], float(argv[2])
    devs = {connect(dev): dev for dev in argv[3:]}
    last = {}
    due = now()
    while True:
        for sock in devs:
            ask(sock, host)
        due = max(due + interval, now())
        while (left := due - now()) > 0:
            for sock in select.select(list(devs), [], [], left)[0]:
                to = answered(sock)
                if to and to != last.get(sock):
                    last[sock] = to
                    print(f"{now():.3f} {devs[sock]} {to}", flush=True)


if __name__ == "__main__":
    main(sys.argv)
