#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# A list of bindings that is read part by part, while bindings come and go and the
# table grows, is flushed, or goes with its device: what stays is listed once, what
# has gone is not, and a list that is torn says so. Who stops reading holds nothing.
#
# proves: G13
# class: T14

# shellcheck disable=SC2119,SC2317,SC2329	# optional arguments, indirect calls
# shellcheck source-path=SCRIPTDIR source=../lib/lib.sh
. "$(dirname "$0")/../lib/lib.sh"

dumps()
{
	"$SELFTESTS/attack/attack_t14_dump.py" "$GW" 192.0.2.1 >"$TMP/dumps"
}

# was WAY: what came of it.
was()
{
	sed -n "s/^$1 //p" "$TMP/dumps"
}

ns_add "$GW"
gateway max-bindings 1024
check "lists that are read slowly all end" dumps
check_eq "bindings come meanwhile: none is missing or twice" \
	"0 0 0 True whole 0" "$(was comes)"
check_eq "bindings go" "0 0 0 True whole 0" "$(was goes)"
check_eq "both" "0 0 0 True whole 0" "$(was both)"
check_eq "others come in the place of all" \
	"0 0 0 True whole 0" "$(was replaced)"
check_eq "the table grows: the list says that it is torn" torn \
	"$(was grows | cut -d ' ' -f 5)"
check_eq "all are flushed: the list ends" "0 whole 0" \
	"$(was is_flushed | cut -d ' ' -f 2,5,6)"
check_eq "the device goes: so it does" 0 "$(was is_deleted | cut -d ' ' -f 2)"
check "and it is not held" wait_for lacks "$GW" m6t0
gateway max-bindings 1024
check_eq "one of the same name has none" 0 "$(bindings)"
finish
