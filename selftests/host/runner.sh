#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# The runners themselves, on tests of a few lines and a lab that only pretends:
# what runs where and in which order, what is reported meanwhile and at the
# end, what is counted, and the exit status.
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

# fake NAME [LINE...]: a test of one check, which records that it ran; the lines
# are before its result, as header or as commands.
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

# The guest is a group of processes that has a number. Its exit status may be in a
# file.
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
	for t in host/{build,install,packages,runner,text}.sh demo lab/selftest; do
		fake $t '# runs on the host'
	done
}

# checks STATUS WORD...: a run of check with this status; its output is in "said".
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
	check "check: all tests pass" checks 0
	check_eq "check: the last line has the counts" \
		"22 passed, 0 failed, 1 skipped" \
		"$(last_line)"
	check_eq "check: each test runs once on uml" "$WHOLE" "$(ran uml)"
	check_eq "check: on debian-6.1 all but long tests run" \
		"${WHOLE/long.sh /}" \
		"$(ran debian-6.1)"
	check_eq "check: some tests run on uml-debug" \
		"attack_t14_dump.sh attack_t5_socket.sh path.sh" "$(ran uml-debug)"
	check_eq "check: host tests run" \
		"build.sh demo demo demo install.sh runner.sh selftest text.sh" \
		"$(ran '')"
	check "check: each test is reported when it ends" says \
		"^# [0-9]+ of 22, [0-9]+ s: path.sh on uml-debug: ok, [0-9]+ s$"
	check "check: the last test is reported" says "^# 22 of 22, "
	check "check: messages of the lab are reported" says "uml-debug: booting"
	check_eq "check: the time of each test is stored" "$WHOLE" \
		"$(cut -d ' ' -f 1 "$M6T_CACHE/seconds/uml" | xargs)"
}

quick_ok()
{
	project
	check "quick: all tests pass" checks 0 --quick
	check_eq "quick: all tests run on uml" "$WHOLE" "$(ran uml)"
	check_eq "quick: no test runs on other kernels" \
		"" "$(ran 'debian.*')$(ran uml-debug)"
	check_eq "quick: host tests of that kernel run" \
		"demo runner.sh selftest text.sh" "$(ran '')"
}

all_ok()
{
	local kernel

	project
	for kernel in traffic gw_table storm races dsmip_races; do
		fake $kernel.sh
	done
	check "all: all tests pass" checks 0 --all
	for kernel in debian-6.12 debian-6.1 uml uml-debug uml-kasan; do
		check_eq "all: each test runs on $kernel" \
			11 "$(ran $kernel | wc -w)"
	done
	check_eq "all: tests of races run on x86-kcsan" 5 "$(ran x86-kcsan | wc -w)"
}

some_ok()
{
	project
	check "named tests pass" checks 0 -k uml-debug b.sh a.sh
	check_eq "named tests run on the named kernel" \
		"a.sh b.sh" "$(ran uml-debug)"
	check_eq "named tests run on no other kernel" "" "$(ran uml)$(ran '')"
	project
	check "a run of a named kernel passes" checks 0 -k uml-debug
	check_eq "a named kernel runs all tests" "$WHOLE" "$(ran uml-debug)"
	check "an unknown test has status 2" checks 2 none.sh
	check "wrong usage has status 2" checks 2 --no-such
}

# ---- order, and guests that share

# order KERNEL: the tests in the order of their start.
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
	# The order in which two guests start tests depends on the machine, too.
	sed -i 's/^LANES=2$/LANES=1/' "$FAKE/check"
	check "a run with known times passes" \
		checks 0 -k uml-gcov a.sh alone.sh b.sh long.sh \
		attack_t5_socket.sh path.sh
	check_eq "unknown and long tests run first, those that run alone last" \
		"attack_t5_socket.sh b.sh long.sh path.sh a.sh alone.sh" \
		"$(order uml-gcov)"
	check "the newest times are stored" \
		grep -qx "b.sh [0-9]" "$M6T_CACHE/seconds/uml-gcov"
}

# guests KERNEL: how many ran tests.
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
	check_eq "the tests run in two guests" 2 "$(guests uml)"
}

# cpus KERNEL ARG...: the number of CPUs of the guest of each test, in such a run.
cpus()
{
	local kernel=$1 t

	shift
	project
	fake two.sh '# needs two CPUs'
	for t in a two; do
		sed -i '2i echo "$M6T_KERNEL '"$t"' $M6T_CPUS" >>"$RAN-cpus"' \
			"$FAKE/topic/$t.sh"
	done
	rm -f "$RAN-cpus"
	checks 0 "$@" && sed -n "s/^$kernel //p" "$RAN-cpus" | sort | xargs
}

cpus_ok()
{
	check_eq "a test that needs two CPUs has them, others have one" \
		"a 1 two 2" "$(cpus uml --quick)"
	check_eq "kernels with checks have two CPUs" \
		"a 2 two 2" "$(cpus uml-debug -k uml-debug)"
	check_eq "all: each guest has two CPUs" "a 2 two 2" "$(cpus uml --all -k uml)"
}

