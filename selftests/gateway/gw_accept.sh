#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Where a gateway listens, which packets it accepts there, and what it answers to
# which sender, in a minimal topology:
#
#    peer                         gw
#  +--------+              +--------------+
#  |    out-+--------------+-wan     m6t0 |
#  +--------+              +--------------+
#  192.0.2.1, .11          192.0.2.2, .3
#  2001:db8:1::2           2001:db8:1::1
#
# The peer is two mobile nodes by IPv4 and their home agents by IPv6.
# proves: G1 G2 G3 G6 G8 G9 G10

# shellcheck source-path=SCRIPTDIR source=../lib/lib.sh
. "$(dirname "$0")/../lib/lib.sh"

PEER=$NAT
OTHER4=192.0.2.11 GW4_2=192.0.2.3
A=fd00:6d:0:1:1::a B=fd00:6d:0:1:2::b
SECOND=2001:db8:77::/64			# another prefix of the tunnel
KEEPALIVE="src=$A,dst=fe80::1"

# from WORD...: datagrams from the peer; the arguments are those of inject udp.
from()
{
	in_ns "$PEER" "$TMP/inject" udp -s 5000 "$@"
}

# asks WORD...: an echo request is answered by an IPv6 packet of ICMPv6.
asks()
{
	[[ $(from -w $((WAIT * 1000)) "$@") == 60*3a* ]]
}

# counts NAME WANT WORD...: datagrams change these counters, and no others.
counts()
{
	local before

	before=$(stats "$GW")
	need from "${@:3}"
	check_stats "$1" "$GW" "$before" "{\"m6t0\":$2}"
}

# takes NAME PACKET...: each creates a binding; refuses NAME COUNTER PACKET...:
# each raises that counter, and no other.
takes()
{
	counts "$1" "{\"binding_created\":$(($# - 1))}" $GW4 $PORT "${@:2}"
	need m6tctl -n "$GW" binding flush dev m6t0 >"$TMP/flush"
}

refuses()
{
	counts "$1" "{\"$2\":$(($# - 2))}" $GW4 $PORT "${@:3}"
}

set_gw()
{
	need ip -n "$GW" link set m6t0 type m6t "$@"
}

# snmp6 NAME: a counter of the peer's stack.
snmp6()
{
	in_ns "$PEER" awk -v name="$1" '$1 == name { print $2 }' /proc/net/snmp6
}

# no_ports N: N datagrams found no socket on the gateway's host.
# shellcheck disable=SC2317
no_ports()
{
	[ "$(in_ns "$GW" awk '/^Udp: [0-9]/ { print $3 }' /proc/net/snmp)" = "$1" ]
}

# ---- G1, G2: addresses and ports

listen()
{
	local port

	set_gw local $GW4 port $PORT,4500,4501
	for port in $PORT 4500 4501; do
		check "port $port answers from this port" \
			asks $GW4 "$port" "src=fd00:6d::$port,dst=$HA6,echo=1"
	done
	check_eq "each port has its binding" \
		"3544 4500 4501" "$(m6tctl -n "$GW" -j \
		binding show dev m6t0 | jq -r 'map(.local_port) | sort | join(" ")')"
	before=$(stats "$GW")
	from $GW4_2 $PORT "src=$B,dst=$HA6,echo=1"
	check "no socket is bound to the other address" wait_for no_ports 1
	check_stats "a datagram to the other address raises no counter" \
		"$GW" "$before" '{}'
	set_gw "local" any
	need m6tctl -n "$GW" binding flush dev m6t0 >"$TMP/flush"
	# Without care the host would answer from the first address.
	check "with local any the other address answers from there" \
		asks $GW4_2 4501 "src=$B,dst=$HA6,echo=1"
	check_eq "the binding has the other address and the port" "$GW4_2 4501" \
		"$(binding $B | jq -r '"\(.local) \(.local_port)"')"
	check "with local any the first address answers from there" \
		asks $GW4 4500 "src=$A,dst=$HA6,echo=1"
	need m6tctl -n "$GW" binding flush dev m6t0 >"$TMP/flush"
}

