#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# The runners themselves, on tests of a few lines and a lab that only pretends:
# what runs where and in which order, what is told meanwhile and at the end,
# what counts, and what the exit status says.
# runs on the host

# shellcheck disable=SC2016,SC2317,SC2329	# scripts in quotes, indirect calls
# shellcheck source-path=SCRIPTDIR source=../lib/lib.sh
. "$(dirname "$0")/../lib/lib.sh"
ROOT=$TMP/project
FAKE=$ROOT/selftests
export M6T_CACHE=$TMP/cache RAN=$TMP/ran
unset M6T_DEADLINE M6T_SCRATCH

# ---- a project whose lab runs everything here

# program FILE [LINE...]
program()
{
	printf '%s\n' '#!/bin/bash' "${@:2}" >"$FAKE/$1"
	chmod 755 "$FAKE/$1"
}

# fake NAME [LINE...]: a test of one check, which notes that it ran; the lines come
# before its result, as its header or as what it does.
fake()
{
	local path=$1

	case $path in
	*/* | demo) ;;
	*)	path=topic/$path ;;
	esac
	program "$path" "${@:2}" \
		'echo "${M6T_KERNEL:-} ${0##*/} ${FAKE_GUEST:-}" >>"$RAN"' \
		'echo "ok 1 one"' 'echo 1..1'
}

# The guest is a group of processes that has a number. What it ends with may be
# in a file.
fake_lab()
{
	program lab/prepare 'exit 0'
	program lab/run 'while getopts t:s: o; do' \
		'[ $o != s ] || export M6T_SCRATCH=$OPTARG' \
		'done' 'shift $((OPTIND - 1))' 'export M6T_KERNEL=$1' 'shift' \
		'echo "lab: booting" >&2' \
		'setsid bash -c '\''FAKE_GUEST=$$ exec "$@"'\'' - "$@" &' \
		'trap '\''pkill -s $!; exit 143'\'' TERM' 'wait $!' 'status=$?' \
		'[ ! -e "$0-$M6T_KERNEL" ] || status=$(cat "$0-$M6T_KERNEL")' \
		'exit $status'
}

# project: as it is, with tests of its own.
project()
{
	local t

	rm -rf "$ROOT" "$RAN" "$M6T_CACHE"
	mkdir -p "$FAKE"/{host,lab,topic} "$ROOT/.ci"
	cp "$SELFTESTS"/{check,in_guest,soak,coverage} "$FAKE/"
	cp "$SELFTESTS"/mutate{,.reasons} "$FAKE/"
	cp -r "$SELFTESTS/runner" "$FAKE/"
	cp "$SELFTESTS"/lab/{lib,progress,kernels}.sh "$FAKE/lab/"
	cp "$SELFTESTS/../.ci/run" "$ROOT/.ci/"
	fake_lab
	for t in a b path attack_t5_socket attack_t14_dump; do
		fake $t.sh
	done
	fake long.sh '# takes long'
	for t in host/{build,install,runner}.sh demo lab/selftest; do
		fake $t '# runs on the host'
	done
}

# checks STATUS WORD...: a run of check that ends so; it says what is in "said".
checks()
{
	local status

	timeout 60 "$FAKE/check" "${@:2}" >"$TMP/said" 2>&1
	status=$?
	[ $status -eq "$1" ] && return
	echo "exit status $status, not $1:"
	cat "$TMP/said"
	return 1
}

says()
{
	grep -qE -- "$1" "$TMP/said" || { cat "$TMP/said"; return 1; }
}

never_says()
{
	! says "$@" >"$TMP/why" || { cat "$TMP/said"; return 1; }
}

last_line()
{
	tail -n 1 "$TMP/said"
}

# ran KERNEL: the tests that ran there, by name.
ran()
{
	sed -n "s|^$1 \([^ ]*\) .*|\1|p" "$RAN" | sort | xargs
}

# ---- what runs where

WHOLE="a.sh attack_t14_dump.sh attack_t5_socket.sh b.sh long.sh path.sh"

whole_ok()
{
	project
	check "all pass" checks 0
	check_eq "the last line counts" "19 passed, 0 failed, 1 skipped" \
		"$(last_line)"
	check_eq "each test once on uml" "$WHOLE" "$(ran uml)"
	check_eq "on debian-6.1 but what takes long" "${WHOLE/long.sh /}" \
		"$(ran debian-6.1)"
	check_eq "some on uml-debug" \
		"attack_t14_dump.sh attack_t5_socket.sh path.sh" "$(ran uml-debug)"
	check_eq "host tests" "build.sh demo install.sh runner.sh selftest" \
		"$(ran '')"
	check "each is told as it ends" says \
		"^# [0-9]+ of 19, [0-9]+ s: path.sh on uml-debug: ok, [0-9]+ s$"
	check "to the last one" says "^# 19 of 19, "
	check "and what the lab says" says "uml-debug: booting"
	check_eq "how long each took is kept" "$WHOLE" \
		"$(cut -d ' ' -f 1 "$M6T_CACHE/seconds/uml" | xargs)"
}

