#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# The memory cgroup of a gateway's creator is full of page cache, as every one is in the
# end: the cache is reclaimed, so newcomers get in, and the limit holds.
#
# proves: G19
# class: 6.1.3

# shellcheck disable=SC2119,SC2317,SC2329	# optional arguments, indirect calls
# shellcheck source-path=SCRIPTDIR source=../lib/lib.sh
. "$(dirname "$0")/../lib/lib.sh"
# shellcheck source-path=SCRIPTDIR source=../lib/nodes.bash
. "$SELFTESTS/lib/nodes.bash"

CGROUPS=$TMP/cgroup
MINE=$CGROUPS/m6t-$$
LIMIT=$((16 << 20))

cgroups()
{
	mkdir -p "$CGROUPS" &&
		mount -t cgroup2 none "$CGROUPS" &&
		at_exit "umount $CGROUPS" &&
		echo +memory >"$CGROUPS/cgroup.subtree_control" &&
		mkdir "$MINE" && at_exit "rmdir $MINE" &&
		echo $LIMIT >"$MINE/memory.max"
}

# inside COMMAND...: in the memory cgroup.
inside()
{
	(
		echo "$BASHPID" >"$MINE/cgroup.procs"
		"$@"
	)
}

fill_cache()
{
	find /usr/lib /usr/bin -type f -size +100k | head -n 300 |
		xargs cat >/dev/null 2>&1
}

# KASAN keeps freed memory for a while, so that there is nothing to reclaim.
if [ "${M6T_KERNEL:-}" = uml-kasan ]; then
	result 0 "page cache # SKIP not with KASAN"
	finish
fi

need cgroups
nodes_topology
need inside ip -n "$GW" link add m6t0 type m6t mode gw prefix $PREFIX ha $HA6 \
	rate 0 temp-timeout 60000
need ip -n "$GW" link set m6t0 up
inside fill_cache
CACHE=$(awk '/^inactive_file / { print $2 }' "$MINE/memory.stat")
diag "page cache: $CACHE bytes"
nodes_run "$(dirname "$0")/gw_cache.py" "$GW"
check "the limit holds" test "$(cat "$MINE/memory.current")" -le $LIMIT
check "no process was killed" grep -qx "oom_kill 0" "$MINE/memory.events"
need ip -n "$GW" link del m6t0
finish
