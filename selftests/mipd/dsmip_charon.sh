#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# DSMIPv6 with IPsec by charon: registration, rekeying, and movement between two networks
# without a NAT, where MOBIKE moves the IKE_SA and nothing changes an SA or a policy;
# payload protected as well.
# takes long
# proves: D3 D4 D18

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

# nobody translates: neither of the two networks has a NAT.
no_nat()
{
	need in_ns "$NAT" nft delete table ip m6t
	need ip -n "$HA" route add 10.0.0.0/24 via $NAT4
}

registration()
{
	check "the home agent starts" in_ns "$HA" m6tctl up m6t0
	check "the mobile node starts" in_ns "$MN" m6tctl up m6t0
	check "it is bound" wait_for bound_at $COA
	check_eq "mobile node: SAs of signalling" "$SIGNAL_SAS" "$(sas "$MN")"
	check_eq "home agent: SAs of signalling" "$SIGNAL_SAS" "$(sas "$HA")"
	check_eq "IKE uses the care-of address" "ESTABLISHED $COA $HA4" \
		"$(ike_ends mn "$CHARON_SIGNAL")"
	reachable registered
}

# moves_to ADDRESS WHAT: it is bound there, IPsec has not noticed, and IKE has followed.
moves_to()
{
	check "$2: it is bound elsewhere" wait_for bound_at "$1"
	reachable "$2"
	check "$2: MOBIKE moves the IKE_SA" wait_for ike_left $COA
	xfrm_dump >"$TMP/after"
	check "$2: IPsec has not noticed anything" same_file "$TMP/before" "$TMP/after"
}

# Demanded by the mobile node, so nothing leaves in clear before there is an SA.
payload()
{
	need sed -i '/-payload {/,$ s/start_action = none/start_action = trap/' \
		"$TMP/mn/swanctl.conf"
	charon_load mn
	capture "$MN" m6t0 "$TMP/mn.pcap"
	capture "$HA" m6t0 "$TMP/ha.pcap"
	check "payload: the first packet makes charon protect it" \
		wait_for ping6_ok "$MN" $CN6 -W 1
	check_eq "payload: IKE goes through the device" "ESTABLISHED $HOA $HA6" \
		"$(ike_ends mn "$CHARON_PAYLOAD")"
	check_eq "payload: one SA for each direction, for both families" 2 \
		"$(ip -n "$MN" xfrm state list | grep -c af-unspec)"
	reachable payload
}

# Signalling is not payload, though the policies for payload cover it, too.
payload_moves()
{
	xfrm_dump >"$TMP/before"
	need ip -n "$MN" -b - <<-END
		link set eth up
		route add default via 10.0.0.1 dev eth metric 100
	END
	check "payload: it is bound at a better link" wait_for bound_at $COA
	reachable "payload, moved"
	xfrm_dump >"$TMP/after"
	check "payload: IPsec has not noticed anything" \
		same_file "$TMP/before" "$TMP/after"
	capture_end
	check_eq "payload: the mobile node sends it by ESP" "" \
		"$(clear "$TMP/mn.pcap" src)"
	check_eq "payload: the home agent sends it by ESP" "" \
		"$(clear "$TMP/ha.pcap" dst)"
}

# clear FILE END: packets from or to either home address that are neither ESP nor IKE.
clear()
{
	tcpdump -Z root -n -r "$1" "$2 $HOA4 or ($2 $HOA and
		not udp port 500 and not udp port 4500)" 2>/dev/null |
		grep -v ' ESP('
}

# Neither the device nor a route of charon's may take IKE: without a binding, nothing
# would come of it.
ike_again()
{
	need swan mn --terminate --ike "$CHARON_SIGNAL" >"$TMP/terminate" 2>&1
	check "again: there are no SAs of signalling" wait_for no_signal_sas
	need ip -n "$MN" link set m6t0 down
	need ip -n "$MN" link set m6t0 up
	check "again: charon negotiates others" wait_for signal_sas
	check_eq "again: IKE uses the care-of address" "ESTABLISHED $COA $HA4" \
		"$(ike_ends mn "$CHARON_SIGNAL")"
	check "again: payload goes on" wait_for ping6_ok "$CN" $HOA -W 1
}

signal_sas()
{
	[ "$(sas "$HA" | grep -c transport)" = 2 ] && [ "$(sas "$MN" | grep -c transport)" = 2 ]
}

no_signal_sas()
{
	! sas "$MN" | grep -q transport && ! sas "$HA" | grep -q transport
}

topology_dsmip
no_nat
charon_files
charon_start "$MN" mn
charon_start "$HA" ha
charon_load ha
charon_load mn
registration
sound
rekey registered
xfrm_dump >"$TMP/before"
need ip -n "$MN" link set eth down
moves_to $COA2 moved
sound
rekey moved
sound
payload
sound
payload_moves
ike_again
sound
finish
