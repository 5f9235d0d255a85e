#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# GRO on the path, by hosts that know of the tunnel or do not: data arrives
# unchanged, and the NAT forwards large packets where it may.
# proves: W1 W4
# class: T10

# shellcheck source-path=SCRIPTDIR source=../lib/lib.sh
. "$(dirname "$0")/../lib/lib.sh"
# shellcheck source-path=SCRIPTDIR source=../lib/offload.bash
. "$SELFTESTS/lib/offload.bash"

# The same, but encapsulated by a program beside the tunnel: only such datagrams
# may be aggregated by hosts on the path that know of no tunnel.
cat >"$TMP/wrapped.py" <<END
import socket, struct, sys
dst, file, gateway, port, src = sys.argv[1:]
s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
s.setsockopt(socket.IPPROTO_UDP, 103, 1248)
s.connect((gateway, int(port)))
addresses = socket.inet_pton(socket.AF_INET6, src) + \
    socket.inet_pton(socket.AF_INET6, dst)
with open(file, "rb") as f:
    data = f.read(60000)
def wrap(part):
    udp = struct.pack(">HHHH", 9, 9, 1208, 0) + part
    total = sum(struct.unpack(">624H", addresses + struct.pack(">II", 1208, 17) +
                              udp))
    while total >> 16:
        total = (total & 0xffff) + (total >> 16)
    return struct.pack(">IHBB", 6 << 28, 1208, 17, 64) + addresses + \
        udp[:6] + struct.pack(">H", 0xffff - total or 0xffff) + udp[8:]
for at in range(0, len(data), 12000):
    s.send(b"".join(wrap(data[i:i + 1200]) for i in range(at, at + 12000, 1200)))
END

# wrapped: to the gateway, each time from an address that is not bound yet.
# shellcheck disable=SC2317
wrapped()
{
	received "$HA" "$HA6" in_ns "$MN" python3 "$TMP/wrapped.py" "$HA6" \
		"$TMP/www/file" "$GW4" "$PORT" "fd00:6d:0:1:2::$TEST_N"
}

QUICK_TOO=(["as they are"]=1 ["NAT with GRO"]=1
	["NAT with GRO lists"]=1 ["GRO everywhere"]=1)

set_up
try "as they are" big wrapped
try "sender that segments" small wrapped "ends $GSO_OFF"
try "NAT with GRO" big wrapped "ends $GSO_OFF" "nat $FORWARD"
try "NAT with GRO lists" big wrapped "ends $GSO_OFF" "nat $LIST"
try "gateway with GRO" small wrapped "nat,ends $GSO_OFF" "ends $FORWARD"
try "gateway with GRO lists" small wrapped "nat,ends $GSO_OFF" "ends $LIST"
try "GRO everywhere" big both_ways "ends,nat,far,tunnel $FORWARD"
try "GRO lists everywhere" big both_ways "ends,nat,far $LIST" "tunnel rx-gro-list on"

# inside NETNS: bytes and packets that the tunnel has passed to its host.
inside()
{
	ip -n "$1" -s -j link show m6t0 | jq -r '.[].stats64.rx |
		"\(.bytes) \(.packets)"'
}

# aggregates WORD...: older kernels do not find a socket that is bound to
# an address when they finish a large packet.
aggregates()
{
	[[ $(uname -r) == 6.1.* ]] && is_bound || return 0
	result 0 "$1: large packets come out of the socket # SKIP not on this kernel"
	return 1
}

is_bound()
{
	ip -n "$GW" -d -j link show m6t0 | jq -e '.[].linkinfo.info_data.local'
} >/dev/null

# put_together NAME NETNS FROM ADDRESS: a file that is sent in small packets is
# in large ones when it reaches the tunnel of the other end.
put_together()
{
	local bytes0 packets0 bytes packets

	read -r bytes0 packets0 < <(inside "$2")
	check "$1: a file arrives unchanged" fetched "$3" "$4"
	read -r bytes packets < <(inside "$2")
	diag "$1: $((bytes - bytes0)) bytes in $((packets - packets0)) packets"
	aggregates "$@" || return 0
	check "$1: large packets come out of the socket" test \
		$(((bytes - bytes0) / (packets - packets0 + 1))) -gt 3000
}

# shellcheck disable=SC2086	# words
{
	offload tunnel $GSO_OFF
	offload ends,nat $GSO_OFF
	offload ends gro on
}
put_together "GRO on the gateway's link" "$GW" "$HA" "$ADDRESS"
put_together "GRO on the mobile node's link" "$MN" "$MN" $HA6

# shellcheck disable=SC2317
is_long()
{
	[ "$(stat -c %s "$1")" -ge "$2" ]
}

# another: a server on another address of the gateway's host, on the same port,
# receives what looks like tunnel packets, unchanged.
# shellcheck disable=SC2317
another()
{
	local got=$TMP/another rc

	: >"$got"
	start "$GW" socat -u "UDP4-RECV:$PORT,bind=198.51.100.77" "OPEN:$got"
	wait_for listens "$GW" -u src "198.51.100.77:$PORT" &&
		in_ns "$MN" python3 "$TMP/wrapped.py" "$HA6" "$TMP/www/file" \
			198.51.100.77 "$PORT" "$ADDRESS" &&
		wait_for is_long "$got" 62400
	rc=$?
	stop "$PID"
	return "$rc"
}

need ip -n "$GW" addr add 198.51.100.77/32 dev lo
need ip -n "$NAT" route add 198.51.100.77 via $GW4
need ip -n "$GW" link set m6t0 down
need ip -n "$GW" link set m6t0 type m6t "local" $GW4
need ip -n "$GW" link set m6t0 up
ip -n "$GW" -6 route add $PREFIX dev m6t0
# shellcheck disable=SC2086	# words
offload ends $FORWARD
check "a tunnel that is bound to one address does not touch packets to others" another
activate
put_together "GRO on the link of a gateway that is bound to one address" "$GW" "$HA" "$ADDRESS"
restore tunnel >"$TMP/ethtool" 2>&1
restore ends,nat >"$TMP/ethtool" 2>&1
for ns in "$MN" "$GW"; do
	need ip -n "$ns" link set m6t0 type m6t udpcsum off
done
try "no outer checksum, GRO everywhere" big both_ways "ends,nat,far,tunnel $FORWARD"
check "all devices have their settings back" all_restored
check_eq "neither end dropped anything" "{} {}" "$(drops "$MN") $(drops "$GW")"
finish
