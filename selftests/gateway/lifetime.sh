#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# How long bindings live: to the tick where the clock jumps over every sleep,
# elsewhere with short timeouts and some tolerance.
#
#    peer                         gw
#  +--------+              +--------------+
#  |    out-+--------------+-wan     m6t0 |
#  +--------+              +--------------+
#  192.0.2.1               192.0.2.2
#
# The home agent's answers are sent to m6t0 by the gateway's own host.
# proves: G5 G6 G7 G9 G13 G14 G16

# shellcheck disable=SC2317,SC2329	# called indirectly
. "$(dirname "$0")/../lib/lib.sh"

PEER=$NAT
EVENTS=$TMP/events
OTHER=2001:db8:9::9			# not a home agent

# us since 1970, as in events
now()
{
	NOW=${EPOCHREALTIME/[.,]/}
}

# from_mn PACKET...: from the peer, port 5000 unless PORT is set.
from_mn()
{
	need in_ns "$PEER" "$TMP/inject" udp -s "${SPORT:-5000}" $GW4 $PORT "$@"
}

# answer [SOURCE] -- ADDRESS...: packets towards the mobile nodes, sent now.
answer()
{
	local from=$1 to

	shift
	for to; do
		set -- "$@" "src=$from,dst=$to,echo=1"
		shift
	done
	need in_ns "$GW" "$TMP/inject" dev m6t0 "$@"
}

# learn ADDRESS...: temporary bindings, created not before $NOW.
learn()
{
	local a

	for a; do
		set -- "$@" "src=$a,dst=$HA6,nh=59,pay=00"
		shift
	done
	now
	from_mn "$@"
}

set_timeout()
{
	need ip -n "$GW" link set m6t0 type m6t "$@"
}

# Event times by "EVENT ADDRESS", in us; the last one where there are several.
declare -A AT COUNT
read_events()
{
	local time event address

	AT=() COUNT=()
	while read -r time event address; do
		AT["$event $address"]=$time
		COUNT["$event $address"]=$((${COUNT["$event $address"]:-0} + 1))
	done < <(jq -r '[(.time * 1e6 | round), .event, .address] | @tsv' \
		"$EVENTS")
}

# between NAME GOT LEAST MOST: in us.
between()
{
	local rc

	[ -n "$2" ] && [ "$2" -ge "$3" ] && [ "$2" -le "$4" ]
	rc=$?
	result $rc "$1"
	[ $rc -eq 0 ] || diag "expected $3 to $4, got '$2' us"
}

# temporary NAME ADDRESS MS: it lived so long and then expired.
temporary()
{
	local life=''

	[ "${COUNT["binding-new $2"]:-}${COUNT["binding-expired $2"]:-}" = 11 ] &&
		life=$((${AT["binding-expired $2"]} - ${AT["binding-new $2"]}))
	between "$1" "$life" $(($3 * 1000 - LATE)) $(($3 * 1000 + SLACK))
}

# active NAME ADDRESS FROM LATEST SECONDS: it expired once, that long after a
# packet that was sent between these two times, or when that time was set.
active()
{
	local end='' latest=$(($4 + $5 * 1000000))

	[ "${COUNT["binding-active $2"]:-}${COUNT["binding-expired $2"]:-}" = 11 ] &&
		end=${AT["binding-expired $2"]}
	[ "$latest" -ge "${SET:-0}" ] || latest=$SET
	between "$1" "$end" $(($3 + $5 * 1000000)) $((latest + SLACK))
}

# expired N: N bindings have expired.
expired()
{
	[ "$(counter "$GW" binding_expired)" -ge "$1" ]
}

