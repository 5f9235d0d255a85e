#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Bindings of an administrator, by "binding add" or "binding restore", of an
# address that is bound already: they replace a temporary binding of any endpoint,
# and never an active one of another endpoint. The address is bound to either
# endpoint at any moment.
# takes long
# proves: G7 G8 G12 G13 G14

# shellcheck disable=SC2119,SC2317,SC2329	# optional arguments, indirect calls
# shellcheck source-path=SCRIPTDIR source=../lib/lib.sh
. "$(dirname "$0")/../lib/lib.sh"
# shellcheck source-path=SCRIPTDIR source=../lib/tools.bash
. "$SELFTESTS/lib/tools.bash"

A=fd00:6d:0:8::a
OTHER=2001:db8:9::9			# not a home agent
ROUNDS=5000
[ "${M6T_KERNEL:-}" = uml ] || ROUNDS=200

# packet PORT [ADDRESS]: of a mobile node, to a home agent that does not answer.
packet()
{
	need in_ns "$NAT" "$TMP/inject" udp -s "$1" $GW4 $PORT \
		"src=${2:-$A},dst=$HA6,nh=59,pay=00"
}

# unbind: make the address free, and forget earlier events.
unbind()
{
	gw binding add $A remote 192.0.2.9:9 dev m6t0 2>"$TMP/err"
	gw binding flush dev m6t0 >"$TMP/out"
	need wait_for last_told "binding-deleted"
	: >"$TMP/events"
}

# last_told WORD...
last_told()
{
	[[ $(events | tail -n 1) == "$*"* ]]
}

# temporary PORT: a packet from this port binds the address.
temporary()
{
	unbind
	packet "$1"
	need wait_for last_told binding-new temporary
	: >"$TMP/events"
}

# active PORT: likewise, and is answered.
active()
{
	unbind
	need in_ns "$NAT" "$TMP/inject" udp -s "$1" $GW4 $PORT \
		"src=$A,dst=$HA6,echo=1"
	need wait_for last_told binding-active active
	: >"$TMP/events"
}

# line PORT STATE [IDLE [RX TX [ADDRESS]]]: a line of "binding save".
line()
{
	echo "${6:-$A} remote $NAT4:$1 local $GW4:$PORT state $2 idle ${3:-1000} rx ${4:-0 0} tx ${5:-0 0}"
}

# restore LINE...
restore()
{
	printf '%s\n' "$@" | gw binding restore dev m6t0
}

# restored NAME RESTORED BOUND EXPIRED LINE...: standard error stays
# empty.
restored()
{
	status "$1" 0 restore "${@:5}"
	check_eq "$1: the counts are right" \
		"restored $2, bound already $3, expired $4 " \
		"$(cat "$TMP/out") $(cat "$TMP/err")"
}

# bound [ADDRESS]: endpoint and state of its binding.
bound()
{
	binding "${1:-$A}" | jq -r '"\(.remote):\(.port) \(.state)"'
}

# told EVENT STATE...: of the address, in this order, and nothing else.
told()
{
	local want

	want=$(printf '%s %s\n' "$@")
	wait_for told_is "$want" || diag "$(events)"
	told_is "$want"
}

told_is()
{
	[ "$(events)" = "$1" ]
}

events()
{
	jq -r --arg address $A 'select(.address == $address) |
		"\(.event) \(.state)"' "$TMP/events"
}

# counts TEMPORARY ACTIVE STATIC
counts()
{
	check_eq "$1: the number of bindings of each state is right" \
		"[$2,$3,$4]" "$(gw -j binding \
		count dev m6t0 | jq -c '.[0] | [.temporary, .active, .static]')"
}

over_temporary()
{
	local before after since

	since=$(clock)
	temporary 6000
	before=$(stats "$GW")
	restored "the same endpoint" 1 0 0 "$(line 6000 active 50000 "7 700" "8 800")"
	after=$(binding $A)
	check_eq "the same endpoint: the binding is active" \
		"$NAT4:6000 active" "$(bound)"
	check_eq "the same endpoint: counters are added" "[8,741,8,800]" "$(jq -c \
		'[.rx_packets, .rx_bytes, .tx_packets, .tx_bytes]' <<<"$after")"
	check "the same endpoint: the later use counts" test \
		"$(jq .idle_ms <<<"$after")" -le $(($(clock) - since))
	check "the same endpoint: deletion and creation are reported" \
		told binding-deleted temporary binding-new active
	check_stats "the same endpoint: the creation is counted" \
		"$GW" "$before" '{"m6t0":{"binding_created":1}}'
	counts "a temporary binding replaced" 0 1 0
	packet 6000
	check "the same endpoint: its packets are counted in the new binding" \
		wait_for eval \
		'[ "$(binding $A | jq .rx_packets)" = 9 ]'

	temporary 6001
	restored "another endpoint" 1 0 0 "$(line 6000 active 1000 "7 700" "8 800")"
	check_eq "another endpoint: the binding is the saved one" \
		"$NAT4:6000 active" "$(bound)"
	check_eq "another endpoint: counters are not inherited" "[7,8]" \
		"$(binding $A | jq -c '[.rx_packets, .tx_packets]')"
	check "another endpoint: deletion and creation are reported" \
		told binding-deleted temporary binding-new active
	before=$(stats "$GW")
	packet 6001
	check_stats "another endpoint: packets of the old endpoint are refused" \
		"$GW" "$before" \
		'{"m6t0":{"rx_mismatch":1}}'
	packet 6000
	check "another endpoint: packets of the new endpoint are accepted" \
		wait_for eval \
		'[ "$(binding $A | jq .rx_packets)" = 8 ]'

	temporary 6001
	restored "a static binding" 1 0 0 "$(line 6000 static)"
	check_eq "a static binding: it is static" "$NAT4:6000 static" "$(bound)"
	counts "a static binding" 0 0 1
	for port in 6000 6001; do
		temporary $port
		check "binding add replaces a temporary binding of port $port" \
			gw binding add $A \
			remote $NAT4:6000 dev m6t0
		check_eq "binding add over a temporary binding: it is static" "$NAT4:6000 static" "$(bound)"
	done
	temporary 6000
	restored "an expired binding" 0 0 1 "$(line 6000 active 120000)"
	check_eq "an expired binding: the temporary one stays" \
		"$NAT4:6000 temporary" "$(bound)"
}

