#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Each kind of movement, and how long it interrupts a mobile node: the time until
# its home agent answers at the new care-of address. The old one is not
# deregistered; its binding expires.
#
#    mn                nat                    gw               ha
#  +------+        +---------+          +-----------+        +------+
#  |  eth-+--------+-in  out-+----------+-wan       |        |      |
#  | m6t0 |        +---------+          | m6t0  lan-+--------+-eth  |
#  |  wlan+--------+-in  out-+----------+-wan2      |        |      |
#  +------+        +---------+          +-----------+        +------+
#                     nat2
#
# It sets the clock, which other tests use: it runs alone in its guest.
# runs alone
# takes long
# proves: N4 N5 N8 G7 G8

# shellcheck disable=SC2317,SC2329	# called indirectly
# shellcheck source-path=SCRIPTDIR source=../lib/lib.sh
. "$(dirname "$0")/../lib/lib.sh"
# shellcheck source-path=SCRIPTDIR source=../lib/follow.bash
. "$SELFTESTS/lib/follow.bash"

REPLIES=$TMP/replies
LEFT=()				# care-of addresses no longer in use
# ms: limit for what need not wait, with a clock that only waiting moves, on a
# busy machine, and on a slow one.
SOON=1000
[ "$WAIT" -le 10 ] || SOON=20000
! time_travel || SOON=100
# ms: silence until unreachable, with keepalive 1 and keepalive-retries 1.
SILENCE=3000

# answered SINCE [LEFT]: the first request since then that was answered, at an
# address other than LEFT: sets WHEN and WHERE.
answered()
{
	read -r WHEN WHERE < <(awk -v since="$1" -v left="${2:-}" '
		$2 * 1000 >= since && $3 != left {
			printf "%d %s\n", $1 * 1000, $3
			exit
		}' "$REPLIES")
}

# settled: there is one care-of address, the one that was answered.
settled()
{
	here && [ "$ADDRESS" = "$WHERE" ]
}

# recovery NAME MS LEFT COMMAND...: how soon does the home agent answer after
# the command, at an address other than LEFT?
recovery()
{
	local since rc

	OLD=$ADDRESS
	since_boot
	since=$NOW
	need "${@:4}"
	# This clock counts in 10 ms.
	since_boot
	wait_for answered $((NOW + 10)) "$3"
	rc=$?
	result $rc "$1: the home agent answers"
	[ $rc -eq 0 ] || { diag "was $OLD; $(state)"; return; }
	diag "recovery: $1 $((WHEN - since)) ms"
	check "$1: the answer is there within $2 ms" test $((WHEN - since)) -le "$2"
	check "$1: there is one care-of address" wait_for settled
	check "$1: its binding is active" wait_for state_is active "$WHERE"
}

# recovers NAME MS COMMAND...: at a new address, with one attachment.
recovers()
{
	recovery "$1" "$2" "$ADDRESS" "${@:3}"
	ADDRESS=$WHERE LEFT+=("$OLD")
	TOTAL=$((TOTAL + 1))
	check_eq "$1: one attachment" $TOTAL "$(attachments)"
}

# keeps NAME COMMAND...: at the same address.
keeps()
{
	recovery "$1" $SOON "" "${@:2}"
	check_eq "$1: no new attachment" "$TOTAL $OLD" "$(attachments) $WHERE"
}

restart_gateway()
{
	ip -n "$GW" link del m6t0
	gateway active-timeout 5
}

# A router that was switched off and on: it has no mappings, and another address.
reboot_nat()
{
	need ip -n "$NAT2" addr add 198.51.100.7/24 dev out
	NAT=$NAT2 nat_rule "snat to 198.51.100.7 fully-random"
	rebind
}

rebind()
{
	in_ns "$NAT2" conntrack -F >"$TMP/conntrack" 2>&1
}

# An hour of suspend.
suspend()
{
	kill -STOP "$FOLLOW" "$PINGER"
	need mn_ip link set m6t0 type m6t keepalive 0
	! time_travel || sleep 3600
	rebind
}

resume()
{
	kill -CONT "$FOLLOW" "$PINGER"
	mn_ip link set m6t0 type m6t keepalive 1
	slept dummy0
}

date_is()
{
	date -s "$1" >/dev/null
}

# expired: did the gateway report it for all addresses no longer in use?
expired()
{
	local address

	for address in "${LEFT[@]}"; do
		grep -q "\"event\":\"binding-expired\".*\"$address\"" \
			"$TMP/events" || return
	done
}

topology
two_ways
gateway active-timeout 5
need mn_ip link add dummy0 type dummy
can_sleep
follow
device keepalive 1 keepalive-retries 1
comes "a new device"
start "$MN" python3 "$SELFTESTS/lib/pinger.py" $HA6 0.02 >"$REPLIES"
PINGER=$PID
need wait_for answered 0

keeps "gateway restarted" restart_gateway
monitor "$TMP/events"
need ip -n "$NAT" addr add 10.0.0.9/24 dev in
recovers "another default gateway" $SOON \
	mn_ip route replace default via 10.0.0.9
recovers "another address on the same link" $SOON batch \
	"addr flush dev eth
	addr add 10.0.0.3/24 dev eth
	route add default via 10.0.0.9"
goes "the carrier is lost" ip -n "$NAT" link set in down
# The kernel reports a carrier once a second.
recovers "the carrier is back" $((1000 + SOON)) ip -n "$NAT" link set in up
recovers "the same address on another link" $SOON batch "addr flush dev eth
	addr add 10.0.0.3/24 dev wlan
	route add default via 10.0.0.1"
suspend
recovers "asleep for an hour" $SOON resume
recovers "NAT rebooted" $((SILENCE + SOON)) reboot_nat
recovers "NAT rebinds" $((SILENCE + SOON)) rebind
check "the gateway reported the old address at a new port" \
	grep -q "\"event\":\"mismatch\".*\"$OLD\"" "$TMP/events"

# In a guest no other host uses the clock.
if [ -n "${M6T_LAB:-}" ]; then
	keeps "the clock is set ahead" date_is "+1 day"
	keeps "the clock is set back" date_is "-2 days"
	need date_is "+1 day"
fi
check "bindings of addresses no longer in use expire" wait_for expired
check_eq "the current binding is kept" 1 "$(bindings)"
check_eq "there are no other attachments" $TOTAL "$(attachments)"
check_eq "the follower reports no error" "" "$(cat "$LOG.err")"
finish
