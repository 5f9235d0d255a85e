#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# No memory: each allocation that the kernel makes while a device is created, set
# up, attached, changed, listed or given bindings, or while the module is loaded,
# fails once. The request is then either done or refused, nothing is left half
# done, and the next try succeeds. The same for allocations caused by packets.
# Leaks are found when the module is removed.
#
# runs alone: it unloads the module, and allocations of others could fail
# takes long: each allocation is one try
# soak: uml-debug
# proves: B2 G12
# class: T15

# Called by their names.
# shellcheck disable=SC2317,SC2329
# shellcheck source-path=SCRIPTDIR source=../lib/lib.sh
. "$(dirname "$0")/../lib/lib.sh"
# shellcheck source-path=SCRIPTDIR source=faults.bash
. "$SELFTESTS/stress/faults.bash"

# ---- what is asked for

# A device is created.
before_create_gateway() { nothing; }
do_create_gateway()
{
	failing "$1" ip -n "$GW" link add m6t1 type m6t mode gw \
		prefix fd00:6e::/48 ha 2001:db8:1::/64 exempt 10.0.0.0/8 \
		port 1000,1001
}
ok_create_gateway() { ! lacks "$GW" m6t1; }
not_create_gateway() { lacks "$GW" m6t1; }
after_create_gateway() { ip -n "$GW" link del m6t1 2>"$TMP/del"; }

before_create_mobile_node() { nothing; }
do_create_mobile_node()
{
	failing "$1" ip -n "$MN" link add m6t1 type m6t mode mn \
		prefix fd00:6d:0:1:2::/80 gateway $GW4
}
ok_create_mobile_node() { ! lacks "$MN" m6t1; }
not_create_mobile_node() { lacks "$MN" m6t1; }
after_create_mobile_node() { ip -n "$MN" link del m6t1 2>"$TMP/del"; }

# Its sockets are opened.
before_up() { ip -n "$GW" link set m6t0 down; }
do_up() { failing "$1" ip -n "$GW" link set m6t0 up; }
ok_up() { [ "$(sockets "$GW")" = 2 ]; }
not_up() { [ "$(sockets "$GW")" = 0 ]; }
after_up() { ip -n "$GW" link set m6t0 up; }

# An attachment, where there is none, and where there is one.
attachment()
{
	m6tctl -n "$MN" -j show dev m6t0 | jq -c '.[0] | [.attached, .address]'
}

is_whole()
{
	local address

	address=$(m6tctl -n "$MN" -j show dev m6t0 | jq -r '.[0].address // ""')
	if [ -n "$address" ]; then
		[ "$(sockets "$MN")" = 1 ] &&
			[ -n "$(ip -n "$MN" -6 -o addr show to "$address")" ]
	else
		[ "$(sockets "$MN")" = 0 ] &&
			[ -z "$(ip -n "$MN" -6 -o addr show dev m6t0)" ]
	fi
}

before_attach() { m6tctl -n "$MN" detach dev m6t0; }
do_attach() { failing "$1" m6tctl -n "$MN" attach dev m6t0; }
ok_attach() { [ "$(sockets "$MN")" = 1 ] && is_whole; }
not_attach() { [ "$(sockets "$MN")" = 0 ] && is_whole; }
after_attach() { m6tctl -n "$MN" detach dev m6t0; }

before_attach_anew()
{
	m6tctl -n "$MN" attach dev m6t0
	WAS=$(attachment)
}
do_attach_anew() { failing "$1" m6tctl -n "$MN" attach dev m6t0; }
ok_attach_anew() { [ "$(attachment)" != "$WAS" ] && is_whole; }
not_attach_anew() { [ "$(attachment)" = "$WAS" ] && is_whole; }
after_attach_anew() { nothing; }

# Settings, with sockets and a larger table.
settings()
{
	ip -n "$1" -d -j link show m6t0 | jq -c '.[0].linkinfo'
}

before_change()
{
	need ip -n "$GW" link del m6t0
	gateway port $PORT,1000 max-bindings 16
	WAS=$(settings "$GW")
}
do_change()
{
	failing "$1" ip -n "$GW" link set m6t0 type m6t port 1000,1001,1002 \
		max-bindings 4096 temp-timeout 1000
}
ok_change() { [ "$(settings "$GW")" != "$WAS" ] && [ "$(sockets "$GW")" = 3 ]; }
not_change() { [ "$(settings "$GW")" = "$WAS" ] && [ "$(sockets "$GW")" = 2 ]; }
after_change() { nothing; }

before_change_local()
{
	ip -n "$GW" link set m6t0 type m6t local 0.0.0.0 port $PORT,1000
	WAS=$(settings "$GW")
}
do_change_local()
{
	failing "$1" ip -n "$GW" link set m6t0 type m6t local $GW4
}
ok_change_local()
{
	[ "$(settings "$GW")" != "$WAS" ] && [ "$(sockets "$GW")" = 2 ]
}
# Where the old sockets cannot be opened again either for lack of memory, none is
# left and the log reports it; setting the link down and up repairs it.
not_change_local()
{
	[ "$(settings "$GW")" = "$WAS" ] && [ "$(sockets "$GW")" = 2 ]
}
after_change_local() { nothing; }

# Bindings.
before_add() { nothing; }
do_add()
{
	failing "$1" m6tctl -n "$GW" binding add fd00:6d::5 remote $NAT4:5 \
		dev m6t0
}
ok_add() { state_is static fd00:6d::5; }
not_add() { state_is none fd00:6d::5; }
after_add() { m6tctl -n "$GW" binding del fd00:6d::5 dev m6t0 2>"$TMP/del"; }

