#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# A gateway of two ports and no probe: silence counts only once something was
# sent. A follower does not consider an existing attachment silent.
#
#    mn                    nat, which drops port 3544           gw
#  +--------+           +---------+                          +-----------+
#  | DEV eth+-----------+-in  out-+--------------------------+-wan       |
#  +--------+           +---------+                          | m6t0  lan-+-- ha
#                                                            +-----------+
# takes long
# proves: N5

# shellcheck source-path=SCRIPTDIR source=../lib/lib.sh
. "$(dirname "$0")/../lib/lib.sh"
# shellcheck source-path=SCRIPTDIR source=../lib/up.bash
. "$SELFTESTS/lib/up.bash"

# pinging: the mobile node pings the home agent all the time.
pinging()
{
	start "$MN" ping -6 -n -q -i 0.3 -W 1 $HA6 >"$TMP/ping" 2>&1
	PING=$PID
}

topology
up_setup
gateway ha $HA6 port 3544,4500
nat_drops udp dport 3544
mobile gateway $GW4 port 3544,4500
up_foreground
check "it is attached" wait_for is attached true
from=$SECONDS
pinging
becomes "the first port does not answer, the second one is used" port 4500
took=$((SECONDS - from))
check "the second port is used after five seconds of traffic" \
	test $took -ge 4 -a $took -le 9
check "the home agent answers by that port" wait_for reached
check_eq "finding the second port takes one more attachment" 2 "$(attachments)"

# Another follower takes over. It does not know which answers the first one saw.
ADDRESS=$(setting address)
kill -KILL "$UP"
wait "$UP" 2>/dev/null
mn up "$DEV" 2>"$TMP/up"
check_eq "a second m6tctl up takes over" 0 $?
sleep 6
check_eq "the second one keeps the working attachment" "$ADDRESS 4500" \
	"$(setting address) $(setting port)"
stop "$PING"
finish
