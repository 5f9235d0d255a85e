# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# Checks that fail and then pass. Tests in which a check failed have a second try
# when all else has ended, one by one, as valid code may fail on a busy machine.
# The second try counts. Checks that failed only in the first one are reported at
# the end, and recorded in the cache: a line each, of date, commit, kernel, test
# and check, separated by tabs.

# failed_checks: names, of the test on standard input.
failed_checks()
{
	sed -n 's/^not ok [0-9]* //p' | sort -u
}

# to_try_again KERNEL: failed tests, except those not finished in time, and none
# after a complaint of the kernel.
to_try_again()
{
	local t file=$OUT/$1.all

	[ "$(cat "$OUT/$1.status")" -eq 1 ] || return
	for t in $(failed_tests "$file"); do
		block "$file" "$t" | grep -q '^not ok 0 ' || echo "$t"
	done
}

# commit: what is being tested; a plus sign stands for changes.
commit()
{
	local id

	id=$(git -C "$REPO" rev-parse --short HEAD 2>/dev/null) ||
		{ echo none; return; }
	git -C "$REPO" diff --quiet HEAD || id+=+
	echo "$id"
}

# unsteady_note KERNEL TEST: its first try is in KERNEL.all, the second one in
# KERNEL.again.
unsteady_note()
{
	local kernel=$1 t=$2 name

	comm -23 <(block "$OUT/$kernel.all" "$t" | failed_checks) \
		<(block "$OUT/$kernel.again" "$t" | failed_checks) |
		while IFS= read -r name; do
		echo "# unsteady: $t on $kernel: \"$name\" failed at first, then passed" \
			>>"$OUT/unsteady"
		printf '%s\t%s\t%s\t%s\t%s\n' "$(date +%F)" "$(commit)" \
			"$kernel" "$t" "$name" >>"$CACHE/unsteady"
	done
}

# first_try KERNEL TEST: show it, and remove it from the counts.
first_try()
{
	local file=$OUT/$1.all

	echo "# $2 failed at first on $1:"
	block "$file" "$2" | grep -A 3 -E '^(not ok|Bail out)' | sed 's/^/#  /'
	sed -i "/^# selftests: m6t: $2\$/,/^# selftests: m6t: $2: /d" "$file"
}

# again KERNEL
again()
{
	local kernel=$1 cpus=1 t
	local -a failed

	mapfile -t failed < <(to_try_again "$kernel")
	[ ${#failed[@]} -gt 0 ] && ! out_of_time || return
	echo "more $kernel ${#failed[@]}" >&"$NEWS"
	mkdir "$OUT/$kernel.scratch-again"
	for t in "${failed[@]}"; do
		[ "$(cpus_of "$kernel" "$t")" -eq 1 ] || cpus=2
	done
	guest "$kernel" "$OUT/$kernel.again" "$OUT/$kernel.scratch-again" \
		M6T_JOBS=1 M6T_CPUS=$cpus -- "${failed[@]}"
	for t in "${failed[@]}"; do
		unsteady_note "$kernel" "$t"
		first_try "$kernel" "$t"
	done
	cat "$OUT/$kernel.again" >>"$OUT/$kernel.all"
	cp "$OUT/$kernel.again.status" "$OUT/$kernel.status"
}

# unsteady_summary: the recorded checks, the worst first.
unsteady_summary()
{
	[ -s "$CACHE/unsteady" ] || { echo "no check was unsteady"; return; }
	awk -F '\t' '
		{ what = $4 " on " $3 ": " $5; n[what]++; last[what] = $1 " " $2 }
		END {
			for (what in n)
				printf "%d\t%s (last %s)\n", n[what], what, last[what]
		}' "$CACHE/unsteady" | sort -k 1,1nr -k 2
}
