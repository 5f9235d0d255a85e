#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# An administrator's routes: a gateway that is bound to a link, VRFs below and
# above the tunnel, and two next hops to the gateway.
#
#    mn                     nat                   gw                  ha
#  +-----------+        +---------+         +-----------+        +---------+
#  | blue      |        |         |         | red       |        |         |
#  |   eth   --+--------+-in  out-+---------+-wan   lan-+--------+-eth     |
#  |   eth2  --+--------+-in2     |         |           |        |         |
#  |   m6t0    |        |         |         |   m6t0    |        |         |
#  +-----------+        +---------+         +-----------+        +---------+
#
# "blue" and "red" are VRFs; first the links are in them, then the tunnel.
# takes long
# proves: B3 G1 N4 N5 N11 W2

# shellcheck disable=SC2317,SC2329	# called indirectly
# shellcheck source-path=SCRIPTDIR source=../lib/lib.sh
. "$(dirname "$0")/../lib/lib.sh"
# shellcheck source-path=SCRIPTDIR source=../lib/underlay.bash
. "$SELFTESTS/lib/underlay.bash"

# vrf NETNS NAME: with table 100, without leaking.
vrf()
{
	need ip -n "$1" link add "$2" type vrf table 100
	need ip -n "$1" link set "$2" up
	need ip -n "$1" -4 route add unreachable default vrf "$2" metric 99999
	need ip -n "$1" -6 route add unreachable default vrf "$2" metric 99999
}

# works NAME [PING-WORD...]: the mobile node's ping is answered.
works()
{
	check "$1" wait_for ping6_ok "$MN" $HA6 -W 1 "${@:2}"
}

# deaf NAME: the gateway receives nothing, and counts nothing as dropped.
deaf()
{
	local before

	before=$(stats "$GW")
	check_not "$1" ping6_ok "$MN" $HA6 -W 0.3
	check_eq "$1: nothing is counted" "{}" "$(stats_diff "$GW" "$before")"
}

# told ADDRESS NETNS MTU [PING-WORD...]: an error with MTU answers a
# ping that is too large.
told()
{
	in_ns "$2" ping -6 -n -c 1 -W 0.3 -M "do" -s 1424 "${@:4}" "$1" 2>&1 |
		grep -qi "mtu[:=] *$3\b"
}

mtu()
{
	ip -n "$1" -j link show m6t0 | jq '.[].mtu'
}

gw_set()
{
	need ip -n "$GW" link set m6t0 type m6t "$@"
}

# ---- a gateway on one link

gateway_on_a_link()
{
	gw_set dev wan
	works "a gateway that is bound to a link receives from that link"
	gw_set dev lan
	deaf "a gateway that is bound to a link receives from no other"
	gw_set dev any
	works "a gateway that is bound to no link receives from all"
}

# ---- the links in VRFs

underlay_vrf()
{
	vrf "$GW" red
	need ip -n "$GW" link set wan master red
	deaf "a gateway receives nothing from a VRF"
	for dev in red wan; do
		gw_set dev $dev
		works "a gateway that is bound to $dev receives from its VRF"
		check_eq "gateway, dev $dev: the MTU is 1472" 1472 "$(mtu "$GW")"
		gw_set df "set"
		narrow 1400
		check "gateway, dev $dev: Packet Too Big is sent to the sender" \
			wait_for told "$ADDRESS" "$HA" 1372
		narrow 1500
		gw_set df "unset"
		need m6tctl -n "$GW" binding flush dev m6t0 >"$TMP/flush"
	done
	gw_set dev any
	need in_ns "$GW" sysctl -qw net.ipv4.udp_l3mdev_accept=1
	need ip -n "$GW" route add 192.0.2.0/24 dev wan
	works "with udp_l3mdev_accept and routes back a gateway receives from a VRF"
	need in_ns "$GW" sysctl -qw net.ipv4.udp_l3mdev_accept=0
	gw_set dev red
}

underlay_vrf_mn()
{
	local dev

	vrf "$MN" blue
	need ip -n "$MN" link set eth master blue
	need ip -n "$MN" route add default via 10.0.0.1 vrf blue
	check_not "a mobile node has no path out of a VRF" \
		ping6_ok "$MN" $HA6 -W 0.3
	for dev in blue eth; do
		need ip -n "$MN" link set m6t0 type m6t dev $dev
		need attach
		works "a mobile node that is bound to $dev sends by its VRF"
		check_eq "mobile node, dev $dev: the MTU is 1472" \
			1472 "$(mtu "$MN")"
	done
	need m6tctl -n "$MN" detach dev m6t0
	need ip -n "$MN" link set m6t0 type m6t dev blue
	start "$MN" m6tctl follow dev m6t0 >"$TMP/follow" 2>&1
	works "m6tctl follow finds the path in the VRF"
	need ip -n "$MN" route del default vrf blue
	check "m6tctl follow detaches when the path in the VRF is gone" \
		wait_for grep -q detached "$TMP/follow"
	stop "$PID"
	need ip -n "$MN" link set eth nomaster
	need ip -n "$MN" route replace default via 10.0.0.1
	need ip -n "$MN" link set m6t0 type m6t dev any
	need attach
	works "it works out of the VRF again"
}

