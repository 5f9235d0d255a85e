#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# The protocol module at both ends: registration behind a NAT, movement to a network
# without one and back, its end, and a successor that takes over.
# proves: D1 D3 D5 D6 D10 D11 D19 D22 D23

# shellcheck disable=SC2119,SC2317,SC2329	# optional arguments, called indirectly
# shellcheck source-path=SCRIPTDIR source=../lib/lib.sh
. "$(dirname "$0")/../lib/lib.sh"
# shellcheck source-path=SCRIPTDIR source=../lib/dsmip.bash
. "$SELFTESTS/lib/dsmip.bash"
# shellcheck source-path=SCRIPTDIR source=mipd.bash
. "$SELFTESTS/mipd/mipd.bash"

mn() { in_ns "$MN" m6tctl "$@"; }
ha() { in_ns "$HA" m6tctl "$@"; }

# flow_end NETNS FROM TO FILE: a datagram a millisecond, until SIGUSR1.
flow_end()
{
	start "$1" "$SELFTESTS/dsmip/dsmip_flow.py" "$2" "$3" 1 "$TMP/$4" \
		>"$TMP/$4.out" 2>&1
	FLOWS+=("$PID")
	need wait_for grep -q ready "$TMP/$4.out"
}
FLOWS=()

flows_ended()
{
	[ -e "$TMP/flow-mn" ] && [ -e "$TMP/flow-cn" ]
}

# all_came FROM TO: all that one end sent has come to the other one.
all_came()
{
	[ "$(jq .sent "$TMP/$1")" = "$(jq .received "$TMP/$2")" ]
}

kind()
{
	node | jq -r .kind
}

not_bound()
{
	[ -z "$(node)" ]
}

slots()
{
	mn -j show dev m6t0 | jq -r '[.[0].slots[] | .state + " " + .local] | join(", ")'
}

slots_are()
{
	[ "$(slots)" = "$1" ]
}

refusals()
{
	local up="env M6T_ADD_KEYS=1 m6tctl up m6t0" keys=/etc/netns/$HA/m6t/keys

	refused "without policies, the home agent does not start" \
		"expected .*policy|xfrm|ipsec" ha up m6t0
	check_not "and leaves no device" ip -n "$HA" link show m6t0
	refused "nor does the mobile node" "expected .*policy|xfrm|ipsec" mn up m6t0
	check_not "and it leaves none" ip -n "$MN" link show m6t0
	need cp "$keys" "$TMP/keys"
	echo "# none" >"$keys"
	# shellcheck disable=SC2086	# words
	refused "nor the unit's, without a key" "expected those of .*manual" in_ns "$HA" $up
	echo "$HOA 0x1001 0x12 0x34" >"$keys"
	# shellcheck disable=SC2086	# words
	refused "nor with half a key" "keys:1: expected HOA SPI" in_ns "$HA" $up
	check_not "and leaves no device, either" ip -n "$HA" link show m6t0
	need ip -n "$HA" xfrm policy flush
	need cp "$TMP/keys" "$keys"
}

registration()
{
	check "the home agent starts" ha up m6t0
	check_eq "the mobile node starts" "[]" "$(mn -j up m6t0)"
	check "it is bound to its NAT" wait_for bound_at $NAT4
	check_eq "in UDP, with both home addresses" "udp4 $HOA4" \
		"$(node | jq -r '"\(.kind) \(.hoa4)"')"
	check "payload uses the care-of address" wait_for slots_are "active $COA"
	need ip -n "$MN" rule del pref 191 from $COA
	check "a rule that others delete is restored" wait_for has_rule $COA
	reachable "behind a NAT"
}

has_rule()
{
	[ -n "$(ip -n "$MN" rule show pref 191 from "$1")" ]
}

movement()
{
	need ip -n "$MN" link set eth down
	check "its link is lost: it is bound elsewhere" wait_for bound_at $COA2
	check_eq "without a NAT, in IPv4 alone" ip4 "$(kind)"
	check "payload uses the other care-of address" \
		wait_for slots_are "active $COA2"
	reachable "without a NAT"
}

# The better link is back, the other one still there: make before break.
return_to_link()
{
	flow_end "$MN" $HOA $CN6 flow-mn
	flow_end "$CN" $CN6 $HOA flow-cn
	kill -USR2 "${FLOWS[@]}"
	need ip -n "$MN" -b - <<-END
		link set eth up
		route add default via 10.0.0.1 dev eth metric 100
	END
	check "a better link is back: it moves" wait_for bound_at $NAT4
	check "and gives up the other one" wait_for slots_are "active $COA"
	kill -USR1 "${FLOWS[@]}"
	need wait_for flows_ended
	check "nothing of the flow from the mobile node is lost" \
		wait_for all_came flow-mn flow-cn
	check "nothing of the flow to it is lost" wait_for all_came flow-cn flow-mn
	diag "$(cat "$TMP/flow-mn" "$TMP/flow-cn")"
	stop "${FLOWS[@]}"
}

# SIGQUIT leaves everything for the next one; a killed one cannot help it.
take_over()
{
	local before

	before=$(counter "$HA" rx_signal)
	need kill -QUIT "$(module "$HA")"
	need wait_for ended "$HA"
	check "the home agent's next module starts" ha up m6t0
	need kill -9 "$(module "$HA")"
	need wait_for ended "$HA"
	check "and one after one that was killed" ha up m6t0
	check "the mobile node stays bound" bound_at $NAT4
	reachable "with another module"
	check_eq "no mobile node has registered again" "$before" "$(counter "$HA" rx_signal)"
}

the_end()
{
	check "the mobile node ends" mn down m6t0
	check "and is no longer bound" wait_for not_bound
	check_not "its device is gone" ip -n "$MN" link show m6t0
	check_eq "and its rules" "" "$(ip -n "$MN" rule show pref 191)"
	check "the home agent ends" ha down m6t0
	check_not "its device is gone, too" ip -n "$HA" link show m6t0
	check_eq "and what it answered for" "" \
		"$(ip -n "$HA" -6 neigh show proxy; ip -n "$HA" neigh show proxy)"
}

topology_dsmip
dsmip_files
refusals
mipd_ipsec
xfrm_dump >"$TMP/before"
registration
movement
return_to_link
take_over
xfrm_dump >"$TMP/after"
check "IPsec has not noticed anything" same_file "$TMP/before" "$TMP/after"
the_end
finish
