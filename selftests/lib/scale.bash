# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# Common to the tests and the benchmark of large numbers of bindings. Mobile nodes are
# only packets, see flows.c, so there is no NAT and no device at their end:
#
#     mn                 gw                    ha
#  +-------+        +-----------+        +-----------+
#  |       |        | m6t0 ...  |        |           |
#  | eth---+--------+-wan   lan-+--------+-eth       |
#  +-------+        +-----------+        +-----------+

# For the scripts, indirect calls, constants of the library.
# shellcheck disable=SC2034,SC2086,SC2317,SC2329

WINDOW=256

# scale_line: the topology above, without m6t. Packets to the mobile nodes are
# counted and dropped.
scale_line()
{
	need_built flows
	ns_add "$MN" "$GW" "$HA"
	need ip link add eth netns "$MN" type veth peer name wan netns "$GW"
	plug "$GW" wan $GW4/24,2001:db8:2::2/64
	need in_ns "$MN" sysctl -qw net.ipv6.conf.eth.disable_ipv6=1
	need ip -n "$MN" link set eth up
	need tc -n "$MN" qdisc add dev eth clsact
	need tc -n "$MN" filter add dev eth ingress matchall action drop
	link_ns "$GW" lan $GW6/64 "$HA" eth $HA6/64
	need in_ns "$GW" sysctl -qw net.ipv6.conf.all.forwarding=1
	need ip -n "$HA" -6 route add default via $GW6

	MN_MAC=$(mac "$MN" eth) GW_MAC=$(mac "$GW" wan) LAN_MAC=$(mac "$GW" lan)
	need ip -n "$GW" neigh add 192.0.2.1 lladdr "$MN_MAC" dev wan
	need ip -n "$GW" route add 198.18.0.0/15 via 192.0.2.1
	need ip -n "$GW" neigh add 2001:db8:2::1 lladdr "$MN_MAC" dev wan
	need ip -n "$GW" -6 neigh add $HA6 lladdr "$(mac "$HA" eth)" dev lan
	need ip -n "$HA" -6 neigh add $GW6 lladdr "$LAN_MAC" dev eth
}

mac()
{
	ip -n "$1" -j link show "$2" | jq -r '.[0].address'
}

# flows WORD...: from the mobile nodes.
flows()
{
	in_ns "$MN" "$TMP/flows" "$@" eth "$GW_MAC"
}

# flows_down WORD...: from the home agent.
flows_down()
{
	in_ns "$HA" "$TMP/flows" "$@" down eth "$LAN_MAC"
}

# gateways N DEVICES [OPTION...]: devices with room for N bindings in all. With a
# gateway in their routes all mobile nodes are one neighbour to the kernel,
# otherwise each is a separate one, in a table that is far too small.
gateways()
{
	local n=$1 devices=$2 i

	shift 2
	for ((i = 0; i < devices; i++)); do
		need ip -n "$GW" link add "m6t$i" type m6t mode gw \
			prefix "fd00:6d:$(printf %x "$i")::/48" \
			port $((PORT + i)) rate 0 \
			max-bindings $(((n + devices - 1) / devices)) "$@"
		need ip -n "$GW" link set "m6t$i" up
		need ip -n "$GW" -6 route add via fe80::1 \
			"fd00:6d:$(printf %x "$i")::/48" dev "m6t$i"
	done
}

# are_active N: N bindings are active, on all devices together.
are_active()
{
	[ "$(m6tctl -n "$GW" -j binding count |
		jq -c 'map(.active) | add')" = "$1" ]
}

# answered N COMMAND...: first packets of N mobile nodes, and answers to them,
# until the command succeeds; lost packets are sent again. Sets
# PASSES and NS, how long it took.
answered()
{
	local n=$1 sent in ns

	shift
	PASSES=0 NS=0
	while [ $PASSES -lt 5 ]; do
		PASSES=$((PASSES + 1))
		read -r sent in ns < <(flows -n "$n" -w $WINDOW "${FLOWS[@]}")
		NS=$((NS + ns))
		! "$@" || return 0
	done
	return 1
}

# slab_bytes: the size of the cache of bindings.
slab_bytes()
{
	local pages

	pages=$(awk '$1 == "m6t_binding" { print $15 * $6 }' /proc/slabinfo)
	echo $((pages * $(getconf PAGESIZE)))
}
