#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Underlays with an MTU below the tunnel's, with DF clear: the outer packet is
# fragmented, by the end or the hop that needs it.
# proves: W1 W3 B3

# shellcheck source-path=SCRIPTDIR source=../lib/lib.sh
. "$(dirname "$0")/../lib/lib.sh"
# shellcheck source-path=SCRIPTDIR source=../lib/underlay.bash
. "$SELFTESTS/lib/underlay.bash"

MTUS=(1400 600)
if [ -n "${M6T_QUICK:-}" ]; then
	MTUS=(600)
	result 0 "DF clear, the links carry 1400 # SKIP too slow on an emulated machine"
fi

set_up
# DF is clear: the end or the hop with the small MTU fragments.
narrow 1400
both "DF clear, the path carries 1400"
wires "DF clear, the path carries 1400" --fragments
check "the NAT made fragments both ways" \
	test "$(fragments in out)" -gt 0
narrow 1500
for mtu in "${MTUS[@]}"; do
	links "$mtu"
	both "DF clear, the links carry $mtu"
	wires "DF clear, the links carry $mtu" --fragments
	check "both ends sent fragments" \
		test "$(fragments in out)" -gt 0
	check "packets as large as the tunnel's MTU arrive" fits "$MN" $HA6 1472
done
finish
