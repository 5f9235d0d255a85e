#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Which packets over IPv6 a home agent and a mobile node of DSMIPv6 accept from which
# sender: only those that match a binding or a care-of address, whatever the headers and
# options. All others are left to other tunnels and other IPsec of the host.
#
#    peer                     host                     cn
#  +--------+            +----------------+        +--------+
#  |    out-+------------+-wan  m6t0 home-+--------+-eth    |
#  +--------+            |      m6t1      |        +--------+
#  2001:db8:e::1         +----------------+        2001:db8:2::99
#  2001:db8:e::7         2001:db8:e::2, ::3        198.51.100.99
#
# m6t0 is the home agent, m6t1 a mobile node of another one, which the peer is.
# takes long
# proves: D8 D9 D16 D21

# shellcheck disable=SC2317,SC2329	# called indirectly
# shellcheck source-path=SCRIPTDIR source=../lib/lib.sh
. "$(dirname "$0")/../lib/lib.sh"
# shellcheck source-path=SCRIPTDIR source=../lib/dsmip.bash
. "$SELFTESTS/lib/dsmip.bash"
# shellcheck source-path=SCRIPTDIR source=dsmip6.bash
. "$SELFTESTS/dsmip/dsmip6.bash"

PEER=$NAT HOST=$HA
PEER6=2001:db8:e::1 PEER6_2=2001:db8:e::7 HOST6=2001:db8:e::2 HOST6_2=2001:db8:e::3
# Bound to the peer's first address, and one that is not bound to IPv6 but to UDP.
A=$HOA A4=$HOA4 B=2001:db8:2::b B4=198.51.100.11
# Not bound.
N=2001:db8:2::d N4=198.51.100.13
# The mobile node, and its home agent.
M=2001:db8:3::1234 M4=203.0.113.10 M_HA=$PEER6
DSMIP_NULL=(auth-trunc "hmac(sha256)"
	0x0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef 128
	enc "ecb(cipher_null)" "")

# send PACKET...: from the peer, with any source.
send()
{
	need inner "$PEER" stack "$@"
}

# rx DEV: packets that it has received.
rx()
{
	ip -n "$HOST" -j -s link show "$1" | jq '.[].stats64.rx.packets'
}

rx_is()
{
	[ "$(rx "$1")" = "$2" ]
}

# got DEV NAME N PACKET...: this device receives so many packets, and m6t drops none.
got()
{
	local dev=$1 name=$2 before n

	before=$(stats "$HOST") n=$(rx "$dev")
	send "${@:4}"
	check "$name: received by $dev" wait_for rx_is "$dev" $((n + $3))
	check_stats "$name: m6t drops nothing" "$HOST" "$before" "{}"
}

# credited HOA: packets that it was credited with.
credited()
{
	node "$1" | jq .rx_packets
}

credited_is()
{
	[ "$(credited "$1")" = "$2" ]
}

