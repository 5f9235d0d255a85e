#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# m6tctl follow beside others: administrators, mobility daemons, other followers
# and other devices, with many netlink messages or none.
# proves: N4 N5 N12

# shellcheck source-path=SCRIPTDIR source=../lib/lib.sh
. "$(dirname "$0")/../lib/lib.sh"
# shellcheck source-path=SCRIPTDIR source=../lib/follow.bash
. "$SELFTESTS/lib/follow.bash"

topology
link_ns "$MN" wlan "" "$NAT" in2 10.0.0.1/24
gateway
need mn_ip -6 route add default via fe80::1 dev wlan metric 8192
probe
follow dev m6t0
device
comes "a new device"

moves "m6tctl attach" attach
goes "m6tctl detach" m6tctl -n "$MN" detach dev m6t0
need mn_ip link add dummy0 type dummy
settle
check "m6tctl detach: it is not attached again" gone
moves "the path changes after m6tctl detach" batch "addr add 10.0.0.4/24 dev eth
	route replace default via 10.0.0.1 src 10.0.0.4"

# A mobility daemon's metric.
METRIC=64
stays "another metric" batch "route add default dev m6t0 metric 64
	route del default dev m6t0 metric 4096" -6
moves "m6tctl attach with another metric" attach
moves "settings change with another metric" mn_ip link set m6t0 type m6t port 3545
goes "the underlay route is removed with another metric" mn_ip route del default
METRIC=4096
moves "the underlay route is added again" mn_ip route add default via 10.0.0.1
check "the route of another device is untouched" grep -q "via fe80::1 dev wlan" \
	<(mn_ip -6 route show default)

# More messages than fit into the socket.
kill -STOP "$FOLLOW"
for ((i = 0; i < 1000; i++)); do
	echo "route add 203.0.113.7 dev eth"
	echo "route del 203.0.113.7 dev eth"
done >"$TMP/batch"
echo "route del default" >>"$TMP/batch"
need mn_ip -batch "$TMP/batch"
goes "the route is removed while messages are lost" kill -CONT "$FOLLOW"
moves "the route is added after messages were lost" \
	mn_ip route add default via 10.0.0.1

# One follower for each device.
in_ns "$MN" m6tctl follow dev m6t0 >"$TMP/second" 2>&1
check_eq "a second follower of the device is refused" 1 $?
check_eq "the second follower prints one sentence" \
	1 "$(grep -c "^m6tctl: m6t0: " "$TMP/second")"
check_not "a device that is not a mobile node is refused" \
	in_ns "$MN" m6tctl follow dev wlan

# Idle, it sleeps, as soon as links do not change any more.
asleep()
{
	local before

	before=$(grep ctxt_switches "/proc/$FOLLOW/status")
	sleep 1.2
	[ "$(grep ctxt_switches "/proc/$FOLLOW/status")" = "$before" ]
}
check "the follower sleeps while nothing happens" wait_for asleep

# The follower is stopped and started, the attachment is kept.
settle
unfollow
check_eq "the follower exits with status 0" 0 $?
stays "the follower is stopped"
lines=$(grep -vc $PROBE "$LOG")
follow dev m6t0 dev m6t1
stays "the follower is started again"
check_eq "the new follower reports nothing" "$lines" "$(grep -vc $PROBE "$LOG")"

# Devices are added and removed.
need mn_ip link del m6t0
device
comes "the device is created again"
first=$ADDRESS first_total=$TOTAL
DEV=m6t1
device dev eth
comes "a second device"
goes "the second device is bound to a link without a route" \
	mn_ip link set m6t1 type m6t dev wlan
TOTAL=$((TOTAL + 1))		# by the kernel, right after the change
need mn_ip addr add 10.0.0.2/24 dev wlan
moves "the link gets a route" \
	mn_ip route add default via 10.0.0.1 dev wlan metric 9999
DEV=m6t0 ADDRESS=$first TOTAL=$first_total
stays "the first device while the second one changes"
unfollow

# All devices, and sleep.
can_sleep
need mn_ip link del m6t1
follow
stays "all devices are followed"
moves "the host was asleep" slept dummy0
DEV=m6t2
device
comes "a device that is added later"
in_ns "$MN" m6tctl follow dev m6t2 >"$TMP/second" 2>&1
check_eq "a second follower of all devices is refused" 1 $?

stays "a second follower is refused"
check_eq "the follower reports no error" "" "$(cat "$LOG.err")"
check "each line of the log is a JSON object" \
	jq -es 'all(.time > 0 and (.dev | test("^m6t")) and
	(.event == "attached" or .event == "detached"))' "$LOG"
finish
