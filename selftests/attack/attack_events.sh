#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Events while packets are refused faster than anybody can read of it, and while
# somebody does not read at all: each refusal is told of or is counted as lost, no
# device uses up what another may tell, changes of bindings are told of meanwhile,
# nobody's silence costs others an event, a packet, or memory without bound, and
# the kernel's log stays as it was.
#
# proves: G14
# class: 6.1.3
# takes long

# shellcheck disable=SC2119,SC2317,SC2329	# optional arguments, indirect calls
# shellcheck source-path=SCRIPTDIR source=../lib/lib.sh
. "$(dirname "$0")/../lib/lib.sh"
# shellcheck source-path=SCRIPTDIR source=../lib/attack.bash
. "$SELFTESTS/lib/attack.bash"

REFUSALS=30000			# enough for any machine to pass the limit
EVENTS=4096			# of refusals, a second and device
CHANGES=20000			# more than a reader who sleeps has room for
ROOM=$((4 << 20))
BOUND=fd00:6d::b		# to nobody who sends from here
PREFIX1=fd00:6e::/48
! time_travel || REFUSALS=6000

# events KIND [DEV]: how many have been told of; those lost are not in it.
events()
{
	jq -n --arg kind "$1" --arg dev "${2:-m6t0}" '[inputs |
		select(.event == $kind and .dev == $dev)] | length' "$TMP/events"
}

# lost: how many events say themselves that they came in place of more.
lost()
{
	jq -n '[inputs | select(.dev == "m6t0") | .lost // 0] | add' "$TMP/events"
}

# told N: all of so many refusals, or counted. Where even a reader at work has lost
# some, it was told so, and how many is not known.
told()
{
	local n=$(($(events mismatch) + $(lost)))

	[ "$n" = "$1" ] || { overran "$TMP/events" && [ "$n" -lt "$1" ]; }
}

# overran FILE: the reader was too slow, and says so.
overran()
{
	grep -q '"dev":null,"event":"lost"' "$1"
}

# has_events KIND N [DEV]
has_events()
{
	[ "$(events "$1" "${3:-}")" -ge "$2" ]
}

# seconds KIND: from the first of them to the last, and what a limit may begin and
# end with.
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
	check "all are refused" wait_for counter_is "$GW" rx_mismatch $REFUSALS
	check "each is told of, or counted as lost" wait_for all_told
	[ "$(lost)" -gt 0 ] ||
		[ $REFUSALS -le $((EVENTS * $(seconds mismatch))) ]
	result $? "not all are told of, unless they are too few a second"
	check "no more than $EVENTS a second" test "$(events mismatch)" -le \
		$((EVENTS * $(seconds mismatch)))
	diag "$(events mismatch) told, $(lost) lost, in $(seconds mismatch) s"
	check "another device's are told of, all of them" \
		wait_for has_events mismatch 5 m6t1
	check "so are those who get in meanwhile" \
		wait_for has_events binding-new 5
	check "the kernel's log has hardly a line more" test \
		$(($(dmesg | wc -l) - before)) -lt 10
	honest_lives "refusals"
}

# all_told: although nothing follows.
all_told()
{
	told "$(counter "$GW" rx_mismatch)"
}

# changes: an administrator's, no faster than somebody reads.
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

# flushed N: deletions by one request, which no limit counts.
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

# waiting PID: bytes of events that wait for this reader.
waiting()
{
	# shellcheck disable=SC2016	# awk's
	in_ns "$GW" awk -v pid="$1" '$3 == pid && $2 == 16 && $5 > n { n = $5 }
		END { print n + 0 }' /proc/net/netlink
}

# goes_on: the reader who slept tells of what is new.
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
	check "who does not read holds nobody up: who does is told of all" changes
	check "what waits for who does not is bounded" \
		test "$(waiting "$reader")" -le $((2 * ROOM + 65536))
	diag "$(waiting "$reader") bytes wait"
	honest_lives "somebody does not read"
	until=${EPOCHREALTIME/,/.}
	kill -CONT "$reader"
	check "who missed some is told so" wait_for overran "$TMP/asleep"
	check "and goes on" wait_for goes_on
	check_eq "it is told where they are missing: all behind it is newer" 0 \
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
