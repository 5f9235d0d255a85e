#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Mobility headers that come to a home agent or a mobile node of DSMIPv6 by another path
# than the device, from the home link and from outside: whatever policies and security
# associations there are, none is heard that ESP in transport mode has not protected, or
# that another's has, with the option of the device or without. All others are left alone.
#
#    peer                     host                     cn
#  +--------+            +----------------+        +--------+
#  |    out-+------------+-wan  m6t0 home-+--------+-eth    |
#  +--------+            |      m6t1      |        +--------+
#  2001:db8:e::1         +----------------+        2001:db8:2::99
#                        2001:db8:e::2             2001:db8:2::b
#
# m6t0 is the home agent, m6t1 a mobile node of another one, which the peer is. There are
# no policies, and the security associations have no selectors.
# proves: D6 D8 D9

# shellcheck disable=SC2317,SC2329	# called indirectly
# shellcheck source-path=SCRIPTDIR source=../lib/lib.sh
. "$(dirname "$0")/../lib/lib.sh"
# shellcheck source-path=SCRIPTDIR source=../lib/dsmip.bash
. "$SELFTESTS/lib/dsmip.bash"
# shellcheck source-path=SCRIPTDIR source=dsmip6.bash
. "$SELFTESTS/dsmip/dsmip6.bash"

PEER=$NAT HOST=$HA
PEER6=2001:db8:e::1 HOST6=2001:db8:e::2
# Two mobile nodes of the home agent, at home.
A=$HOA B=2001:db8:2::b
# The mobile node, and its home agent.
M=2001:db8:3::1234 M_HA=$PEER6
DSMIP_NULL=(auth-trunc "hmac(sha256)"
	0x0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef 128
	enc "ecb(cipher_null)" "")
# What only the home agent's device may add: it came from there, or from the home link.
FAKE4="1e0cc00002421a0ac0000202105f"
FAKE6="1e24$(ip6_hex $PEER6)$(ip6_hex $HA6)00000000"
AT_HOME="1e24$(ip6_hex $A)$(ip6_hex $HA6)00000001"

set_up()
{
	ns_add "$PEER" "$HOST" "$CN"
	link_ns "$PEER" out $PEER6/64,192.0.2.1/24 "$HOST" wan $HOST6/64,$HA4/24
	link_ns "$HOST" home $HA6/64,198.51.100.1/24 "$CN" eth $CN6/64,$CN4/24
	need ip -n "$PEER" -6 route add 2001:db8:2::/47 via $HOST6
	need ip -n "$HOST" -6 route add default via $PEER6
	inner_stay "$PEER" "$CN"
	need ip -n "$HOST" link add m6t0 type m6t mode dsmip-ha ha $HA6 ha4 $HA4 \
		home $HOME6 home4 $HOME4
	need ip -n "$HOST" link set m6t0 up
	need ip -n "$HOST" link add m6t1 type m6t mode dsmip-mn ha $M_HA \
		ha4 192.0.2.1 hoa $M
	need ip -n "$HOST" link set m6t1 up
	need ip -n "$HOST" -6 addr add $M/128 dev m6t1 nodad home
	sa $A $HA6 0x1001
	sa $B $HA6 0x1003
	sa $M_HA $M 0x1002
	sa $CN6 $M 0x1005
	need ip -n "$HOST" xfrm state add src $A dst $HA6 proto esp spi 0x2001 \
		mode tunnel "${DSMIP_NULL[@]}"
	mh_listen "$TMP/ha"
	start "$HOST" python3 "$SELFTESTS/lib/mh.py" listen $M >"$TMP/mn"
	need wait_for test -s "$TMP/mn"
}

# sa SRC DST SPI: as little as there can be.
sa()
{
	need ip -n "$HOST" xfrm state add src "$1" dst "$2" proto esp spi "$3" \
		mode transport "${DSMIP_NULL[@]}"
}

all_heard()
{
	[ "$(heard "$TMP/ha") $(heard "$TMP/mn")" = "$1" ]
}

# refused NAME FROM DEV COUNTER PACKET...: each raises this counter, and is not heard.
refused()
{
	local before

	before="$(heard "$TMP/ha") $(heard "$TMP/mn")"
	counts "$1: $4" "$HOST" "{\"$3\":{\"$4\":$(($# - 4))}}" \
		inner "$2" stack "${@:5}"
	check_eq "$1: nothing is heard" "$before" \
		"$(heard "$TMP/ha") $(heard "$TMP/mn")"
}

