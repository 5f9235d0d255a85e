#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# The tunnel below and above other devices: those that need Ethernet refuse it,
# as they refuse sit and wireguard; bonds accept it, as they accept those; and
# tunnels in tunnels carry traffic both ways with the remaining MTU.
#
#    mn                     nat                gw                  ha
#  +---------+        +-----------+      +-----------+        +-----------+
#  | m6t0    |        |           |      | m6t0      |        |           |
#  |    eth -+--------+-in   out -+------+-wan  lan -+--------+- eth      |
#  +---------+        +-----------+      +-----------+        +-----------+
#
#  wireguard over m6t: mn wg0 ........................... ha wg0
#  m6t over wireguard: mn wg1, m6t1 ........ gw wg1, m6t1
#  m6t in m6t:         mn t6, m6t2 .................. ha t6, m6t2
# takes long
# proves: B4 B5 W1 W2

# shellcheck disable=SC2317,SC2329	# called indirectly
# shellcheck source-path=SCRIPTDIR source=../lib/lib.sh
. "$(dirname "$0")/../lib/lib.sh"

LIKE=(sit8 wg8)
if [ -n "${M6T_QUICK:-}" ]; then
	LIKE=(wg8)
	result 0 "comparison with sit, and files # SKIP too slow on an emulated machine"
fi

# mtu NETNS DEV
mtu()
{
	ip -n "$1" -j link show "$2" | jq '.[].mtu'
}

# ---- devices above it

# answer DEV WORD...: exit status and output of ip; its changes are undone.
answer()
{
	local out rc

	out=$(ip -n "$MN" "${@:2}" 2>&1)
	rc=$?
	ip -n "$MN" link set "$1" nomaster >/dev/null 2>&1
	ip -n "$MN" link del x0 >/dev/null 2>&1
	echo "$rc ${out//$'\n'/ }"
}

# refused_alike NAME WORD...: each of the three is refused; DEV stands for it.
refused_alike()
{
	local name=$1 said dev

	shift
	said=$(answer m6t8 "${@/DEV/m6t8}")
	check "$name: m6t is refused by the kernel" test "${said%% *}" -gt 0 \
		-a "${said#* }"
	for dev in "${LIKE[@]}"; do
		check_eq "$name: m6t is refused as $dev is" "$said" \
			"$(answer "$dev" "${@/DEV/$dev}")"
	done
}

wants_ethernet()
{
	local before

	need ip -n "$MN" link add m6t8 type m6t mode mn prefix $MN_PREFIX \
		gateway $GW4
	need ip -n "$MN" link add sit8 type sit local $MN4 remote $GW4
	need ip -n "$MN" link add wg8 type wireguard
	need ip -n "$MN" link add br0 type bridge
	before=$(ip -n "$MN" -d link show m6t8)
	refused_alike "bridge" link set DEV master br0
	refused_alike "macvlan" link add x0 link DEV type macvlan
	refused_alike "ipvlan" link add x0 link DEV type ipvlan
	refused_alike "VLAN" link add x0 link DEV type vlan id 5
	check_eq "refused by these, the device has not changed" "$before" \
		"$(ip -n "$MN" -d link show m6t8)"
	for dev in m6t8 sit8 wg8 br0; do
		need ip -n "$MN" link del $dev
	done
}

# ---- bonds

# slave DEV MODE: make a bond of it, and print the result.
slave()
{
	local out

	need ip -n "$MN" link add bond0 type bond mode "$2"
	out=$(ip -n "$MN" link set "$1" master bond0 2>&1)
	echo "$? ${out//$'\n'/ } $(ip -n "$MN" -j link show bond0 |
		jq -c '.[0] | [.link_type, .mtu]')"
	ip -n "$MN" link del bond0
}

