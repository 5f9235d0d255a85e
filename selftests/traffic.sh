#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Traffic through two kinds of NAT: what is on the wires, byte by byte, and
# whether pings of every size, TCP and UDP arrive.
# proves: B6 W1 W2 W3 W4 W6

# shellcheck source-path=SCRIPTDIR source=lib.sh
. "$(dirname "$0")/lib.sh"

MTU=1472
STEP=1 LOAD=8M
[ -z "${M6T_QUICK:-}" ] || STEP=97 LOAD=1M

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

# pings NETNS ADDRESS FROM TO STEP: echo requests of all these sizes of payload
# come back with the same contents; says how many.
# shellcheck disable=SC2317
pings()
{
	in_ns "$1" python3 - "$2" "$3" "$4" "$5" "$WAIT" <<-END
	import os, socket, struct, sys
	first, last, step, wait = map(int, sys.argv[2:])
	s = socket.socket(socket.AF_INET6, socket.SOCK_DGRAM, socket.IPPROTO_ICMPV6)
	s.settimeout(wait)
	s.connect((sys.argv[1], 0))
	for size in [*range(first, last, step), last]:
	    tail = struct.pack(">H", size) + os.urandom(size)
	    s.send(struct.pack(">BBHH", 128, 0, 0, 0) + tail)
	    got = s.recv(65536)
	    if got[6:] != tail:
	        sys.exit(f"size {size}: {got.hex()}")
	END
}

# load NAME JQ-CONDITION WORD...: iperf3 from the mobile node, and back where
# the words say so.
load()
{
	local name=$1 condition=$2

	shift 2
	in_ns "$MN" timeout "$((WAIT * 3))" iperf3 -J -c $HA6 -n $LOAD "$@" \
		>"$TMP/iperf" 2>&1
	check "$name" jq -e "$condition" "$TMP/iperf"
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
	check "$name: the mobile node's wire" "$SELFTESTS/check_pcap.py" \
		--least 60 --ttl 64,63 --inner "$TMP/mn" "$TMP/eth"
	check "$name: inside of the NAT" "$SELFTESTS/check_pcap.py" \
		--least 60 --ttl 64,63 --inner "$TMP/gw" "$TMP/in"
	check "$name: outside of the NAT" "$SELFTESTS/check_pcap.py" \
		--least 60 --ttl 63,64 --inner "$TMP/mn" "$TMP/out"
	check "$name: the gateway's wire" "$SELFTESTS/check_pcap.py" \
		--least 60 --ttl 63,64 --inner "$TMP/gw" --inner "$TMP/ha" \
		"$TMP/wan"
}

# option WORD... [-- PING-WORD...]: set these words at both ends, and capture a
# ping and its answer on the gateway's wire.
option()
{
	OPTION=()
	while [ $# -gt 0 ] && [ "$1" != -- ]; do
		OPTION+=("$1")
		shift
	done
	need ip -n "$MN" link set m6t0 type m6t "${OPTION[@]}"
	need ip -n "$GW" link set m6t0 type m6t "${OPTION[@]}"
	capture "$GW" wan "$TMP/option"
	check "${OPTION[*]}: a ping" ping6_ok "$MN" $HA6 "${@:2}"
	capture_end
}

# on_wire WORD...: what the capture must show, for check_pcap.py.
on_wire()
{
	check "${OPTION[*]}: on the wire" "$SELFTESTS/check_pcap.py" "$@" \
		"$TMP/option"
}

# tos_pairs: inner traffic class and outer TOS, both ways.
tos_pairs()
{
	"$SELFTESTS/check_pcap.py" --ttl 63,64 --tos "$TMP/option" | xargs
}

topology
ipv4_only "$MN" eth
ipv4_only "$NAT" in out
ipv4_only "$GW" wan
gateway ha $HA6
mobile_node
check_eq "MTU of both ends" "$MTU $MTU" \
	"$(ip -n "$MN" -j link show m6t0 | jq '.[].mtu') $(ip -n "$GW" -j \
	link show m6t0 | jq '.[].mtu')"
check_not "less than IPv6 needs is refused" ip -n "$MN" link set m6t0 mtu 1279
check "as much as IPv6 needs is not" ip -n "$MN" link set m6t0 mtu 1280
need ip -n "$MN" link set m6t0 mtu $MTU

activate
BYTES=200000 serve "$HA" $HA6
serve "$MN" "$ADDRESS"
start "$HA" iperf3 -s >"$TMP/iperf-server" 2>&1
need wait_for listens "$HA" sport = :5201
load "TCP up" '.end.sum_received.bytes >= 5e5'
load "TCP down" '.end.sum_received.bytes >= 5e5' -R
load "TCP, four at once" '.end.sum_received.bytes >= 5e5 and
	(.end.streams | length == 4)' -P 4
load "UDP" '.end.sum.packets > 200 and .end.sum.lost_percent < 50' \
	-u -b 10M -n 300K -l 1300
load "UDP down" '.end.sum.packets > 200 and .end.sum.lost_percent < 50' \
	-u -b 10M -n 300K -l 1300 -R

segment off
wires masquerade $STEP
# A new attachment has a new port, so the NAT looks at its rules again.
nat_rule "masquerade fully-random"
need attach
activate
serve "$MN" "$ADDRESS"
wires "masquerade fully-random" 97

check_eq "neither end dropped anything" "{} {}" "$(drops "$MN") $(drops "$GW")"

# Larger than the tunnel.
in_ns "$MN" ping -6 -n -c 1 -W "$WAIT" -M "do" -s $((MTU - 47)) $HA6 \
	>"$TMP/out" 2>&1
check "a packet larger than the MTU is refused" grep -q "mtu: $MTU" "$TMP/out"
in_ns "$HA" ping -6 -n -c 1 -W "$WAIT" -M "do" -s $((MTU - 47)) "$ADDRESS" \
	>"$TMP/out" 2>&1
check "the gateway tells senders behind it" grep -qi \
	"from $GW6.*too big: mtu.$MTU" "$TMP/out"
check "fragments of IPv6 go through" pings "$MN" $HA6 $((MTU - 47)) 8000 1931
check "and come back" ping6_ok "$HA" "$ADDRESS" -s 5000

# What can be chosen about the outer headers.
option df "set"
on_wire --ttl 63,64 --df 1
option df inherit
on_wire --ttl 63,64 --df 1
option df "unset" ttl 99 udpcsum off
on_wire --ttl 98,99 --csum 0
option udpcsum on ttl inherit -- -t 33
on_wire --ttl 32,63
option ttl 64 -- -Q 0x28
check_eq "the traffic class is outside too" "up 28:28 down 28:28" "$(tos_pairs)"
option tos 0xb8 -- -Q 0x28
check_eq "unless another is set" "up 28:b8 down 28:b8" "$(tos_pairs)"
finish
