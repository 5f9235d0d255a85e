#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# A device whose underlay link ("dev") is gone, deleted or moved to another
# network namespace: show, check and ip name it, nothing new is bound to it, and
# the device keeps its state until dev is set again.
#
#    mn                        other
#  +------------------+      +-------+
#  | m6t0, g0 -- wan -+----->|       |
#  +------------------+      +-------+
# takes long
# proves: B2 B5 N11

# shellcheck disable=SC2317,SC2329	# called indirectly
# shellcheck source-path=SCRIPTDIR source=../lib/lib.sh
. "$(dirname "$0")/../lib/lib.sh"
# shellcheck source-path=SCRIPTDIR source=../lib/up.bash
. "$SELFTESTS/lib/up.bash"

OTHER=m6t-$$-other
GONE="m6t: the link that dev was set to no longer exists, set dev to another one or to any"

# link_add NAME: an underlay link; sets INDEX.
link_add()
{
	need mn_ip link add "$1" type dummy
	plug "$MN" "$1" 10.0.0.2/24
	INDEX=$(mn_ip -j link show "$1" | jq '.[].ifindex')
}

# state DEVICE: its state that a refusal must not change.
state()
{
	mn -j show dev "$1" | jq -c '.[0] | del(.link)'
	in_ns "$MN" ss -4 -Huan | sort
}

# found DEVICE: the result of check for its link.
found()
{
	jq -r --arg dev "$1" 'map(select(.dev == $dev and .result == "failed" and
		(.text | startswith("\"dev\"")))) | .[] | .check, .text' \
		"$TMP/check"
}

# named DEVICE CHECK: all tools name the link that is gone.
named()
{
	local text

	check_eq "$1: m6tctl -j show names the link by index" "if$INDEX" \
		"$(mn -j show dev "$1" | jq -r '.[0].link')"
	check_eq "$1: m6tctl show names the link by index, as gone" \
		"dev if$INDEX (gone)" \
		"$(mn show dev "$1" | awk '$1 == "dev"' | xargs)"
	check_eq "$1: ip -j names the link by index" \
		"if$INDEX" "$(mn_ip -d -j link show "$1" |
		jq -r '.[].linkinfo.info_data.dev')"
	text=$(mn_ip -d link show "$1")
	[[ $text == *" dev if$INDEX "* && $text == *"$1@if$INDEX:"* ]]
	result $? "$1: ip names the link by index"
	check_eq "$1: m6tctl check reports the link" \
		"$2 \"dev\" is set to the link with index $INDEX, $(
		)which no longer exists: ip link set $1 type m6t dev IFNAME, or dev any" \
		"$(found "$1" | tr '\n' ' ' | sed 's/ $//')"
}

# unchanged NAME DEVICE COMMAND...: it is refused, and nothing has changed.
unchanged()
{
	local before

	before=$(state "$2")
	refused "$1" "^(Error: )?$GONE.?$" "${@:3}"
	check_eq "$1: nothing has changed" "$before" "$(state "$2")"
}

# opened DEVICE: it does not go up, and the kernel log has the reason.
opened()
{
	need mn_ip link set "$1" down
	check_not "$1 does not go up" mn_ip link set "$1" up
	check_eq "$1 is still down" null "$(mn_ip -j link show "$1" |
		jq '.[].flags | index("UP")')"
	check "the kernel log has the reason" in_log "$1: $GONE"
}

in_log()
{
	[[ $(dmesg) == *"$1"* ]]
}

# goes COMMAND...: remove the link by this command, and check both devices.
goes()
{
	need "$@"
	in_ns "$MN" timeout 60 m6tctl -j check >"$TMP/check"
	named m6t0 route
	named g0 gateway
	unchanged "attach without the link is refused" m6t0 mn attach dev m6t0
	unchanged "another gateway without the link is refused" m6t0 \
		mn_ip link set m6t0 type m6t gateway 10.0.0.9
	unchanged "another port without the link is refused" g0 mn_ip link set g0 type m6t port 3544,4500
	unchanged "another address without the link is refused" g0 mn_ip link set g0 type m6t local 10.0.0.2
	check "a setting that needs no new socket can be changed on a mobile node" \
		mn_ip link set m6t0 type m6t keepalive 7
	check "a setting that needs no new socket can be changed on a gateway" \
		mn_ip link set g0 type m6t rate 7
}

