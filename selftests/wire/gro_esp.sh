#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# ESP whose keys the gateway's own host has, on a link with GRO: the kernel
# decrypts such packets in GRO, and must not do so before the gateway has seen
# their source.
#
#    mn                      gw
#  +----------+          +-----------------+
#  | m6t0 eth-+----------+-wan m6t0     lo |
#  +----------+          +-----------------+
#
# proves: G3 G4 B6

# shellcheck disable=SC2119,SC2317,SC2329	# optional arguments, indirect calls
# shellcheck source-path=SCRIPTDIR source=../lib/lib.sh
. "$(dirname "$0")/../lib/lib.sh"

MN4=192.0.2.2 GW4=192.0.2.1

# state FROM TO SPI: add the same XFRM state on both hosts.
state()
{
	local ns

	for ns in "$MN" "$GW"; do
		need ip -n "$ns" xfrm state add src "$1" dst "$2" proto esp \
			spi "$3" mode transport enc "cipher_null" "" \
			auth "hmac(sha1)" 0x0123456789012345678901234567890123456789
	done
}

# rx: packets that the gateway's device has received.
rx()
{
	ip -n "$GW" -s -j link show m6t0 | jq '.[].stats64.rx.packets'
}

# answered NAME: ESP packets create a binding, are counted and answered.
answered()
{
	local before

	need m6tctl -n "$GW" binding flush dev m6t0 >"$TMP/flushed"
	before=$(rx)
	check "$1: pings by ESP are answered" ping6_ok "$MN" $HA6 -c 3
	check_eq "$1: the tunnel received them" 3 $(($(rx) - before))
	check_eq "$1: they created a binding" 1 "$(bindings)"
}

# Kernels that have it as a module do not load it for ESP alone.
modprobe -qa esp6 esp6_offload
ns_add "$MN" "$GW"
link_ns "$MN" eth $MN4/24 "$GW" wan $GW4/24
need ip -n "$GW" addr add $HA6/128 dev lo
gateway
mobile_node keepalive 0
state "$ADDRESS" $HA6 0x100
state $HA6 "$ADDRESS" 0x101
need ip -n "$MN" xfrm policy add src "$ADDRESS" dst $HA6 dir out \
	tmpl proto esp mode transport
need ip -n "$GW" xfrm policy add src $HA6 dst "$ADDRESS" dir out \
	tmpl proto esp mode transport
need in_ns "$GW" ethtool -K wan gro off
answered "without GRO"
need in_ns "$GW" ethtool -K wan gro on
need in_ns "$MN" ethtool -K eth tso off gso off tx off >"$TMP/ethtool"
answered "with GRO"
check_eq "nothing was dropped" "{}" "$(drops "$GW")"
finish
