#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Signalling of DSMIPv6 is distinguished from payload by its security association:
# where it is sent from, what the protocol module learns about it, and what is not
# accepted as signalling, whatever associations and policies there are.
#
# Another mobile node, evil, has its own home address and security associations:
#
#    evil                    nat
#  +--------+            +--------+
#  | eth----+------------+-in3    |
#  +--------+            +--------+
#  10.0.4.2              10.0.4.1
#
# proves: D1 D3 D4 D5 D6 D9

# shellcheck disable=SC2317,SC2329	# called indirectly
# shellcheck source-path=SCRIPTDIR source=../lib/lib.sh
. "$(dirname "$0")/../lib/lib.sh"
# shellcheck source-path=SCRIPTDIR source=../lib/dsmip.bash
. "$SELFTESTS/lib/dsmip.bash"

EVIL=m6t-$$-evil
HOA_EVIL=2001:db8:2::666
EVIL4=192.0.2.66 EVIL_PORT=6666
# As the home agent's device would add it: an option that says that signalling came
# from evil.
FAKE=1e0cc0000242${EVIL_PORT}c0000202105f
EVENTS=$TMP/events

# ip_hex IPV4, port_hex PORT
ip_hex()
{
	# shellcheck disable=SC2046	# words
	printf %02x $(tr . ' ' <<<"$1")
}

port_hex()
{
	printf %04x "$1"
}

# option_from PORT: the option of signalling that came from the NAT with this port:
# a header of 16 bytes before ESP or, when that is gone, a mobility header.
option_from()
{
	echo "87011e0c$(ip_hex $NAT4)$(port_hex "$1")$(ip_hex $HA4)$(
		port_hex $DSMIP_PORT)"
}

# seen_port FILE: the port of the last datagram outside the NAT.
seen_port()
{
	wire "$1" 'select(.dport == 4191) | .sport' | tail -n 1
}

# last_heard FILTER: of the last mobility header.
last_heard()
{
	tail -n 1 "$MH" | jq -c "$1"
}

# heard_is N
heard_is()
{
	[ "$(heard "$MH")" = "$1" ]
}

# listen [WORD...]: another listener; sets MH to what it hears.
listen()
{
	[ -z "${LISTENER:-}" ] || stop "$LISTENER"
	MH=$TMP/mh-$((LISTENERS += 1))
	mh_listen "$MH" "$@"
	LISTENER=$PID
}
LISTENERS=0

# moved: what of the binding decides where packets are sent, and how often it changed.
moved()
{
	node | jq -c '[.address, .hoa4, .kind, .remote, .port]'
	grep -c '"bound"' "$EVENTS"
}

# not_moved NAME BEFORE
not_moved()
{
	check_eq "$1: no binding moves" "$2" "$(moved)"
}

# event KIND FILTER: of the last event of this kind.
event()
{
	grep "\"$1\"" "$EVENTS" | tail -n 1 | jq -c "$2"
}

event_is()
{
	[ "$(event "$1" "$2")" = "$3" ]
}

# evil WORD...: datagrams from there, with any source.
evil()
{
	need inner "$EVIL" udp $EVIL4:$EVIL_PORT $HA4:$DSMIP_PORT "$@"
}

# ---- the option, and the acknowledgement

without_binding()
{
	listen answer
	capture "$NAT" out "$TMP/out" udp
	check "a care-of address is set" slot_set $COA eth
	check_eq "a binding update is acknowledged without a binding" \
		"BA $HA6 0 1" "$(bu 1 coa=$COA hoa4=$HOA4)"
	capture_end
	PORT1=$(seen_port "$TMP/out")
	check_eq "the NAT has changed its port" 20 "${PORT1:0:2}"
	check_eq "it came through the device, with one option: the outer addresses and ports" \
		"[\"m6t0\",\"$HOA\",[\"$(option_from "$PORT1")\"]]" \
		"$(last_heard '[.dev, .from, .options]')"
	check_eq "signalling is ESP in UDP both ways, for the right SA" \
		"$HOA $HA6 4097 $HA6 $HOA 4098" "$(wire "$TMP/out" \
		'"\(.isrc) \(.idst) \(.spi)"' | xargs)"
	check "signalling is reported" wait_for event_is signal \
		'[.address, .remote, .port, .local, .local_port, .spi]' \
		"[\"$HOA\",\"$NAT4\",$PORT1,\"$HA4\",$DSMIP_PORT,4097]"
	check_eq "signalling binds nothing" 0 "$(grep -c '"bound"' "$EVENTS")"
	check_eq "and makes no binding" "" "$(node)"
	listen answer status=129
	check_eq "a refusal needs no binding, either" "BA $HA6 129 2" \
		"$(bu 2 coa=$COA)"
	listen answer plain
	counts "an acknowledgement without an option needs a binding" "$HA" \
		'{"m6t0":{"rx_signal":1,"tx_no_binding":1}}' bu_without_answer
}

