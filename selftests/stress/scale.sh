#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Many bindings at once: none is lost or told of twice, each takes no more memory
# than it should, a listing can be broken off, and all go at a word or at one
# moment.
#
# runs alone: it takes all that a machine has
# proves: G4 G6 G13

# shellcheck disable=SC2119,SC2317,SC2329	# optional arguments, indirect calls
# shellcheck source-path=SCRIPTDIR source=../lib/lib.sh
. "$(dirname "$0")/../lib/lib.sh"
# shellcheck source-path=SCRIPTDIR source=../lib/scale.bash
. "$SELFTESTS/lib/scale.bash"

N=20000
# Where all is checked or emulated, fewer say the same.
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

# are N: so many bindings, in whatever state.
are()
{
	[ "$(bindings)" = "$1" ]
}

# debugged: do objects carry more than what is theirs?
debugged()
{
	[[ ${M6T_KERNEL:-} == uml-* ]]
}

# memory: each binding takes what it should, with its part of the table.
memory()
{
	local bytes name="no more than $BYTES_MOST bytes for each"

	if debugged; then
		check "$name # SKIP objects are larger with all their checks" :
		return
	fi
	bytes=$(($(slab_bytes) / N + 8 * 2))
	check "$name" test "$bytes" -le $BYTES_MOST
	diag "$bytes bytes"
}

# listed: all of them, each once.
listed()
{
	m6tctl -n "$GW" -j binding show dev m6t0 >"$TMP/all"
	check_eq "each is listed" $N "$(jq length "$TMP/all")"
	check_eq "none twice" $N \
		"$(jq -r '.[].address' "$TMP/all" | sort -u | wc -l)"
	check_eq "as active" '["active"]' "$(jq -c 'map(.state) | unique' "$TMP/all")"
	check_eq "the table says as much" $((N + 1)) \
		"$(m6tctl -n "$GW" binding show dev m6t0 | wc -l)"
}

# broken_off WORD...: who reads a listing goes away after its first line. The
# status is that of who lists.
broken_off()
{
	timeout "$WAIT" m6tctl -n "$GW" "$@" binding show dev m6t0 | head -c 80 \
		>/dev/null
	[ "${PIPESTATUS[0]}" = 141 ]
}

# ended_at_once: idle for longer than they may be from now on.
ended_at_once()
{
	local until=$((SECONDS + 6)) before

	before=$(counter "$GW" binding_expired)
	wait_for eval "[ \$SECONDS -ge $until ]"
	need ip -n "$GW" link set m6t0 type m6t active-timeout 5
	check "all end at once" wait_for are 0
	check_eq "and each is counted" $((before + N)) \
		"$(counter "$GW" binding_expired)"
	need ip -n "$GW" link set m6t0 type m6t active-timeout 120
}

scale_line
gateways $N 1
filled "one device"
memory
listed
check "a listing ends when nobody reads it" broken_off
check "and so as JSON" broken_off -j
check_eq "a flush tells how many there were" "flushed $N" \
	"$(m6tctl -n "$GW" binding flush dev m6t0)"
check "and leaves none" are 0

filled "again"
ended_at_once
filled "and once more"
check "a device goes with all of them" ip -n "$GW" link del m6t0

gateways $N 4
FLOWS=(-d 4 up)
filled "four devices"
check_eq "one has its share" $((N / 4)) "$(bindings)"
for i in 0 1 2 3; do
	check "they go with theirs: $i" ip -n "$GW" link del m6t$i
done
finish
