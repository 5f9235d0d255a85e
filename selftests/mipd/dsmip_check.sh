#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# m6tctl check of a home agent and a mobile node of DSMIPv6 that work: it reports no
# problem. Each trap in turn is set, reported in one sentence, and removed: then it is
# quiet again.
# takes long
# proves: D23

# shellcheck disable=SC2119,SC2317,SC2329	# optional arguments, called indirectly
# shellcheck source-path=SCRIPTDIR source=../lib/lib.sh
. "$(dirname "$0")/../lib/lib.sh"
# shellcheck source-path=SCRIPTDIR source=../lib/check.bash
. "$SELFTESTS/lib/check.bash"
# shellcheck source-path=SCRIPTDIR source=../lib/dsmip.bash
. "$SELFTESTS/lib/dsmip.bash"
# shellcheck source-path=SCRIPTDIR source=mipd.bash
. "$SELFTESTS/mipd/mipd.bash"

BLOCK="ip xfrm policy add dir in src ::/0 dst ::/0 proto 135 action block priority 9000"
PAIR="src $HOA dst $HA6"
ALL="src $HOA dst ::/0"
TUNNEL="tmpl $PAIR proto esp mode tunnel"

# complaints: of the device, one a line. The modules of mobile nodes have ended here.
complaints()
{
	jq -r 'select(.dev == "m6t0" and .check != "daemon" and
		(.result == "failed" or .result == "warning")) |
		"\(.result) \(.check) \(.text)"' "$TMP/said"
}

# quiet NAME NETNS
quiet()
{
	ask "$2" m6t0
	check_eq "$1" "0 " "$ASKED $(complaints)"
}

# says_one NAME RESULT CHECK PATTERN: there is one complaint, this one, in one sentence
# that says what to do.
says_one()
{
	local rc

	[[ $(complaints) =~ ^"$2 $3 ".*$4 && $(complaints) != *$'\n'* ]]
	rc=$?
	result $rc "$1"
	[ $rc -eq 0 ] || diag "expected $2 $3 .*$4, got $(complaints)"
}

# trap_of NETNS NAME RESULT CHECK PATTERN SET REMOVE: both are lines of a shell.
trap_of()
{
	local ns=$1 name=$2 status=1

	[ "$3" = failed ] || status=0
	need in_ns "$ns" sh -ec "$6" >"$TMP/set"
	ask "$ns" m6t0
	says_one "$name" "$3" "$4" "$5"
	check_eq "$name: exit status" $status "$ASKED"
	need in_ns "$ns" sh -ec "$7" >"$TMP/removed"
	quiet "$name: quiet again" "$ns"
}

ha_trap() { trap_of "$HA" "home agent, $1" "${@:2}"; }
mn_trap() { trap_of "$MN" "mobile node, $1" "${@:2}"; }

