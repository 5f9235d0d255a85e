#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Which bindings are evicted from a full table: unproven active ones for temporary
# ones, the one that was silent for longest first, after a grace period; the oldest
# temporary one if those have a quarter of the table; of proven ones, the least recently
# used one of the IPv4 source with the largest share; static and single ones never.
#
# proves: G12 G16 G17 G18
# class: 6.1.3

# shellcheck disable=SC2119	# optional arguments
# shellcheck source-path=SCRIPTDIR source=../lib/lib.sh
. "$(dirname "$0")/../lib/lib.sh"
# shellcheck source-path=SCRIPTDIR source=../lib/nodes.bash
. "$SELFTESTS/lib/nodes.bash"

nodes_topology
nodes_sources 40
gateway ha $HA6 rate 0 max-bindings 8 temp-timeout 60000
nodes_run "$(dirname "$0")/gw_evict.py" "$GW"
finish
