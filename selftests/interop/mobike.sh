#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# A mobile node with three links behind three kinds of NAT. strongSwan, as Debian
# ships it, moves its IKEv2 tunnel from one care-of address to the next (MOBIKE)
# as m6tctl follow removes them, and a download continues.
#
#    mn                nat, nat1, nat2            gw                   ha
#  +------------+    +-----------------+    +-----------+        +-----------+
#  | m6t0  eth -+----+- keeps ports   -+----+- wan0     |        |           |
#  | m6t1  wlan-+----+- random ports  -+----+- wan1 lan-+-20 ms--+-eth       |
#  | m6t2  wwan-+----+- forgets in 2 s-+----+- wan2     |        |           |
#  +------------+    +-----------------+    +-----------+        +-----------+
#
# Each care-of address has its own routing table: a packet from it must leave by
# its device, whichever is preferred.
# takes long
# proves: N4 N5 N6 N11 B6

# shellcheck disable=SC2317,SC2329	# called indirectly
# shellcheck source-path=SCRIPTDIR source=../lib/lib.sh
. "$(dirname "$0")/../lib/lib.sh"
# shellcheck source-path=SCRIPTDIR source=../lib/follow.bash
. "$SELFTESTS/lib/follow.bash"
# shellcheck source-path=SCRIPTDIR source=../lib/ike.bash
. "$SELFTESTS/lib/ike.bash"

LINKS=(eth wlan wwan)
NATS=("$NAT" "${NAT}1" "${NAT}2")
KINDS=(masquerade "masquerade fully-random" "masquerade random")
# s: between two blocks of the download.
PACE=0.004
[ -z "${M6T_QUICK:-}" ] || PACE=0.04
! time_travel || PACE=0.02
# ms: round trip between mobile node and home agent.
RTT=40
# ms: limit for all but round trips, with a clock that only waiting moves, and on
# busy machines.
SLACK=250
[ "$WAIT" -le 10 ] || SLACK=3000
! time_travel || SLACK=50

# way N: a link, and a NAT between it and the gateway.
way()
{
	local nat=${NATS[$1]}

	link_ns "$MN" "${LINKS[$1]}" "10.0.$1.2/24" "$nat" in "10.0.$1.1/24"
	link_ns "$nat" out "198.51.100.$((2 * $1))/31" \
		"$GW" "wan$1" "198.51.100.$((2 * $1 + 1))/31"
	need ip -n "$nat" route add $GW4 via "198.51.100.$((2 * $1 + 1))"
	need mn_ip route add default via "10.0.$1.1" metric "10$1"
	in_ns "$nat" sysctl -qw net.ipv4.ip_forward=1
	NAT=$nat nat_rule "${KINDS[$1]}"
}

# distant NETNS IFNAME: packets sent there arrive half a round trip later.
distant()
{
	need tc -n "$1" qdisc add dev "$2" root netem delay $((RTT / 2))ms \
		limit 10000
}

three_ways()
{
	ns_add "$MN" "$GW" "$HA" "${NATS[@]}"
	way 0
	way 1
	way 2
	link_ns "$GW" lan $GW6/64 "$HA" eth $HA6/64,$SERVER/128
	need ip -n "$GW" addr add $GW4/32 dev lo
	need ip -n "$HA" -6 route add $PREFIX via $GW6
	need ip -n "$HA" -6 route add $HOME_PREFIX via $GW6
	in_ns "$GW" sysctl -qw net.ipv6.conf.all.forwarding=1
	in_ns "${NATS[2]}" sysctl -qw net.netfilter.nf_conntrack_udp_timeout=2 \
		net.netfilter.nf_conntrack_udp_timeout_stream=2
	distant "$GW" lan
	distant "$HA" eth
}

# mobile N [OPTION...]: a device on its link, with its own metric.
mobile()
{
	MN_PREFIX=fd00:6d:0:1:$1::/80 DEV=m6t$1
	device dev "${LINKS[$1]}" "${@:2}"
	need mn_ip -6 rule add from "$MN_PREFIX" lookup "10$1"
	need mn_ip -6 route add default dev "$DEV" table "10$1"
	prefer "$1"
	need wait_for ping6_ok "$MN" $HA6 -I "$ADDRESS" -W 1
}

# prefer N: the device is attached; lower numbers are preferred.
prefer()
{
	DEV=m6t$1 METRIC=4096
	need wait_for here
	METRIC=$((64 + $1))
	need batch "route add default dev $DEV metric $METRIC
		route del default dev $DEV metric 4096" -6
	need here
}

# A tunnel from the home address. Each side floats to port 4500, as MOBIKE
# requires, but there is no NAT in between.
tunnel()
{
	need mn_ip link add home type dummy
	need mn_ip link set home up
	ike_daemon "$MN" mn "install_routes = no" "install_virtual_ip_on = home"
	ike_daemon "$HA" ha "install_routes = no"
	ike_config yes %any
	need swan mn --initiate --child home --timeout "$((WAIT * 3))" \
		>"$TMP/initiate" 2>&1
	ike_ask mn
	HOME_ADDRESS=$(ike_value mn local-vips | tr -d '[]')
}

