#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# The outer checksum is right wherever the outer header is rewritten on the path:
# by NAT, redirect, nft payload writes and tc, on this host and on the next one.
# Everything is on one machine, where checksums are left to devices that never
# complete them; so the links behind the NAT have "tx off" and complete them,
# and both ends verify what arrives.
# takes long
# proves: W7

# shellcheck source-path=SCRIPTDIR source=../lib/lib.sh
# shellcheck disable=SC2317,SC2329	# called indirectly
. "$(dirname "$0")/../lib/lib.sh"
# shellcheck source-path=SCRIPTDIR source=../lib/offload.bash
. "$SELFTESTS/lib/offload.bash"

BYTES=${BYTES:-300000}

# bad: datagrams that either end dropped for their checksum.
bad()
{
	local ns

	for ns in "$MN" "$GW"; do
		in_ns "$ns" nstat -asz UdpInCsumErrors
	done | awk '$1 == "UdpInCsumErrors" { n += $2 } END { print n }'
}

# datagrams FROM TO ADDRESS: those of a local UDP socket, of all kinds of
# lengths, arrive.
datagrams()
{
	received "$2" "$3" in_ns "$1" python3 "$TMP/datagrams.py" "$3" \
		"$TMP/www/file"
}

cat >"$TMP/datagrams.py" <<END
import socket, sys, time
s = socket.socket(socket.AF_INET6, socket.SOCK_DGRAM)
s.connect((sys.argv[1], 9))
with open(sys.argv[2], "rb") as f:
    data = f.read(60000)
at, size = 0, 1
while at < len(data):
    at += s.send(data[at:at + size])
    size = size % 1399 + 7
    time.sleep(0.001)
END

# all_arrive NAME: ping, TCP and UDP, each in both directions. After a
# first failure the rest is left out, to save time.
all_arrive()
{
	local before

	[ $TEST_FAILED -eq 0 ] || return
	before=$(bad)
	check "$1: a ping is answered" ping6_ok "$MN" $HA6
	check "$1: files arrive unchanged, up and down" both_ways
	check "$1: datagrams arrive upstream" datagrams "$MN" "$HA" $HA6
	check "$1: datagrams arrive downstream" datagrams "$HA" "$MN" "$ADDRESS"
	check_eq "$1: no datagram was dropped for its checksum" "$before" "$(bad)"
}

# set_nft NETNS LINE...: load these rules there; unset_nft removes them.
set_nft()
{
	need in_ns "$1" nft -f - <<-END
	table ip rewrite {
		$(printf '%s\n' "${@:2}")
	}
	END
}

# unset_nft NETNS...
unset_nft()
{
	local ns

	for ns; do
		in_ns "$ns" nft delete table ip rewrite
	done
}

# set_tc OUT IN: actions of the mobile node's link on what leaves for the gateway
# and on what comes from there.
set_tc()
{
	need in_ns "$MN" tc qdisc add dev eth clsact
	# shellcheck disable=SC2086	# words
	need in_ns "$MN" tc filter add dev eth egress protocol ip \
		flower ip_proto udp dst_ip $GW4 $1
	# shellcheck disable=SC2086	# words
	need in_ns "$MN" tc filter add dev eth ingress protocol ip \
		flower ip_proto udp src_ip $GW4 $2
}

unset_tc()
{
	in_ns "$MN" tc qdisc del dev eth clsact
}

# Another port of the gateway's host is redirected to the tunnel's.
redirect()
{
	set_nft "$GW" "chain pre {
			type nat hook prerouting priority dstnat;
			udp dport $OTHER redirect to :$PORT
		}"
}

# attach_again: the NAT sees the mobile node at another endpoint now.
attach_again()
{
	attach
	activate
	serve "$MN" "$ADDRESS"
}

PRE="type filter hook prerouting priority -350;"
POST="type filter hook postrouting priority 350;"
MUNGE="action pedit ex munge udp"
CSUM="pipe action csum ip and udp"
OTHER=3600 OTHER_GW4=192.0.2.3 OTHER_MN4=10.0.0.3

set_up
need in_ns "$MN" ip addr add $OTHER_MN4/32 dev eth
need in_ns "$GW" ip addr add $OTHER_GW4/32 dev wan

# A virtual machine's super-packet, whose headers the stack has not validated yet.
one_dodgy()
{
	in_ns "$MN" python3 - "$ADDRESS" $HA6 <<-END
	import socket, struct, sys
	s = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, 0)
	s.setsockopt(263, 15, 1)		# SOL_PACKET, PACKET_VNET_HDR
	s.bind(("m6t0", 0x86dd))
	tcp = struct.pack(">HHIIBBHHH", 1, 9, 1, 1, 5 << 4, 0x10, 999, 0, 0)
	tcp += bytes(12000)
	packet = struct.pack(">IHBB", 6 << 28, len(tcp), 6, 64)
	for text in sys.argv[1:3]:
	    packet += socket.inet_pton(socket.AF_INET6, text)
	s.send(struct.pack("=BBHHHH", 1, 4, 60, 1300, 40, 16) + packet + tcp)
	END
}

# one_is_big: the NAT forwarded one packet that was still as large as it was sent.
one_is_big()
{
	[ "$(big)" = 1 ]
}

all_kinds()
{
	all_arrive "masquerade${1:-}"
	[ -z "${M6T_QUICK:-}" ] || return

	redirect
	set_nft "$MN" "chain out {
			type nat hook output priority -100;
			ip daddr $GW4 udp dport $PORT dnat to $GW4:$OTHER
		}"
	all_arrive "DNAT on one host, redirect on the other${1:-}"
	unset_nft "$MN" "$GW"

	set_nft "$MN" "chain out { $POST udp dport $PORT udp dport set $OTHER; }" \
		"chain in { $PRE udp sport $OTHER udp sport set $PORT; }"
	set_nft "$GW" "chain in { $PRE udp dport $OTHER udp dport set $PORT; }" \
		"chain out { $POST udp sport $PORT udp sport set $OTHER; }"
	all_arrive "ports written by nft on both hosts${1:-}"
	unset_nft "$MN" "$GW"

	set_nft "$MN" "chain out { $POST ip daddr $GW4 ip daddr set $OTHER_GW4; }" \
		"chain in { $PRE ip saddr $OTHER_GW4 ip saddr set $GW4; }"
	set_nft "$GW" "chain in { $PRE ip daddr $OTHER_GW4 ip daddr set $GW4; }" \
		"chain out { $POST ip saddr $GW4 udp sport $PORT ip saddr set $OTHER_GW4; }"
	all_arrive "addresses written by nft on both hosts${1:-}"
	unset_nft "$MN" "$GW"

	redirect
	set_tc "$MUNGE dport set $OTHER $CSUM" "$MUNGE sport set $PORT $CSUM"
	all_arrive "ports written by tc${1:-}"
	unset_tc
	unset_nft "$GW"

	set_tc "action nat egress $MN4/32 $OTHER_MN4" \
		"action nat ingress $OTHER_MN4/32 $MN4"
	attach_again
	all_arrive "addresses translated by tc${1:-}"
	unset_tc
	attach_again
}

big >"$TMP/big"
need one_dodgy
check "a super-packet with unvalidated headers is not split" wait_for one_is_big
all_kinds
# shellcheck disable=SC2086	# words
offload ends $GSO_OFF
all_kinds ", links without segmentation"
restore ends
offload ends tx-udp_tnl-csum-segmentation off
all_kinds ", links without segmentation of tunnels"
finish
