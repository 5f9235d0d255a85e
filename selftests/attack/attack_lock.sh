#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Forged packets that the home agent answers create active bindings, which must not
# lock a gateway: echo requests, and first messages of IKE to strongSwan as Debian
# ships it. Newcomers get in with their first packet and keep their binding for as long
# as the attack lasts, whether they are m6t devices or any stack that answers echo
# requests; a mobile node that was there before loses nothing (as fast as possible:
# nothing that reached the gateway, as queues of links are full); the gateway itself sends
# no more bytes to forged addresses than came from them. The home agent is 20 ms away,
# newcomers 300 ms. At the highest rate of this machine, and at 600 packets a second;
# the long version takes ten minutes of the latter.
#
# needs two CPUs
# proves: G12 G17
# class: 6.1.3
# soak: uml
# takes long
# runs alone: it floods

# shellcheck disable=SC2119,SC2317,SC2329	# optional arguments, indirect calls
# shellcheck source-path=SCRIPTDIR source=../lib/lib.sh
. "$(dirname "$0")/../lib/lib.sh"
# shellcheck source-path=SCRIPTDIR source=../lib/attack.bash
. "$SELFTESTS/lib/attack.bash"
# shellcheck source-path=SCRIPTDIR source=../lib/ike.bash
. "$SELFTESTS/lib/ike.bash"

MAX=65536
HALF=50				# newcomers of either kind
SLOW=600			# packets a second
SECONDS_FAST=$(short_or_long 8 60)
SECONDS_SLOW=$(short_or_long 8 600)
SOURCES=(192.0.2.{11,12,13,14,15,16,17,18,19,20})

# flood KIND RATE: from now on.
flood()
{
	ip netns exec "$FAR" "${THEIRS[@]}" "$TMP/flood" "$1" eth "$MAC" 7200 "$2" \
		"$RANDOM" "$TMP/first" >"$TMP/sent" &
	FLOOD=$!
	at_exit "kill $FLOOD 2>/dev/null"
}

# flood_end: sets SENT, packets a second.
flood_end()
{
	local n us

	stop "$FLOOD"
	read -r n us <"$TMP/sent"
	SENT=$((us ? n * 1000000 / us : 0))
}

is_full()
{
	[ "$(bindings)" -ge $((MAX - MAX / 16)) ]
}

