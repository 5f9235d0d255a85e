#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# A gateway of two ports that are both filtered: they are tried in turn, with a
# longer wait after each round, until one of them works.
#
#    mn                    nat, which drops both                gw
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

# gaps: seconds between attachments, rounded.
gaps()
{
	jq -rs 'map(select(.event == "attached").time) | [.[1:], .[:-1]] |
		transpose | map(.[0] - .[1] | round) | join(" ")' "$TMP/up"
}

# ports: the ports that were set, in order.
ports()
{
	jq -rs 'map(select(.event == "gateway").port) | join(" ")' "$TMP/up"
}

# shellcheck disable=SC2317
tried()
{
	[ "$(ports | wc -w)" -ge "$1" ]
}

# near SECONDS...: attachments are so far apart, within the limits of a busy
# machine.
near()
{
	local got seconds i=0 slack=1

	[ -z "${M6T_QUICK:-}" ] || slack=5
	read -ra got < <(gaps)
	for seconds; do
		((got[i] >= seconds && got[i] <= seconds + slack)) || return
		i=$((i + 1))
	done
}

topology
up_setup
gateway ha $HA6 port 3544,4500
nat_drops udp dport '{ 3544, 4500 }'
mobile gateway $GW4 port 3544,4500 probe $HA6
start "$MN" m6tctl -j up "$DEV" foreground >"$TMP/up" 2>&1
UP=$PID
waits=(3 8 3)
# A second wait, where waiting takes no time.
! time_travel || waits+=(13 3 23)
WAIT=$((WAIT + 60))
check "both ports are tried" wait_for tried ${#waits[@]}
check "each port is tried for three seconds, with a wait after each round" \
	near "${waits[@]}"
diag "seconds: $(gaps)"
check_eq "the ports are tried in turn" \
	"4500 3544 4500" "$(ports | cut -d ' ' -f 1-3)"
nat_drops udp dport 3544
check "a port that works is found" wait_for reached
check_eq "the port that works is set" 4500 "$(setting port)"
stop "$UP"
finish
