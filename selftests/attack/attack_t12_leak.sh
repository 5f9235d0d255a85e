#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Many thousands of packets that are refused, of each kind, at both ends and in both
# directions: each raises exactly one counter, and none is leaked.
#
# proves: G16 N11
# class: T12
# soak: uml-debug uml

# shellcheck disable=SC2119,SC2317,SC2329	# optional arguments, indirect calls
# shellcheck source-path=SCRIPTDIR source=../lib/lib.sh
. "$(dirname "$0")/../lib/lib.sh"
# shellcheck source-path=SCRIPTDIR source=../lib/attack.bash
. "$SELFTESTS/lib/attack.bash"

ROUNDS=$(short_or_long 1000 60000)
[[ ${M6T_KERNEL:-} != debian-* ]] || ROUNDS=$(short_or_long 200 2000)
PAUSE=0
# Where the clock stands still while anything runs, queues are emptied in pauses.
! time_travel || PAUSE=1

# in_memory: objects of the caches of packets.
in_memory()
{
	awk '$1 ~ /^skbuff_|^m6t_/ { n += $2 } END { print n + 0 }' /proc/slabinfo
}

# not_in_memory FROM: there are about as few as before; each CPU keeps some.
not_in_memory()
{
	[ "$(in_memory)" -lt $(($1 + 2000)) ]
}

# refusals NETNS: all drops so far.
refusals()
{
	m6tctl -n "$1" -j stats dev m6t0 | jq '.[0] | with_entries(select(
		(.key | test("^[rt]x_")) and
		(.key | test("^(rx|tx)_keepalive$") | not))) | add'
}

# refused_are NETNS N
refused_are()
{
	[ "$(refusals "$1")" = "$2" ]
}

# many NAME NETNS N COMMAND...: N packets of the command are refused in NETNS.
many()
{
	local before

	before=$(refusals "$2")
	"${@:4}"
	check "$1: $3 packets, as many refusals" \
		wait_for refused_are "$2" $((before + $3))
	TOTAL=$((TOTAL + $3))
}
TOTAL=0

topology
attackers
gateway
mobile_node
honest
need m6tctl -n "$GW" binding add fd00:6d::9 remote 192.0.2.9:9 dev m6t0
BEFORE=$(in_memory)

many "to a gateway" "$GW" $((ROUNDS * 9)) \
	far udp -c "$ROUNDS" -i $PAUSE $GW4 $PORT hex=60 ver=5 plen=9 pad=3 \
	src=fd00:6d::1,dst=$HA6,cut=30 \
	src=2001:db8:9::1,dst=$HA6 \
	src=fd00:6d::2,dst=fd00:6d::3 \
	src=fd00:6d::9,dst=$HA6 \
	src=fd00:6d::4,dst=fe80::1
many "keepalives" "$GW" "$ROUNDS" \
	far udp -c "$ROUNDS" -i $PAUSE $GW4 $PORT src=fd00:6d::9,dst=fe80::1,nh=59
many "to a mobile node" "$MN" $((ROUNDS * 3)) \
	in_ns "$NAT" "$TMP/inject" udp -c "$ROUNDS" -i $PAUSE $MN4 "$(sport)" \
	hex=60 ver=5 "src=$HA6,dst=$ADDRESS"
many "out of a mobile node" "$MN" $((ROUNDS * 2)) \
	in_ns "$MN" "$TMP/inject" dev -c "$ROUNDS" -i $PAUSE m6t0 \
	src=2001:db8:9::1,dst=$HA6 hex=60
many "out of a gateway" "$GW" $((ROUNDS * 2)) \
	in_ns "$GW" "$TMP/inject" dev -c "$ROUNDS" -i $PAUSE m6t0 \
	src=$HA6,dst=fd00:6d::77 hex=60
figure refused "$TOTAL packets; objects in memory before and after:" \
	"$BEFORE $(in_memory)"
check "none of them is leaked" wait_for not_in_memory "$BEFORE"
honest_lives "refused"
finish
