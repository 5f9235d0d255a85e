#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# What is shown and what is refused without privilege, also when device and
# sockets are in different network namespaces.
# takes long
# proves: B2 G14

# shellcheck source-path=SCRIPTDIR source=../lib/lib.sh
. "$(dirname "$0")/../lib/lib.sh"
# shellcheck source-path=SCRIPTDIR source=../lib/tools.bash
. "$SELFTESTS/lib/tools.bash"

# nobody COMMAND...: in the gateway's namespace, or in $NS.
# shellcheck disable=SC2317
nobody()
{
	in_ns "${NS:-$GW}" setpriv --reuid 65534 --regid 65534 --clear-groups \
		--inh-caps -all "$@"
}

# what_nobody_may NAME COMMAND...: COMMAND runs others without privilege.
what_nobody_may()
{
	local name=$1 before

	shift
	check_eq "$name: show has the prefixes" \
		"$(gw -j show | jq -c '.[0].prefixes')" \
		"$("$@" m6tctl -j show | jq -c '.[0].prefixes')"
	check_eq "$name: stats has the counters" \
		"$(gw -j stats)" "$("$@" m6tctl -j stats)"
	check_eq "$name: count has the bindings" "$(gw -j binding count)" \
		"$("$@" m6tctl -j binding count)"
	check_eq "$name: binding show omits remote addresses" \
		"[\"$ADDRESS\",null,null,\"active\"]" "$("$@" m6tctl -j binding \
		show | jq -c '.[] | select(.state == "active") |
		[.address, .remote, .port, .state]')"
	check_eq "$name: binding get omits the remote address" '[null,null]' \
		"$("$@" m6tctl -j binding get "$ADDRESS" dev m6t0 |
		jq -c '.[0] | [.remote, .port]')"
	before=$(gw -j binding count)$(ip -n "$GW" -d link show m6t0)
	status "$name: binding show remote" 1 \
		"$@" m6tctl binding show remote $NAT4
	status "$name: binding add" 1 "$@" m6tctl binding add fd00:6d::1 \
		remote 1.2.3.4:5 dev m6t0
	status "$name: binding del" 1 \
		"$@" m6tctl binding del "$ADDRESS" dev m6t0
	status "$name: binding flush" 1 "$@" m6tctl binding flush dev m6t0
	NS=$MN status "$name: attach" 1 "$@" m6tctl attach dev m6t0
	NS=$MN status "$name: detach" 1 "$@" m6tctl detach dev m6t0
	check_eq "$name: the mobile node stays attached" "$ADDRESS" \
		"$(m6tctl -n "$MN" -j show dev m6t0 | jq -r '.[0].address')"
	status "$name: monitor" 1 "$@" timeout 5 m6tctl monitor
	check "$name: monitor names the capability" grep -q CAP_NET_ADMIN "$TMP/err"
	check_not "$name: ip link set is refused" \
		"$@" ip link set m6t0 type m6t hairpin on
	check_not "$name: ip link add is refused" \
		"$@" ip link add t0 type m6t mode gw \
		prefix fd00::/48 port 1
	check_not "$name: ip link del is refused" "$@" ip link del m6t0
	check_eq "$name: nothing has changed" "$before" \
		"$(gw -j binding count)$(ip -n "$GW" -d link show m6t0)"
}

# A device whose sockets are in a namespace where its user has no privilege.
foreign_sockets()
{
	local inside

	start "$GW" setpriv --reuid 65534 --regid 65534 --clear-groups \
		unshare -U -n sleep 1000 >"$TMP/out" 2>&1
	need wait_for grep -q sleep "/proc/$PID/comm"
	echo 0 65534 1 >"/proc/$PID/uid_map"
	echo 0 65534 1 >"/proc/$PID/gid_map"
	inside="nsenter -t $PID -U -n"
	# shellcheck disable=SC2086
	check "root of a user namespace can create a device of its own" $inside \
		ip link add t1 type m6t mode gw prefix fd00::/48
	need ip -n "$GW" link add t2 type m6t mode gw prefix fd00::/48 port 2
	need ip -n "$GW" link set t2 netns "$PID"
	# shellcheck disable=SC2086
	$inside ip link set t2 type m6t port 3 >"$TMP/out" 2>&1
	check "root of a user namespace cannot change a device with sockets elsewhere" \
		grep -q "CAP_NET_ADMIN in the netns of its sockets" "$TMP/out"
	# shellcheck disable=SC2086
	check_eq "a device with sockets elsewhere has not changed" \
		2 "$($inside ip -d -j link show t2 |
		jq '.[].linkinfo.info_data.port[0]')"
	stop "$PID"
}

# An index means another link in the namespace of the device.
moved_device()
{
	local before

	need ip -n "$GW" link add t3 type m6t mode gw prefix fd00::/48 port 7 \
		dev wan
	need ip -n "$GW" link set t3 netns "$NAT"
	before=$(ip -n "$NAT" -d -o link show t3)
	ip -n "$NAT" link set t3 type m6t rate 5 dev lo >"$TMP/out" 2>&1
	check "a moved device refuses dev" grep -q \
		"dev can be set only in the netns of the tunnel's sockets" \
		"$TMP/out"
	check_eq "a moved device has not changed" "$before" \
		"$(ip -n "$NAT" -d -o link show t3)"
	check "a moved device accepts other settings" \
		ip -n "$NAT" link set t3 type m6t rate 5
	check "a moved device accepts dev any" \
		ip -n "$NAT" link set t3 type m6t dev any
	check_eq "a moved device with dev any has no link" \
		null "$(m6tctl -n "$NAT" -j show dev t3 |
		jq '.[0].link')"
	need ip -n "$NAT" link del t3
}

topology
gateway ha $HA6
mobile_node
activate
what_nobody_may "nobody" nobody
if [ -n "${M6T_QUICK:-}" ]; then
	result 0 "a user namespace # SKIP too slow on an emulated machine"
	finish
fi
what_nobody_may "root of a user namespace" nobody unshare -r
foreign_sockets
moved_device
finish
