#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# What is on the wires, byte by byte, with two kinds of NAT between both ends:
# pings of all sizes, and TCP.
# proves: W1 W4 W6

# shellcheck source-path=SCRIPTDIR source=../lib/lib.sh
. "$(dirname "$0")/../lib/lib.sh"

MTU=1472 STEP=1
if [ -n "${M6T_QUICK:-}" ]; then
	STEP=97
	result 0 "pings of each size # SKIP only each ${STEP}th on an emulated machine"
fi

# segment off|on: whether devices see only packets as they are on a wire.
segment()
{
	local where

	for where in "$MN m6t0" "$MN eth" "$NAT in" "$NAT out" "$GW wan" \
		"$GW m6t0" "$GW lan" "$HA eth"; do
		need in_ns "${where% *}" ethtool -K "${where#* }" \
			tso "$1" gso "$1" tx "$1" gro "$1" >"$TMP/ethtool" 2>&1
	done
}

# sport: from which port the mobile node sends.
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
	check "$name: pings come back" pings "$MN" $HA6 0 $((MTU - 48)) "$2"
	check "$name: pings from the other side" ping6_ok "$HA" "$ADDRESS" -s 999
	check "$name: TCP down" fetched "$MN" $HA6
	check "$name: TCP up" fetched "$HA" "$ADDRESS"
	capture_end
	check "$name: the mobile node's wire" "$SELFTESTS/lib/check_pcap.py" \
		--least 60 --ttl 64,63 --inner "$TMP/mn" "$TMP/eth"
	check "$name: inside of the NAT" "$SELFTESTS/lib/check_pcap.py" \
		--least 60 --ttl 64,63 --inner "$TMP/gw" "$TMP/in"
	check "$name: outside of the NAT" "$SELFTESTS/lib/check_pcap.py" \
		--least 60 --ttl 63,64 --inner "$TMP/mn" "$TMP/out"
	check "$name: the gateway's wire" "$SELFTESTS/lib/check_pcap.py" \
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
check_eq "a NAT that keeps ports" "$(sport)" "$(binding | jq .port)"
wires masquerade $STEP
# A new attachment has a new port, so the NAT looks at its rules again.
nat_rule "masquerade fully-random"
need attach
activate
check "a NAT that changes ports" test "$(sport)" != "$(binding | jq .port)"
serve "$MN" "$ADDRESS"
wires "masquerade fully-random" 97

check_eq "neither end dropped anything" "{} {}" "$(drops "$MN") $(drops "$GW")"
finish
