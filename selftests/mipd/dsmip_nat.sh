#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# The protocol module at both ends, in realistic IPv4 networks: two mobile nodes behind
# one NAT that chooses ports at random; one that is restarted, or gets another public
# address, while they are registered; movement from behind it to a network without one
# and back; and a home agent with two uplinks. Payload from another endpoint is reported
# and never changes a binding; a binding update does, and is sent soon, as payload is no
# longer answered; and IPsec does not notice anything.
#
#    mn                  nat                    ha
#  +------+          +---------+          +-------------+
#  | eth--+----------+-in  out-+----------+-wan    m6t0 |  192.0.2.2
#  | eth2-+----------+-in2     |          |             |
#  +------+          |         |          |             |
#    b               |         |          |             |
#  +------+          |         |          |             |
#  | eth--+----------+-in3 out2+----------+-wan2   m6t1 |  203.0.113.2
#  +------+          +---------+          +-------------+
#  10.0.4.2      192.0.2.1 and .9, 198.19.0.1
#
# takes long
# proves: D3 D6 D8 D10 D19

# shellcheck disable=SC2119,SC2317,SC2329	# optional arguments, called indirectly
# shellcheck source-path=SCRIPTDIR source=../lib/lib.sh
. "$(dirname "$0")/../lib/lib.sh"
# shellcheck source-path=SCRIPTDIR source=../lib/dsmip.bash
. "$SELFTESTS/lib/dsmip.bash"
# shellcheck source-path=SCRIPTDIR source=mipd.bash
. "$SELFTESTS/mipd/mipd.bash"

B=m6t-$$-b HOA_B=2001:db8:2::5678 HOA4_B=198.51.100.20
HA4_B=203.0.113.2 NAT4_B=198.19.0.1 NAT4_NEW=192.0.2.9
EVENTS=$TMP/events
# A mobile node behind a NAT refreshes its binding after 99 s at the earliest.
LIFETIME=600
# What it sends may stay unanswered for 5 s, or for 10 s if nothing was received since
# that has happened before; it looks each second.
PATIENCE=13

# at FIELD [HOA [DEV]]: of its binding.
at()
{
	m6tctl -n "$HA" -j binding get "${2:-$HOA}" dev "${3:-m6t0}" 2>/dev/null |
		jq -r ".[0].$1"
}

# bound_to HOA ADDRESS [DEV]
bound_to()
{
	[ "$(at remote "$1" "${3:-m6t0}")" = "$2" ]
}

not_bound()
{
	[ -z "$(at remote "$1")" ]
}

ping4_ok()
{
	in_ns "$1" ping -n -q -c 1 -W "$WAIT" "$2"
}

# reachable NAME NETNS HOA HOA4: both families, both ways.
reachable()
{
	check "$1: IPv6 to the mobile node" ping6_ok "$CN" "$3"
	check "$1: IPv4 to the mobile node" ping4_ok "$CN" "$4"
	check "$1: IPv6 from the mobile node" ping6_ok "$2" $CN6
	check "$1: IPv4 from the mobile node" ping4_ok "$2" $CN4
}

both_reachable()
{
	reachable "$1, the first" "$MN" $HOA $HOA4
	reachable "$1, the second" "$B" $HOA_B $HOA4_B
}

# ---- another mobile node, another uplink

# The second mobile node: its links, its file.
node_b()
{
	ns_add "$B"
	link_ns "$B" eth 10.0.4.2/24 "$NAT" in3 10.0.4.1/24
	need ip -n "$B" route add default via 10.0.4.1
	need mkdir -p "/etc/netns/$B/m6t"
	at_exit "rm -rf /etc/netns/$B"
	at_exit "in_ns $B m6tctl down m6t0"
	node_b_file $HA4
	echo "mn $HOA_B hoa4 $HOA4_B" >>"/etc/netns/$HA/m6t/m6t0.conf"
	echo "$HOA_B 0x2001 $DSMIP_AUTH $DSMIP_ENC" >>"/etc/netns/$HA/m6t/keys"
	need cp "/etc/netns/$HA/m6t/keys" "/etc/netns/$B/m6t/keys"
}

