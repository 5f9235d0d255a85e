# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# Which scripts are tests, where each runs, and how long it took last time.
# shellcheck disable=SC2034 # by those that source this

# For an emulated kernel with race detection, which is slow: tests with races of
# CPUs.
KCSAN_TESTS=(traffic.sh gw_table.sh storm.sh races.sh dsmip_races.sh)
# Tests of leaks, of the balance of RCU and of failing allocations, which a
# kernel without checks does not detect. For the short check, as all tests take
# long there.
DEBUG_TESTS=(path.sh attack_t5_socket.sh attack_t14_dump.sh)
# Seconds that are assumed for tests that have never run.
UNKNOWN=30

# all_tests: their paths; files that are only sourced are not executable.
all_tests()
{
	local path

	for path in "$SELF"/*/*.sh; do
		[ ! -x "$path" ] || echo "$path"
	done
}

# guest_tests: the names of all tests that run in a guest.
guest_tests()
{
	all_tests | xargs grep -LE '^# runs on the host' | sed 's|.*/||' | sort
}

# test_path NAME: its path, in any folder.
test_path()
{
	local path

	for path in "$SELF"/*/"$1"; do
		[ ! -x "$path" ] || echo "$path"
	done
}

# tests_of KERNEL: the tests of this run for it.
tests_of()
{
	case ${WHOLE:+$MODE-}$1 in
	*-x86-kcsan)		printf '%s\n' "${KCSAN_TESTS[@]}" ;;
	check-uml-debug)	printf '%s\n' "${DEBUG_TESTS[@]}" ;;
	*)			printf '%s\n' "${TESTS[@]}" ;;
	esac
}

# takes_too_long KERNEL TEST: the short check skips it on emulated machines.
takes_too_long()
{
	[ -n "$WHOLE" ] && [ "$MODE" != all ] || return
	case $1 in
	debian-*|x86-*)	grep -q '^# takes long' "$(test_path "$2")" ;;
	*)		return 1 ;;
	esac
}

# needs_two_cpus TEST: it is about what two CPUs do at once.
needs_two_cpus()
{
	grep -q '^# needs two CPUs' "$(test_path "$1")"
}

# cpus_of KERNEL TEST: number of CPUs of its guest. On a busy machine, half of the time
# is lost when one CPU of a guest waits for another one that does not run. check --all
# and the kernels with checks have two for all tests.
cpus_of()
{
	if [ "$MODE" = all ] || [[ $1 == *-debug || $1 == x86-* ]] ||
		needs_two_cpus "$2"; then
		echo 2
	else
		echo 1
	fi
}

# long_first KERNEL: the tests on standard input as "TEST SECONDS", unknown ones
# first, then those that took longest.
long_first()
{
	[ -e "$CACHE/seconds/$1" ] || : >>"$CACHE/seconds/$1"
	awk -v unknown=$UNKNOWN '
		known { seconds[$1] = $2; next }
		$1 in seconds { print 1, seconds[$1], $1; next }
		{ print 0, unknown, $1 }' \
		known=1 "$CACHE/seconds/$1" known= - |
		sort -s -k 1,1n -k 2,2nr | awk '{ print $3, $2 }'
}

# seconds_keep KERNEL: store how long its tests took this time.
seconds_keep()
{
	local file=$CACHE/seconds/$1

	sed -n 's/^# selftests: m6t: \(.*\): ok, \([0-9]*\) s$/\1 \2/p' \
		"$OUT/$1.all" |
		awk '{ seconds[$1] = $2 }
			END { for (t in seconds) print t, seconds[t] }' \
			"$file" - | sort >"$file.$$"
	mv "$file.$$" "$file"
}
