#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Many mobile nodes on one home agent: all register at once, all register again,
# packets reach each of them, another protocol module takes over, and nothing is
# left of them at the end. M6T_NODES is their number; bench/scale reads the figures.
#
# runs alone: it takes all that a machine has
# takes long
# proves: D7 D10 D19

# shellcheck disable=SC2119,SC2317,SC2329	# optional arguments, called indirectly
# shellcheck source-path=SCRIPTDIR source=../lib/lib.sh
. "$(dirname "$0")/../lib/lib.sh"
# shellcheck source-path=SCRIPTDIR source=../lib/dsmip.bash
. "$SELFTESTS/lib/dsmip.bash"
# shellcheck source-path=SCRIPTDIR source=mipd.bash
. "$SELFTESTS/mipd/mipd.bash"

N=${M6T_NODES:-$(short_or_long 500 100000)}
BASE=2001:db8:2::1:0
WINDOW=1000

# home_addresses: one a line.
home_addresses()
{
	awk -v n=$N 'BEGIN {
		for (i = 1; i <= n; i++)
			printf "2001:db8:2::%x:%x\n", 1 + int(i / 65536), i % 65536
	}'
}

# registered NAME SEQUENCE FIGURE: all of them, by binding updates with this number.
registered()
{
	in_ns "$MN" "$TMP/load" $HA4 $HA6 $BASE $COA2 $N $WINDOW "$2" >"$TMP/load.$2"
	check_eq "$1" "$N 0" "$(jq -r '"\(.accepted) \(.rejected)"' "$TMP/load.$2")"
	figure "$3" "$(jq '.accepted * 1000000000 / .ns | floor' "$TMP/load.$2")"
	diag "$(jq .sent "$TMP/load.$2") were sent"
}

# timed FIGURE COMMAND...: the ms that it takes.
timed()
{
	local begin=${EPOCHREALTIME/[.,]/} status

	"${@:2}"
	status=$?
	figure "$1" $(((${EPOCHREALTIME/[.,]/} - begin) / 1000)) >&3
	return $status
}
exec 3>&1

bound()
{
	in_ns "$HA" m6tctl -j binding show dev m6t0 | jq length
}


# to_each: a datagram to each of them, from the home agent.
to_each()
{
	home_addresses | in_ns "$HA" python3 -c '
import socket, sys
sock = socket.socket(socket.AF_INET6, socket.SOCK_DGRAM)
for line in sys.stdin:
    sock.sendto(b"x", (line.strip(), 9))'
}

# sent_to_each: each binding has sent one.
sent_to_each()
{
	in_ns "$HA" m6tctl -j binding show dev m6t0 >"$TMP/bound"
	jq -e "length == $N and all(.[]; .tx_packets == 1)" "$TMP/bound" >/dev/null
}

left()
{
	ip -n "$HA" -6 neigh show proxy
	ip -n "$HA" -6 route show dev m6t0 2>/dev/null
}

need_built load
topology_dsmip
dsmip_files
need sed -i '/^mn\|^ipsec/d' "/etc/netns/$HA/m6t/m6t0.conf"
{
	echo ipsec none
	home_addresses | sed 's/^/mn /'
} >>"/etc/netns/$HA/m6t/m6t0.conf"
check "a home agent for $N mobile nodes starts" timed start_ms in_ns "$HA" m6tctl up m6t0
registered "all of them register" 1 registered
check_eq "all of them are bound" $N "$(bound)"
registered "all of them register again" 1000 registered_again
need to_each
check "a packet is sent to each" wait_for sent_to_each
need kill -QUIT "$(module "$HA")"
need wait_for ended "$HA"
check "another module takes over" timed take_over_ms in_ns "$HA" m6tctl up m6t0
check_eq "and all of them stay bound" $N "$(bound)"
check "the home agent ends" timed end_ms in_ns "$HA" m6tctl down m6t0
check_eq "and nothing is left of them" "" "$(left)"
finish
