#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# How a gateway learns, activates and keeps bindings, and which senders it
# refuses.
# proves: G1 G2 G3 G4 G6 G8 G9 G10 G12 G13 G15 G16 N10

# shellcheck disable=SC2119,SC2317,SC2329	# optional arguments, indirect calls
. "$(dirname "$0")/../lib/lib.sh"

A=fd00:6d:0:1:1::a B=fd00:6d:0:1:2::b
ECHO=echo=7,dst=$HA6

# from_mn [-s PORT] PACKET...: datagrams from the mobile node's host.
from_mn()
{
	in_ns "$MN" "$TMP/inject" udp "$@"
}

# dropped_as NAME COUNTER PACKET...: each raises exactly this counter, by one.
dropped_as()
{
	local name=$1 counter=$2 before n

	shift 2
	before=$(stats "$GW")
	n=$(bindings)
	from_mn -s 5000 $GW4 $PORT "$@"
	check_stats "$name: $# times $counter" "$GW" "$before" \
		"{\"m6t0\":{\"$counter\":$#}}"
	check_eq "$name: no binding is created" "$n" "$(bindings)"
}

# sent_to ADDRESS N: N packets were sent to it.
sent_to()
{
	[ "$(binding "$1" | jq -r .tx_packets)" = "$2" ]
}

topology
need_inject
gateway ha $HA6 port $PORT,4500 temp-timeout 60000

# G3, W5: packets that are not accepted from an unknown source.
dropped_as "unacceptable sources" rx_bad_source \
	src={fd00:6e::1,::,ff02::1,fe80::2,::1,::ffff:1.2.3.4},$ECHO
dropped_as "unacceptable destinations" rx_bad_destination \
	src=$A,dst={2001:db8:1::3,ff02::1,fe80::2,::1,::,::ffff:1.2.3.4,$B},echo=7
dropped_as "keepalive without a binding" rx_keepalive_stray \
	src=$A,dst=fe80::1
dropped_as "to fe80::1, but no keepalive" rx_bad_destination \
	src=$A,dst=fe80::1,echo=7

# G4, G6: learnt by the first packet, active by the answer.
from_mn -s 5000 $GW4 $PORT src=$A,dst=$HA6,nh=59,pay=00
check "the first packet creates a temporary binding" wait_for state_is temporary $A
check_eq "the binding has the endpoint behind the NAT" "$NAT4 5000 $GW4 $PORT" \
	"$(binding $A | jq -r '"\(.remote) \(.port) \(.local) \(.local_port)"')"
from_mn -s 5000 $GW4 $PORT src=$A,dst=fe80::1
check "a keepalive of a temporary binding is stray" \
	wait_for counter_is "$GW" rx_keepalive_stray 2
check "a keepalive does not activate the binding" state_is temporary $A
got=$(from_mn -s 5000 -w $((WAIT * 1000)) $GW4 $PORT src=$A,$ECHO)
check_eq "the home agent's answer reaches the mobile node" 3a "${got:12:2}"
check "the home agent's answer activates the binding" wait_for state_is active $A

# G9: keepalives of an active binding.
got=$(from_mn -s 5000 -w $((WAIT * 1000)) $GW4 $PORT src=$A,dst=fe80::1)
want=6000000000003b40fe800000000000000000000000000001
want+=fd00006d00000001000100000000000a
check_eq "a keepalive is answered with swapped addresses" $want "$got"
from_mn -s 5001 $GW4 $PORT src=$A,dst=fe80::1
check "a keepalive from another port is stray" \
	wait_for counter_is "$GW" rx_keepalive_stray 3

# G8: an address is bound to one endpoint.
before=$(binding $A | jq -c '[.remote, .port, .local_port, .rx_packets]')
from_mn -s 5001 $GW4 $PORT src=$A,$ECHO
check "a packet from another port is a mismatch" \
	wait_for counter_is "$GW" rx_mismatch 1
from_mn -s 5000 $GW4 4500 src=$A,$ECHO
check "a packet to another port is a mismatch" \
	wait_for counter_is "$GW" rx_mismatch 2
check_eq "mismatches do not change the binding" "$before" \
	"$(binding $A | jq -c '[.remote, .port, .local_port, .rx_packets]')"

# G1, G2: the second port, answered from there.
got=$(from_mn -s 5002 -w $((WAIT * 1000)) $GW4 4500 src=$B,$ECHO)
check_eq "the second port is answered" 3a "${got:12:2}"
check_eq "the binding has the second port" 4500 "$(binding $B | jq -r .local_port)"

# G15
from_mn -s 5000 $GW4 $PORT src=$A,dst=$B,echo=7
check "packets between mobile nodes are refused by default" \
	wait_for counter_is "$GW" rx_bad_destination 9
before=$(m6tctl -n "$GW" -j binding show dev m6t0 | jq -c 'map(.address) | sort')
need ip -n "$GW" link set m6t0 type m6t hairpin on
from_mn -s 5000 $GW4 $PORT src=$A,dst=$B,echo=7
check "packets between mobile nodes are forwarded with the option" \
	wait_for sent_to $B 2

# G16: a change of settings keeps bindings.
need ip -n "$GW" link set m6t0 type m6t port $PORT,5555 hairpin off \
	max-bindings 100000 active-timeout 300
check_eq "a change of settings keeps the bindings" "$before" \
	"$(m6tctl -n "$GW" -j binding show dev m6t0 | jq -c 'map(.address) | sort')"
got=$(from_mn -s 5000 -w $((WAIT * 1000)) $GW4 $PORT src=$A,$ECHO)
check_eq "bindings work after a change of settings" 3a "${got:12:2}"
check "the lifetime of a binding is counted from its last packet" \
	test "$(binding $A |
	jq '.idle_ms + .expires_ms | . > 299980 and . <= 300000')" = true

# G10
in_ns "$HA" ping -6 -n -c 1 -W "$WAIT" fd00:6d:0:1:1::dead >"$TMP/out"
check_eq "a ping to an address without a binding fails" 1 $?
check "packets to an address without a binding are counted" \
	wait_for counter_is "$GW" tx_no_binding 1
check "Address unreachable is sent to the sender" \
	grep -q "Address unreachable" "$TMP/out"

# G13
check "a static binding can be added" m6tctl -n "$GW" binding add \
	fd00:6d:0:1:1::57 remote $NAT4:7000 dev m6t0
check_eq "a static binding does not expire" \
	null "$(binding fd00:6d:0:1:1::57 | jq .expires_ms)"
check_not "a static binding of a bound address is refused" \
	m6tctl -n "$GW" binding add \
	$A remote $NAT4:7000 dev m6t0
check "a binding can be deleted" m6tctl -n "$GW" binding del $A dev m6t0
check_eq "the deleted binding is gone" none "$(binding_state $A)"
check "all bindings can be flushed" m6tctl -n "$GW" binding flush dev m6t0
check_eq "no binding is left after the flush" 0 "$(bindings)"

# G12: the oldest temporary binding is evicted, others never.
need ip -n "$GW" link set m6t0 type m6t max-bindings 3 rate 0
need m6tctl -n "$GW" binding add fd00:6d::57 remote $NAT4:7000 dev m6t0
for i in 1 2 3; do
	from_mn -s 5000 $GW4 $PORT src=fd00:6d::$i,dst=$HA6
	need wait_for state_is temporary fd00:6d::$i
done
check_eq "the oldest temporary binding was evicted" \
	"none temporary temporary static" "$(for i in 1 2 3 57; do
	binding_state fd00:6d::$i; done | xargs)"
check "the eviction was counted" counter_is "$GW" binding_evicted 1
finish
