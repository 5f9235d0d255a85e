# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# The protocol module at both ends of lib/dsmip.bash: files, keys, start. Files of
# the machine itself are not used: "ip netns exec" mounts others over them.

# dsmip_files [LINE...]: files of both ends, device m6t0, with manual keys; the lines
# are added to that of the mobile node.
dsmip_files()
{
	local ns

	need mkdir -p /etc/m6t
	for ns in "$MN" "$HA"; do
		need mkdir -p "/etc/netns/$ns/m6t"
		at_exit "rm -rf /etc/netns/$ns"
		at_exit "in_ns $ns m6tctl down m6t0"
		echo "$HOA 0x1001 $DSMIP_AUTH $DSMIP_ENC" >"/etc/netns/$ns/m6t/keys"
	done
	cat >"/etc/netns/$HA/m6t/m6t0.conf" <<-END
	mode dsmip-ha
	ha $HA6
	ha4 $HA4
	home $HOME6
	home4 $HOME4
	home-link home
	mn $HOA hoa4 $HOA4
	ipsec manual /etc/m6t/keys
	END
	cat >"/etc/netns/$MN/m6t/m6t0.conf" <<-END
	mode dsmip-mn
	ha $HA6
	ha4 $HA4
	hoa $HOA
	hoa4 $HOA4
	link eth metric 1
	link eth2 metric 2
	ipsec manual /etc/m6t/keys
	END
	[ $# -eq 0 ] || printf '%s\n' "$@" >>"/etc/netns/$MN/m6t/m6t0.conf"
}

# mipd_ipsec: what m6tctl ipsec prints, at both ends.
mipd_ipsec()
{
	local ns

	for ns in "$MN" "$HA"; do
		need in_ns "$ns" m6tctl ipsec m6t0 manual /etc/m6t/keys \
			>"$TMP/ipsec"
		need in_ns "$ns" sh -e "$TMP/ipsec"
	done
}

# xfrm_dump: states and policies of both ends, without what traffic changes.
xfrm_dump()
{
	local ns

	for ns in "$MN" "$HA"; do
		ip -n "$ns" xfrm state | grep -v "anti-replay\|lastused"
		ip -n "$ns" xfrm policy
	done
}

# module NETNS: pid of the protocol module.
module()
{
	ip netns pids "$1" | while read -r pid; do
		grep -qx m6tmipd "/proc/$pid/comm" && echo "$pid"
	done
}

ended()
{
	[ -z "$(module "$1")" ]
}

# bound_at IPV4: is the home address bound to this care-of address?
bound_at()
{
	[ "$(node | jq -r .remote)" = "$1" ]
}

# reachable WHAT: both home addresses, both ways.
reachable()
{
	check "$1: IPv6 to the mobile node" ping6_ok "$CN" $HOA
	check "$1: IPv4 to the mobile node" \
		in_ns "$CN" ping -n -q -c 1 -W "$WAIT" $HOA4
	check "$1: IPv6 from the mobile node" ping6_ok "$MN" $CN6
	check "$1: IPv4 from the mobile node" \
		in_ns "$MN" ping -n -q -c 1 -W "$WAIT" $CN4
}

DSMIP_AUTH=0x0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef
DSMIP_ENC=0x0123456789abcdef0123456789abcdef
