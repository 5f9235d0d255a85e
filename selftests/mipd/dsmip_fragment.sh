#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# A forged origin of a binding update: the destination option that only the home
# agent's device may add arrives in a fragment by another path, and the rest of the
# binding update through the device.
# takes long
# proves: D6 D8

# shellcheck disable=SC2119,SC2317,SC2329	# optional arguments, called indirectly
# shellcheck source-path=SCRIPTDIR source=../lib/lib.sh
. "$(dirname "$0")/../lib/lib.sh"
# shellcheck source-path=SCRIPTDIR source=../lib/dsmip.bash
. "$SELFTESTS/lib/dsmip.bash"
# shellcheck source-path=SCRIPTDIR source=mipd.bash
. "$SELFTESTS/mipd/mipd.bash"

# 192.0.2.77:4191 and HA4:4191, as the device would add them.
FORGED=1e0cc000024d105fc0000202105f

# forged SEQUENCE: a binding update with the forged option, in two fragments. The
# first one must have the beginning of each header, or it is refused for that. What is
# put together comes from where its first one has come from: not from the device.
forged()
{
	local parts="dst=$FORGED mh=$1"

	inner "$CN" stack "$HOA $HA6 frag=9:0:24 $parts" &&
		inner "$MN" dev m6t0 "$HOA $HA6 frag=9:24:64 $parts"
}

# fragments COUNTER N: does a counter of the home agent's reassembly have this value?
fragments()
{
	[ "$(in_ns "$HA" nstat -asz "Ip6Reasm$1" | awk '/Ip6/ { print $2 }')" -ge "$2" ]
}

answered()
{
	[ "$(counter "$HA" tx_signal)" -gt "$1" ]
}

topology_dsmip
dsmip_files
for ns in "$MN" "$HA"; do
	need sed -i 's/^ipsec .*/ipsec none/' "/etc/netns/$ns/m6t/m6t0.conf"
done
# Without IPsec, anyone on a home link can claim that the mobile node is there.
need sed -i '/^home-link/d' "/etc/netns/$HA/m6t/m6t0.conf"
need in_ns "$HA" m6tctl up m6t0
need in_ns "$MN" m6tctl up m6t0
need wait_for bound_at $NAT4
ANSWERS=$(counter "$HA" tx_signal)
need forged 300
check "the home agent puts the fragments together" wait_for fragments OKs 1
# One that is older than the forged one, and not than the last one. If the forged one
# was taken, the binding has changed by the time that this is answered.
need inner "$MN" dev m6t0 "$HOA $HA6 mh=200"
check "a binding update that comes by the device is answered" \
	wait_for answered "$ANSWERS"
check_eq "the forged one is not: nothing is sent elsewhere" \
	$((ANSWERS + 1)) "$(counter "$HA" tx_signal)"
check_eq "and the mobile node stays bound where it is" $NAT4 "$(node | jq -r .remote)"
finish
