#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# A device that is created from a file: m6tctl up, in the background and in the
# foreground, changed by SIGHUP, and m6tctl down. The files of the mobile node's
# namespace are used for devices of both modes.
#
#    mn               nat                 gw
#  +-----+        +---------+         +----------+
#  | DEV +--------+         +---------+ m6t0     |--- ha
#  +-----+        +---------+         +----------+
# takes long
# proves: W2 N4 B5 G16

# shellcheck source-path=SCRIPTDIR source=../lib/lib.sh
. "$(dirname "$0")/../lib/lib.sh"
# shellcheck source-path=SCRIPTDIR source=../lib/up.bash
. "$SELFTESTS/lib/up.bash"

# metric N: the only default route through the device has it.
# shellcheck disable=SC2317
metric()
{
	[ "$(mn_ip -j -6 route show default dev "$DEV" | jq '.[].metric')" = "$1" ]
}

# followers: number of processes for the device.
followers()
{
	pgrep -fc "^m6tctl up $DEV"
}

topology
up_setup
gateway ha $HA6
# ---- a mobile node

printf '# ours\n\tmode mn  prefix %s # its own\r\ngateway %s\nmetric 77 mtu 1400' \
	"$MN_PREFIX" "$GW4" >"$CONF"
check_eq "up prints nothing" "" "$(mn up "$DEV" 2>&1)"
ADDRESS=$(setting address)
check_eq "the device is attached when up returns" \
	"$ADDRESS" "$(mn_ip -j -6 addr show dev "$DEV" |
	jq -r '.[0].addr_info[].local')"
check_eq "the device has the metric and MTU of the file" \
	"77 1400" "$(mn_ip -j -6 route \
	show default dev "$DEV" | jq -r '.[].metric') $(mn_ip -j link show "$DEV" |
	jq '.[].mtu')"
check_eq "one process is left in the background" 1 "$(followers)"
need mn_ip route replace default via 10.0.0.1 metric 5
says "up again is refused" 1 "$DEV is already up (stop it with \"m6tctl down $DEV\")" \
	mn up "$DEV"
check_eq "refused up changes nothing" "$ADDRESS 1" "$(setting address) $(followers)"
says "another follower is refused" 1 "another m6tctl follow manages it" \
	mn follow dev "$DEV"
check_eq "down prints nothing" "" "$(mn down "$DEV" 2>&1)"
check_not "down removes the device" exists
check_eq "down ends the process" 0 "$(followers)"
says "down of a missing device is refused" 3 "no such device \"$DEV\"" mn down "$DEV"
says "down of a device of another kind is refused" 3 "lo is not a device of type m6t" mn down lo
check "up accepts a file with a path" in_ns "$MN" sh -c \
	"cd /etc/m6t && m6tctl -j up ./$DEV.conf"
check "the device has the name of the file" exists
printf ' ttl 5' >>"$CONF"
kill -HUP "$(pgrep -f "^m6tctl -j up ./$DEV.conf")"
: >"$TMP/up"
becomes "SIGHUP reads the file with a path again" ttl 5
kill -9 "$(pgrep -f "^m6tctl -j up ./$DEV.conf")"

# The process was killed, the device is still there: it is taken over if it
# matches the file.
ADDRESS=$(setting address)
check "up takes over a device that matches the file" wait_for mn up "$DEV"
check_eq "up takes over the attachment" "$ADDRESS" "$(setting address)"
check "down of the device taken over succeeds" mn down "$DEV"
need mn_ip link add "$DEV" type m6t mode mn prefix $MN_PREFIX gateway $GW4 \
	keepalive 7
says "up does not take over a device with other settings" 1 "with settings other than those of $FILE" \
	mn up "$DEV"
check "the device with other settings is kept" is keepalive 7
check "down removes the device with other settings" mn down "$DEV"
need mn_ip link add "$DEV" type dummy
says "up does not take over a device of another kind" 1 "exists already and is not a device" \
	mn up "$DEV"
need mn_ip link del "$DEV"

# A device without a file.
need mn_ip link add "$DEV" type m6t mode mn prefix $MN_PREFIX gateway $GW4
need mn_ip link set "$DEV" up
rm "$CONF"
start "$MN" m6tctl follow dev "$DEV" metric 9 >"$TMP/up" 2>&1
check "follow accepts a metric" wait_for metric 9
stop "$PID"
need mn_ip link del "$DEV"

# ---- in the foreground, and SIGHUP

# changed COMMAND...: write a new file, and send SIGHUP.
changed()
{
	"$@"
	kill -HUP "$UP"
}

mobile gateway $GW4 dev later
up_foreground
check "up waits for a link that does not exist yet" \
	wait_for grep -q "$DEV: dev later does not exist yet" "$TMP/up"
