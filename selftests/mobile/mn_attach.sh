#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Attachments of a mobile node: what it is known by, when it changes, what is
# left on the interface, and which packets pass.
#
#    mn                     nat                   gw                  ha
#  +-----------+        +---------+         +-----------+        +---------+
#  | m6t0  eth-+--------+-in  out-+---------+-wan   lan-+--------+-eth     |
#  +-----------+        +---------+         | m6t0      |        +---------+
#  10.0.0.2             10.0.0.1            +-----------+
#
# proves: N1 N2 N3 N4 N9 N10 N12 B2 B5

# shellcheck disable=SC2119,SC2317,SC2329	# optional arguments, indirect calls
. "$(dirname "$0")/../lib/lib.sh"

INNER=m6t-$$-inner

# device: what m6tctl knows of it.
device()
{
	m6tctl -n "$MN" -j show dev m6t0 | jq -c '.[0]'
}

# interface [NETNS]: addresses and default routes on m6t0, carrier, in one line.
interface()
{
	printf "%s dev m6t0\n" "addr show" "route show default" "link show" |
	ip -n "${1:-$MN}" -6 -j -d -b - | jq -rs '[
		(.[0][] | .addr_info[]? | "\(.local)/\(.prefixlen) \(.scope)",
			if .tentative then "tentative" else empty end,
			if .dynamic or .valid_life_time != 4294967295
			then "mortal" else empty end),
		(.[1][] | "default \(.protocol) \(.metric)"),
		(.[2][0].flags[] | select(. == "LOWER_UP"))] | join(", ")'
}

right()
{
	echo "$1/128 global, default static 4096, LOWER_UP"
}

# to_mn PORT PACKET...: from the gateway's host, from a port of its own, past
# the NAT.
to_mn()
{
	in_ns "$GW" "$TMP/inject" udp -s "$1" 10.0.0.2 "$SPORT" "${@:2}"
}

# delivered N: so many packets came to the network stack since $BEFORE.
delivered()
{
	[ $(($(rx_packets) - BEFORE)) = "$1" ]
}

rx_packets()
{
	ip -n "$MN" -j -s link show m6t0 | jq '.[0].stats64.rx.packets'
}

need_inject
topology
ip -n "$GW" route add 10.0.0.0/24 via $NAT4
gateway ha $HA6 port $PORT,4500 temp-timeout 60000 rate 0

# N1
for len in 79 81 64; do
	refused "a prefix of length $len is refused" "exactly one prefix of length /80" \
		ip -n "$MN" link add m6t0 type m6t mode mn prefix fd00:6d::/$len gateway $GW4
done
refused "a mobile node needs a gateway" "gateway is missing" \
	ip -n "$MN" link add m6t0 type m6t mode mn prefix $MN_PREFIX
mobile_node keepalive 0

# N2, N3, N4: what an attachment leaves on the interface.
check_eq "an attachment puts its address and a default route in place" \
	"$(right "$ADDRESS")" "$(interface)"
check "it works" wait_for ping6_ok "$MN" $HA6
old=$ADDRESS
attach
check_eq "another one leaves only its own" "$(right "$ADDRESS")" "$(interface)"
check "and another address" test "$old" != "$ADDRESS"
before=$(device)
check_eq "m6tctl knows it" "true $ADDRESS" \
	"$(jq -r '"\(.attached) \(.address)"' <<<"$before")"
check_eq "going up attached it, then m6tctl did twice" 3 "$(counter "$MN" attach)"
check "it works, too" wait_for ping6_ok "$MN" $HA6

# N2, N3, N12: many of them. What the gateway sees of three is what was told.
need m6tctl -n "$GW" binding flush dev m6t0 >/dev/null
for ((i = 0; i < 24; i++)); do
	m6tctl -n "$MN" -j attach dev m6t0
	[ $i -lt 21 ] || need ping6_ok "$MN" $HA6
