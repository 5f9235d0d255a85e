# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# Common to the tests of m6tctl.

# shellcheck disable=SC2317,SC2329	# called indirectly

gw()
{
	m6tctl -n "$GW" "$@"
}

# clock: ms since boot, as the kernel counts them for bindings.
clock()
{
	python3 -c 'import time; print(time.monotonic_ns() // 1000000)'
}

# status NAME WANT COMMAND...: its exit status, and one sentence on standard
# error alone where it is not 0.
status()
{
	local name=$1 want=$2 rc

	shift 2
	"$@" >"$TMP/out" 2>"$TMP/err"
	rc=$?
	[ $rc -eq 0 ] || { [ ! -s "$TMP/out" ] &&
		[ "$(wc -l <"$TMP/err")" -eq 1 ]; } || rc="$rc, but not one sentence"
	check_eq "$name: status $want" "$want" "$rc"
	[ "$rc" = "$want" ] || diag "$(cat "$TMP/out" "$TMP/err")"
}

# prove: the mobile node proves that it receives at the endpoint of its binding.
# The table stays under pressure.
prove()
{
	need ip -n "$GW" link set m6t0 type m6t pressure 0
	check "the mobile node proves that it receives" wait_for proved
}

proved()
{
	ping6_ok "$MN" "$HA6" -W 1
	[ "$(binding | jq .proven)" = true ]
}
