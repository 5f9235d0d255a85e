#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Invalid packets sent to a home agent and to a mobile node of DSMIPv6, in UDP and in
# IPv4 alone: truncated at each length, with extension headers in all orders, and some
# thousand random ones. Each raises one counter, no mobility header in clear gets
# through, no kernel check fires, and an honest mobile node keeps its binding and its
# traffic. M6T_SEED= makes other random ones.
#
# proves: D8 D9 D16
# class: T6 T7 T8 T17
# soak: uml-kasan uml-debug debian-6.1
# takes long

# shellcheck disable=SC2119,SC2317,SC2329	# optional arguments, indirect calls
# shellcheck source-path=SCRIPTDIR source=../lib/lib.sh
. "$(dirname "$0")/../lib/lib.sh"
# shellcheck source-path=SCRIPTDIR source=../lib/dsmip.bash
. "$SELFTESTS/lib/dsmip.bash"

SEED=${M6T_SEED:-$(short_or_long 1 6)}
COUNT=$(short_or_long 10000 600000)
# Emulated machines are slow.
[[ ${M6T_KERNEL:-} != debian-* ]] || COUNT=$(short_or_long 1000 60000)
# Bound to the NAT's address, where attackers are, too: in UDP, and without.
BOUND=2001:db8:2::7 BOUND4=198.51.100.7
ALONE=2001:db8:2::8 ALONE4=198.51.100.8
MN_PORT=7000 EVIL4=192.0.2.66
# As the device adds it.
FAKE=1e0cc000024211d7c0000202105f
BAD=0$(printf 0%.0s {1..63})

# handled NETNS: packets that its device has received or dropped.
handled()
{
	local dropped

	dropped=$(m6tctl -n "$1" -j stats dev m6t0 | jq '.[0] | [to_entries[] |
		select((.key | test("^rx_")) and .key != "rx_signal") |
		.value] | add')
	echo $((dropped + $(ip -n "$1" -j -s link show m6t0 |
		jq '.[].stats64.rx.packets')))
}

handled_is()
{
	[ "$(handled "$1")" = "$2" ]
}

# accounted NAME NETNS N COMMAND...: each of N packets is either received or raises
# one counter.
accounted()
{
	local before

	before=$(handled "$2")
	"${@:4}"
	wait_for handled_is "$2" $((before + $3))
	check_eq "$1: all are received or counted, once" $((before + $3)) \
		"$(handled "$2")"
}

bind_all()
{
	need m6tctl -n "$HA" binding add $BOUND hoa4 $BOUND4 \
		remote $NAT4:5555 lifetime 36000 dev m6t0
	need m6tctl -n "$HA" binding add $ALONE hoa4 $ALONE4 \
		remote $NAT4:5556 kind ip4 lifetime 36000 dev m6t0
	need slot_set $COA eth
	need slot_commit
	capture "$NAT" out "$TMP/out" udp dst port $DSMIP_PORT
	in_ns "$MN" ping -6 -n -q -c 1 -W 0.1 $CN6 >"$TMP/ping"
	capture_end
	need bind_node lifetime 36000 remote "$NAT4:$(wire "$TMP/out" .sport |
		tail -n 1)"
	check "an honest mobile node's ping is answered" ping6_ok "$MN" $CN6
}

# ---- cut

# cuts PACKET [FROM]: the same, cut at each length, from FROM on.
cuts()
{
	local len n

	len=$(($(in_ns "$NAT" python3 "$SELFTESTS/lib/inner.py" print "$1" |
		wc -c) / 2))
	PACKETS=()
	for ((n = ${2:-0}; n <= len; n++)); do
		PACKETS+=("$1 cut=$n")
	done
}

