#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Packet fields and metadata that the tunnel copies or keeps: traffic class,
# hop limit and flow label; and on the host, priority and mark, which are
# compared with those of geneve.
#
#    mn                     nat                gw                  ha
#  +---------+        +-----------+      +-----------+        +-----------+
#  | m6t0    |        |           |      | m6t0      |        |           |
#  | gnv0    |        | IPv4 only |      | gnv0      |        |           |
#  |    eth -+--------+-in   out -+------+-wan  lan -+--------+- eth      |
#  +---------+        +-----------+      +-----------+        +-----------+
# takes long
# proves: W6

# shellcheck disable=SC2317,SC2329	# called indirectly
# shellcheck source-path=SCRIPTDIR source=../lib/lib.sh
. "$(dirname "$0")/../lib/lib.sh"

APP=m6t-$$-app

both_set()
{
	need ip -n "$MN" link set m6t0 type m6t "$@"
	need ip -n "$GW" link set m6t0 type m6t "$@"
}

# ---- fields

# outer NAME UP DOWN PING-WORD...: a ping, and TOS and TTL expected in
# the mobile node's datagram on its link, and in the gateway's on its own. They
# are compared together at the end.
outer()
{
	check "$1: a ping is answered" ping6_ok "$MN" $HA6 "${@:4}"
	NAMES+=("$1") UP+=("$2") DOWN+=("$3")
}

# check_outer DIRECTION WANT...: the captured datagrams had these TOS and TTL.
check_outer()
{
	local i=0 got want

	mapfile -t got < <(tcpdump -Z root -n -v -r "$TMP/$1" 2>"$TMP/err" |
		sed -nE 's/^.* IP \(tos (0x[0-9a-f]+)[^ ]* ttl ([0-9]+),.*/\1 \2/p')
	for want in "${@:2}"; do
		check_eq "${NAMES[i]}: TOS and TTL $1" "$want" "${got[i]:-}"
		i=$((i + 1))
	done
}

fields()
{
	local NAMES=() UP=() DOWN=()

	capture "$MN" eth "$TMP/up" udp dst port $PORT
	capture "$GW" wan "$TMP/down" udp src port $PORT
	# The home agent answers with the traffic class of the request.
	outer "defaults" "0x0 64" "0x0 64"
	outer "traffic class is inherited" "0xb8 64" "0xb8 64" -Q 0xb8
	outer "traffic class and ECN are inherited" "0x2a 64" "0x2a 64" -Q 0x2a
	both_set tos 0x48 ttl 9
	outer "TOS and TTL are set" "0x48 9" "0x48 9" -Q 0xb8
	both_set tos 0xfc ttl 255
	outer "TOS and TTL at their maximum" "0xfd 255" "0xfd 255" -Q 0x01
	both_set tos inherit ttl inherit
	# The gateway forwards, so the hop limit of its packets is one less.
	outer "TOS and TTL are inherited" "0x88 77" "0x88 63" -Q 0x88 -t 77
	both_set tos 0 ttl 64
	outer "TOS is zero" "0x0 64" "0x0 64" -Q 0xb8
	both_set tos inherit
	capture_end
	check_outer up "${UP[@]}"
	check_outer down "${DOWN[@]}"
}

# labels NETNS IFNAME FILTER COMMAND...: flow labels that were seen there.
labels()
{
	capture "$1" "$2" "$TMP/labels" "$3"
	"${@:4}" >"$TMP/ping" 2>&1
	capture_end
	tcpdump -Z root -n -v -r "$TMP/labels" 2>"$TMP/err" |
		sed -nE 's/.*flowlabel (0x[0-9a-f]+),.*/\1/p' | sort -u | xargs
}

flow_labels()
{
	local echo="icmp6 and ip6[40] == 128"

	check_eq "a flow label is preserved to the home agent" \
		0x5a5a5 "$(labels "$HA" eth \
		"$echo" ping6_ok "$MN" $HA6 -F 0x5a5a5)"
	check_eq "a flow label is preserved to the mobile node" \
		0x12345 "$(labels "$MN" m6t0 \
		"$echo" ping6_ok "$HA" "$ADDRESS" -F 0x12345)"
}

