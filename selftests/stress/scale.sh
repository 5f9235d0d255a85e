#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Many bindings at once: none is lost or listed twice, each takes no more memory
# than expected, a listing can be interrupted, and all can be removed by one
# request or at one moment.
#
# runs alone: it takes all that a machine has
# proves: G4 G6 G13

# shellcheck disable=SC2119,SC2317,SC2329	# optional arguments, indirect calls
# shellcheck source-path=SCRIPTDIR source=../lib/lib.sh
. "$(dirname "$0")/../lib/lib.sh"
# shellcheck source-path=SCRIPTDIR source=../lib/scale.bash
. "$SELFTESTS/lib/scale.bash"

N=20000
# With many kernel checks or emulation, fewer are enough.
[ "${M6T_KERNEL:-uml}" = uml ] || N=2000
BYTES_MOST=256
FLOWS=(up)

# filled NAME: N mobile nodes, each of them answered.
filled()
{
	answered $N are_active $N
	result $? "$1: $N bindings are active"
	diag "$((NS / 1000000)) ms, $PASSES passes"
}

# are N: there are N bindings, in any state.
are()
{
	[ "$(bindings)" = "$1" ]
}

# debugged: do objects have debug data?
debugged()
{
	[[ ${M6T_KERNEL:-} == uml-* ]]
}

# memory: each binding takes as much as expected, with its part of the table.
memory()
{
	local bytes name="a binding takes no more than $BYTES_MOST bytes"

	if debugged; then
		check "$name # SKIP objects are larger with debug data" :
		return
	fi
	bytes=$(($(slab_bytes) / N + 8 * 2))
	check "$name" test "$bytes" -le $BYTES_MOST
	diag "$bytes bytes"
}

# listed: all of them are listed, each once.
listed()
{
	m6tctl -n "$GW" -j binding show dev m6t0 >"$TMP/all"
	check_eq "all bindings are listed" $N "$(jq length "$TMP/all")"
	check_eq "no binding is listed twice" $N \
		"$(jq -r '.[].address' "$TMP/all" | sort -u | wc -l)"
	check_eq "all bindings are listed as active" \
		'["active"]' "$(jq -c 'map(.state) | unique' "$TMP/all")"
	check_eq "the text has as many lines" $((N + 1)) \
		"$(m6tctl -n "$GW" binding show dev m6t0 | wc -l)"
}

# broken_off WORD...: the reader of a listing exits after its first line. The
# status is that of the lister.
broken_off()
{
	timeout "$WAIT" m6tctl -n "$GW" "$@" binding show dev m6t0 | head -c 80 \
		>/dev/null
	[ "${PIPESTATUS[0]}" = 141 ]
}

# ended_at_once: a timeout that all have exceeded is set.
ended_at_once()
{
	local until=$((SECONDS + 6)) before

	before=$(counter "$GW" binding_expired)
	wait_for eval "[ \$SECONDS -ge $until ]"
	need ip -n "$GW" link set m6t0 type m6t active-timeout 5
	check "all bindings expire at once" wait_for are 0
	check_eq "each expired binding is counted" $((before + N)) \
		"$(counter "$GW" binding_expired)"
	need ip -n "$GW" link set m6t0 type m6t active-timeout 120
}

scale_line
gateways $N 1
filled "one device"
memory
listed
check "a listing ends when its reader exits" broken_off
check "a listing as JSON ends when its reader exits" broken_off -j
check_eq "a flush reports the number of bindings" "flushed $N" \
	"$(m6tctl -n "$GW" binding flush dev m6t0)"
check "a flush leaves no binding" are 0

filled "again"
ended_at_once
filled "one device again"
check "a device can be deleted with all bindings" ip -n "$GW" link del m6t0

gateways $N 4
FLOWS=(-d 4 up)
filled "four devices"
check_eq "each of four devices has its share" $((N / 4)) "$(bindings)"
for i in 0 1 2 3; do
	check "m6t$i can be deleted with its bindings" ip -n "$GW" link del m6t$i
done
finish
