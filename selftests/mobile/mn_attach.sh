#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Attachments of a mobile node: address and port, when they change, the state of
# the interface, and which packets pass.
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

# device: the device as m6tctl shows it.
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

# to_mn PORT PACKET...: from the gateway's host, from a given port, through
# the NAT.
to_mn()
{
	in_ns "$GW" "$TMP/inject" udp -s "$1" 10.0.0.2 "$SPORT" "${@:2}"
}

# delivered N: N packets came to the network stack since $BEFORE.
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

# N2, N3, N4: the interface after an attachment.
check_eq "an attachment adds its address and a default route" \
	"$(right "$ADDRESS")" "$(interface)"
check "the first attachment works" wait_for ping6_ok "$MN" $HA6
old=$ADDRESS
attach
check_eq "a second attachment replaces address and route" \
	"$(right "$ADDRESS")" "$(interface)"
check "the second attachment has another address" test "$old" != "$ADDRESS"
before=$(device)
check_eq "m6tctl shows the address" "true $ADDRESS" \
	"$(jq -r '"\(.attached) \(.address)"' <<<"$before")"
check_eq "setting the link up and m6tctl twice are three attachments" \
	3 "$(counter "$MN" attach)"
check "the second attachment works" wait_for ping6_ok "$MN" $HA6

# N2, N3, N12: many of them. The gateway sees three of them as they were reported.
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
check_eq "ports are random" true \
	"$(jq '[.[].sport] | unique | length > 20' "$TMP/all")"
check_eq "the NAT and the gateway see each address and each new port" \
	"$(jq -c '.[21:] | map([.address, .sport]) | sort' "$TMP/all")" \
	"$(m6tctl -n "$GW" -j binding show dev m6t0 |
		jq -c 'map([.address, .port]) | sort')"

# Chosen bits.
attach id 0a1b2c3d4e5f
check_eq "the 48 bits can be chosen" fd00:6d:0:1:1:a1b:2c3d:4e5f "$ADDRESS"
check_eq "the chosen bits are on the interface" "$(right "$ADDRESS")" "$(interface)"
before=$(device)
refused "an id of zero is refused" "expected an id other than zero" \
	m6tctl -n "$MN" attach dev m6t0 id 000000000000
refused "an id of zero is refused by the kernel" "^m6t: id must not be zero" \
	in_ns "$MN" "$SELFTESTS/lib/genl.py" attach m6t0 id=000000000000
refused "an id in use is refused" "or in use by" \
	m6tctl -n "$MN" attach dev m6t0 id 0a1b2c3d4e5f
refused "an id of the wrong length is refused" "12 hexadecimal digits" \
	m6tctl -n "$MN" attach dev m6t0 id 0a1b2c3d4e
check_eq "a refused id keeps the attachment" "$before" "$(device)"
check_eq "a refused id keeps the address" "$(right "$ADDRESS")" "$(interface)"

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
check_stats "all other datagrams are dropped, and counted once each" \
	"$MN" "$before" \
	'{"m6t0":{"rx_not_gateway":5,"rx_bad_destination":5,"rx_bad_source":4,"rx_keepalive_stray":1,"rx_keepalive":1}}'
check "no other datagram was delivered" delivered 2
ip -n "$GW" addr del 192.0.2.3/24 dev wan
need ip -n "$GW" link set m6t0 up
ip -n "$GW" -6 route add $PREFIX dev m6t0

# N10: only addresses of the /80 are sources.
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
check_stats "foreign sources and malformed packets are counted once each" \
	"$MN" "$before" '{"m6t0":{"tx_bad_source":27}}'
# Packets of the network stack itself: MLD, router solicitations, and IPv4.
ip -n "$MN" -6 addr add fe80::5/64 dev m6t0
ip -n "$MN" addr add 198.51.100.1/24 dev m6t0
in_ns "$MN" ping -n -c 1 -W 0.1 -I m6t0 198.51.100.2 >/dev/null 2>&1
in_ns "$MN" ping -6 -n -c 1 -W 0.1 -I fe80::5%m6t0 fe80::6%m6t0 >/dev/null 2>&1
check "packets of the network stack itself are dropped" \
	test "$(counter "$MN" tx_bad_source)" -ge \
	$(($(jq '.[0].tx_bad_source' <<<"$before") + 29))
ip -n "$MN" addr del 198.51.100.1/24 dev m6t0
ip -n "$MN" -6 addr del fe80::5/64 dev m6t0
in_ns "$MN" "$TMP/inject" dev m6t0 "src=$ADDRESS,dst=$HA6,echo=1"
check "a packet of an own address is sent and answered" wait_for state_is active

# Detached, down, up.
sport=$(jq .sport <<<"$(device)")
check_not "the source port is in use while attached" \
	in_ns "$MN" "$TMP/inject" udp -s "$sport" 127.0.0.1 9 hex=00
