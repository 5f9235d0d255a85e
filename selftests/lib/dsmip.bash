# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash disable=SC2034,SC2119,SC2120,SC2317,SC2329
#
# DSMIPv6: a mobile node with two access networks, the first one behind a NAT, a
# home agent and a correspondent node on the home link:
#
#    mn                 nat                    ha                  cn
#  +------+          +---------+          +-----------+        +-----------+
#  | m6t0 |          |         |          | m6t0      |        |           |
#  | eth--+----------+-in  out-+----------+-wan  home-+--------+-eth       |
#  | eth2-+----------+-in2     |          |           |        |           |
#  +------+          +---------+          +-----------+        +-----------+
#  10.0.0.2    10.0.0.1  192.0.2.1   192.0.2.2  2001:db8:2::1  2001:db8:2::99
#  198.18.0.2  198.18.0.1                       198.51.100.1   198.51.100.99
#
#  home addresses: 2001:db8:2::1234, 198.51.100.10

HOA=2001:db8:2::1234 HOA4=198.51.100.10
HOME6=2001:db8:2::/64 HOME4=198.51.100.0/24
HA6=2001:db8:2::1 HA4=192.0.2.2
CN=m6t-$$-cn CN6=2001:db8:2::99 CN4=198.51.100.99
COA=10.0.0.2 COA2=198.18.0.2
DSMIP_PORT=4191
DSMIP_OUT=(src "$HOA" dst "$HA6") DSMIP_IN=(src "$HA6" dst "$HOA")

# topology_dsmip: the topology above, without the m6t devices.
topology_dsmip()
{
	ns_add "$MN" "$NAT" "$HA" "$CN"
	link_ns "$MN" eth $COA/24 "$NAT" in 10.0.0.1/24
	link_ns "$MN" eth2 $COA2/24 "$NAT" in2 198.18.0.1/24
	link_ns "$NAT" out $NAT4/24 "$HA" wan $HA4/24
	need in_ns "$NAT" ethtool -K out tx off >/dev/null
	need in_ns "$HA" ethtool -K wan tx off >/dev/null
	link_ns "$HA" home $HA6/64,198.51.100.1/24 "$CN" eth $CN6/64,$CN4/24
	need ip -n "$MN" route add default via 10.0.0.1 dev eth metric 100
	need ip -n "$MN" route add default via 198.18.0.1 dev eth2 metric 200
	need ip -n "$HA" route add 198.18.0.0/24 via $NAT4
	in_ns "$NAT" sysctl -qw net.ipv4.ip_forward=1
	in_ns "$HA" sysctl -qw net.ipv4.ip_forward=1 \
		net.ipv6.conf.all.forwarding=1 net.ipv6.conf.home.proxy_ndp=1 \
		net.ipv6.neigh.home.proxy_delay=0 \
		net.ipv4.neigh.home.proxy_delay=0
	nat_rule "ip saddr 10.0.0.0/24 masquerade"
}

# home_agent [OPTION...]: its device, up, with the routes of a bound mobile node.
home_agent()
{
	need ip -n "$HA" link add m6t0 type m6t mode dsmip-ha ha $HA6 ha4 $HA4 \
		home $HOME6 home4 $HOME4 "$@"
	need ip -n "$HA" link set m6t0 up
	need ip -n "$HA" -6 route add $HOA dev m6t0
	need ip -n "$HA" route add $HOA4 dev m6t0
	need ip -n "$HA" -6 neigh add proxy $HOA dev home
	need ip -n "$HA" neigh add proxy $HOA4 dev home
}

# mobile_node_dsmip [OPTION...]: its device, up, with its home addresses and default
# routes.
mobile_node_dsmip()
{
	need ip -n "$MN" link add m6t0 type m6t mode dsmip-mn ha $HA6 ha4 $HA4 \
		hoa $HOA hoa4 $HOA4 "$@"
	need ip -n "$MN" -6 addr add $HOA/128 dev m6t0 nodad home
	need ip -n "$MN" addr add $HOA4/32 dev m6t0
	need ip -n "$MN" link set m6t0 up
	need ip -n "$MN" -6 route add default dev m6t0
	need ip -n "$MN" route add default dev m6t0 src $HOA4 metric 10
}

DSMIP_ALG=(auth-trunc "hmac(sha256)"
	0x0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef 128
	enc "cbc(aes)" 0x0123456789abcdef0123456789abcdef)

