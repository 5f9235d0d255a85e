#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# A mobile node with rotate off, and then on: an earlier loss of the gateway
# counts. An attempt that fails is repeated, once a second.
# proves: N8

# shellcheck disable=SC2119,SC2317,SC2329	# optional arguments, indirect calls
. "$(dirname "$0")/../lib/lib.sh"
# shellcheck source-path=SCRIPTDIR source=../lib/runs.bash
. "$SELFTESTS/lib/runs.bash"

# tried N: it tried to attach N times or more.
tried()
{
	[ "$(runs)" -ge "$1" ]
}

ns_add "$MN" "$GW"
link_ns "$MN" eth 192.0.2.1/24 "$GW" wan $GW4/24
need ip -n "$GW" -6 addr add $GW6/128 dev lo
gateway
mobile_node keepalive 1 keepalive-retries 1 rotate off
need wait_for ping6_ok "$MN" $GW6 -W 1
need ip -n "$GW" link set m6t0 down
check "the gateway is reported unreachable" \
	wait_for counter_is "$MN" unreachable 1
check "without rotate it stays attached" counter_is "$MN" attach 2
need ip -n "$MN" link set m6t0 type m6t rotate on
check "rotate on: it is attached again at once" \
	wait_for counter_is "$MN" attach 3

# Its local address is removed when it tries to attach again.
watch_runs workqueue/workqueue_execute_start m6t_mn_reattach
need ip -n "$MN" link set m6t0 type m6t local 192.0.2.1
need ip -n "$GW" link set m6t0 up
need ip -n "$GW" -6 route replace $PREFIX dev m6t0
attach
need wait_for ping6_ok "$MN" $GW6 -W 1
before=$(counter "$MN" attach)
# Otherwise the old attachment might be answered when the address is back.
need ip -n "$GW" link set m6t0 down
need ip -n "$MN" addr del 192.0.2.1/24 dev eth
check "the gateway is reported unreachable again" \
	wait_for counter_is "$MN" unreachable 2
check "an attempt without the local address is repeated" \
	wait_for tried 2
check_eq "attempts without the local address fail" \
	"$before" "$(counter "$MN" attach)"
forget_runs
WAIT=3 check_not "attempts are repeated once a second at most" wait_for tried 5
need ip -n "$MN" addr add 192.0.2.1/24 dev eth
check "an attempt succeeds when the address is back" \
	wait_for counter_is "$MN" attach $((before + 1))
finish