# device I: a mobile node's device, attached; sets ADDRESS.
device()
{
	need ip -n "$MN" link add "new$1" type m6t mode mn \
		prefix "$(printf 'fd00:6d:0:2:%x::/80' "$1")" gateway $GW4
	need ip -n "$MN" link set "new$1" up
	[[ $(m6tctl -n "$MN" -j attach dev "new$1") =~ \
	   \"address\":\"([0-9a-f:]+)\" ]] && ADDRESS=${BASH_REMATCH[1]}
	need ip -n "$MN" -6 route add $HA6 dev "new$1" metric $((100 + $1))
}

# devices N: create N devices, and list the address of each.
devices()
{
	local i

	for ((i = 1; i <= $1; i++)); do
		device "$i"
		echo "new$i $ADDRESS"
	done >"$TMP/addresses"
}

# devices_end N
devices_end()
{
	local i

	for ((i = 1; i <= $1; i++)); do
		need ip -n "$MN" link del "new$i"
	done
}

# newcomers SECONDS FIRST: all of them, for this time. $TMP/newcomers has a line for
# each: address, packets sent and answered, and whether the first one was.
newcomers()
{
	local plain

	PYTHONPATH=$SELFTESTS/lib in_ns "$NAT" "${OURS[@]}" python3 \
		"$SELFTESTS/attack/attack_lock.py" plain "$1" "$2" $HALF \
		"${SOURCES[@]}" >"$TMP/plain" &
	plain=$!
	PYTHONPATH=$SELFTESTS/lib in_ns "$MN" "${OURS[@]}" python3 \
		"$SELFTESTS/attack/attack_lock.py" devices "$1" \
		"${NAMES[@]}" >"$TMP/devices"
	wait $plain
	awk 'FNR == NR { address[$1] = $2; next } { $1 = address[$1]; print }' \
		"$TMP/addresses" "$TMP/devices" | cat - "$TMP/plain" \
		>"$TMP/newcomers"
}

# bound: the number of newcomers that still have their first binding: one that has
# counted (nearly) all of their packets.
bound()
{
	m6tctl -n "$GW" -j binding show dev m6t0 prefix $PREFIX |
		jq -r '.[] | select(.state == "active" and .proven) |
			"\(.address) \(.rx_packets)"' >"$TMP/bound"
	awk 'FNR == NR { packets[$1] = $2; next }
		packets[$1] >= 0.8 * $2 { n++ } END { print n + 0 }' \
		"$TMP/bound" "$TMP/newcomers"
}

# witness: count the mobile node's echo requests and their answers before and after the
# device; a request and its answer are 60 bytes of UDP, other packets of its device
# fewer.
witness()
{
	local outer

	outer="udp length 60"
	need in_ns "$GW" nft -f - <<-END
		table inet witness {
			counter up_before { }
			counter up_after { }
			counter down_before { }
			counter down_after { }
			chain in {
				type filter hook input priority 0;
				ip saddr $NAT4 udp sport $1 $outer counter name up_before
			}
			chain forward {
				type filter hook forward priority 0;
				ip6 saddr $HONEST_ADDRESS icmpv6 type echo-request \
					counter name up_after
				ip6 daddr $HONEST_ADDRESS icmpv6 type echo-reply \
					counter name down_before
			}
			chain out {
				type filter hook output priority 0;
				ip daddr $NAT4 udp dport $1 $outer counter name down_after
			}
		}
	END
}

# none_lost: has the device passed all that came for and from that mobile node? All
# four are read at once; a packet between two of them is not a lost one.
none_lost()
{
	in_ns "$GW" nft -j list counters table inet witness |
		jq -e '[.nftables[].counter // empty | {key: .name, value: .packets}] |
			from_entries | .up_before > 0 and .up_before == .up_after and
			.down_before > 0 and .down_before == .down_after'
}

# attack KIND RATE SECONDS FIRST
attack()
{
	local first kept evicted name before
	NAMES=()

	devices $HALF
	mapfile -t NAMES < <(cut -d ' ' -f 1 "$TMP/addresses")
	name="$1, $2 a second"
	[ "$2" -gt 0 ] || name="$1, as fast as possible"
	flood echo 0
	WAIT=60 wait_for is_full
	result $? "$name: the table is full of forged bindings"
	flood_end
	flood "$1" "$2"
	before=$(honest_last)
	newcomers "$3" "$4"
	check "$name: the gateway loses nothing of the mobile node from before" \
		wait_for none_lost
	# At the highest rate, queues of the links lose some.
	if [ "$2" -gt 0 ]; then
		wait_for honest_has_all_since "$before"
		check_eq "$name: the mobile node from before loses nothing" \
			"" "$(honest_lost_since "$before")"
	fi
	kept=$(bound)
	evicted=$(counter "$GW" binding_evicted)
	flood_end
	first=$(awk '{ n += $4 } END { print n }' "$TMP/newcomers")
	[ "$first" -ge 99 ]
	result $? "$name: of 100 newcomers 99 get in with their first packet"
	[ "$kept" -ge 99 ]
	result $? "$name: of 100 newcomers 99 keep their binding"
	check "$name: the mobile node from before keeps its binding" \
		state_is active "$HONEST_ADDRESS"
	figure "$name" "$SENT a second, $first of 100 in, $kept kept," \
		"$evicted evicted"
	devices_end $HALF
	need m6tctl -n "$GW" binding flush dev m6t0 prefix fd00:6d:0:2::/64 \
		>/dev/null
}

# first_message: of IKE, from a real mobile node's daemon, in $TMP/first.
first_message()
{
	ike_daemon "$HA" ha
	ike_daemon "$MN" mn "port = 500"
	ike_config no %any
	capture "$GW" lan "$TMP/ike" "udp dst port 500"
	swan mn --initiate --child home --timeout 1 >"$TMP/initiate" 2>&1
	need wait_for has_captured "$TMP/ike" 1
	capture_end
	need python3 - "$TMP/ike" "$TMP/first" <<-END
		import sys
		pcap = open(sys.argv[1], "rb").read()
		size = int.from_bytes(pcap[32:36], sys.byteorder)
		open(sys.argv[2], "wb").write(pcap[40 + 14 + 40:40 + size])
	END
	swan mn --terminate --ike home --force >/dev/null 2>&1
}

# own_bytes: bytes of IPv6 that the gateway itself has sent: answers to keepalives,
# and requests for proofs.
own_bytes()
{
	echo $((40 * $(counter "$GW" tx_keepalive) +
		48 * $(counter "$GW" tx_proof)))
}

# Where the CPU is emulated or the kernel checks itself a flood is too slow, and
# one that never sleeps stops a clock that jumps.
if [ "${M6T_KERNEL:-uml}" != uml ]; then
	result 0 "a flood # SKIP only at native speed"
	finish
fi

THEIRS=() OURS=()
[ "$(nproc)" -lt 2 ] || { THEIRS=(taskset -c 1) OURS=(taskset -c 0); }
need_built flood
topology "ip saddr 10.0.0.0/24 masquerade"
attackers
for address in "${SOURCES[@]}"; do
	ip -n "$NAT" addr add "$address/24" dev out
done
ip -n "$GW" route add default via $FAR4
MAC=$(ip -n "$GW" -j link show far | jq -r '.[].address')
gateway ha $HA6
mobile_node
activate
HONEST_ADDRESS=$ADDRESS
# Create the other one before those of the newcomers.
need ip -n "$MN" -6 route add $HA6 dev m6t0 metric 50
honest
witness "$(binding "$HONEST_ADDRESS" | jq .port)"
first_message
need in_ns "$HA" tc qdisc add dev eth root netem delay 20ms limit 100000
for end in "$NAT out" "$GW wan"; do
	need in_ns "${end% *}" tc qdisc add dev "${end#* }" root netem delay 150ms \
		limit 10000
done
attack echo 0 "$SECONDS_FAST" 0
attack echo $SLOW "$SECONDS_SLOW" 1000
attack ike 0 "$SECONDS_FAST" 2000
attack ike $SLOW "$SECONDS_SLOW" 3000
honest_lives "after all"
sent=$(counter "$GW" tx_proof)
diag "$sent proofs were asked for, $(counter "$GW" rx_proof) came"
# Each forged address has sent one request of 64 bytes.
[ "$(own_bytes)" -le $((64 * $(counter "$GW" binding_created))) ]
result $? "the gateway sends no more of its own than has come"
finish
