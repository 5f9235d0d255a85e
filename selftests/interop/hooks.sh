#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Packets pass all hooks of the kernel around a device, inside and outside of the
# tunnel, as they do with other tunnels: nftables and ip6tables,
# connection tracking and flow tables, traffic control, XDP, packet sockets.
# takes long
# proves: B6 W1

# shellcheck disable=SC2317,SC2329	# called indirectly
# shellcheck source-path=SCRIPTDIR source=../lib/lib.sh
. "$(dirname "$0")/../lib/lib.sh"

# Errors where the kernel lacks something.
LACKS="not supported|No such file or directory|missing kernel module"
LACKS+="|kernel module not found|doesn't exist|Unknown|not permitted"

# may_skip NAME COMMAND...: it succeeds, or else the kernel lacks what it needs.
may_skip()
{
	local name=$1

	shift
	"$@" >"$TMP/out" 2>&1 && return
	if grep -qE "$LACKS" "$TMP/out"; then
		result 0 "$name # SKIP $(grep -E -m 1 "$LACKS" "$TMP/out")"
	else
		result 1 "$name"
		diag "$* failed: $(cat "$TMP/out")"
	fi
	return 1
}

ping_mn()
{
	ping6_ok "$MN" "$HA6" "$@"
}

# ---- nftables

# nft_count NAME: packets of a counter.
nft_count()
{
	in_ns "$GW" nft list counter inet hooks "$1" |
		sed -n 's/.*packets \([0-9]*\).*/\1/p'
}

nft_rules()
{
	in_ns "$GW" nft -f - <<-END
	table inet hooks {
		counter pre_in { }
		counter forward_in { }
		counter forward_out { }
		counter post_out { }
		counter input_in { }
		counter output_out { }
		counter outer_in { }
		counter outer_out { }
		counter outer_mark { }
		chain pre {
			type filter hook prerouting priority 0;
			iifname m6t0 ip6 saddr $ADDRESS counter name pre_in
		}
		chain forward {
			type filter hook forward priority 0;
			iifname m6t0 oifname lan ip6 daddr $HA6 counter name forward_in
			iifname lan oifname m6t0 ip6 saddr $HA6 counter name forward_out
			oifname m6t0 meta mark set 0x6d
			jump extra
		}
		chain extra {
		}
		chain post {
			type filter hook postrouting priority 0;
			oifname m6t0 ip6 daddr $ADDRESS counter name post_out
		}
		chain input {
			type filter hook input priority 0;
			iifname m6t0 ip6 daddr $GW6 counter name input_in
			iifname wan udp dport $PORT counter name outer_in
		}
		chain output {
			type filter hook output priority 0;
			oifname m6t0 ip6 saddr $GW6 counter name output_out
			oifname wan udp sport $PORT counter name outer_out
			oifname wan udp sport $PORT meta mark 0x6d counter name outer_mark
		}
	}
	END
}

# clamped WHO: the mobile node sees the size of segments that this has set.
clamped()
{
	capture "$MN" m6t0 "$TMP/mss" "ip6 proto 6"
	check "$1: a file arrives with another segment size" fetched "$MN" $HA6
	capture_end
	check "$1: the home agent received that segment size" \
		eval "tcpdump -Z root -n -r \
		$TMP/mss 'src $HA6' 2>/dev/null | grep -q 'mss 1000'"
}

nft_ok()
{
	local name

	need nft_rules
	# Three through the gateway, two to it.
	need in_ns "$MN" ping -6 -n -q -c 3 -i 0.01 $HA6 >"$TMP/ping"
	need in_ns "$MN" ping -6 -n -q -c 2 -i 0.01 $GW6 >"$TMP/ping"
	while read -r name n; do
		check_eq "nftables: $name counts $n packets" \
			"$n" "$(nft_count "$name")"
	done <<-END
		pre_in 5
		forward_in 3
		forward_out 3
		post_out 5
		input_in 2
		output_out 2
		outer_in 5
		outer_out 5
		outer_mark 3
	END
	need in_ns "$GW" nft add rule inet hooks extra tcp flags syn \
		tcp option maxseg size set 1000
	clamped nftables
	need in_ns "$GW" nft add rule inet hooks extra iifname m6t0 drop
	check_not "nftables: packets dropped after the tunnel do not arrive" \
		ping_mn -W 0.3
	need in_ns "$GW" nft flush chain inet hooks extra
	need in_ns "$GW" nft add rule inet hooks extra oifname m6t0 drop
	check_not "nftables: packets dropped before the tunnel do not arrive" \
		ping_mn -W 0.3
	need in_ns "$GW" nft delete table inet hooks
	check "nftables: without the rules packets arrive" ping_mn
}

