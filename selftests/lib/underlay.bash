# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# Common to the tests of underlays with a small MTU: how to set it, and captures.

# shellcheck disable=SC2317,SC2329	# called indirectly

# Two devices of a host never use the same address, in any namespaces.
ID=$(printf 01%010x $$)
FRAGMENT="ip[6:2] & 0x3fff != 0"

# narrow MTU: the NAT forwards no larger packets; it sends an error, or fragments
# them.
narrow()
{
	need ip -n "$NAT" route replace 10.0.0.0/24 dev in src 10.0.0.1 \
		mtu lock "$1"
	need ip -n "$NAT" route replace 192.0.2.0/24 dev out src $NAT4 \
		mtu lock "$1"
}

# links MTU: set that of the links. A link that becomes too small for IPv6 forgets
# that IPv6 is disabled.
links()
{
	local where

	for where in "$MN eth" "$NAT in" "$NAT out" "$GW wan"; do
		need ip -n "${where% *}" link set "${where#* }" mtu "$1"
		[ "$1" -lt 1280 ] || ipv4_only "${where% *}" "${where#* }"
	done
}

# forget: drop what was learnt about paths and routes. Bindings and attachments
# have a path MTU of their own.
forget()
{
	m6tctl -n "$MN" attach dev m6t0 id "02${ID#01}"
	m6tctl -n "$MN" attach dev m6t0 id "$ID"
	m6tctl -n "$GW" binding flush dev m6t0
	ip -n "$MN" route flush cache
	ip -n "$GW" route flush cache
	ip -n "$MN" -6 route flush cache
	ip -n "$GW" -6 route flush cache
	ip -n "$HA" -6 route flush cache
	ip -n "$MN" -6 tcp_metrics flush
	ip -n "$HA" -6 tcp_metrics flush
	activate
} >/dev/null 2>&1

# both NAME: a file down and a file up, captured on both sides of the NAT.
both()
{
	forget
	capture "$NAT" in "$TMP/in" not icmp
	capture "$NAT" out "$TMP/out" not icmp
	check "$1: a file arrives downstream" fetched "$MN" $HA6
	check "$1: a file arrives upstream" fetched "$HA" "$ADDRESS"
	capture_end
}

# wires NAME WORD...: both captures, for check_pcap.py
wires()
{
	check "$1: packets inside the NAT are right" \
		"$SELFTESTS/lib/check_pcap.py" "${@:2}" \
		--ttl 64,63 "$TMP/in"
	check "$1: packets outside the NAT are right" \
		"$SELFTESTS/lib/check_pcap.py" "${@:2}" \
		--ttl 63,64 "$TMP/out"
}

# fragments FILE...: how many the captures hold; 0 where one of them has none.
fragments()
{
	local file least='' n

	for file; do
		n=$(captured "$TMP/$file" "$FRAGMENT")
		[ -n "$least" ] && [ "$least" -lt "$n" ] || least=$n
	done
	echo "$least"
}

# fits NETNS ADDRESS MTU: a ping of exactly this size comes back.
# shellcheck disable=SC2317
fits()
{
	ping6_ok "$1" "$2" -M "do" -s $(($3 - 48))
}

# hold_mtu NETNS DEV: its MTU stays 1472, whatever the links carry. The core does
# not notify the device of an MTU that it has already.
hold_mtu()
{
	need ip -n "$1" link set "$2" mtu 1471
	need ip -n "$1" link set "$2" mtu 1472
}

# set_up: both ends serve a file.
set_up()
{
	local where

	topology
	links 1500
	# Captured packets are as they would be on a real link.
	for where in "$MN eth" "$NAT in" "$NAT out" "$GW wan"; do
		need in_ns "${where% *}" ethtool -K "${where#* }" tso off gso off \
			tx off >/dev/null
	done
	gateway ha $HA6
	mobile_node
	hold_mtu "$MN" m6t0
	hold_mtu "$GW" m6t0
	need attach id "$ID"
	activate
	BYTES=100000 serve "$HA" $HA6
	serve "$MN" "$ADDRESS"
}
