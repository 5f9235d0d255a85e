#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# An IKEv2 tunnel between a mobile node behind a NAT and its home agent, made
# by strongSwan as Debian ships it, without any knowledge of m6t: IKE makes and
# activates the binding, ESP carries the traffic of the home address.
# proves: B6 N6 G4 G6 G7

# shellcheck source-path=SCRIPTDIR source=../lib/lib.sh
. "$(dirname "$0")/../lib/lib.sh"
# shellcheck source-path=SCRIPTDIR source=../lib/ike.bash
. "$SELFTESTS/lib/ike.bash"

BYTES=1000000 MANY=700
[ -z "${M6T_QUICK:-}" ] || BYTES=100000 MANY=70

# What either side knows of NAT traversal.
nat_traversal()
{
	grep -E '^(encap|nat-)' "$TMP/$1/sas"
	ip -n "$2" xfrm state | grep encap
}

# others: packets of the mobile node that were no keepalives.
others()
{
	local n keepalives=-1 packets

	until n=$(counter "$GW" rx_keepalive) && [ "$n" = "$keepalives" ]; do
		keepalives=$n
		packets=$(binding | jq .rx_packets)
	done
	echo $((packets - keepalives))
}

# quiet: the transfers' last packets have come, so a second brings no more.
quiet()
{
	local packets

	packets=$(others)
	sleep 1
	[ "$(others)" = "$packets" ]
}

# later SECONDS N: so much time has passed and so many keepalives have come.
# shellcheck disable=SC2086,SC2317
later()
{
	[ $SECONDS -ge "$1" ] && [ "$(counter "$GW" rx_keepalive)" -ge "$2" ]
}

topology "masquerade fully-random"
ipv4_only "$MN" eth
ipv4_only "$GW" wan
ipv4_only "$NAT" in out
ip -n "$HA" addr add $SERVER dev lo
capture "$MN" eth "$TMP/mn.pcap" -s 128
capture "$GW" wan "$TMP/wan.pcap" -s 128
gateway ha $HA6 active-timeout 5 temp-timeout 60000
capture "$GW" m6t0 "$TMP/inner.pcap" -s 128
mobile_node keepalive 2
ike_daemon "$MN" mn
MN_PID=$PID
ike_daemon "$HA" ha
HA_PID=$PID
# No MOBIKE: mobility is Mobile IPv6's, and it would move IKE to port 4500.
ike_config no "$ADDRESS"

# The home agent hears nothing of IKE yet.
in_ns "$HA" nft -f - <<-END
table inet hold {
	chain in {
		type filter hook input priority 0;
		udp dport 500 drop
	}
}
END
check_eq "there is no binding before" 0 "$(bindings)"
swan mn --initiate --child home --timeout "$((WAIT * 3))" >"$TMP/initiate" 2>&1 &
INITIATE=$!
check "IKE makes a temporary binding" wait_for state_is temporary
check_eq "which nothing has come back through" 0 \
	"$(binding | jq .tx_packets)"
check_eq "nor has any become active" 0 "$(counter "$GW" binding_activated)"
in_ns "$HA" nft delete table inet hold
check "the answer activates it" wait_for state_is active
wait $INITIATE
check_eq "the tunnel is established" 0 $?
held="$(counter "$GW" binding_created) $(counter "$GW" binding_expired)"

ike_ask mn
ike_ask ha
check_eq "mobile node: an ESP tunnel" \
	"ESTABLISHED 500 500 TUNNEL ESP" "$(for key in state local-port \
	remote-port mode protocol; do ike_value mn $key; done | xargs)"
check_eq "mobile node: no NAT traversal" "" "$(nat_traversal mn "$MN")"
check_eq "home agent: no NAT traversal" "" "$(nat_traversal ha "$HA")"
HOME_ADDRESS=$(ike_value mn local-vips | tr -d '[]')
check "the home agent gave it a home address" \
	grep -q "^2001:db8:2::" <<<"$HOME_ADDRESS"

# Traffic of the home address, both ways.
check "ping to the home agent's side" ping6_ok "$MN" $SERVER -I "$HOME_ADDRESS"
check "ping to the home address" ping6_ok "$HA" "$HOME_ADDRESS" -I $SERVER
serve "$HA" $SERVER
serve "$MN" "$HOME_ADDRESS"
check "TCP down" fetched "$MN" $SERVER
check "TCP up" fetched "$HA" "$HOME_ADDRESS"

# Longer than the binding would live by itself.
need wait_for quiet
packets=$(others)
before=$(counter "$GW" rx_keepalive)
check "keepalives go on while nothing else does" \
	wait_for later $((SECONDS + 6)) $((before + 2))
check "and keep the binding" state_is active
check_eq "nothing else was sent" "$packets" "$(others)"
check_eq "it is the same binding" "$held" \
	"$(counter "$GW" binding_created) $(counter "$GW" binding_expired)"
check "the tunnel still works" ping6_ok "$HA" "$HOME_ADDRESS" -I $SERVER

# What was on the wires.
check "IKE ends" swan mn --terminate --ike home
stop "$MN_PID"
check_eq "and so does the mobile node's daemon" 0 $?
stop "$HA_PID"
check_eq "and the home agent's" 0 $?
check_eq "nothing of IPsec is left" "" "$(ip -n "$MN" xfrm state
	ip -n "$HA" xfrm state)"
capture_end
tcpdump -Z root -n -r "$TMP/inner.pcap" -c 1 >"$TMP/first" 2>&1
check "the first packet through the gateway began IKE" grep -q \
	"$ADDRESS.500 > $HA6.500: isakmp: .*ikev2_init\[I\]" "$TMP/first"
check "much ESP went through" test \
	"$(captured "$TMP/inner.pcap" ip6 proto 50)" -gt $MANY
check_eq "nothing but IKE on port 500 and ESP" 0 \
	"$(captured "$TMP/inner.pcap" not udp port 500 and not ip6 proto 50)"
for where in mn wan; do
	check "underlay $where: much UDP" test \
		"$(captured "$TMP/$where.pcap" udp port $PORT)" -gt $MANY
	check_eq "underlay $where: nothing else" 0 "$(captured \
		"$TMP/$where.pcap" not udp port $PORT and not arp)"
done
check_eq "the mobile node dropped nothing" "{}" "$(drops "$MN")"
check_eq "nor did the gateway" "{}" \
	"$(drops "$GW" | jq -c 'del(.rx_keepalive_stray)')"
finish
