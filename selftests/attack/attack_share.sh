#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# 64 bots with real IPv4 addresses prove all bindings that the limits let them create,
# and fill a table of 4096. Newcomers from other addresses get in with their first or
# second packet; mobile nodes alone on their address keep their binding, and so do 500
# behind a carrier NAT that has a weight. Mobile nodes that do not answer echo requests
# may lose their binding, and get a new one with their next packet.
#
# needs two CPUs
# proves: G17 G18
# class: 6.1.3
# soak: uml
# takes long
# runs alone: it floods

# shellcheck disable=SC2119	# optional arguments
# shellcheck source-path=SCRIPTDIR source=../lib/lib.sh
. "$(dirname "$0")/../lib/lib.sh"
# shellcheck source-path=SCRIPTDIR source=../lib/nodes.bash
. "$SELFTESTS/lib/nodes.bash"

# Elsewhere the bots are too slow.
if [ "${M6T_KERNEL:-uml}" != uml ]; then
	result 0 "bots # SKIP only at native speed"
	finish
fi

nodes_topology
nodes_sources 240
# Addresses of the bots, of newcomers and of single nodes; the carrier is 192.0.2.1.
gateway ha $HA6 max-bindings 4096 exempt 192.0.2.1/32 weight 192.0.2.1/32=500
need in_ns "$HA" tc qdisc add dev eth root netem delay 20ms limit 100000
ulimit -n 4096
nodes_run "$SELFTESTS/attack/attack_share.py" "$GW" "$(short_or_long 15 600)"
finish
