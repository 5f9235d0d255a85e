#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# An attacker who can send datagrams and ICMP errors to a mobile node's socket.
# Unless they are from its gateway's address and port they are not delivered, and
# are not evidence that the gateway is reachable; with a forged gateway's source
# only packets from outside to its /80 are. No ICMP error ends an attachment.
#
# proves: N7 N8 N9
# class: 6.1.1

# shellcheck disable=SC2119,SC2317,SC2329	# optional arguments, indirect calls
# shellcheck source-path=SCRIPTDIR source=../lib/lib.sh
. "$(dirname "$0")/../lib/lib.sh"
# shellcheck source-path=SCRIPTDIR source=../lib/attack.bash
. "$SELFTESTS/lib/attack.bash"

FORMER=fd00:6d:0:1:1:102:304:506

# as IPV4 PORT PACKET...: datagrams to the mobile node with this source, not
# translated by the NAT.
as()
{
	need in_ns "$NAT" "$TMP/inject" raw -b "$1" -s "$2" $MN4 "$SPORT" \
		"${@:3}"
}

# attachment: attributes that must not change.
attachment()
{
	m6tctl -n "$MN" -j show dev m6t0 |
		jq -c '.[0] | [.attached, .address, .sport, .mtu]'
	counter "$MN" attach
}

# wrong PACKET...: each from four places that are not the gateway's.
wrong()
{
	as $GW4 $((PORT + 1)) "$@"
	as $GW4 "$SPORT" "$@"
	as 192.0.2.77 $PORT "$@"
	near udp -s $PORT $MN4 "$SPORT" "$@"
}

elsewhere()
{
	counts "datagrams from other endpoints are refused" "$MN" \
		'{"m6t0":{"rx_not_gateway":16}}' wrong \
		"src=$HA6,dst=$ADDRESS,echo=1" "src=fe80::1,dst=$ADDRESS" \
		"src=fe80::1,dst=$FORMER" "src=$HA6,dst=$ADDRESS,nh=6,zero=20"
}

in_its_name()
{
	# 134: a router advertisement with fe80::1 as default router.
	counts "forged as the gateway: other sources are refused" "$MN" \
		'{"m6t0":{"rx_bad_source":9}}' as $GW4 $PORT \
		"src=$FORMER,dst=$ADDRESS,echo=1" \
		"src=$ADDRESS,dst=$ADDRESS,echo=1" \
		src={::,::1,ff02::1,fe80::2,::ffff:192.0.2.1,::192.0.2.1},"dst=$ADDRESS,echo=1" \
		"src=fe80::1,dst=$ADDRESS,hop=255,nh=58,pay=8600000040000708$(printf '%016x' 0)"
	counts "forged as the gateway: other destinations are refused" "$MN" \
		'{"m6t0":{"rx_bad_destination":10}}' as $GW4 $PORT \
		"src=$HA6",dst={fd00:6d:0:1:2::1,fd00:6d::1,$HA6,ff02::1,ff0e::1,fe80::1,::1,::,::ffff:10.0.0.2},echo=1 \
		"src=fe80::1,dst=fd00:6d:0:1:2::1"
	counts "forged as the gateway: a reply to another attachment is stray" \
		"$MN" \
		'{"m6t0":{"rx_keepalive_stray":1}}' as $GW4 $PORT \
		"src=fe80::1,dst=$FORMER"
	counts "forged as the gateway: fragments of a packet are refused" "$MN" \
		'{"m6t0":{"rx_short":1,"rx_bad_length":1}}' as $GW4 $PORT \
		"src=$HA6,dst=$ADDRESS,echo=1",cut={39,47}
}

errors()
{
	icmp "$NAT" "$MN" src=10.0.0.1,$GW4,192.0.2.77 dst=$MN4 \
		"from=$MN4:$SPORT" "to=$GW4:$PORT" isrc="$ADDRESS" idst=$HA6 \
		cuts=28,68,128
}

# The gateway stops answering. Packets of others are not evidence that it answers.
silence()
{
	need ip -n "$MN" link set m6t0 type m6t keepalive 1 \
		keepalive-retries 1 rotate off
	need ip -n "$GW" link set m6t0 down
	for ((i = 0; i < 60; i++)); do
		! grep -q '"unreachable"' "$TMP/events" || break
		wrong "src=fe80::1,dst=$ADDRESS" "src=$HA6,dst=$ADDRESS,nh=59"
		as $GW4 $PORT "src=fe80::1,dst=$FORMER" \
			"src=$HA6,dst=$FORMER,nh=59"
		sleep 0.1
	done
	grep -q '"unreachable"' "$TMP/events"
	result $? "forged replies do not hide that the gateway is unreachable"
	errors
	check_not "forged replies do not make the gateway reachable" \
		grep -q '"reachable"' <(
		sed '1,/"unreachable"/d' "$TMP/events")
}

# attached: the monitor has reported a new attachment.
attached()
{
	attach
	grep -q '"attached"' "$TMP/events"
}

topology "ip saddr 10.0.0.0/16 masquerade"
attackers
untracked
gateway ha $HA6
mobile_node
start "$MN" m6tctl -j monitor dev m6t0 >"$TMP/events"
need wait_for attached
SPORT=$(sport)
honest
BEFORE=$(attachment)
capture "$MN" m6t0 "$TMP/in" dst net $MN_PREFIX
elsewhere
in_its_name
errors
check_eq "attacks do not change the attachment" "$BEFORE" "$(attachment)"
honest_goes_on "attacked"
capture_end
check "packets of the home agent are received" has_captured "$TMP/in" 3
check_eq "packets of other sources are not received" \
	0 "$(captured "$TMP/in" not src host $HA6)"
check_eq "only echo replies of the home agent are received" 0 \
	"$(captured "$TMP/in" not "(icmp6 and ip6[40] == 129)")"
silence
check_eq "ICMP errors do not change the attachment" "$BEFORE" "$(attachment)"
finish