done >"$TMP/attached"
jq -s 'map(.[0])' "$TMP/attached" >"$TMP/all"
check_eq "24 attachments: each has another address inside the /80, and another port than the one before" \
	"24 24 23" "$(jq -r '"\([.[].address] | unique | length)" +
		" \(map(select(.address | startswith("fd00:6d:0:1:1:"))) | length)" +
		" \([range(1; length) as $i | .[$i].sport != .[$i - 1].sport |
			select(.)] | length)"' "$TMP/all")"
# Of 24 random numbers no bit is the same in all, but once in 170000 times.
bits=$(jq -r '.[].address' "$TMP/all" | awk -F: '
	function bits(s,  i, k, v) {
		for (s = substr("0000" s, length(s) + 1); s != ""; s = substr(s, 2)) {
			v = index("0123456789abcdef", substr(s, 1, 1)) - 1
			for (k = 8; k >= 1; k /= 2) {
				n++
				ones[n] += v >= k
				v -= v >= k ? k : 0
			}
		}
	}
	NF == 8 { n = 0; bits($6); bits($7); bits($8); lines++ }
	END { for (i = 1; i <= 48; i++) fixed += ones[i] == 0 || ones[i] == lines
		print fixed + 0 }')
check_eq "all 48 bits are random" 0 "$bits"
check_eq "ports are, too" true \
	"$(jq '[.[].sport] | unique | length > 20' "$TMP/all")"
check_eq "the NAT and the gateway see each address and each new port" \
	"$(jq -c '.[21:] | map([.address, .sport]) | sort' "$TMP/all")" \
	"$(m6tctl -n "$GW" -j binding show dev m6t0 |
		jq -c 'map([.address, .port]) | sort')"

# Chosen bits.
attach id 0a1b2c3d4e5f
check_eq "the 48 bits may be chosen" fd00:6d:0:1:1:a1b:2c3d:4e5f "$ADDRESS"
check_eq "and are on the interface" "$(right "$ADDRESS")" "$(interface)"
before=$(device)
refused "zero is refused" "expected an id other than zero" \
	m6tctl -n "$MN" attach dev m6t0 id 000000000000
refused "by the kernel itself, too" "^m6t: id must not be zero" \
	in_ns "$MN" "$SELFTESTS/lib/genl.py" attach m6t0 id=000000000000
refused "so is one in use" "or in use by" \
	m6tctl -n "$MN" attach dev m6t0 id 0a1b2c3d4e5f
refused "and what is no id" "12 hexadecimal digits" \
	m6tctl -n "$MN" attach dev m6t0 id 0a1b2c3d4e
check_eq "the attachment goes on" "$before" "$(device)"
check_eq "with its address" "$(right "$ADDRESS")" "$(interface)"

# N9: only the gateway's datagrams, only to the /80.
SPORT=$(jq .sport <<<"$before")
before=$(stats "$MN")
BEFORE=$(rx_packets)
need ip -n "$GW" link set m6t0 down
ip -n "$GW" addr add 192.0.2.3/24 dev wan
GOOD="src=$HA6,dst=$ADDRESS,nh=59,pay=00"
to_mn $PORT "$GOOD" src=$HA6,dst=fd00:6d:0:1:1::9,nh=59
check "the gateway's datagrams are delivered, to any address of the /80" \
	wait_for delivered 2
to_mn 3545 "$GOOD" "$GOOD"
to_mn 4500 "$GOOD"
in_ns "$GW" "$TMP/inject" udp -b 192.0.2.3 -s $PORT 10.0.0.2 "$SPORT" "$GOOD"
in_ns "$NAT" "$TMP/inject" udp -b 10.0.0.1 -s $PORT 10.0.0.2 "$SPORT" "$GOOD"
to_mn $PORT src=$HA6,dst={fd00:6d:0:1:2::1,ff02::1,fe80::2,::1,$HA6},nh=59 \
	src=fe80::2,dst="$ADDRESS",nh=59 src=ff02::1,dst="$ADDRESS",nh=59 \
	src=fe80::1,dst="$ADDRESS",nh=59,pay=00 src=fe80::1,dst=fd00:6d:0:1:1::9 \
	src=fd00:6d:0:1:1::9,dst="$ADDRESS",nh=59
