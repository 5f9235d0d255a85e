#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Packets whose headers are not linear, so that parsing reallocates them:
# datagrams in fragments of every small size, packets of a packet socket with
# next to nothing in the linear part, and, on a kernel that can, a reallocation
# at every pull. A pointer that is kept across it points to freed memory. All
# packets arrive unchanged.
#
# proves: W5 W6
# class: T6

# shellcheck disable=SC2119,SC2317,SC2329	# optional arguments, indirect calls
# shellcheck source-path=SCRIPTDIR source=../lib/lib.sh
. "$(dirname "$0")/../lib/lib.sh"
# shellcheck source-path=SCRIPTDIR source=../lib/attack.bash
. "$SELFTESTS/lib/attack.bash"

A=fd00:6d:0:a::a
MOVE=/sys/kernel/debug/fail_skb_realloc

# moving N: from now on N percent of all pulls reallocate the packet.
moving()
{
	[ -d $MOVE ] || return 0
	echo -n "$1" >$MOVE/probability
	echo -n -1 >$MOVE/times
	echo -n 1 >$MOVE/interval
	echo -n 0 >$MOVE/verbose
}

# closed NETNS: datagrams to a closed port there, and those with a wrong checksum.
# There are no others.
closed()
{
	in_ns "$1" awk '{ n[$1] = $2 }
		END { print n["Udp6NoPorts"], n["Udp6InErrors"] }' \
		/proc/net/snmp6
}

# closed_are NETNS VALUES
closed_are()
{
	[ "$(closed "$1")" = "$2" ]
}

# arrive NAME NETNS N COMMAND...: N datagrams arrive unchanged.
arrive()
{
	local n rest

	read -r n rest < <(closed "$2")
	"${@:4}"
	check "$1" wait_for closed_are "$2" "$((n + $3)) $rest"
}

# in_pieces NETNS WORD...: datagrams, in fragments; 8 times 3.
in_pieces()
{
	local size order

	for size in 8 16 24 48 8,1472 40,1024; do
		pieces "$1" "$size" "${@:2}"
	done
	for order in 8 32,1472; do
		pieces "$1" "$order -r" "${@:2}"
	done
}

# pieces NETNS "SIZE [-r]" IPV4 PORT PACKET OPTION...
pieces()
{
	# shellcheck disable=SC2086	# words
	need in_ns "$1" "$TMP/inject" raw "${@:6}" -f $2 "$3" "$4" \
		"$5,udp=9:9,tc="{0,1,2},zero=1200
}

# paged NETNS SRC DST LINEAR...: packets of 5000 bytes that a packet socket
# passes to m6t0 with LINEAR bytes in the linear part.
paged()
{
	in_ns "$1" python3 - "${@:2}" <<-'END'
	import socket, struct, sys
	src, dst = (socket.inet_pton(socket.AF_INET6, a) for a in sys.argv[1:3])
	body = struct.pack(">HHHH", 9, 9, 4960, 0) + bytes(4952)
	pseudo = src + dst + struct.pack(">II", len(body), 17)
	total = sum(struct.unpack(f">{(len(pseudo) + len(body)) // 2}H",
	    pseudo + body))
	while total >> 16:
	    total = (total & 0xffff) + (total >> 16)
	body = body[:6] + struct.pack(">H", total ^ 0xffff) + body[8:]
	packet = struct.pack(">IHBB", 6 << 28, len(body), 17, 64) + src + dst + body
	s = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, 0)
	s.setsockopt(263, 15, 1)    # SOL_PACKET, PACKET_VNET_HDR
	for linear in sys.argv[3:]:
	    s.sendto(struct.pack("=BBHHHH", 0, 0, int(linear), 0, 0, 0) + packet,
	        ("m6t0", 0x86dd))
	END
}

attack()
{
	arrive "$1: fragments arrive at a gateway" "$HA" 24 in_pieces "$NAT" \
		$GW4 $PORT "src=$A,dst=$HA6" -s 5000
	arrive "$1: fragments arrive at a mobile node" "$MN" 24 in_pieces "$NAT" \
		$MN4 "$SPORT" "src=$HA6,dst=$ADDRESS" -b $GW4 -s $PORT
	arrive "$1: pages sent by a mobile node arrive" "$HA" 6 \
		paged "$MN" "$ADDRESS" $HA6 1 8 39 40 41 1000
	arrive "$1: pages sent by a gateway arrive" "$MN" 6 \
		paged "$GW" $HA6 "$ADDRESS" 1 8 39 40 41 1000
	check "$1: pings of all sizes come back unchanged" \
		pings "$MN" $HA6 1 4000 331
	honest_goes_on "$1"
}

topology "ip saddr 10.0.0.0/16 masquerade"
attackers
untracked
gateway ha $HA6
mobile_node
need ip -n "$GW" link set lan mtu 9000
need ip -n "$HA" link set eth mtu 9000
need ip -n "$GW" link set m6t0 mtu 9000
need ip -n "$MN" link set m6t0 mtu 9000
SPORT=$(sport)
[[ $(in_ns "$NAT" "$TMP/inject" udp -s 5000 -w $((WAIT * 1000)) $GW4 $PORT \
	"src=$A,dst=$HA6,echo=1") == 60* ]]
result $? "another mobile node is answered"
need wait_for state_is active $A
honest
attack "without forced reallocation"
if [ -d $MOVE ]; then
	at_exit "moving 0"
	moving 100
	attack "reallocated at each pull"
	moving 0
else
	result 0 "reallocated at each pull # SKIP only on a kernel with fail_skb_realloc"
fi
check_eq "nothing was dropped" '{} {}' "$(drops "$MN") $(drops "$GW")"
finish
