#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# When a mobile node sends keepalives, their format, and what missing replies
# cause. Where the clock jumps over every sleep all of it runs with the default
# interval of 30 s, an hour behind a NAT included; elsewhere the shorter part with
# an interval of 1 s.
#
# Several mobile nodes on one host, named after what they do:
#	idle	nothing, after a first packet and its answer
#	send	likewise, and then send without an answer
#	recv	receive without sending
#	both	send and receive
#	off	nothing, and have no keepalives
#	mute	nothing, and never had an answer
#	gone	nothing, until the gateway is cut off; do not rotate
#	turn	nothing, until the gateway is cut off; rotate
# proves: N6 N7 N8 G7 G9 N11

# shellcheck disable=SC2317,SC2329	# called indirectly
. "$(dirname "$0")/../lib/lib.sh"

NODES=(idle send recv both off mute gone turn)
CUT=4500				# gateway port of the nodes that are cut off
EVENTS=$TMP/events
declare -A ADDR HEX SPORT

# hex6 ADDRESS: its 32 hexadecimal digits, in OUT.
hex6()
{
	local head=${1%%::*} tail='' n g
	local -a groups

	[ "$head" = "$1" ] || tail=${1#*::}
	IFS=: read -ra groups <<<"$head:$tail"
	n=${#groups[@]}
	OUT=
	IFS=: read -ra groups <<<"$head"
	for g in "${groups[@]}"; do
		printf -v OUT %s%04x "$OUT" "0x${g:-0}"
	done
	IFS=: read -ra groups <<<"$tail"
	for ((; n < 8; n++)); do
		[ "$head" = "$1" ] || OUT+=0000
	done
	for g in "${groups[@]}"; do
		printf -v OUT %s%04x "$OUT" "0x${g:-0}"
	done
}

# set_up: all the mobile nodes, attached. Where KEEPALIVE and so on are empty
# the defaults are taken.
set_up()
{
	local node keepalive retries more

	for node in "${NODES[@]}"; do
		keepalive=$KEEPALIVE retries=$RETRIES_GONE more=
		case $node in
		off)	keepalive=0 ;;
		gone)	more="port $CUT rotate off" ;;
		turn)	more="port $CUT" retries=$RETRIES_TURN ;;
		esac
		echo "link add $node type m6t mode mn prefix $MN_PREFIX" \
			"gateway $GW4 ${keepalive:+keepalive $keepalive}" \
			"${retries:+keepalive-retries $retries} $more"
		echo "link set $node up"
	done >"$TMP/batch"
	need ip -n "$MN" -b "$TMP/batch"
	know_addresses
}

# Addresses change with each attachment.
know_addresses()
{
	local node address sport

	while read -r node address sport; do
		ADDR[$node]=$address SPORT[$node]=$sport
		hex6 "$address"
		HEX[$node]=$OUT
	done < <(m6tctl -n "$MN" -j show |
		jq -r '.[] | "\(.dev) \(.address) \(.sport)"')
}

# be_heard NODE...: they send a packet, and their home agent answers.
be_heard()
{
	local node

	for node; do
		in_ns "$MN" "$TMP/inject" dev "$node" \
			"src=${ADDR[$node]},dst=$HA6,echo=1"
	done
	for node; do
		need wait_for told reachable "$node"
	done
}

# sever, mend: drop packets to the gateway's other port; stop dropping them.
sever()
{
	need in_ns "$NAT" nft -f - <<-END
	table ip sever {
		chain forward {
			type filter hook forward priority 0;
			udp dport $CUT drop
		}
	}
	END
}

mend()
{
	need in_ns "$NAT" nft delete table ip sever
}

# told EVENT NODE [N]: was the event reported N times or more?
told()
{
	[ "$(grep "\"$2\"" "$EVENTS" | grep -c "\"$1\"")" -ge "${3:-1}" ]
}

# event_time EVENT NODE [N]: us since 1970, of the first one or the Nth.
event_time()
{
	jq -rs --arg e "$1" --arg d "$2" --argjson n "${3:-1}" \
		'map(select(.event == $e and .dev == $d))[$n - 1].time // 0 |
		. * 1e6 | round' "$EVENTS"
}