ns_add "$MN" "$OTHER"
need ip -n "$MN" netns set "$OTHER" 1
need ip -n "$OTHER" netns set "$MN" 1
link_add wan
need mn_ip link add m6t0 type m6t mode mn prefix $MN_PREFIX gateway 10.0.0.1 \
	dev wan
need mn_ip link add g0 type m6t mode gw prefix fd00:6e::/48 dev wan
need mn_ip link set m6t0 up
need mn_ip link set g0 up
check_eq "an existing link is shown by name" "wan wan" \
	"$(mn -j show | jq -r 'map(.link) | join(" ")')"

goes mn_ip link set wan netns "$OTHER"
need ip -n "$OTHER" link set wan netns "$MN"
need mn_ip link set wan up
check_eq "a link moved back is shown by name" "wan $INDEX" "$(mn -j show dev m6t0 |
	jq -r '.[0].link') $(mn_ip -j link show wan | jq '.[].ifindex')"
check "attach works with the link moved back" mn attach dev m6t0
need mn_ip link set m6t0 type m6t sport 7777
goes mn_ip link del wan
opened m6t0
opened g0
check "dev any is accepted" mn_ip link set m6t0 type m6t dev any
check "with dev any it goes up" mn_ip link set m6t0 up
check "another link is accepted" mn_ip link set g0 type m6t dev lo
check "with another link it goes up" mn_ip link set g0 up
check_eq "the other link is shown by name" \
	lo "$(mn -j show dev g0 | jq -r '.[0].link')"

# Sockets in another namespace than the device.
link_add wan
need mn_ip link set m6t0 type m6t dev wan
need mn_ip link set m6t0 netns "$OTHER"
there()
{
	m6tctl -n "$OTHER" "$@" show dev m6t0
}
check_eq "from another namespace a link is shown by name" wan \
	"$(there -j | jq -r '.[0].link')"
need mn_ip link del wan
check_eq "from another namespace a link that is gone is shown as gone" \
	"if$INDEX dev if$INDEX (gone)" \
	"$(there -j | jq -r '.[0].link') $(there | awk '$1 == "dev"' | xargs)"
check_not "a link that is gone keeps the device down in another namespace" \
	ip -n "$OTHER" link set m6t0 up
unknown()
{
	in_ns "$OTHER" setpriv --reuid 65534 --regid 65534 --clear-groups \
		m6tctl "$@" show dev m6t0
}
check_eq "without privilege the link is shown by index only" \
	"if$INDEX dev if$INDEX" \
	"$(unknown -j | jq -r '.[0].link') $(unknown | awk '$1 == "dev"' | xargs)"
need ip -n "$OTHER" link del m6t0
need mn_ip link del g0

# A device of a file finds its link again by the name.
up_setup
link_add wan
need mn_ip route add default via 10.0.0.1
mobile gateway 192.0.2.1 dev wan
check "m6tctl up creates a device with a link" mn up "$DEV"
kill -9 "$(pgrep -f "^m6tctl up $DEV")"
need mn_ip link del wan
check "m6tctl up takes over the device while its link is gone" wait_for mn up "$DEV"
check_eq "the link that is gone is shown by index" "if$INDEX" "$(setting link)"
link_add wan
check "the device is bound to the link when it is added" wait_for is link wan
kill -9 "$(pgrep -f "^m6tctl up $DEV")"
need mn_ip link del wan
link_add wan
check "m6tctl up takes over the device when its link was replaced" \
	wait_for mn up "$DEV"
check_eq "the device is bound to the new link of this name" wan "$(setting link)"
need mn down "$DEV"
need mn_ip link del wan
need mn_ip link add "$DEV" type m6t mode mn prefix $MN_PREFIX keepalive 0 \
	gateway 192.0.2.1
says "a device that is bound to no link does not match the file" 1 "with settings other than those" \
	mn up "$DEV"
finish
