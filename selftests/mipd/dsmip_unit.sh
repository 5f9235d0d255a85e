#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# m6t@.service for both ends of DSMIPv6, under a separate systemd in the network of the
# home agent: they need nothing that the unit forbids, and a restart, e.g. by an
# upgrade, ends no binding. After a boot, manual keys are added, once.
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

# unbound: how many bindings have ended.
unbound()
{
	jq -s 'map(select(.event == "unbound")) | length' "$TMP/events"
}

ifindex()
{
	ip -n "$1" -j link show "$2" | jq '.[0].ifindex'
}

# flow_end NETNS FROM TO FILE: a datagram every 5 ms, until SIGUSR1.
flow_end()
{
	start "$1" "$SELFTESTS/dsmip/dsmip_flow.py" "$2" "$3" 5 "$TMP/$4" \
		>"$TMP/$4.out" 2>&1
	FLOWS+=("$PID")
	need wait_for grep -q ready "$TMP/$4.out"
}
FLOWS=()

# all_came FROM TO: all that one end sent has come to the other one.
all_came()
{
	[ -e "$TMP/$1" ] && [ -e "$TMP/$2" ] &&
		[ "$(jq .sent "$TMP/$1")" = "$(jq .received "$TMP/$2")" ]
}

# carried: bytes that security associations of both ends have carried.
carried()
{
	local ns

	for ns in "$MN" "$HA"; do
		ip -n "$ns" -s xfrm state | sed -n 's/^[[:space:]]*\([0-9]*\)(bytes), .*/\1/p'
	done | xargs
}

# counts_on BYTES...: none has carried less than that.
counts_on()
{
	local bytes now

	read -ra now <<<"$(carried)"
	for bytes in $1; do
		[ "${now[0]:-0}" -ge "$bytes" ] || return 1
		now=("${now[@]:1}")
	done
	[[ $1 =~ [1-9] ]]
}

# keys: what a boot has added is what m6tctl ipsec prints.
keys()
{
	local ns

	xfrm_dump | sort >"$TMP/added"
	for ns in "$MN" "$HA"; do
		need ip -n "$ns" xfrm state flush
		need ip -n "$ns" xfrm policy flush
	done
	mipd_ipsec
	xfrm_dump | sort >"$TMP/printed"
	check "manual keys are added as m6tctl ipsec prints them" \
		same_file "$TMP/printed" "$TMP/added"
}

# another: a mobile node more, when the files are read again.
another()
{
	echo "mn ${HOA%4}6" >>"/etc/netns/$HA/m6t/m6t0.conf"
	echo "${HOA%4}6 0x3001 $DSMIP_AUTH $DSMIP_ENC" >>"/etc/netns/$HA/m6t/keys"
	check "systemctl reload succeeds" ctl reload "$AGENT"
	check_eq "it adds the keys of another mobile node" 2 \
		"$(ip -n "$HA" xfrm state | grep -c "reqid 12289 ")"
}

more_signals()
{
	[ "$(counter "$HA" rx_signal)" -gt "$1" ]
}

# restarts: of both, while something is sent all the time.
restarts()
{
	local signals devices carried

	monitor_dsmip "$HA" "$TMP/events"
	flow_end "$MN" $HOA $CN6 flow-mn
	flow_end "$CN" $CN6 $HOA flow-cn
	kill -USR2 "${FLOWS[@]}"
	devices="$(ifindex "$HA" m6t0) $(ifindex "$MN" m6t1)"
	signals=$(counter "$HA" rx_signal)
	check "the mobile node's unit can be restarted" ctl restart "$MOBILE"
	check "it updates its binding" wait_for more_signals "$signals"
	signals=$(counter "$HA" rx_signal)
	carried=$(carried)
	xfrm_dump >"$TMP/before"
	check "the home agent's unit can be restarted" ctl restart "$AGENT"
	need ctl daemon-reload
	check "and once more, as by an upgrade" ctl try-restart "$AGENT"
	check "it is active" unit ActiveState active "$AGENT"
	check "the mobile node is still bound" bound_at $NAT4
	check_eq "no mobile node has registered again" "$signals" "$(counter "$HA" rx_signal)"
	xfrm_dump >"$TMP/after"
	check "IPsec has not noticed anything" same_file "$TMP/before" "$TMP/after"
	check "security associations count on" counts_on "$carried"
	kill -USR1 "${FLOWS[@]}"
	check_eq "no binding has ended" 0 "$(unbound)"
	check_eq "the devices are the same" "$devices" \
		"$(ifindex "$HA" m6t0) $(ifindex "$MN" m6t1)"
	check "nothing from the mobile node was lost" wait_for all_came flow-mn flow-cn
	check "nothing to it was lost" wait_for all_came flow-cn flow-mn
	stop "${FLOWS[@]}"
}

topology_dsmip
dsmip_files
install_units
need in_ns "$HA" sysctl -qw net.ipv6.conf.home.proxy_ndp=0 \
	net.ipv6.neigh.home.proxy_delay=70 net.ipv4.neigh.home.proxy_delay=60
MN=$HA boot "$UNITS"
check "the home agent's unit starts" ctl start "$AGENT"
check_eq "its home link is a proxy" "1 0 0" "$(home_link)"
check "another one starts on the same link" ctl start "$OTHER"
check "the mobile node's unit starts" ctl start "$MOBILE"
check "it is bound" wait_for bound_at $NAT4
keys
check "IPv6 to the mobile node" wait_for ping6_ok "$CN" $HOA
check "IPv4 to the mobile node" in_ns "$CN" ping -n -q -c 1 -W "$WAIT" $HOA4
check "SIGQUIT ends the protocol module alone" \
	ctl kill --signal=QUIT "$AGENT"
need wait_for unit ActiveState inactive "$AGENT"
check "its unit starts again" ctl start "$AGENT"
check "the mobile node is still bound" bound_at $NAT4
restarts
another
check "both can be stopped" ctl stop "$MOBILE" "$AGENT"
check_not "the device is gone" ip -n "$HA" link show m6t0
check_not "that of the mobile node, too" ip -n "$MN" link show m6t1
check_eq "the home link still is a proxy, for the other one" "1 0 0" "$(home_link)"
need sed -i "/^home-link/d" "/etc/netns/$HA/m6t/m6t2.conf"
check "that one is restarted with a file that it cannot take over" \
	ctl restart "$OTHER"
check_eq "the home link is as before" "0 70 60" "$(home_link)"
check "that one can be stopped" ctl stop "$OTHER"
check_not "its device is gone" ip -n "$HA" link show m6t2
diag "$(tail -n 5 "$TMP/up")"
finish
