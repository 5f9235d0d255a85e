#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Congestion marks of RFC 6040: the marks that are sent, and what all 16 pairs of
# inner and outer marks become, at the gateway and at the mobile node.
# proves: W6
# class: T11

# shellcheck source-path=SCRIPTDIR source=../lib/lib.sh
. "$(dirname "$0")/../lib/lib.sh"

NAMES=(not-ect ect1 ect0 ce)
# By outer mark and by inner mark: 0 Not-ECT, 1 ECT(1), 2 ECT(0), 3 CE.
RFC6040="0 1 2 3 0 1 1 3 0 1 2 3 - 3 3 3"

# mark FIELD MARK: the NAT sets this outer mark; FIELD is dport or sport, and
# thereby the direction.
mark()
{
	need in_ns "$NAT" nft -f - <<-END
	table ip marks
	delete table ip marks
	table ip marks {
		chain pre {
			type filter hook prerouting priority -300;
			udp $1 $PORT ip ecn set $2
		}
	}
	END
}

# all_pairs FIELD FROM ADDRESS AT IFNAME: pings with all pairs of marks; prints
# the inner mark that each arrives with. Their sizes distinguish them.
all_pairs()
{
	local outer inner

	capture "$4" "$5" "$TMP/pairs"
	for outer in 0 1 2 3; do
		mark "$1" "${NAMES[outer]}"
		for inner in 0 1 2 3; do
			in_ns "$2" ping -6 -n -q -c 1 -W 0.5 -Q $inner \
				-s $((100 + 4 * outer + inner)) "$3"
		done
	done >"$TMP/pings" 2>&1
	capture_end
	in_ns "$NAT" nft delete table ip marks
	tcpdump -Z root -n -v -r "$TMP/pairs" "icmp6[0] == 128" 2>"$TMP/err" |
		sed -nE 's/.*IP6 \((class 0x0(.), )?.* length: ([0-9]+)\) .*/\3 \2/p' |
		awk '{ mark[$1] = $2 + 0 }
		END {
			for (i = 108; i < 124; i++)
				printf "%s%s", i in mark ? mark[i] : "-",
					i < 123 ? " " : "\n"
		}'
}

# sent CLASS...: the pairs of traffic class and outer TOS with which pings of
# these classes leave the mobile node.
sent()
{
	local class

	capture "$NAT" in "$TMP/sent"
	for class; do
		need ping6_ok "$MN" "$HA6" -Q "$class"
	done
	capture_end
	"$SELFTESTS/lib/check_pcap.py" --ttl 64,63 --tos "$TMP/sent" |
		sed -n 's/^up //p'
}

topology
ipv4_only "$NAT" in
ipv4_only "$MN" eth
need in_ns "$MN" ethtool -K eth tx off >"$TMP/ethtool"
need in_ns "$GW" ethtool -K wan tx off >"$TMP/ethtool"
gateway
mobile_node
activate
check_eq "marks are copied to the outer header" "00:00 01:01 02:02 03:03 b9:b9" \
	"$(sent 0 1 2 3 0xb9)"
need ip -n "$MN" link set m6t0 type m6t tos 0x20
check_eq "marks are copied with a configured DSCP, too" "00:20 01:21 02:22 03:23 b9:21" \
	"$(sent 0 1 2 3 0xb9)"
need ip -n "$MN" link set m6t0 type m6t tos inherit

check_eq "gateway: all pairs are decapsulated as RFC 6040 says" "$RFC6040" \
	"$(all_pairs dport "$MN" $HA6 "$GW" m6t0)"
check "gateway: the drop was counted" counter_is "$GW" rx_ecn 1
check_eq "mobile node: all pairs are decapsulated as RFC 6040 says" "$RFC6040" \
	"$(all_pairs sport "$HA" "$ADDRESS" "$MN" m6t0)"
check "mobile node: the drop was counted" counter_is "$MN" rx_ecn 1
check_eq "nothing else was dropped" '{"rx_ecn":1} {"rx_ecn":1}' \
	"$(drops "$MN") $(drops "$GW")"
finish
