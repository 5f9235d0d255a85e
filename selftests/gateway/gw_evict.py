#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""gw_evict.py GW: see gw_evict.sh."""

import sys
import time

from nodes import AGENT, Gateway, Node, REQUEST, ipv6, result, until

PREFIX = "fd00:6d::"
SILENT = "2001:db8:1::99"       # no home agent: never answers
GRACE = 0.8                     # s: a little longer than that of the gateway
gw = Gateway(sys.argv[1])
count = 0


def source(i):
    return f"192.0.2.{11 + i}"


def fresh():
    global count
    count += 1
    return f"{PREFIX}{count:x}"


def empty(**settings):
    gw.flush()
    words = {"max-bindings": "8", "ha": "2001:db8:1::/64", "exempt": "none",
             "weight": "none", "pressure": "50", **settings}
    gw.set(*(w for pair in words.items() for w in pair))


def active(n, at=lambda i: "192.0.2.1", prove=False):
    """So many nodes with active bindings; at(i): IPv4 source of each."""
    nodes = [Node(fresh(), at(i)) for i in range(n)]
    for node in nodes:
        node.ping()
        time.sleep(0.02)        # not in the same tick
    until(lambda: states().count("active") >= n)
    if prove:
        until(lambda: all(answered(node) for node in nodes))
    return nodes


def answered(node):
    """Give it a chance to answer; is it proven?"""
    node.ping()
    for packet in node.all(0.1):
        if packet.kind == REQUEST:
            node.answer(packet)
    return gw.bindings()[node.address]["proven"]


def states():
    return sorted(b["state"] for b in gw.bindings().values())


def newcomer(at="192.0.2.1", dst=SILENT):
    """Sends a first packet; is it bound?"""
    node = Node(fresh(), at)
    before = gw.counters()
    node.ping(dst=dst)
    until(lambda: sum(gw.counter(n) - before[n]
                      for n in ("binding_created", "rx_table_full")))
    return node.address in gw.bindings()


def missing(nodes):
    """Indexes of those without a binding."""
    there = gw.bindings()
    return [i for i, node in enumerate(nodes) if node.address not in there]


def unproven():
    empty()
    nodes = active(8)
    result("a newcomer does not displace bindings that had no time to prove",
           newcomer(), False)
    result("it is counted as one for which the table is full",
           gw.counter("rx_table_full"), 1)
    time.sleep(GRACE)
    # A keepalive causes no request, so this binding is not sorted before.
    nodes[0].keepalive()
    nodes[0].all()
    result("after the grace a newcomer displaces an unproven binding", newcomer())
    result("the one that was silent for longest is evicted", missing(nodes), [1])
    gw.works("binding", "get", nodes[2].address, "dev", "m6t0")
    result("one more newcomer displaces the next one", newcomer())
    result("and no other", missing(nodes), [1, 2])
    result("temporary bindings have a quarter of the table", newcomer() and
           states(), ["active"] * 6 + ["temporary"] * 2)


def busy():
    """More unproven bindings than are looked at, all heard since the last look."""
    empty(**{"max-bindings": "128", "pressure": "1"})
    proven = active(4, lambda i: source(0), prove=True)
    others = active(124, lambda i: source(1))
    time.sleep(GRACE)
    for node in others:
        node.send(ipv6(node.address, AGENT, 59, b""))   # too small to be asked
    result("a newcomer finds room among unproven bindings that are all in use",
           newcomer(source(2)))
    result("it displaces no proven one", missing(proven), [])
    result("but one of the unproven", len(missing(others)), 1)
    result("so does a static one", gw.static(f"{PREFIX}5:1"))


def grace():
    """Proven bindings, and others that had no time to prove."""
    empty()
    proven = active(4, lambda i: source(0), prove=True)
    others = active(4, lambda i: source(1 + i))
    result("where proven bindings do not fill the table, no newcomer displaces one",
           newcomer(source(9)), False)
    result("nor one that had no time to prove", missing(proven + others), [])


def unasked():
    """A table that has become small."""
    empty(**{"max-bindings": "100"})
    nodes = active(9)
    time.sleep(GRACE)
    gw.set("max-bindings", "9")
    result("a static binding displaces one that was never asked",
           gw.static(f"{PREFIX}5:1") and missing(nodes), [0])
    late = [Node(fresh()) for _ in range(2)]
    before = gw.counter("rx_table_full")
    for node in late:
        node.ping(dst=SILENT)
        time.sleep(0.02)
    until(lambda: gw.counter("rx_table_full") == before + 2)
    result("newcomers displace none that was not asked, or a moment ago",
           missing(nodes), [0])
    for _ in range(4):
        time.sleep(GRACE / 3)
        for node in nodes[1:]:
            node.ping()
    result("the grace begins with the first request", newcomer())


