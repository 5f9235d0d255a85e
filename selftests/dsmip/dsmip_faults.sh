#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# No memory: each allocation that the kernel makes while a device of DSMIPv6 is
# created, set up, changed or listed, a home address bound, or a care-of address set,
# fails once. The request is then either done or refused, nothing is left half done,
# and the next try succeeds. The same for allocations caused by packets. Leaks are
# found when the module is removed.
#
# runs alone: it unloads the module, and allocations of others could fail
# takes long: each allocation is one try
# soak: uml-debug
# proves: D7 D17
# class: T15

# Called by their names.
# shellcheck disable=SC2317,SC2329
# shellcheck source-path=SCRIPTDIR source=../lib/lib.sh
. "$(dirname "$0")/../lib/lib.sh"
# shellcheck source-path=SCRIPTDIR source=../lib/dsmip.bash
. "$SELFTESTS/lib/dsmip.bash"
# shellcheck source-path=SCRIPTDIR source=../stress/faults.bash
. "$SELFTESTS/stress/faults.bash"

OTHER=2001:db8:2::5 OTHER4=198.51.100.5

ha() { m6tctl -n "$HA" "$@"; }
mn() { m6tctl -n "$MN" "$@"; }

# Devices are created.
before_create_ha() { nothing; }
do_create_ha()
{
	failing "$1" ip -n "$HA" link add m6t1 type m6t mode dsmip-ha ha $HA6 \
		ha4 $HA4 home $HOME6 home4 $HOME4 port 4192
}
ok_create_ha() { ! lacks "$HA" m6t1; }
not_create_ha() { lacks "$HA" m6t1; }
after_create_ha() { ip -n "$HA" link del m6t1 2>"$TMP/del"; }

before_create_mn() { nothing; }
do_create_mn()
{
	failing "$1" ip -n "$MN" link add m6t1 type m6t mode dsmip-mn ha $HA6 \
		ha4 $HA4 hoa $OTHER hoa4 $OTHER4
}
ok_create_mn() { ! lacks "$MN" m6t1; }
not_create_mn() { lacks "$MN" m6t1; }
after_create_mn() { ip -n "$MN" link del m6t1 2>"$TMP/del"; }

before_up() { ip -n "$HA" link set m6t0 down; }
do_up() { failing "$1" ip -n "$HA" link set m6t0 up; }
ok_up() { [ "$(sockets "$HA")" = 1 ]; }
not_up() { [ "$(sockets "$HA")" = 0 ]; }
after_up() { ip -n "$HA" link set m6t0 up; }

# Home addresses.
bindings_of()
{
	ha -j binding show dev m6t0 |
		jq -c 'map([.address, .hoa4, .remote, .port]) | sort'
}

before_bind() { WAS=$(bindings_of); }
do_bind()
{
	failing "$1" m6tctl -n "$HA" binding add $OTHER hoa4 $OTHER4 \
		remote $NAT4:5 lifetime 3600 dev m6t0
}
ok_bind() { [ "$(node $OTHER | jq -r .hoa4)" = $OTHER4 ]; }
not_bind() { [ "$(bindings_of)" = "$WAS" ]; }
after_bind() { ha binding del $OTHER dev m6t0 2>"$TMP/del"; }

# Over another, to move, with another IPv4 home address.
before_bind_again()
{
	ha binding add $OTHER hoa4 $OTHER4 remote $NAT4:5 lifetime 3600 dev m6t0
	WAS=$(bindings_of)
}
do_bind_again()
{
	failing "$1" m6tctl -n "$HA" binding add $OTHER hoa4 198.51.100.6 \
		remote $NAT4:6 lifetime 3600 dev m6t0
}
ok_bind_again() { [ "$(node $OTHER | jq -r .hoa4)" = 198.51.100.6 ]; }
not_bind_again() { [ "$(bindings_of)" = "$WAS" ]; }
after_bind_again() { nothing; }

before_unbind() { before_bind_again; }
do_unbind() { failing "$1" m6tctl -n "$HA" binding del $OTHER dev m6t0; }
ok_unbind() { [ -z "$(node $OTHER)" ]; }
not_unbind() { [ "$(bindings_of)" = "$WAS" ]; }
after_unbind() { nothing; }

before_dump()
{
	local i

	for ((i = 1; i <= 40; i++)); do
		ha binding add 2001:db8:2::a:$i remote "$NAT4:$i" \
			lifetime 36000 dev m6t0
	done
	TOTAL=$(bindings_of | jq length)
	before_dump() { nothing; }
}
do_dump() { failing "$1" m6tctl -n "$HA" -j binding show dev m6t0; }
ok_dump() { [ "$(jq length "$TMP/out")" = "$TOTAL" ]; }
not_dump() { [ -s "$TMP/err" ]; }
after_dump() { nothing; }

# Settings, with another socket and a larger table.
settings()
{
	ip -n "$1" -d -j link show m6t0 | jq -c '.[0].linkinfo'
}

