# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash

# tables NAME: build this program of tools/tests, and report its tests as those of the
# script.
tables()
{
	make -s -C "$SELFTESTS/../tools" O="$TMP/tools" "$TMP/tools/$1" \
		>"$TMP/make" 2>&1 || {
		cat "$TMP/make"
		echo "Bail out! $1 does not build"
		exit 1
	}
	report_tables "$TMP/tools/$1"
}

# report_tables COMMAND...: report the tests of its TAP as those of the script.
report_tables()
{
	local line status

	"$@" >"$TMP/out"
	status=$?
	while read -r line; do
		case $line in
		"ok "*)		result 0 "${line#* - }" ;;
		"not ok "*)	result 1 "${line#* - }" ;;
		"TAP "* | 1..*)	;;
		*)		diag "${line#\# }" ;;
		esac
	done <"$TMP/out"
	check_eq "all of that" 0 "$status"
}
