# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# The work to do: jobs for the lanes, each a kernel's guest or a host test, and
# for each kernel a queue of tests for its guests.

# once NAME: true for the first caller.
once()
{
	mkdir "$OUT/once-$1" 2>/dev/null
}

# queue_fill KERNEL: the queue is in KERNEL.plan ("TEST SECONDS CPUS"), and taken
# tests in the scratch folder of its guests. Tests that take too long there are
# skipped.
queue_fill()
{
	local kernel=$1 t

	mkdir -p "$OUT/$kernel.scratch/claimed" "$CACHE/seconds"
	tests_of "$kernel" | while read -r t; do
		if takes_too_long "$kernel" "$t"; then
			echo "ok 1 $t # SKIP takes long where all is emulated: make check-all" \
				>>"$OUT/$kernel.0"
		else
			echo "$t"
		fi
	done | long_first "$kernel" | while read -r t; do
		echo "$t $(cpus_of "$kernel" "${t% *}")"
	done >"$OUT/$kernel.plan"
}

# queue_tests KERNEL [CPUS]: the tests of its queue, in order.
queue_tests()
{
	awk -v cpus="${2:-}" '!cpus || $3 == cpus { print $1 }' "$OUT/$1.plan"
}

# queue_cpus KERNEL: how many CPUs its tests need, each number once.
queue_cpus()
{
	cut -d ' ' -f 3 "$OUT/$1.plan" | sort -u
}

# queue_left KERNEL CPUS: seconds of the tests that no guest has taken.
queue_left()
{
	local t seconds cpus left=0

	while read -r t seconds cpus; do
		[ "$cpus" != "$2" ] || [ -e "$OUT/$1.scratch/claimed/$t" ] ||
			left=$((left + seconds))
	done <"$OUT/$1.plan"
	echo $left
}

# next_job: the first of JOBS that no lane has taken.
next_job()
{
	local i

	for ((i = 0; i < ${#JOBS[@]}; i++)); do
		once "job-$i" || continue
		echo "${JOBS[i]}"
		return
	done
	return 1
}

# next_help: the kernel with most work left for its only guest, and the number of
# CPUs; a second one must be worth its boot.
next_help()
{
	local kernel cpus left most=$HELP_FROM best=

	for kernel in "${KERNELS[@]}"; do
		for cpus in $(queue_cpus "$kernel"); do
			[ ! -d "$OUT/once-help-$kernel-$cpus" ] || continue
			left=$(queue_left "$kernel" "$cpus")
			[ "$left" -ge "$most" ] || continue
			most=$left best="$kernel $cpus"
		done
	done
	[ -n "$best" ] && once "help-${best/ /-}" && echo "$best"
}
