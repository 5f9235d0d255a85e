#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Tunnels routed into themselves: a route to the other end through the tunnel, at
# both ends, also by a VRF and a bond over it; two, three and twelve tunnels in a
# ring, each over the next one; two gateways routed at each other. Packets do not
# loop forever and are counted where the loop is detected, whatever sends them,
# and the mobile node beside all this has its traffic.
#
# takes long
# proves: B4
# class: T9

# shellcheck disable=SC2119,SC2317,SC2329	# optional arguments, indirect calls
# shellcheck source-path=SCRIPTDIR source=../lib/lib.sh
. "$(dirname "$0")/../lib/lib.sh"
# shellcheck source-path=SCRIPTDIR source=../lib/attack.bash
. "$SELFTESTS/lib/attack.bash"

RING=m6t-$$-ring
DEPTH=12

# looped NETNS DEV: packets that were dropped as a loop.
looped()
{
	m6tctl -n "$1" -j stats dev "$2" | jq '.[0].tx_loop'
}

# looped_more NETNS DEV N
looped_more()
{
	[ "$(looped "$1" "$2")" -gt "$3" ]
}

# loops NAME NETNS DEV COMMAND...: a packet that it sends is dropped as a loop.
loops()
{
	local before

	before=$(looped "$2" "$3")
	"${@:4}"
	check "$1: the loop is counted" wait_for looped_more "$2" "$3" "$before"
}

# from_packet_socket NETNS DEV SRC DST
from_packet_socket()
{
	in_ns "$1" "$TMP/inject" dev "$2" "src=$3,dst=$4,nh=59,zero="{0,1000,1400}
}

# to_itself WORD...: a route to the gateway or the mobile node through the tunnel.
to_itself()
{
	need ip -n "$MN" route add $GW4 "$@"
	loops "$*" "$MN" m6t0 from_packet_socket "$MN" m6t0 "$ADDRESS" $HA6
	need ip -n "$MN" route del $GW4 "$@"
}

by_a_route()
{
	to_itself dev m6t0
	need ip -n "$GW" route add $NAT4 dev m6t0
	loops "at the gateway" "$GW" m6t0 \
		from_packet_socket "$GW" m6t0 $HA6 "$ADDRESS"
	need ip -n "$GW" route del $NAT4 dev m6t0
	check "without the route it works" wait_for ping6_ok "$MN" $HA6 -W 1
}

# A VRF or a bond over the tunnel, and the route to the gateway through it.
by_another_device()
{
	need ip -n "$MN" link add m6t8 type m6t mode mn prefix fd00:6d:0:1:8::/80 \
		gateway $GW4
	need ip -n "$MN" link add vrf8 type vrf table 88
	need ip -n "$MN" link set vrf8 up
	need ip -n "$MN" link set m6t8 up
	need ip -n "$MN" link set m6t8 master vrf8
	need ip -n "$MN" route add default dev m6t8 table 88
	need ip -n "$MN" link set m6t8 type m6t dev vrf8
	loops "a VRF over the tunnel" "$MN" m6t8 \
		from_packet_socket "$MN" m6t8 fd00:6d:0:1:8::1 $HA6
	need ip -n "$MN" link del vrf8
	need ip -n "$MN" link del m6t8

	need ip -n "$MN" link add m6t8 type m6t mode mn prefix fd00:6d:0:1:8::/80 \
		gateway 192.0.2.99
	need ip -n "$MN" link add bond8 type bond mode active-backup
	need ip -n "$MN" link set m6t8 master bond8
	need ip -n "$MN" link set bond8 up
	need ip -n "$MN" route add 192.0.2.99 dev bond8
	from_packet_socket "$MN" m6t8 fd00:6d:0:1:8::1 $HA6
	from_packet_socket "$MN" bond8 fd00:6d:0:1:8::1 $HA6
	check "a bond over the tunnel does not hang" \
		ping6_ok "$MN" $HA6
	need ip -n "$MN" link del bond8
	need ip -n "$MN" link del m6t8
	honest_goes_on "other devices"
}

