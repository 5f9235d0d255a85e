# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# Common to the tests of "m6tctl check": run it, and check its results.

# shellcheck disable=SC2317,SC2329	# called indirectly

# ask NETNS WORD...: run it there; its output is in $TMP/said, one JSON object a
# line, its exit status in ASKED.
ask()
{
	m6tctl -n "$1" -j check "${@:2}" >"$TMP/json" 2>"$TMP/ask-err"
	ASKED=$?
	jq -c '.[]' "$TMP/json" >"$TMP/said"
}

# said CHECK: results and texts of this check, one a line.
said()
{
	jq -r --arg check "$1" 'select(.check == $check) |
		"\(.result) \(.text)"' "$TMP/said"
}

# says NAME CHECK RESULT [PATTERN]: one of the lines is this.
says()
{
	local rc

	said "$2" | grep -qE "^$3 .*${4:-}"
	rc=$?
	result $rc "$1"
	[ $rc -eq 0 ] || diag "$(cat "$TMP/said" "$TMP/ask-err")"
}

# verdict NAME STATUS: it ends with a verdict and this exit status.
verdict()
{
	local want=failed

	[ "$2" -ne 0 ] || want=ok
	check_eq "$1" "$2 verdict $want" "$ASKED $(tail -n 1 "$TMP/said" |
		jq -r '"\(.check) \(.result)"')"
}
