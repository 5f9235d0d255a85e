#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# The module is removed under traffic from all sides, and while devices are
# created and deleted: nothing breaks, nothing is left.
#
# runs alone: it unloads the module
# needs two CPUs
# proves: B2
# class: T1

# shellcheck source-path=SCRIPTDIR source=../lib/lib.sh
. "$(dirname "$0")/../lib/lib.sh"
# shellcheck source-path=SCRIPTDIR source=../lib/storm.bash
. "$SELFTESTS/lib/storm.bash"
# shellcheck source-path=SCRIPTDIR source=../lib/events.bash
. "$SELFTESTS/lib/events.bash"

# shellcheck disable=SC2317
unload()
{
	rmmod m6t
}

# Devices are created, deleted and listed while the module is removed and loaded.
# Requests at the wrong time fail, so results are ignored here.
reload_under_load()
{
	local i load=() failed=0

	start "$MN" bash -c "while sleep $PAUSE; do
		ip link add m6t1 type m6t mode gw prefix $PREFIX port 1000
		ip link set m6t1 up
		ip link del m6t1
	done" >"$TMP/load" 2>&1
	load+=("$PID")
	start "$GW" bash -c "while sleep $PAUSE; do
		m6tctl show; m6tctl binding show; m6tctl stats
		ip -d link show type m6t
	done" >"$TMP/load" 2>&1
	load+=("$PID")
	for ((i = 0; i < LOOPS; i++)); do
		wait_for unload || failed=1
		insmod "$KO" 2>"$TMP/insmod" || grep -q "File exists" \
			"$TMP/insmod" || failed=1
	done
	stop "${load[@]}"
	check_eq "the module was removed and loaded $i times under load" 0 $failed
}

# The removal of a family is reported, so that monitor does not wait forever.
monitor_ends()
{
	start "$GW" m6tctl monitor >"$TMP/monitor" 2>"$TMP/monitor.err"
	need wait_for monitor_listens
	need wait_for unload
	wait "$PID"
	check_eq "monitor exits with status 1 when the module is removed" 1 $?
	check "monitor reports that the module is gone" \
		grep -qx "m6tctl: the m6t module was unloaded.*" \
		"$TMP/monitor.err"
}

# Does it? What it prints is of a device that is reported.
# shellcheck disable=SC2317
monitor_listens()
{
	ip -n "$GW" link add probe type m6t mode mn prefix "$MN_PREFIX" \
		gateway "$NAT4"
	ip -n "$GW" link set probe up
	ip -n "$GW" link del probe
	[ -s "$TMP/monitor" ]
}

# It is not removed before all lost events are reported.
events_are_reported()
{
	need insmod "$KO"
	burst
	need wait_for unload
	check "lost events are reported before the module is removed" \
		wait_for told_is $BURST
	diag "$(told) of $BURST: $(last_event)"
	stop "$MONITOR"
}

KO=${M6T_KO:-$(modinfo -n m6t 2>/dev/null)}
if [ -z "$KO" ] || ! [ -e "$KO" ]; then
	result 0 "unloading # SKIP the module is built in"
	finish
fi

set_up
storm
need wait_for has_received "$GW" 20
for what in show "binding show" stats; do
	# shellcheck disable=SC2086	# words
	need m6tctl -n "$GW" $what >"$TMP/listed"
done
check "the module can be removed, with devices, under traffic" wait_for unload
check_eq "all devices are removed with the module" \
	"" "$(ip -n "$MN" -o link show type m6t
	ip -n "$GW" -o link show type m6t)"
calm
check_eq "all sockets are closed with the module" \
	"0 0" "$(sockets "$MN") $(sockets "$GW")"
check "the module can be loaded again" insmod "$KO"
gateway
mobile_node
again "module loaded again"
reload_under_load
monitor_ends
events_are_reported
check_not "no slab cache of m6t is left" grep "^m6t" /proc/slabinfo
check_not "no slab name of m6t is left" ls -d /sys/kernel/slab/m6t_*
need insmod "$KO"
finish