bonds()
{
	need ip -n "$MN" link add wg8 type wireguard
	need ip -n "$MN" link set wg8 mtu 1472
	need ip -n "$MN" link add m6t8 type m6t mode mn prefix $MN_PREFIX \
		gateway $GW4
	check_eq "a bond in balance-rr treats it as wireguard" \
		"$(slave wg8 balance-rr)" \
		"$(slave m6t8 balance-rr)"
	check_eq "a bond in active-backup treats it as wireguard" \
		"$(slave wg8 active-backup)" "$(slave m6t8 active-backup)"
	need ip -n "$MN" link del wg8
	need ip -n "$MN" link del m6t8
}

# A bond of the tunnel carries packets with the tunnel's address.
bond_works()
{
	local address

	need ip -n "$MN" link add m6t8 type m6t mode mn prefix fd00:6d:0:1:8::/80 \
		gateway $GW4
	need ip -n "$MN" link add bond0 type bond mode active-backup
	need ip -n "$MN" link set m6t8 master bond0
	need ip -n "$MN" link set bond0 up
	address=$(m6tctl -n "$MN" -j show dev m6t8 | jq -r '.[0].address')
	need ip -n "$MN" -6 addr add "$address/128" dev bond0
	need ip -n "$MN" -6 route add $HA6 dev bond0
	check "a bond of the tunnel works from the mobile node" \
		wait_for ping6_ok "$MN" $HA6 -W 1 -I "$address"
	check "a bond of the tunnel works from the home agent" \
		ping6_ok "$HA" "$address"
	need ip -n "$MN" link del bond0
	need ip -n "$MN" link del m6t8
}

# ---- tunnels in it and below it

# carries NAME NETNS ADDRESS NETNS ADDRESS MTU: pings both ways, the largest
# that fit and one larger, and a file both ways.
carries()
{
	local size=$(($6 - 48))

	check "$1: a ping is answered" wait_for ping6_ok "$2" "$5" -W 1
	check "$1: $6 bytes are carried" \
		ping6_ok "$2" "$5" -M "do" -s $size
	check "$1: $6 bytes are carried back" ping6_ok "$4" "$3" -M "do" -s $size
	check_not "$1: one byte more is not carried" \
		ping6_ok "$2" "$5" -M "do" -s $((size + 1)) -W 0.2
	[ -z "${M6T_QUICK:-}" ] || return
	serve "$2" "$3"
	serve "$4" "$5"
	check "$1: a file arrives" fetched "$2" "$5"
	check "$1: a file arrives in the other direction" fetched "$4" "$3"
}

# fits_whole NAME FILE: none of the datagrams that the NAT forwarded was a
# fragment, though some are large.
fits_whole()
{
	check "$1: there are large datagrams" \
		has_captured "$TMP/$2" 1 "udp and greater 1480"
	check_eq "$1: there are no fragments" 0 \
		"$(captured "$TMP/$2" "ip[6:2] & 0x3fff != 0")"
}

# wg_add NETNS DEV ADDRESS PORT: sets KEY, its public one.
wg_add()
{
	need ip -n "$1" link add "$2" type wireguard
	(umask 077 && wg genkey >"$TMP/key-$1-$2")
	need in_ns "$1" wg set "$2" private-key "$TMP/key-$1-$2" listen-port "$4"
	need ip -n "$1" addr add "$3" dev "$2"
	need ip -n "$1" link set "$2" up
	KEY=$(wg pubkey <"$TMP/key-$1-$2")
}

# wg_peer NETNS DEV KEY ALLOWED [ENDPOINT]
wg_peer()
{
	need in_ns "$1" wg set "$2" peer "$3" allowed-ips "$4" \
		${5:+endpoint "$5"}
}

wireguard_over_m6t()
{
	local mn ha

	wg_add "$MN" wg0 fd00:a::1/64 51820
	mn=$KEY
	wg_add "$HA" wg0 fd00:a::2/64 51820
	ha=$KEY
	wg_peer "$MN" wg0 "$ha" fd00:a::2/128 "[$HA6]:51820"
	wg_peer "$HA" wg0 "$mn" fd00:a::1/128
	# 40 bytes of IPv6, 8 of UDP and 32 of its own.
	need ip -n "$MN" link set wg0 mtu 1392
	need ip -n "$HA" link set wg0 mtu 1392
	capture "$NAT" out "$TMP/over"
	carries "wireguard over m6t" "$MN" fd00:a::1 "$HA" fd00:a::2 1392
	capture_end
	fits_whole "wireguard over m6t" over
}

