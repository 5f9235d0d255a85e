#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# DSMIPv6 with IPsec by charon behind NATs, where charon refuses the SAs over IPv4:
# IKE uses the address of a device of mode mn, for which there is no NAT.
# takes long
# proves: D3 D10 D18

# shellcheck disable=SC2119,SC2317,SC2329	# optional arguments, called indirectly
# shellcheck source-path=SCRIPTDIR source=../lib/lib.sh
. "$(dirname "$0")/../lib/lib.sh"
# shellcheck source-path=SCRIPTDIR source=../lib/ike.bash
. "$SELFTESTS/lib/ike.bash"
# shellcheck source-path=SCRIPTDIR source=../lib/dsmip.bash
. "$SELFTESTS/lib/dsmip.bash"
# shellcheck source-path=SCRIPTDIR source=mipd.bash
. "$SELFTESTS/mipd/mipd.bash"
# shellcheck source-path=SCRIPTDIR source=charon.bash
. "$SELFTESTS/mipd/charon.bash"

IKE6=2001:db8:1::1

# pair_files: those of a device of mode mn and of its gateway, which leads to the
# address for IKE alone.
pair_files()
{
	at_exit "in_ns $MN m6tctl down m6t1"
	at_exit "in_ns $HA m6tctl down m6t1"
	cat >"/etc/netns/$HA/m6t/m6t1.conf" <<-END
	mode gw
	prefix $PREFIX
	ha $IKE6
	local $HA4
	END
	cat >"/etc/netns/$MN/m6t/m6t1.conf" <<-END
	mode mn
	prefix $MN_PREFIX
	gateway $HA4
	dev eth
	probe $IKE6
	END
}

# pair_up: and the addresses for IKE.
pair_up()
{
	check "the gateway starts" in_ns "$HA" m6tctl up m6t1
	need ip -n "$HA" addr add $IKE6/128 dev m6t1
	check "the mobile node's device for IKE starts" in_ns "$MN" m6tctl up m6t1
	need ip -n "$MN" route add $IKE6 dev m6t1
	check "it leads to the address for IKE" wait_for ping6_ok "$MN" $IKE6 -W 1
}

pair_address()
{
	m6tctl -n "$MN" -j show dev m6t1 | jq -r '.[0].address'
}

over_ipv4()
{
	check_not "over IPv4, charon refuses the SAs" \
		swan mn --initiate --child signal --timeout "$WAIT"
	check "as there is a NAT" grep -q "TS_UNACCEPTABLE" "$TMP/mn/log"
	check_eq "there are none" "" "$(sas "$HA")"
	need swan mn --terminate --ike "$CHARON_SIGNAL" >"$TMP/terminate" 2>&1
}

# no_ipv4: MOBIKE would move IKE there as well, behind the NAT.
no_ipv4()
{
	need in_ns "$HA" nft -f - <<-END
		table ip ike {
			chain in {
				type filter hook input priority 0;
				udp dport { 500, 4500 } drop
			}
		}
	END
}

registration()
{
	check "the home agent starts" in_ns "$HA" m6tctl up m6t0
	check "the mobile node starts" in_ns "$MN" m6tctl up m6t0
	check "it is bound to its NAT" wait_for bound_at $NAT4
	check_eq "in UDP" udp4 "$(node | jq -r .kind)"
	check_eq "mobile node: SAs of signalling" "$SIGNAL_SAS" "$(sas "$MN")"
	check_eq "home agent: SAs of signalling" "$SIGNAL_SAS" "$(sas "$HA")"
	check_eq "IKE uses the other device" \
		"ESTABLISHED $(pair_address) $IKE6" "$(ike_ends mn "$CHARON_SIGNAL")"
	reachable "behind a NAT"
}

# uses ADDRESS: is this the care-of address for payload, and no other one pending?
uses()
{
	[ "$(m6tctl -n "$MN" -j show dev m6t0 |
		jq -r '[.[0].slots[] | select(.state != "lingering") |
		.state + " " + .local] | join(" ")')" = "active $1" ]
}

# movement: to a link without such a device, and back. IKE goes through the tunnel
# meanwhile.
movement()
{
	local address

	address=$(pair_address)
	xfrm_dump >"$TMP/before"
	need ip -n "$MN" link set eth down
	check "moved: it uses the other link" wait_for uses $COA2
	reachable moved
	check "moved: MOBIKE moves the IKE_SA" wait_for ike_left "$address"
	need ip -n "$MN" -b - <<-END
		link set eth up
		route add default via 10.0.0.1 dev eth metric 100
	END
	check "returned: it uses the first one again" wait_for uses $COA
	reachable returned
	xfrm_dump >"$TMP/after"
	check "IPsec has not noticed anything" same_file "$TMP/before" "$TMP/after"
}

topology_dsmip
nat_rule masquerade
charon_files
pair_files
charon_start "$MN" mn
charon_start "$HA" ha
charon_load ha
charon_load mn
over_ipv4
no_ipv4
pair_up
cat >>"$TMP/mn/swanctl.conf" <<-END
connections {
	$CHARON_SIGNAL {
		remote_addrs = $IKE6
	}
}
END
charon_load mn
registration
sound
rekey "behind a NAT"
sound
movement
rekey returned
sound
finish
