#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Devices in another network namespace than their sockets, and what is removed
# when one of both namespaces is, under traffic; routes that lead a tunnel into
# itself.
# proves: B2 B4
# class: T2 T3

# shellcheck source-path=SCRIPTDIR source=../lib/lib.sh
. "$(dirname "$0")/../lib/lib.sh"

APP=m6t-$$-app

# shellcheck disable=SC2317
sockets_are()
{
	[ "$(sockets "$1")" = "$2" ]
}

# attach_in NETNS [WORD...]
attach_in()
{
	local MN=$1

	need attach "${@:2}"
}

# Do both tools show that the sockets are elsewhere? "true true" or "false false"
elsewhere()
{
	echo "$(ip -n "$1" -d -j link show m6t0 |
		jq -c '.[] | has("link_netnsid")') $(m6tctl -n "$1" -j \
		show dev m6t0 | jq '.[].netns_underlay != null')"
}

# flood NETNS ADDRESS: ping -f in the background.
flood()
{
	start "$1" ping -6 -n -q -i 0.002 "$2" >"$TMP/flood" 2>&1
}

# ---- one device, two namespaces (B2)

move_mobile_node()
{
	ns_add "$APP"
	need ip -n "$MN" link add m6t0 type m6t mode mn prefix $MN_PREFIX \
		gateway $GW4
	need ip -n "$MN" link set m6t0 up
	need attach
	activate
	check_eq "in one namespace: no tool shows another one for its socket" \
		"false false" \
		"$(elsewhere "$MN")"
	check "a device that is up can move" \
		ip -n "$MN" link set m6t0 netns "$APP"
	check_eq "the move closes the socket" 0 "$(sockets "$MN")"
	need ip -n "$APP" link set m6t0 up
	attach_in "$APP"
	check "mobile node moved: it works" wait_for ping6_ok "$APP" $HA6 -W 1
	check_eq "mobile node moved: its socket is where it was created" "1 0" \
		"$(sockets "$MN") $(sockets "$APP")"
	check_eq "mobile node moved: both tools show it" \
		"true true" "$(elsewhere "$APP")"
	check "mobile node can be moved back" ip -n "$APP" link set m6t0 netns "$MN"
	need ip -n "$MN" link set m6t0 up
	need attach
	check "mobile node moved back: it works" wait_for ping6_ok "$MN" $HA6 -W 1
	check_eq "mobile node moved back: both tools show it" \
		"false false" "$(elsewhere "$MN")"
	need ip -n "$MN" link del m6t0
	check_eq "mobile node deleted: no socket is left" 0 "$(sockets "$MN")"

	check "mobile node can be created with link-netns" \
		ip -n "$APP" link add m6t0 \
		link-netns "$MN" type m6t mode mn prefix $MN_PREFIX gateway $GW4
	need ip -n "$APP" link set m6t0 up
	attach_in "$APP"
	check "mobile node with link-netns: it works" \
		wait_for ping6_ok "$APP" $HA6 -W 1
	check_eq "mobile node with link-netns: its socket is in that namespace" \
		"1 0" \
		"$(sockets "$MN") $(sockets "$APP")"
	need ip -n "$APP" link del m6t0
	check_eq "mobile node with link-netns: its socket is closed with the device" \
		0 "$(sockets "$MN")"
}

move_gateway()
{
	need ip -n "$MN" link add m6t0 type m6t mode mn prefix $MN_PREFIX \
		gateway $GW4
	need ip -n "$MN" link set m6t0 up
	need attach
	need m6tctl -n "$GW" binding flush dev m6t0 >"$TMP/flush"
	check "a gateway can be moved" ip -n "$GW" link set m6t0 netns "$HA"
	need ip -n "$HA" link set m6t0 up
	need ip -n "$HA" -6 route replace $PREFIX dev m6t0
	check "gateway moved: it works" wait_for ping6_ok "$MN" $HA6 -W 1
	check_eq "gateway moved: its socket is where it was created" "1 0" \
		"$(sockets "$GW") $(sockets "$HA")"
	check_eq "gateway moved: both tools show it" \
		"true true" "$(elsewhere "$HA")"
	check "gateway can be moved back" ip -n "$HA" link set m6t0 netns "$GW"
	need ip -n "$GW" link set m6t0 up
	need ip -n "$GW" -6 route replace $PREFIX dev m6t0
	need ip -n "$HA" -6 route replace $PREFIX via $GW6
	check "gateway moved back: it works" wait_for ping6_ok "$MN" $HA6 -W 1
	check_eq "gateway moved back: both tools show it" \
		"false false" "$(elsewhere "$GW")"
}

