#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# The mobile node is a container or a virtual machine, whose host masquerades for
# it, and so is the gateway, behind a published port: the NAT of Docker's and
# libvirt's bridges. It rewrites packets with partial checksums, and the hosts'
# network cards complete checksums or do not.
# takes long
# proves: W7

# shellcheck source-path=SCRIPTDIR source=../lib/lib.sh
. "$(dirname "$0")/../lib/lib.sh"

# $NAT is the mobile node's host.
HOST=m6t-$$-host		# the gateway's
SIZES="1 100 1200 1300 5000"

# in_host NETNS NETWORK [nft RULE]: a bridge for guests of this host, a route
# out, and the published port.
in_host()
{
	need ip -n "$1" link add br0 type bridge
	plug "$1" br0 "$2.1/24"
	need in_ns "$1" sysctl -qw net.ipv4.ip_forward=1
	need in_ns "$1" nft -f - <<-END
	table ip host {
		chain post {
			type nat hook postrouting priority srcnat;
			ip saddr $2.0/24 oifname != br0 masquerade
		}
		chain pre {
			type nat hook prerouting priority dstnat;
			${3:-}
		}
	}
	END
}

# bring KIND NETNS HOST NETWORK: connect a guest to the host's bridge.
bring()
{
	"$1" "$2" "$3"
	plug "$2" eth "$4.2/24"
	need ip -n "$3" link set port up master br0
	need ip -n "$2" route add default via "$4.1"
}

# shellcheck disable=SC2317
container()
{
	need ip link add eth netns "$1" type veth peer name port netns "$2"
}

# shellcheck disable=SC2317
machine()
{
	local log=$TMP/vmnic-$1

	start "$1" "$SELFTESTS/wire/vmnic.py" "$1" eth "$2" port >"$log" 2>&1
	need wait_for grep -q ready "$log"
}

# cards on|off: whether the hosts' cards complete checksums.
cards()
{
	need in_ns "$NAT" ethtool -K out tx "$1" >"$TMP/ethtool"
	need in_ns "$HOST" ethtool -K out tx "$1" >"$TMP/ethtool"
}

cat >"$TMP/echoes.py" <<END
import socket, sys
s = socket.socket(socket.AF_INET6, socket.SOCK_DGRAM)
s.bind((sys.argv[1], 7))
while True:
    s.sendto(*s.recvfrom(65536))
END

# echoes NETNS ADDRESS: a server there sends datagrams back.
echoes()
{
	start "$1" python3 "$TMP/echoes.py" "$2"
	need wait_for listens "$1" -u src "[$2]:7"
}

# echoed NETNS ADDRESS: datagrams of all sizes that an ordinary socket sends,
# alone and in a burst of segments, come back unchanged.
# shellcheck disable=SC2317
echoed()
{
	# shellcheck disable=SC2086	# words
	in_ns "$1" python3 - "$2" "$WAIT" $SIZES <<-END
	import os, socket, sys
	s = socket.socket(socket.AF_INET6, socket.SOCK_DGRAM)
	s.settimeout(float(sys.argv[2]) / 3)
	s.connect((sys.argv[1], 7))
	for size in map(int, sys.argv[3:]):
	    sent = os.urandom(size)
	    s.send(sent)
	    if s.recv(65536) != sent:
	        sys.exit(f"size {size}: another datagram came back")
	s.setsockopt(socket.IPPROTO_UDP, 103, 1200)	# UDP_SEGMENT
	sent = os.urandom(6000)
	s.send(sent)
	got = [s.recv(65536) for _ in range(5)]
	if sorted(got) != sorted(sent[at:at + 1200] for at in range(0, 6000, 1200)):
	    sys.exit("the burst came back changed")
	END
}

# bad: datagrams that any host dropped for their checksum; conntrack counts them
# as invalid.
bad()
{
	local ns

	for ns in "$MN" "$GW" "$HA"; do
		in_ns "$ns" nstat -asz UdpInCsumErrors Udp6InCsumErrors \
			TcpInCsumErrors Icmp6InCsumErrors |
			sed -n "s/^\([A-Z].*Errors\) *\([1-9][0-9]*\) .*/${ns##*-}: \1 \2/p"
	done
	for ns in "$NAT" "$HOST"; do
		in_ns "$ns" conntrack -S 2>&1 | grep -oE "invalid=[1-9][0-9]*" |
			sed "s/^/${ns##*-}: /"
	done
}

# hosts KIND: all traffic between two hosts of this kind.
hosts()
{
	local tx name

	ns_add "$MN" "$NAT" "$HOST" "$GW" "$HA"
	in_host "$NAT" 10.0.0
	in_host "$HOST" 172.17.0 "iifname out udp dport $PORT dnat to 172.17.0.2"
	link_ns "$NAT" out $NAT4/24 "$HOST" out $GW4/24
	bring "$1" "$MN" "$NAT" 10.0.0
	bring "$1" "$GW" "$HOST" 172.17.0
	link_ns "$GW" lan $GW6/64 "$HA" eth $HA6/64
	need in_ns "$GW" sysctl -qw net.ipv6.conf.all.forwarding=1
	# What a host would learn from its first packets that are too large.
	need ip -n "$HA" -6 route add $PREFIX via $GW6 mtu 1472
	gateway ha $HA6
	mobile_node
	for tx in on off; do
		cards $tx
		name="$1, cards with tx $tx"
		check "$name: a ping is answered" wait_for ping6_ok "$MN" $HA6 -W 1
		if [ $tx = on ]; then
			serve "$HA" $HA6
			serve "$MN" "$ADDRESS"
			echoes "$HA" $HA6
			echoes "$MN" "$ADDRESS"
		fi
		check "$name: pings of all sizes are answered" \
			pings "$MN" $HA6 0 4000 777
		check "$name: pings of the home agent are answered" \
			pings "$HA" "$ADDRESS" 0 4000 777
		check "$name: a file arrives downstream" fetched "$MN" $HA6
		check "$name: a file arrives upstream" fetched "$HA" "$ADDRESS"
		check "$name: datagrams of the mobile node's socket are echoed" \
			echoed "$MN" $HA6
		check "$name: datagrams of the home agent's socket are echoed" \
			echoed "$HA" "$ADDRESS"
		check_eq "$name: no host saw a wrong checksum" "" "$(bad)"
	done
	check_eq "$1: neither end dropped anything" "{} {}" \
		"$(drops "$MN") $(drops "$GW")"
}

hosts container
for ns in "$MN" "$NAT" "$HOST" "$GW" "$HA"; do
	ip netns pids "$ns" | xargs -r kill
	need ip netns del "$ns"
done
hosts machine
for ns in "$MN" "$GW"; do
	check "the card of $ns left checksums to the other side" \
		grep -q "left to the other" "$TMP/vmnic-$ns"
done
finish
