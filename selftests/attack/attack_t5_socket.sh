#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Sockets that are closed and opened during a flood of datagrams: those in flight
# find a socket that no longer belongs to a device, or not yet. The
# attacked devices are others than those of the honest mobile node, in the same
# namespaces.
#
# proves: B2 N3
# class: T5
# soak: uml-debug
# runs alone: it floods

# shellcheck disable=SC2119,SC2317,SC2329	# optional arguments, indirect calls
# shellcheck source-path=SCRIPTDIR source=../lib/lib.sh
. "$(dirname "$0")/../lib/lib.sh"
# shellcheck source-path=SCRIPTDIR source=../lib/attack.bash
. "$SELFTESTS/lib/attack.bash"

ROUNDS=$(short_or_long 10 2000)
[[ ${M6T_KERNEL:-} != debian-* ]] || ROUNDS=$(short_or_long 4 200)
BURST=20000 PAUSE=0
# Where the clock stands still while anything runs, a flood must pause.
! time_travel || BURST=20 PAUSE=10

# flood NETNS IPV4 PORT...: datagrams to all these ports from now on, good ones, bad
# ones, and some without any payload.
flood()
{
	local port

	for port in "${@:3}"; do
		start "$1" bash -c "while \"\$@\"; do :; done" - \
			"$TMP/inject" udp -c $BURST -i $PAUSE "$2" "$port" \
			"src=fd00:6f:0:1:2::1,dst=$HA6,nh=59" hex=60 cut=0 \
			"src=$HA6,dst=fd00:6f:0:1:1::1,nh=59" \
			2>>"$TMP/flood"
	done
}

# received: datagrams that the attacked devices have received.
received()
{
	{
		m6tctl -n "$GW" -j stats dev m6t1
		m6tctl -n "$MN" -j stats dev m6t1
	} 2>/dev/null | jq -s 'map(.[0] | .rx_short + .rx_not_gateway +
		.rx_bad_destination) | add'
}

# has_more N
has_more()
{
	[ "$(received)" -gt "$1" ]
}

# only_honest: only the sockets of the honest mobile node and its gateway are
# left.
only_honest()
{
	[ "$(sockets "$GW") $(sockets "$MN")" = "1 1" ]
}

topology "ip saddr 10.0.0.0/16 masquerade"
attackers
gateway
mobile_node
honest
need ip -n "$GW" link add m6t1 type m6t mode gw prefix fd00:6f::/48 \
	ha $HA6 port 4001,4002 rate 0 max-bindings 100
need ip -n "$MN" link add m6t1 type m6t mode mn prefix fd00:6f:0:1:1::/80 \
	gateway 192.0.2.99 sport 4444
need ip -n "$GW" link set m6t1 up
need ip -n "$MN" link set m6t1 up
flood "$FAR" $GW4 4001 4002 4003
flood "$NEAR" $MN4 4444
need wait_for has_more 100

for ((i = 0; i < ROUNDS; i++)); do
	before=$(received)
	need ip -n "$GW" link set m6t1 down
	need ip -n "$GW" link set m6t1 up
	need ip -n "$MN" link set m6t1 down
	need ip -n "$MN" link set m6t1 up
	need ip -n "$GW" link set m6t1 type m6t port 4002,4003
	need ip -n "$GW" link set m6t1 type m6t "local" $GW4
	need ip -n "$GW" link set m6t1 type m6t "local" any port 4001,4002
	need m6tctl -n "$MN" attach dev m6t1 >"$TMP/attach"
	need m6tctl -n "$MN" detach dev m6t1 >"$TMP/attach"
	need m6tctl -n "$MN" attach dev m6t1 >"$TMP/attach"
	wait_for has_more "$before" || break
done
check_eq "sockets were closed and opened in a flood" $ROUNDS "$i"
figure "rounds" "$i"
figure "datagrams received" "$(received)"
honest_lives "flooded"
need ip -n "$GW" link del m6t1
need ip -n "$MN" link del m6t1
check "the devices are deleted in the flood, and their sockets closed" \
	wait_for only_honest
honest_lives "deleted"
finish
