#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# All requests of a protocol module and of an administrator, two at a time and each
# also beside itself, under traffic of all formats to both ends: home addresses and
# care-of addresses that are set and removed, lifetimes that end, devices, sockets,
# namespaces, settings, dumps, the module. A request at the wrong moment may be
# refused, but nothing breaks, nothing is left, and both ends work afterwards.
#
# runs alone: it takes all that a machine has, and unloads the module
# takes long: each round makes and ends something
# soak: uml-debug uml-kasan
# needs two CPUs
# proves: D5 D7 D17
# class: T3 T4 T15

# shellcheck disable=SC2317,SC2329	# called by their names
# shellcheck source-path=SCRIPTDIR source=../lib/lib.sh
. "$(dirname "$0")/../lib/lib.sh"
# shellcheck source-path=SCRIPTDIR source=../lib/dsmip.bash
. "$SELFTESTS/lib/dsmip.bash"

SEED=${M6T_SEED:-4}
LIMIT=$(short_or_long 20 900)
AWAY=m6t-$$-away

races()
{
	"$SELFTESTS/dsmip/dsmip_races.py" "$LIMIT" "$SEED" "$KO" "$MN" "$NAT" \
		"$HA" "$AWAY" $HA4 $COA $COA2 >"$TMP/races"
}

tell_figures()
{
	local kind n finished refused total=0

	while read -r kind n finished refused; do
		figure "$kind" "$n rounds, $finished requests done," \
			"$refused refused"
		total=$((total + n))
	done <"$TMP/races"
	figure rounds "$total, $SECONDS s, seed $SEED"
}

# is_unused: the module has no references any more.
is_unused()
{
	[ "$(</sys/module/m6t/refcnt)" = 0 ]
}

# both_ends: devices of both, bound and active.
both_ends()
{
	home_agent
	mobile_node_dsmip
	need slot_set $COA eth
	need slot_commit
	capture "$NAT" out "$TMP/out" udp dst port $DSMIP_PORT
	in_ns "$MN" ping -6 -n -q -c 1 -W 0.1 $CN6 >"$TMP/ping"
	capture_end
	need bind_node lifetime 36000 remote "$NAT4:$(wire "$TMP/out" .sport |
		tail -n 1)"
}

ends_are_removed()
{
	local ns dev

	for ns in "$MN" "$HA" "$AWAY"; do
		for dev in $(ip -n "$ns" -j link show type m6t |
			jq -r '.[].ifname // empty'); do
			need ip -n "$ns" link del "$dev"
		done
	done
}

! time_travel || export M6T_PAUSE=0.001
KO=${M6T_KO:-$(modinfo -n m6t 2>/dev/null)}
if [ -z "$KO" ] || ! [ -e "$KO" ]; then
	result 0 "races # SKIP the module is built in"
	finish
fi
topology_dsmip
untracked
ns_add "$AWAY"
ipsec_dsmip
check "all requests, two at a time, are done or refused" races
tell_figures
ends_are_removed
both_ends
check "both ends work after that" wait_for ping6_ok "$MN" $CN6 -W 1
ends_are_removed
check "the module has no references" wait_for is_unused
check "the module can be removed" rmmod m6t
check_not "no slab cache of m6t is left" grep "^m6t" /proc/slabinfo
need insmod "$KO"
finish
