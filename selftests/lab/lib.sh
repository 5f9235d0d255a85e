# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# Common to all parts of the lab: messages, the cache, locks, checksums.
# shellcheck disable=SC2034 # used by those that source this

# shellcheck source-path=SCRIPTDIR source=progress.sh
. "$LAB/progress.sh"
OWN_REPO=$(cd "$LAB/../.." && pwd -P)
REPO=${M6T_REPO:-$OWN_REPO}
CACHE=${M6T_CACHE:-${XDG_CACHE_HOME:-${HOME:-/root}/.cache}/m6t}
JOBS=$(nproc)

# Limits in seconds of a download, and of a build or of waiting for that of
# another run.
LIMIT_FETCH=1200
LIMIT_BUILD=3600

EXIT_USAGE=2
EXIT_TIMEOUT=124
EXIT_KERNEL=125
EXIT_BUILD=126

KERNELS=(debian-6.1 debian-6.12 uml uml-debug uml-kasan uml-gcov x86-kcsan)

say()
{
	printf 'lab: %s\n' "$*" >&2
}

# die STATUS SENTENCE...
die()
{
	local status=$1

	shift
	say "$*"
	exit "$status"
}

kernel_is_known()
{
	local name

	for name in "${KERNELS[@]}"; do
		[[ $name == "$1" ]] && return 0
	done
	return 1
}

kernel_is_uml()
{
	[[ $1 == uml* ]]
}

# From source, rather than a package of Debian's.
kernel_is_built()
{
	[[ $1 != debian-* ]]
}

# lock_run NAME COMMAND...: one process at a time, over all runs of the machine
# that share the cache.  The lock is released with the file descriptor, so a
# killed holder leaves nothing behind; the command must not pass it on to a
# process that stays.
lock_run()
{
	local name=$1 fd status

	shift
	mkdir -p "$CACHE/lock" || return 1
	exec {fd}>"$CACHE/lock/$name"
	flock -w 5 "$fd" || {
		say "waiting for another run, which holds $CACHE/lock/$name"
		flock -w $LIMIT_BUILD "$fd"
	} || die "$EXIT_BUILD" "another run holds $CACHE/lock/$name for too long"
	"$@"
	status=$?
	exec {fd}>&-
	return $status
}

hash_text()
{
	sha256sum | cut -c1-16
}

# A folder in the cache counts only when its stamp holds the whole text that
# its name is a hash of: a name alone proves nothing about the contents.
stamp_holds()
{
	[[ -f $1/stamp && $(<"$1/stamp") == "$2" ]]
}

# stamp_publish TEMPORARY FINAL TEXT: makes a finished folder visible at once.
stamp_publish()
{
	printf '%s\n' "$3" >"$1/stamp"
	rm -rf "$2"
	mv -T "$1" "$2"
}

# prune KEEP: removes siblings of the same name with another hash that were not
# used for a week; a concurrent run may still be using a younger one.
prune()
{
	local keep=$1 dir

	for dir in "${keep:0:${#keep}-16}"????????????????; do
		[[ -d $dir && $dir != "$keep" ]] || continue
		[[ -n $(find "$dir" -maxdepth 0 -mtime +7) ]] && rm -rf "$dir"
	done
	return 0
}
