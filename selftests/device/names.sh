#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Names of devices: every command, ip and files accept an alternative name, short
# or long; and a device that is renamed while it is monitored or followed is
# still recognized.
#
#    mn              nat                  gw                  ha
#  +------+        +---------+          +-----------+        +-----------+
#  | m6t0 |        |         |          | m6t0      |        |           |
#  |  eth-+--------+-in  out-+----------+-wan   lan-+--------+-eth       |
#  +------+        +---------+          +-----------+        +-----------+
# takes long
# proves: B1 G13 G14 N5

# shellcheck disable=SC2119,SC2317,SC2329	# optional arguments, indirect calls
# shellcheck source-path=SCRIPTDIR source=../lib/lib.sh
. "$(dirname "$0")/../lib/lib.sh"
# shellcheck source-path=SCRIPTDIR source=../lib/tools.bash
. "$SELFTESTS/lib/tools.bash"
# shellcheck source-path=SCRIPTDIR source=../lib/up.bash
. "$SELFTESTS/lib/up.bash"

SHORT=alt0
LONG=another-name-that-is-longer-than-fifteen-bytes

# alt NETNS DEVICE NAME...: alternative names.
alt()
{
	local name

	for name in "${@:3}"; do
		need ip -n "$1" link property add dev "$2" altname "$name"
	done
}

# ---- every command

# same WORD...: the output for the gateway does not depend on the name.
same()
{
	local name

	gw "$@" dev m6t0 >"$TMP/own" 2>&1
	for name in $SHORT $LONG; do
		gw "$@" dev "$name" >"$TMP/other" 2>&1
		check "$* dev $name prints the same as dev m6t0" \
			diff "$TMP/own" "$TMP/other"
	done
	check "$* dev m6t0 prints something" test -s "$TMP/own"
}

of_gateway()
{
	local name

	need gw binding add fd00:6d::5 remote 192.0.2.9:5 dev m6t0
	same show
	same -j show
	same stats
	same metrics
	same -j binding count
	for name in $SHORT $LONG; do
		check "binding get dev $name" gw binding get fd00:6d::5 dev "$name"
		check "binding del dev $name" gw binding del fd00:6d::5 dev "$name"
		check "binding add dev $name" gw binding add fd00:6d::5 \
			remote 192.0.2.9:5 dev "$name"
		check "binding show dev $name" test "$(gw -j binding show \
			dev "$name" | jq -r 'map(.address) | index("fd00:6d::5")')" \
			!= null
		gw binding save dev "$name" >"$TMP/saved"
		check_eq "binding flush dev $name" '"m6t0"' "$(gw -j binding flush \
			state static dev "$name" | jq '.[0].dev')"
		check_eq "binding restore dev $name" '["m6t0",1]' "$(gw -j \
			binding restore dev "$name" <"$TMP/saved" |
			jq -c '.[0] | [.dev, .restored]')"
	done
	need gw binding del fd00:6d::5 dev m6t0
}

of_mobile_node()
{
	local name

	for name in $SHORT $LONG; do
		check_eq "detach dev $name" "[]" \
			"$(m6tctl -n "$MN" -j detach dev "$name")"
		check_eq "attach dev $name" '"m6t0"' "$(m6tctl -n "$MN" -j \
			attach dev "$name" | jq '.[0].dev')"
	done
}

# ---- monitor

# event NAME: the event of its detachment is the last one; it attaches again.
event()
{
	: >"$TMP/events"
	need m6tctl -n "$MN" detach dev "$1"
	need m6tctl -n "$MN" attach dev "$1" >"$TMP/out"
	wait_for grep -q "\"dev\":\"$1\",\"event\":\"attached\"" "$TMP/events"
}

# reports NAME: likewise; soon, as the monitor may not have subscribed yet.
reports()
{
	WAIT=1 event "$1"
}

# rename OLD NEW: on older kernels only while it is down.
rename()
{
	need ip -n "$MN" link set "$1" down
	need ip -n "$MN" link set "$1" name "$2"
	need ip -n "$MN" link set "$2" up
}

node()
{
	need ip -n "$MN" link add "$1" type m6t mode mn prefix $MN_PREFIX \
		gateway $GW4 keepalive 0
	need ip -n "$MN" link set "$1" up
}

monitors()
{
	start "$MN" m6tctl -j monitor dev $LONG >>"$TMP/events" 2>"$TMP/err"
	check "monitor accepts an alternative name" wait_for reports m6t0
	rename m6t0 tun0
	node m6t0
	check "monitor reports the device after a change of its name" event tun0
	need m6tctl -n "$MN" detach dev m6t0
	check_not "monitor does not report another device of the old name" \
		grep '"dev":"m6t0"' "$TMP/events"
	need ip -n "$MN" link del m6t0
	need ip -n "$MN" link del tun0
	node tun0
	check "monitor reports a device created again by the new name" event tun0
	rename tun0 m6t0
	stop "$PID"
	alt "$MN" m6t0 $SHORT $LONG
	check_eq "monitor prints no error" "" "$(<"$TMP/err")"
	status "monitor of a device of another kind" 3 \
		timeout 5 m6tctl -n "$MN" monitor dev eth
	check "monitor names the device of another kind" \
		grep -q "^m6tctl: eth is not a .* m6t " "$TMP/err"
}

