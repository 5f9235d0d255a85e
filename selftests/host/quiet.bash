# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash

# quiet NAME COMMAND...: it succeeds and prints nothing.
quiet()
{
	local name=$1 out rc

	shift
	out=$("$@" 2>&1)
	rc=$?
	[ $rc -eq 0 ] && [ -z "$out" ]
	result $? "$name"
	{ [ $rc -eq 0 ] && [ -z "$out" ]; } ||
		diag "$(printf '%s -> %s\n%s' "$*" $rc "$out" | head -n 40)"
}
