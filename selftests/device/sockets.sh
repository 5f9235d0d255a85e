#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Sockets that cannot be had, and then can: a gateway whose address went, a mobile
# node that always uses the same port, one that looks for another attachment by
# itself, and an administrator who may not have any port. Whoever asks is told,
# nothing is left half open, and as soon as it can be, all is well again.
# proves: B5 N3 N8

# shellcheck disable=SC2119,SC2317,SC2329	# optional arguments, indirect calls
. "$(dirname "$0")/../lib/lib.sh"

# ports NETNS: of all its UDP sockets.
ports()
{
	in_ns "$1" ss -4 -Huan | awk '{ sub(/.*:/, "", $4); print $4 }' |
		sort -n | xargs
}

# is_attached NETNS [true|false]
is_attached()
{
	[ "$(m6tctl -n "$1" -j show dev m6t0 | jq '.[0].attached')" = "${2:-true}" ]
}

# has_more NETNS COUNTER N: than so many.
has_more()
{
	[ "$(counter "$1" "$2")" -gt "$3" ]
}

# address add|del: the mobile node's own.
address()
{
	need ip -n "$MN" addr "$1" 192.0.2.1/24 dev eth
}

ns_add "$MN" "$GW"
link_ns "$MN" eth 192.0.2.1/24 "$GW" wan $GW4/24
need ip -n "$GW" -6 addr add $GW6/128 dev lo

# ---- a gateway

gateway local $GW4 port $PORT,4500
need m6tctl -n "$GW" binding add fd00:6d::7 remote 192.0.2.1:7 dev m6t0
refused "not every administrator may have any port" \
	"^Error: m6t: the UDP socket could not be opened" \
	setpriv --bounding-set=-net_bind_service \
	ip -n "$GW" link set m6t0 type m6t port $PORT,80
check_eq "it listens where it did" "$PORT 4500" "$(ports "$GW")"

need ip -n "$GW" addr del $GW4/24 dev wan
refused "another address, which is not there" \
	"^Error: m6t: local must be an IPv4 address of this host" \
	ip -n "$GW" link set m6t0 type m6t "local" 192.0.2.99
# Nor is the old one any more.
check_eq "it listens nowhere" "" "$(ports "$GW")"
check "and says so: it has no carrier" is_attached "$GW" false
[[ $(dmesg) == *"m6t0: a port was lost"* ]]
result $? "as does the kernel's log"
refused "another change does not help" "local must be an IPv4 address" \
	ip -n "$GW" link set m6t0 type m6t ttl 9
need ip -n "$GW" addr add $GW4/24 dev wan
check "nor is it needed any more when the address is back" \
	ip -n "$GW" link set m6t0 type m6t ttl 9
check_eq "it listens again" "$PORT 4500" "$(ports "$GW")"
check "and has a carrier" is_attached "$GW"
check_eq "no binding was lost" static "$(binding_state fd00:6d::7)"

# ---- a mobile node with a port of its own

need ip -n "$MN" link add m6t0 type m6t mode mn prefix $MN_PREFIX gateway $GW4 \
	local 192.0.2.1 sport 7000 keepalive 1 keepalive-retries 1
need ip -n "$MN" link set m6t0 up
check_eq "it has its port" 7000 "$(ports "$MN")"
address del
refused "an attachment from an address that is not there" \
	"m6t: local must be an IPv4 address of this host" \
	m6tctl -n "$MN" attach dev m6t0
check "its port could not be had again: it is not attached" \
	is_attached "$MN" false
check_eq "and has no socket" "" "$(ports "$MN")"
address add
check "it attaches again" attach
check_eq "from its port" 7000 "$(ports "$MN")"

# ---- a mobile node that has not been told

need ip -n "$MN" -6 route replace default dev m6t0
need wait_for ping6_ok "$MN" $GW6 -W 1
UNSENT=$(counter "$MN" tx_no_route)
address del
check "keepalives that cannot be sent are counted as such" \
	wait_for has_more "$MN" tx_no_route "$UNSENT"
check "silence is noticed" wait_for counter_is "$MN" unreachable 1
check "there is no other attachment to be had" wait_for is_attached "$MN" false
address add
check "one that is looked for by somebody" attach
need wait_for ping6_ok "$MN" $GW6 -W 1
finish
