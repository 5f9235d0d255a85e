#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Bindings and tables that are removed while packets use them: deleted one by one
# and by flushes, expired and evicted, and with their device, while traffic is
# sent through them in both directions and they are listed. The binding of the
# honest mobile node is in the same table all the time.
#
# needs two CPUs
# proves: G12 G13 G16
# class: T4
# soak: uml-debug uml-kasan
# runs alone: it takes all that a machine has

# shellcheck disable=SC2119,SC2317,SC2329	# optional arguments, indirect calls
# shellcheck source-path=SCRIPTDIR source=../lib/lib.sh
. "$(dirname "$0")/../lib/lib.sh"
# shellcheck source-path=SCRIPTDIR source=../lib/attack.bash
. "$SELFTESTS/lib/attack.bash"

ROUNDS=$(short_or_long 12 2000)
MANY=200 PAUSE=0.001
[[ ${M6T_KERNEL:-} != debian-* ]] || ROUNDS=$(short_or_long 4 100)
! time_travel || PAUSE=0.01

# again NETNS COMMAND...: repeat it from now on, and ignore failures.
again()
{
	start "$1" bash -c "while sleep $PAUSE; do \"\$@\"; done" - "${@:2}" \
		>>"$TMP/again" 2>&1
	AGAIN+=("$PID")
}
AGAIN=()

# crowd DEV PREFIX PORT: traffic that creates many bindings, and answers.
crowd()
{
	local i all=() back=()

	for ((i = 1; i <= MANY; i++)); do
		all+=("src=${2}2::$i,dst=$HA6,echo=$i")
		back+=("src=$HA6,dst=${2}2::$i,nh=59")
	done
	again "$NAT" "$TMP/inject" udp -s 5000 $GW4 "$3" "${all[@]}"
	again "$HA" "$TMP/inject" ip "${back[@]}"
	again "$GW" m6tctl binding show dev "$1"
	again "$GW" m6tctl -j binding show dev "$1" state active
	again "$GW" m6tctl binding del "${2}2::7" dev "$1"
}

# created N: more than N bindings were created.
created()
{
	[ "$(counter "$GW" binding_created)" -gt "$1" ]
}

# alive NETNS: does its attacked device receive packets?
alive()
{
	m6tctl -n "$GW" -j stats dev m6t1 2>/dev/null |
		jq -e '.[0].binding_activated > 5' >/dev/null
}

add_device()
{
	need ip -n "$GW" link add m6t1 type m6t mode gw prefix fd00:6f::/48 \
		port 4001 rate 0 max-bindings 16 temp-timeout 10
	need ip -n "$GW" link set m6t1 up
	need ip -n "$GW" -6 route add fd00:6f::/48 dev m6t1
}

# One table: bindings are removed in every possible way.
delete_bindings()
{
	local i before

	crowd m6t0 fd00:6d:0: $PORT
	for ((i = 0; i < ROUNDS; i++)); do
		before=$(counter "$GW" binding_created)
		need m6tctl -n "$GW" binding flush dev m6t0 prefix fd00:6d:0:2::/64 \
			>"$TMP/flush"
		need ip -n "$GW" link set m6t0 type m6t temp-timeout 10 \
			max-bindings $((50 + i % 2 * 500))
		need m6tctl -n "$GW" binding flush dev m6t0 state temporary \
			>"$TMP/flush"
		wait_for created "$before" || break
	done
	check_eq "bindings deleted, expired and evicted under traffic" \
		"$ROUNDS" "$i"
	figure "bindings that came and went" "$(counter "$GW" binding_created)"
	honest_lives "bindings deleted"
	stop "${AGAIN[@]}"
	AGAIN=()
}

# A table that is freed with its device, and one that is replaced by a larger one.
delete_tables()
{
	local i max

	add_device
	crowd m6t1 fd00:6f:0: 4001
	for ((i = 0; i < ROUNDS; i++)); do
		wait_for alive || break
		for max in 60 200 1000 5000 70000; do
			need ip -n "$GW" link set m6t1 type m6t max-bindings $max
		done
		need ip -n "$GW" link del m6t1
		add_device
	done
	check_eq "tables grown and deleted under traffic" "$ROUNDS" "$i"
	honest_lives "tables deleted"
	stop "${AGAIN[@]}"
	need ip -n "$GW" link del m6t1
}

# A binding that is deleted, and added again, as fast as netlink permits, during
# a flood of packets to its address: about every other time one of them is being
# sent through it.
delete_in_use()
{
	local turns

	start "$HA" python3 -c "$FLOOD" "${GONE}"
	turns=$(in_ns "$GW" timeout $((WAIT * 3)) python3 "$SELFTESTS/attack/churn.py" \
		m6t0 "$GONE" $NAT4 9 "$(short_or_long 500 200000)")
	check "a binding deleted in use, $turns times" test "${turns:-0}" -gt 0
	check "packets were sent through the binding deleted in use" test \
		"$(counter "$GW" tx_no_binding)" -gt 0
	stop "$PID"
	honest_lives "bindings deleted in use"
}
GONE=fd00:6d:0:4::1
FLOOD='
import socket, sys
sock = socket.socket(socket.AF_INET6, socket.SOCK_DGRAM)
sock.connect((sys.argv[1], 9))
while True:
    try:
        sock.send(bytes(100))
    except OSError:
        pass
'

topology "ip saddr 10.0.0.0/16 masquerade"
attackers
ip -n "$HA" -6 route add fd00:6f::/48 via $GW6
gateway rate 0
mobile_node
honest
delete_in_use
delete_bindings
delete_tables
ANSWERED=$(grep -c '^[0-9]' "$TMP/honest")
check "the mobile node's binding was kept all the time" \
	test "$(binding | jq .rx_packets)" -ge "$ANSWERED"
finish
