#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# How fast one IPv4 source may create bindings, and which ones are exempt.
# proves: G11 G14

# shellcheck disable=SC2119,SC2317,SC2329	# optional arguments, indirect calls
. "$(dirname "$0")/../lib/lib.sh"

# newcomers FIRST LAST [SOURCE]: the first packets of these addresses, each
# from a separate port.
newcomers()
{
	local i packets=()

	for ((i = $1; i <= $2; i++)); do
		packets+=("src=fd00:6d::$i,dst=$HA6")
	done
	in_ns "$NAT" "$TMP/inject" udp ${3:+-b "$3"} -e -s $((6000 + $1)) \
		$GW4 $PORT "${packets[@]}"
}

# counted: sets CREATED and LIMITED, newcomers since $START that were or were not
# let in.
counted()
{
	local now

	now=$(stats_diff "$GW" "$START") || return
	[[ $now =~ \"binding_created\":([0-9]+) ]] && CREATED=${BASH_REMATCH[1]}
	[[ $now =~ \"rx_rate_limited\":([0-9]+) ]] && LIMITED=${BASH_REMATCH[1]}
}

# are N: N newcomers were either created or limited.
are()
{
	counted && [ $((CREATED + LIMITED)) = "$1" ]
}

# burst N: N newcomers at once. Those get in that the bucket had tokens
# for, and got tokens for meanwhile, so that a slow machine passes as well.
burst()
{
	local from=${EPOCHREALTIME/[.,]/} seconds

	START=$(stats "$GW") CREATED=0 LIMITED=0
	newcomers 1 "$1"
	seconds=$(((${EPOCHREALTIME/[.,]/} - from) / 1000000))
	need wait_for are "$1"
	counted
	[ "$CREATED" -ge 3 ] && [ "$CREATED" -le $((3 + seconds)) ]
	result $? "of $1 newcomers from one IPv4 address, whatever their ports, three get in"
	diag "$CREATED created, $LIMITED limited in $seconds s"
}

# sent N: N packets were received by all bindings together.
sent()
{
	[ "$(m6tctl -n "$GW" -j binding show dev m6t0 |
		jq 'map(.rx_packets) | add')" = "$1" ]
}

# let_in ADDRESS: send a packet from it; does it create a binding?
let_in()
{
	newcomers "$1" "$1"
	state_is temporary "fd00:6d::$1"
}

topology "ip saddr 10.0.0.0/24 masquerade"
need ip -n "$NAT" addr add 192.0.2.7/24 dev out
need_inject
gateway rate 1 burst 3 temp-timeout 60000
monitor "$TMP/events"

burst 9
check "a limit that is hit is reported" \
	wait_for grep -q '"event":"rate-limited"' "$TMP/events"
before=$(stats "$GW")
newcomers 10 10 192.0.2.7
check_stats "another address has a burst of its own" "$GW" "$before" \
	'{"m6t0":{"binding_created":1}}'
newcomers 1 3
check "packets of existing bindings are received despite the limit" \
	wait_for sent $((CREATED + 1 + 3))
check_stats "packets of existing bindings are not counted as limited" \
	"$GW" "$before" \
	'{"m6t0":{"binding_created":1}}'

need ip -n "$GW" link set m6t0 type m6t exempt 192.0.2.0/24
before=$(stats "$GW")
newcomers 11 20
check_stats "an exempt prefix is not limited" "$GW" "$before" \
	'{"m6t0":{"binding_created":10}}'
need ip -n "$GW" link set m6t0 type m6t exempt 192.0.3.0/24 rate 0
before=$(stats "$GW")
newcomers 21 30
check_stats "rate 0 limits no source" "$GW" "$before" \
	'{"m6t0":{"binding_created":10}}'
need ip -n "$GW" link set m6t0 type m6t rate 1000 burst 1
check "tokens are refilled over time" wait_for let_in 31
finish
