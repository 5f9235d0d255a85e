#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# How fast one IPv4 source may create bindings, and who is spared.
# proves: G11 G14

# shellcheck disable=SC2119,SC2317,SC2329	# optional arguments, indirect calls
. "$(dirname "$0")/lib.sh"

# newcomers FIRST LAST [SOURCE]: the first packets of so many addresses, each
# from a port of its own.
newcomers()
{
	local i

	for ((i = $1; i <= $2; i++)); do
		in_ns "$NAT" "$TMP/inject" udp ${3:+-b "$3"} -s $((6000 + i)) \
			$GW4 $PORT "src=fd00:6d::$i,dst=$HA6"
	done
}

# listening: does the monitor hear of what an administrator does?
listening()
{
	m6tctl -n "$GW" binding add fd00:6d::ffff remote "$NAT4:1" dev m6t0
	m6tctl -n "$GW" binding del fd00:6d::ffff dev m6t0
	[ -s "$TMP/events" ]
}

# stats_are CREATED LIMITED
stats_are()
{
	[ "$(m6tctl -n "$GW" -j stats dev m6t0 | jq -c \
		".[0] | [.binding_created - $BASE, .rx_rate_limited]")" = "[$1,$2]" ]
}

# sent N: so many packets have come through all bindings.
sent()
{
	[ "$(m6tctl -n "$GW" -j binding show dev m6t0 |
		jq 'map(.rx_packets) | add')" = "$1" ]
}

# let_in ADDRESS: a packet from it, and it has a binding.
let_in()
{
	newcomers "$1" "$1"
	state_is temporary "fd00:6d::$1"
}

topology "ip saddr 10.0.0.0/24 masquerade"
need ip -n "$NAT" addr add 192.0.2.7/24 dev out
inject dev lo hex=00 2>/dev/null	# build it
gateway rate 1 burst 3 temp-timeout 60000
m6tctl -n "$GW" -j monitor dev m6t0 >"$TMP/events" &
at_exit "kill $!"
need wait_for listening
BASE=$(counter "$GW" binding_created)

# All five are there within the second that one more token takes.
newcomers 1 5
check "a burst of three from one IPv4 address, whatever its ports" \
	wait_for stats_are 3 2
check "a limit that is hit is told of" \
	wait_for grep -q '"event":"rate-limited"' "$TMP/events"
newcomers 6 6 192.0.2.7
check "another address has a burst of its own" wait_for stats_are 4 2
newcomers 1 3
check "packets of bindings that exist do not pay" wait_for sent 7
check "and are not limited" stats_are 4 2

need ip -n "$GW" link set m6t0 type m6t exempt 192.0.2.0/24
newcomers 11 20
check "an exempt prefix is not limited" wait_for stats_are 14 2
need ip -n "$GW" link set m6t0 type m6t exempt 192.0.3.0/24 rate 0
newcomers 21 30
check "nor is anybody with rate 0" wait_for stats_are 24 2
need ip -n "$GW" link set m6t0 type m6t rate 1000 burst 1
check "tokens come back in time" wait_for let_in 31
finish