need mn_ip link add later type dummy
check "the link is used when it is added" wait_for is link later
changed mobile gateway $GW4
becomes "SIGHUP: an option removed from the file is reset" link null
check "SIGHUP: without dev it is attached" wait_for is attached true
ADDRESS=$(setting address)
changed mobile gateway $GW4 ttl 9 metric 5 mtu 1300
becomes "SIGHUP: a setting" ttl 9
check "SIGHUP: the default route has the new metric" wait_for metric 5
check_eq "SIGHUP keeps the attachment" "$ADDRESS" "$(setting address)"
: >"$TMP/up"
changed mobile gateway $GW4 ttl 256
check "SIGHUP: an error in the file is reported" wait_for grep -q \
	"$FILE:1: ttl \"256\" is wrong" "$TMP/up"
changed conf mode gw prefix $PREFIX
check "SIGHUP: another mode is reported" \
	wait_for grep -q "$FILE: mode cannot change" \
	"$TMP/up"
check_eq "SIGHUP: a bad file changes nothing" "9 $ADDRESS 2" \
	"$(setting ttl) $(setting address) $(wc -l <"$TMP/up")"
need mn_ip link del "$DEV"
wait "$UP"
check_eq "it exits with status 3 when the device is deleted" 3 $?

# ---- the MTU

# shellcheck disable=SC2317
mtu()
{
	[ "$(mn_ip -j link show "$DEV" | jq '.[].mtu')" = "$1" ]
}

mobile gateway $GW4
up_foreground
need wait_for is attached true
check "without mtu in the file the MTU is that of the underlay" mtu 1472
need mn_ip link set eth mtu 1400
check "the MTU follows the underlay" wait_for mtu 1372
ADDRESS=$(setting address)
kill -9 "$UP"
wait "$UP" 2>/dev/null
check "up takes over a device with its MTU" wait_for mn up "$DEV"
check_eq "up takes over a device with its attachment" \
	"$ADDRESS 1" "$(setting address) $(followers)"
UP=$(pgrep -f "^m6tctl up $DEV")
changed mobile gateway $GW4 mtu 1300
check "SIGHUP: an MTU is set" wait_for mtu 1300
need mn_ip link set eth mtu 1390
check "an MTU of the file does not follow the underlay" mtu 1300
changed mobile gateway $GW4 mtu auto
check "SIGHUP: without mtu the MTU follows the underlay again" wait_for mtu 1362
need mn_ip link set eth mtu 1380
check "the MTU keeps following the underlay" wait_for mtu 1352
check_eq "changes of the MTU keep the attachment" "$ADDRESS" "$(setting address)"
need mn_ip link set "$DEV" mtu 1333
changed mobile gateway $GW4 ttl 7
becomes "SIGHUP: another setting is changed" ttl 7
check "SIGHUP: an MTU set by hand is kept" mtu 1333
need mn down "$DEV"
need mn_ip link set eth mtu 1500

# ---- a gateway

conf mode gw prefix fd00:1::/48,fd00:2::/48 local 127.0.0.1 port 3544,4500
check "up creates a gateway" mn up "$DEV"
routes()
{
	mn_ip -j -6 route show dev "$DEV" | jq -r '.[].dst' | xargs
}
check_eq "the gateway's prefixes are routed to it" \
	"fd00:1::/48 fd00:2::/48" "$(routes)"
check_eq "no process is left for a gateway" 0 "$(followers)"
says "up again is refused" 1 "$DEV is already up" mn up "$DEV"
check "down of a gateway succeeds" mn down "$DEV"
conf mode gw prefix fd00:1::/48,fd00:2::/48 local 198.51.100.9
says "a local address that is not there yet is refused" 1 "local is not an address of this host" \
	mn up "$DEV"
up_foreground
check "in the foreground up waits for the local address" \
	wait_for grep -q "$DEV: local is no" \
	"$TMP/up"
need mn_ip addr add 198.51.100.9/32 dev lo
check "the local address is used when it is added" wait_for is attached true
need mn binding add fd00:1::1 remote 192.0.2.1:1 dev "$DEV"
changed conf mode gw prefix fd00:1::/48,fd00:3::/48 local 198.51.100.9 rate 7
becomes "SIGHUP" rate 7
check "SIGHUP keeps bindings" mn binding get fd00:1::1 dev "$DEV"
# shellcheck disable=SC2317
routed()
{
	[ "$(routes)" = "$1" ]
}
check "SIGHUP: routes are those of the new prefixes" wait_for routed \
	"fd00:1::/48 fd00:3::/48"
stop "$UP"
check_eq "SIGTERM ends it with status 0" 0 $?
check_not "SIGTERM removes the device" exists
finish