# ---- G3: sources and destinations

accept()
{
	takes "without home agents any global destination is accepted" \
		src=fd00:6d::1,dst=$HA6 src=fd00:6d::2,dst=2001:db8:9::9 \
		src=fd00:6d::3,dst=fd00:6e::1
	refuses "a destination inside the tunnel's prefix is refused" \
		rx_bad_destination \
		src=$A,dst={$B,$A,fd00:6d::}
	refuses "a destination that is not global is refused" rx_bad_destination \
		src=$A,dst={::,::1,fe80::2,ff02::1,ff0e::1,::ffff:192.0.2.1}
	refuses "a source of another prefix is refused" rx_bad_source \
		src=2001:db8:77::1,dst=$HA6
	set_gw prefix $PREFIX,$SECOND
	takes "a source of the tunnel's second prefix is accepted" \
		src={$A,2001:db8:77::1},dst=$HA6
	refuses "a destination of the tunnel's second prefix is refused" \
		rx_bad_destination \
		src=$A,dst=2001:db8:77::1
	set_gw ha $HA6,2001:db8:2::/64,2001:db8:3::3
	takes "with home agents each of them, and each address of a prefix, is accepted" \
		src=$A,dst=$HA6 src=$B,dst=2001:db8:2::5 \
		src=fd00:6d::1,dst=2001:db8:2::ffff:1 \
		src=fd00:6d::2,dst=2001:db8:3::3
	refuses "with home agents any other destination is refused" \
		rx_bad_destination \
		src=$A,dst={2001:db8:1::3,2001:db8:2:1::5,2001:db8:3::4,$B}
	set_gw prefix $PREFIX ha none
}

# ---- G8, G9: an address is bound to one endpoint

# untouched: what must not change in a binding.
untouched()
{
	binding $A | jq -c '[.remote, .port, .local, .local_port, .state, .rx_packets]'
}

mismatch()
{
	local before

	need from $GW4 $PORT "src=$A,dst=2001:db8:9::9,nh=59"
	need wait_for state_is temporary $A
	capture "$PEER" out "$TMP/out" "udp"
	before=$(untouched)
	counts "a keepalive of a temporary binding is stray" \
		'{"rx_keepalive_stray":1}' $GW4 $PORT $KEEPALIVE
	counts "a packet from another IPv4 address is a mismatch" \
		'{"rx_mismatch":1}' \
		-b $OTHER4 $GW4 $PORT "src=$A,dst=$HA6,echo=1"
	need wait_for grep -q '"mismatch"' "$TMP/events"
	check_eq "the mismatch is reported with its sender" \
		"[\"$A\",\"$OTHER4\",5000]" \
		"$(jq -c 'select(.event == "mismatch") |
			[.address, .remote, .port]' "$TMP/events")"
	counts "a packet to the gateway's other address is a mismatch" \
		'{"rx_mismatch":1}' \
		$GW4_2 $PORT "src=$A,dst=$HA6,echo=1"
	counts "a packet to another port of the gateway is a mismatch" \
		'{"rx_mismatch":1}' \
		$GW4 4500 "src=$A,dst=$HA6,echo=1"
	check_eq "a temporary binding is not changed by mismatches" \
		"$before" "$(untouched)"
	capture_end
	check_eq "mismatches are not answered" "4 0" "$(captured "$TMP/out") $(
		captured "$TMP/out" src host $GW4 or src host $GW4_2)"

	need in_ns "$GW" "$TMP/inject" dev m6t0 "src=$HA6,dst=$A,nh=59"
	need wait_for state_is active $A
	capture "$PEER" out "$TMP/out" "udp"
	before=$(untouched)
	counts "a keepalive from another IPv4 address is stray" \
		'{"rx_keepalive_stray":1}' -b $OTHER4 $GW4 $PORT $KEEPALIVE
	counts "a keepalive from another port is stray" '{"rx_keepalive_stray":1}' \
		-s 5001 $GW4 $PORT $KEEPALIVE
	counts "a keepalive to another address is stray" \
		'{"rx_keepalive_stray":1}' \
		$GW4_2 $PORT $KEEPALIVE
	check_eq "an active binding is not changed by stray keepalives" \
		"$before" "$(untouched)"
	counts "a keepalive of an active binding is counted and answered" \
		'{"rx_keepalive":1,"tx_keepalive":1}' \
		$GW4 $PORT $KEEPALIVE
	capture_end
	check_eq "that keepalive has one reply, of the same size" "$(printf \
		"%s.%s > %s.%s: UDP, length 40\n" $NAT4 5000 $GW4 $PORT \
		$GW4 $PORT $NAT4 5000)" "$(tcpdump -Z root -n -t -r "$TMP/out" \
		host $NAT4 and port 5000 and host $GW4 2>/dev/null |
		sed 's/^IP //')"
	counts "a packet to fe80::1 with a payload is not a keepalive" \
		'{"rx_bad_destination":1}' \
		$GW4 $PORT "src=$A,dst=fe80::1,nh=59,pay=00"
}

