#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# The headers of Mobile IPv6 are forwarded unchanged, both ways: its mobility
# header, the home address in a destination option, and the routing header of
# type 2. A binding update creates a binding, its acknowledgement activates it.
# proves: B6 W1 G4 G6

# shellcheck source-path=SCRIPTDIR source=../lib/lib.sh
. "$(dirname "$0")/../lib/lib.sh"

HOME_ADDRESS=20010db8000200000000000000000001	# 2001:db8:2::1
# Headers in hex, both kinds of the mobility header as a whole, the others without
# their first byte, which is the type of the header that follows.
UPDATE=3b010500a5a50001c000001001020000
ACK=3b010600a5a500000001001001020000
HOME_OPTION=0201020000c910$HOME_ADDRESS
ROUTE=02020100000000$HOME_ADDRESS

# hush NETNS...: they drop packets silently, but know their neighbours for ever.
hush()
{
	local ns

	for ns; do
		need in_ns "$ns" nft -f - <<-END
		table ip6 hush {
			chain in {
				type filter hook input priority 0; policy drop;
				icmpv6 type { nd-neighbor-solicit, nd-neighbor-advert } accept
			}
		}
		END
	done
}

# headers FILE DIRECTION: the first header of each packet, in order.
headers()
{
	tcpdump -Z root -n -x -r "$TMP/$1" "ip6 and $2" 2>/dev/null |
		awk '/0x0000:/ { print substr($5, 1, 2) }' | xargs
}

topology
ipv4_only "$NAT" in out
ipv4_only "$MN" eth
ipv4_only "$GW" wan
need in_ns "$MN" ethtool -K eth tx off >"$TMP/ethtool"
need in_ns "$GW" ethtool -K wan tx off >"$TMP/ethtool"
need_inject
gateway ha $HA6 temp-timeout 60000
mobile_node keepalive 0
# Neighbours are resolved, so nothing else is on the links.
need ping6_ok "$GW" $HA6
hush "$MN" "$HA"
capture "$MN" m6t0 "$TMP/mn"
capture "$NAT" out "$TMP/wire"
capture "$GW" m6t0 "$TMP/gw"
capture "$HA" eth "$TMP/ha" "net $PREFIX"

in_ns "$MN" "$TMP/inject" ip \
	"src=$ADDRESS,dst=$HA6,nh=60,pay=87$HOME_OPTION$UPDATE"
check "a binding update creates a temporary binding" wait_for state_is temporary
in_ns "$HA" "$TMP/inject" ip \
	"src=$HA6,dst=$ADDRESS,nh=43,pay=87$ROUTE$ACK"
check "its acknowledgement activates it" wait_for state_is active
for way in "$MN $ADDRESS $HA6" "$HA $HA6 $ADDRESS"; do
	read -r ns src dst <<<"$way"
	in_ns "$ns" "$TMP/inject" ip \
		"src=$src,dst=$dst,nh=135,pay=$UPDATE" \
		"src=$src,dst=$dst,nh=43,pay=3b${ROUTE}a5a5a5" \
		"src=$src,dst=$dst,nh=60,pay=3b${HOME_OPTION}a5a5a5" \
		"src=$src,dst=$dst,nh=60,pay=2b${HOME_OPTION}3b${ROUTE}a5"
done
need wait_for has_captured "$TMP/mn" 10 ip6
need wait_for has_captured "$TMP/ha" 10 ip6
capture_end
check_eq "all headers arrive at the home agent" "3c 87 2b 3c 3c" \
	"$(headers ha "dst host $HA6")"
check_eq "all headers arrive at the mobile node" "2b 87 2b 3c 3c" \
	"$(headers mn "src host $HA6")"
check "all packets arrive unchanged" \
	"$SELFTESTS/lib/check_pcap.py" --least 5 --ttl 63,64 --inner "$TMP/mn" \
	--inner "$TMP/gw" --inner "$TMP/ha" "$TMP/wire"
check_eq "neither end dropped anything" "{} {}" "$(drops "$MN") $(drops "$GW")"
finish
