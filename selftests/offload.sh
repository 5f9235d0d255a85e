#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Segmentation, aggregation and checksum offloads, switched on and off on the
# tunnel's devices and on all wires: files and datagrams come through unchanged
# (T10), and packets are as large on the way as the offloads let them be.
# proves: B6 W1 W4

# shellcheck source-path=SCRIPTDIR source=lib.sh
. "$(dirname "$0")/lib.sh"

# places WHERE: namespaces and devices.
places()
{
	case $1 in
	tunnel)	echo "$MN m6t0"; echo "$GW m6t0" ;;
	ends)	echo "$MN eth"; echo "$GW wan" ;;
	nat)	echo "$NAT in"; echo "$NAT out" ;;
	far)	echo "$GW lan"; echo "$HA eth" ;;
	esac
}

# offload WHERE[,WHERE]... WORD...: the words are those of ethtool -K. What a
# kernel does not offer is said.
offload()
{
	local where ns dev

	for where in ${1//,/ }; do
		while read -r ns dev; do
			in_ns "$ns" ethtool -K "$dev" "${@:2}" || return
		done < <(places "$where")
	done
}

# big: how many packets the NAT has forwarded since that no wire would carry.
big()
{
	in_ns "$NAT" nft -j reset counter ip sizes big |
		jq '.nftables[] | .counter // empty | .packets'
}

# both_ways: the file goes up and down at once.
# shellcheck disable=SC2317
both_ways()
{
	local up

	fetched "$HA" "$ADDRESS" &
	up=$!
	fetched "$MN" "$HA6" && wait "$up"
}

# burst: a few datagrams that leave as one, and come as they were.
cat >"$TMP/burst.py" <<END
import socket, sys
s = socket.socket(socket.AF_INET6, socket.SOCK_DGRAM)
s.setsockopt(socket.IPPROTO_UDP, 103, 1200)
s.connect((sys.argv[1], 9))
with open(sys.argv[2], "rb") as f:
    data = f.read(60000)
for at in range(0, len(data), 12000):
    s.send(data[at:at + 12000])
END

# The same, but already wrapped, from a program beside the tunnel: only such
# datagrams may be aggregated by hosts on the way that know of no tunnel.
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

# received NETNS ADDRESS COMMAND...: the command, with the address and the file
# behind its words, makes exactly the beginning of the file arrive there.
# shellcheck disable=SC2317
received()
{
	local got rc

	got=$(mktemp "$TMP/burst-XXXXXX")
	start "$1" socat -u "UDP6-RECV:9,bind=[$2],rcvbuf=400000" "OPEN:$got"
	wait_for listens "$1" -u src "[$2]:9" && "${@:3}" &&
		wait_for burst_is_here "$got"
	rc=$?
	stop "$PID"
	return "$rc"
}

# burst FROM TO ADDRESS: through the tunnel
# shellcheck disable=SC2317
burst()
{
	received "$2" "$3" in_ns "$1" python3 "$TMP/burst.py" "$3" "$TMP/www/file"
}

# wrapped: into the gateway. An address that is not bound yet each time.
# shellcheck disable=SC2317
wrapped()
{
	received "$HA" "$HA6" in_ns "$MN" python3 "$TMP/wrapped.py" "$HA6" \
		"$TMP/www/file" "$GW4" "$PORT" "fd00:6d:0:1:2::$TEST_N"
}

# shellcheck disable=SC2317
burst_is_here()
{
	[ "$(wc -c <"$1")" -ge 60000 ] &&
		[ "$(sha256sum <"$1")" = "$(head -c 60000 "$TMP/www/file" | sha256sum)" ]
}

declare -A WORKS=([both_ways]="a file up and down"
	[wrapped]="a burst of wrapped packets")

# What an emulated machine tries as well.
declare -A QUICK_TOO=(["as they are"]=1 ["tunnel without segmentation"]=1
	["wires without checksums"]=1 ["NAT that aggregates"]=1
	["NAT that makes lists"]=1 ["all aggregate"]=1 ["no outer checksum"]=1)

# try NAME big|small WORK SETTING...: a setting is the words of offload; they
# are undone afterwards.
try()
{
	local name=$1 want=$2 work=$3 setting

	shift 3
	if [ -n "${M6T_QUICK:-}" ] && [ -z "${QUICK_TOO["$name"]:-}" ]; then
		result 0 "$name # SKIP too slow on an emulated machine"
		return
	fi
	for setting; do
		# shellcheck disable=SC2086	# words
		offload $setting >"$TMP/ethtool" 2>&1 && continue
		result 0 "$name # SKIP $setting: not offered"
		return
	done
	big >/dev/null
	check "$name: ${WORKS[$work]}" "$work"
	check "$name: the NAT forwards $want packets" \
		test "$(big)" "$([ "$want" = big ] && echo -gt || echo -eq)" 0
	for setting; do
		setting=${setting// on/ ON}
		setting=${setting// off/ on}
		# shellcheck disable=SC2086
		offload ${setting// ON/ off} >"$TMP/ethtool" 2>&1
	done
}

topology
in_ns "$NAT" nft -f - <<-END
table ip sizes {
	counter big {
	}
	chain forward {
		type filter hook forward priority 0;
		meta length > 3000 counter name big
	}
}
END
gateway ha $HA6
mobile_node
activate
BYTES=400000 serve "$HA" $HA6
serve "$MN" "$ADDRESS"

GSO_OFF="tso off gso off tx-udp-segmentation off"
LIST="gro on rx-gro-list on"
FORWARD="gro on rx-udp-gro-forwarding on"

try "as they are" big both_ways
check "a burst of UDP up" burst "$MN" "$HA" $HA6
check "a burst of UDP down" burst "$HA" "$MN" "$ADDRESS"
try "tunnel without segmentation" small both_ways "tunnel $GSO_OFF"
try "tunnel without checksums" small both_ways "tunnel tx off"
try "tunnel without scatter-gather" small both_ways "tunnel sg off"
try "tunnel without aggregation" big both_ways "tunnel gro off rx off"
try "wires without segmentation" small both_ways "ends,nat,far $GSO_OFF"
try "wires without checksums" small both_ways "ends,nat,far tx off"
check "a burst of UDP without any of it" burst "$MN" "$HA" $HA6
try "wires with aggregation" big both_ways "ends,nat,far gro on"
try "as they are" big wrapped
try "a sender that segments" small wrapped "ends $GSO_OFF"
try "NAT that aggregates" big wrapped "ends $GSO_OFF" "nat $FORWARD"
try "NAT that makes lists" big wrapped "ends $GSO_OFF" "nat $LIST"
try "gateway that aggregates" small wrapped "nat,ends $GSO_OFF" "ends $FORWARD"
try "gateway that makes lists" small wrapped "nat,ends $GSO_OFF" "ends $LIST"
try "all aggregate" big both_ways "ends,nat,far,tunnel $FORWARD"
try "all make lists" big both_ways "ends,nat,far $LIST" "tunnel rx-gro-list on"
for ns in "$MN" "$GW"; do
	need ip -n "$ns" link set m6t0 type m6t udpcsum off
done
try "no outer checksum" big both_ways
check "a burst of UDP without it" burst "$MN" "$HA" $HA6
try "no outer checksum, wires without checksums" small both_ways "ends,nat,far tx off"
try "no outer checksum, all aggregate" big both_ways "ends,nat,far,tunnel $FORWARD"
check_eq "neither end dropped anything" "{} {}" "$(drops "$MN") $(drops "$GW")"
finish
