#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Packets of DSMIPv6 on the underlay if the care-of address is IPv6, byte by byte:
# signalling with a home address option and a routing header of type 2, as RFC 6275 and
# RFC 3776 say; payload of both families, in clear and protected; their outer headers; and
# TCP, with packets larger than the link MTU at the ends. Nothing of IPsec changes.
# takes long
# proves: D2 D3 D5 D6 D17 D21

# shellcheck disable=SC2016,SC2317,SC2329	# jq's variables, indirect calls
# shellcheck source-path=SCRIPTDIR source=../lib/lib.sh
. "$(dirname "$0")/../lib/lib.sh"
# shellcheck source-path=SCRIPTDIR source=../lib/dsmip.bash
. "$SELFTESTS/lib/dsmip.bash"
# shellcheck source-path=SCRIPTDIR source=dsmip6.bash
. "$SELFTESTS/dsmip/dsmip6.bash"

FILTER=(ip6 and not icmp6)
UP="(.dst == \"$HA6\")"

# record [FILTER]: the home agent's link and, with this filter, both devices.
record()
{
	capture "$HA" wan "$TMP/wire" "${FILTER[@]}"
	capture "$MN" m6t0 "$TMP/mn" "$@"
	capture "$HA" m6t0 "$TMP/ha" "$@"
}

# on_wire NAME CONDITION [CONDITION-UP CONDITION-DOWN]: of each packet.
on_wire()
{
	check "$1: packets on the wire have it" all_wire6 "$TMP/wire" \
		"($2) and .parts == 1 and (if $UP then ${3:-true} else ${4:-true} end)"
}

# unchanged NAME: the devices have seen what is on the wire, but for what was replaced and
# for the hop limit, which the router between them decreases.
unchanged()
{
	local wire

	wire=$(wire6 "$TMP/wire" .hex | inside)
	check_eq "$1: but for the outside, it is what the mobile node's device has" \
		"$(wire "$TMP/mn" .hex --device | inside)" "$wire"
	check_eq "$1: and the home agent's" \
		"$(wire "$TMP/ha" .hex --device | inside)" "$wire"
}

# inside: packets without hop limit, and without the option of signals that were received
# or are to be sent; sorted.
inside()
{
	python3 -c '
import sys
for line in sys.stdin:
    data = bytes.fromhex(line)
    if data[6] == 60 and data[42] == 0x1e:
        size = 8 * (data[41] + 1)
        length = int.from_bytes(data[4:6], "big") - size
        data = data[:4] + length.to_bytes(2, "big") + data[40:41] + data[7:40] + data[40 + size:]
    if data[0] >> 4 == 6:
        data = data[:7] + data[8:]
    print(data.hex())' | sort
}

# xfrm: all states and policies, without their counters and times.
xfrm()
{
	local ns

	for ns in "$MN" "$HA"; do
		ip -n "$ns" xfrm policy
		ip -n "$ns" xfrm state | grep -v -e anti-replay -e lastused
	done
}

signals()
{
	record
	check_eq "$1 works" "BA $HA6 0 $3" "$(bu "$3")"
	capture_end
	on_wire "$1" ".next == $2 and .ohop == (if $UP then 63 else 64 end) and .otc == 0 and
		.size + 24 == .osize" \
		".form == \"hao\" and .src == \"$4\" and .isrc == \"$HOA\" and
		.ext == \"$(printf %02x "$2")0201020000c910$(ip6_hex $HOA)\"" \
		".form == \"rt2\" and .dst == \"$4\" and .idst == \"$HOA\" and
		.ext == \"$(printf %02x "$2")02020100000000$(ip6_hex $HOA)\""
	check_eq "$1: one packet each way" "1 hao 1 rt2" \
		"$(wire6 "$TMP/wire" .form | sort | uniq -c | xargs)"
	unchanged "$1"
	check_eq "$1: the protocol module gets the care-of address, by the device" \
		"[\"m6t0\",\"$HOA\",[\"87$(option6 "$4")\"]]" \
		"$(tail -n 1 "$MH" | jq -c '[.dev, .from, .options]')"
}

protected_signals()
{
	signals "signalling without a binding" 50 1 $COA6
	check_eq "signalling: by its security associations" "4097 4098" \
		"$(wire6 "$TMP/wire" .spi | sort -n | xargs)"
}

# both_ways NAME [FILTER]: pings of both families from both ends, recorded.
both_ways()
{
	record "${@:2}"
	check "$1: IPv6 to the correspondent node" ping6_ok "$MN" $CN6
	check "$1: IPv4 to the correspondent node" ping4_ok "$MN" $CN4
	check "$1: IPv6 from there" ping6_ok "$CN" $HOA
	check "$1: IPv4 from there" ping4_ok "$CN" $HOA4
	capture_end
	unchanged "$1"
}

payload()
{
	both_ways "payload"
	on_wire "payload" '.form == "tunnel" and .check == "good" and
		.osize == .size + 40 and .label == 0 and
		.onext == (if .version == 4 then 4 else 41 end)' \
		".src == \"$COA6\" and .ohop == 63" ".dst == \"$COA6\" and .ohop == 64"
	check_eq "payload: both families, both ways" "4 4 4 41" "$(wire6 "$TMP/wire" \
		.onext | sort -n | uniq -c | xargs)"
}

