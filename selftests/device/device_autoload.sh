#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# The module is loaded by requests for a device of its type or for its netlink
# family.
#
# runs alone: it unloads the module
# takes long
# proves: B1

# shellcheck disable=SC2317,SC2329	# called indirectly
# shellcheck source-path=SCRIPTDIR source=../lib/lib.sh
. "$(dirname "$0")/../lib/lib.sh"

is_loaded()
{
	[ -d /sys/module/m6t ]
}

unload()
{
	rmmod m6t
}

# again: unload the module, so that it can be loaded.
again()
{
	wait_for unload && ! is_loaded
}

if ! modprobe -n m6t 2>/dev/null || ! [ -e "$(modinfo -n m6t 2>/dev/null)" ]; then
	result 0 "loading # SKIP the module is built in or not installed"
	finish
fi
KO=${M6T_KO:-$(modinfo -n m6t)}
# Other tests need it, whatever happens here.
at_exit "is_loaded || insmod $KO"
ns_add "$MN" "$GW"

need again
check "ip link add works without the module" \
	ip -n "$GW" link add m6t0 type m6t mode gw \
	prefix $PREFIX
check "after ip link add the module is loaded" is_loaded
check_eq "after ip link add the device is there" m6t \
	"$(ip -n "$GW" -d -j link show m6t0 | jq -r '.[].linkinfo.info_kind')"
need ip -n "$GW" link del m6t0

need again
check "ip link help works without the module" ip -n "$GW" link help m6t
check_not "ip link help does not load the module" is_loaded

check "m6tctl show works without the module" m6tctl -n "$GW" show
check "after m6tctl show the module is loaded" is_loaded

need again
user()
{
	in_ns "$GW" setpriv --reuid 65534 --regid 65534 --clear-groups \
		--bounding-set=-all --inh-caps=-all "$@"
}
check_not "ip link add without privilege fails" user ip link add m6t0 \
	type m6t mode gw prefix $PREFIX
check_not "ip link add without privilege does not load the module" is_loaded
finish