# G5, exactly: no packet but an answer extends it, and no packet revives it.
temporary_exactly()
{
	local i

	learn fd00:6d::1
	sleep 1
	learn fd00:6d::1
	from_mn src=fd00:6d::1,dst=fe80::1
	answer $OTHER fd00:6d::1
	# An ICMPv6 error is not an answer, not even behind an options header.
	need in_ns "$GW" "$TMP/inject" dev m6t0 \
		src=$HA6,dst=fd00:6d::1,nh=58,pay=0104000000000000 \
		src=$HA6,dst=fd00:6d::1,nh=60,pay=3a000104000000000104000000000000
	sleep 0.98
	learn fd00:6d::1
	sleep 0.04
	answer $HA6 fd00:6d::1
	check "a late answer finds no binding" counter_is "$GW" tx_no_binding 1
	check "a late answer creates no binding" state_is none fd00:6d::1

	learn fd00:6d::4
	sleep 1.98
	answer $HA6 fd00:6d::4
	check "an answer just in time activates the binding" \
		state_is active fd00:6d::4
	need m6tctl -n "$GW" binding del fd00:6d::4 dev m6t0

	set_timeout temp-timeout 10
	learn fd00:6d::2
	sleep 0.1
	set_timeout temp-timeout 60000
	learn fd00:6d::3
	for i in 1 2 3 4 5; do
		sleep 11.99
		learn fd00:6d::3
	done
	sleep 1
	# Many at once, more than one run of the timer removes. Those that are
	# left for the next run have expired, too.
	set_timeout temp-timeout 2000
	# shellcheck disable=SC2046	# a list
	learn $(printf 'fd00:6d:0:1::%x ' {1..300})
	sleep 2.0002
	answer $HA6 fd00:6d:0:1::12c
	check "an expired binding that is still in the table is not revived" \
		counter_is "$GW" tx_no_binding 2
	sleep 1

	read_events
	temporary "a temporary binding lives 2 s by default" fd00:6d::1 2000
	temporary "a temporary binding lives 10 ms if set" fd00:6d::2 10
	temporary "a temporary binding lives 60 s if set" fd00:6d::3 60000
	temporary "many temporary bindings at once: the first lives 2 s" \
		fd00:6d:0:1::1 2000
	temporary "many temporary bindings at once: the last lives 2 s" \
		fd00:6d:0:1::12c 2000
}