def small():
    empty(**{"max-bindings": "3"})
    active(3)
    time.sleep(GRACE)
    result("a small table has a place for newcomers, too", newcomer() and states(),
           ["active"] * 2 + ["temporary"])


def static():
    empty()
    for i in range(7):
        gw.static(f"{PREFIX}5:{i}")
    nodes = active(1)
    time.sleep(GRACE)
    result("a newcomer displaces the only binding that is not static", newcomer())
    result("that one is gone", missing(nodes), [0])
    newcomer(source(0))
    result("static bindings are never displaced", states(),
           ["static"] * 7 + ["temporary"])


def administrator():
    empty()
    nodes = active(7)
    time.sleep(GRACE)
    newcomer()
    result("a static binding displaces a temporary one first",
           gw.static(f"{PREFIX}5:1") and missing(nodes), [])
    empty()
    nodes = active(7, lambda i: source(i // 2), prove=True)
    idle = active(1)
    result("a static binding displaces an unproven one",
           gw.static(f"{PREFIX}5:1") and missing(nodes + idle), [7])
    result("a static binding displaces no proven one",
           gw.static(f"{PREFIX}5:2"), False)
    result("and no other binding is displaced by it", missing(nodes), [])


def shares():
    empty()
    # The small source is there first.
    alone = active(2, lambda i: source(2 + i))
    small = active(2, lambda i: source(1), prove=True)
    big = active(4, lambda i: source(0), prove=True)
    until(lambda: all(answered(node) for node in alone))
    big[0].ping()
    big[0].all()
    result("the table is full of proven bindings",
           [b["proven"] for b in gw.bindings().values()], [True] * 8)
    result("a newcomer of the largest source is refused",
           newcomer(source(0)), False)
    result("no binding is displaced by it", missing(big + small + alone), [])
    result("a newcomer of another source gets in", newcomer(source(9)))
    result("the least recently used one of the largest source is evicted",
           missing(big + small + alone), [1])
    result("a newcomer of a source with as many is refused",
           newcomer(source(1)), False)
    result("no binding is displaced by that, either",
           missing(big + small + alone), [1])


def alone():
    empty()
    nodes = active(8, source, prove=True)
    result("a table full of single proven nodes has no room", newcomer(source(20)),
           False)
    result("a single proven node is never displaced", missing(nodes), [])
    gw.delete(nodes.pop().address)
    newcomer(source(20))
    result("a newcomer alone on its address displaces the oldest temporary binding",
           newcomer(source(21)) and states(), ["active"] * 7 + ["temporary"])
    result("one of an address with a proven node does not", newcomer(source(0)),
           False)
    result("no binding is displaced by them", missing(nodes), [])


def weights():
    empty(weight="192.0.2.16/28=8")
    carrier = active(5, lambda i: source(5 + i % 4), prove=True)
    pair = active(2, lambda i: source(30), prove=True)
    single = active(1, lambda i: source(31), prove=True)
    result("a prefix with a weight has a small share", newcomer(source(32)))
    result("the source with two loses one", missing(carrier + pair + single), [5])
    result("a prefix with less than its weight displaces a temporary binding",
           newcomer(source(5)))
    result("but no single proven node", missing(carrier + pair + single), [5])
    empty(weight="192.0.2.16/28=8", exempt="192.0.2.16/28")
    carrier = active(6, lambda i: source(5 + i % 4), prove=True)
    pair = active(2, lambda i: source(30), prove=True)
    result("a prefix that is exempt, too, has its weight",
           newcomer(source(5)) and missing(carrier + pair), [6])
    empty(weight="192.0.2.16/32=1,192.0.2.16/28=8")
    carrier = active(4, lambda i: source(6 + i), prove=True)
    first = active(2, lambda i: source(5), prove=True)
    others = active(2, lambda i: source(30 + i), prove=True)
    result("prefixes with the same address are two sources",
           newcomer(source(32)) and missing(carrier + first + others), [4])
    empty(exempt="192.0.2.16/28")
    carrier = active(5, lambda i: source(5 + i % 4), prove=True)
    others = active(3, lambda i: source(30 + i), prove=True)
    result("an exempt prefix is one source", newcomer(source(40 - 1)))
    result("an exempt prefix loses one", missing(carrier + others), [0])
    gw.set("exempt", "none")
    result("without it, its addresses are sources of their own",
           newcomer(source(38)) and missing(carrier + others), [0])


unproven()
busy()
grace()
unasked()
small()
static()
administrator()
shares()
alone()
weights()
gw.flush()