m6t_over_wireguard()
{
	local mn gw address

	wg_add "$MN" wg1 10.7.0.1/24 51821
	mn=$KEY
	wg_add "$GW" wg1 10.7.0.2/24 51821
	gw=$KEY
	wg_peer "$MN" wg1 "$gw" 10.7.0.2/32 "$GW4:51821"
	wg_peer "$GW" wg1 "$mn" 10.7.0.1/32
	# 20 bytes of IPv4, 8 of UDP and 32 of its own; m6t takes 28 more.
	need ip -n "$MN" link set wg1 mtu 1440
	need ip -n "$GW" link set wg1 mtu 1440
	need ip -n "$GW" link add m6t1 type m6t mode gw prefix fd00:6e::/48 \
		local 10.7.0.2 port 3545 dev wg1
	need ip -n "$GW" link set m6t1 up
	need ip -n "$GW" -6 route add fd00:6e::/48 dev m6t1
	need ip -n "$GW" -6 addr add fd00:b::2/128 dev lo
	need ip -n "$MN" link add m6t1 type m6t mode mn \
		prefix fd00:6e:0:1:1::/80 gateway 10.7.0.2 port 3545
	need ip -n "$MN" link set m6t1 up
	address=$(m6tctl -n "$MN" -j attach dev m6t1 | jq -r '.[0].address')
	need ip -n "$MN" -6 route del default dev m6t1
	need ip -n "$MN" -6 route add fd00:b::2 dev m6t1
	check_eq "m6t over wireguard: both ends have an MTU of 1412" "1412 1412" \
		"$(mtu "$MN" m6t1) $(mtu "$GW" m6t1)"
	capture "$NAT" out "$TMP/below"
	carries "m6t over wireguard" "$MN" "$address" "$GW" fd00:b::2 1412
	capture_end
	fits_whole "m6t over wireguard" below
}

m6t_in_m6t()
{
	local address where

	need ip -n "$MN" link add t6 type ip6tnl mode ipip6 encaplimit none \
		local "$ADDRESS" remote $HA6
	need ip -n "$HA" link add t6 type ip6tnl mode ipip6 encaplimit none \
		local $HA6 remote "$ADDRESS"
	for where in "$MN 10.8.0.1" "$HA 10.8.0.2"; do
		need ip -n "${where% *}" addr add "${where#* }/24" dev t6
		need ip -n "${where% *}" link set t6 mtu 1432 up
	done
	need ip -n "$HA" link add m6t2 type m6t mode gw prefix fd00:6f::/48 \
		dev t6
	need ip -n "$HA" link set m6t2 up
	need ip -n "$HA" -6 route add fd00:6f::/48 dev m6t2
	need ip -n "$HA" -6 addr add fd00:c::2/128 dev lo
	need ip -n "$MN" link add m6t2 type m6t mode mn \
		prefix fd00:6f:0:1:1::/80 gateway 10.8.0.2
	need ip -n "$MN" link set m6t2 up
	address=$(m6tctl -n "$MN" -j attach dev m6t2 | jq -r '.[0].address')
	need ip -n "$MN" -6 route del default dev m6t2
	need ip -n "$MN" -6 route add fd00:c::2 dev m6t2
	check_eq "m6t in m6t: both ends have an MTU of 1404" "1404 1404" \
		"$(mtu "$MN" m6t2) $(mtu "$HA" m6t2)"
	capture "$NAT" out "$TMP/inside"
	carries "m6t in m6t" "$MN" "$address" "$HA" fd00:c::2 1404
	capture_end
	fits_whole "m6t in m6t" inside
}

topology
gateway rate 0
mobile_node
activate
BYTES=100000
wants_ethernet
bonds
bond_works
wireguard_over_m6t
m6t_over_wireguard
m6t_in_m6t
check_eq "nothing looped, and nothing was dropped" '{} {}' \
	"$(drops "$MN") $(drops "$GW")"
finish