ip -n "$MN" -6 route add default dev m6t0 metric 5
check "m6tctl detach succeeds" m6tctl -n "$MN" detach dev m6t0
check_eq "detached: no address, no route of any metric, no carrier" \
	"" "$(interface)"
check_eq "detached: m6tctl shows no attachment" "false null null" \
	"$(jq -r '"\(.attached) \(.address) \(.sport)"' <<<"$(device)")"
check "detached: the source port is free" \
	in_ns "$MN" "$TMP/inject" udp -s "$sport" 127.0.0.1 9 hex=00
in_ns "$MN" "$TMP/inject" dev m6t0 "src=$ADDRESS,dst=$HA6,echo=1"
capture_end
check_eq "of all packets sent, one and its answer are on the link" \
	2 "$(captured "$TMP/cap")"
check "detaching again succeeds" m6tctl -n "$MN" detach dev m6t0
attach
check_eq "attached again: address and route are back" \
	"$(right "$ADDRESS")" "$(interface)"
check "attached again: it works" wait_for ping6_ok "$MN" $HA6
need ip -n "$MN" link set m6t0 down
check_eq "down: it is not attached" false "$(jq .attached <<<"$(device)")"
check_eq "down: no carrier, address or route" "" "$(interface)"
refused "down: attach is refused" \
	"the device is down" m6tctl -n "$MN" attach dev m6t0
need ip -n "$MN" link set m6t0 up
check_eq "up: it is attached, with another address" "true true" "$(device |
	jq -r --arg a "$ADDRESS" '"\(.attached) \(.address != $a)"')"
attach
check "up: it works" wait_for ping6_ok "$MN" $HA6
# As NetworkManager does when it exits, and an administrator later.
need ip -n "$MN" link set m6t0 addrgenmode eui64
for i in 1 0; do
	need in_ns "$MN" sysctl -qw net.ipv6.conf.m6t0.disable_ipv6=$i
done
attach
check_eq "with addrgenmode eui64 and IPv6 enabled again there is no link-local address" \
	"$(right "$ADDRESS")" \
	"$(interface)"

# A fixed port.
need ip -n "$MN" link set m6t0 type m6t sport 7000
check_eq "the source port can be fixed" 7000 "$(jq .sport <<<"$(device)")"
attach
check_eq "a new attachment keeps a fixed source port" \
	7000 "$(jq .sport <<<"$(device)")"
check "it works from a fixed source port" wait_for ping6_ok "$MN" $HA6
check_eq "the gateway sees the fixed source port" 7000 "$(binding | jq .port)"
start "$MN" socat -u UDP4-RECV:7001 /dev/null
need wait_for in_ns "$MN" grep -q ":1B59 " /proc/net/udp
before=$(device)
refused "a source port in use is refused" "in use" \
	ip -n "$MN" link set m6t0 type m6t sport 7001
refused "a local address that is not the host's is refused" \
	"local must be an IPv4 address" \
	ip -n "$MN" link set m6t0 type m6t local 203.0.113.9
check_eq "refused settings keep the attachment" "$before" "$(device)"
check "it works after refused settings" ping6_ok "$MN" $HA6
need ip -n "$MN" link set m6t0 type m6t sport 0
check "without a fixed port the source port is another one" \
	test "$(jq .sport <<<"$(device)")" != 7000

# N12: under traffic.
before=$(stats "$MN")
# Not ping, which polls with short timeouts: the clock that jumps over sleeps
# would stand still.
start "$MN" "$SELFTESTS/lib/pinger.py" $HA6 0.02 >/dev/null 2>&1
for i in 1 2 3 4 5; do
	attach
	ping6_ok "$MN" $HA6 || break
done
stop "$PID"
check_eq "five new attachments under traffic each work" "5 $(right "$ADDRESS")" \
	"$i $(interface)"
check_eq "under traffic only packets between two attachments are dropped" true \
	"$(stats_diff "$MN" "$before" | jq '.m6t0 |
		del(.attach, .tx_carrier, .rx_keepalive, .tx_keepalive) == {}')"

# B2: the device is moved, its socket is not.
ns_add "$INNER"
need ip -n "$MN" link set m6t0 netns "$INNER"
need ip -n "$INNER" link set m6t0 up
ADDRESS=$(m6tctl -n "$INNER" -j attach dev m6t0 | jq -r '.[0].address')
check_eq "moved to another namespace it can be attached" "$(right "$ADDRESS")" \
	"$(interface "$INNER")"
check "moved to another namespace it works through the one where it was created" \
	wait_for ping6_ok "$INNER" $HA6
check_eq "m6tctl shows that its socket is in another namespace" \
	true "$(m6tctl -n "$INNER" -j show dev m6t0 |
	jq '.[0].netns_underlay != null')"
finish
