#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Events while packets are refused faster than a monitor can read, and while
# another monitor does not read at all: each refusal is reported or counted as
# lost, the limit of one device does not affect another, changes of bindings are
# reported meanwhile, a stalled monitor costs others no event, no packet, and no
# unbounded memory, and the kernel's log is not flooded.
#
# needs two CPUs
# proves: G14
# class: 6.1.3
# takes long

# shellcheck disable=SC2119,SC2317,SC2329	# optional arguments, indirect calls
# shellcheck source-path=SCRIPTDIR source=../lib/lib.sh
. "$(dirname "$0")/../lib/lib.sh"
# shellcheck source-path=SCRIPTDIR source=../lib/attack.bash
. "$SELFTESTS/lib/attack.bash"

REFUSALS=30000			# enough for any machine to pass the limit
EVENTS=4096			# limit of refusals, a second and device
CHANGES=20000			# more than fit into the socket of a stalled reader
ROOM=$((4 << 20))
BOUND=fd00:6d::b		# not to an endpoint that sends here
PREFIX1=fd00:6e::/48
! time_travel || REFUSALS=6000

# events KIND [DEV]: how many were reported, without lost ones.
events()
{
	jq -n --arg kind "$1" --arg dev "${2:-m6t0}" '[inputs |
		select(.event == $kind and .dev == $dev)] | length' "$TMP/events"
}

# lost: how many are reported as lost.
lost()
{
	jq -n '[inputs | select(.dev == "m6t0") | .lost // 0] | add' "$TMP/events"
}

# told N: N refusals were reported or counted as lost. Where even an active reader
# has lost some, it was notified, and their number is not known.
told()
{
	local n=$(($(events mismatch) + $(lost)))

	[ "$n" = "$1" ] || { overran "$TMP/events" && [ "$n" -lt "$1" ]; }
}

# overran FILE: the reader was too slow, and reports it.
overran()
{
	grep -q '"dev":null,"event":"lost"' "$1"
}

# has_events KIND N [DEV]
has_events()
{
	[ "$(events "$1" "${3:-}")" -ge "$2" ]
}

# seconds KIND: from the first of them to the last, plus the seconds at both ends
# of a limit.
seconds()
{
	jq -n --arg kind "$1" '[inputs | select(.event == $kind) | .time] |
		(.[-1] - .[0] | floor) + 2' "$TMP/events"
}

refused()
{
	local before i

	before=$(dmesg | wc -l)
	start "$FAR" nice -n 19 "$TMP/inject" udp -c $REFUSALS $GW4 $PORT \
		"src=$BOUND,dst=$HA6,nh=59"
	FLOOD=$PID
	need wait_for has_events mismatch 1
	for i in 1 2 3 4 5; do
		far udp $GW4 4500 "src=fd00:6e::b,dst=$HA6,nh=59"
		far udp -s $((7000 + i)) $GW4 $PORT "src=fd00:6d::c$i,dst=$HA6,nh=59"
	done
	wait "$FLOOD"
	check "all packets are refused" \
		wait_for counter_is "$GW" rx_mismatch $REFUSALS
	check "each refusal is reported or counted as lost" wait_for all_told
	[ "$(lost)" -gt 0 ] ||
		[ $REFUSALS -le $((EVENTS * $(seconds mismatch))) ]
	result $? "some refusals are lost if the rate is above the limit"
	check "no more than $EVENTS refusals a second are reported" \
		test "$(events mismatch)" -le \
		$((EVENTS * $(seconds mismatch)))
	diag "$(events mismatch) told, $(lost) lost, in $(seconds mismatch) s"
	check "all refusals of another device are reported" \
		wait_for has_events mismatch 5 m6t1
	check "new bindings are reported meanwhile" \
		wait_for has_events binding-new 5
	# Other parts of the kernel may report that the machine is busy.
	check "the kernel's log is not flooded" test \
		$(($(dmesg | wc -l) - before)) -lt 100 ||
		dmesg | tail -n 20 | while read -r line; do diag "$line"; done
	honest_lives "refusals"
}

