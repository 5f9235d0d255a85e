# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# The results of a check: failures of each kernel and each host test, and the
# totals.

PASSED=0 FAILED=0 SKIPPED=0
COMPLAINED=()			# whose kernel warned, crashed or leaked
COMPLAINT=125			# the exit status of lab/run that says so

# block FILE TEST: the output of this test.
block()
{
	sed -n "/^# selftests: m6t: $2\$/,/^# selftests: m6t: $2: /p" "$1"
}

# failed_tests FILE
failed_tests()
{
	sed -n 's/^# selftests: m6t: \(.*\): not ok, .*/\1/p' "$1"
}

# out_of_time: the deadline has passed.
out_of_time()
{
	[ "$(time_left)" -le 0 ]
}

# gather NAME: the output of all its guests, and the worst exit status, in files.
gather()
{
	cat "$OUT/$1".[0-9] >"$OUT/$1.all"
	sort -n "$OUT/$1".[0-9].status | tail -n 1 >"$OUT/$1.status"
}

# complete KERNEL: add results for tests lost with a guest that ended early.
complete()
{
	local t file=$OUT/$1.all

	queue_tests "$1" | while read -r t; do
		! grep -qE "^(# selftests: m6t: $t: |ok 1 $t # SKIP)" "$file" ||
			continue
		if out_of_time; then
			echo "ok 1 $t # SKIP no time left for $1"
		else
			echo "not ok 0 $t has no result: $1 ended before it did"
		fi >>"$file"
	done
	# A guest that was ended by the deadline has not failed.
	[ "$(cat "$OUT/$1.status")" != 124 ] || ! out_of_time ||
		echo 0 >"$OUT/$1.status"
}

count()
{
	grep -cE "$1" "$2"
}

# failures FILE: the tests that failed, and why.
failures()
{
	local t

	for t in $(failed_tests "$1"); do
		echo "# $t:"
		block "$1" "$t" | grep -E -A 12 '^(not ok|Bail out)'
	done
	grep -q '^# selftests: ' "$1" || grep -E -A 12 '^(not ok|Bail out)' "$1"
	grep '^not ok 0 .* has no result' "$1"
}

# report NAME: show failures, and add to the totals.
report()
{
	local file=$OUT/$1.all status ok not skip

	status=$(cat "$OUT/$1.status")
	skip=$(count '^ok [0-9]+ .*# SKIP' "$file")
	ok=$(($(count '^ok [0-9]+ ' "$file") - skip))
	not=$(count '^not ok [0-9]+ ' "$file")
	grep '^ok .*# SKIP no time left' "$file"
	[ "$not" -eq 0 ] || failures "$file"
	# A script that died without output, a splat, a guest that hung.
	case $status in
	0)	;;
	1)	[ "$not" -gt 0 ] || tail -n 60 "$file" ;;
	*)	tail -n 60 "$file" ;;
	esac
	[ "$status" -eq 0 ] || [ "$not" -gt 0 ] || not=1
	[ "$status" -ne $COMPLAINT ] || COMPLAINED+=("$1")
	echo "# $1: $ok passed, $not failed, $skip skipped"
	PASSED=$((PASSED + ok))
	FAILED=$((FAILED + not))
	SKIPPED=$((SKIPPED + skip))
}

# report_end: the last lines, with all that must not be missed.
report_end()
{
	local name

	for name in ${COMPLAINED[@]+"${COMPLAINED[@]}"}; do
		echo "# the kernel of $name warned, crashed or leaked, see above"
	done
	cat "$OUT/unsteady" 2>/dev/null
	echo "$PASSED passed, $FAILED failed, $SKIPPED skipped"
}
