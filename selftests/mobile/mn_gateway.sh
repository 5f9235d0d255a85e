#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Several ports of a gateway, of which some are filtered: the mobile node finds
# one that is not, and knows it again in a network where it has been.
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

# One port: nothing is tried but that, and the probe makes the binding.
mobile gateway $GW4 probe $HA6
up_foreground
check "a probe makes a binding and has it answered" wait_for reached
nat_drops udp dport 3544
there 10.0.0.9
sleep 0.1
there 10.0.0.1
sleep 3.5
check_eq "there is no other port to try" 3544 "$(setting port)"
stop "$UP"
check_not "nothing is remembered of that" test -e "$MEMORY"

# Several.
mobile gateway $GW4 port 3544,4500 probe $HA6
up_foreground
becomes "the first port is silent, the second one is used" port 4500
check "it works" wait_for reached
check_eq "that took one more attachment" 2 "$(attachments)"
becomes_known()
{
	grep -qE "^$1 ([0-9a-f]{2}:){5}[0-9a-f]{2} $GW4 $2\$" "$MEMORY"
}
check "it is remembered for the network" wait_for becomes_known 10.0.0.1 4500
nat_drops udp dport 4500
there 10.0.0.9
becomes "in a new network the first one is tried first" port 3544
check "it works" wait_for reached
check "it is remembered, too" wait_for becomes_known 10.0.0.9 3544
check_eq "before the other one" "10.0.0.9 10.0.0.1" \
	"$(cut -d ' ' -f 1 "$MEMORY" | xargs)"
check_eq "that took just one attachment" 3 "$(attachments)"
# The next hop is not known any more: it is asked for before a port is chosen.
nat_drops udp dport 3544
need mn_ip neigh flush dev eth
there 10.0.0.1
becomes "back in the first one, what worked there" port 4500
check "it works" wait_for reached
check_eq "that took just one attachment, too" 4 "$(attachments)"
stop "$UP"
check_eq "it ends well" 0 $?

# When it starts, and when it is not there to be read.
nat_drops udp dport 3544
there 10.0.0.1
up_foreground
check "what is remembered is used from the start" wait_for reached
check_eq "with the first attachment" "1 4500" \
	"$(attachments) $(setting port)"
stop "$UP"
head -c 1000 /dev/urandom >"$MEMORY"
nat_drops
up_foreground
check "a damaged memory is as none" wait_for reached
check_eq "with the first port" "1 3544" "$(attachments) $(setting port)"
check "it is mended" wait_for becomes_known 10.0.0.1 3544
check_eq "for good" 1 "$(wc -l <"$MEMORY")"
stop "$UP"
check_eq "it ends well" 0 $?
check_not "with its device" exists
finish
