#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Paths of DSMIPv6 with an MTU below the tunnel's: packets of every size and family
# arrive, TCP too, both ways, in UDP and without; and the right MTU is reported to the
# senders, but never one below the minimum of IPv6.
# takes long
# soak: uml
# proves: D15

# shellcheck disable=SC2317,SC2329	# called indirectly
# shellcheck source-path=SCRIPTDIR source=../lib/lib.sh
. "$(dirname "$0")/../lib/lib.sh"
# shellcheck source-path=SCRIPTDIR source=../lib/dsmip.bash
. "$SELFTESTS/lib/dsmip.bash"

STEP=$(short_or_long 797 97)

# narrow MTU: the router between both forwards no larger packets; it sends an error, or
# fragments them.
narrow()
{
	need ip -n "$NAT" route replace 198.18.0.0/24 dev in2 src 198.18.0.1 \
		mtu lock "$1"
	need ip -n "$NAT" route replace 192.0.2.0/24 dev out src $NAT4 \
		mtu lock "$1"
}

# forget KIND: bind again, from a new port, and drop what was learnt about paths.
forget()
{
	local ns port

	need slot_set $COA2 eth2 kind "$1"
	need slot_commit linger 0
	port=$(m6tctl -n "$MN" -j show dev m6t0 | jq '.[0].slots[] |
		select(.state == "active") | .local_port')
	m6tctl -n "$HA" binding del $HOA dev m6t0 2>"$TMP/unbind"
	need bind_node remote "$COA2:$port" lifetime 3600 kind "$1"
	for ns in "$MN" "$NAT" "$HA" "$CN"; do
		ip -n "$ns" route flush cache
		ip -n "$ns" -6 route flush cache
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

# tcp NAME PARTS: files both ways; no outer packet is in more fragments.
tcp()
{
	capture "$HA" wan "$TMP/wire" not icmp
	check "$1: TCP over IPv6 downstream" fetched "$MN" $CN6
	check "$1: TCP over IPv4 downstream" fetched "$MN" ::ffff:$CN4
	check "$1: TCP over IPv6 upstream" fetched "$CN" $HOA
	check "$1: TCP over IPv4 upstream" fetched "$CN" ::ffff:$HOA4
	capture_end
	check "$1: TCP in at most $2 fragments" all_wire "$TMP/wire" \
		".parts <= $2 and .check == \"good\""
}

# tracepaths NAME MTU
tracepaths()
{
	check_eq "$1: tracepath finds it, IPv6" "$2" \
		"$(in_ns "$MN" tracepath -6 -n -m 4 $CN6 | found_pmtu)"
	check_eq "$1: tracepath finds it, IPv4" "$2" \
		"$(in_ns "$MN" tracepath -4 -n -m 4 $CN4 | found_pmtu)"
}

found_pmtu()
{
	sed -n 's/.*Resume: pmtu \([0-9]*\).*/\1/p'
}

serve4()
{
	start "$1" busybox httpd -f -p "$2:80" -h "$TMP/www" >>"$TMP/httpd" 2>&1
	need wait_for listens "$1" src "$2:80"
}

# path KIND MTU LARGEST PARTS: with DF, of the inner packet and of fragments.
path()
{
	local name="$1, a path of $2"

	narrow "$2"
	forget "$1"
	sizes "$name" "$3"
	forget "$1"
	tracepaths "$name" "$3"
	forget "$1"
	tcp "$name" "$4"
	forget "$1"
	all_pings "$name"
}

# ---- errors that prove nothing

# told_by SOURCE WORD...: somebody gets an error, with an MTU of 1340, about a packet
# that it may have sent.
told_by()
{
	need in_ns "$NAT" python3 "$SELFTESTS/lib/icmp.py" src="$1" kinds=3.4 \
		len=1460 "${@:2}" >"$TMP/icmp"
}

# forged: each of these changes nothing; the last one, which is right, does.
forged()
{
	local port own words

	narrow 1500
	forget udp4
	port=$(m6tctl -n "$MN" -j show dev m6t0 | jq '.[0].slots[] |
		select(.state == "active") | .local_port')
	own="$COA2:$port"
	while read -r words; do
		# shellcheck disable=SC2086	# words
		told_by 198.18.0.1 dst=$COA2 $words
		check "mobile node: nothing is proven by $words" \
			wait_for fits "$MN" $CN6 1460
	done <<-END
		from=$COA2:9 to=$HA4:4191 isrc=$HOA idst=$CN6
		from=$own to=$HA4:4192 isrc=$HOA idst=$CN6
		from=$own to=$HA4:4191 isrc=2001:db8:2::9 idst=$CN6
		from=$own to=$HA4:4191 isrc=$HOA idst=$CN6 cuts=60
		from=$own to=$HA4:4191 isrc=$HOA idst=$CN6 rest=5000
	END
	told_by 198.18.0.1 dst=$COA2 from="$own" to=$HA4:4191 isrc=$HOA \
		idst=$CN6
	check "mobile node: a valid one is accepted" wait_for told "$MN" $CN6 1312
	forged_to_ha
}

forged_to_ha()
{
	local words

	while read -r words; do
		# shellcheck disable=SC2086	# words
		told_by "$NAT4" dst=$HA4 $words
		check "home agent: nothing is proven by $words" \
			wait_for fits "$CN" $HOA 1460
	done <<-END
		from=$HA4:4191 to=$COA2:9 isrc=$CN6 idst=$HOA
		from=$HA4:4191 to=192.0.2.77:$port isrc=$CN6 idst=$HOA
		from=$HA4:4191 to=$own isrc=$CN6 idst=2001:db8:2::9
		from=$HA4:4191 to=$own isrc=$CN6 idst=$HOA cuts=60
	END
	told_by "$NAT4" dst=$HA4 from=$HA4:4191 to="$own" isrc=$CN6 \
		idst=$HOA
	check "home agent: a valid one is accepted" wait_for told "$CN" $HOA 1312
}

# Without DF, routers fragment the outer packets.
without_df()
{
	need ip -n "$MN" link set m6t0 type m6t df "unset"
	need ip -n "$HA" link set m6t0 type m6t df "unset"
	narrow 600
	for kind in udp4 ip4; do
		forget $kind
		check "$kind, df unset: 1460 bytes fit, IPv6" \
			fits "$MN" $CN6 1460
		check "$kind, df unset: 1460 bytes fit, IPv4" \
			fits "$CN" $HOA4 1460
		all_pings "$kind, df unset"
	done
}

topology_dsmip
home_agent df inherit
mobile_node_dsmip df inherit
for where in "$MN eth2" "$NAT in2"; do
	need in_ns "${where% *}" ethtool -K "${where#* }" tx off tso off gso off \
		>"$TMP/ethtool" 2>&1
done
check_eq "the MTU of both devices is 1460" "1460 1460" "$(
	ip -n "$MN" -j link show m6t0 | jq '.[].mtu') $(
	ip -n "$HA" -j link show m6t0 | jq '.[].mtu')"
forget udp4
BYTES=60000 serve "$CN" $CN6
serve "$MN" $HOA
serve4 "$CN" $CN4
serve4 "$MN" $HOA4
forged
path udp4 1400 1372 1
path ip4 1300 1280 1
path udp4 600 1460 3
if [ -n "${M6T_LONG:-}" ]; then
	path ip4 1400 1380 1
	path udp4 1300 1460 2
	path ip4 600 1460 3
fi
without_df
finish