nft_netdev()
{
	in_ns "$GW" nft -f - <<-END
	table netdev hooks {
		counter ingress { }
		counter egress { }
		chain in {
			type filter hook ingress device m6t0 priority 0;
			ip6 saddr $ADDRESS icmpv6 type echo-request counter name ingress
		}
		chain out {
			type filter hook egress device m6t0 priority 0;
			ip6 daddr $ADDRESS icmpv6 type echo-reply counter name egress
		}
	}
	END
}

nft_netdev_ok()
{
	local name

	may_skip "nftables: ingress and egress" nft_netdev || return
	need in_ns "$MN" ping -6 -n -q -c 3 -i 0.01 $HA6 >"$TMP/ping"
	for name in ingress egress; do
		check "nftables: $name of the device counts packets" \
			eval "in_ns $GW nft list \
			counter netdev hooks $name | grep -q 'packets 3 bytes 312'"
	done
	need in_ns "$GW" nft delete table netdev hooks
}

# ---- ip6tables

# ip6 WORD...: ip6tables of the gateway
ip6()
{
	in_ns "$GW" ip6tables -w "$@"
}

ip6tables_ok()
{
	if ! command -v ip6tables >/dev/null; then
		result 0 "ip6tables # SKIP there is none"
		return
	fi
	may_skip "ip6tables" ip6 -A FORWARD -i m6t0 -o lan -p icmpv6 || return
	need ip6 -A FORWARD -i lan -o m6t0 -p icmpv6
	need in_ns "$MN" ping -6 -n -q -c 3 -i 0.01 $HA6 >"$TMP/ping"
	check_eq "ip6tables: packets in and out are counted" "3 3" \
		"$(ip6 -L FORWARD -v -n -x | awk 'NR > 2 { print $1 }' | xargs)"
	if may_skip "ip6tables: TCPMSS" ip6 -A FORWARD -o m6t0 -p tcp \
		--tcp-flags SYN,RST SYN -j TCPMSS --set-mss 1000; then
		clamped ip6tables
	fi
	need ip6 -F FORWARD
}

# ---- connection tracking and flow tables

# flows WORD...: of the gateway
flows()
{
	in_ns "$GW" conntrack -L "$@" 2>/dev/null
}

conntrack_rules()
{
	in_ns "$GW" nft -f - <<-END
	table inet flows {
		$1
		chain forward {
			type filter hook forward priority 0; policy drop;
			${2:-ct state established accept}
			ct state established accept
			iifname m6t0 ct state new accept
			${3:-}
			meta l4proto ipv6-icmp accept
		}
	}
	END
}

conntrack_ok()
{
	may_skip "conntrack" conntrack_rules "" || return
	in_ns "$GW" conntrack -F 2>/dev/null
	check "conntrack: answers of the home agent are accepted" fetched "$MN" $HA6
	check_not "conntrack: a connection of the home agent is not accepted" \
		fetched_soon "$HA" "$ADDRESS"
	check_eq "conntrack: the inner connection has one flow" \
		"src=$ADDRESS dst=$HA6 dport=80 src=$HA6 dst=$ADDRESS sport=80" \
		"$(flows -f ipv6 -p tcp --dport 80 --src "$ADDRESS" |
		grep -o "\(src=[^ ]*\|dst=[^ ]*\|[sd]port=80\)" | xargs)"
	check_eq "conntrack: the outer one has one flow" \
		"src=$NAT4 dst=$GW4 dport=$PORT src=$GW4 dst=$NAT4 sport=$PORT" \
		"$(flows -f ipv4 -p udp |
		grep -o "\(src=[^ ]*\|dst=[^ ]*\|[sd]port=$PORT\)" | xargs)"
	need in_ns "$GW" nft delete table inet flows
}

