#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Paths over IPv6 with an MTU below the tunnel's: packets of every size and family arrive,
# both ways, in clear and protected; the right MTU is reported to the senders, but never
# one below the minimum of IPv6; and errors that prove nothing have no effect.
# takes long
# proves: D15

# shellcheck disable=SC2317,SC2329	# called indirectly
# shellcheck source-path=SCRIPTDIR source=../lib/lib.sh
. "$(dirname "$0")/../lib/lib.sh"
# shellcheck source-path=SCRIPTDIR source=../lib/dsmip.bash
. "$SELFTESTS/lib/dsmip.bash"
# shellcheck source-path=SCRIPTDIR source=dsmip6.bash
. "$SELFTESTS/dsmip/dsmip6.bash"

STEP=$(short_or_long 997 97)

# narrow ACCESS CORE: the MTU of the mobile node's link, which must be reported to the home
# agent, and of the home agent's, which must be reported to the mobile node.
narrow()
{
	need ip -n "$MN" link set eth mtu "$1"
	need ip -n "$NAT" link set in mtu "$1"
	need ip -n "$NAT" link set out mtu "$2"
	need ip -n "$HA" link set wan mtu "$2"
}

# forget: bind again, and drop what was learnt about paths.
forget()
{
	local ns

	need slot6 $COA6 eth
	need genl "$MN" commit m6t0 linger=0
	genl "$HA" unbind m6t0 address=$HOA 2>"$TMP/unbind"
	need bind6 $COA6
	for ns in "$MN" "$NAT" "$HA" "$CN"; do
		ip -n "$ns" route flush cache
		# It waits for routes that are not in the cache, which never end.
		timeout 3 ip -n "$ns" -6 route flush cache >"$TMP/flush" 2>&1
		ip -n "$ns" tcp_metrics flush all
	done
}

# pings NAME NETNS HOST [dont]: of all sizes, those too large for the tunnel included.
pings()
{
	check "$1" in_ns "$2" env M6T_WAIT="$WAIT" \
		"$SELFTESTS/dsmip/dsmip_pings.py" "$3" 0 4000 "$STEP" "${@:4}"
}

all_pings()
{
	pings "$1: IPv6 from the mobile node" "$MN" $CN6
	pings "$1: IPv6 to it" "$CN" $HOA
	pings "$1: IPv4 from the mobile node" "$MN" $CN4
	pings "$1: IPv4 to it" "$CN" $HOA4
	pings "$1: IPv4 without DF from the mobile node" "$MN" $CN4 dont
	pings "$1: IPv4 without DF to it" "$CN" $HOA4 dont
}

# fits NETNS HOST MTU: a packet of this size comes back at once.
fits()
{
	local family=-4 header=28

	[[ $2 != *:* ]] || family=-6 header=48
	in_ns "$1" ping "$family" -n -q -c 1 -W 0.5 -M "do" -s $(($3 - header)) "$2"
}

# told NETNS HOST MTU: this size is reported to the sender of one byte more.
told()
{
	local family=-4 header=28

	[[ $2 != *:* ]] || family=-6 header=48
	in_ns "$1" ping "$family" -n -c 1 -W 0.3 -M "do" \
		-s $(($3 + 1 - header)) "$2" 2>&1 | grep -qi "mtu[:=] *$3\b"
}

# sizes NAME MTU: the largest packet of either family, both ways.
sizes()
{
	local ns host

	while read -r ns host; do
		check "$1: $2 is reported to a sender ($host)" \
			wait_for told "$ns" "$host" "$2"
		check "$1: $2 bytes fit ($host)" wait_for fits "$ns" "$host" "$2"
		check_not "$1: one more does not ($host)" \
			fits "$ns" "$host" $(($2 + 1))
	done <<-END
		$MN $CN6
		$CN $HOA
		$MN $CN4
		$CN $HOA4
	END
}