# ---- which namespace is deleted first

# orphan ROLE FIRST: the sockets of a device are in one namespace, the device
# in another; FIRST, sockets or device, is deleted under traffic from a third.
orphan()
{
	local name="$1, first the $2's namespace"
	local there=m6t-$$-peer-$1-$2 sock=m6t-$$-sock-$1-$2 dev=m6t-$$-dev-$1-$2
	local self peer target

	ns_add "$there" "$sock" "$dev"
	link_ns "$sock" eth 10.0.0.2/24 "$there" to-sock 10.0.0.1/24
	link_ns "$dev" eth 10.0.1.2/24 "$there" to-dev 10.0.1.1/24
	peer=(mode gw prefix "$PREFIX")
	self=(mode mn prefix "$MN_PREFIX" gateway 10.0.0.1)
	if [ "$1" = gateway ]; then
		self=(mode gw prefix "$PREFIX")
		peer=(mode mn prefix "$MN_PREFIX" gateway 10.0.0.2)
	fi
	need ip -n "$dev" link add m6t0 link-netns "$sock" type m6t "${self[@]}"
	need ip -n "$there" link add m6t0 type m6t "${peer[@]}"
	need ip -n "$dev" link set m6t0 up
	need ip -n "$there" link set m6t0 up
	if [ "$1" = gateway ]; then
		attach_in "$there"
		need ip -n "$dev" -6 addr add $HA6/128 dev lo
		need ip -n "$dev" -6 route add $PREFIX dev m6t0
		target=$HA6
	else
		attach_in "$dev"
		need ip -n "$there" -6 addr add $HA6/128 dev lo
		need ip -n "$there" -6 route add $PREFIX dev m6t0
		target=$ADDRESS
		need wait_for ping6_ok "$dev" $HA6 -W 1
	fi
	flood "$there" "$target"
	check "$name: traffic is received" wait_for has_received "$there" 20

	if [ "$2" = socket ]; then
		need ip netns del "$sock"
		check "$name: the device is removed" wait_for lacks "$dev" m6t0
		check "$name: the namespace is removed" \
			wait_for lacks "$there" to-sock
		need ip netns del "$dev"
		check "$name: the other namespace is removed" \
			wait_for lacks "$there" to-dev
	else
		need ip netns del "$dev"
		check "$name: the socket is closed" wait_for sockets_are "$sock" 0
		check "$name: the namespace is removed" \
			wait_for lacks "$there" to-dev
		need ip netns del "$sock"
		check "$name: the other namespace is removed" \
			wait_for lacks "$there" to-sock
	fi
	stop "$PID"
	need ip netns del "$there"
}

