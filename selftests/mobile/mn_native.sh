#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Native IPv6 beside the tunnel: a router on the mobile node's link advertises
# itself, and is preferred to the tunnel whichever default route came first.
#
#    mn                       nat (and IPv6 router)          gw
#  +------------+           +-----------------------+      +-----------+
#  | m6t0   eth-+-----------+-in   lo            out-+------+-wan  m6t0 |
#  +------------+           +-----------------------+      +-----------+
#        2001:db8:5::/64           2001:db8:6::1
# takes long
# proves: N13

# shellcheck disable=SC2317,SC2329	# called indirectly
# shellcheck source-path=SCRIPTDIR source=../lib/lib.sh
. "$(dirname "$0")/../lib/lib.sh"

FAR=2001:db8:6::1

# advertise PREFERENCE LIFETIME: one router advertisement with a prefix for
# addresses; RFC 4191 has the preferences.
advertise()
{
	in_ns "$NAT" python3 - "$1" "$2" <<-END
	import socket, struct, sys
	preference = {"high": 1, "medium": 0, "low": 3}[sys.argv[1]] << 3
	s = socket.socket(socket.AF_INET6, socket.SOCK_RAW, socket.IPPROTO_ICMPV6)
	s.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_MULTICAST_HOPS, 255)
	link = socket.if_nametoindex("in")
	prefix = socket.inet_pton(socket.AF_INET6, "2001:db8:5::")
	s.sendto(struct.pack(">BBHBBHII", 134, 0, 0, 64, preference, int(sys.argv[2]),
	                     0, 0) +
	         struct.pack(">BBBBIII16s", 3, 4, 64, 0xc0, 7200, 3600, 0, prefix),
	         ("ff02::1", 0, 0, link))
	END
}

# has_native: is there a default route to the router, and an address to use it?
has_native()
{
	[ -n "$(ip -n "$MN" -6 route show default proto ra)" ] &&
		[ -n "$(ip -n "$MN" -6 -o addr show dev eth scope global \
			-tentative)" ]
}

lacks_native()
{
	[ -z "$(ip -n "$MN" -6 route show default proto ra)" ]
}

has_ours()
{
	[ -n "$(ip -n "$MN" -6 route show default dev m6t0)" ]
}

# native_comes PREFERENCE, native_goes
native_comes()
{
	advertise "$1" 1800
	need wait_for has_native
}

native_goes()
{
	advertise medium 0
	need wait_for lacks_native
}

# leaves_by DEV: is a packet of an unbound socket sent by this device?
leaves_by()
{
	[[ $(ip -n "$MN" -6 route get "$FAR") == *" dev $1 "* ]]
}

# native_wins NAME: packets are sent by native IPv6.
native_wins()
{
	check "$1: native IPv6 is used" leaves_by eth
	check "$1: a ping is answered" wait_for ping6_ok "$MN" $FAR -W 1
}

topology
gateway
need ip -n "$NAT" -6 addr add $FAR/128 dev lo
need ip -n "$NAT" -6 addr add 2001:db8:5::1/64 dev in
in_ns "$NAT" sysctl -qw net.ipv6.conf.all.forwarding=1
in_ns "$MN" sysctl -qw net.ipv6.conf.eth.accept_ra=1
mobile_node keepalive 0
need wait_for leaves_by m6t0

for preference in high medium low; do
	native_comes $preference
	native_wins "native IPv6 of preference $preference after the tunnel"
	m6tctl -n "$MN" detach dev m6t0
	attach
	native_wins "the tunnel after native IPv6 of preference $preference"
	check "the tunnel's default route is there beside native IPv6" has_ours
	native_goes
	check "without native IPv6, the tunnel is used" leaves_by m6t0
done

start "$MN" m6tctl follow dev m6t0 >"$TMP/follow" 2>&1
m6tctl -n "$MN" detach dev m6t0
native_comes medium
need ip -n "$MN" link set m6t0 down
need ip -n "$MN" link set m6t0 up
check "m6tctl follow: the tunnel's default route is added" wait_for has_ours
native_wins "m6tctl follow: the tunnel after native IPv6"
native_goes
check "m6tctl follow: the tunnel is used without native IPv6" leaves_by m6t0
native_comes low
native_wins "m6tctl follow: native IPv6 after the tunnel"
finish
