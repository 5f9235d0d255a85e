#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# The state of a mobile node of DSMIPv6, by m6tctl monitor at both ends: refused,
# registered, registered again, moved, and no longer registered. Only the protocol module
# knows that; the device reports it in order with its own events, but accepts no events
# that it generates itself.
# takes long
# proves: D23

# shellcheck disable=SC2317,SC2329	# called indirectly
# shellcheck source-path=SCRIPTDIR source=../lib/lib.sh
. "$(dirname "$0")/../lib/lib.sh"
# shellcheck source-path=SCRIPTDIR source=../lib/dsmip.bash
. "$SELFTESTS/lib/dsmip.bash"
# shellcheck source-path=SCRIPTDIR source=mipd.bash
. "$SELFTESTS/mipd/mipd.bash"

LIFETIME=12
# By the numbers of linux/m6t.h.
UNREACHABLE=11 BOUND=17 REGISTERED=21 LAST=26

mn() { in_ns "$MN" m6tctl "$@"; }
ha() { in_ns "$HA" m6tctl "$@"; }

# hear NETNS FILE [WORD...]: events of all devices there, from now on; none of them needs
# to exist.
hear()
{
	local groups

	groups=$(joined "$1")
	: >"$TMP/$2"
	start "$1" m6tctl "${@:3}" monitor >>"$TMP/$2" 2>"$TMP/$2.err"
	need wait_for more_joined "$1" "$groups"
}

# joined NETNS: how many sockets of generic netlink have joined a group.
joined()
{
	in_ns "$1" awk '$2 == 16 && $4 !~ /^0+$/' /proc/net/netlink | wc -l
}

more_joined()
{
	[ "$(joined "$1")" -gt "$2" ]
}

# came FILE JSON: an event with all of this.
came()
{
	jq -se --argjson want "$2" 'any(contains($want) and .dev == "m6t0" and
		(.time > 1e9))' "$TMP/$1"
}

# expect NAME FILE JSON
expect()
{
	check "$1" wait_for came "$2" "$3"
}

# story: what the protocol module of the mobile node has reported, one after another,
# and how the care-of addresses became active meanwhile. How often it has registered
# again is a matter of time.
story()
{
	jq -r 'select(.event != "slot" or .state == "active") |
		select(.event != "refreshed") | .event +
		if .local then " " + .local else "" end +
		if .status then " \(.status)" else "" end' "$TMP/mn" | uniq | xargs
}

# ---- requests

# raw NETNS WORD...: without the checks of a protocol module.
raw()
{
	in_ns "$1" "$SELFTESTS/lib/genl.py" report "${@:2}"
}

# raw, with all rights but that to administer the network.
nobody()
{
	in_ns "$MN" setpriv --bounding-set -net_admin --inh-caps -net_admin \
		"$SELFTESTS/lib/genl.py" report "$@"
}

requests()
{
	local event

	need ip -n "$MN" link add m6t0 type m6t mode dsmip-mn ha $HA6 ha4 $HA4 \
		hoa $HOA
	need ip -n "$MN" link add m6t1 type m6t mode mn prefix $MN_PREFIX \
		gateway $GW4
	hear "$MN" raw -j
	for event in 0 $BOUND $((LAST + 1)) 255; do
		refused "event $event is not one of a protocol module" \
			"only events of a protocol module" \
			raw "$MN" m6t0 event=$event
	done
	refused "no event is not one, either" "only events of a protocol module" \
		raw "$MN" m6t0
	refused "a device of mode mn has no protocol module" \
		"only a device of mode dsmip-ha or dsmip-mn" \
		raw "$MN" m6t1 event=$REGISTERED
	refused "without privileges, nothing can be reported" "\(1\)" \
		nobody m6t0 event=$REGISTERED
	check "nothing of that was reported" test ! -s "$TMP/raw"
	check "a last event is taken" raw "$MN" m6t0 event=$LAST
	check "without a care-of address" raw "$MN" m6t0 event=$UNREACHABLE
	check "an event with all that it may have" raw "$MN" m6t0 \
		event=$REGISTERED address=$HOA remote=$NAT4 port=9 local=$COA link=1 \
		status=7 expires=5000
	expect "it is reported as it is" raw "{\"event\":\"registered\",$(
		)\"address\":\"$HOA\",\"remote\":\"$NAT4\",\"port\":9,$(
		)\"local\":\"$COA\",\"link\":\"lo\",\"status\":7,\"expires_ms\":5000}"
	check_eq "after the others" "home unreachable registered" \
		"$(jq -r .event "$TMP/raw" | xargs)"
	stop "$PID"
	need ip -n "$MN" link del m6t0
	need ip -n "$MN" link del m6t1
}