bu_without_answer()
{
	bu 3 wait=0.1 >"$TMP/ba"
}

with_binding()
{
	need bind_node remote "$NAT4:1" lifetime 3600
	check_eq "a binding to elsewhere has no record of it" null \
		"$(node | jq -c .signal)"
	need m6tctl -n "$HA" binding del $HOA dev m6t0
	need bind_node remote "$NAT4:$PORT1" lifetime 3600
	check_eq "that which it leads to has one" "[\"$NAT4\",$PORT1,4097,1]" \
		"$(node | jq -c '.signal | [.remote, .port, .spi, .count]')"
	need slot_commit
	check_eq "an acknowledgement without an option goes where the binding says" \
		"BA $HA6 0 4" "$(bu 4)"
	check_eq "the last signalling is recorded" \
		"[\"$NAT4\",$PORT1,4097,2]" \
		"$(node | jq -c '.signal | [.remote, .port, .spi, .count]')"
	check "payload of IPv6" ping6_ok "$MN" $CN6
	check "payload of IPv4" ping_ok "$CN" $HOA4
}

# ping_ok NETNS ADDRESS: IPv4.
ping_ok()
{
	in_ns "$1" ping -n -q -c 1 -W "$WAIT" "$2" >/dev/null
}

# ---- two care-of addresses

# links FILE: kinds of inner packets of the mobile node that were recorded.
kinds_from_mn()
{
	wire "$1" "select(.dst == \"$HA4\") | .spi // \"payload\"" | sort -u |
		xargs
}

slots()
{
	m6tctl -n "$MN" -j show dev m6t0 |
		jq -r '.[0].slots | map("\(.state) \(.local)") | sort | join(", ")'
}

two_addresses()
{
	listen answer
	check "another care-of address is set" slot_set $COA2 eth2
	check_eq "it is pending" "active $COA, pending $COA2" "$(slots)"
	capture "$NAT" in "$TMP/in" udp
	capture "$NAT" in2 "$TMP/in2" udp
	check_eq "a binding update from there is acknowledged" "BA $HA6 0 5" \
		"$(bu 5)"
	check "payload of IPv6 goes on meanwhile" ping6_ok "$MN" $CN6
	check "payload of IPv4 goes on meanwhile" ping_ok "$MN" $CN4
	check_eq "another binding update is acknowledged" "BA $HA6 0 6" "$(bu 6)"
	capture_end
	check_eq "payload leaves by the active one only" payload \
		"$(kinds_from_mn "$TMP/in")"
	check_eq "signalling leaves by the pending one only" 4097 \
		"$(kinds_from_mn "$TMP/in2")"
	PORT2=$(wire "$TMP/in2" 'select(.sport != 4191) | .sport' | tail -n 1)
}

# received: packets of the mobile node's device so far.
received()
{
	ip -n "$MN" -j -s link show m6t0 | jq '.[].stats64.rx.packets'
}

# to_old: the home agent sends one more packet to the former care-of address.
to_old()
{
	in_ns "$CN" ping -6 -n -q -c 1 -W 0.01 $HOA >/dev/null
}

lingering()
{
	local before

	check "the pending one becomes active" slot_commit linger 60000
	check_eq "the former one lingers" "active $COA2, lingering $COA" "$(slots)"
	before=$(received)
	to_old
	check "the lingering one still receives" wait_for has_received "$MN" \
		$((before + 1))
	need bind_node remote "$COA2:$PORT2" lifetime 3600
	capture "$NAT" in "$TMP/in" udp
	check "payload both ways by the new one" ping6_ok "$MN" $CN6
	check_eq "signalling, too" "BA $HA6 0 7" "$(bu 7)"
	capture_end
	check_eq "nothing more is sent from the lingering one" "" \
		"$(kinds_from_mn "$TMP/in")"
	lingering_ends
}

