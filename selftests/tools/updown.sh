#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# A device that is made from a file: m6tctl up, in the background and in the
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

# metric N: of the only default route through the device.
# shellcheck disable=SC2317
metric()
{
	[ "$(mn_ip -j -6 route show default dev "$DEV" | jq '.[].metric')" = "$1" ]
}

# followers: processes that look after the device.
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
check_eq "it is attached at once" "$ADDRESS" "$(mn_ip -j -6 addr show dev "$DEV" |
	jq -r '.[0].addr_info[].local')"
check_eq "with the metric and MTU of the file" "77 1400" "$(mn_ip -j -6 route \
	show default dev "$DEV" | jq -r '.[].metric') $(mn_ip -j link show "$DEV" |
	jq '.[].mtu')"
check_eq "one process is left" 1 "$(followers)"
need mn_ip route replace default via 10.0.0.1 metric 5
says "up again is refused" 1 "$DEV is already up (stop it with \"m6tctl down $DEV\")" \
	mn up "$DEV"
check_eq "and changes nothing" "$ADDRESS 1" "$(setting address) $(followers)"
says "so is another follower" 1 "another m6tctl follow manages it" \
	mn follow dev "$DEV"
check_eq "down prints nothing" "" "$(mn down "$DEV" 2>&1)"
check_not "there is no device" exists
check_eq "no process either" 0 "$(followers)"
says "down again" 3 "no such device \"$DEV\"" mn down "$DEV"
says "what is no m6t device stays" 3 "lo is not a device of type m6t" mn down lo
check "a file with a path" in_ns "$MN" sh -c \
	"cd /etc/m6t && m6tctl -j up ./$DEV.conf"
check "it has the name of the file" exists
printf ' ttl 5' >>"$CONF"
kill -HUP "$(pgrep -f "^m6tctl -j up ./$DEV.conf")"
: >"$TMP/up"
becomes "it reads it again, wherever it was" ttl 5
kill -9 "$(pgrep -f "^m6tctl -j up ./$DEV.conf")"

# The process has died, the device lives: it is taken over if it is the file's.
ADDRESS=$(setting address)
check "up takes over" wait_for mn up "$DEV"
check_eq "and keeps the attachment" "$ADDRESS" "$(setting address)"
check "down" mn down "$DEV"
need mn_ip link add "$DEV" type m6t mode mn prefix $MN_PREFIX gateway $GW4 \
	keepalive 7
says "not if it has other settings" 1 "with settings other than those of $FILE" \
	mn up "$DEV"
check "it stays" is keepalive 7
check "down deletes it all the same" mn down "$DEV"
need mn_ip link add "$DEV" type dummy
says "nor if it is something else" 1 "exists already and is not a device" \
	mn up "$DEV"
need mn_ip link del "$DEV"

# A device without a file.
need mn_ip link add "$DEV" type m6t mode mn prefix $MN_PREFIX gateway $GW4
need mn_ip link set "$DEV" up
rm "$CONF"
start "$MN" m6tctl follow dev "$DEV" metric 9 >"$TMP/up" 2>&1
check "follow takes a metric" wait_for metric 9
stop "$PID"
need mn_ip link del "$DEV"

# ---- in the foreground, and SIGHUP

# changed COMMAND...: a new file, and it is told.
changed()
{
	"$@"
	kill -HUP "$UP"
}

mobile gateway $GW4 dev later
up_foreground
check "a link that is not there yet is waited for" \
	wait_for grep -q "$DEV: dev later is not there yet" "$TMP/up"
need mn_ip link add later type dummy
check "and used when it comes" wait_for is link later
changed mobile gateway $GW4
becomes "SIGHUP: what is not in the file any more" link null
check "it is attached" wait_for is attached true
ADDRESS=$(setting address)
changed mobile gateway $GW4 ttl 9 metric 5 mtu 1300
becomes "SIGHUP: a setting" ttl 9
check "the metric, of the only default route" wait_for metric 5
check_eq "the attachment is the same" "$ADDRESS" "$(setting address)"
: >"$TMP/up"
changed mobile gateway $GW4 ttl 256
check "SIGHUP: a bad file is one sentence" wait_for grep -q \
	"$FILE:1: ttl \"256\" is wrong" "$TMP/up"