# ---- what fails

failure_ok()
{
	project
	fake bad.sh 'echo "not ok 1 the sky is blue"' 'exit 1'
	fake dies.sh 'exit 3'
	fake late.sh 'echo "not ok 0 late.sh: not finished"' 'exit 1'
	fake short.sh 'echo "ok 1 too short"' 'echo 1..3' 'exit 0'
	check "failures have status 1" \
		checks 1 -k uml-gcov a.sh bad.sh dies.sh late.sh short.sh
	check_eq "failures are counted" \
		"2 passed, 4 failed, 0 skipped" "$(last_line)"
	check "a failure is reported when the test ends" says \
		"^# [0-9] of 5, [0-9]+ s: bad.sh on uml-gcov: not ok, [0-9]+ s; failed so far: .*bad.sh on uml-gcov"
	check "a failure is reported with the name of the check" \
		says "^not ok 1 the sky is blue"
	check "a script that died is reported" says "exit status 3, though no check"
	check "a script that ended early is reported" \
		says "the plan is 1..3, there are 1"
	check "a failed test has a second try" \
		says "of 8, .* bad.sh on uml-gcov: not ok"
	check_eq "a test that was not finished has no second try" 1 \
		"$(grep -c 's: late.sh on uml-gcov: not ok' "$TMP/said")"
	check_eq "a test that fails twice is not unsteady" "" \
		"$(cat "$M6T_CACHE/unsteady" 2>/dev/null)"
}

unsteady_ok()
{
	project
	fake shaky.sh '[ -e "$RAN-shaky" ] || {' ': >"$RAN-shaky"' \
		'echo "not ok 1 the sky is blue"' 'exit 1' '}'
	check "a test that passes at the second try passes" \
		checks 0 -k uml a.sh shaky.sh
	check_eq "an unsteady test is reported before the last line" \
		"# unsteady: shaky.sh on uml: \"the sky is blue\" failed at first, then passed" \
		"$(tail -n 2 "$TMP/said" | head -n 1)"
	check_eq "the last line counts the second try" \
		"2 passed, 0 failed, 0 skipped" \
		"$(last_line)"
	check "an unsteady test does not count as failed" says \
		"^# 3 of 3, [0-9]+ s: shaky.sh on uml: ok, [0-9]+ s$"
	check_eq "an unsteady test is stored" \
		"$(date +%F) none uml shaky.sh the sky is blue" \
		"$(tr '\t' ' ' <"$M6T_CACHE/unsteady")"
	rm "$RAN-shaky"
	check "an unsteady test passes once more" checks 0 -k uml shaky.sh
	check "the summary of unsteady tests succeeds" checks 0 --unsteady
	check "the summary has the unsteady test twice" says \
		"^2[[:space:]]shaky.sh on uml: the sky is blue \(last $(date +%F) none\)$"
}

complaint_ok()
{
	project
	echo 125 >"$FAKE/lab/run-uml-debug"
	check "a complaint of a kernel has status 3" \
		checks 3 -k uml -k uml-debug a.sh
	check "a complaint of a kernel is reported at the end" \
		says "^# the kernel of uml-debug warned"
	check_eq "a complaint of a kernel counts as failed" \
		"2 passed, 1 failed, 0 skipped" "$(last_line)"
	fake bad.sh 'echo "not ok 1 the sky is blue"' 'exit 1'
	check "a complaint has status 3 where a test fails, too" \
		checks 3 -k uml -k uml-debug a.sh bad.sh
	rm "$FAKE/lab/run-uml-debug"
	fake demo '# runs on the host' 'exit 125'
	check "a complaint in a host test has status 3" checks 3 --quick
}

# A guest that ends loses the test that it runs, and those left in its queue.
lost_ok()
{
	project
	fake crash.sh 'kill -KILL -- -$FAKE_GUEST'
	mkdir -p "$M6T_CACHE/seconds"
	printf '%s\n' "crash.sh 9" "a.sh 1" >"$M6T_CACHE/seconds/uml-gcov"
	check "a guest that dies has status 1" checks 1 -k uml-gcov crash.sh a.sh
	check "the test of a guest that died is reported" \
		says "^not ok 0 crash.sh has no result"
	check "tests left by a guest that died are reported" \
		says "^not ok 0 a.sh has no result"
	check_eq "tests lost with a guest are counted" \
		"0 passed, 2 failed, 0 skipped" "$(last_line)"
}

# ---- deadline

deadline_ok()
{
	project
	M6T_DEADLINE=$(($(date +%s) - 1)) \
		check "after the deadline check has status 0" checks 0
	check_eq "after the deadline all tests are skipped" \
		"0 passed, 0 failed, 23 skipped" "$(last_line)"
	check "each test skipped after the deadline is reported" \
		says "^ok 1 path.sh # SKIP no time left"
	project
	fake slow.sh 'sleep 11'
	mkdir -p "$M6T_CACHE/seconds"
	printf '%s\n' "slow.sh 9" "a.sh 1" >"$M6T_CACHE/seconds/uml-gcov"
	M6T_DEADLINE=$(($(date +%s) + 10)) check "a deadline during a run has status 0" checks 0 \
		-k uml-gcov slow.sh a.sh
	check_eq "a test that runs at the deadline may end" \
		"1 passed, 0 failed, 1 skipped" \
		"$(last_line)"
}

