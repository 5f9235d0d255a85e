#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# "m6tctl check" for this host: module, kernel, Secure Boot, route, and existing
# devices. Files of the kernel with other contents are mounted over the real ones,
# where only the command sees it.
#
# runs alone: it unloads the module
# takes long
# proves: B4

# shellcheck source-path=SCRIPTDIR source=../lib/lib.sh
. "$(dirname "$0")/../lib/lib.sh"
# shellcheck source-path=SCRIPTDIR source=../lib/check.bash
. "$SELFTESTS/lib/check.bash"

RELEASE=$(uname -r)
MATCHED=${RELEASE//+/\\+}	# in a regular expression

# pretend SCRIPT: run check after the mounts of the script.
pretend()
{
	unshare -m bash -ec "$1"$'\nexec m6tctl -j check' >"$TMP/json" \
		2>"$TMP/ask-err"
	ASKED=$?
	jq -c '.[]' "$TMP/json" >"$TMP/said"
}

# over DIR FILE CONTENT: for pretend: the folder has only these.
over()
{
	printf 'mount -t tmpfs none %s\n' "$1"
	shift
	while [ $# -gt 0 ]; do
		printf 'mkdir -p %q; printf %%b %q >%q\n' "${1%/*}" "$2" "$1"
		shift 2
	done
}

modules()
{
	local dir=/lib/modules

	if [ -z "${M6T_KO:-}" ] || ! rmmod m6t; then
		result 0 "a missing module # SKIP it is built in"
		return
	fi
	pretend :
	says "a module that is installed but not loaded is ok" module ok \
		"is installed for this kernel and is loaded with"
	pretend "$(over $dir)"
	says "a missing module without headers is a failure" module failed \
		"not installed for this kernel, $MATCHED, and its headers are missing: .*apt install linux-headers-$MATCHED"
	verdict "a missing module: the verdict is failed" 1
	pretend "$(over $dir $dir/"$RELEASE"/build/include/x "" \
		$dir/other/updates/dkms/m6t.ko.xz "")"
	says "a module for another kernel only is a failure" module failed \
		"$MATCHED, only for other: apt install m6t-dkms, or make"
	pretend "$(over $dir $dir/"$RELEASE"/updates/m6t.ko "")"
	says "a module missing from modules.dep is a failure" module failed "depmod -a"
	need insmod "$M6T_KO"
	pretend "$(over /sys/module /sys/module/m6t/version '0.9\n')"
	says "a module of another version is a warning" module warning "m6t 0.9 is loaded, but m6tctl is"
}

kernel()
{
	local all="CONFIG_INET=y\nCONFIG_IPV6=y\nCONFIG_GRO_CELLS=y\n"

	if [ -e /proc/config.gz ]; then
		printf '%b' "$all" | gzip >"$TMP/config.gz"
		pretend "mount --bind $TMP/config.gz /proc/config.gz"
	else
		pretend "$(over /boot "/boot/config-$RELEASE" "$all")"
	fi
	says "a kernel without a needed option is a failure" kernel failed \
		"without CONFIG_NET_UDP_TUNNEL: "
	sysctl -qw net.ipv6.conf.default.disable_ipv6=1
	pretend :
	sysctl -qw net.ipv6.conf.default.disable_ipv6=0
	says "disabled IPv6 is a failure" ipv6 failed "sysctl -w net.ipv6.conf.default"
}

secure_boot()
{
	local var=/sys/firmware/efi/efivars/SecureBoot-8be4df61-93ca-11d2-aa0d-00e098032b8c
	local enforce=/sys/module/module/parameters/sig_enforce
	local unsigned='not signed: .* mokutil --import'

	pretend "$(over /sys/firmware $var '\006\000\000\000\001')"
	says "Secure Boot alone is ok" secureboot ok "Secure Boot is on"
	pretend "$(over /sys/module $enforce 'Y\n')"
	says "a kernel that needs signed modules is a failure" secureboot failed \
		"signed modules only, and the module is $unsigned"
	verdict "a kernel that needs signed modules: the verdict is failed" 1
	pretend "$(over /sys/module $enforce 'Y\n' /sys/module/m6t/version '\n')"
	says "a kernel that needs signed modules is ok once m6t is loaded" secureboot ok "m6t is loaded"
	pretend "$(over /sys/module $enforce 'N\n'
		over /sys/kernel /sys/kernel/security/lockdown \
			'none [integrity] confidentiality\n')"
	says "a locked down kernel is a failure" secureboot failed \
		"locked down .* $unsigned"
}

routes()
{
	ask "$MN" gateway 203.0.113.1
	says "a missing route is a failure" route failed "no IPv4 route to 203.0.113.1"
	says "without a route the gateway is skipped" gateway skipped
	verdict "a missing route: the verdict is failed" 1
	need ip -n "$NAT" link set in down
	ask "$MN" gateway $GW4
	says "a link without carrier is a failure" route failed "uses eth, which is down or has no carrier"
	need ip -n "$NAT" link set in up
	need ip -n "$MN" route add 203.0.113.2 dev m6t0
	ask "$MN" gateway 203.0.113.2
	says "a route through the tunnel is a failure" route failed "through the tunnel m6t0 itself"
	need ip -n "$MN" route add $GW4/32 dev m6t0
	ask "$MN"
	says "a route of the tunnel through itself is a failure" route failed "through the tunnel m6t0"
	need ip -n "$MN" route del $GW4/32 dev m6t0
	need wait_for ping4 "$MN" $GW4
}

# A device that is bound to a link, while the default route uses another one.
reverse_path()
{
	need ip -n "$MN" link add other type dummy
	plug "$MN" other 10.9.0.1/24
	need ip -n "$MN" route add 198.51.100.9/32 dev other
	need ip -n "$MN" link set m6t0 type m6t dev eth gateway 198.51.100.9
	in_ns "$MN" sysctl -qw net.ipv4.conf.eth.rp_filter=1
	ask "$MN"
	says "the route by the link of the device is ok" route ok "by eth, "
	says "a strict reverse-path filter is a warning" rp_filter warning \
		"strict on eth, but .* uses other, .*conf.eth.rp_filter=2"
	says "a router without a route is a failure" gateway failed \
		"no route to the gateway from there, reported by 10.0.0.1 "
	in_ns "$MN" sysctl -qw net.ipv4.conf.eth.rp_filter=0
	need ip -n "$MN" link set m6t0 type m6t gateway $GW4
	need ip -n "$MN" link del other
}

# shellcheck disable=SC2317
ping4()
{
	in_ns "$1" ping -n -q -c 1 -W 1 "$2"
}

# The table of a gateway.
table()
{
	local i

	says "a table without pressure is ok" bindings ok "[0-9]+ of 65536 are in use"
	need m6tctl -n "$GW" binding flush dev m6t0 >"$TMP/flushed"
	need ip -n "$GW" link set m6t0 type m6t max-bindings 4
	for i in 1 2; do
		need m6tctl -n "$GW" binding add fd00:6d:0:9::$i \
			remote 192.0.2.77:$i dev m6t0
	done
	ask "$GW"
	says "a table under pressure is a warning" bindings warning \
		"m6t0 is 50 % full, 0 of its 0 active .* are asked for proofs.* max-bindings.* weight"
	verdict "a table under pressure: the verdict is ok" 0
	need ip -n "$GW" link set m6t0 type m6t pressure 0
	ask "$GW"
	says "constant pressure that was asked for is ok" bindings ok "2 of 4 are in use"
	need ip -n "$GW" link set m6t0 type m6t pressure 50
	for i in 3 4; do
		need m6tctl -n "$GW" binding add fd00:6d:0:9::$i \
			remote 192.0.2.77:$i dev m6t0
	done
	ask "$GW"
	says "a table full of static bindings is a failure" bindings failed \
		"full of 0 proven and 4 static .* max-bindings"
	verdict "a table full of static bindings: the verdict is failed" 1
	need ip -n "$GW" link set m6t0 type m6t max-bindings 65536
	need m6tctl -n "$GW" binding flush dev m6t0 >"$TMP/flushed"
}

devices()
{
	need ip -n "$GW" -6 route del $PREFIX dev m6t0
	in_ns "$GW" sysctl -qw net.ipv6.conf.all.forwarding=0
	ask "$GW"
	says "a gateway whose prefix is routed elsewhere is a failure" route failed \
		"ip -6 route add $PREFIX dev m6t0"
	says "a gateway that does not forward is a failure" forwarding failed
	verdict "a gateway that does not forward: the verdict is failed" 1
	in_ns "$GW" sysctl -qw net.ipv6.conf.all.forwarding=1
	need ip -n "$GW" -6 route add $PREFIX dev m6t0
	ask "$GW"
	says "a gateway whose prefix is routed to it is ok" route ok "$PREFIX|prefixes are routed"
	verdict "a gateway whose prefix is routed to it: the verdict is ok" 0
	table

	need ip -n "$MN" addr flush dev m6t0 scope global
	ask "$MN"
	says "a missing address is a warning" attachment warning \
		"not on the device: m6tctl attach dev m6t0"
	attach
	need wait_for ping6_ok "$MN" $HA6 -W 1
	ask "$MN" to $HA6
	says "a mobile node that works is ok" attachment ok \
		"attached as $ADDRESS; [0-9]+ packets received"
	says "the gateway of a working mobile node is ok" gateway ok "$HA6 answers"
	check_eq "the result names the device" m6t0 "$(jq -r \
		'select(.check == "gateway") | .dev' "$TMP/said")"
	verdict "a mobile node that works: the verdict is ok" 0
	m6tctl -n "$MN" detach dev m6t0 >"$TMP/detach"
	need in_ns "$MN" sysctl -qw net.ipv6.conf.m6t0.disable_ipv6=1
	ask "$MN"
	says "a mobile node that is not attached is a failure" attachment failed "m6tctl attach dev m6t0"
	says "disabled IPv6 on the device is a failure" ipv6 failed "net.ipv6.conf.m6t0.disable_ipv6=0"
	in_ns "$MN" setpriv --reuid 65534 --regid 65534 --clear-groups \
		m6tctl -j check gateway $GW4 prefix $MN_PREFIX >"$TMP/json" \
		2>"$TMP/ask-err"
	ASKED=$?
	jq -c '.[]' "$TMP/json" >"$TMP/said"
	says "without privilege the firewall is skipped" firewall skipped CAP_NET_ADMIN
	says "without privilege the gateway is ok" gateway ok "port $PORT: "
	verdict "without privilege the verdict is ok" 0
}

modules
kernel
secure_boot
topology
need ip -n "$MN" route add unreachable 203.0.113.0/24
gateway
mobile_node
routes
reverse_path
devices
check_eq "text and JSON have the same results" "$(m6tctl -j check |
	jq -r '.[] | "\(.result) \(.check) \(.text)"')" \
	"$(m6tctl check | sed -E 's/^ *([a-z]+) +([a-z0-9_]+) +/\1 \2 /')"
finish
