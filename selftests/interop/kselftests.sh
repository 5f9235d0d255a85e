#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# The kernel's own selftests for any device or any tunnel, applied to m6t: copies
# of the scripts in tools/testing/selftests/net, changed only in the device that
# they create. Their results for a device of the kernel are the reference:
# WireGuard's has no frames and no link-layer addresses either.
# takes long
# proves: B1 B2 B3 W2 W6

# shellcheck disable=SC2317,SC2329	# called indirectly
# shellcheck source-path=SCRIPTDIR source=../lib/lib.sh
. "$(dirname "$0")/../lib/lib.sh"

GW_WORDS="mode gw prefix fd00:6d::\/48"
NS=m6t-$$-ns
PEER=wireguard

# find_source: sets KSFT to the folder of the selftests.
find_source()
{
	for KSFT in "${M6T_KERNEL_BUILD:-/lib/modules/$(uname -r)/build}"/source \
		"${M6T_KERNEL_BUILD%/kernel/*}"/source/*/tree; do
		KSFT+=/tools/testing/selftests/net
		[ ! -d "$KSFT" ] || return 0
	done
	return 1
}

# ksft NETNS SCRIPT [ARG...]: run a copy as if in its original folder.
ksft()
{
	(cd "$KSFT" && PYTHONDONTWRITEBYTECODE=1 PYTHONPATH=$KSFT \
		ip netns exec "$@" 2>&1)
}

# ---- netdevice.sh: it takes every device whose name begins with "eth"

# netdevice TYPE WORD...: its results for such a device.
netdevice()
{
	ns_add "$NS-$1"
	need ip -n "$NS-$1" link add eth0 type "$@"
	ksft "$NS-$1" "$KSFT/netdevice.sh" >"$TMP/netdevice-$1"
}

netdevice_ok()
{
	netdevice "$PEER"
	netdevice m6t mode gw prefix $PREFIX
	check "netdevice.sh: it goes up, and its features can be switched" test \
		"$(grep -c "^PASS: eth0: Turned o[nf]* feature" "$TMP/netdevice-m6t")" -ge 20
	# A link-layer address cannot be set where there is none.
	check_eq "netdevice.sh: what fails also fails for $PEER" \
		"$(grep "^FAIL" "$TMP/netdevice-$PEER" | sort -u)" \
		"$(grep "^FAIL" "$TMP/netdevice-m6t" | sort -u)"
	check "netdevice.sh: statistics are shown" \
		grep -q "PASS: eth0: ethtool stats" \
		"$TMP/netdevice-m6t"
}

# ---- link_netns.py

# link_netns TYPE ARGS FALLBACK: the link netns of this type alone; not by an id
# that only another namespace knows, for which some versions of ip(8) are too old.
link_netns()
{
	sed -e '/^    configs = \[/,/^    \]/{/^        (/d}' \
		-e "s/^    configs = \[/&(\"$1\", \"\", \"$2\", $3)/" \
		-e '/(net1, net2, net3, LINK_NETNSID/d' \
		-e '/^    ksft_run(\[/,/\])/{/test_event\|test_peer/d}' \
		"$KSFT/link_netns.py" >"$TMP/link_netns.py"
	ns_add "$NS-link-$1"
	ksft "$NS-link-$1" python3 "$TMP/link_netns.py" >"$TMP/link_netns" &&
		grep -q "^ok 1 .*test_link_net" "$TMP/link_netns"
}

link_netns_ok()
{
	if ! link_netns sit "local 192.0.2.1" True; then
		diag "$(cat "$TMP/link_netns")"
		result 0 "link_netns.py # SKIP it fails for sit on this kernel"
		return
	fi
	link_netns m6t "$GW_WORDS" False
	result $? "link_netns.py: sockets stay where the device was created"
	grep -q "^ok 1" "$TMP/link_netns" || diag "$(cat "$TMP/link_netns")"
}

# ---- rtnetlink.sh: tests of one device that are quick

RTNETLINK="kci_test_polrouting kci_test_route_get kci_test_addrlft_route_cleanup
kci_test_vrf kci_test_neigh_get"

# rtnetlink TYPE WORDS: its results, one a line, without the names of devices.
rtnetlink()
{
	local test

	sed "/^kci_add_dummy()/,/^}/s/type dummy/type $1 $2/" \
		"$KSFT/rtnetlink.sh" >"$TMP/rtnetlink.sh"
	ns_add "$NS-rt-$1"
	# Each alone, as one that fails makes others fail.
	for test in $RTNETLINK; do
		ksft "$NS-rt-$1" bash "$TMP/rtnetlink.sh" -t "$test" |
			grep -E "^(PASS|FAIL|SKIP)"
	done
}

rtnetlink_ok()
{
	local want

	want=$(rtnetlink $PEER "")
	check "rtnetlink.sh: $PEER passes something" grep -q ^PASS <<<"$want"
	check_eq "rtnetlink.sh: the results are those of $PEER" "$want" \
		"$(rtnetlink m6t "$GW_WORDS")"
}

# ---- pmtu.sh: its case of fou over IPv4

# Its setup for m6t: A is a gateway with a binding for B.
pmtu_of_m6t()
{
	cat <<-'END'
	tests="
		pmtu_ipv6_m6t4_exception	IPv6 over m6t: PMTU exceptions	0"
	setup_m6t46() {
		a_addr="${prefix4}.${a_r1}.1"
		b_addr="${prefix4}.${b_r1}.1"
		run_cmd ${ns_a} ip link add m6t_a type m6t mode gw prefix fd00:2::/64 hairpin on df inherit || return 1
		run_cmd ${ns_b} ip link add m6t_b type m6t mode mn prefix fd00:2::/80 gateway ${a_addr} sport 5555 df inherit
		run_cmd ${ns_a} ip addr add ${tunnel6_a_addr}/${tunnel6_mask} dev m6t_a
		run_cmd ${ns_a} ip link set m6t_a up
		run_cmd ${ns_b} ip link set m6t_b up
		run_cmd ${ns_b} m6tctl attach dev m6t_b id 00000000000b
		run_cmd ${ns_b} ip -6 route add ${tunnel6_a_addr} dev m6t_b
		run_cmd ${ns_a} m6tctl binding add ${tunnel6_b_addr} remote ${b_addr}:5555 local ${a_addr}:3544 dev m6t_a
	}
	test_pmtu_ipv6_m6t4_exception() {
		test_pmtu_ipvX_over_fouY_or_gueY 6 4 m6t
	}
	END
}

pmtu_ok()
{
	pmtu_of_m6t >"$TMP/m6t.sh"
	sed "/^exitcode=0/i . $TMP/m6t.sh" "$KSFT/pmtu.sh" >"$TMP/pmtu.sh"
	ns_add "$NS-pmtu"
	ksft "$NS-pmtu" bash "$TMP/pmtu.sh" >"$TMP/pmtu"
	check "pmtu.sh: the route exception has the right size" grep -q \
		"^TEST: IPv6 over m6t: PMTU exceptions *\[ OK \]" "$TMP/pmtu"
	grep -q "\[ OK \]" "$TMP/pmtu" || diag "$(cat "$TMP/pmtu")"
}

# ---- l2_tos_ttl_inherit.sh: adapted, as m6t carries no frames

# outer CLASS HOP: outer "TOS TTL" of a ping with these.
outer()
{
	capture "$NAT" in "$TMP/outer" udp
	ping6_ok "$MN" $HA6 -Q "$1" -t "$2"
	capture_end
	tcpdump -Z root -n -v -r "$TMP/outer" "src $MN4" 2>/dev/null |
		sed -n 's/.*(tos \([^,]*\), ttl \([0-9]*\),.*/\1 \2/p' | head -n 1
}

tos_ttl_ok()
{
	local i tos ttl

	topology
	gateway
	mobile_node keepalive 0
	activate
	for i in 1 2; do
		tos=$(printf "0x%x" $((4 + 4 * (RANDOM % 63))))
		ttl=$((65 + RANDOM % 190))
		need ip -n "$MN" link set m6t0 type m6t tos "$tos" ttl "$ttl"
		check_eq "l2_tos_ttl_inherit.sh: fixed TOS and TTL: $tos $ttl" \
			"$tos $ttl" \
			"$(outer 0 64)"
		need ip -n "$MN" link set m6t0 type m6t tos inherit ttl inherit
		check_eq "l2_tos_ttl_inherit.sh: inherited TOS and TTL: $tos $ttl" \
			"$tos $ttl" "$(outer "$tos" "$ttl")"
	done
}

tos_ttl_ok
if ! find_source; then
	result 0 "the kernel's selftests # SKIP no kernel source here"
	finish
fi
netdevice_ok
if [ -n "${M6T_QUICK:-}" ]; then
	result 0 "link_netns.py, rtnetlink.sh, pmtu.sh # SKIP takes long"
	finish
fi
link_netns_ok
rtnetlink_ok
pmtu_ok
finish
