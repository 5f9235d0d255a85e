# SPDX-License-Identifier: GPL-2.0
"""See upgrade.sh. Arguments: the netns of the gateway and of the home agent, the file of
the device, the number of mobile nodes."""

import subprocess
import sys

from nodes import AGENT, REPLY, Gateway, Node, result, until

GATEWAY, HOME_AGENT, CONF, NODES = *sys.argv[1:4], int(sys.argv[4])
gw = Gateway(GATEWAY)


def run(*words, **more):
    return subprocess.run(words, check=True, text=True, stdout=subprocess.PIPE, **more).stdout


def inside(netns, *words):
    return ["ip", "netns", "exec", netns, *words]


def endpoints():
    """{address: where it is, and its state}"""
    return {b["address"]: (b["remote"], b["port"], b["local"], b["local_port"], b["state"])
            for b in gw.bindings().values()}


def exchange():
    """The steps of the documentation."""
    saved = run("m6tctl", "-n", GATEWAY, "binding", "save", "dev", "m6t0")
    run(*inside(GATEWAY, "m6tctl", "down", CONF))
    run("rmmod", "m6t")
    nodes[0].ping()
    run("modprobe", "m6t")
    run(*inside(GATEWAY, "m6tctl", "up", CONF))
    run("m6tctl", "-n", GATEWAY, "binding", "restore", "dev", "m6t0", input=saved)


def unreached():
    """Of whom nothing arrives that the home agent sends: they send nothing before."""
    pings = [subprocess.Popen(inside(HOME_AGENT, "ping", "-6", "-q", "-c", "1", "-W", "1",
                                     node.address), stdout=subprocess.DEVNULL)
             for node in nodes]
    missing = [node.address for node in nodes
               if not until(lambda node=node: any(p.src == AGENT for p in node.asked(0.1)))]
    for ping in pings:
        ping.wait()
    return missing


def unanswered():
    for node in nodes:
        node.ping()
    return [node.address for node in nodes
            if not until(lambda node=node: any(p.kind == REPLY for p in node.all(0.1)))]


nodes = [Node(f"fd00:6d:0:{i + 1:x}::1", f"192.0.2.{11 + i}") for i in range(NODES)]
for node in nodes:
    node.register()
before = until(lambda: len(endpoints()) == NODES and endpoints())
result("the mobile nodes are bound", {e[4] for e in before.values()}, {"active"})
exchange()
result("all bindings are as before", endpoints(), before)
result("the home agent reaches all mobile nodes where they were", unreached(), [])
result("what they send is answered", unanswered(), [])
result("no mobile node has attached again", endpoints(), before)
