#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""gw_cache.py GW: see gw_cache.sh."""

import sys
import time

from nodes import AGENT, Gateway, Node, REQUEST, echo, result

BURST, BURSTS = 1000, 12        # more bindings than the limit has room for at first
PAUSE = 0.1                     # s
gw = Gateway(sys.argv[1])
node = Node("fd00:6d::1")

for k in range(BURST * BURSTS):
    node.send(echo(f"fd00:6d::{k + 1:x}", AGENT, REQUEST, 1))
    if k % 20 == 0:
        time.sleep(0.003)
        node.all(0)
    if k % BURST == 0:
        time.sleep(PAUSE)
time.sleep(PAUSE)
result("most newcomers get in",
       gw.counter("binding_created") > BURST * BURSTS * 3 // 4)