to_mn $PORT src=fe80::1,dst="$ADDRESS"
check_stats "all others are not, and counted once each" "$MN" "$before" \
	'{"m6t0":{"rx_not_gateway":5,"rx_bad_destination":5,"rx_bad_source":4,"rx_keepalive_stray":1,"rx_keepalive":1}}'
check "none of them was delivered" delivered 2
ip -n "$GW" addr del 192.0.2.3/24 dev wan
need ip -n "$GW" link set m6t0 up
ip -n "$GW" -6 route add $PREFIX dev m6t0

# N10: nothing leaves from another address than those of the /80.
before=$(stats "$MN")
capture "$MN" eth "$TMP/cap" "udp port $PORT"
in_ns "$MN" "$TMP/inject" dev m6t0 \
	src=fe80::2,dst=ff02::2,nh=58,pay=85007b3500000000 \
	src=::,dst=ff02::16,nh=58,pay=8f00000000000000 \
	src=2001:db8:9::9,dst=$HA6,echo=1 src=$HA6,dst=$HA6,echo=1 \
	src=fd00:6d:0:1:2::1,dst=$HA6,echo=1 src=::1,dst=$HA6,echo=1 \
	src=::,dst=$HA6,echo=1 src="$ADDRESS",dst=$HA6,ver={0,4,7},zero=8 \
	src="$ADDRESS",dst=$HA6,zero=8,plen={0,7,9,65535} \
	src="$ADDRESS",dst=$HA6,zero=8,pad=1 hex=60 \
	src="$ADDRESS",dst=$HA6,cut={4,8,23,24,39,40},zero=8 \
	hex=45000014000000004001000001020304c0000202
in_ns "$MN" "$TMP/inject" dev -p 0x0800 m6t0 src="$ADDRESS",dst=$HA6,zero=8 \
	hex=4500001c00000000401100000a000002c000020204d20dd800080000
in_ns "$MN" "$TMP/inject" dev -p 0x86dc m6t0 src="$ADDRESS",dst=$HA6,zero=8
in_ns "$MN" "$TMP/inject" dev -p 0x0003 m6t0 src="$ADDRESS",dst=$HA6,zero=8
check_stats "foreign sources and what is no packet are counted once each" \
	"$MN" "$before" '{"m6t0":{"tx_bad_source":27}}'
# The network stack's own: a group joined, a router solicited, and IPv4.
ip -n "$MN" -6 addr add fe80::5/64 dev m6t0
ip -n "$MN" addr add 198.51.100.1/24 dev m6t0
in_ns "$MN" ping -n -c 1 -W 0.1 -I m6t0 198.51.100.2 >/dev/null 2>&1
in_ns "$MN" ping -6 -n -c 1 -W 0.1 -I fe80::5%m6t0 fe80::6%m6t0 >/dev/null 2>&1
check "what the stack says by itself is dropped, too" \
	test "$(counter "$MN" tx_bad_source)" -ge \
	$(($(jq '.[0].tx_bad_source' <<<"$before") + 29))
ip -n "$MN" addr del 198.51.100.1/24 dev m6t0
ip -n "$MN" -6 addr del fe80::5/64 dev m6t0
in_ns "$MN" "$TMP/inject" dev m6t0 "src=$ADDRESS,dst=$HA6,echo=1"
check "while an own packet is answered" wait_for state_is active

# Detached, down, up.
sport=$(jq .sport <<<"$(device)")
check_not "the port is held" \
	in_ns "$MN" "$TMP/inject" udp -s "$sport" 127.0.0.1 9 hex=00
ip -n "$MN" -6 route add default dev m6t0 metric 5
check "m6tctl detach" m6tctl -n "$MN" detach dev m6t0
check_eq "leaves no address, no route of any metric, no carrier" "" "$(interface)"
check_eq "and nothing attached" "false null null" \
	"$(jq -r '"\(.attached) \(.address) \(.sport)"' <<<"$(device)")"
