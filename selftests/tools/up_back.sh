#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# m6tctl up: what others remove is restored as the file says; what they set is
# respected by the process of the device. The files of the mobile node's
# namespace are used for devices of both modes.
# takes long
# proves: N13

# shellcheck disable=SC2119,SC2317,SC2329	# optional arguments, indirect calls
# shellcheck source-path=SCRIPTDIR source=../lib/lib.sh
. "$(dirname "$0")/../lib/lib.sh"
# shellcheck source-path=SCRIPTDIR source=../lib/up.bash
. "$SELFTESTS/lib/up.bash"

# whole: the mobile node has its address and a default route of metric 77.
whole()
{
	[ "$(mn_ip -6 -j addr show dev "$DEV" | jq -r '.[0].addr_info[].local')" = \
		"$ADDRESS" ] &&
		[ "$(mn_ip -6 -j route show default dev "$DEV" |
			jq '.[].metric')" = 77 ]
}

# routed ROUTE...: these routes are by the device, and no others.
routed()
{
	[ "$(mn_ip -6 route show dev "$DEV" proto static | sed 's/ metric.*//' |
		sort | xargs -d '\n')" = "$*" ]
}

ipv6()
{
	in_ns "$MN" sysctl -qw "net.ipv6.conf.$DEV.disable_ipv6=$1"
}

remembers()
{
	grep -q " $GW4 $1\$" "$MEMORY"
}

# let_pass N: N seconds, or a little less.
let_pass()
{
	read -r NOW _ </proc/uptime
	END=$((${NOW%.*} + $1))
	need wait_for passed
}

passed()
{
	read -r NOW _ </proc/uptime
	[ "${NOW%.*}" -ge "$END" ]
}

# wake: make the process of the device check its state.
wake()
{
	mn_ip link add dummy$$ type dummy
	mn_ip link del dummy$$
}

# said: the number of sentences about a refusal.
said()
{
	grep -c "^m6t\(ctl\)\?: " "$TMP/up"
}

has_said()
{
	[ "$(said)" -gt 0 ]
}

holds_port()
{
	in_ns "$MN" ss -Hlun src :3544 | grep -q .
}

lock_is_there()
{
	wake
	[ -e "$LOCK" ]
}

topology
up_setup
gateway port 3544,4500

# ---- a mobile node

mobile gateway $GW4 port 3544,4500 probe $HA6 metric 77
up_foreground
check "a mobile node is attached" wait_for is attached true
ADDRESS=$(setting address)
check "the mobile node has its address and default route" wait_for whole
need mn_ip -6 addr flush dev "$DEV"
need mn_ip -6 route del default dev "$DEV"
check "address and default route are restored" wait_for whole
check "the port that works is remembered" wait_for remembers 3544
need mn_ip link set "$DEV" type m6t port 4500
check "a port set by someone else is remembered if it works" wait_for remembers 4500
need mn_ip link set "$DEV" type m6t port 9999
# Three seconds after a probe a missing answer would count.
let_pass 4
check_eq "a port that is not in the file is kept" "9999 0" \
	"$(setting port) $(grep -c "gateway .* port" "$TMP/up")"

LOCK=/run/m6t/follow-$(in_ns "$MN" stat -L -c %i /proc/self/ns/net)-$DEV
need rm "$LOCK"
check "a removed lock is created again" wait_for lock_is_there
says "with the new lock it counts as up" 1 "$DEV is already up" mn up "$DEV"
check "m6tctl down succeeds" mn down "$DEV"
wait "$UP"
check_eq "m6tctl up exits with status 0" 0 $?

# ---- a gateway

conf mode gw prefix fd00:1::/48,fd00:2::/48 local 127.0.0.1
up_foreground
BOTH=("fd00:1::/48 via fe80::1" "fd00:2::/48 via fe80::1")
check "a gateway has its routes" wait_for routed "${BOTH[@]}"
need mn_ip -6 route flush dev "$DEV" proto static
check "flushed routes are restored" wait_for routed "${BOTH[@]}"
need mn_ip link set "$DEV" down
need mn_ip link set "$DEV" up
check "routes are restored after the device was down" wait_for routed "${BOTH[@]}"
need mn_ip -6 -batch - <<-END
	route replace fd00:1::/48 dev $DEV metric 1024 proto static
	route del fd00:2::/48
END
check "a route of someone else is kept" wait_for routed fd00:1::/48 "${BOTH[1]}"
need ipv6 1
check "disabled IPv6 is reported" \
	wait_for grep -q "IPv6 is disabled" "$TMP/up"
# It is tried again after a second.
let_pass 2
need ipv6 0
check "routes are restored once IPv6 is enabled" wait_for routed "${BOTH[@]}"
check_eq "disabled IPv6 is reported once" \
	1 "$(grep -c "IPv6 is disabled" "$TMP/up")"
check "packets to a prefix are routed by the device" \
	grep -q "via fe80::1 dev $DEV" <(mn_ip -6 route get fd00:2::5)
need mn down "$DEV"

# ---- a link that is created again

# renew: delete it and create it again, without an address yet.
renew()
{
	need mn_ip -batch - <<-END
		link del later
		link add later type dummy
		link set later up
	END
}

need mn_ip link add later type dummy
need mn_ip link set later up
need mn_ip addr add 198.51.100.9/24 dev later
mobile gateway 198.51.100.1 dev later local 198.51.100.9
up_foreground
check "a mobile node on a link is attached" wait_for is attached true
renew
check "detached once the link is another one without the address" \
	wait_for is attached false
check "the new link is used" wait_for is link later
need mn_ip addr add 198.51.100.9/24 dev later
check "attached once the new link has the address" wait_for is attached true
check_eq "no refusal is reported" 0 "$(said)"
need mn down "$DEV"

conf mode gw prefix fd00:1::/48 dev later port 3544
up_foreground
check "a gateway uses its link" wait_for is link later
need mn_ip link set "$DEV" type m6t port 4500
start "$MN" python3 -c "import socket, time
s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
s.bind(('', 3544))
time.sleep(3600)"
need wait_for holds_port
renew
check "a refused setting of the file is reported" wait_for has_said
wake
stop $PID
# The pauses between attempts double, up to a minute.
WAIT=$((WAIT * 7))
check "the refused setting is tried again" wait_for is link later
WAIT=$((WAIT / 7))
wake
check_eq "the refused setting is reported once" 1 "$(said)"
stop "$UP"
check_eq "SIGTERM ends it with status 0" 0 $?
finish