protected()
{
	ipsec_payload6
	both_ways "protected" ip6 proto 50
	on_wire "protected" '.form == "plain" and .next == 50 and .osize == .size' \
		".src == \"$COA6\" and .spi == 8193" \
		".dst == \"$COA6\" and .spi == 8194"
	check_eq "protected: four packets each way" "4 8193 4 8194" \
		"$(wire6 "$TMP/wire" .spi | sort -n | uniq -c | xargs)"
	check "protected: the home address is credited with them" \
		test "$(node | jq .rx_packets)" -gt "$CREDIT"
	signals "signalling beside protected payload" 50 3 $COA6
	tcp "protected" plain
}

# ---- outer headers

set_both()
{
	need ip -n "$HA" link set m6t0 type m6t "$@"
	need ip -n "$MN" link set m6t0 type m6t "$@"
}

# headers NAME SETTINGS CONDITION UP DOWN [PING-WORD...]: both families.
headers()
{
	# shellcheck disable=SC2086	# words
	set_both $2
	capture "$HA" wan "$TMP/wire" "${FILTER[@]}"
	check "$1: IPv6" ping6_ok "$MN" $CN6 "${@:6}"
	check "$1: IPv4" ping4_ok "$MN" $CN4 "${@:6}"
	capture_end
	on_wire "$1" "$3" "$4" "$5"
}

outer_headers()
{
	headers "ttl 99" "ttl 99" true ".ohop == 98" ".ohop == 99"
	headers "ttl inherit" "ttl inherit" true ".ohop == .hop - 1" \
		".ohop == .hop" -t 33
	headers "tos inherit" "ttl 64" ".otc == 40 and .tc == 40" true true -Q 0x28
	headers "tos 0xb8" "tos 0xb8" ".otc == 184 and .tc == 40" true true -Q 0x28
	headers "ECN with tos 0xb8" "tos 0xb8" ".otc == 185 or .otc == 184" \
		".otc == 185" true -Q 1
	set_both tos inherit
}

# ---- two care-of addresses

# forms FILE: what left by a link of the mobile node.
forms()
{
	wire6 "$1" "select(.dst == \"$HA6\") | .form" | sort -u | xargs
}

movement()
{
	local before

	before=$(xfrm)
	need slot6 $COA6_2 eth2
	capture "$MN" eth "$TMP/eth" "${FILTER[@]}"
	capture "$MN" eth2 "$TMP/eth2" "${FILTER[@]}"
	check "a pending address: payload goes on" ping6_ok "$MN" $CN6
	check_eq "a binding update from there is acknowledged" "BA $HA6 0 10" \
		"$(bu 10)"
	check "payload of IPv4 goes on meanwhile" ping4_ok "$CN" $HOA4
	capture_end
	check_eq "payload leaves by the active one" tunnel "$(forms "$TMP/eth")"
	check_eq "signalling leaves by the pending one" hao "$(forms "$TMP/eth2")"
	need genl "$MN" commit m6t0 linger=60000
	check "the home agent still sends to the former one, which receives" \
		pinged_from_cn
	need bind6 $COA6_2
	capture "$MN" eth "$TMP/eth" "${FILTER[@]}"
	capture "$MN" eth2 "$TMP/eth2" "${FILTER[@]}"
	check "payload of IPv6 after the movement" ping6_ok "$MN" $CN6
	check "payload of IPv4 after the movement" ping4_ok "$CN" $HOA4
	capture_end
	check_eq "nothing is sent from the former one" "" "$(forms "$TMP/eth")"
	check_eq "all payload by the new one" tunnel "$(forms "$TMP/eth2")"
	check_eq "nothing of IPsec has changed" "$before" "$(xfrm)"
	need slot6 $COA6 eth
	need genl "$MN" commit m6t0 linger=0
	need bind6 $COA6
}

# Its answer comes from the new address, where the mobile node is not bound yet.
pinged_from_cn()
{
	local before

	before=$(received)
	in_ns "$CN" ping -6 -n -q -c 1 -W 0.1 $HOA >/dev/null
	wait_for test "$(received)" -gt "$before"
}

# received: packets of the mobile node's device so far.
received()
{
	ip -n "$MN" -j -s link show m6t0 | jq '.[].stats64.rx.packets'
}

# ---- TCP

serve4()
{
	start "$1" busybox httpd -f -p "$2:80" -h "$TMP/www" >>"$TMP/httpd" 2>&1
	need wait_for listens "$1" src "$2:80"
}

# largest FILE: the largest packet that a device has seen.
largest()
{
	tcpdump -Z root -n -v -r "$1" 2>/dev/null |
		sed -n 's/.*payload length: \([0-9]*\).*/\1/p; s/.*proto TCP.*, length \([0-9]*\)).*/\1/p' |
		sort -n | tail -n 1
}