# ---- output on a terminal

terminal_ok()
{
	project
	fake bad.sh 'echo "not ok 1 the sky is blue"' 'exit 1'
	TERM=xterm script -qec "$FAKE/check -k uml a.sh bad.sh" /dev/null \
		</dev/null >"$TMP/said" 2>&1
	check "on a terminal one line is updated" \
		says $'\r\e\\[K# [0-9] of 2, [0-9]+ s: '
	check "on a terminal failures stay" says \
		$'\r\e\\[K# bad.sh on uml: not ok, [0-9]+ s\r?$'
	check_eq "on a terminal the last line is clean" \
		"1 passed, 1 failed, 0 skipped" \
		"$(last_line | tr -d '\r')"
}

# gone PID: neither this process nor its children exist.
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
	check "a test runs until interrupted" wait_for test -e "$RAN"
	kill $pid
	check "an interrupted check ends its guests" wait_for gone $pid
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

# begun STAMP: a build begins; prints "configured" if it does not continue another one.
begun()
{
	bash -c "LAB=$SELFTESTS/lab; . $SELFTESTS/lab/lib.sh
		. $SELFTESTS/lab/kernels.sh
		built_configure() { echo configured; }
		built_begin uml /nowhere $1 $TMP/begun"
}

build_ok()
{
	built
	check "the build of a kernel reports its number of objects" says \
		$'\r\e\\[Klab: building kernel uml: 2 objects, [12] s'
	check_eq "a build begins with a configuration" configured "$(begun one)"
	check_eq "a build that was interrupted is continued" "" "$(begun one)"
	check_eq "one of another kernel is not" configured "$(begun two)"
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
	check "mutate: a surviving mutation is reported" \
		says "^not ok 1 a.sh: nobody looks"
	check "mutate: progress and survivors are reported" says \
		"^# 2 of 3, [0-9]+ s: somebody looks; failed so far: nobody looks"
	check_eq "mutate -u: what was detected does not run again" \
		"code: nobody looks (a.sh)" "$("$FAKE/mutate" -u -l)"
}

coverage_ok()
{
	project
	fake bad.sh 'echo "not ok 1 the sky is blue"' 'exit 1'
	: >"$FAKE/coverage.reasons"
	"$FAKE/coverage" >"$TMP/said" 2>&1
	check "coverage: each test is reported when it ends" says \
		"^# [0-9] of 7, [0-9]+ s: path.sh: ok, [0-9]+ s; failed so far: bad.sh$"
	check "coverage: host tests do not run" never_says "build.sh"
}

soak_ok()
{
	project
	fake a.sh '# soak: uml uml-debug' 'sleep 2.5'
	TERM=xterm script -qec "$FAKE/soak" /dev/null </dev/null >"$TMP/said" 2>&1
	check "soak: the number of the run is reported" \
		says "^# soak: 2 of 2: a.sh on uml-debug"
	check "soak: the time of the run is reported" says \
		$'\r\e\\[K# soak: 1 of 2: a.sh on uml: 0 passed, 0 failed, [12] s'
}

# ---- what a change must pass

# ci CHECK CHECK-ALL: exit status of .ci/run for these of check.
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
	check_eq "ci: a failure in the check has status 1" 1 "$(ci 1 0)"
	check_eq "ci: check-all does not run after a failure" \
		"-- never" "$(cat "$RAN")"
	check_eq "ci: a complaint of a kernel in the check has status 3" \
		3 "$(ci 3 0)"
	check_eq "ci: a run without failures has status 0" 0 "$(ci 0 0)"
	left=$(($(sed -n 's/^--all //p' "$RAN") - $(date +%s)))
	check "ci: check-all has a deadline ($left s), and time to end within an hour" \
		test "$left" -le $((3600 - $(sed -n 's/^GRACE=//p' \
			"$SELFTESTS/runner/guest.sh"))) -a "$left" -gt 2400
	check_eq "ci: a failure in check-all has status 0" 0 "$(ci 0 1)"
	check "ci: a failure in check-all is reported" \
		says "check-all failed in something"
	check_eq "ci: a complaint of any kernel has status 3" 3 "$(ci 0 3)"
	check_eq "ci: a check that took all the time has status 0" \
		0 "$(M6T_CI_SECONDS=700 ci 0 1)"
	check_eq "ci: no check-all without time for it" "-- never" "$(cat "$RAN")"
	check "ci: a check-all that did not run is reported" \
		says "check-all: not run, no time"
}

# With arguments: only these parts.
[ $# -gt 0 ] || set -- whole quick all some order share cpus failure unsteady \
	complaint lost deadline terminal interrupt build mutate coverage soak ci
for part; do
	${part}_ok
done
finish