# accepted NAME FROM LISTENER PACKET...: each is heard, and no device counts anything.
accepted()
{
	local before ha mn

	before=$(stats "$HOST") ha=$(heard "$TMP/ha") mn=$(heard "$TMP/mn")
	[ "$3" = ha ] && ha=$((ha + $# - 3)) || mn=$((mn + $# - 3))
	need inner "$2" stack "${@:4}"
	check "$1: heard" wait_for all_heard "$ha $mn"
	check_stats "$1: nothing is dropped" "$HOST" "$before" "{}"
}

# from NAME NETNS: what does not come through the device, in clear.
from()
{
	local to="$A $HA6"

	refused "$1, in clear" "$2" m6t0 rx_unprotected "$to mh=1" \
		"2001:db8:2::77 $HA6 mh=1" "$to dst=0500 mh=1" \
		"$to hop=05020000 mh=1" "$to ah mh=1" \
		"$to hop=05020000 dst=0500 mh=1" "$to dst=$FAKE4 mh=1" \
		"$to dst=$FAKE6 mh=1" "$to dst=$AT_HOME mh=1" \
		"$to frag=5 dst=$FAKE6 mh=1" "$to dst=$FAKE6 frag=6 mh=1" \
		"$to frag=7 mh=1" "$to frag=8:0:8 mh=1"
	# The rest of the last one, and one whose first fragment lacks a header.
	need inner "$2" stack "$to frag=8:8:8 mh=1"
	refused "$1, in fragments" "$2" m6t0 rx_bad_header \
		"$to frag=10:0:8 dst=0500 dst=$FAKE4 mh=1"
	need inner "$2" stack "$to frag=10:8:99 dst=0500 dst=$FAKE4 mh=1"
}

# by NAME NETNS SEQUENCE: what IPsec has looked at.
by()
{
	local to="$A $HA6" n=$3

	refused "$1, by the SA of another" "$2" m6t0 rx_bad_sa \
		"$to esp=0x1003:$n mh=1" "$to dst=$FAKE6 esp=0x1003:$n mh=1" \
		"$to esp=0x1003:$n dst=$FAKE4 mh=1" "$to frag=9 esp=0x1003:$n mh=1"
	refused "$1, by an SA of payload, and in ESP twice" "$2" m6t0 \
		rx_unprotected "$to esp=0x2001:$n ip=$A,$HA6 mh=1" \
		"$to esp=0x1001:$n esp=0x1001:$n mh=1"
	accepted "$1, protected" "$2" ha "$to esp=0x1001:$n mh=1" \
		"$to dst=0500 esp=0x1001:$n mh=1" "$to esp=0x1001:$n dst=0500 mh=1"
}

home_agent_guards()
{
	from "from the home link" "$CN"
	by "from the home link" "$CN" 1
	from "from outside" "$PEER"
	by "from outside" "$PEER" 1
	accepted "of no home address" "$PEER" ha "2001:db8:9::9 $HA6 mh=1"
	accepted "to another address" "$PEER" mn "$A $M mh=1"
	need ip -n "$HOST" link set m6t0 type m6t dev wan
	refused "by another link than dev" "$CN" m6t0 rx_unprotected "$A $HA6 mh=1"
	need ip -n "$HOST" link set m6t0 type m6t dev any
}

mobile_node_guards()
{
	local to="$M_HA $M"

	refused "to a mobile node, in clear" "$PEER" m6t1 rx_unprotected "$to mh=1" \
		"$to dst=0500 mh=1" "$to dst=$FAKE6 mh=1" "$to frag=11 mh=1"
	refused "to a mobile node, by the SA of another" "$PEER" m6t1 rx_bad_sa \
		"$to esp=0x1005:1 mh=1"
	accepted "to a mobile node, protected" "$PEER" mn "$to esp=0x1002:1 mh=1"
	accepted "not from its home agent" "$PEER" mn "2001:db8:9::9 $M mh=1"
}

# Where one device of the same home agent lets them through, they are for that one.
without_ipsec()
{
	need ip -n "$HOST" link add m6t2 type m6t mode dsmip-ha ha $HA6 ha4 $HA4 \
		home $HOME6 port 4192 ipsec off
	need ip -n "$HOST" link set m6t2 up
	accepted "one device with ipsec off, and one with" "$CN" ha "$A $HA6 mh=1"
	need ip -n "$HOST" link del m6t2
	refused "one device with ipsec on" "$CN" m6t0 rx_unprotected "$A $HA6 mh=1"
	need ip -n "$HOST" link set m6t0 type m6t ipsec off
	need ip -n "$HOST" link set m6t1 type m6t ipsec off
	accepted "ipsec off" "$CN" ha "$A $HA6 mh=1" "$A $HA6 dst=0500 mh=1"
	accepted "ipsec off, to a mobile node" "$PEER" mn "$M_HA $M mh=1"
	need ip -n "$HOST" link set m6t0 type m6t ipsec on
	refused "ipsec on again" "$CN" m6t0 rx_unprotected "$A $HA6 mh=1"
	need ip -n "$HOST" link set m6t0 down
	accepted "while the device is down" "$CN" ha "$A $HA6 mh=1"
}

set_up
ip -n "$HOST" xfrm policy >"$TMP/policies"
check_eq "there are no policies" "" "$(cat "$TMP/policies")"
home_agent_guards
mobile_node_guards
without_ipsec
check_eq "there still are none" "" "$(ip -n "$HOST" xfrm policy)"
finish
