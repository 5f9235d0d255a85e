# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# Common to the tests of failing allocations: let each one fail, look what happens.

# shellcheck disable=SC2034,SC2317,SC2329	# for the scripts, called by their names

FAILSLAB=/sys/kernel/debug/failslab
FAILPAGE=/sys/kernel/debug/fail_page_alloc
KO=${M6T_KO:-$(modinfo -n m6t 2>/dev/null)}
if ! [ -e $FAILSLAB ] || ! [ -e "$KO" ]; then
	result 0 "failing allocations # SKIP the kernel has no failslab, or m6t built in"
	finish
fi

# set_faults NAME=VALUE...: for both kinds of allocations.
set_faults()
{
	local s dir

	for s; do
		for dir in $FAILSLAB $FAILPAGE; do
			[ ! -e "$dir/${s%%=*}" ] ||
				echo "${s#*=}" >"$dir/${s%%=*}"
		done
	done
}

# only_m6t: from here on only allocations with m6t on the stack fail. It is the
# only module, and its addresses are above the kernel's.
only_m6t()
{
	set_faults require-start="0x$(awk '$3 == "_etext" { print $1 }' \
		/proc/kallsyms)" require-end=0xffffffffffffffff
}

# all: likewise those of the core on behalf of the tool.
all()
{
	set_faults require-start=0 require-end=0xffffffffffffffff
}

STEP=$(short_or_long 4 1)

# failing N COMMAND...: its Nth allocation fails; sets RC, and HIT to whether
# there were so many. Where the core cannot allocate the answer, the tool
# waits for it until a timeout.
failing()
{
	rm -f "$TMP/hit"
	LD_PRELOAD=$TMP/fail_nth.so FAIL_NTH=$1 FAIL_HIT=$TMP/hit \
		timeout 5 "${@:2}" >"$TMP/out" 2>"$TMP/err"
	RC=$?
	HIT=
	[ ! -e "$TMP/hit" ] || HIT=1
}

# each NAME: for the functions before_NAME, do_NAME (the command), ok_NAME (is it
# completely done?), not_NAME (has nothing changed?) and after_NAME: whichever of
# m6t's allocations fails, a refused request has no effect. In a long run, and
# where m6t has none itself, then whichever of all fails, the core's included:
# where that is the answer the status is unknown, but the request is done or not.
# The core does not survive all failures of its own while it loads a module.
each()
{
	local own

	only_m6t
	each_of "$1" not
	own=$TRIED
	if [ "$own" -eq 0 ] || [ -n "${M6T_LONG:-}" ] && [ "$1" != load ]; then
		all
		each_of "$1" either "of the core's too, "
	fi
	check "$1: at least one allocation could fail" test $((own + TRIED)) -ge 1
}

# either NAME: done or not, nothing between.
either()
{
	"ok_$1" || "not_$1"
}

# each_of NAME not|either [TEXT]: sets TRIED, how many could fail. A short run
# leaves out three of four of the later ones.
each_of()
{
	local name=$1 n tried=0 refused=0 bad=

	for ((n = 0; ; n += n < 12 ? 1 : STEP)); do
		"before_$name"
		"do_$name" "$n"
		if [ "$RC" -eq 0 ]; then
			"ok_$name" || bad+=" $n"
		elif [ "$2" = not ]; then
			refused=$((refused + 1))
			"not_$name" || bad+=" $n"
		else
			refused=$((refused + 1))
			either "$name" || bad+=" $n"
		fi
		"after_$name"
		[ $n -eq 0 ] || [ -n "$HIT" ] || break
		tried=$((tried + 1))
	done >"$TMP/each" 2>&1
	check_eq "$name: ${3:-}done or refused, whichever allocation fails" \
		"" "$bad"
	TRIED=$tried
	figure "$name" "${3:-}$tried allocations failed, $refused refused"
}

nothing()
{
	:
}

# faults_begin: nothing fails yet.
faults_begin()
{
	set_faults probability=0 interval=1 times=1 space=0 verbose=0 \
		ignore-gfp-wait=N ignore-gfp-highmem=N min-order=0 task-filter=N
	need cc -O2 -Wall -shared -fPIC -o "$TMP/fail_nth.so" \
		"$SELFTESTS/stress/fail_nth.c"
}
