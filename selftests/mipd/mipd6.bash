# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash disable=SC2034,SC2119,SC2120,SC2317,SC2329
#
# The topology of lib/dsmip.bash with IPv6: two more access networks, and the home link,
# on which the mobile node can be, too. For lib/dsmip.bash and mipd.bash.
#
#    mn                    nat                  ha                 sw        cn
#  +-------+            +--------+          +-----------+        +----+    +-----+
#  | m6t0  |            |        |          | m6t0      |        |    |    |     |
#  | eth---+--4, NAT----+-in out-+----------+-wan  home-+--------+ br +----+-eth |
#  | eth2--+--4 and 6---+-in2    |          |           |        |    |    |     |
#  | eth3--+--6---------+-in3    |          |           |        |    |    |     |
#  | home--+------------+--------+----------+-----------+--------+    |    |     |
#  +-------+            +--------+          +-----------+        +----+    +-----+

SW=m6t-$$-sw
# Care-of addresses, by link.
COA6_2=2001:db8:22::2 COA6_3=2001:db8:33::2
# Where the mobile node is at home, before it has its home addresses there.
OWN6=2001:db8:2::77 OWN4=198.51.100.77

# topology_dsmip6: all links of the mobile node up but the home link.
topology_dsmip6()
{
	topology_dsmip
	ns_add "$SW"
	need ip -n "$SW" link add br0 up type bridge mcast_snooping 0
	need ip -n "$CN" link del eth
	home_port "$HA" home $HA6/64,198.51.100.1/24
	home_port "$CN" eth $CN6/64,$CN4/24
	home_port "$MN" home $OWN6/64,$OWN4/24
	need ip -n "$MN" link set home down
	need ip -n "$MN" -6 addr add $COA6_2/64 dev eth2
	need ip -n "$NAT" -6 addr add 2001:db8:22::1/64 dev in2
	link_ns "$MN" eth3 $COA6_3/64 "$NAT" in3 2001:db8:33::1/64
	need ip -n "$NAT" -6 addr add 2001:db8:ff::1/64 dev out
	need ip -n "$HA" -6 addr add 2001:db8:ff::2/64 dev wan
	need ip -n "$NAT" -6 route add 2001:db8:2::/64 via 2001:db8:ff::2
	need ip -n "$HA" -6 route add default via 2001:db8:ff::1
	need ip -n "$CN" -6 route add default via $HA6
	in_ns "$NAT" sysctl -qw net.ipv6.conf.all.forwarding=1
	# Those of the home link went with its former end.
	in_ns "$HA" sysctl -qw net.ipv6.conf.home.proxy_ndp=1 \
		net.ipv6.neigh.home.proxy_delay=0 net.ipv4.neigh.home.proxy_delay=0
	routes6
}

# home_port NETNS IFNAME ADDRESS,...: a cable to the home link.
home_port()
{
	need ip link add "$2" netns "$1" type veth peer name "${1##*-}" netns "$SW"
	need ip -n "$SW" link set "${1##*-}" master br0 up
	plug "$1" "$2" "$3"
}

# routes6: the default routes of both links with IPv6, which go with each link down.
routes6()
{
	ip -n "$MN" -6 route replace default via 2001:db8:22::1 dev eth2 metric 1024 \
		2>/dev/null
	ip -n "$MN" -6 route append default via 2001:db8:33::1 dev eth3 metric 1025 \
		2>/dev/null
}

# links_up LINK...: with their routes; addresses of IPv6 go with a link, too.
links_up()
{
	local link

	for link; do
		need ip -n "$MN" link set "$link" up
		case $link in
		eth)
			need ip -n "$MN" route replace default via 10.0.0.1 dev eth metric 100
			;;
		eth2)
			need ip -n "$MN" route replace default via 198.18.0.1 dev eth2 \
				metric 200
			need ip -n "$MN" -6 addr replace $COA6_2/64 dev eth2
			;;
		eth3)
			need ip -n "$MN" -6 addr replace $COA6_3/64 dev eth3
			;;
		home)
			need ip -n "$MN" -6 addr replace $OWN6/64 dev home
			;;
		esac
	done
	routes6
}

links_down()
{
	local link

	for link; do
		need ip -n "$MN" link set "$link" down
	done
}

# prefer LINK...: the mobile node's file names these links, the best one first, and is
# read again.
prefer()
{
	local file=/etc/netns/$MN/m6t/m6t0.conf link n=0

	need sed -i '/^link /d' "$file"
	for link; do
		sed -i "/^ipsec /i link $link metric $((++n))" "$file"
	done
	[ -z "$(module "$MN")" ] || need kill -HUP "$(module "$MN")"
}

# bound_as KIND ADDRESS: so is the home address bound, and so does payload leave.
bound_as()
{
	[ "$(node | jq -r '"\(.kind) \(.remote)"')" = "$1 $2" ] &&
		[ "$(active | cut -d ' ' -f 1)" = "$1" ]
}

# active: kind and local address of the active care-of address.
active()
{
	m6tctl -n "$MN" -j show dev m6t0 |
		jq -r '.[0].slots[] | select(.state == "active") | "\(.kind) \(.local)"'
}

not_bound()
{
	[ -z "$(node)" ]
}

# neighbour NETNS LINK ADDRESS: its hardware address as this host knows it.
neighbour()
{
	ip -n "$1" -j neigh show to "$3" dev "$2" | jq -r '.[0].lladdr // empty'
}

# mac NETNS LINK
mac()
{
	ip -n "$1" -j link show dev "$2" | jq -r '.[0].address'
}

# knows NETNS LINK ADDRESS MAC
knows()
{
	[ "$(neighbour "$1" "$2" "$3")" = "$4" ]
}