# ---- the protocol modules

# Somebody on the home link has the home address.
refusal()
{
	need ip -n "$CN" -6 addr add $HOA/64 dev eth nodad
	check "the mobile node starts" mn up m6t0
	expect "it asks" mn "{\"event\":\"registering\",\"link\":\"eth\",$(
		)\"local\":\"$COA\"}"
	expect "the home agent has refused, and reports the home address" ha \
		"{\"event\":\"rejected\",\"address\":\"$HOA\",\"status\":134,$(
		)\"remote\":\"$NAT4\"}"
	expect "the mobile node was refused, and says how" mn \
		'{"event":"rejected","status":134}'
	check "it ends" mn down m6t0
	need ip -n "$CN" -6 addr del $HOA/64 dev eth
	check_eq "it was never registered" \
		"registering $COA rejected $COA 134" "$(story)"
	check_eq "no home address was bound" 0 "$(grep -c '"bound"' "$TMP/ha")"
}

# lasts: the time left of the last registration is that of the file.
lasts()
{
	jq -se --argjson ms $((LIFETIME * 1000)) 'map(select(.event == "'"$1"'")) |
		last | .expires_ms > 0 and .expires_ms <= $ms' "$TMP/mn"
}

life()
{
	: >"$TMP/mn"
	check "the mobile node starts again" mn up m6t0
	expect "it is registered" mn "{\"event\":\"registered\",\"link\":\"eth\",$(
		)\"local\":\"$COA\"}"
	check "for its lifetime" lasts registered
	expect "the home agent has bound it" ha \
		"{\"event\":\"bound\",\"address\":\"$HOA\"}"
	WAIT=$((WAIT + LIFETIME)) expect "it registers again" mn \
		"{\"event\":\"refreshed\",\"local\":\"$COA\"}"
	check "for as long" lasts refreshed
	need ip -n "$MN" link set eth down
	expect "it moves" mn "{\"event\":\"moved\",\"link\":\"eth2\",$(
		)\"local\":\"$COA2\"}"
	need ip -n "$MN" link set eth2 down
	expect "it has no link" mn '{"event":"unreachable"}'
	need ip -n "$MN" -b - <<-END
		link set eth2 up
		route add default via 198.18.0.1 dev eth2 metric 200
	END
	expect "it is back" mn "{\"event\":\"refreshed\",\"local\":\"$COA2\"}"
	check "it ends" mn down m6t0
	expect "it is not registered any more" mn '{"event":"deregistered"}'
	check_eq "that is all, in this order, with the device's own" \
		"registering $COA slot $COA registered $COA registering $COA2 $(
		)slot $COA2 moved $COA2 unreachable deregistered" "$(story)"
}

text()
{
	local time='^[0-9:.]+ m6t0'

	check "text: registered" grep -Eq \
		"$time registered local $COA link eth expires [0-9.]+s$" "$TMP/text"
	check "text: rejected" grep -Eq \
		"$time rejected local $COA link eth status 134$" "$TMP/text"
	check "text: deregistered" grep -Eq "$time deregistered$" "$TMP/text"
}

topology_dsmip
requests
dsmip_files "lifetime $LIFETIME"
mipd_ipsec
need ha up m6t0
hear "$HA" ha -j
hear "$MN" mn -j
hear "$MN" text
refusal
life
text
finish
