#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# m6tctl follow: the mobile node stays attached wherever its IPv4 goes.
#
#    mn                nat                    gw
#  +------+        +---------+          +-----------+
#  |  eth-+--------+-in  out-+----------+-wan       |
#  | m6t0 |        +---------+          | m6t0  lan-+---- ha
#  |  wlan+--------+-in  out-+----------+-wan2      |
#  +------+        +---------+          +-----------+
#  10.0.0.2   10.0.0.1  198.51.100.1   198.51.100.2
#    (on either)    nat2
# proves: N4 N5 N8 N12

# shellcheck disable=SC2119,SC2317,SC2329	# optional arguments, indirect calls
. "$(dirname "$0")/lib.sh"

NAT2=m6t-$$-nat2
LOG=$TMP/follow
METRIC=1024
FOLLOW=				# its process
DEV=m6t0

# two_ways: the second NAT, whose inner side looks just like the first one's.
two_ways()
{
	ns_add "$NAT2"
	link_ns "$MN" wlan "" "$NAT2" in 10.0.0.1/24
	link_ns "$NAT2" out 198.51.100.1/24 "$GW" wan2 198.51.100.2/24
	ip -n "$NAT2" route add $GW4 via 198.51.100.2
	in_ns "$NAT2" sysctl -qw net.ipv4.ip_forward=1
	need in_ns "$NAT2" nft -f - <<-END
	table ip m6t {
		chain post {
			type nat hook postrouting priority 100;
			oifname out masquerade
		}
	}
	END
}

# follow [dev NAME]...: a new one; sets FOLLOW.
follow()
{
	start "$MN" "${PRELOAD[@]}" m6tctl -j follow "$@" >>"$LOG" 2>"$LOG.err"
	FOLLOW=$PID
}
PRELOAD=()

mn_ip()
{
	ip -n "$MN" "$@"
}

# look: sets CARRIER, the ADDRESSES on the interface and the metrics of the
# DEFAULTS through it. With few processes, as it is done often.
look()
{
	local word last="" link routes

	link=$(mn_ip addr show dev $DEV) || return
	routes=$(mn_ip -6 route show default dev $DEV) || return
	CARRIER='' ADDRESSES='' DEFAULTS=''
	[[ $link == *NO-CARRIER* || $link == *"state DOWN"* ]] || CARRIER=1
	for word in $link; do
		[ "$last" != inet6 ] || ADDRESSES+=${ADDRESSES:+ }$word
		last=$word
	done
	for word in $routes; do
		[ "$last" != metric ] || DEFAULTS+=${DEFAULTS:+ }$word
		last=$word
	done
}

# here: attached, with exactly one address and one default route; sets ADDRESS.
here()
{
	look && [ -n "$CARRIER" ] && [ "$DEFAULTS" = "$METRIC" ] || return
	[[ $(m6tctl -n "$MN" show dev $DEV) =~ address[[:space:]]+([0-9a-f:]+) ]] &&
		[ "$ADDRESSES" = "${BASH_REMATCH[1]}/128" ] &&
		ADDRESS=${BASH_REMATCH[1]}
}

# attachments: how many there have been.
attachments()
{
	[[ $(m6tctl -n "$MN" stats dev $DEV) =~ [[:space:]]attach[[:space:]]+([0-9]+) ]]
	echo "${BASH_REMATCH[1]}"
}

# moved: the same, with another address than $OLD.
moved()
{
	here && [ "$ADDRESS" != "$OLD" ]
}

# gone: no address, no default route, no carrier.
gone()
{
	look && [ -z "$ADDRESSES$DEFAULTS$CARRIER" ]
}

