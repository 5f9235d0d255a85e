#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""Mobility headers through the raw sockets that a protocol module uses.

mh.py bu HOA HA SEQUENCE [wait=S] [lifetime=UNITS] [coa=IPV4] [hoa4=IPV4]
    Send a binding update and print the acknowledgement, or "none" after S seconds.
mh.py listen HA [answer] [plain] [status=N]
    Print "ready", then a JSON object for each mobility header: type, sequence, from,
    dev, and each ancillary destination options header as hexadecimal digits. With
    "answer", acknowledge it, with this status (0), to where its option says that it
    came from; with "plain", without an option.
"""

import json
import socket
import struct
import sys

MH = 135
PKTINFO, RECVPKTINFO, DSTOPTS, RECVDSTOPTS = 50, 49, 59, 58


def option(kind, body):
    return bytes([kind, len(body)]) + body


def pad(message):
    short = -len(message) % 8
    if short == 1:
        return message + b"\0"
    return message + (option(1, bytes(short - 2)) if short else b"")


def header(kind, body):
    message = pad(bytes([59, 0, kind, 0, 0, 0]) + body)
    return message[:1] + bytes([len(message) // 8 - 1]) + message[2:]


def update(seq, words):
    life = int(words.get("lifetime", "15"))
    body = struct.pack(">HHH", seq, 0xc000, life)
    if "coa" in words:
        body += option(32, bytes(2) + socket.inet_aton(words["coa"]))
    if "hoa4" in words:
        body += option(29, bytes([32 << 2 & 0xff, 0]) + socket.inet_aton(words["hoa4"]))
    return header(5, body)


def bu(hoa, ha, seq, *rest):
    words = dict(word.partition("=")[::2] for word in rest)
    s = socket.socket(socket.AF_INET6, socket.SOCK_RAW, MH)
    s.bind((hoa, 0))
    s.settimeout(float(words.get("wait", "10")))
    s.sendto(update(int(seq), words), (ha, 0))
    try:
        got, peer = s.recvfrom(2000)
        print("BA", peer[0], got[6], struct.unpack(">H", got[8:10])[0])
    except socket.timeout:
        print("none")


def seen(got, ancillary, peer):
    one = {"type": got[2], "sequence": struct.unpack(">H", got[6:8])[0],
           "from": peer[0], "options": []}
    for _, kind, data in ancillary:
        if kind == PKTINFO:
            one["dev"] = socket.if_indextoname(struct.unpack("=16sI", data)[1])
        if kind == DSTOPTS:
            one["options"].append(data.hex())
    return one


def acknowledge(s, got, one, words):
    back = [] if "plain" in words else [
        (socket.IPPROTO_IPV6, DSTOPTS, bytes.fromhex(o)) for o in one["options"]]
    body = bytes([int(words.get("status", "0")), 0]) + got[6:8] + got[10:12]
    try:
        s.sendmsg([header(6, body)], back, 0, (one["from"], 0))
    except OSError:
        pass        # not bound


def listen(ha, *rest):
    words = dict(word.partition("=")[::2] for word in rest)
    s = socket.socket(socket.AF_INET6, socket.SOCK_RAW, MH)
    s.setsockopt(socket.IPPROTO_IPV6, RECVPKTINFO, 1)
    s.setsockopt(socket.IPPROTO_IPV6, RECVDSTOPTS, 1)
    s.bind((ha, 0))
    print("ready", flush=True)
    while True:
        got, ancillary, _, peer = s.recvmsg(2000, 2000)
        one = seen(got, ancillary, peer)
        print(json.dumps(one), flush=True)
        if "answer" in words and got[2] == 5:
            acknowledge(s, got, one, words)


if __name__ == "__main__":
    {"bu": bu, "listen": listen}[sys.argv[1]](*sys.argv[2:])
