#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""Attach a generic XDP program that drops ICMPv6 to a device of layer 3.

usage: xdp_drop.py IFNAME

The packets must begin with an IPv6 header; all others pass. It prints
"attached" and stays; the program is detached when it exits. Exit status 4: this kernel has
no BPF, or no generic XDP.
"""

import ctypes
import errno
import os
import platform
import signal
import socket
import struct
import sys

SYS_BPF = {"x86_64": 321, "aarch64": 280}
BPF_PROG_LOAD, BPF_LINK_CREATE = 5, 28
BPF_PROG_TYPE_XDP, BPF_XDP = 6, 37
XDP_FLAGS_SKB_MODE = 2
XDP_DROP, XDP_PASS = 1, 2
ICMPV6 = 58

# opcode, destination, source, offset, constant
PROGRAM = [
    (0x61, 2, 1, 0, 0),                 # r2 = ctx->data
    (0x61, 3, 1, 4, 0),                 # r3 = ctx->data_end
    (0xb7, 0, 0, 0, XDP_PASS),          # r0 = XDP_PASS
    (0xbf, 4, 2, 0, 0),                 # r4 = r2
    (0x07, 4, 0, 0, 40),                # r4 += 40
    (0x2d, 4, 3, 6, 0),                 # if r4 > r3 goto out
    (0x71, 5, 2, 0, 0),                 # r5 = version and class
    (0x77, 5, 0, 0, 4),                 # r5 >>= 4
    (0x55, 5, 0, 3, 6),                 # if r5 != 6 goto out
    (0x71, 5, 2, 6, 0),                 # r5 = next header
    (0x55, 5, 0, 1, ICMPV6),            # if r5 != ICMPV6 goto out
    (0xb7, 0, 0, 0, XDP_DROP),          # r0 = XDP_DROP
    (0x95, 0, 0, 0, 0),                 # out: return r0
]


def bpf(cmd, attr):
    libc = ctypes.CDLL(None, use_errno=True)
    buf = ctypes.create_string_buffer(attr.ljust(128, b"\0"), 128)
    fd = libc.syscall(SYS_BPF[platform.machine()], cmd, buf, 128)
    if fd < 0:
        code = ctypes.get_errno()
        print(os.strerror(code), file=sys.stderr)
        sys.exit(4 if code in (errno.ENOSYS, errno.EOPNOTSUPP) else 1)
    return fd


def load():
    code = b"".join(struct.pack("<BBhi", op, src << 4 | dst, off, imm)
                    for op, dst, src, off, imm in PROGRAM)
    insns = ctypes.create_string_buffer(code)
    license_ = ctypes.create_string_buffer(b"GPL")
    head = struct.pack("<IIQQ", BPF_PROG_TYPE_XDP, len(PROGRAM),
                       ctypes.addressof(insns), ctypes.addressof(license_))
    # Its attach type is at byte 68.
    return bpf(BPF_PROG_LOAD, head.ljust(68, b"\0") + struct.pack("<I", BPF_XDP))


def main(argv):
    if len(argv) != 2:
        print(__doc__.strip(), file=sys.stderr)
        return 2
    if platform.machine() not in SYS_BPF:
        return 4
    prog = load()
    bpf(BPF_LINK_CREATE, struct.pack("<IIII", prog, socket.if_nametoindex(argv[1]),
                                     BPF_XDP, XDP_FLAGS_SKB_MODE))
    print("attached", flush=True)
    signal.pause()
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv))
