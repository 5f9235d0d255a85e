#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Which ICMP errors about the path are accepted, for which peer and for how long;
# and the MTU of a device, which follows its underlay until it is set.
# proves: B3 W2 W3

# shellcheck source-path=SCRIPTDIR source=../lib/lib.sh
. "$(dirname "$0")/../lib/lib.sh"
# shellcheck disable=SC2317,SC2329	# called indirectly

OTHER=fd00:6d:0:1:2::2

# frag_needed NETNS FROM TO MTU OUTER_SRC SPORT OUTER_DST DPORT INNER_SRC \
#	INNER_DST [BYTES]: an ICMP error that quotes a packet of 1472 bytes, or so
# many bytes of it.
frag_needed()
{
	in_ns "$1" python3 - "${@:2}" <<-'END'
	import socket, struct, sys
	src, dst, mtu, osrc, sport, odst, dport, isrc, idst = sys.argv[1:10]
	cut = int(sys.argv[10]) if len(sys.argv) > 10 else 128
	inner = struct.pack(">IHBB16s16s", 6 << 28, 1432, 59, 64,
	    socket.inet_pton(socket.AF_INET6, isrc),
	    socket.inet_pton(socket.AF_INET6, idst)) + bytes(1432)
	quoted = struct.pack(">BBHHHBBH4s4sHHHH", 0x45, 0, len(inner) + 28, 1,
	    0x4000, 64, 17, 0, socket.inet_aton(osrc), socket.inet_aton(odst),
	    int(sport), int(dport), len(inner) + 8, 0) + inner
	error = struct.pack(">BBHHH", 3, 4, 0, 0, int(mtu)) + quoted[:cut]
	words = struct.unpack(f">{(len(error) + 1) // 2}H",
	    error + bytes(len(error) % 2))
	total = sum(words)
	while total >> 16:
	    total = (total & 0xffff) + (total >> 16)
	error = error[:2] + struct.pack(">H", total ^ 0xffff) + error[4:]
	s = socket.socket(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_ICMP)
	s.bind((src, 0))
	s.sendto(error, (dst, 0))
	END
}

# errors: how many the gateway has received.
errors()
{
	in_ns "$GW" nstat -asz IcmpInDestUnreachs |
		sed -n 's/^IcmpInDestUnreachs *\([0-9]*\).*/\1/p'
}

# errors_are N: it has received N or more.
errors_are()
{
	[ "$(errors)" -ge "$1" ]
}

# told_to NAME WORD...: the NAT sends the gateway an ICMP error about a
# packet to the mobile node.
told_to()
{
	local before

	before=$(errors)
	need frag_needed "$NAT" $NAT4 $GW4 "$@"
	need wait_for errors_are $((before + 1))
}

# accepts ADDRESS MTU: the gateway forwards a packet of this size from the home
# agent, whatever was reported before.
accepts()
{
	ip -n "$HA" -6 route flush cache
	ip -n "$GW" -6 route flush cache
	ping6_ok "$HA" "$1" -M "do" -s $(($2 - 48)) -W "${3:-$WAIT}"
}

mtu()
{
	ip -n "$1" -j link show "${2:-m6t0}" | jq '.[].mtu'
}

# mtu_is NETNS MTU
# shellcheck disable=SC2317
mtu_is()
{
	[ "$(mtu "$1")" = "$2" ]
}

# ---- which errors are accepted

topology
gateway ha $HA6 df inherit
mobile_node
activate
port=$(binding | jq .port)
# Another mobile node behind the same address, bound by an administrator.
need m6tctl -n "$GW" binding add $OTHER remote "$NAT4:9" dev m6t0

