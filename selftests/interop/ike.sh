#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# An IKEv2 tunnel between a mobile node behind a NAT and its home agent, created
# by strongSwan as Debian ships it, without any knowledge of m6t: IKE creates
# and activates the binding, ESP carries the traffic of the home address.
# proves: B6 N6 G4 G6 G7

# shellcheck source-path=SCRIPTDIR source=../lib/lib.sh
. "$(dirname "$0")/../lib/lib.sh"
# shellcheck source-path=SCRIPTDIR source=../lib/ike.bash
. "$SELFTESTS/lib/ike.bash"

BYTES=1000000 MANY=700
[ -z "${M6T_QUICK:-}" ] || BYTES=100000 MANY=70

# NAT traversal as either side shows it.
nat_traversal()
{
	grep -E '^(encap|nat-)' "$TMP/$1/sas"
	ip -n "$2" xfrm state | grep encap
}

# others: packets of the mobile node that were not keepalives.
others()
{
	local n keepalives=-1 packets

	until n=$(counter "$GW" rx_keepalive) && [ "$n" = "$keepalives" ]; do
		keepalives=$n
		packets=$(binding | jq .rx_packets)
	done
	echo $((packets - keepalives))
}

# quiet: the last packets of transfers have arrived, so a second has no more.
quiet()
{
	local packets

	packets=$(others)
	sleep 1
	[ "$(others)" = "$packets" ]
}

# later SECONDS N: this time has passed, and N keepalives were received.
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

# The home agent does not receive IKE yet.
in_ns "$HA" nft -f - <<-END
table inet hold {
	chain in {
		type filter hook input priority 0;
		udp dport 500 drop
	}
}
END
check_eq "there is no binding before IKE" 0 "$(bindings)"
swan mn --initiate --child home --timeout "$((WAIT * 3))" >"$TMP/initiate" 2>&1 &
INITIATE=$!
check "IKE creates a temporary binding" wait_for state_is temporary
check_eq "no packet was sent through the temporary binding" 0 \
	"$(binding | jq .tx_packets)"
check_eq "no binding was activated yet" 0 "$(counter "$GW" binding_activated)"
in_ns "$HA" nft delete table inet hold
check "the answer activates the binding" wait_for state_is active
wait $INITIATE
check_eq "the IKE tunnel is established" 0 $?
held="$(counter "$GW" binding_created) $(counter "$GW" binding_expired)"

ike_ask mn
ike_ask ha
check_eq "mobile node: there is an ESP tunnel" \
	"ESTABLISHED 500 500 TUNNEL ESP" "$(for key in state local-port \
	remote-port mode protocol; do ike_value mn $key; done | xargs)"
check_eq "mobile node: NAT traversal is not used" "" "$(nat_traversal mn "$MN")"
check_eq "home agent: NAT traversal is not used" "" "$(nat_traversal ha "$HA")"
HOME_ADDRESS=$(ike_value mn local-vips | tr -d '[]')
check "the mobile node has a home address" \
	grep -q "^2001:db8:2::" <<<"$HOME_ADDRESS"

# Traffic of the home address, both ways.
check "a ping to the home agent's side is answered" \
	ping6_ok "$MN" $SERVER -I "$HOME_ADDRESS"
check "a ping to the home address is answered" \
	ping6_ok "$HA" "$HOME_ADDRESS" -I $SERVER
serve "$HA" $SERVER
serve "$MN" "$HOME_ADDRESS"
check "a file arrives downstream" fetched "$MN" $SERVER
check "a file arrives upstream" fetched "$HA" "$HOME_ADDRESS"

# Longer than the binding would live without keepalives.
need wait_for quiet
packets=$(others)
before=$(counter "$GW" rx_keepalive)
check "keepalives are sent while nothing else is" \
	wait_for later $((SECONDS + 6)) $((before + 2))
check "keepalives keep the binding active" state_is active
check_eq "nothing but keepalives was sent" "$packets" "$(others)"
check_eq "it is the same binding" "$held" \
	"$(counter "$GW" binding_created) $(counter "$GW" binding_expired)"
check "the tunnel still works" ping6_ok "$HA" "$HOME_ADDRESS" -I $SERVER

# Packets on the links.
check "the IKE tunnel can be terminated" swan mn --terminate --ike home
stop "$MN_PID"
check_eq "the mobile node's daemon exits with status 0" 0 $?
stop "$HA_PID"
check_eq "the home agent's daemon exits with status 0" 0 $?
check_eq "no IPsec state is left" "" "$(ip -n "$MN" xfrm state
	ip -n "$HA" xfrm state)"
capture_end
tcpdump -Z root -n -r "$TMP/inner.pcap" -c 1 >"$TMP/first" 2>&1
check "the first packet through the gateway is that of IKE" grep -q \
	"$ADDRESS.500 > $HA6.500: isakmp: .*ikev2_init\[I\]" "$TMP/first"
check "many packets of ESP were forwarded" test \
	"$(captured "$TMP/inner.pcap" ip6 proto 50)" -gt $MANY
check_eq "only IKE on port 500 and ESP were forwarded" 0 \
	"$(captured "$TMP/inner.pcap" not udp port 500 and not ip6 proto 50)"
for where in mn wan; do
	check "underlay $where: there are many UDP packets" test \
		"$(captured "$TMP/$where.pcap" udp port $PORT)" -gt $MANY
	check_eq "underlay $where: there are no other packets" 0 "$(captured \
		"$TMP/$where.pcap" not udp port $PORT and not arp)"
done
check_eq "the mobile node dropped nothing" "{}" "$(drops "$MN")"
check_eq "the gateway dropped nothing" "{}" \
	"$(drops "$GW" | jq -c 'del(.rx_keepalive_stray)')"
finish