# taken NAME HOA PACKET...: all are credited to it.
taken()
{
	local name=$1 hoa=$2 before n

	before=$(stats "$HOST") n=$(credited "$hoa")
	send "${@:3}"
	check "$name: taken" wait_for credited_is "$hoa" $((n + $# - 2))
	check_stats "$name: nothing is dropped" "$HOST" "$before" "{}"
}

# refused NAME DEV COUNTER PACKET...: each raises this counter, and no other.
refused()
{
	counts "$1: $3" "$HOST" "{\"$2\":{\"$3\":$(($# - 3))}}" send "${@:4}"
}

# signal NAME N PACKET...: so many signals are received.
signal()
{
	counts "$1: signalling" "$HOST" "{\"m6t0\":{\"rx_signal\":$2}}" send "${@:3}"
}

# parameter_problems: what the stack of the host has answered with one.
parameter_problems()
{
	in_ns "$HOST" sed -n 's/^Icmp6OutParmProblems[[:space:]]*//p' /proc/net/snmp6
}

# left_to_stack NAME PACKET...: m6t counts nothing.
left_to_stack()
{
	local before rx0 rx1

	before=$(stats "$HOST") rx0=$(rx m6t0) rx1=$(rx m6t1)
	send "${@:2}"
	# When this one has come, the others have, too.
	need in_ns "$PEER" ping -6 -n -q -c 1 -W "$WAIT" $HA6 >/dev/null
	check_stats "$1: m6t drops nothing" "$HOST" "$before" "{}"
	check_eq "$1: its devices receive nothing" "$rx0 $rx1" \
		"$(rx m6t0) $(rx m6t1)"
}

set_up()
{
	ns_add "$PEER" "$HOST" "$CN"
	link_ns "$PEER" out $PEER6/64,192.0.2.1/24 "$HOST" wan $HOST6/64,$HA4/24
	link_ns "$HOST" home $HA6/64,198.51.100.1/24 "$CN" eth $CN6/64,$CN4/24
	need ip -n "$PEER" -6 addr add $PEER6_2/64 dev out nodad
	need ip -n "$HOST" -6 addr add $HOST6_2/64 dev wan nodad
	need ip -n "$PEER" -6 route add 2001:db8:2::/64 via $HOST6
	need ip -n "$HOST" -6 route add default via $PEER6
	in_ns "$HOST" sysctl -qw net.ipv4.ip_forward=1 \
		net.ipv6.conf.all.forwarding=1
	home_agent
	inner_stay "$PEER"
	need ip -n "$HOST" link add m6t1 type m6t mode dsmip-mn ha $M_HA \
		ha4 192.0.2.1 hoa $M hoa4 $M4
	need ip -n "$HOST" link set m6t1 up
	need genl "$HOST" slot m6t1 local6=$HOST6
	need genl "$HOST" commit m6t1
	need ip -n "$HOST" -6 addr add $M/128 dev m6t1 nodad home
	need bind6 $PEER6
	need m6tctl -n "$HOST" binding add $B hoa4 $B4 remote 192.0.2.1:5000 \
		lifetime 3600 dev m6t0
	tunnels
}

# Other tunnels with the same ends: of IPv6 in IPv6, and of IPv4.
tunnels()
{
	need ip -n "$HOST" -b - <<-END
		link add t1 type ip6tnl mode any local $HA6 remote $PEER6
		link add t2 type ip6tnl mode any local $HA6 remote $PEER6_2
		link add t3 type ip6tnl mode any local $HOST6 remote $PEER6_2
		link add sit1 type sit local $HA4 remote 192.0.2.1
		link add ipip1 type ipip local $HA4 remote 192.0.2.1
		link set t1 up
		link set t2 up
		link set t3 up
		link set sit1 up
		link set ipip1 up
	END
}

# ---- wrapped

ha_wrapped()
{
	taken "IPv6 and IPv4 from the care-of address" $A \
		"$PEER6 $HA6 ip=$A,$CN6 echo" "$PEER6 $HA6 ip=$A4,$CN4 echo" \
		"$PEER6 $HA6 ip=$A,$HA6 echo"
	got t2 "IPv6 from another address" 1 "$PEER6_2 $HA6 ip=$A,$CN6 echo"
	got t2 "IPv4 from another address" 1 "$PEER6_2 $HA6 ip=$A4,$CN4 echo"
	got t1 "IPv6 of one that is not bound" 1 "$PEER6 $HA6 ip=$N,$CN6 echo"
	got t1 "IPv4 of one that is not bound" 1 "$PEER6 $HA6 ip=$N4,$CN4 echo"
	got t1 "IPv6 of one that is bound to IPv4" 1 "$PEER6 $HA6 ip=$B,$CN6 echo"
	got t1 "from a foreign source" 1 "$PEER6 $HA6 ip=2001:db8:9::9,$CN6 echo"
	got t3 "to another address of this host" 1 "$PEER6_2 $HOST6 ip=$A,$CN6 echo"
	refused "to nobody" m6t0 rx_bad_destination \
		"$PEER6 $HA6 ip=$A,ff02::1 echo" "$PEER6 $HA6 ip=$A4,224.0.0.1 echo"
	refused "not whole" m6t0 rx_bad_length "$PEER6 $HA6 ip=$A,$CN6 nh=0:"
	refused "signalling in clear" m6t0 rx_unprotected \
		"$PEER6 $HA6 ip=$A,$HA6 mh=1" "$PEER6 $HA6 ip=$A,$HA6 dst=0500 mh=1"
	over_ipv4
	elsewhere
}

# Bound to IPv6, it sends nothing over IPv4; other tunnels do.
over_ipv4()
{
	local before n

	counts "over UDP: rx_mismatch" "$HOST" '{"m6t0":{"rx_mismatch":2}}' \
		inner "$PEER" udp 192.0.2.1:5000 $HA4:4191 "$A $CN6 echo" \
		"$A4 $CN4 echo"
	for dev in sit1 ipip1; do
		before=$(stats "$HOST") n=$(rx $dev)
		[ $dev = sit1 ] && packet="$A $CN6 echo" || packet="$A4 $CN4 echo"
		need inner "$PEER" ip 192.0.2.1 $HA4 "$packet"
		check "over IPv4 alone: received by $dev" wait_for rx_is $dev $((n + 1))
		check_stats "over IPv4 alone: not by m6t" "$HOST" "$before" "{}"
	done
}

elsewhere()
{
	need ip -n "$HOST" link set m6t0 type m6t dev home
	got t1 "by another link than dev" 1 "$PEER6 $HA6 ip=$A,$CN6 echo"
	left_to_stack "a home address by another link than dev" \
		"$PEER6 $HA6 hao=$A echo"
	need ip -n "$HOST" link set m6t0 type m6t dev any
	need ip -n "$HOST" link set m6t0 down
	got t1 "while it is down" 1 "$PEER6 $HA6 ip=$A,$CN6 echo"
	need ip -n "$HOST" link set m6t0 up
	taken "when it is up again" $A "$PEER6 $HA6 ip=$A,$CN6 echo"
}

# ---- the home address option

# hao [ADDRESS]: the option.
hao()
{
	echo "c910$(ip6_hex "${1:-$A}")"
}

# FAKE is what only the home agent's device may add.
FAKE="1e24$(ip6_hex $PEER6)$(ip6_hex $HA6)00000000"

ha_home_address()
{
	local esp="esp=0x1001:9" to="$PEER6 $HA6"

	need ip -n "$HOST" xfrm state add "${DSMIP_OUT[@]}" proto esp spi 0x1001 \
		mode transport "${DSMIP_NULL[@]}"
	signal "a home address before ESP" 1 "$to hao=$A $esp mh=1"
	signal "from elsewhere" 1 "$PEER6_2 $HA6 hao=$A esp=0x1001:10 mh=1"
	signal "with other padding" 2 "$to dst=$(hao) esp=0x1001:11 mh=1" \
		"$to dst=00000000$(hao)0000 esp=0x1001:12 mh=1"
	refused "of another's security association" m6t0 rx_bad_sa \
		"$to hao=$N $esp mh=1" "$to hao=$B $esp mh=1"
	refused "in clear" m6t0 rx_unprotected "$to hao=$A mh=1" \
		"$to hao=$A dst=0500 mh=1"
	refused "outside home" m6t0 rx_bad_source \
		"$to hao=2001:db8:9::9 $esp mh=1" "$to hao=$HA6 $esp mh=1" \
		"$to hao=ff02::1 $esp mh=1" "$to hao=fe80::1 $esp mh=1" \
		"$to hao=:: $esp mh=1"
	refused "that is the source" m6t0 rx_bad_source "$A $HA6 hao=$A $esp mh=1"
	refused "two of them" m6t0 rx_bad_header "$to dst=$(hao)$(hao) $esp mh=1" \
		"$to dst=$(hao)$(hao $B) $esp mh=1" "$to hao=$A hao=$A $esp mh=1"
	refused "with other options" m6t0 rx_bad_header \
		"$to dst=0500$(hao) $esp mh=1" "$to dst=$(hao)$FAKE $esp mh=1" \
		"$to dst=$FAKE$(hao) $esp mh=1" "$to dst=$(hao)c200 $esp mh=1"
	refused "of a wrong length" m6t0 rx_bad_header \
		"$to dst=c90f$(ip6_hex $A | cut -c 1-30) $esp mh=1" \
		"$to dst=c911$(ip6_hex $A)00 $esp mh=1" "$to dst=c900 $esp mh=1"
	refused "with other headers" m6t0 rx_bad_header \
		"$to hao=$A rt=$HA6 $esp mh=1" "$to hao=$A dst=0500 $esp mh=1" \
		"$to hao=$A dst=$FAKE $esp mh=1" "$to hao=$A frag=3 $esp mh=1" \
		"$to hao=$A nh=108:870000010000"
	left_to_stack "an option that is cut" "$to dst=c9ff $esp mh=1" \
		"$to nh=60:32" "$to nh=60:32ff01020000c910" "$to hao=$A echo cut=70"
	left_to_stack "to another address" "$PEER6 $HOST6 hao=$A $esp mh=1"
	left_to_stack "no home address" "$to dst=0500 echo" "$to dst=$FAKE echo"
	left_to_stack "behind other headers" "$to hop=0500 hao=$A $esp mh=1" \
		"$to rt=$HA6,0 hao=$A $esp mh=1" "$to frag=5 hao=$A $esp mh=1"
	taken "of payload, from the care-of address" $A "$to hao=$A echo"
	# Anybody can send these: no Binding Error (D16), and nothing else.
	capture "$PEER" out "$TMP/errors" "src $HA6 and (ip6 proto 135 or
		(ip6 proto 58 and ip6[40] < 128))"
	refused "of payload, from elsewhere" m6t0 rx_mismatch \
		"$PEER6_2 $HA6 hao=$A echo"
	refused "of payload, not bound" m6t0 rx_no_binding "$to hao=$N echo"
	need in_ns "$PEER" ping -6 -n -q -c 1 -W "$WAIT" $HA6 >"$TMP/ping"
	capture_end
	check_eq "of payload: nothing is answered" 0 "$(captured "$TMP/errors")"
}

# ---- ESP

xfrm()
{
	in_ns "$HOST" cat /proc/net/xfrm_stat | sed -n "s/^$1[[:space:]]*//p"
}

xfrm_is()
{
	[ "$(xfrm "$1")" = "$2" ]
}

# left_to_ipsec NAME PACKET: it finds no state for it.
left_to_ipsec()
{
	local n

	n=$(xfrm XfrmInNoStates)
	left_to_stack "$1" "$2"
	check "$1: IPsec knows no state" wait_for xfrm_is XfrmInNoStates $((n + 1))
}

ha_esp()
{
	need ip -n "$HOST" xfrm state add src $A dst $HA6 proto esp spi 0x2001 \
		mode tunnel flag af-unspec "${DSMIP_NULL[@]}"
	need ip -n "$HOST" xfrm policy add src $A dst ::/0 dir fwd \
		tmpl src $A dst $HA6 proto esp mode tunnel
	capture "$CN" eth "$TMP/cn" "icmp6[0] == 128"
	taken "ESP from the care-of address" $A \
		"$PEER6 $HA6 esp=0x2001:1 ip=$A,$CN6 echo"
	got m6t0 "ESP from elsewhere" 1 "$PEER6_2 $HA6 esp=0x2001:2 ip=$A,$CN6 echo"
	check "both arrive" wait_for has_captured "$TMP/cn" 2
	capture_end
	left_to_ipsec "ESP of an unknown SPI" "$PEER6 $HA6 esp=0x3001:1 echo"
	# Without a home address, it is not signalling of the care-of address.
	left_to_stack "ESP in transport mode" "$PEER6 $HA6 esp=0x1001:30 echo"
	need ip -n "$HOST" xfrm state add src $PEER6 dst $HA6 proto esp spi 0x4001 \
		mode tunnel "${DSMIP_NULL[@]}"
	left_to_stack "ESP of an SA of the care-of address" \
		"$PEER6 $HA6 esp=0x4001:1 ip=$A,$CN6 echo"
}

# ---- the mobile node

mn()
{
	local from="$PEER6 $HOST6" esp="esp=0x1002:1"

	need ip -n "$HOST" xfrm state add src $M_HA dst $M proto esp spi 0x1002 \
		mode transport "${DSMIP_NULL[@]}"
	got m6t1 "wrapped, from its home agent" 2 "$from ip=$CN6,$M echo" \
		"$from ip=$CN4,$M4 echo"
	refused "wrapped, to others" m6t1 rx_bad_destination \
		"$from ip=$CN6,$N echo" "$from ip=$CN4,$N4 echo"
	got t3 "from elsewhere" 1 "$PEER6_2 $HOST6 ip=$CN6,$M echo"
	left_to_stack "to another address" "$PEER6 $HOST6_2 ip=$CN6,$M echo"
	counts "a routing header before ESP: signalling" "$HOST" \
		'{"m6t1":{"rx_signal":1}}' send "$from rt=$M $esp mh=1"
	refused "a routing header to another's home address" m6t1 \
		rx_bad_destination "$from rt=$N $esp mh=1" "$from rt=$HA6 $esp mh=1"
	refused "a routing header to the care-of address" m6t1 rx_bad_source \
		"$from rt=$HOST6 $esp mh=1"
	refused "with another number of segments" m6t1 rx_bad_header \
		"$from rt=$M,0 $esp mh=1" "$from rt=$M,2 $esp mh=1" \
		"$from rt=$M,255 $esp mh=1"
	refused "of a wrong length" m6t1 rx_bad_header \
		"$from nh=43:3b00020100000000" \
		"$from nh=43:3b04020100000000$(ip6_hex $M)$(ip6_hex $M)"
	refused "in clear" m6t1 rx_unprotected "$from rt=$M mh=1" \
		"$from rt=$M dst=0500 mh=1"
	refused "with other headers" m6t1 rx_bad_header "$from rt=$M dst=$FAKE $esp mh=1" \
		"$from rt=$M rt=$M $esp mh=1"
	left_to_stack "a routing header from elsewhere" \
		"$PEER6_2 $HOST6 rt=$M $esp mh=1"
	left_to_stack "of another type" "$from nh=43:3b02000100000000$(ip6_hex $M)"
	left_to_stack "that is cut" "$from nh=43:3b02" "$from nh=43:3bff020100000000"
	mn_esp
}

mn_esp()
{
	need ip -n "$HOST" xfrm state add src $M_HA dst $M proto esp spi 0x2002 \
		mode tunnel flag af-unspec "${DSMIP_NULL[@]}"
	got m6t1 "ESP from its home agent" 1 \
		"$PEER6 $HOST6 esp=0x2002:1 ip=$CN6,$M echo"
	left_to_ipsec "ESP of an unknown SPI, at the mobile node" \
		"$PEER6 $HOST6 esp=0x3002:1 echo"
	left_to_ipsec "ESP from elsewhere, at the mobile node" \
		"$PEER6_2 $HOST6 esp=0x2002:2 ip=$CN6,$M echo"
	left_to_ipsec "ESP in transport mode without a routing header" \
		"$PEER6 $HOST6 esp=0x1002:9 mh=1"
}

# ---- GRO

# Where GRO decrypts what is for an address of this host, the home address is compared
# with the security association all the same.
decrypted_early()
{
	local to="$PEER6 $HA6"

	in_ns "$HOST" modprobe -q esp6_offload
	if ! in_ns "$HOST" ethtool -K wan gro on 2>"$TMP/ethtool"; then
		result 0 "decrypted by GRO # SKIP no GRO"
		return
	fi
	signal "decrypted by GRO" 1 "$to hao=$A esp=0x1001:50 mh=1"
	refused "decrypted by GRO, of another's security association" m6t0 \
		rx_bad_sa "$to hao=$N esp=0x1001:51 mh=1"
	refused "with GRO, in clear" m6t0 rx_unprotected "$to hao=$A mh=1"
	need in_ns "$HOST" ethtool -K wan gro off
}

# ---- what is refused as a care-of address

refused_coas()
{
	local words

	while read -r words; do
		# shellcheck disable=SC2086	# words
		check_not "not bound: $words" genl "$HOST" bind m6t0 address=$N \
			expires=1000 $words
	done <<-END
		remote6=$HA6
		remote6=2001:db8:2::77
		remote6=fe80::1
		remote6=ff02::1
		remote6=::1
		remote6=::
		remote6=$PEER6 encap=1
		remote6=$PEER6 port=5
		remote6=$PEER6 remote=192.0.2.1
		remote=192.0.2.1 port=5 encap=3
	END
	while read -r words; do
		# shellcheck disable=SC2086	# words
		check_not "no care-of address: $words" genl "$HOST" slot m6t1 $words
	done <<-END
		local6=$M
		local6=fe80::1
		local6=ff02::1
		local6=::
		local6=2001:db8:77::1
		local6=2001:db8:77::1 link=1
		local6=$HOST6 encap=1
		local6=$HOST6 local=$HA4
		local=$HA4 encap=3
		local6=$HOST6 link=99
	END
	check_not "a care-of address of IPv6 does not become one of IPv4" \
		genl "$HOST" commit m6t1 encap=2
}

set_up
ha_wrapped
ha_home_address
ha_esp
mn
decrypted_early
refused_coas
finish
