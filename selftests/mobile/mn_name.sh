#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# A gateway that has a name: it is asked for before the device is made and at
# each attachment, and nothing else waits for the answer.
#
#    mn                    nat, the name server                 gw
#  +--------+           +---------+                          +-----------+
#  | DEV eth+-----------+-in  out-+--------------------------+-wan       |
#  +--------+           +---------+                          | m6t0  lan-+-- ha
#                     10.0.0.1, 10.0.0.9              192.0.2.2, 192.0.2.3
# takes long
# proves: N4 N5

# shellcheck source-path=SCRIPTDIR source=../lib/lib.sh
. "$(dirname "$0")/../lib/lib.sh"
# shellcheck source-path=SCRIPTDIR source=../lib/up.bash
. "$SELFTESTS/lib/up.bash"

NAME=gw.example
OTHER=192.0.2.3
HOP=1
SERVER=
OLD=

# server ADDRESS...: the name has these, and the server says so.
server()
{
	printf "%s $NAME\n" "$@" >"$TMP/hosts"
	if [ -n "$SERVER" ]; then
		kill -HUP "$SERVER"
	else
		start "$NAT" dnsmasq -k -C /dev/null -R -h -u root -g root -x "" \
			-a 10.0.0.1 -z -H "$TMP/hosts" 2>"$TMP/dns"
		SERVER=$PID
	fi
	need wait_for says "$@"
}

# shellcheck disable=SC2317
says()
{
	[ "$(in_ns "$MN" getent ahostsv4 $NAME | awk '/STREAM/ { print $1 }' |
		sort | xargs)" = "$(printf '%s\n' "$@" | sort | xargs)" ]
}

# move: to another network.
move()
{
	HOP=$((10 - HOP))
	OLD=$(setting address)
	need mn_ip route replace default via 10.0.0.$HOP
}

# shellcheck disable=SC2317
moved()
{
	local address

	address=$(setting address)
	[ "$address" != null ] && [ "$address" != "$OLD" ]
}

# comes_after NAME: there is an attachment in the new network.
comes_after()
{
	check "$1" wait_for moved
}

# passed SECONDS: since $from.
# shellcheck disable=SC2317,SC2329
passed()
{
	[ $((${EPOCHREALTIME/[.,]/} - from)) -gt $(($1 * 1000000)) ]
}

topology
up_setup
need ip -n "$NAT" addr add 10.0.0.9/24 dev in
need ip -n "$GW" addr add $OTHER/24 dev wan
echo "nameserver 10.0.0.1" >"/etc/netns/$MN/resolv.conf"
gateway ha $HA6

# Before there is an answer.
mobile gateway $NAME
mn up "$DEV" 2>"$TMP/up"
check_eq "up does not wait for the name" 0 $?
check "but says so" grep -qx "m6tctl: $DEV: gateway $NAME does not resolve yet" \
	"$TMP/up"
check_not "there is no device" exists
server $GW4
becomes "with an answer there is" gateway $GW4
check "it is attached" wait_for moved
check "down ends it" mn down "$DEV"
check_not "and the device" exists

# A way to the server is all that was missing.
need mn_ip link set eth down
up_foreground
check "without a network there is no answer" \
	wait_for grep -q "does not resolve" "$TMP/up"
# It is asked for again after one second, three, and seven.
sleep 3.3
need mn_ip link set eth up
need mn_ip route add default via 10.0.0.1
from=${EPOCHREALTIME/[.,]/}
comes_after "it is asked again when the network comes"
check "at once" test $((${EPOCHREALTIME/[.,]/} - from)) -lt 2700000

# At each attachment, and in between only as long as nobody is heard.
from=${EPOCHREALTIME/[.,]/}
need wait_for ping6_ok "$MN" $HA6 -W 1
server $OTHER
# Had none been heard, it would be asked ten seconds after the last time.
WAIT=$((WAIT + 11)) need wait_for passed 11
check_eq "a name that changes is nothing by itself" $GW4 "$(setting gateway)"
move
becomes "the next attachment has the new address" gateway $OTHER
comes_after "and is one"
server $OTHER $GW4
move
comes_after "an attachment with both"
check_eq "keeps the one it has" $OTHER "$(setting gateway)"

# No answer.
stop "$SERVER"
SERVER=
move
comes_after "an attachment without an answer"
check_eq "keeps it, too" $OTHER "$(setting gateway)"
server $GW4
becomes "and is told as soon as there is one" gateway $GW4

# None ever.
need in_ns "$NAT" nft -f - <<-END
	table ip mute {
		chain input {
			type filter hook input priority 0;
			udp dport 53 drop
		}
	}
END
for i in 1 2 3; do
	start=$SECONDS
	move
	comes_after "attachment $i while a server is silent"
done
check "did not wait for it" test $((SECONDS - start)) -lt 10
need in_ns "$NAT" nft delete table ip mute
stop "$UP"
check_eq "it ends well" 0 $?

# Several addresses, of which one works.
server 192.0.2.66 $GW4
mobile gateway $NAME probe $HA6
up_foreground
check "the address that works is found" wait_for reached
check_eq "it is that" $GW4 "$(setting gateway)"
stop "$UP"

# One at which nobody is.
server 192.0.2.66
up_foreground
becomes "an address at which nobody is" gateway 192.0.2.66
server $GW4
WAIT=$((WAIT + 11)) becomes "it is asked again while nobody is heard" \
	gateway $GW4
check "and somebody is" wait_for reached
stop "$UP"
finish
