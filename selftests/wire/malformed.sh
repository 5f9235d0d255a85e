#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Payloads that are not one whole IPv6 packet, and datagrams that no peer sends
# in good faith: each raises exactly one counter, creates no binding, and leaks
# no memory. One host has a gateway, m6t0, and a mobile node, m6t1, whose
# gateway is the peer that all this comes from; each sees everything.
#
#    peer                        host
#  +--------+              +----------------+
#  |    out-+--------------+-wan  m6t0 m6t1 |
#  +--------+              +----------------+
#  192.0.2.1               192.0.2.2
#
# proves: W5 G3 N9
# class: T17

# shellcheck disable=SC2317,SC2329	# called indirectly
. "$(dirname "$0")/../lib/lib.sh"

PEER=$NAT HOST=$GW
A=fd00:6d:0:1:1::a			# behind the gateway
M=fd00:6e:0:1:1:102:304:506		# the mobile node
MN_PORT=7000
TO_GW="src=$A,dst=$HA6" TO_MN="src=$HA6,dst=$M"

# both MODE [OPTION...] -- WORDS...: send such packets to both devices.
both()
{
	local -a how=()
	local words gw mn

	while [ "$1" != -- ]; do
		how+=("$1")
		shift
	done
	shift
	for words; do
		gw+=" $TO_GW,$words" mn+=" $TO_MN,$words"
	done
	# shellcheck disable=SC2086	# a list
	in_ns "$PEER" "$TMP/inject" "${how[@]}" 192.0.2.2 $PORT $gw &&
		in_ns "$PEER" "$TMP/inject" "${how[@]}" 192.0.2.2 $MN_PORT $mn
}

# each COUNTER N: the expected change on both devices.
each()
{
	echo "{\"m6t0\":{\"$1\":$2},\"m6t1\":{\"$1\":$2}}"
}

# counted NAME BEFORE WANT: as check_stats, and added to the sum of all.
counted()
{
	check_stats "$1" "$HOST" "$2" "$3"
	WANTED+=("$3")
}
WANTED=()

# rejected NAME COUNTER MODE [OPTION...] -- WORDS...: every packet raises COUNTER
# by one, and no other counter.
rejected()
{
	local name=$1 counter=$2 before n=0 word

	shift 2
	for word; do
		n=$((n + 1))
		[ "$word" != -- ] || n=0
	done
	before=$(stats "$HOST")
	need both "$@"
	counted "$name: $n times $counter" "$before" "$(each "$counter" "$n")"
}

# snmp FILE NAME: a counter of the host's stack.
snmp()
{
	# shellcheck disable=SC2016	# awk's
	in_ns "$HOST" awk -v name="$2" '
		$1 == name { print $2 }
		/^Udp: / && !n { for (n = NF; n; n--) at[$n] = n; n = NF; next }
		/^Udp: / { print $at[name] }' "/proc/net/$1"
}

# snmp_is FILE NAME VALUE
snmp_is()
{
	[ "$(snmp "$1" "$2")" = "$3" ]
}

# series WORD FROM TO: WORD=FROM to WORD=TO.
series()
{
	local i

	for ((i = $2; i <= $3; i++)); do
		echo "$1=$i"
	done
}

# rejected_by PORT PACKET...: packets that only one device's prefixes make wrong.
rejected_by()
{
	in_ns "$PEER" "$TMP/inject" "${UDP[@]}" 192.0.2.2 "$@"
}

need_inject
ns_add "$PEER" "$HOST"
link_ns "$PEER" out 192.0.2.1/24 "$HOST" wan 192.0.2.2/24
ip -n "$PEER" -b - <<-END
	route add 224.0.0.0/4 dev out
	route add 255.255.255.255 dev out
