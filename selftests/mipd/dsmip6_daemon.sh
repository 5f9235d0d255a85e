#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# The protocol module at both ends with IPv6: registration, movement between networks of
# IPv4 behind a NAT, of IPv6, and of both, in every order, with a flow; IPv4 where IPv6
# does not work; and the home link.
# takes long
# proves: D2 D3 D5 D13 D14 D19 D21

# shellcheck disable=SC2119,SC2317,SC2329	# optional arguments, called indirectly
# shellcheck source-path=SCRIPTDIR source=../lib/lib.sh
. "$(dirname "$0")/../lib/lib.sh"
# shellcheck source-path=SCRIPTDIR source=../lib/dsmip.bash
. "$SELFTESTS/lib/dsmip.bash"
# shellcheck source-path=SCRIPTDIR source=mipd.bash
. "$SELFTESTS/mipd/mipd.bash"
# shellcheck source-path=SCRIPTDIR source=mipd6.bash
. "$SELFTESTS/mipd/mipd6.bash"

mn() { in_ns "$MN" m6tctl "$@"; }
ha() { in_ns "$HA" m6tctl "$@"; }

# flow_end NETNS FROM TO FILE: a datagram every 2 ms, until SIGUSR1.
flow_end()
{
	start "$1" "$SELFTESTS/dsmip/dsmip_flow.py" "$2" "$3" 2 "$TMP/$4" \
		>"$TMP/$4.out" 2>&1
	FLOWS+=("$PID")
	need wait_for grep -q ready "$TMP/$4.out"
}
FLOWS=()

flows_begin()
{
	rm -f "$TMP"/flow-*
	FLOWS=()
	flow_end "$MN" $HOA $CN6 flow-mn
	flow_end "$CN" $CN6 $HOA flow-cn
	kill -USR2 "${FLOWS[@]}"
}

flows_ended()
{
	[ -e "$TMP/flow-mn" ] && [ -e "$TMP/flow-cn" ]
}

# all_came FROM TO: all that one end sent has come to the other one.
all_came()
{
	[ "$(jq .sent "$TMP/$1")" = "$(jq .received "$TMP/$2")" ]
}

# flows_end WHAT: nothing was lost.
flows_end()
{
	kill -USR1 "${FLOWS[@]}"
	need wait_for flows_ended
	check "$1: nothing from the mobile node is lost" wait_for all_came flow-mn flow-cn
	check "$1: nothing to it is lost" wait_for all_came flow-cn flow-mn
	diag "$(cat "$TMP/flow-mn" "$TMP/flow-cn")"
	stop "${FLOWS[@]}"
}

# policies6: those of IPsec, without what traffic changes.
untouched()
{
	xfrm_dump >"$TMP/after"
	check "$1: IPsec has not noticed anything" same_file "$TMP/before" "$TMP/after"
}

registration()
{
	prefer eth3
	check "the home agent starts" ha up m6t0
	check "the mobile node starts" mn up m6t0
	check "it is bound to its IPv6 address" wait_for bound_as ip6 $COA6_3
	check_eq "with both home addresses" $HOA4 "$(node | jq -r .hoa4)"
	check_eq "IKE uses the link" "via 2001:db8:33::1 dev eth3" \
		"$(ip -n "$MN" -6 route get $HA6 from $COA6_3 |
			sed -n 's/.*\(via [^ ]* dev [^ ]*\).*/\1/p')"
	reachable "IPv6"
}

# One way each between any two of: IPv4 behind a NAT, both, IPv6.
movement()
{
	flows_begin
	to eth udp4 $NAT4 "IPv6 to IPv4"
	to eth2 ip6 $COA6_2 "IPv4 to both"
	to eth udp4 $NAT4 "both to IPv4"
	to eth3 ip6 $COA6_3 "IPv4 to IPv6"
	to eth2 ip6 $COA6_2 "IPv6 to both"
	to eth3 ip6 $COA6_3 "both to IPv6"
	flows_end "movement"
	check_eq "the last signal came from there" $COA6_3 \
		"$(node | jq -r .signal.remote)"
	reachable "moved"
	untouched "movement"
}

# to LINK KIND ADDRESS WHAT: it moves there, as that is the better link now.
to()
{
	prefer "$1"
	check "$4: it is bound there" wait_for bound_as "$2" "$3"
}

# The link goes before there is another one.
broken()
{
	prefer eth3 eth2 eth
	check "the best link" wait_for bound_as ip6 $COA6_3
	links_down eth3
	check "it is lost: IPv6 of another one" wait_for bound_as ip6 $COA6_2
	reachable "after a loss"
	links_down eth2
	check "it is lost: IPv4" wait_for bound_as udp4 $NAT4
	reachable "IPv4"
	links_up eth2
	check "a better one is back" wait_for bound_as ip6 $COA6_2
	links_up eth3
	check "the best one is back" wait_for bound_as ip6 $COA6_3
	untouched "loss"
}

