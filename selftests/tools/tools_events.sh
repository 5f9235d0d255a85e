#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Events of gateways and mobile nodes by m6tctl monitor, and attachments and
# followers that are not possible.
# takes long
# proves: G14 N4

# shellcheck source-path=SCRIPTDIR source=../lib/lib.sh
. "$(dirname "$0")/../lib/lib.sh"
# shellcheck source-path=SCRIPTDIR source=../lib/tools.bash
. "$SELFTESTS/lib/tools.bash"

# ---- events (G14)

# expect NAME JSON: an event with all of this is reported; earlier ones are
# dropped.
expect()
{
	check "event: $1" wait_for came "$2"
	: >"$TMP/events"
}

# shellcheck disable=SC2317
came()
{
	jq -se --argjson want "$1" '
		any(contains($want) and (.time | . > 1e9))' "$TMP/events"
}

# hear NETNS: record events from now on.
hear()
{
	: >"$TMP/events"
	start "$1" m6tctl -j monitor >>"$TMP/events" 2>"$TMP/err"
	need wait_for heard "$1"
}

# Has it started? A binding is added and deleted, or a mobile node detached.
# shellcheck disable=SC2317
heard()
{
	m6tctl -n "$1" binding add fd00:6d::e remote 1.1.1.1:1 dev m6t0 ||
		m6tctl -n "$1" detach dev m6t0
	m6tctl -n "$1" binding del fd00:6d::e dev m6t0 ||
		m6tctl -n "$1" attach dev m6t0
	[ -s "$TMP/events" ]
}

# from_mn WORD...: a datagram from the mobile node's host.
from_mn()
{
	in_ns "$MN" "$TMP/inject" udp "$@"
}

# packet ADDRESS PORT: a packet to the home agent, which does not answer it.
packet()
{
	from_mn -s "$2" $GW4 $PORT "src=$1,dst=$HA6"
}

# endpoint ADDRESS PORT [MORE]: of an event.
endpoint()
{
	echo "{\"dev\":\"m6t0\",\"address\":\"$1\",\"remote\":\"$NAT4\",$(
		)\"port\":$2,\"local\":\"$GW4\",\"local_port\":$PORT${3:-}}"
}

event()
{
	endpoint "$2" "$3" ",\"event\":\"$1\"${4:-}"
}

# The mobile node of this test has an active binding. It is proven afterwards, and
# not evicted.
proof_events()
{
	local monitor=$PID

	need ip -n "$GW" link set m6t0 type m6t max-bindings 10 pressure 20
	need gw binding add fd00:6d:0:8::d remote 1.2.3.4:5 dev m6t0
	expect "pressure begins" '{"dev":"m6t0","event":"pressure","pressed":true}'
	need in_ns "$MN" ping -6 -n -q -c 1 -W 5 $HA6 >"$TMP/ping"
	expect "binding-proven" "{\"dev\":\"m6t0\",\"event\":\"binding-proven\",$(
		)\"address\":\"$ADDRESS\",\"remote\":\"$NAT4\",\"state\":\"active\"}"
	start "$GW" m6tctl monitor >"$TMP/text" 2>"$TMP/err"
	need wait_for text_heard
	check_eq "the pressure is not reported again without a change" 0 \
		"$(grep -c '"event":"pressure"' "$TMP/events")"
	need gw binding del fd00:6d:0:8::d dev m6t0
	expect "pressure ends" '{"dev":"m6t0","event":"pressure","pressed":false}'
	check "text: pressure ends" wait_for grep -q " m6t0 pressure ends$" "$TMP/text"
	need gw binding add fd00:6d:0:8::d remote 1.2.3.4:5 dev m6t0
	check "text: pressure begins" wait_for grep -q " m6t0 pressure begins$" "$TMP/text"
	stop "$PID"
	PID=$monitor
	: >"$TMP/events"
	need ip -n "$GW" link set m6t0 type m6t pressure 100
	expect "pressure ends by a setting" \
		'{"dev":"m6t0","event":"pressure","pressed":false}'
	need gw binding del fd00:6d:0:8::d dev m6t0
	need ip -n "$GW" link set m6t0 type m6t max-bindings 65536 pressure 50
}

