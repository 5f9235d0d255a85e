#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Packets of every kind and size arrive; and the options for outer headers.
# needs two CPUs
# proves: W2 W3 W4 W6

# shellcheck source-path=SCRIPTDIR source=../lib/lib.sh
. "$(dirname "$0")/../lib/lib.sh"

MTU=1472 LOAD=8M
[ -z "${M6T_QUICK:-}" ] || LOAD=1M

# transfer WORD...: iperf3 from the mobile node, once the server has finished
# the one before.
# shellcheck disable=SC2317,SC2329
transfer()
{
	in_ns "$MN" timeout "$((WAIT * 3))" iperf3 -J -c $HA6 -n $LOAD "$@" \
		>"$TMP/iperf" 2>&1
	! jq -r .error "$TMP/iperf" | grep -q busy
}

# load NAME JQ-CONDITION WORD...: iperf3 from the mobile node, or to it with
# -R.
load()
{
	local name=$1 condition=$2

	shift 2
	wait_for transfer "$@"
	check "$name" jq -e "$condition" "$TMP/iperf"
	! jq -e .error "$TMP/iperf" >"$TMP/error" || diag "iperf3: $(cat "$TMP/error")"
}

# option WORD... [-- PING-WORD...]: set these options at both ends, and
# capture a ping and its answer on the gateway's link.
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
	check "${OPTION[*]}: a ping is answered" ping6_ok "$MN" $HA6 "${@:2}"
	capture_end
}

# on_wire WORD...: what the capture must show, for check_pcap.py.
on_wire()
{
	check "${OPTION[*]}: outer headers have it" "$SELFTESTS/lib/check_pcap.py" "$@" \
		"$TMP/option"
}

# tos_pairs: inner traffic class and outer TOS, both ways.
tos_pairs()
{
	"$SELFTESTS/lib/check_pcap.py" --ttl 63,64 --tos "$TMP/option" | xargs
}

topology
ipv4_only "$MN" eth
ipv4_only "$NAT" in out
ipv4_only "$GW" wan
gateway ha $HA6
mobile_node
check_eq "both ends have an MTU of $MTU" "$MTU $MTU" \
	"$(ip -n "$MN" -j link show m6t0 | jq '.[].mtu') $(ip -n "$GW" -j \
	link show m6t0 | jq '.[].mtu')"
check_not "an MTU of 1279 is refused" ip -n "$MN" link set m6t0 mtu 1279
check "an MTU of 1280 is accepted" ip -n "$MN" link set m6t0 mtu 1280
need ip -n "$MN" link set m6t0 mtu $MTU

activate
start "$HA" iperf3 -s >"$TMP/iperf-server" 2>&1
need wait_for listens "$HA" sport = :5201
# The receiver counts what it has read when the sender has filled its buffers with the
# last bytes, which on a slow machine would be nearly all of them.
load "TCP upstream transfers data" '.end.sum_received.bytes >= 4e5' -w 32K
load "TCP downstream transfers data" '.end.sum_received.bytes >= 4e5' -w 32K -R
load "four TCP connections at once transfer data" '.end.sum_received.bytes >= 4e5 and
	(.end.streams | length == 4)' -w 32K -P 4
load "UDP" '.end.sum.packets > 200 and .end.sum.lost_percent < 50' \
	-u -b 10M -n 300K -l 1300
load "UDP downstream arrives" '.end.sum.packets > 200 and .end.sum.lost_percent < 50' \
	-u -b 10M -n 300K -l 1300 -R

check_eq "neither end dropped anything" "{} {}" "$(drops "$MN") $(drops "$GW")"

# Larger than the tunnel's MTU.
in_ns "$MN" ping -6 -n -c 1 -W "$WAIT" -M "do" -s $((MTU - 47)) $HA6 \
	>"$TMP/out" 2>&1
check "a packet larger than the MTU is refused" grep -q "mtu: $MTU" "$TMP/out"
in_ns "$HA" ping -6 -n -c 1 -W "$WAIT" -M "do" -s $((MTU - 47)) "$ADDRESS" \
	>"$TMP/out" 2>&1
check "the gateway sends Packet Too Big to the sender behind it" grep -qi \
	"from $GW6.*too big: mtu.$MTU" "$TMP/out"
check "IPv6 fragments of the mobile node arrive" pings "$MN" $HA6 $((MTU - 47)) 8000 1931
check "IPv6 fragments of the home agent arrive" ping6_ok "$HA" "$ADDRESS" -s 5000

# Options for outer headers. Checksums are completed before packets are captured.
need in_ns "$MN" ethtool -K eth tx off >"$TMP/ethtool"
need in_ns "$GW" ethtool -K wan tx off >"$TMP/ethtool"
option df "set"
on_wire --ttl 63,64 --df 1
option df inherit
on_wire --ttl 63,64 --df 1
option df "unset" ttl 99 udpcsum off
on_wire --ttl 98,99 --csum 0
option udpcsum on ttl inherit -- -t 33
on_wire --ttl 32,63
option ttl 64 -- -Q 0x28
check_eq "the traffic class is copied to the outer header" "up 28:28 down 28:28" "$(tos_pairs)"
option tos 0xb8 -- -Q 0x28
check_eq "a configured TOS replaces the traffic class" "up 28:b8 down 28:b8" "$(tos_pairs)"
finish
