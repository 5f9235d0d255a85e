#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Hosts without IPv6, and what a device keeps when it moves from one network
# namespace to another: name, settings, and where its sockets are.
#
#    mn                     nat                gw                  ha
#  +---------+        +-----------+      +-----------+        +-----------+
#  | m6t0    |        |           |      | m6t0      |        |           |
#  |    eth -+--------+-in   out -+------+-wan  lan -+--------+- eth      |
#  +---------+        +-----------+      +-----------+        +-----------+
#       |  moves
#   app, other
# takes long
# proves: B2 B5 N4

# shellcheck disable=SC2317,SC2329	# called indirectly
# shellcheck source-path=SCRIPTDIR source=../lib/lib.sh
. "$(dirname "$0")/../lib/lib.sh"

APP=m6t-$$-app OTHER=m6t-$$-other

# ---- IPv6 is disabled

# ipv6 0|1 WHERE: disable_ipv6 of the mobile node there.
ipv6()
{
	need in_ns "$MN" sysctl -qw \
		"net.ipv6.conf.$2.disable_ipv6=$((1 - $1))"
}

attached()
{
	m6tctl -n "$MN" -j show dev m6t0 | jq '.[0].attached'
}

# sent: how many packets the device was given.
sent()
{
	ip -n "$MN" -j -s link show m6t0 | jq '.[0].stats64.tx.packets'
}

# without_ipv6 WHERE: with IPv6 disabled there, the device goes up but not more.
without_ipv6()
{
	local before

	ipv6 0 "$1"
	before=$(sent)
	check "$1: the device goes up" ip -n "$MN" link set m6t0 up
	refused "$1: attach is refused with the reason" \
		"IPv6 is disabled on this device" \
		m6tctl -n "$MN" attach dev m6t0
	check_eq "$1: refused attach leaves it detached" false "$(attached)"
	check_eq "$1: there is no socket" 0 "$(sockets "$MN")"
	check "$1: show succeeds" m6tctl -n "$MN" show dev m6t0
	check "$1: detach succeeds" m6tctl -n "$MN" detach dev m6t0
	check_eq "$1: nothing has been sent" "$before" "$(sent)"
	ipv6 1 "$1"
	need attach
	check "$1: with IPv6 enabled again it works" \
		wait_for ping6_ok "$MN" $HA6 -W 1
	need ip -n "$MN" link set m6t0 down
}

# An existing attachment loses its address, and gets it again.
goes_and_comes()
{
	need ip -n "$MN" link set m6t0 up
	start "$MN" m6tctl follow dev m6t0 >"$TMP/follow" 2>"$TMP/follow-err"
	need wait_for ping6_ok "$MN" $HA6 -W 1
	ipv6 0 m6t0
	check_eq "disabling IPv6 removes the address" "[]" \
		"$(ip -n "$MN" -j -6 addr show dev m6t0 | jq -c)"
	check_not "without IPv6 pings are not answered" ping6_ok "$MN" $HA6 -W 0.2
	ipv6 1 m6t0
	need attach
	check "with IPv6 enabled again an attachment works" \
		wait_for ping6_ok "$MN" $HA6 -W 1
	stop "$PID"
	need ip -n "$MN" link set m6t0 down
}

# follow_waits: it reports disabled IPv6 once, and attaches when it is enabled.
follow_waits()
{
	ipv6 0 all
	need ip -n "$MN" link set m6t0 up
	start "$MN" m6tctl follow dev m6t0 >"$TMP/follow" 2>"$TMP/follow-err"
	check "follow reports that IPv6 is disabled" \
		wait_for grep -q "IPv6 is disabled" "$TMP/follow-err"
	ipv6 1 all
	check "follow attaches when IPv6 is enabled" \
		wait_for ping6_ok "$MN" $HA6 -W 1
	check_eq "follow reports disabled IPv6 once" 1 "$(wc -l <"$TMP/follow-err")"
	stop "$PID"
	need ip -n "$MN" link set m6t0 down
}

gateway_without_ipv6()
{
	need in_ns "$GW" sysctl -qw net.ipv6.conf.m6t0.disable_ipv6=1
	need ip -n "$MN" link set m6t0 up
	need attach
	check_not "a gateway whose tunnel has no IPv6 forwards nothing" \
		ping6_ok "$MN" $HA6 -W 0.3
	need in_ns "$GW" sysctl -qw net.ipv6.conf.m6t0.disable_ipv6=0
	need ip -n "$GW" -6 route replace $PREFIX dev m6t0
	check "a gateway whose tunnel has IPv6 again forwards" \
		wait_for ping6_ok "$MN" $HA6 -W 1
}

# ---- moves

# words NETNS DEV: the settings, as ip prints them.
words()
{
	ip -n "$1" -d link show "$2" | sed -n 's/^ *m6t //p' |
		sed 's/ addrgenmode.*//'
}