# G7, exactly.
active_exactly()
{
	local t0 t60 t100 t119 t3600 all

	all=(fd00:6d:0:2::{1,2,3,4,5,6,7})
	learn "${all[@]}"
	answer $HA6 "${all[@]}"
	now; t0=$NOW
	need m6tctl -n "$GW" binding add fd00:6d:0:2::57 remote $NAT4:7000 dev m6t0
	sleep 60
	now; t60=$NOW
	from_mn src=fd00:6d:0:2::2,dst=$HA6,nh=59,pay=00
	sleep 40
	now; t100=$NOW
	answer $HA6 fd00:6d:0:2::3
	# Dropped packets do not count as traffic.
	SPORT=5001 from_mn {src=fd00:6d:0:2::5,src=fd00:6d:0:2::6}",dst=$HA6,echo=1" \
		{src=fd00:6d:0:2::5,src=fd00:6d:0:2::6}",dst=fe80::1"
	from_mn src=fd00:6d:0:2::5,dst=ff02::1,echo=1
	sleep 19.9
	now; t119=$NOW
	from_mn src=fd00:6d:0:2::4,dst=fe80::1
	need in_ns "$PEER" "$TMP/inject" udp -s 5000 -c 35 -i 100000 $GW4 $PORT \
		src=fd00:6d:0:2::7,dst=$HA6,nh=59,pay=00
	check "traffic every 100 s holds a binding for an hour" \
		state_is active fd00:6d:0:2::7
	now; t3600=$NOW
	from_mn src=fd00:6d:0:2::7,dst=$HA6,nh=59,pay=00
	sleep 150

	read_events
	active "an active binding lives 120 s" fd00:6d:0:2::1 "$t0" "$t0" 120
	active "an active binding lives 120 s from the mobile node's last packet" \
		fd00:6d:0:2::2 "$t60" "$t60" 120
	active "an active binding lives 120 s from the last packet to the mobile node" \
		fd00:6d:0:2::3 "$t100" "$t100" 120
	active "an active binding lives 120 s from the last keepalive" \
		fd00:6d:0:2::4 "$t119" "$t119" 120
	active "a dropped packet does not extend an active binding" \
		fd00:6d:0:2::5 "$t0" "$t0" 120
	active "a dropped keepalive does not extend an active binding" \
		fd00:6d:0:2::6 "$t0" "$t0" 120
	active "a binding held for an hour lives 120 s more" \
		fd00:6d:0:2::7 "$t3600" "$t3600" 120

	now; t0=$NOW
	need m6tctl -n "$GW" binding restore dev m6t0 >"$TMP/out" <<-END
	fd00:6d:0:2::8 remote $NAT4:5000 local $GW4:$PORT state active idle 100000 rx 0 0 tx 0 0
	END
	sleep 25
	read_events
	between "a restored binding has the rest of its lifetime" \
		"${AT["binding-expired fd00:6d:0:2::8"]:-}" \
		$((t0 + 20 * 1000000)) $((t0 + 20 * 1000000 + SLACK))

	set_timeout active-timeout 86400
	learn fd00:6d:0:3::1
	answer $HA6 fd00:6d:0:3::1
	between "active-timeout may be a day" "$(binding fd00:6d:0:3::1 |
		jq '.expires_ms * 1000')" $((86399 * 1000000)) $((86400 * 1000000))
	sleep 7200
	between "a lifetime of a day is less by two hours after two hours" \
		"$(binding fd00:6d:0:3::1 | jq '.expires_ms * 1000')" \
		$((79199 * 1000000)) $((79200 * 1000000))
	set_timeout active-timeout 5
	learn fd00:6d:0:3::2
	answer $HA6 fd00:6d:0:3::2
	now; t60=$NOW
	sleep 6
	read_events
	active "an active binding lives 5 s if set" fd00:6d:0:3::2 "$t60" "$t60" 5
	check "a shorter active-timeout removed the older binding" \
		state_is none fd00:6d:0:3::1
	check "a static binding does not expire" state_is static fd00:6d:0:2::57
	check_eq "keepalives of a static binding are answered" 600000000000 \
		"$(in_ns "$PEER" "$TMP/inject" udp -s 7000 -w $((WAIT * 1000)) $GW4 $PORT \
			src=fd00:6d:0:2::57,dst=fe80::1 | head -c 12)"
}

# G16, exactly: new timeouts apply at once, to existing bindings.
change_exactly()
{
	local t0 t49 t50 t60

	set_timeout active-timeout 120 temp-timeout 2000
	learn fd00:6d:0:4::{1,2,3,4}
	answer $HA6 fd00:6d:0:4::{1,2,3}
	now; t0=$NOW
	sleep 1
	set_timeout temp-timeout 60000
	sleep 48
	now; t49=$NOW
	from_mn src=fd00:6d:0:4::2,dst=$HA6,nh=59,pay=00
	sleep 1
	now; t50=$NOW
	check "longer timeouts keep the bindings" test "$(bindings)" = 5
	set_timeout active-timeout 5
	sleep 6
	now; t60=$NOW
	set_timeout active-timeout 300
	learn fd00:6d:0:4::{5,6}
	answer $HA6 fd00:6d:0:4::5
	sleep 10
	set_timeout temp-timeout 1000 active-timeout 200
	sleep 300

	read_events
	active "a shorter timeout removes an older binding at once" \
		fd00:6d:0:4::1 "$t50" "$t50" 0
	active "a shorter timeout removes a younger binding in time" \
		fd00:6d:0:4::2 "$t49" "$t49" 5
	temporary "a longer timeout applies to a temporary binding" \
		fd00:6d:0:4::4 60000
	active "a longer timeout applies to an active binding" \
		fd00:6d:0:4::5 "$t60" "$t60" 200
	temporary "a shorter timeout applies to a temporary binding" \
		fd00:6d:0:4::6 10000
}