# download: without end until there is a file "enough". Both sides print how much
# was transferred. A packet is also sent both ways every 10 ms, as TCP backs off
# while none of its own arrives.
download()
{
	cat >"$TMP/source.py" <<-END
	import hashlib, os, socket, sys, time
	s = socket.create_server((sys.argv[1], 9), family=socket.AF_INET6)
	c, _ = s.accept()
	sent = hashlib.sha256()
	while not os.path.exists(sys.argv[2]):
	    block = os.urandom(4096)
	    c.sendall(block)
	    sent.update(block)
	    time.sleep($PACE)
	c.close()
	print(sent.hexdigest())
	END
	start "$HA" python3 "$TMP/source.py" $SERVER "$TMP/enough" >"$TMP/sent"
	SOURCE=$PID
	need wait_for listens "$HA" src "[$SERVER]:9"
	start "$MN" socat -u "TCP6:[$SERVER]:9,bind=[$HOME_ADDRESS]" - \
		> >(sha256sum | cut -d ' ' -f 1 >"$TMP/got")
	SINK=$PID
	start "$MN" ping -6 -n -q -i 0.01 -I "$HOME_ADDRESS" $SERVER \
		>"$TMP/ping" 2>&1
}

# flows N: data is received through its device.
flows()
{
	in_ns "$MN" timeout "$WAIT" tcpdump -Z root -n -c 20 -i "m6t$1" \
		src "$SERVER" and tcp >/dev/null 2>&1
}

# ends N NEXT NAME WHAT COMMAND...: the path in use ends; which one follows, and
# when? WHAT is the first message of the kernel about it. charon itself waits for
# 100 ms and checks whether the next path works before it moves there, so the
# total is more than a round trip.
ends()
{
	local since rc charons

	capture "$MN" any "$TMP/cut$1.pcap" -s 128 \
		"src $SERVER and (tcp or icmp6)"
	since=$EPOCHREALTIME
	need "${@:5}"
	wait_for times "$1" "$since" "$4"
	rc=$?
	result $rc "$3: the tunnel moves"
	[ $rc -eq 0 ] || diag "$(cat "$TMP/times" "$TMP/mn/log")"
	stop "${CAPTURES[@]}"
	CAPTURES=()
	charons=$(($(value moved) - $(value seen) - RTT))
	diag "$3, ms: $(cat "$TMP/times"), for charon's account $charons"
	check_eq "$3: the tunnel uses the next best device" "m6t$2" "$(value by)"
	check "$3: address and route are removed within $SLACK ms" \
		test "$(value gone)" -le $SLACK
	check "$3: without charon's share, the gap is a round trip and $SLACK ms at most" \
		test $(($(value packet) - charons)) -le $((RTT + SLACK))
}

# times N SINCE WHAT: into $TMP/times.
times()
{
	in_ns "$MN" python3 "$SELFTESTS/interop/mobike_times.py" "m6t$1" "$2" "$3" \
		"$TMP/monitor" "$TMP/mn/log" "$TMP/cut$1.pcap" >"$TMP/times" 2>&1
}

# place N: its source port, and the one behind the NAT.
place()
{
	local address port

	read -r address port < <(m6tctl -n "$MN" -j show dev "m6t$1" |
		jq -r '.[0] | "\(.address) \(.sport)"')
	echo "$port $(binding "$address" | jq .port)"
}

# same_port N: has the NAT kept it?
same_port()
{
	local port outer

	read -r port outer < <(place "$1")
	[ "$port" = "$outer" ]
}

# value NAME: one of the times.
value()
{
	sed -n "s/.*\\b$1 \\([-a-z0-9]*\\).*/\\1/p" "$TMP/times"
}

three_ways
gateway ha $HA6
follow
mobile 0
mobile 1
mobile 2 keepalive 1
start "$MN" ip -ts -o monitor link address route >"$TMP/monitor"
tunnel
download
check "data is received through the first device" flows 0
check "the first NAT keeps the port" same_port 0
check_not "the second NAT changes the port" same_port 1
third=$(place 2)
ends 0 1 "carrier lost" "${LINKS[0]}@.*NO-CARRIER" \
	ip -n "${NATS[0]}" link set in down
check_eq "the mapping of the third NAT is kept" "$third" "$(place 2)"
ends 1 2 "address removed" "Deleted.* 10.0.1.2/24" \
	mn_ip addr del 10.0.1.2/24 dev "${LINKS[1]}"
check "data is received behind a NAT with short timeouts" flows 2

need ip -n "${NATS[0]}" link set in up
prefer 0
need mn_ip addr add 10.0.1.2/24 dev "${LINKS[1]}"
need mn_ip route add default via 10.0.1.1 metric 101
prefer 1
check "a link that comes back does not interrupt data" flows 2
ends 2 0 "link deleted" "Deleted.* ${LINKS[2]}@" \
	mn_ip link del "${LINKS[2]}"

: >"$TMP/enough"
wait "$SOURCE" "$SINK"
check_eq "the download ends with status 0" 0 $?
need wait_for test -s "$TMP/got"
check_eq "the download has all that was sent" \
	"$(cat "$TMP/sent")" "$(cat "$TMP/got")"
check_eq "m6tctl follow reports no error" "" "$(cat "$LOG.err")"
finish
