#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Underlays that carry less than the tunnel wants, with DF set: Packet Too Big to
# the senders, and fragments of the outer packet all the same where not even the
# least of IPv6 gets through.
# proves: W1 W3 B3

# shellcheck source-path=SCRIPTDIR source=../lib/lib.sh
. "$(dirname "$0")/../lib/lib.sh"
# shellcheck source-path=SCRIPTDIR source=../lib/underlay.bash
. "$SELFTESTS/lib/underlay.bash"

DFS=("set" inherit)
if [ -n "${M6T_QUICK:-}" ]; then
	DFS=(inherit)
	result 0 "df set # SKIP too slow on an emulated machine"
fi
MN2=m6t-$$-mn2 MN2_ADDRESS=fd00:6d:0:1:2::2

# told NETNS ADDRESS MTU [SECONDS]: a ping that is too large learns of MTU.
# shellcheck disable=SC2317
told()
{
	in_ns "$1" ping -6 -n -c 1 -W "${4:-0.3}" -M "do" -s 1424 "$2" 2>&1 |
		grep -qi "mtu[:=] *$3\b"
}

set_up

# DF is set: the senders are told, the one and the other.
ns_add "$MN2"
link_ns "$MN2" eth 198.51.100.1/24 "$GW" wan2 198.51.100.2/24
need ip -n "$MN2" link add m6t0 type m6t mode mn prefix fd00:6d:0:1:2::/80 \
	gateway 198.51.100.2
need ip -n "$MN2" link set m6t0 up
need m6tctl -n "$MN2" attach dev m6t0 id 000000000002 >"$TMP/attach"
need wait_for ping6_ok "$MN2" $HA6 -W 1
# forget() forgets its binding, too.
second_is_back()
{
	need wait_for ping6_ok "$MN2" $HA6 -W 1
}
for df in "${DFS[@]}"; do
	need ip -n "$MN" link set m6t0 type m6t df "$df"
	need ip -n "$GW" link set m6t0 type m6t df "$df"
	narrow 1400
	both "df $df, the path carries 1400"
	wires "df $df, the path carries 1400" --df 1
	forget
	check "the sender on the mobile node is told" \
		wait_for told "$MN" $HA6 1372
	check "and keeps to it" fits "$MN" $HA6 1372
	check "the sender behind the gateway is told" \
		wait_for told "$HA" "$ADDRESS" 1372
	check "and keeps to it" fits "$HA" "$ADDRESS" 1372
	second_is_back
	check "another mobile node is not affected" \
		fits "$HA" $MN2_ADDRESS 1472
	narrow 1500
done
forget
links 1400
check "a wire's own MTU counts as well, at once" told "$MN" $HA6 1372 "$WAIT"
check "at the gateway, too" told "$HA" "$ADDRESS" 1372 "$WAIT"
both "df inherit, the wires carry 1400"
wires "df inherit, the wires carry 1400" --df 1
links 1500

# Less than IPv6 may have: cut, whatever is wanted.
narrow 600
both "df inherit, the path carries 600"
check "fragments came out of the NAT" \
	test "$(fragments in out)" -gt 0
check "the tunnel takes its MTU, learnt or not" \
	wait_for fits "$MN" $HA6 1472
finish