check "before any error, 1472 bytes are forwarded" accepts "$ADDRESS" 1472
for words in \
	"another address|$GW4 $PORT $NAT4 $port $HA6 fd00:6d:0:1:1::bad" \
	"another port|$GW4 $PORT $NAT4 1 $HA6 $ADDRESS" \
	"another host|$GW4 $PORT 192.0.2.77 $port $HA6 $ADDRESS" \
	"another port of ours|$GW4 9999 $NAT4 $port $HA6 $ADDRESS" \
	"only the UDP header|$GW4 $PORT $NAT4 $port $HA6 $ADDRESS 28" \
	"a part of the IPv6 header|$GW4 $PORT $NAT4 $port $HA6 $ADDRESS 67"; do
	# shellcheck disable=SC2086	# words
	told_to 1300 ${words#*|}
	check "an error that quotes ${words%|*} changes nothing" \
		accepts "$ADDRESS" 1472
done
told_to 1400 $GW4 $PORT $NAT4 "$port" $HA6 "$ADDRESS"
check_not "an error that quotes a tunnel packet is accepted" \
	accepts "$ADDRESS" 1472 0.3
check "a packet as large as the path carries is forwarded" accepts "$ADDRESS" 1372
check_not "one byte more is not forwarded" accepts "$ADDRESS" 1373 0.3
told_to 5000 $GW4 $PORT $NAT4 "$port" $HA6 "$ADDRESS"
check "an error with an MTU above the quoted packet is ignored" \
	accepts "$ADDRESS" 1372
told_to 552 $GW4 $PORT $NAT4 "$port" $HA6 "$ADDRESS"
check "below the minimum MTU of IPv6 the outer packet is fragmented" \
	accepts "$ADDRESS" 1472
told_to 1400 $GW4 $PORT $NAT4 "$port" $HA6 "$ADDRESS"
check_not "the path to one mobile node has a small MTU" accepts "$ADDRESS" 1472 0.3
capture "$NAT" out "$TMP/out" "udp and src $GW4"
in_ns "$HA" ping -6 -n -q -c 1 -W 0.01 -s 1424 $OTHER >"$TMP/ping" 2>&1
check "the path to another one behind the same address has not" \
	wait_for has_captured "$TMP/out" 1
capture_end

# ---- for how long

if time_travel; then
	sleep 598
	check_not "after 598 s the path MTU is still small" \
		accepts "$ADDRESS" 1472 0.3
	sleep 4
	activate
	check "after 602 s a large packet is tried again" accepts "$ADDRESS" 1472
else
	result 0 "the path MTU expires after ten minutes # SKIP only with time travel"
fi

# ---- the mobile node

need ip -n "$MN" link set m6t0 type m6t df "set"
sport=$(m6tctl -n "$MN" -j show dev m6t0 | jq '.[].sport')
mn_refuses()
{
	! mn_fits "$1" 0.3
}

mn_fits()
{
	ip -n "$MN" -6 route flush cache
	ping6_ok "$MN" $HA6 -M "do" -s $(($1 - 48)) -W "${2:-$WAIT}"
}
check "before any error, the mobile node sends 1472 bytes" mn_fits 1472
need frag_needed "$NAT" 10.0.0.1 $MN4 1300 $MN4 "$sport" $GW4 $PORT \
	fd00:6d:0:1:1::bad $HA6
check "mobile node: an error that quotes another address changes nothing" \
	mn_fits 1472
need frag_needed "$NAT" 10.0.0.1 $MN4 1400 $MN4 "$sport" $GW4 $PORT \
	"$ADDRESS" $HA6
check "mobile node: an error that quotes its own address is accepted" \
	wait_for mn_refuses 1472

# ---- the MTU of the device

mtu_follows()
{
	need ip -n "$MN" link add m6t1 type m6t mode mn \
		prefix fd00:6d:0:1:2::/80 gateway $GW4
	check_eq "the MTU on Ethernet is 1472" 1472 "$(mtu "$MN" m6t1)"
	need ip -n "$MN" link set m6t1 up
	need ip -n "$MN" link set eth mtu 1400
	check_eq "the MTU follows a smaller one of the link" \
		1372 "$(mtu "$MN" m6t1)"
	need ip -n "$MN" link set eth mtu 1290
	check_eq "the MTU does not fall below 1280" 1280 "$(mtu "$MN" m6t1)"
	need ip -n "$MN" link set eth mtu 1500
	check_eq "the MTU follows a larger one of the link" 1472 "$(mtu "$MN" m6t1)"
	need ip -n "$MN" link set eth mtu 9001
	check_eq "the MTU does not rise above 1472" 1472 "$(mtu "$MN" m6t1)"
	need ip -n "$MN" link set m6t1 type m6t ttl 9
	check_eq "changing another setting keeps the MTU at 1472" \
		1472 "$(mtu "$MN" m6t1)"
	need m6tctl -n "$MN" attach dev m6t1 >"$TMP/attach"
	check_eq "an attachment keeps the MTU at 1472" 1472 "$(mtu "$MN" m6t1)"
	need ip -n "$MN" link set eth mtu 1500
	need ip -n "$MN" link set m6t1 mtu 1350
	need ip -n "$MN" link set eth mtu 1450
	check_eq "an MTU that was set does not follow the link" \
		1350 "$(mtu "$MN" m6t1)"
	need ip -n "$MN" link del m6t1
	need ip -n "$MN" link add m6t1 mtu 1400 type m6t mode mn \
		prefix fd00:6d:0:1:2::/80 gateway $GW4
	need ip -n "$MN" link set m6t1 up
	check_eq "an MTU given at creation does not follow the link" \
		1400 "$(mtu "$MN" m6t1)"
	need ip -n "$GW" link add g1 type m6t mode gw prefix fd00:6e::/48 \
		port 1 dev lan
	need ip -n "$GW" link set lan mtu 1300
	check_eq "a gateway's MTU follows its link" 1280 "$(mtu "$GW" g1)"
	need ip -n "$GW" link set lan mtu 9001
	check_eq "a gateway's MTU does not rise above 1472" 1472 "$(mtu "$GW" g1)"
	need ip -n "$GW" link set g1 type m6t dev any
	check_eq "a gateway without a link has an MTU of 1472" \
		1472 "$(mtu "$GW" g1)"
	need ip -n "$GW" link add red type vrf table 100
	need ip -n "$GW" link set g1 type m6t dev red
	check_eq "a gateway's MTU does not follow a VRF" 1472 "$(mtu "$GW" g1)"
}
# Tunnels that run over tunnels, and over each other: updating the MTU terminates.
mtu_of_stacks()
{
	local i batch=

	need ip -n "$GW" link add x0 type dummy
	for ((i = 1; i <= 30; i++)); do
		batch+="link add x$i type m6t mode gw prefix fd00:7:$i::/48 dev x$((i - 1))"$'\n'
	done
	need ip -n "$GW" -b - <<<"$batch"
	check_eq "stacked tunnels: each MTU is below that of its underlay" \
		"1472 1444 1280 1280" "$(mtu "$GW" x1) $(mtu "$GW" x2) $(
			mtu "$GW" x8) $(mtu "$GW" x30)"
	check "stacked tunnels: the MTU of the lowest device can be set" \
		ip -n "$GW" link set x0 mtu 1450
	check_eq "stacked tunnels: all above it follow" "1422 1394 1282 1280" \
		"$(mtu "$GW" x1) $(mtu "$GW" x2) $(mtu "$GW" x6) $(
			mtu "$GW" x7)"
	need ip -n "$GW" link set x4 type m6t dev x5
	check "the MTU below two tunnels that run over each other can be set" \
		ip -n "$GW" link set x5 mtu 60000
	need ip -n "$GW" link set x6 type m6t dev x6
	need ip -n "$GW" link set x0 mtu 1500
	check_eq "a tunnel that runs over itself has the MTU for Ethernet" 1472 \
		"$(mtu "$GW" x6)"
	batch=
	for ((i = 30; i >= 0; i--)); do
		batch+="link del x$i"$'\n'
	done
	need ip -n "$GW" -b - <<<"$batch"

	# Their gateways were reached over Ethernet when they were made.
	batch=
	for ((i = 1; i <= 60; i++)); do
		batch+="link add y$i type m6t mode mn prefix fd00:7:0:0:$i::/80 gateway 10.1.0.$i"$'\n'
		batch+="link set y$i up"$'\n'
	done
	for ((i = 2; i <= 60; i++)); do
		batch+="route add 10.1.0.$i/32 dev y$((i - 1)) src 10.0.0.2"$'\n'
	done
	need ip -n "$MN" -b - <<<"$batch"
	check "the MTU of a link below 60 mobile nodes can be set" \
		ip -n "$MN" link set eth mtu 1330
	check_eq "60 mobile nodes: each MTU is below that of its underlay" \
		"1302 1280 1280" "$(mtu "$MN" y1) $(mtu "$MN" y2) $(
			mtu "$MN" y60)"
	need ip -n "$MN" link set eth mtu 1500
	batch=
	for ((i = 60; i >= 1; i--)); do
		batch+="link del y$i"$'\n'
	done
	need ip -n "$MN" -b - <<<"$batch"

	# A tunnel above must not restore the old MTU of the one below it.
	need ip -n "$GW" link add e1 type dummy
	need ip -n "$GW" link add e2 mtu 1400 type dummy
	need ip -n "$GW" link add t1 type m6t mode gw prefix fd00:8::/48 dev e1
	need ip -n "$GW" link add t2 type m6t mode gw prefix fd00:9::/48 dev t1
	need ip -n "$GW" link set t1 type m6t dev e2
	check_eq "another underlay changes the MTU of a tunnel and of the one above" \
		"1372 1344" \
		"$(mtu "$GW" t1) $(mtu "$GW" t2)"
	need ip -n "$GW" link set t1 mtu 1372 type m6t ttl 9
	need ip -n "$GW" link set e2 mtu 1300
	check_eq "an MTU set together with another setting does not follow the link" \
		1372 \
		"$(mtu "$GW" t1)"
}
mtu_follows
mtu_of_stacks
finish
