#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Underlays that carry less than the tunnel wants: outer fragments where DF is
# clear, Packet Too Big to the senders where it is set, and fragments all the
# same where not even the least of IPv6 gets through.
# proves: W1 W3 B3

# shellcheck source-path=SCRIPTDIR source=lib.sh
. "$(dirname "$0")/lib.sh"

MTUS=(1400 600) DFS=("set" inherit)
[ -z "${M6T_QUICK:-}" ] || MTUS=(600) DFS=(inherit)
FRAGMENT="ip[6:2] & 0x3fff != 0"
MN2=m6t-$$-mn2 MN2_ADDRESS=fd00:6d:0:1:2::2

# narrow MTU: the NAT forwards no larger packets; it tells their senders, or
# cuts them.
narrow()
{
	need ip -n "$NAT" route replace 10.0.0.0/24 dev in src 10.0.0.1 \
		mtu lock "$1"
	need ip -n "$NAT" route replace 192.0.2.0/24 dev out src $NAT4 \
		mtu lock "$1"
}

# links MTU: the wires themselves. What IPv6 cannot use forgets that it must not
# be used, too.
links()
{
	local where

	for where in "$MN eth" "$NAT in" "$NAT out" "$GW wan"; do
		need ip -n "${where% *}" link set "${where#* }" mtu "$1"
		[ "$1" -lt 1280 ] || ipv4_only "${where% *}" "${where#* }"
	done
}

# forget: what was learnt about paths, and about how to go on.
forget()
{
	ip -n "$MN" route flush cache
	ip -n "$GW" route flush cache
	ip -n "$MN" -6 route flush cache
	ip -n "$GW" -6 route flush cache
	ip -n "$HA" -6 route flush cache
	ip -n "$MN" -6 tcp_metrics flush
	ip -n "$HA" -6 tcp_metrics flush
} >/dev/null 2>&1

# both NAME: a file down and a file up, captured on both sides of the NAT.
both()
{
	forget
	capture "$NAT" in "$TMP/in" not icmp
	capture "$NAT" out "$TMP/out" not icmp
	check "$1: TCP down" fetched "$MN" $HA6
	check "$1: TCP up" fetched "$HA" "$ADDRESS"
	capture_end
}

# wires NAME WORD...: both captures, for check_pcap.py
wires()
{
	check "$1: inside of the NAT" "$SELFTESTS/check_pcap.py" "${@:2}" \
		--ttl 64,63 "$TMP/in"
	check "$1: outside of the NAT" "$SELFTESTS/check_pcap.py" "${@:2}" \
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

# told NETNS ADDRESS MTU [SECONDS]: a ping that is too large learns of MTU.
# shellcheck disable=SC2317
told()
{
	in_ns "$1" ping -6 -n -c 1 -W "${4:-0.3}" -M "do" -s 1424 "$2" 2>&1 |
		grep -qi "mtu[:=] *$3\b"
}

# fits NETNS ADDRESS MTU: a ping of exactly this size comes back.
# shellcheck disable=SC2317
fits()
{
	ping6_ok "$1" "$2" -M "do" -s $(($3 - 48))
}

topology
links 1500
# What is seen on a wire is what it would carry.
for where in "$MN eth" "$NAT in" "$NAT out" "$GW wan"; do
	need in_ns "${where% *}" ethtool -K "${where#* }" tso off gso off \
		tx off >/dev/null
done
gateway ha $HA6
mobile_node
activate
BYTES=100000 serve "$HA" $HA6
serve "$MN" "$ADDRESS"

# DF is clear: whoever has to, cuts.
narrow 1400
both "DF clear, the path carries 1400"
wires "DF clear, the path carries 1400" --fragments
check "the NAT made fragments both ways" \
	test "$(fragments in out)" -gt 0
narrow 1500
for mtu in "${MTUS[@]}"; do
	links "$mtu"
	both "DF clear, the wires carry $mtu"
	wires "DF clear, the wires carry $mtu" --fragments
	check "both ends made fragments" \
		test "$(fragments in out)" -gt 0
	check "the tunnel still takes its MTU" fits "$MN" $HA6 1472
done
links 1500

# DF is set: the senders are told, the one and the other.
ns_add "$MN2"
link_ns "$MN2" eth 198.51.100.1/24 "$GW" wan2 198.51.100.2/24
need ip -n "$MN2" link add m6t0 type m6t mode mn prefix fd00:6d:0:1:2::/80 \
	gateway 198.51.100.2
need ip -n "$MN2" link set m6t0 up
need m6tctl -n "$MN2" attach dev m6t0 id 000000000002 >"$TMP/attach"
need wait_for ping6_ok "$MN2" $HA6 -W 1
for df in "${DFS[@]}"; do
	need ip -n "$MN" link set m6t0 type m6t df "$df"
	need ip -n "$GW" link set m6t0 type m6t df "$df"
	narrow 1400
	both "df $df, the path carries 1400"
	wires "df $df, the path carries 1400" --df 1
	forget
	check "the sender on the mobile node is told" \
		wait_for told "$MN" $HA6 1372
	check "and keeps to it" fits "$MN" $HA6 1372
	check "the sender behind the gateway is told" \
		wait_for told "$HA" "$ADDRESS" 1372
	check "and keeps to it" fits "$HA" "$ADDRESS" 1372
	check "another mobile node is not affected" \
		fits "$HA" $MN2_ADDRESS 1472
	narrow 1500
done
forget
links 1400
check "a wire's own MTU counts as well, at once" told "$MN" $HA6 1372 "$WAIT"
check "at the gateway, too" told "$HA" "$ADDRESS" 1372 "$WAIT"
both "df inherit, the wires carry 1400"
wires "df inherit, the wires carry 1400" --df 1
links 1500

# Less than IPv6 may have: cut, whatever is wanted.
narrow 600
both "df inherit, the path carries 600"
check "fragments came out of the NAT" \
	test "$(fragments in out)" -gt 0
check "the tunnel takes its MTU, learnt or not" \
	wait_for fits "$MN" $HA6 1472
finish
