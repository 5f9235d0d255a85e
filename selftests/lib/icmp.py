#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""Send forged ICMP errors about a tunnelled packet, and print how many.

usage: icmp.py WORD=VALUE...

  src=IPV4[,...] dst=IPV4       of the error; any source is possible
  from=IPV4:PORT to=IPV4:PORT   of the datagram that is quoted
  isrc=IPV6 idst=IPV6           of the IPv6 packet in it
  len=N                         of that packet (1472)
  hao=IPV6                      it begins with a home address option
  kinds=TYPE.CODE[,...]         all errors by default
  rest=N                        bytes 4 to 8 of the error, the MTU (1340)
  cuts=N[,...] or cuts=N-M      number of quoted bytes (128)
"""

import socket
import struct
import sys

KINDS = ([(3, code) for code in range(16)] + [(4, 0)] +
         [(5, code) for code in range(4)] + [(11, 0), (11, 1)] +
         [(12, code) for code in range(3)])


def checksum(data):
    words = struct.unpack(f">{(len(data) + 1) // 2}H", data + bytes(len(data) % 2))
    total = sum(words)
    while total >> 16:
        total = (total & 0xffff) + (total >> 16)
    return total ^ 0xffff


def endpoint(text):
    address, port = text.split(":")
    return socket.inet_aton(address), int(port)


def ipv4(src, dst, proto, payload, df):
    return struct.pack(">BBHHHBBH4s4s", 0x45, 0, len(payload) + 20, 1,
                       0x4000 if df else 0, 64, proto, 0, src, dst) + payload


def quoted(words):
    (src, sport), (dst, dport) = endpoint(words["from"]), endpoint(words["to"])
    length = int(words.get("len", 1472))
    options, nexthdr = b"", 59
    if "hao" in words:
        options = bytes([59, 2, 1, 2, 0, 0, 0xc9, 16]) + socket.inet_pton(
            socket.AF_INET6, words["hao"])
        nexthdr = 60
    inner = struct.pack(">IHBB", 6 << 28, length - 40, nexthdr, 64)
    inner += socket.inet_pton(socket.AF_INET6, words["isrc"])
    inner += socket.inet_pton(socket.AF_INET6, words["idst"])
    inner += options
    inner += bytes(length - len(inner))
    udp = struct.pack(">HHHH", sport, dport, len(inner) + 8, 0)
    return ipv4(src, dst, 17, udp + inner, True)


def cuts(text):
    for part in text.split(","):
        first, _, last = part.partition("-")
        yield from range(int(first), int(last or first) + 1)


def main(argv):
    words = dict(arg.split("=", 1) for arg in argv[1:])
    sources = [socket.inet_aton(src) for src in words["src"].split(",")]
    dst = socket.inet_aton(words["dst"])
    kinds = KINDS
    if "kinds" in words:
        kinds = [tuple(map(int, kind.split(".")))
                 for kind in words["kinds"].split(",")]
    about = quoted(words)
    sock = socket.socket(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_RAW)
    sent = 0
    for cut in cuts(words.get("cuts", "128")):
        for type_, code in kinds:
            rest = struct.pack(">I", int(words.get("rest", 1340)))
            body = rest + about[:cut]
            total = checksum(struct.pack(">BBH", type_, code, 0) + body)
            error = struct.pack(">BBH", type_, code, total) + body
            for src in sources:
                sock.sendto(ipv4(src, dst, 1, error, False), (words["dst"], 0))
                sent += 1
    print(sent)


if __name__ == "__main__":
    main(sys.argv)
