#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""Packets of DSMIPv6 that no stack would send.

inner.py print PACKET...
    Print each as hexadecimal digits.
inner.py udp FROM:PORT TO:PORT PACKET...
    Send each in a UDP datagram, from any address and port.
inner.py ip FROM TO PACKET...
    Send each in IPv4 alone, as protocol 4 or 41, from any address.
inner.py stack PACKET...
    Let this host's stack send each along its routes; those of IPv6 only.
inner.py dev IFNAME PACKET...
    Pass each to this device.
inner.py serve FIFO ANSWERS
    Do all that comes by a FIFO: the number of words and the words of one of the
    above, each with a NUL behind it; a line with the exit status answers it.

PACKET is "SRC DST PART...", addresses of IPv6 or IPv4 and headers in their order:
    echo[=BYTES]        echo request, with BYTES of payload (8)
    mh=SEQUENCE         binding update, with a right checksum
    dst=HEX hop=HEX     options header with these options, and padding
    rt=IPV6[,LEFT]      routing header of type 2, with LEFT segments left (1)
    hao=IPV6            destination options header with this home address, which is the
                        source to checksums of what follows
    ah                  authentication header, all zeros
    frag=ID[:AT:LEN]    fragment header, and so much of what follows (all)
    esp=SPI:SEQ[:KEY]   ESP around all that follows, with NULL encryption and
                        HMAC-SHA-256-128 (a key of 0 is a wrong one)
    ip=SRC,DST          another header of IPv6 or IPv4
    nh=N:HEX            anything
    tos=N ttl=N         of the first header
    cut=N               only the first N bytes of it all