# sysctl_trap NAME RESULT CHECK PARAMETER BAD GOOD: of the home agent.
sysctl_trap()
{
	ha_trap "$1" "$2" "$3" "sysctl -w $4=$6" "sysctl -qw $4=$5" \
		"sysctl -qw $4=$6"
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

# ---- what both have in common

# policies NAME NETNS DIR: of mobility headers from the mobile node.
policies()
{
	trap_of "$2" "$1, mobility headers in clear are not blocked" failed policy \
		"accepted: $BLOCK" \
		"ip xfrm policy del dir in src ::/0 dst ::/0 proto 135" "$BLOCK"
	trap_of "$2" "$1, a policy selects a type" failed policy \
		"without \"type\"" \
		"ip xfrm policy add $PAIR proto 135 type 5 dir $3 priority 5" \
		"ip xfrm policy del $PAIR proto 135 type 5 dir $3"
	trap_of "$2" "$1, a policy for all has the better priority" failed policy \
		"priority 9 takes .*priority 10: .*lower number" \
		"ip xfrm policy add $ALL dir $3 priority 9 $TUNNEL
		ip xfrm policy add $ALL dir fwd priority 9 $TUNNEL" \
		"ip xfrm policy del $ALL dir $3; ip xfrm policy del $ALL dir fwd"
	trap_of "$2" "$1, a policy for all has the same priority" failed policy \
		"priority 10 takes .*priority 10: .*lower number" \
		"ip xfrm policy add $ALL dir $3 priority 10 $TUNNEL
		ip xfrm policy add $ALL dir fwd priority 10 $TUNNEL" \
		"ip xfrm policy del $ALL dir $3; ip xfrm policy del $ALL dir fwd"
	trap_of "$2" "$1, the block has the better priority" failed policy \
		"priority 1 takes .*priority 10: .*lower number" \
		"ip xfrm policy update dir in src ::/0 dst ::/0 proto 135 \
		action block priority 1" \
		"ip xfrm policy update dir in src ::/0 dst ::/0 proto 135 \
		action block priority 9000"
	trap_of "$2" "$1, no policy demands ESP" warning policy \
		"m6tctl ipsec m6t0 manual" \
		"ip xfrm policy flush; $BLOCK" \
		"ip xfrm policy flush
		m6tctl ipsec m6t0 manual /etc/m6t/keys | grep policy | sh -e"
	trap_of "$2" "$1, an SA without a selector and a reqid" failed sa \
		"0x00003001 has neither .*m6tctl ipsec" \
		"ip xfrm state add $PAIR proto esp spi 0x3001 mode transport $ALG" \
		"ip xfrm state del $PAIR proto esp spi 0x3001
		ip xfrm state add $PAIR proto esp spi 0x3001 mode transport \
		reqid 7 $ALG"
	trap_of "$2" "$1, an SA for one family" warning sa "flag af-unspec" \
		"ip xfrm state add $PAIR proto esp spi 0x3002 mode tunnel $ALG" \
		"ip xfrm state del $PAIR proto esp spi 0x3002
		ip xfrm state add $PAIR proto esp spi 0x3002 mode tunnel \
		flag af-unspec $ALG"
	trap_of "$2" "$1, ipsec is off" warning ipsec "m6t0 type m6t ipsec on" \
		"ip link set m6t0 type m6t ipsec off" \
		"ip link set m6t0 type m6t ipsec on"
	no_xfrm "$1" "$2"
}
ALG="auth-trunc 'hmac(sha256)' $DSMIP_AUTH 128 enc 'cbc(aes)' $DSMIP_ENC"

# As on a kernel without XFRM: there are no such sockets.
no_xfrm()
{
	ask_with "$TMP/no_xfrm.so" "$2"
	says_one "$1, the kernel has no IPsec" failed ipsec "CONFIG_XFRM_USER"
}

ask_with()
{
	LD_PRELOAD=$1 ask "$2" m6t0
}

build_no_xfrm()
{
	cat >"$TMP/no_xfrm.c" <<-END
		#define _GNU_SOURCE
		#include <dlfcn.h>
		#include <errno.h>
		#include <sys/socket.h>

		int socket(int domain, int type, int protocol)
		{
			int (*real)(int, int, int) = dlsym(RTLD_NEXT, "socket");

			if (domain != AF_NETLINK || protocol != 6)
				return real(domain, type, protocol);
			errno = EPROTONOSUPPORT;
			return -1;
		}
	END
	need cc -shared -fPIC -o "$TMP/no_xfrm.so" "$TMP/no_xfrm.c"
}

# ---- the home agent

home_agent_traps()
{
	sysctl_trap "options are limited" failed options \
		net.ipv6.max_dst_opts_number -8 8
	sysctl_trap "it redirects by its device" warning redirects \
		net.ipv4.conf.m6t0.send_redirects 1 0
	sysctl_trap "it redirects at all" warning redirects \
		net.ipv4.conf.all.send_redirects 1 0
	sysctl_trap "it is no proxy" failed home-link \
		net.ipv6.conf.home.proxy_ndp 0 1
	sysctl_trap "it is a late proxy of IPv6" warning home-link \
		net.ipv6.neigh.home.proxy_delay 80 0
	sysctl_trap "it is a late proxy of IPv4" warning home-link \
		net.ipv4.neigh.home.proxy_delay 80 0
	sysctl_trap "it does not forward IPv6" failed forwarding \
		net.ipv6.conf.all.forwarding 0 1
	sysctl_trap "it does not forward IPv4" failed forwarding \
		net.ipv4.ip_forward 0 1
	ha_trap "it answers by another link" warning route "ip rule add from $HA4" \
		"ip route replace default via $CN4 dev home" \
		"ip route replace default via $NAT4 dev wan"
	ha_trap "a strict filter of sources" failed rp_filter "wan.rp_filter=2" \
		"ip route replace default via $CN4 dev home
		sysctl -qw net.ipv4.conf.wan.rp_filter=1" \
		"ip route replace default via $NAT4 dev wan
		sysctl -qw net.ipv4.conf.wan.rp_filter=0"
	ha_trap "payload is not forwarded" failed policy "the same with \"dir fwd\"" \
		"ip xfrm policy add $ALL dir in priority 100 $TUNNEL" \
		"ip xfrm policy add $ALL dir fwd priority 100 $TUNNEL"
	need ip -n "$HA" xfrm policy del src $HOA dst ::/0 dir in
	need ip -n "$HA" xfrm policy del src $HOA dst ::/0 dir fwd
	policies "home agent" "$HA" in
	ha_trap "no home link" failed home-link "ip -6 addr add $HA6/64" \
		"ip -6 addr del $HA6/64 dev home" \
		"ip -6 addr add $HA6/64 dev home nodad"
	ha_trap "no IPv4 address" failed route "ip addr add $HA4 " \
		"ip addr del $HA4/24 dev wan" \
		"ip addr add $HA4/24 dev wan; ip route add default via $NAT4"
}

# ---- the mobile node

RULE="from $COA pref 191"

routes_by_source()
{
	local table

	table=$(ip -n "$MN" rule show pref 191 | awk '{ print $NF; exit }')
	mn_trap "IKE goes into the tunnel" failed route \
		"IKE too, .*ip rule add from $COA lookup" \
		"ip rule del $RULE" "ip rule add $RULE lookup $table"
	mn_trap "a default route for all" failed route \
		"also takes .*ip rule add from $COA lookup" \
		"ip rule del $RULE; ip route add $HA4 via 10.0.0.1 dev eth" \
		"ip rule add $RULE lookup $table; ip route del $HA4"
	mn_trap "a strict filter of sources" failed rp_filter "eth.rp_filter=2" \
		"ip route replace default via 198.18.0.1 dev eth2 table $table
		sysctl -qw net.ipv4.conf.eth.rp_filter=1" \
		"ip route replace default via 10.0.0.1 dev eth table $table
		sysctl -qw net.ipv4.conf.eth.rp_filter=0"
}

# Not every kernel has routes by source of IPv6.
default_from()
{
	if ! ip -n "$MN" -6 route add 2001:db8:9::/64 from $HOA dev m6t0 \
	   2>"$TMP/subtrees"; then
		result 0 "mobile node, a default route from it # SKIP no such routes"
		return
	fi
	need ip -n "$MN" -6 route del 2001:db8:9::/64 from $HOA dev m6t0
	mn_trap "a default route from it" failed route "without \"from\"" \
		"ip -6 route del default dev m6t0
		ip -6 route add default from $HOA dev m6t0" \
		"ip -6 route del default from $HOA dev m6t0
		ip -6 route add default dev m6t0"
}

mobile_node_traps()
{
	routes_by_source
	mn_trap "the home agent is reached otherwise" failed route \
		"ip -6 route add $HA6 dev m6t0" \
		"ip -6 route del $HA6 dev m6t0
		ip -6 route add $HA6 via fe80::1 dev eth" \
		"ip -6 route del $HA6 dev eth; ip -6 route add $HA6 dev m6t0"
	default_from
	mn_trap "IPv6 leaves by another link" warning route "m6tctl monitor" \
		"ip -6 route del default dev m6t0" \
		"ip -6 route add default dev m6t0"
	policies "mobile node" "$MN" out
}

# Without one, no binding is refreshed. It leaves all to its successor.
without_module()
{
	need kill -QUIT "$(module "$2")"
	need wait_for ended "$2"
	ask "$2" m6t0
	says "$1, without its module" daemon warning "m6tctl up m6t0"
}

names()
{
	need ip -n "$MN" link add other type m6t mode mn prefix $MN_PREFIX \
		gateway $GW4
	ask "$MN" dev m6t0
	check_eq "only the named device is checked" m6t0 \
		"$(jq -r '.dev // empty' "$TMP/said" | sort -u | xargs)"
	ask "$MN"
	check_eq "or all of them" "m6t0 other" \
		"$(jq -r '.dev // empty' "$TMP/said" | sort -u | xargs)"
	need ip -n "$MN" link del other
	ask "$MN" m6t7
	check_eq "a device that is not there: exit status" 3 "$ASKED"
}

topology_dsmip
build_no_xfrm
need ip -n "$HA" route add default via $NAT4 dev wan
for ns in "$MN" "$HA"; do
	need in_ns "$ns" sh -c 'for all in /proc/sys/net/ipv4/conf/*/rp_filter; do
		echo 0 >"$all"; done'
done
need in_ns "$HA" sysctl -qw net.ipv4.conf.all.send_redirects=0 \
	net.ipv4.conf.default.send_redirects=0
dsmip_files
mipd_ipsec
need in_ns "$HA" m6tctl up m6t0
need in_ns "$MN" m6tctl up m6t0
need wait_for bound_at $NAT4
need wait_for ping6_ok "$MN" $CN6 -W 1
quiet "home agent: nothing to say" "$HA"
says "home agent, its module is running" daemon ok
quiet "mobile node: nothing to say" "$MN"
says "mobile node, its module is running" daemon ok
without_module "home agent" "$HA"
without_module "mobile node" "$MN"
home_agent_traps
mobile_node_traps
names
finish
