#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Several mobile nodes on one host: their addresses and their links.
#
#    mn                     nat                   gw                  ha
#  +-----------+        +---------+         +-----------+        +---------+
#  | m6t0  eth-+--------+-in  out-+---------+-wan   lan-+--------+-eth     |
#  | m6t1 eth2-+--------+-in2     |         | m6t0      |        |         |
#  +-----------+        +---------+         +-----------+        +---------+
#  10.0.0.2             10.0.0.1
#  10.0.1.2             10.0.1.1
#
# The NAT translates 10.0.0.0/24 only, so that the gateway sees by which link a
# datagram was sent.
# proves: N2 N11

# shellcheck source-path=SCRIPTDIR source=../lib/lib.sh
. "$(dirname "$0")/../lib/lib.sh"

INNER=m6t-$$-inner

# device NAME: the device as m6tctl shows it.
device()
{
	m6tctl -n "$MN" -j show dev "$1" | jq -c '.[0]'
}

# both_send: each device sends and is answered, so its binding is active.
both_send()
{
	need m6tctl -n "$GW" binding flush dev m6t0 >"$TMP/flush"
	in_ns "$MN" "$TMP/inject" dev m6t0 "src=$ADDRESS,dst=$HA6,echo=1"
	in_ns "$MN" "$TMP/inject" dev m6t1 "src=$second,dst=$HA6,echo=1"
	check "both devices work at once: the first" wait_for state_is active
	check "both devices work at once: the second" \
		wait_for state_is active $second
}

need_inject
topology "ip saddr 10.0.0.0/24 masquerade"
link_ns "$MN" eth2 10.0.1.2/24 "$NAT" in2 10.0.1.1/24
ip -n "$MN" route add default via 10.0.1.1 metric 200
ip -n "$GW" route add 10.0.0.0/16 via $NAT4
gateway ha $HA6 temp-timeout 60000 rate 0
mobile_node keepalive 0

# N2: devices with one /80, of one namespace and of two.
need ip -n "$MN" link add m6t1 type m6t mode mn prefix $MN_PREFIX gateway $GW4 \
	dev eth2 keepalive 0
need ip -n "$MN" link set m6t1 up
attach id 00000000abcd
# The address of the first device is known in either namespace.
refused "an address of another device is refused" \
	"in use by this or another device" \
	m6tctl -n "$MN" attach dev m6t1 id 00000000abcd
check "another address is accepted" m6tctl -n "$MN" attach dev m6t1 id 00000000abce
ns_add "$INNER"
need ip -n "$INNER" link add m6t2 type m6t mode mn prefix $MN_PREFIX gateway $GW4
need ip -n "$INNER" link set m6t2 up
for id in 00000000abcd 00000000abce; do
	refused "an address of a device in another namespace is refused: $id" \
		"in use by this or another device" \
		m6tctl -n "$INNER" attach dev m6t2 id $id
done
check "in another namespace another address is accepted" \
	m6tctl -n "$INNER" attach dev m6t2 id 00000000abcf
refused "an address of the device in another namespace is refused" \
	"in use by this or another device" \
	m6tctl -n "$MN" attach dev m6t1 id 00000000abcf
attach
check "an address that is free again is accepted" \
	m6tctl -n "$MN" attach dev m6t1 id 00000000abcd
second=fd00:6d:0:1:1::abcd

# N11: only the second one is bound to a link.
both_send
check_eq "each device sends by its link" "$NAT4 10.0.1.2" \
	"$(binding | jq -r .remote) $(binding $second | jq -r .remote)"
check_eq "m6tctl shows the links" '[null,"eth2"]' \
	"$(m6tctl -n "$MN" -j show | jq -c 'map(.link)')"
# Its socket does not receive from the other link.
sport=$(device m6t1 | jq .sport)
before=$(stats "$MN")
in_ns "$NAT" "$TMP/inject" udp 10.0.0.2 "$sport" hex=00 hex=00
in_ns "$NAT" "$TMP/inject" udp 10.0.1.2 "$sport" hex=00
check_stats "a device bound to a link receives only from that link" \
	"$MN" "$before" '{"m6t1":{"rx_short":1}}'

# Each is bound to one link, and all routes prefer the second.
ip -n "$MN" -b - <<-END
	route replace default via 10.0.1.1
	route add default via 10.0.0.1 metric 300
END
need ip -n "$MN" link set m6t0 type m6t dev eth
attach
capture "$MN" eth "$TMP/eth" udp
capture "$MN" eth2 "$TMP/eth2" udp
both_send
need wait_for has_captured "$TMP/eth" 2
need wait_for has_captured "$TMP/eth2" 2
capture_end
check_eq "each device sends by its link, whatever the routes prefer" \
	"$NAT4 10.0.1.2" \
	"$(binding | jq -r .remote) $(binding $second | jq -r .remote)"
for d in "m6t0 eth" "m6t1 eth2"; do
	read -r dev link <<<"$d"
	port=$(device "$dev" | jq .sport)
	check_eq "$link has packets of $dev and no others" "2 0" \
		"$(captured "$TMP/$link" port "$port") $(
		captured "$TMP/$link" not port "$port")"
done
finish