# ---- metadata of the host

# sends NETNS MARK PRIORITY ADDRESS: a datagram with both.
sends()
{
	in_ns "$1" python3 - "${@:2}" <<-END
	import socket, sys
	s = socket.socket(socket.AF_INET6, socket.SOCK_DGRAM)
	s.setsockopt(socket.SOL_SOCKET, socket.SO_MARK, int(sys.argv[1], 0))
	s.setsockopt(socket.SOL_SOCKET, socket.SO_PRIORITY, int(sys.argv[2]))
	s.sendto(b"x", (sys.argv[3], 9))
	END
}

# seen NETNS ADDRESS MARK PRIORITY: mark and priority of the outer packet that
# carries such a datagram, and no other one, as "MARK PRIORITY".
seen()
{
	need in_ns "$MN" nft -f - <<-END
	table inet seen
	delete table inet seen
	table inet seen {
		map marks {
			typeof meta mark : meta priority
			flags dynamic
		}
		chain out {
			type filter hook output priority 300
			udp dport . meta length { $PORT . 77, 6081 . 85 } \
				add @marks { meta mark : meta priority }
		}
	}
	END
	sends "$1" "$3" "$4" "$2"
	wait_for has_seen
	in_ns "$MN" nft -j list map inet seen marks | jq -r \
		'[.. | .elem? // empty] | flatten | map(tostring) | join(" ")'
}

has_seen()
{
	in_ns "$MN" nft -j list map inet seen marks | jq -e '.. | .elem? // empty'
}

# geneve: the same tunnel, by a driver that is known to be right.
geneve()
{
	need ip -n "$MN" link add gnv0 type geneve id 1 remote $GW4 \
		innerprotoinherit
	need ip -n "$MN" link set gnv0 up
	need ip -n "$MN" -6 addr add fd00:9::1/64 dev gnv0
}

same_as_geneve()
{
	local words mark priority

	for words in "0x77 0" "0 6"; do
		read -r mark priority <<<"$words"
		check_eq "mark $mark, priority $priority: outside as with geneve" \
			"$(seen "$1" fd00:9::2 "$mark" "$priority")" \
			"$(seen "$1" $HA6 "$mark" "$priority")"
	done
}

# Both devices in another namespace: marks of that one mean nothing here.
elsewhere()
{
	ns_add "$APP"
	need ip -n "$MN" link set m6t0 netns "$APP"
	need ip -n "$MN" link set gnv0 netns "$APP"
	need ip -n "$APP" link set gnv0 up
	need ip -n "$APP" -6 addr add fd00:9::1/64 dev gnv0
	need ip -n "$APP" link set m6t0 up
	MN=$APP attach
	check_eq "a mark is cleared when the packet changes namespaces" "0 0:6" \
		"$(seen "$APP" $HA6 0x77 6)"
	check_eq "geneve clears the mark as well" \
		"0 0:6" "$(seen "$APP" fd00:9::2 0x77 6)"
	need ip -n "$APP" link set m6t0 type m6t fwmark 0x55
	check_eq "the fwmark of the device is set, in another namespace, too" \
		"85 0:6" "$(seen "$APP" $HA6 0x77 6)"
}

topology
ipv4_only "$MN" eth
ipv4_only "$NAT" in out
ipv4_only "$GW" wan
gateway ha $HA6
mobile_node keepalive 0
activate
fields
flow_labels
geneve
check_eq "mark and priority are copied to the outer packet" "119 0:6" \
	"$(seen "$MN" $HA6 0x77 6)"
same_as_geneve "$MN"
need ip -n "$MN" link set m6t0 type m6t fwmark 0x55
check_eq "fwmark takes precedence over the packet's mark" \
	"85 0:6" "$(seen "$MN" $HA6 0x77 6)"
check_eq "fwmark is set on packets without a mark" \
	"85 none" "$(seen "$MN" $HA6 0 0)"
need ip -n "$MN" link set m6t0 type m6t fwmark 0
check_eq "with fwmark 0 the packet's mark is used again" "119 0:6" \
	"$(seen "$MN" $HA6 0x77 6)"
elsewhere
finish
