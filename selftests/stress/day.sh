#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# An hour of twenty mobile nodes behind a NAT, or, the long version, a day of a
# hundred: they appear, send, fall silent, return; the home agent answers some of
# them. The gateway is compared with a model of it, packet by packet, event by
# event: each binding expires in time, not earlier, and later by less than a
# millisecond and, where traffic has extended it, a tick. In real time, some
# seconds of a few nodes with short timeouts, and some tolerance. See day.py.
#
# soak: uml-kasan
# takes long
# proves: G4 G5 G6 G7 G8 G9 G13 G14
# class: T15

# shellcheck disable=SC2317,SC2329	# called indirectly
# shellcheck source-path=SCRIPTDIR source=../lib/lib.sh
. "$(dirname "$0")/../lib/lib.sh"

SILENT=2001:db8:1:f::/64		# home agents that never answer
SEED=${M6T_SEED:-$RANDOM$RANDOM}
DEVICES=()

# devices N: mobile nodes, with keepalives of different kinds.
devices()
{
	local i intervals=(30 0 150 60)

	for ((i = 1; i <= $1; i++)); do
		need ip -n "$MN" link add "mn$i" type m6t mode mn \
			prefix "fd00:6d:0:1:$i::/80" gateway $GW4 \
			keepalive "${intervals[i % 4]}"
		need ip -n "$MN" link set "mn$i" up
		DEVICES+=("mn$i")
	done
}

# day WORD...
day()
{
	local IFS=,

	python3 "$SELFTESTS/stress/day.py" seed="$SEED" events="$TMP/events" \
		devices="${DEVICES[*]}" mn="$MN" gw="$GW" ha="$HA" "$@" \
		>"$TMP/out" 2>&1
}

diag "seed $SEED"
topology
ip -n "$GW" -6 route add $SILENT via $HA6
ip -n "$HA" -6 route add blackhole $SILENT
if time_travel; then
	gateway ha 2001:db8:1::/48 rate 0
	devices "$(short_or_long 3 10)"
	monitor "$TMP/events"
	check "an hour, or a day: the gateway does what the model predicts" day \
		seconds="$(short_or_long 3600 86400)" \
		nodes="$(short_or_long 20 90)"
else
	ms=2000 patience=500
	[ "$WAIT" -le 10 ] || ms=4000 patience=1000
	gateway ha 2001:db8:1::/48 rate 0 temp-timeout $ms active-timeout 5
	devices 2
	monitor "$TMP/events"
	check "some seconds: the gateway does what the model predicts" \
		day exact=0 seconds=8 \
		nodes=8 temporary=${ms}000000 active=5000000000 \
		patience=${patience}000000
fi
tail -n 60 "$TMP/out"
finish