# Back to the first one, so that the other one lingers, for a short time.
lingering_ends()
{
	local before from to

	monitor_dsmip "$MN" "$TMP/slots"
	need slot_set $COA eth
	need slot_commit linger 400
	check "the lingering one ends by itself" wait_for unused $COA2
	from=$(slot_time lingering $COA2) to=$(slot_time null $COA2)
	check "when its time is over" in_between $((to - from)) 400 \
		$((400 + WAIT * 100))
	check_eq "the active one stays" "active $COA" "$(slots)"
	before=$(no_ports)
	to_old
	check "it no longer receives" wait_for no_ports_is $((before + 1))
	capture "$NAT" out "$TMP/out" udp
	check_eq "signalling by the active one" "BA $HA6 0 8" "$(bu 8)"
	capture_end
	PORT1=$(seen_port "$TMP/out")
	need bind_node remote "$NAT4:$PORT1" lifetime 3600
}

# no_ports: datagrams that the mobile node received, but no socket of it.
no_ports()
{
	in_ns "$MN" cat /proc/net/snmp | sed -n 's/^Udp: [0-9]* \([0-9]*\) .*/\1/p'
}

no_ports_is()
{
	[ "$(no_ports)" = "$1" ]
}

# slot_time STATE ADDRESS: when it got this state, in ms.
slot_time()
{
	jq -r --arg a "$2" "select(.local == \$a and (.state // \"null\") == \"$1\") |
		.time * 1000 | floor" "$TMP/slots" | tail -n 1
}

unused()
{
	[ -n "$(slot_time null "$1")" ]
}

in_between()
{
	[ "$1" -ge "$2" ] && [ "$1" -le "$3" ]
}

# ---- in clear, and behind other headers

# The wire of a mobility header, of ESP of the SA for signalling, and of the option
# that only the home agent's device may add.
refused_packets()
{
	local name=$1 counter=$2 n before

	shift 2
	n=$(heard "$MH") before=$(moved)
	counts "$name: $counter" "$HA" "{\"m6t0\":{\"$counter\":$#}}" evil "$@"
	check_eq "$name: the protocol module hears nothing" "$n" "$(heard "$MH")"
	not_moved "$name" "$before"
}

in_clear()
{
	local esp=esp=0x1001:9999 pair="$HOA $HA6" icv

	refused_packets "in clear" rx_unprotected "$pair mh=1" \
		"$HOA_EVIL $HA6 mh=1" "2001:db8:2::77 $HA6 mh=1"
	refused_packets "in clear behind other headers" rx_unprotected \
		"$pair dst=0500 mh=1" "$pair hop=0500 mh=1" \
		"$pair rt=$HA6 mh=1" "$pair ah mh=1" \
		"$pair dst=0500 dst=0500 mh=1" "$pair hop=0500 rt=$HA6 mh=1"
	refused_packets "in clear behind a fragment header" rx_unprotected \
		"$pair frag=1 mh=1" "$pair frag=2:0:8 mh=1" \
		"$pair dst=0500 frag=3 mh=1" "$pair frag=4 dst=0500 mh=1"
	refused_packets "in clear with the option" rx_unprotected \
		"$pair dst=$FAKE mh=1" "$pair frag=5 dst=$FAKE mh=1"
	# A wrong key: should it get through, it is dropped by IPsec.
	icv=$(printf 0%.0s {1..64})
	refused_packets "ESP behind the option" rx_bad_header \
		"$pair dst=$FAKE $esp mh=1" \
		"$pair dst=0500 dst=$FAKE $esp:$icv mh=1" \
		"$pair frag=6 dst=$FAKE $esp mh=1" \
		"$pair dst=$FAKE frag=7 $esp mh=1"
	refused_packets "ESP behind other headers" rx_bad_header \
		"$pair dst=0500 $esp mh=1" "$pair hop=0500 $esp mh=1" \
		"$pair rt=$HA6 $esp mh=1" "$pair ah $esp mh=1"
	refused_packets "compressed" rx_bad_header "$pair nh=108:8700000107" \
		"$pair dst=0500 nh=108:8700000107"
	refused_packets "headers that are cut" rx_bad_header \
		"$pair dst=0500 nh=60:" "$pair nh=0:3b" "$pair frag=8 nh=60:00" \
		"$pair nh=44:3b00" "$pair frag=11:0:0 $esp mh=1"
	check_eq "the device of the home agent sends none in clear" \
		'{"m6t0":{"tx_unprotected":1}}' "$(ha_sends_in_clear)"
}

