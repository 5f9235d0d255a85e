#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Generic tools for network devices: ethtool, and the classes to which `ip -s -s
# link` adds drops that have counters of their own. The output of modinfo.
# takes long
# proves: B1

# shellcheck disable=SC2317,SC2329	# called indirectly
# shellcheck source-path=SCRIPTDIR source=../lib/lib.sh
. "$(dirname "$0")/../lib/lib.sh"
# shellcheck source-path=SCRIPTDIR source=../lib/drops.bash
. "$SELFTESTS/lib/drops.bash"

# ---- the module

# info FIELD: of the module that is in use.
info()
{
	modinfo -F "$1" "${M6T_KO:-m6t}"
}

module()
{
	if ! info name >/dev/null 2>&1; then
		result 0 "modinfo # SKIP the module is built in"
		return
	fi
	check_eq "modinfo: the license is GPL" GPL "$(info license)"
	check "modinfo: there is a description" test -n "$(info description)"
	check "modinfo: there is an author" test -n "$(info author)"
	check_eq "modinfo: the version is that of the loaded module" \
		"$(cat /sys/module/m6t/version)" "$(info version)"
	check_eq "modinfo: aliases load it for ip link and m6tctl" \
		"net-pf-16-proto-16-family-m6t rtnl-link-m6t" \
		"$(info alias | sort | xargs)"
	check_eq "modinfo: there are no parameters" "" \
		"$(info parm)$(ls /sys/module/m6t/parameters 2>/dev/null)"
}

# ---- ethtool

# feature NAME: "on", "off", or "off [fixed]".
feature()
{
	in_ns "$HOST" ethtool -k m6t0 | sed -n "s/^[[:space:]]*$1: //p"
}

ethtool_ok()
{
	local name

	check_eq "ethtool -i: driver and version are right" \
		"m6t $(uname -r)" "$(in_ns "$HOST" ethtool -i m6t0 |
		sed -n 's/^driver: //p; s/^version: //p' | xargs)"
	for name in tx-checksumming scatter-gather tcp-segmentation-offload \
		generic-segmentation-offload generic-receive-offload \
		rx-checksumming; do
		check_eq "ethtool -k: $name is on" on "$(feature $name)"
	done
	check "ethtool: link detected while up" eval \
		"in_ns $HOST ethtool m6t0 | grep -q 'Link detected: yes'"
	need ip -n "$HOST" link set m6t0 down
	check "ethtool: no link detected while down" eval \
		"in_ns $HOST ethtool m6t0 | grep -q 'Link detected: no'"
	need ip -n "$HOST" link set m6t0 up
	need ip -n "$HOST" route replace $PREFIX dev m6t0
}

# Once the counters have values.
ethtool_counters()
{
	check_eq "ethtool -S: names and values are those of m6tctl stats" \
		"$(gw -j stats dev m6t0 | jq -c '.[] | del(.dev)')" \
		"$(in_ns "$HOST" ethtool -S m6t0 | tail -n +2 |
		jq -Rnc '[inputs | capture("(?<key>\\w+): (?<value>[0-9]+)") |
		.value |= tonumber] | from_entries')"
}

# ---- ip -s -s link

# links: its output for both devices, as {DEV: {CLASS: N}}, without packets and
# bytes.
links()
{
	ip -n "$HOST" -j -s -s link show type m6t | jq -c 'map({(.ifname):
		[.stats64 | to_entries[] | .key as $way | .value | to_entries[] |
		select(.key | test("^(packets|bytes|carrier_changes)$") | not) |
		{key: "\($way)_\(.key)", value}] | from_entries}) | add'
}

# diff BEFORE: the classes that increased, "DEV CLASS N" each.
diff_links()
{
	jq -rn --argjson a "$1" --argjson b "$(links)" '[$b | to_entries[] |
		.key as $dev | .value | to_entries[] |
		select(.value != $a[$dev][.key]) |
		"\($dev) \(.key) \(.value - $a[$dev][.key])"] | sort |
		join(", ")'
}

# classes COUNTER: the classes of this drop.
classes()
{
	case $1 in
	rx_short|rx_bad_length) echo rx_errors rx_length_errors ;;
	rx_bad_version|rx_ecn) echo rx_errors rx_frame_errors ;;
	rx_*)	echo rx_dropped ;;
	tx_loop) echo tx_collisions tx_errors ;;
	tx_no_route|tx_carrier) echo tx_carrier_errors tx_errors ;;
	tx_*)	echo tx_dropped ;;
	esac
}

# classed COUNTER DEV
classed()
{
	local before want="" class n

	if [ "$1" = tx_carrier ]; then
		result 0 "$1 # SKIP only where detaching and sending race"
		return
	fi
	before=$(links)
	n=$(drops_of "$2" "$1")
	drop "$1"
	need wait_for drops_more "$2" "$1" "$n"
	for class in $(classes "$1"); do
		want+="${want:+, }$2 $class 1"
	done
	check_eq "ip -s -s link: $1 is counted in its classes" \
		"$want" "$(diff_links "$before")"
}

# drops_of DEV COUNTER
drops_of()
{
	gw -j stats dev "$1" | jq ".[0].$2"
}

# drops_more DEV COUNTER N
drops_more()
{
	[ "$(drops_of "$1" "$2")" -gt "$3" ]
}

drops_set_up
module
ethtool_ok
while read -r name dev; do
	classed "$name" "$dev"
done <<<"$DROPS"
ethtool_counters
finish