check "the port is free" \
	in_ns "$MN" "$TMP/inject" udp -s "$sport" 127.0.0.1 9 hex=00
in_ns "$MN" "$TMP/inject" dev m6t0 "src=$ADDRESS,dst=$HA6,echo=1"
capture_end
check_eq "of all that is sent since, one packet and its answer came on the wire" \
	2 "$(captured "$TMP/cap")"
check "detaching again does no harm" m6tctl -n "$MN" detach dev m6t0
attach
check_eq "attached again" "$(right "$ADDRESS")" "$(interface)"
check "it works again" wait_for ping6_ok "$MN" $HA6
need ip -n "$MN" link set m6t0 down
check_eq "down it is not attached" false "$(jq .attached <<<"$(device)")"
check_eq "and has no carrier, address or route" "" "$(interface)"
refused "nor can it be" "the device is down" m6tctl -n "$MN" attach dev m6t0
need ip -n "$MN" link set m6t0 up
check_eq "up it is, with another address" "true true" "$(device |
	jq -r --arg a "$ADDRESS" '"\(.attached) \(.address != $a)"')"
attach
check "it works after that" wait_for ping6_ok "$MN" $HA6
# As NetworkManager does when it ends, and an administrator later.
need ip -n "$MN" link set m6t0 addrgenmode eui64
for i in 1 0; do
	need in_ns "$MN" sysctl -qw net.ipv6.conf.m6t0.disable_ipv6=$i
done
attach
check_eq "told to make link-local addresses it has none" "$(right "$ADDRESS")" \
	"$(interface)"

# A fixed port.
need ip -n "$MN" link set m6t0 type m6t sport 7000
check_eq "the source port may be fixed" 7000 "$(jq .sport <<<"$(device)")"
attach
check_eq "and stays" 7000 "$(jq .sport <<<"$(device)")"
check "it works from there" wait_for ping6_ok "$MN" $HA6
check_eq "as the gateway sees" 7000 "$(binding | jq .port)"
start "$MN" socat -u UDP4-RECV:7001 /dev/null
need wait_for in_ns "$MN" grep -q ":1B59 " /proc/net/udp
before=$(device)
refused "a port in use is refused" "in use" \
	ip -n "$MN" link set m6t0 type m6t sport 7001
refused "so is another address that cannot be had" "local must be an IPv4 address" \
	ip -n "$MN" link set m6t0 type m6t local 203.0.113.9
check_eq "and the attachment goes on" "$before" "$(device)"
check "it works still" ping6_ok "$MN" $HA6
need ip -n "$MN" link set m6t0 type m6t sport 0
check "without a fixed port it is another" \
	test "$(jq .sport <<<"$(device)")" != 7000

# N12: under traffic.
before=$(stats "$MN")
# Not ping, which waits for short times in a loop: the clock that jumps over sleeps
# would stand still.
start "$MN" "$SELFTESTS/lib/pinger.py" $HA6 0.02 >/dev/null 2>&1
for i in 1 2 3 4 5; do
	attach
	ping6_ok "$MN" $HA6 || break
done
stop "$PID"
check_eq "rotated under traffic it works each time" "5 $(right "$ADDRESS")" \
	"$i $(interface)"
check_eq "and nothing was dropped but what came in between" true \
	"$(stats_diff "$MN" "$before" | jq '.m6t0 |
		del(.attach, .tx_carrier, .rx_keepalive, .tx_keepalive) == {}')"

# B2: the device moves, its socket stays.
ns_add "$INNER"
need ip -n "$MN" link set m6t0 netns "$INNER"
need ip -n "$INNER" link set m6t0 up
ADDRESS=$(m6tctl -n "$INNER" -j attach dev m6t0 | jq -r '.[0].address')
check_eq "moved to another namespace it attaches" "$(right "$ADDRESS")" \
	"$(interface "$INNER")"
check "and works through where it was made" wait_for ping6_ok "$INNER" $HA6
check_eq "m6tctl says so" true "$(m6tctl -n "$INNER" -j show dev m6t0 |
	jq '.[0].netns_underlay != null')"
finish
