#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Millions of packets, most of them invalid in some way, at a gateway and at a
# mobile node, from the network and from their own stacks: no kernel check fires,
# tables stay within their bounds, every drop counter is raised, and an honest
# mobile node keeps its binding and its traffic. M6T_SEED= makes other packets.
#
# proves: W5 G3 G8 G12 N9 N10
# class: T6 T7 T8 T17
# soak: uml-kasan uml-debug debian-6.1
# takes long

# shellcheck disable=SC2119,SC2317,SC2329	# optional arguments, indirect calls
. "$(dirname "$0")/../lib/lib.sh"

SEED=${M6T_SEED:-$(short_or_long 1 6)}
COUNT=$(short_or_long 25000 1260000)
# Emulated machines are slow.
[[ ${M6T_KERNEL:-} != debian-* ]] || COUNT=$(short_or_long 2000 125000)
MAX=500
BOUND=fd00:6d:0:7::a

# fuzz NAME NETNS WORD...: all are sent, or refused by the packet socket.
fuzz()
{
	local name=$1 from=$SECONDS out

	out=$(in_ns "$2" "$TMP/fuzz_packets" "${@:3}")
	result $? "$name: all packets are sent"
	figure "$name" "${out% *} packets sent, ${out#* } refused by the socket," \
		"$((SECONDS - from)) s"
	TOTAL=$((TOTAL + ${out% *}))
}
TOTAL=0

# reached NETNS COUNTER...: these counters were raised.
reached()
{
	local c

	for c in "${@:2}"; do
		[ "$(counter "$1" "$c")" -gt 0 ]
		result $? "some packet raised $c"
	done
}

need_built fuzz_packets
topology
for ns in "$MN:eth" "$GW:wan"; do
	in_ns "${ns%:*}" ethtool -K "${ns#*:}" gro on >/dev/null 2>&1
done
gateway max-bindings $MAX ha 2001:db8:1::/64 pressure 1
mobile_node
activate
HONEST=$(binding)
need m6tctl -n "$GW" binding add $BOUND remote $NAT4:5555 local $GW4:$PORT \
	dev m6t0
WAN=$(ip -n "$GW" -j link show wan | jq -r '.[].address')
ETH=$(ip -n "$MN" -j link show eth | jq -r '.[].address')
SPORT=$(m6tctl -n "$MN" -j show dev m6t0 | jq '.[].sport')
figure seed "$SEED"

fuzz "from the network to a gateway" "$NAT" wire out "$((COUNT * 2))" "$SEED" \
	mac="$WAN" src4=$NAT4 sport=5555 dst4=$GW4 dport=$PORT \
	src6=$BOUND dst6=$HA6 prefix6=fd00:6d::
[ "$(bindings)" -le $MAX ]
result $? "there are no more than $MAX bindings"
check_eq "the honest mobile node's binding has not changed" \
	"$(jq -c '[.remote, .port, .local, .local_port, .state]' <<<"$HONEST")" \
	"$(binding | jq -c '[.remote, .port, .local, .local_port, .state]')"
fuzz "from the network to a mobile node" "$NAT" wire "in" "$COUNT" "$SEED" \
	mac="$ETH" src4=$GW4 sport=$PORT dst4=$MN4 dport="$SPORT" \
	src6=$HA6 dst6="$ADDRESS" prefix6=fd00:6d::
fuzz "out of a gateway's stack" "$GW" dev m6t0 "$((COUNT / 2))" "$SEED" \
	src6=$HA6 dst6=$BOUND prefix6=fd00:6d::
fuzz "out of a mobile node's stack" "$MN" dev m6t0 "$((COUNT / 2))" "$SEED" \
	src6="$ADDRESS" dst6=$HA6 prefix6=fd00:6d::
figure packets $TOTAL

reached "$GW" rx_short rx_bad_version rx_bad_length rx_bad_source \
	rx_bad_destination rx_mismatch rx_rate_limited rx_keepalive \
	rx_keepalive_stray tx_no_binding tx_bad_source tx_proof
reached "$MN" rx_bad_version rx_bad_length rx_bad_destination rx_not_gateway \
	rx_keepalive tx_bad_source
figure "gateway" "$(m6tctl -n "$GW" -j stats dev m6t0 |
	jq -c '.[0] | with_entries(select(.value != 0))')"
figure "mobile node" "$(m6tctl -n "$MN" -j stats dev m6t0 |
	jq -c '.[0] | with_entries(select(.value != 0))')"

# Packets forged as the gateway may have disturbed the path.
check "the honest mobile node's ping is answered" wait_for ping6_ok "$MN" $HA6 -W 1
need m6tctl -n "$GW" binding flush dev m6t0
check "no binding is left after a flush" test "$(bindings)" = 0
finish
