# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# Common to the tests of settings: in the network namespace of the test itself.

# shellcheck disable=SC2317,SC2329	# called indirectly

# sentence COMMAND...: it fails with one line on stderr; sets SAID.
sentence()
{
	SAID=$("$@" 2>&1 >/dev/null) && return 1
	[ -n "$SAID" ] && [[ $SAID != *$'\n'* ]]
}

# Is there a device of this name?
exists()
{
	local devices

	read -rd '' devices </proc/self/net/dev
	[[ $devices == *" $1:"* || $devices == *$'\n'"$1:"* ]]
}

# add_refused PATTERN WORD...: a new device with these settings.
add_refused()
{
	local rc=1

	sentence ip link add bad0 type m6t "${@:2}" && [[ $SAID =~ $1 ]] &&
		! exists bad0 && rc=0
	result $rc "refused: ${*:2}"
	[ $rc -eq 0 ] && return
	diag "expected '$1', got '$SAID'"
	ip link del bad0 2>/dev/null
}

# settings DEVICE: as JSON.
settings()
{
	ip -d -j link show "$1" | jq -c '.[0].linkinfo.info_data'
}

# words DEVICE: as options on a command line.
words()
{
	ip -d -o link show "$1" | sed 's/.*m6t \(mode .*[^ ]\) *addrgenmode.*/\1/'
}

# unchanged PATTERN DEVICE WORD...: a change that is refused.
unchanged()
{
	local before rc=1

	before=$(ip -d -o link show "$2")
	sentence ip link set "$2" type m6t "${@:3}" && [[ $SAID =~ $1 ]] &&
		[ "$(ip -d -o link show "$2")" = "$before" ] && rc=0
	result $rc "change refused: ${*:3}"
	[ $rc -eq 0 ] || diag "expected '$1', got '$SAID'"
}

# count N WORD: a list of N entries, with the number of the entry for every %.
count()
{
	local i list=

	for ((i = 1; i <= $1; i++)); do
		list+=,${2//%/$i}
	done
	echo "${list:1}"
}
