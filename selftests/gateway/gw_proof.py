#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""gw_proof.py GW HA GW6: see gw_proof.sh."""

import json
import os
import subprocess
import sys
import time

from nodes import (AGENT, Gateway, Node, REPLY, REQUEST, echo, result, until)

GW, HA, OWN = sys.argv[1:]
PREFIX = "fd00:6d::"
MOMENT = 0.3            # s: a proof may be asked for again after that
BURST = 12              # packets: more than there are moments while they are sent
PERIOD = 8.6            # s: of nonces
gw = Gateway(GW)


def replies_at_agent():
    text = subprocess.run(["ip", "netns", "exec", HA, "cat", "/proc/net/snmp6"],
                          capture_output=True, text=True, check=True).stdout
    return int(text.split("Icmp6InEchoReplies")[1].split()[0])


def proven(node):
    return gw.bindings()[node.address]["proven"]


def no_pressure():
    node = Node(PREFIX + "a").register()
    node.ping()
    result("without pressure nothing is asked", node.asked(), [])
    result("without pressure no proof is counted", gw.counter("tx_proof"), 0)
    result("without pressure a gateway is not under pressure",
           gw.pressed(), False)
    return node


def pressure(node):
    for i in range(9):
        gw.static(f"{PREFIX}5:{i}")
    result("half of a full table is pressure", gw.pressed())
    node.ping()
    asks = node.asked()
    result("under pressure a packet of an unproven binding is followed by one request",
           len(asks), 1)
    ask = asks[0]
    result("a request comes from the home agent that the packet went to",
           (ask.src, ask.dst), (AGENT, node.address))
    result("a request is an echo request of 48 bytes", len(ask.raw), 48)
    result("a request has the right checksum", ask.sum_is_right())
    result("a request is counted", gw.counter("tx_proof"), 1)
    return ask


def wrong(node, ask):
    """What proves nothing."""
    other = Node(PREFIX + "b")
    other.ping()
    for_other = other.asked()
    result("a newcomer under pressure is asked as soon as it has been answered",
           len(for_other), 1)
    twin = Node(PREFIX + "b1")
    twin.sock = node.sock
    twin.ping()
    twin.all()
    before = gw.counters()
    for i in range(32):
        node.send(echo(node.address, AGENT, REPLY, ask.nonce ^ 1 << i))
    result("a guessed nonce proves nothing",
           (until(lambda: replies_at_agent() >= 32), proven(node)), (True, False))
    other.send(echo(other.address, AGENT, REPLY, ask.nonce))
    result("the nonce of another binding proves nothing",
           (until(lambda: replies_at_agent() >= 33), proven(other)), (True, False))
    twin.send(echo(twin.address, AGENT, REPLY, ask.nonce))
    result("nor does that of another binding of the same endpoint",
           (until(lambda: replies_at_agent() >= 34), proven(twin)), (True, False))
    stranger = Node(node.address)
    stranger.send(echo(node.address, AGENT, REPLY, ask.nonce))
    result("the right nonce from another port is a mismatch",
           (until(lambda: gw.counter("rx_mismatch") ==
                  before["rx_mismatch"] + 1), proven(node)), (True, False))
    node.send(echo(node.address, AGENT, 128, ask.nonce))
    node.all()
    result("a request with the nonce proves nothing", proven(node), False)
    node.send(echo(node.address, AGENT, REPLY, ask.nonce, code=1))
    node.all()
    result("a reply with another code proves nothing", proven(node), False)
    result("none of them is counted as a proof", gw.counter("rx_proof"), 0)
    result("the answer of another binding to its own request proves it",
           other.answer(for_other[0]) or until(lambda: proven(other)))


def right(node, ask):
    before, at_agent = gw.counters(), replies_at_agent()
    packets = gw.bindings()[node.address]["rx_packets"]
    # At once: a nonce is valid for nine seconds only.
    node.answer(ask)
    node.answer(ask)
    result("the nonce proves the binding", until(lambda: proven(node)))
    result("a proof is counted, and a second answer is consumed, too",
           until(lambda: gw.counter("rx_proof") == before["rx_proof"] + 2))
    result("a second answer proves nothing new",
           gw.counter("binding_proven") - before["binding_proven"], 1)
    result("a proof counts as a packet of its binding",
           gw.bindings()[node.address]["rx_packets"], packets + 2)
    result("the home agent gets no answer", replies_at_agent(), at_agent)
    for _ in range(3):
        time.sleep(MOMENT)
        node.ping()
    result("a proven binding is not asked about again", node.asked(), [])
    gw.set("active-timeout", "200", "pressure", "40", "weight", "192.0.2.0/24=7")
    result("a proof outlives a change of settings", proven(node))
    gw.static(node.address, node.endpoint)
    gw.set("weight", "192.0.2.0/24=8")
    result("it can be made static", gw.bindings()[node.address]["state"], "static")
    gw.delete(node.address)