cut_udp()
{
	local packet

	for packet in "$BOUND $CN6 echo=100" "$BOUND4 $CN4 echo=100" \
		"$BOUND $HA6 dst=0500 frag=1 echo" "$BOUND $HA6 mh=1" \
		"$BOUND $HA6 esp=0x1001:1:$BAD mh=1" \
		"$BOUND $HA6 dst=$FAKE esp=0x1001:1:$BAD mh=1"; do
		cuts "$packet"
		accounted "${packet#* } in UDP, cut" "$HA" ${#PACKETS[@]} \
			inner "$NAT" udp $NAT4:5555 $HA4:$DSMIP_PORT \
			"${PACKETS[@]}"
	done
	for packet in "$CN6 $HOA echo=50" "$CN4 $HOA4 echo=50" \
		"$HA6 $HOA esp=0x1002:1:$BAD mh=1"; do
		cuts "$packet"
		accounted "${packet#* } to a mobile node, cut" "$MN" \
			${#PACKETS[@]} inner "$NAT" udp $HA4:$DSMIP_PORT \
			$COA:$MN_PORT "${PACKETS[@]}"
	done
}

# Shorter ones do not contain their source.
cut_alone()
{
	cuts "$ALONE $CN6 echo=100" 40
	accounted "IPv6 without UDP, cut" "$HA" ${#PACKETS[@]} \
		inner "$NAT" ip $NAT4 $HA4 "${PACKETS[@]}"
	cuts "$ALONE4 $CN4 echo=100" 20
	accounted "IPv4 without UDP, cut" "$HA" ${#PACKETS[@]} \
		inner "$NAT" ip $NAT4 $HA4 "${PACKETS[@]}"
	cuts "$ALONE $HA6 esp=0x1001:1:$BAD mh=1" 40
	accounted "ESP without UDP, cut" "$HA" ${#PACKETS[@]} \
		inner "$NAT" ip $NAT4 $HA4 "${PACKETS[@]}"
}

# ---- headers

# orders BASE DEPTH: sets PACKETS to BASE with all orders of up to so many headers, and
# what may follow.
orders()
{
	local header last

	for last in mh=1 "esp=0x1001:1:$BAD mh=1" echo "ip=$HOA,$HA6 mh=1"; do
		PACKETS+=("$1 $last")
	done
	[ "$2" -gt 0 ] || return
	for header in dst=0500 dst=$FAKE hop=0500 rt=$HA6 ah frag=1; do
		orders "$1 $header" $(($2 - 1))
	done
}

# headers_from HOA ADDRESS:PORT
headers_from()
{
	PACKETS=()
	orders "$1 $HA6" "$(short_or_long 2 3)"
	accounted "all orders of headers, $1 from $2" "$HA" ${#PACKETS[@]} \
		inner "$NAT" udp "$2" $HA4:$DSMIP_PORT "${PACKETS[@]}"
}

headers()
{
	mh_listen "$TMP/mh"
	headers_from $BOUND $NAT4:5555
	headers_from 2001:db8:2::77 $EVIL4:4567
	if [ -n "${M6T_LONG:-}" ]; then
		headers_from $BOUND $EVIL4:4567
		headers_from $ALONE $NAT4:5556
	fi
	check_eq "no mobility header gets through" 0 "$(heard "$TMP/mh")"
}

# ---- random

# fuzz NAME NETNS WORD...: all are sent, or refused by the packet socket.
fuzz()
{
	local name=$1 from=$SECONDS out

	out=$(in_ns "$2" "$TMP/fuzz_packets" "${@:3}")
	result $? "$name: all packets are sent"
	figure "$name" "${out% *} packets sent, ${out#* } refused by the socket," \
		"$((SECONDS - from)) s"
}

mac()
{
	ip -n "$1" -j link show "$2" | jq -r '.[].address'
}

random()
{
	fuzz "from the network to a home agent" "$NAT" wire out $((COUNT * 2)) \
		"$SEED" mac="$(mac "$HA" wan)" src4=$NAT4 sport=5555 dst4=$HA4 \
		dport=$DSMIP_PORT src6=$BOUND dst6=$HA6 prefix6=2001:db8:2:: \
		src44=$BOUND4 dst44=$CN4 spi=0x1001
	fuzz "from the network to a mobile node" "$NAT" wire "in" "$COUNT" \
		"$SEED" mac="$(mac "$MN" eth)" src4=$HA4 sport=$DSMIP_PORT \
		dst4=$COA dport=$MN_PORT src6=$HA6 dst6=$HOA \
		prefix6=2001:db8:2:: src44=$CN4 dst44=$HOA4 spi=0x1002
	fuzz "out of a home agent's stack" "$HA" dev m6t0 $((COUNT / 2)) \
		"$SEED" src6=$HA6 dst6=$BOUND prefix6=2001:db8:2:: \
		src44=$CN4 dst44=$BOUND4 src4=$NAT4 sport=5 dst4=$HA4 \
		dport=$DSMIP_PORT spi=0x1002
	fuzz "out of a mobile node's stack" "$MN" dev m6t0 $((COUNT / 2)) \
		"$SEED" src6=$HOA dst6=$HA6 prefix6=2001:db8:2:: \
		src44=$HOA4 dst44=$CN4 spi=0x1001
}

# reached NETNS COUNTER...: these counters were raised.
reached()
{
	local c

	for c in "${@:2}"; do
		[ "$(counter "$1" "$c")" -gt 0 ]
		result $? "some packet raised $c"
	done
}

bound()
{
	m6tctl -n "$HA" -j binding show dev m6t0 |
		jq -c 'map([.address, .hoa4, .kind, .remote, .port]) | sort'
}

need_built fuzz_packets
topology_dsmip
untracked
need ip -n "$HA" route add $EVIL4 via $NAT4
for ns in "$MN:eth" "$HA:wan"; do
	in_ns "${ns%:*}" ethtool -K "${ns#*:}" gro on >/dev/null 2>&1
done
# Only the devices protect signalling, not policies.
ipsec_dsmip
need ip -n "$HA" xfrm policy flush
need ip -n "$MN" xfrm policy flush
home_agent
mobile_node_dsmip sport $MN_PORT
bind_all
BEFORE=$(bound)
cut_udp
cut_alone
headers
figure seed "$SEED"
random
check_eq "no binding has changed" "$BEFORE" "$(bound)"
reached "$HA" rx_short rx_bad_version rx_bad_length rx_bad_source \
	rx_bad_destination rx_mismatch rx_no_binding rx_unprotected \
	rx_bad_header rx_signal tx_no_binding tx_bad_source tx_unprotected
reached "$MN" rx_bad_version rx_bad_length rx_bad_source rx_bad_destination \
	rx_not_gateway rx_unprotected rx_bad_header tx_bad_source \
	tx_unprotected
figure "home agent" "$(drops "$HA")"
figure "mobile node" "$(drops "$MN")"
# Packets forged as the home agent may have disturbed the path.
check "the honest mobile node's ping is answered" wait_for ping6_ok "$MN" $CN6 -W 1
check "and that of IPv4" wait_for in_ns "$MN" ping -n -q -c 1 -W 1 $CN4
finish