END
need ip -n "$HOST" -b - <<-END
	addr add $HA6 dev lo
	link add m6t0 type m6t mode gw prefix $PREFIX temp-timeout 60000 rate 0
	link add m6t1 type m6t mode mn prefix fd00:6e:0:1:1::/80 gateway 192.0.2.1 sport $MN_PORT keepalive 0
	link set m6t0 up
	link set m6t1 up
	route add $PREFIX dev m6t0
	route add default dev m6t1
END
need m6tctl -n "$HOST" attach dev m6t1 id 010203040506 >/dev/null
start=$(stats "$HOST")
UDP=(udp -s "$PORT") RAW=(raw -s "$PORT")

# W5: a packet of 48 bytes, cut at every length.
mapfile -t cuts < <(series zero=8,cut 0 39)
rejected "cut to 0 to 39 bytes" rx_short "${UDP[@]}" -- "${cuts[@]}"
mapfile -t cuts < <(series zero=8,cut 40 47)
rejected "cut to 40 to 47 bytes" rx_bad_length "${UDP[@]}" -- "${cuts[@]}"
mapfile -t versions < <(series zero=8,ver 0 5; series zero=8,ver 7 15)
rejected "every other version" rx_bad_version "${UDP[@]}" -- "${versions[@]}"
rejected "a payload length that lies" rx_bad_length "${UDP[@]}" -- \
	zero=8,plen={7,9,0,1,16,255,256,1400,32767,65535} zero=0,plen={1,8}
rejected "trailing bytes" rx_bad_length "${UDP[@]}" -- \
	zero=8,pad={1,7,8,40,1000} pad={1,40}
rejected "jumbograms" rx_bad_length "${UDP[@]}" -- \
	nh=0,pay=3b00c20400010008,plen=0 nh=0,plen=0 \
	nh=0,pay=3b00c20400010008,zero=1000,plen=0
# G3, N9: addresses that are never valid in a packet.
before=$(stats "$HOST")
rejected_by $PORT src={::,::1,fe80::2,ff02::1,::ffff:1.2.3.4,::1.2.3.4},dst=$HA6 \
	src=fd00:6e::1,dst=$HA6
rejected_by $MN_PORT \
	src={::,::1,fe80::2,ff02::1,::ffff:1.2.3.4,::1.2.3.4},dst=$M
counted "unusable sources are counted" "$before" \
	'{"m6t0":{"rx_bad_source":7},"m6t1":{"rx_bad_source":6}}'
before=$(stats "$HOST")
rejected_by $PORT src=$A,dst={::,::1,fe80::2,ff02::1,::ffff:1.2.3.4,::1.2.3.4}
rejected_by $MN_PORT src=$HA6,dst=fd00:6e:0:1:2::1 \
	src=$HA6,dst={::,::1,fe80::2,ff02::1,::ffff:1.2.3.4,::1.2.3.4}
counted "unusable destinations are counted" "$before" \
	'{"m6t0":{"rx_bad_destination":6},"m6t1":{"rx_bad_destination":7}}'

# The outer headers.
rejected "UDP source port 0" rx_bad_source raw -s 0 -- zero=8 echo=1
before=$(stats "$HOST")
for dst in 192.0.2.255 255.255.255.255 224.0.0.1; do
	in_ns "$PEER" "$TMP/inject" "${UDP[@]}" $dst $PORT "$TO_GW,echo=1" &&
		in_ns "$PEER" "$TMP/inject" "${UDP[@]}" $dst $MN_PORT \
			"$TO_MN,echo=1"
done
counted "outer broadcasts and multicasts are counted" "$before" "$(each rx_bad_destination 3)"
before=$(stats "$HOST")
errors=$(snmp snmp InErrors)
both "${RAW[@]}" -k bad -- zero=8 zero=8,ver=5
check "a wrong outer checksum is dropped by the kernel" \
	wait_for snmp_is snmp InErrors $((errors + 4))
check_stats "a wrong outer checksum raises no counter of m6t" "$HOST" "$before" '{}'