# by SECONDS COMMAND...: it succeeds soon, or after that much of free sleep.
by()
{
	if time_travel; then
		sleep "$1"
		"${@:2}"
	else
		wait_for "${@:2}"
	fi
}

# mn_counter NODE NAME
mn_counter()
{
	m6tctl -n "$MN" -j stats dev "$1" | jq ".[0].$2"
}

# sent_more NODE N: has it sent more than N keepalives?
sent_more()
{
	[ "$(mn_counter "$1" tx_keepalive)" -gt "$2" ]
}

# packets FILE: what was captured, as lines of time (us), direction, inner
# address of the mobile node, its port, 1 for a keepalive or a reply, payload.
packets()
{
	# shellcheck disable=SC2016	# awk's
	tcpdump -Z root -r "$1" -n -tt -x 2>/dev/null | awk -v gw="$GW4" '
		function put() {
			out = substr(hex, 33, 8) == gw4
			data = substr(hex, 57)
			port = substr(hex, out ? 41 : 45, 4)
			print t, out ? "out" : "in",
				substr(data, out ? 17 : 49, 32), port,
				data ~ (out ? asks : answers), data
		}
		BEGIN {
			split(gw, b, ".")
			gw4 = sprintf("%02x%02x%02x%02x", b[1], b[2], b[3], b[4])
			any = "................................"
			null = "fe800000000000000000000000000001"
			asks = "^6000000000003b40" any null "$"
			answers = "^6000000000003b40" null any "$"
		}
		/^[0-9]/ { if (hex) put(); t = $1; sub(/\./, "", t); hex = "" }
		/^\t0x/ { sub(/.*:/, ""); gsub(/ /, ""); hex = hex $0 }
		END { if (hex) put() }'
}

# judge LINES END: for each mobile node that was heard, by its address: the number
# of keepalives, the least and the greatest silence (us) before one, how many were
# early or late, how many other packets were sent and received. A silence lasts
# until the tunnel has both sent and received. While the reply to a keepalive is
# missing, retries are expected.
judge()
{
	awk -v end="$2" -v interval="$INTERVAL" -v tick="$TICK" \
		-v slack="$SLACK" '
		function silence(a) { return t - (tx[a] < rx[a] ? tx[a] : rx[a]) }
		function look(a) {
			if (a in rx && a in tx && silence(a) > interval + slack)
				late[a]++
		}
		{
			t = $1; a = $3
			look(a)
			if ($2 == "in") {
				rx[a] = t
				received[a] += !$5
				next
			}
			if ($5 && a in rx && a in tx) {
				s = silence(a)
				early[a] += s < interval * 0.9 - tick
				if (!n[a]++ || s < least[a])
					least[a] = s
				if (s > most[a])
					most[a] = s
			}
			sent[a] += !$5
			tx[a] = t
		}
		END {
			t = end
			for (a in rx) {
				look(a)
				print a, n[a] + 0, least[a] + 0, most[a] + 0,
					early[a] + 0, late[a] + 0, sent[a] + 0,
					received[a] + 0
			}
		}' "$1"
}

# verdict NODE: of judge, without its address.
verdict()
{
	sed -n "s/^${HEX[$1]} //p" "$TMP/verdicts"
}

# regular NODE N NAME: at least N keepalives, each in time.
regular()
{
	local n least most early late sent received rc

	read -r n least most early late sent received < <(verdict "$1")
	[ "${n:-0}" -ge "$2" ] && [ "$early$late" = 00 ]
	rc=$?
	result $rc "$3"
	[ $rc -eq 0 ] ||
		diag "$n keepalives (expected $2) after $least to $most us, $early early, $late late; sent $sent, received $received"
}

# asked HEX FROM TO: times of the keepalives of an address in between.
asked()
{
	awk -v a="$1" -v from="$2" -v to="$3" '$2 == "out" && $3 == a && $5 &&
		$1 > from && $1 < to { print $1 }' "$TMP/lines"
}

