#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# A table whose maximum becomes less than its size, lists of devices with the
# greatest ifindex, and home agents' prefixes that contain addresses that are not
# home agents. Leaks are found when the module is removed, at the end of the
# guest.
# needs two CPUs
# proves: G3 G12 G13 G16
# class: T14

# shellcheck disable=SC2119,SC2317,SC2329	# optional arguments, indirect calls
. "$(dirname "$0")/../lib/lib.sh"

# newcomers FIRST LAST: the first packets of these addresses.
newcomers()
{
	local i
	local -a packets=()

	for ((i = $1; i <= $2; i++)); do
		packets+=("src=fd00:6d::$i,dst=$HA6")
	done
	in_ns "$MN" "$TMP/inject" udp $GW4 $PORT "${packets[@]}"
}

# counts_are TEMPORARY STATIC
counts_are()
{
	[ "$(m6tctl -n "$GW" -j binding count dev m6t0 |
		jq -c '.[0] | [.temporary, .static]')" = "[$1,$2]" ]
}

# lists COMMAND...: the list ends, and has all devices.
lists()
{
	[ "$(timeout 20 m6tctl -n "$GW" -j "$@" | jq length)" = 2 ]
}

# lists_one COMMAND...: likewise, of one device.
lists_one()
{
	timeout 20 m6tctl -n "$GW" -j "$@" dev m6t0 | jq -e 'length > 0'
}

ns_add "$MN" "$GW"
link_ns "$MN" eth 192.0.2.1/24 "$GW" wan $GW4/24
# A blackhole, not unreachable: an ICMPv6 error would be counted as well.
need ip -n "$GW" -6 route add blackhole default
inject dev lo hex=00 2>/dev/null	# build it
gateway rate 0 temp-timeout 60000
for i in 1 2 3; do
	need m6tctl -n "$GW" binding add fd00:6d::5$i remote 192.0.2.1:700$i \
		dev m6t0
done
newcomers 1 3
check "the table has three static and three temporary bindings" \
	wait_for counts_are 3 3

need ip -n "$GW" link set m6t0 type m6t max-bindings 3
before=$(stats "$GW")
newcomers 4 4
check_stats "no eviction could make room: a newcomer is refused" "$GW" "$before" \
	'{"m6t0":{"rx_table_full":1}}'
check_not "no eviction could make room: a static binding is refused" \
	m6tctl -n "$GW" binding add fd00:6d::60 remote 192.0.2.1:7000 dev m6t0
check "no binding is evicted where that does not make room" counts_are 3 3

need ip -n "$GW" link set m6t0 type m6t max-bindings 4
before=$(stats "$GW")
newcomers 4 4
check_stats "room for one: the excess bindings are evicted" "$GW" "$before" \
	'{"m6t0":{"binding_created":1,"binding_evicted":3}}'
check "room for one: one temporary binding is left" counts_are 1 3
check "room for one: that binding is the newcomer's" state_is temporary fd00:6d::4

# The place that a dump has reached in one table says nothing of the next one.
for i in 1 2 3; do
	need ip -n "$GW" link add index $((1000 + i)) name g$i type m6t mode gw \
		prefix fd00:6d:$i::/48 port 500$i
	need m6tctl -n "$GW" binding add fd00:6d:$i::1 remote 192.0.2.1:7000 dev g$i
done
check_eq "gateways with adjacent ifindexes: all bindings are listed" "g1 g2 g3" \
	"$(m6tctl -n "$GW" -j binding show | jq -r '.[].dev | select(. != "m6t0")' |
		xargs)"
for i in 1 2 3; do
	need ip -n "$GW" link del g$i
done

need ip -n "$GW" link add index 2147483647 name m6t1 type m6t mode mn \
	prefix $MN_PREFIX gateway $GW4
check "the greatest ifindex: devices are listed" lists show
check "the greatest ifindex: counters are listed" lists stats
check "the greatest ifindex: bindings of all devices are listed" \
	timeout 20 m6tctl -n "$GW" binding show
check "the greatest ifindex: bindings of one device are listed" \
	lists_one binding show
need ip -n "$GW" link del m6t1

need ip -n "$GW" link set m6t0 type m6t max-bindings 100 ha 8000::/1 \
	prefix 2001:db8:6d::/48
before=$(stats "$GW")
in_ns "$MN" "$TMP/inject" udp $GW4 $PORT src=2001:db8:6d::1,dst=ff02::1 \
	src=2001:db8:6d::2,dst=fe80::2 src=2001:db8:6d::3,dst=ff0e::1 \
	src=2001:db8:6d::4,dst=2001:db8::1
check_stats "multicast and link-local in a short prefix of home agents are refused" \
	"$GW" "$before" '{"m6t0":{"rx_bad_destination":4}}'
finish
