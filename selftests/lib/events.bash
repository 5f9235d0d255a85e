# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# A burst of events above the limit of events at once: those of restored bindings.
# For that, $GW needs only its name.

# For the scripts, indirect calls.
# shellcheck disable=SC2034,SC2317,SC2329

BURST=9000

# burst: all at once, of a new device, whose limit is unused. Sets MONITOR, and
# END, the time after all; the events are in $TMP/events.
burst()
{
	local i

	for ((i = 1; i <= BURST; i++)); do
		printf 'fd00:6d:0:1::%x remote 192.0.2.9:7 ' $i
		printf 'local 0.0.0.0:%s state static idle 0 rx 0 0 tx 0 0\n' $PORT
	done >"$TMP/burst"
	gateway
	: >"$TMP/events"
	start "$GW" m6tctl -j monitor >>"$TMP/events" 2>"$TMP/monitor.err"
	MONITOR=$PID
	need wait_for listening "$TMP/events"
	: >"$TMP/events"
	need m6tctl -n "$GW" binding restore dev m6t0 <"$TMP/burst" >"$TMP/out"
	END=${EPOCHREALTIME/,/.}
}

# told: how many were reported, or counted as lost.
told()
{
	jq -n '[inputs | (if .event == "binding-new" then 1 else 0 end),
		.lost // 0] | add' "$TMP/events"
}

told_is()
{
	[ "$(told)" = "$1" ]
}

last_event()
{
	tail -n 1 "$TMP/events"
}
