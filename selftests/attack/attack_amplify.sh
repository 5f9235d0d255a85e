#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# A gateway is not an amplifier: packets of an unknown or a forged source are not
# answered, or not by larger ones; a keepalive is answered only for an active
# binding, by a reply of the same size. ICMPv6 errors about addresses without a
# binding are sent only to the inside, at a limited rate, and never about another
# error or a multicast. Captures on all links of the gateway count what it sends.
#
# proves: G9 G10 G15
# class: 6.1.4

# shellcheck disable=SC2119,SC2317,SC2329	# optional arguments, indirect calls
# shellcheck source-path=SCRIPTDIR source=../lib/lib.sh
. "$(dirname "$0")/../lib/lib.sh"
# shellcheck source-path=SCRIPTDIR source=../lib/attack.bash
. "$SELFTESTS/lib/attack.bash"

VICTIM4=198.51.100.77 VICTIM_PORT=7000	# target of the attacker
NEW=fd00:6d:0:a MINE=fd00:6d:0:e::e
KEEPALIVE="dst=fe80::1"
UNBOUND=fd00:6d:0:dead::1

# forge PACKET...: datagrams with the victim's source.
forge()
{
	far raw -b $VICTIM4 -s $VICTIM_PORT $GW4 $PORT "$@"
}

# ask PACKET: one of the attacker's own; prints the answer.
ask()
{
	in_ns "$FAR" "$TMP/inject" udp -s 6000 -w "${WAITS:-$((WAIT * 1000))}" \
		$GW4 $PORT "$1"
}

# bytes FILE [FILTER]: of IPv4 in all recorded packets.
bytes()
{
	tcpdump -Z root -n -v -r "$1" "${@:2}" 2>/dev/null |
		sed -n 's/^.*IP (.*length \([0-9]*\))$/\1/p' |
		awk '{ n += $1 } END { print n + 0 }'
}

# No refused packet is answered.
silent()
{
	capture "$FAR" eth "$TMP/far" ip
	forge "src=$NEW::1,$KEEPALIVE" "src=$NEW::1,$KEEPALIVE,nh=59,pay=00" \
		"src=$NEW::1,dst=$NEW::2,echo=1" "src=$NEW::1,dst=ff02::1,echo=1" \
		"src=$HA6,dst=$HA6,echo=1" "src=fd00:6e::1,dst=$HA6,echo=1" \
		"src=$NEW::1,dst=2001:db8:9::9,echo=1" "src=$ADDRESS,dst=$HA6,echo=1" \
		"src=$ADDRESS,$KEEPALIVE" "src=$NEW::1,dst=$HA6,plen=9" \
		"src=$NEW::1,dst=$HA6,ver=4" "src=$NEW::1,dst=$HA6,cut=39" \
		"src=$NEW::1,dst=$HA6,pad=1" "src=$NEW::1,dst=$GW6,echo=1"
	check_eq "refused packets create no binding" none \
		"$(binding_state $NEW::1)"
	# A temporary binding, and its keepalives.
	forge "src=$NEW::1,dst=$HA6,nh=59" "src=$NEW::1,$KEEPALIVE" \
		"src=$NEW::1,$KEEPALIVE"
	need wait_for state_is temporary $NEW::1
	honest_goes_on "refused packets"
	capture_end
	check_eq "fourteen refused packets, a first one and two keepalives are captured" \
		17 \
		"$(captured "$TMP/far" src host $VICTIM4)"
	check_eq "none of these packets is answered" \
		0 "$(captured "$TMP/far" dst host $VICTIM4)"
}

# The gateway's host answers packets that it cannot forward with ICMPv6 errors.
# To an endpoint that has not been verified none is sent that is larger than the
# packet that it is about.
errors()
{
	local i dropped packets=()

	need ip -n "$GW" link set m6t0 type m6t ha $HA6,2001:db8:9::/64 hairpin on
	capture "$FAR" eth "$TMP/far" ip
	dropped=$(counter "$GW" tx_no_binding)
	for i in 1 2 3 4 5 6; do
		packets+=("src=$NEW:1::$i,dst=$HA6,nh=59,hop=1"
			"src=$NEW:2::$i,dst=2001:db8:9::9,nh=59"
			"src=$NEW:3::$i,dst=$NEW:4::$i,nh=59"
			"src=$NEW:5::$i,dst=$HA6,nh=59,hop=0"
			"src=$NEW:6::$i,dst=$HA6,zero=400,hop=1")
	done
	forge "${packets[@]}"
	need wait_for state_is temporary $NEW:6::6
	honest_goes_on "packets that cannot be forwarded"
	# Six more have no destination in the tunnel.
	check_eq "the errors are dropped as if there was no binding" 36 \
		"$(($(counter "$GW" tx_no_binding) - dropped))"
	capture_end
	check_eq "thirty packets that cannot be forwarded are captured" 30 \
		"$(captured "$TMP/far" src host $VICTIM4)"
	check_eq "no error about them is sent to the victim" 0 \
		"$(captured "$TMP/far" dst host $VICTIM4)"

	capture "$FAR" eth "$TMP/far" ip
	need ip -n "$GW" link set lan mtu 1280
	forge "src=$NEW:7::1,dst=$HA6,nh=59,zero=1400"
	check "an error about a packet that is too big is sent" \
		wait_for has_captured "$TMP/far" 1 dst host $VICTIM4
	capture_end
	check "that error is smaller than the packet" test \
		"$(bytes "$TMP/far" dst host $VICTIM4)" -lt \
		"$(bytes "$TMP/far" src host $VICTIM4)"
	need ip -n "$GW" link set lan mtu 1500
}