# moves NAME [COMMAND...]: it leads to a new attachment, and to just one.
moves()
{
	local n

	OLD=$ADDRESS
	n=$(attachments)
	[ $# -eq 1 ] || need "${@:2}"
	comes "$1"
	check_eq "$1: one attachment" $((n + 1)) "$(attachments)"
}

# comes NAME: there is an attachment, other than the last one of $OLD.
comes()
{
	local rc

	wait_for moved
	rc=$?
	result $rc "$1"
	[ $rc -eq 0 ] || diag "$(state)"
}

# goes NAME [COMMAND...]: it ends the attachment.
goes()
{
	local rc

	[ $# -eq 1 ] || need "${@:2}"
	wait_for gone
	rc=$?
	result $rc "$1"
	[ $rc -eq 0 ] || diag "$(state)"
}

# stays NAME [COMMAND...]: it does not touch the attachment.
stays()
{
	local rc

	OLD=$ADDRESS
	[ $# -eq 1 ] || need "${@:2}"
	sleep 0.2
	here && [ "$ADDRESS" = "$OLD" ]
	rc=$?
	result $rc "$1"
	[ $rc -eq 0 ] || diag "was $OLD; $(state)"
}

state()
{
	mn_ip -6 addr show dev $DEV
	mn_ip -6 route show dev $DEV
	cat "$LOG" "$LOG.err"
}

# batch COMMANDS [OPTION...]: of the mobile node's ip, a line each.
batch()
{
	mn_ip "${@:2}" -batch - <<<"$1"
}

device()
{
	need mn_ip link add $DEV type m6t mode mn prefix $MN_PREFIX \
		gateway $GW4 "$@"
	need mn_ip link set $DEV up
}

# Before there is a device, before there is a network.
topology
two_ways
gateway
need mn_ip route del default
need mn_ip -6 route add default via fe80::1 dev wlan metric 2048
follow dev m6t0
device
goes "without a way there is no attachment"
OLD=
need mn_ip route add default via 10.0.0.1
comes "with one there is"
check "its route is ours" grep -q "proto static metric 1024" \
	<(mn_ip -6 route show default dev m6t0)
check "its address stays as it is" grep -q "/128 scope global nodad noprefixroute" \
	<(mn_ip -6 addr show dev m6t0)
activate

# N4, N5: what changes the way.
goes "the way ends" mn_ip route del default
moves "it comes back" mn_ip route add default via 10.0.0.1
activate
need ip -n "$NAT" addr add 10.0.0.9/24 dev in
moves "another next hop" mn_ip route replace default via 10.0.0.9
moves "another address" batch "addr add 10.0.0.3/24 dev eth
	route replace default via 10.0.0.9 src 10.0.0.3"
goes "the way leads into the tunnel itself" mn_ip route add $GW4 dev m6t0
moves "and out of it" mn_ip route del $GW4 dev m6t0
goes "the device goes down" mn_ip link set m6t0 down
moves "and up" mn_ip link set m6t0 up
goes "the cable is unplugged" ip -n "$NAT" link set in down
moves "and plugged in" ip -n "$NAT" link set in up
moves "the same address on another link" batch "addr flush dev eth
	addr add $MN4/24 dev wlan
	route add default via 10.0.0.1"
activate
check_eq "behind the other NAT" 198.51.100.1 "$(binding | jq -r .remote)"

# What does not.
need mn_ip link add dummy0 type dummy
stays "others change" batch "link set dummy0 up
	addr add 203.0.113.1/24 dev dummy0
	route add 203.0.113.0/25 dev wlan
	addr add 203.0.113.9/32 dev wlan
	rule add to 203.0.113.0/24 lookup 100
	link set eth down
	link set eth up
	link del dummy0"
stays "the same way again" mn_ip route replace default via 10.0.0.1

# N8: NAT or gateway lose the mapping; the kernel attaches anew.
need mn_ip link set m6t0 type m6t keepalive 1 keepalive-retries 1
need in_ns "$NAT2" nft add chain ip m6t cut \
	'{ type filter hook forward priority 0; policy drop; }'
moves "unreachable"
need mn_ip link set m6t0 type m6t keepalive 0
need in_ns "$NAT2" nft delete chain ip m6t cut
activate
moves "m6tctl attach" attach
goes "m6tctl detach" m6tctl -n "$MN" detach dev m6t0
need mn_ip link add dummy0 type dummy
sleep 0.1
check "it stays so" gone
moves "until the way changes" batch "addr add 10.0.0.4/24 dev wlan
	route replace default via 10.0.0.1 src 10.0.0.4"

# A mobility daemon's metric.
METRIC=64
stays "another metric" batch "route add default dev m6t0 metric 64
	route del default dev m6t0 metric 1024" -6
moves "is respected" attach
moves "when settings change, too" mn_ip link set m6t0 type m6t port 3545
goes "and its route goes, too" mn_ip route del default
METRIC=1024
moves "ours is back" mn_ip route add default via 10.0.0.1
check "the route of another device was left alone" grep -q "via fe80::1 dev wlan" \
	<(mn_ip -6 route show default)

# More messages than the socket takes.
kill -STOP "$FOLLOW"
for ((i = 0; i < 1000; i++)); do
	echo "route add 203.0.113.7 dev wlan"
	echo "route del 203.0.113.7 dev wlan"
done >"$TMP/batch"
echo "route del default" >>"$TMP/batch"
need mn_ip -batch "$TMP/batch"
goes "messages are lost" kill -CONT "$FOLLOW"
moves "and it goes on" mn_ip route add default via 10.0.0.1

# One for each device.
in_ns "$MN" m6tctl follow dev m6t0 >"$TMP/second" 2>&1
check_eq "a second one is refused" 1 $?
check_eq "with one sentence" 1 "$(grep -c "^m6tctl: m6t0: " "$TMP/second")"
check_not "what is no mobile node is refused" in_ns "$MN" m6tctl follow dev eth

# Idle, it sleeps.
switches()
{
	grep ctxt_switches "/proc/$FOLLOW/status"
}
sleep 0.2
before=$(switches)
sleep 2
check_eq "it sleeps while nothing happens" "$before" "$(switches)"

# It comes and goes, the attachment does not.
stop "$FOLLOW"
check_eq "it ends well" 0 $?
stays "it leaves all in place"
n=$(attachments)
lines=$(wc -l <"$LOG")
follow dev m6t0 dev m6t1
stays "and takes it over"
check_eq "without a new attachment" "$n" "$(attachments)"
check_eq "and without a word" "$lines" "$(wc -l <"$LOG")"

# Devices come and go.
need mn_ip link del m6t0
device
OLD=
comes "the device is a new one"
first=$ADDRESS
DEV=m6t1
device dev wlan
comes "a second device"
goes "which is bound to a link without a route" \
	mn_ip link set m6t1 type m6t dev eth
need mn_ip addr add 10.0.0.2/24 dev eth
moves "until it has one" mn_ip route add default via 10.0.0.1 dev eth metric 9999
DEV=m6t0 ADDRESS=$first
stays "the first one is as it was"
stop "$FOLLOW"

# All devices, and sleep: the clock that counts it is 100 s ahead.
cat >"$TMP/slept.c" <<'END'
#define _GNU_SOURCE
#include <dlfcn.h>
#include <time.h>
#include <unistd.h>
int clock_gettime(clockid_t id, struct timespec *now)
{
	int (*real)(clockid_t, struct timespec *) =
		dlsym(RTLD_NEXT, "clock_gettime");
	int ret = real(id, now);

	if (id == CLOCK_BOOTTIME && !access(SLEPT, F_OK))
		now->tv_sec += 100;
	return ret;
}
END
need cc -shared -fPIC "-DSLEPT=\"$TMP/slept\"" -o "$TMP/slept.so" "$TMP/slept.c"
PRELOAD=(env "LD_PRELOAD=$TMP/slept.so")
need mn_ip link del m6t1
follow
stays "all devices are followed"
: >"$TMP/slept"
moves "the host was asleep" mn_ip link set dummy0 up
DEV=m6t2
device
comes "devices that come are followed"
in_ns "$MN" m6tctl follow dev m6t2 >"$TMP/second" 2>&1
check_eq "a second one is refused, too" 1 $?

check_eq "nothing failed" "" "$(cat "$LOG.err")"
check "each line is an object" jq -es 'all(.time > 0 and (.dev | test("^m6t")) and
	(.event == "attached" or .event == "detached"))' "$LOG"
finish