# all_told: all refusals, although no event follows.
all_told()
{
	told "$(counter "$GW" rx_mismatch)"
}

# changes: by an administrator, no faster than a reader reads.
changes()
{
	local i seen

	for ((i = 0; i < 10; i++)); do
		seen=$(events binding-deleted)
		change_some $((CHANGES / 10)) || return
		wait_for has_events binding-deleted \
			$((seen + CHANGES / 10)) || return
	done
}

change_some()
{
	in_ns "$GW" python3 - "$1" <<-END
		import sys
		import races
		netns = races.Netns(open("/proc/self/ns/net"))
		netns.family = races.family(netns)
		address = races.attr(races.ADDRESS, races.ipv6("fd00:6d::d"))
		for i in range(int(sys.argv[1])):
		    races.m6t(netns, races.BINDING_ADD, address,
		              races.ipv4(races.REMOTE, "192.0.2.77"),
		              races.be16(races.PORT, 7))
		    races.m6t(netns, races.BINDING_DEL, address)
	END
}

# flushed N: deletions by one request, which are not limited.
flushed()
{
	local i file=$TMP/bindings before

	for ((i = 1; i <= $1; i++)); do
		printf 'fd00:6d:0:f::%x remote 192.0.2.77:7 local %s state static idle 0 rx 0 0 tx 0 0\n' \
			"$i" "$GW4:$PORT"
	done >"$file"
	need m6tctl -n "$GW" binding restore dev m6t0 <"$file"
	before=$(events binding-deleted)
	need m6tctl -n "$GW" binding flush dev m6t0 remote 192.0.2.77:7
	wait_for has_events binding-deleted $((before + $1))
}

# waiting PID: bytes of events queued for this reader.
waiting()
{
	# shellcheck disable=SC2016	# awk's
	in_ns "$GW" awk -v pid="$1" '$3 == pid && $2 == 16 && $5 > n { n = $5 }
		END { print n + 0 }' /proc/net/netlink
}

# goes_on: the stalled reader reports new events.
goes_on()
{
	need m6tctl -n "$GW" binding add fd00:6d::e remote 192.0.2.1:9 dev m6t0
	need m6tctl -n "$GW" binding del fd00:6d::e dev m6t0
	grep -q "fd00:6d::e\b" "$TMP/asleep"
}

asleep()
{
	local reader until

	start "$GW" m6tctl -j monitor dev m6t0 >"$TMP/asleep"
	reader=$PID
	need wait_for listening "$TMP/asleep"
	kill -STOP "$reader"
	check "a stalled reader does not delay others: an active one gets all events" \
		changes
	check "the queue of the stalled reader is bounded" \
		test "$(waiting "$reader")" -le $((2 * ROOM + 65536))
	diag "$(waiting "$reader") bytes are queued"
	honest_lives "a stalled reader"
	until=${EPOCHREALTIME/,/.}
	kill -CONT "$reader"
	check "the stalled reader is notified of lost events" \
		wait_for overran "$TMP/asleep"
	check "the stalled reader gets new events" wait_for goes_on
	check_eq "the notification is where events are missing: all after it are newer" \
		0 \
		"$(jq -s --argjson until "$until" '
		map(.event == "lost" and .dev == null) as $lost |
		.[($lost | rindex(true)):] | map(select(.time < $until)) | length' \
		"$TMP/asleep")"
}

topology
attackers
gateway rate 0 temp-timeout 60000
need ip -n "$GW" link add m6t1 type m6t mode gw prefix $PREFIX1 port 4500 rate 0
need ip -n "$GW" link set m6t1 up
mobile_node
honest
need m6tctl -n "$GW" binding add $BOUND remote 192.0.2.9:9 dev m6t0
need m6tctl -n "$GW" binding add fd00:6e::b remote 192.0.2.9:9 dev m6t1
start "$GW" m6tctl -j monitor >"$TMP/events"
need wait_for listening "$TMP/events"
refused
check "more deletions at once than the limit of packets: all are reported" \
	flushed $((EVENTS + EVENTS / 8))
asleep
honest_goes_on "events"
finish
