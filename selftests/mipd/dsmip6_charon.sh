#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# IPsec by charon over IPv6 alone: IKE with another address of the home agent, from the
# care-of address; SAs for mobility headers by transport_proxy; movement changes neither
# SAs nor policies, and rekeying works before and after it.
# takes long
# proves: D3 D4 D18 D21

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
# shellcheck source-path=SCRIPTDIR source=mipd6.bash
. "$SELFTESTS/mipd/mipd6.bash"

# The home agent's address for IKE, that of its other link.
IKE6=2001:db8:ff::2

# ike_address: as dsmip.rst says for networks without IPv4.
ike_address()
{
	cat >>"$TMP/mn/swanctl.conf" <<-END
	connections {
		$CHARON_SIGNAL {
			remote_addrs = $IKE6
		}
	}
	END
}

registration()
{
	prefer eth3
	check "the home agent starts" in_ns "$HA" m6tctl up m6t0
	check "the mobile node starts" in_ns "$MN" m6tctl up m6t0
	check "it is bound" wait_for bound_as ip6 $COA6_3
	check_eq "mobile node: SAs of signalling" "$SIGNAL_SAS" "$(sas "$MN")"
	check_eq "home agent: SAs of signalling" "$SIGNAL_SAS" "$(sas "$HA")"
	check_eq "IKE uses the care-of address" "ESTABLISHED $COA6_3 $IKE6" \
		"$(ike_ends mn "$CHARON_SIGNAL")"
	reachable registered
}

moves()
{
	xfrm_dump >"$TMP/before"
	prefer eth2 eth3
	check "moved: it is bound elsewhere" wait_for bound_as ip6 $COA6_2
	links_down eth3
	reachable moved
	check "moved: MOBIKE moves the IKE_SA" wait_for ike_left $COA6_3
	xfrm_dump >"$TMP/after"
	check "moved: IPsec has not noticed anything" same_file "$TMP/before" "$TMP/after"
}

topology_dsmip6
charon_files
charon_start "$MN" mn
charon_start "$HA" ha
ike_address
links_down eth
need ip -n "$MN" addr del $COA2/24 dev eth2
charon_load ha
charon_load mn
registration
sound
rekey registered
moves
sound
rekey moved
sound
finish