# ring N: N tunnels in one namespace; each is over an IPv4 in IPv6 tunnel
# over the next one, and the last one over the first.
ring()
{
	local n=$1 i next

	ns_add "$RING"
	for ((i = 0; i < n; i++)); do
		need ip -n "$RING" link add r$i type m6t mode mn \
			prefix fd00:7:0:0:$i::/80 gateway 10.9.$i.2
		need ip -n "$RING" link set r$i up
		need m6tctl -n "$RING" attach dev r$i id 010203040506 >/dev/null
		need ip -n "$RING" -6 route add fd00:8::$i dev r$i
	done
	for ((i = 0; i < n; i++)); do
		next=$(((i + 1) % n))
		need ip -n "$RING" link add t$i type ip6tnl mode ipip6 \
			encaplimit none remote fd00:8::$next \
			local fd00:7:0:0:$next:102:304:506
		ipv4_only "$RING" t$i
		need ip -n "$RING" addr add 10.9.$i.1/24 dev t$i
		need ip -n "$RING" link set t$i up
	done
	SENT=$(ends "$n")
	from_packet_socket "$RING" r0 fd00:7:0:0:0:102:304:506 fd00:8::1
	check "a ring of $n tunnels: the loop is detected" \
		wait_for ended "$n" "$SENT"
	# Sent into the other kind, a packet reaches the limit in one of m6t.
	SENT=$(ends "$n" ours)
	in_ns "$RING" ping -n -q -c 1 -W 0.1 10.9.0.2 >"$TMP/ping" 2>&1
	check "a ring of $n tunnels: the loop is counted by one of them" \
		wait_for ended "$n" "$SENT" ours
	need ip netns del "$RING"
	honest_goes_on "a ring of $n"
}

# ends N [ours]: packets that a device of the ring dropped, or one of m6t.
ends()
{
	local i n=0

	for ((i = 0; i < $1; i++)); do
		n=$((n + $(looped "$RING" r$i)))
		[ -n "${2:-}" ] || n=$((n + $(ip -n "$RING" -j -s link \
			show t$i | jq '.[].stats64.tx.errors')))
	done
	echo $n
}

# ended N BEFORE [ours]
ended()
{
	[ "$(ends "$1" "${3:-}")" -gt "$2" ]
}

# Each is the gateway of a mobile node whose datagrams the other one carries.
two_gateways()
{
	local a=m6t-$$-a b=m6t-$$-b

	ns_add "$a" "$b"
	link_ns "$a" eth 10.1.0.1/24 "$b" eth 10.1.0.2/24
	for ns in "$a 10.1.0.2" "$b 10.1.0.1"; do
		need ip -n "${ns% *}" link add m6t0 type m6t mode gw \
			prefix $PREFIX hairpin on rate 0
		need ip -n "${ns% *}" link set m6t0 up
		ip -n "${ns% *}" -6 route add $PREFIX dev m6t0
		in_ns "${ns% *}" sysctl -qw net.ipv6.conf.all.forwarding=1
		need m6tctl -n "${ns% *}" binding add fd00:6d::1 \
			remote "${ns#* }:$PORT" dev m6t0
		need m6tctl -n "${ns% *}" binding add fd00:6d::2 \
			remote "${ns#* }:$PORT" dev m6t0
	done
	capture "$a" eth "$TMP/gateways" "udp port $PORT"
	need in_ns "$a" "$TMP/inject" dev m6t0 "src=fd00:6d::2,dst=fd00:6d::1,hop=64"
	check "two gateways routed at each other: packets circulate" \
		wait_for has_captured "$TMP/gateways" 10
	check "two gateways routed at each other: packets stop" \
		wait_for calm_after "$a"
	capture_end
	check "two gateways routed at each other: the hop limit stops packets" \
		test "$(captured "$TMP/gateways")" -le 140
	need ip netns del "$a"
	need ip netns del "$b"
}

# calm_after NETNS: its device does not send any more.
calm_after()
{
	local n

	n=$(ip -n "$1" -j -s link show m6t0 | jq '.[].stats64.tx.packets')
	sleep 0.2
	[ "$n" = "$(ip -n "$1" -j -s link show m6t0 |
		jq '.[].stats64.tx.packets')" ]
}

topology "ip saddr 10.0.0.0/16 masquerade"
attackers
gateway ha $HA6
mobile_node
activate
by_a_route
# With the first rule of a namespace, as a VRF adds them, the kernel moves its local
# routes to a table of their own; a packet that arrives meanwhile finds none.
need ip -n "$MN" rule add pref 32000 lookup main
honest
by_another_device
ring 2
ring 3
ring $DEPTH
two_gateways
honest_goes_on "after all"
finish
