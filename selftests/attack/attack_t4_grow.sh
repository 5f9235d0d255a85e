#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# A table that grows repeatedly, while bindings are created by packets, removed
# by flushes and timers, and replaced by an administrator: none is lost, and none
# that was removed stays.
#
# needs two CPUs
# proves: G12 G13 G16
# class: T4

# shellcheck disable=SC2119,SC2317,SC2329	# optional arguments, indirect calls
# shellcheck source-path=SCRIPTDIR source=../lib/lib.sh
. "$(dirname "$0")/../lib/lib.sh"

STAY=3000 COME=400 ROUNDS=3
[ "${M6T_KERNEL:-}" = uml ] || ROUNDS=1	# elsewhere one takes a minute

# stay: input of binding restore, for bindings that stay.
stay()
{
	local i

	for ((i = 1; i <= STAY; i++)); do
		printf 'fd00:6d:0:1::%x remote 192.0.2.9:7 ' $i
		printf 'local %s state static idle 0 rx 0 0 tx 0 0\n' $GW4:$PORT
	done
}

# vouched: likewise, for some that packets create.
vouched()
{
	local i

	for ((i = 1; i <= COME; i += 4)); do
		printf 'fd00:6d:0:2::%d remote 192.0.2.9:7 ' $i
		printf 'local %s state static idle 0 rx 0 0 tx 0 0\n' $GW4:$PORT
	done
}

# grow: as often as possible, from 4,096 buckets on.
grow()
{
	local max

	for ((max = 8192; max <= 1 << 20; max *= 2)); do
		need ip -n "$GW" link set m6t0 type m6t max-bindings $max
	done
}

# more N: more than N bindings were created.
more()
{
	[ "$(counter "$GW" binding_created)" -gt "$1" ]
}

# bindings_are N: there are N.
bindings_are()
{
	[ "$(bindings)" = "$1" ]
}

# newcomers: the same addresses, over and over, with a pause: a clock that jumps
# moves only in pauses.
newcomers()
{
	local i packets=()

	for ((i = 1; i <= COME; i++)); do
		packets+=("src=fd00:6d:0:2::$i,dst=$HA6")
	done
	start "$MN" "$TMP/inject" udp -c 100000000 -i 1 $GW4 $PORT "${packets[@]}"
	COMING=$PID
}

# round: one gateway from its first table to its last. Sets CREATED.
round()
{
	gateway max-bindings 4096 temp-timeout 10 rate 0
	need m6tctl -n "$GW" binding restore dev m6t0 <"$TMP/stay" >"$TMP/out"
	newcomers
	start "$GW" bash -c 'while sleep 0.001; do m6tctl binding flush \
		dev m6t0 prefix fd00:6d:0:2::/64; done' >"$TMP/out" 2>&1
	FLUSHING=$PID
	start "$GW" bash -c "while sleep 0.001; do m6tctl binding restore \
		dev m6t0 <$TMP/vouched; done" >"$TMP/restored" 2>&1
	need wait_for more $((STAY + COME))
	grow
	CREATED=$(counter "$GW" binding_created)
	check "bindings are created and removed in the last table" \
		wait_for more "$CREATED"
	stop "$COMING" "$PID" "$FLUSHING"
	check "some bindings were replaced" \
		grep -qE "^restored [1-9]" "$TMP/restored"
	need m6tctl -n "$GW" binding flush dev m6t0 state static \
		prefix fd00:6d:0:2::/64 >"$TMP/out"
	check "all temporary bindings are removed" wait_for bindings_are $STAY
	m6tctl -n "$GW" -j binding show dev m6t0 | jq -r '.[].address' |
		sort >"$TMP/there"
	check "all bindings that stay are listed once, and no others" \
		cmp "$TMP/want" "$TMP/there"
	need m6tctl -n "$GW" binding flush dev m6t0 >"$TMP/out"
	check_eq "a flush removes all bindings" 0 "$(bindings)"
	need ip -n "$GW" link del m6t0
}

ns_add "$MN" "$GW"
link_ns "$MN" eth 192.0.2.1/24 "$GW" wan $GW4/24
need ip -n "$GW" -6 route add blackhole default
need_inject
stay >"$TMP/stay"
vouched >"$TMP/vouched"
cut -d ' ' -f 1 "$TMP/stay" | sort >"$TMP/want"
for ((i = 0; i < ROUNDS; i++)); do
	round
	figure "growing" "$CREATED bindings came meanwhile"
done
finish