# tcp NAME FORM: files of both families both ways.
tcp()
{
	capture "$HA" wan "$TMP/wire" "${FILTER[@]}"
	capture "$MN" m6t0 "$TMP/mn"
	check "$1: TCP over IPv6 downstream" fetched "$MN" $CN6
	check "$1: TCP over IPv4 downstream" fetched "$MN" ::ffff:$CN4
	check "$1: TCP over IPv6 upstream" fetched "$CN" $HOA
	check "$1: TCP over IPv4 upstream" fetched "$CN" ::ffff:$HOA4
	capture_end
	on_wire "$1, TCP" ".form == \"$2\" and .osize <= 1500 and
		(.check // \"good\") == \"good\""
	[ "$2" != tunnel ] ||
		check "$1: the mobile node's device has larger ones" \
			test "$(largest "$TMP/mn")" -gt 1500
}

# ---- where packets leave

# answers_via IFNAME NAME: a ping leaves and returns by this link.
answers_via()
{
	capture "$NAT" "$1" "$TMP/via" "${FILTER[@]}"
	check "$2: answered" ping6_ok "$MN" $CN6
	capture_end
	check_eq "$2: by this link" 2 "$(captured "$TMP/via")"
}

lost_ping()
{
	in_ns "$1" ping -6 -n -q -c 1 -W 0.1 "$2" >"$TMP/ping" 2>&1
}

underlay()
{
	need ip -n "$MN" -6 route add $HA6 dev m6t0
	answers_via in "the home agent itself is routed to the device"
	need ip -n "$MN" -6 route del default via 2001:db8:a::1 dev eth
	counts "the link of a slot has no route" "$MN" \
		'{"m6t0":{"tx_no_route":1}}' lost_ping "$MN" $CN6
	need ip -n "$MN" -6 rule add from $COA6 lookup 77
	need ip -n "$MN" -6 route add default via 2001:db8:a::1 dev eth table 77
	answers_via in "rules for the care-of address are obeyed"
	need ip -n "$MN" -6 rule del from $COA6 lookup 77
	need ip -n "$MN" -6 route add default via 2001:db8:a::1 dev eth metric 6000
	answers_via in "the link of a slot, not that of the best route"
	need ip -n "$HA" link set m6t0 type m6t fwmark 9
	need ip -n "$HA" -6 rule add fwmark 9 lookup 100
	need ip -n "$HA" -6 route add unreachable default table 100
	counts "the mark of a home agent chooses its routes" "$HA" \
		'{"m6t0":{"tx_no_route":1}}' lost_ping "$CN" $HOA
	need ip -n "$HA" link set m6t0 type m6t fwmark 0
	need ip -n "$HA" link set m6t0 type m6t dev wan
	answers_via in "dev of the home agent"
	check_eq "dev of the home agent: signalling, too" "BA $HA6 0 20" "$(bu 20)"
	need ip -n "$HA" link set m6t0 type m6t dev home
	check_not "dev of another link: nothing is received" \
		ping6_ok "$MN" $CN6 -W 0.5
	need ip -n "$HA" link set m6t0 type m6t dev any
	answers_via in "dev any"
}

# Merging of received packets has ESP decrypted at once, where it is for an address of
# this host and a module for that is loaded: before the home address is put back.
decrypted_early()
{
	in_ns "$HA" modprobe -q esp6_offload
	if ! in_ns "$HA" ethtool -K wan gro on 2>"$TMP/ethtool"; then
		result 0 "signalling that GRO decrypts # SKIP no GRO"
		return
	fi
	check_eq "signalling that GRO decrypts works" "BA $HA6 0 25" "$(bu 25)"
	check_eq "signalling that GRO decrypts: where it came from" \
		"[\"m6t0\",\"$HOA\",[\"87$(option6 $COA6)\"]]" \
		"$(tail -n 1 "$MH" | jq -c '[.dev, .from, .options]')"
	check "payload that GRO decrypts: IPv6" ping6_ok "$MN" $CN6
	check "payload that GRO decrypts: IPv4" ping4_ok "$MN" $CN4
	need in_ns "$HA" ethtool -K wan gro off
}

in_clear()
{
	local ns

	for ns in "$MN" "$HA"; do
		need ip -n "$ns" xfrm policy flush
		need ip -n "$ns" xfrm state flush
		need ip -n "$ns" link set m6t0 type m6t ipsec off
	done
	signals "signalling in clear" 135 30 $COA6
	on_wire "signalling in clear: right checksums" '.check == "good"'
}

topology_dsmip6
ipsec_dsmip
home_agent
mobile_node_dsmip
for where in "$MN eth" "$MN eth2" "$NAT in" "$NAT in2"; do
	need in_ns "${where% *}" ethtool -K "${where#* }" tx off >"$TMP/ethtool"
done
MH=$TMP/mh
mh_listen "$MH" answer
need slot6 $COA6 eth
protected_signals
need genl "$MN" commit m6t0
need bind6 $COA6
payload
signals "signalling with a binding" 50 2 $COA6
CREDIT=$(node | jq .rx_packets)
outer_headers
movement
underlay
BYTES=200000 serve "$CN" $CN6
serve "$MN" $HOA
serve4 "$CN" $CN4
serve4 "$MN" $HOA4
tcp "in clear" tunnel
protected
decrypted_early
in_clear
finish