# ---- G6: what proves that a home agent answered

answers()
{
	local c=fd00:6d:0:c::c n=0 name packet error=0103000000000000

	set_gw ha $HA6
	need from $GW4 $PORT "src=$c,dst=$HA6,nh=59"
	need wait_for state_is temporary $c
	while IFS='|' read -r name packet; do
		need in_ns "$GW" "$TMP/inject" dev m6t0 "dst=$c,$packet"
		n=$((n + 1))
		check_eq "$name is sent to the mobile node" \
			$n "$(binding $c | jq .tx_packets)"
		check "$name does not activate the binding" state_is temporary $c
	done <<-END
		another host's packet|src=2001:db8:1::99,nh=59
		an ICMPv6 error|src=$HA6,nh=58,pay=$error
		an ICMPv6 error behind an option|src=$HA6,nh=60,pay=3a00010400000000$error
		a truncated ICMPv6 header|src=$HA6,nh=58
		a later fragment|src=$HA6,nh=44,pay=3b00000800000000ffff
		a truncated options header|src=$HA6,nh=60,pay=3bff010400000000
	END
	need in_ns "$GW" "$TMP/inject" dev m6t0 "src=$HA6,dst=$c,nh=59"
	check "a home agent's packet activates the binding" \
		wait_for state_is active $c
	set_gw ha none
}

# ---- G10: addresses without a binding

unreachable()
{
	local all=200 before told errors

	before=$(snmp6 Icmp6InDestUnreachs)
	capture "$PEER" out "$TMP/errors" icmp6
	# shellcheck disable=SC2046	# a list
	need in_ns "$PEER" "$TMP/inject" ip \
		$(printf "src=$HA6,dst=fd00:6d::%x,echo=1 " $(seq $all))
	check "packets to addresses without a binding are counted" \
		wait_for counter_is "$GW" tx_no_binding $all
	capture_end
	told=$(($(snmp6 Icmp6InDestUnreachs) - before))
	errors=$(captured "$TMP/errors" "icmp6[0] == 1 and icmp6[1] == 3 and
		src host $GW6 and dst host $HA6")
	check "the sender gets ICMPv6 errors of type 1, code 3" test "$errors" -ge 1
	check "the ICMPv6 errors are rate-limited" test "$errors" -lt $((all / 2))
	check_eq "the sender gets no other ICMPv6 errors" "$errors" "$told"
}

need_inject
ns_add "$PEER" "$GW"
link_ns "$PEER" out $NAT4/24,$OTHER4/24,$HA6/64 \
	"$GW" wan $GW4/24,$GW4_2/24,$GW6/64
in_ns "$GW" sysctl -qw net.ipv6.conf.all.forwarding=1
ip -n "$PEER" -6 route add $PREFIX via $GW6
# A blackhole, not unreachable: an ICMPv6 error would be counted as well.
ip -n "$GW" -6 route add default via $HA6
gateway temp-timeout 60000 rate 0
monitor "$TMP/events"
listen
accept
mismatch
answers
unreachable
finish
