#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# The formats and decisions of m6tmipd, by the tables in tools/tests, likewise.
# runs on the host

# shellcheck source-path=SCRIPTDIR source=../lib/lib.sh
. "$(dirname "$0")/../lib/lib.sh"
# shellcheck source-path=SCRIPTDIR source=tables.bash
. "$SELFTESTS/host/tables.bash"

tables test_mipd
finish
