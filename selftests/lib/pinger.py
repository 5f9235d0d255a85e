#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""Ping a host repeatedly, and print the replies.

usage: pinger.py HOST INTERVAL

Sends an echo request every INTERVAL seconds, from whatever address the kernel
chooses then. For each reply it prints a line at once: when it was received, when its
request was sent (seconds since boot, the clock of /proc/uptime, which cannot be
set), and the address that received it.
"""

import select
import socket
import struct
import sys
import time


def now():
    return time.clock_gettime(time.CLOCK_BOOTTIME)


def ask(sock, host):
    request = struct.pack(">BBHHHd", 128, 0, 0, 0, 0, now())
    try:
        sock.sendto(request, (host, 0))
    except OSError:
        pass        # there is no route at the moment


def answers(sock):
    while True:
        try:
            reply, more, _, _ = sock.recvmsg(2048, 256, socket.MSG_DONTWAIT)
        except BlockingIOError:
            return
        except OSError:
            continue        # an ICMP error
        to = socket.inet_ntop(socket.AF_INET6, more[0][2][:16])
        sent, = struct.unpack_from(">d", reply, 8)
        print(f"{now():.3f} {sent:.3f} {to}", flush=True)


def main(argv):
    host, interval = argv[1], float(argv[2])
    sock = socket.socket(socket.AF_INET6, socket.SOCK_DGRAM,
                         socket.IPPROTO_ICMPV6)
    sock.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_RECVPKTINFO, 1)
    due = now()
    while True:
        ask(sock, host)
        due = max(due + interval, now())
        while (left := due - now()) > 0:
            select.select([sock], [], [], left)
            answers(sock)


if __name__ == "__main__":
    main(sys.argv)
