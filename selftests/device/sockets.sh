#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Sockets that cannot be opened for a while: of a gateway whose address was
# removed, a mobile node with a fixed port, one that attaches again by itself,
# and an administrator without privilege for a port. The caller gets the error,
# nothing is left half open, and all works again as soon as the socket can be
# opened.
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

# has_more NETNS COUNTER N: the counter is above N.
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
refused "a privileged port is refused without CAP_NET_BIND_SERVICE" \
	"^Error: m6t: the UDP socket could not be opened" \
	setpriv --bounding-set=-net_bind_service \
	ip -n "$GW" link set m6t0 type m6t port $PORT,80
check_eq "a refused port keeps the old ports open" "$PORT 4500" "$(ports "$GW")"

need ip -n "$GW" addr del $GW4/24 dev wan
refused "a local address that is not the host's is refused" \
	"^Error: m6t: local must be an IPv4 address of this host" \
	ip -n "$GW" link set m6t0 type m6t "local" 192.0.2.99
# The old one is gone as well.
check_eq "no port is open without the local address" "" "$(ports "$GW")"
check "without an open port it has no carrier" is_attached "$GW" false
[[ $(dmesg) == *"m6t0: a port was lost"* ]]
result $? "the kernel log reports the lost port"
refused "another change without the local address is refused" \
	"local must be an IPv4 address" \
	ip -n "$GW" link set m6t0 type m6t ttl 9
need ip -n "$GW" addr add $GW4/24 dev wan
check "the carrier is back once the local address is" \
	ip -n "$GW" link set m6t0 type m6t ttl 9
check_eq "the ports are open again" "$PORT 4500" "$(ports "$GW")"
check "with open ports it has a carrier" is_attached "$GW"
check_eq "no binding was lost" static "$(binding_state fd00:6d::7)"

# ---- a mobile node with a fixed port

need ip -n "$MN" link add m6t0 type m6t mode mn prefix $MN_PREFIX gateway $GW4 \
	local 192.0.2.1 sport 7000 keepalive 1 keepalive-retries 1
need ip -n "$MN" link set m6t0 up
check_eq "the mobile node has its fixed port" 7000 "$(ports "$MN")"
address del
refused "an attachment without the local address is refused" \
	"m6t: local must be an IPv4 address of this host" \
	m6tctl -n "$MN" attach dev m6t0
check "the refused attachment leaves it detached" \
	is_attached "$MN" false
check_eq "the refused attachment leaves no socket" "" "$(ports "$MN")"
address add
check "with the address back it attaches again" attach
check_eq "attached again, it has its fixed port" 7000 "$(ports "$MN")"

# ---- a mobile node that attaches again by itself

need ip -n "$MN" -6 route replace default dev m6t0
need wait_for ping6_ok "$MN" $GW6 -W 1
UNSENT=$(counter "$MN" tx_no_route)
address del
check "keepalives that cannot be sent are counted" \
	wait_for has_more "$MN" tx_no_route "$UNSENT"
check "unanswered keepalives are counted as unreachable" \
	wait_for counter_is "$MN" unreachable 1
check "it is detached as no other attachment is possible" \
	wait_for is_attached "$MN" false
address add
check "an attachment by m6tctl works" attach
need wait_for ping6_ok "$MN" $GW6 -W 1
finish
