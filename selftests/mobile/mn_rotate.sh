#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# A mobile node that may not attach again by itself, and then may: what it has
# found out before counts. An attempt that fails is tried again, once a second.
# proves: N8

# shellcheck disable=SC2119,SC2317,SC2329	# optional arguments, indirect calls
. "$(dirname "$0")/../lib/lib.sh"
# shellcheck source-path=SCRIPTDIR source=../lib/runs.bash
. "$SELFTESTS/lib/runs.bash"

# tried N: so often or more.
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
check "the gateway is found to be gone" \
	wait_for counter_is "$MN" unreachable 1
check "without rotate it stays attached" counter_is "$MN" attach 2
need ip -n "$MN" link set m6t0 type m6t rotate on
check "rotate on: it attaches again at once" \
	wait_for counter_is "$MN" attach 3

# Its local address is away when it wants to attach again.
watch_runs workqueue/workqueue_execute_start m6t_mn_reattach
need ip -n "$MN" link set m6t0 type m6t local 192.0.2.1
need ip -n "$GW" link set m6t0 up
need ip -n "$GW" -6 route replace $PREFIX dev m6t0
attach
need wait_for ping6_ok "$MN" $GW6 -W 1
before=$(counter "$MN" attach)
# Else the old attachment might be answered when the address is back.
need ip -n "$GW" link set m6t0 down
need ip -n "$MN" addr del 192.0.2.1/24 dev eth
check "the gateway is gone once more" \
	wait_for counter_is "$MN" unreachable 2
check "an attempt without the local address is tried again" \
	wait_for tried 2
check_eq "and fails" "$before" "$(counter "$MN" attach)"
forget_runs
WAIT=3 check_not "but not more than once a second" wait_for tried 5
need ip -n "$MN" addr add 192.0.2.1/24 dev eth
check "it succeeds when the address is back" \
	wait_for counter_is "$MN" attach $((before + 1))
finish