# Keepalives of the attacker's own binding.
keepalives()
{
	[[ $(ask "src=$MINE,dst=$HA6,echo=1") == 60* ]]
	result $? "the attacker's own ping is answered"
	need wait_for state_is active $MINE
	capture "$FAR" eth "$TMP/far" ip
	for i in 1 2 3 4 5; do
		ask "src=$MINE,$KEEPALIVE"
	done >"$TMP/replies"
	WAITS=200 ask "src=$MINE,$KEEPALIVE,nh=59,pay=00" >"$TMP/none"
	WAITS=200 ask "src=$MINE,$KEEPALIVE,nh=58,echo=1" >>"$TMP/none"
	capture_end
	check_eq "each of five keepalives has one reply" "5 5" \
		"$(captured "$TMP/far" src host $FAR4 and udp[4:2] == 48) $(
		captured "$TMP/far" dst host $FAR4)"
	check_eq "the replies have the size of the keepalives" \
		"$(bytes "$TMP/far" src host $FAR4 and udp[4:2] == 48)" \
		"$(bytes "$TMP/far" dst host $FAR4)"
	check_eq "packets similar to a keepalive have no reply" \
		"- -" "$(xargs <"$TMP/none")"
	[[ $(ask "src=$MINE,dst=$HA6,nh=59,hop=1") == 60*3a*0300* ]]
	result $? "with an active binding a hop limit of 1 gets an error"
}

# ---- packets to addresses without a binding (G10)

# said FILE FILTER: ICMPv6 errors, and datagrams to others than the mobile node.
said()
{
	echo "$(captured "$1" "src host $GW6 and icmp6 and icmp6[0] < 128 and $2")" \
		"$(captured "$1" "udp and src host $GW4 and not dst host $NAT4")"
}

unbound()
{
	local all=100 told

	need ip -n "$GW" link set m6t0 type m6t ha none hairpin off
	capture "$GW" any "$TMP/all" "icmp6 or udp"
	# An error, to a multicast, from the unspecified address, from a
	# multicast, and from a mobile node's address: no error is sent.
	need in_ns "$GW" "$TMP/inject" dev m6t0 \
		"src=$HA6,dst=$UNBOUND,nh=58,pay=0100000000000000" \
		"src=$HA6,dst=$UNBOUND,nh=58,pay=0200000000000500" \
		"src=$HA6,dst=ff0e::1,echo=1" "src=::,dst=$UNBOUND,echo=1" \
		"src=ff0e::1,dst=$UNBOUND,echo=1" \
		"src=fe80::9,dst=$UNBOUND,echo=1"
	check "packets that must not cause errors are dropped" \
		wait_for dropped_are $((DROPPED + 6))
	capture_end
	check_eq "they cause no error on any link or in the tunnel" "0 0" \
		"$(said "$TMP/all" ip6)"

	capture "$GW" any "$TMP/all" "icmp6 or udp"
	# shellcheck disable=SC2046	# a list
	need in_ns "$HA" "$TMP/inject" ip \
		$(printf "src=$HA6,dst=fd00:6d:0:dead::%x,zero=1000,nh=59 " \
		$(seq $all))
	check "packets to addresses without a binding are dropped" \
		wait_for dropped_are $((DROPPED + 6 + all))
	capture_end
	told=$(said "$TMP/all" "dst host $HA6")
	told=${told% *}
	[ "$told" -ge 1 ] && [ "$told" -lt $((all / 2)) ]
	result $? "the errors about them are rate-limited"
	diag "$told errors"
	check_eq "all errors are sent to the source of the packets" "0 0" \
		"$(said "$TMP/all" "not dst host $HA6")"
	honest_goes_on "nobody's packets"
}

# dropped_are N
dropped_are()
{
	counter_is "$GW" tx_no_binding "$1"
}

topology "ip saddr 10.0.0.0/16 masquerade"
attackers
ip -n "$FAR" addr add $VICTIM4/24 dev eth
gateway ha $HA6 rate 0 temp-timeout 60000
mobile_node
honest
silent
errors
keepalives
DROPPED=$(counter "$GW" tx_no_binding)
unbound
finish
