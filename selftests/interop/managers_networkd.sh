#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# m6t@.service beside systemd-networkd, whose administrator wants DHCP on every
# link, under a systemd and a udev of their own: it never touches the device, and
# the mobile node roams.
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

# nd_is STATE IFNAME: the setup state that it has it in.
# shellcheck disable=SC2317
nd_is()
{
	[ "$(nd --no-legend list "$2" | awk '{ print $5 }')" = "$1" ]
}

# settled: all is as it should be.
# shellcheck disable=SC2317
settled()
{
	wait_for nd_is configured eth0 && wait_for nd_is unmanaged "$DEV"
}

# administrator [LINE]: wants DHCP on all links, and what the line says.
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

# taken: both have been removed since.
# shellcheck disable=SC2317
taken()
{
	mark
	tail -n "+$((BEFORE + 1))" "$MONITOR" >"$TMP/since"
	grep -q "Deleted .* inet6 $ADDRESS/128 " "$TMP/since" &&
		grep -q "Deleted default dev $DEV " "$TMP/since"
}

# back: it has both, beside the link-local address that networkd asked for.
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
check "m6t@ starts" ctl start "$UNIT"
how >"$TMP/how"
check "networkd starts and calls the device unmanaged" begin
comes "there is an attachment"
check "the device is as it was" as_made
online "beside networkd" $NAT4

# As long as it keeps the underlay's address, nothing happens at all.
untouched "networkd stops" end
untouched "it starts" begin
untouched "it starts again" restart
untouched "it reads its files" reload
untouched "it is told to configure the device" nd reconfigure "$DEV"
untouched "it dies" die

# As it does by itself, it ends its lease when it stops; 252 takes the address when
# it restarts, too, 257 does not.
administrator
need restart
online "networkd restarts" $NAT4
TOTAL=$(attachments)
goes "it stops, and ends its lease" end
check "the device is as it was" as_made
anew "it starts" begin
online "it starts" $NAT4
anew "networkctl reconfigure" nd reconfigure eth0
online "networkctl reconfigure" $NAT4
goes "networkctl down" nd down eth0
check "the device is as it was" as_made
anew "networkctl up" nd up eth0
online "networkctl up" $NAT4

goes "no carrier" cable down
check "networkd notices, too" wait_for no_address
check "the device is as it was" as_made
anew "a carrier" cable up
online "a carrier" $NAT4
anew "a blink of the carrier" roam 1
online "a blink of the carrier" $NAT4

anew "another network" roam 2
online "another network" 198.51.100.1
anew "back" roam 1
online "back" $NAT4

anew "m6t@ starts again beside networkd" ctl restart "$UNIT"
check "which calls the new device unmanaged" settled
online "m6t@ starts again beside networkd" $NAT4
need end
check "both stop" ctl stop "$UNIT"
anew "both start at once" ctl start "$ND" "$UNIT"
check "the device is unmanaged" settled
online "both start at once" $NAT4

# Without its file it takes what it finds.
administrator KeepConfiguration=dhcp
need restart
need wait_for here
TOTAL=$(attachments)
need rm "$TMP/root/usr/local/lib/systemd/network/10-m6t.network"
mark
BEFORE=$LINES
need ctl restart "$ND"
check "without its file networkd takes the address and the route" wait_for taken
check "both are back" wait_for back
check "packets pass" wait_for ping6_ok "$MN" $HA6 -W 1
check_eq "it is the same attachment" "$TOTAL" "$(attachments)"
finish