# Bindings that expire together are removed 64 at a time, a quarter of a
# millisecond apart: the CPU is free in between, and no binding is later than
# that.
many_exactly()
{
	local n=640 first many=()

	first=$(counter "$GW" binding_expired)
	set_timeout temp-timeout 2000
	mapfile -t many < <(printf 'fd00:6d:0:6::%x\n' $(seq $n))
	learn "${many[@]}"
	sleep 3
	check "many bindings that expire together are all removed" \
		expired $((first + n))
	between "many bindings that expire together are removed in batches, and soon" \
		"$(jq -n '[inputs |
		select(.event == "binding-expired" and
		(.address | startswith("fd00:6d:0:6:"))) | .time * 1e6 | round] |
		max - min' "$EVENTS")" \
		$(((n / 64 - 1) * 250 - 1)) $(((n / 64 - 1) * 250 + 50))
}

# The same in short, in real time: never too early, soon enough.
in_real_time()
{
	local ms=2000 before t0 early late

	[ "$WAIT" -le 10 ] || ms=8000
	set_timeout temp-timeout 60000
	learn fd00:6d:0:5::{1,2,3,4}
	before=$NOW
	answer $HA6 fd00:6d:0:5::{1,2,3,4}
	now; t0=$NOW
	need m6tctl -n "$GW" binding add fd00:6d:0:5::57 remote $NAT4:7000 dev m6t0
	set_timeout temp-timeout $ms
	check "other timeouts keep the bindings" test "$(bindings)" = 5
	start "$PEER" "$TMP/inject" udp -s 5005 -c 4 -i $((ms / 4)) \
		$GW4 "$PORT" src=fd00:6d:0:5::5,dst=$HA6,nh=59,pay=00
	now; early=$NOW
	from_mn src=fd00:6d:0:5::2,dst=$HA6,nh=59,pay=00 \
		src=fd00:6d:0:5::4,dst=fe80::1
	answer $HA6 fd00:6d:0:5::3
	now; late=$NOW
	set_timeout active-timeout 5
	now; SET=$NOW
	need wait "$PID"
	check "a temporary binding is removed" wait_for state_is none fd00:6d:0:5::5
	answer $HA6 fd00:6d:0:5::5
	check "a late answer finds no binding" \
		wait_for counter_is "$GW" tx_no_binding 1
	check "all active bindings are removed" wait_for expired 5

	read_events
	temporary "a temporary binding lives as long as configured" \
		fd00:6d:0:5::5 $ms
	active "an active binding lives as long as configured" \
		fd00:6d:0:5::1 "$before" "$t0" 5
	active "an active binding lives from the mobile node's last packet" \
		fd00:6d:0:5::2 "$early" "$late" 5
	active "an active binding lives from the last packet to the mobile node" \
		fd00:6d:0:5::3 "$early" "$late" 5
	active "an active binding lives from the last keepalive" \
		fd00:6d:0:5::4 "$early" "$late" 5
	check "a static binding does not expire" state_is static fd00:6d:0:5::57
}

need_inject
ns_add "$PEER" "$GW"
link_ns "$PEER" out $NAT4/24 "$GW" wan $GW4/24
gateway ha $HA6 rate 0
# Here it drops the packets of mobile nodes silently.
ip -n "$GW" addr add $HA6 dev lo
monitor "$EVENTS"

if time_travel; then
	SLACK=11000			# us: a tick at 100 Hz, and a little
	LATE=0
	temporary_exactly
	active_exactly
	change_exactly
	many_exactly
else
	SLACK=$((WAIT > 10 ? 3000000 : 500000))
	LATE=20000			# us: how late an event of a new binding may be
	in_real_time
fi
finish