fetched_soon()
{
	in_ns "$1" curl -sS -g --max-time 1 -o "$TMP/soon" "http://[$2]/file"
}

flowtable_ok()
{
	may_skip "flow table" conntrack_rules "flowtable f {
			hook ingress priority 0; devices = { m6t0, lan }
		}
		counter slow { }" "counter name slow meta l4proto tcp flow add @f" \
		"tcp dport 80 accept" || return
	in_ns "$GW" conntrack -F 2>/dev/null
	before=$(binding | jq '.rx_packets + .tx_packets')
	check "flow table: a file arrives downstream" fetched "$MN" $HA6
	check "flow table: a file arrives upstream" fetched "$HA" "$ADDRESS"
	moved=$(($(binding | jq '.rx_packets + .tx_packets') - before))
	slow=$(in_ns "$GW" nft list counter inet flows slow |
		sed -n 's/.*packets \([0-9]*\).*/\1/p')
	check "flow table: most packets took the fast path ($slow of $moved did not)" \
		test "$slow" -lt $((moved / 2))
	need in_ns "$GW" nft delete table inet flows
}

# ---- traffic control

tc_gw()
{
	in_ns "$GW" tc "$@"
}

# tc_count IFNAME HOOK: packets that the rule there has counted.
tc_count()
{
	tc_gw -s -j filter show dev "$1" "$2" | jq '[.[].options.actions? //
		empty | .[0].stats.packets] | add'
}

tc_ok()
{
	local inner="flower ip_proto icmpv6 src_ip" hook

	may_skip "tc" tc_gw qdisc add dev m6t0 clsact || return
	need tc_gw qdisc add dev wan clsact
	# shellcheck disable=SC2086	# words
	{
		need tc_gw filter add dev m6t0 ingress protocol ipv6 $inner \
			"$ADDRESS" action pass
		need tc_gw filter add dev m6t0 egress protocol ipv6 $inner \
			$HA6 action pass
	}
	need tc_gw filter add dev wan ingress protocol ip flower ip_proto udp \
		dst_port $PORT action pass
	need tc_gw filter add dev wan egress protocol ip flower ip_proto udp \
		src_port $PORT action pass
	need in_ns "$MN" ping -6 -n -q -c 3 -i 0.01 $HA6 >"$TMP/ping"
	for hook in "m6t0 ingress" "m6t0 egress" "wan ingress" "wan egress"; do
		# shellcheck disable=SC2086	# words
		check_eq "tc: $hook counts 3 packets" 3 "$(tc_count $hook)"
	done
	for hook in ingress egress; do
		need tc_gw filter add dev m6t0 $hook protocol ipv6 pref 1 \
			matchall action drop
		check_not "tc: packets dropped at $hook do not arrive" \
			ping_mn -W 0.3
		need tc_gw filter del dev m6t0 $hook pref 1
		check "tc: without the drop at $hook packets arrive" ping_mn
	done
	tc_mirror
	need tc_gw qdisc del dev m6t0 clsact
	need tc_gw qdisc del dev wan clsact
}

# A copy to another device, and a redirection to one that can queue ingress.
tc_mirror()
{
	need ip -n "$GW" link add ifb-m6t type ifb
	need ip -n "$GW" link set ifb-m6t up
	need tc_gw filter add dev m6t0 ingress protocol ipv6 pref 1 matchall \
		action mirred egress redirect dev ifb-m6t
	may_skip "tc: tbf" tc_gw qdisc add dev ifb-m6t root tbf rate 100mbit \
		burst 20k latency 100ms
	need in_ns "$MN" ping -6 -n -q -c 3 -i 0.01 $HA6 >"$TMP/ping"
	check "tc: packets are redirected to ifb" \
		test "$(tc_gw -s -j qdisc show dev ifb-m6t |
		jq '.[0].packets')" -ge 3
	check "tc: a file arrives through ifb" fetched "$MN" $HA6
	need tc_gw filter del dev m6t0 ingress pref 1

	need ip -n "$GW" link add copy type dummy
	need ip -n "$GW" link set copy up
	need tc_gw filter add dev m6t0 egress protocol ipv6 pref 1 matchall \
		action mirred egress mirror dev copy
	need in_ns "$MN" ping -6 -n -q -c 3 -i 0.01 $HA6 >"$TMP/ping"
	check_eq "tc: sent packets are mirrored" "3 312" "$(ip -n "$GW" -j -s \
		link show copy | jq -r '.[].stats64.tx | "\(.packets) \(.bytes)"')"
	need ip -n "$GW" link del copy
	need ip -n "$GW" link del ifb-m6t
}