# Its policy does not demand ESP.
ha_sends_in_clear()
{
	local before

	need ip -n "$HA" xfrm policy update "${DSMIP_IN[@]}" proto 135 dir out \
		priority 10 action allow
	before=$(stats "$HA")
	in_ns "$HA" python3 "$SELFTESTS/lib/mh.py" bu $HA6 $HOA 1 wait=0.1 >"$TMP/ba"
	stats_diff "$HA" "$before"
	need ip -n "$HA" xfrm policy update "${DSMIP_IN[@]}" proto 135 dir out \
		priority 10 tmpl "${DSMIP_IN[@]}" proto esp reqid 1 mode transport
}

# Likewise at the mobile node, from its home agent's address and port.
mn_refuses()
{
	local port name counter

	port=$(m6tctl -n "$MN" -j show dev m6t0 | jq '.[0].slots[0].local_port')
	need ip -n "$MN" xfrm state add src $CN6 dst $HOA proto esp spi 0x1009 \
		mode transport "${DSMIP_ALG[@]}"
	while IFS='|' read -r name counter packet; do
		counts "the mobile node refuses $name: $counter" "$MN" \
			"{\"m6t0\":{\"$counter\":1}}" inner "$NAT" udp \
			$HA4:$DSMIP_PORT "$COA:$port" "$HA6 $HOA $packet"
	done <<-END
		a mobility header in clear|rx_unprotected|mh=1
		one behind other headers|rx_unprotected|dst=0500 mh=1
		one behind a fragment header|rx_unprotected|frag=1 mh=1
		ESP behind the option|rx_bad_header|dst=$FAKE esp=0x1002:9 mh=1
		ESP of an SA of another|rx_bad_sa|esp=0x1009:9 mh=1
	END
}

# ---- the security association of another

# evil_signals NAME WORD...: its binding update, for its own home address, protected
# by the SA of $HOA, which the home agent has with these attributes.
evil_signals()
{
	local name=$1 n before

	shift
	n=$(heard "$MH") before=$(moved)
	need ip -n "$HA" xfrm state delete "${DSMIP_OUT[@]}" proto esp spi 0x1001
	need ip -n "$HA" xfrm state add "${DSMIP_OUT[@]}" proto esp spi 0x1001 \
		mode transport "${DSMIP_ALG[@]}" "$@"
	counts "an SA of another, $name: rx_bad_sa" "$HA" \
		'{"m6t0":{"rx_bad_sa":1}}' bu_evil
	check_eq "an SA of another, $name: the protocol module hears nothing" \
		"$n" "$(heard "$MH")"
	not_moved "an SA of another, $name" "$before"
}

bu_evil()
{
	in_ns "$EVIL" python3 "$SELFTESTS/lib/mh.py" bu "$HOA_EVIL" "$HA6" 1 \
		wait=0.1 >"$TMP/ba"
}

EVIL_OUT=(src "$HOA_EVIL" dst "$HA6")

# evil_policy [WORD...]: the home agent demands ESP from its home address.
evil_policy()
{
	need ip -n "$HA" xfrm policy "$1" "${EVIL_OUT[@]}" proto 135 dir in "${@:2}"
}

evil_node()
{
	need ip -n "$EVIL" link add m6t0 type m6t mode dsmip-mn ha $HA6 ha4 $HA4 \
		hoa $HOA_EVIL
	need ip -n "$EVIL" -6 addr add $HOA_EVIL/128 dev m6t0 nodad home
	need ip -n "$EVIL" link set m6t0 up
	need ip -n "$EVIL" -6 route add default dev m6t0
	need m6tctl -n "$EVIL" slot set 10.0.4.2 dev m6t0
}

another_sa()
{
	evil_node
	counts "in clear, a mobile node's device sends none" "$EVIL" \
		'{"m6t0":{"tx_unprotected":1}}' bu_evil
	need ip -n "$EVIL" xfrm state add "${EVIL_OUT[@]}" proto esp spi 0x1001 \
		mode transport "${DSMIP_ALG[@]}"
	need ip -n "$EVIL" xfrm policy add "${EVIL_OUT[@]}" proto 135 dir out \
		tmpl "${EVIL_OUT[@]}" proto esp mode transport
	evil_policy add priority 10 tmpl "${EVIL_OUT[@]}" proto esp mode transport
	evil_signals "with a selector" sel "${DSMIP_OUT[@]}" proto 135
	evil_signals "without a selector"
	evil_signals "with a reqid" reqid 7
	evil_policy del
	evil_policy add priority 10 tmpl "${EVIL_OUT[@]}" proto esp reqid 8 \
		mode transport
	evil_signals "with another reqid than the policy" reqid 7
	evil_policy del
	evil_signals "without a policy"
	need ip -n "$HA" xfrm policy del dir in src ::/0 dst ::/0 proto 135
	evil_signals "without any policy"
	another_sa_in_fragments
	without_policies
}