quick_ok()
{
	project
	check "quick: all pass" checks 0 --quick
	check_eq "quick: all tests on uml" "$WHOLE" "$(ran uml)"
	check_eq "quick: and none elsewhere" "" "$(ran 'debian.*')$(ran uml-debug)"
	check_eq "quick: host tests of that kernel" \
		"demo runner.sh selftest" "$(ran '')"
}

all_ok()
{
	local kernel

	project
	for kernel in traffic gw_table storm races; do
		fake $kernel.sh
	done
	check "all: all pass" checks 0 --all
	for kernel in debian-6.12 debian-6.1 uml uml-debug uml-kasan; do
		check_eq "all: each test on $kernel" 10 "$(ran $kernel | wc -w)"
	done
	check_eq "all: those of CPUs on x86-kcsan" 4 "$(ran x86-kcsan | wc -w)"
}

some_ok()
{
	project
	check "named tests" checks 0 -k uml-debug b.sh a.sh
	check_eq "on the named kernel" "a.sh b.sh" "$(ran uml-debug)"
	check_eq "and no others" "" "$(ran uml)$(ran '')"
	project
	check "a named kernel" checks 0 -k uml-debug
	check_eq "has all tests" "$WHOLE" "$(ran uml-debug)"
	check "a test that there is none of" checks 2 none.sh
	check "wrong usage" checks 2 --no-such
}

# ---- order, and guests that share

# order KERNEL: the tests as they began.
order()
{
	sed -n "s|^$1 \([^ ]*\) .*|\1|p" "$RAN" | xargs
}

order_ok()
{
	project
	mkdir -p "$M6T_CACHE/seconds"
	printf '%s\n' "a.sh 2" "b.sh 30" "long.sh 4" "path.sh 3" \
		>"$M6T_CACHE/seconds/uml-gcov"
	fake alone.sh '# runs alone: as it is'
	check "long ones first" checks 0 -k uml-gcov a.sh alone.sh b.sh long.sh \
		attack_t5_socket.sh path.sh
	check_eq "in this order" \
		"attack_t5_socket.sh b.sh long.sh path.sh a.sh alone.sh" \
		"$(order uml-gcov)"
	check "the newest times are kept" \
		grep -qx "b.sh [0-9]" "$M6T_CACHE/seconds/uml-gcov"
}

# guests KERNEL: how many took part.
guests()
{
	sed -n "s|^$1 .* ||p" "$RAN" | sort -u | wc -l
}

share_ok()
{
	local t

	project
	for t in 1 2 3 4 5 6; do
		fake s$t.sh 'sleep 0.5'
	done
	fake alone.sh '# runs alone: as it is'
	check "an idle lane takes from another's queue" checks 0 -k uml \
		s{1,2,3,4,5,6}.sh alone.sh
	check_eq "each test runs once" \
		"alone.sh s1.sh s2.sh s3.sh s4.sh s5.sh s6.sh" "$(ran uml)"
	check_eq "in two guests" 2 "$(guests uml)"
}

# ---- what fails

failure_ok()
{
	project
	fake bad.sh 'echo "not ok 1 the sky is blue"' 'exit 1'
	fake dies.sh 'exit 3'
	fake late.sh 'echo "not ok 0 late.sh: not finished"' 'exit 1'
	fake short.sh 'echo "ok 1 too short"' 'echo 1..3' 'exit 0'
	check "failures" checks 1 -k uml-gcov a.sh bad.sh dies.sh late.sh short.sh
	check_eq "are counted" "2 passed, 4 failed, 0 skipped" "$(last_line)"
	check "each is told when it ends" says \
		"^# [0-9] of 5, [0-9]+ s: bad.sh on uml-gcov: not ok, [0-9]+ s; failed so far: .*bad.sh on uml-gcov"
	check "with its name" says "^not ok 1 the sky is blue"
	check "a script that died is told" says "exit status 3, though no check"
	check "one that ended early, too" says "the plan is 1..3, there are 1"
	check "there is another try" says "of 8, .* bad.sh on uml-gcov: not ok"
	check_eq "but for what was not finished" 1 \
		"$(grep -c 's: late.sh on uml-gcov: not ok' "$TMP/said")"
	check_eq "what fails twice is not unsteady" "" \
		"$(cat "$M6T_CACHE/unsteady" 2>/dev/null)"
}

