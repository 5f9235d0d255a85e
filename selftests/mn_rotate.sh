#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# A mobile node that may not attach anew by itself, and then may: what it has
# found out before counts.
# proves: N8

# shellcheck disable=SC2119,SC2317,SC2329	# optional arguments, indirect calls
. "$(dirname "$0")/lib.sh"

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
check "rotate on: it attaches anew at once" \
	wait_for counter_is "$MN" attach 3
finish
