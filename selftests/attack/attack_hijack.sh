#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# An attacker who sees all packets of a mobile node, and sends: behind the same
# NAT, from elsewhere, with forged IPv4 addresses, and ICMP errors. None of that
# redirects a binding, activates it, extends or shortens its lifetime, while it
# is temporary, while it is active, and after it expired.
#
# proves: G4 G5 G6 G7 G8 G9 G15
# class: 6.1.1

# shellcheck disable=SC2119,SC2317,SC2329	# optional arguments, indirect calls
# shellcheck source-path=SCRIPTDIR source=../lib/lib.sh
. "$(dirname "$0")/../lib/lib.sh"
# shellcheck source-path=SCRIPTDIR source=../lib/attack.bash
. "$SELFTESTS/lib/attack.bash"

B=fd00:6d:0:b::b C=fd00:6d:0:c::c D=fd00:6d:0:d::d E=fd00:6d:0:e::e
F=fd00:6d:0:f::f

# victim WORD...: packets of the mobile node whose binding is attacked.
victim()
{
	need in_ns "$NAT" "$TMP/inject" udp -s 5000 "$@"
}

# datagrams ADDRESS PORT [WORD]: all that an attacker behind another endpoint can
# send: repeated datagrams and keepalives of the owner of this one, from elsewhere,
# from its IPv4 address and another port, and from its port at another address.
# Fourteen of either kind.
datagrams()
{
	local packet

	for packet in "src=$1,dst=$HA6,${3:-echo=9}" "src=$1,dst=fe80::1"; do
		near udp -e -c 5 -s 6000 $GW4 $PORT "$packet"
		far udp -e -c 5 $GW4 $PORT "$packet"
		far raw -b $NAT4 -s $(($2 + 1)) -c 2 $GW4 $PORT "$packet"
		far raw -b 192.0.2.77 -s "$2" -c 2 $GW4 $PORT "$packet"
	done
}

# errors ADDRESS PORT: ICMP errors with the address of its NAT and another one.
errors()
{
	icmp "$FAR" "$GW" src=$NAT4,$FAR4 dst=$GW4 "from=$GW4:$PORT" \
		"to=$NAT4:$2" isrc=$HA6 idst="$1" cuts=28,128
}

# ---- an active binding

redirect()
{
	local before port

	before=$(bound)
	port=$(binding | jq .port)
	counts "packets from other endpoints are refused" "$GW" \
		'{"m6t0":{"rx_mismatch":14,"rx_keepalive_stray":14}}' \
		datagrams "$ADDRESS" "$port"
	errors "$ADDRESS" "$port"
	check_eq "an active binding is not redirected" "$before" "$(bound)"
	honest_goes_on "attempts to redirect"
}

# ---- before the home agent has answered

# The attacker repeats the mobile node's first packet before the answer comes.
race()
{
	local before

	# It drops all packets from one address until the rule is deleted.
	need in_ns "$HA" nft -f - <<-END
		table ip6 m6t {
			chain in {
				type filter hook input priority 0;
				ip6 saddr $D drop
			}
		}
	END
	victim $GW4 $PORT "src=$D,dst=$HA6,echo=9"
	need wait_for state_is temporary $D
	before=$(bound $D)
	datagrams $D 5000
	errors $D 5000
	check_eq "a temporary binding is not redirected" "$before" "$(bound $D)"
	need in_ns "$HA" nft delete table ip6 m6t
	victim $GW4 $PORT "src=$D,dst=$HA6,echo=9"
	check "the temporary binding becomes active for its owner" \
		wait_for state_is active $D
	check_eq "the activated binding has the owner's endpoint" \
		"${before/temporary/active}" "$(bound $D)"
	need m6tctl -n "$GW" binding del $D dev m6t0
	honest_goes_on "raced"
}

# ---- activated

