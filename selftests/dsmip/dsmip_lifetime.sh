#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Bindings of a DSMIPv6 home agent: how long they live, what replaces them, which of
# them has an IPv4 home address, how many there may be, and which requests are refused.
#
#    peer                         ha
#  +--------+              +--------------+
#  |    out-+--------------+-wan     m6t0 |
#  +--------+              +--------------+
#  192.0.2.1               192.0.2.2
#
# takes long
# proves: D2 D7 D11

# shellcheck disable=SC2317,SC2329	# called indirectly
# shellcheck source-path=SCRIPTDIR source=../lib/lib.sh
. "$(dirname "$0")/../lib/lib.sh"
# shellcheck source-path=SCRIPTDIR source=../lib/dsmip.bash
. "$SELFTESTS/lib/dsmip.bash"

PEER=$NAT
A=$HOA A4=$HOA4 B=2001:db8:2::b B4=198.51.100.11 C=2001:db8:2::c
ENDPOINT=$NAT4:5000
EVENTS=$TMP/events
# Tolerance in ms: none where the clock jumps over every sleep.
LATE=$((WAIT * 100))
! time_travel || LATE=1

ha()
{
	m6tctl -n "$HA" "$@"
}

# bind ADDRESS [WORD...]: to ENDPOINT, unless the words have another one.
bind()
{
	local to=(remote "$ENDPOINT")

	[[ " $* " != *" remote "* ]] || to=()
	ha binding add "$1" "${to[@]}" dev m6t0 "${@:2}"
}

unbind()
{
	ha binding del "$1" dev m6t0
}

# raw COMMAND WORD...: a request without the checks of m6tctl.
raw()
{
	in_ns "$HA" "$SELFTESTS/lib/genl.py" "$1" m6t0 "${@:2}"
}

is_bound()
{
	[ -n "$(node "$1")" ]
}

is_gone()
{
	! is_bound "$1"
}

bound_count()
{
	ha -j binding count dev m6t0 | jq ".[].bound"
}

bound_addresses()
{
	ha -j binding show dev m6t0 "$@" | jq -r '.[].address' | sort | xargs
}

# time_of EVENT ADDRESS: of the last one, in ms.
time_of()
{
	jq -r "select(.event == \"$1\" and .address == \"$2\") |
		.time * 1000 | floor" "$EVENTS" | tail -n 1
}

ended()
{
	jq -e "select(.event == \"unbound\" and .address == \"$1\")" "$EVENTS"
}

# lived NAME ADDRESS MS: its binding ended by itself, so long after it was bound last.
lived()
{
	local ms

	check "$1: it ends by itself" wait_for ended "$2"
	check "$1: it is gone" is_gone "$2"
	check_eq "$1: the event says that its lifetime is over" 0 "$(jq \
		"select(.event == \"unbound\" and .address == \"$2\") |
		.expires_ms" "$EVENTS" | tail -n 1)"
	ms=$(($(time_of unbound "$2") - $(time_of bound "$2")))
	check "$1: after $3 ms, not $ms" in_between $ms $(($3 - 1)) $(($3 + LATE))
}

in_between()
{
	[ "$1" -ge "$2" ] && [ "$1" -le "$3" ]
}

# from_peer PACKET...: from ENDPOINT.
from_peer()
{
	need inner "$PEER" udp $ENDPOINT $HA4:$DSMIP_PORT "$@"
}

# rx_packets ADDRESS
rx_packets()
{
	node "$1" | jq .rx_packets
}

rx_packets_are()
{
	[ "$(rx_packets "$1")" = "$2" ]
}

# accepts4 NAME HOA HOA4: IPv4 from there is credited to this home address.
accepts4()
{
	local n

	n=$(rx_packets "$2")
	from_peer "$3 203.0.113.1 echo"
	check "$1" wait_for rx_packets_are "$2" $((n + 1))
}

# refuses4 NAME HOA4: it belongs to no mobile node.
refuses4()
{
	counts "$1" "$HA" '{"m6t0":{"rx_no_binding":1}}' \
		from_peer "$2 203.0.113.1 echo"
}

# ---- D7

lifetimes()
{
	: >"$EVENTS"
	check "a binding of a second" bind $A lifetime 1 hoa4 $A4
	lived "a second" $A 1000
	check_eq "its end is counted" 1 "$(counter "$HA" binding_expired)"
	refuses4 "its IPv4 home address went with it" $A4
	need raw bind address=$A remote=$NAT4 port=5000 expires=1
	lived "a millisecond" $A 1
	: >"$EVENTS"
	need bind $A lifetime 1
	need bind $A lifetime 3600
	need bind $B lifetime 2
	lived "a shorter one meanwhile" $B 2000
	check "a binding that was lengthened goes on" is_bound $A
	check "its time left is counted from then" test "$(node $A |
		jq '.expires_ms > 3500000 and .expires_ms <= 3600000')" = true
	need bind $A lifetime 1
	lived "shortened" $A 1000
	need raw bind address=$A remote=$NAT4 port=5000 expires=262140000
	check "the longest one of RFC 6275 is accepted" is_bound $A
	need unbind $A
	check "an end by request has time left" wait_for jq -e "select(
		.event == \"unbound\" and .address == \"$A\") |
		.expires_ms > 262000000" "$EVENTS"
}

