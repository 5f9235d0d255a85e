#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# A list of bindings that is read part by part, while bindings are added and
# deleted and the table grows, is flushed, or is removed with its device:
# bindings that stay are listed once, deleted ones are not, and an inconsistent
# list is marked. A reader that stops does not hold any of it.
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

# was KIND: the results for this kind of change.
was()
{
	sed -n "s/^$1 //p" "$TMP/dumps"
}

ns_add "$GW"
gateway max-bindings 1024
check "all lists that are read slowly end" dumps
check_eq "bindings are added: none is missing or listed twice" \
	"0 0 0 True whole 0" "$(was comes)"
check_eq "bindings are deleted: none is missing or listed twice" \
	"0 0 0 True whole 0" "$(was goes)"
check_eq "bindings are added and deleted: none is missing or listed twice" \
	"0 0 0 True whole 0" "$(was both)"
check_eq "all bindings are replaced: none is missing or listed twice" \
	"0 0 0 True whole 0" "$(was replaced)"
check_eq "the table grows: the list is marked as inconsistent" torn \
	"$(was grows | cut -d ' ' -f 5)"
check_eq "all bindings are flushed: the list ends" "0 whole 0" \
	"$(was is_flushed | cut -d ' ' -f 2,5,6)"
check_eq "the device is deleted: the list ends" \
	0 "$(was is_deleted | cut -d ' ' -f 2)"
check "the deleted device is not held" wait_for lacks "$GW" m6t0
gateway max-bindings 1024
check_eq "a new device of the same name has no bindings" 0 "$(bindings)"
finish
