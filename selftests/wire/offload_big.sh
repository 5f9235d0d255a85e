#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Links on which packets of TCP grow beyond 64 kB ("BIG TCP"): encapsulated ones
# do not, as the length field of a datagram has 16 bits, and what is sent through
# the tunnel in either direction arrives unchanged.
# proves: W1 W4
# class: T10

# shellcheck source-path=SCRIPTDIR source=../lib/lib.sh
. "$(dirname "$0")/../lib/lib.sh"
# shellcheck source-path=SCRIPTDIR source=../lib/offload.bash
. "$SELFTESTS/lib/offload.bash"

SIZE=180000			# bytes, of a packet
BYTES=16000000			# of the file: enough to open the window

# Not known to older versions of ip: the same for IPv4, which kernels from 6.3 on
# set separately.
cat >"$TMP/ipv4.py" <<END
import socket, struct, sys
SETLINK, REQUEST, ACK, GSO_IPV4_MAX_SIZE, GRO_IPV4_MAX_SIZE = 19, 1, 4, 63, 64
dev, size = socket.if_nametoindex(sys.argv[1]), int(sys.argv[2])
body = struct.pack("BxHiII", 0, 0, dev, 0, 0) + b"".join(
    struct.pack("HHI", 8, attr, size)
    for attr in (GSO_IPV4_MAX_SIZE, GRO_IPV4_MAX_SIZE))
s = socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, socket.NETLINK_ROUTE)
s.send(struct.pack("IHHII", 16 + len(body), SETLINK, REQUEST | ACK, 1, 0) + body)
sys.exit(bool(struct.unpack_from("i", s.recv(4096), 16)[0]))
END

# grow WHERE: let TCP packets on these devices grow beyond a datagram.
grow()
{
	local where ns dev

	for where in ${1//,/ }; do
		while read -r ns dev; do
			need ip -n "$ns" link set "$dev" mtu 9000 \
				gso_max_size $SIZE gro_max_size $SIZE
			need in_ns "$ns" python3 "$TMP/ipv4.py" "$dev" $SIZE
		done < <(places "$where")
	done
}

# count_large NETNS IFNAME: packets received there that fit into no datagram.
count_large()
{
	in_ns "$1" nft -f - <<-END
	table netdev large {
		counter large {
		}
		chain in {
			type filter hook ingress device "$2" priority 0;
			meta length > 65600 counter name large
		}
	}
	END
}

large()
{
	in_ns "$1" nft -j reset counter netdev large large |
		jq '.nftables[] | .counter // empty | .packets'
}

# Segments of TCP, encapsulated by a program: nothing marks them as made by a
# tunnel, as with those that come from a real network.
cat >"$TMP/segments.py" <<END
import socket, struct, sys
gateway, port, src, dst, n = sys.argv[1:]
s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
s.connect((gateway, int(port)))
addresses = socket.inet_pton(socket.AF_INET6, src) + \
    socket.inet_pton(socket.AF_INET6, dst)
size = 8000
def segment(seq):
    tcp = struct.pack(">HHIIHHHH", 9, 9, seq, 1, 0x5010, 65535, 0, 0) + bytes(size)
    total = sum(struct.unpack(">%dH" % ((40 + len(tcp)) // 2), addresses +
                              struct.pack(">II", len(tcp), 6) + tcp))
    while total >> 16:
        total = (total & 0xffff) + (total >> 16)
    return struct.pack(">IHBB", 6 << 28, len(tcp), 6, 64) + addresses + \
        tcp[:16] + struct.pack(">H", 0xffff - total) + tcp[18:]
wrapped = [segment(1 + i * size) for i in range(int(n))]
for datagram in wrapped:
    s.send(datagram)
END

SOURCE=fd00:6d:0:1:2::9
# passed_on N: the gateway has forwarded N packets of that source.
# shellcheck disable=SC2317
passed_on()
{
	[ "$(binding "$SOURCE" | jq .rx_packets)" = "$1" ]
}

# held N: GRO of the gateway's link holds packets until the next poll.
held()
{
	in_ns "$GW" sh -c "echo 200000000 >/sys/class/net/wan/gro_flush_timeout &&
		echo 100 >/sys/class/net/wan/napi_defer_hard_irqs"
	in_ns "$MN" python3 "$TMP/segments.py" $GW4 $PORT "$SOURCE" $HA6 "$1"
	check "segments that GRO holds all arrive" wait_for passed_on "$1"
}

QUICK_TOO=(["all links"]=1)

set_up
grow ends,nat,far
for ns in "$MN" "$HA"; do
	in_ns "$ns" sysctl -qw "net.ipv4.tcp_rmem=4096 4000000 8000000" \
		"net.ipv4.tcp_wmem=4096 4000000 8000000"
done
for ns in "$MN" "$GW"; do
	need ip -n "$ns" link set m6t0 mtu 8900
done
count_large "$GW" lan
# shellcheck disable=SC2086	# words
try "all links" big both_ways "ends,nat,far gro on"
check "some packets are larger than a datagram" test "$(large "$GW")" -gt 0
try "small packets merged" \
	big both_ways "ends,nat,far gro on" "tunnel tx off $GSO_OFF"
offload nat tso off >"$TMP/ethtool" 2>&1
offload ends gro on
held 16
restore ends,nat >"$TMP/ethtool" 2>&1
for ns in "$MN" "$GW"; do
	need ip -n "$ns" link set m6t0 type m6t udpcsum off
done
try "no outer checksum" big both_ways "ends,nat,far gro on"
check_eq "neither end dropped anything" "{} {}" "$(drops "$MN") $(drops "$GW")"
finish
