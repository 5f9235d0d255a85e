#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# A gateway of two ports and no probe: silence counts only once something was
# sent. A follower that finds an attachment does not take it for silent.
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

# pinging: the mobile node asks the home agent all the time.
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
becomes "the first port is silent, the second one is used" port 4500
took=$((SECONDS - from))
check "in five seconds and what it takes to see that something was sent" \
	test $took -ge 4 -a $took -le 9
check "it works" wait_for reached
check_eq "that took one more attachment" 2 "$(attachments)"

# Another one takes over. It has not heard what the first one has.
ADDRESS=$(setting address)
kill -KILL "$UP"
wait "$UP" 2>/dev/null
mn up "$DEV" 2>"$TMP/up"
check_eq "another one takes over" 0 $?
sleep 6
check_eq "and keeps what works" "$ADDRESS 4500" \
	"$(setting address) $(setting port)"
stop "$PING"
finish