many_lifetimes()
{
	local n=200

	need ip -n "$HA" link set m6t0 type m6t \
		home $HOME6,2001:db8:2:1::/64
	: >"$EVENTS"
	need in_ns "$HA" "$SELFTESTS/dsmip/dsmip_many.py" $n 5
	check "$n bindings end, each when it is over" wait_for all_ended $n
	check_eq "none early, late or with time left" "" "$(astray)"
	check_eq "none is left" 0 "$(bound_count)"
	need ip -n "$HA" link set m6t0 type m6t home $HOME6
}

# astray: home addresses that did not end when they should have; ms are rounded.
astray()
{
	jq -rs --argjson late "$LATE" '
		(map(select(.event == "bound") |
			{(.address): (.time * 1000 + .expires_ms)}) | add) as $due |
		.[] | select(.event == "unbound") |
		(.time * 1000 - $due[.address]) as $after |
		select(.expires_ms != 0 or $after < -2 or $after > $late) |
		"\(.address) \($after)"' "$EVENTS"
}

all_ended()
{
	[ "$(jq -c 'select(.event == "unbound")' "$EVENTS" | wc -l)" = "$1" ]
}

# ---- what replaces a binding

replaced()
{
	need bind $A lifetime 3600
	from_peer "$A $HA6 echo" "$A $HA6 echo" "$A $HA6 echo=92"
	check "packets are credited" wait_for rx_packets_are $A 3
	need inner "$HA" stack "$HA6 $A echo"
	from_peer "$A $HA6 esp=0x1001:1:00 echo"
	need wait_for rx_packets_are $A 4
	check_eq "before it is replaced" '[4,336,4,308]' "$(traffic)"
	need bind $A lifetime 1800 kind ip4 remote 192.0.2.7:6000
	check_eq "bound again to elsewhere, what was counted stays" \
		'[4,336,4,308]' "$(traffic)"
	check_eq "the endpoint is another" '["ip4","192.0.2.7",6000]' \
		"$(node $A | jq -c '[.kind, .remote, .port]')"
	need bind $B lifetime 4
	need wait_for is_gone $B
	counts "after a while, the former one is not accepted any more" "$HA" '{"m6t0":{"rx_mismatch":1}}' \
		from_peer "$A $HA6 echo"
	check_eq "each time is counted" 2 "$(jq -c "select(.event == \"bound\" and
		.address == \"$A\")" "$EVENTS" | wc -l)"
	check_eq "there is only one binding" 1 "$(bound_count)"
	need unbind $A
	need bind $A lifetime 3600
	check_eq "a new binding starts from zero" '[0,0,0,0]' "$(traffic)"
	former_endpoints
	need unbind $A
}

# former_works PORT...: after binding to each of these ports, the first one still is
# accepted, for 3 s. A machine that needs as long for it proves nothing.
former_works()
{
	local n port from=${EPOCHREALTIME/[.,]/}

	for port; do
		bind "$A" lifetime 3600 remote "$NAT4:$port"
	done
	n=$(rx_packets "$A")
	inner "$PEER" udp "$NAT4:$1" "$HA4:$DSMIP_PORT" "$A $HA6 echo"
	[ "$(rx_packets "$A")" = $((n + 1)) ] ||
		[ $((${EPOCHREALTIME/[.,]/} - from)) -gt 2900000 ]
}

