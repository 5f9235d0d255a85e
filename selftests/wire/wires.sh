#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# The packets on all links, byte by byte, with two kinds of NAT between both ends:
# pings of all sizes, and TCP.
# proves: W1 W4 W6

# shellcheck source-path=SCRIPTDIR source=../lib/lib.sh
. "$(dirname "$0")/../lib/lib.sh"

MTU=1472 STEP=1
if [ -n "${M6T_QUICK:-}" ]; then
	STEP=97
	result 0 "pings of each size # SKIP only each ${STEP}th on an emulated machine"
fi

# segment off|on: whether devices see only packets of at most their MTU.
segment()
{
	local where

	for where in "$MN m6t0" "$MN eth" "$NAT in" "$NAT out" "$GW wan" \
		"$GW m6t0" "$GW lan" "$HA eth"; do
		need in_ns "${where% *}" ethtool -K "${where#* }" \
			tso "$1" gso "$1" tx "$1" gro "$1" >"$TMP/ethtool" 2>&1
	done
}

# sport: the source port of the mobile node.
sport()
{
	m6tctl -n "$MN" -j show dev m6t0 | jq '.[0].sport'
}

# wires NAME SIZES: capture pings of some sizes and TCP on all underlays and
# all devices, and compare.
wires()
{
	local name=$1

	capture "$MN" m6t0 "$TMP/mn"
	capture "$MN" eth "$TMP/eth"
	capture "$NAT" in "$TMP/in"
	capture "$NAT" out "$TMP/out"
	capture "$GW" wan "$TMP/wan"
	capture "$GW" m6t0 "$TMP/gw"
	capture "$HA" eth "$TMP/ha"
	check "$name: pings are answered" pings "$MN" $HA6 0 $((MTU - 48)) "$2"
	check "$name: pings of the home agent are answered" \
		ping6_ok "$HA" "$ADDRESS" -s 999
	check "$name: a file arrives downstream" fetched "$MN" $HA6
	check "$name: a file arrives upstream" fetched "$HA" "$ADDRESS"
	capture_end
	check "$name: packets on the mobile node's link are right" \
		"$SELFTESTS/lib/check_pcap.py" \
		--least 60 --ttl 64,63 --inner "$TMP/mn" "$TMP/eth"
	check "$name: packets inside the NAT are right" \
		"$SELFTESTS/lib/check_pcap.py" \
		--least 60 --ttl 64,63 --inner "$TMP/gw" "$TMP/in"
	check "$name: packets outside the NAT are right" \
		"$SELFTESTS/lib/check_pcap.py" \
		--least 60 --ttl 63,64 --inner "$TMP/mn" "$TMP/out"
	check "$name: packets on the gateway's link are right" \
		"$SELFTESTS/lib/check_pcap.py" \
		--least 60 --ttl 63,64 --inner "$TMP/gw" --inner "$TMP/ha" \
		"$TMP/wan"
}

topology
ipv4_only "$MN" eth
ipv4_only "$NAT" in out
ipv4_only "$GW" wan
gateway ha $HA6
mobile_node
activate
BYTES=200000 serve "$HA" $HA6
serve "$MN" "$ADDRESS"
segment off
check_eq "masquerade keeps the source port" "$(sport)" "$(binding | jq .port)"
wires masquerade $STEP
# A new attachment has a new port, so the NAT evaluates its rules again.
nat_rule "masquerade fully-random"
need attach
activate
check "masquerade fully-random changes the source port" \
	test "$(sport)" != "$(binding | jq .port)"
serve "$MN" "$ADDRESS"
wires "masquerade fully-random" 97

check_eq "neither end dropped anything" "{} {}" "$(drops "$MN") $(drops "$GW")"
finish
