#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Packets with shared data: tc mirrors packets of one tunnel to another, both add
# their headers, and both packets wait in one queue; packet sockets capture them.
# Each is sent as its own tunnel made it.
#
# proves: B6
# class: T16

# shellcheck disable=SC2119,SC2317,SC2329	# optional arguments, indirect calls
# shellcheck source-path=SCRIPTDIR source=../lib/lib.sh
. "$(dirname "$0")/../lib/lib.sh"

N=5

# asked: the home agent opens $N connections. Packets of TCP have headroom
# for a tunnel's headers.
asked()
{
	local i

	for ((i = 0; i < N; i++)); do
		in_ns "$HA" bash -c "exec 3<>/dev/tcp/$ADDRESS/9" 2>/dev/null
	done
}

# left FILTER: how many matching requests the gateway has sent.
left()
{
	captured "$TMP/out" "udp and $1"
}

all_left()
{
	[ "$(left "udp[14] = 6")" -ge $((2 * N)) ]
}

topology
gateway
need ip -n "$GW" link add m6t1 type m6t mode gw prefix $PREFIX port 4500
need ip -n "$GW" link set m6t1 up
mobile_node
activate
need m6tctl -n "$GW" binding add "$ADDRESS" remote 192.0.2.9:9 dev m6t1
need ip -n "$GW" neigh add 192.0.2.9 lladdr 02:00:00:00:00:09 dev wan
need tc -n "$GW" qdisc add dev m6t0 clsact
need tc -n "$GW" filter add dev m6t0 egress protocol ipv6 flower ip_proto tcp \
	action mirred egress mirror dev m6t1
need tc -n "$GW" qdisc add dev wan root netem delay 100ms
capture "$GW" m6t0 "$TMP/in0" dst host "$ADDRESS"
capture "$GW" m6t1 "$TMP/in1" dst host "$ADDRESS"
capture "$GW" wan "$TMP/out" "src host $GW4 and udp[14] = 6"
asked
check "each of $N requests is sent twice" wait_for all_left
capture_end
check_eq "each request is sent by its own tunnel" "$N" \
	"$(left "src port $PORT and dst host $NAT4")"
check_eq "each request is sent by the other tunnel" \
	"$N" "$(left "src port 4500 and dst host 192.0.2.9")"
check_eq "packet sockets captured both, without outer headers" "$N $N" "$(
	captured "$TMP/in0" tcp) $(captured "$TMP/in1" tcp)"
finish
