#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Events that were suppressed by the rate limit are reported within a second even
# when no other event follows: their number and device; also when that device is
# deleted or moved to another network namespace right after the burst. Each is
# counted once.
#
# takes long
# proves: G14
# class: T15

# shellcheck disable=SC2119,SC2317,SC2329	# optional arguments, indirect calls
# shellcheck source-path=SCRIPTDIR source=../lib/lib.sh
. "$(dirname "$0")/../lib/lib.sh"
# shellcheck source-path=SCRIPTDIR source=../lib/events.bash
. "$SELFTESTS/lib/events.bash"

AWAY=m6t-$$-away
LATE=1.0			# s
[ "$WAIT" -le 10 ] || LATE=4.0

# all_told NAME
all_told()
{
	check "$1: each event is reported or counted as lost" \
		wait_for told_is $BURST
	diag "$(told) of $BURST: $(last_event)"
}

# over: remove the monitor and the device before the next burst.
over()
{
	stop "$MONITOR"
	ip -n "$GW" link del m6t0 2>"$TMP/err"
}

# own_event: the last event reports the number of lost ones, and nothing else.
own_event()
{
	check_eq "lost events are reported in a separate event" \
		'["dev","event","lost","time"]' \
		"$(last_event | jq -c keys)"
	check_eq "that event names the device" "m6t0 lost" \
		"$(last_event | jq -r '"\(.dev) \(.event)"')"
	check "that event comes within a second" test "$(last_event |
		jq --argjson sent "$END" ".time - \$sent < $LATE")" = true
	check "the text output has that event" wait_for grep -qE \
		"^[0-9:.]+ m6t0 lost lost [0-9]+$" "$TMP/text"
}

alone()
{
	local text

	start "$GW" m6tctl monitor >"$TMP/text"
	text=$PID
	burst
	all_told "no event follows"
	# On a slow machine the last events may have been reported.
	if [ "$(last_event | jq -r .event)" = lost ] || ! told_is $BURST; then
		own_event
	else
		result 0 "lost events are reported in a separate event # SKIP machine too slow to lose any"
	fi
	# Where hardly any time has passed, the first one may be suppressed, too.
	need m6tctl -n "$GW" binding add fd00:6d::fffe remote $NAT4:1 dev m6t0
	need m6tctl -n "$GW" binding del fd00:6d::fffe dev m6t0
	check "a deletion is never suppressed" wait_for grep -q \
		'"event":"binding-deleted"' "$TMP/events"
	check_eq "what was reported is not reported again" $((BURST + 1)) "$(told)"
	stop "$text"
	over
}

deleted()
{
	burst
	need ip -n "$GW" link del m6t0
	all_told "the device is deleted"
	over
}

moved()
{
	burst
	need ip -n "$GW" link set m6t0 netns "$AWAY"
	all_told "the device is moved"
	need ip -n "$AWAY" link del m6t0
	over
}

ns_add "$GW" "$AWAY"
alone
deleted
moved
finish
