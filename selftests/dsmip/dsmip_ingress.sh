#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Which packets a home agent and a mobile node of DSMIPv6 accept from which sender:
# only those that match a binding or a care-of address; and which they send to which
# peer. Both are on one host, and both have the peer as their other end; all other
# packets are left to other tunnels of the host.
#
#    peer                   host                    cn
#  +--------+          +----------------+       +--------+
#  |    out-+----------+-wan  m6t0 home-+-------+-eth    |
#  +--------+          |      m6t1      |       +--------+
#  192.0.2.1           +----------------+       2001:db8:2::99
#  192.0.2.7           192.0.2.2, 192.0.2.3     198.51.100.99
#
# m6t0 is the home agent, m6t1 a mobile node of another one.
# proves: D8

# shellcheck disable=SC2317,SC2329	# called indirectly
# shellcheck source-path=SCRIPTDIR source=../lib/lib.sh
. "$(dirname "$0")/../lib/lib.sh"
# shellcheck source-path=SCRIPTDIR source=../lib/dsmip.bash
. "$SELFTESTS/lib/dsmip.bash"

PEER=$NAT HOST=$HA
PEER4=192.0.2.1 PEER4_2=192.0.2.7 HOST4=192.0.2.2 HOST4_2=192.0.2.3
# Bound to the peer's first address, in UDP: port 5000 and port 6000.
A=$HOA A4=$HOA4 B=2001:db8:2::b B4=198.51.100.11
# Bound to its second address, without UDP.
C=2001:db8:2::c C4=198.51.100.12
# The mobile node, and its home agent.
M=2001:db8:3::1234 M4=203.0.113.10 M_HA=2001:db8:3::1 M_PORT=7000

# from FROM:PORT PACKET...: to the home agent.
from()
{
	need inner "$PEER" udp "$1" $HOST4:$DSMIP_PORT "${@:2}"
}

# alone FROM TO PACKET...: without UDP.
alone()
{
	need inner "$PEER" ip "$@"
}

