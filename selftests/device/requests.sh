#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Requests that m6tctl would not send: the kernel refuses each with an error message and
# without effect. Also lists of devices that do not fit into one message.
#
# proves: B5 G13

# shellcheck disable=SC2119	# optional arguments
# shellcheck source-path=SCRIPTDIR source=../lib/lib.sh
. "$(dirname "$0")/../lib/lib.sh"

DEVICES=100
BOUND="address=fd00:6d::1 remote=192.0.2.9 port=7"

genl()
{
	in_ns "$GW" "$SELFTESTS/lib/genl.py" "$@"
}

# wrong SENTENCE COMMAND WORD...: a request that is refused with SENTENCE.
wrong()
{
	refused "$2 ${*:3}" "^m6t: $1" genl "$2" m6t0 "${@:3}"
}

# listed NAME COMMAND...: all devices, each once.
listed()
{
	check_eq "$1" $((DEVICES + 1)) "$(m6tctl -n "$GW" -j "${@:2}" |
		jq 'map(.dev) | unique | length')"
}

# many_devices: each with as many attributes as possible.
many_devices()
{
	local i batch='' prefixes ports

	prefixes=$(printf '2001:db8:%x::/48,' {1..16})
	ports=$(printf '%s,' {1001..1008})
	for ((i = 1; i <= DEVICES; i++)); do
		batch+="link add many$i type m6t mode gw prefix ${prefixes%,} "
		batch+="port ${ports%,}"$'\n'
	done
	need ip -n "$GW" -b - <<<"$batch"
}

topology
gateway ha $HA6
read -ra GOOD <<<"$BOUND"
check "a valid request is accepted" genl add m6t0 "${GOOD[@]}"
GOOD[0]=address=fd00:6d::2
wrong "the address must lie inside" add "${GOOD[@]}" address=fd00:6f::2
wrong "a static binding needs" add "${GOOD[@]}" remote=224.0.0.1
wrong "a static binding needs" add "${GOOD[@]}" remote=0.0.0.0
wrong "the local address must be a unicast" add "${GOOD[@]}" local=224.0.0.1
wrong "the local port must be one" add "${GOOD[@]}" local_port=9
wrong "the state of an added binding must be" add "${GOOD[@]}" state=1
refused "add ${GOOD[*]} proven=2" "out of range" genl add m6t0 "${GOOD[@]}" proven=2
wrong "prefix must have a length of 0 to 128" flush prefix=fd00:6d::/129
wrong "remote must not be 0.0.0.0" flush remote=0.0.0.0
wrong "port must be 1 to 65535, omit it" flush port=0
check_eq "refused requests change no binding" '["fd00:6d::1"]' \
	"$(m6tctl -n "$GW" -j binding show dev m6t0 | jq -c 'map(.address)')"
check "an active binding that is proven can be added" \
	genl add m6t0 "${GOOD[@]}" "local=$GW4" state=2 proven=1
check_eq "it is as requested" '["active",true]' "$(m6tctl -n "$GW" -j binding \
	get fd00:6d::2 dev m6t0 | jq -c '.[0] | [.state, .proven]')"
many_devices
listed "a list of many devices has each once" show
listed "a list of the counters of many devices has each once" stats
finish
