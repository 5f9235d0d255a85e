#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Many thousands of requests, most of them invalid in some way, by rtnetlink and
# by generic netlink, from root, from the user nobody, and from user namespaces of
# nobody: no kernel check fires, every refusal by m6t has an error message, and a
# user without privileges has changed nothing. M6T_SEED= makes other requests.
#
# proves: B5 G13 G16 D17
# class: T1 T15
# soak: uml-kasan uml-debug
# takes long

# shellcheck disable=SC2119,SC2317,SC2329	# optional arguments, indirect calls
. "$(dirname "$0")/../lib/lib.sh"

SEED=${M6T_SEED:-$(short_or_long 1 6)}
COUNT=$(short_or_long 4000 180000)
NOBODY=(setpriv --reuid 65534 --regid 65534 --clear-groups)

# fuzz NAME COMMAND...: sets MUTE, refusals of m6t without an error message.
fuzz()
{
	local name=$1 from=$SECONDS n yes no

	"${@:2}" >"$TMP/out" 2>"$TMP/err"
	result $? "$name: all requests are answered"
	read -r n yes no MUTE <"$TMP/out"
	figure "$name" "$n requests, $yes accepted, $no refused," \
		"$((SECONDS - from)) s"
	[ ! -s "$TMP/err" ] || diag "$(cat "$TMP/err")"
	check_eq "$name: each refusal has a sentence" 0 "${MUTE:-none}"
}

# state_of: all state that could have been changed.
state_of()
{
	local dev

	for dev in m6t0 ha mn; do
		ip -n "$GW" -d -j link show $dev | jq -c 'map(del(.stats64))'
	done
	for dev in m6t0 ha; do
		m6tctl -n "$GW" -j binding show dev $dev |
			jq -c 'map({address, remote, port, state, hoa4, kind})'
	done
	m6tctl -n "$GW" -j show dev mn | jq -c '.[].slots'
	ip -n "$GW" -o link | wc -l
}

# devices_go: delete those that root created, by any name, here or where it moved
# them.
devices_go()
{
	local netns index

	for netns in "$MN" ""; do
		LC_ALL=C ip ${netns:+-n "$netns"} -o link show type m6t |
			cut -d : -f 1 | while read -r index; do
			ip ${netns:+-n "$netns"} link del dev "if$index"
		done
		[ -z "$(ip ${netns:+-n "$netns"} -o link show type m6t)" ] ||
			return
	done
}

need_built fuzz_netlink
chmod 755 "$TMP"
ns_add "$MN" "$GW"
link_ns "$MN" eth 192.0.2.1/24 "$GW" wan $GW4/24
gateway
for i in 1 2 3; do
	need m6tctl -n "$GW" binding add fd00:6d::$i remote 192.0.2.1:$i dev m6t0
done
need ip -n "$GW" link add ha type m6t mode dsmip-ha ha 2001:db8:1::2 ha4 $GW4 \
	home fd00:6d:0:1::/64
need ip -n "$GW" link set ha up
need m6tctl -n "$GW" binding add fd00:6d:0:1:1::1 remote 192.0.2.1:1 \
	lifetime 36000 dev ha
need ip -n "$GW" link add mn type m6t mode dsmip-mn ha 2001:db8:1::2 \
	ha4 192.0.2.1 hoa fd00:6d:0:1:1::1
need ip -n "$GW" link set mn up
need m6tctl -n "$GW" slot set $GW4 dev mn
need m6tctl -n "$GW" slot commit dev mn
BEFORE=$(state_of)
figure seed "$SEED"
BIN=$(realpath "$TMP/fuzz_netlink")

fuzz "from root" in_ns "$MN" "$BIN" "$COUNT" "$SEED"
check "devices that root created can be deleted" devices_go
fuzz "from nobody" in_ns "$GW" "${NOBODY[@]}" "$BIN" "$COUNT" "$SEED" m6t0 ha mn
check_eq "requests from nobody change nothing" "$BEFORE" "$(state_of)"
fuzz "from nobody's own user namespace" in_ns "$GW" "${NOBODY[@]}" \
	unshare -Ur "$BIN" "$COUNT" "$SEED" m6t0 ha mn
check_eq "requests from a user namespace change nothing" "$BEFORE" "$(state_of)"
fuzz "from nobody's own network namespace" in_ns "$GW" "${NOBODY[@]}" \
	unshare -Urn "$BIN" "$COUNT" "$SEED"
check_eq "requests from a network namespace in it change nothing" \
	"$BEFORE" "$(state_of)"
check "the gateway's device works" m6tctl -n "$GW" binding flush dev m6t0
finish
