#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Underlays that carry less than the tunnel wants, with DF clear: fragments of the
# outer packet, made by whoever has to.
# proves: W1 W3 B3

# shellcheck source-path=SCRIPTDIR source=../lib/lib.sh
. "$(dirname "$0")/../lib/lib.sh"
# shellcheck source-path=SCRIPTDIR source=../lib/underlay.bash
. "$SELFTESTS/lib/underlay.bash"

MTUS=(1400 600)
if [ -n "${M6T_QUICK:-}" ]; then
	MTUS=(600)
	result 0 "DF clear, the wires carry 1400 # SKIP too slow on an emulated machine"
fi

set_up
# DF is clear: whoever has to, cuts.
narrow 1400
both "DF clear, the path carries 1400"
wires "DF clear, the path carries 1400" --fragments
check "the NAT made fragments both ways" \
	test "$(fragments in out)" -gt 0
narrow 1500
for mtu in "${MTUS[@]}"; do
	links "$mtu"
	both "DF clear, the wires carry $mtu"
	wires "DF clear, the wires carry $mtu" --fragments
	check "both ends made fragments" \
		test "$(fragments in out)" -gt 0
	check "the tunnel still takes its MTU" fits "$MN" $HA6 1472
done
finish
