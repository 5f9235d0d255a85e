# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# Progress of a run: on a terminal one line that is updated, elsewhere plain
# lines. FD is the output, 1 or 2.

# Sleeps without a process: waiting loops would otherwise fork all the time.
nap()
{
	[[ -n ${NAP_FD:-} ]] || exec {NAP_FD}<> <(:)
	read -rt "$1" -u "$NAP_FD" || :
}

# progress FD TEXT: update the line.
progress()
{
	local width=$((${COLUMNS:-80} - 1))

	if [[ -t $1 ]]; then
		printf '\r\e[K%.*s' "$width" "$2" >&"$1"
	else
		printf '%s\n' "$2" >&"$1"
	fi
}

# progress_stay FD TEXT: print a line that stays.
progress_stay()
{
	progress_clear "$1"
	printf '%s\n' "$2" >&"$1"
}

# progress_clear FD: remove the updated line.
progress_clear()
{
	[[ ! -t $1 ]] || printf '\r\e[K' >&"$1"
}

# ticker FD SECONDS COMMAND...: shows the output of the command, each second on a
# terminal, elsewhere every SECONDS. Runs until it is killed or the
# script that started it has ended.
ticker()
{
	local fd=$1 period=$2

	shift 2
	[[ ! -t $fd ]] || period=1
	while nap "$period"; kill -0 $$ 2>/dev/null; do
		progress "$fd" "$("$@")"
	done
}

# ticker_end PID FD
ticker_end()
{
	kill "$1"
	wait "$1"
	progress_clear "$2"
} 2>/dev/null