unsteady_ok()
{
	project
	fake shaky.sh '[ -e "$RAN-shaky" ] || {' ': >"$RAN-shaky"' \
		'echo "not ok 1 the sky is blue"' 'exit 1' '}'
	check "what passes at the second try passes" checks 0 -k uml a.sh shaky.sh
	check_eq "that is told before the last line" \
		"# unsteady: shaky.sh on uml: \"the sky is blue\" failed at first, then passed" \
		"$(tail -n 2 "$TMP/said" | head -n 1)"
	check_eq "which counts the second try" "2 passed, 0 failed, 0 skipped" \
		"$(last_line)"
	check "it no longer counts as failed" says \
		"^# 3 of 3, [0-9]+ s: shaky.sh on uml: ok, [0-9]+ s$"
	check_eq "it is kept" "$(date +%F) none uml shaky.sh the sky is blue" \
		"$(tr '\t' ' ' <"$M6T_CACHE/unsteady")"
	rm "$RAN-shaky"
	check "once more" checks 0 -k uml shaky.sh
	check "a summary" checks 0 --unsteady
	check "has it twice" says \
		"^2[[:space:]]shaky.sh on uml: the sky is blue \(last $(date +%F) none\)$"
}

complaint_ok()
{
	project
	echo 125 >"$FAKE/lab/run-uml-debug"
	check "a kernel that complains" checks 3 -k uml -k uml-debug a.sh
	check "is told at the end" says "^# the kernel of uml-debug warned"
	check_eq "and has failed" "2 passed, 1 failed, 0 skipped" "$(last_line)"
	fake bad.sh 'echo "not ok 1 the sky is blue"' 'exit 1'
	check "also where a test fails" checks 3 -k uml -k uml-debug a.sh bad.sh
	rm "$FAKE/lab/run-uml-debug"
	fake demo '# runs on the host' 'exit 125'
	check "also in a host test" checks 3 --quick
}

# A guest that ends takes along what it runs, and what nobody takes after it.
lost_ok()
{
	project
	fake crash.sh 'kill -KILL -- -$FAKE_GUEST'
	mkdir -p "$M6T_CACHE/seconds"
	printf '%s\n' "crash.sh 9" "a.sh 1" >"$M6T_CACHE/seconds/uml-gcov"
	check "a guest that dies" checks 1 -k uml-gcov crash.sh a.sh
	check "is told: what it ran" says "^not ok 0 crash.sh has no result"
	check "and what never ran" says "^not ok 0 a.sh has no result"
	check_eq "and counted" "0 passed, 2 failed, 0 skipped" "$(last_line)"
}

# ---- deadline

deadline_ok()
{
	project
	M6T_DEADLINE=$(($(date +%s) - 1)) \
		check "after the deadline nothing begins" checks 0
	check_eq "and nothing fails" "0 passed, 0 failed, 20 skipped" "$(last_line)"
	check "it is told of each" says "^ok 1 path.sh # SKIP no time left"
	project
	fake slow.sh 'sleep 3'
	mkdir -p "$M6T_CACHE/seconds"
	printf '%s\n' "slow.sh 9" "a.sh 1" >"$M6T_CACHE/seconds/uml-gcov"
	M6T_DEADLINE=$(($(date +%s) + 2)) check "a deadline" checks 0 \
		-k uml-gcov slow.sh a.sh
	check_eq "what has begun may end" "1 passed, 0 failed, 1 skipped" \
		"$(last_line)"
}

# ---- how it is told

terminal_ok()
{
	project
	fake bad.sh 'echo "not ok 1 the sky is blue"' 'exit 1'
	TERM=xterm script -qec "$FAKE/check -k uml a.sh bad.sh" /dev/null \
		</dev/null >"$TMP/said" 2>&1
	check "on a terminal one line moves" says $'\r\e\\[K# [0-9] of 2, [0-9]+ s: '
	check "and what fails stays" says \
		$'\r\e\\[K# bad.sh on uml: not ok, [0-9]+ s\r?$'
	check_eq "the last line is clean" "1 passed, 1 failed, 0 skipped" \
		"$(last_line | tr -d '\r')"
}

# gone PID: neither this process nor what it began.
gone()
{
	! kill -0 "$1" 2>/dev/null && ! pgrep -f "^sleep 987654" >/dev/null
}

