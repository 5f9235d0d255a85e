#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Packets of DSMIPv6 on the underlay, byte by byte: signalling, payload of both
# families, in clear and protected, in UDP and without; their outer headers; and TCP,
# with packets larger than the link MTU at the ends.
# takes long
# proves: D2 D10

# shellcheck disable=SC2016,SC2317,SC2329	# jq's variables, indirect calls
# shellcheck source-path=SCRIPTDIR source=../lib/lib.sh
. "$(dirname "$0")/../lib/lib.sh"
# shellcheck source-path=SCRIPTDIR source=../lib/dsmip.bash
. "$SELFTESTS/lib/dsmip.bash"

# By outer mark and by inner mark: 0 Not-ECT, 1 ECT(1), 2 ECT(0), 3 CE.
RFC6040="0 1 2 3 0 1 1 3 0 1 2 3 - 3 3 3"
NAMES=(not-ect ect1 ect0 ce)
UP="(.dst == \"$HA4\")"

ping4_ok()
{
	in_ns "$1" ping -n -q -c 1 -W "$WAIT" "${@:3}" "$2" >/dev/null
}

# both_ways NAME [WORD...]: pings of both families from both ends, recorded on the
# wire and on both devices.
both_ways()
{
	local name=$1

	capture "$HA" wan "$TMP/wire" not icmp
	capture "$MN" m6t0 "$TMP/mn"
	capture "$HA" m6t0 "$TMP/ha"
	check "$name: IPv6 to the correspondent node" \
		ping6_ok "$MN" $CN6 "${@:2}"
	check "$name: IPv4 to the correspondent node" \
		ping4_ok "$MN" $CN4 "${@:2}"
	check "$name: IPv6 from there" ping6_ok "$CN" $HOA "${@:2}"
	check "$name: IPv4 from there" ping4_ok "$CN" $HOA4 "${@:2}"
	capture_end
	check_eq "$name: inner packets are unchanged" "$(inner_of ha --device)" \
		"$(inner_of wire)"
	check_eq "$name: also at the mobile node" "$(inner_of ha --device)" \
		"$(inner_of mn --device)"
}

# inner_of FILE [--device]: all of them, sorted.
inner_of()
{
	wire "$TMP/$1" .hex "${@:2}" | sort
}

# on_wire NAME CONDITION [CONDITION-UP CONDITION-DOWN]: of each packet.
on_wire()
{
	check "$1: packets on the wire have it" all_wire "$TMP/wire" \
		"($2) and .parts == 1 and (if $UP then ${3:-true} else ${4:-true} end)"
}

# The port of the mobile node.
port_of()
{
	m6tctl -n "$MN" -j show dev m6t0 |
		jq ".[0].slots[] | select(.state == \"$1\") | .local_port"
}

# ---- formats

ENDS_UP=".src == \"$COA2\" and .dst == \"$HA4\""
ENDS_DOWN=".src == \"$HA4\" and .dst == \"$COA2\""

signal_format()
{
	local port

	capture "$HA" wan "$TMP/wire" not icmp
	check_eq "signalling works" "BA $HA6 0 1" "$(bu 1 coa=$COA2)"
	capture_end
	port=$(port_of pending)
	on_wire "signalling" '.kind == "udp4" and .csum == "good" and
		.tos == 0 and .df == 0 and .version == 6 and .next == 50 and
		.tc == 0' \
		"$ENDS_UP and .sport == $port and .dport == 4191 and .ttl == 63
		and .isrc == \"$HOA\" and .idst == \"$HA6\" and .spi == 4097" \
		"$ENDS_DOWN and .sport == 4191 and .dport == $port and .ttl == 64
		and .isrc == \"$HA6\" and .idst == \"$HOA\" and .spi == 4098"
	check_eq "signalling: one packet each way" 2 "$(wire "$TMP/wire" "{spi}" |
		jq -c .spi | wc -l)"
}

