#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# A hundred mobile nodes behind one carrier NAT move at once, for example in a train.
# The gateway lets in as many as its defaults allow for one IPv4 address: a burst
# of 64, and 16 more a second. Where the NAT's address is exempt, all of them.
#
#    mn1..mn4            nat                    gw               ha
#  +-----------+       +---------+          +-----------+        +------+
#  | cara..y   |       |         |          | m6t0      |        |      |
#  | eth ------+--in N-+     out-+----------+-wan   lan-+--------+-eth  |
#  +-----------+       +---------+          +-----------+        +------+
#
# takes long
# proves: N2 N5 G11

# shellcheck disable=SC2317,SC2329	# called indirectly
# shellcheck source-path=SCRIPTDIR source=../lib/lib.sh
. "$(dirname "$0")/../lib/lib.sh"
# shellcheck source-path=SCRIPTDIR source=../lib/follow.bash
. "$SELFTESTS/lib/follow.bash"

HOSTS=4 NAMES=(car{a..y})
ALL=$((HOSTS * ${#NAMES[@]}))
RATE=16 BURST=64
# s: until an unanswered device pings again.
RETRY=0.25
# ms: limit for all else, with a clock that only waiting moves, on a busy machine,
# and on a slow one.
SOON=3000
[ "$WAIT" -le 10 ] || SOON=30000 RETRY=1
! time_travel || SOON=350 RETRY=0.25
ASKED=$TMP/asked
BEFORE=0			# answers at new addresses from earlier moves

# host N: one of their hosts, with all its devices in one /80.
host()
{
	local name

	link_ns "$MN$1" eth "10.0.$1.2/24" "$NAT" "in$1" \
		"10.0.$1.1/24,10.0.$1.9/24"
	need ip -n "$MN$1" route add default via "10.0.$1.1"
	start "$MN$1" m6tctl follow >"$LOG$1" 2>&1
	for name in "${NAMES[@]}"; do
		echo "link add $name type m6t mode mn prefix $MN_PREFIX gateway $GW4"
		echo "link set $name up"
	done >"$TMP/batch"
	need ip -n "$MN$1" -batch "$TMP/batch"
	start "$MN$1" python3 "$SELFTESTS/stress/crowd.py" $HA6 $RETRY "${NAMES[@]}" \
		>"$ASKED$1"
}

# back SINCE: was each device answered at one more new address? Time (ms after
# SINCE), device and address are in $TMP/back.
back()
{
	sort -n "$ASKED"[0-9] | awk -v since="$1" -v before="$BEFORE" '
		NR > before { print int($1 * 1000 - since), $2, $3 }' >"$TMP/back"
	[ "$(wc -l <"$TMP/back")" -ge $ALL ]
}

# after N: ms until N devices were answered.
after()
{
	sed -n "$1s/ .*//p" "$TMP/back"
}

# move NAME HOP: move all at once to another next hop.
move()
{
	local n since

	BEFORE=$((BEFORE + ALL)) STATS=$(stats "$GW")
	since_boot
	since=$NOW
	for ((n = 1; n <= HOSTS; n++)); do
		need ip -n "$MN$n" route replace default via "10.0.$n.$2"
	done
	check "$1: all devices are answered" wait_for back "$since"
	diag "$1: the first is answered after $(after 1) ms, $BURST after $(after $BURST) ms, all after $(after $ALL) ms"
	check_eq "$1: each device has an address of its own" $ALL \
		"$(cut -d ' ' -f 3 "$TMP/back" | sort -u | wc -l)"
	check_eq "$1: one binding is created for each" \
		$ALL "$(changed binding_created)"
	LIMITED=$(changed rx_rate_limited)
	diag "$1: $LIMITED packets were limited"
}

# changed COUNTER: by how much it has increased, at the gateway.
changed()
{
	stats_diff "$GW" "$STATS" | jq ".m6t0.$1 // 0"
}

ns_add "$NAT" "$GW" "$HA"
for ((n = 1; n <= HOSTS; n++)); do
	ns_add "$MN$n"
done
link_ns "$NAT" out $NAT4/24 "$GW" wan $GW4/24
link_ns "$GW" lan $GW6/64 "$HA" eth $HA6/64
in_ns "$NAT" sysctl -qw net.ipv4.ip_forward=1
in_ns "$GW" sysctl -qw net.ipv6.conf.all.forwarding=1
need ip -n "$HA" -6 route add $PREFIX via $GW6
nat_rule "masquerade fully-random"
gateway exempt $NAT4
for ((n = 1; n <= HOSTS; n++)); do
	host "$n"
done
check "all devices are answered at first" wait_for back 0

need ip -n "$GW" link set m6t0 type m6t exempt 192.0.3.0/24
# ms: time for the missing tokens.
trickle=$(((ALL - BURST) * 1000 / RATE))
move "limited" 9
check "a burst is answered at once" test "$(after $BURST)" -le $SOON
check "the last is not answered before the limit permits" \
	test "$(after $ALL)" -ge $((trickle - 50))
check "the last is answered soon after that" \
	test "$(after $ALL)" -le $((trickle + SOON))
# Slow machines move them one by one, as slowly as tokens are added.
[ $SOON -gt 3000 ] ||
	check "some packets were limited" test "$LIMITED" -gt 0

need ip -n "$GW" link set m6t0 type m6t exempt $NAT4
move "exempt" 1
check "with the NAT exempt all are answered at once" test "$(after $ALL)" -le $SOON
check_eq "with the NAT exempt no packet was limited" 0 "$LIMITED"
check_eq "all bindings are listed" $((3 * ALL)) "$(bindings)"
finish
