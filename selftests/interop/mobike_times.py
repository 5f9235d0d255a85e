#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""What happened after a mobile node has lost a path, and when.

usage: mobike_times.py DEV SINCE WHAT MONITOR LOG PCAP

DEV is the device whose path was lost after SINCE (seconds since 1970). MONITOR
is the output of "ip -ts -o monitor", WHAT a pattern for the first line about it,
LOG charon's, PCAP packets of the other side. Prints ms since then:

gone     address, default route and carrier of DEV
seen     charon has noticed, from when on it waits
probe    it checks whether another path works (MOBIKE's path check)
update   it requests that the tunnel is moved there (UPDATE_SA_ADDRESSES)
moved    it has the answer
packet   the first packet is received by another device (by)
data     the first data of TCP

Exit status: 1 where something of that has not happened.
"""

import datetime
import re
import subprocess
import sys

MOVE = re.compile(r"generating INFORMATIONAL request (\d+) .*N\(UPD_SA_ADDR\)")


def monitored(path):
    """Lines of ip monitor: (time, text)."""
    with open(path, encoding="utf-8") as f:
        for line in f:
            match = re.match(r"\[([-0-9T:.]+)\] ?(.*)", line)
            if match:
                when = datetime.datetime.fromisoformat(match[1])
                yield when.timestamp(), match[2]


def logged(path):
    """Lines of charon's log: (time, text)."""
    with open(path, encoding="utf-8") as f:
        for line in f:
            when, _, text = line.partition(" ")
            yield float(when), text


def captured(path):
    """Packets: (time, device, rest)."""
    out = subprocess.run(["tcpdump", "-Z", "root", "-n", "-tt", "-r", path],
                         capture_output=True, text=True, check=False).stdout
    for line in out.splitlines():
        when, dev, _, rest = line.split(maxsplit=3)
        yield float(when), dev, rest


def first(lines, pattern, since):
    """Time of the first line after since that matches, and the match."""
    for when, text in lines:
        match = re.search(pattern, text)
        if when >= since and match:
            return when, match
    sys.exit(f"no {pattern} yet")


def lost(said, dev, start):
    """When the last of address, route and carrier was removed."""
    return max(first(said, pattern, start)[0] for pattern in (
        f"Deleted.*\\b{dev} +inet6 ", f"Deleted default dev {dev} .*metric",
        f"\\b{dev}[@:].*NO-CARRIER"))


def negotiated(notes, since):
    """What charon has done since."""
    # It counts in whole ms.
    seen, _ = first(notes, r"\[KNL\]", since - 0.001)
    probe, _ = first(notes, "checking path", seen)
    update, match = first(notes, MOVE, probe)
    moved, _ = first(notes, f"response {match[1]} ", update)
    return {"seen": seen, "probe": probe, "update": update, "moved": moved}


def received(packets, dev, start):
    """When packets were received by another device, and by which."""
    packets = [p for p in packets if p[0] > start and p[1] != dev]
    data = [p for p in packets if re.search("Flags.* length [1-9]", p[2])]
    if not data:
        sys.exit("no data yet")
    return {"packet": packets[0][0], "data": data[0][0]}, packets[0][1]


def main(argv):
    dev, since, what, monitor, log, pcap = argv[1:]
    said = list(monitored(monitor))
    start, _ = first(said, what, float(since))
    at = {"gone": lost(said, dev, start)}
    at.update(negotiated(list(logged(log)), float(since)))
    # Either may be the first to notice.
    start = min(start, at["seen"])
    times, by = received(captured(pcap), dev, start)
    at.update(times)
    print(*(f"{k} {round((v - start) * 1000)}" for k, v in at.items()), "by", by)


if __name__ == "__main__":
    main(sys.argv)
