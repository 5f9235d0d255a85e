#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# The device of a DSMIPv6 home agent is one like others: it goes down and up, moves to
# another network namespace, runs over a VRF, shows addresses only to those who may
# see them, and can be removed with all that is bound.
#
#    peer                         ha                    app
#  +--------+              +--------------+          +-------+
#  |    out-+--------------+-wan     m6t0-+- - - - - + m6t0  |
#  +--------+              +--------------+          +-------+
#  192.0.2.1, 192.0.2.7    192.0.2.2
#
# runs alone: it unloads the module
# takes long
# proves: D7 D17 D23

# shellcheck disable=SC2317,SC2329	# called indirectly
# shellcheck source-path=SCRIPTDIR source=../lib/lib.sh
. "$(dirname "$0")/../lib/lib.sh"
# shellcheck source-path=SCRIPTDIR source=../lib/dsmip.bash
. "$SELFTESTS/lib/dsmip.bash"

PEER=$NAT APP=m6t-$$-app OTHER=m6t-$$-other OTHER_PEER=m6t-$$-peer2
A=$HOA A4=$HOA4 C=2001:db8:2::c C4=198.51.100.12
HERE=$HA

here()
{
	m6tctl -n "$HERE" "$@"
}

bind_all()
{
	need here binding add $A hoa4 $A4 remote $NAT4:5000 lifetime 3600 dev m6t0
	need here binding add $C hoa4 $C4 remote 192.0.2.7:5000 kind ip4 \
		lifetime 3600 dev m6t0
}

# credit HOA: packets from it.
credit()
{
	here -j binding get "$1" dev m6t0 | jq '.[0].rx_packets'
}

credit_is()
{
	[ "$(credit "$1")" = "$2" ]
}

# works NAME: payload is unwrapped, in UDP and without, and an answer is sent back.
works()
{
	local a c

	a=$(credit $A) c=$(credit $C)
	capture "$PEER" out "$TMP/peer" src $HA4 and not icmp
	need inner "$PEER" udp $NAT4:5000 $HA4:$DSMIP_PORT "$A $HA6 echo" \
		"$A4 198.51.100.1 echo"
	need inner "$PEER" ip 192.0.2.7 $HA4 "$C $HA6 echo"
	check "$1: payload in UDP" wait_for credit_is $A $((a + 2))
	check "$1: payload without UDP" wait_for credit_is $C $((c + 1))
	check "$1: all are answered" wait_for has_captured "$TMP/peer" 3
	capture_end
}

bound_to()
{
	here -j binding show dev m6t0 |
		jq -c 'map([.address, .hoa4, .kind, .remote, .port]) | sort'
}

# ---- rights

nobody()
{
	in_ns "$HA" setpriv --reuid 65534 --regid 65534 --clear-groups \
		--inh-caps -all "$@"
}

rights()
{
	local before

	need inner "$PEER" udp $NAT4:5000 $HA4:$DSMIP_PORT \
		"$A $HA6 esp=0x1001:1 mh=1"
	check "the administrator sees where signalling came from" wait_for eval \
		"[ \"\$(node | jq -c .signal.port)\" = 5000 ]"
	before=$(bound_to)
	check_eq "without privilege: no remote addresses, no signalling" \
		"[[\"$A\",\"$A4\",null,null,null],[\"$C\",\"$C4\",null,null,null]]" \
		"$(nobody m6tctl -j binding show dev m6t0 | jq -c \
		'map([.address, .hoa4, .remote, .port, .signal]) | sort')"
	check_eq "nor of a single binding" "[null,null,null]" \
		"$(nobody m6tctl -j binding get $A dev m6t0 |
		jq -c '.[0] | [.remote, .port, .signal]')"
	refused "without privilege: bind" "not permitted|CAP_NET_ADMIN" nobody \
		m6tctl binding add 2001:db8:2::d remote 192.0.2.1:5 lifetime 9 \
		dev m6t0
	refused "without privilege: unbind" "not permitted|CAP_NET_ADMIN" \
		nobody m6tctl binding del $A dev m6t0
	refused "without privilege: flush" "not permitted|CAP_NET_ADMIN" \
		nobody m6tctl binding flush dev m6t0
	refused "without privilege: a filter by remote" \
		"not permitted|CAP_NET_ADMIN" \
		nobody m6tctl binding show remote $NAT4
	refused "without privilege: a care-of address" \
		"not permitted|CAP_NET_ADMIN" \
		nobody m6tctl slot set $HA4 dev m6t0
	refused "without privilege: a commit" "not permitted|CAP_NET_ADMIN" \
		nobody m6tctl slot commit dev m6t0
	check_eq "nothing has changed" "$before" "$(bound_to)"
}

# ---- down and up

down_and_up()
{
	local before

	before=$(bound_to)
	need ip -n "$HA" link set m6t0 down
	check_eq "down, it has no socket" 0 "$(sockets "$HA")"
	check_eq "down, it keeps its bindings" "$before" "$(bound_to)"
	need here binding add 2001:db8:2::d remote 192.0.2.1:9 lifetime 1 dev m6t0
	check "down, they end all the same" wait_for ended 2001:db8:2::d
	need ip -n "$HA" link set m6t0 up
	need ip -n "$HA" -6 route replace $HOME6 dev m6t0 metric 9
	need ip -n "$HA" route replace $HOME4 dev m6t0 metric 9
	works "up again"
}

