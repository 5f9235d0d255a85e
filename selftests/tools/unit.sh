#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# m6t@.service under a systemd of its own: process 1 of a PID namespace that
# shares the mobile node's network. And the recipe for ifupdown.
# runs alone: it unloads the module
# takes long
# proves: N4 N5 B1

# shellcheck source-path=SCRIPTDIR source=../lib/lib.sh
. "$(dirname "$0")/../lib/lib.sh"
# shellcheck source-path=SCRIPTDIR source=../lib/up.bash
. "$SELFTESTS/lib/up.bash"
# shellcheck source-path=SCRIPTDIR source=../lib/systemd.bash
. "$SELFTESTS/lib/systemd.bash"

UNIT=m6t@$DEV.service

# install_unit: where make install puts it, with the m6tctl that is there.
install_unit()
{
	mkdir -p "$UNITS/m6t@.service.d" "$TMP/tools"
	need make -s -C "$SELFTESTS/../tools" O="$TMP/tools" \
		SBINDIR="$(dirname "$(command -v m6tctl)")" \
		"$TMP/tools/m6t@.service" >"$TMP/make" 2>&1
	cp "$TMP/tools/m6t@.service" "$UNITS/"
	# There is no journal.
	printf '[Service]\nStandardOutput=append:%s\nStandardError=inherit\n' \
		"$TMP/up" >"$UNITS/m6t@.service.d/log.conf"
	# No other unit of the machine is to be started.
	stub_targets sysinit basic shutdown network-pre network test
}

topology
up_setup
gateway ha $HA6
install_unit
check "at most 3.0 is exposed" systemd-analyze security --offline=true \
	--threshold=30 "$UNITS/m6t@.service"
check_eq "the unit is well-formed" "" "$(SYSTEMD_UNIT_PATH=$UNITS \
	systemd-analyze verify --man=no "$UNITS/$UNIT" 2>&1)"

# Before there is a network, and before there is a module.
need ip -n "$GW" link del m6t0
need modprobe -r m6t
need mn_ip link set eth down
# Only with the unit's capabilities it may ping.
need in_ns "$MN" sysctl -qw net.ipv4.ping_group_range="1 0"
mobile gateway $GW4 probe $HA6
boot "$UNITS"
check "it starts" ctl start "$UNIT"
check_eq "ethtool tells what NetworkManager looks for" m6t \
	"$(in_ns "$MN" ethtool -i "$DEV" | sed -n 's/^driver: //p')"
gateway ha $HA6
check "it says that there is no way" wait_for unit StatusText "not attached"
need mn_ip link set eth up
need mn_ip route add default via 10.0.0.1
check "it is attached when there is one" wait_for is attached true
check "its pings leave" wait_for reached
ADDRESS=$(setting address)
check "it says so" wait_for unit StatusText "attached, address $ADDRESS"

# It changes, dies, and ends.
mobile gateway $GW4 probe $HA6 ttl 9
check "reload" ctl reload "$UNIT"
becomes "changes the device" ttl 9
check_eq "and keeps the attachment" "$ADDRESS" "$(setting address)"
kill -KILL "$(pgrep -fx ".*/m6tctl up $DEV foreground")"
check "it is started again when it dies" wait_for unit NRestarts 1
check "and ready" wait_for unit ActiveState active
check_eq "with the same attachment" "$ADDRESS" "$(setting address)"
need inside m6tctl down "$DEV"
check "m6tctl down stops it" wait_for unit ActiveState inactive
check_not "with the device" exists
conf mode mn
check_not "a bad file" ctl start "$UNIT"
check "is no reason to try again" unit ActiveState failed
check "it is said what is wrong" grep -q "$FILE: prefix is missing" "$TMP/up"
mobile gateway $GW4
check "start" ctl start "$UNIT"
check "stop" ctl stop "$UNIT"
check_not "deletes the device" exists

# By ifupdown.
cat >"$TMP/interfaces" <<END
iface $DEV inet manual
	pre-up m6tctl up \$IFACE
	post-down m6tctl down \$IFACE
END
mkdir -p /run/network
check "ifup" in_ns "$MN" ifup -i "$TMP/interfaces" "$DEV"
check "it is attached" wait_for is attached true
check "ifdown" in_ns "$MN" ifdown -i "$TMP/interfaces" "$DEV"
check_not "there is no device" exists
finish
