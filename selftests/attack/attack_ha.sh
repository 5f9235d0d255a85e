#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# What an attacker cannot send to the home agent or into its network through a
# gateway: packets from sources outside the tunnel's prefix, and to anything but
# the home agents that are configured. A capture on the home agent's link has the
# honest mobile node's packets and nothing else.
#
# proves: G3 G15
# class: 6.1.2

# shellcheck disable=SC2119,SC2317,SC2329	# optional arguments, indirect calls
# shellcheck source-path=SCRIPTDIR source=../lib/lib.sh
. "$(dirname "$0")/../lib/lib.sh"
# shellcheck source-path=SCRIPTDIR source=../lib/attack.bash
. "$SELFTESTS/lib/attack.bash"

NEIGHBOUR=2001:db8:1::3		# beside the home agent
BEHIND=2001:db8:2::1		# what it routes to
MINE=fd00:6d:0:e::e NEW=fd00:6d:0:e::f

# Sources and destinations that a gateway must not forward.
SOURCES=("$HA6" "$GW6" "$NEIGHBOUR" "$BEHIND" fd00:6e::1 2001:db8:9::9 ff02::1 ff0e::1
	fe80::1 fe80::2 :: ::1 ::ffff:10.0.0.2 ::10.0.0.2)
NEVER=(fd00:6d::1 fd00:6d:: ff02::1 ff02::2 ff05::1:3 ff0e::1 fe80::1 fe80::2 ::
	::1 ::ffff:192.0.2.1 ::192.0.2.1)
OTHERS=("$GW6" "$NEIGHBOUR" "$BEHIND" 2001:db8:1:: 2001:db8:9::9 fd00:6e::1)

# attack ADDRESS SOURCE... -- DESTINATION...: from all sources to the home agent,
# and from the address to all destinations, by several kinds of packets.
attack()
{
	local from=$1 packets=() words what

	shift
	for what in echo=1 nh=59,zero=8 nh=17,zero=8 nh=43,zero=24 nh=0,zero=8 \
		nh=44,zero=16 nh=41,zero=40 nh=135,zero=8; do
		words="dst=$HA6" from_to=src
		for a; do
			if [ "$a" = -- ]; then
				words="src=$from" from_to=dst
			else
				packets+=("$words,$from_to=$a,$what")
			fi
		done
	done
	near udp -s 6000 $GW4 $PORT "${packets[@]}"
}

# refused_all NAME ADDRESS DESTINATION...: each packet is refused, and counted
# with its reason.
refused_all()
{
	local name=$1 from=$2 n=$((8 * ${#SOURCES[@]}))

	shift 2
	counts "$name" "$GW" "{\"m6t0\":{\"rx_bad_source\":$n,
		\"rx_bad_destination\":$((8 * $#))}}" \
		attack "$from" "${SOURCES[@]}" -- "$@"
}

topology "ip saddr 10.0.0.0/16 masquerade"
attackers
ip -n "$HA" addr add $NEIGHBOUR/64 dev eth
ip -n "$HA" addr add $BEHIND/128 dev lo
ip -n "$GW" -6 route add default via $HA6
gateway ha $HA6 rate 0
mobile_node
NEVER+=("$ADDRESS")
honest
capture "$HA" eth "$TMP/ha" "ip6 and dst net ::/0 and not src host $HA6 and
	not (icmp6 and ip6[40] >= 133) and not (dst host ff02::16 and ip6[6] == 0)"
refused_all "a newcomer's packets are refused" $NEW "${NEVER[@]}" "${OTHERS[@]}"
check_eq "refused packets of a newcomer create no binding" \
	none "$(binding_state $NEW)"
[[ $(in_ns "$NEAR" "$TMP/inject" udp -s 6000 -w $((WAIT * 1000)) $GW4 $PORT \
	"src=$MINE,dst=$HA6,echo=1") == 60* ]]
result $? "the attacker may ping the home agent, as any mobile node"
refused_all "with a binding its packets are refused" $MINE \
	"${NEVER[@]}" "${OTHERS[@]}"
need ip -n "$GW" link set m6t0 type m6t ha none
refused_all "without configured home agents its packets are refused" $MINE "${NEVER[@]}"
honest_goes_on "attacked"
capture_end
check_eq "the home agent's link has only the ping of the attacker" 1 \
	"$(captured "$TMP/ha" src host $MINE)"
check "the home agent's link has the packets of the mobile node" \
	has_captured "$TMP/ha" 3 "src host $ADDRESS
	and dst host $HA6 and icmp6 and ip6[40] == 128"
check_eq "the home agent's link has no other packets" \
	0 "$(captured "$TMP/ha" "not (src host $MINE) and
	not (src host $ADDRESS and dst host $HA6 and icmp6 and ip6[40] == 128)")"

# Without the checks the capture has such packets.
capture "$HA" eth "$TMP/ha" "ip6 and src host $MINE"
near udp -s 6000 $GW4 $PORT "src=$MINE,dst=$NEIGHBOUR,nh=59"
check "without configured home agents their network can be reached" \
	wait_for has_captured "$TMP/ha" 1
capture_end
finish
