#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# A mobile node of DSMIPv6 moves between two links, a thousand times, while a datagram
# of IPv6 leaves each end every millisecond, and one of IPv4 every tenth: none is lost
# or duplicated, IPsec does not notice, and nothing is left behind.
# takes long
# soak: uml
# proves: D3 D5 D19

# shellcheck disable=SC2317,SC2329	# called indirectly
# shellcheck source-path=SCRIPTDIR source=../lib/lib.sh
. "$(dirname "$0")/../lib/lib.sh"
# shellcheck source-path=SCRIPTDIR source=../lib/dsmip.bash
. "$SELFTESTS/lib/dsmip.bash"

MOVES=$(short_or_long 1000 20000) PACE=20 MS=1
[ -z "${M6T_QUICK:-}" ] || MOVES=20 PACE=200 MS=20

# xfrm NETNS: its SAs and policies, without the numbers that each packet changes.
xfrm()
{
	ip -n "$1" xfrm state list | grep -v 'anti-replay\|lastused'
	ip -n "$1" xfrm policy list
}

# flow NAME MN-ADDRESS CN-ADDRESS MS: both ways, once they get SIGUSR2.
flow()
{
	flow_end "$1-mn" "$MN" "$2" "$3" "$4"
	flow_end "$1-cn" "$CN" "$3" "$2" "$4"
}

flow_end()
{
	start "$2" "$SELFTESTS/dsmip/dsmip_flow.py" "$3" "$4" "$5" "$TMP/$1" \
		>"$TMP/$1.out" 2>&1
	FLOWS+=("$PID")
	need wait_for grep -q ready "$TMP/$1.out"
}
FLOWS=()

# end_flows: no more is sent; what was sent is still received.
end_flows()
{
	kill -USR1 "${FLOWS[@]}"
	need wait_for eval "[ -e $TMP/v6-mn ] && [ -e $TMP/v6-cn ] &&
		[ -e $TMP/v4-mn ] && [ -e $TMP/v4-cn ]"
}

# all_came FROM TO: all that one end sent has come to the other one.
all_came()
{
	[ "$(jq .sent "$TMP/$1")" = "$(jq .received "$TMP/$2")" ]
}

# flow_is_whole NAME FROM TO
flow_is_whole()
{
	local sent

	sent=$(jq .sent "$TMP/$2")
	wait_for all_came "$2" "$3"
	check_eq "$1: nothing of $sent datagrams is lost" 0 \
		$((sent - $(jq .received "$TMP/$3")))
	check_eq "$1: none came twice" 0 "$(jq .doubled "$TMP/$3")"
}

moves()
{
	check_eq "$MOVES movements are acknowledged" "$MOVES" \
		"$("$SELFTESTS/dsmip/dsmip_move.py" "$MN" "$HA" "$MOVES" $PACE 2>&1)"
}

# dropped NETNS: counters of dropped packets that are not zero.
dropped()
{
	drops "$1" | jq -c 'del(.rx_signal, .tx_signal)'
}

slot_states()
{
	m6tctl -n "$MN" -j show dev m6t0 | jq -r '.[0].slots[].state' | xargs
}

only_active()
{
	[ "$(slot_states)" = active ]
}

topology_dsmip
ipsec_dsmip
home_agent
mobile_node_dsmip
# The first registration.
need test "$("$SELFTESTS/dsmip/dsmip_move.py" "$MN" "$HA" 2 0)" = 2
need wait_for ping6_ok "$MN" $CN6 -W 1
need wait_for ping6_ok "$CN" $HOA -W 1
need wait_for only_active
before=$(xfrm "$MN"; xfrm "$HA") sockets=$(sockets "$MN")
flow v6 $HOA $CN6 $MS
flow v4 $HOA4 $CN4 $((MS * 10))
kill -USR2 "${FLOWS[@]}"
moves
end_flows
flow_is_whole "IPv6 upstream" v6-mn v6-cn
flow_is_whole "IPv6 downstream" v6-cn v6-mn
flow_is_whole "IPv4 upstream" v4-mn v4-cn
flow_is_whole "IPv4 downstream" v4-cn v4-mn
stop "${FLOWS[@]}"
check_eq "SAs and policies are the same, byte by byte" "$before" \
	"$(xfrm "$MN"; xfrm "$HA")"
check "only the active care-of address is left" wait_for only_active
check_eq "and its socket" "$sockets" "$(sockets "$MN")"
check_eq "there is one binding" 1 \
	"$(m6tctl -n "$HA" -j binding count dev m6t0 | jq '.[].bound')"
check_eq "neither end has dropped anything" '{} {}' "$(dropped "$HA") $(dropped "$MN")"
finish