# netnsid NETNS DEV: of its sockets, or null.
netnsid()
{
	ip -n "$1" -j -d link show "$2" | jq -c '.[0].link_netnsid'
}

# nsid_of NETNS OTHER: the id of OTHER in NETNS.
nsid_of()
{
	ip -n "$1" netns list-id |
		sed -nE "s/^nsid ([0-9]+) .*name: $2\)?\$/\1/p"
}

move()
{
	local before

	need ip -n "$MN" link set m6t0 type m6t keepalive 11 ttl 33 df inherit
	need ip -n "$MN" link set m6t0 mtu 1400 alias "to the gateway"
	before=$(words "$MN" m6t0)
	check_eq "in the namespace of its sockets there is no link-netnsid" null \
		"$(netnsid "$MN" m6t0)"
	check "a device can be moved with another name" \
		ip -n "$MN" link set m6t0 netns "$APP" name tun7
	check_eq "moved: the settings are the same" "$before" "$(words "$APP" tun7)"
	check_eq "moved: MTU and alias are the same" '[1400,"to the gateway"]' \
		"$(ip -n "$APP" -j link show tun7 | jq -c '.[0] | [.mtu, .ifalias]')"
	check_eq "moved: link-netnsid is that of the sockets" \
		"$(nsid_of "$APP" "$MN")" "$(netnsid "$APP" tun7)"
	need ip -n "$APP" link set tun7 up
	need m6tctl -n "$APP" attach dev tun7 >"$TMP/attach"
	check "moved: it works" wait_for ping6_ok "$APP" $HA6 -W 1
	refused "moved: dev is refused" "m6t: dev can be set only" \
		ip -n "$APP" link set tun7 type m6t dev lo
	check "moved: other settings can be changed" \
		ip -n "$APP" link set tun7 type m6t keepalive 12

	check "it can be moved on to a third namespace" \
		ip -n "$APP" link set tun7 netns "$OTHER"
	check_eq "in a third namespace: link-netnsid is that of the sockets" \
		"$(nsid_of "$OTHER" "$MN")" "$(netnsid "$OTHER" tun7)"
	need ip netns del "$APP"
	need ip -n "$OTHER" link set tun7 up
	need m6tctl -n "$OTHER" attach dev tun7 >"$TMP/attach"
	check "in a third namespace: it works although the second one is gone" \
		wait_for ping6_ok "$OTHER" $HA6 -W 1
	check_eq "in a third namespace: its socket is where it was created" "1 0" \
		"$(sockets "$MN") $(sockets "$OTHER")"
	check "it can be moved back" \
		ip -n "$OTHER" link set tun7 netns "$MN" name m6t0
	check_eq "moved back: the settings are the same" \
		"${before/keepalive 11/keepalive 12}" \
		"$(words "$MN" m6t0)"
	check_eq "moved back: there is no link-netnsid" null "$(netnsid "$MN" m6t0)"
}

# set_nsid: link-netnsid chooses where the sockets are.
set_nsid()
{
	local id

	id=$(nsid_of "$OTHER" "$MN")
	check "link-netnsid is accepted at creation" \
		ip -n "$OTHER" link add m6t1 link-netnsid "$id" type m6t \
		mode mn prefix fd00:6d:0:1:2::/80 gateway $GW4
	check_eq "link-netnsid is shown" "$id" "$(netnsid "$OTHER" m6t1)"
	need ip -n "$OTHER" link set m6t1 up
	need m6tctl -n "$OTHER" attach dev m6t1 >"$TMP/attach"
	check_eq "link-netnsid: the sockets are in that namespace" "1 0" \
		"$(sockets "$MN") $(sockets "$OTHER")"
	check "link-netnsid: it works" wait_for ping6_ok "$OTHER" $HA6 -W 1
	check_not "an unknown link-netnsid is refused" ip -n "$OTHER" link add \
		m6t2 link-netnsid 4711 type m6t mode mn \
		prefix fd00:6d:0:1:3::/80 gateway $GW4
	check "an unknown link-netnsid leaves no device" lacks "$OTHER" m6t2
	# A name that exists there.
	need ip -n "$MN" link add m6t1 type dummy
	check_not "it cannot be moved where its name exists" \
		ip -n "$OTHER" link set m6t1 netns "$MN"
	check "a refused move keeps it working" wait_for ping6_ok "$OTHER" $HA6 -W 1
	need ip -n "$OTHER" link del m6t1
}

topology
gateway ha $HA6 rate 0
need ip -n "$MN" link add m6t0 type m6t mode mn prefix $MN_PREFIX gateway $GW4
for where in m6t0 all; do
	without_ipv6 $where
done
goes_and_comes
follow_waits
gateway_without_ipv6
ns_add "$APP" "$OTHER"
move
need ip -n "$MN" link set m6t0 down
set_nsid
finish
