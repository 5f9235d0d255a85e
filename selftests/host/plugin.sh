#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# The plugin of ip(8) is used by an ip of its layout; any other one says so and goes on
# without it.
# runs on the host

# shellcheck source-path=SCRIPTDIR source=../lib/lib.sh
. "$(dirname "$0")/../lib/lib.sh"
# shellcheck source-path=SCRIPTDIR source=tables.bash
. "$SELFTESTS/host/tables.bash"
TOOLS=$SELFTESTS/../tools

need make -s -C "$TOOLS" O="$TMP/tools" "$TMP/tools/link_m6t.so" "$TMP/tools/test_plugin" \
	>"$TMP/make" 2>&1
report_tables "$TOOLS/tests/check.sh" "$TMP/tools" layout
finish