payload_formats()
{
	local port

	port=$(port_of active)
	both_ways "udp4"
	on_wire "udp4" '.kind == "udp4" and .csum == "good" and .check == "good"' \
		"$ENDS_UP and .sport == $port and .dport == 4191" \
		"$ENDS_DOWN and .sport == 4191 and .dport == $port"
	check_eq "udp4: both families, both ways" "4 4 6 6" "$(versions)"
	kind ip4
	both_ways "ip4"
	on_wire "ip4" '.kind == "ip4" and .check == "good"' "$ENDS_UP" \
		"$ENDS_DOWN"
	check_eq "ip4: protocol 4 for IPv4, 41 for IPv6" "4 4 41 41" "$(wire \
		"$TMP/wire" 'select(.idst | test("99$")), select(.isrc | test("99$")) |
		.protocol' | sort -n | uniq -c | awk '{ print $2, $2 }' | xargs)"
	signal_stays_in_udp
}

signal_stays_in_udp()
{
	capture "$HA" wan "$TMP/wire" not icmp
	check_eq "ip4: signalling works" "BA $HA6 0 2" "$(bu 2 coa=$COA2)"
	capture_end
	on_wire "ip4: signalling is in UDP all the same" \
		'.kind == "udp4" and .next == 50'
}

# versions: of the inner packets' requests and answers, each way.
versions()
{
	wire "$TMP/wire" '"\(.version) \(.dst)"' | sort -u | cut -d ' ' -f 1 |
		xargs
}

# kind KIND: of the payload, at both ends.
kind()
{
	need bind_node remote "$COA2:$(port_of active)" lifetime 3600 kind "$1"
	need slot_commit kind "$1"
}

# ---- protected payload

DSMIP_TUNNEL=(mode tunnel flag af-unspec)

ipsec_payload()
{
	local ns

	for ns in "$MN" "$HA"; do
		need ip -n "$ns" xfrm state add "${DSMIP_OUT[@]}" proto esp \
			spi 0x2001 reqid 2 "${DSMIP_TUNNEL[@]}" "${DSMIP_ALG[@]}"
		need ip -n "$ns" xfrm state add "${DSMIP_IN[@]}" proto esp \
			spi 0x2002 reqid 2 "${DSMIP_TUNNEL[@]}" "${DSMIP_ALG[@]}"
	done
	payload_policies $HOA ::/0
	payload_policies $HOA4 0.0.0.0/0
}

# payload_policies HOME ANY: for all that a home address sends and receives.
payload_policies()
{
	local tmpl=(proto esp reqid 2 mode tunnel)

	need ip -n "$MN" xfrm policy add src "$1" dst "$2" dir out priority 100 \
		tmpl "${DSMIP_OUT[@]}" "${tmpl[@]}"
	need ip -n "$MN" xfrm policy add src "$2" dst "$1" dir in priority 100 \
		tmpl "${DSMIP_IN[@]}" "${tmpl[@]}"
	need ip -n "$HA" xfrm policy add src "$2" dst "$1" dir out priority 100 \
		tmpl "${DSMIP_IN[@]}" "${tmpl[@]}"
	need ip -n "$HA" xfrm policy add src "$1" dst "$2" dir fwd priority 100 \
		tmpl "${DSMIP_OUT[@]}" "${tmpl[@]}"
	need ip -n "$HA" xfrm policy add src "$1" dst "$2" dir in priority 100 \
		tmpl "${DSMIP_OUT[@]}" "${tmpl[@]}"
}

protected()
{
	local kind before

	ipsec_payload
	for kind in ip4 udp4; do
		kind $kind
		before=$(stats "$HA")
		capture "$HA" wan "$TMP/wire" not icmp
		check "protected, $kind: IPv6" ping6_ok "$MN" $CN6
		check "protected, $kind: IPv4" ping4_ok "$MN" $CN4
		check "protected, $kind: IPv6 from there" ping6_ok "$CN" $HOA
		check "protected, $kind: IPv4 from there" ping4_ok "$CN" $HOA4
		check_eq "protected, $kind: signalling" "BA $HA6 0 3" "$(bu 3)"
		capture_end
		on_wire "protected, $kind" ".version == 6 and .next == 50 and
			.kind == (if .spi < 8192 then \"udp4\" else \"$kind\" end)" \
			"(.spi == 8193 or .spi == 4097)" \
			"(.spi == 8194 or .spi == 4098)"
		check_eq "protected, $kind: four packets each way, and signalling" \
			"1 4097 1 4098 4 8193 4 8194" "$(wire "$TMP/wire" .spi |
			sort -n | uniq -c | xargs)"
		check_stats "protected, $kind: signalling is distinguished from payload" \
			"$HA" "$before" '{"m6t0":{"rx_signal":1,"tx_signal":1}}'
	done
	for kind in "$MN" "$HA"; do
		need ip -n "$kind" xfrm policy flush
		need ip -n "$kind" xfrm state flush
	done
	ipsec_dsmip
}