# node_b_file HA4: its home agent is there.
node_b_file()
{
	cat >"/etc/netns/$B/m6t/m6t0.conf" <<-END
	mode dsmip-mn
	ha $HA6
	ha4 $1
	hoa $HOA_B
	hoa4 $HOA4_B
	lifetime $LIFETIME
	ipsec manual /etc/m6t/keys
	END
}

# The home agent's default route is that of the first uplink; what is sent from the
# address of the second one leaves by that.
second_uplink()
{
	link_ns "$NAT" out2 203.0.113.1/24 "$HA" wan2 $HA4_B/24
	need in_ns "$NAT" ethtool -K out2 tx off >"$TMP/ethtool"
	need in_ns "$HA" ethtool -K wan2 tx off >"$TMP/ethtool"
	need ip -n "$NAT" addr add $NAT4_B/32 dev lo
	need ip -n "$NAT" addr add $NAT4_NEW/24 dev out
	need ip -n "$HA" route add default via $NAT4 dev wan
	need ip -n "$HA" route add default via 203.0.113.1 dev wan2 table 30
	need ip -n "$HA" rule add from $HA4_B lookup 30
	need in_ns "$HA" sysctl -qw net.ipv4.conf.all.rp_filter=0 \
		net.ipv4.conf.wan2.rp_filter=0
	sed "s/^ha4 .*/ha4 $HA4_B/; s/home-link.*/home-link home/" \
		"/etc/netns/$HA/m6t/m6t0.conf" >"/etc/netns/$HA/m6t/m6t1.conf"
	at_exit "in_ns $HA m6tctl down m6t1"
}

# nat ADDRESS: public address of everybody behind the NAT, with ports at random.
nat()
{
	need in_ns "$NAT" nft -f - <<-END
	table ip m6t
	delete table ip m6t
	table ip m6t {
		chain post {
			type nat hook postrouting priority 100;
			oifname out ip saddr 10.0.0.0/16 $1 fully-random
			oifname out2 ip saddr 10.0.0.0/16 snat to $NAT4_B
		}
	}
	END
}

# all_xfrm: as xfrm_dump, of the second mobile node, too.
all_xfrm()
{
	xfrm_dump
	ip -n "$B" xfrm state | grep -v "anti-replay\|lastused"
	ip -n "$B" xfrm policy
}

# ---- behind one NAT

registration()
{
	check "the home agent starts" in_ns "$HA" m6tctl up m6t0
	monitor_dsmip "$HA" "$EVENTS"
	check "a mobile node starts" in_ns "$MN" m6tctl up m6t0
	check "another one starts" in_ns "$B" m6tctl up m6t0
	check "the first is bound to the NAT" wait_for bound_to $HOA $NAT4
	check "the second, too" wait_for bound_to $HOA_B $NAT4
	check_not "with another port" test "$(at port)" = "$(at port $HOA_B)"
	both_reachable "behind one NAT"
	check "one reaches the other" ping6_ok "$MN" $HOA_B
}

# ---- a NAT that forgets

# count EVENT HOA: how many there were.
count()
{
	jq -c "select(.event == \"$1\" and .address == \"$2\")" "$EVENTS" | wc -l
}

# more EVENT HOA N: more than that.
more()
{
	[ "$(count "$1" "$2")" -gt "$3" ]
}

# soon COMMAND...: wait for what comes long before the next refresh.
soon()
{
	local WAIT=$((WAIT < 60 ? WAIT + PATIENCE : 60 + PATIENCE))

	wait_for "$@"
}

# sent_and_healed HOA: payload is sent again, and the binding healed.
sent_and_healed()
{
	payload "$MN"
	payload "$B"
	healed "$1"
}

# endpoint HOA: where it is bound.
endpoint()
{
	echo "$(at remote "$1") $(at port "$1")"
}

# mismatch HOA: where its last payload from elsewhere came from.
mismatch()
{
	jq -r "select(.event == \"mismatch\" and .address == \"$1\") |
		\"\(.remote) \(.port)\"" "$EVENTS" | tail -n 1
}

# payload NETNS: a packet of each family; what comes back is lost.
payload()
{
	in_ns "$1" ping -6 -n -q -c 1 -W 0.1 $CN6
	in_ns "$1" ping -n -q -c 1 -W 0.1 $CN4
} >"$TMP/ping" 2>&1