# ---- XDP

has_xdp()
{
	ip -n "$1" link show "$2" | grep -q xdpgeneric
}

# xdp NETNS IFNAME: attach the program; sets PID.
xdp()
{
	start "$1" "$SELFTESTS/interop/xdp_drop.py" "$2" >"$TMP/xdp" 2>&1
	wait_for grep -q . "$TMP/xdp"
	grep -q attached "$TMP/xdp" || { cat "$TMP/xdp"; return 1; }
}

# Other tunnels without Ethernet headers are the reference.
xdp_sit()
{
	local ns

	for ns in "$NAT" "$GW"; do
		need ip -n "$ns" link add six type sit local \
			"$([ "$ns" = "$GW" ] && echo $GW4 || echo $NAT4)" remote \
			"$([ "$ns" = "$GW" ] && echo $NAT4 || echo $GW4)"
		need ip -n "$ns" link set six up
	done
	need ip -n "$NAT" addr add fd00:51::1/64 dev six
	need ip -n "$GW" addr add fd00:51::2/64 dev six
	need wait_for ping6_ok "$NAT" fd00:51::2 -W 1
	xdp "$GW" six || return
	check_not "XDP: packets dropped at sit do not arrive" \
		ping6_ok "$NAT" fd00:51::2 -W 0.3
	stop "$PID"
	check "XDP: without the program sit works" \
		wait_for ping6_ok "$NAT" fd00:51::2 -W 1
	need ip -n "$GW" link del six
}

xdp_ok()
{
	if ! xdp "$GW" m6t0 >"$TMP/out"; then
		result 0 "XDP # SKIP $(head -n 1 "$TMP/out")"
		return
	fi
	check "XDP: the program is attached" has_xdp "$GW" m6t0
	check_not "XDP: the program parses IPv6 and drops packets" ping_mn -W 0.3
	check "XDP: packets that it passes arrive" fetched "$MN" $HA6
	stop "$PID"
	check "XDP: without the program all packets arrive" wait_for ping_mn -W 1
	xdp_sit
}

# ---- packet sockets

# seen FILE FILTER: what tcpdump shows of the packets, without times.
seen()
{
	tcpdump -Z root -n -t -r "$1" "$2" 2>/dev/null |
		sed -E 's/, id [0-9]+//'
}

packet_ok()
{
	local port

	capture "$GW" m6t0 "$TMP/inner"
	capture "$GW" wan "$TMP/outer" udp
	need in_ns "$MN" ping -6 -n -q -c 1 -s 1000 $HA6 >"$TMP/ping"
	capture_end
	port=$(binding | jq .port)
	check_eq "packet sockets: m6t0 has whole packets of IPv6" \
		"IP6 $ADDRESS > $HA6: ICMP6, echo request, seq 1, length 1008
IP6 $HA6 > $ADDRESS: ICMP6, echo reply, seq 1, length 1008" \
		"$(seen "$TMP/inner" icmp6)"
	check_eq "packet sockets: the underlay has them in UDP" \
		"IP $NAT4.$port > $GW4.$PORT: UDP, length 1048
IP $GW4.$PORT > $NAT4.$port: UDP, length 1048" "$(seen "$TMP/outer" udp)"
}

topology
gateway ha $HA6,$GW6
mobile_node keepalive 0
activate
BYTES=300000 serve "$HA" $HA6
serve "$MN" "$ADDRESS"
packet_ok
nft_ok
nft_netdev_ok
ip6tables_ok
conntrack_ok
flowtable_ok
tc_ok
xdp_ok
check_eq "m6t has dropped nothing" '{} {}' "$(drops "$MN") $(drops "$GW")"
finish
