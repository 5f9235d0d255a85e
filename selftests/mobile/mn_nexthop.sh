#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Default routes of others through a mobile node, in any form: by a nexthop
# object, by a group of those, by several next hops. m6tctl adds none beside
# them, and does not touch routes through other devices. The kernel may omit the
# devices of a nexthop object from its messages (net.ipv4.nexthop_compat_mode 0).
# takes long
# proves: N13 N4

# shellcheck disable=SC2317,SC2329	# called indirectly
# shellcheck source-path=SCRIPTDIR source=../lib/lib.sh
. "$(dirname "$0")/../lib/lib.sh"
# shellcheck source-path=SCRIPTDIR source=../lib/follow.bash
. "$SELFTESTS/lib/follow.bash"

# routes: all IPv6 default routes in one line; one of several next hops is one.
routes()
{
	mn_ip -6 route show default | tr '\n\t' '  '
}

# ours: how many default routes are m6tctl's.
ours()
{
	mn_ip -6 route show default | grep -c "^default dev m6t0 proto static metric 4096 "
}

has_ours()
{
	[ "$(ours)" = "$1" ]
}

has_route()
{
	[[ $(routes) == *"$1"* ]]
}

lacks_route()
{
	! has_route "$1"
}

# alone NAME ROUTE: attached again, ROUTE is the only one through the device.
alone()
{
	attach
	check_eq "$1: no default route is added" 0 "$(ours)"
	check "$1: the route is unchanged" has_route "$2"
}

# left NAME ROUTE: detached, the route through the other device is still there,
# and the one through the mobile node is not. The kernel notices a lost carrier
# at once, but the next one only a second later: m6tctl must not rely on it.
left()
{
	need mn_ip link set dummy0 carrier off
	need mn_ip link set dummy0 carrier on
	need m6tctl -n "$MN" detach dev m6t0
	check "$1: detached, the route by the other device is kept" \
		wait_for has_route "$2"
	check "$1: detached, the route by the tunnel is removed" \
		wait_for lacks_route m6t0
}

# nexthop_objects COMPAT
nexthop_objects()
{
	local as="with nexthop_compat_mode $1"

	in_ns "$MN" sysctl -qw net.ipv4.nexthop_compat_mode="$1"
	attach
	need batch "nexthop add id 1 dev m6t0
		nexthop add id 2 via fe80::9 dev wlan
		route add default nhid 1 metric 77
		route del default dev m6t0 metric 4096" -6
	alone "a nexthop object, $as" "default nhid 1 "
	need m6tctl -n "$MN" detach dev m6t0
	check "a nexthop object, $as: detached, the route is removed" \
		wait_for lacks_route "nhid 1 "

	attach
	need mn_ip -6 nexthop add id 1 dev m6t0
	need mn_ip nexthop add id 3 group 1/2
	need batch "route add default nhid 3 metric 77
		route del default dev m6t0 metric 4096" -6
	alone "a group, $as" "default nhid 3 "
	left "a group, $as" "default nhid 3 "
	check "a group, $as: the other member is kept" \
		grep -q "id 3 group 2" <(mn_ip nexthop show id 3)
	attach
	check_eq "a default route by another device does not count, $as" 1 "$(ours)"
	in_ns "$MN" ip nexthop flush >"$TMP/flush" 2>&1
}

topology
link_ns "$MN" wlan "" "$NAT" in2 ""
gateway
mobile_node keepalive 0
need mn_ip link add dummy0 type dummy
need mn_ip link set dummy0 up
nexthop_objects 1
nexthop_objects 0

need batch "route add default metric 77 nexthop via fe80::8 dev m6t0 nexthop via fe80::9 dev wlan
	route del default dev m6t0 metric 4096" -6
alone "several next hops" "nexthop via fe80::8 dev m6t0 "
left "several next hops" "via fe80::9 dev wlan "
need mn_ip -6 route del default metric 77

# ---- m6tctl follow; messages do not have the devices of nexthop objects

follow dev m6t0
need mn_ip link set m6t0 down
need mn_ip link set m6t0 up
check "m6tctl follow: attached, its default route is there" wait_for has_ours 1
probe
need batch "nexthop add id 1 dev m6t0
	route add default nhid 1 metric 77
	route del default dev m6t0 metric 4096" -6
looked
check_eq "m6tctl follow: no default route is added beside a nexthop object" \
	0 "$(ours)"
need mn_ip nexthop replace id 1 via fe80::9 dev wlan
check "the nexthop object gets another device: the default route is added" \
	wait_for has_ours 1
need batch "nexthop replace id 1 dev m6t0
	route del default dev m6t0 metric 4096" -6
looked
check_eq "the nexthop object gets the tunnel again: there is no second default route" \
	0 "$(ours)"
need mn_ip -6 route del default nhid 1
check "the route by the nexthop object is deleted: the default route is added" \
	wait_for has_ours 1
need batch "route add default nhid 1 metric 77
	route del default dev m6t0 metric 4096" -6
looked
check_eq "the nexthop object gets the tunnel again: there is no second default route" \
	0 "$(ours)"
need mn_ip nexthop del id 1
check "the nexthop object is deleted: the default route is added" \
	wait_for has_ours 1
several_ways="route add default metric 77 nexthop via fe80::8 dev m6t0 nexthop via fe80::9 dev wlan
	route del default dev m6t0 metric 4096"
need batch "$several_ways" -6
looked
check_eq "several next hops: no default route is added" 0 "$(ours)"
need mn_ip -6 route del default metric 77
check "all next hops are deleted: the default route is added" wait_for has_ours 1
need batch "$several_ways" -6
looked
need mn_ip -6 route del default via fe80::8 dev m6t0 metric 77
check "one next hop is deleted: the default route is added" wait_for has_ours 1
check "one next hop is deleted: the other is kept" has_route "via fe80::9 dev wlan "
check_eq "the follower reports no error" "" "$(cat "$LOG.err")"
finish