# full: so many may be bound as the settings say.
full()
{
	local i most

	most=$(ip -n "$HA" -d -j link show m6t0 |
		jq '.[0].linkinfo.info_data["max-bindings"]')
	ha binding flush dev m6t0
	for ((i = 1; i <= most; i++)); do
		ha binding add 2001:db8:2::b:$i remote "$NAT4:$i" lifetime 60 \
			dev m6t0 || return 1
	done
	! ha binding add 2001:db8:2::b:0 remote "$NAT4:1" lifetime 60 dev m6t0
}

before_change()
{
	ip -n "$HA" link set m6t0 type m6t max-bindings 2 port $DSMIP_PORT
	WAS=$(settings "$HA")
}
do_change()
{
	failing "$1" ip -n "$HA" link set m6t0 type m6t port 4193 max-bindings 3
}
ok_change() { [ "$(settings "$HA")" != "$WAS" ] && full; }
not_change()
{
	[ "$(settings "$HA")" = "$WAS" ] && [ "$(sockets "$HA")" = 1 ] && full
}
after_change() { nothing; }

# Care-of addresses.
slots()
{
	mn -j show dev m6t0 |
		jq -r '.[0].slots | map("\(.state) \(.local)") | sort | join(", ")'
}

before_slot() { mn slot clear dev m6t0; }
do_slot() { failing "$1" m6tctl -n "$MN" slot set $COA2 link eth2 dev m6t0; }
ok_slot() { [ "$(slots)" = "active $COA, pending $COA2" ]; }
not_slot() { [ "$(slots)" = "active $COA" ] && [ "$(sockets "$MN")" = 1 ]; }
after_slot() { nothing; }

before_commit()
{
	slot_set $COA eth
	slot_commit linger 0
	slot_set $COA2 eth2
	wait_for slots_are "active $COA, pending $COA2"
}
do_commit() { failing "$1" m6tctl -n "$MN" slot commit linger 0 dev m6t0; }
ok_commit() { wait_for slots_are "active $COA2"; }
not_commit() { slots_are "active $COA, pending $COA2"; }
after_commit() { nothing; }

slots_are()
{
	[ "$(slots)" = "$1" ]
}

# ---- what packets cause

port_of_nat()
{
	capture "$NAT" out "$TMP/out" udp dst port $DSMIP_PORT
	in_ns "$MN" ping -6 -n -q -c 1 -W 0.1 $CN6 >"$TMP/ping"
	capture_end
	wire "$TMP/out" .sport | tail -n 1
}

# packets: payload both ways, signalling, what is refused, and lifetimes that end.
packets()
{
	in_ns "$MN" ping -6 -q -n -c 5 -i 0.01 -W 1 $CN6
	in_ns "$MN" ping -q -n -c 5 -i 0.01 -W 1 $CN4
	in_ns "$CN" ping -6 -q -n -c 5 -i 0.01 -W 1 $HOA
	inner "$NAT" udp $NAT4:9 $HA4:$DSMIP_PORT "$HOA $HA6 esp=0x1001:1 mh=1" \
		"$HOA $CN6 echo" "$HOA $HA6 mh=1" "$HOA $HA6 dst=0500 mh=1"
	bu "$1" wait=0.1
	ha binding add $OTHER remote $NAT4:5 lifetime 1 dev m6t0
	wait_for eval '[ -z "$(node $OTHER)" ]'
}

# Of the allocations that m6t makes each Nth fails.
packets_fail()
{
	local n

	only_m6t
	: >"$TMP/mh"
	mh_listen "$TMP/mh" answer
	need monitor_dsmip "$HA" "$TMP/events"
	for n in 1 2 3 5 7; do
		set_faults interval=$n probability=100 times=-1
		packets $n
		set_faults probability=0 times=1
	done >"$TMP/packets" 2>&1
	set_faults interval=1
	diag "$(drops "$HA")"
	need bind_node lifetime 36000 remote "$NAT4:$(port_of_nat)"
	check "packets: payload after that" wait_for ping6_ok "$MN" $CN6 -W 1
	check_eq "packets: and signalling" "BA $HA6 0 99" "$(bu 99)"
}

faults_begin
topology_dsmip
untracked
ipsec_dsmip
home_agent
mobile_node_dsmip
need slot_set $COA eth
need slot_commit
# Most allocations are those of all devices, see faults.sh.
STEP=$(short_or_long 24 1) each create_ha
STEP=$(short_or_long 24 1) each create_mn
each up
each bind
each bind_again
each unbind
each dump
each change
each slot
each commit
need ip -n "$HA" link del m6t0
need ip -n "$MN" link del m6t0
need ip -n "$HA" -6 neigh del proxy $HOA dev home
need ip -n "$HA" neigh del proxy $HOA4 dev home
home_agent
mobile_node_dsmip
need slot_set $COA eth
need slot_commit
packets_fail
need ip -n "$MN" link del m6t0
need ip -n "$HA" link del m6t0
need rmmod m6t
check_not "no slab cache of m6t is left" grep "^m6t" /proc/slabinfo
need insmod "$KO"
finish