# ---- outer headers

# set_both WORD...
set_both()
{
	need ip -n "$HA" link set m6t0 type m6t "$@"
	need ip -n "$MN" link set m6t0 type m6t "$@"
}

# headers NAME SETTINGS CONDITION UP DOWN [PING-WORD...]: both families.
headers()
{
	# shellcheck disable=SC2086	# words
	set_both $2
	capture "$HA" wan "$TMP/wire" not icmp
	check "$1: IPv6" ping6_ok "$MN" $CN6 "${@:6}"
	check "$1: IPv4" ping4_ok "$MN" $CN4 "${@:6}"
	capture_end
	on_wire "$1" "$3" "$4" "$5"
}

outer_headers()
{
	headers "$1, ttl 99" "ttl 99" true ".ttl == 98" ".ttl == 99"
	headers "$1, ttl inherit" "ttl inherit" true ".ttl == .hop - 1" \
		".ttl == .hop" -t 33
	headers "$1, tos inherit" "ttl 64" ".tos == 40 and .tc == 40" true \
		true -Q 0x28
	headers "$1, tos 0xb8" "tos 0xb8" ".tos == 184 and .tc == 40" true \
		true -Q 0x28
	headers "$1, ECN with tos 0xb8" "tos 0xb8" ".tos == 185 or .tos == 184" \
		".tos == 185" true -Q 1
	headers "$1, df set" "tos inherit df set" ".df == 1" true true
	headers "$1, df inherit" "df inherit" \
		".df == (if .version == 6 then 1 else 0 end)" true true -M dont
	headers "$1, df inherit, IPv4 with DF" "df inherit" true ".df == 1" \
		".df == 1 or .version == 4" -M "do"
	set_both df "unset"
}

udp_headers()
{
	headers "udpcsum off" "udpcsum off" '.csum == "none"' true true
	headers "udpcsum on" "udpcsum on" '.csum == "good"' true true
}

# ---- congestion marks of RFC 6040

# mark NAME: the NAT sets this outer mark on what the mobile node sends.
mark()
{
	need in_ns "$NAT" nft -f - <<-END
	table ip marks
	delete table ip marks
	table ip marks {
		chain pre {
			type filter hook prerouting priority -300;
			ip daddr $HA4 ip ecn set $1
		}
	}
	END
}

# all_pairs PING NETNS ADDRESS: the inner marks that arrive, for all pairs; sizes tell
# them apart.
all_pairs()
{
	local outer inner ping=$1

	capture "$HA" m6t0 "$TMP/pairs"
	for outer in 0 1 2 3; do
		mark "${NAMES[outer]}"
		for inner in 0 1 2 3; do
			in_ns "$MN" ping "$ping" -n -q -c 1 -W 0.5 -Q $inner \
				-s $((100 + 4 * outer + inner)) "$2"
		done
	done >"$TMP/pings" 2>&1
	capture_end
	in_ns "$NAT" nft delete table ip marks
	wire "$TMP/pairs" "select(.isrc == \"$HOA\" or .isrc == \"$HOA4\") |
		\"\(.size - 148 + (if .version == 4 then 20 else 0 end)) \(.tc)\"" \
		--device | awk '{ mark[$1] = $2 + 0 }
		END {
			for (i = 0; i < 16; i++)
				printf "%s%s", i in mark ? mark[i] : "-",
					i < 15 ? " " : "\n"
		}'
}

marks()
{
	check_eq "$1: all pairs of marks, IPv6" "$RFC6040" "$(all_pairs -6 $CN6)"
	check_eq "$1: all pairs of marks, IPv4" "$RFC6040" "$(all_pairs -4 $CN4)"
}