# Packets to a temporary binding that are not a home agent's answer.
activate_it()
{
	local ends

	need ip -n "$GW" link set m6t0 type m6t temp-timeout 60000 \
		ha none hairpin on
	victim $GW4 $PORT "src=$C,dst=$HA6,nh=59"
	need wait_for state_is temporary $C
	ends=$(binding $C | jq .expires_ms)
	datagrams $C 5000
	errors $C 5000
	victim -c 3 $GW4 $PORT "src=$C,dst=fe80::1" "src=$C,dst=$HA6,nh=59"
	check_eq "datagrams and ICMP errors activate nothing" temporary \
		"$(binding_state $C)"
	# The attacker as a separate mobile node, with an active binding.
	[[ $(in_ns "$NEAR" "$TMP/inject" udp -s 6000 -w $((WAIT * 1000)) \
		$GW4 $PORT "src=$E,dst=$HA6,echo=1") == 60* ]]
	result $? "the attacker has a binding of its own"
	near udp -s 6000 -c 3 $GW4 $PORT "src=$E,dst=$C,nh=59" \
		"src=$E,dst=$C,echo=1"
	check "the attacker's packets reach the mobile node" wait_for sent_to $C 6
	check_eq "the attacker's packets do not activate the binding" \
		temporary "$(binding_state $C)"
	near udp -s 6000 -c 3 $GW4 $PORT "src=$HA6,dst=$C,nh=59"
	check "the attacker's packets from the home agent's address are refused" \
		wait_for counter_is "$GW" rx_bad_source 3
	check_eq "those do not activate the binding" "temporary 6" \
		"$(binding_state $C) $(binding $C | jq .tx_packets)"
	# Some clocks stand still unless a process sleeps.
	sleep 0.1
	check "the temporary binding does not live longer" test "$(binding $C |
		jq .expires_ms)" -lt "$ends"
	need m6tctl -n "$GW" binding del $C dev m6t0
	need m6tctl -n "$GW" binding del $E dev m6t0
	need ip -n "$GW" link set m6t0 type m6t ha $HA6 hairpin off
	honest_goes_on "activated"
}

# sent_to ADDRESS N: N packets were sent to it.
sent_to()
{
	[ "$(binding "$1" | jq -r .tx_packets)" = "$2" ]
}

# ---- refreshed, shortened, ended

# lasted ADDRESS KIND: ms from the event, binding-new or -active, to its expiry;
# fails before that.
lasted()
{
	jq -es --arg a "$1" --arg from "binding-$2" '
		map(select(.address == $a)) |
		map(select(.event == $from))[0].time as $t |
		map(select(.event == "binding-expired"))[0].time as $e |
		if $t and $e then ($e - $t) * 1000 | floor else null end' "$TMP/events"
}

refresh()
{
	local ms end

	need ip -n "$GW" link set m6t0 type m6t active-timeout 5 \
		temp-timeout 1500
	[[ $(in_ns "$NAT" "$TMP/inject" udp -s 5000 -w $((WAIT * 1000)) \
		$GW4 $PORT "src=$B,dst=$HA6,echo=1") == 60* ]]
	result $? "a mobile node is answered, and then sends nothing"
	need wait_for state_is active $B
	victim $GW4 $PORT "src=$F,dst=$HA6,nh=59"
	errors $B 5000
	end=$((SECONDS + WAIT + 5))
	while state_is active $B && [ $SECONDS -lt $end ]; do
		! state_is temporary $F || victim $GW4 $PORT \
			"src=$F,dst=$HA6,nh=59" "src=$F,dst=fe80::1"
		# When it has expired they may have one of their own.
		datagrams $B 5000 nh=59
		sleep 0.2
	done
	need wait_for lasted $F new
	ms=$(lasted $F new)
	[ "$ms" -ge 1500 ] && [ "$ms" -lt $((1500 + SLACK)) ]
	result $? "its own packets do not extend a temporary binding"
	diag "its lifetime was $ms ms"
	need wait_for lasted $B active
	ms=$(lasted $B active)
	[ "$ms" -ge 5000 ] && [ "$ms" -lt $((5000 + SLACK)) ]
	result $? "attacks neither extend nor shorten an active binding"
	diag "its lifetime was $ms ms"
	honest_goes_on "refreshed"
}

# ---- after the end

replay()
{
	local before

	# A binding that an attacker created for it meanwhile.
	need wait_for state_is none $B
	before=$(bound)
	counts "a keepalive of an expired binding is stray" "$GW" \
		'{"m6t0":{"rx_keepalive_stray":3}}' victim -c 3 $GW4 $PORT \
		"src=$B,dst=fe80::1"
	check_eq "a keepalive does not revive an expired binding" \
		none "$(binding_state $B)"
	victim $GW4 $PORT "src=$B,dst=$HA6,nh=59"
	check "a packet creates a temporary binding again" \
		wait_for state_is temporary $B
	datagrams $B 5000 nh=59
	check "that temporary binding expires" wait_for state_is none $B
	check_eq "another binding has not changed" "$before" "$(bound)"
	honest_goes_on "replayed"
}

SLACK=1000
! time_travel || SLACK=60
topology "ip saddr 10.0.0.0/16 masquerade"
attackers
gateway ha $HA6 temp-timeout 60000 rate 0
mobile_node
monitor "$TMP/events"
honest
capture "$NEAR" eth "$TMP/near" "src port $PORT"
capture "$FAR" eth "$TMP/far" "src port $PORT"
redirect
race
capture_end
check_eq "no packet was sent to an attacker" "0 0" \
	"$(captured "$TMP/near") $(captured "$TMP/far")"
activate_it
refresh
replay
finish
