#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# A mobile node of DSMIPv6 beside NetworkManager and systemd-networkd: neither takes its
# addresses, routes or rules for long, whatever they do, and it stays reachable.
# takes long
# proves: D23

# shellcheck disable=SC2317,SC2329	# called indirectly
# shellcheck source-path=SCRIPTDIR source=../lib/lib.sh
. "$(dirname "$0")/../lib/lib.sh"
# shellcheck source-path=SCRIPTDIR source=../lib/managers.bash
. "$SELFTESTS/lib/managers.bash"

NM=NetworkManager.service ND=systemd-networkd.service
HOA=2001:db8:1::1234 HOA4=203.0.113.10

# agent: in the place of the gateway; the home link is "lan".
agent()
{
	need mkdir -p /etc/m6t "/etc/netns/$GW/m6t"
	at_exit "rm -rf /etc/netns/$GW"
	at_exit "in_ns $GW m6tctl down m6t1"
	cat >"/etc/netns/$GW/m6t/m6t1.conf" <<-END
	mode dsmip-ha
	ha $GW6
	ha4 $GW4
	home 2001:db8:1::/64
	home4 203.0.113.0/24
	mn $HOA hoa4 $HOA4
	home-link lan
	ipsec none
	END
	need ip -n "$GW" addr add 203.0.113.1/24 dev lan
	need ip -n "$HA" addr add 203.0.113.2/24 dev eth
	need in_ns "$GW" sysctl -qw net.ipv4.ip_forward=1
	need in_ns "$GW" m6tctl up m6t1 >"$TMP/agent" 2>&1
}

# mobile: the file of the mobile node, in its machine.
mobile()
{
	inside tee "/etc/m6t/$DEV.conf" >"$TMP/conf" <<-END
	mode dsmip-mn
	ha $GW6
	ha4 $GW4
	hoa $HOA
	hoa4 $HOA4
	ipsec none
	END
}

# whole: all that a mobile node needs is there.
whole()
{
	local coa

	coa=$(mn_ip -4 -j addr show dev eth0 |
		jq -r '.[0].addr_info[0].local // empty')
	[ -n "$coa" ] &&
		[ -n "$(mn_ip -6 -o addr show dev $DEV to $HOA/128)" ] &&
		[ -n "$(mn_ip -4 -o addr show dev $DEV to $HOA4/32)" ] &&
		[ -n "$(mn_ip -6 route show default dev $DEV)" ] &&
		[ -n "$(mn_ip -4 route show default dev $DEV)" ] &&
		[ -n "$(mn_ip rule show pref 191 from "$coa")" ]
}

# reached: from the home link, at both home addresses.
reached()
{
	ping6_ok "$HA" $HOA -W 1 && in_ns "$HA" ping -nqc1 -W1 $HOA4
}

# stays NAME [COMMAND...]: and it is whole and reachable after that.
stays()
{
	[ $# -eq 1 ] || need "${@:2}"
	check "$1: addresses, routes and rule are there" wait_for whole
	check "$1: it is reached" wait_for reached
}

# roams N: to another network. NetworkManager takes a carrier that is back within
# some seconds for the same network.
roams()
{
	cable down
	need wait_for no_address
	roam "$1"
}

# again: the other network, and back.
again()
{
	roams 2
	stays "$1: another network"
	roams 1
	stays "$1: back"
}

nm_is()
{
	[ "$(inside nmcli -g GENERAL.STATE device show "$2")" = "$1" ]
}

nd_is()
{
	[ "$(inside networkctl --no-pager --no-legend list "$2" |
		awk '{ print $5 }')" = "$1" ]
}

settled()
{
	if [ "$MANAGER" = $NM ]; then
		wait_for nm_is "100 (connected)" eth0 &&
			wait_for nm_is "10 (unmanaged)" $DEV
	else
		wait_for nd_is configured eth0 && wait_for nd_is unmanaged $DEV
	fi
}

networks
agent
machine $NM $ND systemd-networkd.socket
mobile
check "NetworkManager starts" ctl start $NM
check "m6t@ starts" ctl start "$UNIT"
check "the device is unmanaged" settled
stays NetworkManager
stays "NetworkManager restarts" restart
stays "nmcli networking off and on" inside sh -ec "nmcli networking off
	nmcli networking on"
again NetworkManager
check "NetworkManager stops" ctl stop $NM

MANAGER=$ND
printf '%s\n' "[Match]" "Name=*" "[Network]" "DHCP=yes" |
	inside tee /etc/systemd/network/20-all.network >"$TMP/out"
check "networkd starts" ctl start $ND
check "the device is unmanaged by that, too" settled
stays networkd
stays "networkd restarts" restart
stays "networkctl reconfigure" inside networkctl reconfigure eth0
again networkd
finish