# Tentative, deprecated: RFC 6275, 11.5.
addresses()
{
	need ip -n "$MN" -6 addr change $COA6_3/64 dev eth3 preferred_lft 0
	need ip -n "$MN" -6 addr add 2001:db8:33::3/64 dev eth3
	check "a deprecated address makes room for another one" \
		wait_for bound_as ip6 2001:db8:33::3
	need ip -n "$MN" -6 addr del 2001:db8:33::3/64 dev eth3
	check "but is better than none of IPv6" wait_for bound_as ip6 $COA6_3
	need ip -n "$MN" -6 addr change $COA6_3/64 dev eth3 preferred_lft forever \
		valid_lft forever
	check_eq "there are no rules but for care-of addresses" \
		"$(ip -n "$MN" -6 -j addr show scope global |
			jq -r '.[] | select(.ifname | startswith("eth")) | .addr_info[].local // empty' |
			sort)" \
		"$(ip -n "$MN" -6 -j rule show pref 191 | jq -r '.[].src' | sort)"
}

# No answer over IPv6: IPv4 of the same link; and IPv6 again at the next refresh.
fall_back()
{
	sed -i '/^lifetime /d; /^ipsec /i lifetime 52' "/etc/netns/$MN/m6t/m6t0.conf"
	need in_ns "$NAT" nft -f - <<-END
		table ip6 m6t {
			chain forward {
				type filter hook forward priority 0;
				iifname in2 drop
			}
		}
	END
	prefer eth2
	check "IPv6 does not work: IPv4 is used" wait_for bound_as ip4 $COA2
	reachable "IPv4 instead of IPv6"
	need in_ns "$NAT" nft delete table ip6 m6t
	check "IPv6 works again: it is used" \
		wait_longer bound_as ip6 $COA6_2
	untouched "fall back"
}

# wait_longer COMMAND...: for the next refresh.
wait_longer()
{
	local WAIT=$((WAIT + 60))

	wait_for "$@"
}

home_is_there()
{
	[ -n "$(ip -n "$MN" -6 addr show dev home to $HOA)" ]
}

home_is_left()
{
	! home_is_there
}

# RFC 6275, 11.5.5: no binding, no tunnel, and neighbours know.
return_home()
{
	local own

	own=$(mac "$MN" home)
	need ping6_ok "$CN" $HOA
	need in_ns "$CN" ping -n -q -c 1 -W "$WAIT" $HOA4 >/dev/null
	check "away: the home agent is its neighbour" \
		knows "$CN" eth $HOA "$(mac "$HA" home)"
	capture "$CN" eth "$TMP/home.pcap" icmp6
	monitor_dsmip "$HA" "$TMP/returned"
	flows_begin
	links_up home
	prefer home eth2 eth3
	check "home: the mobile node is not bound any more" wait_for not_bound
	check "home: the home agent has let it send by the tunnel until then" \
		test "$(jq -s 'map(.expires_ms | select(. <= 1000)) | length' \
			"$TMP/returned")" -gt 0
	check "home: the address is on the home link" wait_for home_is_there
	check "home: neighbours send to it, IPv6" wait_for knows "$CN" eth $HOA "$own"
	check "home: neighbours send to it, IPv4" wait_for knows "$CN" eth $HOA4 "$own"
	flows_end "return"
	capture_end
	check_eq "home: no duplicate address detection for its address" "" \
		"$(duplicate_detection)"
	check_eq "home: the home agent answers for it no more" "" \
		"$(ip -n "$HA" -6 neigh show proxy; ip -n "$HA" neigh show proxy)"
	check_eq "home: nothing leads through the device" "" \
		"$(ip -n "$MN" -6 route show default dev m6t0
			ip -n "$MN" route show default dev m6t0
			ip -n "$MN" -6 route show $HA6 dev m6t0)"
	reachable home
	untouched home
}

# Solicitations for the home address without a source.
duplicate_detection()
{
	tcpdump -n -r "$TMP/home.pcap" "icmp6[icmp6type] = 135 and src ::" 2>/dev/null |
		grep "who has $HOA"
}

leave_home()
{
	flows_begin
	links_down home
	check "away: it is bound again" wait_longer bound_as ip6 $COA6_2
	check "away: its address is not on the home link" wait_for home_is_left
	check "away: neighbours send to the home agent, IPv6" \
		wait_for knows "$CN" eth $HOA "$(mac "$HA" home)"
	check "away: neighbours send to the home agent, IPv4" \
		wait_for knows "$CN" eth $HOA4 "$(mac "$HA" home)"
	kill -USR1 "${FLOWS[@]}"
	need wait_for flows_ended
	diag "$(cat "$TMP/flow-mn" "$TMP/flow-cn")"
	stop "${FLOWS[@]}"
	reachable "away again"
	untouched "away again"
}

# It ends at home, where nothing of it may be left.
the_end()
{
	links_up home
	check "home again" wait_for not_bound
	check "home again: the address is there" wait_for home_is_there
	check "the mobile node ends" mn down m6t0
	check "its address is not left on the home link" home_is_left
	check_eq "nor rules" "" \
		"$(ip -n "$MN" rule show pref 191; ip -n "$MN" -6 rule show pref 191)"
	check "the home agent ends" ha down m6t0
	check_eq "and what it answered for" "" \
		"$(ip -n "$HA" -6 neigh show proxy; ip -n "$HA" neigh show proxy)"
}

topology_dsmip6
dsmip_files
mipd_ipsec
xfrm_dump >"$TMP/before"
registration
movement
broken
addresses
fall_back
return_home
leave_home
the_end
finish