# Reassembled, it does not pass the device again.
another_sa_in_fragments()
{
	local n

	listen
	n=$(heard "$MH")
	counts "an SA of another, in fragments: rx_bad_sa" "$HA" \
		'{"m6t0":{"rx_bad_sa":2,"rx_no_binding":1}}' \
		evil "$HOA_EVIL $HA6 frag=20 esp=0x1003:20 mh=50" \
		"$HOA_EVIL $HA6 frag=21:0:24 esp=0x1003:21 mh=51" \
		"$HOA_EVIL $HA6 frag=21:24:99 esp=0x1003:21 mh=51"
	check_eq "an SA of another, in fragments: the protocol module hears nothing" \
		"$n" "$(heard "$MH")"
}

# A mobile node that is allowed to send in clear, at a home agent that is not.
without_policies()
{
	local before n

	n=$(heard "$MH") before=$(moved)
	need ip -n "$EVIL" xfrm policy flush
	need ip -n "$EVIL" link set m6t0 type m6t ipsec off
	counts "in clear, without any policy: rx_unprotected" "$HA" \
		'{"m6t0":{"rx_unprotected":1}}' bu_evil
	check_eq "in clear, without any policy: the protocol module hears nothing" \
		"$n" "$(heard "$MH")"
	not_moved "in clear, without any policy" "$before"
}

# ---- replayed and forged

# xfrm_error NAME: how many the home agent has counted.
xfrm_error()
{
	in_ns "$HA" cat /proc/net/xfrm_stat | sed -n "s/^$1[[:space:]]*//p"
}

