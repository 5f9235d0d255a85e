#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# m6t@.service beside systemd-networkd, configured for DHCP on every link, under
# a separate systemd and udev: it never touches the device, and the mobile node
# roams.
# takes long
# proves: N4 N5 N13

# shellcheck source-path=SCRIPTDIR source=../lib/lib.sh
. "$(dirname "$0")/../lib/lib.sh"
# shellcheck source-path=SCRIPTDIR source=../lib/managers.bash
. "$SELFTESTS/lib/managers.bash"

ND=systemd-networkd.service

# nd WORD...: networkctl, as an administrator there.
# shellcheck disable=SC2317
nd()
{
	inside networkctl --no-pager "$@"
}

# nd_is STATE IFNAME: the setup state of the link in networkd.
# shellcheck disable=SC2317
nd_is()
{
	[ "$(nd --no-legend list "$2" | awk '{ print $5 }')" = "$1" ]
}

# settled: all links have their expected state.
# shellcheck disable=SC2317
settled()
{
	wait_for nd_is configured eth0 && wait_for nd_is unmanaged "$DEV"
}

# administrator [LINE]: configure DHCP on all links, and LINE.
administrator()
{
	printf '%s\n' "[Match]" "Name=*" "[Network]" "DHCP=yes" "$@" |
		inside tee /etc/systemd/network/20-all.network >"$TMP/out"
}

# end: with its socket, which would start it again at the next event.
# shellcheck disable=SC2317
end()
{
	ctl stop "$ND" systemd-networkd.socket
}

# shellcheck disable=SC2317
reload()
{
	nd reload && settled
}

# taken: both were removed since.
# shellcheck disable=SC2317
taken()
{
	mark
	tail -n "+$((BEFORE + 1))" "$MONITOR" >"$TMP/since"
	grep -q "Deleted .* inet6 $ADDRESS/128 " "$TMP/since" &&
		grep -q "Deleted default dev $DEV " "$TMP/since"
}

# back: both are there, beside the link-local address that networkd requests.
# shellcheck disable=SC2317
back()
{
	look && [ "$DEFAULTS" = "$METRIC" ] &&
		[[ " $ADDRESSES " = *" $ADDRESS/128 "* ]]
}

networks
machine "$ND" systemd-networkd.socket
administrator KeepConfiguration=dhcp
watch
check "m6t@ can be started" ctl start "$UNIT"
how >"$TMP/how"
check "networkd starts and shows the device as unmanaged" begin
comes "beside networkd"
check "the device is unchanged" as_made
online "beside networkd" $NAT4

# While it keeps the underlay's address, nothing happens.
untouched "networkd stops" end
untouched "networkd starts" begin
untouched "networkd restarts" restart
untouched "networkd reloads its files" reload
untouched "networkctl reconfigure of the device" nd reconfigure "$DEV"
untouched "networkd is killed" die

# By default it releases its lease when it stops; 252 removes the address when it
# restarts as well, 257 does not.
administrator
need restart
online "networkd restarts" $NAT4
TOTAL=$(attachments)
goes "networkd stops and releases its lease" end
check "the device is unchanged" as_made
anew "networkd starts and gets a lease" begin
online "networkd starts and gets a lease" $NAT4
# The address may be back before anybody could notice that it was away.
need nd reconfigure eth0
online "networkctl reconfigure" $NAT4
check "networkctl reconfigure: the device is as it was" as_made
goes "networkctl down" nd down eth0
check "the device is unchanged" as_made
anew "networkctl up" nd up eth0
online "networkctl up" $NAT4

goes "no carrier" cable down
check "networkd removes the address without carrier" wait_for no_address
check "the device is unchanged" as_made
anew "a carrier" cable up
online "a carrier" $NAT4
anew "a blink of the carrier" roam 1
online "a blink of the carrier" $NAT4

anew "another network" roam 2
online "another network" 198.51.100.1
anew "back" roam 1
online "back" $NAT4

anew "m6t@ starts again beside networkd" ctl restart "$UNIT"
check "networkd shows the new device as unmanaged" settled
online "m6t@ starts again beside networkd" $NAT4
need end
check "both can be stopped" ctl stop "$UNIT"
anew "both start at once" ctl start "$ND" "$UNIT"
check "both started at once: the device is unmanaged" settled
online "both start at once" $NAT4

# Without the file of m6t it removes foreign addresses and routes.
administrator KeepConfiguration=dhcp
need restart
need wait_for here
TOTAL=$(attachments)
need rm "$TMP/root/usr/local/lib/systemd/network/10-m6t.network"
mark
BEFORE=$LINES
need ctl restart "$ND"
check "without the file of m6t networkd removes address and route" wait_for taken
check "address and route are restored" wait_for back
check "packets are answered after that" wait_for ping6_ok "$MN" $HA6 -W 1
check_eq "it is the same attachment" "$TOTAL" "$(attachments)"
finish
