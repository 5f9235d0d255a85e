#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Devices that are deleted, changed or set down under traffic from all sides, and
# two CPUs that do the same at once: nothing breaks, nothing is left.
#
# runs alone: it takes all that a machine has
# needs two CPUs
# proves: B2 G6 G16
# class: T5 T13

# shellcheck source-path=SCRIPTDIR source=../lib/lib.sh
. "$(dirname "$0")/../lib/lib.sh"
# shellcheck source-path=SCRIPTDIR source=../lib/storm.bash
. "$SELFTESTS/lib/storm.bash"

delete_in_storm()
{
	local i

	for ((i = 0; i < LOOPS / 2; i++)); do
		need wait_for has_received "$GW" 20
		need ip -n "$GW" link del m6t0
		gateway rate 0
		need wait_for has_received "$MN" 20
		need ip -n "$MN" link del m6t0
		storm_mobile_node
	done
	again "deleted and created again $i times"
}

toggle_in_storm()
{
	local i

	for ((i = 0; i < LOOPS; i++)); do
		need ip -n "$GW" link set m6t0 down
		need ip -n "$GW" link set m6t0 up
		need ip -n "$MN" link set m6t0 down
		need ip -n "$MN" link set m6t0 up
	done
	need ip -n "$GW" -6 route replace $PREFIX dev m6t0
	need attach id 000000004444
	again "down and up $i times"
}

change_in_storm()
{
	local i locals=("$GW4" 0.0.0.0)

	for ((i = 0; i < LOOPS; i++)); do
		need ip -n "$GW" link set m6t0 type m6t active-timeout \
			$((i + 5)) temp-timeout $((i + 10)) \
			port $PORT,$((4500 + i)) max-bindings $((1 + i % 2))
		need m6tctl -n "$GW" binding flush dev m6t0
		need ip -n "$GW" link set m6t0 type m6t \
			local "${locals[i % 2]}"
		need m6tctl -n "$MN" attach dev m6t0
	done >"$TMP/change"
	need ip -n "$GW" link set m6t0 type m6t active-timeout 120 \
		temp-timeout 2000 max-bindings 1000
	need attach id 000000004444
	again "changed and flushed $i times"
}

# Packets wait in queues of other devices for longer than their sender exists.
delete_before_packets()
{
	need tc -n "$GW" qdisc add dev wan root netem delay 100ms limit 1000
	need tc -n "$MN" qdisc add dev m6t0 root netem delay 100ms limit 1000
	need wait_for queued "$GW" wan
	need wait_for queued "$MN" m6t0
	need m6tctl -n "$GW" binding flush dev m6t0 >"$TMP/flush"
	need ip -n "$GW" link del m6t0
	need ip -n "$MN" link del m6t0
	need wait_for not_queued "$GW" wan
	need tc -n "$GW" qdisc del dev wan root
	gateway rate 0
	storm_mobile_node
	again "deleted before its queued packets"
}

# shellcheck disable=SC2317
queued()
{
	[ "$(tc -n "$1" -s -j qdisc show dev "$2" | jq '.[0].qlen')" -ge 5 ]
}

# shellcheck disable=SC2317
not_queued()
{
	calm
	[ "$(tc -n "$1" -s -j qdisc show dev "$2" | jq '.[0].qlen')" = 0 ]
}

# all_are STATE N: N bindings under this prefix are in this state.
# shellcheck disable=SC2317
all_are()
{
	[ "$(m6tctl -n "$GW" -j binding show dev m6t0 state "$1" \
		prefix fd00:6d:0:9::/64 | jq length)" = "$2" ]
}

# Two CPUs handle answers to the same new mobile nodes; the second one catches up
# with the first one, as an active binding needs less work.
answer_twice()
{
	local i n=1500 addr before first=() answers=() pids=()

	for ((i = 1; i <= n; i++)); do
		printf -v addr fd00:6d:0:9::%x $i
		first+=("src=$addr,dst=$HA6")
		answers+=("src=$HA6,dst=$addr")
	done
	need ip -n "$GW" link set m6t0 type m6t temp-timeout 60000
	need in_ns "$NAT" "$TMP/inject" udp $GW4 $PORT "${first[@]}"
	need wait_for all_are temporary $n
	before=$(counter "$GW" binding_activated)
	for i in 0 1; do
		in_ns "$HA" taskset -c $i "$TMP/inject" ip "${answers[@]}" &
		pids+=($!)
	done
	wait "${pids[@]}"
	check "answers on two CPUs activate all bindings" \
		wait_for all_are active $n
	check_eq "each binding is activated once" $((before + n)) \
		"$(counter "$GW" binding_activated)"
}

set_up
storm
delete_in_storm
toggle_in_storm
change_in_storm
delete_before_packets
calm
[ "$(nproc)" -eq 1 ] || answer_twice
finish