# both_more EVENT N M: more of the first, and of the second mobile node.
both_more()
{
	more "$1" $HOA "$2" && more "$1" $HOA_B "$3"
}

# provoked COMMAND...: by this, the NAT forgets who is behind it, and payload of both
# comes from elsewhere, before a binding update of either does. Sets where they were.
provoked()
{
	local n m

	n=$(count mismatch $HOA) m=$(count mismatch $HOA_B)
	OLD=$(endpoint $HOA) OLD_B=$(endpoint $HOA_B)
	BOUND=$(count bound $HOA) BOUND_B=$(count bound $HOA_B)
	need "$@"
	SINCE=$(date +%s%3N)
	payload "$MN"
	payload "$B"
	WAIT=2 wait_for both_more mismatch "$n" "$m"
}

# stays HOA ENDPOINT N: it is bound to this one, unless there were more than N bindings,
# which bound_by_signalling looks at.
stays()
{
	[ "$(endpoint "$1")" = "$2" ] || more bound "$1" "$3"
}

# healed HOA: it is bound to where its payload came from.
healed()
{
	[ "$(endpoint "$1")" = "$(mismatch "$1")" ]
}

# forgets NAME COMMAND...: by this, the NAT forgets who is behind it.
forgets()
{
	local name=$1

	shift
	# A slow machine may be too late for the first time.
	wait_for provoked "$@"
	result $? "$name: payload of both is a mismatch"
	check "$name: that moves no binding of the first" \
		wait_for stays $HOA "$OLD" "$BOUND"
	check "$name: nor of the second" wait_for stays $HOA_B "$OLD_B" "$BOUND_B"
	check "$name: a binding update of the first heals it soon" soon sent_and_healed $HOA
	check "$name: that of the second, too" soon sent_and_healed $HOA_B
	figure "$name: healed after" "$(($(date +%s%3N) - SINCE)) ms"
}

# at_address NAME ADDRESS: both are bound to it, and reachable.
at_address()
{
	check_eq "$1: both are bound to the public address" "$2 $2" \
		"$(at remote $HOA) $(at remote $HOA_B)"
	both_reachable "$1"
}

restarted()
{
	in_ns "$NAT" conntrack -F >"$TMP/conntrack" 2>&1
}

rebound()
{
	nat "snat to $NAT4_NEW"
	restarted
}

# Every binding is where a binding update has come from.
bound_by_signalling()
{
	jq -se '. as $all | any(.event == "bound") and ([range(length)] | all(
		. as $i | $all[$i] | . as $b | .event != "bound" or
		any($all[:$i][]; .event == "signal" and .address == $b.address
			and .remote == $b.remote and .port == $b.port)))' "$EVENTS"
}

# ---- movement

slots_are()
{
	[ "$(m6tctl -n "$MN" -j show dev m6t0 | jq -r '[.[0].slots[] |
		.state + " " + .local] | join(", ")')" = "$1" ]
}

# module NETNS: pid of the protocol module.
module()
{
	ip netns pids "$1" | while read -r pid; do
		grep -qx m6tmipd "/proc/$pid/comm" && echo "$pid"
	done
}

# flow_end NETNS FROM TO FILE: a datagram every 5 ms, until SIGUSR1.
flow_end()
{
	rm -f "$TMP/$4"
	start "$1" "$SELFTESTS/dsmip/dsmip_flow.py" "$2" "$3" 5 "$TMP/$4" \
		>"$TMP/$4.out" 2>&1
	FLOWS+=("$PID")
	need wait_for grep -q ready "$TMP/$4.out"
}

# all_came FROM TO: all that one end sent has come to the other one.
all_came()
{
	[ -e "$TMP/$1" ] && [ -e "$TMP/$2" ] &&
		[ "$(jq .sent "$TMP/$1")" = "$(jq .received "$TMP/$2")" ]
}

# prefer LINK OTHER: as the file says when it is read again.
prefer()
{
	need sed -i "s/^link $1 .*/link $1 metric 1/; s/^link $2 .*/link $2 metric 2/" \
		"/etc/netns/$MN/m6t/m6t0.conf"
	need kill -HUP "$(module "$MN")"
}

