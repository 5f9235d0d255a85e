#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# The decisions of m6tctl follow, by the tables in tools/tests: a part of "make -C
# tools check", and thus of build.sh. Alone it takes seconds, for work on that code
# and for mutate.
# runs on the host

# shellcheck source-path=SCRIPTDIR source=../lib/lib.sh
. "$(dirname "$0")/../lib/lib.sh"

make -s -C "$SELFTESTS/../tools" O="$TMP/tools" "$TMP/tools/test_decide" \
	>"$TMP/make" 2>&1 || {
	cat "$TMP/make"
	echo "Bail out! test_decide does not build"
	exit 1
}
"$TMP/tools/test_decide" >"$TMP/out"
STATUS=$?
while read -r line; do
	case $line in
	"ok "*)		result 0 "${line#* - }" ;;
	"not ok "*)	result 1 "${line#* - }" ;;
	*)		diag "${line#\# }" ;;
	esac
done <"$TMP/out"
check_eq "all of that" 0 "$STATUS"
finish