# ---- follow

# followed NAME: it has the address that the follower reported.
followed()
{
	grep -q "^$1: attached" "$TMP/follow" &&
		[ "$(ip -n "$MN" -j -6 addr show dev "$1" |
			jq '[.[].addr_info[].local] | length')" -eq 1 ]
}

# begin WORD...: a follower
begin()
{
	start "$MN" m6tctl follow "$@" >"$TMP/follow" 2>"$TMP/err"
}

others()
{
	m6tctl -n "$MN" follow dev "$1"
}

follows()
{
	need m6tctl -n "$MN" detach dev m6t0
	begin dev $LONG
	check "follow accepts an alternative name" wait_for followed m6t0
	refused "a second follow by the own name is refused" \
		"another m6tctl follow manages it" \
		others m6t0
	refused "a second follow by another name is refused" \
		"another m6tctl follow manages it" others $SHORT
	: >"$TMP/follow"
	rename m6t0 tun0
	check "follow handles the device after a change of its name" \
		wait_for followed tun0
	refused "a second follow by the new name is refused" \
		"another m6tctl follow manages it" others tun0
	check_eq "it said nothing else" "" "$(<"$TMP/err")"
	# It is deleted, and created by another name with the former one as
	# alternative.
	need ip -n "$MN" link del tun0
	: >"$TMP/follow"
	need ip -n "$MN" link add m6t0 type m6t mode mn prefix $MN_PREFIX \
		gateway $GW4 keepalive 0
	alt "$MN" m6t0 $LONG
	need ip -n "$MN" link set m6t0 up
	check "follow handles a device created again with the given name as alternative" \
		wait_for followed m6t0
	stop "$PID"
	alt "$MN" m6t0 $SHORT
	status "one device by two names" 2 \
		m6tctl -n "$MN" follow dev m6t0 dev $SHORT
	check "the device given twice is named" \
		grep -q "dev $SHORT is given more than once" "$TMP/err"

	begin dev later0
	need ip -n "$MN" link set m6t0 down
	alt "$MN" m6t0 later0
	need ip -n "$MN" link set m6t0 up
	check "follow accepts a name that the device gets later" \
		wait_for followed m6t0
	stop "$PID"
	begin dev m6t0
	need ip -n "$MN" link set m6t0 down
	need ip -n "$MN" link set m6t0 up
	need wait_for followed m6t0
	rename m6t0 tun0
	check "follow keeps a device whose own name changes" wait_for followed tun0
	stop "$PID"
	rename tun0 m6t0
	begin
	need ip -n "$MN" link set m6t0 down
	need ip -n "$MN" link set m6t0 up
	need wait_for followed m6t0
	: >"$TMP/follow"
	rename m6t0 tun0
	check "follow of all devices handles a change of the name" \
		wait_for followed tun0
	check_eq "follow prints no error" "" "$(<"$TMP/err")"
	stop "$PID"
	need ip -n "$MN" link del tun0
}

# ---- links, and files

links()
{
	need ip -n "$MN" link add m6t0 type m6t mode mn prefix $MN_PREFIX \
		gateway $GW4 dev $LONG
	check_eq "ip: dev accepts an alternative name" eth \
		"$(m6tctl -n "$MN" -j show dev m6t0 | jq -r '.[0].link')"
	need ip -n "$MN" link del m6t0
	mobile gateway $GW4 dev $LONG
	up_foreground
	check "a file accepts an alternative name of the link" \
		wait_for is attached true
	check_eq "the link is shown by its own name" eth "$(setting link)"
	need mn_ip link property del dev eth altname $LONG
	need mn_ip link add eth2 type dummy
	alt "$MN" eth2 $LONG
	need mn_ip link set eth2 up
	check "the link that gets the alternative name is used" \
		wait_for is link eth2
	stop "$UP"
	mobile gateway $GW4 dev "$(printf '%0128d' 0)"
	says "a name of 128 characters is refused" 2 "dev \"0*\" is wrong" mn up "$DEV"
}

up_and_down()
{
	mobile gateway $GW4
	check "m6tctl up succeeds" mn up "$DEV"
	alt "$MN" "$DEV" "$LONG-2" other0
	says "up by an alternative name is refused" 1 "$DEV is already up (stop it with \"m6tctl down $DEV\")" \
		mn up "$LONG-2"
	cp "$CONF" "${CONF%/*}/other0.conf"
	says "up of a file with an alternative name is refused" 1 "other0 is an alternative name of $DEV" \
		in_ns "$MN" sh -c "cd /etc/m6t && m6tctl up ./other0.conf"
	rm "${CONF%/*}/other0.conf"
	check "refused up keeps the device" exists
	check "down accepts an alternative name" mn down "$LONG-2"
	check_not "down deletes the device" exists
	check_not "down ends the process of the device" pgrep -f "^m6tctl up $DEV"
}

topology
gateway ha $HA6
mobile_node keepalive 0
activate
alt "$GW" m6t0 $SHORT $LONG
alt "$MN" m6t0 $SHORT $LONG
of_gateway
of_mobile_node
monitors
follows
up_setup
alt "$MN" eth $LONG
links
up_and_down
finish
