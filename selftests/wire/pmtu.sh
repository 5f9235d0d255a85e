#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Underlays with an MTU below the tunnel's, with DF set: Packet Too Big to the
# senders, and fragments of the outer packet where the path carries less than the
# minimum MTU of IPv6.
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

# told NETNS ADDRESS MTU [SECONDS]: an error with MTU answers a ping that is
# too large.
# shellcheck disable=SC2317
told()
{
	in_ns "$1" ping -6 -n -c 1 -W "${4:-0.3}" -M "do" -s 1424 "$2" 2>&1 |
		grep -qi "mtu[:=] *$3\b"
}

set_up

# DF is set: an error is returned to the sender on either side.
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
	check "Packet Too Big is sent to the sender on the mobile node" \
		wait_for told "$MN" $HA6 1372
	check "a packet of this size of the mobile node arrives" \
		fits "$MN" $HA6 1372
	check "Packet Too Big is sent to the sender behind the gateway" \
		wait_for told "$HA" "$ADDRESS" 1372
	check "a packet of this size from behind the gateway arrives" \
		fits "$HA" "$ADDRESS" 1372
	second_is_back
	check "another mobile node is not affected" \
		fits "$HA" $MN2_ADDRESS 1472
	narrow 1500
done
forget
links 1400
check "the MTU of the mobile node's link is reported at once" \
	told "$MN" $HA6 1372 "$WAIT"
check "the MTU of the gateway's link is reported at once" \
	told "$HA" "$ADDRESS" 1372 "$WAIT"
both "df inherit, the links carry 1400"
wires "df inherit, the links carry 1400" --df 1
links 1500

# Below the minimum MTU of IPv6: fragmented, whatever DF is.
narrow 600
both "df inherit, the path carries 600"
check "the NAT forwarded fragments" \
	test "$(fragments in out)" -gt 0
check "packets as large as the tunnel's MTU arrive, before and after it is learnt" \
	wait_for fits "$MN" $HA6 1472
finish
