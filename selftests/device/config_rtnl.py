#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""How the kernel itself checks settings, without the checks of any tool.

Sends wrong settings of links of type m6t by rtnetlink. Each must be refused
with one sentence and the offset of the attribute at fault, and without any
effect. Prints a line for each: 0 or 1, its name, the answer; separated by tabs.
Needs a network namespace of its own.
"""

import errno
import re
import socket
import struct

MODE, PREFIXES, HAS, LOCAL, PORTS, MAX, TEMP, ACTIVE, RATE, BURST, EXEMPTS, \
    HAIRPIN, GATEWAY, SPORT, KEEPALIVE, RETRIES, ROTATE, LINK, TTL, TOS, DF, \
    CSUM, FWMARK = range(1, 24)
MTU_AUTO, PRESSURE, WEIGHTS = 25, 26, 27
IFNAME, ADDRESS, MTU, LINKINFO, KIND, DATA = 3, 1, 4, 18, 1, 2
NEWLINK, DELLINK, GETLINK, NLMSG_ERROR = 16, 17, 18, 2
SETTINGS = (LINKINFO, DATA)
REQUEST, ACK, EXCL, CREATE, CAPPED, TLVS = 1, 4, 0x200, 0x400, 0x100, 0x200
NESTED = 0x8000
GW, MN = 1, 2


def u8(v):
    return struct.pack("B", v)


def u32(v):
    return struct.pack("I", v)


def be16(v):
    return struct.pack(">H", v)


def p6(text, length, pad=b"\0\0\0"):
    return socket.inet_pton(socket.AF_INET6, text) + bytes([length]) + pad


def p4(text, length):
    return socket.inet_aton(text) + bytes([length, 0, 0, 0])


def w4(text, length, weight=1):
    return socket.inet_aton(text) + struct.pack("IBxxx", weight, length)


class Message:
    """An rtnetlink request; at[PATH] is where an attribute was put."""

    def __init__(self, kind, flags):
        self.kind, self.flags, self.at = kind, flags, {}
        self.body = bytearray(16) + struct.pack("BxHiII", 0, 0, 0, 0, 0)

    def put(self, attr, value, path=()):
        path += (attr,)
        start = len(self.body)
        # Entries of a list all have the same type: the last one's place stays.
        self.at[path] = start
        self.body += bytes(4)
        nested = isinstance(value, list)
        if nested:
            for a, v in value:
                self.put(a, v, path)
        else:
            self.body += value
        struct.pack_into("HH", self.body, start, len(self.body) - start,
                         attr | NESTED * nested)
        self.body += bytes(-len(self.body) % 4)

    def bytes(self):
        struct.pack_into("IHHII", self.body, 0, len(self.body), self.kind,
                         REQUEST | self.flags, 1, 0)
        return bytes(self.body)


class Answer:
    def __init__(self, data):
        kind, flags = struct.unpack_from("HH", data, 4)
        self.data, self.error, self.sentence, self.offset = data, 0, None, None
        if kind != NLMSG_ERROR:
            return
        self.error, length = struct.unpack_from("iI", data, 16)
        at = 36 if flags & CAPPED else 20 + length
        while flags & TLVS and at + 4 <= len(data):
            n, attr = struct.unpack_from("HH", data, at)
            value = data[at + 4:at + n]
            if attr == 1:
                self.sentence = value.rstrip(b"\0").decode()
            elif attr == 2:
                self.offset, = struct.unpack("I", value)
            at += (n + 3) & ~3


sock = socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, 0)
sock.setsockopt(270, 10, 1)		# NETLINK_CAP_ACK
sock.setsockopt(270, 11, 1)		# NETLINK_EXT_ACK
sock.settimeout(60)


def talk(message):
    sock.send(message.bytes())
    return Answer(sock.recv(65536))


def link(name, settings, flags=CREATE | EXCL, more=()):
    message = Message(NEWLINK, ACK | flags)
    message.put(IFNAME, name.encode() + b"\0")
    for attr, value in more:
        message.put(attr, value)
    message.put(LINKINFO, [(KIND, b"m6t\0"), (DATA, settings)])
    return message, talk(message)


def settings_of(name):
    """The settings as the kernel reports them, as bytes."""
    message = Message(GETLINK, 0)
    message.put(IFNAME, name.encode() + b"\0")
    data = talk(message).data
    path, at, end = [LINKINFO, DATA], 32, len(data)
    while at + 4 <= end:
        n, attr = struct.unpack_from("HH", data, at)
        if attr & ~NESTED == path[0]:
            path.pop(0)
            if not path:
                return data[at + 4:at + n]
            at, end = at + 4, at + n
            continue
        at += (n + 3) & ~3
    return None


def exists(name):
    try:
        return bool(socket.if_nametoindex(name))
    except OSError:
        return False


def remove(name):
    message = Message(DELLINK, ACK)
    message.put(IFNAME, name.encode() + b"\0")
    talk(message)


def say(good, name, *what):
    print(int(not good), name, *what, sep="\t", flush=True)


def judge(name, message, answer, pattern, fault, left, code=errno.EINVAL):
    place = message.at[SETTINGS + fault] if fault else None
    sentence = answer.sentence or ""
    good = answer.error == -code and re.search(pattern, sentence) and \
        "\n" not in sentence and answer.offset == place and not left
    say(good, name, f"error {answer.error} (wanted {-code}), '{sentence}' "
        f"(expected '{pattern}'), at {answer.offset} (expected {place})"
        + (", something was left behind or changed" if left else ""))


def refused(name, settings, pattern, fault, code=errno.EINVAL, more=()):
    """A new device with these settings."""
    message, answer = link("bad0", settings, more=more)
    left = exists("bad0")
    judge(name, message, answer, pattern, fault, left, code)
    if left:
        remove("bad0")


def unchanged(dev, name, settings, pattern, fault, code=errno.EINVAL):
    """Likewise for one that is there."""
    before = settings_of(dev)
    message, answer = link(dev, settings, 0)
    judge(f"change: {name}", message, answer, pattern, fault,
          not before or settings_of(dev) != before, code)


GOOD = p6("fd00:6d::", 48)
GATEWAY4 = socket.inet_aton("192.0.2.2")
BASE = {
    GW: [(MODE, u8(GW)), (PREFIXES, [(1, GOOD)])],
    MN: [(MODE, u8(MN)), (PREFIXES, [(1, p6("fd00:6d:0:1:1::", 80))]),
         (GATEWAY, GATEWAY4)],
}
DEVICE = {GW: "gw0", MN: "mn0"}

# Attribute, modes, word, values that are wrong.
NUMBERS = [
    (MAX, [GW], "max-bindings", u32, [0, 16777217, 0xffffffff]),
    (TEMP, [GW], "temp-timeout", u32, [0, 9, 60001]),
    (ACTIVE, [GW], "active-timeout", u32, [0, 4, 86401]),
    (RATE, [GW], "rate", u32, [1000001]),
    (BURST, [GW], "burst", u32, [0, 1000001]),
    (PRESSURE, [GW], "pressure", u8, [101, 255]),
    (HAIRPIN, [GW], "hairpin", u8, [2, 255]),
    (KEEPALIVE, [MN], "keepalive", u32, [3601, 0xffffffff]),
    (RETRIES, [MN], "keepalive-retries", u8, [0, 21]),
    (ROTATE, [MN], "rotate", u8, [2]),
    (LINK, [GW, MN], "dev", u32, [0x80000000]),
    (DF, [GW, MN], "df", u8, [3]),
    (CSUM, [GW, MN], "udpcsum", u8, [2]),
    (TOS, [GW, MN], "tos", u8, [2, 3, 255]),
]


def numbers(test):
    for attr, modes, word, width, values in NUMBERS:
        for mode in GW, MN:
            if mode in modes:
                for v in values:
                    test(mode, f"{word} {v}", [(attr, width(v))],
                         rf"\b{word}\b", (attr,))
            else:
                test(mode, f"{word} of the other mode", [(attr, width(values[0]))],
                     rf"^m6t: {word} is for modes? {'gw' if GW in modes else 'mn'}( and dsmip-ha)? only",
                     (attr,))


def lists(test):
    one6, many = "IPv6 prefix", "at most 16 entries"
    for attr, word in (PREFIXES, "prefix"), (HAS, "ha"):
        for name, bad, pattern in (
                ("length 0", p6("::", 0), one6),
                ("length 129", p6("fd00::", 129), one6),
                ("bits behind its length", p6("fd00::1", 64), one6),
                ("multicast", p6("ff00::", 8), "global unicast"),
                ("link-local", p6("fe80::", 64), "global unicast"),
                ("loopback", p6("::1", 128), "global unicast"),
                ("v4-mapped", p6("::ffff:0:0", 96), "global unicast"),
                ("too short", GOOD[:16], one6),
                ("too long", GOOD + bytes(4), one6),
                ("empty", b"", one6)):
            test(GW, f"{word}: {name}", [(attr, [(1, p6("2001:db8::", 64)),
                                                 (2, bad)])],
                 pattern, (attr, 2))
        test(GW, f"{word}: twice", [(attr, [(1, p6("2001:db8::", 64)),
                                            (2, p6("2001:db8::", 64))])],
             "prefix or home agent can be given only once", (attr, 2))
        test(GW, f"{word}: 17", [(attr, [(i, p6(f"2001:db8:{i:x}::", 48))
                                         for i in range(1, 18)])],
             many, (attr, 17))
    for name, bad in (("length 33", p4("10.0.0.0", 33)),
                      ("bits behind its length", p4("10.0.0.1", 8)),
                      ("too short", b"\x0a\0\0\0"), ("empty", b"")):
        test(GW, f"exempt: {name}", [(EXEMPTS, [(1, bad)])], "exempt",
             (EXEMPTS, 1))
    test(GW, "exempt: twice", [(EXEMPTS, [(1, p4("10.0.0.0", 8)),
                                          (2, p4("10.0.0.0", 8))])],
         "each prefix of exempt can be given only once", (EXEMPTS, 2))
    test(GW, "exempt: 17", [(EXEMPTS, [(i, p4(f"10.{i}.0.0", 16))
                                       for i in range(1, 18)])],
         "exempt can have at most 16", (EXEMPTS, 17))
    for name, bad, pattern in (
            ("length 33", w4("10.0.0.0", 33), "weight must be IPv4 prefixes"),
            ("bits behind its length", w4("10.0.0.1", 8), "zero host bits"),
            ("too short", w4("10.0.0.0", 8)[:8], "weight must be IPv4 prefixes"),
            ("too long", w4("10.0.0.0", 8) + bytes(4), "weight must be IPv4 prefixes"),
            ("empty", b"", "weight must be IPv4 prefixes"),
            ("of 0", w4("10.0.0.0", 8, 0), "must be 1 to 16777216"),
            ("of 16777217", w4("10.0.0.0", 8, 16777217), "must be 1 to 16777216")):
        test(GW, f"weight: {name}", [(WEIGHTS, [(1, w4("11.0.0.0", 8)), (2, bad)])],
             pattern, (WEIGHTS, 2))
    test(GW, "weight: twice", [(WEIGHTS, [(1, w4("10.0.0.0", 8, 5)),
                                          (2, w4("10.0.0.0", 8, 6))])],
         "each prefix of weight can be given only once", (WEIGHTS, 2))
    test(GW, "weight: 17", [(WEIGHTS, [(i, w4(f"10.{i}.0.0", 16))
                                       for i in range(1, 18)])],
         "weight can have at most 16", (WEIGHTS, 17))
    for name, bad in ("0", be16(0)), ("too short", b"\1"), \
            ("too long", u32(1)), ("empty", b""):
        test(GW, f"port: {name}", [(PORTS, [(1, be16(5)), (2, bad)])],
             "port must be 1 to 65535", (PORTS, 2))
    test(GW, "port: twice", [(PORTS, [(1, be16(5)), (2, be16(5))])],
         "each port can be given only once", (PORTS, 2))
    test(GW, "port: 17", [(PORTS, [(i, be16(i)) for i in range(1, 18)])],
         "at most 16 ports", (PORTS, 17))
    test(GW, "port: none", [(PORTS, [])], "at least one port", (PORTS,))
    test(GW, "ha inside the prefix", [(HAS, [(1, p6("fd00:6d:0:9::1", 128))])],
         "outside the tunnel's own prefixes", (HAS,))
    test(GW, "ha around the prefix", [(HAS, [(1, p6("fd00::", 16))])],
         "outside the tunnel's own prefixes", (HAS,))


def others(test):
    multicast, zero = socket.inet_aton("224.0.0.1"), bytes(4)
    for mode in GW, MN:
        for bad in multicast, socket.inet_aton("255.255.255.255"):
            test(mode, f"local: {socket.inet_ntoa(bad)}", [(LOCAL, bad)],
                 "local must be", (LOCAL,))
        test(mode, "dev: no device", [(LINK, u32(99999))], "dev must be",
             (LINK,), errno.ENODEV)
        test(mode, "mode 0", [(MODE, u8(0))], "mode must be gw, mn", (MODE,))
        test(mode, "mode 5", [(MODE, u8(5))], "mode must be gw, mn", (MODE,))
        # Widths are checked before, by the netlink core with its own sentences.
        for attr, bad in (FWMARK, b"\1"), (TTL, b""), (LOCAL, b"\1\2"):
            test(mode, f"attribute {attr} with {len(bad)} bytes",
                 [(attr, bad)], "policy|[Aa]ttribute", (attr,), errno.ERANGE)
    test(GW, "gateway on a gateway", [(GATEWAY, GATEWAY4)],
         "gateway is for mode mn only", (GATEWAY,))
    test(GW, "sport on a gateway", [(SPORT, be16(1))],
         "sport is for modes mn and dsmip-mn only", (SPORT,))
    for bad in multicast, zero, socket.inet_aton("255.255.255.255"):
        test(MN, f"gateway: {socket.inet_ntoa(bad)}", [(GATEWAY, bad)],
             "gateway must be a unicast", (GATEWAY,))
    for length in 64, 79, 81, 128:
        test(MN, f"a prefix of length {length}",
             [(PREFIXES, [(1, p6("fd00:6d::", length))])], "length /80",
             (PREFIXES,))
    test(MN, "two prefixes", [(PREFIXES, [(1, p6("fd00:6d::", 80)),
                                          (2, p6("fd00:6e::", 80))])],
         "exactly one prefix", (PREFIXES,))
    test(MN, "two ports", [(PORTS, [(1, be16(1)), (2, be16(2))])],
         "exactly one port", (PORTS,))
    test(MN, "ha on a mobile node", [(HAS, [(1, p6("2001:db8::", 64))])],
         "ha is for modes gw, dsmip-ha and dsmip-mn only", (HAS,))
    test(MN, "exempt on a mobile node", [(EXEMPTS, [(1, p4("10.0.0.0", 8))])],
         "exempt is for mode gw only", (EXEMPTS,))
    test(MN, "weight on a mobile node", [(WEIGHTS, [(1, w4("10.0.0.0", 8))])],
         "weight is for mode gw only", (WEIGHTS,))
    test(GW, "pressure 101", [(PRESSURE, u8(101))],
         "^m6t: pressure must be 0 to 100 percent of max-bindings$", (PRESSURE,))


def without(mode, *attrs):
    return [s for s in BASE[mode] if s[0] not in attrs]


def new(mode, name, extra, pattern, fault, code=errno.EINVAL):
    given = [a for a, _ in extra]
    refused(name, without(mode, *given) + extra, pattern, fault, code)


def change(mode, name, extra, pattern, fault, code=errno.EINVAL):
    unchanged(DEVICE[mode], name, extra, pattern, fault, code)


def main():
    for test in numbers, lists, others:
        test(new)
    refused("no settings", [], "mode is missing", None)
    refused("no mode", without(GW, MODE), "mode is missing", None)
    for mode in GW, MN:
        refused("no prefix", without(mode, PREFIXES), "prefix is missing", None)
        refused("an empty list of prefixes", without(mode, PREFIXES) +
                [(PREFIXES, [])], "prefix is missing", None)
    refused("no gateway", without(MN, GATEWAY), "gateway is missing", None)
    # Refusals of the core have no offset.
    for mtu in 1279, 65508:
        refused(f"mtu {mtu}", BASE[GW], "mtu", None, more=[(MTU, u32(mtu))])
    for name, wrong, more in ("mtu-auto 0", 0, []), ("mtu-auto 2", 2, []), \
            ("mtu-auto and an mtu", 1, [(MTU, u32(1400))]):
        refused(name, BASE[GW] + [(MTU_AUTO, u8(wrong))], "mtu must be auto",
                (MTU_AUTO,), more=more)
    message, answer = link("bad0", BASE[GW], more=[(ADDRESS, bytes(6))])
    say(answer.error == -errno.EINVAL and not exists("bad0") and
        "no link-layer address" in (answer.sentence or "") and
        answer.offset == message.at[(ADDRESS,)], "a link-layer address",
        f"error {answer.error}, '{answer.sentence}' at {answer.offset}")

    # Valid settings are accepted, so the refusals above have the expected cause.
    for mode in GW, MN:
        _, answer = link(DEVICE[mode], BASE[mode])
        say(answer.error == 0 and settings_of(DEVICE[mode]), "valid settings are accepted",
            f"error {answer.error}, '{answer.sentence}'")
    for test in numbers, lists, others:
        test(change)
    for mode in GW, MN:
        change(mode, "mode", [(MODE, u8(GW + MN - mode))], "mode cannot change",
               (MODE,), errno.EOPNOTSUPP)
        # The first of several is valid: it must not be applied alone.
        change(mode, "a good one and a bad one", [(TTL, u8(7)), (DF, u8(9))],
               r"\bdf\b", (DF,))
    _, answer = link(DEVICE[GW], [(HAS, [(1, p6("2001:db8::", 64))])], 0)
    say(answer.error == 0, "a good change", f"error {answer.error}")
    change(GW, "a prefix around an old ha", [(PREFIXES, [(1, p6("2001::", 16))])],
           "outside the tunnel's own prefixes", (PREFIXES,))


main()
