#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Care-of addresses by router advertisements, as RFC 6275, 11.5 says: tentative,
# duplicate and temporary ones are not used, another router's follows when a prefix is
# deprecated, and the home prefix means that the mobile node is at home.
# takes long
# proves: D14 D21

# shellcheck disable=SC2119,SC2317,SC2329	# optional arguments, called indirectly
# shellcheck source-path=SCRIPTDIR source=../lib/lib.sh
. "$(dirname "$0")/../lib/lib.sh"
# shellcheck source-path=SCRIPTDIR source=../lib/dsmip.bash
. "$SELFTESTS/lib/dsmip.bash"
# shellcheck source-path=SCRIPTDIR source=mipd.bash
. "$SELFTESTS/mipd/mipd.bash"
# shellcheck source-path=SCRIPTDIR source=mipd6.bash
. "$SELFTESTS/mipd/mipd6.bash"

# A second prefix of the third access network.
OTHER6=2001:db8:44::

# advertise NETNS LINK LIFETIME PREFIX=PREFERRED...
advertise()
{
	need in_ns "$1" python3 "$SELFTESTS/mipd/dsmip6_ra.py" "${@:2}"
}

# slaac LINK PREFIX: its address by the hardware address (EUI-64).
slaac()
{
	ip -n "$MN" -6 -j addr show dev "$1" scope global | jq -r --arg prefix "${2%::}:" '
		.[].addr_info[] | select(.local != null and (.temporary | not))
		| select(.local | startswith($prefix)) | .local'
}

# settled LINK PREFIX: the link has both addresses of a prefix, none is tentative.
settled()
{
	ip -n "$MN" -6 -j addr show dev "$1" scope global | jq -e --arg prefix "${2%::}:" '
		[.[].addr_info[] | select(.local != null)
		 | select(.local | startswith($prefix))]
		| length >= 2 and all(.tentative | not)' >"$TMP/settled"
}

# Hosts do as RFC 8981 says: an address by the hardware address, and a temporary one,
# which others prefer.
hosts()
{
	local link

	links_down eth eth2 eth3 home
	for link in eth3 home; do
		need in_ns "$MN" sysctl -qw "net.ipv6.conf.$link.accept_ra=1" \
			"net.ipv6.conf.$link.autoconf=1" \
			"net.ipv6.conf.$link.use_tempaddr=2" \
			"net.ipv6.conf.$link.addr_gen_mode=0" \
			"net.ipv6.conf.$link.accept_dad=1" \
			"net.ipv6.conf.$link.dad_transmits=1"
		need ip -n "$MN" -6 addr flush dev "$link" scope global
	done
	need in_ns "$MN" sysctl -qw net.ipv6.conf.all.accept_dad=1
}

first()
{
	prefer home eth3
	check "the home agent starts" in_ns "$HA" m6tctl up m6t0
	check "the mobile node starts, without an address" in_ns "$MN" m6tctl up m6t0
	need ip -n "$MN" link set eth3 up
	need wait_for has_link_local eth3
	advertise "$NAT" in3 1800 2001:db8:33::=1800
	check "it is advertised two addresses" wait_for settled eth3 2001:db8:33::
	check "it is bound to the one that lasts" \
		wait_for bound_as ip6 "$(slaac eth3 2001:db8:33::)"
	check "and reached" wait_for ping6_ok "$CN" $HOA -W 1
}

# has_link_local LINK: duplicate address detection has ended.
has_link_local()
{
	ip -n "$MN" -6 addr show dev "$1" scope link | grep -q fe80 &&
		! ip -n "$MN" -6 addr show dev "$1" scope link | grep -q tentative
}

# Somebody has it: it must not be used, whatever the kernel does with it later.
duplicate()
{
	need ip -n "$NAT" -6 addr add 2001:db8:33::dd/64 dev in3 nodad
	need ip -n "$MN" -6 addr add 2001:db8:33::dd/64 dev eth3
	check "a duplicate is found" wait_for has_failed
	check_eq "and not used" "ip6 $(slaac eth3 2001:db8:33:: | grep -v dd)" "$(active)"
	check_eq "nor has it a rule" "" "$(ip -n "$MN" -6 rule show from 2001:db8:33::dd)"
	need ip -n "$MN" -6 addr del 2001:db8:33::dd/64 dev eth3
	need ip -n "$NAT" -6 addr del 2001:db8:33::dd/64 dev in3
}

has_failed()
{
	ip -n "$MN" -6 addr show dev eth3 | grep 33::dd | grep -q dadfailed
}

# The router changes its prefix.
renumber()
{
	need ip -n "$NAT" -6 addr add ${OTHER6}1/64 dev in3
	advertise "$NAT" in3 1800 2001:db8:33::=0 $OTHER6=1800
	check "the other prefix is configured" wait_for settled eth3 $OTHER6
	check "it is bound to an address of that" \
		wait_for bound_as ip6 "$(slaac eth3 $OTHER6)"
	check "and reached there" wait_for ping6_ok "$CN" $HOA -W 1
}

# The home prefix is enough, before there is an address of it.
home()
{
	need ip -n "$MN" link set home up
	need wait_for has_link_local home
	advertise "$HA" home 1800 2001:db8:2::=1800
	check "the home prefix is advertised: it returns" wait_for not_bound
	check "its neighbours reach it" wait_for knows "$CN" eth $HOA "$(mac "$MN" home)"
	check "IPv6 to the mobile node" ping6_ok "$CN" $HOA
	check "other addresses of the home link are no care-of addresses" \
		wait_for settled home 2001:db8:2::
	check_eq "no rules for them" "" \
		"$(ip -n "$MN" -6 rule show pref 191 | grep 2001:db8:2:)"
	need ip -n "$MN" link set home down
	check "the home link is gone: it is bound" \
		wait_for bound_as ip6 "$(slaac eth3 $OTHER6)"
	check "and reached" wait_for ping6_ok "$CN" $HOA -W 1
}

topology_dsmip6
dsmip_files
mipd_ipsec
hosts
first
duplicate
renumber
home
check "the mobile node ends" in_ns "$MN" m6tctl down m6t0
check "the home agent ends" in_ns "$HA" m6tctl down m6t0
finish