interrupt_ok()
{
	local pid

	project
	fake forever.sh ': >"$RAN"' 'sleep 987654'
	"$FAKE/check" -k uml forever.sh >"$TMP/said" 2>&1 &
	pid=$!
	check "it runs" wait_for test -e "$RAN"
	kill $pid
	check "when it is ended, guests are" wait_for gone $pid
}

# built: a kernel that takes three seconds.
built()
{
	mkdir -p "$TMP/bin" "$TMP/out"
	printf '%s\n' '#!/bin/sh' "touch $TMP/out/a.o $TMP/out/b.o" 'sleep 2.5' \
		>"$TMP/bin/make"
	chmod 755 "$TMP/bin/make"
	PATH=$TMP/bin:$PATH TERM=xterm script -qec "bash -c '
		LAB=$SELFTESTS/lab; . $SELFTESTS/lab/lib.sh
		. $SELFTESTS/lab/kernels.sh
		built_make uml /nowhere $TMP/out'" /dev/null </dev/null \
		>"$TMP/said" 2>&1
}

build_ok()
{
	built
	check "a kernel's build: how many objects so far" says \
		$'\r\e\\[Klab: building kernel uml: 2 objects, [12] s'
}

# ---- the other runners

mutate_ok()
{
	project
	printf '%s\n' '== nobody looks | code | a.sh' '-right' '+wrong' '' \
		'== somebody looks | code | look.sh' '-right' '+wrong' '' \
		'== also | code | look.sh' '-right' '+false' >"$FAKE/mutations"
	echo right >"$ROOT/code"
	fake look.sh 'grep -qx right "$(dirname "$0")/../../code" ||' \
		'{ echo "not ok 1 it is wrong"; exit 1; }'
	git -C "$ROOT" init -q
	"$FAKE/mutate" >"$TMP/said" 2>&1
	check "mutate: what survives" says "^not ok 1 a.sh: nobody looks"
	check "mutate: how far it is, and what has survived" says \
		"^# 2 of 3, [0-9]+ s: somebody looks; failed so far: nobody looks"
}

coverage_ok()
{
	project
	fake bad.sh 'echo "not ok 1 the sky is blue"' 'exit 1'
	: >"$FAKE/coverage.reasons"
	"$FAKE/coverage" >"$TMP/said" 2>&1
	check "coverage: each test as it ends" says \
		"^# [0-9] of 7, [0-9]+ s: path.sh: ok, [0-9]+ s; failed so far: bad.sh$"
	check "coverage: host tests are none" never_says "build.sh"
}

soak_ok()
{
	project
	fake a.sh '# soak: uml uml-debug' 'sleep 2.5'
	TERM=xterm script -qec "$FAKE/soak" /dev/null </dev/null >"$TMP/said" 2>&1
	check "soak: which of how many" says "^# soak: 2 of 2: a.sh on uml-debug"
	check "soak: and how long it has been running" says \
		$'\r\e\\[K# soak: 1 of 2: a.sh on uml: 0 passed, 0 failed, [12] s'
}

# ---- what a change must pass

# ci CHECK CHECK-ALL: exit status of .ci/run where these are those of check.
ci()
{
	program check 'echo "${1:---} ${M6T_DEADLINE:-never}" >>"$RAN"' \
		"[ \"\${1:-}\" != --all ] || exit $2" "exit $1"
	rm -f "$RAN"
	"$ROOT/.ci/run" >"$TMP/said" 2>&1
	echo $?
}

ci_ok()
{
	local left

	project
	check_eq "what fails in the check fails" 1 "$(ci 1 0)"
	check_eq "and nothing follows" "-- never" "$(cat "$RAN")"
	check_eq "a complaint of a kernel in the check" 3 "$(ci 3 0)"
	check_eq "all passes" 0 "$(ci 0 0)"
	left=$(($(sed -n 's/^--all //p' "$RAN") - $(date +%s)))
	check "check-all has a deadline ($left s), and time to end in an hour" \
		test "$left" -le $((3600 - $(sed -n 's/^GRACE=//p' \
			"$SELFTESTS/runner/guest.sh"))) -a "$left" -gt 2400
	check_eq "what fails in check-all is told only" 0 "$(ci 0 1)"
	check "so" says "check-all failed in something"
	check_eq "a complaint of any kernel fails" 3 "$(ci 0 3)"
}

for part in whole quick all some order share failure unsteady complaint lost \
	deadline terminal interrupt build mutate coverage soak ci; do
	${part}_ok
done
finish