# W5: the same towards the network, from a packet socket.
before=$(stats "$HOST")
for dev in m6t0 m6t1; do
	in_ns "$HOST" "$TMP/inject" dev $dev hex=60 \
		"src=$M,dst=$A,zero=8",{ver=0,ver=4,ver=7,plen=0,plen=7,plen=9,pad=1} \
		"src=$M,dst=$A,zero=8",cut={1,8,23,24,39,40,47}
	in_ns "$HOST" "$TMP/inject" dev -p 0x0800 $dev "src=$M,dst=$A,zero=8"
done
counted "a packet that is not whole IPv6 is not sent" "$before" \
	"$(each tx_bad_source 16)"

# Fragments, so that a packet is not linear. The kernel merges small fragments
# into one buffer, but not large ones behind a small one.
before=$(stats "$HOST")
for size in 8 24 40 8,1472 24,1472 32,1024; do
	both "${RAW[@]}" -f $size -- zero=2000,plen=1999 zero=2000,pad=1
done
counted "malformed packets in fragments are counted" "$before" "$(each rx_bad_length 12)"
rejected "short in fragments of 8" rx_short "${RAW[@]}" -f 8 -- zero=8,cut={9,39}
rejected "not version 6 in fragments, last one first" rx_bad_version \
	"${RAW[@]}" -f 8,1472 -r -- zero=1900,ver={5,15}
check_eq "malformed packets create no binding" 0 "$(bindings)"

# Whole packets that the host answers show that what was sent arrived intact.
before=$(stats "$HOST")
echoes=$(snmp snmp6 Icmp6InEchos)
both "${UDP[@]}" -- echo=1
for size in 8 24 40 8,1472 24,1472 48,1024 1480; do
	both "${RAW[@]}" -f $size -- echo=1,zero=80 echo=1,zero=2000
done
check "whole packets are delivered, in fragments as well" \
	wait_for snmp_is snmp6 Icmp6InEchos $((echoes + 30))
both "${RAW[@]}" -r -f 8,1472 -- echo=1,zero=99 echo=1,zero=2000
both "${RAW[@]}" -f 8,1472 -- echo=1,zero={4000,60000}
both "${RAW[@]}" -k zero -- echo=1
check "whole packets are delivered: last fragment first, large, without outer checksum" \
	wait_for snmp_is snmp6 Icmp6InEchos $((echoes + 40))
counted "whole packets raise no counter of drops" "$before" \
	'{"m6t0":{"binding_created":1,"binding_activated":1}}'

check "no other counter was raised during the test" stats_diff "$HOST" \
	"$start" "$(printf '%s\n' "${WANTED[@]}" | jq -nc 'reduce (inputs |
		to_entries[] | .key as $d | .value | to_entries[] |
		[$d, .key, .value]) as [$d, $k, $n] ({}; .[$d][$k] += $n)')"

# Rejected packets leak no memory.
memory()
{
	awk '/^SUnreclaim/ { print $2 }' /proc/meminfo
}

memory_within()
{
	[ $(($(memory) - $1)) -lt "$2" ]
}

rounds=3000
[ -z "${M6T_QUICK:-}" ] || rounds=500
burst=("zero=8,cut=0" "zero=8,cut=39" "zero=8,ver=4" "zero=8,plen=9" "zero=8,pad=1")
both "${UDP[@]}" -c 100 -- "${burst[@]}"
before=$(memory)
start=$(stats "$HOST")
need both "${UDP[@]}" -c $rounds -- "${burst[@]}"
check "$((rounds * 10)) rejected packets leak no memory" \
	wait_for memory_within "$before" $((rounds / 10 + 500))
check_eq "the rejected packets were counted, and nothing else" \
	"[[\"rx_bad_length\",\"rx_bad_version\",\"rx_short\"],true]" \
	"$(stats_diff "$HOST" "$start" | jq -c "[([.[] | keys[]] | unique),
		([.[][]] | add > $rounds * 9)]")"
finish