ended()
{
	! here binding get "$1" dev m6t0
}

# ---- VRF

over_vrf()
{
	local dev

	need ip -n "$HA" link add red type vrf table 100
	need ip -n "$HA" link set red up
	need ip -n "$HA" link set wan master red
	for dev in red wan; do
		need ip -n "$HA" link set m6t0 type m6t dev $dev
		works "over a VRF, dev $dev"
	done
	need ip -n "$HA" link set wan nomaster
	need ip -n "$HA" link del red
	need ip -n "$HA" link set m6t0 type m6t dev any
}

# ---- network namespaces

# Its sockets stay where they are; SAs are those of its own namespace.
moved()
{
	local before

	ns_add "$APP"
	before=$(bound_to)
	need ip -n "$HA" link set m6t0 netns "$APP"
	HERE=$APP
	need ip -n "$APP" addr add $HA6/128 dev lo
	need ip -n "$APP" addr add 198.51.100.1/32 dev lo
	need ip -n "$APP" link set m6t0 up
	need ip -n "$APP" -6 route add $HOME6 dev m6t0
	need ip -n "$APP" route add $HOME4 dev m6t0
	check_eq "moved: it keeps its bindings" "$before" "$(bound_to)"
	check_eq "moved: its socket is where it was" "1 0" \
		"$(sockets "$HA") $(sockets "$APP")"
	works "moved"
	sas_of_namespace
	not_of_another
}

sas_of_namespace()
{
	need ip -n "$HA" xfrm state flush
	need ip -n "$HA" xfrm state add "${DSMIP_OUT[@]}" proto esp spi 0x1001 \
		mode transport "${DSMIP_ALG[@]}"
	counts "moved: SAs of the other namespace are not its own" "$APP" '{}' \
		need inner "$PEER" udp $NAT4:9 $HA4:$DSMIP_PORT \
		"$A $HA6 esp=0x1001:1 mh=1"
	need ip -n "$APP" xfrm state add "${DSMIP_OUT[@]}" proto esp spi 0x1001 \
		mode transport "${DSMIP_ALG[@]}"
	counts "moved: those of its own are" "$APP" '{"m6t0":{"rx_signal":1}}' \
		need inner "$PEER" udp $NAT4:9 $HA4:$DSMIP_PORT \
		"$A $HA6 esp=0x1001:2 mh=1"
}

# Another namespace with the same addresses.
not_of_another()
{
	local c

	ns_add "$OTHER" "$OTHER_PEER"
	link_ns "$OTHER_PEER" out 192.0.2.7/24 "$OTHER" wan $HA4/24
	need ip -n "$OTHER" link add sit1 type sit local $HA4 remote 192.0.2.7
	need ip -n "$OTHER" link set sit1 up
	c=$(credit $C)
	need inner "$OTHER_PEER" ip 192.0.2.7 $HA4 "$C $HA6 echo"
	check "what another namespace receives is for its tunnels" \
		wait_for sit_has_received
	check_eq "not for bindings of this one" "$c" "$(credit $C)"
}

sit_has_received()
{
	[ "$(ip -n "$OTHER" -j -s link show sit1 |
		jq '.[].stats64.rx.packets')" -gt 0 ]
}

# ---- the end

removed()
{
	need ip netns del "$APP"
	check "a namespace can be removed with a device that has bindings" \
		wait_for no_sockets
	HERE=$HA
	home_agent
	check_eq "a new device has none" '[]' "$(bound_to)"
	bind_all
	need ip -n "$HA" link add m6t1 type m6t mode dsmip-mn ha 2001:db8:3::1 \
		ha4 $NAT4 hoa 2001:db8:3::2
	need ip -n "$HA" link set m6t1 up
	need m6tctl -n "$HA" slot set $HA4 dev m6t1
	need m6tctl -n "$HA" slot commit dev m6t1
	need m6tctl -n "$HA" slot set $HA4 dev m6t1
	need m6tctl -n "$HA" slot commit linger 60000 dev m6t1
	check "the module can be unloaded, with bindings and care-of addresses" \
		rmmod m6t
	check "no device is left" lacks "$HA" m6t0
	check_eq "nor a socket" 0 "$(sockets "$HA")"
	need inner "$PEER" ip 192.0.2.7 $HA4 "$C $HA6 echo" "$C4 198.51.100.1 echo"
	check "and it can be loaded again" insmod "$KO"
	home_agent
	need ip -n "$HA" -6 route add $C dev m6t0
	bind_all
	works "after that"
}

no_sockets()
{
	[ "$(sockets "$HA")" = 0 ]
}

KO=${M6T_KO:-$(modinfo -n m6t)}
ns_add "$PEER" "$HA"
link_ns "$PEER" out $NAT4/24,192.0.2.7/24 "$HA" wan $HA4/24
need ip -n "$HA" addr add $HA6/128 dev lo
need ip -n "$HA" addr add 198.51.100.1/32 dev lo
need ip -n "$HA" link add home type dummy
need ip -n "$HA" link set home up
need ip -n "$HA" xfrm state add "${DSMIP_OUT[@]}" proto esp spi 0x1001 \
	mode transport "${DSMIP_ALG[@]}"
home_agent
need ip -n "$HA" -6 route add $C dev m6t0
bind_all
works "at first"
rights
down_and_up
over_vrf
moved
removed
finish