# The same over a temporary one, which otherwise stays.
before_add_over()
{
	in_ns "$NAT" "$TMP/inject" udp $GW4 $PORT "src=fd00:6d::7,dst=$HA6,nh=59"
	wait_for state_is temporary fd00:6d::7
}
do_add_over()
{
	failing "$1" m6tctl -n "$GW" binding add fd00:6d::7 remote $NAT4:7 \
		dev m6t0
}
ok_add_over() { state_is static fd00:6d::7; }
not_add_over() { state_is temporary fd00:6d::7; }
after_add_over() { m6tctl -n "$GW" binding del fd00:6d::7 dev m6t0; }

before_flush() { m6tctl -n "$GW" binding add fd00:6d::6 remote $NAT4:6 dev m6t0; }
do_flush() { failing "$1" m6tctl -n "$GW" binding flush dev m6t0; }
ok_flush() { [ "$(bindings)" = 0 ]; }
not_flush() { [ "$(bindings)" = 1 ]; }
after_flush() { m6tctl -n "$GW" binding flush dev m6t0; }

# The list is complete, or there is an error.
before_dump()
{
	local i

	for ((i = 1; i <= 40; i++)); do
		m6tctl -n "$GW" binding add "fd00:6d::$i" remote "$NAT4:$i" \
			dev m6t0
	done 2>"$TMP/add"
	before_dump() { nothing; }
}
do_dump() { failing "$1" m6tctl -n "$GW" -j binding show dev m6t0; }
ok_dump() { [ "$(jq length "$TMP/out")" = 40 ]; }
not_dump() { [ -s "$TMP/err" ]; }
after_dump() { nothing; }

before_stats() { nothing; }
do_stats() { failing "$1" m6tctl -n "$GW" -j stats dev m6t0; }
ok_stats() { jq -e '.[0].rx_short != null' "$TMP/out" >"$TMP/jq"; }
not_stats() { [ -s "$TMP/err" ]; }
after_stats() { nothing; }

before_list() { nothing; }
do_list() { failing "$1" ip -n "$GW" -d -j link show m6t0; }
ok_list() { grep -q "m6t" "$TMP/out"; }
not_list() { [ -s "$TMP/err" ]; }
after_list() { nothing; }

# The module, with all devices removed.
before_load() { rmmod m6t 2>"$TMP/rmmod"; }
do_load() { failing "$1" insmod "$KO"; }
ok_load() { [ -d /sys/module/m6t ]; }
not_load() { ! [ -d /sys/module/m6t ] && ! grep -q "^m6t" /proc/slabinfo; }
after_load() { nothing; }

# ---- what packets cause

# packets: of new mobile nodes, of a known one, and answers.
packets()
{
	in_ns "$NAT" "$TMP/inject" udp -c 20 $GW4 $PORT \
		"src=fd00:6d:0:1:2::$1,dst=$HA6,echo=1" \
		"src=fd00:6d:0:1:3::$1,dst=$HA6,echo=1"
	in_ns "$MN" ping -6 -q -n -c 5 -i 0.01 -W 1 $HA6
	in_ns "$HA" ping -6 -q -n -c 5 -i 0.01 -W 1 "$ADDRESS"
	in_ns "$HA" ping -6 -q -n -c 2 -i 0.01 -W 1 fd00:6d::99
	m6tctl -n "$GW" binding flush dev m6t0
	m6tctl -n "$MN" attach dev m6t0 id 000000004444
}

# Of the allocations that m6t makes each Nth fails.
packets_fail()
{
	local n before after

	only_m6t
	before=$(drops "$GW")
	for n in 1 2 3 5 7; do
		set_faults interval=$n probability=100 times=-1
		packets $n
		set_faults probability=0 times=1
	done >"$TMP/packets" 2>&1
	set_faults interval=1
	after=$(drops "$GW")
	diag "before: $before"$'\n'"after: $after"
	check "packets: some first ones got no binding" test \
		"$(counter "$GW" rx_table_full)" -gt 0
	check "packets: the tunnel works after that" \
		wait_for ping6_ok "$MN" $HA6 -W 1
}

# An event without memory is counted, and reported as lost as soon as there is
# memory: not at the first try, which has none either.
events_fail()
{
	only_m6t
	need m6tctl -n "$GW" binding add fd00:6d::8 remote $NAT4:8 dev m6t0
	start "$GW" m6tctl -j monitor dev m6t0 >"$TMP/events"
	need wait_for listening "$TMP/events"
	set_faults probability=100 times=2
	m6tctl -n "$GW" binding del fd00:6d::8 dev m6t0
	check "an event without memory is reported as lost" \
		wait_for grep -q '"dev":"m6t0","event":"lost","lost":1}' "$TMP/events"
	check_not "an event without memory is not reported itself" \
		grep -q 'fd00:6d::8"' "$TMP/events"
	set_faults probability=0 times=1
	stop "$PID"
}

need_inject
faults_begin
topology
each load
[ -d /sys/module/m6t ] || need insmod "$KO"
gateway port $PORT,1000
need ip -n "$MN" link add m6t0 type m6t mode mn prefix $MN_PREFIX gateway $GW4
need ip -n "$MN" link set m6t0 up
each create_gateway
each create_mobile_node
each up
each attach
each attach_anew
each add
each add_over
each dump
each stats
each list
each flush
each change
each change_local
need ip -n "$MN" link del m6t0
need ip -n "$GW" link del m6t0
gateway rate 0 pressure 0
mobile_node
events_fail
packets_fail
ip -n "$MN" link del m6t0
ip -n "$GW" link del m6t0
need rmmod m6t
check_not "no slab cache of m6t is left" grep "^m6t" /proc/slabinfo
need insmod "$KO"
finish