# path ACCESS CORE LARGEST PARTS: of the inner packet and of fragments.
path()
{
	local name="a path of $1 and $2"

	narrow "$1" "$2"
	forget
	sizes "$name" "$3"
	forget
	capture "$HA" wan "$TMP/wire" ip6 and not icmp6
	all_pings "$name"
	capture_end
	check "$name: in at most $4 fragments, but for IPv4 without DF" \
		all_wire6 "$TMP/wire" "(.version == 4 or .parts <= $4) and
		(.check // \"good\") == \"good\""
}

# ---- errors that prove nothing

# told_by SOURCE DESTINATION TYPE:MTU PACKET: somebody gets an error about a packet that
# it may have sent.
told_by()
{
	need in_ns "$NAT" python3 "$SELFTESTS/dsmip/dsmip6_icmp.py" "$@"
}

forged()
{
	local size words

	forget
	size="echo=1412"
	while IFS='|' read -r kind words; do
		told_by 2001:db8:a::1 $COA6 "$kind" "$words"
		check "mobile node: nothing is proven by $kind $words" \
			wait_for fits "$MN" $CN6 1460
	done <<-END
		2:1300|$COA6 $HA6 ip=2001:db8:2::9,$CN6 $size
		2:1300|$COA6_2 $HA6 ip=$HOA,$CN6 $size
		2:1300|$COA6 2001:db8:2::7 ip=$HOA,$CN6 $size
		2:1300|$COA6 $HA6 ip=$HOA,$CN6 echo=100
		2:1300|$COA6 $HA6 frag=9 ip=$HOA,$CN6 $size
		1:1300|$COA6 $HA6 ip=$HOA,$CN6 $size
		2:1300|$COA6 $HA6 ip=$HOA,$CN6 $size cut=60
	END
	told_by 2001:db8:a::1 $COA6 2:1450 "$COA6 $HA6 ip=$HOA,$CN6 $size"
	check "mobile node: a valid one is accepted" wait_for told "$MN" $CN6 1410
	forged_to_ha
}

forged_to_ha()
{
	local words size="echo=1412"

	while read -r words; do
		told_by $NAT6 2001:db8:f::2 2:1300 "$words"
		check "home agent: nothing is proven by $words" \
			wait_for fits "$CN" $HOA 1460
	done <<-END
		$HA6 $COA6 ip=$CN6,2001:db8:2::9 $size
		$HA6 $COA6_2 ip=$CN6,$HOA $size
		2001:db8:f::2 $COA6 ip=$CN6,$HOA $size
	END
	told_by $NAT6 2001:db8:f::2 2:1400 "$HA6 $COA6 ip=$CN6,$HOA $size"
	check "home agent: a valid one is accepted" wait_for told "$CN" $HOA 1360
}

# stack_mtu: what the stack of the mobile node believes about the path to its home agent.
stack_mtu()
{
	ip -n "$MN" -6 route get $HA6 from $COA6 oif eth | grep -o "mtu [0-9]*"
}

# The stack believes in errors about packets that anybody knows. That costs fragments.
forged_to_stack()
{
	forget
	told_by 2001:db8:a::1 $COA6 2:1280 "$COA6 $HA6 echo=1400"
	check_eq "the stack believes an error about an echo" "mtu 1280" "$(stack_mtu)"
	capture "$HA" wan "$TMP/wire" ip6 and not icmp6
	check "what is too large for that arrives all the same" \
		wait_for fits "$MN" $CN6 1460
	capture_end
	check "in two fragments at most" all_wire6 "$TMP/wire" ".parts <= 2"
}

# Packets inside are never smaller than the minimum of IPv6, and outside neither.
below_minimum()
{
	forget
	told_by 2001:db8:a::1 $COA6 2:9 "$COA6 $HA6 ip=$HOA,$CN6 echo=1412"
	capture "$HA" wan "$TMP/wire" ip6 and not icmp6
	check "what is below the minimum is taken for it" \
		wait_for fits "$MN" $CN6 1460
	capture_end
	check "in two fragments at most" all_wire6 "$TMP/wire" ".parts <= 2"
}

# ---- ESP

# told_esp MN|HA SPI COA: about ESP that one end may have sent.
told_esp()
{
	local data

	data=nh=50:$(printf '%08x%0*d' "$2" 2800 0)
	if [ "$1" = MN ]; then
		told_by 2001:db8:a::1 $COA6 2:1400 "$3 $HA6 $data"
	else
		told_by $NAT6 2001:db8:f::2 2:1400 "$HA6 $3 $data"
	fi
}

# The SPI proves that an error is about our ESP. 1460 bytes hold 1374, and 1400 hold 1310.
forged_esp()
{
	local before

	forget
	# The route of the underlay may still know the larger one of before.
	before=$(inner_mtu "$MN" $CN6)
	check "mobile node: nothing is known about its ESP" test "$before" -gt 1310
	told_esp MN 0x2009 $COA6
	check_eq "mobile node: ESP of an unknown SPI proves nothing" "$before" \
		"$(inner_mtu "$MN" $CN6)"
	told_esp MN 0x2002 $COA6
	# The stack itself accepts errors about its own SPIs, whatever the address.
	check_eq "mobile node: ESP of another SPI proves nothing" "$before" \
		"$(inner_mtu "$MN" $CN6)"
	told_esp MN 0x2001 $COA6
	check_eq "mobile node: ESP of its own SPI is accepted" 1310 \
		"$(inner_mtu "$MN" $CN6)"
	told_esp HA 0x2009 $COA6
	told_esp HA 0x2001 $COA6
	told_esp HA 0x2002 $COA6_2
	check_eq "home agent: ESP of another SPI or address proves nothing" 1374 \
		"$(inner_mtu "$CN" $HOA)"
	told_esp HA 0x2002 $COA6
	check_eq "home agent: ESP of its own SPI is accepted" 1310 \
		"$(inner_mtu "$CN" $HOA)"
}

# inner_mtu NETNS HOST: the MTU that a sender learns in the end.
inner_mtu()
{
	in_ns "$1" tracepath -6 -n -m 4 "$2" | sed -n 's/.*Resume: pmtu \([0-9]*\).*/\1/p'
}

protected()
{
	ipsec_payload6
	narrow 1500 1500
	forged_esp
	narrow 1500 1400
	forget
	all_pings "protected, a path of 1400"
	check_eq "protected: the MTU inside of 1400 is reported to the sender" 1310 \
		"$(inner_mtu "$MN" $CN6)"
	capture "$HA" wan "$TMP/wire" ip6 and not icmp6
	pings "protected, when the path is known" "$MN" $CN6
	pings "protected, when the path is known, to it" "$CN" $HOA
	capture_end
	check "protected: nothing on the wire is larger" \
		all_wire6 "$TMP/wire" ".osize <= 1400 or .parts > 1"
}

protected_1300()
{
	ipsec_payload6
	narrow 1300 1500
	forget
	all_pings "protected, a path of 1300"
}

no_ipsec()
{
	local ns

	for ns in "$MN" "$HA"; do
		need ip -n "$ns" xfrm policy flush
		need ip -n "$ns" xfrm state flush
	done
}

topology_dsmip6
home_agent
mobile_node_dsmip
for where in "$MN eth" "$NAT in"; do
	need in_ns "${where% *}" ethtool -K "${where#* }" tx off tso off gso off \
		>"$TMP/ethtool" 2>&1
done
check_eq "the MTU of both devices is 1460" "1460 1460" "$(
	ip -n "$MN" -j link show m6t0 | jq '.[].mtu') $(
	ip -n "$HA" -j link show m6t0 | jq '.[].mtu')"
forged
forged_to_stack
protected
no_ipsec
path 1500 1400 1360 1
path 1400 1500 1360 1
# From here on, the stack knows of paths that make it fragment.
path 1500 1300 1460 2
path 1300 1500 1460 2
protected_1300
no_ipsec
below_minimum
finish
