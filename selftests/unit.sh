#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# m6t@.service under a systemd of its own: process 1 of a PID namespace that
# shares the mobile node's network. And the recipe for ifupdown.
# runs alone: it unloads the module
# takes long
# proves: N4 N5 B1

# shellcheck source-path=SCRIPTDIR source=lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source-path=SCRIPTDIR source=up.bash
. "$SELFTESTS/up.bash"

UNIT=m6t@$DEV.service
INIT=

# install_unit: where make install puts it, with the m6tctl that is there.
install_unit()
{
	mkdir -p "$TMP/units/m6t@.service.d" "$TMP/tools"
	need make -s -C "$SELFTESTS/../tools" O="$TMP/tools" \
		SBINDIR="$(dirname "$(command -v m6tctl)")" \
		"$TMP/tools/m6t@.service" >"$TMP/make" 2>&1
	cp "$TMP/tools/m6t@.service" "$TMP/units/"
	# There is no journal.
	printf '[Service]\nStandardOutput=append:%s\nStandardError=inherit\n' \
		"$TMP/up" >"$TMP/units/m6t@.service.d/log.conf"
	# No other unit of the machine is to be started.
	for unit in sysinit basic shutdown network-pre network test; do
		printf '[Unit]\nDefaultDependencies=no\n' \
			>"$TMP/units/$unit.target"
	done
}

# boot: systemd, with a /run of its own, in a cgroup of its own.
boot()
{
	local cgroup=$TMP/cgroup/m6t-$$

	mkdir -p "$TMP/cgroup" "$TMP/run"
	need mount -t cgroup2 none "$TMP/cgroup"
	at_exit "umount $TMP/cgroup"
	mkdir -p "$cgroup"
	at_exit "find $cgroup -depth -type d -exec rmdir {} +"
	cat >"$TMP/boot" <<-END
	mount --make-rprivate /
	mount -t tmpfs -o mode=755 run /run
	mount -t cgroup2 cgroup2 /sys/fs/cgroup
	export container=test SYSTEMD_UNIT_PATH=$TMP/units
	exec /lib/systemd/systemd --system --unit=test.target \
		--log-target=console --show-status=no
	END
	(
		echo $BASHPID >"$cgroup/cgroup.procs"
		exec ip netns exec "$MN" unshare --pid --fork --kill-child \
			--mount --cgroup --ipc --mount-proc sh "$TMP/boot"
	) >"$TMP/log" 2>&1 &
	PID=$!
	at_exit "kill -KILL $PID; wait $PID"
	need wait_for booted
}

# shellcheck disable=SC2317
booted()
{
	INIT=$(pgrep -P "$PID" -x systemd) && ctl list-units
}

# ctl WORD...: systemctl of that systemd.
ctl()
{
	nsenter -t "$INIT" -m -p systemctl --no-pager "$@" 2>&1
}

# unit PROPERTY VALUE: of the unit.
# shellcheck disable=SC2317
unit()
{
	[ "$(ctl show -P "$1" "$UNIT")" = "$2" ]
}

topology
up_setup
gateway ha $HA6
install_unit
check "at most 3.0 is exposed" systemd-analyze security --offline=true \
	--threshold=30 "$TMP/units/m6t@.service"
check_eq "the unit is well-formed" "" "$(SYSTEMD_UNIT_PATH=$TMP/units \
	systemd-analyze verify --man=no "$TMP/units/$UNIT" 2>&1)"

# Before there is a network, and before there is a module.
need ip -n "$GW" link del m6t0
need modprobe -r m6t
need mn_ip link set eth down
# Only with the unit's capabilities it may ping.
need in_ns "$MN" sysctl -qw net.ipv4.ping_group_range="1 0"
mobile gateway $GW4 probe $HA6
boot
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
need nsenter -t "$INIT" -m -p -n m6tctl down "$DEV"
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
