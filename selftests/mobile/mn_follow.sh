#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# m6tctl follow: the mobile node stays attached wherever it gets IPv4.
#
#    mn                nat                    gw
#  +------+        +---------+          +-----------+
#  |  eth-+--------+-in  out-+----------+-wan       |
#  | m6t0 |        +---------+          | m6t0  lan-+---- ha
#  |  wlan+--------+-in  out-+----------+-wan2      |
#  +------+        +---------+          +-----------+
#  10.0.0.2   10.0.0.1  198.51.100.1   198.51.100.2
#    (on either)    nat2
# proves: N4 N5 N8

# shellcheck source-path=SCRIPTDIR source=../lib/lib.sh
. "$(dirname "$0")/../lib/lib.sh"
# shellcheck source-path=SCRIPTDIR source=../lib/follow.bash
. "$SELFTESTS/lib/follow.bash"

# Before there is a device, before there is a network.
topology
two_ways
gateway
need mn_ip route del default
need mn_ip -6 route add default via fe80::1 dev wlan metric 8192
follow dev m6t0
device
goes "no path to the gateway"
need mn_ip route add default via 10.0.0.1
comes "a path to the gateway"
check "the default route is that of m6tctl" grep -q "proto static metric 4096" \
	<(mn_ip -6 route show default dev m6t0)
check "the address has the flags of m6tctl" \
	grep -q "/128 scope global nodad noprefixroute" \
	<(mn_ip -6 addr show dev m6t0)
probe
activate

# N4, N5: changes of the path.
goes "the underlay route is removed" mn_ip route del default
moves "the underlay route is added again" mn_ip route add default via 10.0.0.1
activate
need ip -n "$NAT" addr add 10.0.0.9/24 dev in
moves "another next hop" mn_ip route replace default via 10.0.0.9
moves "another address" batch "addr add 10.0.0.3/24 dev eth
	route replace default via 10.0.0.9 src 10.0.0.3"
goes "a route leads into the tunnel itself" mn_ip route add $GW4 dev m6t0
moves "the route into the tunnel is removed" mn_ip route del $GW4 dev m6t0
goes "the device goes down" mn_ip link set m6t0 down
moves "the device goes up" mn_ip link set m6t0 up
goes "the cable is unplugged" ip -n "$NAT" link set in down
moves "the cable is plugged in" ip -n "$NAT" link set in up
moves "the same address on another link" batch "addr flush dev eth
	addr add $MN4/24 dev wlan
	route add default via 10.0.0.1"
activate
check_eq "it is attached behind the other NAT" \
	198.51.100.1 "$(binding | jq -r .remote)"

# Changes of something else.
need mn_ip link add dummy0 type dummy
stays "other links and routes change" batch "link set dummy0 up
	addr add 203.0.113.1/24 dev dummy0
	route add 203.0.113.0/25 dev wlan
	addr add 203.0.113.9/32 dev wlan
	rule add to 203.0.113.0/24 lookup 100
	link set eth down
	link set eth up
	link del dummy0"
stays "the underlay route is replaced by the same one" \
	mn_ip route replace default via 10.0.0.1

# N8: NAT or gateway lose the mapping; the kernel attaches again.
need mn_ip link set m6t0 type m6t keepalive 1 keepalive-retries 1
need in_ns "$NAT2" nft add chain ip m6t cut \
	'{ type filter hook forward priority 0; policy drop; }'
moves "unreachable"
need mn_ip link set m6t0 type m6t keepalive 0
need in_ns "$NAT2" nft delete chain ip m6t cut
activate
stays "nothing changes"

check_eq "the follower reports no error" "" "$(cat "$LOG.err")"
check "each line of the log is a JSON object" \
	jq -es 'all(.time > 0 and (.dev | test("^m6t")) and
	(.event == "attached" or .event == "detached"))' "$LOG"
finish