def moved():
    """A nonce is good for one endpoint, and for an active binding."""
    node = Node(PREFIX + "31")
    node.ping()
    ask, = node.asked()
    gw.delete(node.address)
    proofs, at_agent = gw.counter("rx_proof"), replies_at_agent()
    node.answer(ask)
    result("a nonce in the first packet goes to the home agent",
           until(lambda: replies_at_agent() == at_agent + 1))
    result("it is not counted as a proof", gw.counter("rx_proof"), proofs)
    result("it makes a temporary binding", gw.bindings()[node.address]["state"],
           "temporary")
    gw.delete(node.address)
    there = Node(node.address)
    there.ping()
    there.all()
    there.send(echo(node.address, AGENT, REPLY, ask.nonce))
    result("the nonce of another endpoint proves nothing",
           (until(lambda: replies_at_agent() == at_agent + 2), proven(there)),
           (True, False))


def again():
    """One that does not answer."""
    node = Node(PREFIX + "c")
    asks, often = [], 0
    for _ in range(8):
        begin = time.monotonic()
        for _ in range(BURST):
            node.ping()
        got = node.asked()
        # Each moment that the burst touched may have a request of its own.
        often += len(got) > (time.monotonic() - begin) / MOMENT + 2
        asks += got
        time.sleep(MOMENT)
        if len(asks) >= 4:
            break
    result("it is asked once in a while", often, 0)
    result("from two addresses in turn", [p.src for p in asks[:4]],
           [AGENT, OWN, AGENT, OWN])
    node.answer([p for p in asks if p.src == OWN][-1])
    result("an answer to the gateway's own address proves, too",
           until(lambda: proven(node)))


def no_amplification():
    """Keepalives are answered, so they pay for no proof."""
    node = Node(PREFIX + "d")
    node.ping()
    sent, packets = 48, node.all()
    for _ in range(6):
        node.keepalive()
        sent += 40
        packets += node.all(MOMENT)
    own = [p for p in packets if p.kind != REPLY]
    result("small packets and keepalives: no more bytes are sent than came",
           sum(len(p.raw) for p in own) <= sent)
    result("small packets and keepalives: they are asked for a proof once",
           len([p for p in own if p.kind]), 1)
    node = Node(PREFIX + "d1")
    node.ping(100)
    asks = [len(node.asked())]
    for _ in range(4):
        time.sleep(MOMENT)
        node.keepalive()
        asks.append(len(node.asked()))
    result("a keepalive is followed by a request if enough has come before, once",
           asks, [1, 1, 0, 0, 0])


def no_errors():
    """An ICMPv6 error of the gateway is larger than what it is about."""
    node = Node(PREFIX + "d0")
    node.ping()
    node.all(MOMENT)
    sent = got = 0
    for i in range(3):
        raw = bytearray(echo(node.address, AGENT, REQUEST, i))
        raw[7] = 1              # hop limit
        node.send(bytes(raw))
        sent += len(raw)
        got += sum(len(p.raw) for p in node.all(MOMENT))
    result("errors about what came: no more bytes are sent than came",
           got <= sent)


def idle():
    """Active before the pressure began, and quiet since."""
    gw.flush()
    gw.set("pressure", "50")
    node = Node(PREFIX + "21").register()
    small = Node(PREFIX + "22")
    small.ping()
    small.all()
    node.ping(100)
    node.all()
    for i in range(7):
        gw.static(f"{PREFIX}6:{i}")
    result("an idle node is not asked because of static bindings", node.asked(), [])
    gw.static(f"{PREFIX}6:8")
    Node(PREFIX + "23").ping()
    asks = node.asked()
    result("a newcomer under pressure lets an idle node be asked", len(asks), 1)
    result("from its home agent's address", [p.src for p in asks], [AGENT])
    result("one that has sent too little for it is not asked", small.asked(), [])
    node.answer(asks[0])
    result("its answer proves its binding", until(lambda: proven(node)))


def idle_many(sources, name):
    """Which of six idle nodes are asked from where, by a newcomer, and by another."""
    gw.flush()
    nodes = [Node(f"{PREFIX}6{i}") for i in range(6)]
    for size in 0, 100:
        for node in nodes:
            node.ping(size)
            time.sleep(0.02)    # not in the same tick
        time.sleep(0.1)
    for node in nodes:
        node.all(0.05)
    for i in range(4):
        gw.static(f"{PREFIX}7:{i}")
    asks = []
    for i in range(2):
        Node(f"{PREFIX}8{i}").ping()
        time.sleep(MOMENT)
        asks.append([[p.src for p in node.asked(0)] for node in nodes])
    result(name, asks, [[sources] * 4 + [[]] * 2, [[]] * 4 + [sources] * 2])


def asked_twice(address):
    """From where."""
    node = Node(address)
    node.ping()
    sources = [p.src for p in node.asked()]
    time.sleep(MOMENT)
    node.ping()
    return sources + [p.src for p in node.asked()]