# ipsec_signal NETNS OUT IN: the SAs of signalling in both directions, policies for
# them, and the one that blocks what is not protected. OUT and IN say which way HOA
# to HA6 goes here.
ipsec_signal()
{
	local ns=$1 to=$2 from=$3

	need ip -n "$ns" xfrm state add "${DSMIP_OUT[@]}" proto esp spi 0x1001 \
		reqid 1 mode transport "${DSMIP_ALG[@]}" \
		sel "${DSMIP_OUT[@]}" proto 135
	need ip -n "$ns" xfrm state add "${DSMIP_IN[@]}" proto esp spi 0x1002 \
		reqid 1 mode transport "${DSMIP_ALG[@]}" \
		sel "${DSMIP_IN[@]}" proto 135
	need ip -n "$ns" xfrm policy add "${DSMIP_OUT[@]}" proto 135 dir "$to" \
		priority 10 tmpl "${DSMIP_OUT[@]}" proto esp reqid 1 mode transport
	need ip -n "$ns" xfrm policy add "${DSMIP_IN[@]}" proto 135 dir "$from" \
		priority 10 tmpl "${DSMIP_IN[@]}" proto esp reqid 1 mode transport
	need ip -n "$ns" xfrm policy add dir in src ::/0 dst ::/0 proto 135 \
		action block priority 9000
}

# ipsec_dsmip: the same, at both ends.
ipsec_dsmip()
{
	ipsec_signal "$MN" out in
	ipsec_signal "$HA" in out
}

# inner_stay NETNS...: a process in each of them stays for inner(), as starting Python
# takes longer than what it does; the namespaces cannot go meanwhile.
inner_stay()
{
	local ns

	for ns; do
		need mkfifo "$TMP/inner-$ns.to" "$TMP/inner-$ns.from"
		start "$ns" python3 "$SELFTESTS/lib/inner.py" serve \
			"$TMP/inner-$ns.to" "$TMP/inner-$ns.from"
	done
}

# inner NETNS WORD...: packets that no stack would send; see inner.py.
inner()
{
	local from=$TMP/inner-$1.from status

	if [ ! -p "$from" ] || [ "$2" = print ]; then
		in_ns "$1" python3 "$SELFTESTS/lib/inner.py" "${@:2}"
		return
	fi
	printf '%s\0' $(($# - 1)) "${@:2}" >"$TMP/inner-$1.to"
	read -r status <"$from"
	return "$status"
}

# wire FILE JQ-FILTER [--device]: what was recorded on an underlay, one result a line,
# after dsmip_pcap.py has found nothing that is not DSMIPv6.
wire()
{
	local seen

	seen=$(python3 "$SELFTESTS/lib/dsmip_pcap.py" "${@:3}" "$1") ||
		echo "not DSMIPv6"
	jq -r "$2" <<<"$seen"
}

# all_wire FILE CONDITION: there are packets, and this is true for all of them.
all_wire()
{
	local seen

	seen=$(python3 "$SELFTESTS/lib/dsmip_pcap.py" "$1") || return
	jq -se "length > 0 and all($2)" <<<"$seen" >"$TMP/all" && return
	jq -c "select($2 | not) | del(.hex)" <<<"$seen" | head -n 3
	return 1
}

# heard FILE: how many mobility headers a listener has received.
heard()
{
	grep -c '"type"' "$1"
}

# monitor_dsmip NETNS FILE: write the events there, from now on. Those of a care-of
# address or binding that shows that it works are not kept.
monitor_dsmip()
{
	: >"$2"
	start "$1" m6tctl -j monitor dev m6t0 >>"$2"
	need wait_for listening_dsmip "$1" "$2"
}

listening_dsmip()
{
	if m6tctl -n "$1" binding add 2001:db8:2::ffff remote "$NAT4:1" \
	   lifetime 60 dev m6t0; then
		m6tctl -n "$1" binding del 2001:db8:2::ffff dev m6t0
		grep -q '"unbound"' "$2" && : >"$2"
	else
		m6tctl -n "$1" slot set 127.0.0.1 dev m6t0
		m6tctl -n "$1" slot clear dev m6t0
		grep -q '"state":null' "$2" && : >"$2"
	fi
}

# mh_listen FILE [WORD...]: the home agent's raw socket writes what it receives there,
# a JSON object a line, from now on; see mh.py.
mh_listen()
{
	start "$HA" python3 "$SELFTESTS/lib/mh.py" listen $HA6 "${@:2}" >"$1"
	need wait_for test -s "$1"
}

# bu SEQUENCE [WORD...]: send a binding update, and print the answer.
bu()
{
	in_ns "$MN" python3 "$SELFTESTS/lib/mh.py" bu $HOA $HA6 "$@"
}

# bind_node [OPTION...]: bind the home address to where the NAT sends its packets from.
bind_node()
{
	m6tctl -n "$HA" binding add $HOA hoa4 $HOA4 dev m6t0 "$@"
}

# slot_set ADDRESS LINK [OPTION...]
slot_set()
{
	m6tctl -n "$MN" slot set "$1" link "$2" dev m6t0 "${@:3}"
}

# slot_commit [OPTION...]
slot_commit()
{
	m6tctl -n "$MN" slot commit dev m6t0 "$@"
}

# node [ADDRESS]: the home agent's binding as a JSON object.
node()
{
	m6tctl -n "$HA" -j binding get "${1:-$HOA}" dev m6t0 2>/dev/null |
		jq -c '.[0]'
}
