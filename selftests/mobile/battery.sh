#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# How an unused mobile node drains its battery: the packets that it sends, and how
# often it wakes up. If the clock jumps over every sleep, it is idle for an hour with
# the default interval of 30 s; otherwise for a few intervals of 1 s.
#
#    mn                nat                    gw               ha
#  +------+        +---------+          +-----------+        +------+
#  | m6t0 |        |         |          | m6t0      |        |      |
#  | eth--+--------+-in  out-+----------+-wan   lan-+--------+-eth  |
#  +------+        +---------+          +-----------+        +------+
#
# All timers and work items of the module are counted, so it runs alone in its guest.
# runs alone
# takes long
# proves: N4 N6

# shellcheck disable=SC2317,SC2329	# called indirectly
# shellcheck source-path=SCRIPTDIR source=../lib/lib.sh
. "$(dirname "$0")/../lib/lib.sh"
# shellcheck source-path=SCRIPTDIR source=../lib/follow.bash
. "$SELFTESTS/lib/follow.bash"
# shellcheck source-path=SCRIPTDIR source=../lib/runs.bash
. "$SELFTESTS/lib/runs.bash"

# s: the interval, and how long the node is watched, idle and busy.
INTERVAL=1 IDLE=8 BUSY=3
! time_travel || INTERVAL=30 IDLE=3600 BUSY=600
# A keepalive is late when the reply to the one before was.
LEAST=$((IDLE / INTERVAL - 1))
[ "$WAIT" -le 10 ] || time_travel || LEAST=$((LEAST / 2))

# switches: how often the follower has run.
switches()
{
	awk '/ctxt_switches/ { n += $2 } END { print n }' "/proc/$FOLLOW/status"
}

# watch FILE SECONDS: capture packets and count wakeups meanwhile. Sets TIMERS,
# SWITCHES, and SPAN, the ms that it took.
watch()
{
	local since

	since_boot
	since=$NOW
	capture "$MN" eth "$1"
	forget_runs
	SWITCHES=$(switches)
	sleep "$2"
	SWITCHES=$(($(switches) - SWITCHES))
	TIMERS=$(runs)
	capture_end
	since_boot
	SPAN=$((NOW - since))
}

# most PERCENT: how many fit into SPAN, each after so much of the interval.
most()
{
	echo $((SPAN / (INTERVAL * 10 * $1) + 1))
}

# within NAME LEAST N MOST
within()
{
	[ "$3" -ge "$2" ] && [ "$3" -le "$4" ]
	result $? "$1"
	diag "$1: $3, of $2 to $4"
}

topology
ipv4_only "$MN" eth
gateway
watch_runs timer/hrtimer_expire_entry m6t_mn_keepalive_due \
	workqueue/workqueue_execute_start m6t_mn_reattach
follow
device keepalive $INTERVAL
comes "a new device"
activate
KEEPALIVE="udp[4:2] == 48 and udp port $PORT"

watch "$TMP/idle" $IDLE
sent=$(captured "$TMP/idle" src $MN4 and not arp)
# The earliest comes after nine tenths of the interval.
within "idle: one packet is sent an interval" $LEAST "$sent" "$(most 90)"
check_eq "idle: each packet is a keepalive" "$sent" \
	"$(captured "$TMP/idle" src $MN4 and "$KEEPALIVE")"
check_eq "idle: only replies to keepalives are received" 0 \
	"$(captured "$TMP/idle" dst $MN4 and not arp and not "($KEEPALIVE)")"
# No timer is left for a reply that was received.
within "idle: timers expire only for keepalives" $LEAST "$TIMERS" "$(most 90)"
check_eq "idle: the follower is not woken" 0 "$SWITCHES"

# An answered packet four times an interval.
start "$MN" ping -6 -n -q -i "$((INTERVAL / 4)).$((INTERVAL * 100 / 4 % 100))" \
	$HA6 >"$TMP/ping"
need wait_for has_received "$MN" 3
watch "$TMP/busy" $BUSY
check_eq "busy: traffic in both directions replaces keepalives" 0 \
	"$(captured "$TMP/busy" "$KEEPALIVE")"
check "busy: there was traffic" has_captured "$TMP/busy" $((BUSY * 3 / INTERVAL)) \
	src $MN4 and udp
# After nine tenths of an interval, of which a quarter may have been quiet.
within "busy: the timer expires once an interval" 0 "$TIMERS" "$(most 65)"
check_eq "busy: the follower is not woken" 0 "$SWITCHES"
finish
