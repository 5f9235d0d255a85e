#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# The module goes while packets come from everywhere, and while devices come and
# go: nothing breaks, nothing is left.
#
# runs alone: it unloads the module
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

# Devices come and go and everything is listed while the module does, too.
# What is asked at the wrong time fails, so no result is looked at here.
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
	check_eq "module gone and back $i times, under load" 0 $failed
}

# A family that goes is told, so that monitor does not wait for ever.
monitor_ends()
{
	start "$GW" m6tctl monitor >"$TMP/monitor" 2>"$TMP/monitor.err"
	need wait_for monitor_listens
	need wait_for unload
	wait "$PID"
	check_eq "monitor ends with the module" 1 $?
	check "and says so" grep -qx "m6tctl: the m6t module was unloaded.*" \
		"$TMP/monitor.err"
}

# Does it? What it prints is of a device that is told of.
# shellcheck disable=SC2317
monitor_listens()
{
	ip -n "$GW" link add probe type m6t mode mn prefix "$MN_PREFIX" \
		gateway "$NAT4"
	ip -n "$GW" link set probe up
	ip -n "$GW" link del probe
	[ -s "$TMP/monitor" ]
}

# Nor does it go before all that was held back is reported.
events_are_reported()
{
	need insmod "$KO"
	burst
	need wait_for unload
	check "events that were held back are reported before" \
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
check "the module goes, with devices, under traffic" wait_for unload
check_eq "and so do all devices" "" "$(ip -n "$MN" -o link show type m6t
	ip -n "$GW" -o link show type m6t)"
calm
check_eq "and all sockets" "0 0" "$(sockets "$MN") $(sockets "$GW")"
check "it can be loaded again" insmod "$KO"
gateway
mobile_node
again "loaded again"
reload_under_load
monitor_ends
events_are_reported
check_not "nothing of its memory is left" grep "^m6t" /proc/slabinfo
check_not "nor of its names" ls -d /sys/kernel/slab/m6t_*
need insmod "$KO"
finish