# shellcheck disable=SC2317
text_heard()
{
	m6tctl -n "$GW" binding add fd00:6d::e remote 1.1.1.1:1 dev m6t0
	m6tctl -n "$GW" binding del fd00:6d::e dev m6t0
	[ -s "$TMP/text" ]
}

gateway_events()
{
	local a=fd00:6d:0:8::a b=fd00:6d:0:8::b temporary=',"state":"temporary"'

	hear "$GW"
	: >"$TMP/events"
	proof_events
	packet $a 6000
	expect "binding-new" "$(event binding-new $a 6000 "$temporary")"
	packet $a 6001
	expect "mismatch" "$(event mismatch $a 6001)"
	from_mn -s 6000 $GW4 $PORT src=$a,dst=$HA6,echo=1
	expect "binding-active" "$(event binding-active $a 6000 \
		',"state":"active"')"
	need gw binding del $a dev m6t0
	expect "binding-deleted, by hand" "$(event binding-deleted $a 6000 \
		',"state":"active"')"
	packet $a 6000
	need wait_for state_is temporary $a
	need gw binding flush dev m6t0 state temporary >"$TMP/out"
	expect "binding-deleted, by flush" "$(event binding-deleted $a 6000 \
		"$temporary")"
	need ip -n "$GW" link set m6t0 type m6t temp-timeout 50
	packet $a 6000
	expect "binding-expired" "$(event binding-expired $a 6000 "$temporary")"
	need ip -n "$GW" link set m6t0 type m6t temp-timeout 60000 \
		max-bindings 2 rate 0
	packet $a 6000
	need wait_for state_is temporary $a
	packet $b 6001
	expect "binding-evicted" "$(event binding-evicted $a 6000 "$temporary")"
	need gw binding flush dev m6t0 state temporary >"$TMP/out"
	need gw binding add $b remote 1.2.3.4:5 dev m6t0
	expect "binding-new, by hand" "{\"dev\":\"m6t0\",\"address\":\"$b\",$(
		)\"event\":\"binding-new\",\"remote\":\"1.2.3.4\",\"port\":5,$(
		)\"state\":\"static\"}"
	packet $a 6000
	expect "table-full" "$(event table-full $a 6000)"
	need gw binding del $b dev m6t0
	need ip -n "$GW" link set m6t0 type m6t rate 1 burst 1 \
		max-bindings 100
	packet $a 6000
	packet $b 6001
	packet fd00:6d:0:8::c 6002
	expect "rate-limited" '{"event":"rate-limited","remote":"192.0.2.1"}'
	need ip -n "$GW" link set m6t0 type m6t rate 0
	stop "$PID"
}

# A packet for another address of the prefix, such as a former one, proves nothing
# about this attachment.
beside_it()
{
	local other=fd00:6d:0:1:1::99 before

	before=$(ip -n "$MN" -j -s link show m6t0 | jq '.[].stats64.rx.packets')
	need in_ns "$MN" "$TMP/inject" ip "src=$ADDRESS,dst=$HA6"
	need wait_for state_is temporary
	need gw binding add $other remote "$NAT4:$(binding | jq .port)" dev m6t0
	in_ns "$HA" ping -6 -n -q -c 1 -W 0.01 $other >"$TMP/ping"
	need wait_for has_received "$MN" $((before + 1))
	check_not "a packet for another address is not reported as reachable" came \
		"{\"event\":\"reachable\",\"address\":\"$ADDRESS\"}"
	need gw binding del $other dev m6t0
}

mobile_node_events()
{
	hear "$MN"
	need attach
	expect "attached" "{\"event\":\"attached\",\"dev\":\"m6t0\",$(
		)\"address\":\"$ADDRESS\",\"sport\":$(m6tctl -n "$MN" -j show |
		jq '.[].sport')}"
	beside_it
	activate
	expect "reachable" \
		"{\"event\":\"reachable\",\"address\":\"$ADDRESS\"}"
	need m6tctl -n "$MN" detach dev m6t0 >"$TMP/out"
	expect "detached" "{\"event\":\"detached\",\"address\":\"$ADDRESS\"}"
	stop "$PID"
	need attach
	activate
}

