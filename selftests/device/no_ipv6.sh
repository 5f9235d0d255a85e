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

# ipv6 0|1 WHERE: whether the mobile node has it there.
ipv6()
{
	need in_ns "$MN" sysctl -qw \
		"net.ipv6.conf.$2.disable_ipv6=$((1 - $1))"
}

attached()
{
	m6tctl -n "$MN" -j show dev m6t0 | jq '.[0].attached'
}

# sent: how many packets went into the device.
sent()
{
	ip -n "$MN" -j -s link show m6t0 | jq '.[0].stats64.tx.packets'
}

# without_ipv6 WHERE: there, the device goes up, and that is all.
without_ipv6()
{
	local before

	ipv6 0 "$1"
	before=$(sent)
	check "$1: the device goes up" ip -n "$MN" link set m6t0 up
	refused "$1: attach says why not" "IPv6 is disabled on this device" \
		m6tctl -n "$MN" attach dev m6t0
	check_eq "$1: and leaves it detached" false "$(attached)"
	check_eq "$1: without a socket" 0 "$(sockets "$MN")"
	check "$1: show has no fault" m6tctl -n "$MN" show dev m6t0
	check "$1: detach has none" m6tctl -n "$MN" detach dev m6t0
	check_eq "$1: nothing has been sent" "$before" "$(sent)"
	ipv6 1 "$1"
	need attach
	check "$1: with IPv6 it works" wait_for ping6_ok "$MN" $HA6 -W 1
	need ip -n "$MN" link set m6t0 down
}

# An attachment that is there loses its address, and gets it again.
goes_and_comes()
{
	need ip -n "$MN" link set m6t0 up
	start "$MN" m6tctl follow dev m6t0 >"$TMP/follow" 2>"$TMP/follow-err"
	need wait_for ping6_ok "$MN" $HA6 -W 1
	ipv6 0 m6t0
	check_eq "IPv6 goes, and the address with it" "[]" \
		"$(ip -n "$MN" -j -6 addr show dev m6t0 | jq -c)"
	check_not "nothing gets out" ping6_ok "$MN" $HA6 -W 0.2
	ipv6 1 m6t0
	need attach
	check "IPv6 comes, and an attachment works" \
		wait_for ping6_ok "$MN" $HA6 -W 1
	stop "$PID"
	need ip -n "$MN" link set m6t0 down
}

# follow_waits: it says what is wrong once, and goes on when it is not.
follow_waits()
{
	ipv6 0 all
	need ip -n "$MN" link set m6t0 up
	start "$MN" m6tctl follow dev m6t0 >"$TMP/follow" 2>"$TMP/follow-err"
	check "follow says what is wrong" \
		wait_for grep -q "IPv6 is disabled" "$TMP/follow-err"
	ipv6 1 all
	check "and goes on when it is not" wait_for ping6_ok "$MN" $HA6 -W 1
	check_eq "it said so once" 1 "$(wc -l <"$TMP/follow-err")"
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
	check "with it, it does" wait_for ping6_ok "$MN" $HA6 -W 1
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

# nsid_of NETNS OTHER: by which id the one knows the other.
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
	check_eq "at home nothing is said of another namespace" null \
		"$(netnsid "$MN" m6t0)"
	check "a device gets another name as it moves" \
		ip -n "$MN" link set m6t0 netns "$APP" name tun7
	check_eq "its settings are the same" "$before" "$(words "$APP" tun7)"
	check_eq "its MTU and alias, too" '[1400,"to the gateway"]' \
		"$(ip -n "$APP" -j link show tun7 | jq -c '.[0] | [.mtu, .ifalias]')"
	check_eq "link-netnsid is that of the sockets" \
		"$(nsid_of "$APP" "$MN")" "$(netnsid "$APP" tun7)"
	need ip -n "$APP" link set tun7 up
	need m6tctl -n "$APP" attach dev tun7 >"$TMP/attach"
	check "and it works" wait_for ping6_ok "$APP" $HA6 -W 1
	refused "dev can not be set from there" "m6t: dev can be set only" \
		ip -n "$APP" link set tun7 type m6t dev lo
	check "what does not name a link can" \
		ip -n "$APP" link set tun7 type m6t keepalive 12

	check "it can move on to a third" \
		ip -n "$APP" link set tun7 netns "$OTHER"
	check_eq "link-netnsid is still that of the sockets" \
		"$(nsid_of "$OTHER" "$MN")" "$(netnsid "$OTHER" tun7)"
	need ip netns del "$APP"
	need ip -n "$OTHER" link set tun7 up
	need m6tctl -n "$OTHER" attach dev tun7 >"$TMP/attach"
	check "where it works, though the second is gone" \
		wait_for ping6_ok "$OTHER" $HA6 -W 1
	check_eq "its socket is where it was made" "1 0" \
		"$(sockets "$MN") $(sockets "$OTHER")"
	check "and back" ip -n "$OTHER" link set tun7 netns "$MN" name m6t0
	check_eq "with its settings" "${before/keepalive 11/keepalive 12}" \
		"$(words "$MN" m6t0)"
	check_eq "and no other namespace" null "$(netnsid "$MN" m6t0)"
}

# set_nsid: link-netnsid chooses where the sockets are.
set_nsid()
{
	local id

	id=$(nsid_of "$OTHER" "$MN")
	check "link-netnsid says where the sockets are to be" \
		ip -n "$OTHER" link add m6t1 link-netnsid "$id" type m6t \
		mode mn prefix fd00:6d:0:1:2::/80 gateway $GW4
	check_eq "and is shown" "$id" "$(netnsid "$OTHER" m6t1)"
	need ip -n "$OTHER" link set m6t1 up
	need m6tctl -n "$OTHER" attach dev m6t1 >"$TMP/attach"
	check_eq "they are there" "1 0" \
		"$(sockets "$MN") $(sockets "$OTHER")"
	check "and it works" wait_for ping6_ok "$OTHER" $HA6 -W 1
	check_not "one that nobody has is refused" ip -n "$OTHER" link add \
		m6t2 link-netnsid 4711 type m6t mode mn \
		prefix fd00:6d:0:1:3::/80 gateway $GW4
	check "and leaves nothing" lacks "$OTHER" m6t2
	# A name that is taken there.
	need ip -n "$MN" link add m6t1 type dummy
	check_not "it can not go where its name is taken" \
		ip -n "$OTHER" link set m6t1 netns "$MN"
	check "and stays as it was" wait_for ping6_ok "$OTHER" $HA6 -W 1
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
