#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# m6tctl follow beside others: administrators, mobility daemons, other followers
# and other devices, as many messages as there may be, or none.
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
comes "there is an attachment"

moves "m6tctl attach" attach
goes "m6tctl detach" m6tctl -n "$MN" detach dev m6t0
need mn_ip link add dummy0 type dummy
settle
check "it stays so" gone
moves "until the way changes" batch "addr add 10.0.0.4/24 dev eth
	route replace default via 10.0.0.1 src 10.0.0.4"

# A mobility daemon's metric.
METRIC=64
stays "another metric" batch "route add default dev m6t0 metric 64
	route del default dev m6t0 metric 4096" -6
moves "is respected" attach
moves "when settings change, too" mn_ip link set m6t0 type m6t port 3545
goes "and its route goes, too" mn_ip route del default
METRIC=4096
moves "ours is back" mn_ip route add default via 10.0.0.1
check "the route of another device was left alone" grep -q "via fe80::1 dev wlan" \
	<(mn_ip -6 route show default)

# More messages than the socket takes.
kill -STOP "$FOLLOW"
for ((i = 0; i < 1000; i++)); do
	echo "route add 203.0.113.7 dev eth"
	echo "route del 203.0.113.7 dev eth"
done >"$TMP/batch"
echo "route del default" >>"$TMP/batch"
need mn_ip -batch "$TMP/batch"
goes "messages are lost" kill -CONT "$FOLLOW"
moves "and it goes on" mn_ip route add default via 10.0.0.1

# One for each device.
in_ns "$MN" m6tctl follow dev m6t0 >"$TMP/second" 2>&1
check_eq "a second one is refused" 1 $?
check_eq "with one sentence" 1 "$(grep -c "^m6tctl: m6t0: " "$TMP/second")"
check_not "what is no mobile node is refused" in_ns "$MN" m6tctl follow dev wlan

# Idle, it sleeps, as soon as links have nothing to say any more.
asleep()
{
	local before

	before=$(grep ctxt_switches "/proc/$FOLLOW/status")
	sleep 1.2
	[ "$(grep ctxt_switches "/proc/$FOLLOW/status")" = "$before" ]
}
check "it sleeps while nothing happens" wait_for asleep

# It comes and goes, the attachment does not.
settle
unfollow
check_eq "it ends well" 0 $?
stays "it leaves all in place"
lines=$(grep -vc $PROBE "$LOG")
follow dev m6t0 dev m6t1
stays "and takes it over"
check_eq "and without a word" "$lines" "$(grep -vc $PROBE "$LOG")"

# Devices come and go.
need mn_ip link del m6t0
device
comes "the device is a new one"
first=$ADDRESS first_total=$TOTAL
DEV=m6t1
device dev eth
comes "a second device"
goes "which is bound to a link without a route" \
	mn_ip link set m6t1 type m6t dev wlan
TOTAL=$((TOTAL + 1))		# the kernel's, right after the change
need mn_ip addr add 10.0.0.2/24 dev wlan
moves "until it has one" mn_ip route add default via 10.0.0.1 dev wlan metric 9999
DEV=m6t0 ADDRESS=$first TOTAL=$first_total
stays "the first one is as it was"
unfollow

# All devices, and sleep.
can_sleep
need mn_ip link del m6t1
follow
stays "all devices are followed"
moves "the host was asleep" slept dummy0
DEV=m6t2
device
comes "devices that come are followed"
in_ns "$MN" m6tctl follow dev m6t2 >"$TMP/second" 2>&1
check_eq "a second one is refused, too" 1 $?

stays "and nothing else has happened"
check_eq "nothing failed" "" "$(cat "$LOG.err")"
check "each line is an object" jq -es 'all(.time > 0 and (.dev | test("^m6t")) and
	(.event == "attached" or .event == "detached"))' "$LOG"
finish
