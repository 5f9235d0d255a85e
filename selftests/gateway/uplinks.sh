#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# A gateway with two uplinks and several addresses on each, set up as its
# administrator would: reverse-path filtering is strict, and rules route packets
# of each source address by the uplink of that address.
#
#    mn                     nat                       gw                ha
#  +-----------+        +---------+              +-----------+      +-------+
#  | m6t0-m6t3 |        |    to1 -+--------------+- up1      |      |       |
#  |      eth -+--------+-in      | 198.51.1.2,3 |      lan -+------+- eth  |
#  |           |        |    to2 -+--------------+- up2      |      |       |
#  +-----------+        +---------+ 198.51.2.2,3 | m6t0      |      +-------+
#                       192.0.2.1                +-----------+
#
# The NAT sends from 192.0.2.1 on either link. The gateway's default route is by
# up1.
# takes long
# proves: G2

# shellcheck disable=SC2317,SC2329	# called indirectly
# shellcheck source-path=SCRIPTDIR source=../lib/lib.sh
. "$(dirname "$0")/../lib/lib.sh"

ADDRESSES=(198.51.1.2 198.51.1.3 198.51.2.2 198.51.2.3)

# strict NETNS: reverse-path filtering as RFC 3704 has it.
strict()
{
	need in_ns "$1" sysctl -qw net.ipv4.conf.all.rp_filter=1 \
		net.ipv4.conf.default.rp_filter=1
}

uplinks()
{
	local n

	ns_add "$MN" "$NAT" "$GW" "$HA"
	strict "$GW"
	link_ns "$MN" eth $MN4/24 "$NAT" in 10.0.0.1/24
	link_ns "$GW" lan $GW6/64 "$HA" eth $HA6/64
	for n in 1 2; do
		link_ns "$NAT" to$n 198.51.$n.1/24 \
			"$GW" up$n 198.51.$n.2/24,198.51.$n.3/24
		need ip -n "$GW" route add default via 198.51.$n.1 table $n
	done
	need ip -n "$GW" route add default via 198.51.1.1
	need ip -n "$NAT" addr add $NAT4/32 dev lo
	ip -n "$MN" route add default via 10.0.0.1
	in_ns "$NAT" sysctl -qw net.ipv4.ip_forward=1
	in_ns "$GW" sysctl -qw net.ipv6.conf.all.forwarding=1
	ip -n "$HA" -6 route add $PREFIX via $GW6
	need in_ns "$NAT" nft -f - <<-END
	table ip m6t {
		chain post {
			type nat hook postrouting priority 100;
			ip saddr 10.0.0.0/24 snat to $NAT4
		}
	}
	END
}

# rules add|del: packets of an uplink's addresses are routed by that uplink.
rules()
{
	local n

	for n in 1 2; do
		need ip -n "$GW" rule "$1" from 198.51.$n.0/24 table $n
	done
}

# mobile_nodes: one for each of the gateway's addresses; their own are
# $MN_BASE:2, and so on.
MN_BASE=fd00:6d:0:1:1
mobile_nodes()
{
	local n

	for n in "${!ADDRESSES[@]}"; do
		need ip -n "$MN" link add "m6t$n" type m6t mode mn \
			prefix $MN_PREFIX gateway "${ADDRESSES[n]}"
		need ip -n "$MN" link set "m6t$n" up
		need m6tctl -n "$MN" attach dev "m6t$n" \
			id "00000000000$((n + 2))" >"$TMP/attach"
		need ip -n "$MN" -6 rule add from "$MN_BASE::$((n + 2))" \
			table $((n + 10))
		need ip -n "$MN" -6 route add default dev "m6t$n" \
			table $((n + 10))
	done
}

# asked NUMBER: a mobile node's ping is answered.
asked()
{
	ping6_ok "$MN" "$HA6" -I "$MN_BASE::$(($1 + 2))" -W 1
}

# answers IFNAME: the gateway's addresses from which packets were captured.
answers()
{
	tcpdump -Z root -n -r "$TMP/$1" "udp src port $PORT" 2>"$TMP/err" |
		sed -nE 's/.* IP ([0-9.]+)\.[0-9]+ > .*/\1/p' | sort -u | xargs
}

# locals: the gateway's addresses that have bindings.
locals()
{
	m6tctl -n "$GW" -j binding show dev m6t0 |
		jq -r 'map(.local) | sort | join(" ")'
}

# each NAME: all mobile nodes are answered, from the address that they use.
each()
{
	local n

	need m6tctl -n "$GW" binding flush dev m6t0 >"$TMP/flush"
	capture "$GW" up1 "$TMP/up1"
	capture "$GW" up2 "$TMP/up2"
	for n in "${!ADDRESSES[@]}"; do
		check "$1: ${ADDRESSES[n]} answers" wait_for asked "$n"
	done
	check_eq "$1: each address has a binding" "${ADDRESSES[*]}" "$(locals)"
	# The home agent sends first as well.
	for n in "${!ADDRESSES[@]}"; do
		check "$1: the home agent's ping through ${ADDRESSES[n]} is answered" \
			ping6_ok "$HA" "$MN_BASE::$((n + 2))"
	done
	capture_end
}

# keepalives: the replies come from the same address.
keepalives()
{
	local n

	for n in "${!ADDRESSES[@]}"; do
		need ip -n "$MN" link set "m6t$n" type m6t keepalive 1
	done
	for n in "${!ADDRESSES[@]}"; do
		check "${ADDRESSES[n]} answers keepalives" \
			wait_for quiet_but_kept "$n"
	done
}

# quiet_but_kept NUMBER: a mobile node's keepalive was answered.
quiet_but_kept()
{
	[ "$(m6tctl -n "$MN" -j stats dev "m6t$1" | jq '.[0].rx_keepalive')" -ge 1 ]
}

uplinks
rules add
gateway ha $HA6 rate 0
mobile_nodes
each "with rules"
check_eq "the first uplink has only packets of its own addresses" \
	"${ADDRESSES[*]:0:2}" \
	"$(answers up1)"
check_eq "the second uplink has only packets of its own addresses" \
	"${ADDRESSES[*]:2:2}" \
	"$(answers up2)"
keepalives
check_eq "the mobile nodes received packets only from their gateway's address" \
	"0 0 0 0" "$(for n in 0 1 2 3; do
	m6tctl -n "$MN" -j stats dev m6t$n | jq '.[0].rx_not_gateway'
	done | xargs)"

# Without rules, all packets are sent by the default route, still from the right
# address; reverse-path filtering would drop those received by the other uplink.
rules del
need in_ns "$GW" sysctl -qw net.ipv4.conf.all.rp_filter=0 \
	net.ipv4.conf.up1.rp_filter=0 net.ipv4.conf.up2.rp_filter=0
each "without rules"
check_eq "without rules: all packets are sent by the default route" \
	"${ADDRESSES[*]}" "$(answers up1)"
check_eq "without rules: no packet is sent by the other uplink" "" "$(answers up2)"

# A gateway that listens on one address.
need ip -n "$GW" link set m6t0 type m6t local 198.51.2.3
need m6tctl -n "$GW" binding flush dev m6t0 >"$TMP/flush"
check_not "an address that it does not listen on does not answer" \
	in_ns "$MN" ping -6 -n -q -c 1 -W 0.3 -I $MN_BASE::2 $HA6
check "the address that it listens on answers" wait_for asked 3
finish