# from_evil NAME XFRM-ERROR PACKET...: ESP that IPsec refuses. It may be reported, as
# coming from there.
from_evil()
{
	local name=$1 error=$2 n before errors

	shift 2
	n=$(heard "$MH") before=$(moved) errors=$(xfrm_error "$error")
	counts "$name: it looks like signalling" "$HA" \
		"{\"m6t0\":{\"rx_signal\":$#}}" evil "$@"
	check_eq "$name: IPsec refuses it" $((errors + $#)) "$(xfrm_error "$error")"
	check_eq "$name: the protocol module hears nothing" "$n" "$(heard "$MH")"
	not_moved "$name" "$before"
	check "$name: the event reports where it came from" wait_for event_is \
		signal '[.remote, .port]' "[\"$EVIL4\",$EVIL_PORT]"
	check_eq "$name: so does the record" "[\"$EVIL4\",$EVIL_PORT]" \
		"$(node | jq -c '.signal | [.remote, .port]')"
	check "$name: payload goes on" ping6_ok "$MN" $CN6
}

replayed()
{
	local packet icv

	listen answer
	renew_sas replay-window 32
	capture "$NAT" out "$TMP/out" udp dst port $DSMIP_PORT
	check_eq "a binding update before it is replayed" "BA $HA6 0 20" "$(bu 20)"
	capture_end
	packet=$(wire "$TMP/out" .hex)
	from_evil "replayed" XfrmInStateSeqError "hex=$packet" "hex=$packet"
	icv=$(printf 0%.0s {1..64})
	from_evil "forged" XfrmInStateProtoError \
		"$HOA $HA6 esp=0x1001:77:$icv mh=21" "$HOA $HA6 esp=0x1001:78 mh=22"
	check_eq "signalling goes on" "BA $HA6 0 23" "$(bu 23)"
	check_eq "with its own outer address and port" \
		"[\"$(option_from "$PORT1")\"]" "$(last_heard .options)"
	renew_sas
	evil "hex=$packet"
	check "without a replay window, the protocol module must know its sequence" \
		wait_for heard_is 3
	check_eq "and hears where the replay came from" \
		"[\"87011e0c$(ip_hex $EVIL4)$(port_hex $EVIL_PORT)$(ip_hex $HA4)105f\"]" \
		"$(last_heard .options)"
	check_eq "the answer to a replay is not that of the mobile node" 20 \
		"$(last_heard .sequence)"
}

# renew_sas [WORD...]: the SAs of both ends, from the first number on.
renew_sas()
{
	local ns

	for ns in "$MN" "$HA"; do
		need ip -n "$ns" xfrm state flush
		need ip -n "$ns" xfrm state add "${DSMIP_OUT[@]}" proto esp \
			spi 0x1001 reqid 1 mode transport "${DSMIP_ALG[@]}" \
			sel "${DSMIP_OUT[@]}" proto 135 "$@"
		need ip -n "$ns" xfrm state add "${DSMIP_IN[@]}" proto esp \
			spi 0x1002 reqid 1 mode transport "${DSMIP_ALG[@]}" \
			sel "${DSMIP_IN[@]}" proto 135 "$@"
	done
}

# ---- options that ESP protects, and those of other hosts

DSMIP_NULL=(auth-trunc "hmac(sha256)"
	0x0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef 128
	enc "ecb(cipher_null)" "")

inside()
{
	need ip -n "$HA" xfrm state add "${DSMIP_OUT[@]}" proto esp spi 0x1003 \
		reqid 1 mode transport "${DSMIP_NULL[@]}"
	listen
	evil "$HOA $HA6 esp=0x1003:1 mh=30"
	check "a packet with ESP of our own arrives" wait_for heard_is 1
	evil "$HOA $HA6 esp=0x1003:2 dst=$FAKE mh=31"
	check "one with the option inside of ESP arrives" wait_for heard_is 2
	check_eq "the protocol module sees two options, the device's first" \
		"[\"3c011e0c$(ip_hex $EVIL4)$(port_hex $EVIL_PORT)$(ip_hex $HA4)105f\",\"8701$FAKE\"]" \
		"$(last_heard .options)"
	refused_packets "in fragments, which are not marked" rx_bad_header \
		"$HOA $HA6 frag=9 esp=0x1003:3 mh=32" \
		"$HOA $HA6 frag=10:0:24 esp=0x1003:4 mh=33"
}

# A host behind the home agent claims to be it.
from_cn()
{
	capture "$HA" wan "$TMP/wan" "udp and dst $EVIL4"
	counts "the option of another host is not obeyed, but dropped" \
		"$HA" '{"m6t0":{"tx_unprotected":1}}' \
		inner "$CN" stack "$HA6 $HOA dst=$FAKE esp=0x1002:99 mh=1"
	capture_end
	check_eq "nothing is sent where it says" 0 "$(captured "$TMP/wan")"
}

# ---- ipsec off

off()
{
	need ip -n "$HA" xfrm policy flush
	need ip -n "$MN" xfrm policy flush
	need ip -n "$HA" link set m6t0 type m6t ipsec off
	need ip -n "$MN" link set m6t0 type m6t ipsec off
	listen answer
	check_eq "with ipsec off, signalling in clear works" "BA $HA6 0 40" \
		"$(bu 40)"
	check_eq "its record has no SPI" 0 "$(node | jq .signal.spi)"
	refused_packets "with ipsec off, behind other headers" rx_bad_header \
		"$HOA $HA6 dst=0500 mh=1" "$HOA $HA6 dst=$FAKE mh=1" \
		"$HOA $HA6 frag=1 mh=1"
}

topology_dsmip
inner_stay "$NAT"
nat_rule "ip saddr 10.0.0.0/24 ip protocol udp masquerade to :20000-20999"
# The port that it has chosen stays, however slow the machine is.
in_ns "$NAT" sysctl -qw net.netfilter.nf_conntrack_udp_timeout=3600 \
	net.netfilter.nf_conntrack_udp_timeout_stream=3600
ns_add "$EVIL"
inner_stay "$EVIL"
link_ns "$EVIL" eth 10.0.4.2/24 "$NAT" in3 10.0.4.1/24
need ip -n "$EVIL" addr add $EVIL4/32 dev lo
need ip -n "$EVIL" route add default via 10.0.4.1
need ip -n "$HA" route add $EVIL4 via $NAT4
need ip -n "$HA" route add 10.0.4.0/24 via $NAT4
need in_ns "$NAT" sysctl -qw net.ipv4.conf.all.rp_filter=0 \
	net.ipv4.conf.in3.rp_filter=0
untracked
ipsec_dsmip
home_agent
mobile_node_dsmip
monitor_dsmip "$HA" "$EVENTS"
without_binding
with_binding
two_addresses
lingering
in_clear
mn_refuses
replayed
inside
from_cn
another_sa
off
finish