# moves NAME LINK OTHER CARE-OF REMOTE KIND: the mobile node prefers that link from now
# on, while both are up; then payload is of that kind.
moves()
{
	FLOWS=()
	flow_end "$MN" $HOA $CN6 flow-mn
	flow_end "$CN" $CN6 $HOA flow-cn
	kill -USR2 "${FLOWS[@]}"
	prefer "$2" "$3"
	check "$1: it is bound there" wait_for bound_to $HOA "$5"
	check "$1: and gives up the other one" wait_for slots_are "active $4"
	check_eq "$1: payload is as it must be there" "$6" "$(at kind)"
	kill -USR1 "${FLOWS[@]}"
	check "$1: nothing from the mobile node is lost" \
		wait_for all_came flow-mn flow-cn
	check "$1: nothing to it is lost" wait_for all_came flow-cn flow-mn
	diag "$(cat "$TMP/flow-mn" "$TMP/flow-cn")"
	stop "${FLOWS[@]}"
	reachable "$1" "$MN" $HOA $HOA4
}

# The home agent sends to the new care-of address as soon as it has accepted that, as it
# must be there: without UDP. The mobile node does not know that yet if the
# acknowledgment is late, and receives all the same.
unacknowledged()
{
	need in_ns "$NAT" nft -f - <<-END
	table ip late {
		chain forward {
			type filter hook forward priority 0;
			oifname in2 udp sport $DSMIP_PORT drop
		}
	}
	END
	capture "$MN" m6t0 "$TMP/late" icmp6 and src $CN6
	capture "$MN" eth2 "$TMP/late-eth2" proto 41
	prefer eth2 eth
	check "without an acknowledgment: it is bound" wait_for bound_to $HOA $COA2
	in_ns "$CN" ping -6 -n -q -c 1 -W 0.01 $HOA >"$TMP/ping"
	check "without an acknowledgment: it is sent payload without UDP" \
		wait_for has_captured "$TMP/late-eth2" 1
	check "without an acknowledgment: it receives that" \
		wait_for has_captured "$TMP/late" 1
	capture_end
	need in_ns "$NAT" nft delete table ip late
	prefer eth eth2
	check "without an acknowledgment: it returns" wait_for bound_to $HOA $NAT4_NEW
	check "without an acknowledgment: to one alone" wait_for slots_are "active $COA"
}

# ---- two uplinks

uplinks()
{
	check "the second mobile node ends" in_ns "$B" m6tctl down m6t0
	check "and is no longer bound" wait_for not_bound $HOA_B
	node_b_file $HA4_B
	check "the home agent starts at its second uplink" in_ns "$HA" m6tctl up m6t1
	capture "$HA" wan "$TMP/wan" udp
	capture "$HA" wan2 "$TMP/wan2" udp
	check "the second mobile node starts" in_ns "$B" m6tctl up m6t0
	check "it is bound there" wait_for bound_to $HOA_B $NAT4_B m6t1
	both_reachable "two uplinks"
	capture_end
	check_eq "what is asked at the second one is answered from there, by its link" \
		"$HA4_B" "$(answers_from wan2)"
	check_eq "and nothing of it leaves by the first one" "$HA4" \
		"$(answers_from wan)"
	check "one reaches the other" ping6_ok "$MN" $HOA_B
}

# answers_from LINK: sources of what the home agent has sent there.
answers_from()
{
	wire "$TMP/$1" 'select(.sport == 4191) | .src' | sort -u | xargs
}

topology_dsmip
dsmip_files "lifetime $LIFETIME"
node_b
second_uplink
nat masquerade
mipd_ipsec
need in_ns "$B" sh -ec "m6tctl ipsec m6t0 manual /etc/m6t/keys | sh -e"
all_xfrm >"$TMP/before"
registration
forgets "a NAT is restarted" restarted
at_address "a NAT is restarted" $NAT4
forgets "a NAT gets another address" rebound
at_address "a NAT gets another address" $NAT4_NEW
unacknowledged
moves "to a network without a NAT" eth2 eth $COA2 $COA2 ip4
moves "back behind a NAT" eth eth2 $COA $NAT4_NEW udp4
check "every binding is by signalling, from where that came" bound_by_signalling
uplinks
all_xfrm >"$TMP/after"
check "IPsec has not noticed anything" same_file "$TMP/before" "$TMP/after"
finish