over_active()
{
	local before

	active 6000
	before=$(binding $A | jq -c 'del(.idle_ms, .expires_ms)')
	restored "an active binding over itself" 0 1 0 \
		"$(line 6000 active 50000 "7 700" "8 800")"
	check_eq "an active binding over itself: nothing changes" "$before" \
		"$(binding $A | jq -c 'del(.idle_ms, .expires_ms)')"
	status "an active binding of another endpoint stays" 0 restore \
		"$(line 9 static 0 '0 0' '0 0' fd00:6d::1)" \
		"$(line 6001 active)" "$(line 6001 static)"
	check_eq "active bindings that stay are reported" \
		"m6tctl: 2 addresses are bound to other endpoints, which are kept, the first is $A in line 2: delete those bindings first to restore these" \
		"$(cat "$TMP/err")"
	check_eq "active bindings that stay are counted" \
		"restored 1, bound already 2, expired 0" \
		"$(cat "$TMP/out")"
	refused "binding add for another endpoint is refused" \
		"^m6t: the address is bound to another endpoint, delete that" \
		gw binding add $A remote $NAT4:6001 dev m6t0
	check_eq "the active binding has not changed" "$before" \
		"$(binding $A | jq -c 'del(.idle_ms, .expires_ms)')"
	check_eq "no event is reported" "" "$(events)"

	restored "a static binding of the same endpoint" 1 0 0 \
		"$(line 6000 static 50000 "7 700" "8 800")"
	check_eq "a static binding of the same endpoint: it is static" "$NAT4:6000 static" "$(bound)"
	check_eq "a static binding of the same endpoint: counters are added" \
		"[8,9]" \
		"$(binding $A | jq -c '[.rx_packets, .tx_packets]')"
	check "a static binding of the same endpoint: deletion and creation are reported" \
		told binding-deleted active binding-new static
	counts "an active binding made static" 0 0 2
	restored "an active binding over a static one" 0 1 0 "$(line 6000 active)"
	check_eq "an active binding over a static one: it stays static" \
		"$NAT4:6000 static" "$(bound)"
	refused "binding add of the same binding again is refused" \
		"^m6t: the address is already bound to this endpoint" \
		gw binding add $A remote $NAT4:6000 dev m6t0
	status "a static binding of another endpoint stays" \
		0 restore "$(line 6001 static)"
	check_eq "a static binding that stays is reported" \
		"m6tctl: line 1: $A is bound to another endpoint, which is kept: delete that binding first to restore this one" \
		"$(cat "$TMP/err")"
	active 6000
	check "binding add makes an active binding static" gw binding add $A \
		remote $NAT4:6000 dev m6t0
	check_eq "binding add over an active binding: it is static" "$NAT4:6000 static" "$(bound)"
}

# G12: a replacement needs no room.
full()
{
	local before

	temporary 6000
	need ip -n "$GW" link set m6t0 type m6t max-bindings 1
	before=$(stats "$GW")
	restored "a full table" 1 0 0 "$(line 6000 active)"
	check_stats "a full table: no binding is evicted" "$GW" "$before" \
		'{"m6t0":{"binding_created":1}}'
	restored "a table full of active bindings" 1 0 0 "$(line 6000 static)"
	check_eq "a table full of active bindings: it is static" "$NAT4:6000 static" "$(bound)"
	need ip -n "$GW" link set m6t0 type m6t max-bindings 2
	packet 6001 fd00:6d::2
	need wait_for state_is temporary fd00:6d::2
	need ip -n "$GW" link set m6t0 type m6t max-bindings 1
	status "no room for two bindings that are not temporary" 1 restore \
		"$(line 6001 static 0 '0 0' '0 0' fd00:6d::2)"
	check_eq "the full table is reported" \
		"m6tctl: line 1: the table is full, raise max-bindings or delete a binding" \
		"$(cat "$TMP/err")"
	check_eq "a full table: the temporary binding stays" \
		"$NAT4:6001 temporary" \
		"$(bound fd00:6d::2)"
	need ip -n "$GW" link set m6t0 type m6t max-bindings 65536
}

# at_any_moment: packets are sent to it without a pause.
at_any_moment()
{
	local unbound sent

	start "$GW" "$TMP/inject" dev -c 100000000 m6t0 "src=$OTHER,dst=$A"
	read -r unbound sent < <("$SELFTESTS/gateway/restore_over.py" "$GW" $A $NAT4 $ROUNDS)
	stop "$PID"
	check_eq "no packet finds the address unbound" 0 "$unbound"
	check "packets were sent through the replaced bindings" test "$sent" -gt 0
	figure "replacing" "$ROUNDS times, under $sent packets"
}

need_inject
topology
gateway ha $HA6 rate 0 temp-timeout 60000
start "$GW" m6tctl -j monitor dev m6t0 >>"$TMP/events"
need wait_for listening "$TMP/events"
over_temporary
over_active
full
time_travel || at_any_moment
finish