def ip_ha(*words):
    subprocess.run(["ip", "-n", HA, *words], check=True)


def asker():
    """Home agents that are a prefix, and a gateway without a good address."""
    idle_many([AGENT], "each newcomer lets four idle nodes be asked")
    gw.ip("addr", "add", PREFIX + "fff", "dev", "m6t0")
    result("no address in the mobile node's own prefix asks",
           asked_twice(PREFIX + "41"), [AGENT, AGENT])
    gw.ip("addr", "del", PREFIX + "fff", "dev", "m6t0")
    gw.set("ha", "2001:db8:1::/64")
    idle_many([OWN], "where home agents are a prefix, the gateway's own address asks")
    links = json.loads(subprocess.run(
        ["ip", "-n", GW, "-j", "addr", "show", "dev", "lan"], check=True,
        capture_output=True, text=True).stdout)
    local = next(a["local"] for a in links[0]["addr_info"] if a["scope"] == "link")
    gw.ip("addr", "del", OWN + "/64", "dev", "lan")
    gw.ip("-6", "route", "add", "2001:db8:1::/64", "dev", "lan")
    ip_ha("-6", "route", "replace", "fd00:6d::/48", "via", local, "dev", "eth")
    result("without an address of its own, only the home agent's asks",
           asked_twice(PREFIX + "42"), [AGENT, AGENT])
    idle_many([], "without any address, no mobile node is asked")
    gw.ip("-6", "route", "del", "2001:db8:1::/64", "dev", "lan")
    gw.ip("addr", "add", OWN + "/64", "dev", "lan", "nodad")
    ip_ha("-6", "route", "replace", "fd00:6d::/48", "via", OWN)
    gw.set("ha", AGENT)


def bounds():
    """Where the pressure begins and ends."""
    gw.flush()
    gw.set("pressure", "4")
    result("an empty table is not under pressure", gw.pressed(), False)
    for i in range(10):
        gw.static(f"{PREFIX}9:{i}")
    gw.set("pressure", "51")
    gw.delete(f"{PREFIX}9:0")
    gw.set("pressure", "50")
    result("the pressure ends with the settings", gw.pressed(), False)
    gw.static(f"{PREFIX}9:0")
    result("one more binding is pressure", gw.pressed())
    gw.delete(f"{PREFIX}9:0")
    result("one binding less is not yet the end of it", gw.pressed())
    gw.delete(f"{PREFIX}9:1")
    result("two bindings less are the end of it", gw.pressed(), False)
    gw.set("pressure", "40")
    result("the pressure begins with the settings", gw.pressed())
    gw.set("pressure", "50")


def secret():
    """Gateways that differ in nothing but that."""
    words = ("type", "m6t", "mode", "gw", "prefix", "fd00:6d::/48", "ha", AGENT,
             "rate", "0", "max-bindings", "20", "pressure", "0")
    nonces = []
    node = Node(PREFIX + "51")
    for _ in range(3):
        gw.ip("link", "del", "m6t0")
        gw.ip("link", "add", "m6t0", *words)
        gw.ip("link", "set", "m6t0", "up")
        gw.ip("-6", "route", "replace", "fd00:6d::/48", "dev", "m6t0")
        node.ping()
        nonces += [p.nonce for p in node.asked()]
    result("each gateway has a secret of its own", len(set(nonces)), 3)


def not_active():
    """Nobody answers it, so its binding stays temporary; or it is static."""
    node = Node(PREFIX + "f")
    node.send(echo(node.address, AGENT, REPLY, 1))
    result("nothing is asked about a temporary binding", node.asked(), [])
    node = Node(PREFIX + "f1")
    gw.static(node.address, node.endpoint)
    node.ping()
    result("nothing is asked about a static binding",
           [p.kind for p in node.all()], [REPLY])


def late(node, seconds):
    node.ping()
    ask, = node.asked()[:1]
    time.sleep(seconds)
    node.answer(ask)
    node.all()
    return proven(node)


def often(node, n):
    for _ in range(n):
        node.ping()
        node.all(MOMENT)
    return proven(node)


asked = no_pressure()
request = pressure(asked)
wrong(asked, request)
right(asked, request)
moved()
again()
no_amplification()
no_errors()
not_active()
idle()
asker()
bounds()
# Where time costs nothing.
if os.environ.get("M6T_KERNEL") == "uml-kasan" or os.environ.get("M6T_LONG"):
    gw.set("pressure", "0")
    result("a nonce is valid for a whole period",
           late(Node(PREFIX + "11"), PERIOD - 1))
    result("a late nonce proves nothing",
           late(Node(PREFIX + "12"), 2 * PERIOD + 0.5), False)
    result("no number of requests is a proof", often(Node(PREFIX + "13"), 260), False)
    gw.set("pressure", "50")
gw.flush()
result("without bindings the pressure ends", gw.pressed(), False)
secret()
