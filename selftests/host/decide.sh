#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# The decisions of m6tctl follow, by the tables in tools/tests: a part of "make -C
# tools check", and thus of build.sh. Alone it takes seconds, for work on that code
# and for mutate.
# runs on the host

# shellcheck source-path=SCRIPTDIR source=../lib/lib.sh
. "$(dirname "$0")/../lib/lib.sh"
# shellcheck source-path=SCRIPTDIR source=tables.bash
. "$SELFTESTS/host/tables.bash"

tables test_decide
finish