# Two devices that are peers, each in the namespace of the other's sockets: both
# namespaces are deleted at once, under traffic from a third.
swapped()
{
	local there=m6t-$$-peer a=m6t-$$-a b=m6t-$$-b

	ns_add "$there" "$a" "$b"
	link_ns "$a" eth 10.0.0.1/24 "$b" eth 10.0.0.2/24
	link_ns "$a" lan $GW6/64 "$there" to-a $HA6/64
	link_ns "$b" lan 10.0.1.2/24 "$there" to-b 10.0.1.1/24
	in_ns "$a" sysctl -qw net.ipv6.conf.all.forwarding=1
	need ip -n "$a" link add m6t0 link-netns "$b" type m6t mode gw \
		prefix $PREFIX
	# Before Linux 6.15 its name must be free in either namespace.
	need ip -n "$b" link add m6t1 link-netns "$a" type m6t mode mn \
		prefix $MN_PREFIX gateway 10.0.0.2
	need ip -n "$b" link set m6t1 name m6t0
	need ip -n "$a" link set m6t0 up
	need ip -n "$a" -6 route add $PREFIX dev m6t0
	need ip -n "$there" -6 route add $PREFIX via $GW6
	need ip -n "$b" link set m6t0 up
	attach_in "$b"
	need wait_for ping6_ok "$b" $HA6 -W 1
	flood "$there" "$ADDRESS"
	check "swapped: traffic is received" wait_for has_received "$a" 20
	need ip netns del "$a"
	need ip netns del "$b"
	check "swapped: one namespace is removed" wait_for lacks "$there" to-a
	check "swapped: the other namespace is removed" wait_for lacks "$there" to-b
	stop "$PID"
	need ip netns del "$there"
}

# again NAME: the tunnel works once the route is removed.
again()
{
	check "$1: removed, the tunnel works" wait_for ping6_ok "$MN" $HA6 -W 1
}

# ---- a route to the other end through the tunnel (B4)

# shellcheck disable=SC2317
loops_are()
{
	[ "$(counter "$1" tx_loop)" -ge "$2" ]
}

# looped NAME NETNS ADDRESS: pings from there are not answered and are counted
looped()
{
	local before

	before=$(counter "$2" tx_loop)
	check_not "$1: pings are not answered" ping6_ok "$2" "$3" -W 0.2
	check "$1: the loop is counted" wait_for loops_are "$2" $((before + 1))
}

# noticed: how many loops the mobile node's tunnel or the one below it counted.
noticed()
{
	echo $(($(counter "$MN" tx_loop) + $(ip -n "$MN" -j -s link show t6 |
		jq '.[].stats64.tx.errors')))
}

# noticed_more BEFORE
# shellcheck disable=SC2317
noticed_more()
{
	[ "$(noticed)" -gt "$1" ]
}

route_loops()
{
	local before

	need attach
	activate
	need ip -n "$MN" route add $GW4 dev m6t0
	looped "route to the gateway through the tunnel" "$MN" $HA6
	need ip -n "$MN" route del $GW4 dev m6t0
	again "route to the gateway"

	need ip -n "$GW" route add $NAT4 dev m6t0
	before=$(counter "$GW" tx_loop)
	check_not "route to a mobile node through the tunnel: pings are not answered" \
		ping6_ok "$HA" "$ADDRESS" -W 0.2
	check "route to a mobile node through the tunnel: the loop is counted" \
		wait_for loops_are "$GW" $((before + 1))
	need ip -n "$GW" route del $NAT4 dev m6t0
	again "route to the mobile node"

	# The underlay route leads through another tunnel back into the first one.
	need ip -n "$MN" link add t6 type ip6tnl mode ipip6 encaplimit none \
		local "$ADDRESS" remote $HA6 dev m6t0
	# It sends nothing by itself, so each of its errors is one of a ping.
	ipv4_only "$MN" t6
	need ip -n "$MN" link set t6 up
	need ip -n "$MN" route add $GW4 dev t6
	before=$(noticed)
	check_not "a tunnel in itself: pings are not answered" \
		ping6_ok "$MN" $HA6 -W 0.2
	check "a tunnel in itself: one of both counts the loop" \
		wait_for noticed_more "$before"
	need ip -n "$MN" link del t6
	again "a tunnel in itself"
}

topology
gateway
move_mobile_node
move_gateway
orphan mobile-node socket
orphan gateway device
if [ -n "${M6T_QUICK:-}" ]; then
	result 0 "namespaces deleted in the other order # SKIP too slow on an emulated machine"
else
	orphan mobile-node device
	orphan gateway socket
fi
swapped

route_loops
need ip -n "$GW" link del m6t0
need ip -n "$MN" link del m6t0
check_eq "no socket is left" "0 0" "$(sockets "$GW") $(sockets "$MN")"
finish
