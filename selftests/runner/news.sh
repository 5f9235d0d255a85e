# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# Progress reports while a check runs.

ENDED=0				# number of tests, and their total
PLANNED=0
FAILING=()			# "TEST on KERNEL"
LAST=				# the last report

# on KERNEL: where a test ran, if not on the machine itself.
on()
{
	[ "$1" = host ] || echo " on $1"
}

# failing: the tests that have failed so far, the first few by name.
failing()
{
	local n=${#FAILING[@]} names

	[ "$n" -gt 0 ] || return
	names=$(printf ', %s' "${FAILING[@]:0:5}")
	echo "; failed so far: ${names:2}$([ "$n" -le 5 ] || echo " and $((n - 5)) more")"
}

# tell [TEXT]: report it, or the last one again, with the progress of the run.
tell()
{
	[ $# -eq 0 ] || LAST=$1
	progress 1 "# $ENDED of $PLANNED, $SECONDS s: $LAST$(failing)"
}

# no_longer_failing WHAT: its second try is the one that counts.
no_longer_failing()
{
	local i

	for i in "${!FAILING[@]}"; do
		[ "${FAILING[i]}" != "$1" ] || unset "FAILING[i]"
	done
	FAILING=(${FAILING[@]+"${FAILING[@]}"})
}

# news_ended KERNEL SECONDS ok|not|skip TEST
news_ended()
{
	local what

	what="$4$(on "$1")"
	ENDED=$((ENDED + 1))
	no_longer_failing "$what"
	case $3 in
	ok)	tell "$what: ok, $2 s" ;;
	skip)	tell "$what: skipped, no time left" ;;
	*)	FAILING+=("$what")
		[ ! -t 1 ] || progress_stay 1 "# $what: not ok, $2 s"
		tell "$what: not ok, $2 s" ;;
	esac
}

# news_line KIND KERNEL WORD...
news_line()
{
	case $1 in
	ended)	news_ended "${@:2:3}" "${*:5}" ;;
	said)	tell "$2: ${*:3}" ;;
	more)	PLANNED=$((PLANNED + $3))
		tell "$2: another try for $3 that failed" ;;
	esac
}

# follow_news: until all jobs in the background have ended. A line may be
# incomplete when the timeout of read expires. A trap that exits within read can
# crash bash 5.2, so signals only set a variable here.
follow_news()
{
	local line part='' stop=''
	local -a words

	trap 'stop=130' INT
	trap 'stop=143' TERM HUP
	while :; do
		[ -z "$stop" ] || exit "$stop"
		if IFS=$'\n' read -rt 0.25 -u "$NEWS" line; then
			read -ra words <<<"$part$line"
			news_line "${words[@]}"
			part=
			continue
		fi
		part+=$line
		[ -n "$part$(jobs -rp)" ] || break
		[ ! -t 1 ] || tell
	done
	progress_clear 1
	traps_exit
}