or "hex=HEX" for a packet that exists.
"""

import hashlib
import hmac
import socket
import struct
import sys
import traceback

KEY = bytes.fromhex("0123456789abcdef" * 4)
ICMP, IPIP, UDP, IPV6, ROUTING, FRAGMENT = 1, 4, 17, 41, 43, 44
ESP, AH, ICMP6, NONE, DST, MH = 50, 51, 58, 59, 60, 135


def checksum(data):
    data += bytes(len(data) % 2)
    total = sum(struct.unpack(f">{len(data) // 2}H", data))
    while total >> 16:
        total = (total & 0xffff) + (total >> 16)
    return total ^ 0xffff


def address(text):
    return socket.inet_pton(socket.AF_INET6 if ":" in text else socket.AF_INET, text)


def summed(ends, nexthdr, data, at):
    """Data with its checksum, after a pseudo header unless it is ICMP of IPv4."""
    pseudo = b""
    if len(ends[0]) == 16:
        pseudo = b"".join(ends) + struct.pack(">II", len(data), nexthdr)
    total = checksum(pseudo + data)
    return data[:at] + struct.pack(">H", total) + data[at + 2:]


def echo(ends, arg, _):
    kind, nexthdr = (128, ICMP6) if len(ends[0]) == 16 else (8, ICMP)
    data = struct.pack(">BBHHH", kind, 0, 0, 7, 1) + bytes(int(arg or 8))
    return nexthdr, summed(ends, nexthdr, data, 2)


def update(ends, arg, _):
    data = struct.pack(">BBBBHHHHBB2x", NONE, 1, 5, 0, 0, int(arg), 0xc000, 15, 1, 2)
    return MH, summed(ends, MH, data, 4)


def options(arg, nexthdr, rest):
    body = bytes.fromhex(arg)
    short = -(len(body) + 2) % 8
    if short == 1:
        body += b"\0"
    elif short:
        body += bytes([1, short - 2]) + bytes(short - 2)
    return bytes([nexthdr, len(body) // 8]) + body + rest


def destination(ends, arg, parts):
    return DST, options(arg, *headers(ends, parts))


def hop_by_hop(ends, arg, parts):
    return 0, options(arg, *headers(ends, parts))


def routing(ends, arg, parts):
    nexthdr, rest = headers(ends, parts)
    home, _, left = arg.partition(",")
    return ROUTING, bytes([nexthdr, 2, 2, int(left or 1), 0, 0, 0, 0]) + address(home) + rest


def home_address(ends, arg, parts):
    home = address(arg)
    nexthdr, rest = headers((home, ends[1]), parts)
    return DST, bytes([nexthdr, 2, 1, 2, 0, 0, 0xc9, 16]) + home + rest


def authentication(ends, _, parts):
    nexthdr, rest = headers(ends, parts)
    return AH, bytes([nexthdr, 4]) + bytes(22) + rest


def fragment(ends, arg, parts):
    nexthdr, rest = headers(ends, parts)
    ident, at, size = (list(map(int, arg.split(":"))) + [0, len(rest)])[:3]
    more = at + size < len(rest)
    return FRAGMENT, struct.pack(">BBHI", nexthdr, 0, at | more, ident) + rest[at:at + size]


def esp(ends, arg, parts):
    spi, seq, key = (arg.split(":") + [None])[:3]
    nexthdr, rest = headers(ends, parts)
    pad = bytes(range(1, 1 + -(len(rest) + 2) % 4))
    data = struct.pack(">II", int(spi, 0), int(seq)) + rest + pad + bytes([len(pad), nexthdr])
    icv = hmac.new(bytes.fromhex(key) if key else KEY, data, hashlib.sha256).digest()
    return ESP, data + icv[:16]


def another(_, arg, parts):
    src, dst = arg.split(",")
    return (IPV6 if ":" in src else IPIP), whole(address(src), address(dst), parts)


def anything(_, arg, __):
    number, _, data = arg.partition(":")
    return int(number), bytes.fromhex(data)


PARTS = {"echo": echo, "mh": update, "dst": destination, "hop": hop_by_hop,
         "rt": routing, "hao": home_address, "ah": authentication, "frag": fragment, "esp": esp,
         "ip": another, "nh": anything}


def headers(ends, parts):
    """What follows an IP header: its number and its bytes."""
    if not parts:
        return NONE, b""
    name, _, arg = parts[0].partition("=")
    return PARTS[name](ends, arg, parts[1:])


def whole(src, dst, parts, tos=0, ttl=64):
    nexthdr, rest = headers((src, dst), parts)
    if len(src) == 16:
        head = struct.pack(">IHBB", 6 << 28 | tos << 20, len(rest), nexthdr, ttl)
        return head + src + dst + rest
    head = struct.pack(">BBHHHBBH4s4s", 0x45, tos, 20 + len(rest), 0, 0x4000, ttl, nexthdr, 0,
                       src, dst)
    return head[:10] + struct.pack(">H", checksum(head)) + head[12:] + rest


def packet(text):
    if text.startswith("hex="):
        return bytes.fromhex(text[4:])
    src, dst, *parts = text.split()
    words = dict(part.split("=") for part in parts if part.startswith(("tos=", "ttl=", "cut=")))
    cut = int(words.pop("cut", 1 << 16))
    parts = [part for part in parts if not part.startswith(("tos=", "ttl=", "cut="))]
    numbers = {key: int(value, 0) for key, value in words.items()}
    return whole(address(src), address(dst), parts, **numbers)[:cut]


def send(src, dst, protocol, data):
    sock = socket.socket(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_RAW)
    head = struct.pack(">BBHHHBBH4s4s", 0x45, 0, 20 + len(data), 0, 0, 64, protocol, 0,
                       address(src), address(dst))
    sock.sendto(head + data, (dst, 0))


def udp(src, dst, *texts):
    (src, sport), (dst, dport) = src.split(":"), dst.split(":")
    for text in texts:
        data = packet(text)
        data = struct.pack(">HHHH", int(sport), int(dport), 8 + len(data), 0) + data
        pseudo = address(src) + address(dst) + struct.pack(">HH", UDP, len(data))
        total = checksum(pseudo + data) or 0xffff
        send(src, dst, UDP, data[:6] + struct.pack(">H", total) + data[8:])


def ip(src, dst, *texts):
    for text in texts:
        data = packet(text)
        send(src, dst, IPV6 if data[0] >> 4 == 6 else IPIP, data)


def stack(*texts):
    sock = socket.socket(socket.AF_INET6, socket.SOCK_RAW, socket.IPPROTO_RAW)
    for text in texts:
        data = packet(text)
        sock.sendto(data, (socket.inet_ntop(socket.AF_INET6, data[24:40]), 0))


def dev(name, *texts):
    sock = socket.socket(socket.AF_PACKET, socket.SOCK_DGRAM, 0)
    for text in texts:
        data = packet(text)
        sock.sendto(data, (name, 0x86dd if data[0] >> 4 == 6 else 0x0800))


def show(*texts):
    for text in texts:
        print(packet(text).hex())


COMMANDS = {"print": show, "udp": udp, "ip": ip, "stack": stack, "dev": dev}


def words(fifo):
    left = b""
    while True:
        *whole, left = (left + fifo.read(65536)).split(b"\0")
        yield from (word.decode() for word in whole)


def serve(name, answers):
    # Opened for both, they have no end.
    with open(name, "r+b", buffering=0) as fifo, open(answers, "r+b", buffering=0) as to:
        each = words(fifo)
        for count in each:
            command, *rest = [next(each) for _ in range(int(count))]
            try:
                COMMANDS[command](*rest)
                to.write(b"0\n")
            except Exception:
                traceback.print_exc()
                to.write(b"1\n")


if __name__ == "__main__":
    (COMMANDS | {"serve": serve})[sys.argv[1]](*sys.argv[2:])
