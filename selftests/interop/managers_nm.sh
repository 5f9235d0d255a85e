#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# m6t@.service beside NetworkManager as Debian ships it, under a separate systemd
# and udev, on networks with DHCP: it never touches the device, and the mobile
# node roams.
# takes long
# proves: N4 N5

# shellcheck source-path=SCRIPTDIR source=../lib/lib.sh
. "$(dirname "$0")/../lib/lib.sh"
# shellcheck source-path=SCRIPTDIR source=../lib/managers.bash
. "$SELFTESTS/lib/managers.bash"

NM=NetworkManager.service

# nm WORD...: nmcli, as an administrator there.
# shellcheck disable=SC2317
nm()
{
	inside nmcli "$@" >"$TMP/nm" 2>&1 || { cat "$TMP/nm"; return 1; }
}

# nm_is STATE IFNAME
# shellcheck disable=SC2317
nm_is()
{
	[ "$(inside nmcli -g GENERAL.STATE device show "$2")" = "$1" ]
}

# settled: all links have their expected state.
# shellcheck disable=SC2317
settled()
{
	wait_for nm_is "100 (connected)" eth0 &&
		wait_for nm_is "10 (unmanaged)" "$DEV"
}

# roams N: to another network. NetworkManager takes a carrier that is back within
# some seconds for the same network.
# shellcheck disable=SC2317
roams()
{
	cable down
	wait_for no_address && roam "$1"
}

networks
machine "$NM"
watch
check "m6t@ can be started" ctl start "$UNIT"
how >"$TMP/how"
check "NetworkManager starts and shows the device as unmanaged" begin
comes "beside NetworkManager"
check "the device is unchanged" as_made
online "beside NetworkManager" $NAT4

untouched "NetworkManager stops" ctl stop "$NM"
untouched "NetworkManager starts" begin
untouched "NetworkManager restarts" restart
untouched "NetworkManager reloads its files" ctl reload "$NM"
untouched "NetworkManager is killed" die

goes "nmcli device disconnect" nm device disconnect eth0
check "the device is unchanged" as_made
anew "nmcli device connect" nm device connect eth0
online "nmcli device connect" $NAT4
goes "nmcli networking off" nm networking off
check "the device is unchanged" as_made
anew "nmcli networking on" nm networking on
online "nmcli networking on" $NAT4

goes "no carrier" cable down
check "NetworkManager removes the address without carrier" wait_for no_address
check "the device is unchanged" as_made
anew "a carrier" cable up
online "a carrier" $NAT4
anew "a blink of the carrier" roam 1
online "a blink of the carrier" $NAT4

anew "another network" roams 2
online "another network" 198.51.100.1
anew "back" roams 1
online "back" $NAT4

anew "m6t@ starts again beside NetworkManager" ctl restart "$UNIT"
check "NetworkManager shows the new device as unmanaged" settled
online "m6t@ starts again beside NetworkManager" $NAT4
check "both can be stopped" ctl stop "$NM" "$UNIT"
anew "both start at once" ctl start "$NM" "$UNIT"
check "both started at once: the device is unmanaged" settled
online "both start at once" $NAT4
finish