# Of several former endpoints only the last one is accepted, and none of a binding that
# has ended.
former_endpoints()
{
	check "the former endpoint is accepted for a while" \
		wait_for former_works 5001 5002
	check "also if one binds again to the same" \
		wait_for former_works 5001 5002 5002
	need bind $A lifetime 3600 remote $NAT4:5003
	counts "of several ones, not the first" "$HA" \
		'{"m6t0":{"rx_mismatch":1}}' inner "$PEER" udp $NAT4:5001 \
		$HA4:$DSMIP_PORT "$A $HA6 echo"
	need unbind $A
	need bind $A lifetime 3600 remote $NAT4:5002
	counts "none of a binding that has ended" "$HA" \
		'{"m6t0":{"rx_mismatch":1}}' inner "$PEER" udp $NAT4:5003 \
		$HA4:$DSMIP_PORT "$A $HA6 echo"
}

traffic()
{
	node $A | jq -c '[.rx_packets, .rx_bytes, .tx_packets, .tx_bytes]'
}

# ---- D11

ipv4_home()
{
	need bind $A lifetime 3600
	refuses4 "without an IPv4 home address" $A4
	need bind $A hoa4 $A4 lifetime 3600
	accepts4 "one is added" $A $A4
	need bind $A hoa4 $A4 lifetime 3000
	accepts4 "it stays, if given again" $A $A4
	need bind $A hoa4 $B4 lifetime 3600
	accepts4 "it is changed" $A $B4
	refuses4 "the former one belongs to no mobile node" $A4
	need bind $B lifetime 3600
	refused "that of another is refused" \
		"m6t.*: the IPv4 home address is bound with another home address" \
		bind $B hoa4 $B4 lifetime 3600
	check_eq "and nothing changes" "null $B4" \
		"$(node $B | jq -r .hoa4) $(node $A | jq -r .hoa4)"
	accepts4 "it works as before" $A $B4
	need bind $A lifetime 3600
	check_eq "it is removed alone" null "$(node $A | jq -r .hoa4)"
	refuses4 "then it belongs to no mobile node" $B4
	check "and the other one may have it" bind $B hoa4 $B4 lifetime 3600
	accepts4 "which works" $B $B4
	need bind $B hoa4 $B4 lifetime 1
	need wait_for is_gone $B
	check "after its lifetime, another one may have it" \
		bind $A hoa4 $B4 lifetime 3600
	accepts4 "that works, too" $A $B4
	need unbind $A
	refuses4 "unbound, it belongs to no mobile node" $B4
}

# ---- how many, and which

limits()
{
	need ip -n "$HA" link set m6t0 type m6t max-bindings 2
	need bind $A hoa4 $A4 lifetime 3600
	need bind $B hoa4 $B4 lifetime 3600
	refused "a third of two is refused" \
		"m6t.*: the table is full, raise max-bindings" \
		bind $C lifetime 3600
	refused "a change that fails is refused" "m6t: ha4 must be" ip -n "$HA" \
		link set m6t0 type m6t max-bindings 3 ha4 192.0.2.99
	refused "and does not raise the limit" "table is full" \
		bind $C lifetime 3600
	check "one of the two can be bound again" bind $A hoa4 $A4 lifetime 3600
	need ip -n "$HA" link set m6t0 type m6t max-bindings 3
	check "the third of three is accepted" bind $C lifetime 3600
	need ip -n "$HA" link set m6t0 type m6t max-bindings 1
	check_eq "those above a lower limit stay" "$A $B $C" "$(bound_addresses)"
	need unbind $C
	refused "but no more are accepted" "table is full" bind $C lifetime 3600
	need ip -n "$HA" link set m6t0 type m6t max-bindings 65536
	need bind $C lifetime 3600
}

filters()
{
	need bind $B hoa4 $B4 lifetime 3600 remote 192.0.2.7:5000
	need bind $C lifetime 3600 remote 192.0.2.7:6000
	check_eq "all are listed, once each" "$A $B $C" "$(bound_addresses)"
	check_eq "of a prefix" "$A" "$(bound_addresses prefix 2001:db8:2::1200/120)"
	check_eq "of an address" "$B $C" "$(bound_addresses remote 192.0.2.7)"
	check_eq "of an endpoint" "$C" "$(bound_addresses remote 192.0.2.7:6000)"
	check_eq "of another state: none" "" "$(bound_addresses state active)"
	check_eq "flush of another state: none" "flushed 0" \
		"$(ha binding flush dev m6t0 state static)"
	: >"$EVENTS"
	check_eq "flush of an endpoint" "flushed 1" \
		"$(ha binding flush dev m6t0 remote 192.0.2.7:6000)"
	check "it is reported" wait_for ended $C
	check_eq "the others stay" "$A $B" "$(bound_addresses)"
	check_eq "flush of a prefix" "flushed 1" \
		"$(ha binding flush dev m6t0 prefix 2001:db8:2::1200/120)"
	check_eq "flush of all" "flushed 1" "$(ha binding flush dev m6t0)"
	check_eq "none is left" "0 " "$(bound_count) $(bound_addresses)"
	refuses4 "nor an IPv4 home address" $B4
}

