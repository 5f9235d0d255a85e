#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# What an attacker on the Internet can do to the protocol module of a home agent: with
# binding updates that were recorded, while they are valid and when they no longer are;
# with thousands of packets that cause events; and, where "ipsec none" lets them
# through, with mobility headers of all kinds.
# takes long
# proves: D6 D7 D9 D16 D22

# shellcheck disable=SC2119,SC2317,SC2329	# optional arguments, called indirectly
# shellcheck source-path=SCRIPTDIR source=../lib/lib.sh
. "$(dirname "$0")/../lib/lib.sh"
# shellcheck source-path=SCRIPTDIR source=../lib/dsmip.bash
. "$SELFTESTS/lib/dsmip.bash"
# shellcheck source-path=SCRIPTDIR source=mipd.bash
. "$SELFTESTS/mipd/mipd.bash"

# Beside the NAT.
EVIL4=192.0.2.66 EVIL_PORT=6666
FLOOD=$(short_or_long 1500 20000)

mn() { in_ns "$MN" m6tctl "$@"; }
ha() { in_ns "$HA" m6tctl "$@"; }

# module: pid of the protocol module of the home agent.
module()
{
	ip netns pids "$HA" | while read -r pid; do
		grep -qx m6tmipd "/proc/$pid/comm" && echo "$pid"
	done
}

ended()
{
	[ -z "$(module)" ]
}

not_bound()
{
	[ -z "$(node)" ]
}

evil()
{
	need inner "$NAT" udp $EVIL4:$EVIL_PORT $HA4:$DSMIP_PORT "$@"
}

# binding: what of it says where packets are sent, and which of them are taken.
where_bound()
{
	node | jq -c '[.hoa4, .kind, .remote, .port]'
}

registered()
{
	capture "$NAT" out "$TMP/out" udp dst port $DSMIP_PORT
	need ha up m6t0
	need mn up m6t0
	check "the mobile node is bound" wait_for bound_at $NAT4
	capture_end
	UPDATE=$(wire "$TMP/out" 'select(.spi == 4097) | .hex' | tail -n 1)
	need test -n "$UPDATE"
	BOUND=$(where_bound)
}

# ---- events

# queue: bytes and drops of the sockets that receive m6t's events.
queue()
{
	in_ns "$HA" awk '$2 == 16 && $4 !~ /^0*$/ { bytes += $5; drops += $9 }
		END { print bytes + 0, drops + 0 }' /proc/net/netlink
}

# packets N PACKET: so many of them.
packets()
{
	local i

	PACKETS=()
	for ((i = 0; i < $1; i++)); do
		PACKETS+=("$2")
	done
}

# The protocol module is stopped, so that nothing is read.
events()
{
	local pid icv

	pid=$(module) icv=$(printf 0%.0s {1..64})
	need wait_for eval '[ "$(queue)" = "0 0" ]'
	need kill -STOP "$pid"
	packets 300 "$HOA $CN6 echo"
	counts "payload from elsewhere" "$HA" '{"m6t0":{"rx_mismatch":300}}' \
		evil "${PACKETS[@]}"
	packets 300 "$HOA $HA6 esp=0x1001:1:$icv mh=1"
	counts "ESP with a known SPI and a wrong key" "$HA" \
		'{"m6t0":{"rx_signal":300}}' evil "${PACKETS[@]}"
	check_eq "their events do not fill the queue of the protocol module" \
		"0 0" "$(queue)"
	need kill -CONT "$pid"
	need m6tctl -n "$HA" binding add 2001:db8:2::5 remote 192.0.2.9:5 \
		lifetime 60 dev m6t0
	need kill -STOP "$pid"
	need m6tctl -n "$HA" binding del 2001:db8:2::5 dev m6t0
	check_not "but the end of a binding is put there" test "$(queue)" = "0 0"
	need kill -CONT "$pid"
	check_eq "the binding is as it was" "$BOUND" "$(where_bound)"
}

# ---- replays

# answered FILE: acknowledgments that were sent to the attacker.
answered()
{
	captured "$1" "dst $EVIL4 and dst port $EVIL_PORT"
}

has_answered()
{
	[ "$(answered "$1")" -ge "$2" ]
}

