#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# A gateway given by name: it is resolved before the device is created and at each
# attachment, and nothing else waits for the resolver.
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

# server ADDRESS...: the name server has these addresses for the name.
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

# Before the name resolves.
mobile gateway $NAME
mn up "$DEV" 2>"$TMP/up"
check_eq "m6tctl up does not wait for the name" 0 $?
check "m6tctl up reports that the name does not resolve" \
	grep -qx "m6tctl: $DEV: gateway $NAME does not resolve yet" \
	"$TMP/up"
check_not "there is no device before the name resolves" exists
server $GW4
becomes "once the name resolves the device has the address" gateway $GW4
check "once the name resolves it is attached" wait_for moved
check "m6tctl down ends it" mn down "$DEV"
check_not "m6tctl down removes the device" exists

# Only the route to the name server is missing.
need mn_ip link set eth down
up_foreground
check "without a network the name does not resolve" \
	wait_for grep -q "does not resolve" "$TMP/up"
# It is resolved again after one second, three, and seven.
sleep 3.3
need mn_ip link set eth up
need mn_ip route add default via 10.0.0.1
from=${EPOCHREALTIME/[.,]/}
comes_after "attached once the network is there"
check "the name is resolved again at once when the network is there" \
	test $((${EPOCHREALTIME/[.,]/} - from)) -lt 2700000

# At each attachment, and in between only while no gateway answers.
from=${EPOCHREALTIME/[.,]/}
need wait_for ping6_ok "$MN" $HA6 -W 1
server $OTHER
# Without an answer of the gateway it would be resolved again after ten seconds.
WAIT=$((WAIT + 11)) need wait_for passed 11
check_eq "a changed address of the name has no effect on a working attachment" \
	$GW4 "$(setting gateway)"
move
becomes "the next attachment has the new address" gateway $OTHER
comes_after "the next attachment works"
server $OTHER $GW4
move
comes_after "attached again while the name has both addresses"
check_eq "an address that the name still has is kept" $OTHER "$(setting gateway)"

# The name does not resolve any more.
stop "$SERVER"
SERVER=
move
comes_after "attached again while the name does not resolve"
check_eq "the address is kept while the name does not resolve" \
	$OTHER "$(setting gateway)"
server $GW4
becomes "the new address is used as soon as the name resolves" gateway $GW4

# The name server never answers.
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
	comes_after "attachment $i while the name server does not answer"
done
check "attachment $i does not wait for the name server" \
	test $((SECONDS - start)) -lt 10
need in_ns "$NAT" nft delete table ip mute
stop "$UP"
check_eq "m6tctl up exits with status 0" 0 $?

# Several addresses, of which one works.
server 192.0.2.66 $GW4
mobile gateway $NAME probe $HA6
up_foreground
check "the address that works is found" wait_for reached
check_eq "the working address is set" $GW4 "$(setting gateway)"
stop "$UP"

# An address without a gateway.
server 192.0.2.66
up_foreground
becomes "an address without a gateway is set" gateway 192.0.2.66
server $GW4
WAIT=$((WAIT + 11)) becomes "the name is resolved again while no gateway answers" \
	gateway $GW4
check "the new address of the name works" wait_for reached
stop "$UP"
finish