changed conf mode gw prefix $PREFIX
check "so is another mode" wait_for grep -q "$FILE: mode cannot change" \
	"$TMP/up"
check_eq "and nothing has changed" "9 $ADDRESS 2" \
	"$(setting ttl) $(setting address) $(wc -l <"$TMP/up")"
need mn_ip link del "$DEV"
wait "$UP"
check_eq "when somebody deletes the device it ends" 3 $?

# ---- the MTU

# shellcheck disable=SC2317
mtu()
{
	[ "$(mn_ip -j link show "$DEV" | jq '.[].mtu')" = "$1" ]
}

mobile gateway $GW4
up_foreground
need wait_for is attached true
check "without a word for it the MTU is what the underlay leaves" mtu 1472
need mn_ip link set eth mtu 1400
check "and follows that" wait_for mtu 1372
ADDRESS=$(setting address)
kill -9 "$UP"
wait "$UP" 2>/dev/null
check "a device is taken over with the MTU that it has" wait_for mn up "$DEV"
check_eq "and the attachment" "$ADDRESS 1" "$(setting address) $(followers)"
UP=$(pgrep -f "^m6tctl up $DEV")
changed mobile gateway $GW4 mtu 1300
check "SIGHUP: an MTU" wait_for mtu 1300
need mn_ip link set eth mtu 1390
check "which stays" mtu 1300
changed mobile gateway $GW4 mtu auto
check "SIGHUP: none any more, it follows again" wait_for mtu 1362
need mn_ip link set eth mtu 1380
check "and goes on doing so" wait_for mtu 1352
check_eq "the attachment is the same" "$ADDRESS" "$(setting address)"
need mn_ip link set "$DEV" mtu 1333
changed mobile gateway $GW4 ttl 7
becomes "SIGHUP: another setting" ttl 7
check "what was set by hand is left alone" mtu 1333
need mn down "$DEV"
need mn_ip link set eth mtu 1500

# ---- a gateway

conf mode gw prefix fd00:1::/48,fd00:2::/48 local 127.0.0.1 port 3544,4500
check "a gateway" mn up "$DEV"
routes()
{
	mn_ip -j -6 route show dev "$DEV" | jq -r '.[].dst' | xargs
}
check_eq "its prefixes lead through it" "fd00:1::/48 fd00:2::/48" "$(routes)"
check_eq "no process is left" 0 "$(followers)"
says "up again is refused" 1 "$DEV is already up" mn up "$DEV"
check "down" mn down "$DEV"
conf mode gw prefix fd00:1::/48,fd00:2::/48 local 198.51.100.9
says "a local address that is not there yet" 1 "local is not an address of this host" \
	mn up "$DEV"
up_foreground
check "in the foreground it is waited for" wait_for grep -q "$DEV: local is no" \
	"$TMP/up"
need mn_ip addr add 198.51.100.9/32 dev lo
check "and used when it comes" wait_for is attached true
need mn binding add fd00:1::1 remote 192.0.2.1:1 dev "$DEV"
changed conf mode gw prefix fd00:1::/48,fd00:3::/48 local 198.51.100.9 rate 7
becomes "SIGHUP" rate 7
check "bindings stay" mn binding get fd00:1::1 dev "$DEV"
# shellcheck disable=SC2317
routed()
{
	[ "$(routes)" = "$1" ]
}
check "routes are those of the new prefixes" wait_for routed \
	"fd00:1::/48 fd00:3::/48"
stop "$UP"
check_eq "SIGTERM ends it well" 0 $?
check_not "with its device" exists
finish
