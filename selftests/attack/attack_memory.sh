#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# A user creates a gateway with the largest table in a user namespace, and floods it
# over a link of that namespace: the bindings are charged to the user's memory cgroup,
# and at its limit newcomers are refused and counted, while the host is not affected.
#
# proves: G12 G19
# class: 6.1.3
# runs alone: it uses memory, and floods

# shellcheck disable=SC2119,SC2317,SC2329	# optional arguments, indirect calls
. "$(dirname "$0")/../lib/lib.sh"

CGROUPS=$TMP/cgroup
MINE=$CGROUPS/m6t-$$
LIMIT=$((16 << 20))

# charged: bytes that are charged to the user's cgroup.
charged()
{
	cat "$MINE/memory.current"
}

# free: available memory of the host, KiB.
free()
{
	awk '/^MemAvailable:/ { print $2 }' /proc/meminfo
}

refused()
{
	[ "$(counter "$GW" rx_table_full)" -gt 0 ]
}

refused_or_more()
{
	refused || [ "$(bindings)" -gt "$1" ]
}

# filled: wait until the cgroup is full, as long as the number of bindings increases.
filled()
{
	while ! refused; do
		wait_for refused_or_more "$(bindings)" || return
	done
}

cgroups()
{
	mkdir -p "$CGROUPS" &&
		mount -t cgroup2 none "$CGROUPS" &&
		at_exit "umount $CGROUPS" &&
		echo +memory >"$CGROUPS/cgroup.subtree_control" &&
		mkdir "$MINE" && at_exit "rmdir $MINE" &&
		echo "$LIMIT" >"$MINE/memory.max"
}

need_built flood
need cgroups
# The user namespace is created in the user's cgroup, and kept by a process there.
(
	echo "$BASHPID" >"$MINE/cgroup.procs"
	exec setpriv --reuid 65534 --regid 65534 --clear-groups \
		unshare --user --map-root-user --net sleep 1000
) &
KEEPER=$!
at_exit "kill $KEEPER"
own_netns()
{
	[ "$(readlink "/proc/$KEEPER/ns/net")" != "$(readlink /proc/self/ns/net)" ]
}
need wait_for own_netns
need ip netns attach "$GW" $KEEPER
at_exit "ip netns del $GW"
# inside COMMAND...: run it in the user's cgroup and namespaces.
inside()
{
	(
		echo "$BASHPID" >"$MINE/cgroup.procs"
		exec nsenter -t $KEEPER -U -n "$@"
	)
}
need inside ip link set lo up
need inside ip link add eth type veth peer name wan
need inside ip addr add $GW4/24 dev wan
need inside ip link set wan up
need inside ip link set eth up
check "an unprivileged user creates a gateway with the largest table" \
	inside ip link add m6t0 type m6t mode gw prefix $PREFIX \
	max-bindings 16777216 temp-timeout 60000 active-timeout 86400 rate 0
need inside ip link set m6t0 up
need inside sysctl -qw net.ipv4.conf.all.rp_filter=0 \
	net.ipv4.conf.wan.rp_filter=0 net.ipv4.conf.wan.accept_local=1
MAC=$(inside ip -j link show wan | jq -r '.[].address')
BEFORE=$(free)
# Outside of the cgroup: packets come from elsewhere, too.
start "$GW" nice -n 19 "$TMP/flood" new eth "$MAC" 600 50000 >/dev/null
FLOOD=$PID
check "at the limit of his memory cgroup newcomers are refused" \
	filled
# memory_refused: a binding that he adds is refused, with a sentence.
memory_refused()
{
	ADDED=$((ADDED + 1))
	[[ $(m6tctl -n "$GW" binding add "$(printf 'fd00:6d:0:ff::%x' $ADDED)" \
		remote $GW4:4000 dev m6t0 2>&1) == *"m6t: no memory for a binding"* ]]
}
ADDED=0
check "a binding that is added is refused, too" wait_for memory_refused
check "his bindings are charged to it" test "$(charged)" -gt $((LIMIT / 2))
check "it stays within its limit" test "$(charged)" -le $((LIMIT + (1 << 20)))
stop "$FLOOD"
check "the host has not lost more memory than that" \
	test $((BEFORE - $(free))) -le $((3 * LIMIT / 1024))
N=$(bindings)
[ "$N" -gt 1000 ] && [ "$N" -le $((LIMIT / 192)) ]
result $? "he has as many bindings as fit"
diag "$N bindings, $(charged) bytes"
# Outside of the cgroup, which has no memory left for a process.
need ip -n "$GW" link del m6t0
finish