# replays NAME FILE N: the update is sent so often, and answered.
replays()
{
	capture "$NAT" out "$2" "udp and dst $EVIL4"
	packets "$3" "hex=$UPDATE"
	evil "${PACKETS[@]}"
	check "$1: the answer goes where it came from" wait_for has_answered "$2" 1
	need wait_for all_heard
	capture_end
}

# all_heard: the protocol module has read everything.
all_heard()
{
	[ "$(in_ns "$HA" awk 'NR > 1 && $5 !~ /:00000000$/' /proc/net/raw6 |
		wc -l)" = 0 ]
}

while_bound()
{
	local n

	replays "a flood of replays" "$TMP/flood" "$FLOOD"
	n=$(answered "$TMP/flood")
	diag "$n of $FLOOD answered"
	check "few of them are answered" test "$n" -lt $((FLOOD / 4))
	check_eq "the binding stays where it is" "$BOUND" "$(where_bound)"
	routes_change
	need ip -n "$MN" link set eth down
	check "the mobile node itself is heard: it moves" wait_for bound_at $COA2
	stop "$PID"
}

# Changes of routes without an end, as a router on its link can cause.
routes_change()
{
	start "$MN" bash -c 'exec ip -6 -force -b <(yes \
		"route replace 2001:db8:77::/64 dev lo
		route del 2001:db8:77::/64 dev lo")' >"$TMP/routes" 2>&1
}

# A module that knows nothing but what it has kept.
another_module()
{
	need kill -QUIT "$(module)"
	need wait_for ended
	need ha up m6t0
}

when_ended()
{
	need mn down m6t0
	need wait_for not_bound
	another_module
	replays "recorded before the end" "$TMP/after" 1
	check "it binds nothing" not_bound
	need ha down m6t0
	need ha up m6t0
	replays "recorded before the home agent was down" "$TMP/down" 1
	check "that binds nothing, either" not_bound
	need mn up m6t0
	check "the mobile node itself is bound again" wait_for bound_at $COA2
	need mn down m6t0
	need ha down m6t0
}

# ---- mobility headers in clear

# memory: of the protocol module, in KiB.
memory()
{
	awk '/^VmRSS/ { print $2 }' "/proc/$(module)/status"
}

# headers KIND: from elsewhere; none binds anything, and the module is there.
headers()
{
	local n pid

	pid=$(module)
	capture "$NAT" out "$TMP/$1" "udp and dst $EVIL4"
	n=$(in_ns "$NAT" "$SELFTESTS/mipd/dsmip_mh.py" "$1" \
		$EVIL4:$EVIL_PORT $HA4:$DSMIP_PORT $HOA $HA6)
	diag "$n mobility headers"
	need wait_for all_heard
	check_eq "$1 mobility headers: the protocol module lives" "$pid" \
		"$(module)"
	check "$1 mobility headers: nothing is bound" not_bound
	capture_end
}

in_clear()
{
	local before ns

	for ns in "$MN" "$HA"; do
		sed -i 's/^ipsec .*/ipsec none/' "/etc/netns/$ns/m6t/m6t0.conf"
		need ip -n "$ns" xfrm policy flush
		need ip -n "$ns" xfrm state flush
	done
	need ha up m6t0
	headers unknown
	before=$(memory)
	check "unknown types are answered" has_answered "$TMP/unknown" 1
	check_eq "with a binding error" 7 "$(error_types)"
	check "but not all, if there are so many" \
		test "$(answered "$TMP/unknown")" -lt 200
	headers malformed
	check_eq "malformed ones are not answered" 0 \
		"$(answered "$TMP/malformed")"
	headers random
	diag "memory: $before KiB, $(memory) KiB"
	check "no memory is lost" test "$(memory)" -le $((before + 256))
	check "a mobile node is bound after all that" mn up m6t0
	need wait_for bound_at $COA2
}

# error_types: types of the mobility headers in the answers.
error_types()
{
	wire "$TMP/unknown" '.hex[84:86]' | sort -u | sed 's/^0*//' | xargs
}

topology_dsmip
untracked
need ip -n "$HA" route add $EVIL4 via $NAT4
need in_ns "$NAT" sysctl -qw net.ipv4.conf.all.rp_filter=0 \
	net.ipv4.conf.out.rp_filter=0
dsmip_files
mipd_ipsec
registered
events
while_bound
when_ended
in_clear
finish