# paced NAME N LOW HIGH TIME...: at least N times, LOW to HIGH us apart.
paced()
{
	local name=$1 n=$2 low=$(($3 - TICK)) high=$(($4 + SLACK)) last='' gaps='' t
	local rc=0

	shift 4
	for t; do
		[ -z "$last" ] || gaps+=" $((t - last))"
		last=$t
	done
	[ $# -ge "$n" ] || rc=1
	for t in $gaps; do
		[ "$t" -ge $low ] && [ "$t" -le $high ] || rc=1
	done
	result $rc "$name"
	[ $rc -eq 0 ] ||
		diag "expected $n or more, $low to $high us apart, got $#:$gaps"
}

# watch COMMAND...: record and judge what happens meanwhile.
watch()
{
	capture "$MN" eth "$TMP/cap" udp
	"$@"
	capture_end
	packets "$TMP/cap" >"$TMP/lines"
	judge "$TMP/lines" "$(tail -n 1 "$TMP/lines" | cut -d ' ' -f 1)" \
		>"$TMP/verdicts"
}

# All mobile nodes, from the beginning on, and then while the gateway's other port
# is cut off.
live()
{
	local pause=$((INTERVAL / 4000)) n
	local -a pids

	set_up
	be_heard idle send recv both off gone turn
	start "$GW" "$TMP/inject" dev -c 1000 -i "$pause" m6t0 \
		"src=$HA6,dst="{"${ADDR[recv]}","${ADDR[both]}"}",nh=59,pay=00"
	pids=("$PID")
	for n in send both; do
		start "$MN" "$TMP/inject" dev -c 1000 -i "$pause" "$n" \
			"src=${ADDR[$n]},dst=$HA6,nh=59,pay=00"
		pids+=("$PID")
	done
	sever
	check "an unanswered keepalive is reported as unreachable" \
		by 40 told unreachable gone
	n=$(mn_counter gone tx_keepalive)
	check "keepalives continue after that" by 70 sent_more gone $((n + 1))
	check "with rotate, unreachable is reported as well" \
		by 1 told unreachable turn
	n=$(mn_counter turn tx_keepalive)
	mend
	check "a reply is reported as reachable" by 40 told reachable gone 2
	check "with rotate, keepalives continue from another endpoint" \
		by 1 sent_more turn "$n"
	stop "${pids[@]}"
	# In real time, so that all of its replies are recorded.
	time_travel || need ip -n "$MN" link set idle type m6t keepalive 0
}

# N6, N7
check_keepalives()
{
	local ask=6000000000003b40${HEX[idle]}$NULL
	local answer=6000000000003b40$NULL${HEX[idle]}
	local n least most early late sent received

	check "a keepalive has the right format" grep -q \
		" out ${HEX[idle]} $(printf %04x "${SPORT[idle]}") 1 $ask\$" \
		"$TMP/lines"
	n=$(grep -c " in ${HEX[idle]} .* $answer\$" "$TMP/lines")
	check "the reply to a keepalive has the right format" test "$n" -ge 3
	check_eq "replies are counted" "$n" "$(mn_counter idle rx_keepalive)"
	check_eq "replies are consumed: the stack received the first answer only" \
		1 \
		"$(ip -n "$MN" -j -s link show idle | jq '.[0].stats64.rx.packets')"
	regular idle 3 "an idle tunnel sends keepalives in time"
	regular send 3 "a tunnel that only sends sends keepalives in time"
	regular recv 3 "a tunnel that only receives sends keepalives in time"
	read -r n least most early late sent received < <(verdict both)
	check_eq "a tunnel that sends and receives has no early or late keepalive" \
		"0 0" "$early $late"
	! time_travel || check_eq "a tunnel that sends and receives has no keepalive at all" 0 "$n"
	check "that tunnel has sent and received" \
		test "$sent" -ge 8 -a "$received" -ge 8
	check_eq "keepalives can be off" "" "$(asked "${HEX[off]}" 0 "$END")"
	# shellcheck disable=SC2046	# a list
	paced "before anything is received one keepalive is sent an interval" 3 \
		$((INTERVAL * 9 / 10)) $INTERVAL $(asked "${HEX[mute]}" 0 "$END")
	check_eq "before anything is received silence does not mean unreachable" 0 \
		"$(mn_counter mute unreachable)"
}

# N8
check_silence()
{
	local told again heard back new address sport
	local -a at

	told=$(event_time unreachable gone)
	again=$(event_time reachable gone 2)
	heard=$(awk -v a="${HEX[gone]}" -v to="$told" '$2 == "in" && $3 == a &&
		$1 < to { t = $1 } END { print t }' "$TMP/lines")
	mapfile -t at < <(asked "${HEX[gone]}" "$heard" "$told")
	check_eq "unreachable after the configured number of unanswered keepalives" \
		"${RETRIES_GONE:-3}" ${#at[@]}
	paced "unanswered keepalives are sent every 2 s" 2 2000000 2000000 "${at[@]}" "$told"
	mapfile -t at < <(asked "${HEX[gone]}" "$told" "$again")
	paced "once unreachable, one keepalive is sent an interval" \
		3 $((INTERVAL * 9 / 10)) $INTERVAL \
		"$told" "${at[@]}"
	back=$(awk -v a="${HEX[gone]}" -v from="$told" '$2 == "in" && $3 == a &&
		$1 > from { print $1; exit }' "$TMP/lines")
	check "keepalives stop being retries once the gateway answers" \
		test $((again - back)) -ge 0 -a $((again - back)) -le $SLACK
	check_eq "unreachable is counted once, and without rotate it is not attached again" \
		"1 1" "$(m6tctl -n "$MN" -j stats dev gone |
		jq -r '.[0] | "\(.unreachable) \(.attach)"')"

	told=$(event_time unreachable turn)
	heard=$(awk -v a="${HEX[turn]}" '$2 == "in" && $3 == a { t = $1 }
		END { print t }' "$TMP/lines")
	mapfile -t at < <(asked "${HEX[turn]}" "$heard" "$told")
	check_eq "keepalive-retries sets the number of unanswered keepalives" \
		"$RETRIES_TURN" ${#at[@]}
	paced "with rotate, unanswered keepalives are sent every 2 s" 2 2000000 2000000 "${at[@]}" "$told"
	check_eq "with rotate, the old address sends nothing more" "" \
		"$(asked "${HEX[turn]}" "$told" "$END")"
	new=$(event_time attached turn 2)
	check "with rotate, it is attached again at once" \
		test $((new - told)) -ge 0 -a \
		$((new - told)) -le $((SLACK + 2 * TICK))
	address=${HEX[turn]} sport=${SPORT[turn]}
	know_addresses
	check "with rotate, the new attachment has another address" \
		test "$address" != "${HEX[turn]}"
	check "with rotate, the new attachment has another port" \
		test "$sport" != "${SPORT[turn]}"
	# shellcheck disable=SC2046	# a list
	paced "the new attachment sends one keepalive an interval" 2 \
		$((INTERVAL * 9 / 10)) $INTERVAL "$new" \
		$(asked "${HEX[turn]}" "$told" "$END")
	check_eq "the new attachment sends from the new port" \
		"$(printf %04x "${SPORT[turn]}")" \
		"$(awk -v a="${HEX[turn]}" '$3 == a { print $4 }' "$TMP/lines" |
		sort -u)"
	check_eq "with rotate, unreachable is counted once and leads to one attachment" \
		"1 2" "$(m6tctl -n "$MN" -j stats dev turn |
		jq -r '.[0] | "\(.unreachable) \(.attach)"')"
}

# State of the NAT and the gateway for a node that is kept alive.
kept()
{
	m6tctl -n "$GW" -j binding get "${ADDR[idle]}" dev m6t0 2>&1 |
		jq -c '.[0] | [.remote, .port, .state]'
}

# An hour behind a NAT whose mappings expire after 30 s and never get the same
# port again.
idle_for_an_hour()
{
	local before least most rest

	before=$(kept)
	watch sleep 3600
	check_eq "an idle mobile node keeps mapping and binding for an hour" \
		"$before" "$(kept)"
	check_eq "the idle mobile node has an active binding" \
		active "$(jq -r '.[2]' <<<"$before")"
	check_eq "the idle mobile node is not unreachable and was attached once" \
		"0 1" \
		"$(m6tctl -n "$MN" -j stats dev idle |
		jq -r '.[0] | "\(.unreachable) \(.attach)"')"
	regular idle 119 "the idle mobile node sent a keepalive at least every 30 s"
	read -r _ least most rest < <(verdict idle)
	check "keepalives are sent at random times" test "$least" -lt 27900000 -a \
		"$most" -gt 29100000
	check_eq "without keepalives the binding is removed" none \
		"$(binding_state "${ADDR[off]}")"
}

# Silence, an answer to a retry, and silence again.
answer_late()
{
	sever
	sleep 12
	mend
	sleep 2.5
	sever
	need ip -n "$MN" link set gone type m6t keepalive-retries 4
	sleep 30
	mend
}

# A reply to a retry suffices, and counting starts again.
check_late_answer()
{
	local before n told heard
	local -a at

	# Silent for up to 29 s so far: a shorter interval counts from the last
	# packet.
	before=$(mn_counter gone tx_keepalive)
	need ip -n "$MN" link set gone type m6t keepalive 10 keepalive-retries 20
	sleep 10
	check "a shorter interval takes effect at once" sent_more gone "$before"
	sleep 20
	n=$(wc -l <"$EVENTS")
	watch answer_late
	check_eq "a reply to a retry suffices: unreachable only once" \
		$((n + 1)) "$(wc -l <"$EVENTS")"
	told=$(event_time unreachable gone 2)
	heard=$(awk -v a="${HEX[gone]}" '$2 == "in" && $3 == a { t = $1 }
		END { print t }' "$TMP/lines")
	mapfile -t at < <(asked "${HEX[gone]}" 0 "$heard")
	check "retries were answered" test ${#at[@]} -ge 2
	mapfile -t at < <(asked "${HEX[gone]}" "$heard" "$told")
	check_eq "after that reply the retries are counted from zero" 4 ${#at[@]}
	paced "every 2 s" 5 2000000 2000000 "${at[@]}" "$told"

	sleep 20
	need ip -n "$MN" link set gone type m6t keepalive 0
	before=$(mn_counter gone tx_keepalive)
	sleep 300
	check_eq "keepalives can be switched off at any time" "$before" \
		"$(mn_counter gone tx_keepalive)"
	need ip -n "$MN" link set gone type m6t keepalive 1
	sleep 10
	check "keepalives can be switched on at any time" \
		sent_more gone $((before + 3))
}

# Has the monitor of events started?
listening()
{
	ip -n "$MN" link set probe down
	ip -n "$MN" link set probe up
	sleep 0.01
	[ -s "$EVENTS" ]
}

NULL=fe800000000000000000000000000001
END=9999999999999999
if time_travel; then
	KEEPALIVE='' RETRIES_GONE='' RETRIES_TURN=1
	INTERVAL=30000000 TICK=10000 SLACK=10000
else
	KEEPALIVE=1 RETRIES_GONE=1 RETRIES_TURN=2
	INTERVAL=1000000 TICK=100000 SLACK=500000
	[ "$WAIT" -le 10 ] || TICK=300000 SLACK=3000000
fi
need_inject
topology "masquerade fully-random"
gateway ha $HA6 port $PORT,$CUT temp-timeout 60000 active-timeout 300
need ip -n "$MN" link add probe type m6t mode mn prefix fd00:6e:0:1:1::/80 \
	gateway $GW4
start "$MN" m6tctl -j monitor >"$EVENTS"
need wait_for listening
need ip -n "$MN" link del probe
watch live
check_keepalives
check_silence
if time_travel; then
	in_ns "$NAT" sysctl -qw net.netfilter.nf_conntrack_udp_timeout=30 \
		net.netfilter.nf_conntrack_udp_timeout_stream=30
	idle_for_an_hour
	check_late_answer
fi
finish
