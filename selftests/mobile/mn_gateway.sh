#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Several ports of a gateway, of which some are filtered: the mobile node finds
# one that is not, and remembers it for each network.
#
#    mn                    nat, which drops some ports          gw
#  +--------+           +---------+                          +-----------+
#  | DEV eth+-----------+-in  out-+--------------------------+-wan       |
#  +--------+           +---------+                          | m6t0  lan-+-- ha
#                     10.0.0.1 one network                   +-----------+
#                     10.0.0.9 another one                3544, 4500
# takes long
# proves: N4 N5

# shellcheck source-path=SCRIPTDIR source=../lib/lib.sh
. "$(dirname "$0")/../lib/lib.sh"
# shellcheck source-path=SCRIPTDIR source=../lib/up.bash
. "$SELFTESTS/lib/up.bash"

# there ADDRESS: the network that has this next hop.
there()
{
	need mn_ip route replace default via "$1"
}

topology
up_setup
need ip -n "$NAT" addr add 10.0.0.9/24 dev in
gateway ha $HA6 port 3544,4500

# One port: no other is tried, and the probe creates the binding.
mobile gateway $GW4 probe $HA6
up_foreground
check "a probe creates a binding and is answered" wait_for reached
nat_drops udp dport 3544
there 10.0.0.9
sleep 0.1
there 10.0.0.1
sleep 3.5
check_eq "with one port no other is tried" 3544 "$(setting port)"
stop "$UP"
check_not "with one port nothing is remembered" test -e "$MEMORY"

# Several.
mobile gateway $GW4 port 3544,4500 probe $HA6
up_foreground
becomes "the first port does not answer, the second one is used" port 4500
check "the home agent answers by that port" wait_for reached
check_eq "finding the second port takes one more attachment" 2 "$(attachments)"
becomes_known()
{
	grep -qE "^$1 ([0-9a-f]{2}:){5}[0-9a-f]{2} $GW4 $2\$" "$MEMORY"
}
check "the second port is remembered for the network" \
	wait_for becomes_known 10.0.0.1 4500
nat_drops udp dport 4500
there 10.0.0.9
becomes "in a new network the first port is tried first" port 3544
check "the home agent answers by that port" wait_for reached
check "the first port is remembered for the new network" \
	wait_for becomes_known 10.0.0.9 3544
check_eq "the new network is listed before the other one" "10.0.0.9 10.0.0.1" \
	"$(cut -d ' ' -f 1 "$MEMORY" | xargs)"
check_eq "a new network takes one attachment" 3 "$(attachments)"
# The next hop is not in the cache any more: it is resolved before a port is
# chosen.
nat_drops udp dport 3544
need mn_ip neigh flush dev eth
there 10.0.0.1
becomes "back in the first network the remembered port is used" port 4500
check "the home agent answers by that port" wait_for reached
check_eq "a known network takes one attachment" 4 "$(attachments)"
stop "$UP"
check_eq "m6tctl up exits with status 0" 0 $?

# When it starts, with the file of remembered ports and without.
nat_drops udp dport 3544
there 10.0.0.1
up_foreground
check "the remembered port is used from the start" wait_for reached
check_eq "the first attachment uses the remembered port" "1 4500" \
	"$(attachments) $(setting port)"
stop "$UP"
head -c 1000 /dev/urandom >"$MEMORY"
nat_drops
up_foreground
check "it works with a damaged file of remembered ports" wait_for reached
check_eq "with a damaged file the first port is tried first" \
	"1 3544" "$(attachments) $(setting port)"
check "the damaged file is written again" wait_for becomes_known 10.0.0.1 3544
check_eq "the file written again has one line" 1 "$(wc -l <"$MEMORY")"
stop "$UP"
check_eq "m6tctl up exits with status 0" 0 $?
check_not "the device is removed at the end" exists
finish
