#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# All requests of an administrator, two at a time and each also beside itself,
# under traffic from all sides: devices, sockets, namespaces, settings, bindings,
# dumps, the module. A request at the wrong moment may be refused, but nothing
# breaks, nothing is left, and the tunnel works afterwards.
#
# runs alone: it takes all that a machine has, and unloads the module
# takes long: each round makes and ends something
# soak: uml-debug uml-kasan
# needs two CPUs
# proves: B2 G13 G16
# class: T3 T4 T15

# Called by their names.
# shellcheck disable=SC2317,SC2329
# shellcheck source-path=SCRIPTDIR source=../lib/lib.sh
. "$(dirname "$0")/../lib/lib.sh"
# shellcheck source-path=SCRIPTDIR source=../lib/storm.bash
. "$SELFTESTS/lib/storm.bash"
# Enough to be in flight at each moment; the rest of the time is for rounds.
time_travel || BURST=100 PAUSE=0.01

SEED=${M6T_SEED:-6}
ROUNDS=${M6T_ROUNDS:-$(short_or_long 200 10000)}
AWAY=m6t-$$-away

races()
{
	"$SELFTESTS/lib/races.py" "$ROUNDS" "$SEED" "$KO" "$MN" "$NAT" "$GW" \
		"$AWAY" "$GW4" "$NAT4" >"$TMP/races"
}

tell_figures()
{
	local kind n finished refused total=0

	while read -r kind n finished refused; do
		figure "$kind" "$n rounds, $finished requests done," \
			"$refused refused"
		total=$((total + n))
	done <"$TMP/races"
	figure rounds "$total of $ROUNDS, $SECONDS s, seed $SEED"
	check "all rounds were done" \
		test $total -ge "$ROUNDS"
}

# is_unused: the module has no references any more.
is_unused()
{
	[ "$(</sys/module/m6t/refcnt)" = 0 ]
}

! time_travel || export M6T_PAUSE=0.001
KO=${M6T_KO:-$(modinfo -n m6t 2>/dev/null)}
if [ -z "$KO" ] || ! [ -e "$KO" ]; then
	result 0 "races # SKIP the module is built in"
	finish
fi
set_up
ns_add "$AWAY"
ip -n "$NAT" link add hub type bridge
ip -n "$NAT" addr add 198.51.100.1/24 dev hub
ip -n "$NAT" link set hub up
storm
need wait_for has_received "$GW" 20

check "all requests of an administrator, two at a time, are done or refused" races
tell_figures
# Devices that were left in between.
for ns in "$MN" "$GW" "$AWAY"; do
	for dev in $(ip -n "$ns" -j link show type m6t | jq -r '.[].ifname // empty'); do
		need ip -n "$ns" link del "$dev"
	done
done
for mtu in eth:"$MN" wan:"$GW"; do
	ip -n "${mtu#*:}" link set "${mtu%:*}" mtu 1500
done
gateway rate 0 pressure 0
storm_mobile_node
again "after all races"
calm
ip -n "$GW" link del m6t0
ip -n "$MN" link del m6t0
check "the module has no references" wait_for is_unused
check "the module can be removed" rmmod m6t
check_not "no slab cache of m6t is left" grep "^m6t" /proc/slabinfo
need insmod "$KO"
finish
