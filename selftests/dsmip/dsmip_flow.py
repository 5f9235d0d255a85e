#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""
dsmip_flow.py LOCAL REMOTE MS FILE: note the numbered datagrams that come from the other
end, which is to be ready, too, before SIGUSR2: from then on send one every MS ms, until
SIGUSR1. From then on only receive, and write {"sent", "received", "doubled"} to FILE
again and again.
"""

import json
import os
import select
import signal
import socket
import sys
import time

PORT = 7777
SO_RCVBUFFORCE = 33


class Flow:
    """Both directions of one end."""

    def __init__(self, local, remote):
        self.sock = socket.socket(socket.AF_INET6 if ":" in local else socket.AF_INET,
                                  socket.SOCK_DGRAM)
        self.sock.setsockopt(socket.SOL_SOCKET, SO_RCVBUFFORCE, 1 << 24)
        self.sock.bind((local, PORT))
        self.to = (remote, PORT)
        self.sent, self.seen, self.doubled = 0, set(), 0
        self.begun = self.ending = False

    def send(self):
        self.sock.sendto(self.sent.to_bytes(8, "big"), self.to)
        self.sent += 1

    def receive(self, seconds):
        """Wait at most so long, and take all that is there."""
        select.select([self.sock], [], [], max(seconds, 0))
        while True:
            try:
                data = self.sock.recv(64, socket.MSG_DONTWAIT)
            except BlockingIOError:
                return
            number = int.from_bytes(data, "big")
            self.doubled += number in self.seen
            self.seen.add(number)

    def write(self, path):
        with open(path + ".new", "w") as f:
            json.dump({"sent": self.sent, "received": len(self.seen),
                       "doubled": self.doubled}, f)
        os.rename(path + ".new", path)

    def begin(self, *_):
        self.begun = True

    def end(self, *_):
        self.ending = True


def main(local, remote, ms, path):
    flow = Flow(local, remote)
    signal.signal(signal.SIGUSR2, flow.begin)
    signal.signal(signal.SIGUSR1, flow.end)
    print("ready", flush=True)
    while not flow.begun:
        flow.receive(0.1)
    due = time.monotonic()
    while not flow.ending:
        flow.send()
        due = max(due + float(ms) / 1000, time.monotonic() - 0.05)
        flow.receive(0)
        while (left := due - time.monotonic()) > 0:
            flow.receive(left)
    while True:
        flow.write(path)
        flow.receive(0.1)


main(*sys.argv[1:])
