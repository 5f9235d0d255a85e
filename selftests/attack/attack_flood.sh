#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# A flood of first packets with forged sources, as fast as this machine can send
# it: the table stays within its bound, newcomers get in with their first packet,
# and existing mobile nodes are served as well as if the same packets were routed
# without a tunnel. Floods that sanity checks drop, and one to a closed port, are
# the reference. The long version floods for a minute each, and compares.
#
#    flooder                     gw
#  +---------+          +-------------------+
#  |     eth-+----------+-atk               |   and those of lib.sh
#  +---------+          +-------------------+
#
# needs two CPUs
# proves: G11 G12 G17
# class: 6.1.3
# soak: uml
# takes long
# runs alone: it floods

# shellcheck disable=SC2119,SC2317,SC2329	# optional arguments, indirect calls
. "$(dirname "$0")/../lib/lib.sh"

ATK=m6t-$$-atk
ROUNDS=$(short_or_long 1 15)
MAX=65536

# flood KIND: as fast as possible, from now on; sets FLOOD. Where there are two
# CPUs, one is for the flood, as if it had its own queue.
flood()
{
	ip netns exec "$ATK" "${THEIRS[@]}" "$TMP/flood" "$1" eth "$MAC" 3600 0 \
		"$RANDOM" >"$TMP/sent" &
	FLOOD=$!
	at_exit "kill $FLOOD"
}

# flood_end: sets SENT, packets a second.
flood_end()
{
	local n us

	stop "$FLOOD"
	read -r n us <"$TMP/sent"
	SENT=$((n * 1000000 / us))
}

# fills: the table gets full; where this machine is too slow to send enough first
# packets within the lifetime of a binding, the lifetime is longer.
fills()
{
	wait_for is_full && return
	diag "temporary bindings live for a minute, as this machine is slow"
	need ip -n "$GW" link set m6t0 type m6t temp-timeout 60000
	WAIT=60 wait_for is_full
}

# is_full: the table has its maximum of bindings.
is_full()
{
	[ "$(bindings)" -ge $((MAX - 64)) ]
}

# objects: of bindings, those that wait for RCU included.
objects()
{
	awk '$1 == "m6t_binding" { print $3 }' /proc/slabinfo
}

# newcomers: a hundred of them, each sends one packet and waits for the answer;
# prints how many got one. They have several IPv4 addresses, so that none is
# limited.
newcomers()
{
	local i at

	for at in 0 25 50 75; do
		local packets=()
		for ((i = at; i < at + 25; i++)); do
			packets+=("src=fd00:6d::1:$i,dst=$HA6,echo=$i")
		done
		in_ns "$NAT" "$TMP/inject" udp -b "192.0.2.$((11 + at))" -e \
			-w 400 -s 2000 $GW4 $PORT "${packets[@]}"
	done | grep -vc '^-'
}

# served: packets a second that the gateway accepts from the mobile node, which
# sends as many as it can for a second or two.
served()
{
	local before n us

	before=$(binding | jq .rx_packets)
	read -r n us < <(in_ns "$MN" "${OURS[@]}" "$TMP/flood" own m6t0 \
		"$ADDRESS" "$(short_or_long 1 4)" 0)
	echo $((($(binding | jq .rx_packets) - before) * 1000000 / us))
}

# median FILE
median()
{
	sort -n "$1" | awk '{ v[NR] = $1 } END { print v[int((NR + 1) / 2)] }'
}

# Where the CPU is emulated or the kernel checks itself a flood is too slow, and
# one that never sleeps stops a clock that jumps.
if [ "${M6T_KERNEL:-uml}" != uml ]; then
	result 0 "a flood # SKIP only at native speed"
	finish
fi

THEIRS=() OURS=()
[ "$(nproc)" -lt 2 ] || { THEIRS=(taskset -c 1) OURS=(taskset -c 0); }
need_built inject
need_built flood
topology "ip saddr 10.0.0.0/24 masquerade"
for at in 0 25 50 75; do
	ip -n "$NAT" addr add "192.0.2.$((11 + at))/24" dev out
done
ns_add "$ATK"
link_ns "$ATK" eth 198.51.100.2/24 "$GW" atk 198.51.100.1/24,2001:db8:3::1/64
ip -n "$GW" route add default via 198.51.100.2
MAC=$(ip -n "$GW" -j link show atk | jq -r '.[].address')
gateway
mobile_node
activate

flood new
fills
result $? "the flood fills the table"
need in_ns "$HA" tc qdisc add dev eth root netem delay 20ms limit 100000
IN=$(newcomers)
[ "$IN" -ge 99 ]
result $? "of 100 newcomers, answered after 20 ms, 99 get in with their first packet"
diag "$IN got in"
[ "$(bindings)" -le $MAX ]
result $? "there are no more than $MAX bindings"
[ "$(objects)" -le $((MAX + MAX / 8)) ]
result $? "evicted bindings are freed"
flood_end
need in_ns "$HA" tc qdisc del dev eth root
figure "flood of first packets" "$SENT a second, newcomers in $IN of 100," \
	"$(objects) objects for $MAX bindings"
check "the mobile node's binding is still active" state_is active

for ((i = 0; i < ROUNDS; i++)); do
	served >>"$TMP/served-none"
	for kind in plain new closed version length source destination \
		routed echo; do
		flood $kind
		served >>"$TMP/served-$kind"
		flood_end
		echo "$SENT" >>"$TMP/sent-$kind"
	done
done
figure "mobile node, no flood" "$(median "$TMP/served-none") packets a second"
for kind in plain new closed version length source destination routed echo; do
	figure "mobile node, flood $kind" "$(median "$TMP/served-$kind")" \
		"packets a second, beside $(median "$TMP/sent-$kind")"
done
# One short measurement means nothing on a shared machine.
if [ -n "${M6T_LONG:-}" ]; then
	[ $((10 * $(median "$TMP/served-new"))) -ge \
		$((9 * $(median "$TMP/served-plain"))) ]
	result $? "the mobile node keeps 0.9 of its rate beside the same packets without a tunnel"
	[ $((10 * $(median "$TMP/served-echo"))) -ge \
		$((9 * $(median "$TMP/served-routed"))) ]
	result $? "the mobile node keeps 0.9 of its rate beside answered packets, too"
	for kind in version length source destination; do
		[ "$(median "$TMP/sent-$kind")" -ge \
			"$(median "$TMP/sent-closed")" ]
		result $? "a flood of wrong $kind costs no more than one to a closed port"
	done
fi
finish