# ---- refusals

# wrong SENTENCE WORD...: a binding that is refused with this sentence.
wrong()
{
	refused "bind ${*:2}" "^m6t: $1 \([0-9]+\)$" raw bind "${GOOD[@]}" "${@:2}"
}

refusals()
{
	local before address

	GOOD=("address=$A" "remote=$NAT4" port=5000 expires=1000)
	before=$(bound_count)
	for address in 2001:db8:9::1 $HA6 fe80::1 ff02::1 ::1 ::; do
		wrong "the home address must lie inside home and differ from ha" \
			"address=$address"
	done
	for address in 203.0.113.1 0.0.0.0 224.0.0.1 127.0.0.1; do
		wrong "the IPv4 home address must lie inside home4 and differ from ha4" \
			"hoa4=$address"
	done
	for address in 0.0.0.0 224.0.0.1 255.255.255.255 $HA4 $A4; do
		wrong "a care-of address must be a unicast IPv4 address outside home4, and not ha4" \
			"remote=$address"
	done
	wrong "port must be 1 to 65535" port=0
	wrong "the local port must be the one that the device listens on" \
		local_port=4192
	wrong "a lifetime must be 1 to 262140000 ms" expires=0
	wrong "a lifetime must be 1 to 262140000 ms" expires=262140001
	wrong "a lifetime must be 1 to 262140000 ms" \
		expires=18446744073709551615
	refused "bind encap=0" "out of range" raw bind "${GOOD[@]}" encap=0
	refused "bind encap=3" "of kind udp4 or ip4" raw bind "${GOOD[@]}" encap=3
	refused "bind encap=4" "out of range" raw bind "${GOOD[@]}" encap=4
	refused "bind without an address" "^m6t: .*address" raw bind "${GOOD[@]:1}"
	refused "bind without a remote" "^m6t: a care-of address must be" \
		raw bind "${GOOD[0]}" "${GOOD[@]:2}"
	refused "bind without a port" "^m6t: port must be" \
		raw bind "${GOOD[@]:0:2}" "${GOOD[3]}"
	refused "bind without a lifetime" "^m6t: a lifetime must be" \
		raw bind "${GOOD[@]:0:3}"
	refused "unbind what is not bound" "^m6t: .*bind" raw unbind address=$A
	refused "unbind without an address" "^m6t: .*address" raw unbind
	check_eq "nothing was bound" "$before" "$(bound_count)"
	other_modes
}

# Requests for another mode.
other_modes()
{
	refused "a home agent has no care-of addresses" "^m6t: .*dsmip-mn" \
		raw slot local=$HA4
	refused "nor one to commit" "^m6t: .*dsmip-mn" raw commit
	refused "nor static bindings" "^m6t: " raw add address=$A remote=$NAT4 \
		port=5
	refused "nor attachments" "^m6t: " raw attach
	need ip -n "$HA" link add m6t1 type m6t mode gw prefix fd00:6d::/48
	refused "a gateway binds no home addresses" "^m6t: .*dsmip-ha" \
		in_ns "$HA" "$SELFTESTS/lib/genl.py" bind m6t1 "${GOOD[@]}"
	need ip -n "$HA" link del m6t1
}

ns_add "$PEER" "$HA"
link_ns "$PEER" out $NAT4/24,192.0.2.7/24 "$HA" wan $HA4/24
need ip -n "$HA" addr add $HA6/64 dev lo
need ip -n "$HA" link add home type dummy
need ip -n "$HA" link set home up
in_ns "$HA" sysctl -qw net.ipv4.ip_forward=1
home_agent
need ip -n "$HA" route add 203.0.113.0/24 dev home
monitor_dsmip "$HA" "$EVENTS"
lifetimes
many_lifetimes
replaced
ipv4_home
limits
filters
refusals
finish
