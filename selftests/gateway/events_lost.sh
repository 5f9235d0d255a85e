#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Events that were held back, as there were too many, are reported within a second
# although no other event follows: how many, and of which device; also when that
# device is deleted or leaves its network namespace right after the burst. Each is
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
	check "$1: each is told of or counted" wait_for told_is $BURST
	diag "$(told) of $BURST: $(last_event)"
}

# over: what the next burst shall not find.
over()
{
	stop "$MONITOR"
	ip -n "$GW" link del m6t0 2>"$TMP/err"
}

# own_event: the last one says how many were held back, and is nothing else.
own_event()
{
	check_eq "by an event of its own" '["dev","event","lost","time"]' \
		"$(last_event | jq -c keys)"
	check_eq "of this device" "m6t0 lost" \
		"$(last_event | jq -r '"\(.dev) \(.event)"')"
	check "within a second" test "$(last_event |
		jq --argjson sent "$END" ".time - \$sent < $LATE")" = true
	check "for people as well" wait_for grep -qE \
		"^[0-9:.]+ m6t0 lost lost [0-9]+$" "$TMP/text"
}

alone()
{
	local text

	start "$GW" m6tctl monitor >"$TMP/text"
	text=$PID
	burst
	all_told "nothing follows"
	# A slow machine may have been told of the last ones.
	if [ "$(last_event | jq -r .event)" = lost ] || ! told_is $BURST; then
		own_event
	else
		result 0 "none was held back at the end # SKIP too slow for that"
	fi
	need m6tctl -n "$GW" binding add fd00:6d::fffe remote $NAT4:1 dev m6t0
	check "one more is told of as well" wait_for told_is $((BURST + 1))
	check_eq "which follows nothing" '"binding-new" null' \
		"$(last_event | jq -r '"\(.event | tojson) \(.lost)"')"
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
