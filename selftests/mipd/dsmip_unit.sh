#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# m6t@.service for both ends of DSMIPv6, under a systemd of its own in the network of
# the home agent: what the unit forbids is nothing that they need.
# takes long
# proves: D10 D19 D22

# shellcheck disable=SC2119,SC2317,SC2329	# optional arguments, called indirectly
# shellcheck source-path=SCRIPTDIR source=../lib/lib.sh
. "$(dirname "$0")/../lib/lib.sh"
# shellcheck source-path=SCRIPTDIR source=../lib/dsmip.bash
. "$SELFTESTS/lib/dsmip.bash"
# shellcheck source-path=SCRIPTDIR source=mipd.bash
. "$SELFTESTS/mipd/mipd.bash"
# shellcheck source-path=SCRIPTDIR source=../lib/systemd.bash
. "$SELFTESTS/lib/systemd.bash"

AGENT=m6t@m6t0.service MOBILE=m6t@m6t1.service OTHER=m6t@m6t2.service

# install_units: as make install does; the mobile node's device is m6t1, and its file
# is beside that of the home agent; m6t2 is another one on the same home link.
install_units()
{
	mkdir -p "$UNITS/m6t@.service.d" "$UNITS/$MOBILE.d" "$TMP/tools"
	need make -s -C "$SELFTESTS/../tools" O="$TMP/tools" \
		SBINDIR="$(dirname "$(command -v m6tctl)")" \
		"$TMP/tools/m6t@.service" >"$TMP/make" 2>&1
	cp "$TMP/tools/m6t@.service" "$UNITS/"
	printf '[Service]\nStandardOutput=append:%s\nStandardError=inherit\n' \
		"$TMP/up" >"$UNITS/m6t@.service.d/log.conf"
	printf '[Service]\nNetworkNamespacePath=%s\n' "$TMP/netns" \
		>"$UNITS/$MOBILE.d/netns.conf"
	: >"$TMP/netns"
	need mount --bind "/run/netns/$MN" "$TMP/netns"
	at_exit "umount $TMP/netns"
	need cp "/etc/netns/$MN/m6t/m6t0.conf" "/etc/netns/$HA/m6t/m6t1.conf"
	sed "s/^mn .*/mn ${HOA%4}5/; s/^ipsec .*/ipsec none\nport 4192/" \
		"/etc/netns/$HA/m6t/m6t0.conf" >"/etc/netns/$HA/m6t/m6t2.conf"
	stub_targets sysinit basic shutdown network-pre network test
}

# home_link: its settings of proxies.
home_link()
{
	in_ns "$HA" sysctl -n net.ipv6.conf.home.proxy_ndp \
		net.ipv6.neigh.home.proxy_delay \
		net.ipv4.neigh.home.proxy_delay | xargs
}

topology_dsmip
dsmip_files
mipd_ipsec
install_units
need in_ns "$HA" sysctl -qw net.ipv6.conf.home.proxy_ndp=0 \
	net.ipv6.neigh.home.proxy_delay=70 net.ipv4.neigh.home.proxy_delay=60
MN=$HA boot "$UNITS"
check "the home agent's unit starts" ctl start "$AGENT"
check_eq "its home link is a proxy" "1 0 0" "$(home_link)"
check "another one starts on the same link" ctl start "$OTHER"
check "the mobile node's unit starts" ctl start "$MOBILE"
check "it is bound" wait_for bound_at $NAT4
check "IPv6 to the mobile node" wait_for ping6_ok "$CN" $HOA
check "IPv4 to the mobile node" in_ns "$CN" ping -n -q -c 1 -W "$WAIT" $HOA4
check "SIGQUIT ends the protocol module alone" \
	ctl kill --signal=QUIT "$AGENT"
need wait_for unit ActiveState inactive "$AGENT"
check "its unit starts again" ctl start "$AGENT"
check "the mobile node is still bound" bound_at $NAT4
check "systemctl reload succeeds" ctl reload "$AGENT"
check "both can be stopped" ctl stop "$MOBILE" "$AGENT"
check_not "the device is gone" ip -n "$HA" link show m6t0
check_not "that of the mobile node, too" ip -n "$MN" link show m6t1
check_eq "the home link still is a proxy, for the other one" "1 0 0" "$(home_link)"
check "that one can be stopped" ctl stop "$OTHER"
check_eq "the home link is as before" "0 70 60" "$(home_link)"
diag "$(tail -n 5 "$TMP/up")"
finish