# to_mn FROM:PORT PACKET...: to the mobile node.
to_mn()
{
	need inner "$PEER" udp "$1" "$HOST4:$M_PORT" "${@:2}"
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

# Packets that a home address was credited with.
credited()
{
	node "$1" | jq .rx_packets
}

credited_is()
{
	[ "$(credited "$1")" = "$2" ]
}

# taken NAME HOA N COMMAND...: so many packets are credited to it, and none is dropped.
taken()
{
	local name=$1 hoa=$2 before n

	before=$(stats "$HOST") n=$(credited "$hoa")
	"${@:4}"
	check "$name: taken" wait_for credited_is "$hoa" $((n + $3))
	check_stats "$name: nothing is dropped" "$HOST" "$before" "{}"
}

# got DEV NAME N COMMAND...: this device receives so many packets, and m6t drops none.
got()
{
	local dev=$1 name=$2 before n

	before=$(stats "$HOST") n=$(rx "$dev")
	"${@:4}"
	check "$name: received by $dev" wait_for rx_is "$dev" $((n + $3))
	check_stats "$name: m6t drops nothing" "$HOST" "$before" "{}"
}

# refused_as NAME COUNTER COMMAND FROM PACKET...: each raises this counter of the
# device that the command sends to.
refused_as()
{
	local dev=m6t0

	[ "$3" != to_mn ] || dev=m6t1
	counts "$1: $2" "$HOST" "{\"$dev\":{\"$2\":$(($# - 4))}}" "${@:3}"
}

# refused_sources, refused_destinations: unassigned addresses.
NOBODY6=(:: ::1 ff02::1 ff0e::1 fe80::2 ::ffff:1.2.3.4)
NOBODY4=(0.0.0.0 127.0.0.1 169.254.1.1 224.0.0.1 239.1.1.1 255.255.255.255)

set_up()
{
	ns_add "$PEER" "$HOST" "$CN"
	link_ns "$PEER" out $PEER4/24,$PEER4_2/24 "$HOST" wan \
		$HOST4/24,$HOST4_2/24
	link_ns "$HOST" home $HA6/64,198.51.100.1/24 "$CN" eth $CN6/64,$CN4/24
	in_ns "$HOST" sysctl -qw net.ipv4.ip_forward=1 \
		net.ipv6.conf.all.forwarding=1
	home_agent
	inner_stay "$PEER" "$HOST"
	need ip -n "$HOST" link add m6t1 type m6t mode dsmip-mn ha $M_HA \
		ha4 $PEER4 hoa $M hoa4 $M4 sport $M_PORT
	need ip -n "$HOST" link set m6t1 up
	need m6tctl -n "$HOST" slot set $HOST4 dev m6t1
	need m6tctl -n "$HOST" slot commit dev m6t1
	binds
	tunnels
}

binds()
{
	local words

	while read -r words; do
		# shellcheck disable=SC2086	# words
		need m6tctl -n "$HOST" binding add $words lifetime 3600 dev m6t0
	done <<-END
		$A hoa4 $A4 remote $PEER4:5000
		$B hoa4 $B4 remote $PEER4:6000
		$C hoa4 $C4 remote $PEER4_2:5000 kind ip4
	END
}

# Other tunnels with the same ends.
tunnels()
{
	need ip -n "$HOST" -b - <<-END
		link add sit1 type sit local $HOST4 remote $PEER4
		link add sit2 type sit local $HOST4 remote $PEER4_2
		link add sit3 type sit local $HOST4_2 remote any
		link add ipip1 type ipip local $HOST4 remote $PEER4
		link add ipip2 type ipip local $HOST4 remote $PEER4_2
		link add ipip3 type ipip local $HOST4_2 remote any
		link set sit1 up
		link set sit2 up
		link set sit3 up
		link set ipip1 up
		link set ipip2 up
		link set ipip3 up
	END
}

# ---- the home agent, in UDP

ha_endpoints()
{
	taken "IPv6 from its endpoint" $A 1 from $PEER4:5000 "$A $CN6 echo"
	taken "IPv4 from its endpoint" $A 1 from $PEER4:5000 "$A4 $CN4 echo"
	taken "to the home agent itself" $A 1 from $PEER4:5000 "$A $HA6 echo"
	taken "to another mobile node" $A 2 from $PEER4:5000 "$A $B echo" \
		"$A4 $B4 echo"
	taken "a fragment" $A 1 from $PEER4:5000 "$A $HA6 frag=1:0:8 echo=100"
	taken "options that hide nothing" $A 1 from $PEER4:5000 \
		"$A $HA6 dst=0500 echo"
	refused_as "another port" rx_mismatch from $PEER4:5001 \
		"$A $CN6 echo" "$A4 $CN4 echo" "$A $HA6 echo" \
		"$A $HA6 dst=0500 echo" "$A $HA6 frag=1:8:8 echo=100"
	check "the mismatch is reported" wait_for reported $PEER4 5001
	refused_as "another address" rx_mismatch from $PEER4_2:5000 \
		"$A $CN6 echo" "$A4 $CN4 echo"
	refused_as "the endpoint of another" rx_mismatch from $PEER4:6000 \
		"$A $CN6 echo" "$A4 $CN4 echo"
	refused_as "not bound" rx_no_binding from $PEER4:5000 \
		"2001:db8:2::d $CN6 echo" "198.51.100.13 $CN4 echo" \
		"2001:db8:2::d $HA6 echo"
}

reported()
{
	jq -e "select(.event == \"mismatch\" and .address == \"$A\" and
		.remote == \"$1\" and .port == $2)" "$TMP/events"
}

# sources BASE DST: packets to DST from each of these.
packets_from()
{
	local src

	for src in "${@:2}"; do
		PACKETS+=("$src $1 echo")
	done
}

packets_to()
{
	local dst

	for dst in "${@:2}"; do
		PACKETS+=("$1 $dst echo")
	done
}

ha_addresses()
{
	PACKETS=()
	packets_from $CN6 "${NOBODY6[@]}" 2001:db8:9::9 $HA6 $M
	packets_from $HA6 2001:db8:9::9
	packets_from $CN4 "${NOBODY4[@]}" 203.0.113.1 192.0.2.1
	refused_as "sources outside home" rx_bad_source from $PEER4:5000 \
		"${PACKETS[@]}"
	PACKETS=()
	packets_to $A "${NOBODY6[@]}"
	packets_to $A4 "${NOBODY4[@]}"
	refused_as "unassigned destinations" rx_bad_destination \
		from $PEER4:5000 "${PACKETS[@]}"
	refused_as "from port 0" rx_bad_source from $PEER4:0 "$A $CN6 echo"
}

# ---- without UDP

ha_alone()
{
	taken "protocols 41 and 4 from a known end" $C 2 alone $PEER4_2 $HOST4 \
		"$C $CN6 echo" "$C4 $CN4 echo"
	taken "it may still use UDP" $C 2 from $PEER4_2:5000 "$C $CN6 echo" \
		"$C4 $CN4 echo"
	refused_as "but not from another port" rx_mismatch from $PEER4_2:5001 \
		"$C $CN6 echo" "$C4 $CN4 echo"
	counts "from a known end, to nobody: rx_bad_destination" "$HOST" \
		'{"m6t0":{"rx_bad_destination":2}}' alone $PEER4_2 $HOST4 \
		"$C ff02::1 echo" "$C4 224.0.0.1 echo"
	not_for_ha sit 41 "$C $CN6 echo" "$A $CN6 echo" "2001:db8:2::d $CN6 echo"
	not_for_ha ipip 4 "$C4 $CN4 echo" "$A4 $CN4 echo" \
		"198.51.100.13 $CN4 echo"
	ha_elsewhere
}

# not_for_ha TUNNEL PROTOCOL BOUND UDP UNBOUND: packets that go on to other tunnels.
not_for_ha()
{
	got "$1"1 "protocol $2 from another end" 1 alone $PEER4 $HOST4 "$3"
	got "$1"1 "protocol $2 of one bound in UDP" 1 alone $PEER4 $HOST4 "$4"
	got "$1"2 "protocol $2 of one not bound" 1 alone $PEER4_2 $HOST4 "$5"
	got "$1"3 "protocol $2 to another address" 1 alone $PEER4_2 $HOST4_2 "$3"
}

# Its device is bound to another link, or down.
ha_elsewhere()
{
	need ip -n "$HOST" link set m6t0 type m6t dev home
	got sit2 "protocol 41 by another link than dev" 1 \
		alone $PEER4_2 $HOST4 "$C $CN6 echo"
	need ip -n "$HOST" link set m6t0 type m6t dev wan
	taken "protocols 41 and 4 by dev" $C 2 alone $PEER4_2 $HOST4 \
		"$C $CN6 echo" "$C4 $CN4 echo"
	need ip -n "$HOST" link set m6t0 type m6t dev any
	need ip -n "$HOST" link set m6t0 down
	got sit2 "protocol 41 while it is down" 1 \
		alone $PEER4_2 $HOST4 "$C $CN6 echo"
	need ip -n "$HOST" link set m6t0 up
	taken "protocol 41 when it is up again" $C 1 alone $PEER4_2 $HOST4 \
		"$C $CN6 echo"
}

# ---- ESP

DSMIP_NULL=(auth-trunc "hmac(sha256)"
	0x0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef 128
	enc "ecb(cipher_null)" "")

# xfrm NAME: this error counter of IPsec.
xfrm()
{
	in_ns "$HOST" cat /proc/net/xfrm_stat | sed -n "s/^$1[[:space:]]*//p"
}

xfrm_is()
{
	[ "$(xfrm "$1")" = "$2" ]
}

# ESP proves who sent it, to the home agent alone [RFC 6275, 10.4.5].
esp()
{
	local before n

	need ip -n "$HOST" xfrm state add src $A dst $HA6 proto esp spi 0x2001 \
		mode tunnel flag af-unspec "${DSMIP_NULL[@]}"
	need ip -n "$HOST" xfrm policy add src $A dst ::/0 dir fwd \
		tmpl src $A dst $HA6 proto esp mode tunnel
	need ip -n "$HOST" xfrm policy add src $A4 dst 0.0.0.0/0 dir fwd \
		tmpl src $A dst $HA6 proto esp mode tunnel
	before=$(stats "$HOST")
	capture "$CN" eth "$TMP/cn" "icmp6[0] == 128 or icmp[0] == 8"
	need inner "$PEER" udp $PEER4_2:9999 $HOST4:$DSMIP_PORT \
		"$A $HA6 esp=0x2001:1 ip=$A,$CN6 echo" \
		"$A $HA6 esp=0x2001:2 ip=$A4,$CN4 echo" \
		"$A $HA6 frag=3 esp=0x2001:3 ip=$A,$CN6 echo"
	check "protected payload from elsewhere arrives" \
		wait_for has_captured "$TMP/cn" 3
	capture_end
	check_stats "protected payload from elsewhere: nothing is dropped" \
		"$HOST" "$before" "{}"
	taken "protected payload from its endpoint" $A 1 from $PEER4:5000 \
		"$A $HA6 esp=0x2001:4 ip=$A,$CN6 echo"
	n=$(xfrm XfrmInNoStates)
	from $PEER4_2:9999 "2001:db8:2::d $HA6 esp=0x3001:1 echo"
	check "of an unknown SA, it is for IPsec to refuse" \
		wait_for xfrm_is XfrmInNoStates $((n + 1))
	refused_as "ESP to another host" rx_mismatch from $PEER4_2:9999 \
		"$A $CN6 esp=0x2001:5 echo" "$A4 $CN4 nh=50:0000200100000006"
	refused_as "ESP to another host, not bound" rx_no_binding \
		from $PEER4_2:9999 "2001:db8:2::d $CN6 esp=0x2001:5 echo"
}

# ---- the mobile node

mn_udp()
{
	got m6t1 "from its home agent" 2 to_mn $PEER4:$DSMIP_PORT \
		"$CN6 $M nh=59:00" "$CN4 $M4 echo"
	refused_as "from another port" rx_not_gateway to_mn $PEER4:4192 \
		"$CN6 $M echo" "$CN4 $M4 echo" "$M_HA $M echo"
	refused_as "from another address" rx_not_gateway \
		to_mn $PEER4_2:$DSMIP_PORT "$CN6 $M echo" "$CN4 $M4 echo" \
		"$M_HA $M esp=0x9001:1 echo"
	PACKETS=()
	packets_to $CN6 "${NOBODY6[@]}" 2001:db8:3::1235 $CN6
	packets_to $CN4 "${NOBODY4[@]}" 203.0.113.11 $CN4
	refused_as "to other home addresses" rx_bad_destination \
		to_mn $PEER4:$DSMIP_PORT "${PACKETS[@]}"
	PACKETS=()
	packets_from $M "${NOBODY6[@]}" $M
	packets_from $M4 "${NOBODY4[@]}" $M4
	refused_as "from impossible sources" rx_bad_source \
		to_mn $PEER4:$DSMIP_PORT "${PACKETS[@]}"
}

mn_alone()
{
	got sit1 "protocol 41, while it uses UDP" 1 alone $PEER4 $HOST4 \
		"$CN6 $M nh=59:00"
	got ipip1 "protocol 4, while it uses UDP" 1 alone $PEER4 $HOST4 \
		"$CN4 $M4 echo"
	need m6tctl -n "$HOST" slot commit kind ip4 dev m6t1
	got m6t1 "protocols 41 and 4 from its home agent" 2 \
		alone $PEER4 $HOST4 "$CN6 $M nh=59:00" "$CN4 $M4 echo"
	got sit2 "protocol 41 from another address" 1 alone $PEER4_2 $HOST4 \
		"$CN6 $M nh=59:00"
	got sit3 "protocol 41 to another address" 1 alone $PEER4 $HOST4_2 \
		"$CN6 $M nh=59:00"
	got ipip3 "protocol 4 to another address" 1 alone $PEER4 $HOST4_2 \
		"$CN4 $M4 echo"
	need ip -n "$HOST" link set m6t1 type m6t sport 0
	need m6tctl -n "$HOST" slot set $HOST4_2 kind ip4 dev m6t1
	got m6t1 "protocol 41 to a pending care-of address" 1 \
		alone $PEER4 $HOST4_2 "$CN6 $M nh=59:00"
	need m6tctl -n "$HOST" slot clear dev m6t1
	got sit3 "protocol 41 to one that was given up" 1 \
		alone $PEER4 $HOST4_2 "$CN6 $M nh=59:00"
}

# ---- what is sent

# unsent NAME DEV COUNTER PACKET...: each raises this counter of the device.
unsent()
{
	counts "$1: $3" "$HOST" "{\"$2\":{\"$3\":$(($# - 3))}}" \
		inner "$HOST" dev "$2" "${@:4}"
}

ha_sends()
{
	PACKETS=()
	packets_to $CN6 2001:db8:2::d "${NOBODY6[@]}"
	packets_to $CN4 198.51.100.13 "${NOBODY4[@]}"
	unsent "to who is not bound" m6t0 tx_no_binding "${PACKETS[@]}"
	in_ns "$CN" ping -6 -n -c 1 -W "$WAIT" 2001:db8:2::d >"$TMP/ping" 2>&1
	check "the sender of IPv6 gets an error" grep -q "Address unreachable" \
		"$TMP/ping"
	in_ns "$CN" ping -n -c 1 -W "$WAIT" 198.51.100.13 >"$TMP/ping" 2>&1
	check "the sender of IPv4 gets an error" grep -q "Destination Host Unreachable" \
		"$TMP/ping"
	unsent "a mobility header in clear" m6t0 tx_unprotected "$HA6 $A mh=1" \
		"$HA6 $A dst=0500 mh=1" "$HA6 $A dst=$(option $PEER4 9) mh=1"
	ha_sends_marked
}

# option IPV4 PORT: the option that says where an acknowledgement is to be sent.
option()
{
	# shellcheck disable=SC2046,SC2183	# words
	printf '1e0c%02x%02x%02x%02x%04xc0000202105f' $(tr . ' ' <<<"$1") "$2"
}

ha_sends_marked()
{
	local spi=esp=0x1002:1

	need ip -n "$HOST" xfrm state add src $HA6 dst $A proto esp spi 0x1002 \
		mode transport "${DSMIP_NULL[@]}"
	capture "$PEER" out "$TMP/peer" "udp and src $HOST4"
	unsent "the option before payload" m6t0 tx_unprotected \
		"$HA6 $A dst=$(option $PEER4 9) echo" \
		"$HA6 $A dst=$(option $PEER4 9) esp=0x7777:1 mh=1"
	unsent "the option with an impossible address or port" m6t0 tx_bad_source \
		"$HA6 $A dst=$(option $PEER4 0) $spi mh=1" \
		"$HA6 $A dst=$(option 0.0.0.0 9) $spi mh=1" \
		"$HA6 $A dst=$(option 224.0.0.1 9) $spi mh=1"
	counts "a right option is obeyed, bound or not" "$HOST" \
		'{"m6t0":{"tx_signal":1}}' inner "$HOST" dev m6t0 \
		"$HA6 $A dst=$(option $PEER4_2 99) $spi mh=1"
	check "and sent there" wait_for has_captured "$TMP/peer" 1 \
		"dst $PEER4_2 and dst port 99"
	capture_end
	check_eq "nothing else is sent" 1 "$(captured "$TMP/peer")"
	check_eq "the option is gone" "50 $HA6 $A" "$(wire "$TMP/peer" \
		'"\(.next) \(.isrc) \(.idst)"')"
}

mn_sends()
{
	need m6tctl -n "$HOST" slot set $HOST4_2 dev m6t1
	need m6tctl -n "$HOST" slot commit dev m6t1
	PACKETS=("$A $CN6 echo" ":: $CN6 echo" "fe80::1 $CN6 echo")
	packets_to $M "${NOBODY6[@]}"
	PACKETS+=("$A4 $CN4 echo" "0.0.0.0 $CN4 echo")
	packets_to $M4 "${NOBODY4[@]}"
	unsent "other sources, and nobody" m6t1 tx_bad_source "${PACKETS[@]}"
	unsent "the mobile node: a mobility header in clear" m6t1 tx_unprotected \
		"$M $M_HA mh=1" "$M $M_HA dst=0500 mh=1"
	need ip -n "$HOST" link set m6t1 down
	need ip -n "$HOST" link set m6t1 up
	need m6tctl -n "$HOST" slot set $HOST4_2 dev m6t1
	unsent "payload without an active care-of address" m6t1 tx_carrier \
		"$M $CN6 echo" "$M4 $CN4 echo"
}

set_up
monitor_dsmip "$HOST" "$TMP/events"
ha_endpoints
ha_addresses
ha_alone
esp
ha_sends
mn_udp
mn_alone
mn_sends
finish
