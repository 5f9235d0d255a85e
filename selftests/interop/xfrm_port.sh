#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# The underlay has IPsec policies that select on the tunnel's UDP ports: no outer
# packet bypasses them, the first ones and keepalives included, and none without
# IPsec is accepted.
#
#    mn           ESP             gw                 ha
#  +------+                +-----------+        +---------+
#  | m6t0 |   UDP inside   | m6t0      |        |         |
#  |  eth-+----------------+-wan   lan-+--------+-eth     |
#  +------+                +-----------+        +---------+
#  10.0.0.2                10.0.0.1
#
# proves: B6
# class: T18

# shellcheck disable=SC2119,SC2317,SC2329	# optional arguments, indirect calls
# shellcheck source-path=SCRIPTDIR source=../lib/lib.sh
. "$(dirname "$0")/../lib/lib.sh"

GW4=10.0.0.1 SPORT=7000
KEY=0x000102030405060708090a0b0c0d0e0f10111213

# xfrm NETNS WORD...
xfrm()
{
	need ip -n "$1" xfrm "${@:2}"
}

# keys NETNS: for both directions.
keys()
{
	xfrm "$1" state add src $MN4 dst $GW4 proto esp spi 0x101 reqid 1 \
		mode transport aead "rfc4106(gcm(aes))" $KEY 128
	xfrm "$1" state add src $GW4 dst $MN4 proto esp spi 0x102 reqid 1 \
		mode transport aead "rfc4106(gcm(aes))" $KEY 128
}

# policy NETNS DIRECTION FROM TO PORTS
policy()
{
	# shellcheck disable=SC2086	# words
	xfrm "$1" policy add dir "$2" src "$3" dst "$4" proto udp $5 \
		tmpl proto esp reqid 1 mode transport
}

# protect UP DOWN: the ports by which packets to the gateway are selected, and
# those from it.
protect()
{
	local ns

	for ns in "$MN" "$GW"; do
		xfrm "$ns" policy flush
		xfrm "$ns" state flush
		keys "$ns"
	done
	policy "$MN" out $MN4 $GW4 "$1"
	policy "$MN" in $GW4 $MN4 "$2"
	policy "$GW" out $GW4 $MN4 "$2"
	policy "$GW" in $MN4 $GW4 "$1"
}

watch_wire()
{
	capture "$GW" wan "$TMP/wire" "not arp and not ip6"
}

# all_esp NAME: only ESP was captured on the link.
all_esp()
{
	capture_end
	check "$1: there is ESP in both directions" eval \
		"has_captured $TMP/wire 1 'ip proto 50 and src $MN4' &&
		has_captured $TMP/wire 1 'ip proto 50 and dst $MN4'"
	check_eq "$1: there is only ESP" "" \
		"$(tcpdump -Z root -n -r "$TMP/wire" "not ip proto 50" 2>/dev/null)"
}

# kept N: the mobile node has sent keepalives and received replies.
kept()
{
	[ "$(counter "$MN" tx_keepalive)" -ge "$1" ] &&
		[ "$(counter "$MN" rx_keepalive)" -ge "$1" ]
}

# xfrm_counts NETNS NAME...: one of these counters of IPsec is not zero.
xfrm_counts()
{
	local IFS="|"

	in_ns "$1" grep -qE "^(${*:2})[[:space:]]+[1-9]" /proc/net/xfrm_stat
}

ns_add "$MN" "$GW" "$HA"
link_ns "$MN" eth $MN4/24 "$GW" wan $GW4/24
link_ns "$GW" lan $GW6/64 "$HA" eth $HA6/64
ipv4_only "$MN" eth
ipv4_only "$GW" wan
need in_ns "$GW" sysctl -qw net.ipv6.conf.all.forwarding=1
need ip -n "$HA" -6 route add $PREFIX via $GW6
gateway
BYTES=200000 serve "$HA" $HA6
protect "dport $PORT" "sport $PORT"

watch_wire
mobile_node
check "by the gateway's port: the first ping is answered" \
	wait_for ping6_ok "$MN" $HA6 -W 1
check "by the gateway's port: a file arrives" fetched "$MN" $HA6
all_esp "by the gateway's port"

watch_wire
check "a new attachment is possible" attach
need wait_for ping6_ok "$MN" $HA6 -W 1
need ip -n "$MN" link set m6t0 type m6t df "set"
need ip -n "$GW" link set m6t0 type m6t df "set"
check "with DF set: a file arrives" fetched "$MN" $HA6
all_esp "a new attachment and DF"

need ip -n "$MN" link set m6t0 type m6t sport $SPORT
protect "sport $SPORT" "dport $SPORT"
watch_wire
need attach
need wait_for ping6_ok "$MN" $HA6 -W 1
check "by the mobile node's port: a file arrives" fetched "$MN" $HA6
all_esp "by the mobile node's port"

watch_wire
n=$(counter "$MN" tx_keepalive)
need ip -n "$MN" link set m6t0 type m6t keepalive 1
check "keepalives are answered" wait_for kept $((n + 2))
all_esp "keepalives"
need ip -n "$MN" link set m6t0 type m6t keepalive 0

# Packets that are not selected are in the clear; and packets that violate the
# policy are dropped.
watch_wire
need in_ns "$MN" ping -n -q -c 1 -W "$WAIT" $GW4 >"$TMP/ping"
capture_end
check "other packets are not selected" has_captured "$TMP/wire" 2 icmp
protect "dport $PORT" "sport $PORT"
need m6tctl -n "$GW" binding flush dev m6t0 >"$TMP/flush"
need_inject
need ip -n "$MN" xfrm policy flush
before=$(stats "$GW")
need in_ns "$MN" "$TMP/inject" udp -s 5000 $GW4 $PORT \
	src=fd00:6d:0:9:9::9,dst=$HA6
check "a datagram in the clear violates the policy" wait_for xfrm_counts "$GW" \
	XfrmInNoPols XfrmInTmplMismatch
check_eq "a datagram in the clear does not reach the gateway" \
	"{}" "$(stats_diff "$GW" "$before")"
check_eq "a datagram in the clear creates no binding" 0 "$(bindings)"

# Without keys nothing is sent.
protect "dport $PORT" "sport $PORT"
need ip -n "$MN" xfrm state flush
need ip -n "$GW" xfrm state flush
watch_wire
check_not "without keys the mobile node's ping is not answered" \
	ping6_ok "$MN" $HA6 -W 0.5
check "without keys the mobile node's IPsec counts it" \
	wait_for xfrm_counts "$MN" XfrmOutNoStates
need m6tctl -n "$GW" binding add "$ADDRESS" remote "$MN4:$SPORT" \
	local "$GW4:$PORT" dev m6t0
check_not "without keys the home agent's ping is not answered" \
	ping6_ok "$HA" "$ADDRESS" -W 0.5
check "without keys the gateway's IPsec counts it" \
	wait_for xfrm_counts "$GW" XfrmOutNoStates
capture_end
check_eq "without keys nothing is sent on the link" 0 "$(captured "$TMP/wire")"
finish
