#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Truncated packets, at every length: datagrams at a gateway and at a mobile
# node, whole and in fragments; packets of a packet socket that are sent; and
# inner headers that are cut or claim to be longer, in otherwise valid packets.
# Each is dropped for the right reason, or forwarded unchanged, and an unreadable
# one is not a home agent's answer.
#
# proves: W5 G6 N10
# class: T7

# shellcheck disable=SC2119,SC2317,SC2329	# optional arguments, indirect calls
# shellcheck source-path=SCRIPTDIR source=../lib/lib.sh
. "$(dirname "$0")/../lib/lib.sh"
# shellcheck source-path=SCRIPTDIR source=../lib/attack.bash
. "$SELFTESTS/lib/attack.bash"

A=fd00:6d:0:a::a T=fd00:6d:0:7::7

# cuts FROM WORDS: a packet cut to each of 128 lengths from FROM on.
cuts()
{
	local i

	for ((i = $1; i < 128; i++)); do
		echo "$2,echo=1,zero=80,cut=$i"
	done
}

# upper NUMBER...: each of these next headers with 0 to 24 bytes, then with a
# header that claims the maximum length.
upper()
{
	local nh i

	for nh; do
		for ((i = 0; i <= 24; i++)); do
			echo "nh=$nh,zero=$i"
		done
		echo "nh=$nh,pay=3aff000000000000,zero=16"
	done
}

received()
{
	local -a gw mn

	mapfile -t gw < <(cuts 0 "src=$T,dst=$HA6")
	mapfile -t mn < <(cuts 0 "src=$HA6,dst=$ADDRESS")
	counts "128 lengths at a gateway are dropped" "$GW" \
		'{"m6t0":{"rx_short":40,"rx_bad_length":88}}' \
		near udp -s 6000 $GW4 $PORT "${gw[@]}"
	counts "128 lengths in fragments at a gateway are dropped" "$GW" \
		'{"m6t0":{"rx_short":40,"rx_bad_length":88}}' \
		in_ns "$NAT" "$TMP/inject" raw -s 5001 -f 8 $GW4 $PORT "${gw[@]}"
	counts "128 lengths at a mobile node are dropped" "$MN" \
		'{"m6t0":{"rx_short":40,"rx_bad_length":88}}' in_ns "$NAT" \
		"$TMP/inject" raw -b $GW4 -s $PORT $MN4 "$SPORT" "${mn[@]}"
	counts "128 lengths in fragments at a mobile node are dropped" "$MN" \
		'{"m6t0":{"rx_short":40,"rx_bad_length":88}}' in_ns "$NAT" \
		"$TMP/inject" raw -b $GW4 -s $PORT -f 8 $MN4 "$SPORT" "${mn[@]}"
}

sent()
{
	local -a gw mn

	mapfile -t gw < <(cuts 1 "src=$HA6,dst=$A")
	mapfile -t mn < <(cuts 1 "src=$ADDRESS,dst=$HA6")
	counts "127 lengths sent by a gateway are dropped" "$GW" \
		'{"m6t0":{"tx_bad_source":127}}' \
		in_ns "$GW" "$TMP/inject" dev m6t0 "${gw[@]}"
	counts "127 lengths sent by a mobile node are dropped" "$MN" \
		'{"m6t0":{"tx_bad_source":127}}' \
		in_ns "$MN" "$TMP/inject" dev m6t0 "${mn[@]}"
}

# A packet socket may request a checksum of the device, at any offset.
checksums()
{
	counts "packets with a checksum offset in the IPv6 header are dropped" \
		"$MN" \
		'{"m6t0":{"tx_bad_source":15}}' in_ns "$MN" python3 - \
		"$ADDRESS" $HA6 <<-END
	import socket, struct, sys
	s = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, 0)
	s.setsockopt(263, 15, 1)		# SOL_PACKET, PACKET_VNET_HDR
	s.bind(("m6t0", 0x86dd))
	packet = struct.pack(">IHBB", 6 << 28, 40, 59, 64)
	for text in sys.argv[1:3]:
	    packet += socket.inet_pton(socket.AF_INET6, text)
	for start in range(24, 39):
	    s.send(struct.pack("=BBHHHH", 1, 0, 0, 0, start, 0) + packet + bytes(40))
	END
}

