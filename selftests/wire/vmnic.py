#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""The network card of a virtual machine, as a hypervisor makes one.

usage: vmnic.py VM IFNAME HOST IFNAME

A tap in the namespace VM is the interface of the machine's driver, one in the
namespace HOST that which the hypervisor adds to its bridge. Frames pass between
them with their virtio-net headers unchanged, and both sides have negotiated
what those of KVM do: checksums are left to the other side (NEEDS_CSUM), and so is
segmentation of TCP. Prints a line once both are there.
"""

import ctypes
import fcntl
import os
import select
import struct
import sys

TUNSETIFF = 0x400454ca
TUNSETOFFLOAD = 0x400454d0
IFF_TAP, IFF_NO_PI, IFF_VNET_HDR = 0x2, 0x1000, 0x4000
TUN_F_CSUM, TUN_F_TSO4, TUN_F_TSO6, TUN_F_TSO_ECN = 1, 2, 4, 8
NEEDS_CSUM = 1
CLONE_NEWNET = 0x40000000
LIBC = ctypes.CDLL(None, use_errno=True)


def tap(netns, name):
    with open("/run/netns/" + netns, "rb") as ns:
        if LIBC.setns(ns.fileno(), CLONE_NEWNET):
            sys.exit(f"{netns}: {os.strerror(ctypes.get_errno())}")
    fd = os.open("/dev/net/tun", os.O_RDWR | os.O_NONBLOCK)
    flags = IFF_TAP | IFF_NO_PI | IFF_VNET_HDR
    fcntl.ioctl(fd, TUNSETIFF, struct.pack("16sH22x", name.encode(), flags))
    fcntl.ioctl(fd, TUNSETOFFLOAD,
                TUN_F_CSUM | TUN_F_TSO4 | TUN_F_TSO6 | TUN_F_TSO_ECN)
    return fd


def main():
    vm, host = tap(*sys.argv[1:3]), tap(*sys.argv[3:5])
    other = {vm: host, host: vm}
    poll = select.poll()
    for fd in other:
        poll.register(fd, select.POLLIN)
    seen = False
    print("ready", flush=True)
    while True:
        for fd, _ in poll.poll():
            try:
                frame = os.read(fd, 70000)
                if frame[0] & NEEDS_CSUM and not seen:
                    print("checksums are left to the other side", flush=True)
                    seen = True
                os.write(other[fd], frame)
            except OSError:
                # One side is down, or busy.
                pass


main()
