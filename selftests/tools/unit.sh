#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# m6t@.service under a separate systemd: process 1 of a PID namespace that
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

# install_unit: install it as make install does, with the m6tctl in use.
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
	# No other unit of the machine may be started.
	stub_targets sysinit basic shutdown network-pre network test
}

topology
up_setup
gateway ha $HA6
install_unit
check "systemd-analyze security: the exposure is 3.0 at most" \
	systemd-analyze security --offline=true \
	--threshold=30 "$UNITS/m6t@.service"
check_eq "the unit is well-formed" "" "$(SYSTEMD_UNIT_PATH=$UNITS \
	systemd-analyze verify --man=no "$UNITS/$UNIT" 2>&1)"

# Before there is a network, and before there is a module.
need ip -n "$GW" link del m6t0
need modprobe -r m6t
need mn_ip link set eth down
# Only the capabilities of the unit permit pings.
need in_ns "$MN" sysctl -qw net.ipv4.ping_group_range="1 0"
mobile gateway $GW4 probe $HA6
boot "$UNITS"
check "the unit starts without a network" ctl start "$UNIT"
check_eq "ethtool shows the driver that NetworkManager matches" m6t \
	"$(in_ns "$MN" ethtool -i "$DEV" | sed -n 's/^driver: //p')"
gateway ha $HA6
check "without a network the status is not attached" \
	wait_for unit StatusText "not attached"
need mn_ip link set eth up
need mn_ip route add default via 10.0.0.1
check "it is attached once there is a network" wait_for is attached true
check "its pings are answered" wait_for reached
ADDRESS=$(setting address)
check "the status has the address" \
	wait_for unit StatusText "attached, address $ADDRESS"

# Reload, crash, and stop.
mobile gateway $GW4 probe $HA6 ttl 9
check "systemctl reload succeeds" ctl reload "$UNIT"
becomes "reload changes the device" ttl 9
check_eq "reload keeps the attachment" "$ADDRESS" "$(setting address)"
mobile gateway $GW4 probe $HA6 ttl 10
check "systemctl restart succeeds" ctl restart "$UNIT"
check "restart changes the device" is ttl 10
check "restart attaches again" wait_for is attached true
ADDRESS=$(setting address)
kill -KILL "$(pgrep -fx ".*/m6tctl up $DEV foreground")"
check "a killed process is started again" wait_for unit NRestarts 1
check "the process started again is ready" wait_for unit ActiveState active
check_eq "the process started again keeps the attachment" \
	"$ADDRESS" "$(setting address)"
need inside m6tctl down "$DEV"
check "m6tctl down stops the unit" wait_for unit ActiveState inactive
check_not "m6tctl down removes the device" exists
conf mode mn
check_not "a bad file fails the start" ctl start "$UNIT"
check "after a bad file it is not started again" unit ActiveState failed
check "the error in the file is reported" \
	grep -q "$FILE: prefix is missing" "$TMP/up"
mobile gateway $GW4
check "systemctl start succeeds" ctl start "$UNIT"
check "systemctl stop succeeds" ctl stop "$UNIT"
check_not "systemctl stop removes the device" exists

# By ifupdown.
cat >"$TMP/interfaces" <<END
iface $DEV inet manual
	pre-up m6tctl up \$IFACE
	post-down m6tctl down \$IFACE
END
mkdir -p /run/network
check "ifup succeeds" in_ns "$MN" ifup -i "$TMP/interfaces" "$DEV"
check "ifup: it is attached" wait_for is attached true
check "ifdown succeeds" in_ns "$MN" ifdown -i "$TMP/interfaces" "$DEV"
check_not "ifdown removes the device" exists
finish
