# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# What a check found: of each kernel and each host test what failed, and the
# sums.

PASSED=0 FAILED=0 SKIPPED=0
COMPLAINED=()			# whose kernel warned, crashed or leaked
COMPLAINT=125			# the exit status of lab/run that says so

# block FILE TEST: what this test said.
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

# gather NAME: what all its guests said, and the worst of their states, in files.
gather()
{
	cat "$OUT/$1".[0-9] >"$OUT/$1.all"
	sort -n "$OUT/$1".[0-9].status | tail -n 1 >"$OUT/$1.status"
}

# complete KERNEL: a guest that ended early may have taken tests along.
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
	# What the deadline ended has not failed.
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

# report NAME: show what failed, and add up.
report()
{
	local file=$OUT/$1.all status ok not skip

	status=$(cat "$OUT/$1.status")
	skip=$(count '^ok [0-9]+ .*# SKIP' "$file")
	ok=$(($(count '^ok [0-9]+ ' "$file") - skip))
	not=$(count '^not ok [0-9]+ ' "$file")
	grep '^ok .*# SKIP no time left' "$file"
	[ "$not" -eq 0 ] || failures "$file"
	# A script that died without a word, a splat, a guest that hung.
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

# report_end: the last lines; those about to leave look here.
report_end()
{
	local name

	for name in ${COMPLAINED[@]+"${COMPLAINED[@]}"}; do
		echo "# the kernel of $name warned, crashed or leaked, see above"
	done
	cat "$OUT/unsteady" 2>/dev/null
	echo "$PASSED passed, $FAILED failed, $SKIPPED skipped"
}