# ---- the tunnel in VRFs

# defaults NETNS TABLE: default routes through the tunnel there.
defaults()
{
	ip -n "$1" -6 route show default dev m6t0 table "$2" 2>&1 | wc -l
}

overlay_vrf()
{
	need ip -n "$GW" link set wan nomaster
	gw_set dev any df inherit
	need ip -n "$GW" link set lan master red
	need ip -n "$GW" -6 addr replace $GW6/64 dev lan
	need ip -n "$GW" link set m6t0 master red
	need ip -n "$GW" -6 route replace $PREFIX dev m6t0 vrf red
	works "it works with a gateway's tunnel in a VRF"
	need ip -n "$MN" link set m6t0 master blue
	need attach
	works "it works with a mobile node's tunnel in a VRF" -I blue
	check_eq "the default route is in the VRF, and only there" "1 0" \
		"$(defaults "$MN" 100) $(defaults "$MN" main)"
	narrow 1400
	check "a sender behind the VRF gets the path MTU" \
		wait_for told "$ADDRESS" "$HA" 1372
	narrow 1500
	need m6tctl -n "$MN" detach dev m6t0
	check_eq "detached in a VRF, no default route is left" "0 0" \
		"$(defaults "$MN" 100) $(defaults "$MN" main)"
	need ip -n "$MN" link set m6t0 nomaster
	need attach
	works "it works out of the VRF again"
	check_eq "out of the VRF the default route is in the main table" "0 1" \
		"$(defaults "$MN" 100) $(defaults "$MN" main)"
}

# ---- two next hops

# remotes: the remote addresses of the gateway's bindings.
remotes()
{
	m6tctl -n "$GW" -j binding show dev m6t0 | jq -c 'map(.remote) | unique'
}

# both_used: this new attachment and earlier ones used both next hops.
both_used()
{
	need attach
	ping6_ok "$MN" "$HA6" -W 1
	[ "$(remotes)" = '["10.0.0.2","10.0.1.2"]' ]
}

# hop: the link by which the mobile node's datagrams are sent now.
hop()
{
	[[ $(binding) =~ \"remote\":\"10.0.0.2\" ]] && echo eth || echo eth2
}

multipath()
{
	nat_rule "ip saddr 10.9.9.9 masquerade"
	link_ns "$MN" eth2 10.0.1.2/24 "$NAT" in2 10.0.1.1/24
	need ip -n "$GW" route add 10.0.0.0/16 via $NAT4
	gw_set rate 0
	two_hops
	need in_ns "$MN" sysctl -qw net.ipv4.fib_multipath_hash_policy=1
	need m6tctl -n "$GW" binding flush dev m6t0 >"$TMP/flush"
	check "two next hops are both used" wait_for both_used
	check "each attachment keeps its next hop" in_ns "$MN" \
		ping -6 -n -q -i 0.01 -c 50 -w "$WAIT" $HA6
	check_eq "two next hops cause no mismatch" 0 "$(counter "$GW" rx_mismatch)"
}

two_hops()
{
	need ip -n "$MN" route replace default \
		nexthop via 10.0.0.1 dev eth nexthop via 10.0.1.1 dev eth2
}

# The hash does not use ports, so m6tctl follow knows the next hop.
hop_goes()
{
	local hop

	need in_ns "$MN" sysctl -qw net.ipv4.fib_multipath_hash_policy=0
	start "$MN" m6tctl follow dev m6t0 >"$TMP/follow" 2>&1
	need attach
	works "it works with a hash without ports"
	hop=$(hop)
	need ip -n "$MN" link set "$hop" down
	works "the tunnel works after its next hop is removed"
	need shown
	check "the other next hop is used" test "$(hop)" != "$hop"
	stop "$PID"
}

# shown: sets ADDRESS to the mobile node's current one.
shown()
{
	[[ $(m6tctl -n "$MN" -j show dev m6t0) =~ \
	   \"address\":\"([0-9a-f:]+)\" ]] && ADDRESS=${BASH_REMATCH[1]}
}

topology
gateway ha $HA6
mobile_node
activate
gateway_on_a_link
underlay_vrf
underlay_vrf_mn
overlay_vrf
if [ -n "${M6T_QUICK:-}" ]; then
	result 0 "two next hops # SKIP too slow on an emulated machine"
else
	multipath
	hop_goes
fi
finish
