#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Proofs of return routability: requested only under pressure, never for a proven
# binding, never with more bytes than were received; from the home agent's address and
# from the gateway's own; what proves a binding, and what does not; what a proof
# survives.
#
# proves: G16 G17
# class: 6.1.3

# shellcheck disable=SC2119,SC2317,SC2329	# optional arguments, indirect calls
# shellcheck source-path=SCRIPTDIR source=../lib/lib.sh
. "$(dirname "$0")/../lib/lib.sh"
# shellcheck source-path=SCRIPTDIR source=../lib/nodes.bash
. "$SELFTESTS/lib/nodes.bash"

nodes_topology
nodes_sources 4
gateway ha $HA6 rate 0 max-bindings 20 temp-timeout 5000
nodes_run "$(dirname "$0")/gw_proof.py" "$GW" "$HA" "$GW6"

# A real mobile node answers by itself.
need ip -n "$MN" link add m6t0 type m6t mode mn prefix $MN_PREFIX gateway $GW4
need ip -n "$MN" link set m6t0 up
attach
TRACE=/sys/kernel/tracing/instances/m6t-$$
if mkdir "$TRACE" 2>/dev/null; then
	at_exit "rmdir $TRACE"
	echo 1 >"$TRACE/events/m6t/binding_proven/enable"
	at_exit "echo 0 >$TRACE/events/m6t/binding_proven/enable"
fi
need ping6_ok "$MN" $HA6
is_proven()
{
	[ "$(binding | jq .proven)" = true ]
}
check "a mobile node's device proves its binding by itself" wait_for is_proven
if [ -d "$TRACE" ]; then
	check "a proof is traced" grep -q " binding_proven: dev=m6t0 address=$ADDRESS " \
		"$TRACE/trace"
else
	result 0 "a proof is traced # SKIP the kernel has no tracing"
fi
finish
