#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# ICMP, at both ends: a real hop with a small MTU, and forged errors about it
# that quote every number of bytes of a datagram, or all of one that was never
# sent; errors of other kinds; packets with a home address option, which errors
# quote, and about which errors are sent. Errors without proof have no effect.
#
# proves: B3
# class: T8

# shellcheck disable=SC2119,SC2317,SC2329	# optional arguments, indirect calls
# shellcheck source-path=SCRIPTDIR source=../lib/lib.sh
. "$(dirname "$0")/../lib/lib.sh"
# shellcheck source-path=SCRIPTDIR source=../lib/attack.bash
. "$SELFTESTS/lib/attack.bash"

HOME6=2001:db8:1::77
HOMEHEX=20010db8000100000000000000000077

# takes NETNS ADDRESS MTU: packets of that size are forwarded, larger ones are
# not.
takes()
{
	local ns

	for ns in "$HA" "$GW" "$MN"; do
		ip -n "$ns" -6 route flush cache
	done
	ping6_ok "$1" "$2" -M "do" -s $(($3 - 48)) &&
		! ping6_ok "$1" "$2" -M "do" -s $(($3 - 47)) -W 0.2
}

# tell_gw WORD...: send the gateway errors about a datagram to the mobile node,
# with these arguments changed. tell_mn: likewise.
tell_gw()
{
	icmp "$NAT" "$GW" src=$NAT4 dst=$GW4 "from=$GW4:$PORT" \
		"to=$NAT4:$MAPPED" isrc=$HA6 idst="$ADDRESS" "$@"
}

tell_mn()
{
	icmp "$NAT" "$MN" src=10.0.0.1 dst=$MN4 "from=$MN4:$SPORT" \
		"to=$GW4:$PORT" isrc="$ADDRESS" idst=$HA6 "$@"
}

# takes_out MTU: the mobile node sends packets of that size. No answer is waited
# for, as it would have to fit as well.
takes_out()
{
	local before

	before=$(counter "$MN" tx_too_big)
	need in_ns "$MN" "$TMP/inject" dev m6t0 \
		"src=$ADDRESS,dst=$HA6,nh=59,zero=$(($1 - 40))"
	counter_is "$MN" tx_too_big "$before"
}

# forged HOW NAME COMMAND...: no error of HOW has an effect, so COMMAND still
# succeeds.
forged()
{
	"$1" kinds=3.4 cuts=0-67
	check "$2: errors that quote too little are ignored" "${@:3}"
	"$1" kinds=3.0,3.1,3.2,3.3,3.5,3.13,4.0,5.0,5.1,11.0,11.1,12.0,12.2
	"$1" kinds=3.4 rest=0
	"$1" kinds=3.4 rest=1500
	check "$2: errors of another kind are ignored" "${@:3}"
	"$1" kinds=3.4 isrc=fd00:6d:0:1:1::bad idst=2001:db8::bad
	"$1" kinds=3.4 isrc=2001:db8::bad idst=fd00:6d:0:1:1::bad
	"$1" kinds=3.4 isrc=fd00:6d:0:1:1::bad idst=2001:db8::bad hao="$ADDRESS"
	"$1" kinds=3.4 isrc=2001:db8::bad idst=fd00:6d:0:1:1::bad hao="$ADDRESS"
	check "$2: errors that quote an unsent packet are ignored" "${@:3}"
}

narrow_hop()
{
	need ip -n "$NAT" link set "in" mtu 1400
	in_ns "$HA" ping -6 -n -q -c 2 -i 0.2 -W 1 -M "do" -s 1424 "$ADDRESS" \
		>"$TMP/ping" 2>&1
	check "a gateway learns the MTU of a hop" takes "$HA" "$ADDRESS" 1372
	honest_goes_on "a hop with a small MTU"
	forged tell_gw "gateway" takes "$HA" "$ADDRESS" 1372
	tell_gw kinds=3.4 "to=$NAT4:1"
	tell_gw kinds=3.4 "to=192.0.2.77:$MAPPED"
	check "gateway: errors about another endpoint are ignored" \
		takes "$HA" "$ADDRESS" 1372
	tell_gw kinds=3.4 rest=1350 hao=$HOME6
	check "gateway: an error about a packet with a home address is accepted" \
		takes "$HA" "$ADDRESS" 1322
	need ip -n "$NAT" link set "in" mtu 1500
}

forged_errors()
{
	forged tell_mn "mobile node" takes_out 1472
	tell_mn kinds=3.4 rest=1350 hao=$HOME6
	check_not "mobile node: an error about a packet with a home address is accepted" \
		takes_out 1323
	check "mobile node: packets of the reported size are sent" takes_out 1322
	honest_goes_on "forged errors"
}

# options: destination options with a home address: valid, cut, too long, twice,
# misplaced, and with a wrong length.
options()
{
	local hao=c910$HOMEHEX

	echo "3b0201020000$hao" "3b02c90e$HOMEHEX" "3b02c9ff$HOMEHEX" \
		"3b0001020000c910" "3b00c91020010db8" \
		"3b050102000$((0))$hao${hao}000000000000" "3bff01020000$hao" \
		"3c023b00$hao" "3b02${hao}01020000" "3b00000000000000c9"
}

# Packets that are too big or to unbound addresses, with such options.
about_options()
{
	local pay gw=() mn=() n

	for pay in $(options); do
		gw+=("src=$HA6,dst=$ADDRESS,nh=60,pay=$pay,zero=1360"
			"src=$HA6,dst=$NOBODY,nh=60,pay=$pay,zero=64")
		mn+=("src=$ADDRESS,dst=$HA6,nh=60,pay=$pay,zero=1360")
	done
	n=${#mn[@]}
	capture "$HA" eth "$TMP/ha" icmp6
	counts "$n packets with options, too big or to unbound addresses, are counted" \
		"$GW" \
		"{\"m6t0\":{\"tx_too_big\":$n,\"tx_no_binding\":$n}}" \
		in_ns "$GW" "$TMP/inject" dev m6t0 "${gw[@]}"
	counts "$n packets of a mobile node that are too big are counted" "$MN" \
		"{\"m6t0\":{\"tx_too_big\":$n}}" \
		in_ns "$MN" "$TMP/inject" dev m6t0 "${mn[@]}"
	honest_goes_on "packets with options"
	capture_end
	check "errors about packets with options are sent" \
		has_captured "$TMP/ha" 1 "icmp6[0] == 2 or icmp6[0] == 1"
	check_eq "these errors are sent only to the sender or its home address" \
		0 "$(captured "$TMP/ha" \
		"(icmp6[0] == 1 or icmp6[0] == 2) and
		not dst host $HA6 and not dst host $HOME6")"
}

topology "ip saddr 10.0.0.0/16 masquerade"
attackers
ip -n "$HA" addr add $HOME6/64 dev eth preferred_lft 0
NOBODY=fd00:6d:0:dead::1
gateway ha $HA6 df "set"
mobile_node df "set"
MAPPED=$(activate >&2; binding | jq .port)
SPORT=$(sport)
honest
narrow_hop
forged_errors
about_options
finish