# A container or a virtual machine may do the same, with all headers of a datagram
# in front.
checksums_inside()
{
	local to from

	to=$(in_ns "$GW" cat /sys/class/net/wan/address)
	from=$(in_ns "$NAT" cat /sys/class/net/out/address)
	need in_ns "$NAT" ethtool -K out tx on >"$TMP/ethtool"
	counts "packets with a partial checksum in an inner header are dropped" \
		"$GW" \
		'{"m6t0":{"rx_bad_source":15}}' in_ns "$NAT" python3 - \
		$A $HA6 "$to$from" $NAT4 $GW4 $PORT <<-END
	import socket, struct, sys
	inner = struct.pack(">IHBB", 6 << 28, 40, 59, 64)
	for text in sys.argv[1:3]:
	    inner += socket.inet_pton(socket.AF_INET6, text)
	inner += bytes(40)
	inner = struct.pack(">HHHH", 5000, int(sys.argv[6]), 8 + len(inner), 0) + inner
	ip = struct.pack(">BBHHHBBH", 0x45, 0, 20 + len(inner), 0, 0x4000, 64, 17, 0)
	for text in sys.argv[4:6]:
	    ip += socket.inet_aton(text)
	total = sum(struct.unpack(">10H", ip))
	total = (total & 0xffff) + (total >> 16)
	ip = ip[:10] + struct.pack(">H", 0xffff - total) + ip[12:]
	eth = bytes.fromhex(sys.argv[3].replace(":", "")) + b"\x08\x00"
	s = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, 0)
	s.setsockopt(263, 15, 1)
	s.bind(("out", 0x0800))
	for start in range(24, 39):
	    s.send(struct.pack("=BBHHHH", 1, 0, 0, 0, 42 + start, 0) + eth + ip + inner)
	END
	need in_ns "$NAT" ethtool -K out tx off >"$TMP/ethtool"
}

# packets_are N: of A's binding, from it.
packets_are()
{
	[ "$(binding $A | jq .rx_packets)" = "$1" ]
}

passed_on()
{
	local n before
	local -a all

	mapfile -t all < <(upper 0 4 6 17 41 43 44 50 51 58 60 135 139 140)
	n=$(binding $A | jq .rx_packets) before=$(stats "$GW")
	need in_ns "$NAT" "$TMP/inject" udp -s 5000 $GW4 $PORT \
		"${all[@]/#/src=$A,dst=$HA6,}"
	# A packet with an empty hop-by-hop header looks like a jumbogram.
	check "cut inner headers are forwarded by a gateway" \
		wait_for packets_are $((n + ${#all[@]} - 1))
	check_stats "a jumbogram is dropped by a gateway" \
		"$GW" "$before" '{"m6t0":{"rx_bad_length":1}}'
	counts "cut inner headers are received by a mobile node" "$MN" \
		'{"m6t0":{"rx_bad_length":1}}' in_ns "$NAT" "$TMP/inject" raw \
		-b $GW4 -s $PORT $MN4 "$SPORT" \
		"${all[@]/#/src=$HA6,dst=$ADDRESS,}"
}

# A packet that may be an ICMPv6 error is not an answer.
no_answer()
{
	local n
	local -a all

	need in_ns "$NAT" "$TMP/inject" udp -s 5000 $GW4 $PORT \
		"src=$T,dst=$HA6,nh=59"
	need wait_for state_is temporary $T
	mapfile -t all < <(upper 0 43 60 | grep -v '=[89]$\|=[12][0-9]$'
		upper 51 | grep 'zero=[0-7]$\|pay'
		upper 44 | grep 'zero=[0-7]$'
		upper 58 | sed 's/pay=.*/pay=01/')
	n=${#all[@]}
	need in_ns "$GW" "$TMP/inject" dev m6t0 "${all[@]/#/src=$HA6,dst=$T,}"
	check "$n cut inner headers are sent to a temporary binding" \
		wait_for has_got $T "$n"
	check_eq "cut inner headers do not activate the binding" \
		temporary "$(binding_state $T)"
}

# has_got ADDRESS N: N packets were sent to it.
has_got()
{
	[ "$(binding "$1" | jq .tx_packets)" = "$2" ]
}

topology "ip saddr 10.0.0.0/16 masquerade"
attackers
untracked
gateway ha $HA6 temp-timeout 60000
mobile_node
SPORT=$(sport)
[[ $(in_ns "$NAT" "$TMP/inject" udp -s 5000 -w $((WAIT * 1000)) $GW4 $PORT \
	"src=$A,dst=$HA6,echo=1") == 60* ]]
result $? "another mobile node is answered"
need wait_for state_is active $A
honest
received
sent
checksums
checksums_inside
passed_on
no_answer
honest_goes_on "after all"
finish