# ---- TCP

# serve4 NETNS ADDRESS: as serve, of IPv4.
serve4()
{
	start "$1" busybox httpd -f -p "$2:80" -h "$TMP/www" >>"$TMP/httpd" 2>&1
	need wait_for listens "$1" src "$2:80"
}

# largest FILE: the largest packet that a device has seen.
largest()
{
	tcpdump -Z root -n -v -r "$1" 2>/dev/null |
		sed -n 's/.*payload length: \([0-9]*\).*/\1/p; s/.*proto TCP.*, length \([0-9]*\)).*/\1/p' |
		sort -n | tail -n 1
}

# tcp NAME: files of both families both ways.
tcp()
{
	capture "$HA" wan "$TMP/wire" not icmp
	capture "$MN" m6t0 "$TMP/mn"
	check "$1: IPv6 downstream" fetched "$MN" $CN6
	check "$1: IPv4 downstream" fetched "$MN" ::ffff:$CN4
	check "$1: IPv6 upstream" fetched "$CN" $HOA
	check "$1: IPv4 upstream" fetched "$CN" ::ffff:$HOA4
	capture_end
	on_wire "$1" '.check == "good" and .size <= 1460 and
		(.csum // "good") == "good"'
	check "$1: the mobile node's device has larger ones" \
		test "$(largest "$TMP/mn")" -gt 1500
}

# ---- where packets leave

# answers_via IFNAME: a ping leaves and returns by this link.
answers_via()
{
	capture "$NAT" "$1" "$TMP/via" udp
	check "$2: answered" ping6_ok "$MN" $CN6
	capture_end
	check_eq "$2: by this link" 2 "$(captured "$TMP/via")"
}

# lost_ping NETNS ADDRESS
lost_ping()
{
	in_ns "$1" ping -6 -n -q -c 1 -W 0.1 "$2" >"$TMP/ping" 2>&1
}

underlay()
{
	answers_via in2 "the link of a slot, not that of the route"
	need ip -n "$MN" link set m6t0 type m6t fwmark 7
	need ip -n "$MN" rule add fwmark 7 lookup 100
	need ip -n "$MN" route add unreachable default table 100
	# With a link the stack takes the home agent for a neighbour there.
	check_not "the mark of a mobile node chooses its routes" \
		ping6_ok "$MN" $CN6 -W 0.5
	need ip -n "$MN" link set m6t0 type m6t fwmark 0
	need ip -n "$HA" link set m6t0 type m6t fwmark 9
	need ip -n "$HA" rule add fwmark 9 lookup 100
	need ip -n "$HA" route add unreachable default table 100
	counts "the mark of a home agent, too" "$HA" \
		'{"m6t0":{"tx_no_route":1}}' lost_ping "$CN" $HOA
	need ip -n "$HA" link set m6t0 type m6t fwmark 0
	answers_via in2 "without a mark"
	need ip -n "$HA" link set m6t0 type m6t dev wan
	answers_via in2 "dev of the home agent"
	need ip -n "$HA" link set m6t0 type m6t dev home
	check_not "dev of another link: nothing is received" \
		ping6_ok "$MN" $CN6 -W 0.5
	need ip -n "$HA" link set m6t0 type m6t dev any
	answers_via in2 "dev any"
}

topology_dsmip
ipsec_dsmip
home_agent
mobile_node_dsmip
for where in "$MN eth" "$MN eth2" "$NAT in2"; do
	need in_ns "${where% *}" ethtool -K "${where#* }" tx off >"$TMP/ethtool"
done
mh_listen "$TMP/mh" answer
need slot_set $COA2 eth2
signal_format
need slot_commit
kind udp4
payload_formats
kind udp4
underlay
outer_headers udp4
udp_headers
marks udp4
BYTES=200000 serve "$CN" $CN6
serve "$MN" $HOA
serve4 "$CN" $CN4
serve4 "$MN" $HOA4
tcp udp4
kind ip4
if [ -n "${M6T_QUICK:-}" ]; then
	result 0 "ip4: outer headers # SKIP too slow on an emulated machine"
else
	outer_headers ip4
	marks ip4
fi
tcp ip4
protected
finish