# A device that is created again with the same name is reported.
named_events()
{
	local words="mode mn prefix fd00:1:2:3:4::/80 gateway $GW4"

	# shellcheck disable=SC2086
	need ip -n "$MN" link add t5 type m6t $words
	need ip -n "$MN" link set t5 up
	: >"$TMP/events"
	start "$MN" m6tctl -j monitor dev t5 >>"$TMP/events" 2>"$TMP/err"
	need wait_for heard_attach t5
	need ip -n "$MN" link del t5
	# shellcheck disable=SC2086
	need ip -n "$MN" link add t5 type m6t $words
	need attach
	: >"$TMP/events"
	need ip -n "$MN" link set t5 up
	expect "attached, of a device created again" '{"dev":"t5","event":"attached"}'
	stop "$PID"
	need ip -n "$MN" link del t5
	activate
}

# shellcheck disable=SC2317
heard_attach()
{
	m6tctl -n "$MN" attach dev "$1"
	[ -s "$TMP/events" ]
}

# ---- errors

# A device that cannot have its address must not be attached.
half_attached()
{
	need in_ns "$MN" sysctl -qw net.ipv6.conf.m6t0.disable_ipv6=1
	status "attach without IPv6" 1 m6tctl -n "$MN" attach dev m6t0
	check_eq "attach without IPv6 leaves it detached" false \
		"$(m6tctl -n "$MN" -j show dev m6t0 | jq '.[].attached')"
	need in_ns "$MN" sysctl -qw net.ipv6.conf.m6t0.disable_ipv6=0
	check_eq "attach without IPv6 leaves no address" \
		"" "$(ip -n "$MN" -6 -o addr show dev m6t0)"
	need attach
	activate
}

# Users without privilege cannot block follow.
follow_locks()
{
	local squatter

	start "$MN" setpriv --reuid 65534 --regid 65534 --clear-groups \
		python3 -c "$(sed 's/^\t//' <<-'END'
		import socket, time
		sockets = []
		for name in "", "m6t0":
		    s = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
		    s.bind("\0m6tctl-follow/" + name)
		    sockets.append(s)
		print("bound", flush=True)
		time.sleep(1000)
		END
		)" >"$TMP/out" 2>&1
	squatter=$PID
	need wait_for grep -q bound "$TMP/out"
	start "$MN" m6tctl follow dev m6t0 >"$TMP/log" 2>&1
	need wait_for follow_has_lock
	check "follow works whatever sockets users have bound" follow_is_alone
	status "follow as nobody" 1 \
		in_ns "$MN" setpriv --reuid 65534 --clear-groups \
		--regid 65534 timeout 5 m6tctl follow dev m6t1
	check "follow as nobody: the reason is printed" \
		grep -q "Permission denied" "$TMP/err"
	stop "$PID"
	check_eq "follow exits with status 0" 0 $?
	stop "$squatter"
}

# Started too early, the second one would be the first.
# shellcheck disable=SC2317
follow_has_lock()
{
	local file

	file=/run/m6t/follow-$(stat -L -c %i "/run/netns/$MN")-m6t0
	[ -e "$file" ] && ! flock -n "$file" true
}

# shellcheck disable=SC2317
follow_is_alone()
{
	kill -0 "$PID" || return
	timeout 2 m6tctl -n "$MN" follow dev m6t0 2>&1 |
		grep -q "m6t0: another m6tctl follow manages it"
}

need_inject
topology
gateway ha $HA6
mobile_node
activate
gateway_events
need gw binding flush dev m6t0 >"$TMP/out"
activate
mobile_node_events
named_events
need gw binding flush dev m6t0 >"$TMP/out"
activate
half_attached
follow_locks
finish
