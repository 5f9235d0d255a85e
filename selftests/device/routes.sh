#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Routes are cached, and yet the next packet is sent by the current one: after a
# change of routes, by the mark or class of a packet, after a link went down. Many
# more peers than cache entries are each reached by their own route.
#
#    mn                              gw
#  +------------------+        +-------------------+
#  | m6t0         w1 -+--------+- w1          m6t0 |
#  | 203.0.113.2  w2 -+--------+- w2   203.0.113.1 |
#  +------------------+        +-------------------+
#
# proves: W6 B3 N4 G10

# shellcheck disable=SC2317,SC2329	# called indirectly
# shellcheck source-path=SCRIPTDIR source=../lib/lib.sh
. "$(dirname "$0")/../lib/lib.sh"

MN_IP=203.0.113.2 GW_IP=203.0.113.1 PEERS=300
[ -z "${M6T_QUICK:-}" ] || PEERS=40	# on an emulated machine

wires()
{
	ns_add "$MN" "$GW"
	link_ns "$MN" w1 192.0.2.2/24 "$GW" w1 192.0.2.1/24
	link_ns "$MN" w2 198.51.100.2/24 "$GW" w2 198.51.100.1/24
	need ip -n "$MN" addr add $MN_IP/32 dev lo
	need ip -n "$GW" addr add $GW_IP/32 dev lo
	need ip -n "$GW" addr add $HA6/128 dev lo
	need ip -n "$GW" route add $MN_IP via 192.0.2.2
	need ip -n "$MN" route add $GW_IP via 192.0.2.1
	need ip -n "$MN" route add $GW_IP via 198.51.100.1 table 7
	need in_ns "$GW" nft -f - <<-END
	table ip m6t {
		counter w1 {
		}
		counter w2 {
		}
		chain pre {
			type filter hook prerouting priority 0;
			udp dport $PORT counter name iifname map { w1 : "w1", w2 : "w2" }
		}
	}
	END
}

# by NAME LINK [PING-WORD...]: the next packet to the gateway is sent by that
# link.
by()
{
	in_ns "$GW" nft reset counters table ip m6t >/dev/null
	check "$1: the next packet is answered" ping6_ok "$MN" $HA6 "${@:3}"
	check_eq "$1: the next packet is sent by $2" \
		"$2" "$(in_ns "$GW" nft -j list counters \
		table ip m6t | jq -r '.nftables[] | .counter // empty |
			select(.packets > 0) | .name' | xargs)"
}

# peer N: its IPv4 and IPv6 address
peer()
{
	printf -v PEER4 '10.1.%d.%d' $(($1 / 200)) $(($1 % 200 + 1))
	printf -v PEER6 'fd00:6d:0:2:%x::1' "$1"
}

# all_reached: twice to each peer in turn; the mobile node's host records the
# destination of each datagram.
all_reached()
{
	local n packets=() batch=

	for ((n = 0; n < PEERS; n++)); do
		peer "$n"
		batch+="binding add $PEER6 remote $PEER4:9 dev m6t0"$'\n'
		packets+=("src=$HA6,dst=$PEER6")
	done
	while read -ra words; do
		need m6tctl -n "$GW" "${words[@]}"
	done <<<"${batch%$'\n'}"
	need ip -n "$GW" route add 10.1.0.0/16 via 198.51.100.2
	need in_ns "$MN" nft -f - <<-END
	table ip m6t {
		set seen {
			typeof ip daddr . @th,256,128
			size 65536
			counter
			flags dynamic
		}
		chain pre {
			type filter hook prerouting priority 0;
			ip daddr 10.1.0.0/16 update @seen { ip daddr . @th,256,128 } drop
		}
	}
	END
	need_inject
	in_ns "$GW" "$TMP/inject" ip "${packets[@]}" "${packets[@]}" || return
	wait_for all_seen
}

# shellcheck disable=SC2016
all_seen()
{
	[ "$(in_ns "$MN" nft -j list set ip m6t seen |
		jq '[.nftables[] | .set // empty | .elem[].elem |
			select(.counter.packets == 2)] | length')" = "$PEERS" ]
}

wires
gateway "local" $GW_IP
need ip -n "$MN" link add m6t0 type m6t mode mn prefix $MN_PREFIX \
	gateway $GW_IP "local" $MN_IP keepalive 0
need ip -n "$MN" link set m6t0 up
attach
by "first" w1
need ip -n "$MN" route replace $GW_IP via 198.51.100.1
by "the route has changed" w2
need ip -n "$MN" route replace $GW_IP via 192.0.2.1
by "it has changed back" w1
need ip -n "$MN" rule add fwmark 7 table 7
by "a rule for a mark" w1
by "a packet with that mark" w2 -m 7
by "a packet without that mark" w1
need ip -n "$MN" rule add tos 0x10 table 7
by "a rule for a class" w1
by "a packet of that class" w2 -Q 0x10
by "a packet of another class" w1 -Q 0x08
need ip -n "$MN" rule del fwmark 7
by "the rule for the mark is gone" w1 -m 7
need ip -n "$MN" route add $GW_IP via 198.51.100.1 metric 9
need ip -n "$GW" route replace $MN_IP via 198.51.100.2
need ip -n "$MN" link set w1 down
by "the link has gone down" w2
check "$PEERS peers are reached, each at its own address" all_reached
check_eq "nothing was dropped" "{} {}" "$(drops "$MN") $(drops "$GW")"
# Cached routes must not hold a reference to their device.
need ip -n "$MN" link del w2
need ip -n "$MN" link set m6t0 down
finish
