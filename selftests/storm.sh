#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Devices that go, change or stop, and a module that does, while packets come
# from everywhere: nothing breaks, nothing is left.
#
# runs alone: it unloads the module
# proves: B2 G16

# shellcheck source-path=SCRIPTDIR source=lib.sh
. "$(dirname "$0")/lib.sh"

LOOPS=${M6T_LOOPS:-4}
BYTES=2000000 BURST=2000 PAUSE=0.001
# Where the clock stands still while anything runs, much must be a little.
! time_travel || BYTES=20000 BURST=10 PAUSE=0.01 LOOPS=2

# ---- devices

# again NAME: does traffic flow, all of it, after whatever has happened?
again()
{
	check "$1: it works again" wait_for ping6_ok "$MN" $HA6 -W 1
}

# storm: pings and TCP through the tunnel, both ways, and datagrams to the
# sockets of both ends from elsewhere, until calm.
storm()
{
	local before=${#CLEAN_UP[@]}

	STORM=()
	storm_of "$HA" ping -6 -n -q -i "$PAUSE" "$ADDRESS"
	storm_of "$MN" ping -6 -n -q -i "$PAUSE" -I "$ADDRESS" $HA6
	storm_of "$MN" bash -c "while sleep $PAUSE; do
		curl -sg -m 1 -o /dev/null http://[$HA6]/file
	done"
	storm_of "$NAT" bash -c "while sleep $PAUSE; do
		$TMP/inject udp -c $BURST $GW4 $PORT \
			src=fd00:6d:0:1:2::1,dst=$HA6,echo=1 hex=60 \
			src=fd00:6d:0:1:2::2,dst=$HA6,plen=9
	done"
	storm_of "$NAT" bash -c "while sleep $PAUSE; do
		$TMP/inject udp -c $BURST $MN4 4444 \
			src=$HA6,dst=$ADDRESS,echo=1
	done"
	CLEAN_UP=("${CLEAN_UP[@]:0:before}" calm)
}

storm_of()
{
	start "$@" >/dev/null 2>&1
	STORM+=("$PID")
}

# shellcheck disable=SC2317	# also at the end
calm()
{
	[ ${#STORM[@]} -eq 0 ] || stop "${STORM[@]}"
	STORM=()
} >/dev/null 2>&1

# The mobile node's device with a port that everybody knows.
storm_mobile_node()
{
	need ip -n "$MN" link add m6t0 type m6t mode mn prefix $MN_PREFIX \
		gateway $GW4 sport 4444
	need ip -n "$MN" link set m6t0 up
	need attach id 000000004444
}

delete_in_storm()
{
	local i

	for ((i = 0; i < LOOPS / 2; i++)); do
		need wait_for has_received "$GW" 20
		need ip -n "$GW" link del m6t0
		gateway rate 0
		need wait_for has_received "$MN" 20
		need ip -n "$MN" link del m6t0
		storm_mobile_node
	done
	again "deleted and made again $i times"
}

toggle_in_storm()
{
	local i

	for ((i = 0; i < LOOPS; i++)); do
		need ip -n "$GW" link set m6t0 down
		need ip -n "$GW" link set m6t0 up
		need ip -n "$MN" link set m6t0 down
		need ip -n "$MN" link set m6t0 up
	done
	need ip -n "$GW" -6 route replace $PREFIX dev m6t0
	need attach id 000000004444
	again "down and up $i times"
}

change_in_storm()
{
	local i locals=("$GW4" 0.0.0.0)

	for ((i = 0; i < LOOPS; i++)); do
		need ip -n "$GW" link set m6t0 type m6t active-timeout \
			$((i + 5)) temp-timeout $((i + 10)) \
			port $PORT,$((4500 + i)) max-bindings $((1 + i % 2))
		need m6tctl -n "$GW" binding flush dev m6t0
		need ip -n "$GW" link set m6t0 type m6t \
			local "${locals[i % 2]}"
		need m6tctl -n "$MN" attach dev m6t0
	done >"$TMP/change"
	need ip -n "$GW" link set m6t0 type m6t active-timeout 120 \
		temp-timeout 2000 max-bindings 1000
	need attach id 000000004444
	again "changed and flushed $i times"
}

# Packets wait in queues of other devices for longer than what sent them lives.
delete_before_packets()
{
	need tc -n "$GW" qdisc add dev wan root netem delay 100ms limit 1000
	need tc -n "$MN" qdisc add dev m6t0 root netem delay 100ms limit 1000
	need wait_for queued "$GW" wan
	need wait_for queued "$MN" m6t0
	need m6tctl -n "$GW" binding flush dev m6t0 >"$TMP/flush"
	need ip -n "$GW" link del m6t0
	need ip -n "$MN" link del m6t0
	need wait_for not_queued "$GW" wan
	need tc -n "$GW" qdisc del dev wan root
	gateway rate 0
	storm_mobile_node
	again "deleted before its packets"
}

# shellcheck disable=SC2317
queued()
{
	[ "$(tc -n "$1" -s -j qdisc show dev "$2" | jq '.[0].qlen')" -ge 5 ]
}

# shellcheck disable=SC2317
not_queued()
{
	calm
	[ "$(tc -n "$1" -s -j qdisc show dev "$2" | jq '.[0].qlen')" = 0 ]
}

# ---- the module

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

KO=${M6T_KO:-$(modinfo -n m6t 2>/dev/null)}

topology
need_inject
gateway rate 0
storm_mobile_node
activate
serve "$HA" $HA6
storm
delete_in_storm
toggle_in_storm
change_in_storm
delete_before_packets

if [ -z "$KO" ] || ! [ -e "$KO" ]; then
	result 0 "unloading # SKIP the module is built in"
	finish
fi
storm
need wait_for has_received "$GW" 20
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
check "unloaded" wait_for unload
check_not "nothing of its memory is left" grep "^m6t" /proc/slabinfo
check_not "nor of its names" ls -d /sys/kernel/slab/m6t_*
need insmod "$KO"
finish
