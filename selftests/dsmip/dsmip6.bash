# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash disable=SC2034,SC2119,SC2120,SC2317,SC2329
#
# The topology of lib/dsmip.bash, with IPv6 on both access networks and on the path to
# the home agent, which is reached by its address on the home link. To be sourced after
# that.

COA6=2001:db8:a::2 COA6_2=2001:db8:b::2
NAT6=2001:db8:f::1
DSMIP_TUNNEL=(mode tunnel flag af-unspec)

topology_dsmip6()
{
	topology_dsmip
	address6 "$MN" eth $COA6/64 "$NAT" in 2001:db8:a::1/64
	address6 "$MN" eth2 $COA6_2/64 "$NAT" in2 2001:db8:b::1/64
	address6 "$NAT" out $NAT6/64 "$HA" wan 2001:db8:f::2/64
	need in_ns "$NAT" sysctl -qw net.ipv6.conf.all.forwarding=1
	need ip -n "$NAT" -6 route add 2001:db8:2::/64 via 2001:db8:f::2
	need ip -n "$HA" -6 route add default via $NAT6
	need ip -n "$CN" -6 route add default via $HA6
	need ip -n "$MN" -6 route add default via 2001:db8:a::1 dev eth metric 4000
	need ip -n "$MN" -6 route add default via 2001:db8:b::1 dev eth2 metric 5000
}

# address6 NETNS LINK ADDRESS NETNS LINK ADDRESS: of both ends of a link.
address6()
{
	need ip -n "$1" -6 addr add "$3" dev "$2" nodad
	need ip -n "$4" -6 addr add "$6" dev "$5" nodad
}

# genl NETNS WORD...: see genl.py.
genl()
{
	in_ns "$1" python3 "$SELFTESTS/lib/genl.py" "${@:2}"
}

# slot6 ADDRESS LINK: signals come from there, from now on.
slot6()
{
	genl "$MN" slot m6t0 local6="$1" \
		link="$(in_ns "$MN" cat "/sys/class/net/$2/ifindex")"
}

# bind6 ADDRESS: the home address is bound to it.
bind6()
{
	genl "$HA" bind m6t0 address=$HOA hoa4=$HOA4 remote6="$1" expires=3600000
}

# wire6 FILE JQ-FILTER: what was recorded on an underlay, one result a line, after
# dsmip6_pcap.py has found nothing that is not DSMIPv6.
wire6()
{
	local seen

	seen=$(python3 "$SELFTESTS/dsmip/dsmip6_pcap.py" $HOA $HA6 "$1") ||
		echo "not DSMIPv6"
	jq -r "$2" <<<"$seen"
}

# all_wire6 FILE CONDITION: there are packets, and this is true for all of them.
all_wire6()
{
	local seen

	seen=$(python3 "$SELFTESTS/dsmip/dsmip6_pcap.py" $HOA $HA6 "$1") || return
	jq -se "length > 0 and all($2)" <<<"$seen" >"$TMP/all" && return
	jq -c "select($2 | not) | del(.hex)" <<<"$seen" | head -n 3
	return 1
}

# ip6_hex IPV6
ip6_hex()
{
	python3 -c 'import socket, sys
print(socket.inet_pton(socket.AF_INET6, sys.argv[1]).hex())' "$1"
}

# option6 ADDRESS [LINK]: the option that says where signalling came from, without the
# next header.
option6()
{
	printf '041e24%s%s%08x' "$(ip6_hex "$1")" "$(ip6_hex $HA6)" "${2:-0}"
}

# ipsec_payload6: protect all payload, with the SPIs 0x2001 and 0x2002.
ipsec_payload6()
{
	local ns

	for ns in "$MN" "$HA"; do
		need ip -n "$ns" xfrm state add "${DSMIP_OUT[@]}" proto esp \
			spi 0x2001 reqid 2 "${DSMIP_TUNNEL[@]}" "${DSMIP_ALG[@]}"
		need ip -n "$ns" xfrm state add "${DSMIP_IN[@]}" proto esp \
			spi 0x2002 reqid 2 "${DSMIP_TUNNEL[@]}" "${DSMIP_ALG[@]}"
	done
	payload_policies6 $HOA ::/0
	payload_policies6 $HOA4 0.0.0.0/0
}

# payload_policies6 HOME ANY: for all that a home address sends and receives.
payload_policies6()
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

ping4_ok()
{
	in_ns "$1" ping -n -q -c 1 -W "$WAIT" "${@:3}" "$2" >/dev/null
}
