#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# A pool of IPv4 home addresses: no mobile node gets one that the home agent's host has,
# nor the first or last one of its networks, nor the fixed one of another mobile node,
# in whatever order they are configured.
# takes long
# proves: D11

# shellcheck disable=SC2119,SC2317,SC2329	# optional arguments, called indirectly
# shellcheck source-path=SCRIPTDIR source=../lib/lib.sh
. "$(dirname "$0")/../lib/lib.sh"
# shellcheck source-path=SCRIPTDIR source=../lib/dsmip.bash
. "$SELFTESTS/lib/dsmip.bash"
# shellcheck source-path=SCRIPTDIR source=mipd.bash
. "$SELFTESTS/mipd/mipd.bash"

FILE=/etc/netns/$HA/m6t/m6t0.conf

bound_with()
{
	[ "$(node | jq -r .hoa4)" = "$1" ]
}

# asks IPV4 HAS: the mobile node starts again, asks for this one, and then has that.
asks()
{
	need sed -i "s/^hoa4 .*/hoa4 $1/" "/etc/netns/$MN/m6t/m6t0.conf"
	in_ns "$MN" m6tctl down m6t0 >"$TMP/down" 2>&1
	need in_ns "$MN" m6tctl up m6t0
	wait_for bound_with "$2"
}

# updates HAS: it updates its binding, and then has this one.
updates()
{
	need ip -n "$MN" link set m6t0 down
	need ip -n "$MN" link set m6t0 up
	wait_for bound_with "$1"
}

topology_dsmip
dsmip_files
need sed -i "s/^mn .*/mn $HOA hoa4 pool/; /^home-link/d" "$FILE"
echo "pool4 $HOME4" >>"$FILE"
need ip -n "$HA" addr add 198.51.100.17/28 dev home
mipd_ipsec
check "the home agent starts" in_ns "$HA" m6tctl up m6t0
check "an address that is free is given" asks $HOA4 $HOA4
check "that of the host is not" asks 198.51.100.17 null
check "nor that of its network" asks 198.51.100.16 null
check "nor its broadcast address" asks 198.51.100.31 null
check "one of the same network is" asks 198.51.100.18 198.51.100.18
need ip -n "$HA" addr add 198.51.100.18/32 dev home
check "an address that the host gets later is given up" updates null
need ip -n "$HA" addr del 198.51.100.18/32 dev home
check "and given again once the host has it no more" updates 198.51.100.18
echo "mn ${HOA%4}5 hoa4 198.51.100.18" >>"$FILE"
echo "${HOA%4}5 0x3001 $DSMIP_AUTH $DSMIP_ENC" >>"/etc/netns/$HA/m6t/keys"
in_ns "$HA" m6tctl ipsec m6t0 manual /etc/m6t/keys | grep "${HOA%4}5" >"$TMP/ipsec"
need in_ns "$HA" sh -e "$TMP/ipsec"
need kill -HUP "$(module "$HA")"
check "one that becomes that of another mobile node is given up" updates null
check "nor is it given again" asks 198.51.100.18 null
finish
